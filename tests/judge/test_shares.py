"""Completion by a share of the length: many short passes over many days, against a plain count of metres."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from dutywatch.clock import midnight
from dutywatch.judge import shares
from dutywatch.terms.contract import Contract
from dutywatch.terms.units import Unit
from tests.judge.bench import set_up
from tests.judge.oracle import File, Row, Trace
from tests.judge.test_replay import digests
from tests.judge.traces import HOUR, sha, source

DAILY = {"from": "2024-01-10", "due": "06:00 next day"}
LOG = {"rank": 1, "columns": {"at": "at", "kind": "kind", "from_m": "from_m", "to_m": "to_m"}, **DAILY}
LENGTH, DAYS = 97, 5
CONTRACT = Contract.model_validate(
    {
        "contract": "town",
        "title": {"en": "Town"},
        "authority": {"id": "city", "name": {"en": "City"}},
        "contractors": [{"id": "firm", "name": {"en": "Firm"}}, {"id": "other", "name": {"en": "Other"}}],
        "term": {"from": "2024-01-10", "to": "2024-12-31"},
        "timezone": "Asia/Shanghai",
        "people": {"desk": {"name": {"en": "Desk"}}},
        "units": {"file": "units.csv", "key": "id"},
        "sources": {
            "weather": source("condition", "weather-service", "{service_date}.csv", **DAILY),
            "log-0": source("service", "firm", "{service_date}.csv", **LOG),
            "log-1": source("service", "other", "b-{service_date}.csv", acts_by="other", **LOG),
        },
        "obligations": {
            "clear": {
                "title": {"en": "Cleared"},
                "clause": "§1",
                "party": "firm",
                "pattern": "respond",
                "trigger": {"stream": "condition", "kind": "snow", "merge_gap": "PT1H"},
                "clock": {"from": "trigger.end", "early": "PT2H"},
                "action": {"stream": "service", "kind": "plow", "share": 0.9},
                "within": "PT18H",
                "supervisor": "desk",
            }
        },
    }
)
FIRST = midnight(date(2024, 1, 10), CONTRACT.zone)
AS_OF = FIRST + DAYS * 24 * HOUR + 8 * HOUR
SNOWS = (2, 30)  # hours after the first midnight
Acts = list[tuple[str, Row]]  # each with its source


def _acts(units: Sequence[Unit], rng: Random) -> Acts:
    """Passes of 1 to 40 metres, some beyond the street's ends, some nowhere; a few streets have others' help."""
    found = []
    for number, unit in enumerate(units):
        for _ in range(rng.choice((2, 12, 60))):
            at = FIRST + timedelta(minutes=rng.randrange(DAYS * 24 * 60))
            start = rng.randrange(-20, LENGTH)
            ends = rng.sample([float(start), float(start + rng.randrange(1, 40))], 2)
            located = dict(zip(("from_m", "to_m"), ends, strict=True)) if rng.random() < 0.9 else {}
            helped = number % 5 == 0 and rng.random() < 0.3
            found.append(("log-1" if helped else "log-0", Row(at, unit.id, "plow", **located)))
    return found


def _files(acts: Acts) -> list[File]:
    files = []
    for index in range(DAYS):
        start, end = FIRST + index * 24 * HOUR, FIRST + (index + 1) * 24 * HOUR
        day = date(2024, 1, 10) + timedelta(days=index)
        snow = tuple(Row(FIRST + hour * HOUR, None, "snow") for hour in SNOWS if hour // 24 == index)
        files.append(File("weather", f"weather/{day}.csv", sha("w", day), day, end + HOUR, snow))
        for name in ("log-0", "log-1"):
            rows = tuple(row for source, row in acts if source == name and start <= row.at < end)
            files.append(File(name, f"{name}/{day}.csv", sha(name, day), day, end + HOUR, rows))
    return files


def _done_at(acts: Sequence[Row], lower: datetime) -> datetime | None:
    """When nine tenths of the street's metres were plowed, counted metre by metre."""
    done: set[int] = set()
    for act in sorted(acts, key=lambda row: row.at):
        if act.at >= lower and act.from_m is not None and act.to_m is not None:
            low, high = sorted((int(act.from_m), int(act.to_m)))
            done |= set(range(max(low, 0), min(high, LENGTH)))
        if len(done) * 10 >= 9 * LENGTH:
            return act.at
    return None


@pytest.mark.parametrize("seed", range(3))
def test_each_street_is_done_when_its_metres_are(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    units = tuple(Unit(f"U{n:03}", None, None, float(LENGTH)) for n in range(60))
    acts = _acts(units, Random(seed))  # noqa: S311 - test data
    bench = set_up(tmp_path, Trace(CONTRACT, units, tuple(_files(acts))))
    whole = bench.judge(AS_OF)
    rows = bench.rows(whole)
    assert len(rows) == len(units) * len(SNOWS)
    kinds = set()
    for row in rows.values():
        mine = [(source, act) for source, act in acts if act.unit == row["unit"]]
        lower = row["clock_start"] - 2 * HOUR
        own = _done_at([act for source, act in mine if source == "log-0"], lower)
        anybody = _done_at([act for _, act in mine], lower)
        kinds.add((row["verdict"], own != anybody, own is None))
        if own is not None and own <= row["due_at"]:
            assert (row["verdict"], row["fulfilled_at"]) == ("met", own)
        elif anybody is not None and anybody <= row["due_at"]:
            assert row["verdict"] == "excused"
        else:
            assert (row["verdict"], row["fulfilled_at"]) == ("breached", anybody)
    assert {("met", False, False), ("breached", False, False), ("breached", False, True)} <= kinds
    assert any(helped for _, helped, _ in kinds)
    monkeypatch.setattr(shares, "MOST_ACTS", 1)
    assert digests(bench.judge(AS_OF)) == digests(whole)
