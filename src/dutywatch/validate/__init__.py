"""validate: hold the parsed rows of deliveries against their source's expectation suite.

Rows that keep every rule go on as accepted; the others are quarantined with the names of the rules that
they broke; a delivery that breaks a critical rule is refused as a whole. The verb stops there: it neither
reads deliveries nor knows the ledger. Great Expectations judges, on DuckDB, in place; the quarantine is made
with its own predicates, so that no rule is written twice.

A suite may name the columns of the parsed rows, and beside them
`known_unit`, `known_kind`   does the register, the contract, know the row's unit, kind (NULL: none given)
`finite`                     is every measure that is given a finite number
`$PARAMETER` begins, ends    the interval that the delivery may speak about
"""

from dutywatch.validate.acceptance import Fate, Validated, accept, missing_suites, rules_of
from dutywatch.validate.batch import Batch, Outcome
from dutywatch.validate.held import Held, export, held
from dutywatch.validate.page import write as write_pages
from dutywatch.validate.run import validate_batches, validate_each
from dutywatch.validate.suite import READABLE, Rule, Severity, Suite, load_suite, suite_digest

__all__ = [
    "READABLE",
    "Batch",
    "Fate",
    "Held",
    "Outcome",
    "Rule",
    "Severity",
    "Suite",
    "Validated",
    "accept",
    "export",
    "held",
    "load_suite",
    "missing_suites",
    "rules_of",
    "suite_digest",
    "validate_batches",
    "validate_each",
    "write_pages",
]
