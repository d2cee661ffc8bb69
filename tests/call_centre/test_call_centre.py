"""A bank's calls of January 1999: every half-hour, day and month judged as a plain reading of the file judges it.

The plain reading is the csv module and integers; it knows nothing of the engine. What the contract is, and which of it
is ours, stands in contract.yaml beside this file.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dutywatch.cli import app
from tests.call_centre.prepare import prepare
from tests.conftest import HOME

AS_OF = "1999-02-02T00:00:00+02:00"
FEWEST = 10  # the contract's min_items
JANUARY = [date(1999, 1, 1) + timedelta(days=n) for n in range(31)]
ABSENT = [date(1999, 1, 11), date(1999, 1, 12)]
SILENCE = (datetime(1999, 1, 13, 9, 58, 38), datetime(1999, 1, 13, 11, 37, 13))  # noqa: DTZ001 - between two calls
HIDDEN = [f"1999-01-13T{start}:00+02:00" for start in ("09:30", "10:00", "10:30", "11:00", "11:30")]
UNSURE = [*ABSENT, date(1999, 1, 13)]  # days that are not covered whole
OPENS = {4: (7, 14), 5: (20, 24)}  # Fridays and Saturdays; on the other days from 7 to 24

Verdicts = dict[tuple[str, str], dict[str, str]]  # (obligation, window), of the duties of the whole centre


@dataclass(frozen=True)
class Call:
    """One line of the file: when it came (local), what became of it, how long it waited, for which service."""

    at: datetime
    outcome: str
    wait_s: int
    queue: str

    @property
    def good(self) -> bool:
        return self.outcome == "AGENT" and self.wait_s <= 20


@pytest.fixture(scope="module")
def calls(data: Path) -> list[Call]:
    with (data / "call_center_1999" / "january.txt").open(encoding="ascii", newline="") as lines:
        return [
            Call(
                datetime.strptime(f"{row['date']} {row['vru_entry'].strip()}", "%y%m%d %H:%M:%S"),  # noqa: DTZ007
                row["outcome"].strip(),
                int(row["q_time"]),
                row["type"].strip(),
            )
            for row in csv.DictReader(lines, delimiter="\t")
        ]


@pytest.fixture(scope="module")
def offered(calls: list[Call]) -> list[Call]:
    """The calls that were answered or given up."""
    return [call for call in calls if call.outcome in ("AGENT", "HANG")]


@pytest.fixture(scope="module")
def judged(data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[dict[str, str]]]:
    """What the command line prints, and its rows: receive, validate, judge, measure over the folder where it lies."""
    landing = data / "call_center_1999"
    root = tmp_path_factory.mktemp("call-centre")
    contract, out = prepare(root, landing), root / "verdicts.csv"
    command = ["judge", str(contract), "--landing", str(landing), "--as-of", AS_OF, "--out", str(out)]
    result = CliRunner().invoke(app, command, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    with out.open(encoding="utf-8", newline="") as lines:
        return result.output, list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def verdicts(judged: tuple[str, list[dict[str, str]]]) -> Verdicts:
    return {(row["obligation"], row["trigger"]): row for row in judged[1] if row["unit"] == "call-centre"}


def level(calls: Iterable[Call], fewest: int = FEWEST) -> str:
    """80 % in 20 s, in whole numbers."""
    good = [call.good for call in calls]
    if len(good) < fewest:
        return "void"
    return "met" if 5 * sum(good) >= 4 * len(good) else "breached"


def half_hour(call: Call) -> str:
    start = call.at.replace(minute=call.at.minute // 30 * 30, second=0)
    return f"{start.isoformat()}+02:00"


def windows(calls: Iterable[Call], of: Callable[[Call], str]) -> dict[str, list[Call]]:
    found: dict[str, list[Call]] = defaultdict(list)
    for call in calls:
        found[of(call)].append(call)
    return found


def opened(at: datetime) -> bool:
    opens, closes = OPENS.get(at.weekday(), (7, 24))
    return opens <= at.hour < closes


def labels(day: date) -> list[str]:
    """The half-hours in which the centre is open, as the catalogue states it."""
    opens, closes = OPENS.get(day.weekday(), (7, 24))
    return [f"{day}T{hour:02}:{minute}:00+02:00" for hour in range(opens, closes) for minute in ("00", "30")]


def test_the_file_holds_what_the_catalogue_says(calls: list[Call]) -> None:
    assert Counter(call.outcome for call in calls) == {"AGENT": 27_060, "HANG": 4_299, "PHANTOM": 240}
    assert sum(call.good for call in calls) == 16_402
    assert sorted(set(JANUARY) - {call.at.date() for call in calls}) == ABSENT
    times = sorted(call.at for call in calls)
    long = [(before, at) for before, at in pairwise(times) if at - before > timedelta(minutes=20) and opened(before)]
    assert [(before, at) for before, at in long if opened(at) and before.day == at.day] == [SILENCE]


def test_every_line_has_a_fate(judged: tuple[str, list[dict[str, str]]]) -> None:
    assert "calls january.txt: 31600 = 1 + 0 + 31599 + 0" in judged[0]


def test_the_months_totals_are_the_catalogues(verdicts: Verdicts) -> None:
    """Of each share its items and, from items and share, how many of them were good."""
    totals = {name: verdicts[name, "1999-01"] for name in ("level-month", "abandonment-month", "phantoms-month")}
    items = {name: int(row["items"]) for name, row in totals.items()}
    assert items == {"level-month": 31_359, "abandonment-month": 31_359, "phantoms-month": 31_599}
    good = {name: items[name] * float(row["measured"]) for name, row in totals.items()}
    assert good == pytest.approx({"level-month": 16_402, "abandonment-month": 4_299, "phantoms-month": 240})
    answered = verdicts["level-month-answered", "1999-01"]
    assert int(answered["items"]) == 27_060
    assert float(answered["measured"]) == 16_402 / 27_060


def judged_plainly(label: str, calls: list[Call]) -> str:
    """A half-hour's verdict."""
    return "unproven" if label in HIDDEN or date.fromisoformat(label[:10]) in ABSENT else level(calls)


