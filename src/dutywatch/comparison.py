"""A season judged twice: under the contract as it is, and under another one or as of another instant; the difference.

Both judgements are made from the ledger's own evidence and thrown away: nothing is recorded, nobody is told. Where
the other contract reads its logs otherwise (mapping, suite, units), every delivery's bytes are received and accepted
anew in a ledger that is thrown away, too. `whatif` judges a folder of files once; `commands.landing` lets the two meet.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, Engine

from dutywatch import judge as judging
from dutywatch import receive as receiving
from dutywatch import terms as promised
from dutywatch import validate as validating
from dutywatch.clock import local_date
from dutywatch.errors import SettingsError
from dutywatch.judge import Known
from dutywatch.lake import Lake, connect
from dutywatch.ledger import deliveries, evaluations, schema
from dutywatch.ledger import now as clock
from dutywatch.ledger.deliveries import Accepted
from dutywatch.settings import Settings
from dutywatch.terms import Contract, Terms

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

    `moved`: how many duties keep their standing and are due at another instant; `passed`: how many keep it and are owed
    by another party. `accepted_anew`: the other contract reads its logs otherwise, so that every delivery was read and
    validated again. `left_out`: how many deliveries are of a source that the other contract does not know, by source.
    `unheeded`: what the other contract recorded only after what was known then. `unread`: the deliveries that it
    refuses, or of which it accepts less, where this one does not.
    """

    before: Side
    after: Side
    counts: tuple[Count, ...]
    changes: tuple[Change, ...]
    moved: int
    passed: int
    accepted_anew: bool
    left_out: tuple[tuple[str, int], ...] = ()
    unheeded: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


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
            now = judging.known(connection, contract_id, present, present)
            then = now
            if known_at or as_of:
                wanted = known_at or as_of or present, as_of or known_at or present
                then = judging.asked(connection, contract_id, *wanted)
            kept = deliveries.kept(connection, contract_id, then.known_at) if other else []
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
        anew = _reads_otherwise(terms, changed, suites)
        after, fates = (
            _anew(settings, changed, then, kept, scratch, progress)
            if anew
            else (judging.draft(lake, changed, patterns, then), ())
        )
        strange = terms.contract.sources.keys() - changed.contract.sources.keys()
        unheeded = tuple(_recorded_later(changed.contract, then.known_at)) if other else ()
    sides = Side(contract_id, first.as_of, first.known_at), Side(label, then.as_of, then.known_at)
    found = _difference(lake, *sides, before, after, anew=anew)
    left_out = Counter(one["source"] for one in kept if one["source"] in strange)
    unread = tuple(_unread(then.accepted, fates))
    return replace(found, left_out=tuple(sorted(left_out.items())), unheeded=unheeded, unread=unread)


def _unread(accepted: Sequence[Accepted], fates: Sequence[validating.Fate]) -> Iterator[str]:
    """What the other contract cannot read of what this one does, by delivery; versions of one name add up."""
    refused = {(one.source, one.name) for one in accepted if one.refused}
    held: Counter[tuple[str, str]] = Counter()
    for one in accepted:
        held[one.source, one.name] += one.quarantined
    rows: dict[tuple[str, str], list[validating.Fate]] = {}
    for fate in sorted(fates, key=lambda fate: (fate.source, fate.name)):
        rows.setdefault((fate.source, fate.name), []).append(fate)
    for key, some in rows.items():
        why = next((fate.refused for fate in some if fate.refused), None)
        now, all_ = sum(one.quarantined for one in some), sum(one.accepted + one.quarantined for one in some)
        if why is not None and key not in refused:
            yield f"{' '.join(key)}: refused by the other contract: {why}"
        elif now > held[key]:
            yield f"{' '.join(key)}: {now} of {all_} rows in quarantine by the other contract, {held[key]} by this one"


def _recorded_later(contract: Contract, known_at: datetime) -> Iterator[str]:
    """The amendments and assignments that nobody knew of yet, so that nothing is judged by them."""
    day = local_date(known_at, contract.zone)
    for amendment in contract.amendments:
        if not amendment.known(day):
            yield f"the amendment of {amendment.obligation} by {amendment.clause}, recorded {amendment.recorded}"
    for assignment in contract.assignments:
        if not assignment.known(day):
            yield f"the assignment to {assignment.contractor}, recorded {assignment.recorded}"


