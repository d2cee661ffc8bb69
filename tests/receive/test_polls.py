"""Polls in the ledger: every answer is a delivery with its bytes, an empty one too, and only a whole poll is one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import create_engine, select

from dutywatch import pipeline, terms, whatif
from dutywatch.lake import Lake
from dutywatch.ledger import deliveries as ledger_deliveries
from dutywatch.ledger.tables import deliveries
from dutywatch.settings import Secrets, Settings
from tests.receive.place import CONTRACT, SNOW, WORK, place
from tests.receive.site import Asked, serving

NOW = datetime(2025, 1, 10, 12, tzinfo=UTC)
HEADER = b"time,kind\n"
ROW = b"2025-01-10T10:00:00Z,snow\n"


def polled(address: str, **changes: Any) -> dict[str, Any]:
    snow = {key: value for key, value in SNOW.items() if key != "path"}
    http = {"url": address, **changes.pop("http", {})}
    return {**snow, "connector": "http", "http": http, "polls": {"max_lag": "PT10M", "shows": "all"}, **changes}


def settings_for(tmp_path: Path, database: Callable[[], str], source: dict[str, Any]) -> Settings:
    settings = place(tmp_path, database(), {"snow": source, "work": WORK})
    pipeline.migrate(settings, "replay", NOW)
    return settings


def recorded(settings: Settings) -> list[Any]:
    engine = create_engine(str(settings.ledger))
    with engine.connect() as connection:
        rows = connection.execute(select(deliveries).order_by(deliveries.c.id)).all()
    engine.dispose()
    return list(rows)


def accepted(settings: Settings) -> list[ledger_deliveries.Accepted]:
    pipeline.validate(settings, CONTRACT)
    engine = create_engine(str(settings.ledger))
    with engine.connect() as connection:
        found = ledger_deliveries.acceptances_of(connection, CONTRACT, pipeline.now(settings))
    engine.dispose()
    return found


def test_three_polls_of_a_feed_that_changes_rests_and_falls_empty(tmp_path: Path, database: Callable[[], str]) -> None:
    """Rows, then 304, then a header alone: three deliveries, three polls, and none of them is silence."""

    def answer(asked: Asked) -> None:
        if asked.number == 2:
            assert asked.headers["if-none-match"] == '"1"'
            asked.reply(status=304, ETag='"1"', Content_Length=None)
        else:
            asked.reply(HEADER + (ROW if asked.number == 1 else b""), ETag=f'"{asked.number}"')

    with serving(answer) as site:
        settings = settings_for(tmp_path, database, polled(f"{site.address}/snow.csv"))
        said = []
        for hours in (0, 1, 2):
            pipeline.advance(settings, NOW + timedelta(hours=hours))
            said.append(str(pipeline.receive(settings, CONTRACT, "snow")))
    assert said == [
        "snow: 1 new, 0 already known, 1 rows",
        "snow: 1 new, 0 already known, 0 rows, 1 of them without a row",
        "snow: 1 new, 0 already known, 0 rows, 1 of them without a row",
    ]
    polls = [NOW + timedelta(hours=hours) for hours in (0, 1, 2)]
    assert [row.polled_at for row in recorded(settings)] == polls
    found = accepted(settings)
    assert [(one.polled_at, one.accepted, one.refused) for one in found] == [
        (polls[0], 1, None),
        (polls[1], 0, None),
        (polls[2], 0, None),
    ]


def test_an_empty_feed_asked_twice_makes_two_deliveries_of_the_same_bytes(
    tmp_path: Path, database: Callable[[], str]
) -> None:
    with serving(lambda asked: asked.reply(HEADER)) as site:
        settings = settings_for(tmp_path, database, polled(f"{site.address}/snow.csv"))
        pipeline.receive(settings, CONTRACT, "snow")
        pipeline.advance(settings, NOW + timedelta(minutes=15))
        pipeline.receive(settings, CONTRACT, "snow")
    first, second = recorded(settings)
    assert first.sha256 == second.sha256 and first.name != second.name
    assert len([path for path in (settings.lake / "raw").rglob("*") if path.is_file()]) == 1


def test_the_same_poll_made_twice_is_one(tmp_path: Path, database: Callable[[], str]) -> None:
    with serving(lambda asked: asked.reply(HEADER)) as site:
        settings = settings_for(tmp_path, database, polled(f"{site.address}/snow.csv"))
        pipeline.receive(settings, CONTRACT, "snow")
        again = pipeline.receive(settings, CONTRACT, "snow")
    assert again.known == 1 and len(recorded(settings)) == 1


def test_a_log_in_page_is_kept_and_refused_and_is_no_poll(tmp_path: Path, database: Callable[[], str]) -> None:
    page = b"<html>\n<body>log in</body>"
    with serving(lambda asked: asked.reply(page, Content_Type="text/html")) as site:
        settings = settings_for(tmp_path, database, polled(f"{site.address}/snow.csv"))
        said = str(pipeline.receive(settings, CONTRACT, "snow"))
    [row] = recorded(settings)
    assert "refused: the answer declares itself text/html, and csv was asked for" in said
    assert said.endswith("; The firm (firm) must mend this at the source")
    assert (row.lines, row.rows, row.polled_at) == (2, 2, None)
    assert (settings.lake / "raw" / row.sha256[:2] / row.sha256).read_bytes() == page


def test_a_poll_that_breaks_off_keeps_its_pages_and_the_next_one_begins_where_the_last_whole_one_ended(
    tmp_path: Path, database: Callable[[], str]
) -> None:
    def answer(asked: Asked) -> None:
        if asked.query["page"] == "2":
            asked.reply(b"", 400)
        else:
            asked.reply(HEADER + ROW)

    word = {"pages": {"by": "number", "parameter": "page"}}
    with serving(answer) as site:
        settings = settings_for(tmp_path, database, polled(f"{site.address}/snow.csv", http=word))
        found = pipeline.receive(settings, CONTRACT, "snow")
    assert len(found.deliveries) == 1
    assert found.faults == (f"for The firm (firm): {site.address}/snow.csv?page=2: answers 400",)
    assert [row.polled_at for row in recorded(settings)] == [None]
    engine = create_engine(str(settings.ledger))
    with engine.connect() as connection:
        assert ledger_deliveries.remembered(connection, CONTRACT, "snow").last_poll is None
    engine.dispose()


def test_a_secret_comes_from_the_settings_and_a_missing_one_is_the_operators_and_stops_no_other_source(
    tmp_path: Path, database: Callable[[], str]
) -> None:
    with serving(lambda asked: asked.reply(HEADER)) as site:
        settings = settings_for(tmp_path, database, polled(f"{site.address}/snow.csv", secret="SNOW_KEY"))  # noqa: S106 - its name
        found = pipeline.receive(settings, CONTRACT, "snow")
        assert found.faults[0].startswith(
            "for the operator: the secret SNOW_KEY is missing: set DUTYWATCH_SECRET_SNOW_KEY"
        )
        assert site.asked == [] and pipeline.receive(settings, CONTRACT, "work").faults == ()
        pipeline.receive(replace(settings, secrets=Secrets({"SNOW_KEY": "hush"})), CONTRACT, "snow")
    assert site.asked[0].headers["authorization"] == "Bearer hush"
    assert "hush" not in pipeline.dump(settings)


def test_secrets_are_read_from_the_environment_and_never_shown() -> None:
    settings = Settings.from_environment({"DUTYWATCH_SECRET_SNOW_KEY": "hush", "DUTYWATCH_LANDING": "x"})
    assert settings.secrets.of("SNOW_KEY") == "hush" and "hush" not in repr(settings)


def test_another_patience_or_secret_accepts_nothing_anew(tmp_path: Path, database: Callable[[], str]) -> None:
    with serving(lambda asked: asked.reply(HEADER + ROW)) as site:
        settings = settings_for(tmp_path, database, polled(f"{site.address}/snow.csv"))
        pipeline.receive(settings, CONTRACT, "snow")
        [before] = accepted(settings)
        changed = polled(f"{site.address}/snow.csv", every="PT5M", http={"largest_mb": 5})
        contract = settings.contracts / CONTRACT / "contract.yaml"
        values = yaml.safe_load(contract.read_text(encoding="utf-8"))
        contract.write_text(yaml.safe_dump({**values, "sources": {**values["sources"], "snow": changed}}), "utf-8")
        assert pipeline.validate(settings, CONTRACT).fates == ()
    assert accepted(settings) == [before]


def test_a_contract_is_rung_once_a_turn_to_ask_its_sources(tmp_path: Path, database: Callable[[], str]) -> None:
    """A feed that never answers is asked again at its next turn, not every time that the clocks are looked at."""
    often = polled("https://data.city.example/snow.csv", every="PT15M")
    settings = place(tmp_path, database(), {"snow": often, "work": {**WORK, "path": "s3://drop/{service_date}.csv"}})
    pipeline.migrate(settings, "wall")
    rings = [ring for _ in range(2) for ring in pipeline.rings(settings)]
    assert {ring.reason for ring in rings} == {"its sources are asked every 0:15:00"}
    assert len({ring.key for ring in rings}) <= 2  # a turn may end between the two looks
    turn = datetime.fromisoformat(rings[0].key.removeprefix(f"{CONTRACT}~ask~"))
    assert turn.minute % 15 == 0 and timedelta(0) <= datetime.now(UTC) - turn < timedelta(minutes=16)


@pytest.mark.parametrize(("clock", "path"), [("wall", "work/{service_date}.csv"), ("replay", "s3://drop/{part}")])
def test_a_landing_folder_rings_by_itself_and_a_replay_asks_nobody(
    tmp_path: Path, database: Callable[[], str], clock: str, path: str
) -> None:
    settings = place(tmp_path, database(), {"snow": SNOW, "work": {**WORK, "path": path}})
    pipeline.migrate(settings, clock, NOW if clock == "replay" else None)
    assert pipeline.rings(settings) == []


def test_a_what_if_asks_nobody(tmp_path: Path, database: Callable[[], str]) -> None:
    with serving(lambda asked: asked.reply(HEADER)) as site:
        settings = place(tmp_path, "", {"snow": polled(site.address), "work": WORK})
        (landing := tmp_path / "landing").mkdir()
        found = whatif.what_if(
            terms.load(settings.contracts / CONTRACT),
            settings.home,
            landing,
            NOW,
            tmp_path / "out.csv",
            address=database(),
            lake=Lake(tmp_path / "lake"),
            arrivals=False,
        )
    assert site.asked == [] and [one.source for one in found.received] == ["work"]


@pytest.mark.parametrize("flow", [False, True])
def test_how_often_sources_are_asked_is_read_without_units_and_past_a_faulty_source(tmp_path: Path, flow: bool) -> None:
    sources = {"snow": polled("https://data.city.example/snow.csv", every="PT15M"), "odd": {"stream": "weather?"}}
    text = yaml.safe_dump({"contract": "town", "sources": sources}, default_flow_style=flow)
    (tmp_path / "contract.yaml").write_text(text, encoding="utf-8")
    assert terms.asked_every(tmp_path) == timedelta(minutes=15)
    assert terms.asked_every(tmp_path / "nowhere") is None
