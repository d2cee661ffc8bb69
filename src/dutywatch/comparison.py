"""A season judged twice: under the contract as it is, and under another one or as of another instant; the difference.

Both judgements are made from the ledger's own evidence and thrown away: nothing is recorded, nobody is told. Where
the other contract reads its logs otherwise (mapping, suite, units), every delivery's bytes are received and accepted
anew in a ledger that is thrown away, too. `whatif` judges a folder of files once; `commands.landing` lets the two meet.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, Engine

from dutywatch import judge as judging
from dutywatch import receive as receiving
from dutywatch import terms as promised
from dutywatch import validate as validating
from dutywatch.errors import SettingsError
from dutywatch.judge import Known
from dutywatch.lake import Lake, connect
from dutywatch.ledger import deliveries, evaluations, schema
from dutywatch.ledger import now as clock
from dutywatch.ledger.deliveries import Accepted
from dutywatch.settings import Settings
from dutywatch.terms import Terms

Progress = Callable[[str], None]
Scratch = Callable[[], AbstractContextManager[str]]
VERDICTS = ("met", "breached", "unproven", "pending", "excused", "void")


@dataclass(frozen=True)
class Side:
    """What one of the two judgements was made of."""

    terms: str
    as_of: datetime
    known_at: datetime

    def __str__(self) -> str:
        known = "" if self.known_at == self.as_of else f", as known at {_at(self.known_at)}"
        return f"{self.terms} as of {_at(self.as_of)}{known}"


@dataclass(frozen=True)
class Count:
    """How many duties of an obligation and class have each verdict (in the order of VERDICTS), before and after."""

    obligation: str
    unit_class: str | None
    before: tuple[int, ...]
    after: tuple[int, ...]


@dataclass(frozen=True)
class Change:
    """A duty that stands otherwise; None: on that side there is no such duty."""

    duty_id: str
    before: str | None
    after: str | None
    reason_before: str | None
    reason_after: str | None


@dataclass(frozen=True)
class Difference:
    """The two judgements compared. `changes` are all duties that stand otherwise, by id.

    `moved`: how many duties keep their standing and are due at another instant. `accepted_anew`: the other
    contract reads its logs otherwise, so that every delivery was received and validated again.
    """

    before: Side
    after: Side
    counts: tuple[Count, ...]
    changes: tuple[Change, ...]
    moved: int
    accepted_anew: bool


def compare(
    settings: Settings,
    terms: Terms,
    other: Path | None = None,
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    scratch: Scratch,
    progress: Progress = lambda _: None,
) -> Difference:
    """Judge the ledger's evidence of a contract twice and compare, duty by duty.

    With `other` (a contract file for the same contract), both sides are judged as of the same instant: the one given,
    else the head's. Without it the head's instant is compared with the one given; `as_of` and `known_at` stand for
    one another where one is missing. `scratch` gives an empty PostgreSQL database, where one is needed.
    """
    contract_id = terms.id
    engine = schema.engine(settings.ledger)
    try:
        with engine.connect() as connection:
            schema.require_head(connection)
            present = _present(connection, contract_id)
            asked = as_of or known_at or present, known_at or as_of or present
            now = judging.known(connection, contract_id, present, present)
            then = judging.known(connection, contract_id, asked[1], asked[0])
    finally:
        engine.dispose()
    if other is None and then == now:
        raise SettingsError("nothing differs between the two sides: give --terms, --as-of or --known-at")
    lake, patterns, suites = Lake(settings.lake), settings.home / "sql" / "patterns", settings.home / "expectations"
    progress("judge as it is")
    first = now if other is None else then
    before = judging.draft(lake, terms, patterns, first)
    progress("judge as it might be")
    with _other(terms, other, settings.packs) as (changed, label):
        anew = validating.rules_of(changed, suites) != validating.rules_of(terms, suites)
        after = (
            _anew(settings, changed, then, scratch, progress) if anew else judging.draft(lake, changed, patterns, then)
        )
    sides = Side(contract_id, first.as_of, first.known_at), Side(label, then.as_of, then.known_at)
    return _difference(lake, *sides, before, after, anew=anew)


def _present(connection: Connection, contract_id: str) -> datetime:
    head = evaluations.head_of(connection, contract_id)
    return head.as_of if head and head.as_of else clock.now(connection)


@contextmanager
def _other(terms: Terms, other: Path | None, packs: Path) -> Iterator[tuple[Terms, str]]:
    """The other contract's terms and what the answer calls them."""
    if other is None:
        yield terms, terms.id
        return
    with promised.variant(terms, other, packs) as changed:
        yield changed, str(other)


