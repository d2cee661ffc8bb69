"""Sheets are written whole, however many rows are read at once, and say when they must be judged again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from pyarrow import parquet

from dutywatch.clock import Calendar, Season, midnight
from dutywatch.judge import Judgement, obligations, sheets
from dutywatch.judge.sheets import Judged, Plan, judge_sheets, prepare
from dutywatch.lake import Lake, connect
from dutywatch.terms.contract import Contract
from dutywatch.terms.units import Unit
from tests.judge.bench import Bench, set_up, sheet
from tests.judge.oracle import File, Row, Trace, Unreadable
from tests.judge.test_cases import POLLS
from tests.judge.test_letter import LOG, act, at, contract, file, part, snow
from tests.judge.traces import sha
from tests.spec import town

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


def amended(**dated: Any) -> Contract:
    """The contract whose duty is to plow within 18 h, with an amendment by two persons."""
    words = contract({"log": LOG}).model_dump(by_alias=True, exclude_unset=True)
    one = {"obligation": "clear", "clause": "§2", "by": ["desk", "chief"], "change": {"within": "PT2H"}, **dated}
    return Contract.model_validate({**words, "amendments": [one]})


def judged(bench: Bench, as_of: datetime, before: Sequence[Judged] = ()) -> list[Judged]:
    """The sheets of the duty to plow that are judged at `as_of`, upon those recorded before."""
    return [one for one in bench.judge(as_of, [sheet(one) for one in before]).judged if one.obligation == "clear"]


def test_an_amendment_that_is_recorded_on_a_day_to_come_wakes_the_contract_then(tmp_path: Path) -> None:
    files = (snow(1), file("log", 10), file("log", 11, [act(11, 5)]))  # snow on the 11th at 01:00, plowed at 05:00
    units = (Unit("U0", None, None, 100.0),)
    unwritten = set_up(tmp_path, Trace(contract({"log": LOG}), units, files))
    written = set_up(tmp_path, Trace(amended(**{"from": "2024-01-11", "recorded": "2024-01-13"}), units, files))
    met = judged(unwritten, at(12, 7))
    assert [(one.wake_at, one.date) for one in met] == [(None, date(2024, 1, 11))]  # in UTC the snow fell on the 10th
    told = judged(written, at(12, 8), met)  # the contract was amended in between: when it turns is known from now on
    assert [(one.wake_at, one.digest) for one in told] == [(at(13, 0), met[0].digest)]
    assert judged(written, at(12, 23.999), told) == []
    (turned,) = judged(written, at(13, 0), told)
    assert [flip["to_standing"] for flip in turned.flips] == ["breached.cured"]
    assert turned.wake_at is None


@pytest.mark.parametrize(
    ("amendments", "wakes"),
    [
        ((), date(2024, 11, 1)),  # its week begins on the 28th of October
        # from a Wednesday on other words owe the days of summer
        (
            [{"obligation": "answer", "clause": "§2", "from": "2024-07-17", "recorded": "2024-06-01"}],
            date(2024, 7, 17),
        ),
    ],
    ids=["as the season begins", "as other words hold"],
)
def test_slices_of_weeks_wake(amendments: Sequence[dict[str, Any]], wakes: date, tmp_path: Path) -> None:
    """It is July: no slice of this week or the next is owed, and nothing else would wake anyone."""
    window = {"each": "week", "slice": "P1D", "calendar": "winter"}
    change = {"window": {**window, "calendar": "always"}}
    answer = {"pattern": "attain", "window": window, "items": {"stream": "call"}, "good": "wait <= 20", "at_least": 0.5}
    term = {"from": "2024-06-01", "to": "2026-05-31"}
    given = town.contract({"answer": answer}, term=term, amendments=[{**one, "change": change} for one in amendments])
    winter = Calendar(given.zone, Calendar.always(given.zone).hours, season=Season((11, 1), (3, 31)))
    bench = set_up(tmp_path, Trace(given, (Unit("U1", None, None, None),), calendars={"winter": winter}))
    july = datetime(2024, 7, 10, tzinfo=given.zone)
    (empty,) = (one for one in bench.judge(july).judged if one.obligation == "answer")
    assert (empty.duties, empty.wake_at) == (0, midnight(wakes, given.zone))


@pytest.mark.parametrize("rows", [(), (town.row("9T10:00"),)], ids=["quiet", "rows of an earlier week"])
def test_an_archive_that_is_silent_on_a_week_that_it_covers_has_its_sheet_judged_again(
    rows: tuple[Row, ...], tmp_path: Path
) -> None:
    covers = [{"file": "a.csv", "from": "2024-01-08T00:00:00+08:00", "to": "2024-01-22T00:00:00+08:00"}]
    archive = {"path": "{part}.csv", "due": None, "covers": covers}
    sweep = {"pattern": "recur", "period": "week", "action": {"stream": "service", "kind": "sweep"}, "times": 1}
    term = {"from": "2024-01-15", "to": "2024-01-21"}
    given = town.contract({"sweep": sweep}, term=term, sources=town.sources(log=archive))
    files = [File("log", "a.csv", "a", None, town.at("25T12:00"), rows)]
    bench = town.bench(tmp_path, given, files, town.UNITS[:1])
    before = [one for one in bench.judge(town.at("24T12:00")).judged if one.obligation == "sweep"]
    assert [one.flips[0]["to_standing"] for one in before] == ["unproven"]
    (after,) = (
        one
        for one in bench.judge(town.at("26T12:00"), [sheet(one) for one in before]).judged
        if one.obligation == "sweep"
    )
    assert [flip["to_standing"] for flip in after.flips] == ["breached.open"]


def test_what_revised_data_unmade_is_history_and_no_part_of_the_digest(tmp_path: Path) -> None:
    first = snow(3)  # the fall is first said to have begun at 03:00, then at 01:00
    rows = (Row(at(11, 1), None, "snow", None, 1.0),)
    corrected = replace(first, sha256=sha("corrected", 11), received_at=at(13, 9), rows=rows)
    files = (first, corrected, file("log", 10), file("log", 11))
    bench = set_up(tmp_path, Trace(contract({"log": LOG}), (Unit("U0", None, None, 100.0),), files))
    recorded = judged(bench, at(12, 7))
    (kept,), (fresh,) = judged(bench, at(13, 10), recorded), judged(bench, at(13, 10))
    assert (kept.duties, fresh.duties) == (2, 1)  # one is void, one breached
    assert kept.digest == fresh.digest != recorded[0].digest


def test_a_row_whose_source_says_that_it_was_seen_later_counts_from_then_on(tmp_path: Path) -> None:
    """The clock of the source runs an hour ahead: at 12:00 it tells of a plow of the 11th that was seen at 13:00."""
    shown = part("log", at(12, 12), Row(at(11, 11), "U0", "plow", seen_at=at(12, 13)))
    bench = set_up(tmp_path, Trace(contract({"log": POLLS}), (Unit("U0", None, None, 100.0),), (snow(1), shown)))
    (early,) = judged(bench, at(12, 12))
    assert ([flip["to_standing"] for flip in early.flips], early.wake_at) == (["unproven"], at(12, 13))
    (then,) = judged(bench, at(12, 13), [early])
    assert [flip["to_standing"] for flip in then.flips] == ["met"]


@pytest.mark.parametrize("most", [1, obligations.MOST_ROWS])
def test_duties_of_two_days_compete_for_one_act_however_they_are_judged(tmp_path: Path, most: int) -> None:
    """It is plowed at 19:00 of the 10th: in time for the fall at 02:00, early enough for that at 00:30 of the 11th."""
    once = {"stream": "service", "kind": "plow", "consume": "once"}
    owed = contract({"log": LOG}, action=once, clock={"from": "trigger.start", "early": "PT6H"})
    files = (snow(2, day=10), snow(0.5), file("log", 9), file("log", 10, [act(10, 19)]), file("log", 11))
    bench = set_up(tmp_path, Trace(owed, (Unit("U0", None, None, 100.0),), files))
    with patch.multiple(obligations, MOST_ROWS=most, MOST_TRIGGERED=most):
        recorded = judged(bench, at(11, 6))
        later, anew = judged(bench, at(12, 7), recorded), judged(bench, at(12, 7))
    assert [flip["to_standing"] for one in recorded for flip in one.flips] == ["met"]
    assert [flip["to_standing"] for one in anew for flip in one.flips] == ["met", "breached.open"]
    assert [flip["to_standing"] for one in later for flip in one.flips] == ["breached.open"]
    assert later[-1].digest == anew[-1].digest


def test_a_duty_that_begins_at_the_instant_that_is_judged_is_an_item(tmp_path: Path) -> None:
    """The contract is woken as the second day begins, and no later: a minute after it the row is the same."""
    sweep = {"pattern": "recur", "period": "day", "action": {"stream": "service", "kind": "sweep"}, "times": 1}
    rate = {"pattern": "attain", "window": "week", "items": {"duties": "sweep"}, "at_least": 0.5, "per": "contract"}
    given = town.contract({"sweep": sweep, "rate": rate}, term={"from": "2024-01-08", "to": "2024-01-14"})
    bench = town.bench(tmp_path, given, (), town.UNITS)
    begun, later = (
        [one for one in bench.judge(town.at(now)).judged if one.obligation == "rate"] for now in ("9T00:00", "9T00:01")
    )
    assert [one.digest for one in begun] == [one.digest for one in later]
    (row,) = parquet.read_table(bench.lake.path(begun[0].file)).to_pylist()
    assert row["items"] == 4


CLEAR = {
    "pattern": "respond",
    "trigger": {"stream": "condition", "kind": ["snow"], "merge_gap": "PT4H"},
    "clock": {"from": "trigger.start"},
    "action": {"stream": "service", "kind": "sweep"},
    "within": "PT6H",
}
CLEARED: dict[str, Any] = {"pattern": "attain", "window": "day", "items": {"duties": "clear"}, "at_least": 0.6}


def judged_again_as_anew(first: Bench, second: Bench, name: str) -> tuple[str, str]:
    """How obligation `name` stands on the 8th by the first words, and by the second, which are judged upon the first.

    These give what they alone do.
    """
    before = first.judge(town.at("9T07:00"))
    changed = replace(first, terms=second.terms)
    again = changed.judge(town.at("9T07:01"), [sheet(one) for one in before.judged])
    stood = _on_the_8th(first, before, name)
    turned = _on_the_8th(changed, again, name) or stood
    assert turned == _on_the_8th(second, second.judge(town.at("9T07:01")), name)
    return stood, turned


def _on_the_8th(bench: Bench, found: Judgement, name: str) -> str:
    rows = bench.rows(found).items()
    return next((row["standing"] for duty, row in rows if f"/{name}/" in duty and "2024-01-08" in duty), "")


def test_what_starts_the_duties_that_are_counted_is_an_input(tmp_path: Path) -> None:
    """No snow fell on the 8th, and a row that tells of ice cannot be read: it hides a duty once ice starts one."""
    bad = [Unreadable(at=town.at("8T10:00"), kind="ice")]
    files = [*town.daily("weather", "7-8", [], bad), *town.daily("log", "7-8", [])]
    icy = {**CLEAR, "trigger": {**CLEAR["trigger"], "kind": ["snow", "ice"]}}  # type: ignore[dict-item]
    first, second = (
        town.bench(tmp_path / str(n), town.contract({"clear": clear, "cleared": CLEARED}), files, town.UNITS[:1])
        for n, clear in enumerate((CLEAR, icy))
    )
    assert judged_again_as_anew(first, second, "cleared") == ("void.unassessed", "unproven")


def test_how_many_items_a_rate_needs_is_an_input_of_its_score(tmp_path: Path) -> None:
    """Snow fell on both streets; U1 was swept, of U2 nothing can be known. The rate is unproven whatever it needs; the
    score may lie anywhere where a rate of two items at least may be none."""
    snow = [town.row("8T08:00,kind=snow,unit=")]
    calls = [town.row("8T09:00,kind=call,wait=1")]
    bad = [Unreadable(unit="U2", at=town.at("8T09:00"))]
    files = [*town.daily("weather", "7-8", snow), *town.daily("calls", "7-8", calls)]
    files += town.daily("log", "7-8", [town.row("8T09:00,kind=sweep,unit=U1")], bad)
    rate = {**CLEARED, "per": "contract"}
    answered = {"pattern": "attain", "window": "day", "items": {"stream": "call"}, "good": "wait <= 20", "at_least": 0}
    score = {"pattern": "attain", "window": "day", "items": {"rates": {"cleared": 50, "answered": 50}}, "at_least": 70}
    groups = {"answered": {**answered, "per": "contract"}, "score": {**score, "per": "contract"}}
    first, second = (
        town.bench(
            tmp_path / str(n), town.contract({"clear": CLEAR, "cleared": {**rate, "min_items": n}, **groups}), files
        )
        for n in (1, 2)
    )
    assert judged_again_as_anew(first, second, "cleared") == ("unproven", "unproven")
    assert judged_again_as_anew(first, second, "score") == ("met", "unproven")
