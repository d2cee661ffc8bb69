"""A clock that is off is named with the zone that would explain it; it is not averaged away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest

from dutywatch.terms import Source
from dutywatch.validate.clocks import Told, findings

BENXI = ZoneInfo("Asia/Shanghai")
MIDNIGHT = datetime(2023, 12, 13, 16, tzinfo=UTC)  # of 14 December in Benxi
DAY = (MIDNIGHT, MIDNIGHT + timedelta(days=1))


def source(zone: str) -> Source:
    declared: dict[str, Any] = {
        "stream": "service", "run_by": "firm", "owner": "desk", "path": "x.csv", "encoding": "utf-8",
        "time": {"format": "%Y-%m-%d %H:%M", "zone": zone}, "columns": {"at": "time"}, "expects": "service_log",
    }  # fmt: skip
    return Source.model_validate(declared)


def found(
    tmp_path: Path,
    hours: list[float],
    *,
    zone: str = "Asia/Shanghai",
    day: tuple[datetime, datetime] | None = DAY,
    came: float | None = 30,
) -> tuple[str, ...]:
    """What is said of rows stamped `hours` after midnight in Benxi, in a delivery that came after `came` hours."""
    path = str(tmp_path / "rows.parquet")
    with duckdb.connect() as db:
        db.execute('CREATE TABLE rows ("at" TIMESTAMPTZ, at_earlier TIMESTAMPTZ)')
        for hour in hours:
            db.execute("INSERT INTO rows VALUES (?, NULL)", [MIDNIGHT + timedelta(hours=hour)])
        db.table("rows").write_parquet(path)
        received_at = MIDNIGHT + timedelta(hours=came) if came is not None else None
        return findings(db, path, Told(day, received_at, BENXI), source(zone))


def test_a_sound_clock_gives_no_finding(tmp_path: Path) -> None:
    assert found(tmp_path, [0, 12, 23.9]) == ()


def test_a_feed_five_hours_ahead_is_named_as_such(tmp_path: Path) -> None:
    (said,) = found(tmp_path, [5.1, 17, 28.9])
    assert said == (
        "all 3 rows lie 5 h ahead of the delivery's day: they read as if written in UTC+13:00, not Asia/Shanghai; "
        "ask which clock made them"
    )


def test_local_time_declared_as_utc_proposes_the_contract_s_zone(tmp_path: Path) -> None:
    (said,) = found(tmp_path, [8.1, 20, 31.9], zone="UTC", came=40)
    assert "lie 8 h ahead" in said and "declare `time: {zone: Asia/Shanghai}`" in said


def test_utc_declared_as_local_time_proposes_utc(tmp_path: Path) -> None:
    (said,) = found(tmp_path, [-7.9, 3, 15.9])
    assert "lie 8 h behind" in said and "declare `time: {zone: UTC}`" in said


def test_a_log_of_no_single_day_is_held_against_the_instant_at_which_it_came(tmp_path: Path) -> None:
    (said,) = found(tmp_path, [12.6, 16.9], day=None, came=12)
    assert said.startswith("all 2 rows lie 5 h ahead of the delivery:")


def test_of_a_log_of_no_single_day_that_began_before_it_came_rows_are_counted(tmp_path: Path) -> None:
    (said,) = found(tmp_path, [10, 16.9], day=None, came=12)
    assert said == "1 of 2 rows are stamped later than the delivery came"


def test_some_rows_of_the_future_are_counted(tmp_path: Path) -> None:
    assert found(tmp_path, [1, 900], came=24) == ("1 of 2 rows are stamped later than the delivery came",)


def test_stale_rows_are_counted(tmp_path: Path) -> None:
    assert found(tmp_path, [-200, 5]) == ("1 of 2 rows are over 2 days older than the delivery's day",)


@pytest.mark.parametrize("came", [None, 30])
def test_no_row_with_a_time_says_nothing(tmp_path: Path, came: float | None) -> None:
    assert found(tmp_path, [], came=came) == ()
