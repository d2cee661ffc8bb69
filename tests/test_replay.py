"""Several contracts on one clock: each is rung when something of its own happens, between its own two instants."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dutywatch import pipeline
from dutywatch.replay import Story, read_arrivals, replay_together
from dutywatch.settings import Settings

NOON = datetime(2023, 12, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def story(folder: Path, contract: str, hours: Sequence[int], since: int, until: int) -> Story:
    """A file arrives at each of these hours after noon."""
    folder.mkdir()
    lines = ["arrives_at,file,lands_as"]
    for hour in hours:
        (folder / f"{hour}.csv").write_text(contract)
        lines.append(f"{(NOON + hour * HOUR).isoformat()},{hour}.csv,log/{hour}.csv")
    (folder / "arrivals.csv").write_text("\n".join(lines))
    return Story(contract, read_arrivals(folder), NOON + since * HOUR, NOON + until * HOUR)


def test_contracts_on_one_clock_are_rung_when_they_have_something_to_do(settings: Settings, tmp_path: Path) -> None:
    pipeline.migrate(settings, "replay", NOON)
    rung: list[tuple[tuple[str, ...], int]] = []

    def ring(contracts: Sequence[str], at: datetime) -> None:
        assert pipeline.now(settings) == at
        rung.append((tuple(contracts), (at - NOON) // HOUR))

    first = story(tmp_path / "a", "first", (1, 3, 9), since=0, until=5)
    second = story(tmp_path / "b", "second", (3, 4), since=2, until=7)
    steps = list(replay_together(settings, (first, second), ring))
    assert rung == [
        (("first",), 0),  # as it begins, before anything arrives
        (("first",), 1),
        (("second",), 2),  # begins
        (("first", "second"), 3),
        (("second",), 4),
    ]
    assert [step.landed for step in steps] == [
        ("log/1.csv",),
        (),
        ("log/3.csv", "log/3.csv"),
        ("log/4.csv",),
    ]
    assert (settings.landing / "first" / "log" / "3.csv").read_text() == "first"
    assert (settings.landing / "second" / "log" / "3.csv").read_text() == "second"
    assert not (settings.landing / "first" / "log" / "9.csv").exists()  # after all stories are told


def test_a_replay_that_goes_on_rings_at_its_present_instant_first(settings: Settings, tmp_path: Path) -> None:
    pipeline.migrate(settings, "replay", NOON + 3 * HOUR)
    rung: list[tuple[tuple[str, ...], int]] = []
    stories = (story(tmp_path / "a", "first", (1, 4), 0, 5), story(tmp_path / "b", "second", (2,), 0, 2))
    list(replay_together(settings, stories, lambda names, at: rung.append((tuple(names), (at - NOON) // HOUR))))
    assert rung == [(("first",), 3), (("first",), 4)]  # the second is told already
