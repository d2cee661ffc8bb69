"""Which rows are known at an instant, and where the sources leave gaps in which others may hide."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Protocol

from dutywatch.clock import local_date, midnight
from dutywatch.terms.contract import Assignment
from dutywatch.terms.predicate import Predicate
from dutywatch.terms.source import Source
from dutywatch.terms.units import Unit
from tests.judge.oracle.predicates import holds
from tests.judge.oracle.trace import DAWN, DUSK, TICK, File, Row, Trace, Unreadable

DAY = timedelta(days=1)


class Asked(Protocol):
    """What of a contract asks for rows: of some kinds (None: all), narrowed by `where`."""

    @property
    def where(self) -> Predicate | None: ...


Order = tuple[datetime, datetime, str, str, int]
"""The order in which versions of one record were told."""


@dataclass(frozen=True)
class Event:
    """A row with what its source says of it; `order` sorts versions (poll or arrival, arrival, name, SHA-256, line),
    `ref` names it."""

    row: Row
    source: str
    rank: int
    party: str | None
    order: Order
    ref: tuple[str, str, str, int]


@dataclass(frozen=True)
class Gap:
    """Where acts may hide: [start, end) on `unit` (None: on every unit), owed by `holder`; acts are of `party`."""

    source: str
    unit: str | None
    start: datetime
    end: datetime
    holder: str
    due: datetime | None
    lag: timedelta | None = None
    missing: bool = False  # a delivery did not come; otherwise one came and left this open, or none was ever owed
    party: str | None = None
    row: bool = False  # a row that may be the act, however long that took
    refused: bool = False  # that row stands in quarantine
    record: str | None = None  # of that row, where it is read
    kind: str | None = None
    metres: tuple[float | None, float | None] | None = None  # on which it was, where its time alone is in doubt
    debtor: str | None = None  # it may hide acts for the duties of this party alone
    zone: str | None = None  # it may hide what tells of this zone alone

    def on(self, unit: str | None) -> bool:
        """Whether an act on `unit` may hide here."""
        return unit is None or self.unit in (None, unit)

    def owed(self, d: datetime) -> datetime:
        """When the missing evidence is due for a duty due at `d`; what nobody owes was due long ago."""
        return d + self.lag if self.lag is not None else self.due or DAWN


@dataclass(frozen=True)
class Evidence:
    """A trace as it is known at `as_of`."""

    trace: Trace
    as_of: datetime
    late: tuple[File, ...] = ()

    def arrived_by(self, instant: datetime) -> Evidence:
        """The same without the files that arrived after `instant`; one whose arrival nobody knows had arrived."""
        kept = tuple(f for f in self.trace.files if f.received_at is None or f.received_at <= instant)
        late = tuple(f for f in self.trace.files if f.received_at is not None and f.received_at > instant)
        return replace(self, trace=replace(self.trace, files=kept), late=late)

    def standing(self, source: str) -> list[File]:
        """The files of a source that count: with `replace`, one for each covered interval (day, or name)."""
        files = [file for file in self.trace.files if file.source == source and not file.refused]
        if self.trace.contract.sources[source].redelivery == "append":
            return files
        best: dict[object, File] = {}
        for file in sorted(files, key=lambda f: (f.received_at or DAWN, f.sha256)):
            best[file.day or file.name] = file
        return list(best.values())

    def events(
        self, stream: str, kinds: Sequence[str] | None, where: Predicate | None, at: str = "at", records: bool = False
    ) -> list[Event]:
        """The known rows of a stream; with `records`, the latest version of each record by now speaks for it."""
        found = [event for name in self.trace.contract.sources_of(stream) for event in self._of(name)]
        if records:
            found = _latest([event for event in found if event.row.at <= self.as_of])
        return [
            event
            for event in found
            if (kinds is None or event.row.kind in kinds)
            and holds(where, event.row)
            and (event.row.instant(at) or DUSK) <= self.as_of
        ]

    def _of(self, name: str) -> Iterator[Event]:
        contract = self.trace.contract
        source = contract.sources[name]
        roster = {actor: party.id for party in contract.contractors for actor in party.actors}
        for file in self.standing(name):
            for line, row in enumerate(file.rows):
                party = roster.get(row.actor or "", source.acts_by)
                order = _order(file, row.seen_at, line)
                yield Event(row, name, source.rank, party, order, (name, file.name, file.sha256, line))

    def torn(self, stream: str, event: Event) -> bool:
        """Whether a later version of the event's record stands in quarantine, so that nobody can read it (0090)."""
        return any(
            row.record is not None and row.record == event.row.record and _unread_order(file, line) > event.order
            for name in self.trace.contract.sources_of(stream)
            for file in self.standing(name)
            for line, row in enumerate(file.unreadable)
        )

    def _told_later(self, stream: str, record: str | None, order: Order) -> bool:
        """Whether a version of a record is known that was told later than `order`."""
        events = (event for name in self.trace.contract.sources_of(stream) for event in self._of(name))
        return any(event.row.record == record and event.order > order for event in events if event.row.at <= self.as_of)

    def _torn_later(self, name: str, one: Unreadable, order: Order) -> bool:
        """Whether the source told of the record of a torn row once more, which nobody can read either."""
        torn = ((file, line, row) for file in self.standing(name) for line, row in enumerate(file.unreadable))
        return any(row.record == one.record and _unread_order(file, line) > order for file, line, row in torn)

    def gaps(
        self,
        stream: str,
        kinds: Sequence[str] | None,
        first: datetime,
        last: datetime,
        at: str = "at",
        where: Predicate | None = None,
        records: bool = False,
    ) -> list[Gap]:
        """Where the sources of `stream` may hide events of `kinds`, on the local days of `first` to `last`.

        With `records`, rows are versions of their records.
        """
        gaps: list[Gap] = []
        for name in self.trace.contract.sources_of(stream):
            source = self.trace.contract.sources[name]
            gaps += self._quarantined(name, source, kinds, at, stream if records else None)
            if at == "at":
                gaps += self._doubtful(name, source, kinds, where)
            if source.polls is not None:
                gaps += self._polled(name, source)
            elif source.dated:
                gaps += self._dated(name, source, first, last)
                gaps += self._silent(name, source)
            else:
                gaps.append(_gap(name, source, None, DAWN, DUSK, None))
        return [gap for gap in gaps if gap.start < gap.end]

    def _dated(self, name: str, source: Source, first: datetime, last: datetime) -> Iterator[Gap]:
        """A file covers its day, as far as the day had gone when it came; with no due time, due when the day ends."""
        zone = self.trace.contract.zone
        standing = self.standing(name)
        day, until = local_date(first, zone), local_date(last, zone)
        begins = min([until, local_date(self.as_of, zone), *(file.day for file in standing if file.day)])
        while self._due(source, begins - DAY) > self.as_of:
            begins -= DAY
        if day < begins:  # all overdue days before the first file are one gap, due with the last of them
            owed = midnight(min(begins, self._owed_from(source)), zone)  # and another one of what nobody owes (0036)
            yield _gap(name, source, None, DAWN, owed, None)
            yield self._missing(name, source, begins - DAY, owed)
            day = begins
        while day <= until:
            start, end = midnight(day, zone), midnight(day + DAY, zone)
            files = [file for file in standing if file.day == day]
            covered = max((min(file.received_at or end, end) for file in files), default=start)
            if covered < end:
                yield self._missing(name, source, day, max(start, covered))
            day += DAY

    def _silent(self, name: str, source: Source) -> Iterator[Gap]:
        """A file says nothing of units, or of the keeper's actors, that its rows do not name: not on its day."""
        zone = self.trace.contract.zone
        if source.by == "source":
            return
        for day in sorted({file.day for file in self.standing(name) if file.day is not None}):
            start, end = midnight(day, zone), midnight(day + DAY, zone)
            due = source.delivery_due.due(day, zone) if source.delivery_due else end
            until = {
                file: min(file.received_at or end, end)
                for file in self.standing(name)
                if file.day == day and (file.received_at or end) > start
            }
            for key, units, debtor in self._owed_words(source, day):
                told = [
                    until[file]
                    for file in until
                    if any(
                        getattr(r, source.by) == key and r.at <= self.as_of and r.at < until[file] for r in file.rows
                    )
                ]
                # it came when it was due, though too late to count: that is no silence
                came = any(
                    getattr(r, source.by) == key and r.at <= self.as_of and r.at < min(file.received_at or end, end)
                    for file in self.late
                    if (file.source, file.day, file.refused) == (name, day, False)
                    and file.received_at is not None
                    and file.received_at <= due
                    for r in file.rows
                )
                low, high = max(told, default=start), max(until.values(), default=start)
                for unit in units if low < high else ():
                    gap = _gap(name, source, unit, low, high, due)
                    yield replace(gap, missing=not came)
                if debtor is not None and low < high:  # as decided (0039): it may yet fulfil its party's own duties
                    yield replace(_gap(name, source, None, low, high, due), missing=not came, debtor=debtor)

    def _owed_words(self, source: Source, day: date) -> Iterator[tuple[str, Sequence[str | None], str | None]]:
        """Whom a log must name on a day, each with the units on which its silence leaves a gap, and its party."""
        contract = self.trace.contract
        if source.by == "unit":
            there = {unit.id for unit in self.trace.units if valid(unit, day)}
            yield from ((unit, [unit], None) for unit in sorted(there))
            return
        contractors = {party.id for party in contract.contractors}
        for party in contract.contractors:
            runs = party.id == (source.acts_by or source.run_by)
            if runs or (source.acts_by is None and source.run_by not in contractors):
                for actor in party.actors:
                    there = [one for one in self.trace.units if one.exists(day)]
                    served = [one.id for one in there if self._serves(party.id, one, day)]
                    # who may serve all there are may serve all, as decided (0039)
                    yield actor, [None] if there and len(served) == len(there) else served, party.id

    def _serves(self, party: str, unit: Unit, day: date) -> bool:
        """Whether the party's vehicles may serve the unit: it answers for it, or for nothing in the contract at all."""
        contract = self.trace.contract
        known = [one for one in contract.assignments if one.known(local_date(self.as_of, contract.zone))]
        answering = {one.contractor for one in known} | {one.party for one in contract.obligations.values()}
        owners = {
            next((one.contractor for one in known if one.valid(day) and covers(one, name, unit)), obligation.party)
            for name, obligation in contract.obligations.items()
        }
        return party in owners or party not in answering

    def _missing(self, name: str, source: Source, day: date, since: datetime) -> Gap:
        end = midnight(day + DAY, self.trace.contract.zone)
        # as decided (0036): what nobody owes is missing, and never overdue
        owed = day >= self._owed_from(source)
        due = self._due(source, day)
        own = [file for file in self.late if (file.source, file.day, file.refused) == (name, day, False)]
        in_time = any(file.received_at is not None and file.received_at <= due for file in own)  # it was no silence
        return replace(_gap(name, source, None, since, end, due if owed else None), missing=owed and not in_time)

    def _owed_from(self, source: Source) -> date:
        term = self.trace.contract.term.from_
        return max(source.from_ or term, term)

    def _due(self, source: Source, day: date) -> datetime:
        zone = self.trace.contract.zone
        return source.delivery_due.due(day, zone) if source.delivery_due else midnight(day + DAY, zone)

    def _quarantined(
        self, name: str, source: Source, kinds: Sequence[str] | None, at: str, records: str | None
    ) -> Iterator[Gap]:
        """A row in quarantine hides an act at its unit and time; what is unreadable of these may be any.

        As decided (0033), an act that another column dates may have been at any time of the file, until it came. A
        version of a record in the stream `records` hides nothing where a later one came, and else anything (0090).
        """
        zone = self.trace.contract.zone
        for file in self.standing(name):
            start, end, due = DAWN, DUSK, None
            if file.day is not None:
                start, end = midnight(file.day, zone), midnight(file.day + DAY, zone)
                end = min(end, file.received_at) if file.received_at and file.received_at > start else end
                due = self._due(source, file.day)
            for line, row in enumerate(file.unreadable):
                last = records is not None and row.record is not None
                order = _unread_order(file, line)
                if last and (self._told_later(records or "", row.record, order) or self._torn_later(name, row, order)):
                    continue
                if last or not _other_act(source, row.kind, kinds):
                    low, high = (row.at, row.at + TICK) if row.at else (start, end)
                    if at != "at":
                        low, high = start, max(end, file.received_at or DUSK)
                    if last:
                        low = DAWN
                    yield replace(
                        _gap(name, source, row.unit, low, high, due),
                        row=True,
                        refused=True,
                        kind=row.kind,
                        record=row.record,
                    )

    def _doubtful(
        self, name: str, source: Source, kinds: Sequence[str] | None, where: Predicate | None
    ) -> Iterator[Gap]:
        """A local time with two readings hides its act at both; one that names no unit was on none (0032)."""
        for event in self._of(name):
            row = event.row
            asked = (kinds is None or row.kind in kinds) and holds(where, row)
            if row.earlier is not None and asked:  # an act after now is ignored; by the earlier reading it is none
                for at in (one for one in (row.earlier, row.at) if one <= self.as_of):
                    unit = row.unit or self.trace.contract.contract
                    metres = row.from_m, row.to_m
                    yield replace(_gap(name, source, unit, at, at + TICK, None), row=True, kind=row.kind, metres=metres)

    def _polled(self, name: str, source: Source) -> Iterator[Gap]:
        """A poll covers up to itself minus `max_lag`; `shows: last` hides what lay before the shown event."""
        polls = source.polls
        assert polls is not None
        rows = [row for file in self.standing(name) for row in file.rows if row.seen_at is not None]
        asked = sorted({row.seen_at for row in rows if row.seen_at is not None})
        if asked:
            yield _gap(name, source, None, DAWN, asked[0] - polls.max_lag, None)
        covered = asked[-1] - polls.max_lag if asked else DAWN
        yield replace(_gap(name, source, None, covered, DUSK, None), lag=polls.max_lag, missing=True)
        yield from self._refused(name, source)
        if polls.shows == "last":
            for unit in sorted({row.unit for row in rows if row.unit}):
                yield from _unshown(name, source, unit, [row for row in rows if row.unit == unit], asked)
            for zone in sorted({row.zone for row in rows if row.unit is None}, key=str):
                some = [row for row in rows if row.unit is None and row.zone == zone]
                hidden = _unshown(name, source, self.trace.contract.contract, some, asked)
                yield from (replace(gap, zone=zone) for gap in hidden)
            if asked:
                yield from self._unread(name, source, asked)

    def _refused(self, name: str, source: Source) -> Iterator[Gap]:
        """A refused file may have shown anything since the last poll of those that came before it, less the lag,
        until it came, or until the next poll that is known; one that was sent again is replaced."""
        assert source.polls is not None
        came = [(file.received_at or DAWN, file.sha256, file) for file in self.standing(name)]
        for lost in self.trace.files:
            own = (lost.received_at or DAWN, lost.sha256)
            again = any(file.name == lost.name and (at, sha) > own for at, sha, file in came)
            if lost.source != name or not lost.refused or again:
                continue
            before = [row.seen_at for at, sha, file in came if (at, sha) < own for row in file.rows if row.seen_at]
            told = (row.seen_at for _, _, file in came for row in file.rows if row.seen_at)
            after = [at for at in told if at > max(before, default=DAWN)]
            start, end = max(before, default=None), min([lost.received_at or DUSK, *after])
            if lost.received_at is None:
                start, end = None, DUSK
            gap = _gap(name, source, None, start - source.polls.max_lag if start else DAWN, end, None)
            yield replace(gap, lag=source.polls.max_lag, missing=True)

    def _unread(self, name: str, source: Source, asked: Sequence[datetime]) -> Iterator[Gap]:
        """A last event that nobody can read hides, like any other, what lay between the poll before it and itself."""
        assert source.polls is not None
        for file in self.standing(name):
            own = min((row.seen_at for row in file.rows if row.seen_at), default=None)
            for row in file.unreadable:
                end = min(row.at or DUSK, file.received_at or DUSK)
                before = [at for at in asked if (at < own if own else row.at is not None and at <= end)]
                yield _gap(name, source, row.unit, before[-1] - source.polls.max_lag if before else DAWN, end, None)


