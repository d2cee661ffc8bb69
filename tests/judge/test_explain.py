"""Explanations: the law's sentence about cited events, and what each part of one says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dutywatch import pipeline
from dutywatch.errors import UnknownDuty
from dutywatch.judge import COLUMNS, Known, chinese, demand, draft, explanation, explanation_en, explanation_zh, known
from dutywatch.judge.citations import cited
from dutywatch.judge.coverage import BEGINNING
from dutywatch.judge.explanation import Explanation
from dutywatch.lake import Lake, connect
from dutywatch.ledger import decisions, evaluations
from dutywatch.ledger.decisions import KINDS, Decision
from dutywatch.ledger.deliveries import Accepted
from dutywatch.ledger.missing import in_chinese
from dutywatch.ledger.verdicts import Standing
from dutywatch.settings import Settings
from dutywatch.terms.words import Words
from tests.conftest import HOME
from tests.judge.bench import PATTERNS
from tests.judge.oracle import File
from tests.spec import town as spec_town
from tests.town import NAME, Town, at, found, words

UTC = ZoneInfo("UTC")
SNOW = {"at": at(11, 1), "kind": "snow"}
DUTY = f"{NAME}/clear/U0/2024-01-10T17:00Z"
PLOWED = {"at": at(11, 9), "unit": "U0", "kind": "plow", "note": "两遍"}


def explained(town: Town, duty: str = DUTY, **options: Any) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(pipeline.explain(town.settings, duty, language="json", **options))
    return answer


def test_a_duty_done_cites_the_act_with_its_file_line_and_row(settings: Settings) -> None:
    town = found(settings)
    town.deliver("weather", 11, [SNOW])
    town.deliver("log", 10, [])
    town.deliver("log", 11, [{"at": at(11, 8), "unit": "U1", "kind": "plow"}, PLOWED])
    town.judge(at(12, 7))
    said = pipeline.explain(town.settings, DUTY)
    for part in (
        "Clause    Annex 2 §3.1 (https://example.org/annex-2)",
        "Party     Firm (firm) owes it; desk (desk) answers for it",
        "Judged    as of 2024-01-12 07:00:00 CST, as known at 2024-01-12 07:00:00 CST",
        "Clock     from 2024-01-11 01:00:00 CST to 2024-01-11 19:00:00 CST",
        "the contract says PT18H; calendar always",
        "acts count from 2024-01-10 21:00:00 CST on",
        "Verdict   met (met)",
        "Evidence  log log/2024-01-11.csv:3, received 2024-01-12 05:00:00 CST, SHA-256 ",
        "at 2024-01-11 09:00:00 CST, unit U0, kind plow, note 两遍",
        "2024-01-12 07:00:00 CST  pending.running -> met: done in time",
    ):
        assert part in said, said
    zh = pipeline.explain(town.settings, DUTY, language="zh")
    for part in ("义务　　　道路除雪", "责任方　　环卫公司（firm）", "判定　　　已履行", "原因　　　已按时完成"):
        assert part in zh, zh
    (event,) = explained(town)["cited"]
    assert (event["source"], event["line"], event["row"]["at"]) == ("log", 3, "2024-01-11T01:00:00Z")


def test_what_is_missing_is_named_with_its_holder_and_since_when_it_is_due(settings: Settings) -> None:
    town = found(settings)
    town.deliver("weather", 11, [SNOW], received=at(11, 20))
    town.deliver("log", 10, [])
    town.judge(at(12, 7))
    (missing,) = explained(town)["missing"]
    assert missing == {
        "missing": "log of 2024-01-11",
        "start": "2024-01-10T16:00:00Z",
        "end": "2024-01-11T11:00:00Z",
        "holder": "firm",
        "due_at": "2024-01-11T22:00:00Z",
    }
    said = pipeline.explain(town.settings, DUTY)
    assert "no single event forces it" in said and "Firm (firm) owes it, due since 2024-01-12 06:00:00 CST" in said
    zh = pipeline.explain(town.settings, DUTY, language="zh")
    assert "所缺　　　2024-01-11的 log（2024-01-11 00:00:00 CST至2024-01-11 19:00:00 CST）" in zh
    assert "举证方：环卫公司（firm），自2024-01-12 06:00:00 CST起逾期" in zh
    before = pipeline.explain(town.settings, DUTY, as_of=at(12, 2))
    assert "pending (pending.overdue)" in before and "owes it, due 2024-01-12 06:00:00 CST" in before


def test_acts_that_do_not_count_are_shown_with_the_reason(settings: Settings) -> None:
    """Acts count from the 10th 21:00 to the 11th 19:00. U1 was swept in that time and plowed an hour before and an hour
    after; nine sweepings of U2 are shown as five, and the others counted; U0 was plowed in time and shows none."""
    town = found(settings)
    town.deliver("weather", 11, [SNOW])
    town.deliver("log", 10, [{"at": at(10, 20), "unit": "U1", "kind": "plow"}])
    swept = [{"at": at(11, 9), "unit": "U1", "kind": "sweep"}, {**PLOWED, "at": at(11, 20), "unit": "U1"}]
    many = [{"at": at(11, 9 + n), "unit": "U2", "kind": "sweep"} for n in range(9)]
    town.deliver("log", 11, [*swept, PLOWED, {**PLOWED, "kind": "sweep"}, *many])
    town.judge(at(12, 7))
    u1 = DUTY.replace("U0", "U1")
    text = pipeline.explain(town.settings, u1)
    assert "Uncounted log log/2024-01-10.csv:2, plow at 2024-01-10 20:00:00 CST: before acts count\n" in text
    assert "          log log/2024-01-11.csv:2, sweep at 2024-01-11 09:00:00 CST: another kind than plow\n" in text
    assert "2024-01-11.csv:3, plow" not in text  # it is the cure, and cited
    zh = pipeline.explain(town.settings, u1, language="zh")
    assert "未计入　　log log/2024-01-10.csv:2，2024-01-10 20:00:00 CST plow：早于可计入时间" in zh
    assert "log log/2024-01-11.csv:2，2024-01-11 09:00:00 CST sweep：类别不符，所需为plow" in zh
    assert [one["why"] for one in explained(town, u1)["uncounted"]] == ["early", "kind"]
    crowded = pipeline.explain(town.settings, DUTY.replace("U0", "U2"))
    assert crowded.count("another kind") == 5 and "and 4 more acts that do not count" in crowded
    assert "另有4项未计入" in pipeline.explain(town.settings, DUTY.replace("U0", "U2"), language="zh")
    assert "Uncounted" not in pipeline.explain(town.settings, DUTY)


def test_an_explanation_in_chinese_leaves_no_english_but_names(settings: Settings) -> None:
    town = found(settings)
    town.deliver("weather", 11, [SNOW])
    town.deliver("log", 10, [])
    town.deliver("log", 11, [{"at": at(11, 20), "unit": "U0", "kind": "plow"}])
    town.judge(at(12, 7))
    zh = pipeline.explain(town.settings, DUTY, language="zh")
    for part in (
        "期限　　　2024-01-11 01:00:00 CST至2024-01-11 19:00:00 CST",
        "合同规定：18小时；日历：全天候",
        "原因　　　完整的作业记录显示到期前未作业；逾期后已完成",
        "时间 2024-01-11 20:00:00 CST，单元 U0，类别 plow",
    ):
        assert part in zh, zh
    assert not re.search(r"done late|always|PT18H|\b(at|unit|kind)\b", zh)


@pytest.mark.parametrize(
    ("english", "said"),
    [
        ("the evidence is incomplete: log of 2024-01-11", "证据不完整：2024-01-11的 log"),
        (
            "the evidence is incomplete: log of 2024-01-11; quarantined row log a b.csv:7",
            "证据不完整：2024-01-11的 log；已隔离的行 log a b.csv:7",
        ),
        (
            "the evidence is incomplete: log of 2024-01-11 says nothing of the unit",
            "证据不完整：2024-01-11的 log 未提及该单元",
        ),
        ("the evidence is incomplete: log of 2024-01-11; done late", "证据不完整：2024-01-11的 log；逾期后已完成"),
        (
            "the evidence is incomplete; done late by another party, its cost is to be recovered",
            "证据不完整；他方逾期后代为完成，费用应予追偿",
        ),
        ("no such reason: log of 2024-01-11", "no such reason: log of 2024-01-11"),
    ],
)
def test_a_reason_is_said_in_chinese_with_what_it_lists(english: str, said: str) -> None:
    assert chinese.reason(english, {"the evidence is incomplete": "证据不完整"}) == said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (">= 5: P3D, >= 3: P2D elapsed, >= 1: P1D civil", "≥5：3天，≥3：2天（连续计时），≥1：1天（自然日）"),
        ("PT6H", "6小时"),
        ("P1DT30M working", "1天30分钟（工作日）"),
        ("each: month", "每：月"),
        ("each: day, rolling: PT24H, calendar: office", "每：日，滚动：24小时，日历：office"),
        ("season: 10-15..04-30", "季节：10-15..04-30"),
        ("plan: mon sun 2024-01-10, calendar: office", "计划：周一 周日 2024-01-10，日历：office"),
        ("while: condition snow depth >= 1, merge_gap: PT4H", "持续期间：condition snow depth >= 1，合并间隔：4小时"),
    ],
)
def test_an_allowance_is_said_in_chinese(words: str, said: str) -> None:
    assert chinese.allowance(words) == said


def test_of_two_allowances_the_one_that_holds_is_told(settings: Settings) -> None:
    """Class A has a row of its own, before the one for all."""
    table = [{"class": "A", "allow": "PT12H"}, {"allow": "PT18H"}]
    town = found(settings, within=table)
    town.deliver("weather", 11, [SNOW])
    town.judge(at(12, 7))
    said = {unit: explained(town, DUTY.replace("U0", unit)) for unit in ("U0", "U2")}
    assert [(one["clock"]["allowance"], one["due_at"]) for one in said.values()] == [
        ("PT12H", "2024-01-11T05:00:00Z"),
        ("PT18H", "2024-01-11T11:00:00Z"),
    ]


SWEEP: dict[str, Any] = {"pattern": "recur", "period": "day", "action": {"stream": "service", "kind": "sweep"}}
CALLS: dict[str, Any] = {"pattern": "attain", "window": "day", "items": {"stream": "call"}}


@pytest.mark.parametrize(
    ("owed", "told", "zh"),
    [
        ({**SWEEP, "times": 3}, ("each: day, times: 3", "Measured  2"), ("每：日，至少次数：3", "计量　　　2")),
        (
            {**SWEEP, "max_gap": "PT8H"},
            ("each: day, max_gap: PT8H", "Measured  PT11H30M"),
            ("每：日，最长间隔：8小时", "计量　　　11小时30分钟"),
        ),
        (
            {**CALLS, "percentile": {"of": "wait", "rank": 0.9}, "at_most": 20},
            ("each: day, percentile: wait 0.9, at_most: 20", "Measured  30"),
            ("每：日，分位：wait 0.9，至多：20", "计量　　　30"),
        ),
        (
            {"pattern": "keep", "window": "day", "slot": "PT12H", "level": {"stream": "call", "value": "wait"}}
            | {"at_most": 20},
            ("each: day, slot: PT12H, at_most: 20, max_bad: 0", "Measured  1"),
            ("每：日，时段：12小时，至多：20，至多不达标时段：0", "计量　　　1"),
        ),
    ],
)
def test_what_is_asked_of_a_period_is_told_beside_what_was_measured(
    tmp_path: Path, owed: dict[str, Any], told: tuple[str, ...], zh: tuple[str, ...]
) -> None:
    """Swept at 05:00 and 12:30; the calls waited 10 and 30 seconds."""
    events = {"log": "8T05:00 8T12:30", "calls": "8T05:00,wait=10 8T14:00,wait=30"}
    files = [one for source, rows in events.items() for one in _daily(source, rows)]
    bench = spec_town.bench(tmp_path, spec_town.contract({"duty": owed}), files)
    now = spec_town.at("9T07:00")
    row = bench.rows(bench.judge(now))["town/duty/U1/2024-01-08"]
    inputs = Known(now, now, bench.accepted, (), BEGINNING)
    made = explanation.explain(bench.terms, bench.lake, PATTERNS, inputs, row, (), recorded=True)
    in_english, in_chinese_ = "\n".join(explanation_en.lines(made)), "\n".join(explanation_zh.lines(made, {}))
    assert all(part in in_english for part in told), in_english
    assert all(part in in_chinese_ for part in zh), in_chinese_


def test_the_range_of_a_break_is_told_in_whole_seconds(tmp_path: Path) -> None:
    """Swept at 00:30 or 01:30, and at 13:00: no break was longer than 12 h 30 min, or than 11 h 30 min."""
    files = [*_daily("log", "8T01:30,earlier=8T00:30 8T13:00"), *_daily("calls", "8T05:00,wait=1")]
    bench = spec_town.bench(tmp_path, spec_town.contract({"duty": {**SWEEP, "max_gap": "PT12H"}}), files)
    now = spec_town.at("9T07:00")
    row = bench.rows(bench.judge(now))["town/duty/U1/2024-01-08"]
    inputs = Known(now, now, bench.accepted, (), BEGINNING)
    made = explanation.explain(bench.terms, bench.lake, PATTERNS, inputs, row, (), recorded=True)
    assert "Measured  PT12H30M, between PT11H30M and PT12H30M" in "\n".join(explanation_en.lines(made))


@pytest.mark.parametrize(
    ("hour", "confirmed", "logged", "told", "zh"),
    [
        ("8T13:00", None, "8", "second person: too late, for by then the duty had lapsed", "未经第二人确认，为时已晚"),
        (
            "8T13:00",
            None,
            "",
            "second person: it counts only if the duty had not lapsed",
            "未经第二人确认：仅当当时尚未",
        ),
        ("8T11:00", None, "8", "not confirmed by a second person", "未经第二人确认"),
        ("8T13:00", "office", "8", "confirmed by office at", "office于"),
    ],
    ids=["after the lapse", "it may have lapsed", "before the lapse", "two persons"],
)
def test_an_excuse_without_effect_is_said_to_have_none(
    hour: str, confirmed: str | None, logged: str, told: str, zh: str, tmp_path: Path
) -> None:
    """A call waited too long at 05:00: the first half of the day is out of bounds when it ends, at noon."""
    level = {"stream": "call", "value": "wait"}
    owed = {"pattern": "keep", "window": "day", "slot": "PT12H", "level": level, "at_most": 20}
    recorded = spec_town.at(hour)
    one = Decision("excuse", None, None, None, "the server was down", "head", confirmed, recorded, recorded)
    files = _daily("calls", "8T05:00,wait=30 8T14:00,wait=10") if logged else []
    bench = replace(spec_town.bench(tmp_path, spec_town.contract({"duty": owed}), files), decisions=(one,))
    now = spec_town.at("9T07:00")
    row = bench.rows(bench.judge(now))["town/duty/U1/2024-01-08"]
    inputs = Known(now, now, bench.accepted, (one,), BEGINNING)
    made = explanation.explain(bench.terms, bench.lake, PATTERNS, inputs, row, (), recorded=True)
    in_english, in_chinese_ = "\n".join(explanation_en.lines(made)), "\n".join(explanation_zh.lines(made, {}))
    assert told in in_english and zh in in_chinese_, (in_english, in_chinese_)
    without = row["verdict"] != "excused"
    assert ("lapsed or was due" in in_english or "lapsed by then" in in_english) == without


def _daily(source: str, rows: str) -> list[File]:
    return spec_town.daily(source, "8", [spec_town.row(one) for one in rows.split()])


@pytest.mark.parametrize(
    ("period", "said"),
    [
        ({"season": {"from": "10-15", "to": "04-30"}}, "season: 10-15..04-30"),
        (
            {"plan": {"weekdays": ["mon"], "dates": ["2024-01-10"]}, "calendar": "office"},
            "plan: mon 2024-01-10, calendar: office",
        ),
        (
            {"while": {"stream": "condition", "kind": "snow", "measure": "depth", "at_least": 1, "merge_gap": "PT4H"}},
            "while: condition snow depth >= 1, merge_gap: PT4H",
        ),
        ({"each": "week"}, "each: week"),
    ],
)
def test_a_period_is_said_in_words(period: dict[str, Any], said: str) -> None:
    owed = {"sweep": {"pattern": "recur", "period": period, "action": {"stream": "service"}, "times": 1}}
    assert demand.asked(spec_town.contract(owed).obligations["sweep"], None) == f"{said}, times: 1"


def test_the_clock_shows_every_pause_with_its_notice_and_decisions_that_moved_it(settings: Settings) -> None:
    town = found(settings)
    town.deliver("weather", 11, [SNOW])
    town.deliver("log", 10, [])
    town.deliver("log", 11, [])
    storm = {"at": at(11, 4), "until": at(11, 8), "published_at": at(11, 5), "kind": "storm"}
    town.deliver("notices", "storm", [storm])
    town.judge(at(12, 7))
    said = explained(town)
    (pause,) = said["clock"]["pauses"]
    paused = {"start": "2024-01-10T21:00:00Z", "end": "2024-01-11T00:00:00Z", "zone": None}
    assert pause == {**paused, "ref": "notices notices/storm.csv:2"} and said["due_at"] == "2024-01-11T14:00:00Z"
    one = pipeline.decide(
        town.settings, NAME, "suspend", obligation="clear", grounds="the notice was late", by="head"
    ).decision
    pipeline.confirm(town.settings, one.id, "office")
    town.judge(at(12, 8))
    said = explained(town)
    assert said["clock"]["pauses"][0]["start"] == "2024-01-10T20:00:00Z" and said["due_at"] == "2024-01-11T15:00:00Z"
    assert [decision["confirmed_by"] for decision in said["decisions"]] == ["office"]
    text = pipeline.explain(town.settings, DUTY)
    assert "paused from 2024-01-11 04:00:00 CST to 2024-01-11 08:00:00 CST: notices notices/storm.csv:2" in text
    assert (
        "Decided   suspend by head (head) at 2024-01-12 07:00:00 CST: the notice was late; confirmed by office" in text
    )
    pipeline.decide(
        town.settings, NAME, "waive", obligation="clear", grounds="a poor winter", by="head", published="gazette 7"
    )
    zh = pipeline.explain(town.settings, DUTY, language="zh")
    assert "head（head）于2024-01-12 07:00:00 CST作出：the notice was late；office（office）于2024-01-12 07" in zh
    assert "：a poor winter；公开于：gazette 7" in zh


def test_what_is_missing_of_before_the_term_is_named(settings: Settings) -> None:
    """It snowed as the term began, acts count from four hours before; the firm keeps a log of that day already."""
    contract = words()
    contract["sources"]["log"]["from"] = "2024-01-09"
    town = found(settings)
    town.write(contract)
    town.deliver("weather", 10, [{**SNOW, "at": at(10, 1)}])
    town.deliver("log", 10, [])
    town.judge(at(11, 7))
    said = explained(town, f"{NAME}/clear/U0/2024-01-09T17:00Z")
    assert (said["verdict"], said["reason"]) == ("unproven", "the evidence is incomplete: log of 2024-01-09")
    (missing,) = said["missing"]
    assert (missing["missing"], missing["start"], missing["end"]) == (
        "log of 2024-01-09",
        "2024-01-09T13:00:00Z",
        "2024-01-09T16:00:00Z",
    )


def test_what_is_missing_of_what_may_be_open_since_before_the_window_is_named(settings: Settings) -> None:
    """One hole may be open at most. What was dug up on the 11th, before the term, and is open since, nobody knows."""
    contract = words()
    contract["term"]["from"] = "2024-01-12"
    contract["sources"]["log"]["from"] = "2024-01-10"
    del contract["obligations"]["clear"]
    contract["obligations"]["dug"] = {
        "title": {"en": "One hole at most"},
        "clause": "§2",
        "party": "firm",
        "pattern": "keep",
        "window": "day",
        "slot": "PT6H",
        "level": {"stream": "service", "kind": "dig", "open": True},
        "at_most": 1,
        "supervisor": "desk",
    }
    contract["sources"]["log"]["columns"] = {"at": "at", "unit": "unit", "kind": "kind", "until": "until"}
    town = found(settings)
    town.write(contract)
    for day in (10, 12):
        town.deliver("log", day, [{"at": at(day, 9), "until": at(day, 10), "unit": "U0", "kind": "dig"}])
    town.judge(at(13, 7))
    said = explained(town, f"{NAME}/dug/U0/2024-01-12")
    assert (said["verdict"], said["reason"]) == ("unproven", "the evidence is incomplete: log of 2024-01-11")
    (missing,) = said["missing"]
    assert (missing["missing"], missing["start"], missing["end"], missing["holder"]) == (
        "log of 2024-01-11",
        "2024-01-10T16:00:00Z",
        "2024-01-11T16:00:00Z",
        "firm",
    )


def test_a_waiver_is_told_although_nothing_is_judged_after_it(settings: Settings) -> None:
    town = found(settings)
    town.deliver("weather", 11, [SNOW])
    for day in (10, 11):
        town.deliver("log", day, [])
    town.judge(at(12, 7))
    pipeline.advance(town.settings, at(12, 8))
    pipeline.decide(town.settings, NAME, "waive", obligation="clear", grounds="a flood", by="head", published="gazette")
    (waiver,) = explained(town)["decisions"]
    assert (waiver["kind"], waiver["recorded_at"]) == ("waive", "2024-01-12T00:00:00Z")
    assert "Decided   waive by head (head) at 2024-01-12 08:00:00 CST" in pipeline.explain(town.settings, DUTY)
    assert explained(town, known_at=at(12, 7))["decisions"] == []


def test_a_clock_that_does_not_run_yet_is_not_paused(settings: Settings) -> None:
    """It runs from the snowfall's end, and whether the snow of the 11th has ended nobody knows before the 12th."""
    town = found(settings, clock={"from": "trigger.end", "early": "PT4H"})
    town.deliver("weather", 11, [SNOW], received=at(11, 2))
    town.deliver("notices", "storm", [{"at": at(11, 2), "until": at(11, 8), "kind": "storm"}])
    town.judge(at(11, 5))
    said = explained(town)
    assert (said["clock_start"], said["clock"]["pauses"]) == (None, [])


