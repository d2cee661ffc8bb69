"""A town with one street to clear, on a ledger of its own: deliveries are put in as accepted, so that tests are fast.

Nothing is received or validated here; for what these verbs do, see `tests/receive` and `tests/validate`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from sqlalchemy import Connection, create_engine

from dutywatch import pipeline
from dutywatch.clock import midnight
from dutywatch.lake import Lake
from dutywatch.ledger import deliveries
from dutywatch.settings import Settings
from tests.conftest import HOME

INSTANT = pa.timestamp("us", tz="UTC")
NAME = "town"
ZONE = ZoneInfo("Asia/Shanghai")
COLUMNS = {
    "line": pa.int64(),
    **dict.fromkeys(["at", "until", "seen_at", "published_at"], INSTANT),
    **dict.fromkeys(["unit", "zone", "actor", "kind", "note"], pa.string()),
    "depth": pa.float64(),
}


def at(day: int, hour: float = 0) -> datetime:
    """An instant of January 2024, local time in Shanghai."""
    return datetime(2023, 12, 31, tzinfo=UTC) + timedelta(days=day, hours=hour - 8)


def words(**changed: Any) -> dict[str, Any]:
    """The town's contract: streets are plowed within 18 h of the start of snowfall. `changed`: of the obligation."""
    log = {"run_by": "firm", "owner": "desk", "path": "log/{service_date}.csv", "due": "06:00 next day"}
    weather = {"run_by": "weather-service", "owner": "office", "path": "weather/{service_date}.csv"}
    notices = {"run_by": "city", "owner": "desk", "path": "notices/{part}.csv", "redelivery": "append"}
    seen = {"run_by": "city", "owner": "desk", "path": "seen/{part}.csv", "redelivery": "append", "rank": 1}
    event = {"at": "at", "unit": "unit", "kind": "kind"}
    for source in (log, weather, notices, seen):
        source["encoding"] = "utf-8"
    return {
        "contract": NAME,
        "title": {"en": "Town"},
        "authority": {"id": "city", "name": {"en": "City"}},
        "contractors": [{"id": "firm", "name": {"en": "Firm", "zh": "环卫公司"}}],
        "term": {"from": "2024-01-10", "to": "2024-12-31"},
        "timezone": "Asia/Shanghai",
        "languages": ["en", "zh"],
        "people": {name: {"name": {"en": name}} for name in ("desk", "head", "office")},
        "units": {"file": "units.csv", "key": "id", "class": "class"},
        "sources": {
            "log": {"stream": "service", "columns": event, "expects": "service_log", **log},
            "weather": {
                "stream": "condition",
                "columns": {"at": "at", "zone": "zone", "kind": "kind", "depth": "depth"},
                "expects": "condition_log",
                "due": "06:00 next day",
                **weather,
            },
            "notices": {
                "stream": "notice",
                "columns": {"at": "at", "until": "until", "kind": "kind", "published_at": "published"},
                "expects": "service_log",
                **notices,
            },
            "seen": {"stream": "inspection", "columns": event, "expects": "inspection_log", **seen},
        },
        "obligations": {
            "clear": {
                "title": {"en": "Streets plowed", "zh": "道路除雪"},
                "clause": {"text": "Annex 2 §3.1", "url": "https://example.org/annex-2"},
                "party": "firm",
                "pattern": "respond",
                "trigger": {"stream": "condition", "kind": "snow", "merge_gap": "PT4H"},
                "clock": {"from": "trigger.start", "early": "PT4H"},
                "action": {"stream": "service", "kind": "plow"},
                "refuted_by": {"stream": "inspection", "kind": "covered"},
                "suspended_by": {"stream": "notice", "kind": "storm", "retroactive": True},
                "within": "PT18H",
                "supervisor": "desk",
                **changed,
            }
        },
    }


