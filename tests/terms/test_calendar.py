"""A contract's calendars: what may be written, what is said against the rest, and which days are frozen."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from pydantic import ValidationError

from dutywatch.clock import Allowance, Calendar, Days, Season
from dutywatch.terms.calendar import CalendarWord, resolve
from dutywatch.terms.obligation import Rung

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
OFFICE = """
hours: {mon-fri: "08:00-12:00, 13:00-17:30", sat: "09:00-24:00"}
holidays: {country: CN, subdivision: null}
closed: [2024-02-09]
extra: [2024-02-04]
season: {from: 10-15, to: 04-30}
rolls: true
"""


def word(text: str) -> CalendarWord:
    return CalendarWord.model_validate(yaml.safe_load(text) or {})


def resolved(text: str, zone: ZoneInfo = SHANGHAI, first: str = "2024-01-01", last: str = "2024-12-31") -> Calendar:
    return resolve(word(text), zone, date.fromisoformat(first), date.fromisoformat(last))


def days(*texts: str) -> frozenset[date]:
    return frozenset(date.fromisoformat(text) for text in texts)


def test_a_calendar_as_a_contract_has_it() -> None:
    calendar = resolved(OFFICE)
    weekday = ((time(8), time(12)), (time(13), time(17, 30)))
    assert calendar.zone == SHANGHAI
    assert calendar.hours == (*[weekday] * 5, ((time(9), None),), ())
    assert calendar.season == Season((10, 15), (4, 30))
    assert calendar.rolls
    assert date(2024, 2, 9) in calendar.closed
    assert calendar.hours_on(date(2024, 2, 4)) == weekday  # a Sunday that is worked


def test_nothing_written_is_always_open() -> None:
    assert resolved("") == Calendar.always(SHANGHAI)
    assert resolved("hours: {mon-sun: '00:00-24:00'}").never_closes


def test_the_chinese_year_2024_is_frozen_with_its_make_up_days() -> None:
    """General Office of the State Council, notice of 2023-10-25 on the holidays of 2024."""
    calendar = resolved("{hours: {mon-fri: 09:00-17:00}, holidays: {country: CN}}")
    spring = {date(2024, 2, 10) + n * timedelta(days=1) for n in range(8)}
    golden = {date(2024, 10, 1) + n * timedelta(days=1) for n in range(7)}
    labour = {date(2024, 5, 1) + n * timedelta(days=1) for n in range(5)}
    made_up = days(
        "2024-02-04", "2024-02-18", "2024-04-07", "2024-04-28", "2024-05-11", "2024-09-14", "2024-09-29", "2024-10-12"
    )
    others = days("2024-01-01", "2024-04-04", "2024-04-05", "2024-06-10", "2024-09-16", "2024-09-17")
    off = {day for day in spring | golden | labour | others if day.weekday() < 5}
    year = [date(2024, 1, 1) + n * timedelta(days=1) for n in range(366)]
    assert {day for day in year if calendar.works(day) and day.weekday() >= 5} == made_up
    assert {day for day in year if not calendar.works(day) and day.weekday() < 5} == off


def test_a_chinese_holiday_takes_the_weekends_in_that_its_notice_names() -> None:
    """The same notice: 1 January joins the weekend before; 4 to 6 April, 8 to 10 June, 15 to 17 September."""
    calendar = resolved("holidays: {country: CN}", first="2023-03-01", last="2024-12-31")
    spans = [("2023-12-30", 3), ("2024-02-10", 8), ("2024-04-04", 3), ("2024-05-01", 5)]
    spans += [("2024-06-08", 3), ("2024-09-15", 3), ("2024-10-01", 7)]
    off = {date.fromisoformat(first) + n * timedelta(days=1) for first, length in spans for n in range(length)}
    days_told = [date(2023, 12, 1) + n * timedelta(days=1) for n in range(31 + 366)]
    assert {day for day in days_told if not calendar.works(day)} == off


def test_the_weekend_before_a_new_year_after_the_table_is_taken_in_too() -> None:
    assert date(2023, 12, 30) in resolved("holidays: {country: CN}", first="2022-01-01", last="2022-12-31").closed


def test_other_holidays_take_no_weekend_in() -> None:
    """The Saturday between Good Friday and Easter Monday is a working day in Germany."""
    assert date(2024, 3, 30) not in resolved("holidays: {country: DE}", BERLIN).closed


def test_civil_days_roll_over_the_whole_spring_festival() -> None:
    """Due by the 17th, the festival's last day and a Saturday: by the end of Sunday the 18th, which is worked."""
    calendar = resolved("{holidays: {country: CN}, rolls: true}")
    start = datetime(2024, 2, 10, 10, tzinfo=SHANGHAI)
    assert Allowance(timedelta(days=7), Days.CIVIL).due(start, calendar) == datetime(2024, 2, 18, 16, tzinfo=UTC)


def test_a_clock_over_spring_festival() -> None:
    calendar = resolved("{hours: {mon-fri: 09:00-17:00}, holidays: {country: CN}}")
    start = datetime(2024, 2, 8, 10, tzinfo=SHANGHAI)
    due = Allowance(timedelta(days=2), Days.WORKING).due(start, calendar)
    assert due == datetime(2024, 2, 18, 16, tzinfo=UTC)  # the end of Sunday the 18th


def test_the_table_covers_the_years_of_the_term_and_one_more() -> None:
    calendar = resolved("holidays: {country: DE}", BERLIN, "2023-10-15", "2024-04-30")
    assert days("2023-01-01", "2023-12-25", "2024-12-25", "2025-12-25") <= calendar.closed
    assert {day.year for day in calendar.closed | calendar.extra} == {2023, 2024, 2025}
    assert {day.year for day in resolved("holidays: {country: CN}").extra} == {2024, 2025}


