"""A sheet's verdict rows: judged by a pattern's SQL, held against the recorded sheet, written once.

The rows of a sheet are the same whatever the order of arrival and however often one judged; their
digest says so. Rows of duties that revised data no longer produce stay on as `void` and are no part
of the digest, because they are history, not judgement; they name the duty that takes their place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from pyarrow import parquet

from dutywatch.judge.telling import level
from dutywatch.lake import Lake
from dutywatch.ledger.evaluations import Sheet
from dutywatch.ledger.verdicts import Level, Standing

COLUMNS = {
    "duty_id": "VARCHAR",
    "unit": "VARCHAR",
    "unit_class": "VARCHAR",
    "trigger": "VARCHAR",
    "party": "VARCHAR",  # who owes it
    "trigger_from": "TIMESTAMPTZ",
    "trigger_to": "TIMESTAMPTZ",
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
    "owed_by": "VARCHAR",  # who owes the missing evidence
    "proof_due": "TIMESTAMPTZ",
    "measured": "DOUBLE",  # attain, keep, recur: what was measured, and its range where evidence is missing
    "measured_low": "DOUBLE",
    "measured_high": "DOUBLE",
    "items": "BIGINT",  # of how many
    "successor": "VARCHAR",
    "wake_at": "TIMESTAMPTZ",
}
_NAMES = ", ".join(COLUMNS)
_UNSAID = ("unit", "unit_class", "trigger", "trigger_from", "trigger_to", "verdict", "proof_due", "wake_at")


def _text(columns: Sequence[str]) -> str:
    """Some columns of a row as one text, integer microseconds for instants."""
    shown = (f"epoch_us({c})" if COLUMNS[c] == "TIMESTAMPTZ" else c for c in columns)
    return "concat_ws('|', {})".format(", ".join(f"coalesce({one}::VARCHAR, '')" for one in shown))


def _digest(number: str, *, canonical: bool = False) -> str:
    """A digest of a set of rows that does not depend on their order: parity, sum and number of the rows' numbers.

    `canonical`: without the rows of duties that revised data no longer produce.
    """
    parts = (f"bit_xor({number})", f"sum(({number} >> 68)::UBIGINT)", "count(*)")
    judged = "FILTER (standing <> 'void')"
    return "concat_ws('-', {})".format(", ".join(f"{part} {judged if canonical else ''}" for part in parts))


_SAID = _text([c for c in COLUMNS if c not in _UNSAID])
_REST = _text(["duty_id", *_UNSAID])
REVISED, UNOWED = "its trigger was revised away", "the contract owes it no more"  # why a duty became void
Crossed = Collection[tuple[str, str | None]]
"""Triggers by their key, each with the unit that it is of (None: of many)."""

Governed = Mapping[str, date]
"""Days whose words govern the clocks of triggers, by the triggers' keys."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BATCH = 25_000  # rows read at once
_CHANGED = (
    *("sheet", "duty_id", "unit", "unit_class", "trigger", "party", "from_standing", "to_standing", "reason"),
    *("evidence", "owed_by", "successor", "succeeds", "clock_start", "trigger_to", "due_at", "fulfilled_at"),
    *("lapsed_at", "proof_due", "level"),
)
_CHANGE = {name: {"to_standing": "standing"}.get(name, name) for name in _CHANGED}
_BUFFER = 2**16  # bytes written at once, else each column of a sheet is written by itself
_NOTHING: tuple[Any, ...] = ("", "", 0, None, True)  # what a sheet without duties sums up to


@dataclass(frozen=True)
class Plan:
    """A sheet that is to be judged, and its recorded version.

    `inputs(window_to)` is the digest of all that the sheet reads up to `window_to` (None: for ever).
    `settles_at`: from when on no later event can touch the sheet, once every duty is met or, where
    breaches are not cured (`cures` False), decided.
    """

    obligation: str
    date: date
    inputs: Callable[[datetime | None], str]
    window_from: datetime
    settles_at: datetime | None
    previous: Sheet | None
    cures: bool = True

    def stands(self, as_of: datetime) -> bool:
        """Whether the recorded version still holds: same inputs, and no instant passed at which it changes."""
        old = self.previous
        if old is None or (old.wake_at is not None and old.wake_at <= as_of):
            return False
        return old.inputs == self.inputs(old.window_to)


