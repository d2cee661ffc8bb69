"""Acceptances: every delivery held against its source's suite, under the rules that are in force.

An acceptance is delivery x mapping x suite x units, and the zone and term that say of what time a delivery may speak
(docs/decisions/0068); when one of these changes, the delivery is accepted anew, read anew where its mapping
changed, and the earlier acceptance stays on record.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from dutywatch.clock import midnight
from dutywatch.errors import ExpectationFault
from dutywatch.lake import Lake, connect
from dutywatch.lake.texts import texts
from dutywatch.ledger import deliveries
from dutywatch.ledger import now as clock
from dutywatch.ledger.deliveries import Pending
from dutywatch.ledger.tables import COUNTS
from dutywatch.terms import Terms
from dutywatch.validate import clocks
from dutywatch.validate.batch import Batch, Outcome
from dutywatch.validate.clocks import Told
from dutywatch.validate.mending import to_mend
from dutywatch.validate.run import validate_each
from dutywatch.validate.suite import Suite, load_suite, suite_digest


@dataclass(frozen=True)
class Fate:
    """The fate of one delivery's rows; `to_mend`: what is wrong with the first quarantined ones, and who must act."""

    source: str
    name: str
    accepted: int
    quarantined: int
    by_rule: Mapping[str, int] = field(default_factory=dict)
    refused: str | None = None
    noticed: tuple[str, ...] = ()
    to_mend: tuple[str, ...] = ()

    def __str__(self) -> str:
        noticed = "".join(f"; {one}" for one in self.noticed)
        if self.refused:
            return f"{self.source} {self.name}: refused: {self.refused}{noticed}"
        why = "; ".join(f"{rule}: {count}" for rule, count in self.by_rule.items())
        counts = f"{self.source} {self.name}: {self.accepted} accepted, {self.quarantined} quarantined"
        return f"{counts} ({why}){noticed}" if why else f"{counts}{noticed}"


@dataclass(frozen=True)
class Validated:
    """What `validate` did."""

    fates: tuple[Fate, ...]

    def __str__(self) -> str:
        if not self.fates:
            return "no new delivery"
        accepted = sum(fate.accepted for fate in self.fates)
        quarantined = sum(fate.quarantined for fate in self.fates)
        noted = "".join(f"; {fate}" for fate in self.fates if fate.quarantined or fate.refused or fate.noticed)
        return f"{len(self.fates)} deliveries: {accepted} rows accepted, {quarantined} quarantined{noted}"


def accept(
    engine: Engine,
    lake: Lake,
    terms: Terms,
    expectations: Path,
    rest: str | None = None,
    read: Callable[[Pending], Pending] = lambda one: one,
) -> Validated:
    """Validate every delivery without an acceptance under the present rules, and record what became of it.

    `rest`: the command that writes all quarantined rows, where that is not `quarantine export`. `read`: the delivery as
    the present mapping reads its bytes, where that has changed since it was received.
    Raises ExpectationFault for a suite that cannot be trusted, after all deliveries of sound suites were accepted.
    """
    paths = {name: _suite_path(terms, expectations, source.expects) for name, source in terms.contract.sources.items()}
    rules = rules_of(terms, expectations)
    with engine.begin() as connection:
        now = clock.now(connection)
        unaccepted = deliveries.unaccepted(connection, terms.id, rules)
    waiting = [read(one) for one in unaccepted]
    suites, faults = _suites({one.source for one in waiting if not one.refused}, paths)
    readable = [one for one in waiting if not one.refused and one.source in suites]
    batches = [_batch(terms, lake, one, suites[one.source], rules[one.source]) for one in readable]
    found: dict[int, Outcome] = {}
    for one, result in zip(readable, validate_each(batches, lambda: connect(lake, ordered=True)), strict=True):
        if isinstance(result, ExpectationFault):
            faults.append(result)
        else:
            found[one.id] = result
    shown = _clocks(lake, terms, [one for one in readable if one.id in found])
    refused = {one.id for one in waiting if one.refused or (one.id in found and found[one.id].refused)}
    faulty = [one for one in readable if one.id in found and found[one.id].quarantined and one.id not in refused]
    rest = rest or f"`dutywatch quarantine export {terms.id} --out FILE`"
    mends = _to_mend(lake, terms, faulty, suites, rules, rest)
    again = terms.contract.sent_again
    mends |= {one.id: (again(one.source, one.name, whole=True),) for one in waiting if one.id in refused}
    fates = {
        one.id: _fate(one, found.get(one.id), shown.get(one.id, ()), mends.get(one.id, ()))
        for one in waiting
        if one.refused or one.id in found
    }
    spans = _spans(lake, [one for one in readable if one.id in found and fates[one.id].refused is None])
    rows = [
        _values(terms, one, fates[one.id], rules[one.source], now, spans.get(one.id, (None, None)))
        for one in waiting
        if one.id in fates
    ]
    with engine.begin() as connection:
        deliveries.accept(connection, rows)
    if faults:
        raise ExpectationFault(f"contract {terms.id}: " + "; ".join(str(fault) for fault in faults))
    return Validated(tuple(fates.values()))


