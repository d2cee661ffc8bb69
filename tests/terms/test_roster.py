"""A roster says who should report and when; what it cannot mean is named with its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dutywatch.terms.roster import Roster, RosterFile, read

DECLARED = RosterFile.model_validate(
    {"file": "roster.csv", "actor": "truck", "zone": "ward", "class": "class", "from": "joins", "to": "leaves"}
)
HEADER = "truck,ward,class,joins,leaves\n"


def listed(tmp_path: Path, text: str, declared: RosterFile = DECLARED) -> tuple[Roster, list[str]]:
    (tmp_path / "roster.csv").write_text(text, encoding="utf-8")
    roster, faults = read(tmp_path / "roster.csv", declared)
    return roster, [str(fault) for fault in faults]


def test_who_should_report_depends_on_the_day_and_both_ends_belong_to_it(tmp_path: Path) -> None:
    rows = "T2,,,,\nT1,north,A,2025-01-05,2025-01-10\nT1,south,A,2025-01-11,\n"
    roster, faults = listed(tmp_path, HEADER + rows)
    assert faults == []
    on = {day: [(row.actor, row.zone) for row in roster.on(date(2025, 1, day))] for day in (4, 5, 10, 11)}
    assert on[4] == [("T2", None)]
    assert on[5] == on[10] == [("T1", "north"), ("T2", None)]
    assert on[11] == [("T1", "south"), ("T2", None)]


def test_names_alone_are_a_roster(tmp_path: Path) -> None:
    roster, faults = listed(tmp_path, "name\nT1\n", RosterFile(file="roster.csv", actor="name"))
    assert faults == [] and roster.on(date(1999, 1, 1)) == roster.on(date(2999, 1, 1)) == roster.rows


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        (",north,A,,\n", "roster.csv:2: roster: `truck` is empty: say who should report"),
        ("T1,,,5 Jan,\n", "roster.csv:2: roster: `joins` is '5 Jan', not a day such as 2025-11-01"),
        ("T1,,,2025-02-30,\n", "roster.csv:2: roster: `joins` is '2025-02-30', not a day such as 2025-11-01"),
        ("T1,,,2025-01-02,2025-01-01\n", "T1 leaves the roster (2025-01-01) before it joins (2025-01-02)"),
        ("T1,,,,2025-01-05\nT1,,,2025-01-05,\n", "roster.csv:3: roster: T1 is listed twice for 2025-01-05"),
        ("T1,,\n", "roster.csv:2: roster: this line has more or fewer fields than the header"),
        ("T1,,,,,,\n", "roster.csv:2: roster: this line has more or fewer fields than the header"),
        ("", "roster.csv: roster: this file lists nobody"),
    ],
)
def test_a_line_that_cannot_be_meant_is_named(tmp_path: Path, rows: str, fault: str) -> None:
    [found] = listed(tmp_path, HEADER + rows)[1]
    assert fault in found


def test_a_missing_column_or_file_is_named(tmp_path: Path) -> None:
    assert listed(tmp_path, "truck,ward,joins,leaves\nT1,,,\n")[1] == [
        "roster.csv:1: roster: no column `class`, which the contract names"
    ]
    [fault] = read(tmp_path / "none.csv", DECLARED)[1]
    assert "put it beside the contract" in str(fault)


def test_bytes_that_are_no_text_are_named(tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_bytes(b"truck\n\xff\xfe\n")
    [fault] = read(tmp_path / "roster.csv", RosterFile(file="roster.csv", actor="truck"))[1]
    assert "cannot be read" in str(fault)
