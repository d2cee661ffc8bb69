"""Rolling windows over many items: in however many bins time is laid out, each is as if it were counted by itself."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dutywatch.judge import attain as pattern
from tests.judge.oracle_plain import File, Trace, Unit
from tests.judge.oracle_windows import Entry
from tests.judge.test_oracle_tables import attain, contract, hour
from tests.judge.test_oracle_windows import rows
from tests.judge.window_bench import set_up

LENGTH = 6.0  # hours
DRAWN = random.Random(7)  # noqa: S311
# a steady flow, and every other hour a rush of twelve, which leaves the window at another minute than the next comes
SPOTS = [spot / 20 for spot in DRAWN.sample(range(48 * 20), 360)]
SPOTS += [two + (14 * two % 60 + minute) / 60 for two in range(0, 48, 2) for minute in range(12)]
ITEMS = [(hour(spot), DRAWN.choice([5.0, 5.0, 5.0, 30.0])) for spot in sorted(set(SPOTS))]
DAY = hour(24), hour(48)


def windows() -> list[tuple[Any, int, int]]:
    """Of the second day: when something enters or has left, how many items lie within six hours, how many good."""
    length = timedelta(hours=LENGTH)
    times = sorted({at for one, _ in ITEMS for at in (one, one + length) if DAY[0] <= at < DAY[1]})
    within = [(at, [wait for one, wait in ITEMS if at - length < one <= at]) for at in times]
    return [(at, len(some), sum(wait <= 20 for wait in some)) for at, some in within]


@pytest.mark.parametrize("bins", [1, 3, 16, 1000])
@pytest.mark.parametrize(
    "words",
    [
        {"at_least": 0.5},
        {"at_least": 0.66},
        {"at_least": 0.75},
        {"at_most": 0.75},
        {"at_most": 0.9},
        {"at_least": 0.7, "min_items": 80},
        {"at_least": 0.6, "min_items": 80},
        {"at_most": 0.8, "min_items": 70},
        {"count": 1, "at_least": 50},
        {"count": 1, "at_least": 70},
        {"count": 1, "at_most": 70},
        {"count": 1, "at_most": 100},
    ],
    ids=str,
)
def test_every_rolling_window_is_counted(
    words: dict[str, Any], bins: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pattern, "_BINS", bins)
    given = contract(attain(window={"each": "day", "rolling": "PT6H"}, **words))
    files = []
    for day in range(3):
        start, end = hour(24 * day), hour(24 * day + 24)
        entries = tuple(Entry(at, unit="U0", kind="plow", value=wait) for at, wait in ITEMS if start <= at < end)
        files.append(File("log", f"{day}", f"{day}", start.date(), end + timedelta(hours=4), entries))
    bench = set_up(tmp_path, Trace(given, (Unit("U0", None, None, None),), tuple(files)))
    found = rows("it", bench, bench.judge(hour(60)))["it", "U0", "2024-01-16"]
    worst, items, lapsed = expected(words)
    assert (found["measured"], found["items"]) == (worst, items)
    assert (found["verdict"], found["lapsed_at"]) == ("breached" if lapsed else "met", lapsed)


def expected(words: dict[str, Any]) -> tuple[float, int, Any]:
    """Figure and items of the worst window, of the failing ones if there are any; and when the first of these ended."""
    few = words.get("min_items", 1)
    tested = [(at, n if "count" in words else good / n, n) for at, n, good in windows() if n >= few]
    least = words.get("at_least")
    failing = [one for one in tested if (one[1] < least if least is not None else one[1] > words["at_most"])]
    _, worst, items = min(failing or tested, key=lambda one: one[1] if least is not None else -one[1])
    return worst, items, failing[0][0] if failing else None
