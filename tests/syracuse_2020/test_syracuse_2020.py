"""Syracuse's plows of February 2020: a street without a known pass is a breach only where the positions are complete.

Which streets were passed on which day is asked of `dutywatch.locate`, which tests/locate holds against a slow reading;
what the positions cover, and which days and trucks are missing, is read here from the positions themselves.
"""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
import yaml
from typer.testing import CliRunner

from dutywatch import terms
from dutywatch.cli import app
from dutywatch.lake import Lake, connect
from dutywatch.locate import passes
from tests.conftest import HOME
from tests.locate.town import deliver
from tests.syracuse_2020.prepare import prepare

AS_OF = "2020-03-03T00:00:00-05:00"
DAYS = [date(2020, 2, 17) + timedelta(days=n) for n in range(14)]
COMPLETE = date(2020, 2, 29)  # the only day of which the positions cover every hour
LATEST = timedelta(minutes=27)
SILENT = "953696"  # a truck that worked on the two days before

Verdicts = dict[tuple[str, str], dict[str, str]]  # (street, day)


@pytest.fixture(scope="module")
def feed(data: Path) -> Path:
    return data / "syracuse_pings_2020"


@pytest.fixture(scope="module")
def contract(feed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare(tmp_path_factory.mktemp("contracts"), feed)


def judged(contract: Path, landing: Path, out: Path) -> tuple[str, Verdicts]:
    command = ["judge", str(contract), "--landing", str(landing), "--as-of", AS_OF, "--out", str(out)]
    result = CliRunner().invoke(app, command, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    with out.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["obligation"] == "plow-daily"]
        return result.output, {(row["unit"], row["trigger"]): row for row in rows}


@pytest.fixture(scope="module")
def archive(contract: Path, feed: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Verdicts]:
    """What the command line says of the file as it lies."""
    return judged(contract, feed, tmp_path_factory.mktemp("archive") / "verdicts.csv")


@pytest.fixture(scope="module")
def passed(contract: Path, feed: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], list[str]]:
    """By street and local day on which a plow came upon it: which passes, by file and place in it."""
    lake, found = Lake(tmp_path_factory.mktemp("lake")), dict[tuple[str, str], list[str]]()
    pings = duckdb.sql(
        'SELECT ts AS "at", truck_name AS actor, lat, lon FROM read_parquet($path) ORDER BY 1, 2',
        params={"path": str(feed / "pings.parquet")},
    ).to_arrow_table()
    loaded = terms.load(contract)
    with connect(lake) as duck:
        given = [replace(deliver(lake, pings), source="plow-gps")]
        for one in passes(duck, lake, loaded, "plow-gps", given, HOME / "sql"):
            rows = duck.sql(
                """SELECT unit, ("at" AT TIME ZONE 'America/New_York')::DATE::VARCHAR FROM read_parquet($path)""",
                params={"path": str(lake.path(one.passes))},
            )
            for number, key in enumerate(rows.fetchall(), start=1):
                found.setdefault(key, []).append(f"plow-gps passes of {one.day}:{number}")
    return found


def test_the_spans_of_the_contract_are_what_the_feed_showed(feed: Path) -> None:
    """Positions that were last seen at the same look, the last one before the feed was emptied, are one span."""
    rows = duckdb.sql(
        "SELECT epoch_us(min(ts)), epoch_us(last_seen_commit_time), "
        "max(first_seen_commit_time - ts) < INTERVAL 27 MINUTE "
        "FROM read_parquet($path) GROUP BY last_seen_commit_time ORDER BY 1",
        params={"path": str(feed / "pings.parquet")},
    ).fetchall()
    assert all(in_time for *_, in_time in rows)
    words = yaml.safe_load((HOME / "tests" / "syracuse_2020" / "contract.yaml").read_text(encoding="utf-8"))
    spans = [(one["from"], one["to"]) for one in words["sources"]["plow-gps"]["covers"]]
    assert spans == [(instant(first), instant(last) - LATEST) for first, last, _ in rows]


def test_other_days_make_their_own_term_and_spans(contract: Path, feed: Path, tmp_path: Path) -> None:
    """Of its own days the contract stays as it is written; the others are one filling of the feed, a year later."""
    written = (HOME / "tests" / "syracuse_2020" / "contract.yaml").read_text(encoding="utf-8")
    assert (contract / "contract.yaml").read_text(encoding="utf-8") == written
    later = ", ".join(
        f"{c} + INTERVAL 366 DAY AS {c}" for c in ("ts", "first_seen_commit_time", "last_seen_commit_time")
    )
    duckdb.execute(
        f"COPY (SELECT * REPLACE ({later}) FROM read_parquet('{feed / 'pings.parquet'}') "
        f"WHERE ts BETWEEN '2020-02-27 22:30:12-05' AND '2020-02-28 16:30-05') "
        f"TO '{tmp_path / 'pings-2021.parquet'}' (FORMAT parquet)"
    )
    words = yaml.safe_load((prepare(tmp_path / "contracts", tmp_path) / "contract.yaml").read_text(encoding="utf-8"))
    assert words["term"] == {"from": date(2021, 2, 27), "to": date(2021, 2, 28)}
    (span,) = words["sources"]["plow-gps"]["covers"]
    assert (span["file"], span["from"].isoformat()) == ("pings-2021.parquet", "2021-02-28T03:30:12+00:00")


