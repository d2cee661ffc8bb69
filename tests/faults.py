"""`make faults`: faults put into the patterns' SQL and into clock.py, one at a time; the tests must catch each.

Every fault is a plausible slip in one line. It is put into a copy of the tree, and the tests of judging run there until the
first fails: the calendar's, the specification's tables, the cases once found, and the oracles on the cases that CI draws.
A fault that none of them catches, and one whose line is not there any more, end the run with status 1.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.tree import copied

CLOCK = "src/dutywatch/clock.py"
RESPOND, RECUR, ATTAIN, KEEP = (f"sql/patterns/{name}.sql" for name in ("respond", "recur", "attain", "keep"))
ORACLES = ("tests/judge/test_oracle.py", "tests/judge/test_oracle_windows.py")
JUDGING = (
    "tests/spec",
    "tests/judge/test_cases.py",
    "tests/judge/test_letter.py",
    "tests/judge/test_kinds.py",
    "tests/judge/test_rolling.py",
    "tests/judge/test_open.py",
    "tests/judge/test_unread.py",
    *ORACLES,
)
CLOCKS = ("tests/test_clock.py", *JUDGING)


@dataclass(frozen=True)
class Fault:
    """What is slipped: in `file`, the first `right` becomes `wrong`."""

    name: str
    file: str
    right: str
    wrong: str


FAULTS = (
    Fault("an inspection of equal rank no longer disputes an act", RESPOND, "c.against < c.rank", "c.against <= c.rank"),
    Fault("a log of equal rank no longer contradicts", RESPOND, "c.at <= s.at AND c.rank >= s.rank", "c.at <= s.at AND c.rank > s.rank"),
    Fault("of two kinds that are believed as much as who saw it undone, the first is the one that was not done", RESPOND, "c.at <= s.at AND c.rank <= s.rank", "c.at <= s.at AND c.rank < s.rank"),
    Fault("what may be hidden before it was seen undone completes what is known from before", RESPOND, "AND b.part = d.part AND b.at <= v.seen_at", "AND b.part = d.part AND b.at > v.seen_at"),
    Fault("a new trigger that nobody knows of is forgotten", RESPOND, "k.due_at, k.due_at, true, NOT", "k.due_at, k.due_at, false, NOT"),
    Fault("who saw it undone saw that no new trigger came", RESPOND, "refuted_at >= due_at AND NOT anew", "refuted_at >= due_at"),
    Fault("proof is awaited an instant too long", RESPOND, "WHEN hides AND ($as_of < proof_due", "WHEN hides AND ($as_of <= proof_due"),
    Fault("a reset makes duties void that may have been breached", RESPOND, "reset_at <= $as_of AND NOT (hides OR disputed)", "reset_at <= $as_of"),
    Fault("whoever holds a gap counts as having withheld it", RESPOND, "NOT (g.undelivered AND g.holder = k.party) AND (NOT g.row", "g.holder <> k.party AND (NOT g.row"),
    Fault("the first of several proofs ends the waiting", RESPOND, "max(proof_due) FILTER (matters)", "min(proof_due) FILTER (matters)"),
    Fault("an act at the due time is late", RESPOND, "k.fulfilled_at <= k.due_at, k.suspended", "k.fulfilled_at < k.due_at, k.suspended"),
    Fault("a gap on one street is one on all others", RESPOND, "ON g.unit = k.unit AND g.gap_from < k.hidden_to", "ON g.unit <> k.unit AND g.gap_from < k.hidden_to"),
    Fault("a doubtful time before the period, or the day, counts", RECUR, "coalesce(a.earlier >= p.part_from, true)", "true"),
    Fault("the longest pause allowed is too long", RECUR, "l.longest_us <= $max_gap), false) AS is_met", "l.longest_us < $max_gap), false) AS is_met"),
    Fault("a week is given up one day too soon", RECUR, "CASE WHEN possible < $on_days", "CASE WHEN possible <= $on_days"),
    Fault("others' days fill the debtor's", RECUR, "s.part = p.part AND s.side = x.side", "s.part = p.part"),
    Fault("a share is reached only when it is passed", ATTAIN, "THEN good::HUGEINT * $whole >= $part", "THEN good::HUGEINT * $whole > $part"),
    Fault("items that nobody knows count as good", ATTAIN, "best * $whole <= $part * most", "good::HUGEINT * $whole <= $part * most"),
    Fault("a group keeps the units that left it", ATTAIN, "t.unit = s.grp AND t.day BETWEEN s.since AND s.until", "t.unit = s.grp"),
    Fault("a row that nobody can read counts for nothing", ATTAIN, "coalesce(at_most, 0) AS hidden", "0 AS hidden"),
    Fault("a call at one of two readings hides another one", ATTAIN, "AND NOT coalesce($rolling IS NULL AND g.other >= t.lower AND g.other < t.due_at, false)", ""),
    Fault("a call stays in the rolling window a second too long", ATTAIN, "e.at_us + $rolling, -e.item", "e.at_us + $rolling + 1000000, -e.item"),
    Fault("what leaves within a bin is left out of its bounds", ATTAIN, "b.good - out_good AS least_good", "b.good AS least_good"),
    Fault("an item counts in each window that its bucket touches", ATTAIN, "coalesce(b.at >= p.part_from AND b.at < p.part_to, true)", "true"),
    Fault("a helper's crew fills the debtor's post", KEEP, "coalesce(e.party = w.party, true)", "true"),
    Fault("the lapse is dated from a slot that was allowed", KEEP, "min(part_to) FILTER (nth = $max_bad + 1) AS fails_at", "min(part_to) FILTER (nth = greatest($max_bad, 1)) AS fails_at"),
    Fault("a slot that may still grow has too few already", KEEP, "AND NOT (s.growing AND $level = 'count')", ""),
    Fault("what closes within a part of a slot is left out of its bounds", KEEP, "coalesce(begun - closing < $at_least", "coalesce(begun < $at_least"),
    Fault("what opens and closes at one instant is looked at one by one", KEEP, "ORDER BY change_us RANGE UNBOUNDED", "ORDER BY change_us ROWS UNBOUNDED"),
    Fault("a slot that a gap touches is taken as empty", KEEP, "coalesce(l.least, 0) < $at_least AND NOT touched", "coalesce(l.least, 0) < $at_least"),
    Fault("civil days that are closed do not count", CLOCK, "left -= works or self.days is Days.CIVIL", "left -= works"),
    Fault("the first day counts", CLOCK, "today + min(left, 1) * _DAY", "today"),
    Fault("a delivery is due at the earlier of two readings", CLOCK, "self.at), zone)[-1]", "self.at), zone)[0]"),
    Fault("a season over the new year begins twice", CLOCK, "day.year - (not since) if inside", "day.year if inside"),
    Fault("a suspension to midnight takes the next day too", CLOCK, "local_date(end - timedelta.resolution, zone) + _DAY)", "local_date(end, zone) + _DAY)"),
)  # fmt: skip


@contextmanager
def faulty(fault: Fault | None) -> Iterator[Path]:
    """A copy of the tree with the fault in it. Raises LookupError where the line is not there."""
    with copied() as tree:
        if fault:
            path = tree / fault.file
            text = path.read_text(encoding="utf-8")
            if fault.right not in text:
                raise LookupError(f"{fault.file} has no such line any more: {fault.right}")
            path.write_text(text.replace(fault.right, fault.wrong, 1), encoding="utf-8")
        yield tree


def caught_by(fault: Fault | None) -> str | None:
    """The first test that fails with the fault in place; None where all pass."""
    with faulty(fault) as tree:
        tests = CLOCKS if fault is None or fault.file == CLOCK else JUDGING
        environment = {**os.environ, "PYTHONPATH": str(tree / "src")}
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-W", "ignore"]
        command += ["--hypothesis-profile=unshrunk", *tests]
        done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode not in (0, 1):
        raise RuntimeError(f"the tests could not run: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    found = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.M)
    return found.group(1) if done.returncode and found else None


def main() -> int:
    """Try the faults and say what caught each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--only", help="faults whose name or file contains this")
    given = parser.parse_args()
    chosen = [one for one in FAULTS if not given.only or given.only in f"{one.name} {one.file}"]
    if caught := caught_by(None):
        print(f"without any fault {caught} fails: mend that first")
        return 1
    missed = 0
    for number, fault in enumerate(chosen, 1):
        began = time.monotonic()
        try:
            caught = caught_by(fault)
        except LookupError as error:
            caught, missed = None, missed + 1
            print(f"{number:2} {fault.name}: {error}", flush=True)
            continue
        missed += caught is None
        told = caught or "NOT CAUGHT"
        print(f"{number:2} {fault.name} ({fault.file}): {told} ({time.monotonic() - began:.0f} s)", flush=True)
    print(f"{len(chosen) - missed} of {len(chosen)} faults caught")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
