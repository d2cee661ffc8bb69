"""Duties of several kinds of acts that somebody saw undone, in logs that are believed differently: engine and oracle.

A random trace of `tests.judge.traces` seldom has all of it at once. Every world here has two or three kinds that are
due 36 hours after snow, two logs and inspections of any rank, rows that nobody can read, and days that are missing.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dutywatch.terms.contract import Contract
from dutywatch.terms.units import Unit
from tests.judge.bench import set_up
from tests.judge.oracle import File, Trace, Unreadable
from tests.judge.test_letter import LOG, REFUTED, act, at, contract, file, inspections, seen, snow
from tests.judge.test_oracle import CASES, SAME, compare, no_delivery_duties

__all__ = ["no_delivery_duties"]

HOURS = ((9, 22), (10, 5), (10, 20), (10, 23), (11, 2), (11, 7), (11, 9))
SEEN: tuple[tuple[tuple[int, float], ...], ...] = (((11, 0),), ((11, 8),), ((10, 22), (11, 5)), ())
RANKS = st.integers(0, 2)
U0 = (Unit("U0", None, None, 100.0),)


@st.composite
def log(draw: st.DrawFn, name: str, kinds: list[str]) -> list[File]:
    """Three days of a log, of which some never came; what is told of happens at a few hours, or cannot be read."""
    files = []
    for day in (9, 10, 11):
        rows, bad = [], []
        for hour in (hour for date, hour in HOURS if date == day):
            told = draw(st.sampled_from(["", "", "", "", "row", "torn"]))
            if told == "row":
                rows.append(act(day, hour, draw(st.sampled_from(kinds))))
            if told == "torn":
                unit = draw(st.sampled_from(["U0", "U0", None]))
                bad.append(Unreadable(unit, at(day, hour), draw(st.sampled_from([None, *kinds]))))
        if draw(st.integers(0, 6)):
            files.append(file(name, day, rows, bad))
    return files


@st.composite
def worlds(draw: st.DrawFn) -> Trace:
    """A contract and its logs; the second log may be of another party, whose acts excuse, and fulfil nothing."""
    kinds = draw(st.sampled_from([["plow", "haul"], ["plow", "haul"], ["plow", "haul", "salt"]]))
    other = draw(st.sampled_from([None, None, "city"]))
    sources: dict[str, Any] = {
        "log": {**LOG, "rank": draw(RANKS)},
        "city-log": {**LOG, "run_by": "city", "rank": draw(RANKS), "acts_by": other},
        **inspections(rank=draw(RANKS)),
    }
    words = {**REFUTED, "action": {"stream": "service", "kind": {"all": kinds}}, "within": "PT36H"}
    terms: Contract = contract(sources, **words, silence=draw(st.sampled_from(["unproven", "unproven", "breached"])))
    refuted = [seen(*one) for one in draw(st.sampled_from(SEEN))]
    files = (snow(1, day=10), *draw(log("log", kinds)), *draw(log("city-log", kinds)), *refuted)
    return Trace(terms, U0, files)


@settings(max_examples=CASES, derandomize=SAME, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds(), st.sampled_from([(11, 6), (11, 20), (12, 7)]))
def test_engine_and_oracle_agree(world: Trace, moment: tuple[int, float]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        compare(set_up(Path(folder), world), world, at(*moment))
