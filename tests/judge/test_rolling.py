"""Rolling windows over many items: in however many bins time is laid out, each is as if it were counted by itself."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dutywatch.judge import attain as pattern
from dutywatch.terms.units import Unit
from tests.judge.bench import set_up
from tests.judge.oracle import File, Trace
from tests.judge.oracle_windows import Entry
from tests.judge.test_oracle_tables import attain, contract, hour
from tests.judge.test_oracle_windows import rows

LENGTH = timedelta(hours=6)
DAY = hour(24), hour(48)
Item = tuple[datetime, float]  # when, and its wait: up to 20 s is good


def drawn() -> Iterator[Item]:
    """A flow at random, and every other hour a rush: shares from 0.781 to 0.904, counts from 54 to 104."""
    draw = random.Random(7)  # noqa: S311
    for spot in draw.sample(range(48 * 20), 360):
        yield hour(spot / 20), draw.choice([5.0, 5.0, 5.0, 30.0])
    for two in range(0, 48, 2):
        for minute in range(12):
            yield hour(two + (14 * two % 60 + minute + 0.5) / 60), 5.0


def rushes(every: float, evening: float) -> Iterator[Item]:
    """An item in three minutes, of which 60 % are good (from noon on, `evening`), and rushes of 60 good ones.

    `every`: so many hours pass between two rushes; the last comes in the morning of the second day.
    """
    good = 0.0
    for spot in range(48 * 20):
        good += 0.6 if spot < 36 * 20 else evening
        yield hour(spot / 20), 5.0 if good >= 1 else 30.0
        good -= good >= 1
    for number in range(6):
        for second in range(0, 120, 2):
            yield hour(2 + every * number + (second + 1) / 3600), 5.0


SCENES = {
    "drawn": sorted(drawn()),
    # one rush leaves five minutes before the next comes: within minutes the share falls, and is what it was again
    "dips": sorted(rushes(6 + 5 / 60, 0.66)),
    # the next one comes before the last has left
    "peaks": sorted(rushes(6 - 5 / 60, 0.76)),
}
WORDS: list[tuple[str, dict[str, Any]]] = [
    ("drawn", {"at_least": 0.7}),
    ("drawn", {"at_least": 0.782}),
    ("drawn", {"at_least": 0.85}),
    ("drawn", {"at_most": 0.903}),
    ("drawn", {"at_most": 0.95}),
    ("drawn", {"at_least": 0.75, "min_items": 80}),
    ("drawn", {"at_least": 0.8, "min_items": 80}),
    ("drawn", {"at_most": 0.9, "min_items": 70}),
    ("drawn", {"count": 1, "at_least": 50}),
    ("drawn", {"count": 1, "at_least": 55}),
    ("drawn", {"count": 1, "at_most": 103}),
    ("drawn", {"count": 1, "at_most": 110}),
    ("dips", {"at_least": 0.5}),
    ("dips", {"at_least": 0.61}),
    ("dips", {"count": 1, "at_least": 100}),
    ("peaks", {"at_most": 0.9}),
    ("peaks", {"at_most": 0.79}),
    ("peaks", {"count": 1, "at_most": 300}),
]


@pytest.mark.parametrize("bins", [1, 3, 16, 1000])
@pytest.mark.parametrize(("scene", "words"), WORDS, ids=str)
def test_every_rolling_window_is_counted(
    scene: str, words: dict[str, Any], bins: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pattern, "_BINS", bins)
    given = contract(attain(window={"each": "day", "rolling": "PT6H"}, **words))
    files = []
    for day in range(3):
        start, end = hour(24 * day), hour(24 * day + 24)
        entries = tuple(
            Entry(at, unit="U0", kind="plow", value=wait) for at, wait in SCENES[scene] if start <= at < end
        )
        files.append(File("log", f"{day}", f"{day}", start.date(), end + timedelta(hours=4), entries))
    bench = set_up(tmp_path, Trace(given, (Unit("U0", None, None, None),), tuple(files)))
    found = rows("it", bench, bench.judge(hour(60)))["it", "U0", "2024-01-16"]
    worst, items, lapsed = expected(SCENES[scene], words)
    assert (found["measured"], found["items"]) == (worst, items)
    assert (found["verdict"], found["lapsed_at"]) == ("breached" if lapsed else "met", lapsed)


def expected(items: list[Item], words: dict[str, Any]) -> tuple[float, int, datetime | None]:
    """Figure and items of the worst window, of the failing ones if there are any; and when the first of these ended."""
    few = words.get("min_items", 1)
    tested = [(at, n if "count" in words else good / n, n) for at, n, good in windows(items) if n >= few]
    least = words.get("at_least")
    failing = [one for one in tested if (one[1] < least if least is not None else one[1] > words["at_most"])]
    _, worst, count = min(failing or tested, key=lambda one: one[1] if least is not None else -one[1])
    return worst, count, failing[0][0] if failing else None


def windows(items: list[Item]) -> list[tuple[datetime, int, int]]:
    """Of the second day: when something enters or has left, how many items lie within six hours, how many good."""
    times = sorted({at for one, _ in items for at in (one, one + LENGTH) if DAY[0] <= at < DAY[1]})
    within = [(at, [wait for one, wait in items if at - LENGTH < one <= at]) for at in times]
    return [(at, len(some), sum(wait <= 20 for wait in some)) for at, some in within]


BAD, GOOD = 30.0, 5.0
MOVED = (Unit("U0", None, "W1", None, valid_to=date(2024, 1, 15)), Unit("U0", None, "W2", None, date(2024, 1, 16)))


@pytest.mark.parametrize(
    ("register", "measured", "items"),
    [
        ((Unit("U0", None, "W1", None), Unit("U2", None, None, None), Unit("U1", None, "W1", None)), 1 / 3, 3),
        ((Unit("U0", None, "W1", None, date(2024, 1, 16)), Unit("U1", None, "W1", None)), 1.0, 1),
        ((*MOVED, Unit("U1", None, "W2", None)), 1.0, 1),
        ((Unit("U0", None, "W2", None), *(replace(one, id="U1") for one in MOVED)), 1 / 3, 3),
    ],
    ids=["both were there, and one of no zone", "the first joins", "the first moves there", "the other moves there"],
)
def test_a_zone_does_not_answer_for_what_came_before_a_street_was_in_it(
    register: tuple[Unit, ...], measured: float, items: int, tmp_path: Path
) -> None:
    """Two bad calls of U0 late on the first day and a good one of U1 on the second: one window of six hours."""
    given = contract(attain(window={"each": "day", "rolling": "PT6H"}, per="zone", at_least=0.1))
    calls = [(hour(22), "U0", BAD), (hour(22.5), "U0", BAD), (hour(25), "U1", GOOD)]
    files = []
    for number in range(2):
        day = hour(24 * number).date()
        entries = tuple(Entry(at, unit=unit, kind="plow", value=wait) for at, unit, wait in calls if at.date() == day)
        files.append(File("log", f"{number}", f"{number}", day, hour(24 * number + 28), entries))
    bench = set_up(tmp_path, Trace(given, register, tuple(files)))
    found = rows("it", bench, bench.judge(hour(60)))
    row = next(row for (_, zone, label), row in found.items() if zone == register[-1].zone and label == "2024-01-16")
    assert (row["verdict"], row["measured"], row["items"]) == ("met", pytest.approx(measured), items)
