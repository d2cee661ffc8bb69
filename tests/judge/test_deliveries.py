"""The duties to deliver, which every source with a due time has: judged by the arrivals alone (SEMANTICS section 6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from dutywatch.judge import judge
from tests.judge.bench import PATTERNS, sheet
from tests.spec.town import at, bench, contract, daily

BEFORE = datetime(2024, 1, 1, tzinfo=UTC)  # the record of arrivals begins
SWEPT = {"pattern": "recur", "period": "day", "times": 1, "action": {"stream": "service", "kind": "sweep"}}


def owed(folder: Path, as_of: str, since: datetime = BEFORE, calls_from: date = date(2024, 1, 8)) -> dict[str, Any]:
    """The rows of these duties by `source/day`, of a log that came in time, then late, then could not be read."""
    terms = contract({"sweep": SWEPT})
    calls = terms.sources["calls"].model_copy(update={"from_": calls_from})
    terms = terms.model_copy(update={"sources": {**terms.sources, "calls": calls}})
    *came, unreadable = daily("log", "8 9@10T07:00 10", [])
    one = bench(folder, terms, [*came, replace(unreadable, refused=True)])
    known = [file for file in one.accepted if file.received_at is None or file.received_at <= at(as_of)]
    judged = judge(one.terms, known, one.lake, PATTERNS, at(as_of), (), since=since).judged
    files = [sheet.file for sheet in judged if sheet.obligation.startswith("deliver:")]
    rows = [row for file in files for row in pq.read_table(one.lake.path(file)).to_pylist()]
    return {row["duty_id"].split("/", 2)[2]: row for row in rows}


def test_a_delivery_is_owed_every_day_from_the_source_s_first(tmp_path: Path) -> None:
    found = owed(tmp_path, "12T05:30")
    log = {day: one for day, one in found.items() if day.startswith("log/")}
    told = ("standing", "reason", "due_at", "fulfilled_at", "lapsed_at", "owed_by", "wake_at")
    assert {day: tuple(one[word] for word in told) for day, one in log.items()} == {
        "log/2024-01-08": ("met", "delivered in time", at("9T06:00"), at("9T05:00"), None, "", None),
        "log/2024-01-09": (
            "breached.cured", "delivered late", at("10T06:00"), at("10T07:00"), at("10T06:00"), "", None,
        ),
        "log/2024-01-10": (
            "breached.open", "delivered, but it could not be read", at("11T06:00"), None, at("11T06:00"), "firm", None,
        ),
        "log/2024-01-11": ("pending.running", "not due yet", at("12T06:00"), None, None, "", at("12T06:00")),
        "log/2024-01-12": ("pending.running", "not due yet", at("13T06:00"), None, None, "", at("13T06:00")),
    }  # fmt: skip


def test_what_was_due_before_anybody_recorded_arrivals_is_not_asked_for(tmp_path: Path) -> None:
    """Due on the 10th at 06:00 of the town's time, which is 22:00 of the 9th in UTC."""
    found = owed(tmp_path, "10T07:00", since=datetime(2024, 1, 9, 23, tzinfo=UTC))
    assert {day for day in found if day.startswith("log/")} == {"log/2024-01-10"}


def test_a_source_that_owes_nothing_yet_hides_no_other(tmp_path: Path) -> None:
    found = owed(tmp_path, "9T07:00", calls_from=date(2024, 1, 20))
    assert set(found) == {f"{name}/2024-01-0{day}" for name in ("log", "weather") for day in (8, 9)}


@pytest.mark.parametrize(("came", "standing"), [("9T00:00", "breached.open"), ("9T12:00", "met")])
def test_what_came_before_its_day_began_is_no_delivery_of_it(came: str, standing: str, tmp_path: Path) -> None:
    """The log of the 9th; of what came at noon the other half is a gap, and the duty is met (docs/decisions/0057)."""
    one = bench(tmp_path, contract({"sweep": SWEPT}), daily("log", f"9@{came}", []))
    judged = judge(one.terms, one.accepted, one.lake, PATTERNS, at("10T07:00"), (), since=BEFORE).judged
    files = [sheet.file for sheet in judged if sheet.obligation == "deliver:log" and sheet.date == date(2024, 1, 9)]
    (row,) = pq.read_table(one.lake.path(files[0])).to_pylist()
    assert row["standing"] == standing


def test_the_first_day_of_a_source_is_noticed_as_it_begins(tmp_path: Path) -> None:
    terms = contract({"sweep": SWEPT})
    calls = terms.sources["calls"].model_copy(update={"from_": date(2024, 1, 20)})
    one = bench(tmp_path, terms.model_copy(update={"sources": {"calls": calls}}), [])
    first = judge(one.terms, (), one.lake, PATTERNS, at("9T07:00"), (), since=BEFORE)
    (waiting,) = (sheet(found) for found in first.judged if found.obligation == "deliver:calls")
    assert (waiting.date, waiting.duties, waiting.wake_at) == (date(2024, 1, 20), 0, at("20T00:00"))
    again = judge(
        one.terms, (), one.lake, PATTERNS, at("20T00:00"), [sheet(found) for found in first.judged], since=BEFORE
    )
    (owing,) = (sheet(found) for found in again.judged if found.obligation == "deliver:calls")
    assert (owing.date, owing.duties, owing.wake_at) == (date(2024, 1, 20), 1, at("21T00:00"))


@pytest.mark.parametrize(
    "change", [{"from_": date(2024, 1, 10)}, {"due": None}], ids=["from a later day", "none is due"]
)
def test_a_delivery_that_is_asked_for_no_more_is_no_lapse(change: dict[str, Any], tmp_path: Path) -> None:
    """The contract said by mistake that the log was owed from the 8th, or at all; then it was put right."""
    terms = contract({"sweep": SWEPT})
    one = bench(tmp_path, terms, [])
    first = judge(one.terms, (), one.lake, PATTERNS, at("11T07:00"), (), since=BEFORE)
    log = terms.sources["log"].model_copy(update=change)
    right = terms.model_copy(update={"sources": {**terms.sources, "log": log}})
    given, recorded = replace(one.terms, contract=right), [sheet(found) for found in first.judged]
    again = judge(given, (), one.lake, PATTERNS, at("11T08:00"), recorded, since=BEFORE)
    flips = {flip["duty_id"]: flip for found in again.judged for flip in found.flips}
    mistaken = [f"town/deliver:log/log/2024-01-{day:02}" for day in (8, 9, *((10, 11) if "due" in change else ()))]
    assert {duty: flip["to_standing"] for duty, flip in flips.items()} == dict.fromkeys(mistaken, "void")
    assert {flip["from_standing"] for flip in flips.values()} >= {"breached.open"}
    then = {(found.obligation, found.date): sheet(found) for found in (*first.judged, *again.judged)}
    assert not judge(given, (), one.lake, PATTERNS, at("11T09:00"), list(then.values()), since=BEFORE).judged
    back = judge(one.terms, (), one.lake, PATTERNS, at("11T10:00"), list(then.values()), since=BEFORE)
    owed_again = {flip["duty_id"]: flip["to_standing"] for found in back.judged for flip in found.flips}
    assert owed_again.items() >= dict.fromkeys(mistaken[:2], "breached.open").items()
