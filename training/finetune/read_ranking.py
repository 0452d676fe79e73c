"""Reads ranking data: a query with positive and negative documents, or labelled pairs."""

from pathlib import Path

from .examples import DataError, Place, RankingExample
from .rows import Row, read_rows, text_of

TRIPLES = ("query", "positive")
PAIRS = ("query", "document", "label")
NEGATIVE = "negative"


def read_ranking(path: Path) -> list[RankingExample]:
    """One example a query, in order of first appearance; rows with the same query are joined.

    A row is `query, positive` and in JSON a list `negatives`, in columns any number of columns whose name begins with `negative`;
    or `query, document, label`, the label a number of at least 0, the higher the more relevant. A document that is given twice for a
    query keeps its higher grade. Raises DataError naming file and line.
    """
    grades: dict[str, dict[str, float]] = {}
    places: dict[str, Place] = {}
    for place, row in read_rows(path, [TRIPLES, PAIRS]):
        query = text_of(row, "query", place)
        places.setdefault(query, place)
        own = grades.setdefault(query, {})
        for document, grade in graded_documents((place, row)):
            own[document] = max(grade, own.get(document, 0.0))
    if not grades:
        raise DataError(f"{path} has no rows")
    return [RankingExample(query, tuple(own), tuple(own.values()), places[query]) for query, own in grades.items()]


def graded_documents(row: Row) -> list[tuple[str, float]]:
    place, fields = row
    if "document" in fields:
        return [(text_of(fields, "document", place), grade_of(fields.get("label"), place))]
    negatives = fields.get("negatives")
    if not isinstance(negatives, list):
        negatives = [value for name, value in fields.items() if name.startswith(NEGATIVE) and value]
    named = {f"negatives[{index}]": text for index, text in enumerate(negatives)}
    return [(text_of(fields, "positive", place), 1.0), *((text_of(named, name, place), 0.0) for name in named)]


def grade_of(label: object, place: Place) -> float:
    try:
        grade = float(label)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise DataError(f"{place}: label is {label!r}, not a number") from None
    if not 0 <= grade < float("inf"):
        raise DataError(f"{place}: label is {label!r}; a grade is at least 0")
    return grade
