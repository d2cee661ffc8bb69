"""What the contract owes no more: the recorded duties of clauses and sources that it names no longer (0056)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import dutywatch
from dutywatch.clock import midnight
from dutywatch.judge.evidence import Evidence
from dutywatch.judge.sheets import Judged, Plan, digest_of, judge_sheets, prepare
from dutywatch.ledger.evaluations import Sheet
from dutywatch.terms import Terms


def judge(evidence: Evidence, terms: Terms, recorded: Mapping[str, Mapping[date, Sheet]]) -> tuple[list[Judged], int]:
    """Judge the sheets `recorded` of what is struck: their duties become void; returns them and how many stood."""
    judged: list[Judged] = []
    stood = 0
    for name in sorted(recorded):
        plans = [unowed(terms, name, sheet) for _, sheet in sorted(recorded[name].items())]
        due = [plan for plan in plans if not plan.stands(evidence.as_of)]
        stood += len(plans) - len(due)
        if due:
            prepare(evidence.duck)
            judged += judge_sheets(evidence.duck, evidence.lake, terms.id, due)
    return judged, stood


def unowed(terms: Terms, name: str, recorded: Sheet) -> Plan:
    """A sheet whose day owes nothing any more."""
    inputs = digest_of([dutywatch.__version__, "not owed"])
    begins = midnight(recorded.date, terms.contract.zone)
    return Plan(name, recorded.date, lambda _: inputs, begins, None, recorded)
