"""The proofs that every run must give, each against the mishap that it is there for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dutywatch.errors import ExpectationFault
from dutywatch.lake.texts import none
from dutywatch.validate import Suite
from dutywatch.validate.engine import engine
from tests.validate.desk import Desk

ROWS = [{}, {"unit": "x"}, {"unit": "x"}, {"fault": "undecodable"}]


def test_marks_that_differ_from_the_count(
    desk: Desk, suites: dict[str, Suite], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rule whose predicate were not the one that was counted, here: one that is never asked of the rows."""
    quarantine = engine().quarantine
    mark: Callable[..., None] = quarantine.mark

    def forgetful(on: Any, rules: dict[str, Any]) -> None:
        mark(on, {rule: configuration for rule, configuration in rules.items() if "register" not in rule})

    monkeypatch.setattr(quarantine, "mark", forgetful)
    with pytest.raises(ExpectationFault, match="contract's register: 0 rows marked, but 2 counted"):
        desk.validate(desk.batch(ROWS, suites["service_log"]))
    assert desk.files() == []


@pytest.mark.parametrize("statement", ["ACCEPTED", "QUARANTINED"])
def test_a_row_lost_in_writing(
    desk: Desk, suites: dict[str, Suite], monkeypatch: pytest.MonkeyPatch, statement: str
) -> None:
    quarantine = engine().quarantine
    some = "FROM (SELECT * FROM delivered WHERE line BETWEEN 3 AND 4) AS delivered"
    losing = getattr(quarantine, statement).replace("FROM delivered", some)
    monkeypatch.setattr(quarantine, statement, losing)
    with pytest.raises(ExpectationFault, match="but 4 delivered"):
        desk.validate(desk.batch(ROWS, suites["service_log"]))
    assert desk.files() == []


@pytest.mark.parametrize("texts", [None, lambda _: none(), lambda _: (Path("/nowhere") / "raw").open()])
def test_a_quarantined_row_without_its_text(desk: Desk, suites: dict[str, Suite], texts: Any) -> None:
    """Neither in the rows' file nor in the delivery's kept bytes, which may be gone."""
    batch = desk.batch([{}, {"raw": None, "unit": "x"}], suites["service_log"], texts=texts)
    with pytest.raises(ExpectationFault, match=r"1 (of 1 quarantined )?rows"):
        desk.validate(batch)
    assert desk.files() == []


def test_rows_with_the_same_number_are_told_apart(desk: Desk, suites: dict[str, Suite]) -> None:
    """Should a parser ever number two rows alike, a good one does not go down with a bad one."""
    batch = desk.batch([{"line": 7}, {"line": 7, "unit": "x"}], suites["service_log"])
    [outcome] = desk.validate(batch)
    assert (outcome.accepted, outcome.quarantined) == (1, 1)
