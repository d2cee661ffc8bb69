"""What forces a verdict forces it, and nothing else does: a property of every case that shares its city with another.

Deleting the events that a verdict cites changes the verdict, an instant or the evidence; events outside the clock and
the scope (on another unit, of another kind, before acts count) change nothing at all (SEMANTICS section 8).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

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