def half_hours(verdicts: Verdicts) -> dict[str, dict[str, str]]:
    return {window: row for (name, window), row in verdicts.items() if name == "level-half-hour"}


def test_every_half_hour_is_judged_as_a_plain_reading_judges_it(offered: list[Call], verdicts: Verdicts) -> None:
    found = windows(offered, half_hour)
    expected = {label: judged_plainly(label, found.get(label, [])) for day in JANUARY for label in labels(day)}
    assert {window: row["verdict"] for window, row in half_hours(verdicts).items()} == expected
    assert Counter(expected.values()) == {"met": 220, "breached": 516, "void": 15, "unproven": 73}
    measured = {
        window: (int(row["items"]), float(row["measured"]))
        for window, row in half_hours(verdicts).items()
        if row["items"] != "0"
    }
    assert measured == {
        label: (len(some), sum(c.good for c in some) / len(some)) for label, some in found.items() if label in expected
    }


def test_small_half_hours_are_void_and_say_how_small(offered: list[Call], verdicts: Verdicts) -> None:
    found = windows(offered, half_hour)
    counts = {label: len(found.get(label, [])) for day in JANUARY if day not in ABSENT for label in labels(day)}
    small = {label: count for label, count in counts.items() if count < FEWEST and label not in HIDDEN}
    said = {label: verdicts["level-half-hour", label]["reason"] for label in small}
    assert said == {label: f"too few items to be assessed: {count} of 10" for label, count in small.items()}
    assert (len(small), min(small.values()), sum(small.values())) == (15, 5, 119)


def test_half_hours_outside_the_opening_hours_are_not_owed(offered: list[Call], verdicts: Verdicts) -> None:
    """Twenty of them would have failed, and two passed; their calls are in the day and the month all the same."""
    within = {label for day in JANUARY for label in labels(day)}
    outside = {label: level(some) for label, some in windows(offered, half_hour).items() if label not in within}
    counts = Counter(outside.values())
    assert (counts["breached"], counts["met"]) == (20, 2)
    assert set(half_hours(verdicts)) == within


def test_every_day_is_judged_as_a_plain_reading_judges_it(offered: list[Call], verdicts: Verdicts) -> None:
    found = windows(offered, lambda call: call.at.date().isoformat())
    for day in JANUARY:
        some, label = found.get(day.isoformat(), []), day.isoformat()
        abandoned = sum(call.outcome == "HANG" for call in some)
        rows = verdicts["level-day", label], verdicts["abandonment-day", label]
        if day in UNSURE:
            assert [row["verdict"] for row in rows] == ["unproven", "unproven"]
        else:
            assert rows[0]["verdict"] == level(some)
            assert rows[1]["verdict"] == ("met" if 20 * abandoned <= len(some) else "breached")
            assert float(rows[1]["measured"]) == abandoned / len(some)


