"""The events that a verdict cites, read back from the lake: delivery, line, and the row as it was accepted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

from dutywatch.judge.located import RULES
from dutywatch.lake import Lake
from dutywatch.ledger.deliveries import Accepted

Value = str | float | int | datetime


@dataclass(frozen=True)
class Cited:
    """One cited event: the `line` of a delivery (None: the delivery itself) with its columns that hold something."""

    source: str
    name: str
    sha256: str
    received_at: datetime | None
    line: int | None
    row: tuple[tuple[str, Value], ...]


def cited(
    lake: Lake, duck: duckdb.DuckDBPyConnection, labels: Mapping[str, Accepted], evidence: str
) -> Iterator[Cited]:
    """The events that a verdict row's `evidence` names: `label:line`, several parted by semicolons.

    `labels`: the deliveries that it may cite, as verdicts name them (`Evidence.cites`).
    """
    for text in _parted(evidence, labels):
        label, line = _split(text, labels)
        if label not in labels:
            continue  # not an event: what the pattern says there is in the reason, too
        one = labels[label]
        row = tuple(_row(lake, duck, one, line)) if line is not None and one.accepted else ()
        yield Cited(one.source, one.name, one.sha256, one.received_at, line, row)


def _parted(evidence: str, labels: Mapping[str, Accepted]) -> Iterator[str]:
    """The citations; a file's name may itself hold a semicolon, so pieces are joined until one is known."""
    pending = ""
    for piece in evidence.split("; ") if evidence else ():
        pending = f"{pending}; {piece}" if pending else piece
        if _split(pending, labels)[0] in labels:
            yield pending
            pending = ""
    if pending:
        yield pending


def _split(text: str, labels: Mapping[str, Accepted]) -> tuple[str, int | None]:
    label, _, line = text.rpartition(":")
    return (label, int(line)) if label in labels and line.isdigit() else (text, None)


def _row(lake: Lake, duck: duckdb.DuckDBPyConnection, one: Accepted, line: int) -> Iterator[tuple[str, Value]]:
    number = "file_row_number" if one.rules == RULES else "line"  # passes are derived, and have no lines of their own
    least = 1 if one.rules == RULES else 0
    query = (
        f"SELECT * EXCLUDE ({number}) FROM read_parquet($path, file_row_number = {one.rules == RULES}) "
        f"WHERE {number} + {least} = $line"
    )
    found = duck.sql(query, params={"path": str(lake.path(one.accepted_file)), "line": line}).to_arrow_table()
    for row in found.to_pylist():
        for column, value in row.items():
            if value is not None:
                yield column, value.astimezone(UTC) if isinstance(value, datetime) else value
