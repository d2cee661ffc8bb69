"""One batch judged: the relation that its suite sees, what was found there, and what follows from it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any

import duckdb
import great_expectations as gx
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

from dutywatch.errors import ExpectationFault
from dutywatch.validate import quarantine
from dutywatch.validate.adapter import Opened, new_context, opened
from dutywatch.validate.batch import Batch, Outcome
from dutywatch.validate.suite import Rule, Severity

__all__ = ["faults_of", "new_context", "validate"]

DERIVED = ("known_unit", "known_kind", "finite")
"""The columns that a suite sees beside those of the parsed rows."""

COUNTS_ONLY = {"result_format": "BASIC", "partial_unexpected_count": 0}
"""Counts without samples: lists of failing rows are cut short, and nothing here relies on them."""

KNOWN_UNITS = "CREATE OR REPLACE TABLE known_units AS SELECT unnest($known::VARCHAR[]) AS unit"
KNOWN_KINDS = "CREATE OR REPLACE TABLE known_kinds AS SELECT unnest($known::VARCHAR[]) AS kind"
"""Relations to join with: a register holds more than a list in a statement should."""

JUDGED = """
CREATE OR REPLACE VIEW judged AS
SELECT delivered.* EXCLUDE (raw, fault),
       CASE WHEN delivered.unit IS NOT NULL THEN known_units.unit IS NOT NULL END AS known_unit,
       CASE WHEN delivered.kind IS NOT NULL
            THEN known_kinds.kind IS NOT NULL OR (SELECT count(*) = 0 FROM known_kinds) END AS known_kind
FROM delivered
LEFT JOIN (SELECT DISTINCT unit FROM known_units) AS known_units ON known_units.unit = delivered.unit
LEFT JOIN (SELECT DISTINCT kind FROM known_kinds) AS known_kinds ON known_kinds.kind = delivered.kind
WHERE delivered.fault IS NULL
"""
"""The rows that could be read: the rules have nothing to say about the others, nor about a row's text.

DISTINCT tells DuckDB that no row is doubled, so that a rule that asks for neither register joins with none.
"""

UNSEEN = ("raw", "fault")
"""The columns of the parsed rows that no rule can speak about: what a row's text says stands in the others."""


@dataclass(frozen=True)
class Finding:
    """What was found of one rule. `unexpected` counts rows; None for a rule about the whole delivery."""

    rule: Rule
    success: bool
    unexpected: int | None
    observed: Any
    by_row: bool
    configuration: ExpectationConfiguration

    def __str__(self) -> str:
        if self.unexpected is None:
            return f"{self.rule.name}: found {self.observed}"
        return f"{self.rule.name}: {self.unexpected} rows break it"

    @property
    def refuses(self) -> bool:
        return not self.success and self.rule.severity is Severity.CRITICAL

    @property
    def warns(self) -> bool:
        """A rule about the whole delivery failed that has no row to quarantine."""
        return not self.success and self.unexpected is None and not self.refuses

    @property
    def quarantines(self) -> bool:
        return self.by_row and self.rule.severity is not Severity.INFO


def faults_of(name: str, rules: tuple[Rule, ...]) -> list[str]:
    """The rules that Great Expectations would lose, or that could not do what their severity says."""
    expectations, faults = [], []
    for rule in rules:
        try:
            expectation = ExpectationConfiguration(**rule.configuration()).to_domain_obj()
        except Exception as error:  # whatever a library raises, the rule is at fault
            faults.append(f"{rule.name}: {rule.type} cannot be built: {' '.join(str(error).split())}")
            continue
        expectations.append(expectation)
        if rule.severity is Severity.WARNING and quarantine.compares_rows(expectation):
            faults.append(f"{rule.name}: it compares rows with one another, so it cannot quarantine one")
    kept = len(gx.ExpectationSuite(name=name, expectations=expectations).expectations)
    if not faults and kept != len(rules):
        faults.append(f"Great Expectations keeps {kept} of {len(rules)} rules")
    return faults


