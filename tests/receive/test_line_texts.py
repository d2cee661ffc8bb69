"""The text of a row is not stored twice: whatever the encoding and the packing, it is found again by its line."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from dutywatch.lake import Lake
from dutywatch.lake.chunks import MAX_LINE
from dutywatch.lake.texts import texts
from dutywatch.receive import deliver
from tests.receive.test_deliver import source

HEADER = "time,kind,depth\n"
SNOW = "2024-01-05 10:00:00,大雪,3"
QUOTED = '2024-01-05 11:00:00,"a ""b"", c", 4 '


def found(tmp_path: Path, name: str, raw: bytes, lines: list[int], **declared: Any) -> dict[int, str]:
    lake = Lake(tmp_path / "lake")
    rows_file = deliver(lake, "c", "weather", source(**declared), name, raw).rows_file
    return {one["line"]: one["text"] for one in texts(lake, rows_file, np.array(lines)).read_all().to_pylist()}


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_by_line(tmp_path: Path, encoding: str, newline: str) -> None:
    text = f"\n{HEADER}\n{SNOW}\n \n{QUOTED}".replace("\n", newline)
    told = found(tmp_path, "x.csv", text.encode(encoding), [4, 6], encoding=encoding)
    assert told == {4: SNOW, 6: QUOTED}


def test_out_of_a_packed_delivery(tmp_path: Path) -> None:
    packed = gzip.compress(f"{HEADER}{SNOW}\n".encode("gb18030"))
    assert found(tmp_path, "x.csv.gz", packed, [2], encoding="gb18030") == {2: SNOW}


def test_behind_a_line_that_is_too_long_and_over_many_chunks(tmp_path: Path) -> None:
    long, many = "x" * (MAX_LINE + 1), [f"2024-01-05 10:00:00,snow,{n}" for n in range(100_000)]
    raw = "\n".join([HEADER + many[0], long, *many]).encode()  # header 1, first row 2, the long line 3, `many` from 4
    assert found(tmp_path, "x.csv", raw, [2, 4, 100_003]) == {2: many[0], 4: many[0], 100_003: many[99_999]}


def test_a_row_at_fault_has_its_text_beside_it(tmp_path: Path) -> None:
    """What a reader made of broken bytes stands nowhere else."""
    lake = Lake(tmp_path / "lake")
    raw = HEADER.encode() + b"2024-01-05 10:00:00,snow,3\nsoon,snow,3\n1,2\n\xff,2,3\n"
    rows = pq.read_table(lake.path(deliver(lake, "c", "weather", source(), "x.csv", raw).rows_file)).to_pylist()
    assert [(row["raw"], row["fault"]) for row in rows] == [
        (None, None),
        ("soon,snow,3", "unreadable at"),
        ("1,2", "2 fields instead of 3"),
        ("\\xff,2,3", "not utf-8"),
    ]


def test_by_what_was_declared_when_it_was_read(tmp_path: Path) -> None:
    """A contract that says otherwise later reads the bytes anew; what was read before is found as it was read."""
    raw = f"{HEADER}{SNOW}\n".encode("gb18030")
    lake = Lake(tmp_path / "lake")
    first = deliver(lake, "c", "weather", source(encoding="gb18030"), "x.csv", raw).rows_file
    deliver(lake, "c", "weather", source(encoding="latin-1"), "x.csv", raw)
    assert texts(lake, first, np.array([2])).read_all()["text"].to_pylist() == [SNOW]


@pytest.mark.parametrize(
    ("declared", "name", "raw"),
    [
        ({"format": "ndjson"}, "x.ndjson", b'{"time": "2024-01-05 10:00:00", "kind": "snow", "depth": 1}\n'),
        ({"format": "json"}, "x.json", b'[{"time": "2024-01-05 10:00:00", "kind": "snow", "depth": 1}]'),
    ],
)
def test_records_keep_their_text_with_them(tmp_path: Path, declared: dict[str, Any], name: str, raw: bytes) -> None:
    lake = Lake(tmp_path / "lake")
    rows_file = deliver(lake, "c", "weather", source(**declared), name, raw).rows_file
    assert '"kind": "snow"' in pq.read_table(lake.path(rows_file))["raw"].to_pylist()[0]
    assert texts(lake, rows_file, np.array([1])).read_all().num_rows == 0


SPACED = [" ", "\u00a0", "\u3000", "\u2009 "]


@pytest.mark.parametrize("space", SPACED)
@pytest.mark.parametrize("kind", ["snow", "雪"])
def test_spaces_around_a_value_are_no_part_of_it(tmp_path: Path, space: str, kind: str) -> None:
    lake = Lake(tmp_path / "lake")
    raw = f"{HEADER}{space}2024-01-05 10:00:00{space},{space}{kind} {kind}{space},{space}\n".encode()
    [row] = pq.read_table(lake.path(deliver(lake, "c", "weather", source(), "x.csv", raw).rows_file)).to_pylist()
    assert (row["fault"], row["kind"], row["depth_cm"]) == (None, f"{kind} {kind}", None)