def test_a_clock_that_starts_at_one_of_two_times_is_shown_by_both(settings: Settings) -> None:
    """It snowed at 00:00 or at 01:00; in time by the second reading alone, until 19:00."""
    town = found(settings)
    town.deliver("weather", 11, [{**SNOW, "at_earlier": at(11, 0)}])
    town.deliver("log", 10, [])
    town.deliver("log", 11, [{**PLOWED, "at": at(11, 18.5)}, {**PLOWED, "unit": "U1"}])
    town.judge(at(12, 7))
    by_both = explained(town, DUTY.replace("U0", "U1"))
    assert (by_both["verdict"], by_both["missing"]) == ("met", [])
    said = explained(town)
    assert (said["verdict"], said["reason"]) == (
        "unproven",
        "the evidence is incomplete: weather weather/2024-01-11.csv:2 states a local time with two readings",
    )
    assert said["clock"]["otherwise"] == ["2024-01-10T16:00:00Z", "2024-01-11T10:00:00Z"]
    (missing,) = said["missing"]
    assert (missing["holder"], missing["start"], missing["end"]) == (
        "weather-service",
        "2024-01-10T16:00:00Z",
        "2024-01-10T17:00:00Z",
    )
    en, zh = (pipeline.explain(town.settings, DUTY, language=language) for language in ("en", "zh"))
    assert "or from 2024-01-11 00:00:00 CST to 2024-01-11 18:00:00 CST: its trigger states" in en
    assert "或2024-01-11 00:00:00 CST至2024-01-11 18:00:00 CST：起算事件所记当地时间有两种读法" in zh
    assert "证据不完整：weather weather/2024-01-11.csv:2 的当地时间有两种读法" in zh


