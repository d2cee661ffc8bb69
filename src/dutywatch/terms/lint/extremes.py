"""Duties that nobody can fulfil, and duties that nobody can breach: a number is out of proportion to its period."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from dutywatch.clock import Period as Span
from dutywatch.clock import local_date
from dutywatch.terms.document import Path_
from dutywatch.terms.lint.finding import Remark
from dutywatch.terms.patterns import Attain, Keep, Recur
from dutywatch.terms.periods import periods
from dutywatch.terms.terms import Terms

_DAY, _TICK = timedelta(days=1), timedelta(microseconds=1)


@dataclass(frozen=True)
class _Periodic:
    """An obligation over periods in one of its wordings: all of these that begin while it holds."""

    path: Path_
    obligation: Recur | Attain | Keep
    spans: list[Span]
    amended: bool


def impossible(terms: Terms) -> Iterator[Remark]:
    """Whatever the party does, it is in breach."""
    for one in _periodic(terms):
        path, obligation = one.path, one.obligation
        if isinstance(obligation, Recur) and one.spans:
            yield from _too_often(terms, path, obligation, one.spans)
        elif isinstance(obligation, Attain):
            yield from _out_of_reach(path, obligation)
        elif isinstance(obligation, Keep):
            yield from _crossed(path, obligation)


def _too_often(terms: Terms, path: Path_, owed: Recur, spans: list[Span]) -> Iterator[Remark]:
    if owed.on_days is not None:
        shortest = min(spans, key=lambda one: _open_days(terms, owed, one))
        days = _open_days(terms, owed, shortest)
        if days < owed.on_days:
            open_ = "has" if owed.period.calendar == "always" else f"has, by the calendar `{owed.period.calendar}`,"
            yield Remark(
                (*path, "on_days"),
                f"{shortest.label} {open_} {_count(days, 'day')}, and {owed.on_days} different ones are asked for: "
                "whoever does all that can be done is in breach.",
                f"Ask for {_count(days, 'day')} at most, or count over a longer period.",
            )


def _crossed(path: Path_, owed: Keep) -> Iterator[Remark]:
    if owed.at_least is not None and owed.at_most is not None and owed.at_least > owed.at_most:
        yield Remark(
            (*path, "at_least"),
            f"No level is at least {owed.at_least:g} and at most {owed.at_most:g}: one bound breaks the other.",
            "Correct the bounds; where they are two duties, write two obligations.",
        )


def _out_of_reach(path: Path_, owed: Attain) -> Iterator[Remark]:
    if owed.measure == "share" and owed.at_least is not None and owed.at_least > 1:
        percent = owed.at_least / 100
        yield Remark(
            (*path, "at_least"),
            f"A share is 1 at most, and {owed.at_least:g} is asked for: no window reaches it.",
            f"Write `at_least: {percent:g}` where {owed.at_least:g} % are meant." if percent <= 1 else "Correct it.",
        )
    if owed.measure in ("share", "count") and owed.at_most is not None and owed.at_most < 0:
        yield Remark(
            (*path, "at_most"),
            f"A {owed.measure} is never less than 0, and at most {owed.at_most:g} is asked for: no window reaches it.",
            "Write `at_most: 0` where none is allowed.",
        )


def never_breached(terms: Terms) -> Iterator[Remark]:
    """Whatever the party does, it is in breach of nothing."""
    weighed = {
        rate for one in terms.contract.obligations.values() if isinstance(one, Attain) for rate in one.items.rates or ()
    }
    for one in _periodic(terms):
        path, obligation = one.path, one.obligation
        if not one.spans and not one.amended:
            where = "period" if isinstance(obligation, Recur) else "window"
            yield Remark(
                (*path, where),
                f"No {where} begins within the term ({terms.contract.term.from_} to {terms.contract.term.to}), and one "
                "that began before it is not owed: nothing ever is.",
                f"Choose a shorter {where}, or correct its calendar or the term.",
            )
        if not one.spans:
            continue
        longest = max(one.spans, key=lambda span: span.end - span.start)
        length = longest.end - longest.start
        if isinstance(obligation, Recur) and obligation.max_gap is not None and obligation.max_gap >= length:
            yield Remark(
                (*path, "max_gap"),
                f"Breaks are counted from a period's start to its end. {longest.label} lasts {_hours(length)}, and a "
                f"break of {_hours(obligation.max_gap)} is allowed: who never does it is in breach of nothing.",
                "Allow a shorter break, or count over a longer period.",
            )
        slots = -(-length // obligation.slot) if isinstance(obligation, Keep) else 0
        if isinstance(obligation, Keep) and obligation.max_bad >= slots:
            yield Remark(
                (*path, "max_bad"),
                f"{longest.label} has {_count(slots, 'slot')}, and {obligation.max_bad} bad ones are allowed: who "
                "never keeps the level is in breach of nothing.",
                f"Allow fewer than {slots}, or judge over a longer window.",
            )
        if isinstance(obligation, Attain) and path[1] not in weighed:
            yield from _always_reached(path, obligation)


def _always_reached(path: Path_, owed: Attain) -> Iterator[Remark]:
    low = owed.measure != "percentile" and owed.at_least is not None and owed.at_least <= 0
    high = owed.measure == "share" and owed.at_most is not None and owed.at_most >= 1
    if low or high:
        said = f"at least {owed.at_least:g}" if low else f"at most {owed.at_most:g}"
        yield Remark(
            (*path, "at_least" if low else "at_most"),
            f"A {owed.measure} of {said} is reached whatever happens.",
            "State the target that was agreed, or weigh the share in a score, under its `rates`.",
        )


def _periodic(terms: Terms) -> Iterator[_Periodic]:
    """The obligations over periods, but those that last as long as a trigger does: nobody knows how long that is."""
    term = terms.contract.term
    for name in terms.contract.obligations:
        for since, until, owed in terms.words(name):
            word = owed.period if isinstance(owed, Recur) else owed.window if isinstance(owed, Attain | Keep) else None
            if word is None or word.while_ is not None or not isinstance(owed, Recur | Attain | Keep):
                continue
            first, last = max(term.from_, since or date.min), min(term.to, until or date.max)
            spans = periods(word, first, last, terms.calendar(word.calendar)) if first <= last else []
            yield _Periodic(("obligations", name), owed, spans, amended=since is not None or until is not None)


def _open_days(terms: Terms, owed: Recur, span: Span) -> int:
    """The local days of a period on which its calendar works."""
    first, last = local_date(span.start, span.zone), local_date(span.end - _TICK, span.zone)
    calendar = terms.calendar(owed.period.calendar)
    return sum(calendar.works(first + n * _DAY) for n in range((last - first).days + 1))


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")


def _hours(length: timedelta) -> str:
    hours = length / timedelta(hours=1)
    return f"{hours:g} hour" + ("" if hours == 1 else "s")
