"""Located positions as evidence: a plow's passes fulfil duties, are cited, and follow what is delivered later."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dutywatch import pipeline, terms
from dutywatch.errors import ContractFaults
from dutywatch.settings import Settings
from tests.conftest import HOME, installation
from tests.locate.town import degrees, track

NOON = datetime(2020, 2, 20, 12, tzinfo=UTC)
STREETS = {"high": [(0, 0), (300, 0)], "side": [(0, 200), (300, 200)], "lane": [(0, 400), (300, 400)]}
CONTRACT = """
contract: town
title: {en: A town}
authority: {id: city, name: {en: City}}
contractors: [{id: plows, name: {en: Plows}}]
term: {from: 2020-02-20, to: 2020-02-20}
timezone: UTC
people: {desk: {name: {en: Desk}}}
units: {file: units.geojson, key: id, length: length_m}
sources:
  gps: {stream: position, run_by: plows, owner: desk, path: "{service_date}.csv", encoding: utf-8, from: 2020-02-20,
        due: 06:00 next day, columns: {at: time, actor: truck, lat: lat, lon: lon}, expects: position_log,
        locate: {kind: plowed}}
obligations:
  daily: &daily {title: {en: Plowed once a day}, clause: ours, party: plows, pattern: recur, period: day, times: 1,
          supervisor: desk, action: {stream: service, kind: plowed}}
  surely:
    <<: *daily
    action: {stream: service, kind: plowed, where: "ambiguous = 0 AND to_m - from_m >= 200"}
"""
ALONG = [(x, 0) for x in range(0, 301, 75)]  # 18 km/h
HALF = [(x, 200) for x in range(0, 151, 75)]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home" / "contracts" / "town"
    folder.mkdir(parents=True)
    for name in ("sql", "expectations"):
        (tmp_path / "home" / name).symlink_to(HOME / name)
    features = [
        {
            "type": "Feature",
            "properties": {"id": name, "length_m": 300},
            "geometry": {"type": "LineString", "coordinates": [degrees(*place) for place in line]},
        }
        for name, line in STREETS.items()
    ]
    (folder / "units.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    (folder / "contract.yaml").write_text(CONTRACT)
    return tmp_path / "home"


@pytest.fixture
def settings(tmp_path: Path, home: Path, database: Callable[[], str]) -> Settings:
    made = installation(tmp_path, database(), home)
    pipeline.migrate(made, "replay", datetime(2020, 2, 20, tzinfo=UTC))
    return made


def land(settings: Settings, arrives: datetime, *ways: list[tuple[float, float]]) -> None:
    """The day's file as it is at `arrives`: truck a goes these ways, one an hour from noon on."""
    lines = ["time,truck,lat,lon"]
    for hour, way in enumerate(ways):
        rows = track(way, since=NOON.replace(hour=12 + hour))
        lines += [f"{row['at'].isoformat()},a,{row['lat']},{row['lon']}" for row in rows]
    path = settings.landing / "town" / "2020-02-20.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    os.utime(path, (arrives.timestamp(), arrives.timestamp()))


def judged(settings: Settings, at: datetime) -> dict[str, str]:
    """Receive, validate and judge at `at`: obligation and street to verdict, the same as judged anew from nothing."""
    pipeline.advance(settings, at)
    pipeline.receive(settings, "town", "gps")
    pipeline.validate(settings, "town")
    pipeline.judge(settings, "town")
    anew = pipeline.judge_as_known(settings, "town", at).to_pylist()
    found = {row["duty_id"].removeprefix("town/").rsplit("/", 1)[0]: row["verdict"] for row in anew}
    counts = {one.obligation: (one.met, one.breached) for one in pipeline.measure(settings, "town").outcomes}
    for name in ("daily", "surely"):
        mine = [verdict for key, verdict in found.items() if key.startswith(name)]
        assert counts[name] == (mine.count("met"), mine.count("breached"))
    return {key: verdict for key, verdict in found.items() if not key.startswith("deliver")}


def test_passes_fulfil_duties_and_follow_a_later_delivery(settings: Settings) -> None:
    land(settings, datetime(2020, 2, 21, 5, tzinfo=UTC), ALONG)
    early = judged(settings, datetime(2020, 2, 21, 5, 30, tzinfo=UTC))
    assert early == {
        "daily/high": "met",
        "daily/side": "breached",
        "daily/lane": "breached",
        "surely/high": "met",
        "surely/side": "breached",
        "surely/lane": "breached",
    }
    land(settings, datetime(2020, 2, 21, 8, tzinfo=UTC), ALONG, HALF)
    assert judged(settings, datetime(2020, 2, 21, 9, tzinfo=UTC)) == {**early, "daily/side": "met"}