@dataclass(frozen=True)
class Town:
    """The town's installation; its ledger's clock stands where the last delivery or `now` put it."""

    settings: Settings

    def write(self, contract: dict[str, Any], folder: str = NAME) -> Path:
        """Write a contract file with the town's streets beside it; returns the file."""
        path = self.settings.contracts / folder / "contract.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(contract, allow_unicode=True, sort_keys=False), encoding="utf-8")
        (path.parent / "units.csv").write_text("id,class\nU0,A\nU1,A\nU2,B\nU3,B\nU4,B\nU5,B\n", encoding="utf-8")
        return path

    def deliver(
        self,
        source: str,
        day: int | str,
        rows: Sequence[dict[str, Any]],
        received: datetime | None = None,
        refused: str | None = None,
    ) -> None:
        """Put in an accepted delivery: of a day in January (received at 05:00 of the next), or of another name.

        `refused`: why it could not be read, so that nothing of it counts.
        """
        dated = isinstance(day, int)
        received = received or (at(day + 1, 5) if isinstance(day, int) else rows[0]["at"])
        name = f"{source}/2024-01-{day:02}.csv" if dated else f"{source}/{day}.csv"
        sha = hashlib.sha256(f"{name} {rows}".encode()).hexdigest()
        stem = f"accepted/{sha}.parquet"
        lake = Lake(self.settings.lake)
        lake.path(stem).parent.mkdir(parents=True, exist_ok=True)
        numbered = [{"line": line, **row} for line, row in enumerate(rows, 2)]
        columns = COLUMNS | ({"at_earlier": INSTANT} if any("at_earlier" in row for row in rows) else {})
        pq.write_table(pa.Table.from_pylist(numbered, pa.schema(list(columns.items()))), lake.path(stem))
        times = [row["at"] for row in rows]
        delivered: dict[str, Any] = {
            "contract": NAME, "source": source, "name": name, "sha256": sha, "received_at": received,
            "service_date": date(2024, 1, day) if isinstance(day, int) else None,
            "size": 1, "lines": len(rows) + 1, "header": 1, "blank": 0, "rows": len(rows),
            "columns": list(COLUMNS), "rows_file": stem, "refused": refused,
        }  # fmt: skip
        covered = _covered(delivered["service_date"], received)
        with self.connected() as connection:
            deliveries.record(connection, delivered)
            (number,) = connection.exec_driver_sql("SELECT max(id) FROM deliveries").one()
            accepted: dict[str, Any] = {
                "delivery": number, "rules": "rules", "accepted_at": received, "accepted": len(rows), "quarantined": 0,
                "by_rule": {}, "accepted_file": stem, "quarantine_file": stem, "refused": refused,
                "covers_from": covered[0], "covers_to": covered[1],
                "first_at": min(times, default=None), "last_at": max(times, default=None),
            }  # fmt: skip
            deliveries.accept(connection, [accepted])

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """A transaction on the town's ledger."""
        engine = create_engine(str(self.settings.ledger))
        try:
            with engine.begin() as connection:
                yield connection
        finally:
            engine.dispose()

    def judge(self, now: datetime) -> None:
        """Move the clock to `now` and judge."""
        pipeline.advance(self.settings, now)
        pipeline.judge(self.settings, NAME)


def _covered(day: date | None, received: datetime) -> tuple[datetime | None, datetime | None]:
    """What `validate` records of a dated file: its civil day, cut when it came."""
    if day is None:
        return None, None
    begins, ends = (midnight(day + timedelta(days=n), ZONE) for n in (0, 1))
    return begins, min(ends, received)


def found(settings: Settings, **changed: Any) -> Town:
    """The town on an empty ledger whose clock shows 10 January 2024."""
    home = settings.lake.parent / "home"
    home.mkdir()
    for folder in ("sql", "expectations"):
        (home / folder).symlink_to(HOME / folder)
    town = Town(replace(settings, home=home))
    town.write(words(**changed))
    pipeline.migrate(town.settings, "replay", at(10))
    return town
