"""The contract file's model: what an author may write, as frozen values.

Every class is one word of the contract's language; `docs/contract.md` explains them by example and
`docs/contract.schema.json` is generated from here. Rules that tie two clauses together stand in
`terms.check`; reading files stands in `terms.loader`.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from dutywatch.terms.obligation import Obligation
from dutywatch.terms.source import Source
from dutywatch.terms.words import Duration, Identifier, Word, Words, Zone


class Party(Word):
    """A party to the contract: the authority or a contractor."""

    id: Identifier
    name: Words


class Term(Word):
    """The days between which the contract runs; both belong to it."""

    from_: date = Field(alias="from")
    to: date

    @model_validator(mode="after")
    def _in_order(self) -> Term:
        if self.to < self.from_:
            raise ValueError(f"the term ends ({self.to}) before it begins ({self.from_})")
        return self


class Money(Word):
    """An amount in one currency (ISO 4217)."""

    amount: Decimal = Field(ge=0)
    currency: str = Field(pattern=r"^[A-Z]{3}$")


class Person(Word):
    """Someone who answers for duties; `slack` is a member id (U…) or a channel id (C…)."""

    name: Words
    slack: str | None = Field(default=None, pattern=r"^[UCWG][A-Z0-9]{6,}$")


class Escalation(Word):
    """Who is told next when a breach stays unanswered for `after`."""

    to: str
    after: Duration


class UnitsFile(Word):
    """Where the units are, which property means what, and what messages call them (in the plural)."""

    file: str = Field(pattern=r"^[^/\\][^\\]*\.(geojson|csv)$")
    key: str
    class_: str | None = Field(default=None, alias="class")
    zone: str | None = None
    length: str | None = None
    called: Words | None = None


class Contract(Word):
    """What an authority bought from contractors, as it can be judged."""

    contract: Identifier
    title: Words
    tags: dict[str, str] = Field(default_factory=dict)
    authority: Party
    contractors: Annotated[tuple[Party, ...], Field(min_length=1)]
    term: Term
    value: Money | None = None
    timezone: Zone
    languages: Annotated[tuple[Literal["en", "zh"], ...], Field(min_length=1)] = ("en",)
    people: dict[Identifier, Person]
    escalation: tuple[Escalation, ...] = ()
    units: UnitsFile
    sources: dict[Identifier, Source]
    obligations: dict[Identifier, Obligation]

    @property
    def zone(self) -> ZoneInfo:
        """The contract's time zone; service dates are its civil days."""
        return ZoneInfo(self.timezone)

    def sources_of(self, stream: str) -> tuple[str, ...]:
        """The names of the sources that feed `stream`, sorted."""
        return tuple(sorted(name for name, source in self.sources.items() if source.stream == stream))
