"""A trigger at a local time with two readings: what both come to, for all whom it concerns (docs/decisions/0035).

The clock of New York shows 01:30 twice on 3 November 2024. It snowed then; nobody knows at which.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from dutywatch.terms.contract import Contract
from dutywatch.terms.units import Unit
from tests.judge import test_letter as letter
from tests.judge.bench import Bench, set_up
from tests.judge.oracle import File, Row, Trace
from tests.judge.test_replay import WEATHER, digests, replayed
from tests.judge.traces import HOUR, sha, source

LOG = source("service", "firm", "{service_date}.csv", due="06:00 next day")
FROM_START = {"clock": {"from": "trigger.start", "early": "PT0S"}}

FINE = {
    **{"title": {"en": "Fine"}, "clause": "x", "party": "firm", "supervisor": "desk", "pattern": "respond"},
    **{"trigger": {"breach": "clear"}, "clock": {"from": "trigger.start"}, "within": "PT72H"},
    "action": {"stream": "service", "kind": "pay"},
}
SHARE = {
    **{"title": {"en": "Share"}, "clause": "x", "party": "firm", "supervisor": "desk", "pattern": "attain"},
    **{"window": "day", "items": {"duties": "fine"}, "at_least": 0.9, "per": "contract"},
}


def at(day: int, hour: float) -> datetime:
    """An instant of November 2024 by New York's clock; of two, the later one."""
    shown = datetime(2024, 11, day, tzinfo=ZoneInfo("America/New_York")) + timedelta(hours=hour)
    return shown.replace(fold=1).astimezone(UTC)


TWICE = Row(at(3, 1.5), None, "snow", None, 1.0, earlier=at(3, 1.5) - HOUR)


def log(day: int, *hours: float, received: datetime | None = None) -> File:
    """The log of a day on which it was plowed at these hours."""
    rows = tuple(Row(at(day, hour), "U0", "plow") for hour in hours)
    return File("log", f"log/{day}.csv", sha("log", day), date(2024, 11, day), received or at(day + 1, 5), rows)


def american(sources: dict[str, Any], more: dict[str, Any] | None = None, **obligation: Any) -> Contract:
    """The contract of New York's November; `more`: further obligations."""
    asian = letter.contract({"log": LOG, **sources}, **obligation).model_dump(
        mode="json", by_alias=True, exclude_none=True
    )
    term = {"from": "2024-11-03", "to": "2024-12-31"}
    obligations = {**asian["obligations"], **(more or {})}
    return Contract.model_validate({**asian, "timezone": "America/New_York", "term": term, "obligations": obligations})


def bench(root: Path, snow: Sequence[Row], logs: Sequence[File], **obligation: Any) -> Bench:
    terms = american({"weather": WEATHER}, **obligation)
    weather = File("weather", "weather.csv", sha("weather"), None, at(3, 12), tuple(snow))
    return set_up(root, Trace(terms, (Unit("U0", None, None, 1.0),), (weather, *logs)))


def verdicts(found: Bench, as_of: datetime) -> list[tuple[str, str]]:
    """Verdict and reason of each duty, in order of their triggers."""
    rows = found.rows(found.judge(as_of))
    return [(row["verdict"], row["reason"]) for _, row in sorted(rows.items())]


MISSING = "the evidence is incomplete: weather weather.csv:2 states a local time with two readings"


def test_a_sheet_is_judged_again_by_what_lies_before_the_earlier_clock(tmp_path: Path) -> None:
    """Acts count from two hours before: from 23:30 of the 2nd, or from 00:30. Due at 18:30 or 19:30, done at 19:00."""
    early = {"clock": {"from": "trigger.start", "early": "PT2H"}}
    late = log(2, 23.75, received=at(6, 12))
    found = bench(tmp_path, [TWICE], [log(3, 19), log(4), late], **early, within="PT18H")
    moments = [at(5, 12), at(6, 12)]
    once = found.judge(moments[1])
    assert verdicts(found, moments[0]) == [("unproven", MISSING)]
    assert verdicts(found, moments[1]) == [("met", "done in time")]
    assert replayed(found, moments) == digests(once)


def test_an_act_that_serves_one_duty_leaves_the_other_in_doubt_too(tmp_path: Path) -> None:
    """One act at 07:00. The first duty falls due at 06:30, so that it serves the second one, or at 07:30."""
    once = {"action": {"stream": "service", "kind": "plow", "consume": "once"}}
    weather = {"trigger": {"stream": "condition", "kind": "snow", "merge_gap": "PT1H"}}
    found = bench(tmp_path, [TWICE, Row(at(3, 5), None, "snow", None, 1.0)], [log(3, 7), log(4)],
                  **once, **weather, **FROM_START, within="PT6H")  # fmt: skip
    assert verdicts(found, at(5, 12)) == [("unproven", MISSING), ("unproven", MISSING)]


