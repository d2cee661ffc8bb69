"""The Benxi storm, replayed through the verbs in this process, against the tables derived by hand."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import create_engine, select
from typer.testing import CliRunner

from dutywatch import pipeline, replay
from dutywatch.cli import app
from dutywatch.ledger.tables import flips, messages, revisions
from dutywatch.settings import Settings
from tests.benxi.test_scenario import GENERATE, SCENARIO, STORY
from tests.conftest import installation

CONTRACT = "benxi-sanitation"
BEGINS = datetime.fromisoformat("2023-12-14T00:00:00+08:00")
ENDS = datetime.fromisoformat("2023-12-27T20:00:00+08:00")


@dataclass(frozen=True)
class Replayed:
    """What one replay left behind: its steps, flips and messages, and the canonical dump."""

    settings: Settings
    steps: list[datetime]
    flips: list[dict[str, Any]]
    messages: list[dict[str, Any]]
    dump: str


def replayed(settings: Settings, folder: Path) -> Replayed:
    GENERATE.main([str(folder)])
    pipeline.migrate(settings, "replay", BEGINS)
    ring = replay.ring_here(settings, CONTRACT)
    steps = [step.at for step in replay.replay(settings, CONTRACT, replay.read_arrivals(folder), ENDS, ring)]
    engine = create_engine(str(settings.ledger))
    with engine.connect() as connection:
        flipped = [dict(row) for row in connection.execute(select(flips).order_by(flips.c.id)).mappings()]
        told = [dict(row) for row in connection.execute(select(messages)).mappings()]
        for message in told:
            query = select(revisions.c.at).where(revisions.c.message == message["id"]).order_by(revisions.c.revision)
            message["revised"] = list(connection.execute(query).scalars())
    engine.dispose()
    return Replayed(settings, steps, flipped, told, pipeline.dump(settings))


@pytest.fixture(scope="module")
def storm(tmp_path_factory: pytest.TempPathFactory, database: Callable[[], str]) -> Replayed:
    base = tmp_path_factory.mktemp("storm")
    return replayed(installation(base, database()), base / "deliveries")


def table(name: str) -> list[dict[str, str]]:
    with (SCENARIO / f"expected_{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def standings(storm: Replayed, obligation_prefix: str) -> dict[str, list[tuple[datetime, dict[str, Any]]]]:
    """Of each duty, keyed by unit (of a delivery duty: source and period), its flips in order."""
    found: dict[str, list[tuple[datetime, dict[str, Any]]]] = {}
    for flip in storm.flips:
        if flip["obligation"].startswith(obligation_prefix):
            unit = f"{flip['obligation']} {flip['trigger']}" if obligation_prefix == "deliver:" else flip["unit"]
            found.setdefault(unit, []).append((flip["decided_at"], flip))
    return found


def at(history: list[tuple[datetime, dict[str, Any]]], instant: datetime) -> str:
    past = [flip["to_standing"] for decided, flip in history if decided <= instant]
    return past[-1] if past else "pending.running"


def instants(text: str) -> list[datetime]:
    return [datetime.fromisoformat(one) for one in text.split(";")]


def test_every_street_stands_at_every_step_as_derived_by_hand(storm: Replayed) -> None:
    histories = standings(storm, "clear-")
    compared = 0
    for group, story in STORY["groups"].items():
        rows = [row for row in table("standings") if row["group"] == group]
        assert rows, group
        for step in storm.steps:
            due = [row for row in rows if datetime.fromisoformat(row["from_instant"]) <= step]
            expected = due[-1]["standing"] if due else "pending.running"
            for unit in GENERATE.units_of(story):
                assert at(histories.get(unit, []), step) == expected, (group, unit, step)
                compared += 1
    assert compared == 300 * len(storm.steps)


def test_every_flip_carries_the_instants_and_the_debtor_of_the_table(storm: Replayed) -> None:
    histories = standings(storm, "clear-")
    compared = 0
    for row in table("standings"):
        for unit in GENERATE.units_of(STORY["groups"][row["group"]]):
            found = [
                flip
                for decided, flip in histories.get(unit, [])
                if decided == datetime.fromisoformat(row["from_instant"])
            ]
            if not found:
                assert row["standing"] == "pending.running", (row, unit)
                continue
            flip = found[-1]
            for name in ("due_at", "lapsed_at", "fulfilled_at"):
                _same_instant(flip[name], row[name], (row, unit, name))
            assert flip["owed_by"] == row["owed_by"], (row, unit)
            compared += 1
    assert compared > 500


def _same_instant(found: datetime | None, expected: str, where: object) -> None:
    if expected.endswith("*"):  # minutes are the seed's; the day is the table's
        assert found is not None, where
        assert found.astimezone(BEGINS.tzinfo).date().isoformat() == expected[:-1], where
    else:
        assert found == (datetime.fromisoformat(expected) if expected else None), where


def test_delivery_duties_stand_as_derived_by_hand(storm: Replayed) -> None:
    histories = standings(storm, "deliver:")
    rows = table("deliveries")
    for key in sorted({f"{row['obligation']} {row['period']}" for row in rows}):
        mine = [row for row in rows if f"{row['obligation']} {row['period']}" == key]
        for step in storm.steps:
            due = [row for row in mine if datetime.fromisoformat(row["from_instant"]) <= step]
            if due:
                assert at(histories.get(key, []), step) == due[-1]["standing"], (key, step)


def test_exactly_one_message_for_each_group_and_level(storm: Replayed) -> None:
    found = {(m["person"], m["obligation"], m["trigger"], m["level"]): m for m in storm.messages}
    assert len(found) == len(storm.messages)
    expected = {(r["person"], r["obligation"], r["trigger_or_period"], r["level"]): r for r in table("messages")}
    assert set(found) == set(expected)
    for key, row in expected.items():
        assert found[key]["opened_at"] == datetime.fromisoformat(row["at"]), key
        assert found[key]["revised"] == instants(row["revisions"]), key
        assert found[key]["told"] == found[key]["revision"], key


def test_every_message_lies_in_the_folder_once(storm: Replayed) -> None:
    folder = storm.settings.messages / CONTRACT
    assert len(list(folder.glob("*.json"))) == len(list(folder.glob("*.md"))) == len(table("messages"))


def test_every_told_flip_is_told_in_one_message(storm: Replayed) -> None:
    told = [flip for flip in storm.flips if flip["level"]]
    assert told
    assert all(flip["message"] is not None for flip in told)
    duties: dict[tuple[str, str, str], set[str]] = {}
    for flip in told:
        duties.setdefault((flip["obligation"], flip["trigger"], flip["level"]), set()).add(flip["duty_id"])
    for row in table("messages"):
        if row["person"] in ("street-supervisor", "weather-desk"):
            key = (row["obligation"], row["trigger_or_period"], row["level"])
            assert len(duties[key]) == int(row["duties"]), key


def test_no_row_disappears(storm: Replayed) -> None:
    rows = [json.loads(line.split(" ", 1)[1]) for line in storm.dump.splitlines() if line.startswith("delivery ")]
    assert len(rows) == 31
    accepted = {
        (row["source"], row["name"], row["sha256"]): row
        for row in (
            json.loads(line.split(" ", 1)[1]) for line in storm.dump.splitlines() if line.startswith("acceptance ")
        )
    }
    for row in rows:
        fate = accepted[row["source"], row["name"], row["sha256"]]
        assert row["lines"] == row["header"] + row["blank"] + fate["accepted"] + fate["quarantined"], row
    bad = accepted[next(key for key in accepted if key[1] == "plow/2023-12-19.csv")]
    assert bad["quarantined"] == len(STORY["bad_rows"])
    assert bad["by_rule"] == {
        "kind is one the contract knows": 1,
        "readable": 1,
        "unit is in the contract's register": 1,
    }


def test_two_quiet_days_with_identical_bytes_are_two_deliveries(storm: Replayed) -> None:
    quiet = [line for line in storm.dump.splitlines() if line.startswith("delivery ") and "plow/2023-12-2" in line]
    hashes = {
        yaml.safe_load(line.split(" ", 1)[1])["name"]: yaml.safe_load(line.split(" ", 1)[1])["sha256"] for line in quiet
    }
    assert hashes["plow/2023-12-22.csv"] == hashes["plow/2023-12-23.csv"]


def test_ringing_again_changes_nothing(storm: Replayed) -> None:
    replay.ring_here(storm.settings, CONTRACT)(ENDS)
    assert pipeline.dump(storm.settings) == storm.dump


def test_a_manager_reads_the_state_in_one_line(storm: Replayed) -> None:
    # 107 met of 206 decided
    expected = "66 lapses open (4 class A, 17 class B, 45 class C), 51.9 % met, 94 unproven, 1 delivery missing"
    assert pipeline.note(storm.settings, CONTRACT) == expected


def test_a_lapse_is_explained(storm: Replayed) -> None:
    said = pipeline.explain(storm.settings, f"{CONTRACT}/clear-class-a/BX-A-030/2023-12-14T07:00Z")
    for words in (
        "Class A streets cleared after snowfall",
        "Harbin's allowances",
        "from 2023-12-16 16:00:00 CST to 2023-12-19 16:00:00 CST",
        "breached (breached.open)",
        "seen undone at or after the deadline",
        "inspections inspections/2023-12-19-mingshan.csv:",
        "2023-12-19 18:40:00 CST  ",
    ):
        assert words in said, said


def test_what_is_missing_is_named_with_who_owes_it(storm: Replayed) -> None:
    unit = GENERATE.units_of(STORY["groups"]["b-never"])[0]
    said = pipeline.explain(storm.settings, f"{CONTRACT}/clear-class-b/{unit}/2023-12-14T07:00Z")
    assert "plow-log of 2023-12-20" in said and "Owed by   sanitation-firm" in said, said


def test_the_commands_read_the_same_ledger(storm: Replayed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUTYWATCH_LEDGER", str(storm.settings.ledger))
    for name in ("lake", "landing", "messages"):
        monkeypatch.setenv(f"DUTYWATCH_{name.upper()}", str(getattr(storm.settings, name)))
    command = CliRunner()
    printed = {
        words: command.invoke(app, words.split(), catch_exceptions=False).output
        for words in (
            f"receive {CONTRACT}",
            f"validate {CONTRACT}",
            f"judge {CONTRACT}",
            f"alert {CONTRACT}",
            f"measure {CONTRACT}",
            f"ledger timeline {CONTRACT}",
            "ledger dump",
        )
    }
    assert "plow-log: nothing new, 12 already known" in printed[f"receive {CONTRACT}"]
    assert "0 sheets judged" in printed[f"judge {CONTRACT}"]
    assert "clear-class-a A: 38 met, 20 breached (4 open)" in printed[f"measure {CONTRACT}"]
    assert (
        "19 Dec 16:00    25  clear-class-a      pending.overdue   -> street-supervisor told: overdue"
        in (printed[f"ledger timeline {CONTRACT}"])
    )
    assert printed["ledger dump"] == storm.dump


def test_an_acknowledged_breach_is_not_escalated(settings: Settings) -> None:
    GENERATE.main(["--land", str(settings.landing / CONTRACT), "--until", "2023-12-19T18:40:00+08:00"])
    pipeline.migrate(settings, "replay", datetime.fromisoformat("2023-12-19T18:40:00+08:00"))
    ring = replay.ring_here(settings, CONTRACT)
    ring(BEGINS)
    assert any(one.key.startswith(CONTRACT) for one in pipeline.rings(settings)) is False  # all was done and told
    reference = "2023-12-19T1840_clear-class-a_breached_street-supervisor"
    pipeline.acknowledge(settings, CONTRACT, reference, "street-supervisor", "two ploughs are on the way")
    pipeline.advance(settings, datetime.fromisoformat("2023-12-19T23:00:00+08:00"))
    ring(BEGINS)
    people = {path.stem.rsplit("_", 1)[1] for path in (settings.messages / CONTRACT).glob("*clear*.json")}
    assert people == {"street-supervisor"}


def test_one_broken_file_stops_nothing_else(settings: Settings) -> None:
    until = "2023-12-20T05:40:00+08:00"
    GENERATE.main(["--land", str(settings.landing / CONTRACT), "--until", until])
    broken = settings.landing / CONTRACT / "plow" / "2023-12-16.csv"
    stamp = broken.stat().st_mtime
    broken.write_bytes(b"\x00\xff no log at all")
    os.utime(broken, (stamp, stamp))
    pipeline.migrate(settings, "replay", datetime.fromisoformat(until))
    received = {name: pipeline.receive(settings, CONTRACT, name) for name in pipeline.sources(settings, CONTRACT)}
    assert sum(one.refused is not None for one in received["plow-log"].deliveries) == 1
    fates = pipeline.validate(settings, CONTRACT).fates
    assert [fate.name for fate in fates if fate.refused] == ["plow/2023-12-16.csv"]
    assert sum(fate.accepted > 0 for fate in fates) >= 5
    pipeline.judge(settings, CONTRACT)
    outcome = {one.obligation: one for one in pipeline.measure(settings, CONTRACT).outcomes}
    assert outcome["clear-class-a"].met > 0  # what other days prove stands
    assert outcome["deliver:plow-log"].duties == 2  # what was due before this ledger watched is not asked for