def test_a_pass_that_comes_after_the_proofs_end_does_not_count(settings: Settings, home: Path) -> None:
    folder = home / "contracts" / "town"
    (folder / "contract.yaml").write_text(CONTRACT.replace("times: 1,", "times: 1, proof_until: PT6H,"))
    land(settings, datetime(2020, 2, 21, 5, tzinfo=UTC), ALONG)
    early = judged(settings, datetime(2020, 2, 21, 5, 30, tzinfo=UTC))
    land(settings, datetime(2020, 2, 21, 8, tzinfo=UTC), ALONG, HALF)
    assert judged(settings, datetime(2020, 2, 21, 9, tzinfo=UTC)) == early
    assert early["daily/high"] == "met" and early["daily/side"] == "breached"
    told = pipeline.explain(settings, "town/daily/high/2020-02-20")
    assert "gps passes of 2020-02-20:1" in told


def test_an_explanation_shows_the_pass(settings: Settings) -> None:
    land(settings, datetime(2020, 2, 21, 5, tzinfo=UTC), ALONG)
    judged(settings, datetime(2020, 2, 21, 5, 30, tzinfo=UTC))
    told = json.loads(pipeline.explain(settings, "town/daily/high/2020-02-20", language="json"))
    (cited,) = told["cited"]
    assert (cited["source"], cited["name"], cited["line"]) == ("gps", "passes of 2020-02-20", 1)
    assert (cited["row"]["unit"], cited["row"]["actor"], cited["row"]["kind"]) == ("high", "a", "plowed")
    assert "gps passes of 2020-02-20:1" in pipeline.explain(settings, "town/daily/high/2020-02-20")


def test_without_a_log_nothing_is_breached(settings: Settings) -> None:
    found = judged(settings, datetime(2020, 2, 21, 7, tzinfo=UTC))
    assert set(found.values()) == {"unproven"} and len(found) == 6


def test_what_passes_do_not_have_is_a_fault(home: Path) -> None:
    folder = home / "contracts" / "town"
    text = CONTRACT.replace("kind: plowed}}\n  surely", "kind: gritted}}\n  surely").replace("ambiguous", "lat")
    (folder / "contract.yaml").write_text(text)
    with pytest.raises(ContractFaults) as caught:
        terms.load(folder)
    said = [fault.message for fault in caught.value.faults]
    assert any("no source gives the kind `gritted`: their `values` know plowed" in one for one in said)
    assert any("no source of `service` has a column `lat`" in one for one in said)


def test_between_the_last_positions_of_two_polls_a_truck_may_be_anywhere(settings: Settings, home: Path) -> None:
    """A feed that shows only where a truck was last: it was seen at midnight, and standing at 18:00."""
    daily = 'path: "{service_date}.csv", encoding: utf-8, from: 2020-02-20,\n        due: 06:00 next day, columns: {at'
    polled = 'path: "{part}.csv", encoding: utf-8, polls: {max_lag: PT0S, shows: last}, columns: {seen_at: poll, at'
    assert daily in CONTRACT
    (home / "contracts" / "town" / "contract.yaml").write_text(CONTRACT.replace(daily, polled))
    folder = settings.landing / "town"
    folder.mkdir(parents=True, exist_ok=True)
    lon, lat = degrees(0, 0)
    for poll, at in (("20T00:00", "20T00:00"), ("21T00:10", "20T18:00")):
        path = folder / f"{poll[:2]}.csv"
        lines = ("poll,time,truck,lat,lon", f"2020-02-{poll}:00Z,2020-02-{at}:00Z,a,{lat},{lon}")
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        arrives = datetime.fromisoformat(f"2020-02-{poll}:00Z").timestamp()
        os.utime(path, (arrives, arrives))
    assert set(judged(settings, datetime(2020, 2, 21, 9, tzinfo=UTC)).values()) == {"unproven"}


def test_a_street_that_stands_in_the_register_for_several_times_has_one_line(settings: Settings, home: Path) -> None:
    """The high street became class A on that day: its features have one line, and the truck drove all of it."""
    folder = home / "contracts" / "town"
    by_days = CONTRACT.replace("length: length_m}", "length: length_m, from: since, to: until}")
    (folder / "contract.yaml").write_text(by_days)
    register = json.loads((folder / "units.geojson").read_text())
    high = register["features"][0]
    days = [("2020-01-01", "2020-02-19"), ("2020-02-20", None)]
    dated = [{**high, "properties": {**high["properties"], "since": since, "until": until}} for since, until in days]
    undated = {"since": None, "until": None}
    others = [{**one, "properties": {**one["properties"], **undated}} for one in register["features"][1:]]
    (folder / "units.geojson").write_text(json.dumps({**register, "features": [*dated, *others]}))
    land(settings, datetime(2020, 2, 21, 5, tzinfo=UTC), ALONG)
    assert judged(settings, datetime(2020, 2, 21, 5, 30, tzinfo=UTC))["surely/high"] == "met"