def rules_of(terms: Terms, expectations: Path) -> dict[str, str]:
    """By source, the digest of all that an acceptance depends on beside the delivery."""
    return {
        name: _rules(terms, name, _suite_path(terms, expectations, source.expects))
        for name, source in terms.contract.sources.items()
    }


def _suite_path(terms: Terms, expectations: Path, suite: str) -> Path:
    """A suite by name: the contract's own folder first, then the shared one."""
    own = terms.folder / "expectations" / f"{suite}.json"
    return own if own.is_file() else expectations / f"{suite}.json"


def missing_suites(terms: Terms, expectations: Path) -> list[str]:
    """The suites that the contract's sources name and nobody wrote, sorted."""
    named = {source.expects for source in terms.contract.sources.values()}
    return sorted(name for name in named if not _suite_path(terms, expectations, name).is_file())


def _rules(terms: Terms, name: str, path: Path) -> str:
    try:
        suite = suite_digest(path)
    except ExpectationFault as fault:
        suite = f"faulty: {fault}"
    source, contract = terms.contract.sources[name], terms.contract
    speaks_of = contract.timezone if source.dated else f"{contract.timezone} {contract.term.model_dump_json()}"
    return hashlib.sha256(f"{source.reading}|{suite}|{terms.units.digest}|{speaks_of}".encode()).hexdigest()


def _suites(names: set[str], paths: Mapping[str, Path]) -> tuple[dict[str, Suite], list[ExpectationFault]]:
    suites: dict[str, Suite] = {}
    faults: list[ExpectationFault] = []
    for name in sorted(names):
        try:
            suites[name] = load_suite(paths[name])
        except ExpectationFault as fault:
            faults.append(fault)
    return suites, faults


def _files(terms: Terms, one: Pending, rules: str) -> tuple[str, str]:
    stream = terms.contract.sources[one.source].stream
    delivery = hashlib.sha256(f"{one.source}\0{one.name}\0{one.sha256}".encode()).hexdigest()
    return (
        Lake.accepted(terms.id, stream, one.service_date, delivery, rules),
        Lake.quarantine(terms.id, stream, one.service_date, delivery, rules),
    )


def _batch(terms: Terms, lake: Lake, one: Pending, suite: Suite, rules: str) -> Batch:
    accepted, quarantined = (lake.path(name) for name in _files(terms, one, rules))
    for path in (accepted, quarantined):
        path.parent.mkdir(parents=True, exist_ok=True)
    begins, ends = _speaks_of(terms, one)
    return Batch(
        suite=suite,
        rows=str(lake.path(one.rows_file)),
        columns=one.columns,
        begins=begins,
        ends=ends,
        accepted_to=str(accepted),
        quarantined_to=str(quarantined),
        units=frozenset(unit.id for unit in terms.units.rows),
        kinds=frozenset(terms.contract.sources[one.source].values.get("kind", {}).values()),
        label=f"{one.source} {one.name}",
        texts=partial(texts, lake, one.rows_file),
    )


