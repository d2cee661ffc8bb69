"""Every case of every chapter, put before the engine."""

from __future__ import annotations

import pytest

from tests.spec.scenes import SCENES
from tests.spec.stage import Scene


@pytest.mark.parametrize("scene", SCENES, ids=str)
def test_the_engine_says_what_the_table_says(scene: Scene) -> None:
    judged = scene.verdicts
    faults = [
        fault
        for number, case in zip(scene.numbers, scene.cases, strict=True)
        for fault in scene.check(case, judged[number])
    ]
    assert not faults, "\n".join(faults)
