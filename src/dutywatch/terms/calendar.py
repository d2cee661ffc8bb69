"""The contract's word for a calendar: working hours, holidays, closures, season; frozen into dates for the clock.

Holidays come from the library `holidays`, and only from here: what a verdict rests on is the frozen table that
`resolve` returns, which belongs to the contract's version. The library knows a year's substituted days (China's
make-up days) once a government has announced them; a contract that runs longer names them in `closed` and `extra`.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import holidays
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from dutywatch.clock import Calendar, Hours, Season
from dutywatch.terms.words import Word, a_text

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_STRETCH = re.compile(r"([01]\d|2[0-3]):([0-5]\d) ?- ?(?:([01]\d|2[0-3]):([0-5]\d)|24:00)")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONTH_DAY = re.compile(r"(\d{2})-(\d{2})")


def _a_date(value: Any) -> date:
    """A date, not the number of seconds that pydantic takes 20240209 for."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        if isinstance(value, str) and _ISO_DATE.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass  # a date that no calendar has: the advice is the same
    raise ValueError(f"{value} is not a date: write one such as 2024-02-09")


def _dates(value: Any) -> Any:
    return [value] if isinstance(value, date | str) else value


def _a_month_day(value: Any) -> str:
    text = str(value)
    try:
        month, day = map(int, text.split("-")) if _MONTH_DAY.fullmatch(text) else (0, 0)
        date(2000, month, day)  # a leap year: 29 February is a day of the year
    except ValueError as error:
        raise ValueError(f"{value} is not a day of the year: write month and day, such as 10-15") from error
    return text


def _weekdays(text: str) -> list[int]:
    """The weekdays (Monday 0) that a key such as "mon-fri", "sat" or "mon, wed" names; "fri-mon" runs over Sunday."""
    found: list[int] = []
    for part in text.split(","):
        ends = [name.strip().lower() for name in part.split("-")]
        if len(ends) > 2 or not set(ends) <= set(_WEEKDAYS):
            raise ValueError(f"{text!r} names no weekdays: write {', '.join(_WEEKDAYS)}, or a range such as mon-fri")
        first, last = _WEEKDAYS.index(ends[0]), _WEEKDAYS.index(ends[-1])
        found += [(first + n) % 7 for n in range((last - first) % 7 + 1)]
    return found


def _hours(text: str) -> Hours:
    """The hours of a day, sorted: "08:00-12:00, 13:00-17:30". Raises ValueError that says what to write instead."""
    found: list[tuple[time, time | None]] = []
    for part in text.split(","):
        match = _STRETCH.fullmatch(part.strip())
        if not match:
            raise ValueError(f"{part.strip()!r} is not written as hours are: '08:00-12:00, 13:00-17:30', '09:00-24:00'")
        opens, closes = time(int(match[1]), int(match[2])), time(int(match[3]), int(match[4])) if match[3] else None
        if closes is not None and closes <= opens:
            raise ValueError(
                f"{part.strip()!r} ends before it begins: hours over midnight are written as two, "
                f"{opens:%H:%M}-24:00 and on the next day 00:00-{closes:%H:%M}"
            )
        found.append((opens, closes))
    found.sort(key=lambda stretch: stretch[0])
    for (opens, closes), (again, _) in pairwise(found):
        if closes is None or again < closes:
            raise ValueError(
                f"{text!r}: the hours from {opens:%H:%M} and from {again:%H:%M} overlap: write them as one"
            )
    return tuple(found)


def _week(written: dict[str, str]) -> tuple[Hours, ...]:
    """The hours of the seven weekdays, Monday first; () on those that nobody wrote."""
    week: list[Hours] = [()] * 7
    for days, text in written.items():
        for day in _weekdays(days):
            if week[day]:
                raise ValueError(f"{_WEEKDAYS[day]} has hours twice: write it once, as in {{mon-fri: ..., sat: ...}}")
            week[day] = _hours(text)
    if not any(week):
        raise ValueError("no weekday has hours: write some, or leave `hours` out for a calendar that is always open")
    return tuple(week)


def _checked(written: dict[str, str]) -> dict[str, str]:
    _week(written)
    return written


