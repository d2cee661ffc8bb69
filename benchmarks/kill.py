"""Kill `receive` and `validate` at random instants, run them again, and compare with an undisturbed run.

    python -m benchmarks.kill [--kills 50] [--rows 20000] [--seed 7]

Each time a fresh ledger and an empty lake; a process of its own does the work and gets SIGKILL at an instant
drawn evenly from the time that the work takes. What is then in the lake must be whole, file by file; a second
process, undisturbed, must end with the ledger and the lake of a run that nothing disturbed.
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import os
import random
import shutil
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dutywatch import embedded, pipeline
from dutywatch.settings import Settings

HOME = Path(__file__).resolve().parents[1]
NOW = datetime(2025, 1, 20, tzinfo=UTC)
CONTRACT = "killed"
DAYS = 2
_PRELOADED = ["dutywatch.pipeline", "dutywatch.validate.judging"]  # imported once, for all processes

CONTRACT_FILE = """\
contract: killed
title: {en: A town whose computer is switched off at any moment}
authority: {id: town, name: {en: The town}}
contractors: [{id: firm, name: {en: The firm}}]
term: {from: 2025-01-01, to: 2025-01-31}
timezone: UTC
people: {boss: {name: {en: The boss}}}
units: {file: units.csv, key: unit, class: class}
sources:
  snow: {stream: condition, run_by: town, owner: boss, path: "snow/{service_date}.csv", encoding: utf-8,
         time: {format: iso, zone: UTC}, columns: {at: time, kind: kind, depth_cm: depth}, expects: condition_log}
  work: {stream: service, run_by: firm, owner: boss, path: "work/{service_date}.csv", encoding: gb18030,
         time: {format: iso, zone: UTC}, columns: {at: time, unit: unit, actor: truck, kind: kind},
         values: {kind: {plowed: plow}}, expects: service_log}
obligations:
  clear: {title: {en: Plowed}, clause: "1", party: firm, pattern: respond, supervisor: boss,
          trigger: {stream: condition, kind: snowfall, merge_gap: PT1H}, scope: {class: [A]},
          clock: {from: trigger.start, early: PT0S}, action: {stream: service, kind: plow},
          within: [{class: A, allow: PT6H}]}
"""


@dataclass(frozen=True)
class Proof:
    """What was found: where the kills fell, and how often the rerun ended otherwise than an undisturbed run."""

    kills: Counter[str]
    halves: int  # files with their final name that were not whole after a kill
    partial: int  # kills that left an unfinished file under another name
    different: int
    seconds: float  # of an undisturbed run

    def __str__(self) -> str:
        where = ", ".join(f"{count} in {step}" for step, count in sorted(self.kills.items()))
        return (
            f"{self.kills.total()} kills ({where}) over {self.seconds:.2f} s of work: {self.partial} left a temporary "
            f"file behind, {self.halves} a half-written one; {self.different} reruns differ from an undisturbed run"
        )


def main() -> None:
    """Prove it, and fail where it is not so."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--rows", type=int, default=20_000, help="rows of each of the four deliveries")
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    # a killed process cannot give back its semaphores: Python's tracker does, and would say so at the end
    os.environ["PYTHONWARNINGS"] = "ignore:resource_tracker:UserWarning"
    began = time.monotonic()
    with embedded.temporary("kill") as server, tempfile.TemporaryDirectory(prefix="dutywatch-kill-") as scratch:
        found = prove(server, Path(scratch), given.kills, given.rows, given.seed)
    print(f"{found}; {time.monotonic() - began:.0f} s in all")
    if found.halves or found.different:
        raise SystemExit(1)


def prove(server: embedded.Server, base: Path, kills: int, rows: int, seed: int) -> Proof:
    """Kill so many times; `base` is an empty folder, and `rows` the length of each delivery."""
    home = _town(base, rows)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    with _installed(server, base, home) as settings:
        _run(context, settings)  # warm: files in the machine's cache, modules imported
    with _installed(server, base, home) as settings:
        seconds = _run(context, settings)
        wanted = pipeline.dump(settings), _lake(settings.lake)
    drawn = random.Random(seed)  # noqa: S311 - instants, not secrets
    found = Proof(Counter(), 0, 0, 0, seconds)
    while found.kills.total() < kills:
        with _installed(server, base, home) as settings:
            step = _killed(context, settings, drawn.uniform(0, seconds))
            if step is None:
                continue  # it was done before the instant came
            halves, partial = _halves(settings.lake), bool(_unfinished(settings.lake))
            _run(context, settings)
            same = (pipeline.dump(settings), _lake(settings.lake)) == wanted
        found = replace(
            found,
            kills=found.kills + Counter([step]),
            halves=found.halves + halves,
            partial=found.partial + partial,
            different=found.different + (not same),
        )
    return found


