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
from dutywatch.errors import SettingsError
from dutywatch.lake import Lake, connect
from dutywatch.lake.duck import literal
from dutywatch.ledger import deliveries, quality, schema
from dutywatch.ledger.deliveries import Accepted
from dutywatch.ledger.quality import Quality
from dutywatch.terms import Source, Terms
from dutywatch.terms.patterns import Obligation, Recur, Respond

COLUMNS = (
    "duty_id", "contract", "obligation", "unit", "trigger", "clock_start", "due_at", "fulfilled_at", "lapsed_at",
    "verdict", "at_risk", "reason", "evidence", "coverage", "owed_by", "measured", "measured_low", "measured_high",
    "items",
)  # fmt: skip
REST = "`dutywatch judge --landing` with --quarantine FILE"  # what writes all rows in quarantine
_INSTANTS = ("clock_start", "due_at", "fulfilled_at", "lapsed_at")


@dataclass(frozen=True)
class Taken:
    """A folder's deliveries, received and validated."""

    received: tuple[receiving.Received, ...]
    fates: tuple[validating.Fate, ...]
    accepted: tuple[Accepted, ...]
    qualities: tuple[Quality, ...]


@dataclass(frozen=True)
class WhatIf:
    """What a what-if found: the fate of every delivery, the outcome by class, what no source claims."""

    received: tuple[receiving.Received, ...]
    fates: tuple[validating.Fate, ...]
    outcomes: tuple[measuring.ClassOutcome, ...]
    duties: int
    unclassified: int
    strangers: tuple[str, ...]
    later: tuple[str, ...]  # files that came after the instant at which it is judged
    idle: Mapping[str, str]  # obligations of which there is no duty, and why


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
    quarantine: Path | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> WhatIf:
    """Judge `terms` over the files in `landing` as of `as_of`; write one row a duty to `out` (CSV).

    `address`: an empty PostgreSQL database for the throw-away ledger. `arrivals`: a file's modification time
    is when it arrived (and what came after `as_of` is not known yet); otherwise all files are known, but not
    when they came. `quarantine`: where to write the rows in quarantine (CSV), if anywhere.
    """
    taken = taken_in(terms, home, landing, as_of, address=address, lake=lake, arrivals=arrivals, progress=progress)
    if quarantine is not None:
        validating.export(validating.held(lake, taken.qualities), quarantine)
    progress("judge")
    found = judging.judge(terms, taken.accepted, lake, home / "sql" / "patterns", as_of)
    files = [sheet.file for sheet in found.judged]
    duties = write(lake.root, judging.rows(lake, files), out)
    outcomes = tuple(measuring.outcomes(lake, home / "sql" / "indicators", files))
    owed = {one.obligation for one in outcomes}
    return WhatIf(
        received=taken.received,
        fates=taken.fates,
        outcomes=outcomes,
        duties=duties,
        unclassified=terms.unclassified,
        idle={name: _why(one) for name, one in terms.contract.obligations.items() if name not in owed},
        strangers=tuple(receiving.strangers(landing, list(terms.contract.sources.values()))),
        later=tuple(sorted(one.name for one in _fitting(terms, landing) if arrivals and one.modified_at > as_of)),
    )


def _why(obligation: Obligation) -> str:
    """Why there is no duty of it."""
    if isinstance(obligation, Respond):
        period = None
    else:
        period = obligation.period if isinstance(obligation, Recur) else obligation.window
    if period is None or period.while_ is not None:
        return "the evidence holds no trigger that starts it"
    return "no period of it has begun for a unit in its scope"


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
    told: Callable[[Taken], None] = lambda _: None,
) -> Taken:
    """Receive and validate the files in `landing`, on the throw-away ledger at `address`; as `what_if` says.

    `told` hears of it, for those who hand on only what is made of it.
    Raises SettingsError where `landing` holds files and none of them is a delivery of the contract.
    """
    _require_a_delivery(terms, landing)
    engine = create_engine(address)
    try:
        schema.migrate(engine, "replay", as_of)
        received = []
        for name in _sources(terms):
            progress(f"receive {name}")
            received.append(receiving.intake(engine, lake, terms, name, landing, arrivals_known=arrivals))
        progress("validate")
        fates = validating.accept(engine, lake, terms, home / "expectations", REST).fates
        with engine.connect() as connection:
            accepted = tuple(deliveries.acceptances_of(connection, terms.id, as_of))
            taken = Taken(tuple(received), fates, accepted, tuple(quality.qualities(connection, terms.id)))
        told(taken)
        return taken
    finally:
        engine.dispose()


def _sources(terms: Terms) -> dict[str, Source]:
    """The sources whose files land: a what-if is about the files of one folder, and asks nobody."""
    found = terms.contract.sources.items()
    return {name: source for name, source in found if source.connector == "file" and "://" not in source.path}


def _fitting(terms: Terms, folder: Path) -> list[receiving.Landed]:
    return [one for source in _sources(terms).values() for one in receiving.landed(folder, source)]


def _require_a_delivery(terms: Terms, landing: Path) -> None:
    strangers = receiving.strangers(landing, list(terms.contract.sources.values()))
    if not strangers or not _sources(terms) or _fitting(terms, landing):
        return
    meant = next((one for one in sorted(landing.iterdir()) if one.is_dir() and _fitting(terms, one)), None)
    paths = ", ".join(source.path for source in _sources(terms).values())
    raise SettingsError(
        f"no file below {landing} is a delivery of contract {terms.id}, whose sources name {paths}"
        + (f": did you mean {meant}?" if meant else f"; it holds {strangers[0]}")
    )


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
