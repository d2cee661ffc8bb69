"""A month that nobody has seen: September 1999, every call of it invented, on the clock that goes back on the 3rd.

A call every two minutes while the centre is open, answered at once but for what each test says.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from dutywatch.cli import app
from tests.call_centre.month import Compared, compare, main
from tests.call_centre.prepare import HERE, calls_of, covered, opened, term

HEADER = (
    "vru+line\tcall_id\tcustomer_id\tpriority\ttype\tdate\tvru_entry\tvru_exit\tvru_time\tq_start\tq_exit\tq_time\t"
    "outcome\tser_start\tser_exit\tser_time\tserver\n"
)
FIRST = datetime(1999, 9, 1)  # noqa: DTZ001 - by the clock on the wall
BAD = datetime(1999, 9, 13, 9)  # noqa: DTZ001 - a Monday: the half-hour in which everybody waits for a minute
SMALL = datetime(1999, 9, 14, 9)  # noqa: DTZ001 - the half-hour with four calls
NIGHT = datetime(1999, 9, 3, 1, 30)  # noqa: DTZ001 - the clock shows it twice


def call(at: datetime, outcome: str = "AGENT", wait: int = 5, number: int | None = None) -> str:
    named = f"{at:%d%H%M%S}" if number is None else str(number)
    came = f"{at:%y%m%d}\t{at:%H:%M:%S}"
    return f"AA0101\t{named}\t\t0\tPS\t{came}\t0:00:00\t-3\t0:00:00\t0:00:00\t{wait}\t{outcome}\t\t\t0\tX\n"


def september() -> Iterator[str]:
    yield HEADER
    for minutes in range(0, 30 * 24 * 60, 2):
        at = FIRST + timedelta(minutes=minutes)
        if opened(at) and not (SMALL <= at < SMALL + timedelta(minutes=30) and at.minute % 8):
            yield call(at, wait=60 if BAD <= at < BAD + timedelta(minutes=30) else 5)
    for number in range(3):
        yield call(NIGHT, "HANG", 40, number)
    yield call(BAD + timedelta(hours=3, seconds=1), "TRANSFER")
    yield call(SMALL + timedelta(hours=4, seconds=1), "PHANTOM")
    yield call(SMALL + timedelta(hours=4, seconds=2), number=1) * 2  # one call, told twice
    yield call(datetime(1999, 9, 15, 23, 59, 59))  # noqa: DTZ001 - and it lasted past midnight


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("september")
    (folder / "september.txt").write_bytes("".join(september()).replace("\n", "\r\n").encode())
    (folder / "empty.txt").write_text("")
    return folder


@pytest.fixture(scope="module")
def found(landing: Path, tmp_path_factory: pytest.TempPathFactory) -> Compared:
    return compare(landing, tmp_path_factory.mktemp("judged"))


def test_every_window_is_judged_as_a_plain_reading_judges_it(found: Compared) -> None:
    assert found.different == []
    assert {key[0] for key in found.plain} == {"level-half-hour", "level-day", "level-month"}


def test_one_half_hour_fails_although_the_month_passes(found: Compared) -> None:
    assert found.rows["level-month", "1999-09"]["verdict"] == "met"
    assert found.failing == [("level-half-hour", "1999-09-13T09:00:00+02:00")]
    assert found.rows["level-half-hour", "1999-09-13T09:00:00+02:00"]["measured"] == "0.0"


def test_the_smallest_half_hour_is_void(found: Compared) -> None:
    assert [key for key, one in found.plain.items() if one.verdict == "void"] == [
        ("level-half-hour", "1999-09-14T09:00:00+02:00")
    ]
    assert found.rows["level-half-hour", "1999-09-14T09:00:00+02:00"]["reason"].endswith("4 of 10")


def test_totals_are_those_of_the_file(found: Compared) -> None:
    """Calls in the hour that the clock shows twice belong to their day by either reading; one told twice is one."""
    lines = [line.split("\t")[12] for line in set(september())]
    offered = sum(outcome in ("AGENT", "HANG") for outcome in lines)
    assert int(found.rows["level-month", "1999-09"]["items"]) == offered
    assert found.rows["abandonment-month", "1999-09"]["measured"] == str(3 / offered)
    assert int(found.rows["level-day", "1999-09-15"]["items"]) == 17 * 30 + 1


def test_an_unknown_outcome_is_told_and_an_empty_file_stops_no_other(found: Compared) -> None:
    assert 'outcome "TRANSFER" is not among the `values` of outcome' in found.output
    assert "calls empty.txt: 0 lines, refused: the file is empty" in found.output


def test_what_january_covers_is_what_its_contract_says(data: Path) -> None:
    words = yaml.safe_load((HERE / "contract.yaml").read_text(encoding="utf-8"))
    calls = calls_of(data / "call_center_1999" / "january.txt")
    assert covered("january.txt", calls) == words["sources"]["calls"]["covers"]
    assert term({"january.txt": calls}) == words["term"]


def test_calls_outside_the_term_say_who_must_widen_it(landing: Path, tmp_path: Path) -> None:
    """January's contract over September's calls, which is what prepare saves its reader from."""
    (tmp_path / "call-centre").mkdir()
    (tmp_path / "call-centre" / "contract.yaml").write_bytes((HERE / "contract.yaml").read_bytes())
    (tmp_path / "call-centre" / "units.csv").write_text("queue\nPS\n")
    options = ["--landing", str(landing), "--as-of", "1999-10-02T00:00+02:00", "--out", str(tmp_path / "rows.csv")]
    result = CliRunner().invoke(app, ["judge", str(tmp_path / "call-centre"), *options], catch_exceptions=False)
    assert "the contract's term is 1999-01-01 to 1999-01-31: where the time is right, widen `term`" in result.output


@pytest.mark.parametrize(
    "broken",
    [call(BAD).replace("\t5\t", "\tlong\t"), call(BAD).replace("X\n", "Z\u00e9\n"), call(BAD)[:30] + "\n"],
    ids=["a wait that is no number", "an encoding of Windows", "a line that breaks off"],
)
def test_a_row_that_cannot_be_read_is_told_and_ends_no_comparison(
    broken: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "september.txt").write_bytes((HEADER + call(FIRST) + broken).encode("cp1252"))
    main(tmp_path)
    printed = capsys.readouterr().out
    assert "calls september.txt: 3 = 1 + 0 + 1 + 1" in printed
    assert "windows: " in printed


def test_a_file_with_other_columns_says_which_are_missing(tmp_path: Path) -> None:
    (tmp_path / "september.txt").write_text(HEADER.replace("date", "day") + call(FIRST))
    with pytest.raises(SystemExit, match=r"no call whose `date` and `vru_entry` can be read in september\.txt"):
        main(tmp_path)


def test_the_command_ends_with_0_where_nothing_differs(landing: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(landing) == 0
    assert "half-hours that fail although their month passes: 1\n" in capsys.readouterr().out
