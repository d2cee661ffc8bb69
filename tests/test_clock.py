"""Due times, as SEMANTICS section 4 has them; days on which the clocks change included."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dutywatch.clock import Allowance, Days, DeliveryDue, compact, duration, midnight, share_of

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "hours"), [("PT72H", 72), ("P4D", 96), ("P1DT12H", 36), ("PT90M", 1.5), ("P1W", 168), ("PT0S", 0)]
)
def test_durations(text: str, hours: float) -> None:
    assert duration(text) == timedelta(hours=hours)


@pytest.mark.parametrize("text", ["", "P", "PT", "72h", "P1Y", "P2M", "-PT1H", "PT1.5H"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        duration(text)


def test_elapsed_time_does_not_care_about_midnight_or_daylight_saving() -> None:
    start = at("2024-03-30T20:00:00+01:00")
    assert Allowance(timedelta(hours=24)).due(start, BERLIN) == at("2024-03-31T21:00:00+02:00")


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2023-12-16T16:00:00+08:00", 3, "2023-12-20T00:00:00+08:00"),  # the 17th, 18th and 19th
        ("2023-12-16T00:00:00+08:00", 1, "2023-12-18T00:00:00+08:00"),  # the first day is not counted
        ("2023-12-16T23:59:59+08:00", 1, "2023-12-18T00:00:00+08:00"),
    ],
)
def test_civil_days_end_at_24_00_local(start: str, days: int, due: str) -> None:
    assert Allowance(timedelta(days=days), Days.CIVIL).due(at(start), SHANGHAI) == at(due)


def test_a_civil_day_of_23_hours_is_a_day() -> None:
    due = Allowance(timedelta(days=1), Days.CIVIL).due(at("2024-03-30T12:00:00+01:00"), BERLIN)
    assert due == at("2024-04-01T00:00:00+02:00")


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("06:00 next day", "2023-12-20T06:00:00+08:00"),
        ("06:00", "2023-12-20T06:00:00+08:00"),
        ("23:30 same day", "2023-12-19T23:30:00+08:00"),
        ("12:00 +3 days", "2023-12-22T12:00:00+08:00"),
    ],
)
def test_when_a_delivery_is_due(text: str, due: str) -> None:
    assert DeliveryDue.parse(text).due(date(2023, 12, 19), SHANGHAI) == at(due)


@pytest.mark.parametrize("text", ["6:00", "noon", "25:00 next day", "06:00 tomorrow"])
def test_what_is_no_due_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        DeliveryDue.parse(text)


def test_instants_in_keys_are_utc_and_short() -> None:
    assert compact(at("2023-12-14T15:00:00+08:00")) == "2023-12-14T07:00Z"
    assert compact(at("2023-12-14T15:00:05+08:00")) == "2023-12-14T07:00:05Z"
    assert compact(at("2023-12-14T15:00:05.25+08:00")) == "2023-12-14T07:00:05.250000Z"


def test_a_share_of_an_allowance() -> None:
    assert share_of(at("2023-12-16T08:00Z"), at("2023-12-19T08:00Z"), 0.75) == at("2023-12-18T14:00Z")


def test_midnight_is_utc() -> None:
    assert midnight(date(2023, 12, 19), SHANGHAI) == datetime(2023, 12, 18, 16, tzinfo=UTC)
