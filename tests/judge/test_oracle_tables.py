"""The oracles of recur, attain and keep held against small cases worked out by hand from the specification.

Times are hours of the first day, in UTC; a log of each day arrives four hours after the day, where it is not left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from dutywatch.terms.contract import Contract
from dutywatch.terms.units import Unit
from tests.judge import oracle_attain, oracle_keep, oracle_recur
from tests.judge.oracle import File, Trace, Unreadable
from tests.judge.oracle_windows import Entry, Said
from tests.judge.traces import source
from tests.judge.window_traces import CLEAR, COLUMNS

FIRST = date(2024, 1, 15)  # a Monday
BASE = datetime(2024, 1, 15, tzinfo=UTC)
ORACLES = {"recur": oracle_recur.judge, "attain": oracle_attain.judge, "keep": oracle_keep.judge}
Event = tuple[float, dict[str, Any]]


def hour(number: float) -> datetime:
    """So many hours after the start of the trace."""
    return BASE + timedelta(hours=number)


def contract(words: dict[str, Any], more: dict[str, Any] | None = None) -> Contract:
    """A contract of a fortnight with one log, run by the firm and due at six, and one obligation."""
    shared = {"title": {"en": "Due"}, "clause": "§1", "party": "firm", "at_risk": 0.5, "supervisor": "desk"}
    log = source("service", "firm", "{service_date}.csv", columns=COLUMNS, due="06:00 next day")
    weather = source("condition", "weather-service", "{part}.csv", columns=COLUMNS, redelivery="append")
    return Contract.model_validate(
        {
            "contract": "town",
            "title": {"en": "Town"},
            "authority": {"id": "city", "name": {"en": "City"}},
            "contractors": [
                {"id": "firm", "name": {"en": "Firm"}, "actors": ["V1"]},
                {"id": "other", "name": {"en": "Other"}, "actors": ["V2"]},
            ],
            "term": {"from": FIRST, "to": FIRST + timedelta(days=13)},
            "timezone": "UTC",
            "people": {"desk": {"name": {"en": "Desk"}}},
            "units": {"file": "units.csv", "key": "id"},
            "sources": {"log": {**log, "from": FIRST}, "weather": {**weather, "from": FIRST}},
            "obligations": {"it": {**shared, **words}, **(more or {})},
        }
    )


def said(
    words: dict[str, Any],
    events: Sequence[Event],
    as_of: float,
    *,
    missing: Sequence[int] = (),
    unreadable: Sequence[tuple[int, Unreadable]] = (),
    days: int = 8,
    more: dict[str, Any] | None = None,
    duty: int = 0,
) -> Said:
    """What the oracle says of the duty `duty`, in order of time; the logs of the days `missing` never come."""
    given = contract(words, more)
    files = []
    for number in (n for n in range(days) if n not in missing):
        start, end = hour(24 * number), hour(24 * number + 24)
        rows = tuple(
            Entry(hour(at), **{"unit": "U0", "kind": "plow", **columns})
            for at, columns in events
            if start <= hour(at) < end
        )
        rest = tuple(one for day, one in unreadable if day == number)
        files.append(File("log", f"{number}", f"{number}", start.date(), end + timedelta(hours=4), rows, rest))
    units = (Unit("U0", "A", "W1", None),)
    known = tuple(one for one in files if one.received_at and one.received_at <= hour(as_of))
    found = ORACLES[words["pattern"]](Trace(given, units, known), hour(as_of))
    return found[sorted(found, key=lambda key: found[key].window.start)[duty]]


def acts(*hours: float, **columns: Any) -> list[Event]:
    """Acts on the unit at these hours."""
    return [(at, columns) for at in hours]


def recur(**words: Any) -> dict[str, Any]:
    """The words of a recurring duty, of a day if nothing else is said."""
    return {"pattern": "recur", "period": {"each": "day"}, "action": {"stream": "service", "kind": "plow"}, **words}


WEEK = {"each": "week"}
ALL_WEEK = [0, 1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("words", "events", "as_of", "missing", "verdict", "instant"),
    [
        # C1: the n-th distinct act meets; an act at the very end of the period is another day's
        (recur(times=2), acts(3, 9, 12), 13, [], "pending", None),  # the log has not come
        (recur(times=2), acts(3, 9, 12), 28, [], "met", 9),
        (recur(times=2), acts(3), 28, [], "breached", 24),
        (recur(times=2), acts(3, 24), 52, [], "breached", 24),
        (recur(times=2), acts(3, 3), 28, [], "breached", 24),  # identical rows are one event
        (recur(times=2), acts(3) + acts(3, record="R2"), 28, [], "met", 3),
        # section 2: until the log is due nobody knows, and from then on nothing is proven
        (recur(times=1), [], 29, [0], "pending", None),
        (recur(times=1), [], 30, [0], "unproven", None),
        (recur(times=1, silence="breached"), [], 30, [0], "breached", 24),
        # section 5: another's act excuses, and counts for nobody else
        (recur(times=1), acts(3, actor="V2"), 28, [], "excused", None),
        (recur(times=2), acts(3, actor="V2") + acts(4), 28, [], "excused", None),
        (recur(times=2), acts(3, actor="V2"), 28, [], "breached", 24),
        # C2: distinct days; the duty lapses on the day after which too few are left
        (recur(period=WEEK, on_days=2), acts(3, 4, 30), 180, [], "met", 30),
        (recur(period=WEEK, on_days=7), acts(3), 52, [], "breached", 48),
        (recur(period=WEEK, on_days=7), acts(3), 51, [], "pending", None),
        (recur(period=WEEK, on_days=2), acts(3), 200, [2], "unproven", None),
        (recur(period=WEEK, on_days=3), acts(3), 200, [2], "breached", 168),
        # a log that is missing of a day already worked hides nothing that counts
        (recur(period=WEEK, on_days=2), acts(3), 200, [], "breached", 168),
        # C3: from the period's start and to its end; exactly `max_gap` is none too long
        (recur(max_gap="PT12H"), acts(12), 28, [], "met", None),
        (recur(max_gap="PT11H"), acts(12), 28, [], "breached", 11),
        (recur(max_gap="PT11H"), acts(11, 12), 28, [], "breached", 23),
        (recur(max_gap="PT13H"), acts(12), 30, [0], "unproven", None),
        (recur(period=WEEK, max_gap="PT30H"), acts(20), 76, [], "breached", 50),
        (recur(period=WEEK, max_gap="PT30H"), acts(20), 51, [], "pending", None),  # day 2 may still be told of
        # others fill the hole: no breach of the debtor, and not his merit
        (recur(max_gap="PT13H"), acts(6) + acts(18, actor="V2"), 28, [], "excused", None),
    ],
)
def test_recur(
    words: dict[str, Any],
    events: list[Event],
    as_of: float,
    missing: list[int],
    verdict: str,
    instant: float | None,
) -> None:
    found = said(words, events, as_of, missing=missing)
    told = found.lapsed_at if verdict == "breached" else min(found.fulfilled, key=str)
    assert (found.name, told) == (verdict, None if instant is None else hour(instant))


def test_what_is_missing_has_a_holder_and_a_due_time() -> None:
    found = said(recur(period=WEEK, on_days=2), acts(3), 171, missing=[0, 6])
    assert (found.name, found.proof_due, found.holders) == ("pending", hour(174), frozenset(["firm"]))


def test_a_gap_shorter_than_the_act_hides_none() -> None:
    action = {"stream": "service", "kind": "plow", "min_duration": "PT25H"}
    long = recur(period=WEEK, times=1, action=action)
    assert said(recur(period=WEEK, times=1), [], 200, missing=[2]).name == "unproven"
    assert said(long, [], 200, missing=[2]).name == "breached"
    assert said(long, [], 200, missing=[2, 3]).name == "unproven"  # the one adjoins the other


def test_a_row_that_nobody_can_read_may_be_the_act_however_long_that_took() -> None:
    action = {"stream": "service", "kind": "plow", "min_duration": "PT1H"}
    torn = [(0, Unreadable("U0", hour(5), None))]
    assert said(recur(times=1), [], 30, unreadable=torn).name == "unproven"
    assert said(recur(times=1, action=action), [], 30, unreadable=torn).name == "unproven"
    assert said(recur(times=1, action=action), [], 30).name == "breached"


@pytest.mark.parametrize(
    ("words", "events", "missing", "measured"),
    [
        (recur(times=2), acts(3), [], (1, 1, 1)),
        (recur(times=2), [], [0], (0, 0, None)),
        (recur(period=WEEK, on_days=3), acts(3), [1, 2], (1, 1, 3)),
        (recur(max_gap="PT10H"), acts(6), [], (18 * 3600, 18 * 3600, 18 * 3600)),
        (recur(max_gap="PT30H", period=WEEK), acts(20, 47), [2, 3, 4, 5, 6], (121 * 3600, 27 * 3600, 121 * 3600)),
    ],
)
def test_recur_measures(
    words: dict[str, Any], events: list[Event], missing: list[int], measured: tuple[float | None, ...]
) -> None:
    found = said(words, events, 200, missing=missing)
    assert (found.measured, found.low, found.high) == measured


def attain(**words: Any) -> dict[str, Any]:
    """The words of an attain duty: a share of good items in a day, if nothing else is said."""
    items = {"stream": "service", "kind": "plow"}
    measure = {} if "percentile" in words or "count" in words else {"good": "wait <= 20"}
    words.pop("count", None)
    return {"pattern": "attain", "window": {"each": "day"}, "items": items, **measure, **words}


def waits(*values: float | None) -> list[Event]:
    """Items of these values, an hour apart from the first hour on."""
    return [(float(number), {"value": value}) for number, value in enumerate(values, 1)]


P90 = {"of": "wait", "rank": 0.9}


@pytest.mark.parametrize(
    ("words", "events", "as_of", "missing", "verdict", "measured"),
    [
        # A4: exact shares; a value that nobody wrote down is good in one history and bad in another
        (attain(at_least=0.8), waits(5, 5, 5, 5, 30), 28, [], "met", (0.8, 0.8)),
        (attain(at_least=0.8), waits(5, 5, 5, 30), 28, [], "breached", (0.75, 0.75)),
        (attain(at_least=0.7), waits(*[5] * 7, *[30] * 3), 28, [], "met", (0.7, 0.7)),
        (attain(at_least=0.8), waits(5, 5, 5, 5, None), 28, [], "met", (0.8, 1.0)),
        (attain(at_least=0.9), waits(5, 5, 5, 5, None), 28, [], "unproven", (0.8, 1.0)),
        (attain(at_most=0.5), waits(5, 5, 30, None), 28, [], "unproven", (0.5, 0.75)),
        (attain(at_most=0.5), waits(5, 5, 5, None), 28, [], "breached", (0.75, 1.0)),
        # A7: too few, and none at all, are not assessed
        (attain(at_least=0.8), [], 28, [], "void", (None, None)),
        (attain(at_most=0.8), [], 28, [], "void", (None, None)),
        (attain(at_least=0.8, min_items=3), waits(5, 5), 28, [], "void", (None, None)),
        # gaps: nothing is known of what is missing, or the known decide
        (attain(at_least=0.8), [], 29, [0], "pending", (None, None)),
        (attain(at_least=0.8), [], 30, [0], "unproven", (None, None)),
        (attain(window=WEEK, at_least=0.5), waits(5), 200, [3], "unproven", (None, None)),
        (attain(window=WEEK, at_least=0.5, min_coverage=0.8), waits(5), 200, [3], "met", (1.0, 1.0)),
        (attain(window=WEEK, at_least=0.5, min_coverage=0.9), waits(5), 200, [3], "unproven", (None, None)),
        # A6, A5: known items are a lower bound
        (attain(count=1, at_least=2), waits(5, 5), 23, [], "pending", None),  # its log has not come
        (attain(count=1, window=WEEK, at_least=2), waits(5, 5), 28, [], "met", None),
        (attain(count=1, window=WEEK, at_most=1), waits(5, 5), 28, [], "breached", None),
        (attain(count=1, window=WEEK, at_most=2), waits(5, 5), 28, [], "pending", None),
        (attain(count=1, at_most=2), waits(5, 5), 28, [], "met", (2, 2)),
        (attain(count=1, at_least=3), waits(5, 5), 28, [], "breached", (2, 2)),
        # a count of nothing is a count: what was owed and not done is not "too few to assess"
        (attain(count=1, at_least=1), [], 28, [], "breached", (0, 0)),
        # A8: nearest rank
        (attain(percentile=P90, at_most=20), waits(*[20] * 9, 30), 28, [], "met", (20, 20)),
        (attain(percentile=P90, at_most=20), waits(*[20] * 8, 30, 30), 28, [], "breached", (30, 30)),
        (attain(percentile=P90, at_most=20), waits(20, 20, None), 28, [], "unproven", (20, None)),
        (attain(percentile=P90, at_least=20), waits(5, 5, None), 28, [], "unproven", (5, None)),
    ],
)
def test_attain(
    words: dict[str, Any],
    events: list[Event],
    as_of: float,
    missing: list[int],
    verdict: str,
    measured: tuple[float | None, float | None] | None,
) -> None:
    found = said(words, events, as_of, missing=missing)
    assert found.name == verdict
    assert measured is None or (found.low, found.high) == measured


def test_an_item_too_many_is_a_lapse_when_it_comes() -> None:
    assert said(attain(count=1, at_most=1), waits(5, 5, 5), 28).lapsed_at == hour(2)


@pytest.mark.parametrize(
    ("target", "events", "verdict", "lapsed"),
    [
        # 5, 30, 5 at one, two, three o'clock: after the exit of the second at eight nothing bad is left
        (0.3, [(25.0, {"value": 5}), (26.0, {"value": 30}), (27.0, {"value": 5})], "met", None),
        (0.5, [(25.0, {"value": 5}), (26.0, {"value": 30}), (27.0, {"value": 5})], "met", None),
        (0.6, [(25.0, {"value": 5}), (26.0, {"value": 30}), (27.0, {"value": 5})], "breached", 26),
        # an item of the day before leaves within the day
        (0.5, [(20.0, {"value": 5}), (21.0, {"value": 30})], "breached", 26),
        (0.5, [], "void", None),
        (0.5, [(10.0, {"value": 30})], "void", None),  # it left before the day began
    ],
)
def test_rolling_windows_are_tested_at_entries_and_exits(
    target: float, events: list[Event], verdict: str, lapsed: float | None
) -> None:
    words = attain(window={"each": "day", "rolling": "PT6H"}, at_least=target)
    found = said(words, events, 52, duty=1)
    assert (found.name, found.lapsed_at) == (verdict, None if lapsed is None else hour(lapsed))


def test_an_exit_may_fail_where_every_entry_passed() -> None:
    """5 at one o'clock, 30 at two: (-4, 2] has one half, and (1, 7] only the bad one."""
    found = said(attain(window={"each": "day", "rolling": "PT6H"}, at_least=0.5), waits(5, 30), 28)
    assert (found.name, found.lapsed_at) == ("breached", hour(7))


