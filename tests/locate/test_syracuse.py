"""Syracuse's plows of February 2020 on the city's streets, whose datum lies beside theirs by ten metres."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest
import shapefile
import shapely
from pyproj import CRS, Transformer
from scipy.spatial import cKDTree

from dutywatch.lake import Lake, connect
from dutywatch.ledger.deliveries import Accepted
from dutywatch.locate import Located, fates, geometry, passes
from dutywatch.locate.plane import Plane
from dutywatch.terms import Terms
from tests.conftest import HOME
from tests.locate.slow import matched
from tests.locate.town import contract, deliver

SQL = HOME / "sql"
DIGEST = """SELECT sha256(string_agg(p::VARCHAR, chr(10) ORDER BY unit, "at", actor, from_m, to_m))
            FROM read_parquet($path) p"""
SHIFT = "{kind: plowed, shift_m: [1.9, -9.7]}"


@pytest.fixture(scope="module")
def feed(data: Path) -> Path:
    return data / "syracuse_pings_2020"


@pytest.fixture(scope="module")
def streets(feed: Path) -> dict[str, list[tuple[float, float]]]:
    """The city's streets, from NAD27 State Plane feet to degrees as PROJ does it without a datum grid."""
    with warnings.catch_warnings():  # that the grid is missing is what this is about
        warnings.simplefilter("ignore")
        to_degrees = Transformer.from_crs(CRS.from_wkt((feed / "streets.prj").read_text()), "EPSG:4326", always_xy=True)
    with (feed / "streets.shp").open("rb") as shp, (feed / "streets.shx").open("rb") as shx:
        shapes = [np.array(shape.points) for shape in shapefile.Reader(shp=shp, shx=shx).shapes()]
    found = {}
    for number, points in enumerate(shapes):
        lon, lat = to_degrees.transform(points[:, 0], points[:, 1])
        found[f"{number:05}"] = list(zip(lon.tolist(), lat.tolist(), strict=True))
    return found


@pytest.fixture(scope="module")
def pings(feed: Path) -> pa.Table:
    query = 'SELECT ts AS "at", truck_name AS actor, lat, lon FROM read_parquet($path) ORDER BY 1, 2'
    return duckdb.sql(query, params={"path": str(feed / "pings.parquet")}).to_arrow_table()


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory, streets: dict[str, list[tuple[float, float]]]) -> tuple[Terms, Lake]:
    base = tmp_path_factory.mktemp("syracuse")
    return contract(base, streets, SHIFT, "America/New_York"), Lake(base / "lake")


def located(
    terms: Terms, lake: Lake, given: list[Accepted]
) -> tuple[tuple[Located, ...], dict[str, int], dict[str, str | None]]:
    """Days, fates, and a digest of each day's passes."""
    with connect(lake) as duck:
        days = passes(duck, lake, terms, "gps", given, SQL)
        digests = {
            str(one.day): duck.execute(DIGEST, {"path": str(lake.path(one.passes))}).fetchall()[0][0] for one in days
        }
        return days, dict(fates(duck, lake, days)), digests


@pytest.fixture(scope="module")
def once(
    here: tuple[Terms, Lake], pings: pa.Table
) -> tuple[tuple[Located, ...], dict[str, int], dict[str, str | None]]:
    return located(*here, [deliver(here[1], pings)])


def test_every_position_has_one_fate_and_nine_in_ten_that_move_are_on_a_street(
    once: tuple[tuple[Located, ...], dict[str, int], dict[str, str | None]],
) -> None:
    counted = once[1]
    assert sum(counted.values()) == 142_123
    moving = sum(counted.get(fate, 0) for fate in ("located", "askew", "off the units", "outside"))
    assert moving == 77_883
    assert counted["located"] / moving > 0.91


def test_days_without_positions_have_no_passes(
    once: tuple[tuple[Located, ...], dict[str, int], dict[str, str | None]],
) -> None:
    empty = [day for day, digest in once[2].items() if digest is None]
    assert empty == [f"2020-02-{day}" for day in range(21, 27)]
    assert len(once[2]) == 14


