"""What must follow from the hotline's logs for its windows, counted the slow and plain way.

Why: nobody adds up six thousand calls by hand. This reads the files as they arrive and counts, window by window, what
DERIVATION.md says should be counted. It shares no line with the engine, and knows the contract's numbers from that page
alone. Where it stops: the cases, whose table is written by hand (expected_cases.csv).

    python derive.py deliveries       writes expected_windows.csv and expected_spells.csv beside this script

`deliveries` is what generate.py wrote.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

HERE = Path(__file__).resolve().parent
ZONE = timezone(timedelta(hours=8))
DAY, HALF_HOUR, TICK = timedelta(days=1), timedelta(minutes=30), timedelta(microseconds=1)
FIRST, LAST = date(2023, 12, 1), date(2023, 12, 31)
OPERATOR = "hotline-operator"
CONNECTED, ANSWERED_IN_TIME, SECONDS = 0.95, 0.9, 15
RATES = {"response-rate": (5, 0.95), "resolution-rate": (6, 0.85), "satisfaction-rate": (7, 0.85)}  # column, threshold
WEIGHTS, SCORE = {"response-rate": 30, "resolution-rate": 35, "satisfaction-rate": 35}, 85


@dataclass(frozen=True)
class Log:
    """One file: the day that it covers and up to when, when it arrived, and its rows."""

    day: date
    arrived: datetime
    until: datetime
    rows: list[list[str]]


@dataclass(frozen=True)
class Item:
    """Something counted: when, and whether it is good."""

    at: datetime
    good: bool


@dataclass(frozen=True)
class Spell:
    """Windows that fail without a break: the instants of the first and the last, how many, the worst of them."""

    first: datetime
    last: datetime
    windows: int
    items: int
    good: int


def main(folder: Path) -> int:
    """Write both tables."""
    windows = [*_connect_rate(folder), *_month(folder), *_answer(folder), *_staffed(folder), *_rates(folder)]
    _write("windows", windows)
    _write("spells", _spells(folder))
    return 0


def midnight(day: date) -> datetime:
    """The local midnight at which `day` begins."""
    return datetime(day.year, day.month, day.day, tzinfo=ZONE)


def days() -> list[date]:
    """The days of the story."""
    return [FIRST + DAY * n for n in range((LAST - FIRST).days + 1)]


def logs(folder: Path, name: str) -> dict[date, Log]:
    """The files of one source by day; the last that arrived for a day speaks."""
    found = {}
    with (folder / "arrivals.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            source, _, file = row["lands_as"].partition("/")
            if source == name:
                day, arrived = date.fromisoformat(file.removesuffix(".csv")), datetime.fromisoformat(row["arrives_at"])
                with (folder / row["file"]).open(encoding="utf-8", newline="") as content:
                    rows = list(csv.reader(content))[1:]
                found[day] = Log(day, arrived, min(arrived, midnight(day + DAY)), rows)
    return found


def at(text: str) -> datetime:
    """A local time as the logs write it."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=ZONE)


def calls(log: Log) -> list[Item]:
    """The calls of a day that can be read: a row with an unknown number, or a wait below zero, is none."""
    return [Item(at(row[0]), row[4] == "接通") for row in log.rows if row[2] == "12345" and int(row[5]) >= 0]


def rolling(items: Iterable[Item], start: datetime, end: datetime) -> list[tuple[datetime, int, int]]:
    """(t, calls in (t - 24 h, t], answered ones) at every t in [start, end) at which a call enters or has left."""
    items = list(items)
    turns = sorted({one.at for one in items} | {one.at + DAY for one in items})
    found = []
    for t in turns:
        if start <= t < end:
            within = [one for one in items if t - DAY < one.at <= t]
            if within:
                found.append((t, len(within), sum(one.good for one in within)))
    return found


def _fails(items: int, good: int, target: float) -> bool:
    return good < target * items - 1e-9


def spells(tests: Iterable[tuple[datetime, int, int]]) -> list[Spell]:
    """The spells among the tests of a day."""
    found: list[list[tuple[datetime, int, int]]] = []
    failed_before = False
    for test in tests:
        fails = _fails(test[1], test[2], CONNECTED)
        if fails and not failed_before:
            found.append([])
        if fails:
            found[-1].append(test)
        failed_before = fails
    worst = [min(run, key=lambda test: (test[2] / test[1], test[0])) for run in found]
    return [Spell(run[0][0], run[-1][0], len(run), w[1], w[2]) for run, w in zip(found, worst, strict=True)]


def _connect_rate(folder: Path) -> Iterator[dict[str, str]]:
    """One duty a day; its windows reach back into the day before, so that two days' logs must be here, whole.

    On the first day of the term no window lies in the term as a whole.
    """
    came = logs(folder, "calls")
    for day in days()[1:]:
        end, needed = midnight(day + DAY), [day - DAY, day]
        tests = rolling([item for one in needed for item in calls(came[one])], midnight(day), end)
        bad = spells(tests)
        standing, lapsed = ("breached.open", bad[0].first) if bad else ("met", None)
        holes = {one for one in needed if came[one].until < midnight(one + DAY)}
        yield from _history("connect-rate", day, [came[one] for one in needed], holes, standing, lapsed)


def _answer(folder: Path) -> Iterator[dict[str, str]]:
    """Of the answered calls of a day, 90 % within 15 s."""
    came = logs(folder, "calls")
    for day in days():
        rows = [row for row in came[day].rows if row[4] == "接通" and row[2] == "12345" and int(row[5]) >= 0]
        good = [int(row[5]) <= SECONDS for row in rows]
        failed = _fails(len(good), sum(good), ANSWERED_IN_TIME)
        holes = {day} if came[day].until < midnight(day + DAY) else set()
        lapsed = midnight(day + DAY) if failed else None
        yield from _history("answer-15s", day, [came[day]], holes, "breached.open" if failed else "met", lapsed)


