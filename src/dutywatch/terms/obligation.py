"""What all obligations have in common, and the parts that their patterns are made of."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from dutywatch.clock import Allowance, Days
from dutywatch.terms.trigger import Observed, Quorum, Where
from dutywatch.terms.words import Bare, ColumnName, Duration, Identifier, Stream, Strings, Word, Words


def _of_the_record(value: str) -> str:
    word, _, column = value.partition(".")
    if word != "trigger" or not column.isidentifier():
        raise ValueError(f"{value!r} is no time of the record: write trigger.start, trigger.end or trigger.<column>")
    return value


OfTheRecord = Annotated[str, AfterValidator(_of_the_record), Field(examples=["trigger.start", "trigger.target_at"])]


class Scope(Word):
    """Which units an obligation is owed on; an absent list means all."""

    class_: Strings | None = Field(default=None, alias="class")
    zone: Strings | None = None


class Clock(Word):
    """From which instant the allowance runs, in which calendar, and how much earlier an act may count.

    `from`: trigger.start, trigger.end, or a time that the record states, such as trigger.opened_at.
    `early`: `any` where record and act are matched one to one, so that a case closed before it was
    opened is explained and not hidden.
    """

    from_: OfTheRecord = Field(alias="from")
    early: Duration | Literal["any"] | None = None
    calendar: str = "always"

    @model_validator(mode="after")
    def _early_is_stated(self) -> Clock:
        if self.from_ == "trigger.end" and self.early is None:
            raise ValueError("a clock from trigger.end must state `early`, such as PT6H or PT0S")
        return self


class Kinds(Word):
    """Which kinds of event complete a duty: one of them, or all of them."""

    any: Strings | None = None
    all: Strings | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Kinds:
        if (self.any is None) == (self.all is None):
            raise ValueError("write either `any: [...]` or `all: [...]`")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The kinds, in the order of the contract."""
        return self.any or self.all or ()


def _kinds(value: Any) -> Any:
    return {"any": value} if isinstance(value, Bare | list) else value


class Action(Word):
    """The act that fulfils a duty: events of a stream, joined to the duty by `match` (default: its unit).

    `at`: the column that tells when it was done. `share`: complete once the union of the acts' located
    intervals reaches that share of the unit's length. `consume: once`: one act fulfils one duty.
    `min_duration`: how long an act takes at least; a shorter gap hides none.
    """

    stream: Stream
    kind: Annotated[Kinds | None, BeforeValidator(_kinds, json_schema_input_type=str | list[str] | Kinds)] = None
    where: Where = None
    at: ColumnName = "at"
    match: Strings = ("unit",)
    share: float | None = Field(default=None, gt=0, le=1)
    consume: Literal["once"] | None = None
    min_duration: Duration | None = None

    @property
    def all_of(self) -> int:
        """How many kinds must come together: 1 where any will do."""
        return len(set(self.kind.all)) if self.kind and self.kind.all else 1

    @property
    def kinds(self) -> tuple[str, ...] | None:
        """The kinds asked for; None: every kind."""
        return self.kind.names if self.kind else None

    @model_validator(mode="after")
    def _one_way_to_be_complete(self) -> Action:
        if self.all_of > 1 and (self.share is not None or self.consume is not None):
            raise ValueError("`all` kinds together, a `share` of the length and `consume: once` exclude one another")
        if self.share is not None and self.consume is not None:
            raise ValueError("`share` adds acts up and `consume: once` uses them one by one: write one of them")
        return self


class Refutation(Observed):
    """Observations that a unit is not done; with `quorum`, once so many households say so."""

    quorum: Quorum | None = None


class Suspension(Observed):
    """Notices that stop the clock: from `at`, but not before `published_at`, to `until` or their lifting.

    `lifted_by`: the kinds of notice that lift those standing in the zone. `retroactive`: the clause grants
    suspension before publication, where two persons decide so.
    """

    lifted_by: Strings | None = None
    retroactive: bool = False


class Reset(Word):
    """A new trigger before the due time starts the clock anew, not later than `at_most` after the first one."""

    at_most: Duration


class Rung(Word):
    """One row of an allowance table: for this class, from this magnitude on, so much time."""

    class_: str | None = Field(default=None, alias="class")
    at_least: float | None = None
    allow: Duration
    days: Days | None = None

    @model_validator(mode="before")
    @classmethod
    def _days_are_stated(cls, value: Any) -> Any:
        if isinstance(value, dict):
            allow = str(value.get("allow", ""))
            counts_days = "D" in allow.split("T")[0] or "W" in allow
            if counts_days and "days" not in value:
                raise ValueError(f"{allow} counts days: say `days: elapsed`, `days: civil` or `days: working`")
            if value.get("days") in ("civil", "working") and "T" in allow:
                raise ValueError(f"{allow} has hours: {value['days']} days are whole days")
        return value

    @property
    def allowance(self) -> Allowance:
        """The allowance as the clock computes it."""
        return Allowance(self.allow, self.days or Days.ELAPSED)


def rungs(value: Any) -> Any:
    """The short forms of an allowance table: one duration, or one row."""
    if isinstance(value, str):
        return value if value.startswith("trigger.") else [{"allow": value}]
    if value in ([], ()):
        raise ValueError("the table of allowances has no row: write at least one `allow`")
    return [value] if isinstance(value, dict) else value


class Clause(Word):
    """Where an obligation stands in the contract or the law.

    `illustrative`: it was read on a third party's page, not in a law, a contract or its owner's own words.
    """

    text: str
    url: str | None = Field(default=None, pattern=r"^https?://")
    illustrative: bool = False

    def __str__(self) -> str:
        return f"{self.text} ({self.url})" if self.url else self.text


def a_clause(value: Any) -> Any:
    """The short form of a clause: its text alone."""
    return {"text": value} if isinstance(value, Bare) else value


ClauseGiven = Annotated[Clause, BeforeValidator(a_clause, json_schema_input_type=str | Clause)]


class Owed(Word):
    """The root of the four patterns: one clause that can be judged.

    `party` owes the duty where no assignment says otherwise. `at_risk`: the share of the allowance after which
    a pending duty is at risk. `silence`: what a gap means that the duty's own party left. `proof_until`: how long
    after the due time evidence may arrive and still count. `remedy`: what the contract attaches to a lapse, in its
    own words; on record, nothing is charged.
    """

    title: Words
    clause: ClauseGiven
    party: Identifier
    scope: Scope = Scope()
    silence: Literal["unproven", "breached"] = "unproven"
    at_risk: float = Field(default=0.75, gt=0, le=1)
    proof_until: Duration | None = None
    remedy: ClauseGiven | None = None
    supervisor: str
