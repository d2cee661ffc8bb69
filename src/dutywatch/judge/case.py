"""One obligation before the judge: its words as they hold on some days, with the evidence and the decisions on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Generic, TypeVar

from dutywatch.clock import Calendar
from dutywatch.judge.evidence import Evidence
from dutywatch.judge.read import Read
from dutywatch.ledger.decisions import Decision
from dutywatch.terms import Terms
from dutywatch.terms.contract import Assignment
from dutywatch.terms.obligation import Owed
from dutywatch.terms.trigger import Trigger

O = TypeVar("O", bound=Owed, covariant=True)  # noqa: E741 - the obligation


@dataclass(frozen=True)
class Case(Generic[O]):
    """Obligation `name` in the words that hold for clocks which start on the days `since` to `until` (None: open).

    `read`: the sheets of the obligation whose duties it counts; `starting`: what starts their clocks; `causes`: the
    sheets of the obligations whose breaches do, or, of a score, of the duties that its rates count. `rivals`: its other
    wordings, and what other evidence counts for, each with its clocks, whose duties compete with these for acts.
    """

    terms: Terms
    name: str
    obligation: O
    evidence: Evidence
    patterns: Path
    decisions: Sequence[Decision] = ()
    known_on: date = date.max
    since: date | None = None
    until: date | None = None
    read: tuple[Read, ...] = ()
    starting: tuple[Trigger, ...] = ()
    causes: tuple[Read, ...] = ()
    rivals: tuple[tuple[Case[Any], tuple[Any, ...]], ...] = ()

    def holds(self, day: date) -> bool:
        """Whether these words hold for a clock that starts on `day`."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    def calendar(self, name: str) -> Calendar:
        """A calendar of the contract, or the one that never closes."""
        return self.terms.calendar(name)

    @property
    def statement(self) -> str:
        """The pattern's SQL."""
        return (self.patterns / f"{self.pattern}.sql").read_text(encoding="utf-8")

    def append(self, read: str, query: str, parameters: Mapping[str, Any]) -> None:
        """Append the pattern's rows to the table `verdicts`; its SQL reads what `query` finds under the name `read`.

        Millions of events are grouped as they are read, and laid down nowhere.
        """
        given = f"WITH {read} AS NOT MATERIALIZED ({query})"
        self.evidence.duck.execute(f"INSERT INTO verdicts BY NAME {given} FROM ({self.statement}\n)", parameters)

    @property
    def pattern(self) -> str:
        """The pattern's name."""
        return str(getattr(self.obligation, "pattern"))  # noqa: B009 - each of the four patterns has one

    @property
    def assignments(self) -> list[Assignment]:
        """The assignments of this obligation that are known."""
        return [
            one
            for one in self.terms.contract.assigned(self.known_on)
            if one.obligations is None or self.name in one.obligations
        ]

    @property
    def excuses(self) -> list[Decision]:
        """The decisions that may excuse duties of this obligation."""
        return [one for one in self.decisions if one.kind == "excuse" and one.concerns(self.name)]

    def admitted(self, trigger: str) -> frozenset[str] | None:
        """The units for whose duties of `trigger` two persons let evidence count that came too late; None: all."""
        units = {
            one.unit
            for one in self.decisions
            if one.kind == "admit" and one.two and one.concerns(self.name) and one.trigger in (None, trigger)
        }
        return None if None in units else frozenset(unit for unit in units if unit is not None)

    def looks_back(self) -> bool:
        """Whether two persons decided that suspensions count from before their publication, wherever they hold."""
        return any(
            one.kind == "suspend" and one.two and one.concerns(self.name) and one.unit is None and one.trigger is None
            for one in self.decisions
        )