def _reads_otherwise(terms: Terms, changed: Terms, suites: Path) -> bool:
    """Whether deliveries mean something else: by mapping, suite or units, or by the days that they may speak of."""
    spoken = [(one.contract.zone, one.contract.term) for one in (terms, changed)]
    return spoken[0] != spoken[1] or validating.rules_of(changed, suites) != validating.rules_of(terms, suites)


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


def _anew(
    settings: Settings,
    terms: Terms,
    inputs: Known,
    kept: Sequence[Mapping[str, Any]],
    scratch: Scratch,
    progress: Progress,
) -> tuple[pa.Table, tuple[validating.Fate, ...]]:
    """The rows under terms that read their logs otherwise: deliveries accepted anew, in a throw-away ledger.

    With what became of each delivery there.
    """
    with scratch() as address, tempfile.TemporaryDirectory(prefix="dutywatch-") as base:
        lake, engine = Lake(Path(base)), schema.engine(address)
        try:
            schema.migrate(engine, "replay", max(inputs.known_at, inputs.as_of))
            _receive(engine, Lake(settings.lake), lake, terms, kept, progress)
            progress("validate anew")
            read = partial(receiving.anew, lake, terms)
            fates = validating.accept(engine, lake, terms, settings.home / "expectations", read=read).fates
            with engine.connect() as connection:
                accepted = deliveries.acceptances_of(connection, terms.id, inputs.known_at)
        finally:
            engine.dispose()
        progress("judge as it might be")
        patterns = settings.home / "sql" / "patterns"
        return judging.draft(lake, terms, patterns, replace(inputs, accepted=tuple(accepted))), fates


def _receive(
    engine: Engine, old: Lake, lake: Lake, terms: Terms, kept: Sequence[Mapping[str, Any]], progress: Progress
) -> None:
    """Put the known deliveries in as they came, with their bytes; validating reads these as the other contract says."""
    for number, one in enumerate(kept, 1):
        progress(f"receive anew {number} of {len(kept)}")
        if one["source"] not in terms.contract.sources:
            continue  # the other contract asks nothing of that log
        lake.keep(old.path(Lake.raw(one["sha256"])).read_bytes())
        with engine.begin() as connection:
            deliveries.record(connection, {**one, "rows_file": ""})


_COUNTED = """
SELECT split_part(duty_id, '/', 2) AS obligation, unit_class, side, verdict, count(*) AS duties
FROM (SELECT duty_id, unit_class, verdict, 0 AS side FROM b UNION ALL SELECT duty_id, unit_class, verdict, 1 FROM a)
GROUP BY ALL ORDER BY obligation, unit_class NULLS FIRST
"""
_CHANGED = """
SELECT duty_id, b.standing, a.standing, b.reason, a.reason FROM b FULL JOIN a USING (duty_id)
WHERE a.standing IS DISTINCT FROM b.standing ORDER BY duty_id
"""
_MOVED = """
SELECT count(*) FILTER (a.due_at IS DISTINCT FROM b.due_at), count(*) FILTER (a.party <> b.party)
FROM b JOIN a USING (duty_id) WHERE a.standing = b.standing
"""


def _difference(lake: Lake, first: Side, second: Side, before: pa.Table, after: pa.Table, *, anew: bool) -> Difference:
    with connect(lake) as duck:
        for name, table in (("b", before), ("a", after)):
            duck.register(name, table)
        counted = duck.execute(_COUNTED).fetchall()
        changed = duck.execute(_CHANGED).fetchall()
        [(moved, passed)] = duck.execute(_MOVED).fetchall()
    counts = tuple(_counts(counted))
    return Difference(first, second, counts, tuple(Change(*row) for row in changed), moved, passed, anew)


def _counts(rows: Iterable[tuple[str, str | None, int, str, int]]) -> Iterator[Count]:
    """The counts of each obligation and class, in the order of the rows; a side counts its units by its own classes."""
    found: dict[tuple[str, str | None], tuple[Counter[str], Counter[str]]] = {}
    for obligation, unit_class, side, verdict, duties in rows:
        found.setdefault((obligation, unit_class), (Counter(), Counter()))[side][verdict] += duties
    for (obligation, unit_class), counters in found.items():
        was, became = (tuple(counter[verdict] for verdict in VERDICTS) for counter in counters)
        yield Count(obligation, unit_class, was, became)


def _at(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z"
