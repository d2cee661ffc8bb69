"""Dirty files, each by the name of its defect: lines in = lines accounted for, and the fate that each line must have.

The first twenty are those on which ready-made readers were seen to lose rows without an error.
"""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dutywatch.lake import Lake
from dutywatch.receive import deliver
from dutywatch.terms import Source

H = b"time,unit,depth\n"
A, B = b"2024-01-05 10:00:00,A,1\n", b"2024-01-05 11:00:00,B,2\n"
MANY = b"".join(b"2024-01-05 10:%02d:00,S%d,1\n" % (n % 60, n) for n in range(1500))
OK = None
Faults = list[str | None]


@dataclass(frozen=True)
class Dirty:
    """A file, how its source declares it, and its fate: (lines, header, blank) and each row's fault, or why it is refused."""

    defect: str
    raw: bytes
    counts: tuple[int, int, int] = (0, 0, 0)
    faults: Faults = field(default_factory=list)
    refused: str | None = None
    name: str = "log.csv"
    declared: dict[str, Any] = field(default_factory=dict)
    values: dict[str, list[Any]] = field(default_factory=dict)


def zipped(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def sheet(*rows: str, shared: str = "") -> bytes:
    """The smallest workbook that a reader takes: one sheet of the given XML rows."""
    main, office = "http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://schemas.openxmlformats.org"
    relations = f"{office}/package/2006/relationships"
    types = f"{office}/officeDocument/2006/relationships"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return zipped(
        (
            "[Content_Types].xml",
            f'<Types xmlns="{office}/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>'.encode(),
        ),
        (
            "_rels/.rels",
            f'<Relationships xmlns="{relations}"><Relationship Id="r1" Type="{types}/officeDocument" Target="xl/workbook.xml"/></Relationships>'.encode(),
        ),
        (
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{types}"><sheets><sheet name="log" sheetId="1" r:id="r1"/></sheets></workbook>'.encode(),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{relations}"><Relationship Id="r1" Type="{types}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'.encode(),
        ),
        (
            "xl/worksheets/sheet1.xml",
            f'<worksheet xmlns="{main}"><sheetData>{"".join(rows)}</sheetData>{shared}</worksheet>'.encode(),
        ),
    )


def cells(number: int, *texts: str) -> str:
    inline = "".join(
        f'<c r="{"ABC"[i]}{number}" t="inlineStr"><is><t>{text}</t></is></c>' for i, text in enumerate(texts)
    )
    return f'<row r="{number}">{inline}</row>'


def parquet(**columns: list[Any]) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


def records(*found: Any) -> bytes:
    return json.dumps(list(found)).encode()


GB = {"encoding": "gb18030"}
TSV = {"format": "tsv"}
JSON, NDJSON, GEO = ({"format": name} for name in ("json", "ndjson", "geojson"))
XLSX = {"format": "xlsx", "encoding": None}
PARQUET = {"format": "parquet", "encoding": None}
GOOD = {"time": "2024-01-05 10:00:00", "unit": "A", "depth": 1}
LINE = json.dumps(GOOD).encode() + b"\n"
FEATURE = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [13.4, 52.5]}, "properties": GOOD}