def test_an_act_that_counts_by_one_of_two_readings_is_not_said_to_be_early_or_late(settings: Settings) -> None:
    """It snowed at 01:00, or at 00:00: U0 was plowed at 20:30, from when on acts count by the second reading alone. U1
    was plowed twice, half an hour after it was due or half an hour before."""
    town = found(settings)
    town.deliver("weather", 11, [{**SNOW, "at_earlier": at(11, 0)}])
    town.deliver("log", 10, [{**PLOWED, "at": at(10, 19.5)}, {**PLOWED, "at": at(10, 20.5)}])
    twice = [{**PLOWED, "unit": "U1", "at": at(11, hour), "at_earlier": at(11, hour - 1)} for hour in (19.5, 19.6)]
    town.deliver("log", 11, twice)
    town.judge(at(12, 7))
    said = explained(town)
    assert [(one["at"], one["why"]) for one in said["uncounted"]] == [("2024-01-10T11:30:00Z", "early")]
    assert said["clock"]["lower_otherwise"] == "2024-01-10T12:00:00Z"
    en, zh = (pipeline.explain(town.settings, DUTY, language=language) for language in ("en", "zh"))
    assert "acts count from 2024-01-10 21:00:00 CST, or 2024-01-10 20:00:00 CST, on" in en
    assert "2024-01-10 21:00:00 CST起（或2024-01-10 20:00:00 CST起）的作业均计入" in zh
    assert explained(town, DUTY.replace("U0", "U1"))["uncounted"] == []


