"""What starts a clock: episodes of observations, single records, a quorum of citizens, another duty's breach.

SEMANTICS section 3. Reading triggers out of the evidence is the business of `judge.triggers`.
"""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from dutywatch.terms.predicate import Predicate, predicate
from dutywatch.terms.words import ColumnName, Duration, Identifier, Stream, Strings, Word

Where = Annotated[Predicate | None, BeforeValidator(predicate, json_schema_input_type=str | None)]


class Observed(Word):
    """Events of one stream: those of some kinds (default: all), narrowed by `where`."""

    stream: Stream
    kind: Strings | None = None
    where: Where = None


class Quorum(Word):
    """So many distinct households within so much time; reports that name nobody never count."""

    households: int = Field(ge=2)
    within: Duration


class Trigger(Word):
    """What starts a clock; exactly one of four shapes.

    An *episode*: observations of one zone, merged by `merge_gap`, from the instant at which `measure`
    reaches `at_least`, or exceeds `above`. A *record* (`each: record`): every record by itself, such as a case, of
    which the latest row speaks; or every row (`each: event`), such as a closing, whatever rows of its record follow.
    A *quorum* of reports on one unit. The *breach* of another obligation, on the same unit.
    """

    stream: Stream | None = None
    kind: Strings | None = None
    where: Where = None
    measure: ColumnName | None = None
    at_least: float | None = None
    above: float | None = None
    merge_gap: Duration | None = None
    each: Literal["record", "event"] | None = None
    quorum: Quorum | None = None
    breach: Identifier | None = None

    @property
    def threshold(self) -> float | None:
        """The least value of `measure` that crosses: `at_least`, or the next number above `above`."""
        return math.nextafter(self.above, math.inf) if self.above is not None else self.at_least

    @property
    def pause(self) -> timedelta | None:
        """How long without an event ends the run that is one trigger; None: nothing is merged."""
        return self.merge_gap or (self.quorum.within if self.quorum else None)

    @property
    def shape(self) -> Literal["episode", "record", "quorum", "breach"]:
        """Which of the four shapes the trigger has."""
        if self.breach is not None:
            return "breach"
        if self.quorum is not None:
            return "quorum"
        return "record" if self.each is not None else "episode"

    @model_validator(mode="after")
    def _of_one_shape(self) -> Trigger:
        if self.at_least is not None and self.above is not None:
            raise ValueError("write one threshold: `at_least` counts the number itself, `above` does not")
        if (self.measure is None) != (self.threshold is None):
            raise ValueError("`measure` and `at_least` (or `above`) belong together: give both or neither")
        if self.shape == "breach":
            if self.model_fields_set != {"breach"}:
                raise ValueError("`breach` names another obligation and stands alone: leave the other words out")
            return self
        if self.stream is None:
            raise ValueError("`stream` is missing: name the stream whose events start the clock")
        if self.shape == "record" and {"quorum", "merge_gap", "measure"} & self.model_fields_set:
            raise ValueError(f"`each: {self.each}` starts a clock for each: nothing is merged, measured or counted")
        if self.shape == "quorum" and self.measure is not None:
            raise ValueError("a quorum counts households: leave `measure` and its threshold out")
        if self.shape == "episode" and self.merge_gap is None:
            raise ValueError("`merge_gap` is missing: say how long a pause ends an episode, such as PT6H")
        return self
