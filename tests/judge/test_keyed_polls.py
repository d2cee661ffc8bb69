"""Rows with a key in a feed that is polled: what no poll had shown by then replaces nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from dutywatch.judge import judge
from tests.judge.bench import PATTERNS
from tests.judge.oracle import File, Row
from tests.spec import town

FAULTS = {"pattern": "attain", "window": "day", "items": {"stream": "service", "kind": "fault"}, "at_most": 1}
FEED = {"redelivery": "append", "key": ["at", "record"], "polls": {"max_lag": "PT0S", "shows": "all"}}


def poll(when: str, *rows: str) -> File:
    """What the feed shows at a poll; a row of a month ago leaves a trace of it in any case."""
    seen = town.at(when)
    shown = (*map(town.row, rows), Row(seen - timedelta(days=30), kind="nothing", record=when))
    return File("log", f"log/{when}", f"log-{when}", None, seen, tuple(replace(row, seen_at=seen) for row in shown))


@pytest.mark.parametrize(
    ("as_of", "version", "standing"),
    [
        ("9T03:00", "fault", "breached.open"),
        ("9T03:00", "none", "breached.open"),  # nobody had seen by then that it was none
        ("9T07:00", "fault", "breached.open"),
        ("9T07:00", "none", "met"),
    ],
)
def test_an_earlier_instant_is_judged_by_the_version_that_was_shown_by_then(
    as_of: str, version: str, standing: str, tmp_path: Path
) -> None:
    """At most one fault a day; of the second one the poll of the 9th at 06:00 shows another version."""
    sources = town.sources(log={**FEED, "path": "{part}.csv", "columns": {**town.COLUMNS, "seen_at": "seen_at"}})
    sources["log"] = {name: word for name, word in sources["log"].items() if name not in ("due", "from")}
    given = town.contract({"faults": FAULTS}, term={"from": "2024-01-08", "to": "2024-01-08"}, sources=sources)
    files = (
        poll("8T00:00"),
        poll("9T00:00", "8T09:00,kind=fault,record=a", "8T10:00,kind=fault,record=b,wait=1"),
        poll("9T06:00", f"8T10:00,kind={version},record=b,wait=2"),
    )
    bench = town.bench(tmp_path, given, files, town.UNITS[:1])
    known = town.at("9T07:00")
    found = judge(bench.terms, bench.accepted, bench.lake, PATTERNS, town.at(as_of), known_at=known, threads=1)
    (row,) = bench.rows(found).values()
    assert row["standing"] == standing