def test_a_new_trigger_at_one_of_two_times_is_shown_by_both(settings: Settings) -> None:
    """Due at 19:00. It snowed anew at 18:30, and started the clock anew, or at 19:30, which was too late."""
    town = found(settings, reset={"at_most": "P9D"})
    town.deliver("weather", 11, [SNOW, {**SNOW, "at": at(11, 19.5), "at_earlier": at(11, 18.5)}])
    town.deliver("log", 10, [])
    town.deliver("log", 11, [])
    town.judge(at(12, 7))
    said = explained(town)
    assert said["verdict"] == "unproven"
    (missing,) = said["missing"]
    assert (missing["holder"], missing["start"], missing["end"]) == (
        "weather-service",
        "2024-01-11T10:30:00Z",
        "2024-01-11T11:30:00Z",
    )


def test_a_time_that_the_order_itself_states_is_its_allowance(settings: Settings) -> None:
    """An order without a number of its own: it is known by its instant and its place. No calendar puts its time off."""
    order = {"trigger": {"stream": "notice", "kind": "order", "each": "record"}, "within": "trigger.until"}
    town = found(settings)
    contract = words(**order, clock={"from": "trigger.start", "calendar": "office"}, suspended_by=None)
    town.write({**contract, "calendars": {"office": {"hours": {"mon-fri": "08:00-17:00"}}}})
    town.deliver("notices", "order", [{"at": at(11, 8), "until": at(11, 20), "kind": "order"}])
    town.deliver("log", 11, [])
    town.judge(at(12, 7))
    (duty,) = (
        row["duty_id"]
        for row in pipeline.judge_as_known(town.settings, NAME, at(12, 7)).to_pylist()
        if "/clear/" in row["duty_id"]
    )
    assert duty == f"{NAME}/clear/{NAME}/2024-01-11T00:00Z@"
    said = explained(town, duty)
    assert (said["clock"]["allowance"], said["due_at"]) == ("trigger.until", "2024-01-11T12:00:00Z")
    assert said["clock"]["calendar"] == "always"


def test_words_that_allow_the_class_nothing_any_more_are_not_told(settings: Settings) -> None:
    within = [{"class": "A", "allow": "PT18H"}, {"class": "B", "allow": "PT20H"}]
    town = found(settings, within=within)
    town.deliver("weather", 11, [SNOW])
    town.judge(at(12, 7))
    assert "the contract says PT18H; calendar" in pipeline.explain(town.settings, DUTY)
    town.write(words(within=within[1:]))
    for language, said, changed in (
        ("en", "the contract says", "file has changed"),
        ("zh", "合同规定", "文件此后已变更"),
    ):
        text = pipeline.explain(town.settings, DUTY, language=language)
        assert said not in text and changed in text


def test_a_delivery_is_cited_by_the_file_that_could_be_read(settings: Settings) -> None:
    town = found(settings)
    town.judge(at(12, 7))
    town.deliver("log", 12, [], received=at(13, 4), refused="it is no CSV file")
    town.deliver("log", 12, [{**PLOWED, "at": at(12, 9)}], received=at(13, 5))
    town.judge(at(13, 7))
    duty = f"{NAME}/deliver:log/log/2024-01-12"
    (cited_file,) = explained(town, duty)["cited"]
    assert (cited_file["received_at"], cited_file["line"], cited_file["row"]) == ("2024-01-12T21:00:00Z", None, {})
    assert "Evidence  log log/2024-01-12.csv, received 2024-01-13 05:00:00 CST" in pipeline.explain(town.settings, duty)
    zh = pipeline.explain(town.settings, duty, language="zh")
    assert "证据　　　log log/2024-01-12.csv，2024-01-13 05:00:00 CST收到" in zh


