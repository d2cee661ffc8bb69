"""Canonical columns that a file splits over several of its own: a date here, the time of day there.

Between the reader, which knows the file's columns, and `columns.typed`, which knows the event relation's.
"""

from __future__ import annotations

from collections.abc import Mapping

from dutywatch.lake.duck import literal
from dutywatch.terms import Source


def canonical(source: Source, shown: Mapping[str, str]) -> str:
    """The SELECT list of one VARCHAR a canonical column; `shown`: SQL of each of the file's columns, as text.

    A text made of several columns is not stated (NULL) where all of these are empty. Where only some are, it is
    what the others make of it, so that a time without its date is unreadable and not overlooked.
    """
    return ", ".join(f'{_made(source.made_of(column), shown)} AS "{column}"' for column in source.columns)


def _made(parts: tuple[str, ...], shown: Mapping[str, str]) -> str:
    if len(parts) == 3 and not parts[0] and not parts[2]:
        return shown[parts[1]]
    trimmed = [f"coalesce(trim({shown[name]}), '')" for name in parts[1::2]]
    pieces = [
        piece
        for text, value in zip(parts[0::2], [*trimmed, None], strict=True)
        for piece in (literal(text) if text else None, value)
        if piece is not None
    ]
    return f"CASE WHEN concat({', '.join(trimmed)}) <> '' THEN concat({', '.join(pieces)}) END"
