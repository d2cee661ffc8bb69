"""A what-if: one contract judged over a folder of deliveries, on a ledger that is thrown away.

The same verbs as everywhere: receive, validate, judge. Nothing is recorded, nobody is told.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
from sqlalchemy import create_engine

from dutywatch import judge as judging
from dutywatch import measure as measuring
from dutywatch import receive as receiving
from dutywatch import validate as validating
from dutywatch.lake import Lake, connect
from dutywatch.lake.duck import literal
from dutywatch.ledger import deliveries, schema
from dutywatch.ledger.deliveries import Accepted
from dutywatch.terms import Terms

COLUMNS = (
    "duty_id", "contract", "obligation", "unit", "trigger", "clock_start", "due_at", "fulfilled_at", "lapsed_at",
    "verdict", "at_risk", "reason", "evidence", "coverage", "owed_by", "measured", "measured_low", "measured_high",
    "items",
)  # fmt: skip
_INSTANTS = ("clock_start", "due_at", "fulfilled_at", "lapsed_at")


@dataclass(frozen=True)
class Taken:
    """A folder's deliveries, received and validated."""

    received: tuple[receiving.Received, ...]
    fates: tuple[validating.Fate, ...]
    accepted: tuple[Accepted, ...]


@dataclass(frozen=True)
class WhatIf:
    """What a what-if found: the fate of every delivery, the outcome by class, what no source claims."""

    received: tuple[receiving.Received, ...]
    fates: tuple[validating.Fate, ...]
    outcomes: tuple[measuring.ClassOutcome, ...]
    duties: int
    unclassified: int
    strangers: tuple[str, ...]
    idle: tuple[str, ...]  # obligations that no trigger in the evidence started


def what_if(
    terms: Terms,
    home: Path,
    landing: Path,
    as_of: datetime,
    out: Path,
    *,
    address: str,
    lake: Lake,
    arrivals: bool,
    progress: Callable[[str], None] = lambda _: None,
) -> WhatIf:
    """Judge `terms` over the files in `landing` as of `as_of`; write one row a duty to `out` (CSV).

    `address`: an empty PostgreSQL database for the throw-away ledger. `arrivals`: a file's modification time
    is when it arrived (and what came after `as_of` is not known yet); otherwise all files are known, but not
    when they came.
    """
    taken = taken_in(terms, home, landing, as_of, address=address, lake=lake, arrivals=arrivals, progress=progress)
    progress("judge")
    found = judging.judge(terms, taken.accepted, lake, home / "sql" / "patterns", as_of)
    files = [sheet.file for sheet in found.judged]
    duties = write(lake.root, judging.rows(lake, files), out)
    judged = {sheet.obligation for sheet in found.judged}
    return WhatIf(
        received=taken.received,
        fates=taken.fates,
        outcomes=tuple(measuring.outcomes(lake, home / "sql" / "indicators", files)),
        duties=duties,
        unclassified=terms.unclassified,
        idle=tuple(name for name in terms.contract.obligations if name not in judged),
        strangers=tuple(receiving.strangers(landing, list(terms.contract.sources.values()))),
    )


def taken_in(
    terms: Terms,
    home: Path,
    landing: Path,
    as_of: datetime,
    *,
    address: str,
    lake: Lake,
    arrivals: bool,
    progress: Callable[[str], None] = lambda _: None,
) -> Taken:
    """Receive and validate the files in `landing`, on the throw-away ledger at `address`; as `what_if` says."""
    engine = create_engine(address)
    try:
        schema.migrate(engine, "replay", as_of)
        received = []
        for name, source in terms.contract.sources.items():
            if source.connector != "file" or "://" in source.path:
                continue  # a what-if is about the files of one folder, and asks nobody
            progress(f"receive {name}")
            received.append(receiving.intake(engine, lake, terms, name, landing, arrivals_known=arrivals))
        progress("validate")
        fates = validating.accept(engine, lake, terms, home / "expectations").fates
        with engine.connect() as connection:
            return Taken(tuple(received), fates, tuple(deliveries.acceptances_of(connection, terms.id, as_of)))
    finally:
        engine.dispose()


def write(root: Path, rows: pa.Table, out: Path) -> int:
    """Verdict rows as CSV, ordered by duty; instants are UTC, ISO 8601. `root`: the lake's. Returns how many."""
    instants = {name: f"strftime({name}, '%Y-%m-%dT%H:%M:%S.%fZ') AS {name}" for name in _INSTANTS}
    derived = {
        "contract": "split_part(duty_id, '/', 1) AS contract",
        "obligation": "split_part(duty_id, '/', 2) AS obligation",
    }
    columns = ", ".join({**instants, **derived}.get(name, name) for name in COLUMNS)
    copied(root, {"verdicts": rows}, f"SELECT {columns} FROM verdicts ORDER BY duty_id", out)
    return int(rows.num_rows)


def copied(root: Path, tables: Mapping[str, pa.Table], query: str, out: Path) -> None:
    """The rows of `query` over `tables` as a CSV file; DuckDB writes below the lake only, so that they pass there."""
    lake = Lake(root)
    with lake.drafting() as drafts, connect(lake) as duck:
        for name, table in tables.items():
            duck.register(name, table)
        draft = lake.path(f"{drafts.drafts}rows.csv")
        draft.parent.mkdir(parents=True, exist_ok=True)
        duck.execute(f"COPY ({query}) TO {literal(str(draft))} (FORMAT csv, HEADER)")
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(draft, out)
