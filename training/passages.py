"""Cuts long texts into passages of the length that search engines show."""

import re

PASSAGE_WORDS = 72
SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


def passages(text: str) -> list[str]:
    """`text` in pieces of whole sentences with about 72 words each; a longer sentence is a piece by itself."""
    pieces: list[str] = []
    words = PASSAGE_WORDS
    for sentence in SENTENCE_END.split(text.strip()):
        length = len(sentence.split())
        if words + length > PASSAGE_WORDS:
            pieces.append(sentence)
            words = length
        else:
            pieces[-1] += f" {sentence}"
            words += length
    return [piece for piece in pieces if piece]
