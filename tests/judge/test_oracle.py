"""The engine against the oracle: two readings of the same specification, on thousands of small cases."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from dutywatch.clock import compact, share_of
from dutywatch.judge import deliveries
from tests.judge import oracle
from tests.judge.bench import Bench, set_up
from tests.judge.oracle import DUSK, Departure, Found, Trace
from tests.judge.traces import around, instants, known, traces

CASES = int(os.environ.get("DUTYWATCH_ORACLE_CASES", "150"))
DEPARTURES = frozenset(Departure)


@pytest.fixture(autouse=True)
def no_delivery_duties(monkeypatch: pytest.MonkeyPatch) -> None:
    """The duties to deliver are none of the oracle's business, and most of the time."""
    monkeypatch.setattr(deliveries, "judge", lambda *_: ([], 0))


def expected(trace: Trace, as_of: datetime) -> dict[str, Found]:
    """What the oracle says, by the engine's name of the duty."""
    found = oracle.judge(known(trace, as_of), as_of)
    return {
        f"{trace.contract.contract}/{obligation}/{unit}/{compact(at)}" + (f"@{zone}" if zone else ""): verdict
        for (obligation, unit, zone, at), verdict in found.items()
    }


def turning_points(trace: Trace) -> list[datetime]:
    """Instants at which some verdict of the trace might turn; those of the duties count twice."""
    found = set(instants(trace))
    own: set[datetime] = set()
    for verdict in oracle.judge(trace, DUSK).values():
        own |= {verdict.t0, verdict.d, share_of(verdict.t0, verdict.d, 0.5)}
        own |= {at for at in (verdict.proof_due, *verdict.completions) if at and at > min(found)}
    return sorted(found) + sorted(own) * 2


def said(row: Mapping[str, Any]) -> dict[str, Any]:
    """The part of the engine's row that the oracle has an opinion on."""
    disputed = "contradict" in row["reason"]  # nobody owes what would settle it
    return {
        "verdict": row["verdict"],
        "at_risk": row["at_risk"],
        "t0": row["clock_start"],
        "d": row["due_at"],
        "lapsed_at": row["lapsed_at"],
        "fulfilled_at": row["fulfilled_at"],
        "proof_due": row["proof_due"],
        "owed_by": "" if disputed else row["owed_by"],
    }


def should_say(found: Found, row: Mapping[str, Any]) -> dict[str, Any]:
    """The same, from the oracle; where contradicted evidence has several readings, any instant of them will do."""
    names = {"met": {row["fulfilled_at"]}, "breached": {row["fulfilled_at"]}}
    readings = found.completions if found.name in names else frozenset([None])
    instant = row["fulfilled_at"] if row["fulfilled_at"] in readings else max(readings, key=str)
    awaited = found.name in ("pending", "unproven") and found.proof_due is not None
    return {
        "verdict": found.name,
        "at_risk": found.at_risk,
        "t0": None if found.open else found.t0,
        "d": None if found.open else found.d,
        "lapsed_at": found.d if found.name == "breached" else None,
        "fulfilled_at": instant,
        "proof_due": found.proof_due if found.name == "pending" else None,
        "owed_by": ", ".join(sorted(found.holders)) if awaited or found.name == "unproven" else "",
    }


def compare(bench: Bench, trace: Trace, as_of: datetime) -> dict[str, dict[str, Any]]:
    """Judge a trace both ways; the engine's rows, once they are found to agree."""
    rows = bench.rows(bench.judge(as_of))
    found = expected(trace, as_of)
    assert sorted(rows) == sorted(found)
    for duty, verdict in found.items():
        assert said(rows[duty]) == should_say(verdict, rows[duty]), duty
    return rows


@settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_engine_and_oracle_agree(data: st.DataObject) -> None:
    trace = data.draw(traces())
    moments = st.sampled_from(turning_points(trace)).flatmap(around)
    following = Trace(trace.contract, trace.units, trace.files, DEPARTURES)
    with tempfile.TemporaryDirectory() as folder:
        bench = set_up(Path(folder), trace)
        for as_of in data.draw(st.lists(moments, min_size=2, max_size=2)):
            note(f"as of {as_of}")
            compare(bench, following, as_of)
