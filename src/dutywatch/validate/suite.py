"""Suites as plain JSON: read, checked, named; the shape is that of Great Expectations' own suites.

Great Expectations only logs a rule that it cannot build, and goes on without it. So a suite is refused here
unless every rule is built and says what happens when it is broken. All faults are reported at once.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from dutywatch.errors import ExpectationFault
from dutywatch.validate.engine import engine

READABLE = "readable"
"""The rule that every suite has without writing it down: the parser could read the row."""

ROW_COUNT_TYPES = ("expect_table_row_count_to_be_between", "expect_table_row_count_to_equal")


class Severity(StrEnum):
    """What a broken rule does: refuse the delivery, quarantine the row, or only count."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True)
class Rule:
    """One expectation under the name by which people are told of it."""

    name: str
    type: str
    kwargs: Mapping[str, Any]
    severity: Severity

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the rule speaks about."""
        named = (self.kwargs.get(key) for key in ("column", "column_A", "column_B"))
        return (*(name for name in named if name), *self.kwargs.get("column_list", ()))

    def configuration(self) -> dict[str, Any]:
        """The rule as Great Expectations takes it."""
        return {
            "type": self.type,
            "kwargs": dict(self.kwargs),
            "severity": self.severity.value,
            "meta": {"name": self.name},
        }


@dataclass(frozen=True)
class Suite:
    """A suite that Great Expectations is proven to keep whole."""

    name: str
    digest: str
    rules: tuple[Rule, ...]


def load_suite(path: Path) -> Suite:
    """The suite in a file. Raises ExpectationFault, naming every rule that would be lost or say nothing."""
    document = _read(path)
    name = str(document.get("name") or path.stem)
    entries = document.get("expectations")
    if not isinstance(entries, list) or not entries:
        raise ExpectationFault(f"suite {name}: it has no list of expectations")
    faults = [*_faults_of_entries(entries)]
    if not faults:
        rules = tuple(_rule(entry) for entry in entries)
        faults = [*_faults_of_rules(rules), *engine().faults_of(name, rules)]
    if faults:
        raise ExpectationFault("\n  ".join([f"suite {name} cannot be used:", *faults]))
    return Suite(name, _digest(document), rules)


def suite_digest(path: Path) -> str:
    """SHA-256 of the suite's canonical JSON: equal for files that differ in layout only."""
    return _digest(_read(path))


def _read(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ExpectationFault(
            f"there is no suite {path.stem}: name one of {path.parent} in the source's `expects`, "
            f"or write {path.name} there"
        ) from error
    except (OSError, ValueError) as error:
        raise ExpectationFault(f"suite {path.stem}: {path.name} cannot be read: {error}") from error
    if not isinstance(document, dict):
        raise ExpectationFault(f"suite {path.stem}: {path.name} is not a JSON object")
    return document


def _digest(document: dict[str, Any]) -> str:
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _faults_of_entries(entries: list[Any]) -> Iterator[str]:
    """What keeps an entry from being read as a rule. A severity must be written: the default would refuse."""
    for number, entry in enumerate(entries, start=1):
        if not isinstance(entry, dict) or not isinstance(entry.get("type"), str):
            yield f"rule {number}: it has no type"
        elif not isinstance(entry.get("kwargs", {}), dict) or not isinstance(entry.get("meta", {}), dict):
            yield f"rule {number} ({entry['type']}): kwargs and meta are objects"
        elif entry.get("severity") not in [*Severity]:
            known = ", ".join(Severity)
            yield f"rule {number} ({entry['type']}): severity {entry.get('severity')!r} is none of {known}"
        elif unknown := entry.keys() - {"type", "kwargs", "meta", "severity", "notes"}:
            yield f"rule {number} ({entry['type']}): unknown key {', '.join(sorted(unknown))}"


def _rule(entry: dict[str, Any]) -> Rule:
    kwargs = entry.get("kwargs", {})
    rule = Rule("", entry["type"], kwargs, Severity(entry["severity"]))
    name = entry.get("meta", {}).get("name") or f"{rule.type}({' '.join(rule.columns)})"
    return Rule(str(name), rule.type, kwargs, rule.severity)


def _faults_of_rules(rules: tuple[Rule, ...]) -> Iterator[str]:
    for name, count in Counter(rule.name for rule in rules).items():
        if count > 1:
            yield f"{count} rules are named {name!r}"
        if "," in name or name == READABLE:
            yield f"{name!r} cannot be a name: names stand in a list, and {READABLE!r} is the parser's"
    if not any(rule.type in ROW_COUNT_TYPES and rule.severity is Severity.CRITICAL for rule in rules):
        yield "there is no critical rule on the number of rows: every other rule passes on an empty batch"
