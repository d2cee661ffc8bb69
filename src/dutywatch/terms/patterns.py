"""The four patterns in which an obligation can be owed: respond, recur, attain, keep (SEMANTICS section 6)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from dutywatch.clock import Allowance
from dutywatch.terms.obligation import (
    Action,
    Clock,
    OfTheRecord,
    Owed,
    Refutation,
    Reset,
    Rung,
    Suspension,
    rungs,
)
from dutywatch.terms.trigger import Observed, Trigger, Where
from dutywatch.terms.words import ColumnName, Duration, Identifier, Stream, Strings, Word

Within = Annotated[
    Annotated[tuple[Rung, ...], Tag("[table]")] | Annotated[OfTheRecord, Tag("[time of the record]")],
    Discriminator(lambda value: "[time of the record]" if isinstance(value, str) else "[table]"),
    BeforeValidator(rungs, json_schema_input_type=str | Rung | list[Rung]),
]


class Respond(Owed):
    """After each trigger, the action happens on each unit in scope within the allowance.

    `within`: one duration, a table by class and magnitude, or a time that the record states (trigger.target_at).
    """

    pattern: Literal["respond"]
    trigger: Trigger
    clock: Clock
    action: Action
    refuted_by: Refutation | None = None
    within: Within
    suspended_by: Suspension | None = None
    reset: Reset | None = None

    @property
    def of_its_record(self) -> bool:
        """Whether the record that starts its clock tells its end too: the acts are those records' own."""
        starts, asks = self.trigger, self.action
        return starts.each == "record" and starts.stream == asks.stream and "record" in asks.match

    @property
    def joined_by(self) -> tuple[str, ...]:
        """The columns that join acts to its duties. Versions of one record are its own wherever they lie."""
        return ("record",) if self.of_its_record else tuple(self.action.match)

    def allowance(self, unit_class: str | None, magnitude: float | None) -> Allowance | None:
        """The allowance for a unit of `unit_class` after a trigger of `magnitude`; None: nothing is owed."""
        fitting = [
            rung
            for rung in self.within
            if isinstance(rung, Rung)
            and rung.class_ in (None, unit_class)
            and (rung.at_least is None or (magnitude is not None and magnitude >= rung.at_least))
        ]
        if not fitting:
            return None
        return max(fitting, key=lambda r: (r.at_least is not None, r.at_least or 0.0)).allowance


class SeasonDays(Word):
    """The first and last day of a season, "10-15" to "04-30"; it may run over the new year."""

    from_: str = Field(alias="from", pattern=r"^\d{2}-\d{2}$")
    to: str = Field(pattern=r"^\d{2}-\d{2}$")


Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Plan(Word):
    """The days of a plan: days of the week, and dates."""

    weekdays: tuple[Weekday, ...] = ()
    dates: tuple[date, ...] = ()

    @model_validator(mode="after")
    def _has_days(self) -> Plan:
        if not self.weekdays and not self.dates:
            raise ValueError("a plan without days owes nothing: name `weekdays` or `dates`")
        return self


class Period(Word):
    """What a recurring duty is counted over: a calendar period, a season, the days of a plan, or a trigger's time.

    A period is owed where a day of it works by its `calendar`; a trigger's time, or a slot, where that is open at all.
    """

    each: Literal["day", "week", "month", "quarter", "year"] | None = None
    season: SeasonDays | None = None
    plan: Plan | None = None
    while_: Trigger | None = Field(default=None, alias="while")
    calendar: str = "always"

    @model_validator(mode="after")
    def _one_of_four(self) -> Period:
        given = [one for one in (self.each, self.season, self.plan, self.while_) if one is not None]
        if len(given) != 1:
            raise ValueError("write one of `each: day`, `season: {...}`, `plan: {...}` and `while: {...}`")
        if self.while_ is not None and self.while_.shape != "episode":
            raise ValueError("`while` needs a trigger that lasts: observations merged by `merge_gap`")
        return self


def _period(value: Any) -> Any:
    return {"each": value} if isinstance(value, str) else value