def test_a_new_trigger_resets_no_clock_that_ran_out_by_the_other_reading(tmp_path: Path) -> None:
    """Due at 06:30 or 07:30, nothing was done, and it snowed anew at 07:00: a breach, or a duty that starts anew."""
    weather = {"trigger": {"stream": "condition", "kind": "snow", "merge_gap": "PT1H"}}
    reset = {"reset": {"at_most": "PT72H"}}
    found = bench(tmp_path, [TWICE, Row(at(3, 7), None, "snow", None, 1.0)], [log(3), log(4)],
                  **weather, **reset, **FROM_START, within="PT6H")  # fmt: skip
    assert [verdict for verdict, _ in verdicts(found, at(5, 12))] == ["unproven", "breached"]


def test_a_case_that_began_at_either_reading_is_one_case_of_the_day(tmp_path: Path) -> None:
    """It was closed in time by both, and both lie on the 3rd: all of that day's cases were, whichever is right."""
    one = {"title": {"en": "Rate"}, "clause": "x", "party": "firm", "pattern": "attain", "supervisor": "desk"}
    rate = {**one, "window": "day", "items": {"duties": "clear"}, "at_least": 0.9, "per": "contract"}
    columns = {"at": "at", "unit": "unit", "kind": "kind", "record": "record"}
    cases = source("case", "firm", "{service_date}.csv", columns=columns, due="06:00 next day")
    trigger = {"stream": "case", "kind": "hole", "each": "record"}
    terms = american({"cases": cases}, {"rate": rate}, trigger=trigger, **FROM_START, within="PT6H")
    case = Row(at(3, 1.5), "U0", "hole", record="7", earlier=at(3, 1.5) - HOUR)
    opened = File("cases", "cases/3.csv", sha("cases", 3), date(2024, 11, 3), at(4, 5), (case,))
    found = set_up(tmp_path, Trace(terms, (Unit("U0", None, None, 1.0),), (opened, log(3, 3), log(4))))
    assert verdicts(found, at(4, 7))[:2] == [("met", "done in time"), ("met", "the target is reached")]


def test_a_duty_that_was_due_by_one_reading_alone_has_that_due_time(tmp_path: Path) -> None:
    """Due at 06:30 or 07:30; a storm that nobody lifted stopped the clock at 07:00. It was done at 09:00.

    The fine that its breach would bring is not known to be owed or not, and the share of fines that are paid neither.
    """
    storm = Row(at(3, 7), None, "storm")
    notices = source("notice", "city", "{part}.csv", redelivery="append")
    terms = american({"weather": WEATHER, "notices": notices}, {"fine": FINE, "share": SHARE}, **FROM_START,
                     within="PT6H", suspended_by={"stream": "notice", "kind": "storm"})  # fmt: skip
    snow = File("weather", "weather.csv", sha("weather"), None, at(3, 12), (TWICE,))
    told = File("notices", "storm.csv", sha("storm"), None, storm.at, (storm,))
    found = set_up(tmp_path, Trace(terms, (Unit("U0", None, None, 1.0),), (snow, told, log(3, 9), log(4))))
    rows = {key.split("/")[1]: row for key, row in found.rows(found.judge(at(4, 7))).items() if "2024-11-04" not in key}
    assert (rows["clear"]["verdict"], rows["clear"]["due_at"]) == ("unproven", at(3, 6.5))
    assert "fine" not in rows and rows["share"]["verdict"] == "unproven"


def test_what_a_breach_starts_may_have_begun_as_it_fell_due_by_the_earlier_reading(tmp_path: Path) -> None:
    """Due on the 4th at 23:30 or on the 5th at 00:30, done at midnight: a fine that began on the 4th, or none."""
    weather = source("condition", "weather-service", "{service_date}.csv", due="06:00 next day")
    terms = american(
        {"weather": weather},
        {"fine": FINE, "share": SHARE},
        **FROM_START,
        within=[{"allow": "P1DT23H", "days": "elapsed"}],
    )
    days = {3: (TWICE,), 4: (), 5: (), 6: ()}
    told = (File("weather", f"{n}.csv", sha("weather", n), date(2024, 11, n), at(n + 1, 5), days[n]) for n in days)
    files = (*told, log(3), log(4), log(5, 0), log(6))
    found = set_up(tmp_path, Trace(terms, (Unit("U0", None, None, 1.0),), files))
    rows = found.rows(found.judge(at(7, 7)))
    standings = {key.split("/", 1)[1]: row["verdict"] for key, row in rows.items()}
    assert standings["clear/U0/2024-11-03T06:30Z"] == "unproven"
    assert [standings[f"share/town/2024-11-0{day}"] for day in (4, 5, 6)] == ["unproven", "unproven", "void"]


