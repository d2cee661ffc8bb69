"""The engine against the oracles of recur, attain and keep: two readings of one law, on many small cases."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from dutywatch.clock import share_of
from dutywatch.judge import Judgement, deliveries, windows
from dutywatch.terms.patterns import Attain, Keep, Recur
from tests.judge import oracle_attain, oracle_keep, oracle_recur
from tests.judge.bench import Bench, set_up
from tests.judge.oracle import DUSK, Trace
from tests.judge.oracle_windows import Key, Said
from tests.judge.test_oracle import stated_wakes
from tests.judge.traces import around, dated, instants, known, standstill
from tests.judge.window_traces import Pattern, doubtful, readings, traces

CASES = int(os.environ.get("DUTYWATCH_ORACLE_CASES", "60"))
SAME = "DUTYWATCH_ORACLE_CASES" not in os.environ  # the same cases every time, unless more are asked for
ORACLES: dict[Pattern, Callable[[Trace, datetime], dict[Key, Said]]] = {
    "recur": oracle_recur.judge,
    "attain": oracle_attain.judge,
    "keep": oracle_keep.judge,
}


@pytest.fixture(autouse=True)
def no_delivery_duties(monkeypatch: pytest.MonkeyPatch) -> None:
    """The duties to deliver are none of these oracles' business."""
    monkeypatch.setattr(deliveries, "judge", lambda *_: ([], 0))


def expected(pattern: Pattern, trace: Trace, as_of: datetime) -> dict[Key, Said]:
    """What the oracle says of the duties of one pattern, from what had arrived."""
    return ORACLES[pattern](known(trace, as_of), as_of)


def turning_points(pattern: Pattern, trace: Trace) -> list[datetime]:
    """Instants at which some verdict might turn; those of the duties count three times."""
    found = {*instants(trace), *(one.recorded_at for one in trace.decisions)}
    own: set[datetime] = set()
    for said in ORACLES[pattern](trace, DUSK).values():
        window = said.window
        own |= {window.start, window.end, share_of(window.start, window.end, 0.5)}
        own |= {window.end + patience for patience in (timedelta(hours=6), timedelta(hours=12))}
        own |= {at for at in (said.lapsed_at, said.proof_due, *said.fulfilled) if at is not None}
    return sorted(found) + sorted(own) * 3 or [DUSK]


def rows(named: str, bench: Bench, judgement: Judgement) -> dict[Key, dict[str, Any]]:
    """The engine's rows of the duties whose obligations' names start so, by the oracle's key."""
    found = bench.rows(judgement)
    return {key: row for row in found.values() if (key := _key(row))[0].startswith(named)}


def _key(row: Mapping[str, Any]) -> Key:
    _, obligation, *_ = row["duty_id"].split("/")
    return obligation, row["unit"], row["trigger"]


