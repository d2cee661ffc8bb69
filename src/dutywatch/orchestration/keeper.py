"""The keeper: one small process that starts Airflow's components, and ends with all of them or not at all.

It leads a session of its own, so a Ctrl-C at the terminal reaches its owner only, and everything that the
components start can be found. Tied to its owner by a pipe, it ends when the owner is gone, however that
happened. A component that ends by itself ends the others: half an Airflow looks alive and does nothing.
Last of all it stops the embedded server that they used.
"""

from __future__ import annotations

import argparse
import json
import os
import selectors
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dutywatch import embedded
from dutywatch.orchestration.processes import Mark, end_members

_RECORD = "running.json"
PATIENCE = 25.0  # seconds that the scheduler gets to end by itself: running tasks are waited for
_SOON = 5.0  # ... and each of the others, which hold nothing that an end would lose

COMPONENTS = {
    "api-server": ("-m", "airflow", "api-server"),
    "scheduler": ("-m", "dutywatch.orchestration.preloaded", "scheduler", "--skip-serve-logs"),
    "dag-processor": ("-m", "airflow", "dag-processor"),
    "triggerer": ("-m", "airflow", "triggerer", "--skip-serve-logs"),
}


@dataclass(frozen=True)
class Record:
    """What runs in an Airflow home: who keeps it, and where it answers."""

    mark: Mark
    address: str

    def write(self, home: Path) -> None:
        """Write it down, in one rename."""
        fresh = home / f"{_RECORD}.new"
        fresh.write_text(json.dumps({"pid": self.mark.pid, "born": self.mark.born, "address": self.address}))
        fresh.replace(home / _RECORD)

    @staticmethod
    def read(home: Path) -> Record | None:
        """What is written down; it may be of a process that is dead."""
        try:
            found = json.loads((home / _RECORD).read_text())
        except FileNotFoundError:
            return None
        return Record(Mark(found["pid"], found["born"]), found["address"])

    @staticmethod
    def forget(home: Path) -> None:
        """Strike it out."""
        (home / _RECORD).unlink(missing_ok=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Start the components, wait until one of them or the owner ends, end them all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", required=True, help="the embedded server to stop at the end")
    parser.add_argument("--home", type=Path, required=True, help="Airflow's home")
    parser.add_argument("--address", required=True, help="where Airflow will answer")
    parser.add_argument("--tied", action="store_true", help="end when standard input ends")
    parser.add_argument("components", nargs="+", choices=COMPONENTS)
    options = parser.parse_args(arguments)
    Record(Mark.of(os.getpid()), options.address).write(options.home)
    with _signals() as asked:
        running = {name: _start(name, options.home / "logs") for name in options.components}
        try:
            reason, failed = _wait(running, asked, tied=options.tied)
        finally:
            _end(running)
            embedded.stop(options.server)
    print(f"ended: {reason}", flush=True)
    return 1 if failed else 0


def _start(name: str, logs: Path) -> subprocess.Popen[bytes]:
    with (logs / f"{name}.log").open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - constant words
            [sys.executable, *COMPONENTS[name]],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            process_group=0,
        )


def _wait(running: dict[str, subprocess.Popen[bytes]], asked: int, *, tied: bool) -> tuple[str, bool]:
    """Why to end, and whether that is a failure."""
    with selectors.DefaultSelector() as events:
        events.register(asked, selectors.EVENT_READ)
        if tied:
            events.register(sys.stdin, selectors.EVENT_READ)
        while True:
            for name, process in running.items():
                if (code := process.poll()) is not None:
                    return f"{name} ended by itself with {code}: see {name}.log", True
            for key, _ in events.select(timeout=1.0):
                if key.fileobj == asked:
                    if os.read(asked, 64).strip(bytes([signal.SIGCHLD])):
                        return "asked to", False
                elif not os.read(sys.stdin.fileno(), 64):
                    return "its owner is gone", False


def _end(running: dict[str, subprocess.Popen[bytes]]) -> None:
    """The scheduler first, while its tasks can still report to the API server; then what is left."""
    for name in sorted(running, key=lambda name: name != "scheduler"):
        running[name].terminate()
        if name == "scheduler":
            _await(running[name], PATIENCE)
    for process in running.values():
        _await(process, _SOON)
    end_members(Mark.of(os.getpid()))


def _await(process: subprocess.Popen[bytes], patience: float) -> None:
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def _signals() -> Iterator[int]:
    """A file descriptor on which the numbers of arriving signals can be read."""
    read, write = os.pipe()
    os.set_blocking(write, False)
    signal.set_wakeup_fd(write)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(number, lambda *_: None)
    yield read


if __name__ == "__main__":
    sys.exit(main())