def test_what_no_delivery_can_bring_any_more_is_said_to_be_so(settings: Settings) -> None:
    """The log is asked for by polls; the first of them came after acts began to count, and nothing tells of before."""
    contract = words()
    log = contract["sources"]["log"]
    log.update(path="log/{part}.csv", redelivery="append", polls={"max_lag": "PT0S", "shows": "all"})
    log["columns"] = {**log["columns"], "seen_at": "seen_at"}
    del log["due"]
    town = found(settings)
    town.write(contract)
    town.deliver("weather", 11, [SNOW])
    polls = [(at(11, 5), "first"), (at(11, 23), "last")]
    for seen_at, name in polls:
        row = {"at": at(11, 5), "unit": "U1", "kind": "sweep", "seen_at": seen_at}
        town.deliver("log", name, [row], received=seen_at)
    town.judge(at(12, 7))
    (missing,) = explained(town)["missing"]
    assert (missing["missing"], missing["due_at"]) == ("log before its first poll", None)
    said = pipeline.explain(town.settings, DUTY)
    assert "Firm (firm) owes it, nothing more is due: what came leaves it open" in said
    assert "已无待交：已交内容不足以认定" in pipeline.explain(town.settings, DUTY, language="zh")


def test_what_is_missing_of_a_measured_level_is_named(settings: Settings) -> None:
    contract = words()
    one = contract["obligations"]["clear"]
    for word in ("trigger", "clock", "action", "refuted_by", "suspended_by", "within"):
        del one[word]
    level = {"stream": "service", "kind": "plow", "count": "unit"}
    one.update(pattern="keep", window={"each": "day"}, slot="PT24H", level=level, at_least=1, per="contract")
    town = found(settings)
    town.write(contract)
    town.deliver("log", 10, [])
    town.judge(at(12, 7))
    (missing,) = explained(town, f"{NAME}/clear/{NAME}/2024-01-11")["missing"]
    assert (missing["missing"], missing["holder"]) == ("log of 2024-01-11", "firm")


def test_an_act_that_the_clause_does_not_ask_for_is_shown_as_that(settings: Settings) -> None:
    town = found(settings, action={"stream": "service", "kind": "plow", "where": "unit <> 'U1'"})
    town.deliver("weather", 11, [SNOW])
    town.deliver("log", 10, [])
    town.deliver("log", 11, [{**PLOWED, "unit": "U1"}])
    town.judge(at(12, 7))
    duty = DUTY.replace("U0", "U1")
    assert [one["why"] for one in explained(town, duty)["uncounted"]] == ["where"]
    assert "plow at 2024-01-11 09:00:00 CST: not as the clause asks" in pipeline.explain(town.settings, duty)


def test_a_past_moment_is_explained_with_what_was_known_then(settings: Settings) -> None:
    town = found(settings)
    town.deliver("weather", 11, [SNOW], received=at(11, 20))
    town.deliver("log", 10, [])
    town.deliver("log", 11, [PLOWED], received=at(13, 9))
    town.judge(at(12, 7))
    town.judge(at(13, 10))
    assert "met (met)" in pipeline.explain(town.settings, DUTY)
    then = pipeline.explain(town.settings, DUTY, known_at=at(12, 7))
    assert "unproven (unproven)" in then and "not recorded" in then
    assert "pending.running -> unproven" in then and "-> met" not in then
    with pytest.raises(UnknownDuty, match="was not known then"):
        pipeline.explain(town.settings, DUTY, known_at=at(11, 19))


def test_what_came_too_late_does_not_count_for_an_earlier_instant_either(settings: Settings) -> None:
    """Proof had to be there by the 12th at 19:00; the log came on the 13th."""
    town = found(settings, proof_until="PT24H")
    town.deliver("weather", 11, [SNOW])
    town.deliver("log", 10, [])
    town.deliver("log", 11, [PLOWED], received=at(13, 9))
    town.judge(at(13, 10))
    for hour, stood in ((5, "pending"), (7, "unproven"), (18, "unproven"), (20, "unproven")):
        for known_at in (at(12, hour), at(13, 10)):
            rows = pipeline.judge_as_known(town.settings, NAME, known_at, at(12, hour)).to_pylist()
            assert [row["verdict"] for row in rows if row["duty_id"] == DUTY] == [stood]
    then = pipeline.explain(town.settings, DUTY, known_at=at(13, 10), as_of=at(12, 18))
    assert "Too late" in then


def test_an_unknown_duty_names_the_nearest_ones(settings: Settings) -> None:
    town = found(settings)
    with pytest.raises(UnknownDuty, match="nothing of contract town is judged yet: dutywatch judge town"):
        pipeline.explain(town.settings, DUTY)
    town.deliver("weather", 11, [SNOW])
    town.judge(at(12, 7))
    with pytest.raises(UnknownDuty, match=f"no duty {DUTY[:-1]} is known.*nearest are {DUTY}, {NAME}/clear/U1/"):
        pipeline.explain(town.settings, DUTY[:-1])
    town.judge(at(13, 7))
    late = pipeline.explain(town.settings, f"{NAME}/deliver:log/log/2024-01-12")
    assert "The daily delivery of log" in late and "not delivered" in late
    then = pipeline.explain(town.settings, f"{NAME}/deliver:log/log/2024-01-12", known_at=at(13, 5), language="zh")
    assert "每日报送：log" in then and "未入台账" in then
    with pytest.raises(UnknownDuty, match="was not known then"):
        pipeline.explain(town.settings, f"{NAME}/cleer/U0/x", known_at=at(13, 5))
    renamed = words()
    renamed["obligations"]["plow"] = renamed["obligations"].pop("clear")
    town.write(renamed)
    with pytest.raises(UnknownDuty, match=f"the contract's file knows clear no more; recorded of {DUTY}: unproven"):
        pipeline.explain(town.settings, DUTY)
    with pytest.raises(UnknownDuty, match=f"the contract's file knows clear no more; recorded of {DUTY}: unproven"):
        pipeline.explain(town.settings, DUTY, known_at=at(12, 5))


def test_a_duty_that_took_a_void_one_s_place_tells_its_history(settings: Settings) -> None:
    town = found(settings)
    town.deliver("weather", 11, [SNOW], received=at(11, 20))
    town.deliver("log", 10, [])
    town.deliver("log", 11, [])
    town.judge(at(12, 7))
    trigger = DUTY.rpartition("/")[2]
    with town.connected() as connection:
        one = Decision(
            "waive", "clear", "U0", trigger, "the road was closed", "head", None, at(12, 7.5), None, "gazette"
        )
        decisions.record(connection, NAME, one)
    town.deliver("weather", 11, [{**SNOW, "at": at(11, 2)}], received=at(12, 8))
    town.judge(at(12, 9))
    heir = f"{NAME}/clear/U0/2024-01-10T18:00Z"
    assert f"Successor {heir}" in pipeline.explain(town.settings, DUTY)
    said = explained(town, heir)
    assert said["predecessors"] == [DUTY]
    assert [one["grounds"] for one in said["decisions"]] == ["the road was closed"]  # it moves with the lapse
    assert said["history"][0]["duty_id"] == DUTY
    assert f"Succeeds  {DUTY}" in pipeline.explain(town.settings, heir)
    assert f"承接自　　{DUTY}" in pipeline.explain(town.settings, heir, language="zh")


