"""An Airflow of one's own, with its real scheduler: slow, and the only proof that it works and ends."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import psutil
import pytest

from dutywatch import embedded, pipeline
from dutywatch.errors import DutywatchError
from dutywatch.orchestration.airflow_api import AirflowApi
from dutywatch.orchestration.keeper import Record
from dutywatch.orchestration.station import Station
from dutywatch.replay import read_arrivals, replay, ring_here
from dutywatch.settings import Settings
from tests.benxi.test_timeline import GENERATE
from tests.conftest import HOME
from tests.orchestration.conftest import CONTRACT

pytestmark = pytest.mark.airflow

BEGINS = datetime.fromisoformat("2023-12-14T00:00:00+08:00")
ENDS = datetime.fromisoformat("2023-12-18T09:00:00+08:00")  # after a log that was due, and its escalation
REPLAY = """
import sys
from datetime import datetime
from pathlib import Path
from dutywatch.orchestration.replayer import replay_through_airflow
from dutywatch.orchestration.station import Station
from dutywatch.replay import Story, read_arrivals

home, deliveries, begins, ends = sys.argv[1:]
here = Station("test", Path(home), Path(home) / "var", "replay")
since, until = datetime.fromisoformat(begins), datetime.fromisoformat(ends)
story = Story("benxi-sanitation", read_arrivals(Path(deliveries)), since, until)
for step in replay_through_airflow(here, story):
    print(step.at.isoformat(), flush=True)
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with one contract; its path holds a space."""
    home = tmp_path / "a home"
    shutil.copytree(HOME / "contracts" / CONTRACT, home / "contracts" / CONTRACT)
    for name in ("sql", "expectations"):
        (home / name).symlink_to(HOME / name)
    return home


@pytest.fixture
def station(home: Path) -> Iterator[Station]:
    """A station that replays; nothing of it is left at the end, whatever a test does."""
    here = Station("test", home, home / "var", "replay")
    yield here
    here.stop()
    embedded.stop(here.server, remove=True)


@pytest.fixture
def deliveries(tmp_path: Path) -> Path:
    """Three days of the storm's deliveries."""
    GENERATE.main([str(tmp_path / "deliveries")])
    return tmp_path / "deliveries"


def start(home: Path, deliveries: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", REPLAY, str(home), str(deliveries), BEGINS.isoformat(), ENDS.isoformat()]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own words


def ours(home: Path) -> list[str]:
    """The processes whose command names this home, or that Airflow's components of this home forked."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and str(home) in process.environ().get("AIRFLOW_HOME", ""):
                found.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue
    return found


def dump(station: Station) -> str:
    server = station.prepare()
    try:
        return pipeline.dump(station.settings(server))
    finally:
        station.stop()


def in_this_process(settings: Settings, deliveries: Path) -> str:
    """The ledger that the same replay gives without Airflow."""
    pipeline.migrate(settings, "replay", BEGINS)
    list(replay(settings, CONTRACT, read_arrivals(deliveries), ENDS, ring_here(settings, CONTRACT)))
    return pipeline.dump(settings)


def test_a_killed_replay_goes_on_and_gives_what_the_pipeline_gives_without_airflow(
    home: Path, station: Station, deliveries: Path, settings: Settings
) -> None:
    first = start(home, deliveries)
    assert first.stdout is not None
    first.stdout.readline()  # one step is done, the next has begun
    time.sleep(1)
    first.kill()
    first.wait()
    first.stdout.close()
    second = start(home, deliveries)
    steps, _ = second.communicate(timeout=240)
    assert second.returncode == 0
    assert steps.splitlines()[-1] == "2023-12-18T00:00:00+00:00"
    assert ours(home) == []
    assert dump(station) == in_this_process(settings, deliveries)


def test_the_keeper_ends_everything_when_its_owner_is_gone(home: Path, station: Station, deliveries: Path) -> None:
    owner = start(home, deliveries)
    assert owner.stdout is not None
    owner.stdout.readline()
    record = Record.read(station.airflow)
    assert record is not None
    keeper = record.mark.process()
    assert keeper is not None
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    owner.stdout.close()
    psutil.wait_procs([keeper], timeout=60)
    assert ours(home) == []
    assert not embedded.stop(station.server)


def test_a_station_is_kept_by_one_at_a_time(station: Station) -> None:
    with station.reserved(), pytest.raises(DutywatchError, match="at work"), station.reserved():
        pass


def test_nobody_gets_in_without_a_log_in(station: Station) -> None:
    server = station.prepare(now=BEGINS)
    running = station.start(server, ("api-server",), tied=True, port=8095)
    running.ready(components=("api-server",))
    with pytest.raises(DutywatchError, match="refuses the log-in"):
        AirflowApi(running.address, "admin", "wrong").log_in()
    with pytest.raises(DutywatchError, match="401"):
        AirflowApi(running.address, "admin", "wrong").state("contract.x", "y")
    assert station.running() == running.address
    running.end()
    assert station.running() is None
