"""Queries and documents to train on, in one numbering."""

from dataclasses import dataclass, field


@dataclass
class Document:
    """`pool` names the set that is searched together, `group` the article or focus it belongs to."""

    text: str
    pool: str
    group: str


@dataclass
class Query:
    """`positives` and `negatives` are document numbers.

    `label_weight` in [0, 1] is how far the label is trusted against the teacher; 0 for no label.
    `negatives`, when given, are true negatives that replace retrieved candidates.
    """

    text: str
    pool: str
    label_weight: float = 0.0
    positives: list[int] = field(default_factory=list)
    negatives: list[int] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)


@dataclass
class Collection:
    """Everything retrieved from or trained on; `add` numbers documents from 0."""

    documents: list[Document] = field(default_factory=list)
    queries: list[Query] = field(default_factory=list)

    def add(self, text: str, pool: str, group: str) -> int:
        """Number of the new document."""
        self.documents.append(Document(text, pool, group))
        return len(self.documents) - 1
