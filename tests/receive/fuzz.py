"""`make fuzz`: made-up deliveries against every parser for a given time: no crash, and no line without a fate.

Hypothesis makes them in the first half of the time; in the second, atheris does, led by what they reach in the
parsers (`fuzz_coverage.py`). What is found is printed with the bytes that show it, for `test_dirty.py`.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

import pyarrow as pa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from benchmarks.beside import beside
from dutywatch.errors import DeliveryRefused
from dutywatch.lake.unwrap import unwrap
from dutywatch.receive import parse, records, workbook
from dutywatch.receive.parse import Tally
from dutywatch.receive.text import Dialect

ATHERIS = "atheris==3.0.0"
WANTED = ("time", "unit")
ENCODINGS = ("utf-8", "utf-16", "gb18030", "gbk", "cp1252", "latin-1")
FORMATS = ("csv", "tsv", "ndjson", "json", "geojson", "xlsx", "gz", "zst", "zip")
MARKS = [
    b'"',
    b",",
    b"\n",
    b"\r",
    b"\0",
    b"\xff",
    b"\t",
    b" ",
    b"[",
    b"]",
    b"{",
    b"}",
    b"\\",
    b"PK\x03\x04",
    b"\x1f\x8b\x08",
]
WORDS = [b"time,unit\n", b'{"time":1}', "雪".encode(), "雪".encode("gb18030"), "time,unit\n1,2\n".encode("utf-16")]
PIECES = st.sampled_from([*MARKS, *WORDS])
BYTES = st.lists(PIECES | st.binary(max_size=12), max_size=40).map(b"".join)


def read(kind: str, encoding: str, raw: bytes, size: int) -> Iterator[pa.RecordBatch]:
    """The rows of one made-up delivery. Raises DeliveryRefused, as parsers may."""
    tally = Tally()
    found: Iterator[pa.RecordBatch]
    if kind in ("gz", "zst", "zip"):
        raw, kind = unwrap(f"x.{kind}", raw), "csv"
    if kind in ("csv", "tsv"):
        dialect = Dialect("," if kind == "csv" else "\t")
        found = parse.batches(raw, encoding, dialect, WANTED, tally, size=size, max_line=100)
    elif kind == "ndjson":
        found = records.lines(raw, encoding, WANTED, tally)
    elif kind == "xlsx":
        found = workbook.batches(raw, None, WANTED, tally)
    else:
        features = kind == "geojson"
        found = records.document(raw, encoding, "features" if features else None, WANTED, tally, features=features)
    yield from found
    assert tally.lines == tally.header + tally.blank + tally.rows, "a line has no fate"


def hold(kind: str, encoding: str, raw: bytes, size: int) -> None:
    """Every line once, in order, sound text; or the delivery is refused."""
    lines: list[int] = []
    try:
        for batch in read(kind, encoding, raw, size):
            batch.validate(full=True)
            lines.extend(batch["line"].to_pylist())
    except DeliveryRefused:
        return
    assert lines == sorted(set(lines)), "a line stands twice"


def by_hypothesis(seconds: float) -> int:
    """Tries until the time is up; how many there were."""
    ends, tried = time.monotonic() + seconds, 0

    @settings(
        max_examples=2000,
        deadline=None,
        database=None,
        suppress_health_check=[*HealthCheck],
        phases=[Phase.generate, Phase.shrink],
    )
    @given(st.sampled_from(FORMATS), st.sampled_from(ENCODINGS), BYTES, st.booleans(), st.integers(1, 200))
    def attempt(kind: str, encoding: str, raw: bytes, headed: bool, size: int) -> None:
        nonlocal tried
        tried += 1
        hold(kind, encoding, ("time,unit\n".encode(encoding) if headed else b"") + raw, size)

    while time.monotonic() < ends:
        attempt()
    return tried


def by_atheris(seconds: float) -> str:
    """Coverage-guided, in an environment and a process of its own, until the time is up; what came of it."""
    python = beside("atheris", ATHERIS)
    if python is None:
        return "atheris cannot be installed here"
    quiet = ["-verbosity=0", f"-artifact_prefix={python.parents[1]}/"]
    command = [str(python), "-m", "tests.receive.fuzz_coverage", f"-max_total_time={seconds:.0f}", *quiet]
    if ended := subprocess.run(command, check=False).returncode:  # noqa: S603 - our own words
        raise SystemExit(f"atheris found a delivery that does not hold (exit {ended}): its bytes are printed above")
    return f"{seconds:.0f} s of {ATHERIS}: no line lost"


def main(seconds: float) -> None:
    print(f"{by_hypothesis(seconds / 2)} deliveries tried by Hypothesis: no line lost", flush=True)
    print(by_atheris(seconds / 2))


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 600)