def _anew(settings: Settings, terms: Terms, inputs: Known, scratch: Scratch, progress: Progress) -> pa.Table:
    """The rows under terms that read their logs otherwise: deliveries accepted anew, in a throw-away ledger."""
    with scratch() as address, tempfile.TemporaryDirectory(prefix="dutywatch-") as base:
        lake, engine = Lake(Path(base)), schema.engine(address)
        try:
            schema.migrate(engine, "replay", max(inputs.known_at, inputs.as_of))
            _receive(engine, Lake(settings.lake), lake, terms, inputs.accepted, progress)
            progress("validate anew")
            validating.accept(engine, lake, terms, settings.home / "expectations")
            with engine.connect() as connection:
                accepted = deliveries.acceptances_of(connection, terms.id, inputs.known_at)
        finally:
            engine.dispose()
        progress("judge as it might be")
        return judging.draft(lake, terms, settings.home / "sql" / "patterns", replace(inputs, accepted=tuple(accepted)))


def _receive(
    engine: Engine, kept: Lake, lake: Lake, terms: Terms, known: tuple[Accepted, ...], progress: Progress
) -> None:
    """Receive anew the bytes of every known delivery, each at the instant at which it came."""
    for number, one in enumerate(known, 1):
        progress(f"receive anew {number} of {len(known)}")
        source = terms.contract.sources.get(one.source)
        if source is None:
            continue  # the other contract asks nothing of that log
        raw = kept.path(Lake.raw(one.sha256)).read_bytes()
        found = receiving.deliver(lake, terms.id, one.source, source, one.name, raw)
        values: dict[str, Any] = {
            name: getattr(found, name) for name in ("size", "lines", "header", "blank", "rows", "rows_file", "refused")
        }
        values |= {name: getattr(one, name) for name in ("source", "name", "sha256", "service_date", "received_at")}
        with engine.begin() as connection:
            deliveries.record(connection, {**values, "contract": terms.id, "columns": list(found.columns)})


_COUNTED = """
SELECT split_part(duty_id, '/', 2) AS obligation, coalesce(a.unit_class, b.unit_class) AS unit_class,
       b.verdict AS before, a.verdict AS after, count(*) AS duties
FROM b FULL JOIN a USING (duty_id) GROUP BY ALL ORDER BY obligation, unit_class NULLS FIRST
"""
_CHANGED = """
SELECT duty_id, b.standing, a.standing, b.reason, a.reason FROM b FULL JOIN a USING (duty_id)
WHERE a.standing IS DISTINCT FROM b.standing ORDER BY duty_id
"""
_MOVED = """
SELECT count(*) FROM b JOIN a USING (duty_id) WHERE a.standing = b.standing AND a.due_at IS DISTINCT FROM b.due_at
"""


def _difference(lake: Lake, first: Side, second: Side, before: pa.Table, after: pa.Table, *, anew: bool) -> Difference:
    with connect(lake) as duck:
        for name, table in (("b", before), ("a", after)):
            duck.register(name, table)
        counted = duck.execute(_COUNTED).fetchall()
        changed = duck.execute(_CHANGED).fetchall()
        moved = duck.execute(_MOVED).fetchall()
    counts = tuple(_counts(counted))
    return Difference(first, second, counts, tuple(Change(*row) for row in changed), int(moved[0][0]), anew)


def _counts(rows: Iterable[tuple[str, str | None, str | None, str | None, int]]) -> Iterator[Count]:
    """The counts of each obligation and class, in the order of the rows, which tell of each duty's two verdicts."""
    found: dict[tuple[str, str | None], tuple[Counter[str | None], Counter[str | None]]] = {}
    for obligation, unit_class, before, after, duties in rows:
        counters = found.setdefault((obligation, unit_class), (Counter(), Counter()))
        counters[0][before] += duties
        counters[1][after] += duties
    for (obligation, unit_class), counters in found.items():
        was, became = (tuple(counter[verdict] for verdict in VERDICTS) for counter in counters)
        yield Count(obligation, unit_class, was, became)


def _at(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z"