def test_what_starts_outside_the_term_by_one_reading_is_not_owed(tmp_path: Path) -> None:
    """Beirut has no 00:30 on 31 March 2024: it was 23:30 the day before, or 01:30. The term begins with that day."""
    later = datetime(2024, 3, 30, 22, 30, tzinfo=UTC)
    whole = american({"weather": WEATHER}, **FROM_START).model_dump(mode="json", by_alias=True, exclude_none=True)
    term = {"from": "2024-03-31", "to": "2024-12-31"}
    terms = Contract.model_validate({**whole, "timezone": "Asia/Beirut", "term": term})
    rows = (Row(later, None, "snow", None, 1.0, earlier=later - HOUR), Row(later + 9 * HOUR, None, "snow", None, 1.0))
    weather = File("weather", "weather.csv", sha("weather"), None, later + 10 * HOUR, rows)
    found = set_up(tmp_path, Trace(terms, (Unit("U0", None, None, 1.0),), (weather,)))
    (duty,) = found.rows(found.judge(later + 12 * HOUR)).values()
    assert duty["clock_start"] == later + 9 * HOUR


def test_who_states_an_act_at_one_of_two_times_owes_the_answer(tmp_path: Path) -> None:
    """Due at 01:00 by winter time; the city's crew plowed at 01:30 by either, and the firm swept then."""
    crew = source("service", "city", "{service_date}.csv", due="06:00 next day")
    terms = american({"weather": WEATHER, "crew": crew}, **FROM_START, within="PT2H")
    snow = File("weather", "weather.csv", sha("weather"), None, at(3, 12), (Row(at(3, 0), None, "snow", None, 1.0),))
    acts = {"crew": "plow", "log": "sweep"}
    told = [
        File(name, f"{name}/3.csv", sha(name, 3), date(2024, 11, 3), at(4, 5), (replace(TWICE, unit="U0", kind=kind),))
        for name, kind in acts.items()
    ]
    found = set_up(tmp_path, Trace(terms, (Unit("U0", None, None, 1.0),), (snow, *told)))
    (row,) = found.rows(found.judge(at(4, 7))).values()
    assert (row["verdict"], row["owed_by"]) == ("unproven", "city")
    assert row["reason"] == "the evidence is incomplete: crew crew/3.csv:2 states a local time with two readings"


def test_who_states_a_trigger_at_one_of_two_times_owes_the_answer(tmp_path: Path) -> None:
    """The city's gauge tells of snow as well, and of no doubtful one. Due at 18:30 or 19:30, done at 19:00."""
    gauge = source("condition", "city", "{part}.csv", redelivery="append")
    terms = american({"weather": WEATHER, "gauge": gauge}, **FROM_START, within="PT18H")
    snow = File("weather", "weather.csv", sha("weather"), None, at(3, 12), (TWICE,))
    found = set_up(tmp_path, Trace(terms, (Unit("U0", None, None, 1.0),), (snow, log(3, 19), log(4))))
    (row,) = found.rows(found.judge(at(5, 12))).values()
    assert (row["reason"], row["owed_by"]) == (MISSING, "weather-service")


def test_between_the_two_readings_of_an_act_it_may_have_been_done_by_the_earlier(tmp_path: Path) -> None:
    """It is due at 02:00 by the clock of summer. The log came twelve minutes later, and says: plowed at 01:30."""
    rows = (Row(at(3, 0), None, "snow"),)
    snow = File("weather", "weather/3.csv", sha("weather", 3), date(2024, 11, 3), at(3, 0.5), rows)
    plowed = Row(at(3, 1.5), "U0", "plow", earlier=at(3, 1.5) - HOUR)
    due = at(3, 0) + 2 * HOUR
    came = due + HOUR / 5
    told = File("log", "log/3.csv", sha("log", 3), date(2024, 11, 3), came, (plowed,))
    trace = Trace(american({}, within="PT2H", **FROM_START), (Unit("U0", "A", None, 100.0),), (snow, told))
    one = set_up(tmp_path, trace)
    for as_of in (came, at(3, 1.5) - timedelta(microseconds=1), at(3, 1.5), at(4, 7)):
        (row,) = letter.compare(one, trace, as_of).values()
        assert (row["due_at"], row["verdict"]) == (due, "unproven")
        assert row["reason"] == "the evidence is incomplete: log log/3.csv:2 states a local time with two readings"
