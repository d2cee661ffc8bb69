"""What forces a verdict forces it, and nothing else does: a property of every case that shares its city with another.

Deleting the events that a verdict cites changes the verdict, an instant or the evidence; events outside the clock and
the scope (on another unit, of another kind, before acts count) change nothing at all (SEMANTICS section 8).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dutywatch.judge import Known, explanation_en, explanation_zh
from dutywatch.judge.coverage import END
from dutywatch.judge.explanation import explain
from tests.judge.bench import PATTERNS, set_up
from tests.spec.doubles import LESS, MORE, doubled
from tests.spec.scenes import SCENES
from tests.spec.stage import Scene


def kept(scene: Scene) -> bool:
    """Whether a log is complete only for those whom it names: any event on a unit is evidence about others then."""
    return any(source.by != "source" for source in scene.contract.sources.values())


SHARED = [scene for scene in SCENES if len(scene.cases) > 1 and not scene.before and not kept(scene)]
SAME = (
    "standing", "clock_start", "due_at", "fulfilled_at", "lapsed_at", "coverage", "owed_by", "proof_due", "party",
    "measured", "measured_low", "measured_high", "items", "wake_at",
)  # fmt: skip


def said(row: dict[str, Any]) -> tuple[object, ...]:
    """All that a verdict says, without the number of the line on which its evidence stands."""
    cited = sorted((one.at, one.kind or "") for one in row["cited"])
    return (*(row[name] for name in SAME), re.sub(r":\d+", "", row["reason"]), *cited)


def changed(before: Sequence[dict[str, Any]], after: Sequence[dict[str, Any]]) -> list[bool]:
    """Whether each verdict that cites something is another one now."""
    if len(before) != len(after):
        return [True]
    return [said(one) != said(other) for one, other in zip(before, after, strict=True) if one["cited"]]


@pytest.mark.parametrize("scene", SHARED, ids=str)
def test_cited_events_matter_and_others_do_not(scene: Scene, tmp_path: Path) -> None:
    judged = scene.verdicts
    found = scene.rows(tmp_path, doubled(scene, judged))
    for number, rows in judged.items():
        situation = scene.cases[scene.numbers.index(number)].situation
        assert [said(row) for row in scene.of(found, number, MORE)] == [said(row) for row in rows], situation
        assert all(changed(rows, scene.of(found, number, LESS))), f"{situation}: it does not rest on what it cites"


def test_a_record_that_was_closed_at_one_of_two_times_has_one_clock(tmp_path: Path) -> None:
    """Its clock is the same by both readings: which of them is true, and when that was, is what is missing."""
    scene = next(s for s in SCENES if s.table.heading == "A record that was closed at one of two times")
    bench = set_up(tmp_path, scene.trace)
    row = next(r for r in bench.rows(bench.judge(scene.as_of, since=END)).values() if r["standing"] == "unproven")
    inputs = Known(scene.as_of, scene.as_of, bench.accepted, bench.decisions, END)
    found = explain(bench.terms, bench.lake, PATTERNS, inputs, row, (), recorded=True)
    assert found.timing is not None and found.timing.otherwise is None
    [missing] = found.lacking
    assert missing.missing == "cases cases/0:2 states a local time with two readings"
    assert (missing.start, missing.end) == (
        scene.reader.at("03T01:20") - timedelta(hours=1),
        scene.reader.at("03T01:20"),
    )


@pytest.mark.parametrize(
    ("heading", "situation", "asked", "en", "zh"),
    [
        (
            "A share of the street's length",
            "what overlaps counts once",
            "PT24H, share: 0.9",
            ("plow at 2024-01-11 09:00:00 CST, metres 0 to 60", "plow at 2024-01-11 11:00:00 CST, metres 20 to 80"),
            ("2024-01-11 09:00:00 CST plow，0至60米", "2024-01-11 11:00:00 CST plow，20至80米"),
        ),
        (
            "Several kinds together, or one of several",
            "the last of them too late",
            "PT24H, all: plow haul",
            ("plow at 2024-01-11 09:00:00 CST",),
            ("2024-01-11 09:00:00 CST plow",),
        ),
        ("A share of the street's length", "nor where only the end is beyond", "PT24H, share: 0.9", (), ()),
        ("A share of the street's length", "two halves", "PT24H, share: 0.9", (), ()),
        (
            "A share of the street's length",
            "decided: what lies beyond its end is none of it",
            "PT24H, share: 0.9",
            ("plow at 2024-01-11 09:00:00 CST, metres 0 to 85",),
            ("2024-01-11 09:00:00 CST plow，0至85米",),
        ),
    ],
)
def test_what_was_done_in_part_is_shown(
    tmp_path: Path, heading: str, situation: str, asked: str, en: tuple[str, ...], zh: tuple[str, ...]
) -> None:
    """Nothing where it was seen undone since, or where it was done whole."""
    scene, number = next(
        (scene, number)
        for scene in SCENES
        for number, case in zip(scene.numbers, scene.cases, strict=True)
        if scene.table.heading == heading and case.situation == situation
    )
    bench = set_up(tmp_path, scene.trace)
    rows = bench.rows(bench.judge(scene.as_of, since=END)).values()
    row = next(one for one in rows if one["unit"] == scene.unit_of(number))
    inputs = Known(scene.as_of, scene.as_of, bench.accepted, bench.decisions, END)
    found = explain(bench.terms, bench.lake, PATTERNS, inputs, row, (), recorded=True)
    assert found.timing is not None and found.timing.allowance == asked
    in_english, in_chinese = (list(one(found)) for one in (explanation_en._parts, explanation_zh._parts))
    assert [one.partition(", ")[2] for one in in_english] == list(en)
    assert [one.partition("，")[2] for one in in_chinese] == list(zh)


HANGING = ("unproven", "pending.overdue")
LACKING = [
    s for s in SCENES if not s.before and any("unproven" in c["verdict"] or "overdue" in c["verdict"] for c in s.cases)
]
UNNAMED = re.compile(r"\d+ of \d+|whether .* was breached")  # values that are empty; what another duty lacks


@pytest.mark.parametrize("scene", LACKING, ids=str)
def test_what_an_explanation_lists_as_missing_is_what_the_verdict_names(scene: Scene, tmp_path: Path) -> None:
    bench = set_up(tmp_path, scene.trace)
    rows = [row for row in bench.rows(bench.judge(scene.as_of, since=END)).values() if row["standing"] in HANGING]
    accepted = tuple(one for one in bench.accepted if one.received_at is None or one.received_at <= scene.as_of)
    decided = tuple(one for one in bench.decisions if one.recorded_at <= scene.as_of)
    inputs = Known(scene.as_of, scene.as_of, accepted, decided, END)
    rates = set(scene.contract.obligations)
    for row in rows:
        found = explain(bench.terms, bench.lake, PATTERNS, inputs, row, (), recorded=True).lacking
        named = {one for one in row["reason"].partition(": ")[2].split("; ") if one} - rates
        named = {one for one in named if not UNNAMED.fullmatch(one)}
        assert {one.missing for one in found} == named, row["duty_id"]
        if named:
            assert ", ".join(sorted({one.holder for one in found})) == row["owed_by"], row["duty_id"]
