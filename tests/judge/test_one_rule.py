"""The one rule, asked of the engine alone: what is decided from less evidence is decided so from more (SEMANTICS 1).

A log that did not come, or a row that nobody can read, leaves open what it tells. What was there before it was taken
away is one of the histories that are consistent with the rest: whatever is said for certain without it must be said
with it, too.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st

from dutywatch.judge import deliveries
from dutywatch.terms.patterns import Attain
from tests.judge import test_oracle, test_oracle_windows, traces, window_traces
from tests.judge.bench import set_up
from tests.judge.oracle import DUSK, File, Trace, Unreadable
from tests.judge.window_traces import Pattern

CASES = int(os.environ.get("DUTYWATCH_ORACLE_CASES", "16"))
SAME = "DUTYWATCH_ORACLE_CASES" not in os.environ  # the same cases every time, unless more are asked for
PATTERNS: tuple[Literal["respond"] | Pattern, ...] = ("respond", "recur", "attain", "keep")


@pytest.fixture(autouse=True)
def no_delivery_duties(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a log came is what the duties to deliver are about."""
    monkeypatch.setattr(deliveries, "judge", lambda *_: ([], 0))


def drawn(pattern: Literal["respond"] | Pattern, data: st.DataObject) -> tuple[Trace, datetime]:
    """A trace, and when it is judged: long after it, or at a later instant at which some verdict of it may turn."""
    if pattern == "respond":
        trace = data.draw(traces.traces())
        points = test_oracle.turning_points(trace)
    else:
        trace = data.draw(window_traces.traces(pattern))
        points = test_oracle_windows.turning_points(pattern, trace)
    return trace, data.draw(st.just(DUSK) | st.sampled_from(points[len(points) // 2 :]))


def logs(trace: Trace) -> list[tuple[str, date]]:
    """The daily logs of what was done: the source and the day of each."""
    sources = trace.contract.sources
    found = {(one.source, one.day) for one in trace.files if sources[one.source].stream == "service"}
    return sorted((source, day) for source, day in found if day is not None)


def without(data: st.DataObject, trace: Trace) -> Trace:
    """The trace without all that came of some daily logs, or with rows of theirs that nobody can read."""
    dated = logs(trace)
    if data.draw(st.booleans()):
        gone = data.draw(st.sets(st.sampled_from(dated), min_size=1, max_size=3))
        note(f"gone: {gone}")
        return replace(trace, files=tuple(one for one in trace.files if (one.source, one.day) not in gone))
    files = (torn(data, one) if (one.source, one.day) in dated else one for one in trace.files)
    return replace(trace, files=tuple(files))


def torn(data: st.DataObject, file: File) -> File:
    """The file with up to two of its rows in quarantine, of which the time can be read, and the unit or not."""
    if file.refused or not file.rows:
        return file
    lost = data.draw(st.sets(st.integers(0, len(file.rows) - 1), max_size=2))
    known = data.draw(st.booleans())
    note(f"torn: {file.name} {lost}, with their units: {known}")
    unread = tuple(Unreadable(row.unit if known else None, row.at) for n, row in enumerate(file.rows) if n in lost)
    kept = tuple(row for n, row in enumerate(file.rows) if n not in lost)
    return replace(file, rows=kept, unreadable=(*file.unreadable, *unread))


def judged(trace: Trace, as_of: datetime) -> dict[str, dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        bench = set_up(Path(folder), trace)
        return bench.rows(bench.judge(as_of))


def holds(trace: Trace, row: dict[str, Any]) -> bool:
    """Whether a verdict says something for certain.

    Silence that counts as breach does until the log comes, an undone street seen after its deadline until the log says
    otherwise, and a share at `min_coverage` for what is known of it: so SEMANTICS 2 and 6 have it. Who is excused by
    another's act may have been in time themselves.
    """
    words = trace.contract.obligations[row["duty_id"].split("/")[1]]
    if isinstance(words, Attain) and words.min_coverage < 1:
        return False
    contested = words.silence == "breached" or row["reason"].startswith("seen undone")
    return row["verdict"] in ("met", "void") or (row["verdict"] == "breached" and not contested)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_what_is_decided_from_less_evidence_holds_with_more(pattern: Literal["respond"] | Pattern) -> None:
    @settings(max_examples=CASES, derandomize=SAME, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def agree(data: st.DataObject) -> None:
        trace, as_of = drawn(pattern, data)
        assume(logs(trace))
        note(f"as of {as_of}")
        less = judged(without(data, trace), as_of)
        more = judged(trace, as_of)
        for duty, row in less.items():
            if holds(trace, row):
                assert duty in more, (duty, row)
                assert more[duty]["verdict"] == row["verdict"], (duty, row, more[duty])

    agree()
