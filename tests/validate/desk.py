"""The desk: a delivery's parsed rows in, what became of them out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from dutywatch.lake import Lake, connect
from dutywatch.validate import Batch, Outcome, Suite, validate_batches

COLUMNS = {
    "line": "INTEGER", "raw": "VARCHAR", "fault": "VARCHAR",
    "at": "TIMESTAMPTZ", "until": "TIMESTAMPTZ", "seen_at": "TIMESTAMPTZ",
    "unit": "VARCHAR", "zone": "VARCHAR", "actor": "VARCHAR", "kind": "VARCHAR", "note": "VARCHAR",
    "depth_cm": "DOUBLE",
}  # fmt: skip

GOOD = {"at": "2023-12-14 10:00+08", "unit": "street-1", "kind": "plow"}

Row = dict[str, Any]


@dataclass(frozen=True)
class Desk:
    """Where the tests hand in rows and look at what was written."""

    folder: Path

    def batch(self, rows: list[Row], suite: Suite, name: str = "delivery", **given: Any) -> Batch:
        """A batch of 14 December 2023 in Benxi; rows count from line 2 and are good where nothing is said."""
        batch = Batch(
            suite=suite,
            rows=str(self._write(name, rows)),
            columns=tuple(COLUMNS),
            begins=datetime(2023, 12, 13, 16, tzinfo=UTC),
            ends=datetime(2023, 12, 14, 16, tzinfo=UTC),
            accepted_to=str(self.folder / "accepted" / f"{name}.parquet"),
            quarantined_to=str(self.folder / "quarantine" / f"{name}.parquet"),
            units=("street-1", "street-2"),
            kinds=frozenset({"plow", "haul"}),
            label=name,
        )
        return replace(batch, **given)

    def validate(self, *batches: Batch) -> list[Outcome]:
        return validate_batches(batches, lambda: connect(Lake(self.folder)))

    def accepted(self, batch: Batch) -> list[tuple[Any, ...]]:
        """(line, unit, kind) in the order of the file."""
        return self._read(batch.accepted_to, "line, unit, kind")

    def quarantined(self, batch: Batch) -> dict[int, str]:
        """The rules that each quarantined line broke."""
        return dict(self._read(batch.quarantined_to, "line, rules"))

    def columns(self, path: str) -> dict[str, str]:
        with duckdb.connect() as db:
            relation = db.read_parquet(path)
            return {n: str(t) for n, t in zip(relation.columns, relation.types, strict=True)}

    def files(self) -> list[str]:
        """Whatever lies where results are written."""
        return sorted(path.name for kind in ("accepted", "quarantine") for path in (self.folder / kind).glob("*"))

    def _read(self, path: str, columns: str) -> list[tuple[Any, ...]]:
        with duckdb.connect() as db:
            return db.read_parquet(path).project(columns).fetchall()

    def _write(self, name: str, rows: list[Row]) -> Path:
        path = self.folder / f"{name}.rows.parquet"
        with duckdb.connect() as db:
            declared = ", ".join(f'"{column}" {kind}' for column, kind in COLUMNS.items())
            db.execute(f"CREATE TABLE parsed ({declared})")
            for line, row in enumerate(rows, start=2):
                full = {"line": line, "raw": f"line {line}", **GOOD, **row}
                names = ", ".join(f'"{column}"' for column in full)
                marks = ", ".join("?" for _ in full)
                db.execute(f"INSERT INTO parsed ({names}) VALUES ({marks})", [*full.values()])
            db.table("parsed").write_parquet(str(path))
        return path