def work(settings: Settings, told: Connection) -> None:
    """What is killed: receive every source, then validate; says which step it begins."""
    for source in ("snow", "work"):
        told.send("receive")
        pipeline.receive(settings, CONTRACT, source)
    told.send("validate")
    pipeline.validate(settings, CONTRACT)
    told.send("done")


def _run(context: multiprocessing.context.ForkServerContext, settings: Settings) -> float:
    """Do the work undisturbed; how many seconds it took."""
    mine, theirs = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(settings, theirs))
    process.start()
    theirs.close()
    mine.recv()
    began = time.monotonic()
    process.join()
    if process.exitcode:
        raise SystemExit("the undisturbed run failed")
    mine.close()
    return time.monotonic() - began


def _killed(context: multiprocessing.context.ForkServerContext, settings: Settings, after: float) -> str | None:
    """Kill the work `after` seconds; the step that it fell into, None where all was done."""
    mine, theirs = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(settings, theirs))
    process.start()
    theirs.close()
    step = mine.recv()
    time.sleep(after)
    if process.pid and process.is_alive():
        os.kill(process.pid, signal.SIGKILL)
    process.join()
    try:
        while True:
            step = mine.recv()
    except EOFError:
        mine.close()
    return None if step == "done" else str(step)


def _town(base: Path, rows: int) -> Path:
    """A home with the contract, and its landing folder full of deliveries."""
    home = base / "home"
    folder = home / "contracts" / CONTRACT
    folder.mkdir(parents=True)
    for name in ("sql", "expectations"):
        (home / name).symlink_to(HOME / name)
    (folder / "contract.yaml").write_text(CONTRACT_FILE, encoding="utf-8")
    units = "".join(f"U{n},A\n" for n in range(100))
    (folder / "units.csv").write_text(f"unit,class\n{units}", encoding="utf-8")
    for n in range(DAYS):
        midnight = datetime(2025, 1, 10 + n, tzinfo=UTC)
        instants = [midnight + timedelta(seconds=86_399 * row / rows) for row in range(rows)]
        snow = "".join(f"{at:%FT%T}Z,snowfall,{row % 7}\n" for row, at in enumerate(instants))
        trucks = "".join(f"{at:%FT%T}Z,U{row % 101},津A{row % 9},plowed\n" for row, at in enumerate(instants))
        _land(base, f"snow/{midnight:%F}.csv", f"time,kind,depth\n{snow}".encode())
        _land(base, f"work/{midnight:%F}.csv", f"time,unit,truck,kind\n{trucks}".encode("gb18030"))
    return home


def _land(base: Path, name: str, raw: bytes) -> None:
    path = base / "landing" / CONTRACT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw)
    os.utime(path, (NOW.timestamp(), NOW.timestamp()))


@contextmanager
def _installed(server: embedded.Server, base: Path, home: Path) -> Iterator[Settings]:
    """A fresh ledger and an empty lake over the same landing folder."""
    server.drop("killed")
    server.create("killed")
    shutil.rmtree(base / "lake", ignore_errors=True)
    settings = Settings(
        home=home,
        lake=base / "lake",
        landing=base / "landing",
        messages=base / "messages",
        ledger=server.address("killed"),
        clock="replay",
    )
    pipeline.migrate(settings, "replay", NOW)
    try:
        yield settings
    finally:
        server.drop("killed")


def _final(lake: Path) -> list[Path]:
    """The files that have their final names: what is not finished has another one."""
    return sorted(path for path in lake.rglob("*") if path.is_file() and path not in _unfinished(lake))


def _unfinished(lake: Path) -> set[Path]:
    hidden = {path for path in lake.rglob("*") if any(part.startswith(".") for part in path.relative_to(lake).parts)}
    return {path for path in hidden | set(lake.rglob("*.part")) if path.is_file()}


def _lake(lake: Path) -> dict[str, str]:
    """Every finished file's name with a digest of what it says; Parquet by its rows, in their order."""
    return {str(path.relative_to(lake)): _content(path) for path in _final(lake)}


def _content(path: Path) -> str:
    digest = hashlib.sha256()
    if path.suffix != ".parquet":
        digest.update(path.read_bytes())
        return digest.hexdigest()
    table = pq.read_table(path).combine_chunks()
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    digest.update(sink.getvalue())
    return digest.hexdigest()


def _halves(lake: Path) -> int:
    """How many finished files are not whole: raw bytes that are not those of their name, Parquet that breaks off."""
    halves = 0
    for path in _final(lake):
        try:
            halves += path.suffix != ".parquet" and _content(path) != path.name
            if path.suffix == ".parquet":
                pq.read_table(path)
        except (OSError, pa.ArrowInvalid):
            halves += 1
    return halves


if __name__ == "__main__":
    main()
