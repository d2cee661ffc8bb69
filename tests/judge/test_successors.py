"""Lapses move when triggers are revised: nobody is told twice, nor left with a breach that is none any more.

Every street is plowed within some hours of a snowfall, whose hours the weather file of the 11th tells, at first and
corrected. Of the six streets only U0 is looked at. What is told stands in the ledger's messages.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from dutywatch import pipeline
from dutywatch.errors import UnknownDuty
from dutywatch.ledger import decisions
from dutywatch.ledger.decisions import Decision
from dutywatch.ledger.tables import flips
from dutywatch.settings import Settings
from tests.judge.bench import Bench, sheet
from tests.spec import town as streets
from tests.town import NAME, Town, at, found, words

A, B, C = (f"{NAME}/clear/U0/2024-01-10T{time}Z" for time in ("17:00", "22:00", "16:30"))  # at 01:00, 06:00, 00:30
NONE: list[str] = []


def snow(town: Town, *hours: float, received: float | None = None) -> None:
    """It snowed on the 11th at these hours, says a file that came on the 13th (None: on the 12th at 05:00)."""
    rows = [{"at": at(11, hour), "kind": "snow"} for hour in hours]
    rows += [{"at": at(11, hours[0]), "kind": "snow", "note": f"as of {received}"}] if received and hours else []
    town.deliver("weather", 11, rows, received=at(13, received) if received else None)


def logs(town: Town, plowed: float | None = None) -> None:
    """The logs of the 10th to the 12th; U0 was plowed on the 11th at that hour, and nothing else was done."""
    for day in (10, 11, 12):
        done = plowed is not None and day == 11
        town.deliver("log", day, [{"at": at(11, plowed or 0), "unit": "U0", "kind": "plow"}] if done else [])


def told(town: Town, hour: float) -> list[str]:
    """Judge and alert on the 13th; what U0's changes are told as, by trigger."""
    town.judge(at(13, hour))
    with town.connected() as connection:
        untold = select(flips.c.level, flips.c.trigger).where(flips.c.level.is_not(None), flips.c.message.is_(None))
        rows = connection.execute(untold.where(flips.c.unit == "U0").order_by(flips.c.id))
        waiting = [f"{level} {trigger}" for level, trigger in rows]
    pipeline.alert(town.settings, NAME)
    return waiting


def standing(town: Town, duty: str) -> str:
    said = json.loads(pipeline.explain(town.settings, duty, language="json"))
    return str(said["standing"])


def history(town: Town, duty: str) -> list[tuple[str, str, str]]:
    """The history of a duty: when of whom (by the hour of its trigger) it came to stand how."""
    said = json.loads(pipeline.explain(town.settings, duty, language="json"))
    return [(one["duty_id"].rpartition("T")[2], one["from_standing"], one["to_standing"]) for one in said["history"]]


def test_a_trigger_that_is_moved_and_moved_back_is_told_once(settings: Settings) -> None:
    """First 01:00, then 02:00, then 01:00 again: one lapse from first to last."""
    town = found(settings)
    logs(town)
    snow(town, 1)
    assert told(town, 7) == ["breached 2024-01-10T17:00Z"]
    snow(town, 2, received=8)
    assert told(town, 8) == NONE
    snow(town, 1, received=9)
    assert told(town, 9) == NONE
    assert standing(town, A) == "breached.open"
    assert history(town, A) == [
        ("17:00Z", "pending.running", "breached.open"),
        ("17:00Z", "breached.open", "void"),
        ("18:00Z", "breached.open", "breached.open"),
        ("18:00Z", "breached.open", "void"),
        ("17:00Z", "breached.open", "breached.open"),
    ]


def test_a_trigger_that_is_gone_and_back_is_told_each_time(settings: Settings) -> None:
    town = found(settings)
    logs(town)
    snow(town, 1)
    assert told(town, 7) == ["breached 2024-01-10T17:00Z"]
    snow(town, received=8)
    assert told(town, 8) == ["withdrawn 2024-01-10T17:00Z"]
    with pytest.raises(UnknownDuty, match=f"{A} was void then: its trigger was revised away$"):
        pipeline.explain(town.settings, A, known_at=at(13, 8))
    snow(town, 1, received=9)
    assert told(town, 9) == ["breached 2024-01-10T17:00Z"]


def test_a_lapse_that_ends_in_a_duty_that_was_met_is_withdrawn(settings: Settings) -> None:
    """Snow at 01:00 (plowed at 02:00: met) and at 06:00 (breached); it was one snowfall, from 00:30 on (met)."""
    town = found(settings, clock={"from": "trigger.start", "early": "PT0S"})
    logs(town, plowed=2)
    snow(town, 1, 6)
    assert told(town, 7) == ["breached 2024-01-10T22:00Z"]
    snow(town, 0.5, 4, 6, received=8)
    assert told(town, 8) == ["withdrawn 2024-01-10T22:00Z"]
    assert [standing(town, duty) for duty in (A, B, C)] == ["void", "void", "met"]


