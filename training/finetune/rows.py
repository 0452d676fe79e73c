"""Rows of the user's files, plain or gzip-compressed: JSON lines, or columns under a header."""

import csv
import gzip
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from .examples import DataError, Place

Row = tuple[Place, dict]

DELIMITERS = (",", "\t", ";")


@contextmanager
def open_text(path: Path) -> Iterator[TextIO]:
    """The file as UTF-8 text, a byte order mark skipped. Raises DataError if it is missing, damaged or not UTF-8."""
    try:
        opened = gzip.open(path, "rt", encoding="utf-8-sig", newline="") if path.suffix == ".gz" else path.open(encoding="utf-8-sig", newline="")
        with opened as text:
            yield text
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not UTF-8 text: {error.reason} at byte {error.start} of what was read last") from None
    except (OSError, EOFError) as error:
        raise DataError(f"{path} cannot be read: {error}") from None


def is_json_lines(path: Path) -> bool:
    """Whether the first line that is not blank begins with a brace."""
    with open_text(path) as text:
        return next((line.lstrip().startswith("{") for line in text if line.strip()), False)


def read_rows(path: Path, required: Sequence[Sequence[str]]) -> list[Row]:
    """All rows in file order, blank lines skipped.

    `required` are alternatives: the columns of a file with a header must include all names of one of them. The delimiter is the first
    of comma, tab and semicolon with which they do.
    """
    return list(json_rows(path) if is_json_lines(path) else delimited_rows(path, required))


def json_rows(path: Path) -> Iterator[Row]:
    with open_text(path) as text:
        for number, line in enumerate(text, 1):
            if not line.strip():
                continue
            place = Place(path, number)
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise DataError(f"{place}: not JSON: {error.msg} at column {error.colno}") from None
            if not isinstance(row, dict):
                raise DataError(f"{place}: a line must be a JSON object")
            yield place, row


def delimited_rows(path: Path, required: Sequence[Sequence[str]]) -> Iterator[Row]:
    with open_text(path) as text:
        first = text.readline().rstrip("\r\n")
        header, delimiter = parse_header(first, required)
        if not header:
            wanted = " or ".join(",".join(names) for names in required)
            raise DataError(f"{path}:1: the header must have the columns {wanted}, but is: {first[:200] or '(empty)'}")
        lines = csv.reader(text, delimiter=delimiter)
        begins = 2
        try:
            for fields in lines:
                place, begins = Place(path, begins), lines.line_num + 2
                if not fields:
                    continue
                if len(fields) != len(header):
                    hint = " A text with the delimiter or a quote in it must be quoted." if len(fields) > len(header) else ""
                    raise DataError(f"{place}: {len(fields)} fields where the header has {len(header)}.{hint}")
                yield place, dict(zip(header, fields))
        except csv.Error as error:
            raise DataError(f"{path}:{begins}: {error}") from None


def parse_header(line: str, required: Sequence[Sequence[str]]) -> tuple[list[str], str]:
    """Column names and their delimiter; no names if the required ones are not all there."""
    for delimiter in DELIMITERS:
        names = [name.strip() for name in next(csv.reader([line], delimiter=delimiter), [])]
        if any(set(wanted) <= set(names) for wanted in required):
            return names, delimiter
    return [], ""


def text_of(row: dict, name: str, place: Place) -> str:
    """The text in field `name`, blanks around it cut. Raises DataError if it is missing, empty or not a text."""
    value = row.get(name)
    if value is None:
        raise DataError(f"{place}: there is no {name}; the fields are {', '.join(row)}")
    if not isinstance(value, str):
        raise DataError(f"{place}: {name} is not a text")
    if not value.strip():
        raise DataError(f"{place}: {name} is empty")
    return value.strip()
