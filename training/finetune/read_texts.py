"""Reads labelled texts: JSON lines or columns with a text, perhaps a second one, and a label."""

from pathlib import Path

from .examples import DataError, Place, TextExample
from .rows import read_rows, text_of

SEPARATOR = "|"


def read_texts(path: Path, text_column: str, label_column: str, pair_column: str | None, multi_label: bool) -> list[TextExample]:
    """All examples in file order; labels that are numbers become their decimal text.

    With `multi_label` a label that is a text is split at `|`. Raises DataError naming file and line.
    """
    columns = [name for name in (text_column, label_column, pair_column) if name is not None]
    examples = []
    for place, row in read_rows(path, [columns]):
        pair = None if pair_column is None else text_of(row, pair_column, place)
        labels = labels_of(row, label_column, multi_label, place)
        examples.append(TextExample(text_of(row, text_column, place), pair, labels, place))
    if not examples:
        raise DataError(f"{path} has no rows")
    return examples


def labels_of(row: dict, column: str, multi_label: bool, place: Place) -> tuple[str, ...]:
    value = row.get(column)
    if isinstance(value, list):
        if not multi_label:
            raise DataError(f"{place}: {column} is a list: say --multi-label if a text can have any number of labels")
        labels = value
    elif multi_label and isinstance(value, str):
        labels = [part for part in value.split(SEPARATOR) if part.strip()]
    else:
        labels = [value]
    names = [str(label).strip() if isinstance(label, (str, int)) and not isinstance(label, bool) else "" for label in labels]
    if not all(names):
        raise DataError(f"{place}: {column} is {'missing' if value is None else 'empty, or neither a text nor a whole number'}")
    return tuple(dict.fromkeys(names))
