"""The engine against the oracle: two readings of the same specification, on thousands of small cases."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from dutywatch.clock import local_date, midnight
from dutywatch.judge import Judged, deliveries, firsts
from dutywatch.terms.patterns import Respond
from tests.judge import oracle
from tests.judge.bench import Bench, set_up
from tests.judge.oracle import DUSK, Found, Row, Trace
from tests.judge.traces import around, dated, instants, known, standstill, traces

CASES = int(os.environ.get("DUTYWATCH_ORACLE_CASES", "150"))  # obligations compared: every trace has four
SAME = "DUTYWATCH_ORACLE_CASES" not in os.environ  # the same cases every time, unless more are asked for


@pytest.fixture(autouse=True)
def no_delivery_duties(monkeypatch: pytest.MonkeyPatch) -> None:
    """The duties to deliver are none of the oracle's business, and most of the time."""
    monkeypatch.setattr(deliveries, "judge", lambda *_: ([], 0))


def expected(trace: Trace, as_of: datetime) -> dict[tuple[str, str, str], Found]:
    """What the oracle says, by the duty's obligation, unit and key of the trigger."""
    return oracle.judge(known(trace, as_of), as_of)


def turning_points(trace: Trace) -> list[datetime]:
    """Instants at which some verdict of the trace might turn; those of the duties count thrice."""
    found = set(instants(trace))
    own: set[datetime] = set()
    for verdict in oracle.judge(trace, DUSK).values():
        turns = (verdict.t0, verdict.d, verdict.risky, verdict.proof_due, *verdict.completions)
        own |= {at for at in turns if at and at > min(found)}
    found = {at for at in found if at >= min(own, default=at)}  # before the first clock there is nothing to say
    return sorted(found) + sorted(own) * 3


def said(row: Mapping[str, Any]) -> dict[str, Any]:
    """The part of the engine's row that the oracle has an opinion on."""
    awaited = row["standing"] in ("pending.overdue", "unproven")
    return {
        "standing": row["standing"],
        "verdict": row["verdict"],
        "party": row["party"],
        "at_risk": row["at_risk"],
        "t0": row["clock_start"],
        "d": row["due_at"],
        "lapsed_at": row["lapsed_at"],
        "fulfilled_at": row["fulfilled_at"] if row["verdict"] in ("met", "breached") else None,
        "proof_due": row["proof_due"] if row["verdict"] == "pending" else None,
        "owed_by": row["owed_by"] if awaited else "",
    }


def should_say(found: Found, row: Mapping[str, Any]) -> dict[str, Any]:
    """The same, from the oracle; where contradicted evidence has several readings, any instant of them will do."""
    readings = found.completions if found.name in ("met", "breached") else frozenset([None])
    instant = row["fulfilled_at"] if row["fulfilled_at"] in readings else max(readings, key=str)
    return {
        "standing": found.standing,
        "verdict": found.name,
        "party": found.party,
        "at_risk": found.standing == "pending.at_risk",
        "t0": found.t0,
        "d": found.d,
        "lapsed_at": found.d if found.name == "breached" else None,
        "fulfilled_at": instant,
        "proof_due": found.proof_due if found.name == "pending" else None,
        "owed_by": ", ".join(sorted(found.holders)),
    }


def compare(bench: Bench, trace: Trace, as_of: datetime) -> dict[tuple[str, str, str], dict[str, Any]]:
    """Judge a trace both ways; the engine's rows, once they are found to agree."""
    rows = by_key(bench.rows(bench.judge(as_of)))
    found = expected(trace, as_of)
    assert sorted(rows) == sorted(found)
    for duty, verdict in found.items():
        assert verdict.disputed or said(rows[duty]) == should_say(verdict, rows[duty]), duty
    return rows


def by_key(rows: Mapping[str, dict[str, Any]]) -> dict[tuple[str, str, str], dict[str, Any]]:
    """The engine's rows by obligation, unit and key of the trigger: the parts of the duty's id."""
    return {(duty.split("/")[1], row["unit"], row["trigger"]): row for duty, row in rows.items()}


@settings(max_examples=CASES // 4, derandomize=SAME, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_engine_and_oracle_agree(data: st.DataObject) -> None:
    trace = data.draw(traces())
    moments = st.sampled_from(turning_points(trace)).flatmap(around)
    crowd = data.draw(st.sampled_from((0, firsts.CROWD)))  # acts are found window by window, or by key
    with tempfile.TemporaryDirectory() as folder, patch.object(firsts, "CROWD", crowd):
        bench = set_up(Path(folder), trace)
        as_of = data.draw(moments)
        note(f"as of {as_of}")
        compare(bench, trace, as_of)


def cause_of(trace: Trace, duty: tuple[str, str, str]) -> tuple[str, str, str] | None:
    """The duty whose breach starts this one, if one does."""
    name, unit, key = duty
    words = trace.contract.obligations[name]
    assert isinstance(words, Respond)
    return (words.trigger.breach, unit, key.partition("~")[2]) if words.trigger.breach else None


def stated_wakes(
    judged: Iterable[Judged], obligation: str, row: Mapping[str, Any] | None, trace: Trace
) -> Iterator[datetime]:
    """When the sheet of a row wakes because an event states that instant; for a duty to come, any sheet wakes all."""
    stated = {at for file in trace.files for event in file.rows for at in told(event)}
    day = row and local_date(row["trigger_from"], trace.contract.zone)
    for one in judged:
        if (row is None or (obligation, day) == (one.obligation, one.date)) and one.wake_at in stated:
            yield one.wake_at


def told(event: Row) -> Iterator[datetime]:
    """The instants at which an event may begin to count."""
    yield from (at for at in (event.at, event.seen_at, getattr(event, "done_at", None)) if at)


@settings(max_examples=CASES // 20, derandomize=SAME, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_verdict_that_turns_without_new_evidence_has_said_when(data: st.DataObject) -> None:
    """`wake_at` is at or before the first instant at which the oracle, told nothing new, says something else.

    What turns because the contract itself does, on a day to come, is said by the sheets, for all duties at once.
    """
    trace = dated(data.draw(traces()))
    points = sorted(set(turning_points(trace)))
    index = data.draw(st.integers(0, len(points) - 1))
    still = standstill(trace, points[index])
    day = still.contract.next_recorded(local_date(points[index], still.contract.zone))
    reads = midnight(day, still.contract.zone) if day else DUSK
    with tempfile.TemporaryDirectory() as folder:
        bench = set_up(Path(folder), still)
        judged = bench.judge(points[index])
        rows = by_key(bench.rows(judged))
    if rows and day:
        assert any(one.wake_at is not None and one.wake_at <= reads for one in judged.judged)
    for later in points[index:]:
        for duty, verdict in expected(still, later).items() if later < reads else ():
            row = rows.get(duty)
            waking = row or rows.get(cause_of(still, duty) or duty)  # a new duty begins as its cause turns
            wakes = {waking["wake_at"] if waking else None, *stated_wakes(judged.judged, duty[0], row, still)}
            turned = row is None or verdict.standing != row["standing"]
            assert not turned or any(at and at <= later for at in wakes), (duty, later, verdict)
