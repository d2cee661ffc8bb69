"""A score of weighted rates: why it stands, in both languages, and what its words refuse.

Its verdicts are tables of tests/spec/chapters/attain.py.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from itertools import combinations_with_replacement, product
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from dutywatch.alert.chinese import REASONS
from dutywatch.judge import explanation_en, explanation_json, explanation_zh
from dutywatch.judge.coverage import BEGINNING
from dutywatch.judge.explanation import Explanation, explain
from dutywatch.judge.known import Known
from dutywatch.terms.check import check
from dutywatch.terms.contract import Contract
from dutywatch.terms.units import Unit, Units
from tests.judge.bench import PATTERNS
from tests.judge.oracle import Unreadable
from tests.spec.town import UNITS, at, bench, contract, daily, row

DAY = {"pattern": "attain", "window": "day"}
REACHED = {**DAY, "items": {"stream": "call"}, "good": "kind = 'answered'", "at_least": 0.5}
QUICK = {**DAY, "items": {"stream": "call", "kind": "answered"}, "good": "wait <= 20", "at_least": 0.5}
SCORE: dict[str, Any] = {**DAY, "items": {"rates": {"reached": 30, "quick": 70}}, "at_least": 65}
TERM = {"from": "2024-01-08", "to": "2024-01-08"}


def town(score: dict[str, Any] | None = None, **others: dict[str, Any]) -> Contract:
    return contract({"score": {**SCORE, **(score or {})}, "reached": REACHED, "quick": QUICK, **others}, term=TERM)


def explained(folder: Path, calls: str, logs: str, as_of: str, units: Sequence[Unit] = UNITS) -> Explanation:
    """The explanation of U1's score of the 8th."""
    one = bench(folder, town(), daily("calls", logs, [row(call) for call in calls.split()]), units)
    duty = "town/score/U1/2024-01-08"
    found = one.rows(one.judge(at(as_of)))[duty]
    known = tuple(a for a in one.accepted if a.received_at is None or a.received_at <= at(as_of))
    inputs = Known(at(as_of), at(as_of), known, (), BEGINNING)
    return explain(one.terms, one.lake, PATTERNS, inputs, found, (), recorded=True)


def test_an_explanation_shows_every_rate_with_its_weight(tmp_path: Path) -> None:
    calls = "8T09:00,kind=answered,wait=10 8T10:00,kind=answered,wait=30 8T11:00,kind=lost,wait=9"
    told = explained(tmp_path, calls, "8", "9T05:00")
    en, zh = "\n".join(explanation_en.lines(told)), "\n".join(explanation_zh.lines(told, REASONS))
    # two of three answered: 20 points; one of these two within 20 s: 35
    assert "Verdict   breached (breached.open)\nBecause   the target is missed" in en
    assert "Measured  55, of 2 rates\nEvidence  reached 30 x 0.6667; quick 70 x 0.5" in en
    assert "原因　　　未达到约定指标" in zh
    assert "计量　　　55，共2项比率\n证据　　　reached 30 x 0.6667; quick 70 x 0.5" in zh
    assert '"evidence": "reached 30 x 0.6667; quick 70 x 0.5"' in explanation_json.text(told)


THIRDS = "8T09:00,kind=answered,wait=10 8T10:00,kind=answered,wait=30 8T11:00,kind=lost,wait=9"