def test_judging_as_known_at_the_head_s_instant_gives_the_head_s_rows(settings: Settings) -> None:
    town = found(settings)
    town.deliver("weather", 11, [SNOW])
    town.deliver("log", 11, [PLOWED])
    town.judge(at(12, 7))
    rows = {row["duty_id"]: row for row in pipeline.judge_as_known(town.settings, NAME, at(12, 7)).to_pylist()}
    for duty in (DUTY, DUTY.replace("U0", "U1")):
        recorded = explained(town, duty)
        assert recorded["standing"] == rows[duty]["standing"] and recorded["reason"] == rows[duty]["reason"]
    assert not list((town.settings.lake / "drafts").iterdir())
    assert pipeline.judge_as_known(town.settings, NAME, at(9)).num_rows == 0


def test_resets_breaches_that_start_clocks_and_open_suspensions_are_explained(settings: Settings) -> None:
    town = found(settings, reset={"at_most": "P3D"}, suspended_by={"stream": "notice", "kind": "storm"})
    contract = words(reset={"at_most": "P3D"}, suspended_by={"stream": "notice", "kind": "storm"})
    contract["obligations"]["redo"] = {
        **words()["obligations"]["clear"],
        "trigger": {"breach": "clear"},
        "within": [{"class": "A", "allow": "PT24H"}, {"class": "B", "allow": "P1D", "days": "civil"}],
        "clock": {"from": "trigger.start", "early": "any"},
        "proof_until": "P1D",
    }
    town.write(contract)
    town.deliver("weather", 11, [SNOW, {**SNOW, "at": at(11, 12)}])
    town.deliver("weather", 12, [])
    for day in (10, 11, 12):
        town.deliver("log", day, [])
    town.judge(at(14, 7))
    reset = pipeline.explain(town.settings, DUTY)
    heir = f"{NAME}/clear/U0/2024-01-11T04:00Z"
    assert "void (void.reset)" in reset and "a new trigger started it anew at 2024-01-11 12:00:00 CST" in reset
    assert f"Successor {heir}" in reset
    assert "新的起算事件使期限重新起算" in pipeline.explain(town.settings, DUTY, language="zh")
    redo = f"{NAME}/redo/U0/clear~2024-01-11T04:00Z"
    said = explained(town, redo)
    assert (said["clock_start"], said["clock"]["lower"], said["clock"]["early"]) == ("2024-01-11T22:00:00Z", None, True)
    assert (said["clock"]["allowance"], said["standing"]) == ("PT24H", "unproven")
    assert "acts count from any time on" in pipeline.explain(town.settings, redo)
    assert "任何时间的作业均计入" in pipeline.explain(town.settings, redo, language="zh")
    assert explained(town, redo.replace("U0", "U2"))["clock"]["allowance"] == "P1D civil"
    town.deliver("notices", "storm", [{"at": at(11, 20), "kind": "storm"}], received=at(14, 8))
    town.judge(at(14, 9))
    paused = pipeline.explain(town.settings, heir)
    assert "pending (pending.suspended)" in paused and "from 2024-01-11 12:00:00 CST to not yet known" in paused
    assert "paused from 2024-01-11 20:00:00 CST and not lifted yet: notices notices/storm.csv:2" in paused
    assert "起，尚未解除，依据notices notices/storm.csv:2" in pipeline.explain(town.settings, heir, language="zh")


def test_what_would_tell_of_a_new_trigger_is_said_to_be_missing(settings: Settings) -> None:
    """Due at 19:00; whether it snowed anew the station told until 13:00."""
    town = found(settings, reset={"at_most": "P3D"})
    town.deliver("weather", 11, [SNOW], received=at(11, 13))
    for day in (10, 11):
        town.deliver("log", day, [])
    town.judge(at(12, 7))
    (missing,) = explained(town)["missing"]
    assert (missing["missing"], missing["holder"]) == ("weather of 2024-01-11", "weather-service")
    assert (missing["start"], missing["end"]) == ("2024-01-11T05:00:00Z", "2024-01-11T11:00:00Z")
    assert "unproven (unproven)" in pipeline.explain(town.settings, DUTY)
    assert "证据不完整：2024-01-11的 weather" in pipeline.explain(town.settings, DUTY, language="zh")


def test_a_clock_is_said_to_start_anew_only_where_it_does(settings: Settings) -> None:
    """It snowed at 20:00 and, before the first duties fell due, at 02:00. U1 left the register in between, U3 became
    another class that is owed, U4 one that is owed nothing."""
    town = found(settings)
    rungs = [{"class": one, "allow": "PT18H"} for one in ("A", "B")]
    contract = words(reset={"at_most": "P3D"}, within=rungs)
    contract["units"] |= {"from": "since", "to": "until"}
    file = town.write(contract)
    units = "U0,A,,\nU1,A,,2024-01-11\nU2,B,,\nU3,B,,2024-01-11\nU3,A,2024-01-12,\n"
    units += "U4,B,,2024-01-11\nU4,C,2024-01-12,\n"
    (file.parent / "units.csv").write_text("id,class,since,until\n" + units, encoding="utf-8")
    town.deliver("weather", 11, [{**SNOW, "at": at(11, 20)}])
    town.deliver("weather", 12, [{**SNOW, "at": at(12, 2)}])
    town.deliver("log", 11, [{"at": at(11, 22), "unit": "U0", "kind": "plow"}])
    town.judge(at(13, 7))
    duty = f"{NAME}/clear/{{}}/2024-01-11T12:00Z"
    done, left, open_, owed, free = (pipeline.explain(town.settings, duty.format(f"U{n}")) for n in range(5))
    assert "met (met)" in done and "anew" not in done
    assert "unproven (unproven)" in left and "anew" not in left
    assert "anew at 2024-01-12 02:00:00 CST, unless it was done in time" in open_
    assert "anew at 2024-01-12 02:00:00 CST, unless it was done in time" in owed
    assert "unproven (unproven)" in free and "anew" not in free
    said = pipeline.explain(town.settings, duty.format("U2"), language="zh")
    assert "新的起算事件使期限重新起算（已按时完成的除外）" in said


def test_what_came_too_late_is_shown_and_what_was_admitted_is_said_to_count(settings: Settings) -> None:
    town = found(settings, proof_until="PT12H")  # due on the 11th at 19:00: until the 12th at 07:00
    town.deliver("weather", 11, [SNOW])
    town.deliver("log", 10, [])
    town.deliver("log", 11, [PLOWED], received=at(12, 8))
    town.deliver("seen", "later", [{"at": at(11, 8), "unit": "U0", "kind": "covered"}], received=at(12, 9))
    town.deliver("seen", "other", [{"at": at(14, 8), "unit": "U0", "kind": "covered"}], received=at(14, 9))
    town.judge(at(15, 7))
    said = explained(town)
    assert said["standing"] == "unproven"
    assert [one["name"] for one in said["late"]] == ["log/2024-01-11.csv", "seen/later.csv"]
    assert (
        "Too late  log log/2024-01-11.csv, received 2024-01-12 08:00:00 CST: it counts only if two persons admit it\n"
        "          seen seen/later.csv" in pipeline.explain(town.settings, DUTY)
    )
    chinese_too = pipeline.explain(town.settings, DUTY, language="zh")
    assert "逾期证据　log log/2024-01-11.csv，2024-01-12 08:00:00 CST收到：须经两人决定采纳方可计入" in chinese_too
    with town.connected() as connection:
        one = Decision("admit", "clear", "U0", None, "the server was down", "head", None, at(15, 8))
        number = decisions.record(connection, NAME, one)
    town.judge(at(15, 9))
    alone = pipeline.explain(town.settings, DUTY)
    assert "the server was down; not confirmed by a second person" in alone and "Too late" in alone
    assert "the server was down；未经第二人确认" in pipeline.explain(town.settings, DUTY, language="zh")
    with town.connected() as connection:
        decisions.confirm(connection, number, "office", at(15, 10))
    town.judge(at(15, 11))
    both = pipeline.explain(town.settings, DUTY)
    assert "received by 2024-01-12 07:00:00 CST, and what was admitted later" in both and "Too late" not in both
    assert "；其后经决定采纳的亦计入" in pipeline.explain(town.settings, DUTY, language="zh")


