"""What is a pass and what is none, on streets whose metres are known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dutywatch.errors import ContractFaults
from dutywatch.lake import Lake, connect
from dutywatch.locate import fates, passes
from dutywatch.terms import Terms, load
from tests.conftest import HOME
from tests.locate.town import contract, degrees, deliver, track

SQL = HOME / "sql"


def street(*places: tuple[float, float]) -> list[tuple[float, float]]:
    return [degrees(x, y) for x, y in places]


CROSS = {
    "east": street((0, 0), (400, 0)),
    "far": street((400, 0), (460, 0)),
    "further": street((460, 0), (800, 0)),
    "north": street((0, 0), (0, 400)),
}


def located(
    base: Path, rows: list[dict[str, Any]], terms: Terms | None = None
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """The passes, and the fates of positions."""
    terms = terms or contract(base, CROSS)
    lake = Lake(base / "lake")
    given = [deliver(lake, rows)]
    with connect(lake) as duck:
        found = passes(duck, lake, terms, "gps", given, SQL)
        files = [str(lake.path(one.passes)) for one in found]
        table = duck.sql('SELECT * FROM read_parquet($files) ORDER BY "at", unit', params={"files": files})
        return table.to_arrow_table().to_pylist(), dict(fates(duck, lake, found))


def spans(rows: list[dict[str, Any]], near: float = 1.0) -> list[tuple[str, int, int, bool]]:
    return [(row["unit"], round(row["from_m"] / near), round(row["to_m"] / near), row["forward"]) for row in rows]


def test_what_lies_between_positions_on_one_unit_is_passed(tmp_path: Path) -> None:
    rows, counted = located(tmp_path, track([(50, 3), (150, -4), (250, 2), (350, 0)]))
    assert spans(rows) == [("east", 50, 350, True)]
    assert rows[0]["speed_kmh"] == pytest.approx(24, abs=0.2)
    assert rows[0]["distance_m"] == pytest.approx(4, abs=0.05)
    assert (rows[0]["positions"], rows[0]["ambiguous"], rows[0]["kind"], rows[0]["source"]) == (4, 0, "plowed", "gps")
    assert rows[0]["ref"] == "gps a 2020-02-20T12:00:00.000000Z east"
    assert counted == {"located": 4}


def test_there_and_back_are_two_passes(tmp_path: Path) -> None:
    rows, _ = located(tmp_path, track([(50, 0), (150, 0), (250, 0), (150, 0), (50, 0)]))
    assert spans(rows) == [("east", 50, 250, True), ("east", 50, 250, False)]


def test_a_junction_ends_one_pass_and_begins_another(tmp_path: Path) -> None:
    rows, _ = located(tmp_path, track([(110, 0), (10, 0), (0, 90), (0, 190)]))
    assert spans(rows) == [("east", 0, 110, False), ("north", 0, 190, True)]
    assert rows[0]["until"] == rows[1]["at"]


def test_one_unit_between_two_others_is_passed_too(tmp_path: Path) -> None:
    rows, _ = located(tmp_path, track([(240, 0), (360, 0), (500, 0), (640, 0)]))
    assert spans(rows) == [("east", 240, 400, True), ("far", 0, 60, True), ("further", 0, 180, True)]
    assert (rows[1]["positions"], rows[1]["distance_m"]) == (0, None)


def test_two_ways_round_leave_open_which_was_taken(tmp_path: Path) -> None:
    block = {
        "a": street((-300, 0), (0, 0)),
        "high": street((0, 0), (100, 60), (200, 0)),
        "low": street((0, 0), (100, -60), (200, 0)),
        "z": street((200, 0), (500, 0)),
    }
    rows, counted = located(tmp_path, track([(-140, 0), (-20, 0), (220, 0), (340, 0)], 20), contract(tmp_path, block))
    assert spans(rows) == [("a", 160, 280, True), ("z", 20, 140, True)]
    assert counted == {"located": 4}


def test_too_long_a_gap_is_not_bridged(tmp_path: Path) -> None:
    early, late = track([(20, 0), (120, 0)]), track([(300, 0), (390, 0)])
    for row in late:
        row["at"] += (early[1]["at"] - early[0]["at"]) * 12
    rows, _ = located(tmp_path, early + late)
    assert spans(rows) == [("east", 20, 120, True), ("east", 300, 390, True)]


def test_a_short_halt_does_not_end_a_pass(tmp_path: Path) -> None:
    rows, _ = located(tmp_path, track([(50, 0), (150, 0), (150, 0), (152, 0), (250, 0)]))
    assert spans(rows) == [("east", 50, 250, True)]


@pytest.mark.parametrize(
    ("places", "every", "fate"),
    [
        ([(50, 0), (51, 0), (50, 1), (51, 0)], 15, "stationary"),
        ([(0, 0), (180, 0), (360, 0)], 8, "too fast"),
        ([(50, 60), (150, 60), (250, 60)], 15, "off the units"),
        ([(50, 4000), (150, 4000), (250, 4000)], 15, "outside"),
        ([(50, -20), (50, 20)], 15, "askew"),
        ([(50, 0), (150, 0)], 600, "alone"),
        ([(50, 0), (9000, 0)], 15, "jump"),
    ],
)
def test_what_is_no_pass_is_counted_with_its_reason(
    tmp_path: Path, places: list[tuple[float, float]], every: float, fate: str
) -> None:
    if fate == "askew":
        places = [(200, -20), (200, 20)]
    rows, counted = located(tmp_path, track(places, every))
    assert rows == []
    assert counted == {fate: len(places)}


def test_a_jump_is_left_out_and_its_neighbours_are_joined(tmp_path: Path) -> None:
    rows, counted = located(tmp_path, track([(20, 0), (100, 0), (90000, 0), (260, 0), (340, 0)]))
    assert spans(rows) == [("east", 20, 340, True)]
    assert counted == {"located": 4, "jump": 1}


def test_who_is_at_two_places_at_once_is_at_neither(tmp_path: Path) -> None:
    rows, counted = located(tmp_path, track([(20, 0), (100, 0)]) + track([(20, 0), (300, 0)]))
    assert rows == []
    assert counted == {"alone": 1, "contradictory": 1}


def test_positions_without_a_place_or_a_name_are_counted(tmp_path: Path) -> None:
    odd = track([(50, 0), (60, 0), (70, 0)], actor="b")
    odd[0]["lat"], odd[1]["lon"], odd[2]["actor"] = None, 361.0, None
    _, counted = located(tmp_path, track([(50, 0), (150, 0)]) + odd)
    assert counted == {"located": 2, "no place": 2, "nobody": 1}


def test_metres_are_in_proportion_to_the_declared_length(tmp_path: Path) -> None:
    terms = contract(tmp_path, CROSS, lengths={"east": 420.0})
    rows, _ = located(tmp_path, track([(100, 0), (200, 0)]), terms)
    assert (rows[0]["from_m"], rows[0]["to_m"]) == (pytest.approx(105, abs=0.1), pytest.approx(210, abs=0.1))
    assert rows[0]["length_m"] == 420.0


@pytest.mark.parametrize("length", [None, 300.0, 123.4543, 99.9961, 650.0])
@pytest.mark.parametrize("corners", [(123.4543,), (61.7249, 123.4497), (0.4049, 0.8047, 100.1349, 200.0649, 333.3349)])
def test_whoever_drives_a_street_from_end_to_end_passes_all_of_its_length(
    tmp_path: Path, corners: tuple[float, ...], length: float | None
) -> None:
    """To the last centimetre, whatever its corners and its stated length: a duty may ask for the whole of it."""
    line = {"way": street((0, 0), *((x, 0) for x in corners))}
    terms = contract(tmp_path, line, lengths={"way": length} if length else None)
    way = np.linspace(-5, corners[-1] + 5, 2 + int(corners[-1] / 80))
    rows, _ = located(tmp_path, track([(float(x), 0) for x in way]), terms)
    assert [(row["from_m"], row["to_m"]) for row in rows] == [(0, rows[0]["length_m"])]
    assert length in (None, rows[0]["length_m"])


def test_the_parts_of_a_line_are_measured_one_after_another(tmp_path: Path) -> None:
    parts = {"way": [street((0, 0), (100, 0)), street((140, 0), (300, 0))]}
    rows, _ = located(tmp_path, track([(50, 0), (200, 0)]), contract(tmp_path, parts))
    assert spans(rows) == [("way", 50, 160, True)]


def test_a_declared_shift_moves_positions_to_their_street(tmp_path: Path) -> None:
    shifted = contract(tmp_path, CROSS, "{kind: plowed, tolerance_m: 5, shift_m: [2, -9.7]}")
    rows, _ = located(tmp_path, track([(48, 9.7), (148, 9.7)]), shifted)
    assert spans(rows) == [("east", 50, 150, True)]


def test_another_unit_nearly_as_near_is_reported(tmp_path: Path) -> None:
    twins = {"left": street((0, 0), (400, 0)), "right": street((0, 14), (400, 14))}
    rows, _ = located(tmp_path, track([(50, 5), (150, 5), (250, 0)]), contract(tmp_path, twins))
    assert [(row["unit"], row["positions"], row["ambiguous"]) for row in rows] == [("left", 3, 2)]


def test_equal_distances_are_decided_by_the_id(tmp_path: Path) -> None:
    twins = {"b": street((0, 0), (400, 0)), "a": street((0, 0), (400, 0))}
    rows, _ = located(tmp_path, track([(50, 5), (150, 5)]), contract(tmp_path, twins))
    assert spans(rows) == [("a", 50, 150, True)]


STRAIGHT = street((0, 0), (400, 0))
HALVES = {"a": street((0, 0), (180, 0)), "b": street((180, 0), (400, 0))}


@pytest.mark.parametrize(
    ("days", "found"),
    [
        pytest.param({"old": (None, "2020-02-19"), "new": ("2020-02-20", None)}, ["new", "old"], id="yesterday"),
        pytest.param({"old": (None, "2020-02-20"), "new": ("2020-02-21", None)}, ["new", "old"], id="tomorrow"),
        pytest.param({"old": (None, "9999-12-31")}, ["old"], id="no-last-day"),
        pytest.param({"old": (None, "2019-12-31"), "new": ("2020-02-20", None)}, ["new"], id="before-the-term"),
        pytest.param({"old": (None, "2020-02-20"), "new": ("2021-01-01", None)}, ["old"], id="after-the-term"),
        pytest.param(
            {"a": (None, "2020-02-10"), "b": ("2020-02-11", "2020-02-19"), "c": ("2020-02-20", None)},
            ["a", "b", "c"],
            id="twice",
        ),
    ],
)
def test_a_street_has_passes_under_each_id_that_it_has_within_the_term(
    tmp_path: Path, days: dict[str, tuple[str | None, str | None]], found: list[str]
) -> None:
    terms = contract(tmp_path, dict.fromkeys(days, STRAIGHT), days=days)
    rows, counted = located(tmp_path, track([(50, 3), (150, -4), (250, 2), (350, 0)]), terms)
    assert spans(rows) == [(unit, 50, 350, True) for unit in found]
    assert [row["ambiguous"] for row in rows] == [0 for _ in found]
    assert counted == {"located": 4}


@pytest.mark.parametrize("day", ["2020-02-20", "2020-02-21"])
def test_a_street_that_is_split_is_passed_whole_and_in_parts(tmp_path: Path, day: str) -> None:
    ends = {"2020-02-20": "2020-02-19", "2020-02-21": "2020-02-20"}[day]
    days = {"whole": (None, ends), "a": (day, None), "b": (day, None)}
    terms = contract(tmp_path, {"whole": STRAIGHT, **HALVES}, days=days)
    rows, counted = located(tmp_path, track([(50, 3), (150, -4), (250, 2), (350, 0)]), terms)
    assert sorted(spans(rows)) == [("a", 50, 180, True), ("b", 0, 170, True), ("whole", 50, 350, True)]
    assert counted == {"located": 4}


def test_a_street_that_ended_takes_no_pass_that_was_nearer_to_another_while_it_stood(tmp_path: Path) -> None:
    lines = {"high": STRAIGHT, "lane": street((0, 20), (400, 20))}
    for y, found in ((3, ["high"]), (17, ["high", "lane"])):
        terms = contract(tmp_path / str(y), lines, days={"lane": (None, "2020-02-19")})
        rows, _ = located(tmp_path / str(y), track([(50, y), (150, y), (250, y), (350, y)]), terms)
        assert spans(rows) == [(unit, 50, 350, True) for unit in found]


def test_a_street_that_ended_is_passed_between_two_that_stand(tmp_path: Path) -> None:
    terms = contract(tmp_path, CROSS, days={"far": (None, "2020-02-19")})
    rows, counted = located(tmp_path, track([(240, 0), (360, 0), (500, 0), (640, 0)]), terms)
    assert sorted(spans(rows)) == [("east", 240, 360, True), ("far", 0, 60, True), ("further", 40, 180, True)]
    assert counted == {"located": 4}


def test_on_a_day_on_which_no_street_stands_positions_lie_outside(tmp_path: Path) -> None:
    terms = contract(tmp_path, {"new": STRAIGHT}, days={"new": ("2021-01-01", None)})
    rows, counted = located(tmp_path, track([(50, 0), (150, 0)]), terms)
    assert rows == []
    assert counted == {"outside": 2}


def test_a_day_is_found_again_until_units_or_rules_change(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    given = [deliver(lake, track([(50, 0), (150, 0)]))]
    tighter = "{kind: plowed, tolerance_m: 20}"
    versions = [
        (CROSS, "{kind: plowed}"),
        (CROSS, "{kind: plowed}"),
        (CROSS, tighter),
        ({"east": CROSS["east"]}, tighter),
    ]
    with connect(lake) as duck:
        names = [
            passes(duck, lake, contract(tmp_path, lines, locate), "gps", given, SQL)[0].passes
            for lines, locate in versions
        ]
    assert names[0] == names[1]
    assert len(set(names)) == 3


def test_what_lies_after_the_instant_of_judging_is_ignored(tmp_path: Path) -> None:
    lake, terms = Lake(tmp_path / "lake"), contract(tmp_path, CROSS)
    rows = track([(50, 0), (150, 0), (250, 0)])
    with connect(lake) as duck:
        found = passes(duck, lake, terms, "gps", [deliver(lake, rows)], SQL, as_of=rows[1]["at"])
        to_m = duck.execute("SELECT to_m FROM read_parquet($p)", {"p": str(lake.path(found[0].passes))}).fetchall()
    assert to_m == [(pytest.approx(150, abs=0.2),)]


def test_passes_are_split_at_local_midnight(tmp_path: Path) -> None:
    terms = contract(tmp_path, CROSS, zone="America/New_York")
    midnight = track([(0, 0)])[0]["at"].replace(hour=5)
    rows, _ = located(
        tmp_path, track([(50 + 60 * n, 0) for n in range(6)], 15, midnight.replace(hour=4, minute=59, second=30)), terms
    )
    assert spans(rows) == [("east", 50, 170, True), ("east", 170, 350, True)]
    assert rows[1]["at"] == midnight


@pytest.mark.parametrize(
    ("locate", "message"),
    [
        ("{kind: plowed, crs: 'EPSG:999999'}", "EPSG:999999"),
        ("{kind: plowed, crs: 'EPSG:32618'}", "is not one of latitude and longitude"),
    ],
)
def test_an_impossible_crs_is_the_contracts_fault(tmp_path: Path, locate: str, message: str) -> None:
    with pytest.raises(ContractFaults, match=message):
        located(tmp_path, track([(50, 0), (150, 0)]), contract(tmp_path, CROSS, locate))


def test_units_that_changed_since_the_contract_was_loaded_are_not_located_on(tmp_path: Path) -> None:
    terms = contract(tmp_path, CROSS)
    contract(tmp_path, {"east": CROSS["east"]})
    with pytest.raises(ContractFaults, match="changed since"):
        located(tmp_path, track([(50, 0), (150, 0)]), terms)


def test_units_without_lines_are_the_contracts_fault(tmp_path: Path) -> None:
    file = contract(tmp_path, CROSS).folder / "units.geojson"
    file.write_text(file.read_text().replace("LineString", "MultiPoint"))
    terms = load(file.parent)
    with pytest.raises(ContractFaults, match="no unit has a line"):
        located(tmp_path, track([(50, 0), (150, 0)]), terms)


@pytest.mark.parametrize(
    ("locate", "message"),
    [
        ("{kind: plowed, speed_kmh: [60, 5]}", "slowest, fastest"),
        ("{kind: plowed, tolerance: 20}", "did you mean `tolerance_m`"),
    ],
)
def test_a_faulty_word_is_told(tmp_path: Path, locate: str, message: str) -> None:
    with pytest.raises(ContractFaults, match=message):
        contract(tmp_path, CROSS, locate)
