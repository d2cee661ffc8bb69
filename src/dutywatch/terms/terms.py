"""The terms of a contract: its words and its units, in one version, as the verbs are handed them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

from pydantic import TypeAdapter

from dutywatch.clock import Calendar
from dutywatch.errors import SettingsError
from dutywatch.terms.calendar import resolve
from dutywatch.terms.contract import Amendment, Contract
from dutywatch.terms.document import Document
from dutywatch.terms.patterns import Obligation, names_class
from dutywatch.terms.roster import Roster
from dutywatch.terms.source import Source
from dutywatch.terms.units import Units

ALWAYS = "always"
_OBLIGATION: TypeAdapter[Obligation] = TypeAdapter(Obligation)


@dataclass(frozen=True)
class Terms:
    """A contract with its units and rosters; `digest` identifies this very version of all.

    `document`: what the contract was read from, its packs included; it tells where every word stands.
    """

    contract: Contract
    units: Units
    folder: Path
    digest: str
    _calendars: dict[str, Calendar] = field(default_factory=dict, compare=False, repr=False)
    rosters: Mapping[str, Roster] = field(default_factory=dict)  # by source
    document: Document = field(default=Document(None, {}, (), "contract.yaml"), compare=False, repr=False)

    @property
    def id(self) -> str:
        """The contract's name."""
        return self.contract.contract

    def calendar(self, name: str) -> Calendar:
        """The calendar `name` with its holidays, frozen for the contract's term; "always" never closes."""
        if name not in self._calendars:
            zone, term = self.contract.zone, self.contract.term
            word = self.contract.calendars.get(name)
            found = Calendar.always(zone) if word is None else resolve(word, zone, term.from_, term.to)
            self._calendars[name] = found
        return self._calendars[name]

    def source(self, name: str) -> Source:
        """The source `name` of the contract. Raises SettingsError where there is none."""
        if name not in self.contract.sources:
            known = ", ".join(sorted(self.contract.sources))
            raise SettingsError(f"contract {self.id} has no source {name}: it has {known}")
        return self.contract.sources[name]

    @cached_property
    def unclassified(self) -> int:
        """How many units lack the class that some obligation names; 0 where none names any."""
        wordings = (words for name in self.contract.obligations for _, _, words in self.words(name))
        return self.units.unclassified() if any(map(names_class, wordings)) else 0

    @cached_property
    def calendars_digest(self) -> str:
        """What the contract's calendars come to: their holiday tables may change with a library, and are inputs."""
        tables = [f"{name} {self.calendar(name)}" for name in sorted(self.contract.calendars)]
        return hashlib.sha256("\n".join(tables).encode()).hexdigest()

    def words(self, name: str, known_on: date = date.max) -> list[tuple[date | None, date | None, Obligation]]:
        """Obligation `name` as it reads from a day to a day (None: open), by the amendments recorded by `known_on`."""
        amendments = [a for a in self.contract.amendments if a.obligation == name and a.known(known_on)]
        turns = sorted({day for a in amendments for day in (a.from_, _after(a.to)) if day is not None})
        starts: list[date | None] = [None, *turns]
        ends: list[date | None] = [*(day - timedelta(days=1) for day in turns), None]
        base = self.contract.obligations[name]
        return [
            (start, end, amended(base, [a for a in amendments if a.valid(start or date.min)]))
            for start, end in zip(starts, ends, strict=True)
        ]

    def words_on(self, name: str, day: date, known_on: date = date.max) -> Obligation:
        """Obligation `name` as it reads on `day`, by the amendments recorded by `known_on`."""
        found = self.words(name, known_on)
        return next(words for since, until, words in found if (since or day) <= day <= (until or day))

    def amendments_on(self, name: str, day: date, known_on: date = date.max) -> tuple[Amendment, ...]:
        """The amendments by which obligation `name` reads as it does on `day`, in the order in which they apply."""
        mine = (a for a in self.contract.amendments if a.obligation == name and a.known(known_on) and a.valid(day))
        return tuple(sorted(mine, key=_recorded))


def amended(obligation: Obligation, amendments: list[Amendment]) -> Obligation:
    """The obligation with the words of `amendments` in place of its own; the later recorded wins. Raises ValueError."""
    if not amendments:
        return obligation
    words = obligation.model_dump(by_alias=True, exclude_unset=True)
    for one in sorted(amendments, key=_recorded):
        words |= one.change
    return _OBLIGATION.validate_python(words)


def _recorded(one: Amendment) -> tuple[date, date]:
    return one.recorded or date.min, one.from_


def _after(day: date | None) -> date | None:
    return day + timedelta(days=1) if day else None
