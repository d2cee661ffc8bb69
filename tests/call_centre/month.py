"""Judge other months of the call centre, and hold every window against a plain reading of the files.

python -m tests.call_centre.month FOLDER

FOLDER holds the months' files (`*.txt`, as January's). Prints what the command line prints, each month's counts as the
csv module finds them, the half-hours that fail although their month passes, how many are too small, and each window
whose verdict is another than the plain reading's; ends with 1 where there is one.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from typer.testing import CliRunner

from dutywatch.cli import app
from tests.call_centre.prepare import OPENS, ZONE, began, calls_of, covered, prepare, term

FEWEST, NINE_TENTHS = 10, 0.9  # the contract's min_items and min_coverage
KNOWN = {"AGENT", "HANG", "PHANTOM"}
SHOWN = 20


@dataclass(frozen=True)
class Plain:
    """What the plain reading finds of a window: its verdict, how many items it knows, how many of them are good."""

    verdict: str
    items: int
    good: int

    def says(self, row: dict[str, str]) -> bool:
        """Whether a verdict row says the same."""
        measured = self.items == 0 or float(row["measured"] or "nan") == self.good / self.items
        return (row["verdict"], int(row["items"] or 0)) == (self.verdict, self.items) and measured


@dataclass(frozen=True)
class Compared:
    """What was printed, the rows by (obligation, window) of the whole centre, the plain verdicts, and the counts."""

    output: str
    rows: dict[tuple[str, str], dict[str, str]]
    plain: dict[tuple[str, str], Plain]
    counts: dict[str, Counter[str]]

    @property
    def different(self) -> list[tuple[str, str]]:
        """The windows in which engine and plain reading differ; one that either does not know is among them."""
        judged = {key for key in self.rows if key[0] in ("level-half-hour", "level-day", "level-month")}
        both = judged & set(self.plain)
        return sorted((judged ^ set(self.plain)) | {key for key in both if not self.plain[key].says(self.rows[key])})

    @property
    def failing(self) -> list[tuple[str, str]]:
        """The half-hours that fail although their month passes, by the plain reading."""
        passing = {key[1] for key, one in self.plain.items() if (key[0], one.verdict) == ("level-month", "met")}
        return [
            key
            for key, one in sorted(self.plain.items())
            if key[0] == "level-half-hour" and one.verdict == "breached" and key[1][:7] in passing
        ]


def compare(landing: Path, root: Path) -> Compared:
    """Judge the months in `landing` a day after their last, by a contract made in `root`, and read them plainly."""
    contract, out = prepare(root, landing), root / "verdicts.csv"
    files = {path.name: calls_of(path) for path in sorted(landing.glob("*.txt"))}
    days = term(files)
    as_of = datetime.combine(days["to"] + timedelta(days=2), datetime.min.time(), ZONE).isoformat()
    command = ["judge", str(contract), "--landing", str(landing), "--as-of", as_of, "--out", str(out)]
    result = CliRunner().invoke(app, command, catch_exceptions=False)
    if result.exit_code:
        raise SystemExit(result.output)
    csv.field_size_limit(sys.maxsize)  # a reason names every row that is missing
    with out.open(encoding="utf-8", newline="") as lines:
        rows = {
            (row["obligation"], row["trigger"]): row for row in csv.DictReader(lines) if row["unit"] == "call-centre"
        }
    told = [row for some in files.values() for row in _once(some)]
    calls = [(at.replace(tzinfo=ZONE), *_how(row)) for row in told if (at := began(row))]
    spans = [(one["from"], one["to"]) for name, some in files.items() for one in covered(name, some)]
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for at, outcome, wait in calls:
        counts[f"{at:%Y-%m}"].update([outcome, *(["in 20 s"] if outcome == "AGENT" and wait <= 20 else [])])
    offered = [
        (at, outcome == "AGENT" and wait <= 20 if outcome in KNOWN else None)
        for at, outcome, wait in calls
        if outcome != "PHANTOM"
    ]
    return Compared(result.output, rows, dict(_plainly(days["from"], days["to"], offered, spans)), dict(counts))


def _once(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Rows that are told twice, the same in all that the contract reads, are one call."""
    read = ("date", "vru_entry", "vru+line", "call_id", "type", "outcome", "q_time")
    return list({tuple((row.get(name) or "").strip() for name in read): row for row in rows}.values())