PeriodGiven = Annotated[Period, BeforeValidator(_period, json_schema_input_type=str | Period)]


class Recur(Owed):
    """In each period the action happens at least `times`, on `on_days` distinct days, or with no gap over `max_gap`."""

    pattern: Literal["recur"]
    period: PeriodGiven
    action: Action
    times: int | None = Field(default=None, ge=1)
    on_days: int | None = Field(default=None, ge=1)
    max_gap: Duration | None = None
    refuted_by: Refutation | None = None

    @model_validator(mode="after")
    def _one_count(self) -> Recur:
        given = [one for one in (self.times, self.on_days, self.max_gap) if one is not None]
        if len(given) != 1:
            raise ValueError("write one of `times: n`, `on_days: n` and `max_gap: PT2H`")
        if self.refuted_by is not None and self.times != 1:
            raise ValueError("`refuted_by` needs `times: 1`: of several acts it does not say which one is missing")
        if self.action.share is not None or self.action.consume is not None or self.action.all_of > 1:
            raise ValueError("a recurring duty counts acts: leave `share`, `consume` and `all` out of its action")
        if self.action.match != ("unit",):
            raise ValueError("a recurring duty has no record to match: its acts are those on its unit")
        return self


class Items(Word):
    """What an attain duty counts: events, or the duties of another obligation. They belong where they start (`at`).

    Or what it weighs into one score: `rates`, the shares that other obligations measure over the same window, each with
    its weight. The weights add up to 100, or to 1, and the score and its target are numbers up to that.
    """

    stream: Stream | None = None
    kind: Strings | None = None
    where: Where = None
    duties: Identifier | None = None
    rates: dict[Identifier, Annotated[float, Field(gt=0)]] | None = None
    at: ColumnName = "at"

    @model_validator(mode="after")
    def _one_of_three(self) -> Items:
        if sum(one is not None for one in (self.stream, self.duties, self.rates)) != 1:
            raise ValueError(
                "`items` are events of a `stream`, the `duties` of another obligation, "
                "or the `rates` of several others: write one"
            )
        if self.rates is None:
            return self
        if len(self.rates) < 2:
            raise ValueError("`rates` weighs two obligations at least: of one, hold its own share against the target")
        if self.total not in (1, 100):
            raise ValueError(f"the weights of `rates` add up to {float(self.total):g}: make it 100, or 1")
        return self

    @property
    def total(self) -> Fraction:
        """What the weights add up to, and a perfect score is: 100, or 1."""
        return sum(map(exactly, (self.rates or {}).values()), Fraction())


def exactly(number: float) -> Fraction:
    """A number of the contract as it is written there, so that no rounding decides."""
    return Fraction(str(number))


class Percentile(Word):
    """The smallest value of `of` that at least the share `rank` of the items do not exceed."""

    of: ColumnName
    rank: float = Field(gt=0, le=1)


class Window(Period):
    """What an attain duty is measured over: a period, its slices, or rolling windows tested at every item.

    Slices, and a trigger's time, are owed where `calendar` is open at all, others where a day of them works; a rolling
    one counts closed days too.
    """

    slice: Duration | None = None
    rolling: Duration | None = None

    @model_validator(mode="after")
    def _slices_or_rolling(self) -> Window:
        if self.slice is not None and self.rolling is not None:
            raise ValueError("write `slice` or `rolling`, not both")
        if self.rolling is not None and self.each != "day":
            raise ValueError("a rolling window is judged by the service day: write `each: day` beside it")
        return self


WindowGiven = Annotated[Window, BeforeValidator(_period, json_schema_input_type=str | Window)]
Per = Literal["unit", "zone", "class", "contract"]


