"""A mapping that is put right puts right what came before it: the bytes are kept, and read anew."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from sqlalchemy import create_engine

from dutywatch import pipeline
from dutywatch.ledger import quality
from dutywatch.settings import Settings
from tests.receive.place import CONTRACT, SNOW, WORK, land, place
from tests.receive.site import Asked, serving
from tests.receive.test_polls import HEADER, ROW, accepted, polled

NOW = datetime(2025, 1, 12, 12, tzinfo=UTC)
HOURS = "time,unit,truck,kind\n2025-01-10T10:00:00,U1,anna,plowed\n2025-01-10T11:00:00,U2,anna,plowed\n"


@pytest.fixture
def settings(tmp_path: Path, database: Callable[[], str]) -> Settings:
    found = place(tmp_path, database(), {"snow": SNOW, "work": WORK})
    pipeline.migrate(found, "replay", NOW)
    return found


def came(settings: Settings, content: str, encoding: str = "utf-8") -> None:
    """The log of the tenth, which came the morning after, is received."""
    land(settings, "work/2025-01-10.csv", "")
    path = settings.landing / CONTRACT / "work" / "2025-01-10.csv"
    path.write_bytes(content.encode(encoding))
    at = datetime(2025, 1, 11, 6, tzinfo=UTC).timestamp()
    os.utime(path, (at, at))
    pipeline.receive(settings, CONTRACT, "work")


def declare(settings: Settings, source: str, **changes: Any) -> None:
    path = settings.home / "contracts" / CONTRACT / "contract.yaml"
    words = yaml.safe_load(path.read_text(encoding="utf-8"))
    words["sources"][source] |= changes
    path.write_text(yaml.safe_dump(words), encoding="utf-8")


def correct(settings: Settings, **words: Any) -> None:
    """Put words of the contract itself right."""
    path = settings.home / "contracts" / CONTRACT / "contract.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text(encoding="utf-8")) | words), encoding="utf-8")


def taken(settings: Settings, source: str = "work") -> tuple[str | None, list[tuple[Any, ...]]]:
    """Why the only delivery of a source is refused, and its accepted (line, minutes after midnight UTC, unit)."""
    (one,) = [one for one in accepted(settings) if one.source == source]
    if one.refused or not one.accepted:
        return one.refused, []
    with duckdb.connect() as duck:
        duck.execute("SET TimeZone = 'UTC'")
        query = 'SELECT line, epoch("at")::BIGINT % 86400 // 60, unit FROM read_parquet($path) ORDER BY line'
        return None, duck.execute(query, {"path": str(settings.lake / one.accepted_file)}).fetchall()


def test_a_zone_put_right_moves_what_was_received(settings: Settings) -> None:
    came(settings, HOURS)
    assert taken(settings) == (None, [(2, 600, "U1"), (3, 660, "U2")])
    declare(settings, "work", time={"format": "iso", "zone": "Asia/Shanghai"})
    assert taken(settings) == (None, [(2, 120, "U1"), (3, 180, "U2")])
    # the same file again is no event
    assert pipeline.receive(settings, CONTRACT, "work").known == 1


def test_a_column_that_is_named_now_is_there(settings: Settings) -> None:
    came(settings, HOURS.replace("truck", "street").replace("anna", "U2"))
    assert taken(settings)[0] is not None  # it has no column `truck`
    declare(settings, "work", columns={"at": "time", "unit": "street", "actor": "unit", "kind": "kind"})
    assert taken(settings) == (None, [(2, 600, "U2"), (3, 660, "U2")])
    engine = create_engine(str(settings.ledger))
    with engine.connect() as connection:
        (one,) = quality.qualities(connection, CONTRACT)
    engine.dispose()
    assert (one.lines, one.header, one.blank, one.rows, one.accepted, one.quarantined) == (3, 1, 0, 2, 2, 0)


def test_a_file_in_another_encoding_is_read_once_that_is_said(settings: Settings) -> None:
    came(settings, HOURS.replace("anna", "änna"), "latin-1")
    assert taken(settings)[1] == []
    declare(settings, "work", encoding="latin-1")
    assert taken(settings) == (None, [(2, 600, "U1"), (3, 660, "U2")])
    # a mapping put back is in force again
    declare(settings, "work", encoding="utf-8")
    assert taken(settings)[1] == []
    declare(settings, "work", encoding="latin-1")
    assert taken(settings) == (None, [(2, 600, "U1"), (3, 660, "U2")])


def test_an_answer_that_said_nothing_new_still_does(tmp_path: Path, database: Callable[[], str]) -> None:
    def answer(asked: Asked) -> None:
        if asked.number == 2:
            asked.reply(status=304, ETag='"1"', Content_Length=None)
        else:
            asked.reply(HEADER + ROW, ETag='"1"')

    with serving(answer) as site:
        source = polled(f"{site.address}/snow.csv")
        settings = place(tmp_path, database(), {"snow": source, "work": WORK})
        pipeline.migrate(settings, "replay", NOW)
        for _ in range(2):
            pipeline.receive(settings, CONTRACT, "snow")
            pipeline.advance(settings, pipeline.now(settings).replace(hour=pipeline.now(settings).hour + 1))
    before = [(one.name, one.accepted, one.refused) for one in accepted(settings)]
    assert sorted(count for _, count, _ in before) == [0, 1]
    rules = {one.rules for one in accepted(settings)}
    declare(settings, "snow", values={"kind": {"snow": "snowfall", "sleet": "snowfall"}})
    assert [(one.name, one.accepted, one.refused) for one in accepted(settings)] == before
    assert not rules & {one.rules for one in accepted(settings)}


def test_a_day_is_one_of_the_zone_that_the_contract_has_now(settings: Settings) -> None:
    """By the zone that was written first, the act of 01:30 in Tokyo lies on the day before, and was quarantined."""
    came(settings, "time,unit,truck,kind\n2025-01-09T16:30:00,U1,anna,plowed\n2025-01-10T10:00:00,U2,anna,plowed\n")
    assert taken(settings) == (None, [(3, 600, "U2")])
    correct(settings, timezone="Asia/Tokyo")
    assert taken(settings) == (None, [(2, 990, "U1"), (3, 600, "U2")])
    (one,) = [one for one in accepted(settings) if one.source == "work"]
    begins = datetime(2025, 1, 9, 15, tzinfo=UTC)
    assert (one.covers_from, one.covers_to) == (begins, begins + timedelta(days=1))


def test_what_lies_in_the_term_as_it_is_now_is_accepted(settings: Settings) -> None:
    correct(settings, term={"from": "2025-01-11", "to": "2025-01-31"})
    declare(settings, "work", path="work/{part}.csv")
    came(settings, HOURS)
    assert taken(settings) == (None, [])
    correct(settings, term={"from": "2025-01-01", "to": "2025-01-31"})
    assert taken(settings) == (None, [(2, 600, "U1"), (3, 660, "U2")])