def validate(batch: Batch, db: duckdb.DuckDBPyConnection, context: Any) -> Outcome:
    """Judge one batch; write what is accepted and what is quarantined unless the delivery is refused."""
    _check_columns(batch)
    _prepare(batch, db)
    with opened(db, context, "judged") as judged:
        findings = _findings(batch, judged)
        noted = {f.rule.name: f.unexpected for f in findings if f.unexpected and not f.quarantines}
        warnings = tuple(str(finding) for finding in findings if finding.warns)
        if refusals := [str(finding) for finding in findings if finding.refuses]:
            rows = quarantine.rows_delivered(db)
            return Outcome(rows, 0, 0, noted=noted, warnings=warnings, refused="; ".join(refusals))
        expected = {f.rule.name: f.unexpected or 0 for f in findings if f.quarantines}
        broken = [finding for finding in findings if finding.quarantines and finding.unexpected]
        quarantine.mark(judged.engine, {finding.rule.name: finding.configuration for finding in broken})
    by_rule = quarantine.proven_marks(db, batch, expected)
    accepted, quarantined = quarantine.write(db, batch)
    rows = accepted + quarantined
    return Outcome(rows, accepted, quarantined, by_rule=by_rule, noted=noted, warnings=warnings)


def _check_columns(batch: Batch) -> None:
    """A rule about a column that is not there would fail inside the library, with a page of text."""
    for rule in batch.suite.rules:
        if missing := sorted({*rule.columns} - ({*batch.columns} - {*UNSEEN}) - {*DERIVED}):
            raise ExpectationFault(_told(batch, f"{rule.name}: there is no column {', '.join(missing)}"))


def _prepare(batch: Batch, db: duckdb.DuckDBPyConnection) -> None:
    """The views `delivered` and `judged`, and no marks yet."""
    db.execute(KNOWN_UNITS, {"known": sorted({*batch.units})})
    db.execute(KNOWN_KINDS, {"known": sorted(batch.kinds)})
    rows = db.read_parquet(batch.rows, file_row_number=True)
    rows.project(duckdb.StarExpression(), _finite(rows).alias("finite")).create_view("delivered")
    db.execute(JUDGED)
    quarantine.prepare(db)


def _finite(rows: duckdb.DuckDBPyRelation) -> duckdb.Expression:
    """Are all measures finite? NaN is greater than any threshold, so it must not pass for a deep snow."""
    measures = [name for name, kind in zip(rows.columns, rows.types, strict=True) if str(kind) == "DOUBLE"]
    true = duckdb.ConstantExpression(True)
    finite = (duckdb.FunctionExpression("isfinite", duckdb.ColumnExpression(name)) for name in measures)
    return reduce(and_, (duckdb.CoalesceOperator(each, true) for each in finite), true)


def _findings(batch: Batch, judged: Opened) -> list[Finding]:
    rules = {rule.name: rule for rule in batch.suite.rules}
    suite = gx.ExpectationSuite(
        name=batch.suite.name,
        expectations=[ExpectationConfiguration(**r.configuration()) for r in batch.suite.rules],
    )
    parameters = {**batch.parameters, "begins": batch.begins, "ends": batch.ends}
    try:
        results = judged.batch.validate(suite, result_format=COUNTS_ONLY, expectation_parameters=parameters)
    except Exception as error:  # a parameter that nobody gives, and whatever else a library raises
        raise ExpectationFault(_told(batch, " ".join(str(error).split()))) from error
    found = {result.expectation_config.meta["name"]: result for result in results.results}
    if lost := rules.keys() - found.keys():
        raise ExpectationFault(_told(batch, f"not judged: {'; '.join(sorted(lost))}"))
    return [_finding(batch, rule, found[name]) for name, rule in rules.items()]


def _finding(batch: Batch, rule: Rule, result: Any) -> Finding:
    if causes := _causes(result):
        raise ExpectationFault(_told(batch, f"{rule.name} could not be judged: {causes}"))
    configuration = result.expectation_config
    by_row = quarantine.has_predicate(configuration.to_domain_obj())
    observed, unexpected = (result.result.get(key) for key in ("observed_value", "unexpected_count"))
    return Finding(rule, bool(result.success), unexpected, observed, by_row, configuration)


def _causes(result: Any) -> str:
    """What the library says went wrong: one message, or one a metric; without statements and tracebacks."""
    info = result.exception_info
    causes = [info] if "raised_exception" in info else info.values()
    messages = [str(cause["exception_message"]) for cause in causes if cause["raised_exception"]]
    heads = (re.split(r"\[SQL:|Traceback", message)[0] for message in messages)
    return "; ".join(sorted({" ".join(head.split()) for head in heads}))


def _told(batch: Batch, message: str) -> str:
    return f"{batch}, suite {batch.suite.name}: {message}"
