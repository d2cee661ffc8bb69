"""Sheets are judged in turns, so that memory stays bounded; what is judged together does not show in the rows."""

from __future__ import annotations

import tempfile
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dutywatch.judge import deliveries, obligations, sheets
from tests.judge import test_oracle, test_oracle_windows, window_traces
from tests.judge import traces as trigger_traces
from tests.judge.bench import set_up
from tests.judge.test_oracle import CASES, SAME
from tests.judge.test_replay import digests

PATTERNS = ("respond", "recur", "attain", "keep")


@pytest.fixture(autouse=True)
def no_delivery_duties(monkeypatch: pytest.MonkeyPatch) -> None:
    """The duties to deliver know no turns."""
    monkeypatch.setattr(deliveries, "judge", lambda *_: ([], 0))


@pytest.mark.parametrize("pattern", PATTERNS)
def test_turns_do_not_show(pattern: str) -> None:
    @settings(max_examples=CASES // 30, derandomize=SAME, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def alike(data: st.DataObject) -> None:
        if pattern == "respond":
            trace = trigger_traces.dated(data.draw(trigger_traces.traces()))
            moments = test_oracle.turning_points(trace)
        else:
            trace = data.draw(window_traces.traces(pattern))  # type: ignore[arg-type]
            moments = test_oracle_windows.turning_points(pattern, trace)  # type: ignore[arg-type]
        as_of = data.draw(st.sampled_from(moments))
        with tempfile.TemporaryDirectory() as folder:
            found = set_up(Path(folder), trace)
            together = found.judge(as_of)
            with patch.multiple(obligations, MOST_ROWS=1, MOST_TRIGGERED=1), patch.object(sheets, "_BATCH", 1):
                apart = found.judge(as_of)
            assert digests(together) == digests(apart)
            assert found.rows(together) == found.rows(apart)
            assert [one.flips for one in together.judged] == [one.flips for one in apart.judged]
            assert [(one.wake_at, one.window_to) for one in together.judged] == [
                (one.wake_at, one.window_to) for one in apart.judged
            ]

    alike()
