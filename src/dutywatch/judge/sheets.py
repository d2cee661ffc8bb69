"""A sheet's verdict rows: judged by a pattern's SQL, held against the recorded sheet, written once.

The rows of a sheet are the same whatever the order of arrival and however often one judged; their
digest says so. Rows of duties that revised data no longer produce stay on as `void` and are no part
of the digest, because they are history, not judgement.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb

from dutywatch.judge.telling import level
from dutywatch.lake import Lake
from dutywatch.lake.duck import copy
from dutywatch.ledger.evaluations import Sheet
from dutywatch.ledger.verdicts import Standing

COLUMNS = {
    "duty_id": "VARCHAR",
    "unit": "VARCHAR",
    "unit_class": "VARCHAR",
    "trigger": "VARCHAR",
    "clock_start": "TIMESTAMPTZ",
    "due_at": "TIMESTAMPTZ",
    "fulfilled_at": "TIMESTAMPTZ",
    "lapsed_at": "TIMESTAMPTZ",
    "verdict": "VARCHAR",
    "standing": "VARCHAR",
    "at_risk": "BOOLEAN",
    "reason": "VARCHAR",
    "evidence": "VARCHAR",
    "coverage": "DOUBLE",
    "owed_by": "VARCHAR",
    "proof_due": "TIMESTAMPTZ",
    "wake_at": "TIMESTAMPTZ",
}
_NAMES = ", ".join(COLUMNS)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CANONICAL = (
    "concat_ws('|', duty_id, coalesce(epoch_us(clock_start)::VARCHAR, ''), coalesce(epoch_us(due_at)::VARCHAR, ''), "
    "coalesce(epoch_us(fulfilled_at)::VARCHAR, ''), coalesce(epoch_us(lapsed_at)::VARCHAR, ''), standing, at_risk, "
    "reason, evidence, coalesce(coverage::VARCHAR, ''), owed_by)"
)


@dataclass(frozen=True)
class Plan:
    """A sheet that is to be judged, and its recorded version.

    `inputs(window_to)` is the digest of all that the sheet reads up to `window_to` (None: for ever).
    `settles_at`: from when on, once every duty is met, no later event can touch the sheet.
    """

    obligation: str
    date: date
    inputs: Callable[[datetime | None], str]
    window_from: datetime
    settles_at: datetime | None
    previous: Sheet | None

    def stands(self, as_of: datetime) -> bool:
        """Whether the recorded version still holds: same inputs, and no instant passed at which it changes."""
        old = self.previous
        if old is None or (old.wake_at is not None and old.wake_at <= as_of):
            return False
        return old.inputs == self.inputs(old.window_to)


@dataclass(frozen=True)
class Judged:
    """A judged sheet, ready to be recorded, and the flips that it brings."""

    obligation: str
    date: date
    file: str
    inputs: str
    digest: str
    duties: int
    wake_at: datetime | None
    window_from: datetime
    window_to: datetime | None
    flips: tuple[Mapping[str, Any], ...]


def digest_of(parts: Sequence[str]) -> str:
    """One digest of several texts."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def prepare(duck: duckdb.DuckDBPyConnection) -> None:
    """Make the empty relation that has the shape of verdict rows."""
    declared = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    duck.execute(f"CREATE OR REPLACE TEMP TABLE verdicts_shape ({declared})")


def judge_sheet(duck: duckdb.DuckDBPyConnection, lake: Lake, contract: str, plan: Plan, rows: str) -> Judged:
    """Write the sheet `plan` from the query `rows` (its verdict rows) and compare it with its recorded version."""
    _previous(duck, lake, plan.previous)
    duck.execute(f"CREATE OR REPLACE TEMP TABLE sheet AS SELECT {_NAMES} FROM ({rows})")
    duck.execute(
        f"INSERT INTO sheet SELECT {_NAMES} FROM (SELECT * REPLACE ('void' AS verdict, 'void' AS standing, "
        "false AS at_risk, 'its trigger was revised away' AS reason, NULL AS lapsed_at, '' AS owed_by, "
        "NULL AS proof_due, NULL AS wake_at) FROM previous WHERE duty_id NOT IN (SELECT duty_id FROM sheet))"
    )
    canonical, whole, duties, wake, settled = duck.execute(
        f"SELECT sha256(coalesce(string_agg({_CANONICAL}, chr(10) ORDER BY duty_id) "
        "FILTER (standing <> 'void'), '')), "
        "sha256(coalesce(string_agg(sheet::VARCHAR, chr(10) ORDER BY duty_id), '')), "
        "count(*), min(epoch_us(wake_at)), bool_and(standing IN ('met', 'void')) FROM sheet"
    ).fetchall()[0]
    file = lake.sheet(contract, plan.obligation, plan.date, whole)
    with lake.writing(file) as partial:
        copy(duck, "SELECT * FROM sheet ORDER BY duty_id", partial)
    window_to = plan.settles_at if settled else None
    return Judged(
        obligation=plan.obligation,
        date=plan.date,
        file=file,
        inputs=plan.inputs(window_to),
        digest=canonical,
        duties=duties,
        wake_at=_instant(wake),
        window_from=plan.window_from,
        window_to=window_to,
        flips=tuple(_flips(duck)),
    )


def _previous(duck: duckdb.DuckDBPyConnection, lake: Lake, previous: Sheet | None) -> None:
    if previous is None:
        duck.execute("CREATE OR REPLACE TEMP TABLE previous AS SELECT * FROM verdicts_shape")
        return
    duck.execute(
        f"CREATE OR REPLACE TEMP TABLE previous AS SELECT {_NAMES} FROM read_parquet($path)",
        {"path": str(lake.path(previous.file))},
    )


def _flips(duck: duckdb.DuckDBPyConnection) -> list[Mapping[str, Any]]:
    """Changes of standing against the recorded sheet; a duty begins as pending.running without a flip."""
    table = duck.sql(
        "SELECT s.duty_id, s.unit, s.unit_class, s.trigger, coalesce(p.standing, 'pending.running') AS from_standing, "
        "s.standing AS to_standing, s.reason, s.evidence, s.owed_by, "
        "s.due_at, s.fulfilled_at, s.lapsed_at, s.proof_due "
        "FROM sheet s LEFT JOIN previous p USING (duty_id) "
        "WHERE s.standing <> coalesce(p.standing, 'pending.running') ORDER BY s.duty_id"
    ).to_arrow_table()
    return [{**row, "level": _level(row)} for row in table.to_pylist()]


def _level(row: Mapping[str, Any]) -> str | None:
    told = level(Standing(row["from_standing"]), Standing(row["to_standing"]))
    return told.value if told else None


def _instant(micros: int | None) -> datetime | None:
    return _EPOCH + timedelta(microseconds=micros) if micros is not None else None
