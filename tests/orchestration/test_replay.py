"""The replayer: files land before the clock moves, and a killed replay goes on where it was."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from dutywatch import pipeline
from dutywatch.errors import DutywatchError, SettingsError
from dutywatch.replay import land, read_arrivals, replay, ring_here
from dutywatch.settings import Settings
from tests.orchestration.conftest import CONTRACT

BEGINS = datetime(2023, 12, 14, tzinfo=UTC)
ENDS = datetime(2023, 12, 31, tzinfo=UTC)
TABLE = """arrives_at,file,lands_as
2023-12-16T05:40:00+08:00,2/b.csv,plow/b.csv
2023-12-15T05:40:00+08:00,1/a.csv,plow/a.csv
2023-12-15T05:40:00+08:00,1/w.csv,weather/w.csv
2023-12-20T10:00:00+08:00,3/a.csv,plow/a.csv
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "deliveries"
    for name in ("1/a.csv", "1/w.csv", "2/b.csv", "3/a.csv"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    (folder / "arrivals.csv").write_text(TABLE)
    return folder


class Bell:
    """Notes what a ring would find: the clock and what has landed by it. Fails when told to."""

    def __init__(self, settings: Settings, fails_at: int = 0) -> None:
        self.settings, self.fails_at = settings, fails_at
        self.heard: list[tuple[str, list[str]]] = []

    def __call__(self, at: datetime) -> None:
        assert pipeline.now(self.settings) == at
        place = self.settings.landing / CONTRACT
        texts = sorted(path.read_text() for path in place.rglob("*.csv") if path.stat().st_mtime <= at.timestamp())
        self.heard.append((f"{at:%d %H:%M}", texts))
        if len(self.heard) == self.fails_at:
            raise KeyboardInterrupt


def test_steps_fall_on_arrivals_and_files_land_first(settings: Settings, folder: Path) -> None:
    pipeline.migrate(settings, "replay", BEGINS)
    bell = Bell(settings)
    steps = list(replay(settings, CONTRACT, read_arrivals(folder), ENDS, bell))
    assert bell.heard == [
        ("14 00:00", []),
        ("14 21:40", ["1/a.csv", "1/w.csv"]),
        ("15 21:40", ["1/a.csv", "1/w.csv", "2/b.csv"]),
        ("20 02:00", ["1/w.csv", "2/b.csv", "3/a.csv"]),
    ]
    assert [step.landed for step in steps] == [("plow/a.csv", "weather/w.csv"), ("plow/b.csv",), ("plow/a.csv",)]


@pytest.mark.parametrize("killed_in", [1, 2, 3, 4])
def test_a_killed_replay_rings_again_where_it_was_and_goes_on(settings: Settings, folder: Path, killed_in: int) -> None:
    pipeline.migrate(settings, "replay", BEGINS)
    whole, cut, rest = Bell(settings), Bell(settings, killed_in), Bell(settings)
    with pytest.raises(KeyboardInterrupt):
        list(replay(settings, CONTRACT, read_arrivals(folder), ENDS, cut))
    list(replay(settings, CONTRACT, read_arrivals(folder), ENDS, rest))
    assert cut.heard[-1] == rest.heard[0]
    assert len(cut.heard) + len(rest.heard) == 5
    assert whole.heard == []


def test_it_stops_at_its_end_and_at_the_ledgers_own_instants(
    settings: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.migrate(settings, "replay", BEGINS)
    wakes = [datetime(2023, 12, 15, 3, tzinfo=UTC), datetime(2023, 12, 15, 21, 40, tzinfo=UTC)]
    monkeypatch.setattr(
        pipeline,
        "next_instant",
        lambda settings: next((at for at in wakes if at > pipeline.now(settings)), None),
    )
    bell = Bell(settings)
    steps = list(replay(settings, CONTRACT, read_arrivals(folder), datetime(2023, 12, 16, tzinfo=UTC), bell))
    assert [f"{step.at:%d %H:%M}" for step in steps] == ["14 21:40", "15 03:00", "15 21:40"]
    assert steps[1].landed == ()


def test_a_ledger_that_never_gets_on_is_an_error_not_a_loop(
    settings: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.migrate(settings, "replay", BEGINS)
    monkeypatch.setattr(pipeline, "next_instant", lambda _: BEGINS)
    with pytest.raises(DutywatchError, match="not after its present"):
        list(replay(settings, CONTRACT, read_arrivals(folder), ENDS, Bell(settings)))


def test_a_landed_file_is_whole_and_bears_its_arrival(folder: Path, tmp_path: Path) -> None:
    arrival = read_arrivals(folder)[0]
    for _ in range(2):  # landing again is landing once
        land(arrival, tmp_path / "landing")
    found = [path for path in (tmp_path / "landing").rglob("*") if path.is_file()]
    assert [path.relative_to(tmp_path / "landing").as_posix() for path in found] == ["plow/a.csv"]
    assert datetime.fromtimestamp(found[0].stat().st_mtime, UTC) == arrival.arrives_at


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("2023-12-15T05:40:00,1/a.csv,plow/a.csv", "offset"),
        ("yesterday,1/a.csv,plow/a.csv", "ISO 8601"),
        ("2023-12-15T05:40:00+08:00,1/none.csv,plow/a.csv", "no file"),
        ("2023-12-15T05:40:00+08:00,1/a.csv,../a.csv", "outside"),
        ("2023-12-15T05:40:00+08:00,1/a.csv,/etc/a.csv", "outside"),
        ("2023-12-15T05:40:00+08:00", "needs"),
    ],
)
def test_a_faulty_list_of_arrivals_names_its_line(folder: Path, row: str, why: str) -> None:
    (folder / "arrivals.csv").write_text(f"{TABLE}{row}\n")
    with pytest.raises(SettingsError, match=rf"arrivals.csv:6: .*{why}"):
        read_arrivals(folder)


def test_a_ring_in_this_process_runs_every_step(settings: Settings) -> None:
    pipeline.migrate(settings, "replay", BEGINS)
    ring_here(settings, CONTRACT)(BEGINS)
    assert pipeline.note(settings, CONTRACT)
