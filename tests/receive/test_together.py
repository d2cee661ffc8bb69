"""Two workers at the same instant, the same bytes on two days, one file for a whole month."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, select

from dutywatch import pipeline
from dutywatch.ledger import deliveries as ledger_deliveries
from dutywatch.ledger.deliveries import Accepted
from dutywatch.ledger.tables import sheets
from dutywatch.orchestration.watch import Watch
from dutywatch.settings import Settings
from tests.receive.place import CONTRACT, SNOW, WORK, land, place

NOW = datetime(2025, 2, 2, tzinfo=UTC)
HEADER = "time,unit,truck,kind\n"
QUIET = "time,kind\n"


def town(tmp_path: Path, ledger: str, **work: Any) -> Settings:
    settings = place(tmp_path, ledger, {"work": {**WORK, **work}, "snow": SNOW})
    pipeline.migrate(settings, "replay", NOW)
    return settings


def landed(settings: Settings, name: str, text: str) -> None:
    land(settings, name, text)
    os.utime(settings.landing / CONTRACT / name, (NOW.timestamp(), NOW.timestamp()))


def accepted(settings: Settings) -> list[Accepted]:
    engine = create_engine(str(settings.ledger))
    with engine.connect() as connection:
        found = ledger_deliveries.acceptances_of(connection, CONTRACT, NOW)
    engine.dispose()
    return found


def lake(settings: Settings) -> dict[str, bytes]:
    """Every file of the lake but DuckDB's own, with its bytes."""
    found = (path for path in sorted(settings.lake.rglob("*")) if path.is_file())
    return {str(path.relative_to(settings.lake)): path.read_bytes() for path in found}


STEPS: dict[str, Callable[[Settings], Any]] = {
    "record": lambda settings: pipeline.receive(settings, CONTRACT, "work"),
    "accept": lambda settings: pipeline.validate(settings, CONTRACT),
}


@pytest.mark.parametrize("recording", ["record", "accept"])
def test_two_workers_with_the_same_delivery_at_the_same_instant_make_one(
    tmp_path: Path, database: Callable[[], str], monkeypatch: pytest.MonkeyPatch, recording: str
) -> None:
    """Both have found the delivery new and done all the work before either records it."""
    text = HEADER + "2025-01-10T10:00:00Z,U1,T1,plowed\n2025-01-10T11:00:00Z,nowhere,T1,plowed\n"
    alone, both = (town(tmp_path / name, database()) for name in ("alone", "both"))
    for settings in (alone, both):
        landed(settings, "work/2025-01-10.csv", text)
    for step in STEPS.values():
        step(alone)
    barrier, write, meetings = Barrier(2), getattr(ledger_deliveries, recording), []

    def together(connection: Connection, values: Any) -> Any:
        meetings.append(barrier.wait(timeout=60))
        return write(connection, values)

    for name, step in STEPS.items():
        if name != recording:
            step(both)
            continue
        with monkeypatch.context() as patched, ThreadPoolExecutor(2) as pool:
            patched.setattr(ledger_deliveries, recording, together)
            for run in [pool.submit(step, both) for _ in range(2)]:
                run.result()
    assert sorted(meetings) == [0, 1]
    assert pipeline.dump(both) == pipeline.dump(alone)
    assert lake(both) == lake(alone)


def test_two_quiet_days_with_identical_bytes_are_two_deliveries_that_cover_two_days(
    tmp_path: Path, database: Callable[[], str]
) -> None:
    settings = town(tmp_path, database())
    for day in (10, 11):
        landed(settings, f"snow/2025-01-{day}.csv", QUIET)
    assert len(pipeline.receive(settings, CONTRACT, "snow").deliveries) == 2
    pipeline.validate(settings, CONTRACT)
    first, second = accepted(settings)
    assert first.sha256 == second.sha256 and first.accepted_file != second.accepted_file
    days = [datetime(2025, 1, day, tzinfo=UTC) for day in (10, 11, 12)]
    assert [(one.covers_from, one.covers_to) for one in (first, second)] == [(days[0], days[1]), (days[1], days[2])]
    assert len(list((settings.lake / "raw").rglob("*/*"))) == 1


def judged_dates(settings: Settings, after: int = 0) -> tuple[int, list[date]]:
    engine = create_engine(str(settings.ledger))
    with engine.connect() as connection:
        rows = connection.execute(
            select(sheets.c.id, sheets.c.date).where(sheets.c.obligation == "clear", sheets.c.id > after)
        ).all()
    engine.dispose()
    return max((row.id for row in rows), default=after), sorted(row.date for row in rows)


def test_one_file_for_a_month_rings_once_and_touches_each_of_its_days(
    tmp_path: Path, database: Callable[[], str]
) -> None:
    settings = town(tmp_path, database(), path="work/{month}.csv")
    month = [date(2025, 1, 1) + timedelta(days=n) for n in range(31)]
    for day in month:
        landed(settings, f"snow/{day}.csv", f"time,kind\n{day}T06:00:00Z,snow\n")
    pipeline.receive(settings, CONTRACT, "snow")
    pipeline.validate(settings, CONTRACT)
    pipeline.judge(settings, CONTRACT)
    last, before = judged_dates(settings)
    assert before == month
    assert {(one.met, one.unproven) for one in outcomes(settings)} == {(0, 62)}

    watch = Watch(settings.landing)
    watch.look()
    rows = "".join(f"{day}T08:00:00Z,{unit},T1,plowed\n" for day in month for unit in ("U1", "U2"))
    land(settings, "work/2025-01.csv", HEADER + rows)
    assert [watch.look() for _ in range(4)] == [[], [CONTRACT], [], []]
    os.utime(settings.landing / CONTRACT / "work/2025-01.csv", (NOW.timestamp(), NOW.timestamp()))

    [delivery] = pipeline.receive(settings, CONTRACT, "work").deliveries
    pipeline.validate(settings, CONTRACT)
    [one] = [found for found in accepted(settings) if found.source == "work"]
    assert (one.service_date, one.quarantined, delivery.rows) == (month[0], 0, 62)
    assert (one.covers_from, one.covers_to) == (datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 2, 1, tzinfo=UTC))
    pipeline.judge(settings, CONTRACT)
    assert judged_dates(settings, last)[1] == month
    assert {(one.met, one.unproven) for one in outcomes(settings)} == {(62, 0)}


def outcomes(settings: Settings) -> list[Any]:
    return [one for one in pipeline.measure(settings, CONTRACT).outcomes if one.obligation == "clear"]


def test_a_month_without_a_row_for_a_day_proves_that_day_s_breach(tmp_path: Path, database: Callable[[], str]) -> None:
    settings = town(tmp_path, database(), path="work/{month}.csv")
    for day in (10, 20):
        landed(settings, f"snow/2025-01-{day}.csv", f"time,kind\n2025-01-{day}T06:00:00Z,snow\n")
    rows = "".join(f"2025-01-10T08:00:00Z,{unit},T1,plowed\n" for unit in ("U1", "U2"))
    landed(settings, "work/2025-01.csv", HEADER + rows)
    for source in ("snow", "work"):
        pipeline.receive(settings, CONTRACT, source)
    pipeline.validate(settings, CONTRACT)
    pipeline.judge(settings, CONTRACT)
    [found] = outcomes(settings)
    assert (found.met, found.breached, found.unproven) == (2, 2, 0)