@dataclass(frozen=True)
class Judged:
    """A judged sheet, ready to be recorded, and the flips that it brings.

    `governed`: of triggers whose clocks start on a day whose words do not govern them, the day whose words do.
    """

    obligation: str
    date: date
    file: str
    inputs: str
    digest: str
    duties: int
    wake_at: datetime | None
    window_from: datetime
    window_to: datetime | None
    changes: pa.Table
    governed: Governed = field(default_factory=dict)

    def open_at(self, instant: datetime) -> bool:
        """Whether an event at `instant` may still change it."""
        return self.window_to is None or instant <= self.window_to

    @property
    def flips(self) -> list[dict[str, Any]]:
        """The changes of standing that it brings, one mapping a duty."""
        return list(self.changes.to_pylist())


def digest_of(parts: Sequence[str]) -> str:
    """One digest of several texts."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def prepare(duck: duckdb.DuckDBPyConnection) -> None:
    """Make the table `verdicts`, to which patterns append rows; `sheet` is the date of the row's sheet."""
    declared = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    duck.execute(f"CREATE OR REPLACE TEMP TABLE verdicts (sheet DATE, {declared})")


def judge_sheets(
    duck: duckdb.DuckDBPyConnection,
    lake: Lake,
    contract: str,
    plans: Sequence[Plan],
    reach: timedelta = timedelta(),
    crossed: Callable[[], Crossed] | None = None,
) -> list[Judged]:
    """Write the sheets of one obligation from the table `verdicts`, and compare them with their recorded versions.

    `reach`: how far apart the triggers of a void duty and of its successor may lie; `crossed`: the triggers that
    there are by now, where triggers start the obligation: others were revised away.
    """
    _previous(duck, lake, plans)
    _succeed(duck, reach, crossed)
    final = "standing IN ('met', 'excused') OR standing LIKE 'void%' OR (NOT $cures AND standing LIKE 'breached%')"
    numbered = f"SELECT *, md5_number({_SAID}) AS said, md5_number({_REST}) AS rest FROM verdicts"
    sums = duck.execute(
        f"SELECT sheet, nullif({_digest('said', canonical=True)}, '0'), "  # of no rows: as where there never were any
        f"concat_ws('-', {_digest('said')}, {_digest('rest')}), "
        f"count(*), min(epoch_us(wake_at)), bool_and({final}) FROM ({numbered}) GROUP BY sheet",
        {"cures": all(plan.cures for plan in plans)},
    ).fetchall()
    found = dict.fromkeys((plan.date for plan in plans), _NOTHING) | {row[0]: row[1:] for row in sums}
    files = {day: lake.sheet(contract, plans[0].obligation, day, digest_of([one[1]])) for day, one in found.items()}
    changes = _write(duck, lake, files)
    none = changes.slice(0, 0)
    dates = changes.column("sheet").to_numpy()
    first, last = (np.searchsorted(dates, [np.datetime64(plan.date) for plan in plans], s) for s in ("left", "right"))
    turned = [changes.slice(a, b - a) if a < b else none for a, b in zip(first, last, strict=True)]
    return [
        _judged(plan, files[plan.date], found[plan.date], some.drop_columns("sheet"))
        for plan, some in zip(plans, turned, strict=True)
    ]


def woken(one: Judged, at_latest: datetime | None) -> Judged:
    """The sheet, which wakes the contract at the latest then: when a period begins, or an act that was stated ahead."""
    known = [at for at in (one.wake_at, at_latest) if at is not None]
    return replace(one, wake_at=min(known)) if known else one


def _previous(duck: duckdb.DuckDBPyConnection, lake: Lake, plans: Sequence[Plan]) -> None:
    """`previous`: the rows of the recorded versions of these sheets."""
    recorded = [(plan.date, str(lake.path(plan.previous.file))) for plan in plans if plan.previous]
    duck.execute("CREATE OR REPLACE TEMP TABLE previous AS SELECT * FROM verdicts LIMIT 0")
    if recorded:
        given = {"recorded": pa.array([d for d, _ in recorded], pa.date32()), "path": [path for _, path in recorded]}
        duck.register("recorded_files", pa.table(given))
        duck.execute(
            f"INSERT INTO previous SELECT recorded, {_NAMES} "
            "FROM read_parquet($paths, filename = true) JOIN recorded_files ON path = filename",
            {"paths": [path for _, path in recorded]},
        )