DIRTY = [
    # what ready-made readers lose in silence
    Dirty("an unterminated quote before 1,500 rows", H + b'"2024-01-05 09:00:00,A,1\n' + MANY, (1502, 1, 0), ["an open quote", *[OK] * 1500]),
    Dirty("ragged rows", H + A + b"2024-01-05 10:00:00,A\n" + B + b"x,y,z,1\n", (5, 1, 0), [OK, "2 fields instead of 3", OK, "4 fields instead of 3"]),
    Dirty("undecodable bytes", H + A + b"2024-01-05 10:00:00,\xff\xfe,1\n" + B, (4, 1, 0), [OK, "not utf-8", OK]),
    Dirty("no header", A + B, refused="lacks depth, time, unit"),
    Dirty("an offset in the time", H + b"2024-01-05T10:00:00+08:00,A,1\n", (2, 1, 0), [OK], values={"at": ["2024-01-05T02:00:00+00:00"]}),
    Dirty("12.6 is not 13", H + b"2024-01-05 10:00:00,A,12.6\n", (2, 1, 0), [OK], values={"depth_cm": [12.6]}),
    Dirty("1e400 is not infinite", H + b"2024-01-05 10:00:00,A,1e400\n", (2, 1, 0), ["unreadable depth_cm"]),
    Dirty("nan is no number", H + b"2024-01-05 10:00:00,A,nan\n", (2, 1, 0), ["unreadable depth_cm"]),
    Dirty("Latin-1 in a file declared as UTF-8", H + "2024-01-05 10:00:00,Straße,1\n".encode("latin-1"), (2, 1, 0), ["not utf-8"]),
    Dirty("a footer with the sum", H + A + B + "合计：2 条\n".encode(), (4, 1, 0), [OK, OK, "1 fields instead of 3"]),
    Dirty("a footer of several lines", H + A + b"\n--\nexported by x, on, 2024, again\n", (5, 1, 1), [OK, "1 fields instead of 3", "4 fields instead of 3"]),
    Dirty("GB18030 with characters of four bytes", "time,unit,depth\n2024-01-05 10:00:00,㙍子街,1\n".encode("gb18030"), (2, 1, 0), [OK], declared=GB, values={"unit": ["㙍子街"]}),
    Dirty("GB18030 declared, UTF-8 sent", H + "2024-01-05 10:00:00,雪,1\n".encode(), (2, 1, 0), ["not gb18030"], declared=GB),
    Dirty("tabs beside names, as exports write them for Excel", H + b"2024-01-05 10:00:00,A\t,1\n\t2024-01-05 11:00:00,\"\tB\",\t2\t\n", (3, 1, 0), [OK, OK], values={"unit": ["A", "B"], "depth_cm": [1.0, 2.0]}),
    Dirty("a byte order mark", b"\xef\xbb\xbf" + H + A, (2, 1, 0), [OK]),
    Dirty("Windows line ends", (H + A + B).replace(b"\n", b"\r\n"), (3, 1, 0), [OK, OK]),
    Dirty("line ends of two kinds", H + A.replace(b"\n", b"\r\n") + B, (3, 1, 0), [OK, OK]),
    Dirty("old Macintosh line ends", (H + A + B).replace(b"\n", b"\r"), (3, 1, 0), [OK, OK]),
    Dirty("NUL within a row", H + b"2024-01-05 10:00:00,A\0,1\n" + B, (3, 1, 0), ["holds a NUL character", OK]),
    Dirty("blank lines everywhere", b"\n \n" + H + b"\n" + A + b"\t\n" + B + b"\n", (8, 1, 5), [OK, OK]),
    Dirty("no line end at the end", H + A + B[:-1], (3, 1, 0), [OK, OK]),
    # text
    Dirty("empty", b"", refused="the file is empty"),
    Dirty("the empty rest of a spreadsheet", b",,\n" + H + A + b",,\n , ,\n,,,,\n" + B + b",,1\n", (8, 1, 4), [OK, OK, OK]),
    Dirty("blank lines only", b"\n\n \n", refused="the file is empty"),
    Dirty("a header only: a quiet day", H, (1, 1, 0), []),
    Dirty("a header twice", H + A + H + B, (4, 1, 0), [OK, "unreadable at; unreadable depth_cm", OK]),
    Dirty("a column named twice", b"time,unit,unit,depth\n", refused="names unit twice"),
    Dirty("a column missing", b"time,depth\n", refused="lacks unit"),
    Dirty("columns in another order", b"depth,x,time,unit\n3,y,2024-01-05 10:00:00,A\n", (2, 1, 0), [OK], values={"depth_cm": [3.0]}),
    Dirty("a quoted line break", H + b'2024-01-05 10:00:00,"A\nB",1\n' + B, (4, 1, 0), ["an open quote", "2 fields instead of 3", OK]),
    Dirty("quotes within quotes", H + b'2024-01-05 10:00:00,"the ""A"", east",1\n', (2, 1, 0), [OK], values={"unit": ['the "A", east']}),
    Dirty("text behind a closing quote", H + b'2024-01-05 10:00:00,"A"x,1\n' + B, (3, 1, 0), ["an open quote", OK]),
    Dirty("a quotation mark within a word", H + b'2024-01-05 10:00:00,6" pipe,1\n', (2, 1, 0), [OK], values={"unit": ['6" pipe']}),
    Dirty("semicolons, undeclared", (H + A).replace(b",", b";"), refused="lacks depth, time, unit"),
    Dirty("semicolons, declared", (H + A).replace(b",", b";"), (2, 1, 0), [OK], declared={"delimiter": ";"}),
    Dirty("single quotes, declared", H + b"2024-01-05 10:00:00,'A, east',1\n", (2, 1, 0), [OK], declared={"quote": "'"}, values={"unit": ["A, east"]}),
    Dirty("no quotes, declared", H + b'2024-01-05 10:00:00,"A,1\n', (2, 1, 0), [OK], declared={"quote": ""}, values={"unit": ['"A']}),
    Dirty("tabs", (H + A + b"1\t2\n").replace(b",", b"\t"), (3, 1, 0), [OK, "2 fields instead of 3"], declared=TSV),
    Dirty("UTF-16 with its mark", (H + A).decode().encode("utf-16"), (2, 1, 0), [OK], declared={"encoding": "utf-16"}),
    Dirty("UTF-16 cut within a character", (H + A + B).decode().encode("utf-16-le")[:-1], (3, 1, 0), [OK, "not utf-16-le"], declared={"encoding": "utf-16-le"}),
    Dirty("UTF-16 with half a pair", H.decode().encode("utf-16-le") + "2024-01-05 10:00:00,\ud800,1\n".encode("utf-16-le", "surrogatepass") + B.decode().encode("utf-16-le"), (3, 1, 0), ["not utf-16-le", OK], declared={"encoding": "utf-16-le"}),
    Dirty("CP1252 with a byte that it lacks", H + b"2024-01-05 10:00:00,\x81,1\n" + b"2024-01-05 10:00:00,\x80,1\n", (3, 1, 0), ["not cp1252", OK], declared={"encoding": "cp1252"}, values={"unit": [None, "€"]}),
    Dirty("GBK", "time,unit,depth\n2024-01-05 10:00:00,雪,1\n".encode("gbk"), (2, 1, 0), [OK], declared={"encoding": "gbk"}, values={"unit": ["雪"]}),
    Dirty("a time of another format", H + b"05.01.2024 10:00,A,1\n", (2, 1, 0), ["unreadable at"]),
    Dirty("a date that does not exist", H + b"2024-02-30 10:00:00,A,1\n", (2, 1, 0), ["unreadable at"]),
    Dirty("a local time that was twice", H + b"2024-10-27 02:30:00,A,1\n", (2, 1, 0), [OK], values={"at": ["2024-10-27T01:30:00+00:00"], "at_earlier": ["2024-10-27T00:30:00+00:00"]}),
    Dirty("a decimal comma", H + b'2024-01-05 10:00:00,A,"1,5"\n', (2, 1, 0), ["unreadable depth_cm"]),
    Dirty("inches", H + A, (2, 1, 0), [OK], declared={"units": {"depth_cm": "in"}}, values={"depth_cm": [2.54]}),
    Dirty("fields padded with blanks", H + b" 2024-01-05 10:00:00 , A ,1 \n", (2, 1, 0), [OK], values={"unit": ["A"]}),
    # wrapped
    Dirty("gzip", gzip.compress(H + A), (2, 1, 0), [OK], name="log.csv.gz"),
    Dirty("a truncated gzip", gzip.compress(H + MANY)[:-20], refused="cannot be unpacked to its end", name="log.csv.gz"),
    Dirty("a gzip that is none", H + A, refused="cannot be unpacked", name="log.csv.gz"),
    Dirty("two gzips in one", gzip.compress(H) + gzip.compress(A), (2, 1, 0), [OK], name="log.csv.gz"),
    Dirty("zstd", pa.compress(H + A, "zstd", asbytes=True), (2, 1, 0), [OK], name="log.csv.zst"),
    Dirty("a truncated zstd", pa.compress(H + MANY, "zstd", asbytes=True)[:-9], refused="cannot be unpacked", name="log.csv.zst"),
    Dirty("zip", zipped(("log.csv", H + A)), (2, 1, 0), [OK], name="log.zip"),
    Dirty("a zip of two files", zipped(("a.csv", H), ("b.csv", H)), refused="holds 2 files", name="log.zip"),
    Dirty("an empty zip", zipped(), refused="holds 0 files", name="log.zip"),
    Dirty("a zip cut short", zipped(("log.csv", H + MANY))[:-30], refused="cannot be unpacked", name="log.zip"),
    # hostile
    Dirty("a member that climbs out of its zip", zipped(("../../etc/cron.d/x", H + A)), refused="points out of it", name="log.zip"),
    Dirty("a member with an absolute path", zipped(("/etc/passwd", H)), refused="points out of it", name="log.zip"),
    Dirty("a member on another drive", zipped(("C:\\x.csv", H)), refused="points out of it", name="log.zip"),
    Dirty("a bomb in a gzip, 1 to 1,000", gzip.compress(b"0" * (30 << 20)), refused="a bomb", name="log.csv.gz"),
    Dirty("a bomb in a zip", zipped(("log.csv", b"0" * (30 << 20))), refused="a bomb", name="log.zip"),
    Dirty("a bomb in a workbook", zipped(("xl/workbook.xml", b"0" * (30 << 20))), refused="a bomb", name="log.xlsx", declared=XLSX),
    Dirty("one line of 3 MB", H + A + b"x" * (3 << 20) + b"\n" + B, (4, 1, 0), [OK, "3145728 bytes: a line has at most 1048576", OK]),
    Dirty("a first line that never ends", b"x" * (20 << 20), refused="longer than 1048576 bytes"),
    Dirty("formulas in cells", H + b"2024-01-05 10:00:00,=cmd|' /C calc'!A0,1\n", (2, 1, 0), [OK], values={"unit": ["=cmd|' /C calc'!A0"]}),
    Dirty("marks that turn the text around", H + "2024-01-05 10:00:00,\u202egnp.exe,1\n".encode(), (2, 1, 0), [OK], values={"unit": ["\u202egnp.exe"]}),
    Dirty("SQL in a column name", b'time,unit,depth,"x""); DROP TABLE deliveries; --"\n2024-01-05 10:00:00,A,1,2\n', (2, 1, 0), [OK]),
    Dirty("SQL in a value", H + b"2024-01-05 10:00:00,'); DROP TABLE x; --,1\n", (2, 1, 0), [OK], values={"unit": ["'); DROP TABLE x; --"]}),
    # records
    Dirty("JSON", records(GOOD, {**GOOD, "depth": None}), (2, 0, 0), [OK, OK], declared=JSON, values={"depth_cm": [1.0, None]}),
    Dirty("JSON: an empty list is a quiet day", b"[]", (0, 0, 0), [], declared=JSON),
    Dirty("JSON: a record that is none", records(GOOD, 5, None, [1]), (4, 0, 0), [OK, *["not an object"] * 3], declared=JSON),
    Dirty("JSON: records elsewhere", json.dumps({"data": {"rows": [GOOD]}}).encode(), (1, 0, 0), [OK], declared={**JSON, "records": "data.rows"}),
    Dirty("JSON: an error in place of records", b'{"error": "quota"}', refused="has no `rows`", declared={**JSON, "records": "rows"}),
    Dirty("JSON: cut short", records(GOOD, GOOD)[:-9], refused="not JSON", declared=JSON),
    Dirty("JSON: a web page", b"<html>Sign in</html>", refused="not JSON", declared=JSON),
    Dirty("JSON: nested without end", b"[" * 100_000, refused="not JSON", declared=JSON),
    Dirty("JSON: a number with 400 digits", b'[{"time": "2024-01-05 10:00:00", "unit": "A", "depth": ' + b"9" * 400 + b"}]", (1, 0, 0), ["unreadable depth_cm"], declared=JSON),
    Dirty("NDJSON: a line cut short", LINE + LINE[:20] + b"\n\n" + LINE, (4, 0, 1), [OK, "not JSON", OK], declared=NDJSON),
    Dirty("NDJSON: NaN, a key twice, no UTF-8", b'{"depth": NaN}\n{"unit": 1, "unit": 2}\n\xff\n', (3, 0, 0), ["not JSON", "a key stands twice in one object", "not utf-8"], declared=NDJSON),
    Dirty("NDJSON: half a pair", b'{"time": "2024-01-05 10:00:00", "unit": "\\ud800"}\n', (1, 0, 0), [OK], declared=NDJSON, values={"unit": ["\\ud800"]}),
    Dirty("GeoJSON", json.dumps({"type": "FeatureCollection", "features": [FEATURE]}).encode(), (1, 0, 0), [OK], declared={**GEO, "columns": {"at": "time", "lon_deg": "lon"}}, values={"lon_deg": [13.4]}),
    Dirty("GeoJSON: no features", b'{"type": "FeatureCollection"}', refused="has no `features`", declared=GEO),
    # workbooks and Parquet
    Dirty("a workbook with a blank row and a formula", sheet(cells(1, "time", "unit", "depth"), '<row r="2"/>', '<row r="3"><c r="A3" t="inlineStr"><is><t>2024-01-05 10:00:00</t></is></c><c r="B3" t="str"><f>HYPERLINK("x")</f><v>A</v></c><c r="C3"><v>2</v></c></row>'), (3, 1, 1), [OK], name="log.xlsx", declared=XLSX, values={"unit": ["A"], "depth_cm": [2.0]}),
    Dirty("a workbook without the sheet", sheet(cells(1, "time", "unit", "depth")), refused="no sheet 'may'", name="log.xlsx", declared={**XLSX, "sheet": "may"}),
    Dirty("a workbook that is none", H + A, refused="not a readable workbook", name="log.xlsx", declared=XLSX),
    Dirty("a workbook with numbers of 18 digits, which it reads alike", sheet(cells(1, "time", "unit", "depth"), *(f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>2024-01-05 10:00:00</t></is></c><c r="B{n}"><v>{unit}</v></c><c r="C{n}"><v>2</v></c></row>' for n, unit in ((2, 202401101234567890), (3, 202401101234567891), (4, 20240110123456)))), (4, 1, 0), ["a number of more than 15 digits, of which a workbook keeps no more"] * 2 + [OK], name="log.xlsx", declared=XLSX, values={"unit": [None, None, "20240110123456"]}),
    Dirty("Parquet: a tab and a mark of no width beside names", parquet(time=["2024-01-05 10:00:00"] * 2, unit=["A\t", "\ufeffB\u200b"], depth=[1.5, None]), (2, 0, 0), [OK, OK], name="log.parquet", declared=PARQUET, values={"unit": ["A", "B"]}),
    Dirty("Parquet", parquet(time=["2024-01-05 10:00:00", "soon"], unit=["A", "B"], depth=[1.5, None]), (2, 0, 0), [OK, "unreadable at"], name="log.parquet", declared=PARQUET),
    Dirty("Parquet without a column", parquet(time=["x"]), refused="lacks the columns depth, unit; it has time", name="log.parquet", declared=PARQUET),
    Dirty("Parquet cut short", parquet(time=["x"], unit=["A"], depth=[1.0])[:-6], refused="Parquet", name="log.parquet", declared=PARQUET),
]  # fmt: skip


@pytest.mark.parametrize("dirty", DIRTY, ids=[one.defect for one in DIRTY])
def test_every_line_has_its_fate(tmp_path: Path, dirty: Dirty) -> None:
    source = declared(**dirty.declared)
    lake = Lake(tmp_path / "lake")
    found = deliver(lake, "c", "log", source, dirty.name, dirty.raw)
    assert found.lines == found.header + found.blank + found.rows
    assert lake.path(f"raw/{found.sha256[:2]}/{found.sha256}").read_bytes() == dirty.raw
    if dirty.refused is not None:
        assert found.refused is not None and dirty.refused in found.refused
        return
    assert found.refused is None, found.refused
    assert (found.lines, found.header, found.blank) == dirty.counts
    rows = pq.read_table(lake.path(found.rows_file)).to_pylist()
    assert [row["fault"] for row in rows] == dirty.faults
    assert all(row["raw"] for row in rows if row["fault"])
    for column, values in dirty.values.items():
        given = [row[column].isoformat() if hasattr(row[column], "isoformat") else row[column] for row in rows]
        assert given == pytest.approx(values) if column == "depth_cm" else given == values
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lake"]


def test_one_line_of_a_gigabyte_is_named_and_costs_no_other(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    raw = b"".join((H, A, b"x" * (1 << 30), b"\n", B))
    found = deliver(lake, "c", "log", declared(), "log.csv", raw)
    assert (found.lines, found.header, found.blank, found.rows, found.refused) == (4, 1, 0, 3, None)
    rows = pq.read_table(lake.path(found.rows_file)).to_pylist()
    assert [row["fault"] for row in rows] == [None, "1073741824 bytes: a line has at most 1048576", None]
    assert rows[1]["raw"] == f"{'x' * 200}..."


def declared(**changes: Any) -> Source:
    plain = {
        "stream": "service",
        "run_by": "firm",
        "owner": "desk",
        "path": "log.csv",
        "encoding": "utf-8",
        "time": {"format": "iso", "zone": "Europe/Berlin"},
        "columns": {"at": "time", "unit": "unit", "depth_cm": "depth"},
        "expects": "service_log",
    }
    return Source.model_validate({**plain, **changes})
