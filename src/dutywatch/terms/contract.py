"""The contract file's model: what an author may write, as frozen values.

Every class is one word of the contract's language; `docs/contract.md` explains them by example and
`docs/contract.schema.json` is generated from here. Rules that tie two clauses together stand in
`terms.check`; reading files stands in `terms.loader`.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from dutywatch.terms.calendar import CalendarWord
from dutywatch.terms.obligation import ClauseGiven
from dutywatch.terms.pack import Use
from dutywatch.terms.patterns import Obligation
from dutywatch.terms.source import PASSES, Source
from dutywatch.terms.words import Delimiter, Duration, Encoding, Identifier, Strings, Word, Words, Zone


class Party(Word):
    """A party to the contract: the authority or a contractor."""

    id: Identifier
    name: Words


class Contractor(Party):
    """A contractor; `actors` are the vehicles and persons that logs name and whose acts are its own.

    `qualified`: the day on which its qualification was reviewed.
    """

    actors: tuple[str, ...] = ()
    qualified: date | None = None


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


class Award(Word):
    """How the contract was awarded: how many bid, and how many years the law or the tender allows it to run."""

    bidders: int | None = Field(default=None, ge=1)
    max_years: int | None = Field(default=None, ge=1)


class Person(Word):
    """Someone who answers for duties; `slack` is a member id (U…) or a channel id (C…).

    `works_for`: the party that employs them, so that nobody is found to supervise their own employer's work.
    """

    name: Words
    works_for: Identifier | None = None
    slack: str | None = Field(default=None, pattern=r"^[UCWG][A-Z0-9]{6,}$")


class Escalation(Word):
    """Who is told next when a breach stays unanswered for `after`."""

    to: str
    after: Duration


class UnitsFile(Word):
    """Where the units are, which property means what, and what messages call them (in the plural).

    `from` and `to` name the properties with the first and the last day on which a unit exists as the row says;
    a unit whose class changed has several rows. `encoding` and `delimiter` are for a CSV that is not UTF-8 with commas.
    """

    file: str = Field(pattern=r"^[^/\\][^\\]*\.(geojson|csv)$")
    encoding: Encoding = "utf-8"
    delimiter: Delimiter = ","
    key: str = Field(min_length=1)
    class_: str | None = Field(default=None, alias="class")
    zone: str | None = None
    length: str | None = None
    from_: str | None = Field(default=None, alias="from")
    to: str | None = None
    called: Words | None = None


class UnitsGiven(Word):
    """Some of the units: by class, zone or id; what is absent does not narrow."""

    class_: Strings | None = Field(default=None, alias="class")
    zone: Strings | None = None
    id: Strings | None = None


class Decided(Word):
    """Something that has dates and was decided: valid on the days `from` to `to`, recorded on a day, by persons."""

    from_: date = Field(alias="from")
    to: date | None = None
    recorded: date | None = None
    by: Strings | None = None

    def valid(self, day: date) -> bool:
        """Whether it holds on `day`."""
        return self.from_ <= day and (self.to is None or day <= self.to)

    def known(self, day: date) -> bool:
        """Whether it was recorded by `day`; without a date it was there from the first."""
        return self.recorded is None or self.recorded <= day

    @model_validator(mode="after")
    def _two_look_back(self) -> Decided:
        looks_back = self.recorded is not None and self.from_ < self.recorded
        if looks_back and len(set(self.by or ())) < 2:
            raise ValueError(f"it reaches back from {self.recorded} to {self.from_}: name two persons under `by`")
        return self


class Assignment(Decided):
    """Which contractor answers for which obligations on which units, and when.

    For what is owed per zone, class or contract, the one who answers for all of its units.
    """

    contractor: Identifier
    obligations: Strings | None = None
    units: UnitsGiven = UnitsGiven()


class Amendment(Decided):
    """Words of one obligation that read otherwise for duties whose clocks start on the days from `from` on."""

    obligation: Identifier
    clause: str
    change: dict[str, Any]


class Explained(Word):
    """A finding of the linter that stands for a reason: its kind, the clause (default: all that have it), the reason.

    `clause` is the dotted path that the finding shows, or the beginning of one, such as obligations.clear-class-a.
    """

    finding: Identifier
    clause: str | None = None
    reason: str = Field(min_length=1)


class Contract(Word):
    """What an authority bought from contractors, as it can be judged."""

    contract: Identifier
    title: Words
    tags: dict[str, str] = Field(default_factory=dict)
    authority: Party
    contractors: Annotated[tuple[Contractor, ...], Field(min_length=1)]
    term: Term
    value: Money | None = None
    award: Award = Award()
    documents: tuple[ClauseGiven, ...] = ()
    timezone: Zone
    languages: Annotated[tuple[Literal["en", "zh"], ...], Field(min_length=1)] = ("en",)
    people: dict[Identifier, Person]
    escalation: tuple[Escalation, ...] = ()
    units: UnitsFile
    calendars: dict[Identifier, CalendarWord] = Field(default_factory=dict)
    sources: dict[Identifier, Source]
    uses: dict[str, Use] = Field(default_factory=dict)
    assignments: tuple[Assignment, ...] = ()
    obligations: dict[Identifier, Obligation]
    amendments: tuple[Amendment, ...] = ()
    explained: tuple[Explained, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        """The contract's time zone; service dates are its civil days."""
        return ZoneInfo(self.timezone)

    def called(self, party: str) -> str:
        """A party by its name and id; an outsider, of whom the contract has no more, by its id."""
        known = {one.id: one.name for one in (self.authority, *self.contractors)}
        return f"{known[party]} ({party})" if party in known else party

    def employer(self, person: str) -> str | None:
        """The contractor that one of the `people` works for, as `works_for` says or as one of its actors."""
        known = self.people[person]
        actors = {actor: party.id for party in self.contractors for actor in party.actors}
        found = actors.get(person) or actors.get(known.name.en) or known.works_for
        return found if found in {party.id for party in self.contractors} else None

    def sent_again(self, source: str, name: str, *, whole: bool) -> str:
        """Who must do what about the delivery `name` of `source`; not `whole`: rows of it alone, where rows add up."""
        declared = self.sources[source]
        what = f"{name} again, whole" if whole or declared.redelivery == "replace" else "these rows again"
        act = f"send {what}" if declared.connector == "file" else "mend this at the source"
        return f"{self.called(declared.run_by)} must {act}"

    def sources_of(self, stream: str) -> tuple[str, ...]:
        """The names of the sources that feed `stream`, sorted; located positions feed `service` with their passes."""
        fed = {name for name, source in self.sources.items() if source.stream == stream}
        passing = {name for name, source in self.sources.items() if source.locate and stream == PASSES}
        return tuple(sorted(fed | passing))

    def owed_from(self, source: Source) -> date:
        """The first day of which a delivery of a source is owed: its `from`, but none of before the term."""
        return max(source.from_ or self.term.from_, self.term.from_)

    def assigned(self, day: date) -> list[Assignment]:
        """The assignments that were recorded by `day`."""
        return [one for one in self.assignments if one.known(day)]

    def next_recorded(self, day: date) -> date | None:
        """The first day after `day` on which something dated is recorded, so that the contract may read otherwise."""
        dated: tuple[Decided, ...] = (*self.assignments, *self.amendments)
        return min((one.recorded for one in dated if one.recorded is not None and one.recorded > day), default=None)

    def keepers(self, source: Source) -> tuple[Contractor, ...]:
        """The contractors whose actors a log must speak of that is kept by actor.

        Those whose acts it records, else its runner; where an outsider runs it, all.
        """
        keeper = source.acts_by or source.run_by
        own = tuple(party for party in self.contractors if party.id == keeper)
        return own or (() if source.acts_by else self.contractors)
