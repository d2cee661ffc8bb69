"""The hotline's month, replayed through the verbs in this process, against its tables."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, select

from dutywatch import pipeline, replay
from dutywatch.ledger.tables import flips, messages, revisions
from dutywatch.settings import Settings
from tests.conftest import installation
from tests.hotline.test_scenario import GENERATE, STORY, WORLD, table

CONTRACT = "yongchuan-hotline"
BEGINS, ENDS = WORLD.local(STORY["since"]), WORLD.local(STORY["ends"])
History = list[tuple[datetime, dict[str, Any]]]


@dataclass(frozen=True)
class Replayed:
    """What one replay left behind: its steps, the history of every duty, its messages, and the canonical dump."""

    settings: Settings
    steps: list[datetime]
    histories: dict[tuple[str, str], History]
    messages: list[dict[str, Any]]
    dump: str


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory, database: Callable[[], str]) -> Replayed:
    base = tmp_path_factory.mktemp("month")
    settings = installation(base, database())
    GENERATE.main([str(base / "deliveries")])
    pipeline.migrate(settings, "replay", BEGINS)
    ring = replay.ring_here(settings, CONTRACT)
    arrivals = replay.read_arrivals(base / "deliveries")
    steps = [step.at for step in replay.replay(settings, CONTRACT, arrivals, ENDS, ring)]
    engine = create_engine(str(settings.ledger))
    histories: dict[tuple[str, str], History] = {}
    with engine.connect() as connection:
        for flip in connection.execute(select(flips).order_by(flips.c.id)).mappings():
            key = (flip["obligation"], named(flip["trigger"]))
            histories.setdefault(key, []).append((flip["decided_at"], dict(flip)))
        told = [dict(row) for row in connection.execute(select(messages)).mappings()]
        for message in told:
            query = select(revisions.c.at).where(revisions.c.message == message["id"]).order_by(revisions.c.revision)
            message["revised"] = list(connection.execute(query).scalars())
    engine.dispose()
    return Replayed(settings, steps, histories, told, pipeline.dump(settings))


def named(trigger: str) -> str:
    """The record that a trigger is of; of an event the instant is left out."""
    return trigger.partition("@")[0]


def instant(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def at(history: History, step: datetime) -> str:
    past = [flip["to_standing"] for decided, flip in history if decided <= step]
    return past[-1] if past else "pending.running"


def compare(month: Replayed, obligation: str, name: str, rows: list[dict[str, str]]) -> int:
    """Hold one duty against its rows at every step; returns how many rows were held against a flip."""
    history, held = month.histories.get((obligation, name), []), 0
    for step in month.steps:
        due = [row for row in rows if instant(row["from_instant"]) <= step]  # type: ignore[operator]
        expected = due[-1]["standing"] if due else "pending.running"
        assert at(history, step) == expected, (obligation, name, step)
    for row in rows:
        found = [flip for decided, flip in history if decided == instant(row["from_instant"])]
        if row["standing"] == "pending.running":
            continue  # the first look finds what nobody doubts: no flip of its own is asked
        assert len(found) == 1, (row, found)
        for column in ("due_at", "lapsed_at", "fulfilled_at"):
            if column in row:
                assert found[0][column] == instant(row[column]), (row, column)
        assert found[0]["owed_by"] == row["owed_by"], row
        held += 1
    return held


def by_duty(name: str, key: str) -> dict[tuple[str, str], list[dict[str, str]]]:
    found: dict[tuple[str, str], list[dict[str, str]]] = {}
    for row in table(name):
        found.setdefault((row["obligation"], row[key]), []).append(row)
    return found


def test_every_window_stands_as_counted_at_every_step(month: Replayed) -> None:
    duties = by_duty("windows", "trigger")
    assert len(duties) == 3 * 31 - 1 + 5  # rolling windows begin with the term: its first day has none
    assert sum(compare(month, *duty, rows) for duty, rows in duties.items()) == len(table("windows"))


def test_the_cases_told_one_by_one_stand_as_derived_by_hand(month: Replayed) -> None:
    duties = by_duty("cases", "record")
    assert sum(compare(month, *duty, rows) for duty, rows in duties.items()) == sum(
        row["standing"] != "pending.running" for row in table("cases")
    )


def test_ordinary_cases_stand_as_the_rule_says(month: Replayed) -> None:
    """Known at the midnight after: signed on the day itself; closed and called back on the days that the rule gives."""
    compared = 0
    for case in GENERATE.cases(WORLD):
        if case.name != "ordinary":
            continue
        for obligation, begins, step in (
            ("sign", "registered", "signed"),
            ("close", "registered", "closed"),
            ("call-back", "closed", "called_back"),
        ):
            key = (obligation, case.record)
            if midnight(case.steps[begins]) > ENDS:
                assert key not in month.histories
                continue
            known, history = midnight(case.steps[step]), month.histories.get(key, [])
            for moment in month.steps:
                assert at(history, moment) == ("met" if known <= moment else "pending.running"), key
            compared += 1
    assert compared > 400


def midnight(at: datetime) -> datetime:
    """The midnight that ends the day of `at`."""
    return datetime.combine(at.date() + timedelta(days=1), datetime.min.time(), WORLD.zone)


def test_nothing_else_is_owed(month: Replayed) -> None:
    told = {*by_duty("windows", "trigger"), *by_duty("cases", "record")}
    ordinary = {case.record for case in GENERATE.cases(WORLD) if case.name == "ordinary"}
    for obligation, name in month.histories:
        known = (obligation, name) in told or name in ordinary or obligation.startswith("deliver:")
        assert known or name.startswith("2024-01"), (obligation, name)  # the windows that begin as the story ends


def test_deliveries_are_met_as_they_arrive_but_for_those_of_the_table(month: Replayed) -> None:
    exceptions = by_duty("deliveries", "period")
    for duty, rows in exceptions.items():
        compare(month, *duty, rows)
    ordinary = 0
    for (obligation, day), history in month.histories.items():
        if obligation.startswith("deliver:") and (obligation, day) not in exceptions and day < "2024":
            met = midnight(datetime.fromisoformat(day))
            assert [at(history, met - timedelta(seconds=1)), at(history, met)] == ["pending.running", "met"], day
            ordinary += 1
    assert ordinary == 4 * 31 - 2


def test_the_outage_is_unproven_with_its_holder_and_not_breached(month: Replayed) -> None:
    for duty in (("connect-rate", "2023-12-16"), ("connect-rate", "2023-12-17"), ("answer-15s", "2023-12-16")):
        final = month.histories[duty][-1][1]
        assert (final["to_standing"], final["owed_by"]) == ("unproven", "hotline-operator")
        said = pipeline.explain(month.settings, final["duty_id"])
        assert "call-log of 2023-12-16" in said and "Owed by   hotline-operator" in said, said


def test_a_day_that_is_good_does_not_hide_bad_24_hours(month: Replayed) -> None:
    final = month.histories["connect-rate", "2023-12-20"][-1][1]
    assert final["to_standing"] == "breached.open"
    said = pipeline.explain(month.settings, final["duty_id"])
    assert "the target was missed in rolling windows" in said and "GB/T 33358" in said, said
    assert month.histories["connect-month", "2023-12"][-1][1]["to_standing"] == "met"


def test_exactly_these_messages(month: Replayed) -> None:
    found = {(m["person"], m["obligation"], named(m["trigger"]), m["level"]): m for m in month.messages}
    assert len(found) == len(month.messages)
    expected = {(r["person"], r["obligation"], r["trigger_or_period"], r["level"]): r for r in table("messages")}
    assert set(found) == set(expected)
    for key, row in expected.items():
        assert found[key]["opened_at"] == instant(row["at"]), key
        assert found[key]["revised"] == [datetime.fromisoformat(one) for one in row["revisions"].split(";")], key
        assert found[key]["told"] == found[key]["revision"], key


def test_no_row_disappears(month: Replayed) -> None:
    def rows(kind: str) -> list[dict[str, Any]]:
        return [json.loads(line.split(" ", 1)[1]) for line in month.dump.splitlines() if line.startswith(f"{kind} ")]

    accepted = {(row["source"], row["name"]): row for row in rows("acceptance")}
    assert len(rows("delivery")) == len(accepted) == 4 * 31
    for row in rows("delivery"):
        fate = accepted[row["source"], row["name"]]
        assert row["lines"] == row["header"] + row["blank"] + fate["accepted"] + fate["quarantined"], row
    assert {key for key, fate in accepted.items() if fate["quarantined"]} == {("call-log", "calls/2023-12-21.csv")}
    assert accepted["call-log", "calls/2023-12-21.csv"]["by_rule"] == {
        "nobody waits less than no time": 1,
        "unit is in the contract's register": 2,
    }


def test_ringing_again_changes_nothing(month: Replayed) -> None:
    replay.ring_here(month.settings, CONTRACT)(ENDS)
    assert pipeline.dump(month.settings) == month.dump
