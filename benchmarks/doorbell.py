"""How long it takes from files that land to verdicts and a message, on an Airflow that runs as `make up` runs it.

    python -m benchmarks.doorbell [--runs 3]

Starts a station of its own on the wall clock (database, ledger and folders apart from those of `make up`), drops
the deliveries of Benxi's storm up to the morning of 20 December 2023, and waits for the first message and for
the run to end. Then it drops one more file (an inspection) and measures again, as often as asked.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from dutywatch import embedded
from dutywatch.orchestration.airflow_api import AirflowApi
from dutywatch.orchestration.ids import dag_id_of
from dutywatch.orchestration.station import Station

HOME = Path(__file__).resolve().parents[1]
CONTRACT = "benxi-sanitation"
COMPONENTS = ("api-server", "scheduler", "dag-processor", "triggerer")
PATIENCE = 120.0


def main() -> None:
    """Print the seconds of each drop and their median."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3, help="how many inspections to drop one after another")
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory(prefix="dutywatch-doorbell-") as scratch:
        home = Path(scratch)
        shutil.copytree(HOME / "contracts" / CONTRACT, home / "contracts" / CONTRACT)
        for name in ("sql", "expectations"):
            (home / name).symlink_to(HOME / name)
        here = Station("bench", home, home / "var", "wall")
        try:
            server = here.prepare()
            running = here.start(server, COMPONENTS, tied=False, port=8095)
            api = running.ready(dag_id_of(CONTRACT), "watch_deadlines", components=COMPONENTS)
            measure(here, api, runs)
        finally:
            here.stop()
            embedded.stop(here.server, remove=True)


def measure(here: Station, api: AirflowApi, runs: int) -> None:
    """Drop files and wait for the message that they cause."""
    landing, messages = here.folder / "landing" / CONTRACT, here.folder / "messages" / CONTRACT
    settle(api)
    staged = here.folder / "staged"
    script = here.home / "contracts" / CONTRACT / "scenario" / "generate.py"
    command = [sys.executable, str(script), "--land", str(staged), "--until", "2023-12-20T05:40:00+08:00"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own script
    print(f"{os.cpu_count()} cores; seconds from the drop to the message")
    files = sorted(path for path in staged.rglob("*") if path.is_file())
    print(f"{len(files)} files at once: {drop(files, staged, landing, messages):.1f} s")
    settle(api)
    found = []
    header = "检查时间,路段编号,检查人,结果\n"
    for index in range(runs):
        one = staged / "inspections" / f"2023-12-19-extra-{index}.csv"
        unit = f"BX-A-{14 + index:03}"  # cleared on the 17th, so each refutation is a new breach
        one.write_text(f"{header}2023-12-19 17:{10 + index},{unit},巡查员甲,积雪未清\n", encoding="utf-8")
        found.append(drop([one], staged, landing, messages))
        print(f"one inspection: {found[-1]:.1f} s")
        settle(api)
    print(f"median of {runs}: {statistics.median(found):.1f} s")


def drop(files: list[Path], staged: Path, landing: Path, messages: Path) -> float:
    """Land the files, each by a rename, and wait until a message is written or revised."""
    before = state(messages)
    began = time.monotonic()
    for file in files:
        place = landing / file.relative_to(staged)
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = place.with_name(f".{place.name}.landing")
        fresh.write_bytes(file.read_bytes())
        fresh.replace(place)
    while state(messages) == before:
        if time.monotonic() - began > PATIENCE:
            raise SystemExit(f"no message after {PATIENCE:.0f} s")
        time.sleep(0.1)
    return time.monotonic() - began


def state(messages: Path) -> dict[str, int]:
    """The messages' files and when they were written."""
    return {path.name: path.stat().st_mtime_ns for path in messages.glob("*.md")}


def settle(api: AirflowApi) -> None:
    """Wait until no run of the contract is under way."""
    quiet = 0
    while quiet < 3:
        quiet = 0 if api.under_way(dag_id_of(CONTRACT)) else quiet + 1
        time.sleep(1.0)


if __name__ == "__main__":
    main()
