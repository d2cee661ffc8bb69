"""The smallest traces on which engine and oracles were found to differ, with what the specification says of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.judge.test_oracle_tables import acts, hour, said
from tests.judge.window_traces import CLEAR

FOUND = sorted((Path(__file__).parent / "found").glob("*.json"))


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.stem)
def test_the_oracle_says_what_the_specification_says(path: Path) -> None:
    case = json.loads(path.read_text())
    found = said(case["words"], acts(*case["events"]), case["as_of"], missing=case["missing"], more={"clear": CLEAR})
    wanted = case["expected"]
    lapsed = wanted.pop("lapsed_at")
    assert found.lapsed_at == (None if lapsed is None else hour(lapsed))
    assert {"verdict": found.name, "low": found.low, "high": found.high} | wanted == {
        "verdict": found.name,
        "low": found.low,
        "high": found.high,
    }
