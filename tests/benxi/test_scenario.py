"""The Benxi scenario: its files are the same on every machine, and its story and its tables agree.

Nothing is judged here. Whether an engine reaches the expected tables is another test's question; this one
asks whether the tables speak about the streets, the instants and the sums that the story gives.
"""

from __future__ import annotations

import csv
import importlib.util
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

CONTRACT = Path(__file__).resolve().parents[2] / "contracts" / "benxi-sanitation"
SCENARIO = CONTRACT / "scenario"
CROSSING = "2023-12-14T07:00Z"


def script(name: str) -> ModuleType:
    """A script of the scenario as a module; contract folders are not packages."""
    spec = importlib.util.spec_from_file_location(f"benxi_{name}", SCENARIO / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


GENERATE = script("generate")
STORY: dict[str, Any] = yaml.safe_load((SCENARIO / "story.yaml").read_text(encoding="utf-8"))
TERMS: dict[str, Any] = yaml.safe_load((CONTRACT / "contract.yaml").read_text(encoding="utf-8"))


def table(name: str) -> list[dict[str, str]]:
    with (SCENARIO / f"expected_{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def tree(folder: Path) -> dict[str, bytes]:
    return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def log(folder: Path, day: str, encoding: str = "gb18030") -> list[list[str]]:
    return list(csv.reader((folder / "plow" / f"{day}.csv").read_text(encoding=encoding).splitlines()))


def units(group: str) -> list[str]:
    ids: list[str] = GENERATE.units_of(STORY["groups"][group])
    return ids


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


@pytest.fixture(scope="module")
def arrivals(out: Path) -> list[dict[str, str]]:
    with (out / "arrivals.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


# ------------------------------------------------------------------------------------------ the files


def test_the_same_bytes_every_time(out: Path, tmp_path: Path) -> None:
    GENERATE.main([str(tmp_path), "--seed", str(STORY["seed"])])
    assert tree(tmp_path) == tree(out)


def test_a_seed_moves_minutes_only(out: Path, tmp_path: Path) -> None:
    def without_minutes(folder: Path) -> Counter[tuple[str, ...]]:
        rows: Counter[tuple[str, ...]] = Counter()
        for name, content in tree(folder / "files").items():
            encoding = "gb18030" if "plow" in name else "utf-8"
            for row in csv.reader(content.decode(encoding).splitlines()):
                rows[(name, row[0][:10], *row[1:])] += 1
        return rows

    GENERATE.main([str(tmp_path), "--seed", "7"])
    assert tree(tmp_path) != tree(out)
    assert (tmp_path / "arrivals.csv").read_bytes() == (out / "arrivals.csv").read_bytes()
    assert without_minutes(tmp_path) == without_minutes(out)


@pytest.mark.parametrize("seed", range(20))
def test_spread_work_stays_ascending_and_within_its_hours(seed: int) -> None:
    first, last = datetime(2023, 12, 19, 17), datetime(2023, 12, 19, 18, 20)  # noqa: DTZ001
    times = GENERATE.spread(first, last, 11, str(seed))
    assert times == sorted(set(times)) and first <= times[0] and times[-1] < last


def test_arrivals_are_in_order_and_name_every_file(out: Path, arrivals: list[dict[str, str]]) -> None:
    keys = [(row["arrives_at"], row["lands_as"]) for row in arrivals]
    assert keys == sorted(set(keys))
    assert all(row["arrives_at"].endswith("+08:00") for row in arrivals)
    assert all(row["file"].endswith("/" + row["lands_as"]) for row in arrivals)
    assert {row["file"] for row in arrivals} | {"arrivals.csv"} == set(tree(out))


def test_the_headers_are_the_contract_s(landed: Path) -> None:
    for name, source in TERMS["sources"].items():
        files = sorted((landed / source["path"].split("/")[0]).iterdir())
        assert files, name
        for file in files:
            header = file.read_text(encoding=source["encoding"]).splitlines()[0]
            assert header.split(",") == list(source["columns"].values()), file.name


def test_the_log_needs_gb18030(landed: Path) -> None:
    raw = (landed / "plow" / "2023-12-17.csv").read_bytes()
    assert raw.decode("gb18030")
    with pytest.raises(UnicodeDecodeError):
        raw.decode("gbk")


def test_two_quiet_days_are_the_same_bytes(landed: Path) -> None:
    quiet = [(landed / "plow" / f"{day}.csv").read_bytes() for day in STORY["plow"]["quiet"]]
    assert len(quiet) == 2 and len(set(quiet)) == 1 and len(quiet[0].splitlines()) == 1


def test_the_corrected_log_adds_and_drops_what_the_story_says(out: Path, arrivals: list[dict[str, str]]) -> None:
    first, second = (row["file"] for row in arrivals if row["lands_as"] == "plow/2023-12-18.csv")
    before, after = (set((out / file).read_text(encoding="gb18030").splitlines()) for file in (first, second))
    assert sorted(line.split(",")[1] for line in after - before) == units("a-correction-added")
    assert sorted(line.split(",")[1] for line in before - after) == units("a-correction-dropped")


def test_the_log_of_the_20th_never_comes_and_that_of_the_17th_comes_late(
    arrivals: list[dict[str, str]],
) -> None:
    came = {row["lands_as"]: row["arrives_at"] for row in arrivals}
    assert "plow/2023-12-20.csv" not in came
    assert came["plow/2023-12-17.csv"] == "2023-12-18T13:10:00+08:00"


def test_every_log_row_is_of_its_day_but_the_unreadable_one(landed: Path) -> None:
    unreadable = []
    for file in sorted((landed / "plow").iterdir()):
        for row in log(landed, file.stem)[1:]:
            assert row[0].startswith(file.stem)
            try:
                datetime.fromisoformat(row[0])
            except ValueError:
                unreadable.append(row[1])
    assert unreadable == units("a-bad-time")


def test_the_bad_rows_are_the_only_bad_rows(landed: Path) -> None:
    known = set(GENERATE.World.read().wards)
    kinds = set(TERMS["sources"]["plow-log"]["values"]["kind"])
    rows = [row for file in (landed / "plow").iterdir() for row in log(landed, file.stem)[1:]]
    assert [row[1] for row in rows if row[1] not in known] == ["BX-A-999"]
    assert [row[1] for row in rows if row[3] not in kinds] == units("a-bad-kind")


def test_the_bulletins_cross_one_centimetre_at_three_and_end_at_nineteen(landed: Path) -> None:
    rows = [
        row
        for file in sorted((landed / "weather").iterdir())
        for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    ]
    snow = [row for row in rows if row["phenomenon"] == "snowfall"]
    assert len(rows) == 13 * 24
    assert next(row["time"] for row in snow if float(row["depth_cm"]) >= 1) == "2023-12-14T15:00:00+08:00"
    assert (snow[-1]["time"], snow[-1]["depth_cm"]) == ("2023-12-16T16:00:00+08:00", "19.0")
    times = [datetime.fromisoformat(row["time"]) for row in snow]
    assert max(later - earlier for earlier, later in pairwise(times)) == timedelta(hours=4)


def test_the_landing_folder_at_an_instant(tmp_path: Path, out: Path, arrivals: list[dict[str, str]]) -> None:
    GENERATE.main(["--land", str(tmp_path), "--until", "2023-12-20T09:59:59+08:00"])
    last = {row["lands_as"]: row for row in arrivals if row["arrives_at"] < "2023-12-20T10:00:00+08:00"}
    assert tree(tmp_path) == {name: (out / row["file"]).read_bytes() for name, row in last.items()}
    for name, row in last.items():
        assert (tmp_path / name).stat().st_mtime == datetime.fromisoformat(row["arrives_at"]).timestamp()


def test_the_correction_lands_over_the_first_log(landed: Path) -> None:
    file = landed / "plow" / "2023-12-18.csv"
    assert file.stat().st_mtime == datetime.fromisoformat("2023-12-20T10:00:00+08:00").timestamp()
    assert set(units("a-correction-added")) <= {row[1] for row in log(landed, file.stem)}


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


def test_the_units_file_is_what_its_rule_gives() -> None:
    assert (CONTRACT / "units.geojson").read_text(encoding="utf-8") == script("make_units").geojson()


def test_every_street_is_in_exactly_one_group() -> None:
    grouped = [unit for name in STORY["groups"] for unit in units(name)]
    assert sorted(grouped) == sorted(GENERATE.World.read().wards)
    assert Counter(unit[3] for unit in grouped) == {"A": 60, "B": 90, "C": 150}
    assert all(unit[3].lower() == name[0] for name in STORY["groups"] for unit in units(name))


def test_inspectors_see_streets_of_their_own_ward_only() -> None:
    wards = GENERATE.World.read().wards
    for name, group in STORY["groups"].items():
        visited = {ward for part in group.get("seen", {}) for ward in STORY["visits"][part]["wards"]}
        assert not visited or {wards[unit] for unit in units(name)} == visited, name


def acts(name: str) -> Iterator[tuple[str, str | None]]:
    for action in STORY["groups"][name].get("actions", []):
        yield action.get("at") or action["between"][0], action.get("only_in")


def test_nobody_works_on_days_without_rows() -> None:
    empty = {*STORY["plow"]["never"], *STORY["plow"]["quiet"]}
    assert not {at[:10] for name in STORY["groups"] for at, _ in acts(name)} & empty


def test_the_corrected_streets_are_otherwise_unclaimed_before_they_are_due() -> None:
    editions = {
        name: [only for at, only in acts(name) if at < "2023-12-19 16:00"]
        for name in ("a-correction-added", "a-correction-dropped")
    }
    assert editions == {"a-correction-added": ["corrected"], "a-correction-dropped": ["original"]}


def test_assumptions_stand_beside_facts() -> None:
    assert all(set(entry) == {"fact", "source", "assumed"} and entry["assumed"] for entry in STORY["record"])


# ------------------------------------------------------------------------------------------ the tables


def by_group() -> dict[str, list[dict[str, str]]]:
    groups: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in table("standings"):
        groups[row["group"]].append(row)
    return groups


def test_the_standings_speak_of_every_group_and_of_all_300_streets() -> None:
    groups = by_group()
    assert list(groups) == list(STORY["groups"])
    assert {name: {int(row["units"]) for row in rows} for name, rows in groups.items()} == {
        name: {len(units(name))} for name in STORY["groups"]
    }
    assert sum(int(rows[0]["units"]) for rows in groups.values()) == 300


def test_each_group_begins_with_the_first_bulletin_and_changes_with_time() -> None:
    for name, rows in by_group().items():
        instants = [row["from_instant"] for row in rows]
        assert (instants[0], rows[0]["standing"]) == ("2023-12-15T05:40:00+08:00", "pending.running"), name
        assert instants == sorted(set(instants)), name
        pairs = pairwise(rows)
        assert all(earlier["standing"] != later["standing"] for earlier, later in pairs), name


def test_standings_change_only_when_something_arrives_or_a_clock_runs_out(
    arrivals: list[dict[str, str]],
) -> None:
    clocks = {
        f"2023-12-{at}:00+08:00"
        for at in ("18T22:00", "19T16:00", "20T06:00", "20T16:00", "21T06:00", "24T04:00", "26T16:00")
    }
    steps = clocks | {row["arrives_at"] for row in arrivals}
    assert {row["from_instant"] for row in table("standings")} <= steps


def test_the_columns_fit_the_standing() -> None:
    for row in table("standings"):
        standing = row["standing"]
        assert bool(row["lapsed_at"]) == standing.startswith("breached")
        assert not row["lapsed_at"] or row["lapsed_at"] == row["due_at"]
        assert bool(row["fulfilled_at"]) == (standing in ("met", "breached.cured"))
        assert bool(row["owed_by"]) == (standing in ("pending.overdue", "unproven"))


def test_what_fulfils_is_an_act_of_the_story() -> None:
    for row in table("standings"):
        if row["fulfilled_at"]:
            told = row["fulfilled_at"].removesuffix("*").replace("T", " ").removesuffix(":00+08:00")
            assert any(at.startswith(told) for at, _ in acts(row["group"])), row


def test_a_delivery_is_owed_for_every_day() -> None:
    days = [f"2023-12-{day}" for day in range(14, 28)]
    periods: dict[str, list[str]] = defaultdict(list)
    for row in table("deliveries"):
        periods[row["obligation"]].append(row["period"])
    assert {key: sorted(set(found)) for key, found in periods.items()} == {
        "deliver:plow-log": days,
        "deliver:snow-depth": days,
    }


def test_deliveries_are_fulfilled_when_they_first_arrive(arrivals: list[dict[str, str]]) -> None:
    came = {row["lands_as"]: row["arrives_at"] for row in reversed(arrivals)}
    folder = {"deliver:plow-log": "plow", "deliver:snow-depth": "weather"}
    for row in table("deliveries"):
        if row["fulfilled_at"]:
            assert (
                row["fulfilled_at"] == row["from_instant"] == came[f"{folder[row['obligation']]}/{row['period']}.csv"]
            )


def told(before: str, after: str) -> str | None:
    """The level at which a change of standing is told (section 7 of DERIVATION.md)."""
    if after.startswith("breached"):
        return "cured" if before == "breached.open" else "breached"
    if before.startswith("breached"):
        return "withdrawn"
    return {"pending.overdue": "overdue", "unproven": "unproven"}.get(after)


def test_the_supervisor_s_messages_add_up_to_the_changes() -> None:
    changes: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for name, rows in by_group().items():
        for before, after in pairwise(rows):
            level = told(before["standing"], after["standing"])
            if level:
                changes[f"clear-class-{name[0]}", CROSSING, level][after["from_instant"]] += int(after["units"])
    for before, after in pairwise(table("deliveries")):
        level = told(before["standing"], after["standing"]) if before["period"] == after["period"] else None
        if level:
            changes[after["obligation"], after["period"], level][after["from_instant"]] += 1
    assert {
        (row["obligation"], row["trigger_or_period"], row["level"]): (row["revisions"], int(row["duties"]))
        for row in table("messages")
        if row["person"] == "street-supervisor"
    } == {key: (";".join(sorted(counts)), sum(counts.values())) for key, counts in changes.items()}


def test_escalations_follow_the_contract_s_delays() -> None:
    after = {"bureau-head": timedelta(hours=2), "district-office": timedelta(hours=24)}
    rows = [row for row in table("messages") if row["level"] == "breached"]
    first = {
        (row["obligation"], row["trigger_or_period"]): datetime.fromisoformat(row["at"])
        for row in rows
        if row["person"] == "street-supervisor"
    }
    escalated = [row for row in rows if row["person"] != "street-supervisor"]
    assert len(escalated) == 9
    for row in escalated:
        key = (row["obligation"], row["trigger_or_period"])
        assert datetime.fromisoformat(row["at"]) == first[key] + after[row["person"]]


def test_messages_are_in_order_each_told_first_when_it_says() -> None:
    rows = table("messages")
    assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)
    assert all(row["revisions"].split(";")[0] == row["at"] for row in rows)
    keys = [(row["person"], row["obligation"], row["trigger_or_period"], row["level"]) for row in rows]
    assert len(set(keys)) == len(keys) == 25
