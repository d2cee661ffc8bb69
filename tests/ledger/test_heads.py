"""One head, whoever judges at the same instant; old files that come late withdraw nothing by accident."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import create_engine, func, select, text

from dutywatch import pipeline
from dutywatch import replay as replaying
from dutywatch.errors import ContractFaults, HeadMoved, LedgerError, SchemaBehind, SettingsError
from dutywatch.judge import Judgement, judge
from dutywatch.judge.recording import Recorded
from dutywatch.ledger.tables import evaluations, flips
from dutywatch.settings import Settings
from tests.benxi.test_timeline import BEGINS, CONTRACT, GENERATE
from tests.town import NAME, at, found, words


def landed(settings: Settings, until: str) -> None:
    """The storm's landing folder as it stood at `until`, and a ledger whose clock shows that instant."""
    instant = datetime.fromisoformat(until)
    GENERATE.main(["--land", str(settings.landing / CONTRACT), "--until", until])
    pipeline.migrate(settings, "replay", instant)
    for source in pipeline.sources(settings, CONTRACT):
        pipeline.receive(settings, CONTRACT, source)
    pipeline.validate(settings, CONTRACT)


def counts(settings: Settings) -> tuple[int, int, int]:
    """(evaluations, flips, flips that stand twice)."""
    engine = create_engine(str(settings.ledger))
    with engine.connect() as connection:
        judged = connection.execute(select(func.count()).select_from(evaluations)).scalar_one()
        flipped = connection.execute(select(func.count()).select_from(flips)).scalar_one()
        keys = (flips.c.duty_id, flips.c.from_standing, flips.c.to_standing)
        twice = connection.execute(select(*keys).group_by(*keys).having(func.count() > 1)).all()
    engine.dispose()
    return judged, flipped, len(twice)


def test_two_judgements_at_the_same_instant_make_one_head_and_no_flip_twice(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    landed(settings, "2023-12-20T05:40:00+08:00")
    barrier, tries = Barrier(2), []

    def judged_together(*arguments: Any, **options: Any) -> Judgement:
        """Judge, then wait until the other has judged on the same head, so that both want to commit at once."""
        found = judge(*arguments, **options)
        tries.append(found)
        if len(tries) <= 2:
            barrier.wait(timeout=60)
        return found

    monkeypatch.setattr("dutywatch.judge.recording.judge", judged_together)
    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(pipeline.judge, settings, CONTRACT) for _ in range(2)]
        found = [run.result() for run in runs]
    judged, flipped, twice = counts(settings)
    assert len(tries) == 3  # the loser judged again, on the new head
    assert judged == 1 and sum(one.evaluation is not None for one in found) == 1
    assert flipped == sum(one.flips for one in found) and flipped > 0 and twice == 0


