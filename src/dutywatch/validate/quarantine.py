"""Rows marked with the rules that they break, by the rules' own predicates; then parted, written and proven.

A mark is (row, rule, told). Marks are made from the very predicates by which Great Expectations counts, so
two proofs can be asked of every run: each rule marks as many rows as were counted, and accepted and
quarantined rows together are all that was delivered.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import sqlalchemy as sa
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from great_expectations.expectations.registry import get_metric_kwargs
from great_expectations.util import get_sqlalchemy_selectable
from great_expectations.validator.metric_configuration import MetricConfiguration
from great_expectations.validator.metrics_calculator import MetricsCalculator

from dutywatch.errors import ExpectationFault
from dutywatch.lake.duck import copy
from dutywatch.lake.texts import none
from dutywatch.validate.adapter import DuckDBExecutionEngine
from dutywatch.validate.batch import Batch
from dutywatch.validate.suite import READABLE

COMPARE_ROWS = ("column_values.unique", "compound_columns.unique")

MARKS: sa.TableClause = sa.table("marks", sa.column("row_number"), sa.column("rule"), sa.column("told"))

UNREADABLE = """
INSERT INTO marks
SELECT file_row_number, $readable, concat($readable, ': ', fault) FROM delivered WHERE fault IS NOT NULL
"""

ACCEPTED = """
SELECT delivered.* EXCLUDE (raw, fault, file_row_number, finite)
FROM delivered
WHERE get_bit($sound::BIT, file_row_number::INTEGER) = 1
"""
"""`sound`: a digit for each row, 0 where it bears a mark. Unlike a join, it leaves rows in the order of their file."""

TEXTLESS = """
SELECT DISTINCT delivered.line::BIGINT AS line
FROM delivered SEMI JOIN marks ON marks.row_number = delivered.file_row_number
WHERE delivered.raw IS NULL
ORDER BY line
"""
"""The lines of marked rows whose text their file does not hold."""

QUARANTINED = """
SELECT delivered.line, coalesce(delivered.raw, texts.text) AS raw, broken.rules,
       delivered.* EXCLUDE (line, raw, fault, file_row_number, finite)
FROM delivered
JOIN (SELECT row_number, string_agg(told, ', ' ORDER BY told) AS rules
      FROM marks GROUP BY row_number) AS broken ON broken.row_number = delivered.file_row_number