def test_holidays_differ_by_subdivision() -> None:
    epiphany = date(2024, 1, 6)
    assert epiphany in resolved("holidays: {country: DE, subdivision: BY}", BERLIN).closed
    assert epiphany not in resolved("holidays: {country: DE}", BERLIN).closed


def test_what_the_contract_names_goes_before_the_table() -> None:
    calendar = resolved(
        "{hours: {mon-fri: 09:00-17:00}, holidays: {country: CN}, closed: 2024-02-18, extra: 2024-02-12}"
    )
    assert not calendar.works(date(2024, 2, 18))  # the country works on this Sunday
    assert calendar.works(date(2024, 2, 12))  # and rests on this Monday


@pytest.mark.parametrize(
    ("written", "open_days"),
    [("mon-fri", "01234"), ("fri-mon", "0456"), ("mon, wed", "02"), ("sat", "5"), ("Mon - Tue", "01")],
)
def test_how_weekdays_are_written(written: str, open_days: str) -> None:
    hours = resolved(f"hours: {{'{written}': '09:00-17:00'}}").hours
    assert "".join(str(day) for day in range(7) if hours[day]) == open_days


def test_hours_are_sorted() -> None:
    assert resolved("hours: {mon: '13:00-24:00, 00:00-12:00'}").hours[0] == ((time(0), time(12)), (time(13), None))


@pytest.mark.parametrize(
    ("written", "advice"),
    [
        ("hours: {monday: '09:00-17:00'}", "'monday' names no weekdays: write mon, tue, wed"),
        ("hours: {mon-wed-fri: '09:00-17:00'}", "or a range such as mon-fri"),
        ("hours: {mon: 10:00}", "put it in quotes: YAML reads a bare time of day as the number 600"),
        ("hours: {mon: 8-17}", "'8-17' is not written as hours are: '08:00-12:00, 13:00-17:30'"),
        ("hours: {mon: '08:00-25:00'}", "is not written as hours are"),
        ("hours: {mon: ''}", "'' is not written as hours are"),
        ("hours: {mon: '22:00-06:00'}", "written as two, 22:00-24:00 and on the next day 00:00-06:00"),
        ("hours: {mon: '08:00-08:00'}", "ends before it begins"),
        ("hours: {mon: '08:00-12:00, 11:00-13:00'}", "the hours from 08:00 and from 11:00 overlap: write them as one"),
        ("hours: {mon: '08:00-24:00, 11:00-13:00'}", "overlap"),
        ("hours: {mon-fri: '08:00-12:00', fri: '08:00-11:00'}", "fri has hours twice: write it once"),
        ("hours: {}", "no weekday has hours: write some, or leave `hours` out"),
        ("holidays: {country: NO}", "put it in quotes: YAML reads a bare NO, Norway, as false"),
        ("holidays: {country: China}", "no holidays are known of 'China': write a code of ISO 3166-1, such as CN"),
        ("holidays: {country: CN, subdivision: LN}", "no holidays are known of 'LN' in CN: leave `subdivision` out"),
        (
            "holidays: {country: DE, subdivision: XX}",
            "no holidays are known of 'XX' in DE: write one of BB, BE, BW, BY",
        ),
        ("closed: [20240209]", "20240209 is not a date: write one such as 2024-02-09"),
        ("closed: [2024-02-09 08:00:00]", "is not a date: write one such as 2024-02-09"),
        ("closed: ['2023-02-29']", "2023-02-29 is not a date: write one such as 2024-02-09"),
        ("extra: '4 February'", "4 February is not a date"),
        ("{closed: [2024-02-04], extra: [2024-02-04]}", "2024-02-04 is in `closed` and in `extra`: keep one of them"),
        ("season: {from: 15 October, to: 04-30}", "15 October is not a day of the year: write month and day"),
        ("season: {from: 10-15, to: 02-30}", "02-30 is not a day of the year"),
        ("season: {from: 2024-10-15, to: 04-30}", "2024-10-15 is not a day of the year"),
    ],
)
def test_what_is_said_against_a_faulty_calendar(written: str, advice: str) -> None:
    with pytest.raises(ValidationError) as caught:
        word(written)
    assert advice in str(caught.value)
    assert len(caught.value.errors()) == 1


@pytest.mark.parametrize("written", ["closed: 2024-02-29", "closed: ['2024-02-29']", "closed: [2024-02-29]"])
def test_a_date_may_stand_alone_or_in_quotes(written: str) -> None:
    assert resolved(written).closed == days("2024-02-29")


def test_a_season_may_end_on_29_february() -> None:
    calendar = resolved("season: {from: 12-01, to: 02-29}")
    assert [calendar.works(date(2024, 2, 29)), calendar.works(date(2024, 3, 1))] == [True, False]


def test_the_word_has_a_schema_that_takes_the_example() -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="the package jsonschema comes with Airflow")
    values: dict[str, Any] = yaml.safe_load(OFFICE)
    values |= {key: [str(day) for day in values[key]] for key in ("closed", "extra")}
    jsonschema.Draft202012Validator(CalendarWord.model_json_schema()).validate(values)


def test_working_days_are_whole_days() -> None:
    assert Rung.model_validate({"allow": "P3D", "days": "working"}).allowance == Allowance(
        timedelta(days=3), Days.WORKING
    )
    with pytest.raises(ValidationError, match="PT24H has hours: working days are whole days"):
        Rung.model_validate({"allow": "PT24H", "days": "working"})
