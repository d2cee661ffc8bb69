"""Who should have reported and did not; a feed that answers with nothing is told apart from one that is dead."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dutywatch import pipeline, terms
from dutywatch.cli import app
from dutywatch.errors import ContractFaults
from dutywatch.receive.silence import Answer
from dutywatch.settings import Settings
from tests.receive.place import CONTRACT, SNOW, WORK, land, place
from tests.receive.site import serving
from tests.receive.test_polls import polled

ROSTER = "truck,joins,leaves\nT1,,\nT2,,\nT3,,\nT4,,2025-01-09\nT5,,\n"
ROSTERED = {**WORK, "roster": {"file": "roster.csv", "actor": "truck", "from": "joins", "to": "leaves"}}
HEADER = "time,unit,truck,kind\n"
NOW = datetime(2025, 1, 11, 8, tzinfo=UTC)
DAY = date(2025, 1, 10)


@pytest.fixture
def town(tmp_path: Path, database: Callable[[], str]) -> Settings:
    settings = place(tmp_path, database(), {"work": ROSTERED, "snow": SNOW}, ROSTER)
    pipeline.migrate(settings, "replay", NOW)
    return settings


def taken_in(settings: Settings) -> None:
    for source in pipeline.sources(settings, CONTRACT):
        pipeline.receive(settings, CONTRACT, source)
    pipeline.validate(settings, CONTRACT)


def landed(settings: Settings, name: str, text: str, at: datetime = NOW) -> None:
    land(settings, name, text)
    os.utime(settings.landing / CONTRACT / name, (at.timestamp(), at.timestamp()))


def test_rostered_trucks_without_an_accepted_row_are_silent_and_it_is_said_how(town: Settings) -> None:
    landed(town, "work/2025-01-09.csv", HEADER + "2025-01-09T10:00:00Z,U1,T2,plowed\n")
    rows = [
        "2025-01-10T10:00:00Z,U1,T1,plowed\n",
        "2025-01-10T11:00:00Z,nowhere,T3,plowed\n",
        "2025-01-10T12:00:00Z,nowhere,T3,plowed\n",
        "2025-01-10T13:00:00Z,U1,T9,plowed\n",
    ]
    landed(town, "work/2025-01-10.csv", HEADER + "".join(rows))
    taken_in(town)
    work = pipeline.silent(town, CONTRACT, DAY)[1]
    assert str(work).splitlines() == [
        "work 2025-01-10: rows came (1 deliveries, 0 polls, 2 rows); 3 of 4 rostered are silent",
        "  T2: last seen 09 Jan 10:00",
        "  T3: 2 rows, all in quarantine",
        "  T5: not seen for 31 days",
    ]
    assert "term" not in str(work)
    assert pipeline.silent(town, CONTRACT) == pipeline.silent(town, CONTRACT, DAY)  # yesterday is what is asked for
    pipeline.advance(town, datetime(2025, 2, 2, tzinfo=UTC))
    after = str(pipeline.silent(town, CONTRACT, date(2025, 2, 1))[1])
    assert "none is owed, for the contract's term is 2025-01-01 to 2025-01-31" in after


def test_the_command_shows_it(town: Settings) -> None:
    landed(town, "snow/2025-01-10.csv", "time,kind\n")
    taken_in(town)
    environment = {f"DUTYWATCH_{name.upper()}": str(getattr(town, name)) for name in ("home", "ledger", "lake")}
    result = CliRunner().invoke(app, ["silence", CONTRACT, "--date", "2025-01-10"], env=environment)
    assert result.output.splitlines()[:3] == [
        "snow 2025-01-10: it answered, and with nothing (1 deliveries, 0 polls, 0 rows)",
        "work 2025-01-10: nothing came (0 deliveries, 0 polls, 0 rows); 4 of 4 rostered are silent",
        "  T1: not seen for 31 days",
    ]


def test_what_came_late_ends_the_silence(town: Settings) -> None:
    taken_in(town)
    assert len(pipeline.silent(town, CONTRACT, DAY)[1].silent) == 4
    rows = "".join(f"2025-01-10T10:00:00Z,U1,{truck},plowed\n" for truck in ("T1", "T2", "T3", "T5"))
    landed(town, "work/2025-01-10.csv", HEADER + rows)
    taken_in(town)
    assert pipeline.silent(town, CONTRACT, DAY)[1].silent == ()


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (None, Answer.NOTHING),
        ("time,kind\n", Answer.EMPTY),
        ("hello\n1\n", Answer.REFUSED),
        ("time,kind\n2025-01-10T10:00:00Z,hail\n", Answer.QUARANTINED),
        ("time,kind\n2025-01-10T10:00:00Z,snow\n", Answer.ROWS),
    ],
)
def test_five_kinds_of_answer_to_a_day(town: Settings, text: str | None, answer: Answer) -> None:
    if text is not None:
        landed(town, "snow/2025-01-10.csv", text)
    taken_in(town)
    assert pipeline.silent(town, CONTRACT, DAY)[0].answer is answer


def test_a_feed_that_answers_success_with_nothing_is_not_a_dead_one(
    tmp_path: Path, database: Callable[[], str]
) -> None:
    with serving(lambda asked: asked.reply(b"time,kind\n")) as site:
        settings = place(tmp_path, database(), {"snow": polled(f"{site.address}/snow"), "work": WORK})
        pipeline.migrate(settings, "replay", NOW - timedelta(days=1))
        taken_in(settings)
        pipeline.advance(settings, NOW - timedelta(hours=20))
        taken_in(settings)
    pipeline.advance(settings, NOW + timedelta(days=1))
    alive, dead = (pipeline.silent(settings, CONTRACT, day)[0] for day in (DAY, date(2025, 1, 11)))
    assert (alive.answer, alive.polls, alive.rows) == (Answer.EMPTY, 2, 0)
    assert (dead.answer, dead.polls) == (Answer.NOTHING, 0)


def test_a_superseded_log_ends_no_silence(town: Settings) -> None:
    landed(town, "work/2025-01-10.csv", HEADER + "2025-01-10T10:00:00Z,U1,T1,plowed\n", NOW - timedelta(hours=2))
    taken_in(town)
    landed(town, "work/2025-01-10.csv", HEADER + "2025-01-10T10:00:00Z,U1,T2,plowed\n", NOW)
    taken_in(town)
    work = pipeline.silent(town, CONTRACT, DAY)[1]
    assert [one.rostered.actor for one in work.silent] == ["T1", "T3", "T5"]


def test_a_roster_at_fault_is_a_fault_of_the_contract(tmp_path: Path) -> None:
    declared = {**ROSTERED, "roster": {"file": "roster.csv", "actor": "truck", "zone": "ward"}}
    settings = place(tmp_path, "", {"work": declared, "snow": SNOW}, "truck,ward\nT1,nowhere\n,\n")
    with pytest.raises(ContractFaults) as caught:
        terms.load(settings.contracts / CONTRACT)
    assert [fault.message for fault in caught.value.faults] == [
        "no unit lies in zone `nowhere`",
        "`truck` is empty: say who should report",
    ]


def test_another_roster_is_another_version_of_the_terms(tmp_path: Path) -> None:
    digests = set()
    for name, text in (("a", ROSTER), ("b", ROSTER + "T6,,\n")):
        settings = place(tmp_path / name, "", {"work": ROSTERED, "snow": SNOW}, text)
        digests.add(terms.load(settings.contracts / CONTRACT).digest)
    assert len(digests) == 2
