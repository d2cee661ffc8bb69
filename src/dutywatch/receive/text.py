"""Delimited text to rows of strings, so that every physical line has a fate.

A line is header, blank or a row; a row that cannot be split as declared keeps its text and a fault.
Quoted line breaks are not part of the format: an open quote is a fault of its line, and the next
line is read as a line again, so that one stray quote cannot swallow the rest of the file.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass

from dutywatch.errors import DeliveryRefused


@dataclass(frozen=True)
class Row:
    """One line that should hold data: `fields` in the order of the wanted columns, None where faulty."""

    line: int
    raw: str
    fields: tuple[str, ...] | None
    fault: str | None


@dataclass(frozen=True)
class Lines:
    """A text file, accounted for: lines = header + blank + len(rows)."""

    lines: int
    header: int
    blank: int
    rows: tuple[Row, ...]


def split(raw: bytes, encoding: str, delimiter: str, wanted: Sequence[str]) -> Lines:
    """Split a file into rows of the `wanted` columns, found by name in its header.

    Raises DeliveryRefused where the header cannot be read or lacks a column: then no row has a meaning.
    """
    lines = _physical(raw)
    start = next((i for i, line in enumerate(lines) if line.strip()), None)
    if start is None:
        raise DeliveryRefused("the file is empty: even a quiet day's log has its header line")
    names = _header(lines[start], encoding, delimiter)
    missing = [name for name in wanted if name not in names]
    if missing:
        raise DeliveryRefused(
            f"line {start + 1}: the header lacks {', '.join(missing)}; it reads {', '.join(names)[:200]}"
        )
    places = [names.index(name) for name in wanted]
    blank = start
    rows: list[Row] = []
    for number, line in enumerate(lines[start + 1 :], start=start + 2):
        if line.strip():
            rows.append(_row(number, line, encoding, delimiter, len(names), places))
        else:
            blank += 1
    return Lines(len(lines), 1, blank, tuple(rows))


def _physical(raw: bytes) -> list[bytes]:
    """Lines without their ends. Sound for encodings that keep ASCII bytes for ASCII (GB18030 does)."""
    lines = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    return lines[:-1] if lines[-1] == b"" else lines


def _header(line: bytes, encoding: str, delimiter: str) -> list[str]:
    try:
        text = line.decode(encoding).removeprefix("\ufeff")
        return [name.strip() for name in next(csv.reader([text], delimiter=delimiter, strict=True))]
    except UnicodeDecodeError as error:
        raise DeliveryRefused(f"the header is not {encoding}: was the file written in another encoding?") from error
    except csv.Error as error:
        raise DeliveryRefused(f"the header cannot be split: {error}") from error


def _row(number: int, line: bytes, encoding: str, delimiter: str, width: int, places: list[int]) -> Row:
    try:
        text = line.decode(encoding)
    except UnicodeDecodeError:
        return Row(number, line.decode("ascii", "backslashreplace"), None, f"not {encoding}")
    if "\0" in text:
        return Row(number, text.replace("\0", "\\0"), None, "holds a NUL character")
    try:
        fields = next(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error:
        return Row(number, text, None, "an open quote")
    if len(fields) != width:
        return Row(number, text, None, f"{len(fields)} fields instead of {width}")
    return Row(number, text, tuple(fields[place] for place in places), None)