def test_positions_sent_33_times_in_any_order_are_the_same_passes(
    here: tuple[Terms, Lake], pings: pa.Table, once: tuple[tuple[Located, ...], dict[str, int], dict[str, str | None]]
) -> None:
    """The snowy 20 February, with its neighbours' hours: 1.4 million rows in three deliveries."""
    terms, lake = here
    days = [at.date().isoformat() for at in pings["at"].to_pylist()]
    snowy = pings.filter(pa.array([day in ("2020-02-20", "2020-02-21") for day in days]))
    order = np.random.default_rng(33)
    given = []
    for nth in range(3):
        rows = np.tile(np.arange(len(snowy)), 11)
        given.append(deliver(lake, snowy.take(order.permutation(rows)), f"again-{nth}"))
    _, counted, digests = located(terms, lake, given)
    assert sum(counted.values()) == len(snowy) > 40_000
    assert digests["2020-02-20"] == once[2]["2020-02-20"]


def test_a_feed_cut_into_pieces_is_the_same_passes(
    here: tuple[Terms, Lake], pings: pa.Table, once: tuple[tuple[Located, ...], dict[str, int], dict[str, str | None]]
) -> None:
    terms, lake = here
    given = [deliver(lake, pings.slice(start, 5000), f"piece-{start}") for start in range(0, len(pings), 5000)]
    assert located(terms, lake, given)[2] == once[2]


def test_a_plain_slow_reading_finds_the_same_streets(here: tuple[Terms, Lake], pings: pa.Table) -> None:
    terms, lake = here
    wanted = deliver(lake, pings.slice(20_000, 6_000), "sample")
    lines = geometry.lines(terms)
    x, y = Plane.about(lines).metres(lines.lon, lines.lat)
    parts = np.split(np.c_[x, y], np.flatnonzero(np.diff(lines.part)) + 1)
    streets = [shapely.LineString(part) for part in parts]
    tree = shapely.STRtree(streets)
    with connect(lake) as duck:
        passes(duck, lake, terms, "gps", [wanted], SQL)
        table = duck.sql(
            "SELECT m.x, m.y, m.hx, m.hy, l.unit, l.apart_mm, l.cm "
            "FROM moving m LEFT JOIN located l USING (n) ORDER BY n"
        )
        rows = table.to_arrow_table().to_pylist()
    assert len(rows) > 1000
    for row in rows:
        heading = (row["hx"], row["hy"]) if row["hx"] is not None else None
        plain = matched((row["x"], row["y"]), heading, streets, tree)
        if plain is None:
            assert row["unit"] is None
        else:
            assert (row["unit"], row["apart_mm"]) == (plain[0], round(plain[1] * 1000))
            assert row["cm"] / 100 == pytest.approx(plain[2], abs=0.02)


def test_the_streets_lie_ten_metres_beside_the_citys_own_later_map(
    data: Path, streets: dict[str, list[tuple[float, float]]]
) -> None:
    """The shift is read from a third map, the snow routes of 2025 in WGS 84: where streets end in both."""
    later = ends_of(data / "syracuse_snow_2025" / "winter_ops_with_blocks.geojson")
    plane = Plane(43.04, -76.14)
    ends = np.array([line[place] for line in streets.values() for place in (0, -1)])
    old, new = (np.c_[plane.metres(each[:, 0], each[:, 1])] for each in (ends, later))
    apart = new[cKDTree(new).query(old)[1]] - old
    near = apart[np.hypot(*apart.T) < 12]
    assert len(near) > 0.85 * len(old)
    east, north = np.median(near, axis=0)  # what the streets have to be moved by; positions are moved the other way
    assert (-east, -north) == (pytest.approx(1.9, abs=0.1), pytest.approx(-9.7, abs=0.1))


def ends_of(file: Path) -> np.ndarray:
    """Both ends of every line of a GeoJSON file."""
    found = [feature["geometry"]["coordinates"] for feature in json.loads(file.read_text())["features"]]
    return np.array([line[place] for line in found for place in (0, -1)])
