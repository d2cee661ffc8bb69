"""What becomes of a delivery's rows: accepted, quarantined under the rules that they broke, or refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dutywatch.errors import ExpectationFault
from dutywatch.lake import Lake, connect
from dutywatch.validate import Suite, load_suite, validate_batches, validate_each
from tests.validate.desk import Desk, Row

DAY = "time lies within the delivery's day"
REGISTER = "unit is in the contract's register"
KNOWN_KIND = "kind is one the contract knows"
FINITE = "measures are finite numbers"


@pytest.mark.parametrize(
    ("row", "rules"),
    [
        ({}, None),
        ({"actor": "truck-7", "until": "2023-12-14 11:00+08", "depth_cm": 3.5}, None),
        ({"at": None}, "time is given"),
        ({"at": "2023-12-14 00:00+08"}, None),  # the day's first instant belongs to it
        ({"at": "2023-12-13 23:59:59.999999+08"}, DAY),
        ({"at": "2023-12-15 00:00+08"}, DAY),  # its end does not
        ({"until": "2023-12-14 10:00+08"}, None),
        ({"until": "2023-12-14 09:59+08"}, "work does not end before it begins"),
        ({"unit": None}, "unit is given"),
        ({"unit": "street-3"}, REGISTER),
        ({"unit": "Street-1"}, REGISTER),
        ({"kind": None}, "kind is given"),
        ({"kind": "dance"}, KNOWN_KIND),
        ({"depth_cm": float("nan")}, FINITE),
        ({"depth_cm": float("inf")}, FINITE),
        ({"unit": "street-3", "kind": "dance"}, f"{KNOWN_KIND}, {REGISTER}"),
        ({"fault": "ragged row: 4 fields, 5 expected"}, "readable: ragged row: 4 fields, 5 expected"),
        # what could not be read is the parser's to tell: no rule adds that it is missing
        ({"fault": "unreadable at", "at": None}, "readable: unreadable at"),
    ],
)
def test_a_row_of_a_service_log(desk: Desk, suites: dict[str, Suite], row: dict[str, Any], rules: str | None) -> None:
    batch = desk.batch([{"kind": "haul"}, row], suites["service_log"])
    [outcome] = desk.validate(batch)
    assert desk.quarantined(batch) == ({3: rules} if rules else {})
    assert (outcome.rows, outcome.accepted) == (2, 1 if rules else 2)
    assert outcome.quarantined == (1 if rules else 0)


def test_the_counts_of_every_rule(desk: Desk, suites: dict[str, Suite]) -> None:
    rows = [{}, {"unit": None}, {"unit": "x"}, {"unit": "x", "kind": "dance"}, {"fault": "undecodable"}]
    [outcome] = desk.validate(desk.batch(rows, suites["service_log"]))
    assert outcome.by_rule == {KNOWN_KIND: 1, "readable": 1, "unit is given": 1, REGISTER: 2}
    assert str(outcome) == (
        "1 accepted, 4 quarantined (kind is one the contract knows: 1; readable: 1; unit is given: 1; "
        "unit is in the contract's register: 2)"
    )


def test_the_two_files(desk: Desk, suites: dict[str, Suite]) -> None:
    rows = [{"line": 9}, {"line": 4, "unit": "street-2"}, {"line": 7, "unit": "x"}, {"line": 5, "fault": "f"}]
    batch = desk.batch(rows, suites["service_log"])
    desk.validate(batch)
    assert desk.accepted(batch) == [(4, "street-2", "plow"), (9, "street-1", "plow")]
    assert list(desk.quarantined(batch).items()) == [(5, "readable: f"), (7, REGISTER)]
    stamp = "TIMESTAMP WITH TIME ZONE"
    event = {
        "at": stamp, "until": stamp, "seen_at": stamp, "unit": "VARCHAR",
        "zone": "VARCHAR", "actor": "VARCHAR", "kind": "VARCHAR", "note": "VARCHAR", "depth_cm": "DOUBLE",
    }  # fmt: skip
    assert desk.columns(batch.accepted_to) == {"line": "INTEGER", **event}
    quarantined = {"line": "INTEGER", "raw": "VARCHAR", "rules": "VARCHAR", **event}
    assert desk.columns(batch.quarantined_to) == quarantined  # what is readable of them tells where the gap is
    assert desk.files() == ["delivery.parquet", "delivery.parquet"]


def test_again_gives_the_same_files(desk: Desk, suites: dict[str, Suite]) -> None:
    batch = desk.batch([{}, {"unit": "x"}], suites["service_log"])
    written = []
    for _ in range(2):
        desk.validate(batch)
        written.append([Path(path).read_bytes() for path in (batch.accepted_to, batch.quarantined_to)])
    assert written[0] == written[1]


def test_texts_are_asked_for_only_where_rows_lack_theirs(desk: Desk, suites: dict[str, Suite]) -> None:
    rows = [{"raw": None}, {"raw": None, "unit": "x"}, {"unit": "x"}, {"raw": None, "line": 9, "kind": "dance"}]
    asked: list[int] = []

    def texts(lines: Any) -> pa.RecordBatchReader:
        asked.extend(lines.tolist())
        return pa.table({"line": lines, "text": [f"found {line}" for line in lines]}).to_reader()

    batch = desk.batch(rows, suites["service_log"], texts=texts)
    desk.validate(batch)
    told = pq.read_table(batch.quarantined_to, columns=["line", "raw"]).to_pylist()
    assert asked == [3, 9]
    assert [(one["line"], one["raw"]) for one in told] == [(3, "found 3"), (4, "line 4"), (9, "found 9")]


@pytest.mark.parametrize("threads", [1, 2])
def test_a_delivery_of_many_row_groups_is_written_in_order(
    desk: Desk, suite_file: Callable[..., Path], threads: int
) -> None:
    """300,000 rows in their order: the same bytes, sorted or left where they lie, by one thread or two."""
    counted = {"type": "expect_table_row_count_to_be_between", "kwargs": {"min_value": 1}, "severity": "critical"}
    known: Row = {"type": "expect_column_values_to_be_in_set", "severity": "warning", "meta": {"name": "known"}}
    known |= {"kwargs": {"column": "known_unit", "value_set": [True]}}
    rules = load_suite(suite_file({**counted, "meta": {"name": "some"}}, known, counted=False))
    batch = desk.batch([], rules)
    with duckdb.connect() as db:
        made = """SELECT i::INTEGER AS line, 'r' || i AS raw, NULL::VARCHAR AS fault, 'k' AS kind,
                         CASE WHEN i % 3 = 1 THEN 'x' ELSE 'street-1' END AS unit FROM range(300000) AS t(i)"""
        db.sql(made).write_parquet(batch.rows)
    written = []
    for ordered in (False, True, True):
        lake = Lake(desk.folder)
        [outcome] = validate_batches([batch], lambda: connect(lake, threads=threads, ordered=ordered))  # noqa: B023
        assert (outcome.accepted, outcome.quarantined) == (200_000, 100_000)
        lines = pq.read_table(batch.accepted_to)["line"].to_numpy()
        assert (lines[1:] > lines[:-1]).all()
        written.append((Path(batch.accepted_to).read_bytes(), Path(batch.quarantined_to).read_bytes()))
    assert written[1] == written[2]


@pytest.mark.parametrize("column", ["raw", "fault"])
def test_no_rule_speaks_about_the_text_of_a_row(desk: Desk, suite: Callable[..., Suite], column: str) -> None:
    """It is not there for the rows that could be read, so that such a rule would pass whatever they say."""
    rule = {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": column}, "severity": "warning"}
    with pytest.raises(ExpectationFault, match=f"there is no column {column}"):
        desk.validate(desk.batch([{}], suite({**rule, "meta": {"name": "r"}})))


@pytest.mark.parametrize("name", ["service_log", "condition_log", "inspection_log"])
def test_a_quiet_day_is_a_delivery(desk: Desk, suites: dict[str, Suite], name: str) -> None:
    batch = desk.batch([], suites[name])
    [outcome] = desk.validate(batch)
    assert (outcome.rows, outcome.accepted, outcome.quarantined, outcome.refused) == (0, 0, 0, None)
    assert desk.accepted(batch) == [] and desk.quarantined(batch) == {}


def test_a_condition_is_not_asked_for_a_unit(desk: Desk, suites: dict[str, Suite]) -> None:
    rows = [{"unit": None, "kind": "snowfall", "depth_cm": 12}, {"unit": None, "kind": "hail"}]
    batch = desk.batch(rows, suites["condition_log"], kinds=frozenset({"snowfall"}))
    [outcome] = desk.validate(batch)
    assert outcome.accepted == 1 and desk.quarantined(batch) == {3: KNOWN_KIND}


def test_an_inspection(desk: Desk, suites: dict[str, Suite]) -> None:
    rows = [{"kind": "clear"}, {"kind": "clear", "at": "2023-12-16 00:00+08"}, {"unit": "x"}]
    batch = desk.batch(rows, suites["inspection_log"], kinds=frozenset({"clear", "plow"}))
    desk.validate(batch)
    assert desk.quarantined(batch) == {3: "time lies within the delivery's interval", 4: REGISTER}


def test_without_kinds_any_kind_goes_but_there_must_be_one(desk: Desk, suites: dict[str, Suite]) -> None:
    batch = desk.batch([{"kind": "dance"}, {"kind": None}], suites["service_log"], kinds=frozenset())
    desk.validate(batch)
    assert desk.quarantined(batch) == {3: "kind is given"}


def test_without_a_register_no_unit_is_known(desk: Desk, suites: dict[str, Suite]) -> None:
    batch = desk.batch([{}], suites["service_log"], units=())
    desk.validate(batch)
    assert desk.quarantined(batch) == {2: REGISTER}


def test_a_unit_named_twice_in_the_register_does_not_double_rows(desk: Desk, suites: dict[str, Suite]) -> None:
    batch = desk.batch([{}], suites["service_log"], units=("street-1", "street-1"))
    assert desk.validate(batch)[0].accepted == 1


def test_a_critical_rule_refuses_the_delivery(desk: Desk, suite: Callable[..., Suite]) -> None:
    batch = desk.batch([{}] * 101, suite())
    [outcome] = desk.validate(batch)
    assert outcome.refused == "the delivery has at most 100 rows: found 101"
    assert str(outcome) == f"refused: {outcome.refused}"
    assert (outcome.rows, outcome.accepted, outcome.quarantined) == (101, 0, 0)
    assert desk.files() == []


DEEP = {
    "type": "expect_column_values_to_be_between",
    "kwargs": {"column": "depth_cm", "min_value": 0, "max_value": 100, "mostly": 0.5},
    "meta": {"name": "snow is no deeper than a metre"},
}


@pytest.mark.parametrize(("depths", "refused"), [((1, 2, 300), False), ((1, 200, 300), True)])
def test_a_critical_rule_about_rows_tolerates_as_many_as_it_says(
    desk: Desk, suite: Callable[..., Suite], depths: tuple[int, ...], refused: bool
) -> None:
    batch = desk.batch([{"depth_cm": depth} for depth in depths], suite({**DEEP, "severity": "critical"}))
    [outcome] = desk.validate(batch)
    if refused:
        assert outcome.refused == "snow is no deeper than a metre: 2 rows break it"
    else:
        assert desk.quarantined(batch) == {4: "snow is no deeper than a metre"}


def test_tolerance_decides_about_the_delivery_never_about_a_row(desk: Desk, suite: Callable[..., Suite]) -> None:
    rows = [{"depth_cm": 1}, {"depth_cm": 2}, {"depth_cm": 300}]
    batch = desk.batch(rows, suite({**DEEP, "severity": "warning"}))
    desk.validate(batch)
    assert desk.quarantined(batch) == {4: "snow is no deeper than a metre"}


def test_an_info_rule_only_counts(desk: Desk, suite: Callable[..., Suite]) -> None:
    batch = desk.batch([{"depth_cm": 1}, {"depth_cm": 300}], suite({**DEEP, "severity": "info"}))
    [outcome] = desk.validate(batch)
    assert outcome.noted == {"snow is no deeper than a metre": 1}
    assert outcome.accepted == 2 and not outcome.by_rule


def test_a_rule_that_compares_rows_can_count_or_refuse(desk: Desk, suite: Callable[..., Suite]) -> None:
    once = {
        "type": "expect_compound_columns_to_be_unique",
        "kwargs": {"column_list": ["at", "unit"]},
        "meta": {"name": "nothing is told twice"},
    }
    rows = [{}, {}, {"unit": "street-2"}]
    [counted] = desk.validate(desk.batch(rows, suite({**once, "severity": "info"})))
    assert counted.noted == {"nothing is told twice": 2} and counted.accepted == 3
    [refused] = desk.validate(desk.batch(rows, suite({**once, "severity": "critical"})))
    assert refused.refused == "nothing is told twice: 2 rows break it"


def test_a_failed_rule_about_the_delivery_is_told_as_a_warning(desk: Desk, suite: Callable[..., Suite]) -> None:
    mean = {
        "type": "expect_column_mean_to_be_between",
        "kwargs": {"column": "depth_cm", "max_value": 10},
        "severity": "warning",
        "meta": {"name": "the mean depth is believable"},
    }
    [outcome] = desk.validate(desk.batch([{"depth_cm": 30}], suite(mean)))
    assert outcome.warnings == ("the mean depth is believable: found 30.0",)
    assert "warning: the mean depth" in str(outcome) and outcome.accepted == 1


def test_a_rule_with_a_condition_marks_only_the_rows_that_it_speaks_about(
    desk: Desk, suite: Callable[..., Suite]
) -> None:
    plows_have_plates = {
        "type": "expect_column_values_to_match_regex",
        "kwargs": {
            "column": "actor",
            "regex": "^辽E:'[0-9]%+$",  # quotes and percent signs survive on their way into SQL
            "row_condition": {
                "type": "comparison", "column": {"name": "kind"}, "operator": "==", "parameter": "plow",
            },
        },
        "severity": "warning",
        "meta": {"name": "plows have plates"},
    }  # fmt: skip
    rows = [{"actor": "辽E:'7%"}, {"actor": "x"}, {"actor": "x", "kind": "haul"}]
    batch = desk.batch(rows, suite(plows_have_plates))
    desk.validate(batch)
    assert desk.quarantined(batch) == {3: "plows have plates"}


def test_further_parameters(desk: Desk, suite: Callable[..., Suite]) -> None:
    limit = {**DEEP, "severity": "warning"}
    limit["kwargs"] = {"column": "depth_cm", "max_value": {"$PARAMETER": "deepest"}}
    batch = desk.batch([{"depth_cm": 40}, {"depth_cm": 60}], suite(limit))
    desk.validate(replace(batch, parameters={"deepest": 50}))
    assert desk.quarantined(batch) == {3: "snow is no deeper than a metre"}
    with pytest.raises(ExpectationFault, match="No value found for \\$PARAMETER deepest"):
        desk.validate(batch)


@pytest.mark.parametrize(
    ("kwargs", "reason"),
    [
        ({"column": "colour", "regex": "^red$"}, "there is no column colour"),
        ({"column": "unit", "regex": "("}, "could not be judged"),
    ],
)
def test_a_rule_that_cannot_be_judged_is_the_suites_fault(
    desk: Desk, suite: Callable[..., Suite], kwargs: dict[str, str], reason: str
) -> None:
    rule = {"type": "expect_column_values_to_match_regex", "kwargs": kwargs, "severity": "info"}
    with pytest.raises(ExpectationFault, match=reason) as fault:
        desk.validate(desk.batch([{}], suite(rule)))
    assert str(fault.value).startswith("delivery, suite suite: ") and "\n" not in str(fault.value)


def test_batches_share_nothing(desk: Desk, suites: dict[str, Suite]) -> None:
    first = desk.batch([{}, {"unit": "x"}], suites["service_log"], name="first")
    second = desk.batch([{"unit": "x"}], suites["service_log"], name="second", units=("x",))
    third = desk.batch([{"unit": None}], suites["condition_log"], name="third")
    assert [o.accepted for o in desk.validate(first, second, third)] == [1, 1, 1]
    assert desk.quarantined(second) == {}


def test_one_suite_at_fault_does_not_stop_the_others(
    desk: Desk, suites: dict[str, Suite], suite: Callable[..., Suite]
) -> None:
    colour = {"type": "expect_column_to_exist", "kwargs": {"column": "colour"}, "severity": "info"}
    batches = [
        desk.batch([{}], suite(colour), name="first"),
        desk.batch([{}], suites["service_log"], name="second"),
    ]
    fault, outcome = validate_each(batches, lambda: connect(Lake(desk.folder)))
    assert isinstance(fault, ExpectationFault) and not isinstance(outcome, ExpectationFault)
    assert outcome.accepted == 1


def test_no_batches_cost_nothing(desk: Desk) -> None:
    assert desk.validate() == []


def test_the_interval_needs_a_time_zone(desk: Desk, suites: dict[str, Suite]) -> None:
    with pytest.raises(ValueError, match="time zone"):
        desk.batch([], suites["service_log"], begins=datetime(2023, 12, 14))  # noqa: DTZ001


def test_nothing_is_printed(desk: Desk, suites: dict[str, Suite], capfd: pytest.CaptureFixture[str]) -> None:
    desk.validate(desk.batch([{}, {"unit": "x"}], suites["service_log"]))
    assert capfd.readouterr() == ("", "")