def _a_country(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("put it in quotes: YAML reads a bare NO, Norway, as false")
    return value


# Where the government announces holidays as spans ("1 to 7 October, 7 days"); the library lists weekdays and feasts.
_HOLIDAYS_TAKE_WEEKENDS_IN = frozenset({"CN"})


class HolidaysWord(Word):
    """Whose public holidays are off: a country (ISO 3166-1, such as CN), and a part of it where they differ."""

    country: Annotated[str, BeforeValidator(_a_country, json_schema_input_type=str)]
    subdivision: str | None = None

    @model_validator(mode="after")
    def _known(self) -> HolidaysWord:
        known = holidays.list_supported_countries(include_aliases=False)
        if self.country not in known:
            raise ValueError(f"no holidays are known of {self.country!r}: write a code of ISO 3166-1, such as CN or DE")
        parts = known[self.country]
        if self.subdivision is not None and self.subdivision not in parts:
            advice = f"write one of {', '.join(parts)}" if parts else "leave `subdivision` out"
            raise ValueError(f"no holidays are known of {self.subdivision!r} in {self.country}: {advice}")
        return self

    def table(self, first_year: int, last_year: int) -> tuple[frozenset[date], frozenset[date]]:
        """The days off and the days worked instead, of all the days of these years."""
        years = range(first_year, last_year + 1)
        beside = range(first_year - 1, last_year + 2)  # a holiday may run over the new year
        found = holidays.country_holidays(self.country, subdiv=self.subdivision, years=beside, expand=False)
        # the library keeps the days of neighbouring years too
        worked = frozenset(day for day in found.weekend_workdays if day.year in years)
        off = set(found) | (self._weekends_within(found) if self.country in _HOLIDAYS_TAKE_WEEKENDS_IN else set())
        return frozenset(day for day in off if day.year in years), worked

    @staticmethod
    def _weekends_within(found: holidays.HolidayBase) -> set[date]:
        """The weekend days next to a day off, one after the other, unless they are worked."""
        joined: set[date] = set()
        for off in found:
            for step in (-timedelta(days=1), timedelta(days=1)):
                day = off + step
                while day.weekday() in found.weekend and day not in found.weekend_workdays:
                    joined.add(day)
                    day += step
        return joined


class SeasonWord(Word):
    """The days of the year in which a calendar is open, both included; the season may run over the new year."""

    from_: Annotated[str, BeforeValidator(_a_month_day, json_schema_input_type=str)] = Field(
        alias="from", examples=["10-15"]
    )
    to: Annotated[str, BeforeValidator(_a_month_day, json_schema_input_type=str)] = Field(examples=["04-30"])

    @property
    def season(self) -> Season:
        """The season as the clock knows it."""
        first, last = (tuple(map(int, text.split("-"))) for text in (self.from_, self.to))
        return Season((first[0], first[1]), (last[0], last[1]))


Dates = Annotated[
    tuple[Annotated[date, BeforeValidator(_a_date, json_schema_input_type=date)], ...],
    BeforeValidator(_dates, json_schema_input_type=date | list[date]),
]
WeekHours = Annotated[dict[str, Annotated[str, BeforeValidator(a_text)]], AfterValidator(_checked)]


class CalendarWord(Word):
    """When a debtor works. Without `hours` it is open around the clock, but for `holidays`, `closed` and `season`.

    `extra` works although it is a holiday or a closed weekday, `closed` does not although the library says that it is
    worked: what the contract names goes before the table.
    """

    hours: WeekHours | None = Field(default=None, examples=[{"mon-fri": "08:00-12:00, 13:00-17:30"}])
    holidays: HolidaysWord | None = None
    closed: Dates = ()
    extra: Dates = ()
    season: SeasonWord | None = None
    rolls: bool = False

    @model_validator(mode="after")
    def _closed_or_extra(self) -> CalendarWord:
        both = sorted(set(self.closed) & set(self.extra))
        if both:
            raise ValueError(f"{both[0]} is in `closed` and in `extra`: keep one of them")
        return self


def resolve(word: CalendarWord, zone: ZoneInfo, term_from: date, term_to: date) -> Calendar:
    """The calendar with its holidays frozen: those of the years that the term touches, and of one year more.

    Clocks that start at the term's end run on; a clock that runs beyond the table finds no holidays there.
    """
    off: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()
    if word.holidays:
        off, worked = word.holidays.table(term_from.year, term_to.year + 1)
    closed, extra = frozenset(word.closed), frozenset(word.extra)
    return Calendar(
        zone=zone,
        hours=_week(word.hours) if word.hours else Calendar.always(zone).hours,
        closed=(off | closed) - extra,
        extra=(worked | extra) - closed,
        season=word.season.season if word.season else None,
        rolls=word.rolls,
    )