def test_many_deliveries_that_came_too_late_are_counted(settings: Settings) -> None:
    town = found(settings, proof_until="PT12H")
    town.deliver("weather", 11, [SNOW])
    for number in range(7):
        row = {"at": at(11, 8 + number), "unit": "U1", "kind": "covered"}
        town.deliver("seen", f"part{number}", [row], received=at(12, 8 + number))
    town.judge(at(13, 7))
    assert "and 2 more deliveries that came too late" in pipeline.explain(town.settings, DUTY)
    assert "另有2份逾期送达" in pipeline.explain(town.settings, DUTY, language="zh")


def test_many_acts_that_did_a_part_are_counted(settings: Settings) -> None:
    town = found(settings, action={"stream": "service", "kind": {"all": ["plow", "haul"]}})
    town.deliver("weather", 11, [SNOW])
    town.deliver("log", 10, [])
    town.deliver("log", 11, [{"at": at(11, 8 + number), "unit": "U0", "kind": "plow"} for number in range(7)])
    town.judge(at(13, 7))
    assert "and 2 more acts that did a part" in pipeline.explain(town.settings, DUTY)
    assert "另有2项部分完成" in pipeline.explain(town.settings, DUTY, language="zh")


def test_an_amendment_that_gives_the_duty_its_words_is_named(settings: Settings) -> None:
    """The clock runs from the end of the snow, which was seen on both days: the words of the 12th hold, also as long as
    nobody knows whether it goes on."""
    town = found(settings)
    contract = words(clock={"from": "trigger.end", "early": "PT0S"})
    change = {"obligation": "clear", "from": "2024-01-12", "recorded": "2024-01-10", "change": {"within": "PT6H"}}
    contract["amendments"] = [{**change, "clause": "Supplement 2"}]
    town.write(contract)
    town.deliver("weather", 11, [{**SNOW, "at": at(11, 23)}])
    town.deliver("weather", 12, [{**SNOW, "at": at(12, 2)}], received=at(12, 5))
    town.judge(at(12, 5.5))
    duty = f"{NAME}/clear/U0/2024-01-11T15:00Z"
    said = explained(town, duty)
    assert (said["clock_start"], said["clock"]["allowance"]) == (None, "PT6H")
    assert said["amendments"] == [{"clause": "Supplement 2", "from": "2024-01-12", "to": None}]
    told = pipeline.explain(town.settings, duty)
    assert "annex-2)\n          amended by Supplement 2, for clocks that start from 2024-01-12 on" in told
    assert "经Supplement 2修订，适用于2024-01-12起起算的期限" in pipeline.explain(town.settings, duty, language="zh")


def test_words_that_govern_by_the_day_of_the_crossing_are_the_ones_explained(settings: Settings) -> None:
    """From the 12th on the clock runs from the snow's start, which was on the 11th: by no words on a day of theirs."""
    town = found(settings)
    contract = words(clock={"from": "trigger.end", "early": "PT0S"}, within="PT6H")
    change = {"clock": {"from": "trigger.start"}, "within": "PT3H"}
    about = {"obligation": "clear", "clause": "Supplement 2", "from": "2024-01-12", "recorded": "2024-01-10"}
    contract["amendments"] = [{**about, "change": change}]
    town.write(contract)
    town.deliver("weather", 11, [{**SNOW, "at": at(11, 23)}])
    town.deliver("weather", 12, [{**SNOW, "at": at(12, 2)}])
    town.judge(at(13, 6))
    said = explained(town, f"{NAME}/clear/U0/2024-01-11T15:00Z")
    assert (said["clock_start"], said["due_at"]) == ("2024-01-11T18:00:00Z", "2024-01-12T00:00:00Z")
    assert (said["clock"]["allowance"], said["amendments"]) == ("PT6H", [])


# ------------------------------------------------- "Deleting a cited event changes verdict, instant or evidence; ..."

DONE = [
    {"at": at(11, 9), "unit": "U0", "kind": "plow"},  # in time
    {"at": at(11, 21), "unit": "U2", "kind": "plow"},  # late
    {"at": at(11, 9), "unit": "U3", "kind": "plow"},  # in time, says the firm; an inspector says otherwise
    {"at": at(11, 8), "unit": "U4", "kind": "plow"},  # twice in time
    {"at": at(11, 9), "unit": "U4", "kind": "plow"},
    {"at": at(11, 9), "unit": "U5", "kind": "plow"},  # in time, says the firm, and late once more
    {"at": at(11, 20), "unit": "U5", "kind": "plow"},
]
UNDONE = [
    {"at": at(11, 20), "unit": "U1", "kind": "covered"},
    {"at": at(11, 10), "unit": "U3", "kind": "covered"},
    {"at": at(11, 10), "unit": "U5", "kind": "covered"},
]
CITED = {"U0": 1, "U1": 1, "U2": 1, "U3": 1, "U4": 1, "U5": 2}
COMPARED = ("standing", "reason", "evidence", "fulfilled_at", "lapsed_at", "due_at", "coverage")


@dataclass(frozen=True)
class Evening:
    """The town on the 12th: what was known, and the same with one file's rows changed."""

    town: Town
    inputs: Known

    def rows(self, source: str = "", change: Callable[[list[dict[str, Any]]], object] = len) -> dict[str, Any]:
        """The rows by unit, after `change` was done to the rows of `source`."""
        lake, accepted = Lake(self.town.settings.lake), list(self.inputs.accepted)
        for index, one in enumerate(accepted):
            if one.source == source and one.accepted:
                table = pq.read_table(lake.path(one.accepted_file))
                rows = table.to_pylist()
                change(rows)
                path = f"accepted/changed-{uuid4().hex}.parquet"
                pq.write_table(pa.Table.from_pylist(rows, table.schema), lake.path(path))
                accepted[index] = replace(one, accepted_file=path, accepted=len(rows))
        terms = pipeline.load(self.town.settings, NAME)
        inputs = replace(self.inputs, accepted=tuple(accepted))
        found = draft(lake, terms, HOME / "sql" / "patterns", inputs, ["clear"]).to_pylist()
        clear = [row for row in found if "/clear/" in row["duty_id"]]
        return {row["unit"]: tuple(row[name] for name in COMPARED) for row in clear}


@pytest.fixture
def evening(settings: Settings) -> Evening:
    town = found(settings)
    town.deliver("weather", 11, [SNOW])
    town.deliver("log", 10, [])
    town.deliver("log", 11, DONE)
    town.deliver("seen", "all", UNDONE, received=at(11, 22))
    town.judge(at(12, 7))
    with town.connected() as connection:
        return Evening(town, known(connection, NAME, at(12, 7), at(12, 7)))


