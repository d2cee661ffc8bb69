"""A lapse that was told and passes to another contractor: whoever was told of it hears whose it is."""

from __future__ import annotations

from typing import Any

import pytest

from dutywatch import pipeline
from dutywatch.errors import DecisionRefused
from dutywatch.settings import Settings
from tests.town import NAME, Town, at, found, words

SNOW = "2024-01-10T17:00Z"
BY: dict[str, Any] = {"recorded": "2024-01-13", "by": ["head", "office"]}


def write(town: Town, hill: list[str] | None, register: str = "U0,A,E U1,A,E", **looking_back: Any) -> None:
    """The contract: the firm answers for the streets, but for those that the hill firm does (None: of zone W)."""
    contract = words(scope={"class": ["A"]})
    contract["contractors"].append({"id": "hill", "name": {"en": "Hill firm"}})
    contract["people"]["foreman"] = {"name": {"en": "foreman"}, "works_for": "hill"}
    contract["escalation"] = [{"to": "office", "after": "PT5H"}]
    contract["units"] = {"file": "units.csv", "key": "id", "class": "class", "zone": "zone"}
    theirs = {"zone": ["W"]} if hill is None else {"id": hill or ["U9"]}
    rest = {"zone": ["E"]} if hill is None else {"id": [name for name in ("U0", "U1") if name not in hill] or ["U9"]}
    contract["assignments"] = [
        {"contractor": "firm", "units": rest, "from": "2024-01-10"},
        {"contractor": "hill", "units": theirs, "from": "2024-01-10", **looking_back},
    ]
    path = town.write(contract)
    rows = "\n".join([*register.split(), "U9,C,W", ""])
    (path.parent / "units.csv").write_text(f"id,class,zone\n{rows}", encoding="utf-8")


def lapsed(settings: Settings, hill: list[str] | None, zones: tuple[str | None, ...] = (None,)) -> Town:
    """It snowed on the 11th at 01:00; both streets lapsed, and the desk was told on the 13th at 07:00."""
    town = found(settings)
    write(town, hill)
    for day in (10, 11, 12):
        town.deliver("log", day, [])
    town.deliver("weather", 11, [{"at": at(11, 1), "kind": "snow", "zone": zone} for zone in zones])
    alerted(town, 7)
    return town


def alerted(town: Town, hour: float) -> None:
    town.judge(at(13, hour))
    pipeline.alert(town.settings, NAME)


def letter(town: Town, person: str) -> str:
    (found,) = town.settings.messages.rglob(f"*_clear_breached_{person}.md")
    return found.read_text(encoding="utf-8")


def test_who_was_told_hears_that_another_contractor_owes_it(settings: Settings) -> None:
    town = lapsed(settings, [])
    assert "Owed by Firm." in letter(town, "desk")
    write(town, ["U0"], **BY)
    alerted(town, 8)
    said = letter(town, "desk")
    assert "Owed by Firm and Hill firm." in said and "Decided on 13 January 07:00." in said
    assert "1. 13 January 07:00: 2 units" in said and "\n2. 13 January 08:00 / " in said  # and not one unit more
    alerted(town, 9)
    assert letter(town, "desk") == said
    history = pipeline.explain(town.settings, f"{NAME}/clear/U0/{SNOW}").partition("History")[2]
    assert history.count("; Hill firm (hill) owes it") == history.count("owes it") == 1


def test_who_is_told_next_hears_of_the_contractor_who_owes_it(settings: Settings) -> None:
    """Also of one who is found to owe it after somebody answered for the other's breach."""
    town = lapsed(settings, [])
    (name,) = (one.stem for one in town.settings.messages.rglob("*_breached_desk.md"))
    pipeline.acknowledge(town.settings, NAME, name, "desk", "the firm is on its way")
    write(town, ["U0", "U1"], **BY)
    alerted(town, 8)
    alerted(town, 13.5)
    assert "Owed by Hill firm." in letter(town, "office")
    with pytest.raises(DecisionRefused, match="foreman works for hill, which owes what this message tells"):
        pipeline.acknowledge(town.settings, NAME, name, "foreman")


def test_a_lapse_that_moves_to_another_zone_passes_to_its_contractor(settings: Settings) -> None:
    """U0 lay in W all along, says the register, where the hill firm answers and it snowed as well."""
    town = lapsed(settings, None, ("E", "W"))
    assert "Owed by Firm." in letter(town, "desk")
    write(town, None, "U0,A,W U1,A,E")
    alerted(town, 8)
    said = letter(town, "desk")
    assert "2 units" in said and "Owed by Firm and Hill firm." in said
    assert "No longer breached" not in said and not list(town.settings.messages.rglob("*withdrawn*"))


def test_whose_words_govern_says_who_is_told(settings: Settings) -> None:
    """It snows from the 10th to the 11th, from which day on the clock runs from the start, and the head supervises.

    By the old words the clock starts on the 11th, by the new ones on the 10th: the old ones govern (0044).
    """
    town = found(settings)
    contract = words(clock={"from": "trigger.end", "early": "PT0S"})
    change = {"clock": {"from": "trigger.start"}, "supervisor": "head"}
    amended = {"obligation": "clear", "clause": "§1a", "from": "2024-01-11", "recorded": "2024-01-05"}
    town.write({**contract, "amendments": [{**amended, "change": change}]})
    for day, rows in ((10, [{"at": at(10, 20), "kind": "snow"}, {"at": at(10, 23), "kind": "snow"}]), (12, [])):
        town.deliver("weather", day, rows)
    town.deliver("weather", 11, [{"at": at(11, 2), "kind": "snow"}])
    for day in (10, 11, 12):
        town.deliver("log", day, [])
    alerted(town, 7)
    assert "6 units" in letter(town, "desk") and not list(town.settings.messages.rglob("*_head.md"))
    assert "; desk (desk) answers for it" in pipeline.explain(town.settings, f"{NAME}/clear/U0/2024-01-10T12:00Z")
