"""The pattern *respond*, told as tables (SEMANTICS sections 2 to 6).

All cases share one contract: after snowfall, class A streets are cleared within 24 h of its end; acts up to 6 h
before the end count. Snow falls on 10 January 2024 from 10:00 to 16:00 (local, UTC+8), so an act counts from
10:00 on, and the duty falls due on the 11th at 16:00. The log of a day arrives at 05:00 of the next and is due at
06:00; `logs` lists the days whose logs arrive, `11@12T09:00` one that arrives at another time. The rank of the
inspections is 2, that of the log 1, unless the case says otherwise. Times read DDTHH:MM.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dutywatch.terms.contract import Contract
from dutywatch.terms.units import Unit
from tests.judge.bench import set_up
from tests.judge.oracle import File, Row, Trace

ZONE = ZoneInfo("Asia/Shanghai")

# situation | logs | acts in the log | seen covered | as of | standing | fulfilled | lapsed | owed by
IN_TIME = """
an act within the allowance, its log is here     | 10 11       | 11T09:00          |          | 12T05:00 | met             | 11T09:00 |          |
an act at the very instant at which it is due    | 10 11       | 11T16:00          |          | 12T05:00 | met             | 11T16:00 |          |
an act while snow still fell, early enough       | 10          | 10T10:00          |          | 11T05:00 | met             | 10T10:00 |          |
an act before acts count is none                 | 10 11       | 10T09:59          |          | 12T05:00 | breached.open   |          | 11T16:00 |
work of a kind that was not asked for is none    | 10 11       | 11T09:00=sweep    |          | 12T05:00 | breached.open   |          | 11T16:00 |
an act after the instant of judging is not known | 10 11       | 11T09:00          |          | 11T08:00 | pending.running |          |          |
"""
RUNNING = """
the fall is over, its end is not known yet       |             |                   |          | 10T20:00 | pending.running |          |          |
the clock runs                                   | 10          |                   |          | 11T05:00 | pending.running |          |          |
three quarters of the allowance are gone         | 10          |                   |          | 11T10:00 | pending.at_risk |          |          |
"""
LAPSED = """
complete logs show no act                        | 10 11       |                   |          | 12T05:00 | breached.open   |          | 11T16:00 |
complete logs show an act too late               | 10 11       | 11T16:01          |          | 12T05:00 | breached.cured  | 11T16:01 | 11T16:00 |
the log is not due yet                           | 10          |                   |          | 11T16:00 | pending.overdue |          |          | firm
the log is late, and due only now                | 10          |                   |          | 12T05:59 | pending.overdue |          |          | firm
the log is overdue                               | 10          |                   |          | 12T06:00 | unproven        |          |          | firm
an earlier log is missing for good               | 11          |                   |          | 12T05:00 | unproven        |          |          | firm
a late log brings the proof after all            | 10 11@12T09:00 | 11T09:00       |          | 12T09:00 | met             | 11T09:00 |          |
a late log brings the proof of the breach        | 10 11@12T09:00 |                |          | 12T09:00 | breached.open   |          | 11T16:00 |
a log that came before its day was over          | 10 11@11T15:00 |                |          | 12T06:00 | unproven        |          |          | firm
"""
SEEN = """
seen undone after it was due, log missing        | 10          |                   | 11T17:00 | 11T18:00 | breached.open   |          | 11T16:00 |
seen undone at the very instant                  | 10          |                   | 11T16:00 | 11T18:00 | breached.open   |          | 11T16:00 |
seen undone before it was due proves nothing yet | 10          |                   | 11T15:00 | 11T18:00 | pending.overdue |          |          | firm
the log claims it, the inspection saw otherwise  | 10 11       | 11T09:00          | 11T17:00 | 12T05:00 | breached.open   |          | 11T16:00 |
seen undone, then done in time                   | 10 11       | 11T15:00          | 11T14:00 | 12T05:00 | met             | 11T15:00 |          |
seen undone, done afterwards, too late           | 10 11       | 11T18:00          | 11T17:00 | 12T05:00 | breached.cured  | 11T18:00 | 11T16:00 |
a claim, seen undone, done again too late        | 10 11       | 11T09:00 11T18:00 | 11T17:00 | 12T05:00 | breached.cured  | 11T18:00 | 11T16:00 |
what was missing before it was seen is no gap    | 11          |                   | 11T01:00 | 12T05:00 | breached.open   |          | 11T16:00 |
"""
TIED = """
equal ranks contradict each other                | 10 11       | 11T09:00          | 11T17:00 | 12T05:00 | unproven        |          |          |
equal ranks, but done again in time              | 10 11       | 11T09:00 11T15:30 | 11T15:00 | 12T05:00 | met             | 11T15:30 |          |
equal ranks, nothing claimed                     | 10 11       |                   | 11T17:00 | 12T05:00 | breached.open   |          | 11T16:00 |
"""
SILENT = """
no proof, no service: the log is overdue         | 10          |                   |          | 12T06:00 | breached.open   |          | 11T16:00 |
no proof, no service: the log is not overdue yet | 10          |                   |          | 12T05:59 | pending.overdue |          |          | firm
"""


def cases(*tables: str) -> list[Any]:
    rows = [[cell.strip() for cell in line.split("|")] for table in tables for line in table.strip().splitlines()]
    return [pytest.param(row[1:], id=row[0]) for row in rows]


def at(text: str) -> datetime:
    day, clock = text.split("T")
    return datetime(2024, 1, int(day), *map(int, clock.split(":")), tzinfo=ZONE)


def contract(*, ranks: tuple[int, int] = (1, 2), silence: str = "unproven") -> Contract:
    columns = {"at": "at", "unit": "unit", "kind": "kind"}
    log = {"stream": "service", "run_by": "firm", "owner": "desk", "encoding": "utf-8", "expects": "any"}
    dated = {"path": "{service_date}.csv", "due": "06:00 next day", "from": "2024-01-09"}
    return Contract.model_validate(
        {
            "contract": "town",
            "title": {"en": "Town"},
            "authority": {"id": "city", "name": {"en": "City"}},
            "contractors": [{"id": "firm", "name": {"en": "Firm"}}],
            "term": {"from": "2024-01-01", "to": "2024-12-31"},
            "timezone": "Asia/Shanghai",
            "people": {"desk": {"name": {"en": "Desk"}}},
            "units": {"file": "units.csv", "key": "id", "class": "class"},
            "sources": {
                "log": {**log, **dated, "columns": columns, "rank": ranks[0]},
                "weather": {
                    **log,
                    **dated,
                    "stream": "condition",
                    "run_by": "weather-service",
                    "columns": {"at": "at", "kind": "kind", "depth": "depth"},
                },
                "seen": {
                    **log,
                    "stream": "inspection",
                    "run_by": "city",
                    "path": "{part}.csv",
                    "redelivery": "append",
                    "columns": columns,
                    "rank": ranks[1],
                },
            },
            "obligations": {
                "clear": {
                    "title": {"en": "Cleared"},
                    "clause": "§1",
                    "party": "firm",
                    "pattern": "respond",
                    "trigger": {
                        "stream": "condition",
                        "kind": "snow",
                        "measure": "depth",
                        "at_least": 1,
                        "merge_gap": "PT4H",
                    },
                    "scope": {"class": ["A"]},
                    "clock": {"from": "trigger.end", "early": "PT6H"},
                    "action": {"stream": "service", "kind": "plow"},
                    "refuted_by": {"stream": "inspection", "kind": "covered"},
                    "within": "PT24H",
                    "at_risk": 0.75,
                    "silence": silence,
                    "supervisor": "desk",
                }
            },
        }
    )


def dated(name: str, day: int, received: datetime, rows: list[Row]) -> File:
    return File(name, f"{name}/{day}", f"{name}-{day}", date(2024, 1, day), received, tuple(rows))


def trace(logs: str, acts: str, seen: str, terms: Contract) -> Trace:
    files = []
    for day in (9, 10, 11, 12):
        fall = [Row(at(f"10T{hour:02}:00"), None, "snow", None, 2.0) for hour in range(10, 17)] if day == 10 else []
        files.append(dated("weather", day, at(f"{day + 1}T05:00"), fall))
        if day == 10:  # the first bulletin comes in the evening, before the fall can be known to be over
            files.append(replace(files[-1], sha256="weather-first", received_at=at("10T18:00")))
    work = [Row(at(one.split("=")[0]), "U1", one.partition("=")[2] or "plow") for one in acts.split()]
    for log in logs.split():
        day, _, when = log.partition("@")
        received = at(when) if when else at(f"{int(day) + 1}T05:00")
        files.append(dated("log", int(day), received, [row for row in work if row.at.day == int(day)]))
    for one in seen.split():
        moment = at(one)
        received = moment + timedelta(minutes=10)
        files.append(File("seen", f"seen/{one}", f"seen-{one}", None, received, (Row(moment, "U1", "covered"),)))
    return Trace(terms, (Unit("U1", "A", None, 100.0), Unit("U2", None, None, 100.0)), tuple(files))


def judged(folder: Path, terms: Contract, logs: str, acts: str, seen: str, as_of: str) -> dict[str, Any]:
    bench = set_up(folder, trace(logs, acts, seen, terms))
    rows = bench.rows(bench.judge(at(as_of)))
    (row,) = rows.values()  # the unit without a class owes nothing
    return row


def verify(folder: Path, case: list[str], terms: Contract) -> None:
    logs, acts, seen, as_of, standing, fulfilled, lapsed, owed_by = case
    row = judged(folder, terms, logs, acts, seen, as_of)
    assert row["standing"] == standing, row["reason"]
    assert row["verdict"] == standing.split(".")[0]
    assert row["fulfilled_at"] == (at(fulfilled) if fulfilled else None)
    assert row["lapsed_at"] == (at(lapsed) if lapsed else None)
    assert row["owed_by"] == owed_by


@pytest.mark.parametrize("case", cases(IN_TIME, RUNNING, LAPSED, SEEN))
def test_respond(tmp_path: Path, case: list[str]) -> None:
    verify(tmp_path, case, contract())


@pytest.mark.parametrize("case", cases(TIED))
def test_respond_where_log_and_inspection_have_one_rank(tmp_path: Path, case: list[str]) -> None:
    verify(tmp_path, case, contract(ranks=(1, 1)))


@pytest.mark.parametrize("case", cases(SILENT))
def test_respond_where_silence_counts_as_breach(tmp_path: Path, case: list[str]) -> None:
    verify(tmp_path, case, contract(silence="breached"))


def test_a_duty_names_when_it_may_change_by_itself(tmp_path: Path) -> None:
    """wake_at: at risk, then due, then the proof's own due time, then never."""
    wakes = {}
    for as_of in ("11T05:00", "11T10:00", "11T16:00", "12T06:00"):
        wakes[as_of] = judged(tmp_path / as_of.replace(":", ""), contract(), "10", "", "", as_of)["wake_at"]
    assert wakes == {
        "11T05:00": at("11T10:00"),
        "11T10:00": at("11T16:00"),
        "11T16:00": at("12T06:00"),
        "12T06:00": None,
    }
