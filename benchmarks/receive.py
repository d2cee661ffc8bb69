"""Receiving at size: a log received, parsed with proof, held against 15 expectations, quarantined and stored.

Everything is measured against T: what DuckDB alone needs to copy the same CSV to Parquet in the same run.
Beside it the same 15 checks by Great Expectations on pandas, by pandera and by a bare pandas script, each of
which reads the CSV first; none of these three proves its lines, keeps raw text or parts the rows.

    python -m benchmarks.receive --rows 1250000 --times 1 2 4 8 --runs 3 --pandera --json receive.json

Each subject runs in a process of its own, for its peak memory; subjects take turns, and medians are told, of
elapsed and of processor time: the second one says more where other work keeps the machine busy. `--beside` says
at which sizes the other three are measured too. pandera is installed for it, under var/, with `--pandera`.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.beside import beside
from benchmarks.memory import peak_mb

PANDERA = ("pandera==0.35.0", "typeguard==4.6.1", "typing-inspect==0.9.0")

DAY = datetime(2024, 1, 4, 16, tzinfo=UTC)
UNITS = 50_000

MAKE = """
COPY (
    SELECT strftime(TIMESTAMP '2024-01-05' + to_microseconds((i * 86400000000 // {rows})::BIGINT), '%Y-%m-%d %H:%M:%S') AS time,
           CASE WHEN i % 1000 = 7 THEN 'nowhere' ELSE 'street-' || (hash(i) % {units}) END AS unit,
           'truck-' || (hash(i + 1) % 800) AS actor,
           CASE WHEN hash(i + 2) % 3 = 0 THEN 'plowed' ELSE 'hauled' END AS task,
           CASE WHEN i % 1000 = 9 THEN 'deep' ELSE ((hash(i + 3) % 400) / 10.0)::VARCHAR END AS depth,
           'shift ' || (hash(i + 4) % 3) || ' ok' AS note
    FROM range({rows}) AS t(i)
) TO '{path}' (HEADER, DELIMITER ',')
"""  # fmt: skip

TEXTS = ("unit", "actor", "kind", "note")


def rules() -> list[dict[str, Any]]:
    """Fifteen expectations: one of the delivery, fourteen of its rows."""

    def rule(name: str, kind: str, severity: str = "warning", **kwargs: Any) -> dict[str, Any]:
        return {"type": f"expect_{kind}", "kwargs": kwargs, "severity": severity, "meta": {"name": name}}

    row = "column_values_to"
    return [
        rule("rows", "table_row_count_to_be_between", "critical", min_value=0, max_value=200_000_000),
        rule("time", f"{row}_not_be_null", column="at"),
        rule("day", f"{row}_be_between", column="at", min_value={"$PARAMETER": "begins"}, max_value={"$PARAMETER": "ends"}, strict_max=True),
        *(rule(f"{name} is given", f"{row}_not_be_null", column=name) for name in TEXTS),
        rule("depth is given", f"{row}_not_be_null", "info", column="depth_cm"),
        rule("depth is possible", f"{row}_be_between", column="depth_cm", min_value=0, max_value=500),
        rule("known unit", f"{row}_be_in_set", column="known_unit", value_set=[True]),
        rule("known kind", f"{row}_be_in_set", column="known_kind", value_set=[True]),
        rule("finite", f"{row}_be_in_set", column="finite", value_set=[True]),
        rule("unit reads so", f"{row}_match_regex", column="unit", regex="^street-[0-9]+$"),
        rule("actor reads so", f"{row}_match_regex", column="actor", regex="^truck-[0-9]+$"),
        rule("note is short", "column_value_lengths_to_be_between", "info", column="note", min_value=1, max_value=200),
    ]  # fmt: skip


def copy(path: Path, scratch: Path) -> None:
    """T: DuckDB alone, types guessed, as a user would write it."""
    with duckdb.connect() as db:
        db.execute("SET threads = 2; SET memory_limit = '2GB'; SET preserve_insertion_order = false")
        db.execute(
            f"COPY (SELECT * FROM read_csv('{path}')) TO '{scratch}/t.parquet' (FORMAT parquet, COMPRESSION zstd)"
        )


def ours(path: Path, scratch: Path) -> None:
    """What `receive` and `validate` do with a delivery, without the ledger's few rows."""
    from dutywatch.lake import Lake, connect
    from dutywatch.lake.texts import texts
    from dutywatch.receive import deliver
    from dutywatch.terms import Source
    from dutywatch.validate import Batch, load_suite, validate_batches

    lake = Lake(scratch / "lake")
    source = Source.model_validate(
        {
            "stream": "service",
            "run_by": "firm",
            "owner": "desk",
            "path": "log.csv",
            "encoding": "utf-8",
            "time": {"format": "%Y-%m-%d %H:%M:%S", "zone": "Asia/Shanghai"},
            "columns": {
                "at": "time",
                "unit": "unit",
                "actor": "actor",
                "kind": "task",
                "depth_cm": "depth",
                "note": "note",
            },
            "values": {"kind": {"plowed": "plow", "hauled": "haul"}},
            "expects": "bench",
        }
    )
    began = time.perf_counter()
    found = deliver(lake, "bench", "log", source, "log.csv", path.read_bytes())
    received = time.perf_counter()
    suite = scratch / "bench.json"
    suite.write_text(json.dumps({"name": "bench", "expectations": rules()}), encoding="utf-8")
    batch = Batch(
        suite=load_suite(suite),
        rows=str(lake.path(found.rows_file)),
        columns=found.columns,
        begins=DAY,
        ends=DAY + timedelta(days=1),
        accepted_to=str(scratch / "lake" / "accepted.parquet"),
        quarantined_to=str(scratch / "lake" / "quarantined.parquet"),
        units=frozenset(f"street-{number}" for number in range(UNITS)),
        kinds=frozenset({"plow", "haul"}),
        texts=partial(texts, lake, found.rows_file),
    )
    (outcome,) = validate_batches([batch], lambda: connect(lake, ordered=True))
    assert found.lines == found.header + found.blank + outcome.accepted + outcome.quarantined
    print(
        f"received {received - began:.2f} s, validated {time.perf_counter() - received:.2f} s: {outcome}",
        file=sys.stderr,
    )


def _frame(path: Path) -> Any:
    import pandas as pd

    frame = pd.read_csv(path)
    return frame.assign(
        at=pd.to_datetime(frame["time"]).dt.tz_localize("Asia/Shanghai"),
        depth_cm=pd.to_numeric(frame["depth"], errors="coerce"),
        kind=frame["task"].map({"plowed": "plow", "hauled": "haul"}),
        known_unit=frame["unit"].isin({f"street-{number}" for number in range(UNITS)}),
        known_kind=frame["task"].isin({"plowed", "hauled"}),
        finite=True,
    )


def gx_pandas(path: Path, scratch: Path) -> None:
    """The same expectations on pandas; counts only."""
    import great_expectations as gx
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("bench").add_dataframe_asset("log")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": _frame(path)})
    suite = gx.ExpectationSuite(name="bench", expectations=[ExpectationConfiguration(**rule) for rule in rules()])
    given = {"begins": DAY, "ends": DAY + timedelta(days=1)}
    results = batch.validate(
        suite, result_format={"result_format": "BASIC", "partial_unexpected_count": 0}, expectation_parameters=given
    )
    assert len(results.results) == 15


def bare_pandas(path: Path, scratch: Path) -> None:
    """What one would write by hand in pandas: fourteen masks, and two files."""
    frame = _frame(path)
    bad = frame["at"].isna() | (frame["at"] < DAY) | (frame["at"] >= DAY + timedelta(days=1))
    for name in TEXTS:
        bad |= frame[name].isna()
    bad |= frame["depth_cm"].isna() | ~frame["depth_cm"].between(0, 500)
    bad |= ~frame["known_unit"] | ~frame["known_kind"] | ~frame["finite"]
    bad |= ~frame["unit"].str.match("^street-[0-9]+$") | ~frame["actor"].str.match("^truck-[0-9]+$")
    bad |= ~frame["note"].str.len().between(1, 200)
    frame[~bad].to_parquet(scratch / "accepted.parquet", compression="zstd")
    frame[bad].to_parquet(scratch / "quarantined.parquet", compression="zstd")


def on_pandera(path: Path, scratch: Path) -> None:
    """The same checks in pandera, all faults collected."""
    import pandera.pandas as pa

    check = pa.Check
    schema = pa.DataFrameSchema(
        {
            "at": pa.Column(checks=[check.ge(DAY), check.lt(DAY + timedelta(days=1))], nullable=False),
            "unit": pa.Column(str, [check.str_matches("^street-[0-9]+$")]),
            "actor": pa.Column(str, [check.str_matches("^truck-[0-9]+$")]),
            "kind": pa.Column(str),
            "note": pa.Column(str, [check.str_length(1, 200)]),
            "depth_cm": pa.Column(float, [check.in_range(0, 500)]),
            "known_unit": pa.Column(bool, [check.eq(True)]),
            "known_kind": pa.Column(bool, [check.eq(True)]),
            "finite": pa.Column(bool, [check.eq(True)]),
        }
    )
    try:
        schema.validate(_frame(path), lazy=True)
    except pa.errors.SchemaErrors as faults:
        assert len(faults.failure_cases)


SUBJECTS: dict[str, Callable[[Path, Path], None]] = {
    "T": copy,
    "dutywatch": ours,
    "pandas by hand": bare_pandas,
    "pandera": on_pandera,
    "Great Expectations on pandas": gx_pandas,
}


def one(subject: str, path: Path) -> None:
    """Run a subject in this process and print seconds, those of the processor, and peak memory in MB."""
    with tempfile.TemporaryDirectory() as scratch:
        if subject == "dutywatch":
            import dutywatch.validate.judging  # noqa: F401  # its import is not what is measured
        if subject == "Great Expectations on pandas":
            import great_expectations  # noqa: F401  # its import is not what is measured
        began, busy = time.perf_counter(), time.process_time()
        SUBJECTS[subject](path, Path(scratch))
        seconds, busy = time.perf_counter() - began, time.process_time() - busy
    peak = peak_mb()
    print(json.dumps({"seconds": seconds, "processor": busy, "mb": peak}))


def measured(subject: str, path: Path, python: Path) -> dict[str, float]:
    """The same in a process of its own."""
    command = [str(python), "-W", "ignore", "-m", "benchmarks.receive", "--one", subject, "--csv", str(path)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own words
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--times", type=int, nargs="+", default=[1])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--beside", type=int, nargs="*", default=None, help="of --times; the first where not given")
    parser.add_argument("--pandera", action="store_true", help="install pandera under var/ and measure it too")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--csv", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        one(given.one, given.csv)
        return
    pythons = {name: Path(sys.executable) for name in SUBJECTS if name != "pandera"}
    if given.pandera and (python := beside("pandera", *PANDERA)):
        pythons["pandera"] = python
        print(f"measured beside: {PANDERA[0]}")
    table: list[dict[str, Any]] = []
    for times in given.times:
        all_too = times in (given.times[:1] if given.beside is None else given.beside)
        among = [name for name in SUBJECTS if name in pythons and (all_too or name in ("T", "dutywatch"))]
        table.extend(_compared(given.rows * times, given.runs, {name: pythons[name] for name in among}))
    if given.json:
        load = os.getloadavg()[0]
        given.json.write_text(
            json.dumps({"load": load, "runs": given.runs, "pandera": PANDERA[0], "table": table}, indent=1),
            encoding="utf-8",
        )


def _compared(rows: int, times: int, pythons: dict[str, Path]) -> list[dict[str, Any]]:
    """The subjects on one file of `rows` lines, in turns; medians, and their ratios to those of T."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "log.csv"
        duckdb.execute(MAKE.format(rows=rows, units=UNITS, path=path))
        runs = [{name: measured(name, path, python) for name, python in pythons.items()} for _ in range(times)]
        size = path.stat().st_size / 1e6
    found = []
    for name in pythons:
        seconds, processor = (statistics.median(run[name][what] for run in runs) for what in ("seconds", "processor"))
        base = {what: statistics.median(run["T"][what] for run in runs) for what in ("seconds", "processor")}
        told = {
            "rows": rows,
            "csv_mb": size,
            "subject": name,
            "seconds": seconds,
            "ratio": seconds / base["seconds"],
            "processor": processor,
            "processor_ratio": processor / base["processor"],
            "mb": max(run[name]["mb"] for run in runs),
        }
        print(
            f"{rows:>11,} rows  {name:<30} {seconds:8.2f} s {told['ratio']:6.2f} T   "
            f"processor {processor:8.2f} s {told['processor_ratio']:6.2f} T  {told['mb']:6.0f} MB",
            flush=True,
        )
        found.append(told)
    return found


if __name__ == "__main__":
    main()
