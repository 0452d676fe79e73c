"""Texts as token ids, and ids as padded model inputs."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from transformers import PreTrainedTokenizerFast


@dataclass(frozen=True)
class Encoded:
    """Token ids with [CLS] and [SEP]; `first` of them belong to segment 0.

    `word_starts[i]` is the place of the first word piece of the sentence's token i, or -1 if the token is beyond the window or has
    no pieces; empty for plain texts. `whole_length` is what the length would be in an endless window.
    """

    ids: list[int]
    first: int
    whole_length: int
    word_starts: tuple[int, ...] = ()


class Encoder:
    """Encodes as the engine does: a query over half the window is cut to half, then the document is cut."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast, max_tokens: int) -> None:
        self.tokenizer, self.max_tokens = tokenizer, max_tokens
        self.cls, self.sep, self.unknown = tokenizer.cls_token_id, tokenizer.sep_token_id, tokenizer.unk_token_id

    def texts(self, texts: Sequence[str]) -> list[Encoded]:
        """`[CLS] text [SEP]` each."""
        return [self.joined(ids, None) for ids in self.pieces(texts)]

    def pairs(self, pairs: Sequence[tuple[str, str]]) -> list[Encoded]:
        """`[CLS] text [SEP] pair [SEP]` each; a text that occurs often is tokenized once."""
        distinct = list(dict.fromkeys(text for pair in pairs for text in pair))
        pieces = dict(zip(distinct, self.pieces(distinct)))
        return [self.joined(pieces[text], pieces[pair]) for text, pair in pairs]

    def sentences(self, sentences: Sequence[Sequence[str]]) -> list[Encoded]:
        """`[CLS] pieces of all tokens [SEP]` each."""
        return [self.sentence(tokens) for tokens in sentences]

    def pieces(self, texts: Sequence[str]) -> list[list[int]]:
        if not texts:
            return []
        return self.tokenizer(list(texts), add_special_tokens=False, verbose=False)["input_ids"]

    def joined(self, text: list[int], pair: list[int] | None) -> Encoded:
        if pair is None:
            return Encoded([self.cls, *text[: self.max_tokens - 2], self.sep], min(len(text) + 2, self.max_tokens), len(text) + 2)
        first = [self.cls, *text[: self.max_tokens // 2 - 2], self.sep]
        return Encoded(first + pair[: self.max_tokens - len(first) - 1] + [self.sep], len(first), len(text) + len(pair) + 3)

    def sentence(self, tokens: Sequence[str]) -> Encoded:
        ids, starts = [self.cls], []
        for pieces in self.pieces(tokens):
            starts.append(len(ids) if pieces and len(ids) < self.max_tokens - 1 else -1)
            ids += pieces
        cut = [*ids[: self.max_tokens - 1], self.sep]
        return Encoded(cut, len(cut), len(ids) + 1, tuple(starts))


def padded(encoded: Sequence[Encoded], device: torch.device) -> dict[str, Tensor]:
    """Model inputs, each [sequences, longest] int64; token id 0 is [PAD]."""
    shape = len(encoded), max(len(one.ids) for one in encoded)
    batch = {name: torch.zeros(shape, dtype=torch.long) for name in ("input_ids", "token_type_ids", "attention_mask")}
    for row, one in enumerate(encoded):
        batch["input_ids"][row, : len(one.ids)] = torch.tensor(one.ids)
        batch["token_type_ids"][row, one.first : len(one.ids)] = 1
        batch["attention_mask"][row, : len(one.ids)] = 1
    return {name: values.to(device) for name, values in batch.items()}
