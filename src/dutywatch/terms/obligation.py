"""The obligations of a contract: clauses that can be judged."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from dutywatch.clock import Allowance, Days
from dutywatch.terms.words import ColumnName, Duration, Identifier, Strings, Word, Words


class Trigger(Word):
    """What starts a clock: observations of one stream, merged into episodes by `merge_gap`."""

    stream: Literal["condition", "notice", "report"]
    kind: Strings
    measure: ColumnName | None = None
    at_least: float | None = None
    merge_gap: Duration

    @model_validator(mode="after")
    def _threshold_is_whole(self) -> Trigger:
        if (self.measure is None) != (self.at_least is None):
            raise ValueError("`measure` and `at_least` belong together: give both or neither")
        return self


class Scope(Word):
    """Which units an obligation is owed on; an absent list means all."""

    class_: Strings | None = Field(default=None, alias="class")
    zone: Strings | None = None


class Clock(Word):
    """From which instant the allowance runs, and how much earlier an act may count."""

    from_: Literal["trigger.start", "trigger.end"] = Field(alias="from")
    early: Duration | None = None
    calendar: Literal["always"] = "always"

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
    return {"any": value} if isinstance(value, str | list) else value


class Action(Word):
    """The act that fulfils a duty: events of a stream, on the duty's unit."""

    stream: Literal["service"]
    kind: Annotated[Kinds, BeforeValidator(_kinds, json_schema_input_type=str | list[str] | Kinds)]


class Refutation(Word):
    """Observations that a unit is not done."""

    stream: Literal["inspection", "report"]
    kind: Strings


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
                raise ValueError(f"{allow} counts days: say `days: elapsed` or `days: civil`")
            if value.get("days") == "civil" and "T" in allow:
                raise ValueError(f"{allow} has hours: civil days are whole days")
        return value

    @property
    def allowance(self) -> Allowance:
        """The allowance as the clock computes it."""
        return Allowance(self.allow, self.days or Days.ELAPSED)


def _rungs(value: Any) -> Any:
    if isinstance(value, str):
        return [{"allow": value}]
    return [value] if isinstance(value, dict) else value


class Clause(Word):
    """Where an obligation stands in the contract or the law."""

    text: str
    url: str | None = Field(default=None, pattern=r"^https?://")

    def __str__(self) -> str:
        return f"{self.text} ({self.url})" if self.url else self.text


def _clause(value: Any) -> Any:
    return {"text": value} if isinstance(value, str) else value


class Obligation(Word):
    """One clause that can be judged."""

    title: Words
    clause: Annotated[Clause, BeforeValidator(_clause, json_schema_input_type=str | Clause)]
    party: Identifier
    pattern: Literal["respond"]
    trigger: Trigger
    scope: Scope = Scope()
    clock: Clock
    action: Action
    refuted_by: Refutation | None = None
    within: Annotated[
        tuple[Rung, ...], BeforeValidator(_rungs, json_schema_input_type=str | Rung | list[Rung]), Field(min_length=1)
    ]
    at_risk: float = Field(default=0.75, gt=0, le=1)
    silence: Literal["unproven", "breached"] = "unproven"
    supervisor: str

    def allowance(self, unit_class: str | None, magnitude: float | None) -> Allowance | None:
        """The allowance for a unit of `unit_class` after a trigger of `magnitude`; None: nothing is owed."""
        fitting = [
            rung
            for rung in self.within
            if rung.class_ in (None, unit_class)
            and (rung.at_least is None or (magnitude is not None and magnitude >= rung.at_least))
        ]
        if not fitting:
            return None
        return max(fitting, key=lambda r: (r.at_least is not None, r.at_least or 0.0)).allowance
