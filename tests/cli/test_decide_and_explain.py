"""The commands about decisions, explanations and what-ifs: what they print, and the errors that they end with."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dutywatch.cli import app
from dutywatch.errors import DutywatchError
from dutywatch.settings import Settings
from tests.town import NAME, Town, at, found, words

DUTY = f"{NAME}/clear/U0/2024-01-10T17:00Z"


@pytest.fixture
def town(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Town:
    """It snowed on the 11th at 01:00; U0 was plowed at 20:00, an hour late."""
    town = found(settings)
    town.deliver("weather", 11, [{"at": at(11, 1), "kind": "snow"}])
    town.deliver("log", 10, [])
    town.deliver("log", 11, [{"at": at(11, 20), "unit": "U0", "kind": "plow"}])
    town.judge(at(12, 7))
    for name in ("home", "lake", "landing", "ledger"):
        monkeypatch.setenv(f"DUTYWATCH_{name.upper()}", str(getattr(town.settings, name)))
    return town


def said(*arguments: str) -> str:
    """What a command prints; it must end well."""
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == 0, result.output + str(result.exception)
    return result.stdout


def refused(*arguments: str) -> str:
    """The error that a command ends with."""
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code != 0
    return str(result.exception) if isinstance(result.exception, DutywatchError) else result.output


def test_decisions_are_taken_confirmed_and_listed(town: Town) -> None:
    assert town.settings.ledger
    about = ("--obligation", "clear", "--unit", "U0", "--grounds", "burst main")
    assert "nobody has decided anything" in said("decide", "list", NAME)
    excuse = said("decide", "excuse", NAME, *about, "--by", "head")
    assert "1 excuse clear, unit U0; grounds: burst main; by head at 2024-01-11 23:00Z" in excuse
    assert (
        "concerns 1 recorded duty, 1 due or lapsed already" in excuse
        and "dutywatch decide confirm 1 --by PERSON" in excuse
    )
    assert "dutywatch judge town" in said("decide", "confirm", "1", "--by", "office")
    said("decide", "waive", NAME, *about, "--by", "head", "--published", "https://example.org/12")
    assert said("decide", "list", NAME).count("\n") == 2
    assert "desk answers for clear" in refused("decide", "excuse", NAME, *about, "--by", "desk")
    assert "--published" in refused("decide", "waive", NAME, *about, "--by", "head")
    assert "sets no `proof_until`" in refused("decide", "admit", NAME, *about, "--by", "head")
    assert "1 flip" in said("judge", NAME)
    assert "excused by decision: burst main" in said("explain", DUTY)
    all_of_it = ("--obligation", "clear", "--grounds", "ice", "--by", "head", "--published", "board")
    assert "concerns 6 recorded duties, of which 5 are in breach and waived" in said(
        "decide", "waive", NAME, *all_of_it
    )


def test_what_is_excused_leaves_the_share_and_is_named(town: Town) -> None:
    """U0 was plowed late and stays a breach; of all other streets, which were not plowed, two persons excuse it."""
    assert town.settings.ledger
    assert "clear B: 0 met, 4 breached (4 open), 0 pending, 0 unproven; met 0.0 %" in said("measure", NAME)
    said("decide", "excuse", NAME, "--obligation", "clear", "--unit", "U1", "--grounds", "burst main", "--by", "head")
    for unit in ("U2", "U3", "U4", "U5"):
        said("decide", "excuse", NAME, "--obligation", "clear", "--unit", unit, "--grounds", "storm", "--by", "head")
    for number in range(1, 6):
        said("decide", "confirm", str(number), "--by", "office")
    said("judge", NAME)
    told = said("measure", NAME)
    assert "clear A: 0 met, 1 breached (0 open), 0 pending, 0 unproven, 1 excused; met 0.0 %, evidence" in told
    assert "clear B: 0 met, 0 breached (0 open), 0 pending, 0 unproven, 4 excused; none counts\n" in told


def test_a_source_or_contract_that_is_not_there_is_no_empty_one(town: Town, tmp_path: Path) -> None:
    assert town.settings.ledger
    out = tmp_path / "to-mend.csv"
    for command in (("receive", NAME, "lgo"), ("quarantine", "export", NAME, "--source", "lgo", "--out", str(out))):
        assert "contract town has no source lgo: it has log, notices, seen, weather" in refused(*command)
    assert "there is no contract twon" in refused("quarantine", "export", "twon", "--out", str(out))
    assert not out.exists()


def test_a_duty_is_explained_in_two_languages_as_json_and_as_it_once_stood(town: Town) -> None:
    assert town.settings.ledger
    assert "Verdict   breached (breached.cured)" in said("explain", DUTY)
    assert "判定　　　违约（已补做）" in said("explain", DUTY, "--lang", "zh")
    assert json.loads(said("explain", DUTY, "--json"))["standing"] == "breached.cured"
    assert "pending (pending.at_risk)" in said(
        "explain", DUTY, "--as-of", "2024-01-11T18:00+08:00", "--known-at", "2024-01-12T07:00+08:00"
    )
    assert "--lang is en or zh" in refused("explain", DUTY, "--lang", "fr")
    assert "is not ISO 8601" in refused("explain", DUTY, "--as-of", "yesterday")
    assert "has no offset from UTC" in refused("explain", DUTY, "--as-of", "2024-01-12")
    assert "the nearest are" in refused("explain", DUTY + "x")


def test_a_past_moment_is_judged_into_a_file(town: Town, tmp_path: Path) -> None:
    assert town.settings.ledger
    out = tmp_path / "then.csv"
    assert "duties written to" in said("judge", NAME, "--known-at", "2024-01-12T05:30+08:00", "--out", str(out))
    with out.open(encoding="utf-8", newline="") as file:
        rows = {row["duty_id"]: row for row in csv.DictReader(file)}
    assert rows[DUTY]["verdict"] == "breached" and rows[DUTY]["fulfilled_at"] == "2024-01-11T12:00:00.000000Z"
    assert "--out FILE" in refused("judge", NAME, "--known-at", "2024-01-12T05:30+08:00")


def test_nobody_knows_yet_how_duties_will_stand(town: Town, tmp_path: Path) -> None:
    """It is the 12th: no log of the 20th is missing, and nobody will have been silent."""
    assert town.settings.ledger
    out = tmp_path / "then.csv"
    later = ("--known-at", "2024-01-31T07:00+08:00")
    unknown = "nobody knows yet what will be known at 2024-01-30T23:00Z: it is 2024-01-11T23:00Z by the ledger"
    log = f"{NAME}/deliver:log/log/2024-01-20"
    for command in (
        ("explain", log, *later),
        ("explain", log, "--as-of", later[1]),
        ("judge", NAME, *later, "--out", str(out)),
        ("what-if", NAME, *later),
    ):
        assert refused(*command) == unknown
    before = ("--as-of", later[1], "--known-at", "2024-01-12T07:00+08:00")
    for command in (("explain", log, *before), ("what-if", NAME, *before)):
        assert "at 2024-01-11T23:00Z nobody knew yet what would be done, and sent, by" in refused(*command)
    assert not out.exists()
    assert "2024-01-13 has not begun, so that nobody is silent of it: it is 2024-01-12" in refused(
        "silence", NAME, "--date", "2024-01-13"
    )
    assert "log 2024-01-12: nothing came" in said("silence", NAME, "--date", "2024-01-12")


def test_a_what_if_prints_the_difference_and_writes_the_changes(town: Town, tmp_path: Path) -> None:
    path = town.write(words(within="PT20H"), "other")
    out = tmp_path / "changed.csv"
    text = said("what-if", NAME, "--terms", str(path), "--out", str(out))
    for part in (f"before: {NAME} as of 2024-01-11 23:00:00Z", "clear", "0 -> 1", "2 -> 1", "1 duty changes"):
        assert part in text, text
    with out.open(encoding="utf-8", newline="") as file:
        assert [row["after"] for row in csv.DictReader(file)] == ["met"]
    assert "give --terms, --as-of or --known-at" in refused("what-if", NAME)


def test_the_help_of_every_command_shows_an_example() -> None:
    for command in ("excuse", "waive", "admit", "suspend", "confirm", "list"):
        assert "Example" in said("decide", command, "--help")
    assert "Example" in said("what-if", "--help") and "Example" in said("explain", "--help")
