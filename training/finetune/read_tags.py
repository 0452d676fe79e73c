"""Reads tagged sentences: JSON lines with `tokens` and `tags`, or CoNLL's columns."""

from pathlib import Path

from .examples import DataError, Place, TaggedExample
from .rows import is_json_lines, open_text, read_rows

DOCUMENT_START = "-DOCSTART-"


def read_tags(path: Path, token_column: int, tag_column: int) -> list[TaggedExample]:
    """All sentences in file order. Columns count from 1, or with a minus from the last.

    Tags are not checked here. Raises DataError naming file and line.
    """
    sentences = from_json(path) if is_json_lines(path) else from_columns(path, token_column, tag_column)
    if not sentences:
        raise DataError(f"{path} has no sentences")
    return sentences


def from_json(path: Path) -> list[TaggedExample]:
    sentences = []
    for place, row in read_rows(path, []):
        tokens, tags = row.get("tokens"), row.get("tags")
        for name, values in (("tokens", tokens), ("tags", tags)):
            if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
                raise DataError(f"{place}: {name} must be a list of texts; the fields are {', '.join(row)}")
        if len(tokens) != len(tags):
            raise DataError(f"{place}: there are {len(tokens)} tokens and {len(tags)} tags")
        if not tokens:
            raise DataError(f"{place}: tokens is empty")
        sentences.append(TaggedExample(tuple(tokens), tuple(tags), place))
    return sentences


def from_columns(path: Path, token_column: int, tag_column: int) -> list[TaggedExample]:
    """Columns stand between tabs if a line has one, else between blanks; a blank line ends a sentence."""
    sentences: list[TaggedExample] = []
    tokens: list[str] = []
    tags: list[str] = []
    begin = 1

    def end_sentence() -> None:
        if tokens:
            sentences.append(TaggedExample(tuple(tokens), tuple(tags), Place(path, begin)))
        tokens.clear()
        tags.clear()

    with open_text(path) as text:
        for number, line in enumerate(text, 1):
            columns = [column.strip() for column in line.strip().split("\t" if "\t" in line.strip() else None)]
            if not columns or columns[0] in ("", DOCUMENT_START):
                end_sentence()
                continue
            if not tokens:
                begin = number
            tokens.append(column_of(columns, token_column, Place(path, number)))
            tags.append(column_of(columns, tag_column, Place(path, number)))
    end_sentence()
    return sentences


def column_of(columns: list[str], number: int, place: Place) -> str:
    index = number - 1 if number > 0 else len(columns) + number
    if not 0 <= index < len(columns) or len(columns) < 2:
        raise DataError(f"{place}: {len(columns)} columns, so no column {number}; a line is a token and its tag, or blank")
    return columns[index]