def test_duties_are_items_of_the_window_in_which_their_clocks_start() -> None:
    words = {"pattern": "attain", "window": {"each": "day"}, "items": {"duties": "clear"}, "at_least": 0.5}
    # no snow is told of by a source that owes nothing: nothing is known of the duties either
    assert said(words, [], 40, more={"clear": CLEAR}).name == "unproven"


def keep(**words: Any) -> dict[str, Any]:
    """The words of a keep duty: a value between ten and twenty through a day, in slots of twelve hours."""
    level = {"stream": "service", "kind": "plow", "value": "wait"}
    bounds = {} if {"at_least", "at_most"} & set(words) else {"at_least": 10, "at_most": 20}
    return {"pattern": "keep", "window": {"each": "day"}, "slot": "PT12H", "level": level, **bounds, **words}


ACTORS = {"stream": "service", "kind": "plow", "count": "actor"}
OPEN = {"stream": "service", "kind": "plow", "open": True}


@pytest.mark.parametrize(
    ("words", "events", "as_of", "missing", "verdict", "instant"),
    [
        # K1: every measurement, and at least one
        (keep(), [(3.0, {"value": 10}), (13.0, {"value": 20})], 28, [], "met", None),
        (keep(), [(3.0, {"value": 10}), (4.0, {"value": 5}), (13.0, {"value": 20})], 28, [], "breached", 12),
        (keep(), [(3.0, {"value": 10}), (12.0, {"value": 30})], 28, [], "breached", 24),
        (keep(), [(3.0, {"value": 10})], 28, [], "unproven", None),
        (keep(max_bad=1), [(3.0, {"value": 10})], 28, [], "met", None),  # the one in doubt is allowed to be bad
        (keep(max_bad=1), [(3.0, {"value": 5}), (13.0, {"value": 30})], 28, [], "breached", 24),
        (keep(), [(3.0, {"value": 10})], 29, [0], "pending", None),
        (keep(), [(3.0, {"value": 10})], 30, [0], "unproven", None),
        (keep(slot="PT7H"), [(float(at), {"value": 10}) for at in (1, 8, 15, 22)], 28, [], "met", None),
        # K2: a count is a lower bound
        (keep(level=ACTORS, at_least=1), acts(3, 13, actor="V1"), 28, [], "met", None),
        (keep(level=ACTORS, at_least=1), acts(3, actor="V1"), 28, [], "breached", 24),
        (keep(level=ACTORS, at_least=1), acts(3, 13), 28, [], "breached", 12),  # nobody is named
        (keep(level=ACTORS, at_least=1), acts(3, 13, actor="V2"), 28, [], "breached", 12),  # not his own
        (keep(level=ACTORS, at_most=0), acts(3, actor="V1"), 28, [], "breached", 12),
        # the fewest and the most that are open at once
        (keep(level=OPEN, at_least=1), [(0.0, {"until": hour(24)})], 28, [], "met", None),
        (keep(level=OPEN, at_least=1), [(0.0, {"until": hour(23)})], 28, [], "breached", 24),
        (keep(level=OPEN, at_least=1), [(0.0, {"until": hour(9)}), (9.0, {})], 28, [], "met", None),
        (keep(level=OPEN, at_most=1), [(0.0, {"until": hour(9)}), (8.0, {})], 28, [], "breached", 12),
        (keep(level=OPEN, at_most=1), [(0.0, {"until": hour(8)}), (8.0, {})], 28, [], "met", None),
    ],
)
def test_keep(
    words: dict[str, Any],
    events: list[Event],
    as_of: float,
    missing: list[int],
    verdict: str,
    instant: float | None,
) -> None:
    found = said(words, events, as_of, missing=missing)
    assert (found.name, found.lapsed_at) == (verdict, None if instant is None else hour(instant))
