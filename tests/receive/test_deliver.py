"""A delivery's bytes are kept once, its columns are typed as declared, and nothing is guessed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dutywatch.lake import Lake
from dutywatch.receive import Delivery, deliver, landed, strangers
from dutywatch.terms import Source


def source(**changes: Any) -> Source:
    declared = {
        "stream": "condition",
        "run_by": "met-office",
        "owner": "boss",
        "path": "weather/{service_date}.csv",
        "encoding": "utf-8",
        "time": {"format": "iso", "zone": "Europe/Berlin"},
        "columns": {"at": "time", "kind": "kind", "depth_cm": "depth"},
        "expects": "condition_log",
    }
    return Source.model_validate({**declared, **changes})


def rows(tmp_path: Path, raw: str, **changes: Any) -> list[dict[str, Any]]:
    lake = Lake(tmp_path / "lake")
    found = deliver(lake, "c", "weather", source(**changes), "weather/x.csv", raw.encode())
    assert found.refused is None, found.refused
    table: list[dict[str, Any]] = pq.read_table(lake.path(found.rows_file)).to_pylist()
    return table


def one(tmp_path: Path, at: str, depth: str = "1", **changes: Any) -> dict[str, Any]:
    return rows(tmp_path, f"time,kind,depth\n{at},snow,{depth}\n", **changes)[0]


def test_an_offset_is_honoured(tmp_path: Path) -> None:
    assert one(tmp_path, "2024-01-05T10:00:00+08:00")["at"] == datetime(2024, 1, 5, 2, tzinfo=UTC)


def test_a_time_without_offset_is_in_the_declared_zone(tmp_path: Path) -> None:
    assert one(tmp_path, "2024-01-05 10:00:00")["at"] == datetime(2024, 1, 5, 9, tzinfo=UTC)


def test_a_time_without_offset_or_zone_is_not_guessed(tmp_path: Path) -> None:
    row = one(tmp_path, "2024-01-05 10:00:00", time={"format": "iso"})
    assert row["at"] is None and row["fault"] == "unreadable at"


@pytest.mark.parametrize("time", [{"format": "iso"}, {"format": "%Y-%m-%d %H:%M:%S"}])
@pytest.mark.parametrize(
    ("local", "zone", "earlier", "later"),
    [
        ("2024-03-31 02:30:00", "Europe/Berlin", (3, 31, 0, 30), (3, 31, 1, 30)),  # never was
        ("2024-10-27 02:30:00", "Europe/Berlin", (10, 27, 0, 30), (10, 27, 1, 30)),  # was twice
        ("2024-10-06 02:15:00", "Australia/Lord_Howe", (10, 5, 15, 15), (10, 5, 15, 45)),  # half an hour only
        ("2024-03-31 01:59:59", "Europe/Berlin", None, (3, 31, 0, 59, 59)),
        ("2024-03-31 03:00:00", "Europe/Berlin", None, (3, 31, 1, 0)),
        ("2024-10-27 03:00:00", "Europe/Berlin", None, (10, 27, 2, 0)),
        ("2024-10-27 01:59:59", "Europe/Berlin", None, (10, 26, 23, 59, 59)),
        ("2024-07-01 12:00:00", "America/St_Johns", None, (7, 1, 14, 30)),
        ("2024-07-01 12:00:00", "Asia/Shanghai", None, (7, 1, 4, 0)),
    ],
)
def test_a_local_time_that_never_was_or_was_twice_keeps_both_readings(
    tmp_path: Path, local: str, zone: str, earlier: tuple[int, ...] | None, later: tuple[int, ...], time: dict[str, str]
) -> None:
    row = one(tmp_path, local, time={**time, "zone": zone})
    assert row["fault"] is None
    assert row["at"] == datetime(2024, *later, tzinfo=UTC)
    assert row["at_earlier"] == (datetime(2024, *earlier, tzinfo=UTC) if earlier else None)


@pytest.mark.parametrize(
    ("closed", "target", "readings"),
    [
        ("2024-10-27 02:30:00", "2024-10-27 02:40:00", ((0, 30), (1, 30))),  # was twice
        ("2024-10-27 03:30:00", "2024-10-27 02:40:00", (None, (2, 30))),
        ("2024-03-31 02:30:00", "2024-03-31 12:00:00", ((0, 30), (1, 30))),  # never was
        ("2024-03-31 02:30:00", "2024-03-31 03:30:01", ((0, 30), (1, 30))),
        ("2024-03-31 02:30:00", "2024-03-31 03:10:00", ((0, 30), (1, 9, 59, 997_600))),  # 2,400 s before it on the wall
        ("2024-03-31 02:30:00", "2024-03-31 01:50:00", ((0, 50, 0, 2400), (1, 30))),
    ],
)
def test_a_records_further_times_keep_both_readings_in_the_order_of_the_wall(
    tmp_path: Path, closed: str, target: str, readings: tuple[tuple[int, ...] | None, tuple[int, ...]]
) -> None:
    """In Berlin 02:00 to 03:00 never was on 31 March 2024, and was twice on 27 October."""
    columns = {"at": "time", "closed_at": "closed", "target_at": "target", "kind": "kind"}
    (row,) = rows(tmp_path, f"time,closed,target,kind\n2024-03-01 10:00:00,{closed},{target},x\n", columns=columns)
    day = (2024, *((3, 31) if "-03-" in closed else (10, 27)))
    early, late = readings
    assert row["fault"] is None
    assert row["closed_at"] == datetime(*day, *late, tzinfo=UTC)  # type: ignore[misc, arg-type]
    assert row["closed_at_earlier"] == (datetime(*day, *early, tzinfo=UTC) if early else None)  # type: ignore[misc, arg-type]


def test_two_columns_of_one_record_compare_as_wall_time(tmp_path: Path) -> None:
    (row,) = rows(
        tmp_path,
        "time,end,kind,depth\n2024-03-31 02:50:00,2024-03-31 03:10:00,snow,1\n",
        columns={"at": "time", "until": "end", "kind": "kind", "depth_cm": "depth"},
    )
    assert row["until"] >= row["at"]


def test_inches_become_centimetres(tmp_path: Path) -> None:
    assert one(tmp_path, "2024-01-05 10:00:00", "2.5", units={"depth_cm": "in"})["depth_cm"] == pytest.approx(6.35)


def test_degrees_fahrenheit_become_degrees_celsius(tmp_path: Path) -> None:
    columns = {"at": "time", "kind": "kind", "air_c": "depth"}
    row = one(tmp_path, "2024-01-05 10:00:00", "14", columns=columns, units={"air_c": "f"})
    assert row["air_c"] == pytest.approx(-10)


@pytest.mark.parametrize("depth", ["abc", "nan", "inf", "1e400", "1,5"])
def test_a_number_that_is_none_is_a_fault_not_a_zero(tmp_path: Path, depth: str) -> None:
    row = one(tmp_path, "2024-01-05 10:00:00", f'"{depth}"')
    assert row["depth_cm"] is None and row["fault"] == "unreadable depth_cm"


def test_an_empty_field_is_null_and_no_fault(tmp_path: Path) -> None:
    row = one(tmp_path, "2024-01-05 10:00:00", "")
    assert row["depth_cm"] is None and row["fault"] is None


def test_values_are_mapped_and_unknown_ones_are_kept_as_they_are(tmp_path: Path) -> None:
    found = rows(
        tmp_path,
        "time,kind,depth\n2024-01-05 10:00:00,Schnee,1\n2024-01-05 11:00:00,Hagel,1\n",
        values={"kind": {"Schnee": "snowfall"}},
    )
    assert [row["kind"] for row in found] == ["snowfall", "Hagel"]


def test_a_file_without_a_header_is_refused_and_its_bytes_are_kept(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    found = deliver(lake, "c", "weather", source(), "weather/x.csv", b"no,header\n1,2\n")
    assert found.refused is not None and found.lines == found.rows == 2
    assert lake.path(f"raw/{found.sha256[:2]}/{found.sha256}").read_bytes() == b"no,header\n1,2\n"


def test_identical_bytes_are_kept_once_and_stay_two_deliveries(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    raw = b"time,kind,depth\n"
    found: list[Delivery] = [deliver(lake, "c", "weather", source(), name, raw) for name in ("a.csv", "b.csv")]
    assert found[0].sha256 == found[1].sha256 and found[0].rows_file != found[1].rows_file
    assert len([path for path in (lake.root / "raw").rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize("raw", [b"PAR1 but not really", b""])
def test_a_broken_parquet_file_is_refused(tmp_path: Path, raw: bytes) -> None:
    found = deliver(Lake(tmp_path / "lake"), "c", "weather", source(format="parquet", encoding=None), "x.parquet", raw)
    assert found.refused is not None and "Parquet" in found.refused


def test_a_name_that_leaves_the_lake_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="leaves the lake"):
        Lake(tmp_path / "lake").path("../elsewhere")


def test_only_files_of_the_declared_name_are_deliveries_and_the_others_are_listed(tmp_path: Path) -> None:
    for name in ("2024-01-05.csv", "2024-02-30.csv", "notes.txt", ".2024-01-06.csv"):
        (tmp_path / "weather").mkdir(exist_ok=True)
        (tmp_path / "weather" / name).write_text("x", encoding="utf-8")
    (tmp_path / "weather" / "2024-01-07.csv").symlink_to("/etc/hostname")
    assert [file.name for file in landed(tmp_path, source())] == ["weather/2024-01-05.csv"]
    assert strangers(tmp_path, [source()]) == ["weather/2024-02-30.csv", "weather/notes.txt"]


SPLIT = {"at": "{day} {time}", "kind": "kind", "note": "no. {number} of {day}"}


@pytest.mark.parametrize("file", ["csv", "parquet"])
def test_a_column_may_be_made_of_several(tmp_path: Path, file: str) -> None:
    columns = {"day": ["990105", "990105"], "time": [" 9:30:00", "23:59:59"], "kind": ["a", "b"], "number": ["7", ""]}
    lake = Lake(tmp_path / "lake")
    if file == "csv":
        lines = [",".join(columns), *(",".join(cells) for cells in zip(*columns.values(), strict=True))]
        raw = "\n".join(lines).encode()
    else:
        pq.write_table(pa.table(columns), tmp_path / "x.parquet")
        raw = (tmp_path / "x.parquet").read_bytes()
    declared = source(
        format=file,
        columns=SPLIT,
        time={"format": "%y%m%d %H:%M:%S", "zone": "Asia/Jerusalem"},
    )
    found = deliver(lake, "c", "weather", declared, "x", raw)
    assert found.refused is None, found.refused
    table = pq.read_table(lake.path(found.rows_file)).to_pylist()
    assert [row["at"] for row in table] == [
        datetime(1999, 1, 5, 7, 30, tzinfo=UTC),
        datetime(1999, 1, 5, 21, 59, 59, tzinfo=UTC),
    ]
    assert [row["note"] for row in table] == ["no. 7 of 990105", "no.  of 990105"]


def test_of_a_column_made_of_several_a_part_that_is_missing_is_not_overlooked(tmp_path: Path) -> None:
    split = {"columns": SPLIT, "time": {"format": "%y%m%d %H:%M:%S", "zone": "Asia/Jerusalem"}}
    half, none = rows(tmp_path, "day,time,kind,number\n990105,,snow,1\n,,snow,\n", **split)
    assert half["at"] is None and half["fault"] == "unreadable at"
    assert none["at"] is None and none["note"] is None and none["fault"] is None


def test_every_part_of_a_column_must_be_in_the_file(tmp_path: Path) -> None:
    found = deliver(Lake(tmp_path / "lake"), "c", "weather", source(columns=SPLIT), "x.csv", b"day,kind\n1,a\n")
    assert found.refused is not None and "the header lacks number, time" in found.refused
