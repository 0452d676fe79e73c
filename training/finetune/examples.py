"""What the readers yield: one object an example, each knowing where it stands."""

from dataclasses import dataclass
from pathlib import Path


class DataError(Exception):
    """Something in the user's data or options that has to be mended by the user; its text names file and line where there is one."""


@dataclass(frozen=True)
class Place:
    """Where an example begins; `line` counts from 1."""

    path: Path
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True)
class TextExample:
    """A text, or a pair of texts, and its labels: exactly one, unless the problem is multi-label (then any number, none included)."""

    text: str
    pair: str | None
    labels: tuple[str, ...]
    place: Place


@dataclass(frozen=True)
class TaggedExample:
    """A sentence: its tokens and as many BIO tags."""

    tokens: tuple[str, ...]
    tags: tuple[str, ...]
    place: Place


@dataclass(frozen=True)
class RankingExample:
    """A query and its documents; `grades[i]` of at least 0 is how relevant document i is, on the scale of the file."""

    query: str
    documents: tuple[str, ...]
    grades: tuple[float, ...]
    place: Place
