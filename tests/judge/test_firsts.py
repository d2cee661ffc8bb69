"""First acts are found window by window or by key, as many duties share a clock or few; it does not show."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import pytest

from dutywatch.judge import firsts
from tests.spec.scenes import SCENES
from tests.spec.stage import Scene

TITLES = ("Respond", "Whose act", "Triggers: single records")
RESPOND = [
    scene for scene in SCENES if scene.obligation.pattern == "respond" and scene.chapter.title.startswith(TITLES)
]


@pytest.mark.parametrize("scene", RESPOND, ids=str)
def test_acts_found_window_by_window_say_what_the_table_says(scene: Scene, tmp_path: Path) -> None:
    with patch.object(firsts, "CROWD", 0):
        found = scene.rows(tmp_path, scene.trace)
    for number, case in zip(scene.numbers, scene.cases, strict=True):
        assert not scene.check(case, scene.of(found, number)), case.situation
