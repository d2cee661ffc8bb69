"""A breach that lapsed at another instant than was told: what is repeated is right, and nobody is told twice."""

from __future__ import annotations

from typing import Any

from dutywatch import pipeline
from dutywatch.settings import Settings
from tests.town import NAME, Town, at, found, words

DUTY = f"{NAME}/clear/U0/2024-01-10T17:00Z"


def lapsed(settings: Settings) -> Town:
    """It snowed on the 11th at 01:00; all streets lapsed at 19:00, and the desk was told on the 12th at 07:00."""
    town = found(settings)
    write(town)
    town.deliver("weather", 11, [{"at": at(11, 1), "kind": "snow"}])
    for day in (10, 11):
        town.deliver("log", day, [])
    alerted(town, 7)
    return town


def write(town: Town, **changed: Any) -> None:
    town.write({**words(**changed), "escalation": [{"to": "office", "after": "PT2H"}]})


def alerted(town: Town, hour: float) -> None:
    town.judge(at(12, hour))
    pipeline.alert(town.settings, NAME)


def letter(town: Town, person: str) -> str:
    (one,) = town.settings.messages.rglob(f"*_clear_breached_{person}.md")
    return one.read_text(encoding="utf-8")


def test_what_is_escalated_says_when_it_was_due_by_the_words_as_they_are(settings: Settings) -> None:
    """The clause says twelve hours: the contract's file had eighteen, and is corrected at eight."""
    town = lapsed(settings)
    said = letter(town, "desk")
    write(town, within="PT12H")
    alerted(town, 8)
    assert letter(town, "desk") == said and "due by 11 January 19:00" in said
    alerted(town, 9)
    told = letter(town, "office")
    assert "6 units" in told and "due by 11 January 13:00" in told and "1月11日13:00前" in told
    assert "desk was told on 12 January 07:00" in told and "Decided on 12 January 07:00." in told
    history = pipeline.explain(town.settings, DUTY).partition("History\n")[2].splitlines()
    assert len(history) == 2 and history[1].endswith("until the deadline; lapsed 2024-01-11 13:00:00 CST")
    assert "；失约：2024-01-11 13:00:00 CST" in pipeline.explain(town.settings, DUTY, language="zh")
    moved = [str(one) for one in pipeline.timeline(town.settings, NAME) if "12 Jan 08:00" in str(one)]
    assert len(moved) == 1 and "told" not in moved[0]


def test_what_was_answered_of_a_lapse_stays_answered_where_it_moves_in_time(settings: Settings) -> None:
    town = lapsed(settings)
    (name,) = (one.stem for one in town.settings.messages.rglob("*_breached_desk.md"))
    pipeline.acknowledge(town.settings, NAME, name, "desk")
    write(town, within="PT12H")
    alerted(town, 8)
    alerted(town, 12)
    assert not list(town.settings.messages.rglob("*_office.md"))


def test_a_lapse_that_moves_before_anybody_is_told_is_told_once(settings: Settings) -> None:
    town = found(settings)
    write(town)
    town.deliver("weather", 11, [{"at": at(11, 1), "kind": "snow"}])
    for day in (10, 11):
        town.deliver("log", day, [])
    town.judge(at(12, 7))
    write(town, within="PT12H")
    alerted(town, 8)
    said = letter(town, "desk")
    assert "6 units" in said and "due by 11 January 13:00" in said and "1. 12 January 08:00: 6 units" in said
    alerted(town, 10)
    assert "6 units" in letter(town, "office")


def test_cases_that_move_before_anybody_is_told_share_a_message(settings: Settings) -> None:
    """Each case starts a clock of its own: what they share is the instant at which they lapsed."""
    each = {"trigger": {"stream": "condition", "kind": "snow", "each": "event"}}
    town = found(settings)
    write(town, **each)
    town.deliver("weather", 11, [{"at": at(11, hour), "kind": "snow"} for hour in (1, 2)])
    for day in (10, 11):
        town.deliver("log", day, [])
    town.judge(at(12, 7))
    write(town, within="PT12H", **each)
    alerted(town, 8)
    said = letter(town, "desk")
    assert len(list(town.settings.messages.rglob("*.md"))) == 1
    assert "2 cases were due between 11 January 13:00 and 11 January 14:00" in said
    assert "Decided on 12 January 07:00." in said


def test_the_history_says_when_it_lapsed_whatever_else_changes_at_once(settings: Settings) -> None:
    """A street was plowed late, as is known at eight; by then the clause is corrected as well."""
    town = lapsed(settings)
    town.deliver("log", 12, [{"at": at(12, 6), "unit": "U0", "kind": "plow"}], received=at(12, 7.5))
    write(town, within="PT12H")
    alerted(town, 8)
    history = pipeline.explain(town.settings, DUTY).partition("History\n")[2].splitlines()
    assert "breached.open -> breached.cured" in history[1]
    assert history[1].endswith("; lapsed 2024-01-11 13:00:00 CST") and "lapsed" not in history[0]


def test_a_lapse_that_moves_twice_was_decided_when_it_took_its_place(settings: Settings) -> None:
    """The snowfall began later, as is known at eight; at nine the clause is corrected."""
    town = lapsed(settings)
    town.deliver("weather", 11, [{"at": at(11, 2), "kind": "snow"}], received=at(12, 7.5))
    alerted(town, 8)
    write(town, within="PT12H")
    alerted(town, 9)
    told = letter(town, "office")
    assert "due by 11 January 14:00" in told and "Decided on 12 January 08:00." in told
