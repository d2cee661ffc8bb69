"""What a chapter of the specification is: a story, the contract's clause, and tables of events with their verdicts.

A table's first line names its columns, every further line is a case. Here is only their form; `stage` puts them before
the engine, `write` makes the page docs/obligations.md of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import yaml

from dutywatch.terms.contract import Contract
from tests.spec.world import world

Given = Mapping[str, Any]


@dataclass(frozen=True)
class Case:
    """One line of a table: a situation, what is known in it, and what must be said of it; cells by column."""

    situation: str
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True)
class Table:
    """Cases of one heading. `tells`: the sentences of SEMANTICS that they tell ("6.3"), and decided readings ("R4").

    `change`: what the clause says otherwise here, as YAML. `given`: cells that all cases share. `apart`: every case has
    a city of its own; otherwise each is a unit, and those judged at one instant from the same deliveries share one.
    `about`: the obligation that is judged, where it is not the clause's first.
    """

    heading: str
    tells: str
    text: str
    change: str = ""
    given: Mapping[str, str] = field(default_factory=dict)
    apart: bool = False
    about: str | None = None
    note: str = ""

    @cached_property
    def columns(self) -> list[str]:
        """The names of the columns, `situation` first."""
        return _cells(self.text.strip().splitlines()[0])

    @cached_property
    def cases(self) -> list[Case]:
        """The lines of the table."""
        found = []
        for line in self.text.strip().splitlines()[1:]:
            cells = _cells(line)
            if len(cells) != len(self.columns):
                raise ValueError(f"{self.heading}: {len(cells)} cells for {len(self.columns)} columns in {line!r}")
            found.append(Case(cells[0], {**self.given, **dict(zip(self.columns, cells, strict=True))}))
        return found

    @property
    def sentences(self) -> list[str]:
        """The sentences and decided readings that it tells."""
        return self.tells.split()


@dataclass(frozen=True)
class Chapter:
    """One subject. `clause`: what a contract says, as YAML; what it leaves out stands in `world`.

    Dated sources deliver from `first` to `last`; times in cells read DDTHH:MM in the month of `first`, or MM-DDTHH:MM.
    `given`: cells that all cases share unless a table says otherwise.
    """

    title: str
    story: str
    clause: str
    tables: tuple[Table, ...]
    first: date = date(2024, 1, 9)
    last: date = date(2024, 1, 13)
    zone: str = "Asia/Shanghai"
    given: Mapping[str, str] = field(default_factory=dict)

    @property
    def days(self) -> list[date]:
        """The service dates of its sources."""
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    def contract(self, table: Table) -> Contract:
        """The contract that the cases of `table` are judged by."""
        said = merged(yaml.safe_load(self.clause), yaml.safe_load(table.change) or {} if table.change else {})
        return Contract.model_validate(world(said, self.zone, self.first))


def merged(base: Given, change: Given) -> dict[str, Any]:
    """`base` with the words of `change` in place of its own; null takes a word out."""
    found = dict(base)
    for word, value in change.items():
        if value is None:
            found.pop(word, None)
        elif isinstance(value, dict) and isinstance(found.get(word), dict):
            found[word] = merged(found[word], value)
        else:
            found[word] = value
    return found


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("|")]
