"""What stands in a cell: events, instants, decisions, written as people write them.

An event reads "11T09:00 plow by V1": when, then of which kind, and further words: `by` an actor, `in` a zone, `on` a
unit, `of` a record, `metres 0-60`, `=2.5` a measure, `published` when, `came` when, `twice` for a local time that the
clock shows twice, `column:value` for any other column. "11T09:00/11T10:00" is an interval, "10T10:00..10T16:00" one
event an hour. "?11T09:00 plow" is a row in quarantine; "?11" one of the file of the 11th whose time cannot be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dutywatch.clock import readings
from dutywatch.ledger.decisions import Decision
from tests.judge.oracle import Row, Unreadable

_WORDS = {"by": "actor", "in": "zone", "on": "unit", "of": "record"}


@dataclass(frozen=True)
class Event(Row):
    """A row with columns of its own; `came`: when it was received, if it was received by itself."""

    more: Mapping[str, Any] = field(default_factory=dict)
    came: datetime | None = None

    def column(self, name: str) -> object:
        """What stands in a column."""
        return self.more[name] if name in self.more else super().column(name)


@dataclass(frozen=True)
class Refused(Unreadable):
    """A row in quarantine, in the file of `day`."""

    day: date | None = None


@dataclass(frozen=True)
class Reader:
    """Reads cells: times are those of `zone`, days those of the month of `first`."""

    first: date
    zone: ZoneInfo

    def day(self, text: str) -> date:
        """ "11" or "02-11" as a date."""
        month, _, number = text.rpartition("-")
        return date(self.first.year, int(month or self.first.month), int(number))

    def naive(self, text: str) -> datetime:
        """ "11T09:00" as the wall shows it; "24:00" is the next midnight."""
        day, _, clock = text.partition("T")
        hour, *rest = map(int, clock.split(":"))
        seconds = 3600 * hour + 60 * rest[0] + (rest[1] if len(rest) > 1 else 0)
        return datetime.combine(self.day(day), datetime.min.time()) + timedelta(seconds=seconds)

    def at(self, text: str) -> datetime:
        """ "11T09:00" as an instant; where the wall shows it twice, the later one."""
        return readings(self.naive(text), self.zone)[-1]

    def days(self, cell: str) -> list[str]:
        """The deliveries that a cell lists (none: "-"): "9, 11..13, 14@15T09:00" are five."""
        found: list[str] = []
        for text in parts(cell):
            first, _, last = text.partition("..")
            found += [f"{n:02}" for n in range(int(first), int(last) + 1)] if last else [text]
        return found

    def events(self, cell: str, unit: str | None) -> list[Event | Refused]:
        """The events of a cell, on `unit` unless they say otherwise."""
        return [event for text in parts(cell) for event in self._event(text.split(), unit)]

    def decision(self, text: str, unit: str | None) -> Decision:
        """ "excuse 11T10:00 A+B": kind, when it was recorded, by whom; `for` one obligation; `all`: not on this unit alone."""
        kind, recorded, persons, *more = text.split()
        author, _, confirmed = persons.partition("+")
        on = None if "all" in more else unit
        about = more[more.index("for") + 1] if "for" in more else None
        return Decision(kind, about, on, None, "grounds", author, confirmed or None, self.at(recorded))

    def _event(self, words: list[str], unit: str | None) -> Iterator[Event | Refused]:
        when, *rest = words
        if when.startswith("?"):
            yield self._refused(when[1:], rest, unit)
            return
        told = self._told(rest, unit)
        if ".." in when:
            first, last = map(self.at, when.split(".."))
            yield from (Event(at=first + timedelta(hours=n), **told) for n in range((last - first) // HOUR + 1))
            return
        begins, _, ends = when.partition("/")
        if told.pop("twice", False):
            told["earlier"] = readings(self.naive(begins), self.zone)[0]
        yield Event(at=self.at(begins), until=self.at(ends) if ends else None, **told)

    def _refused(self, when: str, rest: list[str], unit: str | None) -> Refused:
        on = None if "nowhere" in rest else unit
        if "on" in rest:
            place = rest.index("on")
            on, rest = rest[place + 1], [*rest[:place], *rest[place + 2 :]]
        record = None
        if "of" in rest:
            place = rest.index("of")
            record, rest = rest[place + 1], [*rest[:place], *rest[place + 2 :]]
        kind = next((word for word in rest if word != "nowhere"), None)
        if "T" in when:
            at = self.at(when)
            return Refused(on, at, kind, record, self.naive(when).date())
        return Refused(on, None, kind, record, self.day(when) if when else None)

    def _told(self, words: list[str], unit: str | None) -> dict[str, Any]:
        told: dict[str, Any] = {"unit": unit, "more": {}}
        rest = iter(words)
        for word in rest:
            if word in _WORDS:
                told[_WORDS[word]] = next(rest)
            elif word in ("published", "came"):
                told["published_at" if word == "published" else word] = self.at(next(rest))
            elif word == "metres":
                told["from_m"], told["to_m"] = map(float, next(rest).split("-"))
            elif word == "twice":
                told[word] = True
            elif word.startswith("="):
                told["value"] = float(word[1:])
            elif ":" in word:
                name, _, value = word.partition(":")
                told["more"][name] = self.at(value) if "T" in value else float(value)
            else:
                told["kind"] = word
        return told


HOUR = timedelta(hours=1)


def parts(cell: str) -> list[str]:
    """What a cell lists, between commas."""
    return [part.strip() for part in cell.split(",") if part.strip()]