def test_of_two_duties_that_become_one_the_lapse_moves(settings: Settings) -> None:
    """Plowed at 04:45 within 4 h of 01:00, not of 06:00, and too late for one snowfall from 00:30 on."""
    town = found(settings, clock={"from": "trigger.start", "early": "PT0S"}, within="PT4H")
    logs(town, plowed=4.75)
    snow(town, 1, 6)
    assert told(town, 7) == ["breached 2024-01-10T22:00Z"]
    with town.connected() as connection:
        waived = Decision(
            "waive", "clear", "U0", "2024-01-10T17:00Z", "closed", "head", None, at(13, 7.5), None, "gazette"
        )
        decisions.record(connection, NAME, waived)
    snow(town, 0.5, 4, 6, received=8)
    assert told(town, 8) == ["cured 2024-01-10T16:30Z"]
    said: dict[str, Any] = json.loads(pipeline.explain(town.settings, C, language="json"))
    assert said["standing"] == "breached.cured"
    assert sorted(said["predecessors"]) == sorted([A, B])  # it takes the place of both
    assert [one["grounds"] for one in said["decisions"]] == ["closed"]  # what was waived of either is


def test_a_lapse_moves_to_a_duty_that_stood_before(settings: Settings) -> None:
    """Snow until 01:00 (plowed at 04:45: met) and at 06:00 (breached): one snowfall, until 06:00."""
    town = found(settings, clock={"from": "trigger.end", "early": "PT0S"}, within="PT4H")
    logs(town, plowed=4.75)
    town.deliver("weather", 12, [])
    snow(town, 1, 6)
    assert told(town, 7) == ["breached 2024-01-10T22:00Z"]
    snow(town, 1, 4, 6, received=8)
    assert told(town, 8) == NONE
    assert [standing(town, duty) for duty in (A, B)] == ["breached.open", "void"]


def test_a_moment_at_which_a_duty_was_void_says_so(settings: Settings) -> None:
    """Nothing that was known then starts its clock; the ledger knew it all the same."""
    town = found(settings)
    logs(town)
    snow(town, 1)
    told(town, 7)
    snow(town, 2, received=8)
    told(town, 8)
    heir = A.replace("17:00", "18:00")
    with pytest.raises(UnknownDuty, match=f"{A} was void then: its trigger was revised away; {heir} took its place"):
        pipeline.explain(town.settings, A, known_at=at(13, 8))
    assert "breached (breached.open)" in pipeline.explain(town.settings, A, known_at=at(13, 7))


def test_a_lapse_that_moved_is_escalated_as_one(settings: Settings) -> None:
    town = found(settings)
    town.write({**words(), "escalation": [{"to": "head", "after": "PT5H"}]})
    logs(town)
    snow(town, 1)
    told(town, 7)
    snow(town, 2, received=8)
    told(town, 8)
    pipeline.advance(town.settings, at(13, 12))
    pipeline.alert(town.settings, NAME)
    (letter,) = settings.messages.rglob("*_clear_breached_head.md")
    text = letter.read_text(encoding="utf-8")
    assert "6 units (2 class A, 4 class B) were due by 11 January 20:00" in text
    assert "No longer breached" not in text and "12 units" not in text


WEATHER = {"stream": "condition", "kind": "snow", "merge_gap": "PT4H"}
CLEAR = {
    "pattern": "respond",
    "trigger": WEATHER,
    "clock": {"from": "trigger.start"},
    "action": {"stream": "service", "kind": "plow"},
    "within": "PT6H",
}
REPORTED = {"stream": "call", "kind": "reported", "quorum": {"households": 2, "within": "PT2H"}}


def turned(one: Bench, obligation: str) -> list[tuple[str, str, str | None, bool]]:
    """What changes for U1 on the 12th at 09:00, after the correction: by trigger, and whether it took a place."""
    recorded = [sheet(judged) for judged in one.judge(streets.at("12T07:00")).judged]
    found = one.judge(streets.at("12T09:00"), recorded).judged
    flips = [flip for judged in found if judged.obligation == obligation for flip in judged.flips]
    some = [flip for flip in flips if flip["unit"] == "U1"]
    return [(flip["trigger"], flip["to_standing"], flip["level"], flip["succeeds"] is not None) for flip in some]


def corrected(folder: Path, obligations: dict[str, Any], source: str, first: str, then: str, calls: str = "") -> Bench:
    """A town whose `source` told of the 10th first one thing and on the 12th at 08:00 another; nothing was done."""
    files = streets.daily("log", "8-12", [])
    files += streets.daily("calls", "8-12", [streets.row(one) for one in calls.split()]) if calls else []
    for logs_, events in (("8-9 11-12", ""), ("10", first), ("10@12T08:00", then)):
        files += streets.daily(source, logs_, [streets.row(one) for one in events.split()])
    return streets.bench(folder, streets.contract(obligations), files)


