"""What the tests of `validate` share: a desk to hand deliveries in at, and suites."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dutywatch.validate import Suite, load_suite
from tests.validate.desk import Desk, Row

EXPECTATIONS = Path(__file__).parents[2] / "expectations"

ROWS_RULE: dict[str, Any] = {
    "type": "expect_table_row_count_to_be_between",
    "kwargs": {"min_value": 0, "max_value": 100},
    "severity": "critical",
    "meta": {"name": "the delivery has at most 100 rows"},
}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture(scope="session")
def suites() -> dict[str, Suite]:
    """The suites that the project ships."""
    return {path.stem: load_suite(path) for path in sorted(EXPECTATIONS.glob("*.json"))}


@pytest.fixture
def suite_file(tmp_path: Path) -> Callable[..., Path]:
    """A suite of the rules given, after the row count that every suite needs."""

    def write(*rules: Row, counted: bool = True) -> Path:
        path = tmp_path / "suite.json"
        entries = [*([ROWS_RULE] if counted else []), *rules]
        path.write_text(json.dumps({"name": "suite", "expectations": entries}), encoding="utf-8")
        return path

    return write


@pytest.fixture
def suite(suite_file: Callable[..., Path]) -> Callable[..., Suite]:
    def load(*rules: Row) -> Suite:
        return load_suite(suite_file(*rules))

    return load
