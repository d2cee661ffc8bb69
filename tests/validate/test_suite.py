"""A suite is refused rather than taken with a rule less."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dutywatch.errors import ExpectationFault
from dutywatch.validate import Suite, load_suite, suite_digest

UNIT_GIVEN: dict[str, Any] = {
    "type": "expect_column_values_to_not_be_null",
    "kwargs": {"column": "unit"},
    "severity": "warning",
}


def test_the_suites_we_ship_can_be_used_and_read_well(suites: dict[str, Suite]) -> None:
    assert set(suites) == {"service_log", "condition_log", "inspection_log", "case_log", "position_log"}
    for name, suite in suites.items():
        assert suite.name == name
        assert not [rule.name for rule in suite.rules if "expect_" in rule.name]


def test_only_a_log_of_units_is_asked_for_units(suites: dict[str, Suite]) -> None:
    asked = {name: [r for r in suite.rules if "unit" in r.name] for name, suite in suites.items()}
    assert asked["service_log"] and asked["inspection_log"] and not asked["condition_log"]


def test_a_rule_without_a_name_is_named_for_what_it_asks(suite: Callable[..., Suite]) -> None:
    assert suite(UNIT_GIVEN).rules[1].name == "expect_column_values_to_not_be_null(unit)"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"type": "expect_column_values_to_not_be_nul"}, "expect_column_values_to_not_be_nul not found"),
        ({"type": None}, "rule 2: it has no type"),
        ({"severity": "warn"}, "severity 'warn' is none of critical, warning, info"),
        ({"severity": None}, "severity None is none of"),
        ({"kwargs": {"colum": "unit"}}, "extra fields not permitted"),
        ({"kwargs": {"column": "unit", "mostly": 7}}, "less than or equal to 1.0"),
        ({"kwargs": ["unit"]}, "kwargs and meta are objects"),
        ({"severty": "warning"}, "unknown key severty"),
        ({"meta": {"name": "readable"}}, "cannot be a name"),
        ({"meta": {"name": "unit, kind"}}, "cannot be a name"),
        ({"meta": {"name": "the delivery has at most 100 rows"}}, "2 rules are named"),
        ({"type": "expect_column_values_to_be_unique"}, "compares rows with one another"),
    ],
)
def test_a_rule_that_would_be_lost_or_say_nothing(
    suite_file: Callable[..., Path], change: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ExpectationFault, match="suite suite cannot be used") as fault:
        load_suite(suite_file({**UNIT_GIVEN, **change}))
    assert reason in str(fault.value)


def test_all_faults_are_told_at_once(suite_file: Callable[..., Path]) -> None:
    typo = {**UNIT_GIVEN, "type": "expect_nothing"}
    misspelt = {**UNIT_GIVEN, "kwargs": {"colum": "unit"}}
    with pytest.raises(ExpectationFault) as fault:
        load_suite(suite_file(typo, misspelt, counted=False))
    told = str(fault.value)
    assert "expect_nothing" in told and "colum" in told and "no critical rule on the number of rows" in told


@pytest.mark.parametrize("severity", ["warning", "info"])
def test_a_row_count_that_refuses_nothing_does_not_count(suite_file: Callable[..., Path], severity: str) -> None:
    rule = {"type": "expect_table_row_count_to_equal", "kwargs": {"value": 3}, "severity": severity}
    with pytest.raises(ExpectationFault, match="no critical rule on the number of rows"):
        load_suite(suite_file(rule, counted=False))


@pytest.mark.parametrize("text", ["{", "[]", '{"expectations": []}', '{"name": "empty"}'])
def test_a_file_that_is_no_suite(tmp_path: Path, text: str) -> None:
    path = tmp_path / "broken.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ExpectationFault, match=r"suite (broken|empty)"):
        load_suite(path)


def test_a_suite_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ExpectationFault, match=r"there is no suite absent: .* write absent\.json there"):
        suite_digest(tmp_path / "absent.json")


def test_the_digest_is_of_what_a_suite_says_not_of_its_layout(suite_file: Callable[..., Path]) -> None:
    path = suite_file(UNIT_GIVEN)
    digest = suite_digest(path)
    path.write_text(json.dumps(json.loads(path.read_text()), indent=4, sort_keys=True), encoding="utf-8")
    assert suite_digest(path) == digest == load_suite(path).digest
    suite_file({**UNIT_GIVEN, "severity": "info"})
    assert suite_digest(path) != digest
