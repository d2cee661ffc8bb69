"""Every physical line of a file has a fate: header, blank, or a row (readable or with its fault)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dutywatch.errors import DeliveryRefused
from dutywatch.receive.parse import Layout, Tally, batches
from dutywatch.receive.text import Dialect
from dutywatch.receive.text import row as scan

PLAIN = Dialect()
WANTED = ("time", "unit")


@dataclass(frozen=True)
class Read:
    """One line that is neither header nor blank."""

    line: int
    raw: str
    fields: tuple[str, ...] | None
    fault: str | None


@dataclass(frozen=True)
class Lines:
    """A file, accounted for."""

    lines: int
    header: int
    blank: int
    rows: tuple[Read, ...]


def read(raw: bytes, encoding: str = "utf-8", dialect: Dialect = PLAIN, **limits: int) -> Lines:
    tally = Tally()
    found: list[dict[str, Any]] = []
    for batch in batches(raw, encoding, dialect, WANTED, tally, **limits):
        batch.validate(full=True)
        found.extend(batch.to_pylist())
    rows = tuple(
        Read(one["line"], one["raw"], None if one["fault"] else (one["c0"], one["c1"]), one["fault"]) for one in found
    )
    assert tally.rows == len(rows)
    return Lines(tally.lines, tally.header, tally.blank, rows)


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


TEXTS = st.text(st.sampled_from('a,"\n\r\t ;0雪\0'), max_size=60).map(str.encode)
ENCODINGS = st.sampled_from(["utf-8", "gb18030", "cp1252", "latin-1", "utf-16"])


@given(TEXTS | st.binary(max_size=400), ENCODINGS, st.integers(1, 80))
def test_no_line_disappears_whatever_the_bytes(raw: bytes, encoding: str, size: int) -> None:
    found = read("time,unit\n".encode(encoding) + raw, encoding, size=size)
    assert found.lines == found.header + found.blank + len(found.rows)
    blank_and_header = found.lines - len(found.rows)
    assert [row.line for row in found.rows] == sorted({row.line for row in found.rows})
    assert blank_and_header >= 1


@given(TEXTS | st.binary(max_size=200), st.sampled_from(['"', "'", None]), st.sampled_from([",", ";", "\t"]))
@example(b"\xef\xbb\xbf", '"', ",")
@example(b"\n\xef\xbb\xbf1,2\n3,\xef\xbb\xbf4", None, ",")
def test_the_fast_reader_reads_what_the_scanner_reads(raw: bytes, quote: str | None, delimiter: str) -> None:
    dialect = Dialect(delimiter, quote)
    layout = Layout(2, (0, 1))
    raw = raw.replace(b"\r", b"\n")
    found = read(f"time{delimiter}unit\n".encode() + raw, dialect=dialect)
    lines = [*raw.split(b"\n")] if not raw.endswith(b"\n") else raw.split(b"\n")[:-1]
    told = [(n, one) for n, one in enumerate(lines, start=2) if one.replace(delimiter.encode(), b"").strip()]
    scanned = [scan(n, one, "utf-8", dialect, layout) for n, one in told]
    assert [(r.line, r.raw, r.fields, r.fault) for r in found.rows] == [
        (r.line, r.raw, r.fields, r.fault) for r in scanned
    ]


def test_a_file_of_many_chunks_is_the_file_in_one() -> None:
    raw = b"time,unit\n" + b"".join(b'%d,"B ""%d"""\n\n1\n' % (n, n) for n in range(300))
    whole = read(raw)
    assert whole.lines == 901 and whole.blank == 300
    assert all(read(raw, size=size) == whole for size in (11, 64, 1000))


def test_a_line_that_is_too_long_is_named_and_cut_short() -> None:
    found = read(b"time,unit\n1,A\n" + b"x" * 5000 + b"\n2,B\n", size=64, max_line=1000)
    assert [(row.line, row.fault) for row in found.rows] == [
        (2, None),
        (3, "5000 bytes: a line has at most 1000"),
        (4, None),
    ]
    assert len(found.rows[1].raw) < 300


def test_without_a_quote_a_quotation_mark_is_a_letter() -> None:
    assert read(b'time,unit\n1,6" pipe\n', dialect=Dialect(quote=None)).rows[0].fields == ("1", '6" pipe')


def test_utf_16_with_half_a_character_at_its_end() -> None:
    raw = "time,unit\n1,A\n2,B".encode("utf-16") + b"\x00"
    found = read(raw, "utf-16")
    assert [row.fault for row in found.rows] == [None, "not utf-16"]