def _how(row: dict[str, str]) -> tuple[str, int]:
    """A call's outcome and how long it waited; an outcome that nobody knows where either cannot be read."""
    try:
        return (row["outcome"] or "").strip(), int(row["q_time"])
    except (KeyError, TypeError, ValueError):
        return "not readable", 0


def _plainly(
    first: date, last: date, offered: list[tuple[datetime, bool | None]], spans: list[tuple[datetime, datetime]]
) -> Iterator[tuple[tuple[str, str], Plain]]:
    """((obligation, window), what is read) of every half-hour that is owed, every day and every month.

    `offered`: when a call came and whether it was answered soon enough; None where its outcome is not known.
    """
    found: dict[str, list[bool | None]] = defaultdict(list)
    for at, good in offered:
        half = at.replace(minute=at.minute // 30 * 30, second=0)
        for window in (half.isoformat(), f"{at:%Y-%m-%d}", f"{at:%Y-%m}"):
            found[window].append(good)
    months = set()
    for day in (first + timedelta(days=n) for n in range((last - first).days + 1)):
        start, end = (datetime.combine(day + timedelta(days=n), datetime.min.time(), ZONE) for n in (0, 1))
        yield ("level-day", str(day)), _read(found[str(day)], enough=_share(start, end, spans) == 1)
        opens, closes = OPENS.get(day.weekday(), (7, 24))
        for minutes in range(opens * 60, closes * 60, 30):
            half = start + timedelta(minutes=minutes)  # as the wall shows it: no clock changes within these hours
            whole = _share(half, half + timedelta(minutes=30), spans) == 1
            yield ("level-half-hour", half.isoformat()), _read(found[half.isoformat()], enough=whole)
        months.add(f"{day:%Y-%m}")
    for month in sorted(months):
        start = datetime.strptime(month, "%Y-%m").replace(tzinfo=ZONE)
        end = (start + timedelta(days=31)).replace(day=1)
        yield ("level-month", month), _read(found[month], enough=_share(start, end, spans) >= NINE_TENTHS)


def _share(start: datetime, end: datetime, spans: list[tuple[datetime, datetime]]) -> float:
    """Which share of [start, end) the spans cover."""
    begins, ends = start.astimezone(UTC), end.astimezone(UTC)
    lengths = (min(ends, to.astimezone(UTC)) - max(begins, from_.astimezone(UTC)) for from_, to in spans)
    return sum((length for length in lengths if length > timedelta()), timedelta()) / (ends - begins)


def _read(calls: list[bool | None], *, enough: bool) -> Plain:
    """80 % in 20 s, in whole numbers; a call of unknown outcome may be good, bad or none that is asked for."""
    known = [good for good in calls if good is not None]
    good, count, unknown = sum(known), len(known), len(calls) - len(known)
    possible = {_level(good + a, count + a + b) for a in range(unknown + 1) for b in range(unknown + 1 - a)}
    return Plain(possible.pop() if enough and len(possible) == 1 else "unproven", count, good)


def _level(good: int, count: int) -> str:
    if count < FEWEST:
        return "void"
    return "met" if 5 * good >= 4 * count else "breached"


def main(landing: Path) -> int:
    """Print the comparison; how many windows differ decides what is returned."""
    with tempfile.TemporaryDirectory(prefix="dutywatch-months-") as root:
        found = compare(landing, Path(root))
    print(found.output)
    for month, counts in sorted(found.counts.items()):
        print(f"{month}, by the csv module: {', '.join(f'{count} {name}' for name, count in sorted(counts.items()))}")
    print(f"half-hours that fail although their month passes: {len(found.failing)}")
    for _, window in found.failing[:SHOWN]:
        print(f"  {window}: {found.rows['level-half-hour', window]['measured']} of its calls")
    small = [key for key, one in found.plain.items() if (key[0], one.verdict) == ("level-half-hour", "void")]
    print(f"half-hours of fewer than {FEWEST} calls: {len(small)}")
    print(f"windows: {len(found.plain)}, of which engine and plain reading differ in {len(found.different)}")
    for key in found.different[:SHOWN]:
        judged = found.rows.get(key, {})
        said = [judged.get(name, "") for name in ("verdict", "items", "measured", "reason")]
        print(f"  {key}: {' '.join(said)}; plainly {found.plain.get(key)}")
    return 1 if found.different else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        "python -m tests.call_centre.month", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="such as ../shared/data/call_center_1999")
    sys.exit(main(parser.parse_args().folder))
