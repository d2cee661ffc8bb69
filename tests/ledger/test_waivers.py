"""Waivers: which lapses they are about, who may take them, and what becomes of them as lapses move and come back."""

from __future__ import annotations

import json
from typing import Any

from dutywatch import pipeline
from dutywatch.settings import Settings
from tests.town import NAME, Town, at, found, words


def snow(town: Town, day: int, hour: float, received: float | None = None) -> None:
    row: dict[str, Any] = {"at": at(day, hour), "kind": "snow", "note": f"as of {received}"}
    town.deliver("weather", day, [row], received=at(13, received) if received else None)


def escalating(settings: Settings, **changed: Any) -> Town:
    """The town, whose head is told of what nobody answers within two hours."""
    town = found(settings, **changed)
    town.write({**words(**changed), "escalation": [{"to": "office", "after": "PT2H"}]})
    return town


def waive(town: Town, by: str = "head", **about: Any) -> Any:
    given: dict[str, Any] = {"obligation": "clear", "grounds": "two hours late", "published": "board", **about}
    return pipeline.decide(town.settings, NAME, "waive", by=by, **given)


def alerted(town: Town, day: int, hour: float) -> None:
    town.judge(at(day, hour))
    pipeline.alert(town.settings, NAME)


def waived(town: Town, trigger: str) -> list[str]:
    """The grounds of what was decided about U0's duty."""
    said = json.loads(pipeline.explain(town.settings, f"{NAME}/clear/U0/{trigger}", language="json"))
    assert said["standing"] == "breached.open"
    return [str(one["grounds"]) for one in said["decisions"]]


def escalated(town: Town) -> list[str]:
    with town.connected() as connection:
        rows = connection.exec_driver_sql("SELECT trigger FROM messages WHERE escalates IS NOT NULL ORDER BY id")
        return [row[0] for row in rows]


def lapsed(settings: Settings, until: int) -> Town:
    """Empty logs from the 10th to before the day `until`; it snowed on the 11th at 01:00, and all streets lapsed."""
    town = escalating(settings)
    for day in range(10, until):
        town.deliver("log", day, [])
    snow(town, 11, 1)
    alerted(town, 13, 7)
    return town


def test_a_waiver_moves_with_its_lapse_however_often_that_moves(settings: Settings) -> None:
    """Snow at 01:00, corrected to 01:30, to 02:00: one lapse, which was waived when it was that of 01:00."""
    town = lapsed(settings, 13)
    waive(town, trigger="2024-01-10T17:00Z")
    for hour in (1.5, 2):
        snow(town, 11, hour, 7 + hour / 4)
        alerted(town, 13, 7 + hour / 4)
    assert waived(town, "2024-01-10T18:00Z") == ["two hours late"]
    alerted(town, 13, 12)
    assert escalated(town) == []


def test_a_waiver_that_moved_is_of_no_other_lapse(settings: Settings) -> None:
    """The waived lapse of the 11th moved from 01:00 to 01:30; that of the 18th is nobody's but its own."""
    town = lapsed(settings, 21)
    waive(town, trigger="2024-01-10T17:00Z")
    snow(town, 11, 1.5, 8)
    alerted(town, 13, 8)
    snow(town, 18, 1)
    alerted(town, 20, 7)
    alerted(town, 20, 12)
    assert waived(town, "2024-01-17T17:00Z") == []
    assert escalated(town) == ["2024-01-17T17:00Z"]


def test_a_waiver_without_a_trigger_is_of_what_had_lapsed_by_then(settings: Settings) -> None:
    """Of the lapse of the 11th, wherever it moves and though it was withdrawn for a while; not of the 18th's."""
    town = lapsed(settings, 21)
    assert "what has lapsed so far" in str(waive(town))
    done = [{"at": at(11, 9), "unit": f"U{n}", "kind": "plow"} for n in range(6)]
    town.deliver("log", 11, done, received=at(13, 7.5))
    alerted(town, 13, 8)
    town.deliver("log", 11, [{"at": at(11, 9), "unit": "U9", "kind": "plow"}], received=at(13, 8.5))
    alerted(town, 13, 9)
    snow(town, 11, 1.5, 9.5)
    alerted(town, 13, 10)
    assert waived(town, "2024-01-10T17:30Z") == ["two hours late"]
    alerted(town, 13, 12)
    assert escalated(town) == []
    snow(town, 18, 1)
    alerted(town, 20, 7)
    alerted(town, 20, 12)
    assert waived(town, "2024-01-17T17:00Z") == []
    assert escalated(town) == ["2024-01-17T17:00Z"]


def test_a_waiver_is_its_own_lapse_s_again_once_that_is_back(settings: Settings) -> None:
    """Snow at 01:00, waived as it lapsed; it was at 05:00, they say, and then: it snowed twice, and U0 lapsed twice."""
    town = escalating(settings)
    town.deliver("log", 10, [])
    town.deliver("weather", 11, [{"at": at(11, 1), "kind": "snow"}], received=at(11, 13))
    town.deliver("log", 11, [], received=at(11, 19.5))
    alerted(town, 11, 19.5)
    waive(town)
    town.deliver("weather", 11, [{"at": at(11, 5), "kind": "snow"}], received=at(11, 20))
    alerted(town, 11, 20)
    town.deliver("log", 11, [{"at": at(11, 23.9), "unit": "U9", "kind": "plow"}], received=at(12, 5))
    alerted(town, 12, 7)
    assert waived(town, "2024-01-10T21:00Z") == ["two hours late"]
    twice = [{"at": at(11, hour), "kind": "snow"} for hour in (1, 5)]
    town.deliver("weather", 11, twice, received=at(12, 8))
    alerted(town, 12, 8)
    assert waived(town, "2024-01-10T17:00Z") == ["two hours late"]
    assert waived(town, "2024-01-10T21:00Z") == []
    alerted(town, 12, 23)
    assert escalated(town) == ["2024-01-10T21:00Z"]
