"""A slow reading of `attain`: give every doubtful item every value, and see whether the target is hit each time.

Shares are compared as fractions, never as floats. Duties as items are judged by the oracle of `respond`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import product
from math import inf
from types import MappingProxyType
from typing import Any

from dutywatch.clock import local_date
from dutywatch.terms.patterns import Attain, Obligation, Respond
from tests.judge import oracle
from tests.judge.oracle import TICK, Evidence, Gap, Row, Trace
from tests.judge.oracle.evidence import valid
from tests.judge.oracle.predicates import value
from tests.judge.oracle_windows import (
    RANGE,
    Group,
    Key,
    Said,
    Window,
    entries,
    gaps_within,
    in_scope,
    nothing,
    silenced,
    span,
    undecided,
    verdicts,
    waiting,
    windows,
)

# What an item that nobody can read may be.
_ANY: dict[str, tuple[float, ...]] = {"share": (0.0, 1.0), "percentile": (-inf, inf), "count": (1.0,)}


@dataclass(frozen=True)
class Item:
    """One item: when, and each value that it may have (1 good, 0 bad; a percentile's value; None: it is no item)."""

    at: datetime
    may_be: tuple[float | None, ...]
    pending: bool = False  # nobody owes yet what would tell
    owing: frozenset[str] = frozenset()  # who owes what would tell
    due: datetime | None = None  # of a duty, which is not breached before


@dataclass(frozen=True)
class Result:
    """What the items of one stretch of time come to: which outcomes they allow, and between which figures."""

    outcomes: frozenset[bool | None]  # None: too few to be assessed
    gaps: tuple[Gap, ...] = ()
    measured: float | None = None
    low: float | None = None
    high: float | None = None
    unknown: bool = False
    decides: bool = True  # whether the known items decide alone
    pending: bool = False  # whether one of the items is

    def passes(self, obligation: Attain) -> bool:
        """Whether the target is hit in every history: of a count there may be more, never fewer."""
        sure = self.decides or (obligation.measure == "count" and obligation.at_least is not None)
        return sure and self.outcomes == {True}

    def fails(self, obligation: Attain) -> bool:
        """Whether it is missed in every history."""
        counts_down = obligation.measure == "count" and obligation.at_most is not None
        sure = self.decides or counts_down or _strict(obligation)
        return sure and self.outcomes == {False}


def judge(trace: Trace, as_of: datetime) -> dict[Key, Said]:
    """The verdicts on every attain duty of the trace at `as_of`."""
    return verdicts(trace, as_of, _windows, _said, _late)


def _windows(evidence: Evidence, obligation: Obligation) -> list[Window]:
    if not isinstance(obligation, Attain):
        return []
    return windows(evidence, obligation.window, obligation.window.slice)


def _joined(evidence: Evidence, obligation: Attain, group: Group, window: Window, unit: str | None = None) -> datetime:
    """Since when without a break the group has units, or has this one, in the term: what came before is none of it.

    As decided (0049, 0075).
    """
    contract = evidence.trace.contract
    day = first = local_date(window.start, contract.zone)
    whole = group.unnamed and unit is None  # owed with or without units
    while first >= contract.term.from_ and (whole or _there(evidence, obligation, group, first, unit)):
        day, first = first, first - timedelta(days=1)
    return datetime.combine(day, time(), contract.zone).astimezone(UTC)


def _there(evidence: Evidence, obligation: Attain, group: Group, day: date, unit: str | None) -> bool:
    """Whether the group has one of its units on a day, or this one."""
    whole = evidence.trace.contract.contract
    return any(
        valid(one, day) and in_scope(obligation, one) and group.id in (one.id, one.zone, one.class_, whole)
        for one in evidence.trace.units
        if unit in (None, one.id)
    )


def _said(evidence: Evidence, obligation: Obligation, group: Group, window: Window) -> Said | None:
    assert isinstance(obligation, Attain)
    as_of = evidence.as_of
    if window.start == window.end and not window.open:
        return nothing(window)
    if obligation.window.rolling is not None:
        return _rolling(evidence, obligation, group, window)
    items = [one for one in _items(evidence, obligation, group) if window.start <= one.at < window.end]
    if obligation.measure == "count":
        early = _counted(obligation, window, items)
        if early is not None:
            return early
    strict = _strict(obligation) and obligation.min_items == 1
    spoilt = [min(_turned(obligation, one), window.end) for one in items if strict and _spoils(obligation, one)]
    if spoilt:
        return Said("breached", window, lapsed_at=min(spoilt), silent=RANGE | {"fulfilled", "proof_due"})
    if window.open or as_of < window.end:
        return waiting(obligation, window, as_of)
    gaps = _gaps(evidence, obligation, group, window.start, window.end)
    countable = all(_a_row(obligation, one) for one in gaps)
    found = _result(obligation, group, items, gaps, window.start, window.end, countable)
    said = _shown(obligation, group, window, found, as_of)
    owing = frozenset(holder for one in items for holder in one.owing)
    if said.name == "unproven" and owing:
        return replace(said, holders=said.holders | owing, silent=said.silent - {"holders"})
    return said


def _late(
    evidence: Evidence, obligation: Obligation, group: Group, window: Window, by: datetime
) -> tuple[bool, Sequence[Gap]]:
    """Whether a duty that lapses with one item too many, or its first bad one, may have done so by an instant."""
    assert isinstance(obligation, Attain)
    gaps = _gaps(evidence, obligation, group, window.start, window.end)
    counts = obligation.measure == "count" and obligation.at_most is not None
    if obligation.window.rolling is not None or not (counts or (_strict(obligation) and obligation.min_items == 1)):
        return False, gaps
    items = [one for one in _items(evidence, obligation, group) if window.start <= one.at < window.end]
    known = [one for one in items if _turned(obligation, one) <= by]
    if _decide(obligation, group, gaps, window.start, window.end):
        hiding = []
    else:
        hiding = [gap for gap in gaps if max(gap.start, window.start) <= by and gap.end > window.start]
    if counts:
        rows = [gap for gap in hiding if _a_row(obligation, gap)]  # each is one item more at most
        return len(rows) < len(hiding) or len(known) + len(rows) > (obligation.at_most or 0), gaps
    return bool(hiding) or any(_may_spoil(obligation, one) for one in known), gaps


def _turned(obligation: Attain, item: Item) -> datetime:
    """From when on an item can miss a target that all must hit: a duty, when it is due."""
    return item.due if item.due is not None and obligation.at_least is not None else item.at


def _may_spoil(obligation: Attain, item: Item) -> bool:
    return any(value is not None and _spoils(obligation, replace(item, may_be=(value,))) for value in item.may_be)


def _shown(obligation: Attain, group: Group, window: Window, found: Result, as_of: datetime) -> Said:
    figures: dict[str, Any] = {"measured": found.measured, "low": found.low, "high": found.high}
    silent = frozenset({"measured", "fulfilled"}) if found.unknown else frozenset({"fulfilled"})
    if found.decides and found.outcomes == {None}:
        return Said("void", window, silent=RANGE | silent)
    if found.passes(obligation):
        return Said("met", window, silent=silent, **figures)
    if found.fails(obligation):
        known = {"proof_due"} if found.decides else {"proof_due", "measured"}  # of the items that are known
        return Said("breached", window, lapsed_at=window.end, silent=silent | known, **figures)
    if not found.decides and not found.pending and silenced(obligation, group, window, found.gaps, as_of):
        return Said("breached", window, lapsed_at=window.end, silent=silent | {"measured"}, **figures)
    silent |= {"measured"} if found.gaps else {"measured", "holders", "proof_due"}
    return _open(window, found.gaps, found.pending, as_of, silent=silent, **figures)


def _open(window: Window, gaps: Sequence[Gap], pending: bool, as_of: datetime, **more: Any) -> Said:
    """What gaps and doubtful items leave open; of what no gap hides nobody says when it will be known, or who owes it.

    What duties that are pending wait for, they say themselves.
    """
    if pending:
        return Said("pending", window, **{**more, "silent": more["silent"] | {"holders", "proof_due"}})
    return undecided(window, gaps, as_of, **more)


# --- items --------------------------------------------------------------------------------------------------------


def _items(
    evidence: Evidence, obligation: Attain, group: Group, since: Mapping[str, datetime] = MappingProxyType({})
) -> list[Item]:
    if obligation.items.duties is not None:
        return list(_duties(evidence, obligation.items.duties, group))
    asked = obligation.items
    return [
        Item(one.at, _may_be(obligation, one))
        for one in entries(evidence, asked.stream or "", asked.kind, asked.where)
        if (one.unit in group.units and one.at >= since.get(one.unit or "", one.at))
        or (one.unit is None and group.unnamed)
    ]


def _may_be(obligation: Attain, entry: Row) -> tuple[float | None, ...]:
    if obligation.good is not None:
        good = value(obligation.good, entry)
        return (0.0, 1.0) if good is None else (float(good),)
    if obligation.percentile is not None:
        return (-inf, inf) if entry.value is None else (entry.value,)
    return (1.0,)


def _duties(evidence: Evidence, name: str, group: Group) -> Iterator[Item]:
    """The duties of a `respond` obligation: good if met, bad if breached, doubtful as long as nobody knows.

    One that is excused, as what only others did in time, is no item: so may any doubtful one be. While its trigger is
    open, a duty does not start before that was last seen.
    """
    contract = evidence.trace.contract
    one = contract.obligations[name]
    assert isinstance(one, Respond)
    alone = replace(evidence.trace, contract=contract.model_copy(update={"obligations": {name: one}}))
    for (_, unit, _), found in oracle.judge(alone, evidence.as_of).items():
        if unit in group.units and found.name != "excused":
            assert found.t0 is not None  # it starts with its trigger
            known: dict[str, tuple[float | None, ...]] = {"met": (1.0,), "breached": (0.0,)}
            may_be = known.get(found.name, (0.0, 1.0, None))
            yield Item(found.t0, may_be, found.name == "pending", found.holders, found.d)


def _gaps(evidence: Evidence, obligation: Attain, group: Group, start: datetime, end: datetime) -> list[Gap]:
    """Where items may be missing; for duties, where what triggers them may be."""
    if obligation.items.duties is not None:
        other = evidence.trace.contract.obligations[obligation.items.duties]
        assert isinstance(other, Respond)
        # an episode is of a zone: the unit on which a row saw it says nothing
        found = evidence.gaps(other.trigger.stream or "", other.trigger.kind, start, end)
        return [replace(one, unit=None) for one in found if one.start < end and one.end > start and one.debtor is None]
    return gaps_within(evidence, obligation.items.stream or "", obligation.items.kind, group, start, end)


# --- targets ------------------------------------------------------------------------------------------------------


def _hits(obligation: Attain, value: Fraction | float) -> bool:
    """Whether a figure satisfies the target, exactly."""
    if isinstance(value, float) and abs(value) == inf:
        return (value > 0) == (obligation.at_least is not None)
    exact = Fraction(value)
    if obligation.at_least is not None:
        return exact >= Fraction(Decimal(str(obligation.at_least)))
    return exact <= Fraction(Decimal(str(obligation.at_most)))


def _strict(obligation: Attain) -> bool:
    """Whether all must be good, or none, as decided (0040): whatever else there is, one item spoils it."""
    if obligation.percentile is not None:
        return obligation.at_most is not None and obligation.percentile.rank == 1
    return obligation.measure == "share" and (obligation.at_least == 1 or obligation.at_most == 0)


def _spoils(obligation: Attain, item: Item) -> bool:
    """Whether an item misses the target alone, whatever it is."""
    return not any(_hits(obligation, _figure(obligation, [value])) for value in item.may_be)


def _figure(obligation: Attain, values: Sequence[float]) -> Fraction | float:
    """What items of these values come to; there is at least one of them, except to be counted."""
    if obligation.measure == "count":
        return Fraction(len(values))
    if obligation.measure == "share":
        return Fraction(sum(1 for value in values if value == 1.0), len(values))
    assert obligation.percentile is not None
    rank = Fraction(Decimal(str(obligation.percentile.rank)))
    return next(
        value for value in sorted(values) if Fraction(sum(1 for v in values if v <= value)) >= rank * len(values)
    )


def _result(
    obligation: Attain,
    group: Group,
    items: Sequence[Item],
    gaps: Sequence[Gap],
    start: datetime,
    end: datetime,
    countable: bool = False,
) -> Result:
    """What the items come to in every history; `countable` gaps are rows: each is one more or none."""
    decides = _decide(obligation, group, gaps, start, end)
    hidden = len(gaps) if countable and not decides else 0
    decides = decides or countable
    pending = any(one.pending for one in items)
    unknown = any(len(one.may_be) > 1 for one in items)
    histories = [
        [value for value in values if value is not None]
        for values in product(*(one.may_be for one in items), *[(None, *_ANY[obligation.measure])] * hidden)
    ]
    told = [one for one in histories if one or obligation.measure == "count"]
    figures = [_figure(obligation, one) for one in told]
    outcomes = {
        None if _few(obligation, len(one)) else _hits(obligation, figure)
        for one, figure in zip(told, figures, strict=True)
    } | ({None} if len(told) < len(histories) else set())
    if not decides:
        counted = float(len(items)) if obligation.measure == "count" else None  # there may be more, never fewer
        return Result(frozenset(outcomes), tuple(gaps), None, counted, None, unknown, False, pending)
    if not items and obligation.measure != "count":
        return Result(frozenset(outcomes), tuple(gaps), pending=pending)
    low, high = (_finite(one) for one in (min(figures), max(figures)))
    known = _finite(_figure(obligation, [one.may_be[0] or 0.0 for one in items]))
    return Result(frozenset(outcomes), tuple(gaps), None if unknown else known, low, high, unknown, pending=pending)


def _decide(obligation: Attain, group: Group, gaps: Sequence[Gap], start: datetime, end: datetime) -> bool:
    """Whether the known items decide: nothing is missing, or so little that the contract lets it go."""
    enough = Fraction(str(obligation.min_coverage))  # as it stands in the contract, not as a float has it
    return not gaps or (enough < 1 and _coverage(obligation, group, gaps, start, end) >= enough)


def _finite(figure: Fraction | float) -> float | None:
    return None if isinstance(figure, float) and abs(figure) == inf else float(figure)


def _coverage(obligation: Attain, group: Group, gaps: Sequence[Gap], start: datetime, end: datetime) -> Fraction:
    """The share of [start, end) that no gap takes: as decided (0036), on the average of the group's units."""
    long = [gap for gap in gaps if not (_a_point(gap) or _a_row(obligation, gap))]
    shares = [
        _covered([gap for gap in long if gap.on(unit) or gap.unit == group.id], start, end) for unit in group.units
    ]
    return sum(shares, Fraction()) / len(shares)


def _covered(gaps: Sequence[Gap], start: datetime, end: datetime) -> Fraction:
    taken, reach = timedelta(), start
    for low, high in sorted(span(gap, start, end) for gap in gaps):
        taken += max(high, reach) - max(low, reach)
        reach = max(high, reach)
    return 1 - Fraction(taken // timedelta.resolution, max(1, (end - start) // timedelta.resolution))


def _a_row(obligation: Attain, gap: Gap) -> bool:
    """Whether the gap is a row that hides one item at most; of duties it may start many."""
    return gap.row and obligation.items.duties is None


def _a_point(gap: Gap) -> bool:
    return gap.end - gap.start <= TICK


def _counted(obligation: Attain, window: Window, items: Sequence[Item]) -> Said | None:
    """What a count decides before the window's end, as soon as the items are too many, or enough."""
    if _few(obligation, len(items)):
        return None
    for number, one in enumerate(sorted(items, key=lambda item: item.at), 1):
        if obligation.at_least is not None and number >= obligation.at_least:
            return Said("met", window, silent=RANGE | {"fulfilled"})
        if obligation.at_most is not None and number > obligation.at_most:
            return Said("breached", window, lapsed_at=one.at, silent=RANGE | {"fulfilled"})
    return None


def _few(obligation: Attain, number: int) -> bool:
    """Whether so many items are too few; a count of nothing is a count, unless the contract states `min_items`."""
    stated = obligation.measure != "count" or "min_items" in obligation.model_fields_set
    return stated and number < obligation.min_items


# --- rolling windows ----------------------------------------------------------------------------------------------


def _rolling(evidence: Evidence, obligation: Attain, group: Group, window: Window) -> Said | None:
    """The service day, from the windows (t - W, t] at every entry and exit of an item within it."""
    as_of, length, begins = evidence.as_of, obligation.window.rolling, _joined(evidence, obligation, group, window)
    assert length is not None
    if window.end <= begins + length:
        return None  # none lies whole in the time that counts
    if as_of < window.end:
        return waiting(obligation, window, as_of)
    known = {unit.id for unit in evidence.trace.units}
    since = {unit: _joined(evidence, obligation, group, window, unit) for unit in group.units & known}
    first = max(window.start - length, begins)  # what enters a day before leaves as the day begins
    items = [one for one in _items(evidence, obligation, group, since) if one.at >= first]
    opening = first == begins and any(one.at < first + length for one in items)
    times = {first + length} if opening else set()
    times |= {at for one in items for at in (one.at, one.at + length) if first + length <= at < window.end}
    gaps = [
        replace(gap, start=max(gap.start, since.get(gap.unit or "", gap.start)))
        for gap in _gaps(evidence, obligation, group, first, window.end)
        if gap.end > since.get(gap.unit or "", first)
    ]
    tested: list[tuple[datetime, Result]] = []
    for at in sorted(times):
        low, high = at - length + TICK, at + TICK  # (t - W, t] as a half-open stretch
        within = [one for one in items if low <= one.at < high]
        if not _few(obligation, len(within)) and (within or obligation.measure == "count"):
            touching = [gap for gap in gaps if gap.start < high and gap.end > low]
            # an instant takes no time: half of the window is missing where the half before t is
            tested.append((at, _result(obligation, group, within, touching, at - length, at)))
    silent = RANGE | {"fulfilled"}
    if failed := [at for at, one in tested if one.fails(obligation)]:
        return Said("breached", window, lapsed_at=failed[0], silent=silent)
    # as decided (0016): what is missing of the day and of the time that it looks back on may have windows of its own
    if _decide(obligation, group, gaps, first, window.end):
        if not tested:
            return Said("void", window, silent=silent)
        if all(one.passes(obligation) for _, one in tested):
            return Said("met", window, silent=silent)
    decide = all(one.decides for _, one in tested) and _decide(obligation, group, gaps, first, window.end)
    if not decide and silenced(obligation, group, window, gaps, as_of):
        return Said("breached", window, lapsed_at=window.end, silent=silent)
    return _open(window, gaps, False, as_of, silent=silent if gaps else silent | {"holders", "proof_due"})
