"""A source's columns as SQL: what a relation of events shows where the files of a source have them, and where not."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from dutywatch.terms import Source
from dutywatch.terms.source import earlier


def expression(name: str, has: Collection[str], source: Source) -> str:
    """The column, or a NULL of its type where the files (which have the columns `has`) lack it."""
    return f'"{name}"' if name in has else f"NULL::{type_of(name, source)}"


def type_of(name: str, source: Source) -> str:
    """The SQL type of a column, or of the other reading of one that is a time."""
    if name in {earlier(one) for one in source.times}:
        return "TIMESTAMPTZ"
    return {"time": "TIMESTAMPTZ", "text": "VARCHAR", "number": "DOUBLE"}[source.type_of(name)]


def joined(key: Sequence[str]) -> str:
    """Several columns as one text, by which events and duties are joined."""
    return key[0] if len(key) == 1 else f"concat_ws(chr(31), {', '.join(key)})"
