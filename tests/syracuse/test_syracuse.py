"""Syracuse's real storm of 27 December 2025, judged by the command line and by a plain reading of the file.

The plain reading knows nothing of the engine: it asks of each segment for its first service since the storm
began, and what the feed cannot show of the time before it.
"""

from __future__ import annotations

import csv
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from dutywatch import pipeline, replay
from dutywatch.cli import app
from tests.conftest import HOME, installation
from tests.syracuse.prepare import deliveries, prepare

STORM = datetime(2025, 12, 27, 0, 29, tzinfo=UTC)
AS_OF = datetime(2025, 12, 28, 13, 18, tzinfo=UTC)
ALLOWED = {"Priority 1": timedelta(hours=8), "Priority 2": timedelta(hours=16)}
MAX_LAG = timedelta(minutes=15)


@pytest.fixture(scope="module")
def feed(data: Path) -> Path:
    return data / "syracuse_snow_2025"


@pytest.fixture(scope="module")
def contract(feed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare(tmp_path_factory.mktemp("contracts"), feed)


@pytest.fixture(scope="module")
def verdicts(
    contract: Path, feed: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, dict[str, dict[str, str]]]:
    out = tmp_path_factory.mktemp("out") / "verdicts.csv"
    command = ["judge", str(contract), "--landing", str(feed), "--as-of", AS_OF.isoformat(), "--out", str(out)]
    result = CliRunner().invoke(app, command, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    with out.open(encoding="utf-8", newline="") as lines:
        return result.output, {row["unit"]: row for row in csv.DictReader(lines)}


def plain_reading(feed: Path) -> dict[str, str]:
    """unit -> verdict, from the Parquet file alone."""
    rows = duckdb.execute(
        "SELECT snowroutesegmentid, routepriority, epoch_us(serviced_at::TIMESTAMPTZ), "
        "epoch_us(observed_at::TIMESTAMPTZ) "
        "FROM read_parquet($path) ORDER BY ALL",
        {"path": str(feed / "service_events.parquet")},
    ).fetchall()
    as_of = _micros(AS_OF)
    polls = sorted({seen for *_, seen in rows})
    previous = dict(zip(polls[1:], polls, strict=False))
    services: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for unit, priority, at, seen in rows:
        if at <= as_of and seen <= as_of:
            services[unit, priority].append((at, seen))
    return {unit: _verdict(found, ALLOWED[priority], previous) for (unit, priority), found in services.items()}


def _verdict(found: list[tuple[int, int]], allowed: timedelta, previous: dict[int, int]) -> str:
    start, due, lag = _micros(STORM), _micros(STORM + allowed), _micros(MAX_LAG)
    if any(start <= at <= due for at, _ in found):
        return "met"
    before = -1
    for at, seen in sorted(found, key=lambda event: event[1]):
        hidden_from = max(before + 1, previous[seen] - lag) if seen in previous else before + 1
        if hidden_from < min(at, due) and max(hidden_from, start) < min(at, due):
            return "unproven"  # the feed showed only the last of what happened between two polls
        before = at
    return "breached"


def _micros(value: datetime | timedelta) -> int:
    span = value - datetime(1970, 1, 1, tzinfo=UTC) if isinstance(value, datetime) else value
    return span // timedelta(microseconds=1)


def test_the_command_line_agrees_with_a_plain_reading(
    verdicts: tuple[str, dict[str, dict[str, str]]], feed: Path
) -> None:
    expected = plain_reading(feed)
    found = {unit: row["verdict"] for unit, row in verdicts[1].items()}
    assert found == expected


def test_another_winters_events_make_that_one_the_term(contract: Path, tmp_path: Path) -> None:
    """Of its own winter the contract stays as it is written; the two events of the other one are invented."""
    written = (HOME / "tests" / "syracuse" / "contract.yaml").read_text(encoding="utf-8")
    assert (contract / "contract.yaml").read_text(encoding="utf-8") == written
    made = "SELECT 'S1' AS snowroutesegmentid, 'Priority 1' AS routepriority, '7' AS snowrouteid, 1e-1 AS segmentlength"
    duckdb.execute(
        f"COPY ({made}, unnest([TIMESTAMPTZ '2022-11-20 04:00+00', TIMESTAMPTZ '2023-05-02 04:00+00']) AS serviced_at) "
        f"TO '{tmp_path / 'service_events-2.parquet'}' (FORMAT parquet)"
    )
    other = prepare(tmp_path / "contracts", tmp_path)
    assert "term: {from: 2022-10-01, to: 2024-04-30}" in (other / "contract.yaml").read_text(encoding="utf-8")
    assert "S1,Priority 1,7,160.9\n" in (other / "units.csv").read_text(encoding="utf-8").replace("\r\n", "\n")


def test_files_that_are_no_events_do_not_keep_the_others_from_being_read(tmp_path: Path) -> None:
    """An empty file, one that is no Parquet, one of another table, and an event that names no segment."""
    made = "SELECT 'S1' AS snowroutesegmentid, 'Priority 1' AS routepriority, '7' AS snowrouteid, 1e-1 AS segmentlength"
    events = f"{made}, TIMESTAMPTZ '2022-11-20 04:00+00' AS serviced_at"
    duckdb.execute(
        f"COPY (FROM ({events}) UNION ALL SELECT NULL, * EXCLUDE (snowroutesegmentid) FROM ({events})) "
        f"TO '{tmp_path / 'service_events-1.parquet'}' (FORMAT parquet)"
    )
    duckdb.execute(f"COPY ({made}) TO '{tmp_path / 'service_events-2.parquet'}' (FORMAT parquet)")
    (tmp_path / "service_events-3.parquet").write_bytes(b"")
    (tmp_path / "service_events-4.parquet").write_text("no table", encoding="utf-8")
    other = prepare(tmp_path / "contracts", tmp_path)
    assert "term: {from: 2022-10-01, to: 2023-04-30}" in (other / "contract.yaml").read_text(encoding="utf-8")
    assert "S1,Priority 1,7,160.9\n" in (other / "units.csv").read_text(encoding="utf-8").replace("\r\n", "\n")
    (tmp_path / "service_events-1.parquet").unlink()
    with pytest.raises(SystemExit, match="send files with events"):
        prepare(tmp_path / "contracts", tmp_path)


def test_counts_by_class(verdicts: tuple[str, dict[str, dict[str, str]]]) -> None:
    counts = Counter((row["obligation"], row["verdict"]) for row in verdicts[1].values())
    assert sum(n for (name, _), n in counts.items() if name == "plow-priority-1") == 1380
    assert sum(n for (name, _), n in counts.items() if name == "plow-priority-2") == 3119
    assert counts == {
        ("plow-priority-1", "met"): 813,
        ("plow-priority-1", "breached"): 564,
        ("plow-priority-1", "unproven"): 3,
        ("plow-priority-2", "met"): 1324,
        ("plow-priority-2", "breached"): 1766,
        ("plow-priority-2", "unproven"): 29,
    }


def test_segments_without_a_priority_are_counted_and_not_judged(
    verdicts: tuple[str, dict[str, dict[str, str]]],
) -> None:
    output, rows = verdicts
    assert "519 units state no class" in output
    assert len(rows) == 4499


def test_every_delivery_is_accounted_for(verdicts: tuple[str, dict[str, dict[str, str]]]) -> None:
    assert "plow-events service_events.parquet: 24283 = 0 + 0 + 24283 + 0" in verdicts[0]
    assert "weather-alerts nws_alerts_log.csv: 50 = 1 + 0 + 49 + 0" in verdicts[0]
    assert "weather_from_predictions.csv" in verdicts[0]


def test_the_same_events_in_many_deliveries_give_the_same_verdicts(
    verdicts: tuple[str, dict[str, dict[str, str]]],
    contract: Path,
    feed: Path,
    tmp_path: Path,
    database: Callable[[], str],
) -> None:
    """A replay in which the feed arrives in pieces ends where the what-if over the whole file ended."""
    home = home_with(contract, tmp_path)
    settings = installation(tmp_path, database(), home)
    arrivals = deliveries(tmp_path / "deliveries", AS_OF, feed)
    pipeline.migrate(settings, "replay", datetime(2025, 12, 26, 19, tzinfo=UTC))
    ring = replay.ring_here(settings, contract.name)
    steps = list(replay.replay(settings, contract.name, arrivals, AS_OF, ring))
    assert len(steps) > 4
    found = {
        f"{o.obligation} {v}": n
        for o in pipeline.measure(settings, contract.name).outcomes
        for v, n in (("met", o.met), ("breached", o.breached), ("unproven", o.unproven), ("pending", o.pending))
    }
    expected = Counter(f"{row['obligation']} {row['verdict']}" for row in verdicts[1].values())
    assert {key: n for key, n in found.items() if n} == dict(expected)


def home_with(contract: Path, folder: Path) -> Path:
    """A home of its own with this one contract and the checkout's SQL and suites."""
    home = folder / "home"
    shutil.copytree(contract, home / "contracts" / contract.name)
    for name in ("sql", "expectations"):
        (home / name).symlink_to(HOME / name)
    return home
