"""The first acts of duties are found window by window or by key, as clocks are few or many; it does not show."""

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
def test_acts_found_by_key_say_what_the_table_says(scene: Scene, tmp_path: Path) -> None:
    with patch.object(firsts, "MOST_WINDOWS", -1):
        found = scene.rows(tmp_path, scene.trace)
    for number, case in zip(scene.numbers, scene.cases, strict=True):
        assert not scene.check(case, scene.of(found, number)), case.situation