def test_every_line_of_an_explanation(tmp_path: Path) -> None:
    """Of a unit without a class. Two of three answered are 20 points of 30, one of two within 20 s 35 of 70."""
    told = explained(tmp_path, THIRDS, "8", "9T05:00", (Unit("U1", None, None, 100.0),))
    assert list(explanation_en.lines(told)) == [
        "Duty      town/score/U1/2024-01-08",
        "Owed      Owed",
        "Clause    §1",
        "Unit      U1",
        "Party     Firm (firm) owes it; Desk (desk) answers for it",
        "Judged    as of 2024-01-09 05:00:00 CST, as known at 2024-01-09 05:00:00 CST",
        "Clock     from 2024-01-08 00:00:00 CST to 2024-01-09 00:00:00 CST",
        "          the contract says each: day, at_least: 65; calendar always",
        "Verdict   breached (breached.open)",
        "Because   the target is missed",
        "Measured  55, of 2 rates",
        "Evidence  reached 30 x 0.6667; quick 70 x 0.5",
        "Coverage  100.00 % of the time in which it could have been done",
        "Lapsed    2024-01-09 00:00:00 CST",
        "History",
        "  pending since its trigger; nothing has changed",
    ]
    assert list(explanation_zh.lines(told, REASONS)) == [
        "应履事项　town/score/U1/2024-01-08",
        "义务　　　Owed",
        "条款　　　§1",
        "作业单元　U1",
        "责任方　　Firm（firm）；督办人：Desk（desk）",
        "评定　　　截至2024-01-09 05:00:00 CST，依据2024-01-09 05:00:00 CST已知情况",
        "期限　　　2024-01-08 00:00:00 CST至2024-01-09 00:00:00 CST",
        "　　　　　合同规定：每：日，至少：65；日历：全天候",
        "判定　　　违约（未补做）",
        "原因　　　未达到约定指标",
        "计量　　　55，共2项比率",
        "证据　　　reached 30 x 0.6667; quick 70 x 0.5",
        "证据覆盖　可作业时间的100.00%",
        "失约　　　2024-01-09 00:00:00 CST",
        "判定变更",
        "　自起算事件起待定，尚无变更",
    ]


def test_every_key_of_an_explanation_in_json(tmp_path: Path) -> None:
    """The 8th in Shanghai lasts from 16:00 to 16:00 in UTC."""
    told = explained(tmp_path, THIRDS, "8", "9T05:00")
    start, end, now = "2024-01-07T16:00:00Z", "2024-01-08T16:00:00Z", "2024-01-08T21:00:00Z"
    clock = {"lower": start, "early": False, "allowance": "each: day, at_least: 65", "calendar": "always", "pauses": []}
    expected = {
        "duty_id": "town/score/U1/2024-01-08",
        "obligation": "score",
        "title": "Owed",
        "clause": {"text": "§1", "url": None, "illustrative": False},
        "amendments": [],
        "supervisor": "desk",
        "as_of": now,
        "known_at": now,
        "recorded": True,
        "terms_changed": False,
        "unit": "U1",
        "unit_class": "A",
        "trigger": "2024-01-08",
        "trigger_from": start,
        "trigger_to": end,
        "party": "firm",
        "clock_start": start,
        "due_at": end,
        "verdict": "breached",
        "standing": "breached.open",
        "reason": "the target is missed",
        "coverage": 1.0,
        "fulfilled_at": None,
        "lapsed_at": end,
        "owed_by": "",
        "proof_due": None,
        "measured": 55.0,
        "measured_low": 55.0,
        "measured_high": 55.0,
        "items": 2,
        "evidence": "reached 30 x 0.6667; quick 70 x 0.5",
        "successor": None,
        "clock": {**clock, "proof_until": None, "reset_at": None, "otherwise": None} | {"lower_otherwise": None},
        **{
            name: []
            for name in ("cited", "uncounted", "parts", "late", "missing", "decisions", "history", "predecessors")
        },
    }
    found = explanation_json.text(told)
    assert json.loads(found) == expected
    assert found.startswith('{\n  "duty_id": "town/score/U1/2024-01-08",\n  "obligation": "score",\n  "title": "Owed"')
    assert [*json.loads(found)] == [*expected]


