"""Due times, working calendars, pauses and periods, as SEMANTICS sections 4 and 6 have them.

The days are real ones on which clocks changed; what a slow count of minutes can say is compared with it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from time import tzset
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dutywatch.clock import (
    Allowance,
    Calendar,
    Days,
    DeliveryDue,
    Hours,
    Kind,
    Season,
    Span,
    compact,
    counted,
    duration,
    midnight,
    periods,
    plan,
    readings,
    seasons,
    share_of,
    slices,
    stretches,
    union,
)

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
NEW_YORK, LORD_HOWE = ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
OFFICE: Hours = ((time(8), time(12)), (time(13), time(17, 30)))
NIGHT: Hours = ((time(1), time(2, 45)),)
OFFICE_WEEK = (*[OFFICE] * 5, (), ())


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def span(start: str, end: str | None) -> Span:
    return at(start), at(end) if end else None


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
    assert Allowance(timedelta(hours=24)).due(start, Calendar.always(BERLIN)) == at("2024-03-31T21:00:00+02:00")


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2023-12-16T16:00:00+08:00", 3, "2023-12-20T00:00:00+08:00"),  # the 17th, 18th and 19th
        ("2023-12-16T00:00:00+08:00", 1, "2023-12-18T00:00:00+08:00"),  # the first day is not counted
        ("2023-12-16T23:59:59+08:00", 1, "2023-12-18T00:00:00+08:00"),
    ],
)
def test_civil_days_end_at_24_00_local(start: str, days: int, due: str) -> None:
    assert Allowance(timedelta(days=days), Days.CIVIL).due(at(start), Calendar.always(SHANGHAI)) == at(due)


def test_a_civil_day_of_23_hours_is_a_day() -> None:
    due = Allowance(timedelta(days=1), Days.CIVIL).due(at("2024-03-30T12:00:00+01:00"), Calendar.always(BERLIN))
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
    with pytest.raises(ValueError, match=f"^'{text}' is not a due time such as '06:00 next day'"):
        DeliveryDue.parse(text)


def test_instants_in_keys_are_utc_and_short() -> None:
    assert compact(at("2023-12-14T15:00:00+08:00")) == "2023-12-14T07:00Z"
    assert compact(at("2023-12-14T15:00:05+08:00")) == "2023-12-14T07:00:05Z"
    assert compact(at("2023-12-14T15:00:05.25+08:00")) == "2023-12-14T07:00:05.250000Z"


def test_keys_do_not_depend_on_the_machine_s_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    tzset()
    try:
        assert compact(at("2023-12-14T15:00:00+08:00")) == "2023-12-14T07:00Z"
        assert midnight(date(2023, 12, 19), SHANGHAI).isoformat() == "2023-12-18T16:00:00+00:00"
    finally:
        monkeypatch.undo()
        tzset()


def test_a_share_of_an_allowance() -> None:
    assert share_of(at("2023-12-16T08:00Z"), at("2023-12-19T08:00Z"), 0.75) == at("2023-12-18T14:00Z")


def test_midnight_is_utc() -> None:
    assert midnight(date(2023, 12, 19), SHANGHAI) == datetime(2023, 12, 18, 16, tzinfo=UTC)


# --- working calendars


def local(calendar: Calendar, day: date) -> list[str]:
    """The opening of `day` as the wall shows it: "01:00+01:00 04:00+02:00"."""
    return [
        " ".join(instant.astimezone(calendar.zone).strftime("%H:%M%z") for instant in stretch)
        for stretch in calendar.opening(day)
    ]


@pytest.mark.parametrize(
    ("zone", "day", "opening"),
    [
        (BERLIN, "2024-03-30", ["01:00+0100 02:45+0100"]),
        (BERLIN, "2024-03-31", ["01:00+0100 03:00+0200"]),  # 02:00 to 02:45 is skipped: 02:00+01:00 is 03:00+02:00
        (BERLIN, "2024-10-27", ["01:00+0200 02:45+0200", "02:00+0100 02:45+0100"]),  # and here it is worked twice
        (NEW_YORK, "2024-11-03", ["01:00-0400 02:45-0500"]),  # 01:00 to 02:00 twice, in one stretch
        (LORD_HOWE, "2024-04-07", ["01:00+1100 02:45+1030"]),  # 01:30 to 02:00 twice: half an hour
        (LORD_HOWE, "2024-10-06", ["01:00+1030 02:45+1100"]),  # 02:00 to 02:30 is skipped
        (SHANGHAI, "2024-03-31", ["01:00+0800 02:45+0800"]),
    ],
)
def test_open_is_when_the_wall_clock_shows_open_hours(zone: ZoneInfo, day: str, opening: list[str]) -> None:
    calendar = Calendar(zone, (NIGHT,) * 7)
    assert local(calendar, date.fromisoformat(day)) == opening


@pytest.mark.parametrize(("day", "hours"), [("2024-03-31", 23), ("2024-10-27", 25), ("2024-06-01", 24)])
def test_a_day_around_the_clock_is_as_long_as_it_is(day: str, hours: int) -> None:
    ((opens, closes),) = Calendar.always(BERLIN).opening(date.fromisoformat(day))
    assert closes - opens == hours * HOUR
    assert opens.tzinfo is UTC


def test_a_day_begins_where_the_clock_skips_its_midnight() -> None:
    beirut = Calendar.always(ZoneInfo("Asia/Beirut"))
    assert local(beirut, date(2024, 3, 31)) == ["01:00+0300 00:00+0300"]
    assert local(beirut, date(2024, 10, 26)) == ["00:00+0300 00:00+0200"]  # 23:00 to 24:00 twice


def test_a_day_runs_from_its_first_midnight_where_the_clock_shows_two() -> None:
    newfoundland = Calendar.always(ZoneInfo("America/St_Johns"))  # until 2011, from 00:01 back to 23:01
    assert local(newfoundland, date(2010, 11, 7)) == ["00:00-0230 00:00-0330"]
    assert local(newfoundland, date(2010, 11, 6)) == ["00:00-0230 00:00-0230"]


def test_a_calendar_around_the_clock_has_holidays() -> None:
    calendar = dataclasses.replace(Calendar.always(SHANGHAI), closed=frozenset({date(2024, 1, 1)}))
    due = Allowance(2 * HOUR).due(at("2023-12-31T23:00+08:00"), calendar)
    assert due == at("2024-01-02T01:00+08:00")


def test_hours_are_merged_and_sorted_whatever_the_order_they_are_written_in() -> None:
    calendar = Calendar(SHANGHAI, (((time(13), None), (time(8), time(12)), (time(11), time(13))),) * 7)
    assert local(calendar, date(2024, 5, 1)) == ["08:00+0800 00:00+0800"]


def test_extra_days_work_on_holidays_and_closed_weekdays_but_never_out_of_season() -> None:
    saturday: Hours = ((time(9), time(12)),)
    extra = frozenset({date(2024, 1, 6), date(2024, 1, 7), date(2024, 1, 8), date(2024, 7, 7)})
    calendar = Calendar(
        SHANGHAI,
        (*[OFFICE] * 5, saturday, ()),
        closed=frozenset({date(2024, 1, 8), date(2024, 1, 9)}),
        extra=extra,
        season=Season((10, 15), (4, 30)),
    )
    assert calendar.hours_on(date(2024, 1, 6)) == saturday  # its own hours
    assert calendar.hours_on(date(2024, 1, 7)) == OFFICE  # a Sunday has none: those of Monday
    assert calendar.hours_on(date(2024, 1, 8)) == OFFICE  # a holiday that is worked
    assert not calendar.works(date(2024, 1, 9))
    assert not calendar.works(date(2024, 7, 7))  # out of season
    assert not calendar.works(date(2024, 7, 8))
    assert Calendar(SHANGHAI, ((),) * 7, extra=extra).hours_on(date(2024, 1, 6)) == ()  # no hours to be had


def test_a_calendar_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="seven weekdays, not of 5"):
        Calendar(BERLIN, (OFFICE,) * 5)
    with pytest.raises(ValueError, match="split those that run over midnight"):
        Calendar(BERLIN, (((time(22), time(6)),),) * 7)
    with pytest.raises(ValueError, match=r"^hours must end after they begin: "):
        Calendar(BERLIN, (((time(8), time(8)),),) * 7)
    with pytest.raises(ValueError):
        Season((2, 30), (4, 1))


@pytest.mark.parametrize(
    ("first", "last", "inside", "outside"),
    [
        ((10, 15), (4, 30), ["2024-10-15", "2024-12-31", "2025-01-01", "2025-04-30"], ["2024-10-14", "2025-05-01"]),
        ((3, 1), (5, 31), ["2024-03-01", "2024-05-31"], ["2024-02-29", "2024-06-01"]),
        ((2, 29), (3, 1), ["2024-02-29", "2023-03-01"], ["2023-02-28", "2024-03-02"]),
        ((12, 1), (2, 29), ["2024-02-29", "2023-02-28"], ["2024-03-01", "2023-03-01"]),
        ((7, 1), (6, 30), ["2024-06-30", "2024-07-01"], []),
    ],
)
def test_what_a_season_holds(
    first: tuple[int, int], last: tuple[int, int], inside: list[str], outside: list[str]
) -> None:
    season = Season(first, last)
    assert all(season.holds(date.fromisoformat(day)) for day in inside)
    assert not any(season.holds(date.fromisoformat(day)) for day in outside)


# --- allowances


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2024-01-05T16:30+01:00", 1, "2024-01-05T17:30+01:00"),  # the end of the last stretch, not Monday 08:00
        ("2024-01-05T16:30+01:00", 2, "2024-01-08T09:00+01:00"),
        ("2024-01-05T12:00+01:00", 1, "2024-01-05T14:00+01:00"),  # the break is no working time
        ("2024-01-06T10:00+01:00", 8.5, "2024-01-08T17:30+01:00"),  # from a Saturday
        ("2024-01-06T10:00+01:00", 0, "2024-01-06T10:00+01:00"),  # no time is used up at once
        ("2024-01-01T08:00+01:00", 1000, "2024-06-12T14:30+02:00"),  # 117 days of 8.5 hours, and 5.5 of the next
    ],
)
def test_elapsed_allowances_count_open_time_only(start: str, hours: float, due: str) -> None:
    assert Allowance(hours * HOUR).due(at(start), Calendar(BERLIN, OFFICE_WEEK)) == at(due)


def test_an_allowance_that_begins_in_the_evening_of_the_west_counts_that_evening() -> None:
    evenings = Calendar(NEW_YORK, (((time(18), time(23)),),) * 7)
    start = at("2024-01-05T21:00-05:00")  # in UTC it is the 6th already
    assert Allowance(HOUR).due(start, evenings) == at("2024-01-05T22:00-05:00")
    assert counted(start, at("2024-01-05T22:30-05:00"), evenings) == 1.5 * HOUR


def test_what_ends_in_the_morning_of_the_east_counts_that_morning() -> None:
    mornings = Calendar(SHANGHAI, (((time(6), time(12)),),) * 7)
    start = at("2024-01-05T11:00+08:00")
    assert counted(start, at("2024-01-06T07:30+08:00"), mornings) == 2.5 * HOUR  # 23:30 of the day before in UTC


PAUSES = [span("2024-01-02T10:00Z", "2024-01-02T12:00Z"), span("2024-01-02T11:00Z", "2024-01-02T14:00Z")]


@pytest.mark.parametrize(
    ("pauses", "due"),
    [
        ([], "2024-01-02T16:00Z"),
        (PAUSES, "2024-01-02T20:00Z"),  # unions count once
        ([span("2024-01-02T06:00Z", "2024-01-02T09:00Z")], "2024-01-02T17:00Z"),  # begun before the clock
        ([span("2024-01-02T06:00Z", "2024-01-02T08:00Z")], "2024-01-02T16:00Z"),  # over when it starts
        ([span("2024-01-02T16:00Z", "2024-01-02T18:00Z")], "2024-01-02T16:00Z"),  # begun when all is used
        ([span("2024-01-02T15:59Z", "2024-01-02T18:00Z")], "2024-01-02T18:01Z"),
        ([span("2024-01-02T12:00Z", "2024-01-02T12:00Z")], "2024-01-02T16:00Z"),  # nothing
        ([span("2024-01-02T16:00Z", None)], "2024-01-02T16:00Z"),
        ([span("2024-01-02T15:59Z", None)], None),
        ([span("2024-01-02T12:00Z", "9999-12-31T23:59Z")], None),  # how some write that nobody knows when
        ([*PAUSES, span("2024-01-02T13:00Z", None)], None),
    ],
)
def test_pauses_stop_the_clock(pauses: list[Span], due: str | None) -> None:
    found = Allowance(8 * HOUR).due(at("2024-01-02T08:00Z"), Calendar.always(BERLIN), pauses)
    assert found == (at(due) if due else None)


@pytest.mark.parametrize(
    ("days", "start", "length", "due"),
    [
        (Days.WORKING, "2024-01-04T09:00+01:00", 1, "2024-01-06T00:00+01:00"),  # Thursday: all of Friday
        (Days.WORKING, "2024-01-05T09:00+01:00", 1, "2024-01-09T00:00+01:00"),  # Friday: all of Monday
        (Days.WORKING, "2024-01-05T09:00+01:00", 6, "2024-01-16T00:00+01:00"),
        (Days.WORKING, "2024-01-05T09:00+01:00", 0, "2024-01-06T00:00+01:00"),
        (Days.WORKING, "2024-01-06T09:00+01:00", 0, "2024-01-09T00:00+01:00"),  # a Saturday cannot be the last day
        (Days.CIVIL, "2024-01-04T09:00+01:00", 1, "2024-01-06T00:00+01:00"),
        (Days.CIVIL, "2024-01-04T09:00+01:00", 2, "2024-01-09T00:00+01:00"),  # Saturday rolls to Monday
        (Days.CIVIL, "2024-01-04T09:00+01:00", 0, "2024-01-05T00:00+01:00"),
    ],
)
def test_days_that_work(days: Days, start: str, length: int, due: str) -> None:
    calendar = Calendar(BERLIN, OFFICE_WEEK, rolls=True)
    assert Allowance(length * DAY, days).due(at(start), calendar) == at(due)


def test_nothing_rolls_where_the_law_does_not_say_so() -> None:
    due = Allowance(2 * DAY, Days.CIVIL).due(at("2024-01-04T09:00+01:00"), Calendar(BERLIN, OFFICE_WEEK))
    assert due == at("2024-01-07T00:00+01:00")


@pytest.mark.parametrize(
    ("pauses", "due"),
    [
        ([span("2024-01-04T10:00+01:00", "2024-01-04T12:00+01:00")], "2024-01-07T00:00+01:00"),  # the first day
        ([span("2024-01-05T10:00+01:00", "2024-01-05T12:00+01:00")], "2024-01-08T00:00+01:00"),  # one more
        ([span("2024-01-05T23:59+01:00", "2024-01-08T00:00+01:00")], "2024-01-10T00:00+01:00"),  # 24:00 touches no day
        ([span("2024-01-05T23:59+01:00", "2024-01-08T00:01+01:00")], "2024-01-11T00:00+01:00"),
        ([span("2024-01-07T00:00+01:00", None)], "2024-01-07T00:00+01:00"),  # after the last day
        ([span("2024-01-06T23:59+01:00", None)], None),
        ([span("2024-01-06T10:00+01:00", "9999-12-31T00:00+01:00")], None),
        ([span("2024-01-05T01:00+01:00", "2024-01-05T02:00+01:00"), span("2024-01-05T03:00+01:00", None)], None),
    ],
)
def test_a_day_that_a_pause_touches_is_not_counted(pauses: list[Span], due: str | None) -> None:
    allowance = Allowance(2 * DAY, Days.CIVIL)
    assert allowance.due(at("2024-01-04T09:00+01:00"), Calendar.always(BERLIN), pauses) == (at(due) if due else None)


def test_a_rolled_deadline_rolls_past_a_pause() -> None:
    calendar = Calendar(BERLIN, OFFICE_WEEK, rolls=True)
    allowance, start = Allowance(2 * DAY, Days.CIVIL), at("2024-01-04T09:00+01:00")
    monday = span("2024-01-08T09:00+01:00", "2024-01-08T10:00+01:00")
    assert allowance.due(start, calendar, [monday]) == at("2024-01-10T00:00+01:00")
    assert allowance.due(start, calendar, [(monday[0], None)]) is None


def test_chinese_working_days_of_spring_festival_2024() -> None:
    """State Council notice of 2023-10-25: off from 10 to 17 February, worked on Sundays 4 and 18 February."""
    calendar = Calendar(
        SHANGHAI,
        OFFICE_WEEK,
        closed=frozenset(date(2024, 2, day) for day in range(10, 18)),
        extra=frozenset({date(2024, 2, 4), date(2024, 2, 18)}),
        rolls=True,
    )
    start = at("2024-02-08T10:00+08:00")
    assert Allowance(2 * DAY, Days.WORKING).due(start, calendar) == at("2024-02-19T00:00+08:00")  # the 9th, the 18th
    assert Allowance(3 * DAY, Days.CIVIL).due(start, calendar) == at("2024-02-19T00:00+08:00")
    assert Allowance(20 * HOUR).due(start, calendar) == at("2024-02-18T14:00+08:00")  # 6.5 + 8.5 + 5


def test_allowances_stop_at_the_end_of_a_season_and_go_on_in_the_next() -> None:
    calendar = Calendar(BERLIN, (((time(), None),),) * 7, season=Season((10, 15), (4, 30)), rolls=True)
    start = at("2024-04-30T12:00+02:00")
    assert Allowance(12 * HOUR).due(start, calendar) == at("2024-05-01T00:00+02:00")
    assert Allowance(13 * HOUR).due(start, calendar) == at("2024-10-15T01:00+02:00")
    assert Allowance(DAY, Days.CIVIL).due(start, calendar) == at("2024-10-16T00:00+02:00")


@pytest.mark.parametrize("allowance", [Allowance(HOUR), Allowance(DAY, Days.WORKING), Allowance(DAY, Days.CIVIL)])
def test_a_calendar_that_never_opens_is_refused(allowance: Allowance) -> None:
    with pytest.raises(ValueError, match=r"^the calendar has no open weekday, .*: give it hours$"):
        allowance.due(at("2024-01-04T09:00Z"), Calendar(BERLIN, ((),) * 7, rolls=True))


def test_a_calendar_that_never_opens_does_not_matter_to_civil_days() -> None:
    due = Allowance(DAY, Days.CIVIL).due(at("2024-01-04T09:00Z"), Calendar(BERLIN, ((),) * 7))
    assert due == at("2024-01-06T00:00+01:00")


@pytest.mark.parametrize("days", list(Days))
def test_an_allowance_beyond_all_years_is_refused(days: Days) -> None:
    with pytest.raises(ValueError, match="not used up before the year 9999"):
        Allowance(DAY * 80, days).due(at("9998-12-01T00:00Z"), Calendar.always(BERLIN))


def test_the_share_of_an_allowance_is_open_time() -> None:
    calendar, start = Calendar(BERLIN, OFFICE_WEEK), at("2024-01-05T16:30+01:00")
    allowance = Allowance(4 * HOUR)
    due = allowance.due(start, calendar)
    assert due == at("2024-01-08T11:00+01:00")
    assert allowance.share(start, due, 0.75, calendar) == at("2024-01-08T10:00+01:00")
    assert allowance.share(start, due, 1, calendar) == due
    pause = [span("2024-01-08T08:00+01:00", "2024-01-08T09:30+01:00")]
    assert allowance.share(start, due, 0.5, calendar, pause) == at("2024-01-08T10:30+01:00")
    assert allowance.share(start, due, 1, calendar, pause) == due  # never after it
    assert allowance.share(start, due, 1, calendar, [span("2024-01-08T08:00Z", None)]) == due


def test_the_share_of_days_is_unpaused_time() -> None:
    calendar, start = Calendar(BERLIN, OFFICE_WEEK), at("2024-01-04T00:00+01:00")
    allowance, due = Allowance(2 * DAY, Days.WORKING), at("2024-01-09T00:00+01:00")
    assert allowance.due(start, calendar) == due
    assert allowance.share(start, due, 0.5, calendar) == at("2024-01-06T12:00+01:00")
    pause = [span("2024-01-07T00:00+01:00", "2024-01-08T00:00+01:00")]
    assert allowance.share(start, due, 0.5, calendar, pause) == at("2024-01-06T00:00+01:00")


def test_without_hours_or_pauses_a_share_is_a_share_of_the_time() -> None:
    start, allowance = at("2024-03-30T20:00+01:00"), Allowance(timedelta(hours=72, microseconds=1))
    due = start + allowance.length
    assert allowance.share(start, due, 0.75, Calendar.always(BERLIN)) == share_of(start, due, 0.75)


def test_counted_time_is_open_and_unpaused() -> None:
    calendar = Calendar(BERLIN, OFFICE_WEEK)
    start, end = at("2024-01-05T16:30+01:00"), at("2024-01-08T11:00+01:00")
    assert counted(start, end, calendar) == 4 * HOUR
    assert counted(start, end, calendar, [span("2024-01-08T09:00Z", None)]) == 3 * HOUR
    assert counted(end, start, calendar) == timedelta()
    beyond = [(start, end + HOUR), (end + 2 * HOUR, end + 3 * HOUR)]
    assert counted(start, end, Calendar.always(BERLIN), beyond) == timedelta()
    assert counted(start, end, Calendar(BERLIN, ((),) * 7)) == timedelta()


def test_a_union_is_merged_sorted_and_utc() -> None:
    merged = union(
        [span("2024-01-03T00:00+08:00", None), *reversed(PAUSES), span("2024-01-02T14:00Z", "2024-01-02T15:00Z")]
    )
    assert merged == [span("2024-01-02T10:00Z", "2024-01-02T15:00Z"), span("2024-01-02T16:00Z", None)]
    assert merged[1][0].tzinfo is UTC
    assert union([(at("2024-01-04T00:00Z"), at("2024-01-05T00:00Z")), (at("2024-01-03T00:00Z"), None)]) == [
        span("2024-01-03T00:00Z", None)
    ]
    assert union([span("2024-01-03T00:00Z", "2024-01-02T00:00Z")]) == []
    assert union([span("2024-01-03T00:00Z", "2024-01-03T00:00Z")]) == []


def test_a_union_of_times_that_the_wall_shows_twice() -> None:
    first = datetime(2024, 10, 27, 2, 45, tzinfo=BERLIN)
    again = datetime(2024, 10, 27, 2, 15, fold=1, tzinfo=BERLIN)  # half an hour later
    assert union([(first, again)]) == [span("2024-10-27T00:45Z", "2024-10-27T01:15Z")]
    assert Allowance(HOUR).due(first, Calendar.always(BERLIN), [(first, again)]) == at("2024-10-27T02:15Z")


@pytest.mark.parametrize("zone", [NEW_YORK, SHANGHAI, UTC])
def test_a_pause_to_the_end_of_all_years_is_open_ended(zone: tzinfo) -> None:
    start = at("2024-01-02T00:00Z")
    assert union([(start, datetime(9999, 12, 31, 23, 59, 59, tzinfo=zone))]) == [(start, None)]


# --- against a slow count


YEAR = [(month, day) for month in range(1, 13) for day in range(1, 32)]


def shows_open(calendar: Calendar, instant: datetime) -> bool:
    wall = instant.astimezone(calendar.zone)
    here, day = wall.replace(tzinfo=None, fold=0).time(), wall.date()
    if calendar.season:
        first, last = calendar.season.first, calendar.season.last
        start, end, today = YEAR.index(first), YEAR.index(last), YEAR.index((day.month, day.day))
        if (today - start) % len(YEAR) > (end - start) % len(YEAR):
            return False
    hours = calendar.hours[day.weekday()]
    if day in calendar.extra and not hours:
        hours = next(one for one in calendar.hours if one)
    if day in calendar.closed and day not in calendar.extra:
        return False
    return any(opens <= here and (closes is None or here < closes) for opens, closes in hours)


def is_paused(instant: datetime, pauses: Sequence[Span]) -> bool:
    return any(start <= instant and (end is None or instant < end) for start, end in pauses)


def minutes(start: datetime, count: int) -> list[datetime]:
    return [start + n * MINUTE for n in range(count)]


CHANGES = {
    BERLIN: ["2024-03-31", "2024-10-27"],
    NEW_YORK: ["2024-03-10", "2024-11-03"],
    LORD_HOWE: ["2024-04-07", "2024-10-06"],
    SHANGHAI: ["2024-02-29", "2024-12-31"],
}
half_hours = st.integers(0, 47).map(lambda n: time(n // 2, n % 2 * 30))


@st.composite
def hours_of_a_day(draw: st.DrawFn) -> Hours:
    bounds = sorted(draw(st.sets(half_hours, max_size=4)))
    ends = [*bounds[1::2], None] if len(bounds) % 2 else bounds[1::2]
    return tuple(zip(bounds[::2], ends, strict=True))


@st.composite
def situations(draw: st.DrawFn) -> tuple[Calendar, datetime, list[Span]]:
    """A calendar with at least one open weekday, an instant near a change of clocks, and pauses around it."""
    zone = draw(st.sampled_from(list(CHANGES)))
    day = date.fromisoformat(draw(st.sampled_from(CHANGES[zone])))
    near = st.integers(-3, 5).map(lambda n: day + n * DAY)
    hours = draw(st.lists(hours_of_a_day(), min_size=7, max_size=7).filter(any))
    season = draw(st.none() | st.tuples(near, near).map(lambda two: Season(*((d.month, d.day) for d in two))))
    some = st.frozensets(near, max_size=3)
    calendar = Calendar(zone, tuple(hours), draw(some), draw(some), season, rolls=draw(st.booleans()))
    start = midnight(day - DAY, zone) + draw(st.integers(-600, 2000)) * MINUTE
    pauses: list[Span] = []
    for _ in range(draw(st.integers(0, 3))):
        begin = start + draw(st.integers(-500, 4000)) * MINUTE
        length = draw(st.none() | st.integers(0, 2000))
        pauses.append((begin, None if length is None else begin + length * MINUTE))
    return calendar, start, pauses


slowly = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
REACH = 5 * 1440


@slowly
@given(situations(), st.integers(0, 2400))
def test_elapsed_allowances_agree_with_a_count_of_minutes(
    situation: tuple[Calendar, datetime, list[Span]], length: int
) -> None:
    calendar, start, pauses = situation
    found = Allowance(length * MINUTE).due(start, calendar, pauses)
    left, slow = length, start
    while left and slow < start + REACH * MINUTE:
        left -= shows_open(calendar, slow) and not is_paused(slow, pauses)
        slow += MINUTE
    if left:
        assert found is None or found > slow
    else:
        assert found == slow
        assert counted(start, slow, calendar, pauses) == length * MINUTE


@slowly
@given(situations(), st.integers(0, 5), st.sampled_from([Days.CIVIL, Days.WORKING]))
def test_days_agree_with_a_count_of_days(
    situation: tuple[Calendar, datetime, list[Span]], length: int, days: Days
) -> None:
    calendar, start, pauses = situation
    found = Allowance(length * DAY, days).due(start, calendar, pauses)
    by_day: dict[date, list[datetime]] = {}
    today = start.astimezone(calendar.zone).date()
    for minute in minutes(midnight(today, calendar.zone), REACH):
        by_day.setdefault(minute.astimezone(calendar.zone).date(), []).append(minute)
    count = 0
    for day, its_minutes in list(by_day.items())[:-1]:
        if (day == today and length) or any(is_paused(minute, pauses) for minute in its_minutes):
            continue
        works = calendar.works(day)
        count += works or days is Days.CIVIL
        if count >= length and (works or (days is Days.CIVIL and not calendar.rolls)):
            assert found == its_minutes[-1] + MINUTE
            return
    assert found is None or found > its_minutes[-1]


@slowly
@given(situations(), st.integers(0, 3000))
def test_counted_time_and_unions_agree_with_a_count_of_minutes(
    situation: tuple[Calendar, datetime, list[Span]], length: int
) -> None:
    calendar, start, pauses = situation
    span_of_time = minutes(start, length)
    slow = sum(shows_open(calendar, minute) and not is_paused(minute, pauses) for minute in span_of_time)
    assert counted(start, start + length * MINUTE, calendar, pauses) == slow * MINUTE
    assert all(is_paused(minute, pauses) == is_paused(minute, union(pauses)) for minute in span_of_time)


@slowly
@given(situations(), st.integers(1, 2400), st.floats(0, 1), st.sampled_from(list(Days)))
def test_at_risk_is_never_before_the_start_nor_after_the_due_time(
    situation: tuple[Calendar, datetime, list[Span]], length: int, share: float, days: Days
) -> None:
    calendar, start, pauses = situation
    allowance = Allowance(length * MINUTE if days is Days.ELAPSED else length % 5 * DAY, days)
    due = allowance.due(start, calendar, pauses)
    if due is not None:
        assert start <= allowance.share(start, due, share, calendar, pauses) <= due


# --- wall times


@pytest.mark.parametrize(
    ("zone", "wall", "instants"),
    [
        (BERLIN, "2024-06-01T02:30", ["2024-06-01T00:30Z"]),
        (BERLIN, "2024-03-31T02:30", ["2024-03-31T00:30Z", "2024-03-31T01:30Z"]),  # does not exist
        (BERLIN, "2024-10-27T02:30", ["2024-10-27T00:30Z", "2024-10-27T01:30Z"]),  # is shown twice
        (NEW_YORK, "2024-11-03T01:59", ["2024-11-03T05:59Z", "2024-11-03T06:59Z"]),
        (NEW_YORK, "2024-11-03T02:00", ["2024-11-03T07:00Z"]),
        (LORD_HOWE, "2024-04-07T01:45", ["2024-04-06T14:45Z", "2024-04-06T15:15Z"]),
        (SHANGHAI, "2024-03-31T02:30", ["2024-03-30T18:30Z"]),
    ],
)
def test_what_a_wall_time_can_mean(zone: ZoneInfo, wall: str, instants: list[str]) -> None:
    assert readings(at(wall), zone) == tuple(at(instant) for instant in instants)
    assert readings(at(wall).replace(fold=1), zone) == readings(at(wall), zone)


def test_a_time_with_an_offset_has_no_second_reading() -> None:
    with pytest.raises(ValueError, match="says by itself"):
        readings(at("2024-10-27T02:30+01:00"), BERLIN)


@pytest.mark.parametrize(("day", "due"), [("2024-03-31", "2024-03-31T01:30Z"), ("2024-10-27", "2024-10-27T01:30Z")])
def test_a_delivery_at_a_doubtful_time_is_due_at_its_later_reading(day: str, due: str) -> None:
    assert DeliveryDue.parse("02:30 same day").due(date.fromisoformat(day), BERLIN) == at(due)


# --- periods


@pytest.mark.parametrize(
    ("kind", "first", "last", "labels"),
    [
        ("day", "2024-01-04", "2024-01-08", ["2024-01-04", "2024-01-05", "2024-01-08"]),
        ("week", "2024-01-01", "2024-01-15", ["2024-W01", "2024-W02", "2024-W03"]),
        ("week", "2024-12-30", "2025-01-06", ["2025-W01", "2025-W02"]),  # ISO: the week of its Thursday
        ("week", "2021-01-01", "2021-01-03", []),  # 2020-W53 started before
        ("month", "2024-01-02", "2024-03-01", ["2024-02", "2024-03"]),
        ("quarter", "2024-01-01", "2024-12-31", ["2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4"]),
        ("year", "2023-01-01", "2024-12-31", ["2023", "2024"]),
        ("day", "2024-01-08", "2024-01-04", []),
    ],
)
def test_periods_start_within_the_days_asked_for(kind: Kind, first: str, last: str, labels: list[str]) -> None:
    found = periods(kind, date.fromisoformat(first), date.fromisoformat(last), Calendar(BERLIN, OFFICE_WEEK))
    assert [period.label for period in found] == labels


@slowly
@given(
    st.sampled_from(["day", "week", "month", "quarter", "year"]),
    st.dates(date(2019, 1, 1), date(2025, 1, 1)),
    st.integers(0, 900),
    st.sampled_from(list(CHANGES)),
)
def test_periods_follow_one_another(kind: Kind, first: date, days: int, zone: ZoneInfo) -> None:
    found = periods(kind, first, first + days * DAY, Calendar.always(zone))
    assert all(one.end == after.start for one, after in pairwise(found))
    assert len({period.label for period in found}) == len(found)
    assert all(first <= period.date <= first + days * DAY for period in found)
    longest = {"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}[kind]
    assert all((period.last - period.date).days < longest for period in found)
    assert max(found, default=None) == (found[-1] if found else None)


def test_a_week_settles_in_the_month_in_which_it_ends() -> None:
    (week,) = periods("week", date(2024, 1, 29), date(2024, 1, 29), Calendar.always(SHANGHAI))
    assert (week.date, week.last) == (date(2024, 1, 29), date(2024, 2, 4))
    assert (week.start, week.end) == (at("2024-01-29T00:00+08:00"), at("2024-02-05T00:00+08:00"))


@pytest.mark.parametrize(
    ("season", "labels"),
    [
        (Season((10, 15), (4, 30)), ["2023-10-15..2024-04-30", "2024-10-15..2025-04-30"]),
        (Season((3, 1), (5, 31)), ["2023-03-01..2023-05-31", "2024-03-01..2024-05-31"]),
        (Season((12, 1), (2, 29)), ["2023-12-01..2024-02-29", "2024-12-01..2025-02-28"]),
        (Season((2, 29), (3, 10)), ["2023-03-01..2023-03-10", "2024-02-29..2024-03-10"]),
        (Season((2, 29), (2, 29)), ["2024-02-29..2024-02-29"]),
        (Season((7, 1), (6, 30)), ["2023-07-01..2024-06-30", "2024-07-01..2025-06-30"]),
        (Season((1, 1), (12, 31)), ["2023-01-01..2023-12-31", "2024-01-01..2024-12-31"]),
    ],
)
def test_seasons_are_periods(season: Season, labels: list[str]) -> None:
    found = seasons(season, date(2023, 1, 1), date(2024, 12, 31), BERLIN)
    assert [period.label for period in found] == labels
    assert [f"{period.date}..{period.last}" for period in found] == labels
    assert all(period.start == midnight(period.date, BERLIN) for period in found)


def test_the_days_of_a_plan() -> None:
    calendar = Calendar(BERLIN, OFFICE_WEEK, closed=frozenset({date(2024, 1, 4), date(2024, 1, 9)}))
    named = frozenset({date(2024, 1, 7), date(2024, 1, 9), date(2024, 3, 1)})
    found = plan(frozenset({0, 3, 6}), named, date(2024, 1, 1), date(2024, 1, 11), calendar)
    labels = ["2024-01-01", "2024-01-07", "2024-01-08", "2024-01-09", "2024-01-11"]
    assert [period.label for period in found] == labels  # not Thursday the 4th: closed; the 7th and the 9th are named
    assert [str(period.date) for period in found] == labels
    assert all(period.start == midnight(period.date, BERLIN) for period in found)


@pytest.mark.parametrize(("day", "count"), [("2024-03-31", 23), ("2024-10-27", 25), ("2024-06-01", 24)])
def test_slices_of_an_hour_have_labels_of_their_own(day: str, count: int) -> None:
    (whole,) = periods("day", date.fromisoformat(day), date.fromisoformat(day), Calendar.always(BERLIN))
    parts = slices(whole, HOUR)
    assert len({part.label for part in parts}) == len(parts) == count
    assert (parts[0].start, parts[-1].end) == (whole.start, whole.end)
    assert all(one.end == after.start for one, after in pairwise(parts))


@pytest.mark.parametrize(
    ("day", "hours", "lengths"),
    [
        ("2024-10-27", 6, [6, 6, 6, 7]),  # 25 hours: the last part has the hour that is there twice
        ("2024-10-27", 24, [25]),
        ("2024-10-27", 0.5, [0.5] * 50),
        ("2024-03-31", 6, [6, 6, 6, 5]),
        ("2024-03-31", 24, [23]),
        ("2024-06-01", 6, [6] * 4),
    ],
)
def test_a_day_has_no_slice_more_because_the_clocks_change(day: str, hours: float, lengths: list[float]) -> None:
    (whole,) = periods("day", date.fromisoformat(day), date.fromisoformat(day), Calendar.always(BERLIN))
    parts = slices(whole, HOUR * hours)
    assert [(part.end - part.start) / HOUR for part in parts] == lengths
    assert (parts[0].start, parts[-1].end) == (whole.start, whole.end)


def test_slices_of_longer_periods_are_of_civil_days() -> None:
    """October 2024 has a day of 25 hours, its 27th."""
    (month,) = periods("month", date(2024, 10, 1), date(2024, 10, 1), Calendar.always(BERLIN))
    days = slices(month, DAY)
    assert [part.start for part in days] == [midnight(date(2024, 10, n), BERLIN) for n in range(1, 32)]
    assert [part.start for part in slices(month, 2 * DAY)] == [part.start for part in days[::2]]
    halves = slices(month, 12 * HOUR)
    assert len(halves) == 62
    assert halves[-1].label == "2024-10-31T12:00:00+01:00"
    assert len(stretches(month, DAY)) == 32  # elapsed: the last one is the hour that the month has more


def test_the_last_slice_is_cut() -> None:
    (whole,) = periods("day", date(2024, 10, 27), date(2024, 10, 27), Calendar.always(BERLIN))
    parts = slices(whole, 10 * HOUR)
    assert [part.end - part.start for part in parts] == [10 * HOUR, 10 * HOUR, 5 * HOUR]
    assert parts[1].label == "2024-10-27T09:00:00+01:00"
    assert [part.date for part in parts] == [date(2024, 10, 27)] * 3  # the first begins at 22:00 UTC of the 26th
    assert slices(dataclasses.replace(whole, end=whole.start), HOUR) == []
    with pytest.raises(ValueError, match="has no length"):
        slices(whole, timedelta())