def test_the_month_fails_whatever_it_is_divided_by(calls: list[Call], offered: list[Call], verdicts: Verdicts) -> None:
    good = sum(call.good for call in calls)
    queued = [call for call in offered if call.outcome == "AGENT" or call.wait_s > 0]
    patient = [call for call in offered if call.outcome == "AGENT" or call.wait_s > 20]
    answered = [call for call in offered if call.outcome == "AGENT"]
    denominators = [len(some) for some in (calls, offered, queued, patient, answered)]
    assert denominators == [31_599, 31_359, 30_140, 29_155, 27_060]
    assert all(5 * good < 4 * count for count in denominators)
    assert verdicts["level-month", "1999-01"]["verdict"] == "breached"
    assert verdicts["level-month-answered", "1999-01"]["verdict"] == "breached"


def test_two_absent_days_leave_gaps_that_the_centre_holds(verdicts: Verdicts) -> None:
    """Missing calls are no breach: their windows are unproven, and so is a month that wants a complete record."""
    absent = [*(("level-half-hour", label) for day in ABSENT for label in labels(day)), ("level-day", "1999-01-11")]
    some = [*(("level-half-hour", label) for label in HIDDEN), ("level-day", "1999-01-13")]
    for key in [*absent, *some, ("level-month-complete", "1999-01")]:
        assert verdicts[key]["verdict"] == "unproven"
        assert verdicts[key]["owed_by"] == "centre"
        assert "calls outside of what its files cover" in verdicts[key]["reason"]
    assert {verdicts[key]["coverage"] for key in absent} == {"0.0"}
    silence = SILENCE[1] - SILENCE[0] - timedelta(seconds=1)
    share = (timedelta(days=29) - silence) / timedelta(days=31)
    assert float(verdicts["level-month", "1999-01"]["coverage"]) == round(share, 4)


def test_half_hours_that_stand_against_their_day_and_their_month(offered: list[Call], verdicts: Verdicts) -> None:
    """One day passes, and none of its half-hours fails; the month fails, and 220 half-hours pass."""
    passing = [window for (name, window), row in verdicts.items() if name == "level-day" and row["verdict"] == "met"]
    found = windows(offered, lambda call: call.at.date().isoformat())
    assert passing == [day for day, some in sorted(found.items()) if level(some) == "met"] == ["1999-01-29"]
    assert Counter(row["verdict"] for window, row in half_hours(verdicts).items() if window[:10] in passing) == {
        "met": 13,
        "void": 1,
    }
    by_hand = windows((call for call in offered if call.at.date().isoformat() in passing), half_hour)
    failing = [label for label, some in sorted(by_hand.items()) if level(some) == "breached"]
    assert failing == ["1999-01-29T14:00:00+02:00", "1999-01-29T14:30:00+02:00"]  # the centre had closed at 14:00


def test_the_services_are_judged_one_by_one(offered: list[Call], judged: tuple[str, list[dict[str, str]]]) -> None:
    found = {row["unit"]: row["verdict"] for row in judged[1] if row["obligation"] == "level-month-queue"}
    assert found == {queue: level(some) for queue, some in windows(offered, lambda call: call.queue).items()}


@pytest.mark.parametrize(
    ("name", "share", "at_most"), [("median", (1, 2), 20), ("p80", (4, 5), 20), ("p95", (19, 20), 120)]
)
def test_percentiles_of_the_wait(
    calls: list[Call], verdicts: Verdicts, name: str, share: tuple[int, int], at_most: int
) -> None:
    """The smallest wait that at least the share of the answered calls do not exceed."""
    waits = sorted(call.wait_s for call in calls if call.outcome == "AGENT")
    rank = -(-share[0] * len(waits) // share[1])
    row = verdicts[f"wait-{name}-month", "1999-01"]
    assert float(row["measured"]) == waits[rank - 1]
    assert row["verdict"] == ("met" if waits[rank - 1] <= at_most else "breached")


def test_the_page_lists_the_half_hours(offered: list[Call]) -> None:
    """docs/evidence.md, by the plain reading: day by day how many pass, fail, are small or unproven, and which pass."""
    found, page = windows(offered, half_hour), (HOME / "docs" / "evidence.md").read_text(encoding="utf-8")
    for day in JANUARY:
        of_day = {label: judged_plainly(label, found.get(label, [])) for label in labels(day)}
        counts = Counter(of_day.values())
        passing = " ".join(label[11:16] for label, verdict in of_day.items() if verdict == "met")
        numbers = " | ".join(str(counts[verdict]) for verdict in ("met", "breached", "void", "unproven"))
        assert f"| {day} | {numbers} | {passing} |" in page
    owed = [
        found.get(label, []) for day in JANUARY if day not in ABSENT for label in labels(day) if label not in HIDDEN
    ]
    for fewest, judged, met in ((1, 751, 234), (20, 631, 154), (30, 473, 82)):
        verdicts = Counter(level(some, fewest) for some in owed)
        assert (verdicts["met"] + verdicts["breached"], verdicts["met"]) == (judged, met)