def test_the_second_report_came_half_an_hour_later(tmp_path: Path) -> None:
    """Reports are one run for as long as the quorum allows where the contract names no `merge_gap`."""
    first, then = (f"10T10:00,kind=reported,actor=H1 10T11:{m},kind=reported,actor=H2" for m in ("00", "30"))
    town = corrected(tmp_path, {"clear": {**CLEAR, "trigger": REPORTED}}, "calls", first, then)
    assert turned(town, "clear") == [
        ("2024-01-10T03:00Z", "void", None, False),
        ("2024-01-10T03:30Z", "breached.open", None, True),
    ]


def test_a_breach_that_moves_takes_the_duty_along_that_it_started(tmp_path: Path) -> None:
    sign = {**CLEAR, "trigger": {"breach": "clear"}, "action": {"stream": "service", "kind": "sign"}}
    first, then = (f"10T{hour}:00,kind=snow,unit= 10T12:00,kind=snow,unit=" for hour in (10, 11))
    town = corrected(tmp_path, {"clear": CLEAR, "sign": sign}, "weather", first, then)
    assert turned(town, "sign") == [
        ("clear~2024-01-10T02:00Z", "void", None, False),
        ("clear~2024-01-10T03:00Z", "breached.open", None, True),
    ]


def test_what_is_owed_while_it_snows_moves_with_the_snow(tmp_path: Path) -> None:
    sweep = {"pattern": "recur", "period": {"while": WEATHER}, "times": 1, "action": {"stream": "service"}}
    first, then = (
        "10T10:00,kind=snow,unit= 10T11:00,kind=snow,unit=",
        "10T12:30,kind=snow,unit= 10T14:00,kind=snow,unit=",
    )
    town = corrected(tmp_path, {"sweep": sweep}, "weather", first, then)
    assert turned(town, "sweep") == [
        ("2024-01-10T02:00Z", "void", None, False),
        ("2024-01-10T04:30Z", "breached.open", None, True),
    ]


def test_a_day_on_which_there_was_no_snow_after_all_is_like_one_on_which_there_never_was(tmp_path: Path) -> None:
    """Its sheet holds what became void, which is history; its digest is that of a sheet without a duty."""
    town = corrected(tmp_path, {"clear": CLEAR}, "weather", "10T10:00,kind=snow,unit=", "")
    recorded = [sheet(one) for one in town.judge(streets.at("12T07:00")).judged if one.obligation == "clear"]
    assert turned(town, "clear") == [("2024-01-10T02:00Z", "void", "withdrawn", False)]
    (emptied,) = (one for one in town.judge(streets.at("12T09:00"), recorded).judged if one.obligation == "clear")
    assert (emptied.duties, emptied.digest) == (2, sha256(b"").hexdigest())


def test_a_slice_of_a_snowfall_is_not_the_one_before_it(tmp_path: Path) -> None:
    """It snowed for one hour and not for two: the breach of the second hour is withdrawn, that of the first stays."""
    window = {"while": WEATHER, "slice": "PT1H"}
    rate = {"pattern": "attain", "window": window, "items": {"stream": "call"}, "good": "wait <= 20", "at_least": 0.9}
    first, then = (
        "10T10:00,kind=snow,unit= 10T12:00,kind=snow,unit=",
        "10T10:00,kind=snow,unit= 10T11:00,kind=snow,unit=",
    )
    calls = "10T10:30,kind=ring,wait=60 10T11:30,kind=ring,wait=60"
    town = corrected(tmp_path, {"rate": {**rate, "per": "unit"}}, "weather", first, then, calls)
    assert turned(town, "rate") == [("2024-01-10T02:00Z~2024-01-10T11:00:00+08:00", "void", "withdrawn", False)]


def test_a_void_duty_is_explained_by_the_words_under_which_it_stood(settings: Settings) -> None:
    """Its snowfall was moved on the 13th; a storm and an amendment that became known later are no concern of it."""
    town = found(settings)
    snow(town, 1)
    logs(town)
    told(town, 7)
    snow(town, 0.5, received=8)
    told(town, 9)
    storm = {"at": at(11, 4), "until": at(11, 8), "published_at": at(11, 5), "kind": "storm"}
    town.deliver("notices", "storm", [storm], received=at(13, 10))
    contract = words()
    changed = {"obligation": "clear", "from": "2024-01-11", "recorded": "2024-01-14", "by": ["head", "office"]}
    contract["amendments"] = [{**changed, "clause": "A1", "change": {"within": "PT12H", "supervisor": "office"}}]
    town.write(contract)
    town.judge(at(14, 7))
    said = json.loads(pipeline.explain(town.settings, A, language="json"))
    assert (said["standing"], said["successor"], said["supervisor"]) == ("void", C, "desk")
    assert (said["clock"], said["amendments"]) == (None, [])
    heir = json.loads(pipeline.explain(town.settings, C, language="json"))
    assert (heir["clock"]["allowance"], len(heir["clock"]["pauses"]), heir["supervisor"]) == ("PT12H", 1, "office")