def test_it_says_what_is_missing_and_who_owes_it(tmp_path: Path) -> None:
    told = explained(tmp_path, "", "", "9T06:00")
    en, zh = "\n".join(explanation_en.lines(told)), "\n".join(explanation_zh.lines(told, REASONS))
    assert "Because   some of the rates that it weighs are not proven: calls of 2024-01-08" in en
    assert "Measured  not to be told, between 0 and 100, as the missing evidence may be, of 2 rates" in en
    assert "Missing   calls of 2024-01-08 (2024-01-08 00:00:00 CST to 2024-01-09 00:00:00 CST); Firm (firm) owes" in en
    assert "原因　　　所计部分比率无法证实：2024-01-08的 calls" in zh
    assert "计量　　　无法得出，视所缺证据，介于0与100之间，共2项比率" in zh


@pytest.mark.parametrize(
    ("score", "says"),
    [
        ({"items": {"rates": {"reached": 100}}}, "weighs two obligations at least"),
        ({"items": {"rates": {"reached": 30, "quick": 35}}}, "add up to 65: make it 100, or 1"),
        ({"items": {"rates": {"reached": 130, "quick": -30}}}, "greater than 0"),
        ({"items": {**SCORE["items"], "stream": "call"}}, "write one"),
        ({"at_least": 101}, "a number from 0 to 100"),
        ({"at_least": None, "at_most": 65}, "leave `at_most` out"),
        ({"min_items": 10}, "leave `min_items` out"),
        ({"min_coverage": 0.9}, "leave `min_coverage` out"),
        ({"proof_until": "P7D"}, "leave `proof_until` out"),
        ({"silence": "breached"}, "leave `silence` out"),
        ({"window": {"each": "day", "rolling": "PT2H"}}, "leave `rolling` out"),
    ],
)
def test_what_a_score_does_not_say(score: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        town(score)


LOST, QUICKLY, SLOWLY, UNKNOWN = (
    "kind=lost,wait=9",
    "kind=answered,wait=10",
    "kind=answered,wait=30",
    "kind=answered,wait=",
)


def in_every_history(calls: Sequence[str], torn: int, least: int) -> str:
    """The rule itself: the score in each history that the evidence leaves, held against 65 (SEMANTICS 1).

    A wait that is not known is either; a torn row is no call, or one of any kind. Quickness is assessed of `least`
    answered calls.
    """
    maybe: list[list[str | None]] = [[QUICKLY, SLOWLY] if call == UNKNOWN else [call] for call in calls]
    maybe += [[None, LOST, QUICKLY, SLOWLY]] * torn
    found = set()
    for history in product(*maybe):
        happened = [call for call in history if call is not None]
        answered = [call for call in happened if call != LOST]
        shares = [(30, Fraction(len(answered), len(happened)))] if happened else []
        if len(answered) >= least:
            shares.append((70, Fraction(answered.count(QUICKLY), len(answered))))
        weight = sum(one for one, _ in shares)
        points = 100 * sum((one * share for one, share in shares), Fraction()) / weight if weight else None
        found.add("void.unassessed" if points is None else "met" if points >= 65 else "breached.open")
    return found.pop() if len(found) == 1 else "unproven"


@pytest.mark.parametrize("least", [1, 2])
@pytest.mark.parametrize("torn", [0, 1])
def test_a_score_is_what_every_history_says(tmp_path: Path, torn: int, least: int) -> None:
    """All days of up to five calls, each on a line of its own, judged at once; each line with a torn row or none.

    A verdict other than unproven is that of every history. Where all histories agree, it is found without torn rows;
    with them the rates' ranges are weighed as if each could be at its end alone, so that some stay unproven.
    """
    kinds = (LOST, QUICKLY, SLOWLY, UNKNOWN)
    days = [day for count in range(6) for day in combinations_with_replacement(kinds, count)]
    units = [Unit(f"L{number}", "A", "north", 1.0) for number in range(len(days))]
    calls = [f"8T09:{m:02},unit=L{n},{call}" for n, day in enumerate(days) for m, call in enumerate(day)]
    bad = [Unreadable(unit.id, at("8T10:00")) for unit in units] * torn
    terms = town(quick={**QUICK, "min_items": least})
    one = bench(tmp_path, terms, daily("calls", "8", [row(call) for call in calls], bad), units)
    found = one.rows(one.judge(at("9T06:00")))
    said = {day: found[f"town/score/L{number}/2024-01-08"]["standing"] for number, day in enumerate(days)}
    rule = {day: in_every_history(day, torn, least) for day in days}
    wrong = {day: (said[day], rule[day]) for day in days if said[day] not in (rule[day], "unproven")}
    assert not wrong
    undecided = [day for day in days if said[day] != rule[day]]
    assert len(days) == 126 and len(undecided) <= (len(days) // 10 if torn else 0), undecided
    assert {"met", "breached.open", "unproven"} <= set(said.values())


def faults(terms: Contract) -> list[str]:
    """What is wrong with its obligations."""
    return [message for path, message in check(terms, Units(UNITS, "units")) if path[0] == "obligations"]


@pytest.mark.parametrize(
    ("score", "quick", "says"),
    [
        ({"items": {"rates": {"reached": 30, "score": 70}}}, {}, "needs `score` itself"),
        ({}, {"percentile": {"of": "wait", "rank": 0.9}, "good": None}, "`quick` measures no share of a window"),
        ({}, {"window": {"each": "day", "rolling": "PT2H"}}, "`quick` measures no share of a window"),
        ({}, {"at_least": None, "at_most": 0.5}, "`quick` is a share of what is bad"),
        ({}, {"window": "week"}, "`quick` is measured over other windows"),
        ({}, {"per": "zone"}, "`quick` is measured over other windows"),
        ({}, {"scope": {"class": ["A"]}}, "`quick` is owed on other units"),
    ],
)
def test_what_cannot_be_weighed(score: dict[str, Any], quick: dict[str, Any], says: str) -> None:
    found = faults(town(score, quick={**QUICK, **quick}))
    assert len(found) == 1 and says in found[0], found


def test_of_the_whole_contract_rates_of_other_units_are_weighed() -> None:
    terms = town(
        {"per": "contract"},
        reached={**REACHED, "per": "contract"},
        quick={**QUICK, "per": "contract", "scope": {"class": ["A"]}},
    )
    assert faults(terms) == []


def test_rates_that_nobody_owes_any_more_leave_nothing_to_weigh(tmp_path: Path) -> None:
    """Both are shares of class A, whose only unit is gone; the contract's score is owed all the same."""
    of_a = {"per": "contract", "scope": {"class": ["A"]}}
    terms = town({"per": "contract"}, reached={**REACHED, **of_a}, quick={**QUICK, **of_a})
    assert faults(terms) == []
    gone = (Unit("U1", "A", "north", 100.0, valid_to=date(2024, 1, 7)), UNITS[1])
    one = bench(tmp_path, terms, daily("calls", "8", [row("8T09:00,kind=answered,wait=10,unit=U2")]), gone)
    (score,) = one.rows(one.judge(at("9T05:00"))).values()
    assert (score["duty_id"], score["standing"]) == ("town/score/town/2024-01-08", "void.unassessed")


def test_on_a_day_without_any_unit_no_score_is_owed(tmp_path: Path) -> None:
    """The register's only unit begins on the 9th."""
    terms = contract(
        {"score": SCORE, "reached": REACHED, "quick": QUICK}, term={"from": "2024-01-08", "to": "2024-01-09"}
    )
    began = (Unit("U1", "A", "north", 100.0, valid_from=date(2024, 1, 9)),)
    one = bench(tmp_path, terms, daily("calls", "8-9", [row("9T09:00,kind=answered,wait=10")]), began)
    found = {name: row["standing"] for name, row in one.rows(one.judge(at("10T05:00"))).items() if "/score/" in name}
    assert found == {"town/score/U1/2024-01-09": "met"}