def valid(unit: Unit, day: date) -> bool:
    """Whether the register knows the unit, as it is told here, on a day."""
    return (unit.valid_from or date.min) <= day <= (unit.valid_to or date.max)


def covers(given: Assignment, name: str, unit: Unit) -> bool:
    """Whether an assignment gives a unit away, for the obligation `name`."""
    units = given.units
    return (
        (given.obligations is None or name in given.obligations)
        and (units.class_ is None or unit.class_ in units.class_)
        and (units.zone is None or unit.zone in units.zone)
        and (units.id is None or unit.id in units.id)
    )


def _gap(name: str, source: Source, unit: str | None, start: datetime, end: datetime, due: datetime | None) -> Gap:
    return Gap(name, unit, start, end, source.run_by, due, party=source.acts_by)


def _by_number(name: str) -> str:
    """A name whose numbers sort by their value (of up to nine digits)."""
    return re.sub("[0-9]+", lambda found: found[0].zfill(9), name)


def _order(file: File, seen_at: datetime | None, line: int) -> Order:
    """The order in which versions of one record were told."""
    came = file.received_at or DAWN
    return (seen_at or came, came, _by_number(file.name), file.sha256, line)


def _unread_order(file: File, line: int) -> Order:
    """The same of a row in quarantine: as of its file's last poll, and below the rows that can be read."""
    return _order(file, max((row.seen_at for row in file.rows if row.seen_at), default=None), len(file.rows) + line)


def _latest(events: Sequence[Event]) -> list[Event]:
    latest: dict[object, Event] = {}
    for event in sorted(events, key=lambda e: e.order):
        latest[event.row.record or event.order] = event
    return list(latest.values())


def _other_act(source: Source, kind: str | None, kinds: Sequence[str] | None) -> bool:
    """Whether a quarantined row is known to speak of something else."""
    known = source.values.get("kind", {}).values()
    return kinds is not None and kind is not None and kind not in kinds and (not known or kind in known)


def _unshown(name: str, source: Source, unit: str, rows: Sequence[Row], asked: Sequence[datetime]) -> Iterator[Gap]:
    assert source.polls is not None
    shown = DAWN
    for index, poll in enumerate(asked):
        events = [row.at for row in rows if row.seen_at == poll]
        if not events:
            continue
        before = asked[index - 1] - source.polls.max_lag if index else DAWN
        low = max(shown + TICK, before)
        if low < max(events):
            yield _gap(name, source, unit, low, max(events), None)
        shown = max(events)
