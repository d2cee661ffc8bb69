"""What-if on the ledger: another contract or another instant, and the difference, duty by duty."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from dutywatch import comparison, pipeline
from dutywatch.commands.whatif import report
from dutywatch.comparison import VERDICTS, Count, Difference
from dutywatch.errors import ContractFaults, SettingsError
from dutywatch.settings import Settings
from tests.receive.place import CONTRACT, WORK, land, place
from tests.receive.site import Asked, serving
from tests.receive.test_polls import polled
from tests.town import NAME, Town, at, found, words

SNOW = {"at": at(11, 1), "kind": "snow"}


@pytest.fixture
def town(settings: Settings) -> Town:
    """It snowed on the 11th at 01:00: U0 was plowed at 09:00, U1 at 20:00, an hour late, the others not at all."""
    town = found(settings)
    town.deliver("weather", 11, [SNOW], received=at(11, 13))
    town.deliver("log", 10, [])
    town.deliver(
        "log", 11, [{"at": at(11, hour), "unit": unit, "kind": "plow"} for unit, hour in (("U0", 9), ("U1", 20))]
    )
    town.judge(at(12, 7))
    return town


@contextmanager
def none() -> Iterator[str]:
    raise AssertionError("no throw-away ledger is needed here")
    yield ""


def counted(found: Difference) -> dict[tuple[str, str | None], dict[str, tuple[int, int]]]:
    """The verdicts that differ or hold for anything, of the contract's own obligations."""

    def of(one: Count) -> dict[str, tuple[int, int]]:
        return {v: pair for v, *pair in zip(VERDICTS, one.before, one.after, strict=True) if any(pair)}  # type: ignore[misc]

    return {(one.obligation, one.unit_class): of(one) for one in found.counts if one.obligation == "clear"}


def other(town: Town, tmp_path: Path, **changed: Any) -> Path:
    """A file of its own with the town's contract in other words."""
    path = town.write(words(**changed), "other")
    return path.rename(tmp_path / "other.yaml")


def test_another_contract_shows_which_duties_would_stand_otherwise(town: Town, tmp_path: Path) -> None:
    before = pipeline.dump(town.settings)
    found = comparison.compare(
        town.settings, pipeline.load(town.settings, NAME), other(town, tmp_path, within="PT20H"), scratch=none
    )
    assert counted(found)["clear", "A"] == {"met": [1, 2], "breached": [1, 0]}
    assert counted(found)["clear", "B"] == {"breached": [4, 4]}
    assert [(one.duty_id, one.before, one.after) for one in found.changes] == [
        (f"{NAME}/clear/U1/2024-01-10T17:00Z", "breached.cured", "met")
    ]
    assert (found.changes[0].reason_before, found.changes[0].reason_after) == (
        "complete logs show no act until the deadline; done late",
        "done in time",
    )
    assert found.moved == 5 and not found.accepted_anew
    assert found.before.as_of == found.after.as_of == at(12, 7)
    assert pipeline.dump(town.settings) == before  # nothing is recorded


def test_another_instant_shows_what_time_and_evidence_changed(town: Town) -> None:
    found = comparison.compare(town.settings, pipeline.load(town.settings, NAME), known_at=at(11, 20), scratch=none)
    assert (found.before.as_of, found.after.as_of) == (at(12, 7), at(11, 20))
    assert counted(found)["clear", "A"] == {"met": [1, 0], "breached": [1, 0], "pending": [0, 2]}
    assert {one.after for one in found.changes if "/clear/" in one.duty_id} == {"pending.overdue"}
    earlier = comparison.compare(town.settings, pipeline.load(town.settings, NAME), known_at=at(11, 5), scratch=none)
    assert {one.after for one in earlier.changes if "/clear/" in one.duty_id} == {None}  # nobody knew of the snow


