"""Rows that nobody can read: each is one item at most, and two of them are two."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from dutywatch.terms.units import Unit
from tests.judge.bench import set_up
from tests.judge.oracle import File, Trace, Unreadable
from tests.judge.oracle_windows import Entry
from tests.judge.test_oracle_tables import attain, contract, hour
from tests.judge.test_oracle_windows import rows
from tests.spec import town


def test_those_of_two_deliveries_that_go_by_one_name_are_two(tmp_path: Path) -> None:
    """Under `append` both stand. Their rows stand on one line."""
    given = contract(attain(at_least=0.5))
    log = given.sources["log"].model_copy(update={"redelivery": "append"})
    given = given.model_copy(update={"sources": {**given.sources, "log": log}})
    good = tuple(Entry(hour(at), unit="U0", kind="plow", value=5.0) for at in (9, 10, 11))
    files = (
        File("log", "0", "0", hour(0).date(), hour(28), (), (Unreadable("U0", hour(6), "plow"),)),
        File("log", "0", "1", hour(0).date(), hour(29), (), (Unreadable("U0", hour(7), "plow"),)),
        File("log", "1", "2", hour(0).date(), hour(30), good),
    )
    bench = set_up(tmp_path, Trace(given, (Unit("U0", None, None, None),), files))
    found = rows("it", bench, bench.judge(hour(0) + timedelta(hours=40)))["it", "U0", "2024-01-15"]
    # three good ones of three, and two more of which nobody knows whether they are items, and good
    assert (found["verdict"], found["items"]) == ("met", 3)
    assert (found["measured"], found["measured_low"], found["measured_high"]) == (1.0, 3 / 5, 1.0)


@pytest.mark.parametrize(("unit", "per"), [(None, "contract"), ("U0", "unit"), ("U0", "contract")])
def test_a_call_both_of_whose_readings_lie_in_the_window_is_counted_there_and_hides_no_other(
    unit: str | None, per: str, tmp_path: Path
) -> None:
    """One good, one bad, which was at nine or ten: half of them, and not a third."""
    doubtful = Entry(hour(10), unit=unit, kind="plow", value=30.0, earlier=hour(9))
    calls = (Entry(hour(12), unit="U0", kind="plow", value=5.0), doubtful)
    files = (File("log", "log/0", "0", hour(0).date(), hour(28), calls),)
    bench = set_up(tmp_path, Trace(contract(attain(at_least=0.5, per=per)), (Unit("U0", None, None, None),), files))
    found = rows("it", bench, bench.judge(hour(0) + timedelta(hours=40)))
    [row] = [row for key, row in found.items() if key[2] == "2024-01-15"]
    assert (row["standing"], row["items"], row["measured"], row["measured_low"]) == ("met", 2, 0.5, 0.5)


KEYED = {"log": {"redelivery": "append", "key": ["at", "unit"]}}


def counted(folder: Path, times: int, *versions: str) -> dict[str, Any]:
    """The duty of the 8th to sweep so often, from a log sent once an hour; "?": the row stands in quarantine."""
    sweep = {"pattern": "recur", "period": "day", "action": {"stream": "service", "kind": "sweep"}, "times": times}
    given = town.contract(
        {"sweep": sweep}, term={"from": "2024-01-08", "to": "2024-01-08"}, sources=town.sources(**KEYED)
    )
    files = []
    for number, version in enumerate(versions):
        read = tuple(town.row(f"8T{hour}:00") for hour in version.split() if "?" not in hour)
        unread = tuple(Unreadable("U1", town.at(f"8T{hour[1:]}:00")) for hour in version.split() if "?" in hour)
        day, received = date(2024, 1, 8), town.at(f"9T{5 + number:02}:00")
        files.append(File("log", "log/8", f"log-{number}", day, received, read, unread))
    return town.verdicts(town.bench(folder, given, files, town.UNITS[:1]), "9T12:00")["U1/2024-01-08"]


@pytest.mark.parametrize(
    ("times", "versions", "standing"),
    [
        (2, ("09 ?15", "09 15"), "met"),
        (3, ("09 ?15", "09 15"), "breached.open"),  # the row in quarantine was sent again, and is no third act
        (3, ("09 ?15", "09"), "breached.open"),  # one act more at most
        (2, ("09 ?15", "09"), "unproven"),
        (2, ("09 15", "09 ?15"), "unproven"),  # what was sent last of it nobody can read
        (1, ("09 15", "09 ?15"), "met"),
        (3, ("09 15", "09 ?15"), "breached.open"),
        (3, ("09 ?15", "09 ?15"), "breached.open"),  # twice in quarantine, and one act at most
        (2, ("09 ?15", "09 15", "09 ?15", "09 15"), "met"),
        (1, ("?15",), "unproven"),  # nobody can read any row
        (2, ("?15", "?15"), "breached.open"),
    ],
)
def test_of_a_row_with_a_key_the_version_that_came_last_speaks_though_nobody_can_read_it(
    times: int, versions: tuple[str, ...], standing: str, tmp_path: Path
) -> None:
    assert counted(tmp_path, times, *versions)["standing"] == standing
