"""Many intervals at once: in however many parts a slot is cut, its levels are those of every change by itself."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dutywatch.judge import keep as pattern
from dutywatch.terms.units import Unit
from tests.judge.bench import set_up
from tests.judge.oracle import File, Trace
from tests.judge.oracle_windows import Entry
from tests.judge.test_oracle_tables import OPEN, contract, hour, keep
from tests.judge.test_oracle_windows import rows

SLOT = timedelta(minutes=30)
DAY = hour(24), hour(48)
Interval = tuple[datetime, datetime]


def drawn() -> Iterator[Interval]:
    """On the minute, so that many open or close together, as a slot begins too: 5 to 46 at once on the second day."""
    draw = random.Random(11)  # noqa: S311
    for minute in range(48 * 60):
        busy = 3 if minute // 60 % 8 < 5 else 1
        for _ in range(draw.randrange(busy + 1)):
            at = hour(minute / 60)
            yield at, at + timedelta(minutes=draw.randrange(1, 40))


INTERVALS = list(drawn())


@pytest.mark.parametrize("bins", [1, 4, 7, 1800])
@pytest.mark.parametrize(
    "bounds",
    [
        {"at_least": 3},
        {"at_least": 6},
        {"at_least": 20},
        {"at_most": 30},
        {"at_most": 44},
        {"at_least": 4, "at_most": 35},
    ],
    ids=str,
)
@pytest.mark.parametrize("allowed", [0, 5])
def test_every_change_is_looked_at(
    bounds: dict[str, int], allowed: int, bins: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pattern, "_BINS", bins)
    given = contract(keep(level=OPEN, slot="PT30M", max_bad=allowed, **bounds))
    files = []
    for day in range(3):
        start, end = hour(24 * day), hour(24 * day + 24)
        entries = tuple(
            Entry(at, unit="U0", kind="plow", record=f"{number}", until=until)
            for number, (at, until) in enumerate(INTERVALS)
            if start <= at < end
        )
        files.append(File("log", f"{day}", f"{day}", start.date(), end + timedelta(hours=4), entries))
    bench = set_up(tmp_path, Trace(given, (Unit("U0", None, None, None),), tuple(files)))
    found = rows("it", bench, bench.judge(hour(60)))["it", "U0", "2024-01-16"]
    bad = [(end, worst) for end, worst in slots(bounds) if worst is not None]
    breached = len(bad) > allowed
    assert (found["measured"], found["measured_high"], found["items"]) == (len(bad), len(bad), 48)
    assert (found["verdict"], found["lapsed_at"]) == (("breached", bad[allowed][0]) if breached else ("met", None))


def slots(bounds: dict[str, Any]) -> Iterator[tuple[datetime, int | None]]:
    """The end of each slot of the second day, and by how much it was out of bounds at worst; None: it was not."""
    start = DAY[0]
    while start < DAY[1]:
        turns = {start, *(at for one in INTERVALS for at in one if start < at < start + SLOT)}
        levels = [sum(at <= turn < until for at, until in INTERVALS) for turn in turns]
        out = max(bounds.get("at_least", 0) - min(levels), max(levels) - bounds.get("at_most", max(levels)))
        start += SLOT
        yield start, out if out > 0 else None
