"""The periods that a contract's words count duties over, as spans of time; judging and the linter both read them."""

from __future__ import annotations

from datetime import date
from typing import get_args

from dutywatch import clock
from dutywatch.clock import Calendar
from dutywatch.terms.patterns import Period, SeasonDays, Weekday

_WEEKDAYS = get_args(Weekday)


def periods(word: Period, first: date, last: date, calendar: Calendar) -> list[clock.Period]:
    """The whole periods that start on the local dates `first` to `last`; of a trigger's time nobody knows them."""
    if word.season is not None:
        return clock.seasons(_season(word.season), first, last, calendar.zone)
    if word.plan is not None:
        weekdays = frozenset(_WEEKDAYS.index(name) for name in word.plan.weekdays)
        return clock.plan(weekdays, frozenset(word.plan.dates), first, last, calendar)
    return clock.periods(word.each, first, last, calendar) if word.each is not None else []


def _season(word: SeasonDays) -> clock.Season:
    (first, last) = (tuple(int(part) for part in text.split("-")) for text in (word.from_, word.to))
    return clock.Season((first[0], first[1]), (last[0], last[1]))
