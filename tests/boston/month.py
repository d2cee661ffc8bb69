"""Judge other months of Boston's cases, and hold every case against its own columns and the city's own verdict.

python -m tests.boston.month FOLDER

FOLDER holds the months' files (`cases_*.csv`, as the half-year's). Prints what the command line prints, how verdicts
stand to OnTime_Status, and each case that the csv module reads otherwise, with what put its row into quarantine; ends
with 1 where there is one, where a verdict contradicts the published status, and where no case could be compared.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from typer.testing import CliRunner

from dutywatch.cli import app
from tests.boston.prepare import cases_of, files, prepare, written

ZONE = ZoneInfo("America/New_York")
STAMP = "%m/%d/%Y %I:%M:%S %p"
AS_OF = "2026-01-01T00:00:00Z"  # or a day after the last opening or closing that the files state, whichever is later
PUBLISHED = {"ONTIME": "met", "OVERDUE": "breached"}
SHOWN = 20
Cases = dict[str, dict[str, str]]  # by their numbers


@dataclass(frozen=True)
class Compared:
    """What was printed; by their numbers the cases as last stated, the verdict rows, and the verdicts read plainly.

    `aside`: how many rows of the files state no case, as the csv module reads them; `held`: by the numbers of cases
    what put a row of theirs into quarantine.
    """

    output: str
    cases: Cases
    rows: Cases
    plain: dict[str, str]
    aside: int
    held: dict[str, str]

    @property
    def different(self) -> list[str]:
        """The cases of which the engine says something else than their own columns do."""
        judged = {number: row["verdict"] for number, row in self.rows.items()}
        return sorted(number for number in judged | self.plain if judged.get(number) != self.plain.get(number))

    @property
    def statuses(self) -> Counter[tuple[str, str]]:
        """How many closed cases with a target the city published as what, and as what they were judged."""
        closed = (
            number for number, case in self.cases.items() if moment(case["TARGET_DT"]) and moment(case["CLOSED_DT"])
        )
        return Counter(
            ((self.cases[number].get("OnTime_Status") or "").strip().upper(), self.rows[number]["verdict"])
            for number in closed
            if number in self.rows
        )


def compare(landing: Path, root: Path) -> Compared:
    """Judge the months in `landing`, by a contract made in `root`, and read them plainly."""
    contract, out, quarantine = prepare(root, landing), root / "verdicts.csv", root / "quarantine.csv"
    told = [(path.name, first, last, case) for path in files(landing) for first, last, case in cases_of(path)]
    stated = [row for row in told if _stated(row[-1])]
    cases = {case["CASE_ENQUIRY_ID"].strip(): case for _, _, _, case in stated}
    as_of = _after(cases)
    command = ["judge", str(contract), "--landing", str(landing), "--as-of", as_of, "--out", str(out)]
    result = CliRunner().invoke(app, [*command, "--quarantine", str(quarantine)], catch_exceptions=False)
    if result.exit_code:
        raise SystemExit(result.output)
    with out.open(encoding="utf-8", newline="") as lines:
        rows = {row["trigger"]: row for row in csv.DictReader(lines) if row["obligation"] == "close-in-time"}
    with quarantine.open(encoding="utf-8", newline="") as lines:
        why = {(row["delivery"], int(row["line"])): row["rules"] for row in csv.DictReader(lines)}
    held = {
        case["CASE_ENQUIRY_ID"].strip(): f"{name}:{number}: {why[name, number]}"
        for name, first, last, case in stated
        for number in range(last, first - 1, -1)
        if (name, number) in why
    }
    local = datetime.fromisoformat(as_of).astimezone(ZONE).replace(tzinfo=None)
    plain = {number: read for number, case in cases.items() if (read := read_plainly(case, local)) is not None}
    return Compared(result.output, cases, rows, plain, len(told) - len(stated), held)


def _after(cases: Cases) -> str:
    """The instant to judge at: what comes after it is ignored, and a month may be younger than these lines."""
    times = (moment(case[column]) for case in cases.values() for column in ("OPEN_DT", "CLOSED_DT"))
    days_after = ((at + timedelta(days=1)).replace(tzinfo=ZONE).astimezone(UTC) for at in times if at)
    return max(datetime.fromisoformat(AS_OF), *days_after).isoformat() if cases else AS_OF


def _stated(case: dict[str, str]) -> bool:
    """Whether a row says all that it needs to, in a way that can be read; others are in quarantine, and told of."""
    if None in case or None in case.values() or not all(map(written, case.values())):
        return False  # of more fields than the header has, or fewer; or of other letters than UTF-8's
    try:
        for column in ("OPEN_DT", "TARGET_DT", "CLOSED_DT"):
            moment(case[column])
        return all(case[column].strip() for column in ("CASE_ENQUIRY_ID", "OPEN_DT", "TYPE"))
    except (KeyError, ValueError):
        return False


def moment(text: str) -> datetime | None:
    """A time by the clock on the wall; None where none is stated."""
    return datetime.strptime(text.strip(), STAMP) if text.strip() else None  # noqa: DTZ007


def read_plainly(case: dict[str, str], as_of: datetime) -> str | None:
    """What a case's own columns say at `as_of`, by the clock on the wall; None: without a target nothing is owed."""
    target, closed = moment(case["TARGET_DT"]), moment(case["CLOSED_DT"])
    if target is None:
        return None
    if closed is None:
        return "pending" if as_of < target else "unproven"
    return "met" if closed <= target else "breached"


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
    if found.aside:
        print(f"rows that state no case, so that nothing of them is compared: {found.aside}")
    print(f"cases that are judged otherwise than their own columns read: {len(found.different)}")
    for number in found.different[:SHOWN]:
        judged = found.rows.get(number, {"verdict": "no duty", "reason": "none of its rows was accepted"})
        reason = f"in quarantine, {found.held[number]}" if number in found.held else judged["reason"]
        print(f"  {number}: {judged['verdict']} ({reason}), plainly {found.plain.get(number, 'no duty')}")
    if not found.cases:
        print("no case could be compared: what is wrong with the files is said above")
    return 1 if found.different or against or not found.cases else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        "python -m tests.boston.month", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="such as ../shared/data/boston_311_2015")
    sys.exit(main(parser.parse_args().folder))