def difference(said: Said, row: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Where the engine's row is not what the oracle says: (engine, oracle) by field."""
    open_ = said.window.open
    shown = {
        "verdict": (row["verdict"], said.name),
        "at_risk": (row["at_risk"], said.at_risk),
        "start": (row["clock_start"], said.window.start),
        "end": (row["due_at"], None if open_ else said.window.end),
        "lapsed_at": (row["lapsed_at"], said.lapsed_at),
        "fulfilled": (
            row["fulfilled_at"],
            _one_of(row["fulfilled_at"], said.fulfilled if said.name == "met" else {None}),
        ),
        "proof_due": (row["proof_due"], said.proof_due),
        "holders": (row["owed_by"], ", ".join(sorted(said.holders))),
        "measured": (row["measured"], said.measured),
        "low": (row["measured_low"], said.low),
        "high": (row["measured_high"], said.high),
    }
    return {name: both for name, both in shown.items() if name not in said.silent and both[0] != both[1]}


def _one_of(instant: datetime | None, readings: Any) -> datetime | None:
    """Where contradicted evidence has several readings, any instant of them will do."""
    return instant if instant in readings else max(readings, key=str)


def compare(pattern: Pattern, bench: Bench, trace: Trace, as_of: datetime) -> None:
    """Judge a trace both ways and find no difference."""
    judged = rows(pattern, bench, bench.judge(as_of))
    found = expected(pattern, trace, as_of)
    assert sorted(judged) == sorted(found)
    for duty, said in found.items():
        differs = difference(said, judged[duty])
        assert not differs, (duty, differs, said, judged[duty])


@pytest.mark.parametrize("pattern", ORACLES)
def test_engine_and_oracle_agree(pattern: Pattern) -> None:
    @settings(max_examples=CASES, derandomize=SAME, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def agree(data: st.DataObject) -> None:
        trace = data.draw(traces(pattern))
        buckets = data.draw(st.sampled_from((1, windows.BUCKETS)))  # edges cut through buckets, or none
        moments = st.sampled_from(turning_points(pattern, trace)).flatmap(around)
        with tempfile.TemporaryDirectory() as folder, patch.object(windows, "BUCKETS", buckets):
            bench = set_up(Path(folder), trace)
            as_of = data.draw(moments)
            note(f"as of {as_of}")
            compare(pattern, bench, trace, as_of)

    agree()


def _within(trace: Trace, duty: Key, said: Said) -> bool:
    """Whether no doubtful time lies across a border that the duty counts by (docs/decisions/0032)."""
    one = trace.contract.obligations[duty[0]]
    if isinstance(one, Recur) and (one.times is None or one.refuted_by is not None):
        return False
    if isinstance(one, Keep) or (isinstance(one, Attain) and (one.window.rolling or one.items.duties is not None)):
        return False
    start, end = said.window.start, said.window.end
    twice = ((row.earlier, row.at) for file in trace.files for row in file.rows if row.earlier is not None)
    return all((start <= early < end) == (start <= late < end) for early, late in twice)


@pytest.mark.parametrize("pattern", ORACLES)
def test_what_is_decided_holds_at_either_reading_of_a_doubtful_time(pattern: Pattern) -> None:
    """And what holds at both is decided, where all of them lie in the window or outside."""

    @settings(max_examples=CASES // 2, derandomize=SAME, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def agree(data: st.DataObject) -> None:
        trace = data.draw(doubtful(pattern))
        as_of = data.draw(st.sampled_from(turning_points(pattern, trace)))
        with tempfile.TemporaryDirectory() as folder:
            bench = set_up(Path(folder), trace)
            note(f"as of {as_of}")
            judged = rows(pattern, bench, bench.judge(as_of))
        read = [expected(pattern, one, as_of) for one in readings(trace)]
        for duty, row in judged.items():
            said = [one[duty] for one in read]
            names = {one.name for one in said}
            if row["verdict"] not in ("pending", "unproven") or _within(trace, duty, said[0]):
                open_ = len(names) > 1 and row["verdict"] in ("pending", "unproven")
                assert open_ or names == {row["verdict"]}, (duty, names, row)

    agree()


def _counts(trace: Trace, duty: Key) -> bool:
    one = trace.contract.obligations[duty[0]]
    return isinstance(one, Attain) and one.items.duties is not None


@pytest.mark.parametrize("pattern", ORACLES)
def test_a_verdict_that_turns_without_new_evidence_has_said_when(pattern: Pattern) -> None:
    """`wake_at` is at or before the first instant at which the oracle, told nothing new, says something else."""

    @settings(max_examples=CASES // 5, derandomize=SAME, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def wakes(data: st.DataObject) -> None:
        trace = dated(data.draw(traces(pattern)))
        points = sorted(set(turning_points(pattern, trace)))
        index = data.draw(st.integers(0, len(points) - 1))
        still = standstill(trace, points[index])
        with tempfile.TemporaryDirectory() as folder:
            bench = set_up(Path(folder), still)
            sheets = bench.judge(points[index])
            found = rows("", bench, sheets)
        judged = {duty: row for duty, row in found.items() if duty[0].startswith(pattern)}
        # a duty that counts others is judged again when these are
        counted = [row["wake_at"] for duty, row in found.items() if duty[0] == "clear"]
        counted += stated_wakes(sheets.judged, "clear", None, still)
        for later in points[index:]:
            for duty, said in expected(pattern, still, later).items():
                if duty in judged:
                    row = judged[duty]
                    turned = said.name != row["verdict"] or said.at_risk != row["at_risk"]
                    wakes = [row["wake_at"], *(counted if _counts(trace, duty) else ())]
                    wakes += stated_wakes(sheets.judged, duty[0], row, still)
                    assert not turned or any(at and at <= later for at in wakes), (duty, later, said, row)

    wakes()