def _speaks_of(terms: Terms, one: Pending) -> tuple[datetime, datetime]:
    """The interval that a delivery may speak about: its civil day or month, else the term until it was received."""
    zone, term = terms.contract.zone, terms.contract.term
    if one.service_date:
        until = terms.contract.sources[one.source].until(one.service_date)
        return midnight(one.service_date, zone), midnight(until, zone)
    ends = one.received_at or midnight(term.to + timedelta(days=1), zone)
    return midnight(term.from_, zone), ends + timedelta(microseconds=1)


def _clocks(lake: Lake, terms: Terms, read: Sequence[Pending]) -> dict[int, tuple[str, ...]]:
    """What the time stamps of each delivery give away about the clock that made them."""
    found: dict[int, tuple[str, ...]] = {}
    with connect(lake) as duck:
        for one in read:
            told = Told(_speaks_of(terms, one) if one.service_date else None, one.received_at, terms.contract.zone)
            source = terms.contract.sources[one.source]
            found[one.id] = clocks.findings(duck, str(lake.path(one.rows_file)), told, source)
    return found


def _to_mend(
    lake: Lake,
    terms: Terms,
    faulty: Sequence[Pending],
    suites: Mapping[str, Suite],
    rules: Mapping[str, str],
    rest: str,
) -> dict[int, tuple[str, ...]]:
    """By delivery, what is wrong with the first of its quarantined rows."""
    found: dict[int, tuple[str, ...]] = {}
    if not faulty:
        return found
    with connect(lake) as duck:
        for one in faulty:
            _, held = _files(terms, one, rules[one.source])
            found[one.id] = tuple(to_mend(duck, lake, terms, suites[one.source], one.source, one.name, held, rest))
    return found


def _fate(one: Pending, outcome: Outcome | None, noticed: tuple[str, ...], mends: tuple[str, ...]) -> Fate:
    if outcome is None:
        return Fate(one.source, one.name, 0, 0, {}, one.refused, to_mend=mends)
    counted = tuple(f"{rule}: {count} rows, counted only" for rule, count in outcome.noted.items())
    noticed = (*noticed, *outcome.warnings, *counted)
    counts = outcome.accepted, outcome.quarantined, outcome.by_rule
    return Fate(one.source, one.name, *counts, outcome.refused, noticed, mends)


def _spans(lake: Lake, accepted: Sequence[Pending]) -> dict[int, tuple[datetime | None, datetime | None]]:
    """Of each delivery, the first and last readable time (of a poll too) among all rows, quarantined ones included."""
    spans: dict[int, tuple[datetime | None, datetime | None]] = {}
    with connect(lake) as duck:
        for one in accepted:
            query = 'SELECT min("at") AS first_at, max(greatest("at", seen_at)) AS last_at FROM read_parquet($path)'
            row = duck.sql(query, params={"path": str(lake.path(one.rows_file))}).to_arrow_table().to_pylist()[0]
            spans[one.id] = (row["first_at"], row["last_at"])
    return spans


def _values(
    terms: Terms,
    one: Pending,
    fate: Fate,
    rules: str,
    now: datetime,
    span: tuple[datetime | None, datetime | None],
) -> dict[str, Any]:
    accepted, quarantined = _files(terms, one, rules) if fate.refused is None else ("", "")
    covers_from, covers_to = _covers(terms, one) if fate.refused is None else (None, None)
    return {
        "delivery": one.id,
        "rules": rules,
        "accepted_at": now,
        "accepted": fate.accepted,
        "quarantined": fate.quarantined,
        "by_rule": dict(fate.by_rule),
        "accepted_file": accepted,
        "quarantine_file": quarantined,
        "refused": fate.refused,
        "covers_from": covers_from,
        "covers_to": covers_to,
        "first_at": span[0],
        "last_at": span[1],
        "noticed": list(fate.noticed),
        **{name: getattr(one, name) for name in COUNTS},
    }


def _covers(terms: Terms, one: Pending) -> tuple[datetime | None, datetime | None]:
    """A daily delivery covers its day, but never what had not happened yet when it came."""
    if not one.service_date:
        return None, None
    begins, ends = _speaks_of(terms, one)
    ends = min(ends, one.received_at) if one.received_at else ends
    return (begins, ends) if begins < ends else (None, None)