class Attain(Owed):
    """Over a window, a share (`good`), percentile, count or score of items is `at_least` or `at_most` the target."""

    pattern: Literal["attain"]
    window: WindowGiven
    items: Items
    good: Where = None
    percentile: Percentile | None = None
    at_least: float | None = None
    at_most: float | None = None
    min_items: int = Field(default=1, ge=1)
    min_coverage: float = Field(default=1.0, ge=0, le=1)
    per: Per = "unit"

    @property
    def measure(self) -> Literal["share", "percentile", "count", "score"]:
        """What is compared with the target."""
        if self.items.rates is not None:
            return "score"
        if self.percentile is not None:
            return "percentile"
        return "share" if self.good is not None or self.items.duties is not None else "count"

    @property
    def strict(self) -> bool:
        """Whether all items must be good, or none: then one of them spoils it, whatever the others are."""
        if self.percentile is not None:
            return self.percentile.rank == 1 and self.at_most is not None
        return self.measure == "share" and ((self.at_least or 0) >= 1 or self.at_most == 0)

    @model_validator(mode="after")
    def _one_target(self) -> Attain:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("write one target: `at_least` or `at_most`")
        if self.good is not None and self.percentile is not None:
            raise ValueError("write `good` for a share or `percentile`, not both")
        if self.items.duties is not None and (self.good is not None or self.percentile is not None):
            raise ValueError("of duties the share that is met is measured: leave `good` and `percentile` out")
        if self.items.duties is not None and self.proof_until is not None:
            raise ValueError("until when evidence counts, the duties that are counted say: leave `proof_until` out")
        return self

    @model_validator(mode="after")
    def _score_of_rates(self) -> Attain:
        """What a score takes over from its rates, it does not say again."""
        if self.items.rates is None:
            return self
        own = self.model_fields_set & {"good", "percentile", "min_items", "min_coverage", "at_most", "proof_until"}
        if said := sorted(name for name in own if getattr(self, name) is not None):
            raise ValueError(f"a score must be `at_least` so high, and its rates say the rest: leave `{said[0]}` out")
        if self.silence == "breached":
            raise ValueError("what silence means, the rates of a score say: leave `silence` out")
        if self.window.rolling is not None:
            raise ValueError("a score weighs whole windows, not rolling ones: leave `rolling` out")
        if self.at_least is not None and not 0 <= exactly(self.at_least) <= self.items.total:
            raise ValueError(f"the score is a number from 0 to {float(self.items.total):g}: so is its target")
        return self


class Level(Observed):
    """What is measured: a column's value, distinct values of a column (`count`), or how many intervals are open."""

    value: ColumnName | None = None
    count: Literal["actor", "unit", "record"] | None = None
    open: bool = False

    @model_validator(mode="after")
    def _one_level(self) -> Level:
        if sum([self.value is not None, self.count is not None, self.open]) != 1:
            raise ValueError("write one of `value: column`, `count: actor` and `open: true`")
        return self


class Keep(Owed):
    """A measured level stays within bounds throughout a window, judged per slot."""

    pattern: Literal["keep"]
    window: PeriodGiven
    slot: Duration
    level: Level
    at_least: float | None = None
    at_most: float | None = None
    max_bad: int = Field(default=0, ge=0)
    per: Per = "unit"

    @model_validator(mode="after")
    def _has_bounds(self) -> Keep:
        if self.at_least is None and self.at_most is None:
            raise ValueError("write a bound: `at_least`, `at_most` or both")
        return self


Obligation = Annotated[Respond | Recur | Attain | Keep, Field(discriminator="pattern")]


def depends_on(obligation: Obligation) -> list[str]:
    """The obligations whose verdicts this one is judged from."""
    if isinstance(obligation, Respond):
        return [obligation.trigger.breach] if obligation.trigger.breach else []
    if isinstance(obligation, Attain):
        return [*(obligation.items.rates or ()), *([obligation.items.duties] if obligation.items.duties else [])]
    return []


def owed_per(obligation: Obligation | None) -> Per:
    """What its duties are owed per; of one that is not there, and of respond and recur, a unit."""
    return obligation.per if isinstance(obligation, Attain | Keep) else "unit"


def names_class(obligation: Obligation) -> bool:
    """Whether what it asks of a unit hangs on the unit's class."""
    if obligation.scope.class_ is not None or owed_per(obligation) == "class":
        return True
    within = obligation.within if isinstance(obligation, Respond) else ()
    return any(isinstance(rung, Rung) and rung.class_ is not None for rung in within)