def test_the_reason_of_a_duty_that_is_gone_is_said_to_be_the_one_of_before(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    report(comparison.compare(town.settings, pipeline.load(town.settings, NAME), known_at=at(11, 5), scratch=none))
    told = "clear/U0/2024-01-10T17:00Z: met -> no duty\n    before: done in time\n"
    assert told in capsys.readouterr().out


def test_a_what_if_that_changes_nothing_or_cannot_be_read_says_so(town: Town, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="nothing differs between the two sides: give --terms"):
        comparison.compare(town.settings, pipeline.load(town.settings, NAME), scratch=none)
    with pytest.raises(SettingsError, match=r"absent\.yaml is no file"):
        comparison.compare(town.settings, pipeline.load(town.settings, NAME), tmp_path / "absent.yaml", scratch=none)
    hasty = other(town, tmp_path, within="soon")
    with pytest.raises(ContractFaults, match=rf"{hasty.name}:\d+: obligations\.clear\.within"):
        comparison.compare(town.settings, pipeline.load(town.settings, NAME), hasty, scratch=none)


def test_logs_that_are_read_otherwise_are_received_and_accepted_anew(
    settings: Settings, database: Callable[[], str], tmp_path: Path
) -> None:
    """The other contract takes what the log calls `sweep` for plowing, so that its bytes must be read again."""
    town = landed(settings)
    changed = words()
    changed["sources"]["log"]["values"] = {"kind": {"plow": "plow", "sweep": "plow"}}
    path = town.write(changed, "other").rename(tmp_path / "other.yaml")
    result = comparison.compare(
        town.settings, pipeline.load(town.settings, NAME), path, scratch=lambda: given(database())
    )
    assert result.accepted_anew
    assert [(one.duty_id, one.before, one.after) for one in result.changes] == [
        (f"{NAME}/clear/U1/2024-01-10T17:00Z", "breached.open", "met")
    ]


def test_rows_that_only_the_other_contract_cannot_read_are_counted(
    settings: Settings, database: Callable[[], str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It knows no U1, and looks for the time in a column that the weather has not: else a firm would seem silent."""
    town = landed(settings)
    changed = words()
    changed["sources"]["weather"]["columns"]["at"] = "when"
    path = town.write(changed, "other").rename(tmp_path / "other.yaml")
    (tmp_path / "units.csv").write_text("id,class\nU0,A\nU2,B\n", encoding="utf-8")
    terms = pipeline.load(town.settings, NAME)
    result = comparison.compare(town.settings, terms, path, scratch=lambda: given(database()))
    report(result)
    told = capsys.readouterr().out
    assert "log log/2024-01-11.csv: 1 of 2 rows in quarantine by the other contract, 0 by this one" in told
    assert "weather weather/2024-01-11.csv: refused by the other contract: " in told
    assert "log/2024-01-10" not in told


def test_deliveries_of_a_source_that_the_other_contract_calls_otherwise_are_said_to_be_left_out(
    settings: Settings, database: Callable[[], str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Else a firm whose log has another name there would look as if it had delivered nothing."""
    town = landed(settings)
    changed = words()
    changed["sources"]["plows"] = changed["sources"].pop("log")
    path = town.write(changed, "other").rename(tmp_path / "other.yaml")
    result = comparison.compare(
        town.settings, pipeline.load(town.settings, NAME), path, scratch=lambda: given(database())
    )
    assert {one.after for one in result.changes if "/clear/" in one.duty_id} == {"unproven"}
    assert result.left_out == (("log", 2),)
    report(result)
    assert "left out: 2 deliveries of log, a source that the other contract does not name" in capsys.readouterr().out


def test_in_another_zone_deliveries_speak_of_other_days(
    settings: Settings, database: Callable[[], str], tmp_path: Path
) -> None:
    """In New York it was still the 10th when it snowed: the file of the 11th may not tell of that."""
    town = landed(settings)
    path = town.write({**words(), "timezone": "America/New_York"}, "other").rename(tmp_path / "other.yaml")
    result = comparison.compare(
        town.settings, pipeline.load(town.settings, NAME), path, scratch=lambda: given(database())
    )
    assert result.accepted_anew and result.left_out == ()
    assert {one.after for one in result.changes if "/clear/" in one.duty_id} == {None}


def landed(settings: Settings) -> Town:
    """It snowed on the 11th at 01:00: U0 was plowed at 09:00, and U1 swept; of that the ledger received the files."""
    town = found(settings)
    rows = "at,unit,kind\n2024-01-11T09:00:00+08:00,U0,plow\n2024-01-11T10:00:00+08:00,U1,sweep\n"
    landed = {
        "weather/2024-01-11.csv": ("at,zone,kind,depth\n2024-01-11T01:00:00+08:00,,snow,2\n", at(11, 13)),
        "log/2024-01-10.csv": ("at,unit,kind\n", at(11, 5)),
        "log/2024-01-11.csv": (rows, at(12, 5)),
    }
    for name, (text, arrived) in landed.items():
        path = town.settings.landing / NAME / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        os.utime(path, (arrived.timestamp(), arrived.timestamp()))
    pipeline.advance(town.settings, at(12, 7))
    for source in ("weather", "log"):
        pipeline.receive(town.settings, NAME, source)
    pipeline.validate(town.settings, NAME)
    pipeline.judge(town.settings, NAME)
    return town


@contextmanager
def given(address: str) -> Iterator[str]:
    yield address


def test_every_side_counts_its_units_by_its_own_classes(
    settings: Settings, database: Callable[[], str], tmp_path: Path
) -> None:
    """The other register puts U5, which nobody plowed, into class A, and knows no class of U0, which was."""
    town = landed(settings)
    path = other(town, tmp_path)
    (tmp_path / "units.csv").write_text("id,class\nU0,\nU1,A\nU2,B\nU3,B\nU4,B\nU5,A\n", encoding="utf-8")
    result = comparison.compare(
        town.settings, pipeline.load(town.settings, NAME), path, scratch=lambda: given(database())
    )
    assert result.changes == ()
    assert counted(result) == {
        ("clear", None): {"met": [0, 1]},
        ("clear", "A"): {"met": [1, 0], "breached": [1, 2]},
        ("clear", "B"): {"breached": [4, 3]},
    }


def test_what_was_recorded_later_is_said_to_count_for_nothing(
    town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Else whoever tries an amendment, or another firm, on a past season would read that they had changed nothing."""
    later = {"from": "2024-01-10", "recorded": "2024-01-13", "by": ["desk", "head"]}
    contract = words()
    contract["amendments"] = [{**later, "obligation": "clear", "clause": "Annex 9", "change": {"within": "PT20H"}}]
    contract["assignments"] = [{**later, "contractor": "firm"}]
    path = town.write(contract, "other").rename(tmp_path / "other.yaml")

    def told(day: int) -> str:
        pipeline.advance(town.settings, at(day, 7))
        terms = pipeline.load(town.settings, NAME)
        report(comparison.compare(town.settings, terms, path, known_at=at(day, 7), as_of=at(12, 7), scratch=none))
        return capsys.readouterr().out

    early, late = told(12), told(13)
    assert "0 duties change" in early and "not heeded" not in late and "1 duty changes" in late
    assert "not heeded: the amendment of clear by Annex 9, recorded 2024-01-13, after what was known then" in early
    assert "not heeded: the assignment to firm, recorded 2024-01-13, after what was known then" in early


def test_duties_that_another_party_would_owe_are_counted(town: Town, tmp_path: Path) -> None:
    contract = words()
    contract["contractors"].append({"id": "rival", "name": {"en": "Rival"}})
    contract["assignments"] = [{"contractor": "rival", "units": {"class": ["B"]}, "from": "2024-01-10"}]
    path = town.write(contract, "other").rename(tmp_path / "other.yaml")
    result = comparison.compare(town.settings, pipeline.load(town.settings, NAME), path, scratch=none)
    assert (result.changes, result.moved, result.passed) == ((), 0, 4)


def test_polls_and_quiet_answers_stay_what_they_were_where_logs_are_read_anew(
    tmp_path: Path, database: Callable[[], str]
) -> None:
    """It snowed at 10:00, as a server told at noon; at 13:00 it had nothing new. So the clock ran from 10:00 on."""

    def answer(asked: Asked) -> None:
        if asked.number == 3:
            asked.reply(status=304, ETag='"1"', Content_Length=None)
        else:
            asked.reply(b"time,kind\n" + (b"2025-01-10T10:00:00Z,snow\n" if asked.number == 2 else b""), ETag='"1"')

    with serving(answer) as site:
        settings = place(tmp_path, database(), {"snow": polled(f"{site.address}/snow.csv"), "work": WORK})
        file = settings.home / "contracts" / CONTRACT / "contract.yaml"
        contract = yaml.safe_load(file.read_text(encoding="utf-8"))
        for one in contract["obligations"].values():
            one["clock"] = {"from": "trigger.end", "early": "PT0S"}
        file.write_text(yaml.safe_dump(contract), encoding="utf-8")
        nine = datetime(2025, 1, 10, 9, tzinfo=UTC)
        pipeline.migrate(settings, "replay", nine)
        for hours in (0, 3, 4):
            pipeline.advance(settings, nine + timedelta(hours=hours))
            pipeline.receive(settings, CONTRACT, "snow")
    land(settings, "work/2025-01-10.csv", "time,unit,truck,kind\n2025-01-10T11:00:00Z,U1,anna,plowed\n")
    came = (nine + timedelta(hours=21)).timestamp()
    os.utime(settings.landing / CONTRACT / "work" / "2025-01-10.csv", (came, came))
    pipeline.advance(settings, nine + timedelta(days=1))
    pipeline.receive(settings, CONTRACT, "work")
    pipeline.validate(settings, CONTRACT)
    contract["sources"]["work"]["values"]["kind"]["swept"] = "plow"
    path = tmp_path / "other.yaml"
    path.write_text(yaml.safe_dump(contract), encoding="utf-8")
    result = comparison.compare(settings, pipeline.load(settings, CONTRACT), path, scratch=lambda: given(database()))
    assert result.accepted_anew and result.changes == ()
    assert counted(result) == {("clear", "A"): {"met": [1, 1], "breached": [1, 1]}}
