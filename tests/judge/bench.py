"""Puts a trace before the engine without a ledger: its files as Parquet in a lake, their acceptances, its terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from dutywatch.clock import midnight
from dutywatch.judge import Judged, Judgement, judge
from dutywatch.judge.coverage import BEGINNING
from dutywatch.lake import Lake
from dutywatch.ledger.decisions import Decision
from dutywatch.ledger.deliveries import Accepted
from dutywatch.ledger.evaluations import Sheet
from dutywatch.terms import Terms
from dutywatch.terms.contract import Contract
from dutywatch.terms.units import Units
from tests.conftest import HOME
from tests.judge.oracle import File, Row, Trace

PATTERNS = HOME / "sql" / "patterns"
INSTANT = pa.timestamp("us", tz="UTC")
EVENT = {
    "line": pa.int64(),
    "at": INSTANT,
    "until": INSTANT,
    "seen_at": INSTANT,
    **dict.fromkeys(["unit", "zone", "actor", "kind", "record", "note"], pa.string()),
}
TYPES = {"time": INSTANT, "text": pa.string(), "number": pa.float64()}


@dataclass(frozen=True)
class Bench:
    """A lake with the files of a trace in it."""

    lake: Lake
    terms: Terms
    accepted: tuple[Accepted, ...]
    decisions: tuple[Decision, ...] = ()

    def judge(
        self,
        as_of: datetime,
        recorded: Sequence[Sheet] = (),
        accepted: Sequence[Accepted] | None = None,
        decisions: Sequence[Decision] = (),
        since: datetime = BEGINNING,
    ) -> Judgement:
        """The judgement at `as_of`, from the deliveries and decisions known by then, in the order given.

        `since`: from when on deliveries are asked for.
        """
        given = self.accepted if accepted is None else accepted
        known = [one for one in given if one.received_at is None or one.received_at <= as_of]
        decided = [one for one in (*self.decisions, *decisions) if one.recorded_at <= as_of]
        return judge(self.terms, known, self.lake, PATTERNS, as_of, recorded, since=since, decisions=decided, threads=1)

    def rows(self, judgement: Judgement) -> dict[str, dict[str, Any]]:
        """The verdict rows of the contract's own duties by id; the duties to deliver are left out."""
        files = [one.file for one in judgement.judged if not one.obligation.startswith("deliver:")]
        tables = [pq.read_table(self.lake.path(file)).to_pylist() for file in files]
        found = {row["duty_id"]: row for table in tables for row in table}
        assert len(found) == sum(map(len, tables)), "a duty has two rows"
        return found


def set_up(root: Path, trace: Trace) -> Bench:
    """Write the trace's files below `root`."""
    lake = Lake(root)
    terms = Terms(trace.contract, Units(trace.units, "units"), root, "terms", dict(trace.calendars))
    accepted = tuple(_accept(lake, trace.contract, number, file) for number, file in enumerate(trace.files, 1))
    return Bench(lake, terms, accepted, trace.decisions)


def sheet(judged: Judged) -> Sheet:
    """A judged sheet as the ledger would give it back."""
    names = Sheet.__dataclass_fields__
    return Sheet(**{name: getattr(judged, name) for name in names})


def _accept(lake: Lake, contract: Contract, number: int, file: File) -> Accepted:
    stem = f"{number}-{file.sha256[:8]}.parquet"
    more = _more(contract, file)
    rows = [{"line": line, **_told(row, more)} for line, row in enumerate(file.rows, 2)]
    refused = [
        {"line": line, "at": row.at, "unit": row.unit, "kind": row.kind, "record": row.record}
        for line, row in enumerate(file.unreadable, 2 + len(rows))
    ]
    if rows:
        _write(lake, f"accepted/{stem}", rows, more)
    if refused:
        _write(lake, f"quarantine/{stem}", refused, {})
    covers = _covers(contract, file)
    times = [row.at for row in file.rows] + [row.at for row in file.unreadable if row.at]
    times += [row.seen_at for row in file.rows if row.seen_at]
    return Accepted(
        id=number,
        source=file.source,
        name=file.name,
        sha256=file.sha256,
        service_date=file.day,
        received_at=file.received_at,
        accepted=len(rows),
        quarantined=len(refused),
        accepted_file=f"accepted/{stem}",
        quarantine_file=f"quarantine/{stem}",
        refused="not a log" if file.refused else None,
        covers_from=covers[0],
        covers_to=covers[1],
        first_at=min(times, default=None),
        last_at=max(times, default=None),
        rules="rules",
    )


def _more(contract: Contract, file: File) -> dict[str, pa.DataType]:
    """The columns beside an event's own: those that the source declares, and the other reading of doubtful times."""
    source = contract.sources[file.source]
    more = {name: TYPES[source.type_of(name)] for name in source.columns if name not in EVENT}
    return more | {"at_earlier": INSTANT}


def _told(row: Row, more: dict[str, pa.DataType]) -> dict[str, Any]:
    own = {name: getattr(row, name) for name in ("at", "until", "seen_at", "unit", "zone", "actor", "kind", "record")}
    return own | {name: row.earlier if name == "at_earlier" else row.column(name) for name in more}


def _write(lake: Lake, name: str, rows: list[dict[str, Any]], more: dict[str, pa.DataType]) -> None:
    schema = pa.schema([*EVENT.items(), *more.items()])
    path = lake.path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows, schema), path)


def _covers(contract: Contract, file: File) -> tuple[datetime | None, datetime | None]:
    """What `validate` records of a dated file: its civil day, cut when it came."""
    if file.day is None or file.refused:
        return None, None
    begins, ends = (midnight(file.day + timedelta(days=n), contract.zone) for n in (0, 1))
    ends = min(ends, file.received_at) if file.received_at else ends
    return (begins, ends) if begins < ends else (None, None)
