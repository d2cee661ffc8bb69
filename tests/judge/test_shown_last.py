"""Feeds that show only the last event (`polls: {shows: last}`): what that hides, also where nobody can read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from dutywatch.terms.units import Unit
from tests.judge.bench import set_up
from tests.judge.oracle import File, Row, Trace, Unreadable
from tests.judge.test_letter import FROM_END, LOG, at, contract, file
from tests.judge.test_oracle import compare, no_delivery_duties
from tests.judge.traces import sha, source

__all__ = ["no_delivery_duties"]

UNITS = (Unit("U1", "A", "N", 100.0), Unit("U2", "A", "S", 100.0))
FEED = {"redelivery": "append", "polls": {"max_lag": "PT0S", "shows": "last"}}
OWN = {"at": "at", "kind": "kind", "seen_at": "seen_at"}
PLOWS = source("service", "firm", "{part}.csv", **FEED, columns={**OWN, "unit": "unit"})
STATIONS = source("condition", "weather-service", "{part}.csv", **FEED, columns={**OWN, "zone": "zone"})


def poll(name: str, when: datetime, rows: Sequence[Row], unread: Sequence[Unreadable] = ()) -> File:
    """What a feed shows when it is asked."""
    shown = tuple(replace(row, seen_at=when) for row in rows)
    return File(name, f"{name}/{when:%dT%H%M}.csv", sha(name, when), None, when, shown, tuple(unread))


def standings(folder: Path, trace: Trace, as_of: datetime) -> dict[str, str]:
    """How duties stand, by their units; the oracle says the same."""
    one = set_up(folder, trace)
    compare(one, trace, as_of)
    return {row["unit"]: row["standing"] for row in one.rows(one.judge(as_of)).values()}


@pytest.mark.parametrize(
    ("unread", "found"),
    [
        (Unreadable("U1", at(11, 1), "sweep"), {"U1": "unproven", "U2": "breached.open"}),
        (Unreadable("U1", None, "sweep"), {"U1": "unproven", "U2": "breached.open"}),
        (Unreadable(None, at(11, 1), "sweep"), {"U1": "unproven", "U2": "unproven"}),
        (Unreadable("U1", at(10, 4), "sweep"), {"U1": "breached.open", "U2": "breached.open"}),  # as the poll before
    ],
    ids=["on a street", "nobody knows when", "nobody knows where", "long ago"],
)
def test_a_last_event_in_quarantine_hides_what_lay_before_it(
    tmp_path: Path, unread: Unreadable, found: dict[str, str]
) -> None:
    """It was to be plowed by 04:00. At 03:00 and 06:00 the feed shows of U1 a row that nobody can read, no plowing."""
    swept = [Row(at(10, 4), unit, "sweep") for unit in ("U1", "U2")]
    files = (
        file("weather", 10, [Row(at(10, 10), None, "snow")]),
        poll("log", at(10, 5), swept),
        poll("log", at(11, 3), swept[1:], [unread]),
        poll("log", at(11, 6), swept[1:], [unread]),
    )
    assert standings(tmp_path, Trace(contract({"log": PLOWS}), UNITS, files), at(11, 6)) == found


def test_between_the_last_observations_of_two_polls_it_may_have_gone_on_snowing(tmp_path: Path) -> None:
    """In the north it snows at 10:00 and is dry at 17:00; the feed was asked at 11:00 and at 18:00. In the south it
    shows the snow of 10:00 all the time, so that the fall ended then."""
    terms = contract({"log": LOG, "weather": STATIONS}, **FROM_END, within="PT6H")
    dry, snow = ([Row(at(10, hour), None, kind, zone) for zone in "NS"] for hour, kind in ((8, "dry"), (10, "snow")))
    shown = [Row(at(10, 17), None, "dry", "N"), snow[1]]
    polls = (poll("weather", at(10, hour), rows) for hour, rows in ((9, dry), (11, snow), (18, shown), (23, shown)))
    trace = Trace(terms, UNITS, (file("log", 10), file("log", 11), *polls))
    assert standings(tmp_path, trace, at(11, 7)) == {"U1": "pending.running", "U2": "breached.open"}
