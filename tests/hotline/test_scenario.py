"""The hotline's month as data: its files are the same on every machine, and its story and its tables agree.

Nothing is judged here. Whether an engine reaches the expected tables is `test_timeline`'s question; this one asks
whether the tables follow from the story, by counting again what DERIVATION.md counts by hand.
"""

from __future__ import annotations

import csv
import importlib.util
import shutil
import sys
from collections import Counter
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

CONTRACT = Path(__file__).resolve().parents[2] / "contracts" / "yongchuan-hotline"
SCENARIO = CONTRACT / "scenario"


def script(path: Path) -> ModuleType:
    """A script of the scenario as a module; contract folders are not packages."""
    spec = importlib.util.spec_from_file_location(f"hotline_{path.stem}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


GENERATE = script(SCENARIO / "generate.py")
STORY: dict[str, Any] = yaml.safe_load((SCENARIO / "story.yaml").read_text(encoding="utf-8"))
TERMS: dict[str, Any] = yaml.safe_load((CONTRACT / "contract.yaml").read_text(encoding="utf-8"))
WORLD = GENERATE.World.read()


def table(name: str, folder: Path = SCENARIO) -> list[dict[str, str]]:
    with (folder / f"expected_{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def tree(folder: Path) -> dict[str, bytes]:
    return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out")
    assert GENERATE.main([str(folder)]) == 0
    return folder


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("landed")
    assert GENERATE.main(["--land", str(folder)]) == 0
    return folder


# ------------------------------------------------------------------------------------------ the files


def test_the_same_bytes_every_time(out: Path, tmp_path: Path) -> None:
    GENERATE.main([str(tmp_path), "--seed", str(STORY["seed"])])
    assert tree(tmp_path) == tree(out)


def test_a_seed_moves_calls_within_their_half_hours_only(out: Path, tmp_path: Path) -> None:
    def half_hours(folder: Path) -> Counter[tuple[str, ...]]:
        found: Counter[tuple[str, ...]] = Counter()
        for name, content in tree(folder / "files").items():
            if "/calls/" in f"/{name}" and "12-16" not in name:  # cut within a half hour: a call falls on either side
                for row in list(csv.reader(content.decode().splitlines()))[1:]:
                    slow = "slow" if int(row[5]) > 15 else "quick"
                    found[(name, row[0][:13], str(int(row[0][14:16]) // 30), row[4], slow)] += 1
        return found

    GENERATE.main([str(tmp_path), "--seed", "7"])
    assert tree(tmp_path) != tree(out)
    assert (tmp_path / "arrivals.csv").read_bytes() == (out / "arrivals.csv").read_bytes()
    assert half_hours(tmp_path) == half_hours(out)
    assert {n: c for n, c in tree(tmp_path).items() if "calls/" not in n} == {
        n: c for n, c in tree(out).items() if "calls/" not in n
    }


def test_every_log_of_every_day_lands_at_midnight_but_for_two(out: Path) -> None:
    with (out / "arrivals.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == 4 * 31
    keys = [(row["arrives_at"], row["lands_as"]) for row in rows]
    assert keys == sorted(set(keys))
    odd = {row["lands_as"]: row["arrives_at"] for row in rows if not row["arrives_at"].endswith("T00:00:00+08:00")}
    assert odd == {
        "calls/2023-12-08.csv": "2023-12-09T09:30:00+08:00",
        "calls/2023-12-16.csv": "2023-12-16T13:20:00+08:00",
    }


def test_the_headers_are_the_contract_s(landed: Path) -> None:
    for name, source in TERMS["sources"].items():
        files = sorted((landed / source["path"].split("/")[0]).iterdir())
        assert files, name
        for file in files:
            header = file.read_text(encoding=source["encoding"]).splitlines()[0]
            assert header.split(",") == list(source["columns"].values()), file.name


def test_every_row_is_of_its_log_s_day(landed: Path) -> None:
    for file in landed.rglob("*.csv"):
        for row in list(csv.reader(file.read_text(encoding="utf-8").splitlines()))[1:]:
            assert row[0].startswith(file.stem), (file, row)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "say where to write"),
        (["out", "--until", "2023-12-20T10:00:00+08:00"], "--until belongs to --land"),
        (["--land", "x", "--until", "2023-12-20T10:00:00"], "no offset"),
        (["--land", "x", "--until", "tomorrow"], "no ISO time"),
    ],
)
def test_a_wrong_call_is_told(arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        GENERATE.main(arguments)
    assert ended.value.code == 2 and says in capsys.readouterr().err


# ------------------------------------------------------------------------------------------ the story

BY_HAND = {  # DERIVATION.md, section 2: calls, of these connected, of these within 15 s
    "2023-12-01": (224, 221, 207),  # any workday
    "2023-12-02": (96, 95, 94),  # any day of a weekend
    "2023-12-05": (304, 263, 211),
    "2023-12-12": (230, 221, 205),
    "2023-12-19": (230, 221, 207),
    "2023-12-20": (230, 220, 206),
    "2023-12-23": (96, 92, 91),
    "2023-12-27": (224, 223, 177),
}


@pytest.mark.parametrize(("day", "counted"), BY_HAND.items())
def test_a_day_s_calls_are_those_counted_by_hand(day: str, counted: tuple[int, int, int]) -> None:
    calls = GENERATE.calls(WORLD, date.fromisoformat(day))
    answered = [call for call in calls if call.answered]
    assert (len(calls), len(answered), sum(call.wait_s <= 15 for call in answered)) == counted


def test_every_other_day_is_like_the_first_of_its_kind() -> None:
    for day in WORLD.days():
        if day.isoformat() not in BY_HAND:
            like = "2023-12-02" if day.weekday() >= 5 else "2023-12-01"
            calls = GENERATE.calls(WORLD, day)
            assert (len(calls), sum(call.answered for call in calls)) == BY_HAND[like][:2], day


def test_a_case_s_steps_lie_in_their_order_but_where_the_story_says_so() -> None:
    order = ("registered", "signed", "acted", "closed", "called_back")
    for case in GENERATE.cases(WORLD):
        steps = [case.steps[name] for name in order if name in case.steps]
        assert steps == sorted(steps) or case.name == "closed-then-acted", case.record
    records = [case.record for case in GENERATE.cases(WORLD)]
    assert len(records) == len(set(records))


def test_everything_says_that_it_is_invented() -> None:
    for file in (
        CONTRACT / "contract.yaml",
        *(SCENARIO / name for name in ("story.yaml", "generate.py", "DERIVATION.md")),
    ):
        assert "invented" in file.read_text(encoding="utf-8").lower(), file


# ------------------------------------------------------------------------------------------ the tables


def test_the_counted_tables_are_what_counting_gives(out: Path, tmp_path: Path) -> None:
    shutil.copy(SCENARIO / "derive.py", tmp_path)
    assert script(tmp_path / "derive.py").main(out) == 0
    for name in ("windows", "spells"):
        assert table(name, tmp_path) == table(name), name


def test_another_seed_gives_the_same_standings(tmp_path: Path) -> None:
    def standings(folder: Path) -> list[tuple[str, ...]]:
        columns = ("from_instant", "obligation", "trigger", "standing")
        return [tuple(row[column] for column in columns) for row in table("windows", folder)]

    GENERATE.main([str(tmp_path / "out"), "--seed", "7"])
    shutil.copy(SCENARIO / "derive.py", tmp_path)
    assert script(tmp_path / "derive.py").main(tmp_path / "out") == 0
    assert standings(tmp_path) == standings(SCENARIO)


def test_the_counting_script_shares_nothing_with_the_engine() -> None:
    assert "dutywatch" not in (SCENARIO / "derive.py").read_text(encoding="utf-8")


def test_a_good_month_has_bad_half_hours_days_and_24_hours() -> None:
    rows = table("spells")
    counts = Counter(row["window"] for row in rows)
    assert counts == {"half hour": 95, "day": 1, "24 hours": 3}
    assert [row["first"][:10] for row in rows if row["window"] == "day"] == ["2023-12-05"]
    assert [row["first"][5:10] for row in rows if row["window"] == "24 hours"] == ["12-05", "12-06", "12-20"]
    month = [row for row in table("windows") if row["obligation"] == "connect-month"]
    assert [row["standing"] for row in month] == ["met"]


def test_standings_change_with_time() -> None:
    duties: dict[tuple[str, str], list[dict[str, str]]] = {}
    for row in table("cases"):
        duties.setdefault((row["obligation"], row["record"]), []).append(row)
    for duty, rows in duties.items():
        instants = [row["from_instant"] for row in rows]
        assert instants == sorted(set(instants)), duty
        assert all(earlier["standing"] != later["standing"] for earlier, later in pairwise(rows)), duty


def test_the_columns_fit_the_standing() -> None:
    for row in table("cases"):
        standing = row["standing"]
        assert bool(row["lapsed_at"]) == standing.startswith("breached")
        assert not row["lapsed_at"] or row["lapsed_at"] == row["due_at"]
        assert bool(row["fulfilled_at"]) == (standing in ("met", "breached.cured"))
        assert bool(row["owed_by"]) == (standing in ("pending.overdue", "unproven"))


def test_every_case_told_one_by_one_has_its_rows() -> None:
    told = {case.record for case in GENERATE.cases(WORLD) if case.name != "ordinary"}
    assert {row["record"] for row in table("cases")} == told


def test_what_fulfils_is_a_step_of_the_story() -> None:
    steps = {case.record: set(case.steps.values()) for case in GENERATE.cases(WORLD)}
    for row in table("cases"):
        if row["fulfilled_at"]:
            assert datetime.fromisoformat(row["fulfilled_at"]) in steps[row["record"]], row


def test_messages_are_in_order_and_none_is_told_twice() -> None:
    rows = table("messages")
    assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)
    keys = [(row["person"], row["obligation"], row["trigger_or_period"], row["level"]) for row in rows]
    assert len(set(keys)) == len(keys)
