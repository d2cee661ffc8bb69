"""`dutywatch windows`: what the month's pass hides, as anybody may print it, against the table that was counted."""

from __future__ import annotations

import csv
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dutywatch.cli import app
from tests.hotline.test_scenario import CONTRACT, GENERATE, table

AS_OF = "2024-01-01T12:00+08:00"


def close_up(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["windows", str(CONTRACT), *arguments, "--as-of", AS_OF])
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[dict[str, str]]]:
    base = tmp_path_factory.mktemp("windows")
    GENERATE.main(["--land", str(base / "whole")])
    shutil.copytree(base / "whole" / "calls", base / "landing" / "calls")  # keeps the times of arrival
    said = close_up(
        "connect-month", "--landing", str(base / "landing"), "--arrivals", "mtime", "--out", str(base / "failing.csv")
    )
    with (base / "failing.csv").open(encoding="utf-8", newline="") as lines:
        return said, list(csv.DictReader(lines))


def test_the_month_passes_and_says_what_fails(printed: tuple[str, list[dict[str, str]]]) -> None:
    said, _ = printed
    assert "as owed: 1 pass, 1 pending" in said
    assert "day: 29 pass, 1 fail, 1 unproven, 1 pending" in said
    assert "any 24 hours: 25 pass, 3 fail, 2 unproven, 1 pending" in said
    assert "2023-12-05  12345  0.8651 of 304 items: the target is missed" in said


def test_every_half_hour_and_day_that_fails_is_one_of_the_table(printed: tuple[str, list[dict[str, str]]]) -> None:
    _, rows = printed
    for kind, window in (("30 minutes of a day", "half hour"), ("day", "day")):
        found = {
            (start(row["window"]), int(row["items"]), round(float(row["measured"]), 4))
            for row in rows
            if row["windows"] == kind
        }
        expected = {
            (datetime.fromisoformat(row["first"]), int(row["worst_items"]), float(row["worst_share"]))
            for row in table("spells")
            if row["window"] == window
        }
        assert found == expected


def test_every_24_hours_that_fail_are_those_of_the_table(printed: tuple[str, list[dict[str, str]]]) -> None:
    _, rows = printed
    spells = [row for row in table("spells") if row["window"] == "24 hours"]
    found = {
        (row["window"], int(row["items"]), round(float(row["measured"]), 4))
        for row in rows
        if row["windows"] == "any 24 hours"
    }
    assert found == {(row["first"][:10], int(row["worst_items"]), float(row["worst_share"])) for row in spells}


def start(window: str) -> datetime:
    return datetime.fromisoformat(window if "T" in window else f"{window}T00:00:00+08:00")


def test_a_duty_that_attains_nothing_is_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["windows", str(CONTRACT), "sign", "--landing", str(tmp_path), "--as-of", AS_OF])
    assert result.exit_code != 0
    assert "attains no share of events" in result.output + str(result.exception)
