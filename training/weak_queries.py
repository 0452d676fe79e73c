"""Queries made from passages: their headings, and their rarest words."""

import re
from collections import Counter

Passages = list[tuple[int, dict]]

LARGEST_SECTION = 6
KEYWORD_COUNTS = (2, 3, 4, 5)
RAREST_DOCUMENT_FREQUENCY = 3
FUNCTION_WORDS = set(
    "a an and are as at be been by can could did do does for from had has have how i in into is it its many much of on or than "
    "that the their there this to was were what when where which who whom whose why will with would you".split()
)
SOURCES_WITHOUT_HEADINGS = {"factbook", "tldr"}


def heading_queries(passages: Passages) -> list[tuple[str, int]]:
    """Pairs (heading, document) for headings of two words or more that few passages share."""
    pairs = []
    for document, row in passages:
        heading = (row["section"] or row["title"]).strip()
        if row["source"] not in SOURCES_WITHOUT_HEADINGS and 2 <= len(heading.split()) <= 15:
            pairs.append((heading, document))
    sizes = Counter(heading for heading, _ in pairs)
    return [pair for pair in pairs if sizes[pair[0]] <= LARGEST_SECTION]


def keyword_queries(passages: Passages) -> list[tuple[str, int]]:
    """Pairs (rare words in their order of appearance, document), 2 to 5 words a query."""
    words = {document: re.findall(r"[a-z]{3,}", row["text"].lower()) for document, row in passages}
    frequency = Counter(word for text in words.values() for word in set(text))
    pairs = []
    for place, (document, text) in enumerate(words.items()):
        head = list(dict.fromkeys(text[:60]))
        known = [word for word in head if frequency[word] >= RAREST_DOCUMENT_FREQUENCY]
        count = KEYWORD_COUNTS[place % len(KEYWORD_COUNTS)]
        rarest = set(sorted(known, key=lambda word: frequency[word])[:count])
        if len(rarest) == count:
            pairs.append((" ".join(word for word in head if word in rarest), document))
    return pairs


def keywords_of(question: str) -> str:
    """The question without its function words and marks; the question itself if nothing else is in it."""
    words = [word for word in re.findall(r"[\w'.-]*\w", question.lower()) if word not in FUNCTION_WORDS]
    return " ".join(words) or question
