"""Every duty has an id of its own, also where several start at one instant or the contract stands in for their unit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from tests.judge.bench import Bench
from tests.spec.town import at, bench, contract, daily, row

RATE = {"pattern": "attain", "window": "day", "items": {"stream": "call"}, "good": "wait <= 20", "at_least": 0.9}
REPORT = {
    "pattern": "respond",
    "trigger": {"breach": "rate"},
    "clock": {"from": "trigger.start"},
    "action": {"stream": "service", "kind": "report"},
    "within": "PT24H",
}


def found(one: Bench, obligation: str) -> list[tuple[str, str]]:
    """The duties of an obligation, every row: their ids without the contract, and how they stand."""
    judged = one.judge(at("12T07:00")).judged
    rows: list[dict[str, Any]] = [
        row
        for sheet in judged
        if sheet.obligation == obligation
        for row in pq.read_table(one.lake.path(sheet.file)).to_pylist()
    ]
    return [(row["duty_id"].partition("/")[2], row["standing"]) for row in rows]


def test_breaches_of_two_zones_at_once_start_two_duties(tmp_path: Path) -> None:
    """No unit of the register is in breach, but a zone is: the contract stands in, and the key says for which."""
    terms = contract({"rate": {**RATE, "per": "zone"}, "report": REPORT})
    calls = [row(f"10T09:00,wait=60,kind=ring,unit={unit}") for unit in ("U1", "U2")]
    town = bench(tmp_path, terms, [*daily("calls", "8-12", calls), *daily("log", "8-12", [])])
    assert found(town, "report") == [
        ("report/town/rate~2024-01-10@north", "breached.open"),
        ("report/town/rate~2024-01-10@south", "breached.open"),
    ]


def test_who_answers_for_a_zone_answers_for_what_its_breach_starts(tmp_path: Path) -> None:
    """The south is another contractor's, and so is the report on it; a scope that names the zone or class has it."""
    calls = [row(f"10T09:00,wait=60,kind=ring,unit={unit}") for unit in ("U1", "U2")]
    files = [*daily("calls", "8-12", calls), *daily("log", "8-12", [])]
    for number, (per, scope, expected) in enumerate(
        (
            ("zone", {}, {"north": "firm", "south": "other"}),
            ("zone", {"zone": ["south"]}, {"south": "other"}),
            ("class", {"class": ["B"]}, {"B": "other"}),
            ("class", {"zone": ["south"]}, {}),
        )
    ):
        follow = {**REPORT, "trigger": {"breach": "report"}, "scope": scope}
        obligations = {"rate": {**RATE, "per": per}, "report": {**REPORT, "scope": scope}, "follow": follow}
        given = [{"contractor": "other", "units": {"zone": ["south"]}, "from": "2024-01-02"}]
        town = bench(tmp_path / str(number), contract(obligations, assignments=given), files)
        rows = town.rows(town.judge(at("13T07:00"))).values()
        for name in ("report", "follow"):
            some = [one for one in rows if f"/{name}/" in one["duty_id"]]
            assert {one["trigger"].partition("@")[2]: one["party"] for one in some} == expected


def test_one_record_on_two_units_at_one_instant_is_two_events(tmp_path: Path) -> None:
    answer = {
        "pattern": "respond",
        "trigger": {"stream": "service", "kind": "closed", "each": "event"},
        "clock": {"from": "trigger.start"},
        "action": {"stream": "call", "kind": "called", "match": ["unit", "record"]},
        "within": "PT24H",
    }
    closed = [row(f"10T09:00,kind=closed,unit={unit},record=E1") for unit in ("U1", "U2")]
    called = [row("11T08:00,kind=called,unit=U1,record=E1")]
    files = [*daily("log", "8-12", closed), *daily("calls", "8-12", called)]
    town = bench(tmp_path, contract({"answer": answer}), files)
    assert found(town, "answer") == [
        ("answer/U1/E1@2024-01-10T01:00Z", "met"),
        ("answer/U2/E1@2024-01-10T01:00Z", "breached.open"),
    ]
