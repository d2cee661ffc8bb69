"""Logs that are kept by unit or by vehicle (`by:`): of whom a day's log says nothing, it knows nothing that day.

A delivery covers, for a unit or an actor, what it covers at all, if one of its accepted rows within that time names it.
A rostered vehicle that is silent may have worked on any unit that the source's roster lets it serve; where there is no
roster, on any that its party answers for on that day, and wherever its party has a duty that began before
(docs/decisions/0017, 0039).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from dutywatch.judge.coverage import Gap, holes, owed_at
from dutywatch.judge.evidence import Evidence
from dutywatch.judge.timeline import touches
from dutywatch.ledger.deliveries import Accepted
from dutywatch.terms import Rostered, Source, Unit
from dutywatch.terms.contract import Assignment

Span = tuple[datetime, datetime]
Units = tuple[str | None, ...]
_NAMED = 5  # so many silent vehicles are named in a reason


def silent_gaps(evidence: Evidence, name: str, over: Span, *, owed: bool) -> Iterator[Gap]:
    """The gaps that the deliveries of source `name` within `over` leave on what they do not name.

    `owed`: where acts that a party owes may hide, also on its duties alone.
    """
    source, zone = evidence.contract.sources[name], evidence.contract.zone
    if source.by == "source":
        return
    days: dict[date, dict[str, Span]] = {}
    read = [one for one in evidence.of([name]) if touches(one, *over)]
    for one in read:
        if one.service_date and one.covers_from and one.covers_to:
            days.setdefault(one.service_date, {})[one.accepted_file] = (one.covers_from, one.covers_to)
    # what came when it was due is no silence, also where proof had to be there before (`proof_until`)
    late = [one for one in evidence.too_late if one.source == name and one.service_date in days]
    named = _named(evidence, source, [*read, *late])
    reach = _Reach(evidence)
    for day, spans in sorted(days.items()):
        whole = min(start for start, _ in spans.values()), max(end for _, end in spans.values())
        proof_due = owed_at(source, day, zone)
        told = [named[one.accepted_file] for one in late if one.service_date == day and _came_by(one, proof_due)]
        silent: dict[tuple[Span, Units, str | None, bool], list[str]] = {}
        for key, units, party in _expected(evidence, name, day, reach):
            own = [span for file, span in spans.items() if key in named[file]]
            for hole in holes(whole, own):
                undelivered = not any(key in some for some in told)
                silent.setdefault((hole, units, party, undelivered), []).append(key)
        for ((start, end), units, party, undelivered), keys in silent.items():
            missing = f"{name} of {day} says nothing of {_of(source, keys)}"
            gap = Gap(start, end, source.run_by, missing, proof_due, undelivered=undelivered)
            yield from (replace(gap, unit=unit) for unit in units)
            if owed and party is not None and units != (None,):
                yield replace(gap, party=party)


def _came_by(one: Accepted, instant: datetime) -> bool:
    return one.received_at is not None and one.received_at <= instant


def _of(source: Source, keys: Sequence[str]) -> str:
    """Of whom nothing is said: short, however many they are."""
    if source.by == "unit":
        return "the unit"
    more = f" and {len(keys) - _NAMED} more" if len(keys) > _NAMED else ""
    return ", ".join(keys[:_NAMED]) + more


def _named(evidence: Evidence, source: Source, some: Sequence[Accepted]) -> dict[str, set[str]]:
    """By the deliveries' files, the units or actors that their rows name up to `as_of` and to where they cover."""
    found: dict[str, set[str]] = {one.accepted_file: set() for one in some}
    files = {str(evidence.lake.path(one.accepted_file)): one for one in some if one.accepted}
    if not files:
        return found
    rows = evidence.rows(
        f'SELECT filename, {source.by} AS key, min("at") AS first FROM read_parquet($files, filename = true, '
        f'union_by_name = true) WHERE "at" <= $as_of AND {source.by} IS NOT NULL GROUP BY ALL',
        {"files": sorted(files), "as_of": evidence.as_of},
    )
    for row in rows:
        one = files[row["filename"]]
        if one.covers_to is not None and row["first"] < one.covers_to:
            found[one.accepted_file].add(row["key"])
    return found


def _expected(evidence: Evidence, name: str, day: date, reach: _Reach) -> Iterator[tuple[str, Units, str | None]]:
    """Whom the log of a day must name, on which units (None: on all) silence about them leaves a gap, and whose duties,
    wherever they lie, they may fulfil as well."""
    source = evidence.contract.sources[name]
    if source.by == "unit":
        yield from (
            (unit, (unit,), None) for unit in sorted({one.id for one in evidence.terms.units.rows if one.exists(day)})
        )
        return
    if roster := evidence.terms.rosters.get(name):
        yield from ((one.actor, reach.of(one, day), None) for one in roster.on(day))
        return
    for party in evidence.contract.keepers(source):
        yield from ((actor, reach.units(party.id, day), party.id) for actor in sorted(party.actors))


class _Reach:
    """The units that a vehicle may serve on a day, as the register knows them on it; None for all of them.

    Where a roster says so, those of its zone and class; else those that its party answers for, under any obligation.
    """

    def __init__(self, evidence: Evidence) -> None:
        self._contract, self._rows = evidence.contract, evidence.terms.units.rows
        self._known = self._contract.assigned(evidence.known_on)
        dates = {one.valid_from for one in self._rows} | {_after(one.valid_to) for one in self._rows}
        self._turns = sorted(day for day in dates if day is not None)
        self._found: dict[tuple[str, tuple[Assignment, ...], int], Units] = {}
        self._rostered: dict[tuple[str | None, str | None, int], Units] = {}

    def of(self, one: Rostered, day: date) -> Units:
        """The units that the roster lets an actor serve: what it does not narrow, it leaves open."""
        narrowed = (one.zone, one.class_, bisect_right(self._turns, day))
        if narrowed not in self._rostered:
            rows = [u for u in self._rows if u.exists(day)]
            served = [u.id for u in rows if one.zone in (None, u.zone) and one.class_ in (None, u.class_)]
            self._rostered[narrowed] = self._told(served, rows)
        return self._rostered[narrowed]

    def units(self, party: str, day: date) -> Units:
        """The units, or None for all of them; whoever answers for nothing in the contract may work anywhere."""
        valid = tuple(one for one in self._known if one.valid(day))
        asked = (party, valid, bisect_right(self._turns, day))
        if asked not in self._found:
            self._found[asked] = self._serving(party, valid, day)
        return self._found[asked]

    def _serving(self, party: str, valid: Sequence[Assignment], day: date) -> Units:
        owing = {one.party for one in self._contract.obligations.values()}
        rows = [unit for unit in self._rows if unit.exists(day)]
        if party not in {*owing, *(one.contractor for one in self._known)}:
            return self._told([unit.id for unit in rows], rows)
        served = {
            unit.id
            for name, obligation in self._contract.obligations.items()
            for given in [[one for one in valid if one.obligations is None or name in one.obligations]]
            for unit in rows
            if unit.party(given, obligation.party) == party
        }
        return self._told(sorted(served), rows)

    def _told(self, served: Sequence[str], rows: Sequence[Unit]) -> Units:
        """Whoever may serve every unit that there is on the day is told of once, on all, those that ended as well.

        Where there is none that day, but there was or will be, silence leaves no gap; a contract without units is one.
        """
        return (None,) if len(served) == len(rows) and (rows or not self._rows) else tuple(served)


def _after(day: date | None) -> date | None:
    return day + timedelta(days=1) if day is not None and day < date.max else None