LEFT JOIN texts ON texts.line = delivered.line
"""

KEEPS_ORDER = "SELECT current_setting('preserve_insertion_order')"

SORTED = "ORDER BY delivered.line, delivered.file_row_number"


def compares_rows(expectation: Any) -> bool:
    """Is a row right or wrong only in company, so that there is no predicate over one row?"""
    return getattr(expectation, "map_metric", None) in COMPARE_ROWS


def has_predicate(expectation: Any) -> bool:
    """Can the rule be asked of each row by itself?"""
    return getattr(expectation, "map_metric", None) is not None and not compares_rows(expectation)


def prepare(db: duckdb.DuckDBPyConnection) -> None:
    """Only the unreadable rows are marked: the parser has said so."""
    db.execute("CREATE OR REPLACE TABLE marks (row_number BIGINT, rule VARCHAR, told VARCHAR)")
    db.execute(UNREADABLE, {"readable": READABLE})


def mark(engine: DuckDBExecutionEngine, rules: Mapping[str, ExpectationConfiguration]) -> None:
    """Mark the rows that break rules; configurations are as judged, their parameters filled in.

    Rules that are asked of the same rows are asked in one scan: what a scan costs, it costs once.
    """
    asked: dict[str, list[tuple[str, Any, Any]]] = {}
    for rule, (predicate, among) in _predicates(engine, rules).items():
        asked.setdefault(str(among), []).append((rule, predicate, among))
    with engine.get_connection() as connection:
        for group in asked.values():
            broken = [sa.case((predicate, sa.literal(rule))) for rule, predicate, _ in group]
            row_number: sa.ColumnClause[int] = sa.column("file_row_number")
            found = (
                sa.select(row_number, sa.func.unnest(sa.func.list_value(*broken)).label("rule"))
                .select_from(group[0][2])
                .where(sa.or_(*(predicate for _, predicate, _ in group)))
                .subquery()
            )
            marks = sa.select(found.c.file_row_number, found.c.rule, found.c.rule).where(found.c.rule.is_not(None))
            connection.execute(sa.insert(MARKS).from_select(["row_number", "rule", "told"], marks))


def _predicates(
    engine: DuckDBExecutionEngine, rules: Mapping[str, ExpectationConfiguration]
) -> dict[str, tuple[Any, Any]]:
    """By rule, the predicate by which Great Expectations counts its rows, and the rows of which it asks it.

    They are asked for together: what they have in common, such as the number of rows, is then found once.
    """
    metrics = {rule: _condition(configuration) for rule, configuration in rules.items()}
    found, _ = MetricsCalculator(execution_engine=engine).compute_metrics(list(metrics.values()))
    predicates = {}
    for rule, metric in metrics.items():
        predicate, domain, _ = found[metric.id]
        predicates[rule] = (predicate, get_sqlalchemy_selectable(engine.get_domain_records(domain)))
    return predicates


def _condition(configuration: ExpectationConfiguration) -> MetricConfiguration:
    name = f"{configuration.to_domain_obj().map_metric}.condition"
    kwargs = get_metric_kwargs(name, configuration=configuration, runtime_configuration={})
    return MetricConfiguration(name, kwargs["metric_domain_kwargs"], kwargs["metric_value_kwargs"])


def proven_marks(db: duckdb.DuckDBPyConnection, batch: Batch, expected: Mapping[str, int]) -> dict[str, int]:
    """How many rows each rule marked; proven to be what Great Expectations counted."""
    counts = db.execute("SELECT rule, count(*) FROM marks GROUP BY rule ORDER BY rule")
    marked: dict[str, int] = dict(counts.fetchall())
    for rule, counted in expected.items():
        if (found := marked.get(rule, 0)) != counted:
            raise ExpectationFault(
                f"{batch}, suite {batch.suite.name}: {rule}: {found} rows marked, but {counted} counted"
            )
    return marked


def rows_delivered(db: duckdb.DuckDBPyConnection) -> int:
    return _count(db, "SELECT count(*) FROM delivered", {})


def write(db: duckdb.DuckDBPyConnection, batch: Batch) -> tuple[int, int]:
    """Write accepted and quarantined rows; how many they are, proven to be all. Nothing is left half done."""
    accepted, quarantined = _unfinished(batch.accepted_to), _unfinished(batch.quarantined_to)
    delivered = rows_delivered(db)
    try:
        counts = _accepted(db, accepted, delivered), _quarantined(db, batch, quarantined)
        if sum(counts) != delivered:
            raise ExpectationFault(
                f"{batch}: {counts[0]} rows accepted, {counts[1]} quarantined, but {delivered} delivered"
            )
        accepted.replace(batch.accepted_to)
        quarantined.replace(batch.quarantined_to)
    finally:
        accepted.unlink(missing_ok=True)
        quarantined.unlink(missing_ok=True)
    return counts


def _accepted(db: duckdb.DuckDBPyConnection, path: Path, delivered: int) -> int:
    """Write the rows that bear no mark; how many."""
    sound = np.full(delivered + 1, ord("1"), dtype=np.uint8)  # one more, for a delivery without rows
    sound[db.execute("SELECT row_number FROM marks").fetchnumpy()["row_number"]] = ord("0")
    sorting = "" if _in_order(db) else SORTED
    return _copy(db, ACCEPTED + sorting, path, {"sound": sound.tobytes().decode()})


def _in_order(db: duckdb.DuckDBPyConnection) -> bool:
    """Do rows lie in the order of their lines, and does this DuckDB leave them there? Sorting costs half a copy."""
    if not db.execute(KEEPS_ORDER).fetchall()[0][0]:
        return False
    lines = db.execute("SELECT line FROM delivered").fetchnumpy()["line"]
    return bool((lines[1:] >= lines[:-1]).all())


def _quarantined(db: duckdb.DuckDBPyConnection, batch: Batch, path: Path) -> int:
    """Write the marked rows, each with its text; how many."""
    lines = db.execute(TEXTLESS).fetchnumpy()["line"]
    try:
        texts = batch.texts(lines) if batch.texts else none()
    except OSError as error:
        raise ExpectationFault(f"{batch}: the text of {len(lines)} rows cannot be found: {error}") from error
    db.register("texts", texts)
    try:
        count = _copy(db, QUARANTINED + SORTED, path)
    finally:
        db.unregister("texts")
    if textless := _count(db, "SELECT count(*) FROM read_parquet($path) WHERE raw IS NULL", {"path": str(path)}):
        raise ExpectationFault(f"{batch}: {textless} of {count} quarantined rows are without their text")
    return count


def _unfinished(path: str) -> Path:
    """A name beside the final one that no other run takes."""
    final = Path(path)
    final.parent.mkdir(parents=True, exist_ok=True)
    return final.with_name(f"{final.name}.{uuid.uuid4().hex}.part")


def _copy(db: duckdb.DuckDBPyConnection, query: str, path: Path, given: Mapping[str, Any] | None = None) -> int:
    """Write, and count what stands in the file rather than what was meant to."""
    copy(db, query, path, given)
    return _count(db, "SELECT count(*) FROM read_parquet($path)", {"path": str(path)})


def _count(db: duckdb.DuckDBPyConnection, statement: str, parameters: Mapping[str, Any]) -> int:
    return int(db.execute(statement, dict(parameters)).fetchall()[0][0])