def instant(micros: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)


def test_every_position_is_accepted_and_every_street_is_owed_every_day(archive: tuple[str, Verdicts]) -> None:
    assert "plow-gps pings.parquet: 142123 = 0 + 0 + 142123 + 0" in archive[0]
    assert len(archive[1]) == 5650 * len(DAYS)


def test_a_street_is_breached_only_on_the_day_that_is_covered(
    archive: tuple[str, Verdicts], passed: dict[tuple[str, str], list[str]]
) -> None:
    otherwise = {day.isoformat(): "breached" if day == COMPLETE else "unproven" for day in DAYS}
    expected = {key: "met" if key in passed else otherwise[key[1]] for key in archive[1]}
    assert {key: row["verdict"] for key, row in archive[1].items()} == expected
    counts = Counter((day, verdict) for (_, day), verdict in expected.items())
    assert counts["2020-02-29", "breached"] > 1000 and counts["2020-02-29", "unproven"] == 0
    page = (HOME / "docs" / "evidence.md").read_text(encoding="utf-8")
    for day in map(str, DAYS):
        numbers = " | ".join(str(counts[day, verdict]) for verdict in ("met", "breached", "unproven"))
        assert f"| {day} | {archive[1]['00000', day]['coverage']} | {numbers} |" in page


@pytest.mark.parametrize("day", ["2020-02-21", "2020-02-22"])
def test_missing_days_are_gaps_that_the_logs_runner_holds(archive: tuple[str, Verdicts], feed: Path, day: str) -> None:
    """The plows worked on these days, and no position is of them."""
    of_the_day = duckdb.sql(
        "SELECT count(*) FROM read_parquet($path) WHERE (ts AT TIME ZONE 'America/New_York')::DATE = $day::DATE",
        params={"path": str(feed / "pings.parquet"), "day": day},
    ).fetchall()
    assert of_the_day == [(0,)]
    rows = [row for (_, trigger), row in archive[1].items() if trigger == day]
    assert Counter(row["verdict"] for row in rows) == {"unproven": 5650}
    assert {row["owed_by"] for row in rows} == {"public-works"}
    assert {row["coverage"] for row in rows} == {"0.0"}
    assert {row["reason"] for row in rows} == {"the evidence is incomplete: plow-gps outside of what its files cover"}


def test_a_pass_is_cited_by_its_place_among_the_days_passes(
    archive: tuple[str, Verdicts], passed: dict[tuple[str, str], list[str]]
) -> None:
    assert all(archive[1][key]["evidence"] in places for key, places in passed.items())


@pytest.fixture(scope="module")
def by_truck(contract: Path, feed: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Verdicts]:
    """29 February as a daily log that must name every truck: those that it names, and these with a silent one."""
    root = tmp_path_factory.mktemp("by-truck")
    (root / "landing").mkdir()
    with duckdb.connect() as duck:
        duck.execute("SET TimeZone = 'America/New_York'")
        duck.execute(
            f"COPY (SELECT * FROM read_parquet('{feed / 'pings.parquet'}') WHERE ts::DATE = DATE '{COMPLETE}' "
            f"ORDER BY ALL) TO '{root / 'landing' / f'{COMPLETE}.parquet'}' (FORMAT parquet)"
        )
        query = f"SELECT DISTINCT truck_name FROM read_parquet('{root / 'landing' / f'{COMPLETE}.parquet'}')"
        trucks = sorted(truck for (truck,) in duck.execute(query).fetchall())
    assert SILENT not in trucks
    words = yaml.safe_load((contract / "contract.yaml").read_text(encoding="utf-8"))
    words["term"] = {"from": str(COMPLETE), "to": str(COMPLETE)}
    source = words["sources"]["plow-gps"]
    del source["covers"]
    source |= {"path": "{service_date}.parquet", "redelivery": "replace", "by": "actor"}
    found = {}
    for name, roster in (("all heard", trucks), ("one silent", [*trucks, SILENT])):
        folder = root / name / "syracuse-2020"
        folder.mkdir(parents=True)
        shutil.copy(contract / "units.geojson", folder)
        words["contractors"][0]["actors"] = roster
        (folder / "contract.yaml").write_text(yaml.safe_dump(words), encoding="utf-8")
        found[name] = judged(folder, root / "landing", root / name / "verdicts.csv")[1]
    return found


def test_a_silent_truck_is_a_gap_and_no_breach(by_truck: dict[str, Verdicts]) -> None:
    """It may have been on any street: what is known to be passed stays met, what was breached is unproven."""
    heard, silent = by_truck["all heard"], by_truck["one silent"]
    counts = Counter(row["verdict"] for row in heard.values())
    assert set(counts) == {"met", "breached"} and counts["breached"] > 1000
    turned = {"met": "met", "breached": "unproven"}
    assert {key: row["verdict"] for key, row in silent.items()} == {
        key: turned[row["verdict"]] for key, row in heard.items()
    }
    unproven = [row for row in silent.values() if row["verdict"] == "unproven"]
    assert {row["owed_by"] for row in unproven} == {"public-works"}
    assert {row["reason"] for row in unproven} == {
        f"the evidence is incomplete: plow-gps of 2020-02-29 says nothing of {SILENT}"
    }