def _staffed(folder: Path) -> Iterator[dict[str, str]]:
    """In each of the 48 half hours of a day somebody is at the desk at every instant."""
    came = logs(folder, "desks")
    for day in days():
        sessions = sorted((at(row[0]), at(row[1])) for row in came[day].rows)
        bad = []
        for number in range(48):
            start = midnight(day) + HALF_HOUR * number
            reached = start
            for begins, ends in sessions:
                if begins <= reached < ends:
                    reached = ends
            if reached < start + HALF_HOUR:
                bad.append(start + HALF_HOUR)
        standing, lapsed = ("breached.open", bad[0]) if bad else ("met", None)
        yield from _history("staffed", day, [came[day]], set(), standing, lapsed)


def _history(
    obligation: str, day: date, needed: list[Log], holes: set[date], standing: str, lapsed: datetime | None
) -> Iterator[dict[str, str]]:
    """The standings of a day's window from its end on: decided once all is here, else awaited, else unproven."""
    end = midnight(day + DAY)
    row = {"obligation": obligation, "trigger": day.isoformat(), "due_at": end.isoformat()}
    late = [log for log in needed if log.arrived > end]
    if late or holes:
        due = max(midnight(log.day + DAY) for log in needed if log in late or log.day in holes) + timedelta(hours=6)
        if end < due:
            yield _row(end, row, "pending.overdue", owed=OPERATOR, why="a log is missing and not due yet")
        if not late or max(log.arrived for log in late) > due:
            yield _row(max(end, due), row, "unproven", owed=OPERATOR, why="a log is missing and overdue")
    if not holes:
        decided = max([end, *(log.arrived for log in late)])
        yield _row(decided, row, standing, lapsed, why="counted")


def _month(folder: Path) -> Iterator[dict[str, str]]:
    """All known calls of the month, which cover more than 95 % of it."""
    came = logs(folder, "calls")
    items = [item for day in days() for item in calls(came[day])]
    missing = sum(((midnight(day + DAY) - came[day].until) for day in days()), timedelta())
    assert missing / (midnight(LAST + DAY) - midnight(FIRST)) <= 0.05  # noqa: S101 - a script's own doubt
    standing = "breached.open" if _fails(len(items), sum(one.good for one in items), CONNECTED) else "met"
    yield _whole_month("connect-month", standing)


def _rates(folder: Path) -> Iterator[dict[str, str]]:
    """The three rates of the month, of all call-backs, and the points that they come to."""
    rows = [row for log in logs(folder, "cases").values() for row in log.rows if row[3] == "回访"]
    points = 0
    for name, (column, threshold) in RATES.items():
        good = sum(row[column] == "1" for row in rows)
        points += WEIGHTS[name] * good
        yield _whole_month(name, "breached.open" if _fails(len(rows), good, threshold) else "met")
    yield _whole_month("three-rates", "met" if points >= SCORE * len(rows) else "breached.open")


def _whole_month(obligation: str, standing: str) -> dict[str, str]:
    end = midnight(LAST + DAY)
    row = {"obligation": obligation, "trigger": f"{FIRST:%Y-%m}", "due_at": end.isoformat()}
    return _row(end, row, standing, end if standing == "breached.open" else None, why="counted")


def _row(
    when: datetime, row: dict[str, str], standing: str, lapsed: datetime | None = None, *, owed: str = "", why: str
) -> dict[str, str]:
    return {
        "from_instant": when.isoformat(),
        **{name: row[name] for name in ("obligation", "trigger")},
        "standing": standing,
        "due_at": row["due_at"],
        "lapsed_at": lapsed.isoformat() if lapsed else "",
        "owed_by": owed,
        "why": why,
    }


def _spells(folder: Path) -> Iterator[dict[str, str]]:
    """Every window that misses 95 % although the month reaches it: half hours, days, and spells of 24 hours."""
    came = logs(folder, "calls")
    for day in days():
        items = calls(came[day])
        for number in range(48):
            start = midnight(day) + HALF_HOUR * number
            within = [one.good for one in items if start <= one.at < start + HALF_HOUR]
            if start + HALF_HOUR <= came[day].until and within and _fails(len(within), sum(within), CONNECTED):
                yield _spell("half hour", start, start + HALF_HOUR, 1, len(within), sum(within))
    for day in days():
        good = [one.good for one in calls(came[day])]
        if came[day].until == midnight(day + DAY) and _fails(len(good), sum(good), CONNECTED):
            yield _spell("day", midnight(day), midnight(day + DAY), 1, len(good), sum(good))
    for day in days()[1:]:
        both = [item for one in (day - DAY, day) for item in calls(came[one])]
        if all(came[one].until == midnight(one + DAY) for one in (day - DAY, day)):
            for one in spells(rolling(both, midnight(day), midnight(day + DAY))):
                yield _spell("24 hours", one.first, one.last, one.windows, one.items, one.good)


def _spell(window: str, first: datetime, last: datetime, windows: int, items: int, good: int) -> dict[str, str]:
    return {
        "window": window,
        "first": first.isoformat(),
        "last": last.isoformat(),
        "windows": str(windows),
        "worst_items": str(items),
        "worst_good": str(good),
        "worst_share": f"{good / items:.4f}",
    }


def _write(name: str, rows: Iterable[dict[str, str]]) -> None:
    rows = list(rows)
    with (HERE / f"expected_{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
