"""The contract file's model: what an author may write, as frozen values.

Every class is one word of the contract's language; `docs/contract.md` explains them by example and
`docs/contract.schema.json` is generated from here. Rules that tie two clauses together stand in
`terms.check`; reading files stands in `terms.loader`.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from dutywatch.clock import Allowance, Days, DeliveryDue, duration

Identifier = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
ColumnName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]


def _a_duration(value: Any) -> timedelta:
    if isinstance(value, timedelta):
        return value
    if not isinstance(value, str):
        raise ValueError("write a duration such as PT72H, P4D or PT30M")
    return duration(value)


def _a_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _a_text(value: Any) -> Any:
    if isinstance(value, int):
        raise ValueError(f"put it in quotes: YAML reads a bare time of day as the number {value}")
    return value


def _a_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"{value!r} is not a time zone of the IANA database, such as Asia/Shanghai") from error
    return value


Duration = Annotated[
    timedelta, BeforeValidator(_a_duration, json_schema_input_type=str), Field(examples=["PT72H", "P4D"])
]
Strings = Annotated[
    tuple[str, ...], BeforeValidator(_a_list, json_schema_input_type=str | list[str]), Field(min_length=1)
]
Zone = Annotated[str, AfterValidator(_a_zone)]


class Word(BaseModel):
    """The root of every part of the contract: unknown keys are faults, values do not change."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Words(Word):
    """A text in the contract's languages; `en` is required, because the record is international."""

    en: str = Field(min_length=1)
    zh: str | None = None

    def __str__(self) -> str:
        return self.en


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


class TimeFormat(Word):
    """How a source writes times: `iso`, or a strftime format with the zone that it means."""

    format: str = "iso"
    zone: Zone | None = None


class Polls(Word):
    """Coverage of a source that is asked again and again (SEMANTICS section 2).

    A poll (the instant in `seen_at`) covers up to itself minus `max_lag`. Where the source shows only
    the last event of a unit, the span between the previous poll and that event is not covered.
    """

    max_lag: Duration
    shows: Literal["last", "all"]


class Source(Word):
    """Where a stream of events comes from, how it is written, who runs it and when it is due."""

    title: Words | None = None
    stream: Literal["service", "position", "condition", "case", "call", "report", "inspection", "notice"]
    run_by: Identifier
    owner: str
    connector: Literal["file"] = "file"
    path: str
    format: Literal["csv", "tsv", "parquet"] = "csv"
    encoding: str | None = None
    time: TimeFormat = TimeFormat()
    columns: dict[ColumnName, str] = Field(min_length=1)
    values: dict[ColumnName, dict[str, str]] = Field(default_factory=dict)
    from_: date | None = Field(default=None, alias="from")
    due: Annotated[str | None, BeforeValidator(_a_text, json_schema_input_type=str | None)] = None
    redelivery: Literal["replace", "append"] = "replace"
    polls: Polls | None = None
    rank: int = Field(default=0, ge=0)
    expects: Identifier | Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]

    @property
    def dated(self) -> bool:
        """Whether one delivery speaks about one service date, which stands in its name."""
        return "{service_date}" in self.path

    @property
    def delivery_due(self) -> DeliveryDue | None:
        """When a day's delivery is due; None where none is owed."""
        return DeliveryDue.parse(self.due) if self.due else None

    @property
    def measures(self) -> tuple[str, ...]:
        """The columns that are numbers: all that are not the relation's own."""
        return tuple(sorted(set(self.columns) - EVENT_COLUMNS))


EVENT_COLUMNS = frozenset({"at", "until", "seen_at", "unit", "zone", "actor", "kind", "note"})


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
