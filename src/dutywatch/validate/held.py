"""What lies in quarantine, for the people who mend it: rows with their line, the rules they broke and their text."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from dutywatch.lake import Lake, connect
from dutywatch.ledger.quality import Quality

ROWS = "SELECT line, rules, raw FROM read_parquet($path) ORDER BY line LIMIT $most"
HEADER = ("source", "delivery", "sha256", "line", "rules", "raw")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Held:
    """One quarantined row."""

    source: str
    delivery: str
    sha256: str
    line: int
    rules: str
    raw: str


def held(lake: Lake, found: Iterable[Quality], most: int = 1 << 62) -> Iterator[Held]:
    """The quarantined rows of some deliveries, at most `most` of each, in the order of their lines."""
    with connect(lake) as duck:
        for one in found:
            if not one.quarantined or not one.quarantine_file:
                continue
            given = {"path": str(lake.path(one.quarantine_file)), "most": most}
            for line, rules, raw in duck.execute(ROWS, given).fetchall():
                yield Held(one.source, one.name, one.sha256, line, rules, raw)


def export(rows: Iterable[Held], out: Path) -> int:
    """Write rows as CSV; how many. What a spreadsheet would take for a formula gets an apostrophe."""
    count = 0
    with out.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for one in rows:
            cells = (one.source, one.delivery, one.sha256, one.line, one.rules, one.raw)
            writer.writerow([_harmless(cell) for cell in cells])
            count += 1
    return count


def _harmless(cell: str | int | None) -> str | int | None:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