def _succeed(duck: duckdb.DuckDBPyConnection, reach: timedelta, crossed: Callable[[], Crossed] | None) -> None:
    """Rows that nothing produces any more become void in `verdicts`; `taken` says who takes whose place.

    The successor has the same unit and the greatest overlap of triggers, the earliest on ties (SEMANTICS section 3).
    `heirs` says of each of several whose standing it takes over: one with its own verdict, the earliest of these
    (docs/decisions/0043). A duty that stood before takes over only a verdict that it did not have itself.
    """
    overlap = "epoch_us(least(v.trigger_to, g.trigger_to)) - epoch_us(greatest(v.trigger_from, g.trigger_from))"
    duck.execute(
        "CREATE OR REPLACE TEMP TABLE gone AS FROM previous WHERE duty_id NOT IN (SELECT duty_id FROM verdicts)"
    )
    duck.execute(
        "CREATE OR REPLACE TEMP TABLE taken AS "
        "SELECT g.duty_id AS gone, v.duty_id AS successor, g.standing AS was, g.trigger_from AS began, "
        "  nullif(p.verdict, 'void') AS own, v.verdict AS became, g.verdict = v.verdict AS alike "
        "FROM gone g JOIN verdicts v ON v.unit = g.unit AND v.standing NOT LIKE 'void%' AND g.standing <> 'void' "
        f"AND {overlap} >= -$reach LEFT JOIN previous p ON p.duty_id = v.duty_id "
        f"QUALIFY row_number() OVER (PARTITION BY g.duty_id ORDER BY {overlap} DESC, v.trigger_from, v.duty_id) = 1",
        {"reach": int(reach / timedelta(microseconds=1))},
    )
    duck.execute(
        "CREATE OR REPLACE TEMP TABLE heirs AS "
        "SELECT successor AS duty_id, arg_min(gone, (NOT alike, began, gone)) AS succeeds, "
        "  arg_min(was, (NOT alike, began, gone)) AS was "
        "FROM taken WHERE own IS NULL OR (alike AND own <> became) GROUP BY successor"
    )
    known = list(crossed()) if crossed and duck.execute("SELECT 1 FROM gone LIMIT 1").fetchall() else []
    columns = {name: pa.array([one[n] for one in known], pa.string()) for n, name in enumerate(("trigger", "unit"))}
    duck.register("crossed_given", pa.table(columns))
    duck.execute(
        "INSERT INTO verdicts SELECT g.* REPLACE ('void' AS verdict, 'void' AS standing, false AS at_risk, "
        "CASE WHEN g.standing = 'void' THEN g.reason WHEN EXISTS (FROM crossed_given s "
        "  WHERE s.trigger = g.trigger AND coalesce(s.unit = g.unit, true)) THEN $unowed ELSE $gone END AS reason, "
        "NULL AS lapsed_at, '' AS owed_by, NULL AS proof_due, NULL AS wake_at, "
        "CASE g.standing WHEN 'void' THEN g.successor ELSE t.successor END AS successor) "
        "FROM gone g LEFT JOIN taken t ON t.gone = g.duty_id",
        {"unowed": UNOWED, "gone": UNOWED if crossed is None else REVISED},
    )


def _write(duck: duckdb.DuckDBPyConnection, lake: Lake, files: Mapping[date, str]) -> pa.Table:
    """Write each sheet's rows, in order of duties, to its file; returns the changes, in the same order.

    Both in one pass; the changes, of which there may be many, lie in a file without a name, not in memory.
    """
    reader = _turned(duck).to_arrow_reader(_BATCH)
    schema = pa.schema([reader.schema.field(name) for name in COLUMNS])
    changed = pa.schema([reader.schema.field(column).with_name(name) for name, column in _CHANGE.items()])
    left = set(files)
    with lake.spilling() as path:
        with ExitStack() as opened, pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, changed) as spill:
            day, writer = None, None
            for batch in reader:
                turned = batch.filter(batch.column("turned"))
                columns = [turned.column(column) for column in _CHANGE.values()]
                spill.write_batch(pa.RecordBatch.from_arrays(columns, schema=changed))
                for sheet, some in _by_sheet(batch):
                    if writer is None or sheet != day:
                        opened.close()
                        day, writer = sheet, opened.enter_context(_writer(lake, files[sheet], schema))
                        left.discard(sheet)
                    writer.write_batch(some.select(list(COLUMNS)))
        for sheet in left:
            with _writer(lake, files[sheet], schema):
                pass  # a sheet of which no duty is left
        return pa.ipc.open_file(pa.memory_map(str(path))).read_all()


