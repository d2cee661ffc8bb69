"""Every physical line of a file has a fate: header, blank, or a row (readable or with its fault)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutywatch.errors import DeliveryRefused
from dutywatch.receive.text import Lines, split

WANTED = ("time", "unit")


def read(raw: bytes, encoding: str = "utf-8") -> Lines:
    return split(raw, encoding, ",", WANTED)


def faults(raw: bytes, encoding: str = "utf-8") -> list[str | None]:
    return [row.fault for row in read(raw, encoding).rows]


def test_a_plain_file() -> None:
    found = read(b"time,unit\n10:00,A\n11:00,B\n")
    assert (found.lines, found.header, found.blank) == (3, 1, 0)
    assert [(row.line, row.fields) for row in found.rows] == [(2, ("10:00", "A")), (3, ("11:00", "B"))]


def test_columns_are_found_by_name_wherever_they_stand() -> None:
    assert read(b"x,unit,time\n1,A,10:00\n").rows[0].fields == ("10:00", "A")


@pytest.mark.parametrize(
    ("name", "raw", "fault"),
    [
        ("ragged", b"time,unit\n10:00\n", "1 fields instead of 2"),
        ("too wide", b"time,unit\n10:00,A,x\n", "3 fields instead of 2"),
        ("open quote", b'time,unit\n"10:00,A\n', "an open quote"),
        ("text behind a quote", b'time,unit\n"10:00"x,A\n', "an open quote"),
        ("NUL", b"time,unit\n10:00\x00,A\n", "holds a NUL character"),
        ("not UTF-8", b"time,unit\n10:00,\xff\n", "not utf-8"),
    ],
)
def test_a_line_that_cannot_be_split_keeps_its_fault_and_harms_no_other(name: str, raw: bytes, fault: str) -> None:
    assert faults(raw + b"11:00,B\n") == [fault, None], name


def test_an_open_quote_does_not_swallow_the_rest() -> None:
    assert faults(b'time,unit\n"10:00,A\n11:00,B\n12:00,"C\n13:00,D\n') == [
        "an open quote",
        None,
        "an open quote",
        None,
    ]


@pytest.mark.parametrize(
    ("raw", "lines", "blank", "rows"),
    [
        (b"time,unit\n", 1, 0, 0),
        (b"time,unit", 1, 0, 0),
        (b"\n\ntime,unit\n10:00,A\n\n", 5, 3, 1),
        (b"time,unit\r\n10:00,A\r\n", 2, 0, 1),
        (b"time,unit\r10:00,A\r", 2, 0, 1),
        (b"\xef\xbb\xbftime,unit\n10:00,A", 2, 0, 1),
    ],
)
def test_line_ends_blanks_and_marks(raw: bytes, lines: int, blank: int, rows: int) -> None:
    found = read(raw)
    assert (found.lines, found.blank, len(found.rows)) == (lines, blank, rows)


def test_gb18030_with_a_character_of_four_bytes() -> None:
    text = "time,unit\n10:00,㙍子街\n"
    assert read(text.encode("gb18030"), "gb18030").rows[0].fields == ("10:00", "㙍子街")


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "the file is empty"),
        (b"\n\n", "the file is empty"),
        (b"zeit,unit\n", "lacks time; it reads zeit, unit"),
        (b'"time,unit\n', "cannot be split"),
        ("时间,unit\n".encode("gb18030"), "is not utf-8"),
    ],
)
def test_without_a_header_no_row_has_a_meaning(raw: bytes, message: str) -> None:
    with pytest.raises(DeliveryRefused, match=message):
        read(raw)


@given(st.binary(max_size=400), st.sampled_from(["utf-8", "gb18030", "cp1252", "latin-1"]))
def test_no_line_disappears_whatever_the_bytes(raw: bytes, encoding: str) -> None:
    found = read(b"time,unit\n" + raw, encoding)
    assert found.lines == found.header + found.blank + len(found.rows)
    assert [row.line for row in found.rows] == sorted({row.line for row in found.rows})
