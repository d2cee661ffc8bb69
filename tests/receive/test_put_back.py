"""What was sent last is what counts, also where its bytes came before (decision 0067)."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pyarrow import parquet
from sqlalchemy import create_engine

from dutywatch import pipeline
from dutywatch.errors import DeliveryRefused
from dutywatch.ledger import evaluations
from dutywatch.settings import Settings
from tests.receive.place import CONTRACT, SNOW, WORK, land, place

NAME = "work/2025-01-10.csv"
ONE = "time,unit,truck,kind\n2025-01-10T10:00:00,U1,anna,plowed\n"
BOTH = ONE + "2025-01-10T11:00:00,U2,anna,plowed\n"
OTHERS = "time,unit,truck,kind\n2025-01-10T10:00:00,U2,anna,plowed\n"  # by its key the same act, on another street


def at(hours: float) -> datetime:
    """So many hours after the tenth of January began."""
    return datetime(2025, 1, 10, tzinfo=UTC) + timedelta(hours=hours)


def town(tmp_path: Path, database: Callable[[], str], **changes: object) -> Settings:
    """It snowed on the tenth at 08:00, and streets are plowed within six hours."""
    given = place(tmp_path, database(), {"snow": SNOW, "work": {**WORK, **changes}})
    pipeline.migrate(given, "replay", at(1))
    lay(given, "snow/2025-01-10.csv", "time,kind\n2025-01-10T08:00:00,snow\n", 29)
    return given


def lay(settings: Settings, name: str, text: str, came: float) -> None:
    """Put a file into the landing folder, so many hours after the tenth began."""
    land(settings, name, text)
    os.utime(settings.landing / CONTRACT / name, (at(came).timestamp(),) * 2)


def judged(settings: Settings, now: float) -> dict[str, str]:
    """How the duties to plow stand by what was received by then."""
    pipeline.advance(settings, at(now))
    for source in ("snow", "work"):
        pipeline.receive(settings, CONTRACT, source)
    pipeline.validate(settings, CONTRACT)
    pipeline.judge(settings, CONTRACT)
    engine = create_engine(str(settings.ledger))
    with engine.connect() as connection:
        files = [one.file for one in evaluations.current_sheets(connection, CONTRACT) if one.obligation == "clear"]
    engine.dispose()
    rows = [row for file in files for row in parquet.read_table(settings.lake / file).to_pylist()]
    return {row["unit"]: row["standing"] for row in rows}


def test_the_first_file_put_back_speaks(tmp_path: Path, database: Callable[[], str]) -> None:
    given = town(tmp_path, database)
    lay(given, NAME, BOTH, 30)
    assert judged(given, 30) == {"U1": "met", "U2": "met"}
    lay(given, NAME, ONE, 31)
    assert judged(given, 31) == {"U1": "met", "U2": "breached.open"}
    lay(given, NAME, BOTH, 32)
    assert judged(given, 32) == {"U1": "met", "U2": "met"}
    assert pipeline.receive(given, CONTRACT, "work").known == 1  # again it is no event
    pages = pipeline.quality_pages(given, CONTRACT, tmp_path / "quality")
    assert len(pages) == 4  # the index, the snow, and two files of one name
    then = pipeline.judge_as_known(given, CONTRACT, at(31.5)).to_pylist()
    assert {row["unit"]: row["standing"] for row in then} == {"U1": "met", "U2": "breached.open"}
    lay(given, NAME, ONE, 30.5)  # in a replay an older file is none that came since
    assert judged(given, 33) == {"U1": "met", "U2": "met"}


def test_by_hand_it_may_be_put_back_too(tmp_path: Path, database: Callable[[], str]) -> None:
    given = town(tmp_path, database)
    for hour, text in ((30, BOTH), (31, ONE)):
        lay(given, NAME, text, hour)
        judged(given, hour)
    file = tmp_path / "mended.csv"
    file.write_text(ONE, encoding="utf-8")
    with pytest.raises(DeliveryRefused, match="these very bytes"):
        pipeline.resubmit(given, CONTRACT, "work", NAME, file)
    file.write_text(BOTH, encoding="utf-8")
    pipeline.advance(given, at(32))
    pipeline.resubmit(given, CONTRACT, "work", NAME, file)
    assert judged(given, 33) == {"U1": "met", "U2": "met"}


@pytest.mark.parametrize(
    ("key", "found"),
    [
        ((), {"U1": "met", "U2": "met"}),  # all rows stand side by side, each once
        (("at", "actor"), {"U1": "met", "U2": "breached.open"}),  # the first version is the latest again
    ],
)
def test_under_append_it_adds_no_row_and_brings_versions_back(
    key: tuple[str, ...], found: dict[str, str], tmp_path: Path, database: Callable[[], str]
) -> None:
    given = town(tmp_path, database, redelivery="append", key=list(key))
    for hour, text in ((30, ONE), (31, OTHERS), (32, ONE)):
        lay(given, NAME, text, hour)
        last = judged(given, hour)
    assert last == found