def test_a_judgement_that_another_overtakes_every_time_gives_up(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whenever it has judged, somebody else makes the head first, and the next log arrives."""
    town = found(settings)
    town.deliver("weather", 11, [{"at": at(11, 1), "kind": "snow"}])
    overtaken: list[int] = []

    def arrive() -> None:
        minute = len(overtaken)
        row = {"at": at(11, 9), "unit": "U5", "kind": "sweep", "note": str(minute)}
        town.deliver("log", 11, [row], received=at(12, 5 + minute / 60))

    def judged_too_slowly(*arguments: Any, **options: Any) -> Judgement:
        slow = judge(*arguments, **options)
        with monkeypatch.context() as quick:
            quick.setattr("dutywatch.judge.recording.judge", judge)
            assert pipeline.judge(town.settings, NAME).evaluation is not None
        overtaken.append(len(overtaken))
        arrive()
        return slow

    arrive()
    pipeline.advance(settings, at(12, 7))
    monkeypatch.setattr("dutywatch.judge.recording.judge", judged_too_slowly)
    with pytest.raises(HeadMoved, match="contract town: another judgement was first"):
        pipeline.judge(town.settings, NAME)
    assert len(overtaken) == 5  # as often as it tries
    assert counts(settings)[0] == 5  # and nothing of its own was recorded


def test_an_old_file_sent_again_while_live_judging_goes_on_withdraws_nothing(settings: Settings) -> None:
    landed(settings, "2023-12-20T05:40:00+08:00")
    pipeline.judge(settings, CONTRACT)
    before = pipeline.measure(settings, CONTRACT).outcomes
    old = settings.landing / CONTRACT / "plow" / "2023-12-16.csv"
    os.utime(old)  # the very same bytes, sent again
    with ThreadPoolExecutor(2) as pool:
        backfill = pool.submit(lambda: pipeline.receive(replace(settings, clock="replay"), CONTRACT, "plow-log"))
        live = pool.submit(lambda: pipeline.judge(settings, CONTRACT))
        assert not backfill.result().deliveries
        assert live.result().evaluation is None
    pipeline.validate(settings, CONTRACT)
    assert pipeline.judge(settings, CONTRACT).evaluation is None
    assert pipeline.measure(settings, CONTRACT).outcomes == before


def test_a_backfilled_day_touches_only_what_it_speaks_of(settings: Settings, tmp_path: Path) -> None:
    """The log of the 17th is missing until the end: it makes proof for the 17th and takes none away."""
    held = tmp_path / "held.csv"
    GENERATE.main(["--land", str(settings.landing / CONTRACT), "--until", "2023-12-20T05:40:00+08:00"])
    old = settings.landing / CONTRACT / "plow" / "2023-12-17.csv"
    old.rename(held)
    pipeline.migrate(settings, "replay", datetime.fromisoformat("2023-12-20T05:40:00+08:00"))
    ring = replaying.ring_here(settings, CONTRACT)
    ring(BEGINS)
    outcome = {one.unit_class: one for one in pipeline.measure(settings, CONTRACT).outcomes if one.unit_class}
    breached = outcome["A"].breached
    assert breached == 7  # only the inspections prove a breach while the 17th is missing
    held.rename(old)
    os.utime(old, (old.stat().st_mtime, datetime.fromisoformat("2023-12-18T13:10:00+08:00").timestamp()))
    ring(BEGINS)
    after = {one.unit_class: one for one in pipeline.measure(settings, CONTRACT).outcomes if one.unit_class}
    assert after["A"].breached > breached and after["A"].met > outcome["A"].met
    engine = create_engine(str(settings.ledger))
    with engine.connect() as connection:
        withdrawn = connection.execute(select(func.count()).where(flips.c.level == "withdrawn")).scalar_one()
    engine.dispose()
    assert withdrawn == 0


def test_the_clock_of_a_ledger_never_changes_and_never_goes_back(settings: Settings) -> None:
    pipeline.migrate(settings, "replay", BEGINS)
    with pytest.raises(LedgerError, match="runs on the replay clock, for ever"):
        pipeline.migrate(settings, "wall")
    pipeline.advance(settings, BEGINS + timedelta(hours=1))
    with pytest.raises(LedgerError, match="cannot be moved"):
        pipeline.advance(settings, BEGINS)
    assert pipeline.now(settings) == BEGINS + timedelta(hours=1)


def test_a_step_refuses_a_schema_that_is_not_at_head(settings: Settings) -> None:
    with pytest.raises(SchemaBehind, match="dutywatch migrate"):
        pipeline.judge(settings, CONTRACT)


def test_a_step_without_a_ledger_says_what_to_set(settings: Settings) -> None:
    with pytest.raises(SettingsError, match="DUTYWATCH_LEDGER"):
        pipeline.judge(replace(settings, ledger=None), CONTRACT)


def test_the_migrations_make_the_tables_that_the_engine_writes(settings: Settings) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from dutywatch.ledger.tables import metadata

    pipeline.migrate(settings, "replay", BEGINS)
    engine = create_engine(str(settings.ledger))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "ledger_version"})
        assert compare_metadata(context, metadata) == []
        assert connection.execute(text("SELECT count(*) FROM ledger")).scalar_one() == 1
    engine.dispose()


def test_a_flip_says_who_owes_its_duty(settings: Settings) -> None:
    """The clause names the firm, an assignment gives the streets of class B to its rival."""
    contract = words()
    contract["contractors"].append({"id": "rival", "name": {"en": "Rival"}})
    contract["assignments"] = [{"contractor": "rival", "units": {"class": ["B"]}, "from": "2024-01-10"}]
    town = found(settings)
    town.write(contract)
    town.deliver("weather", 11, [{"at": at(11, 1), "kind": "snow"}])
    for day in (10, 11):
        town.deliver("log", day, [])
    town.judge(at(12, 7))
    with town.connected() as connection:
        rows = connection.execute(select(flips.c.unit, flips.c.party).where(flips.c.obligation == "clear")).all()
    assert {row.unit: row.party for row in rows} == {
        **dict.fromkeys(("U0", "U1"), "firm"),
        **dict.fromkeys(("U2", "U3", "U4", "U5"), "rival"),
    }


def test_the_person_who_answers_is_that_of_the_words_on_the_duty_s_day(settings: Settings) -> None:
    """From the 12th on the clause has another supervisor: who is told of lapses of the 11th and 12th."""
    contract = words()
    changed = {"obligation": "clear", "from": "2024-01-12", "clause": "Amendment 1", "change": {"supervisor": "office"}}
    contract["amendments"] = [changed]
    town = found(settings)
    town.write(contract)
    for day in (11, 12):
        town.deliver("weather", day, [{"at": at(day, 1), "kind": "snow"}])
    for day in (10, 11, 12):
        town.deliver("log", day, [])
    town.judge(at(13, 7))
    with town.connected() as connection:
        query = select(flips.c.trigger, flips.c.person).where(flips.c.obligation == "clear").distinct()
        told = {row.trigger: row.person for row in connection.execute(query)}
    assert told == {"2024-01-10T17:00Z": "desk", "2024-01-11T17:00Z": "office"}
    for trigger, person in told.items():
        said = json.loads(pipeline.explain(town.settings, f"{NAME}/clear/U0/{trigger}", language="json"))
        assert said["supervisor"] == person


def test_an_amendment_names_people_and_parties_of_the_contract(settings: Settings) -> None:
    contract = words()
    changed = {"obligation": "clear", "from": "2024-01-12", "clause": "Amendment 1"}
    contract["amendments"] = [{**changed, "change": {"supervisor": "nobody", "party": "stranger"}}]
    town = found(settings)
    town.write(contract)
    with pytest.raises(ContractFaults, match=r"`nobody` is nobody under `people`.*(\n.*)*`stranger` is no party"):
        pipeline.load(town.settings, NAME)


def test_what_a_judgement_did_is_told_in_one_line() -> None:
    assert str(Recorded(at(12, 7), 1, 1, 1, 1)) == (
        "as of 2024-01-11 23:00:00Z: 1 sheet judged, 1 stood as it was, 1 flip"
    )
    assert str(Recorded(at(12, 7), 1, 2, 3, 0)) == (
        "as of 2024-01-11 23:00:00Z: 2 sheets judged, 3 stood as they were, 0 flips"
    )