@pytest.mark.parametrize("parts", [{"high-a": (0, 300)}, {"high-a": (0, 120), "high-b": (120, 300)}])
def test_a_street_that_gets_another_id_is_passed_under_both(
    settings: Settings, home: Path, parts: dict[str, tuple[float, float]]
) -> None:
    """The high street has other ids since that day; the month's duty on it, which began before, runs on."""
    folder = home / "contracts" / "town"
    words = CONTRACT.replace("term: {from: 2020-02-20", "term: {from: 2020-02-01").replace(
        "length: length_m}", "length: length_m, from: since, to: until}"
    )
    (folder / "contract.yaml").write_text(words + "  monthly: {<<: *daily, period: month}\n")
    register = json.loads((folder / "units.geojson").read_text())
    for one in register["features"]:
        one["properties"] |= {"since": None, "until": "2020-02-19" if one["properties"]["id"] == "high" else None}
    register["features"] += [
        {
            "type": "Feature",
            "properties": {"id": name, "length_m": ends - begins, "since": "2020-02-20", "until": None},
            "geometry": {"type": "LineString", "coordinates": [degrees(begins, 0), degrees(ends, 0)]},
        }
        for name, (begins, ends) in parts.items()
    ]
    (folder / "units.geojson").write_text(json.dumps(register))
    land(settings, datetime(2020, 2, 21, 5, tzinfo=UTC), ALONG)
    found = judged(settings, datetime(2020, 2, 21, 5, 30, tzinfo=UTC))
    assert found["monthly/high"] == "met"
    assert {name: found[f"daily/{name}"] for name in parts} == dict.fromkeys(parts, "met")
    assert found["daily/lane"] == "breached"


@pytest.mark.parametrize(("before", "after"), [(300, 300), (310, 300), (290, 300), (123.4571, 123.4543)])
@pytest.mark.parametrize("helped", [False, True])
def test_a_street_that_is_measured_anew_while_its_clock_runs_is_done_by_the_same_passes(
    settings: Settings, home: Path, before: float, after: float, helped: bool
) -> None:
    """Snow on the 19th; from the 20th on the register states another length of the high street. All of it is plowed."""
    weather = """  weather: {stream: condition, run_by: city, owner: desk, path: "weather/{service_date}.csv",
        encoding: utf-8, columns: {at: time, kind: kind}, expects: condition_log}
obligations:
  clear: {title: {en: Cleared}, clause: ours, party: plows, pattern: respond, within: PT20H, supervisor: desk,
          trigger: {stream: condition, kind: snow, merge_gap: PT1H}, clock: {from: trigger.start},
          action: {stream: service, kind: plowed, share: 1}}
"""
    dated = CONTRACT.replace("length: length_m}", "length: length_m, from: since, to: until}")
    words = dated.replace("term: {from: 2020-02-20", "term: {from: 2020-02-19").replace("obligations:\n", weather)
    if helped:  # others worked too, so that all acts are weighed
        words = words.replace(
            "[{id: plows, ", "[{id: rival, name: {en: Rival}, actors: [b]}, {id: plows, actors: [a], "
        )
        words += "assignments: [{contractor: plows, from: 2020-01-01}]\n"
    folder = home / "contracts" / "town"
    (folder / "contract.yaml").write_text(words)
    register = json.loads((folder / "units.geojson").read_text())
    for one in register["features"]:
        one["properties"] |= {"since": None, "until": None}
    high = register["features"][0]
    old = {**high, "properties": {**high["properties"], "length_m": before, "until": "2020-02-19"}}
    high["properties"] |= {"length_m": after, "since": "2020-02-20"}
    (folder / "units.geojson").write_text(json.dumps({**register, "features": [old, *register["features"]]}))
    land(settings, datetime(2020, 2, 21, 5, tzinfo=UTC), ALONG)
    log = settings.landing / "town" / "2020-02-20.csv"
    if helped:
        log.write_text(log.read_text() + log.read_text().split("\n", 1)[1].replace(",a,", ",b,"))
    snow = settings.landing / "town" / "weather" / "2020-02-19.csv"
    snow.parent.mkdir()
    snow.write_text("time,kind\n2020-02-19T20:00:00Z,snow\n")
    for path in (log, snow):
        os.utime(path, (NOON.timestamp(), NOON.timestamp()))
    pipeline.advance(settings, datetime(2020, 2, 21, 5, 30, tzinfo=UTC))
    pipeline.receive(settings, "town", "weather")
    found = judged(settings, datetime(2020, 2, 21, 5, 30, tzinfo=UTC))
    assert found["clear/high"] == "met"
