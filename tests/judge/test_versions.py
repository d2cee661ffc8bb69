"""Which of several versions of a record speaks: the one told last, as of its poll, however late that arrived (0084)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.judge.bench import set_up
from tests.judge.oracle import File, Row, Trace
from tests.judge.plans import CASE
from tests.judge.test_cases import OF_CASES, U0, hole
from tests.judge.test_letter import at, contract, part
from tests.judge.test_oracle import by_key, compare, no_delivery_duties
from tests.judge.traces import source

__all__ = ["no_delivery_duties"]

POLLS = source(
    "case",
    "city",
    "{part}.csv",
    redelivery="append",
    polls={"max_lag": "PT2H", "shows": "all"},
    columns={**CASE, "seen_at": "seen_at"},
)
POLLED = contract({"cases": POLLS}, **OF_CASES, clock={"from": "trigger.start", "early": "PT0S"})


def poll(hour: float, *cases: Row, received: datetime | None = None) -> File:
    """What a poll of the 11th shows, with a row of no case; received at once."""
    seen_at = at(11, hour)
    rows = (Row(at(10, 1), None, "nothing", seen_at=seen_at), *cases)
    return part("cases", received or seen_at, *(Row(**{**vars(row), "seen_at": seen_at}) for row in rows))


@pytest.mark.parametrize("received", [None, at(12, 3)])
def test_a_poll_that_arrives_late_takes_nothing_back(received: datetime | None, tmp_path: Path) -> None:
    """A connector that fills in a poll which it missed tells what was so then."""
    polls = (poll(0), poll(3, hole(2, "C1"), received=received), poll(6, hole(2, "C1", done_at=at(11, 5))), poll(23))
    trace = Trace(POLLED, U0, polls)
    rows = compare(set_up(tmp_path, trace), trace, at(12, 7))
    assert [row["standing"] for row in rows.values()] == ["met"]


@pytest.mark.parametrize("received", [None, at(12, 3)])
def test_a_case_that_was_open_again_stays_open_whichever_poll_arrived_last(
    received: datetime | None, tmp_path: Path
) -> None:
    """What was closed, and was open by a later poll, is not done."""
    closed = poll(6, hole(2, "C1", done_at=at(11, 5)), received=received)
    trace = Trace(POLLED, U0, (poll(0), closed, poll(23, hole(2, "C1"))))
    bench = set_up(tmp_path, trace)
    rows = by_key(bench.rows(bench.judge(at(12, 7))))
    assert [row["standing"] for row in rows.values()] == ["breached.open"]
    compare(bench, trace, at(12, 7))


@pytest.mark.parametrize("key", [(), ("at", "unit", "record")])
@pytest.mark.parametrize("column", ["received_at", "told_at", "number", "file", "label", "arrival", "unread"])
def test_a_column_of_the_contract_may_have_any_name(column: str, key: tuple[str, ...], tmp_path: Path) -> None:
    """Cases often state when they were received, or a number of their own; nobody wrote any of these here."""
    stated = {**POLLS, "columns": {**POLLS["columns"], column: column}, "key": key}
    given = contract({"cases": stated}, **OF_CASES, clock={"from": "trigger.start", "early": "PT0S"})
    bench = set_up(tmp_path, Trace(given, U0, (poll(0), poll(6, hole(2, "C1", done_at=at(11, 5))), poll(23))))
    kind = pa.timestamp("us", "UTC") if column.endswith("_at") else pa.float64()
    for path in [path for path in tmp_path.rglob("*.parquet") if "seen_at" in pq.read_schema(path).names]:
        table = pq.read_table(path)
        pq.write_table(table.append_column(column, pa.array([None] * len(table), kind)), path)
    assert [row["standing"] for row in bench.rows(bench.judge(at(12, 7))).values()] == ["met"]
