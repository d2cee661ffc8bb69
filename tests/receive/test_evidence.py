"""What was received and what it proves: a whole poll covers what lay before it, a natural key names a row once."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from dutywatch import judge as judging
from dutywatch import pipeline
from dutywatch.lake import Lake
from dutywatch.ledger import evaluations
from dutywatch.settings import Settings
from tests.receive.place import CONTRACT, SNOW, WORK, land, place
from tests.receive.site import Asked, serving

START = datetime(2025, 1, 9, 23, tzinfo=UTC)
DAWN = datetime(2025, 1, 10, 0, 0, tzinfo=UTC)
NOON = datetime(2025, 1, 10, 12, tzinfo=UTC)
EVENING = datetime(2025, 1, 10, 18, tzinfo=UTC)
NEXT = datetime(2025, 1, 11, tzinfo=UTC)
HEADER = "time,unit,truck,kind\n"


def fed(address: str) -> dict[str, Any]:
    """The work log as a feed that is asked over HTTP and shows all of its rows."""
    work = {key: value for key, value in WORK.items() if key != "path"}
    return {**work, "connector": "http", "http": {"url": address}, "polls": {"max_lag": "PT10M", "shows": "all"}}


def landed(settings: Settings, name: str, text: str, at: datetime) -> None:
    land(settings, name, text)
    os.utime(settings.landing / CONTRACT / name, (at.timestamp(), at.timestamp()))


def judged(settings: Settings, at: datetime) -> dict[str, str]:
    """The verdict of each street's duty after a run at `at`."""
    pipeline.advance(settings, at)
    for source in pipeline.sources(settings, CONTRACT):
        pipeline.receive(settings, CONTRACT, source)
    pipeline.validate(settings, CONTRACT)
    pipeline.judge(settings, CONTRACT)
    engine = create_engine(str(settings.ledger))
    with engine.connect() as connection:
        sheets = evaluations.current_sheets(connection, CONTRACT)
    engine.dispose()
    rows = judging.rows(Lake(settings.lake), [one.file for one in sheets]).to_pylist()
    return {row["unit"]: row["standing"] for row in rows if row["duty_id"].startswith(f"{CONTRACT}/clear/")}


@pytest.fixture
def snow() -> str:
    """Snow from 10 January 00:30 on: streets are due at 06:30."""
    return "time,kind\n2025-01-10T00:30:00Z,snow\n"


def test_absence_is_proven_by_polls_that_came_whole_and_by_no_other(
    tmp_path: Path, database: Callable[[], str], snow: str
) -> None:
    """Asked at 23:00, refused at noon, asked again at 18:00: only then is it known that U2 was not plowed by 06:30."""
    answers = {
        1: HEADER,
        2: "<html>log in</html>",
        3: HEADER + "2025-01-10T03:00:00Z,U1,T1,plowed\n",
    }

    def answer(asked: Asked) -> None:
        kind = "text/html" if asked.number == 2 else "text/csv"
        asked.reply(answers[asked.number].encode(), Content_Type=kind)

    with serving(answer) as site:
        settings = place(tmp_path, database(), {"snow": SNOW, "work": fed(f"{site.address}/work.csv")})
        pipeline.migrate(settings, "replay", START)
        landed(settings, "snow/2025-01-10.csv", snow, DAWN)
        assert judged(settings, START) == {}
        landed(settings, "snow/2025-01-10.csv", snow, NOON)
        assert judged(settings, NOON) == {"U1": "unproven", "U2": "unproven"}
        assert judged(settings, EVENING) == {"U1": "met", "U2": "breached.open"}


def test_a_poll_without_a_row_is_evidence_too(tmp_path: Path, database: Callable[[], str], snow: str) -> None:
    with serving(lambda asked: asked.reply(HEADER.encode(), Content_Type="text/csv")) as site:
        settings = place(tmp_path, database(), {"snow": SNOW, "work": fed(f"{site.address}/work.csv")})
        pipeline.migrate(settings, "replay", START)
        judged(settings, START)
        landed(settings, "snow/2025-01-10.csv", snow, NOON)
        assert judged(settings, NOON) == {"U1": "breached.open", "U2": "breached.open"}


@pytest.mark.parametrize(("key", "verdict"), [([], "met"), (["unit", "at"], "unproven")])
def test_a_later_row_of_the_same_key_takes_the_place_of_the_earlier_whichever_file_brings_it(
    tmp_path: Path, database: Callable[[], str], snow: str, key: list[str], verdict: str
) -> None:
    work = {**WORK, "path": "work/{part}.csv", "redelivery": "append", "key": key}
    work["values"] = {"kind": {"plowed": "plow", "inspected": "inspect"}}
    settings = place(tmp_path, database(), {"snow": SNOW, "work": work})
    pipeline.migrate(settings, "replay", START)
    landed(settings, "snow/2025-01-10.csv", snow, NOON)
    landed(settings, "work/a.csv", HEADER + "2025-01-10T03:00:00Z,U1,T1,plowed\n", NOON)
    landed(settings, "work/b.csv", HEADER + "2025-01-10T03:00:00Z,U1,T1,inspected\n", EVENING)
    assert judged(settings, NOON)["U1"] == "met"
    assert judged(settings, EVENING)["U1"] == verdict


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ("2025-01-10T03:00:00Z,U1,T1,plowed\n", {"U1": "met", "U2": "unproven"}),
        (
            "2025-01-10T03:00:00Z,U1,T1,plowed\n2025-01-10T09:00:00Z,U1,T2,plowed\n",
            {"U1": "met", "U2": "breached.open"},
        ),
    ],
)
def test_a_rostered_truck_that_a_days_log_does_not_name_leaves_its_streets_unproven(
    tmp_path: Path, database: Callable[[], str], snow: str, rows: str, found: dict[str, str]
) -> None:
    """T2 is rostered for the whole town and T3 has left: U2 is late only once it is known what T2 did."""
    roster = "truck,leaves\nT1,\nT2,\nT3,2025-01-09\n"
    work = {**WORK, "by": "actor", "roster": {"file": "roster.csv", "actor": "truck", "to": "leaves"}}
    settings = place(tmp_path, database(), {"snow": SNOW, "work": work}, roster)
    pipeline.migrate(settings, "replay", START)
    for name, text in (("snow", snow), ("work", HEADER + rows)):
        landed(settings, f"{name}/2025-01-10.csv", text, NEXT)
    assert judged(settings, NEXT) == found