def test_deleting_a_cited_event_changes_verdict_instant_or_evidence(evening: Evening) -> None:
    before = evening.rows()
    assert {unit: len(row[2].split("; ")) for unit, row in before.items()} == CITED
    for unit in CITED:
        for event in explained(evening.town, DUTY.replace("U0", unit))["cited"]:

            def without(rows: list[dict[str, Any]], line: int = event["line"]) -> None:
                rows[:] = [row for row in rows if row["line"] != line]

            after = evening.rows(event["source"], without)
            assert after[unit] != before[unit], event
            assert {k: v for k, v in after.items() if k != unit} == {k: v for k, v in before.items() if k != unit}


def test_adding_an_event_outside_the_clock_and_the_scope_changes_nothing(evening: Evening) -> None:
    before = evening.rows()
    outside = [
        ("log", {"at": at(10, 20), "unit": "U1", "kind": "plow"}),  # an hour before acts count
        ("log", {"at": at(11, 9), "unit": "U9", "kind": "plow"}),  # a unit that nobody knows
        ("log", {"at": at(11, 9), "unit": "U1", "kind": "sweep"}),  # another kind of act
        ("log", {"at": at(12, 8), "unit": "U1", "kind": "plow"}),  # after the instant at which it is judged
        ("seen", {"at": at(10, 20), "unit": "U0", "kind": "covered"}),  # before the snow
        ("seen", {"at": at(11, 12), "unit": "U0", "kind": "clear"}),
    ]
    for source, event in outside:
        added: dict[str, Any] = {"line": 99, **event}
        assert evening.rows(source, lambda rows, added=added: rows.append({**rows[0], **added})) == before, event


# ------------------------------------------------------------------------------------------------- single sentences


def told(illustrative: bool = False, **row: Any) -> tuple[str, str]:
    """The explanation of a duty of one window with these columns, in English and in Chinese."""
    empty = dict.fromkeys(COLUMNS)
    values = {**empty, "unit": "Q1", "standing": "breached.open", "verdict": "breached", "reason": "why", **row}
    name = Words(en="Answered", zh="接听")
    found = Explanation(
        "town/answer/Q1/2024-01", "answer", name, "§2", None, "desk", {}, UTC, at(12), at(12), True, True, values,
        None, (), (), (), (), illustrative=illustrative,
    )  # fmt: skip
    return "\n".join(explanation_en.lines(found)), "\n".join(explanation_zh.lines(found, {"why": "原因如此"}))


def test_a_clause_of_a_third_party_is_said_to_be_illustrative() -> None:
    en, zh = told()
    assert "illustrative" not in en and "示例" not in zh
    en, zh = told(illustrative=True)
    assert "Clause    §2\n          illustrative: read on a third party's page" in en
    assert "条款　　　§2\n　　　　　示例：出自第三方网页" in zh


def test_what_was_measured_is_told_with_its_range_and_its_items() -> None:
    en, zh = told(measured=0.75, measured_low=0.5, measured_high=1.0, items=4)
    assert "Measured  0.75, between 0.5 and 1, as the missing evidence may be, of 4 items" in en
    assert "计量　　　0.75，视所缺证据，介于0.5与1之间，共4项" in zh
    en, zh = told(measured=3.0, measured_low=3.0, measured_high=None)
    assert "Measured  3, between 3 and unknown" in en and "介于3与不明之间" in zh
    en, zh = told(measured=3.0, measured_low=3.0, measured_high=3.0, items=3)
    assert "Measured  3, of 3 items" in en and "计量　　　3，共3项" in zh
    en, zh = told(items=0)
    assert "Measured  not to be told, of 0 items" in en and "无法得出" in zh
    assert "Measured" not in told()[0]


def test_what_cannot_be_said_is_said_to_be_so() -> None:
    en, zh = told(trigger_from=at(11), proof_due=at(12))
    assert "not running yet" in en and "尚未起算" in zh
    assert "the contract's file has changed since" in en and "合同文件此后已变更" in zh
    assert "not measured while the due time is not known" in en and "到期时间未定" in zh
    assert "Proof due 2024-01-11 16:00:00 UTC" in en and "举证期限　2024-01-11 16:00:00" in zh
    assert "pending since its trigger; nothing has changed" in en and "尚无变更" in zh
    assert "判定　　　违约（未补做）\n原因　　　原因如此" in zh


def test_every_standing_and_every_kind_of_decision_has_a_chinese_name() -> None:
    assert set(explanation_zh.STANDINGS) == {one.value for one in Standing}
    assert set(explanation_zh.KINDS) == set(KINDS)


def test_a_citation_is_found_again_whatever_the_file_is_called(tmp_path: Path) -> None:
    def accepted(name: str) -> Accepted:
        return Accepted(1, "log", name, "00", None, None, 0, 0, "", "", None, None, None, None, None, "rules")

    known_files = {f"log {name}": accepted(name) for name in ("a; b.csv", "c:7.csv")}
    lake = Lake(tmp_path)
    with connect(lake) as duck:
        found = list(cited(lake, duck, known_files, "log a; b.csv:12; log c:7.csv:3; log c:7.csv; nobody"))
    assert [(one.name, one.line) for one in found] == [("a; b.csv", 12), ("c:7.csv", 3), ("c:7.csv", None)]


def test_of_deliveries_of_one_name_the_one_that_was_meant_is_cited(settings: Settings) -> None:
    """Inspectors send a file of the same name each time, and each counts. The first saw U1 undone, the second U0."""
    town = found(settings)
    town.deliver("weather", 11, [SNOW])
    town.deliver("log", 10, [])
    town.deliver("log", 11, [])
    town.deliver("seen", "round", [{"at": at(11, 20), "unit": "U1", "kind": "covered"}])
    town.judge(at(12, 7))
    (alone,) = explained(town, DUTY.replace("U0", "U1"))["cited"]
    town.deliver("seen", "round", [{"at": at(11, 21), "unit": "U0", "kind": "covered"}], received=at(12, 8))
    town.judge(at(12, 9))
    events = {unit: explained(town, DUTY.replace("U0", unit))["cited"][0] for unit in ("U0", "U1")}
    assert {unit: event["row"]["unit"] for unit, event in events.items()} == {"U0": "U0", "U1": "U1"}
    assert events["U1"]["sha256"] == alone["sha256"] != events["U0"]["sha256"]
    with town.connected() as connection, connect(Lake(settings.lake)) as duck:
        files = [str(settings.lake / one.file) for one in evaluations.current_sheets(connection, NAME)]
        (said,) = duck.sql(
            "SELECT evidence FROM read_parquet($files) WHERE duty_id = $duty", params={"files": files, "duty": DUTY}
        ).fetchall()
    assert said == (f"seen seen/round.csv@{events['U0']['sha256'][:12]}:2",)


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("log before its first delivery", "log 首次送达之前"),
        ("feed was not asked for longer than it shows", "feed 两次轮询相隔太久，其间未显示"),
        ("log promises no complete record", "log 不保证记录完整"),
        ("cases outside of what its files cover", "cases 文件所涵盖的时间之外"),
        ("whether town/clear/U1/2024-01-10T02:00Z was breached", "town/clear/U1/2024-01-10T02:00Z 是否违约"),
        ("1 of 2", "1/2项"),
        ("what nobody has a word for", "what nobody has a word for"),
    ],
)
def test_what_is_missing_is_said_in_chinese(missing: str, said: str) -> None:
    assert in_chinese(missing) == said
