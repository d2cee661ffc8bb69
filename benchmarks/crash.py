"""Kill `make demo` at five different points, start it again each time, and compare the ledger that it ends with.

    python -m benchmarks.crash [--at 3 9 15 22 30]

First an undisturbed demo; then one that is killed (SIGKILL to its process, nothing is told) when it has printed
so many steps, and started again after each kill. Prints both digests; fails where they differ.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]
DUMP = HOME / "var" / "demo" / "ledger.txt"
COMMAND = [sys.executable, "-m", "dutywatch.orchestration.demo"]


def main() -> None:
    """Run the demo whole and broken, and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--at", type=int, nargs="+", default=[3, 9, 15, 22, 30], help="after how many steps to kill")
    points = parser.parse_args().at
    (HOME / "var" / "demo" / "story").unlink(missing_ok=True)
    began = time.monotonic()
    subprocess.run(COMMAND, cwd=HOME, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own program
    whole = digest()
    print(f"undisturbed: {time.monotonic() - began:.0f} s, ledger {whole}", flush=True)
    done = 0
    for point in sorted(points):
        done += killed_after(point - done)
        print(f"killed after {done} steps", flush=True)
    subprocess.run(COMMAND, cwd=HOME, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own program
    broken = digest()
    print(f"killed {len(points)} times: ledger {broken}")
    if broken != whole:
        raise SystemExit("the ledgers differ")


def killed_after(steps: int) -> int:
    """Start the demo, kill it in the middle of what follows `steps` further steps; how many it made."""
    process = subprocess.Popen(COMMAND, cwd=HOME, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own program
    assert process.stdout is not None  # noqa: S101 - piped above
    made, said = 0, ""
    for line in process.stdout:
        said += line
        made += " Dec " in line
        if made >= steps:
            break
    else:
        raise SystemExit(f"the demo ended by itself:\n{said}")
    time.sleep(1.7)  # into the run of the next step
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    return made


def digest() -> str:
    """The ledger's canonical dump, as the demo left it."""
    return hashlib.sha256(DUMP.read_bytes()).hexdigest()[:16]


if __name__ == "__main__":
    main()
