"""Judge other months of Boston's cases, and hold every case against its own columns and the city's own verdict.

python -m tests.boston.month FOLDER

FOLDER holds the months' files (`cases_*.csv`, as the half-year's). Prints what the command line prints, how verdicts
stand to OnTime_Status, and each case that the csv module reads otherwise; ends with 1 where there is one.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from typer.testing import CliRunner

from dutywatch.cli import app
from tests.boston.prepare import cases_of, files, prepare

STAMP = "%m/%d/%Y %I:%M:%S %p"
AS_OF = "2026-01-01T00:00:00Z"  # after the last closing that the files state
PUBLISHED = {"ONTIME": "met", "OVERDUE": "breached"}
SHOWN = 20
Cases = dict[str, dict[str, str]]  # by their numbers


@dataclass(frozen=True)
class Compared:
    """What was printed; by their numbers the cases as last stated, the verdict rows, and the verdicts read plainly."""

    output: str
    cases: Cases
    rows: Cases
    plain: dict[str, str]

    @property
    def different(self) -> list[str]:
        """The cases of which the engine says something else than their own columns do."""
        judged = {number: row["verdict"] for number, row in self.rows.items()}
        return sorted(number for number in judged | self.plain if judged.get(number) != self.plain.get(number))

    @property
    def statuses(self) -> Counter[tuple[str, str]]:
        """How many closed cases with a target the city published as what, and as what they were judged."""
        closed = (number for number, case in self.cases.items() if case["TARGET_DT"] and case["CLOSED_DT"])
        return Counter(
            (self.cases[number]["OnTime_Status"], self.rows[number]["verdict"])
            for number in closed
            if number in self.rows
        )


def compare(landing: Path, root: Path) -> Compared:
    """Judge the months in `landing`, by a contract made in `root`, and read them plainly."""
    contract, out = prepare(root, landing), root / "verdicts.csv"
    command = ["judge", str(contract), "--landing", str(landing), "--as-of", AS_OF, "--out", str(out)]
    result = CliRunner().invoke(app, command, catch_exceptions=False)
    if result.exit_code:
        raise SystemExit(result.output)
    with out.open(encoding="utf-8", newline="") as lines:
        rows = {row["trigger"]: row for row in csv.DictReader(lines) if row["obligation"] == "close-in-time"}
    cases = {
        case["CASE_ENQUIRY_ID"].strip(): case
        for path in files(landing)
        for case in cases_of(path)
        if _stated(case, "CASE_ENQUIRY_ID", "OPEN_DT", "TYPE", "TARGET_DT", "CLOSED_DT")
    }
    plain = {number: read for number, case in cases.items() if (read := read_plainly(case)) is not None}
    return Compared(result.output, cases, rows, plain)


def _stated(case: dict[str, str], *columns: str) -> bool:
    """Whether a row says all that it needs to, in a way that can be read; others are in quarantine, and told of."""
    if not all((case.get(column) or "").strip() for column in columns[:3]):
        return False
    try:
        return all(moment(case[column]) is not None or not case[column].strip() for column in ("OPEN_DT", *columns[3:]))
    except (KeyError, ValueError):
        return False


def moment(text: str) -> datetime | None:
    """A time by the clock on the wall; None where none is stated."""
    return datetime.strptime(text.strip(), STAMP) if text.strip() else None  # noqa: DTZ007


def read_plainly(case: dict[str, str]) -> str | None:
    """What a case's own columns say; None: without a target nothing is owed."""
    target, closed = moment(case["TARGET_DT"]), moment(case["CLOSED_DT"])
    if target is None:
        return None
    return "unproven" if closed is None else "met" if closed <= target else "breached"


def main(landing: Path) -> int:
    """Print the comparison; whether cases differ decides what is returned."""
    with tempfile.TemporaryDirectory(prefix="dutywatch-months-") as root:
        found = compare(landing, Path(root))
    print(found.output)
    for (status, verdict), count in sorted(found.statuses.items()):
        print(f"closed, with a target: {count} published as {status or 'nothing'}, judged {verdict}")
    against = [one for one in found.statuses if one[0] in PUBLISHED and PUBLISHED[one[0]] != one[1]]
    print(f"contradictions with OnTime_Status: {sum(found.statuses[one] for one in against)}")
    print(f"cases: {len(found.cases)}, of which {len(found.plain)} have a target")
    print(f"cases that are judged otherwise than their own columns read: {len(found.different)}")
    for number in found.different[:SHOWN]:
        judged = found.rows.get(number, {"verdict": "no duty", "reason": ""})
        print(f"  {number}: {judged['verdict']} ({judged['reason']}), plainly {found.plain.get(number, 'no duty')}")
    return 1 if found.different or against else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        "python -m tests.boston.month", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="such as ../shared/data/boston_311_2015")
    sys.exit(main(parser.parse_args().folder))