def _turned(duck: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
    """The rows of `verdicts` in order of sheets and duties, with what each was before, and whether that has changed.

    A duty begins as pending.running without a flip. One that takes the place of a void one goes on from that one's
    standing: people hear again only of a difference, and of each lapse that nobody took over that it is none. Another
    party than the one that they were told of owes it is such a difference (docs/decisions/0077). That a breach lapsed
    at another instant is recorded, and told to nobody by itself (docs/decisions/0088).
    """
    told = [
        (before, after, found.value) for before in Standing for after in Standing if (found := level(before, after))
    ]
    columns = {name: pa.array([row[i] for row in told]) for i, name in enumerate(("before", "after", "level"))}
    duck.register("levels_given", pa.table(columns))
    own = ", ".join(f"v.{name}" for name in COLUMNS)
    return duck.sql(
        f"SELECT v.sheet, {own}, h.succeeds, "
        "  coalesce(nullif(p.standing, 'void'), h.was, p.standing, 'pending.running') AS from_standing, "
        "  coalesce(v.verdict = 'breached' AND coalesce(h.was, p.standing) LIKE 'breached%' "
        "    AND v.party <> coalesce(q.party, p.party), false) AS passed, "
        "  CASE WHEN passed THEN $breached "
        "    WHEN NOT coalesce(t.alike OR taken_over.duty_id IS NOT NULL, false) THEN l.level END AS level, "
        "  v.verdict = 'breached' AND h.succeeds IS NULL AND p.standing = v.standing "
        "    AND (v.due_at IS DISTINCT FROM p.due_at OR v.lapsed_at IS DISTINCT FROM p.lapsed_at) AS moved, "
        "  v.standing <> from_standing OR (h.succeeds IS NOT NULL AND v.standing <> 'pending.running') OR passed "
        "    OR coalesce(moved, false) AS turned "
        "FROM verdicts v LEFT JOIN previous p USING (duty_id) LEFT JOIN heirs h USING (duty_id) "
        "LEFT JOIN previous q ON q.duty_id = h.succeeds "
        "LEFT JOIN taken t ON t.gone = v.duty_id LEFT JOIN heirs taken_over ON taken_over.succeeds = v.duty_id "
        "LEFT JOIN levels_given l ON l.before = coalesce(h.was, p.standing, 'pending.running') "
        "  AND l.after = v.standing "
        "ORDER BY v.sheet, v.duty_id",
        params={"breached": Level.BREACHED.value},
    )


@contextmanager
def _writer(lake: Lake, name: str, schema: pa.Schema) -> Iterator[parquet.ParquetWriter]:
    with (
        lake.writing(name) as partial,
        pa.output_stream(str(partial), compression=None, buffer_size=_BUFFER) as file,
        parquet.ParquetWriter(file, schema, compression="snappy") as writer,
    ):
        yield writer


def _by_sheet(batch: pa.RecordBatch) -> Iterator[tuple[date, pa.RecordBatch]]:
    """Rows that are in order of their first column, `sheet`, cut where it changes."""
    days = batch.column(0).cast(pa.int32()).to_numpy()
    cuts = [0, *(np.flatnonzero(np.diff(days)) + 1).tolist(), len(days)]
    for start, end in pairwise(cuts):
        yield batch.column(0)[start].as_py(), batch.slice(start, end - start)


def _judged(plan: Plan, file: str, sums: tuple[Any, ...], changes: pa.Table) -> Judged:
    canonical, _, duties, wake, settled = sums
    window_to = plan.settles_at if settled else None
    return Judged(
        obligation=plan.obligation,
        date=plan.date,
        file=file,
        inputs=plan.inputs(window_to),
        digest=digest_of([canonical or ""]),
        duties=duties,
        wake_at=_instant(wake),
        window_from=plan.window_from,
        window_to=window_to,
        changes=changes,
    )


def _instant(micros: int | None) -> datetime | None:
    return _EPOCH + timedelta(microseconds=micros) if micros is not None else None
