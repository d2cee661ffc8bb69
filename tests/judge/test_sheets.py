"""Sheets are written whole, however many rows are read at once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pyarrow import parquet

from dutywatch.judge import sheets
from dutywatch.judge.sheets import Plan, judge_sheets, prepare
from dutywatch.lake import Lake, connect

DAYS = date(2025, 1, 1), date(2025, 1, 2), date(2025, 1, 3)
EACH = 5_000  # of the first two days; the third has no duty


def test_a_sheet_larger_than_a_batch_loses_no_row_and_no_flip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "_BATCH", 2_048)  # what DuckDB reads at once at the least
    lake = Lake(tmp_path)
    begins = datetime(2025, 1, 1, tzinfo=UTC)
    plans = [Plan("owed", day, lambda _: "inputs", begins, None, None) for day in DAYS]
    with connect(lake) as duck:
        prepare(duck)
        duck.execute(
            "INSERT INTO verdicts BY NAME SELECT DATE '2025-01-01' + (i // $each)::INTEGER AS sheet, "
            "'d' || i AS duty_id, 'u' || i AS unit, 'met' AS verdict, 'met' AS standing, "
            "false AS at_risk FROM range(2 * $each) t(i)",
            {"each": EACH},
        )
        judged = judge_sheets(duck, lake, "town", plans)
    assert [one.duties for one in judged] == [EACH, EACH, 0]
    for number, one in enumerate(judged):
        wanted = sorted(f"d{i}" for i in range(number * EACH, (number + 1) * EACH)) if one.duties else []
        assert parquet.read_table(lake.path(one.file)).column("duty_id").to_pylist() == wanted
        assert [flip["duty_id"] for flip in one.flips] == wanted
