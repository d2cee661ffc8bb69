"""Rows that nobody can read: each is one item at most, and two of them are two."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from dutywatch.terms.units import Unit
from tests.judge.bench import set_up
from tests.judge.oracle import File, Trace, Unreadable
from tests.judge.oracle_windows import Entry
from tests.judge.test_oracle_tables import attain, contract, hour
from tests.judge.test_oracle_windows import rows


def test_those_of_two_deliveries_that_go_by_one_name_are_two(tmp_path: Path) -> None:
    """Under `append` both stand. Their rows stand on one line."""
    given = contract(attain(at_least=0.5))
    log = given.sources["log"].model_copy(update={"redelivery": "append"})
    given = given.model_copy(update={"sources": {**given.sources, "log": log}})
    good = tuple(Entry(hour(at), unit="U0", kind="plow", value=5.0) for at in (9, 10, 11))
    files = (
        File("log", "0", "0", hour(0).date(), hour(28), (), (Unreadable("U0", hour(6), "plow"),)),
        File("log", "0", "1", hour(0).date(), hour(29), (), (Unreadable("U0", hour(7), "plow"),)),
        File("log", "1", "2", hour(0).date(), hour(30), good),
    )
    bench = set_up(tmp_path, Trace(given, (Unit("U0", None, None, None),), files))
    found = rows("it", bench, bench.judge(hour(0) + timedelta(hours=40)))["it", "U0", "2024-01-15"]
    # three good ones of three, and two more of which nobody knows whether they are items, and good
    assert (found["verdict"], found["items"]) == ("met", 3)
    assert (found["measured"], found["measured_low"], found["measured_high"]) == (1.0, 3 / 5, 1.0)
