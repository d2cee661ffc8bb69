"""A pack: a real level-of-service table as obligations, which contracts take over with `uses:`.

A pack is a document of its own, beside the contract or in contracts/packs/. It says which parameters the contract
must bind, and has no party, no person and no source: those are the contract's. Reading a pack and putting it into a
contract is the business of `terms.binding`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from dutywatch.clock import duration
from dutywatch.terms.obligation import Clause, ClauseGiven, a_clause
from dutywatch.terms.words import Identifier, Strings, Word, Words


def quantity(value: Any) -> tuple[Literal["number", "duration"], float]:
    """A number, or a duration such as PT2H in seconds, and which of them it is. Raises ValueError."""
    if isinstance(value, str):
        return "duration", duration(value).total_seconds()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return "number", float(value)
    raise ValueError(f"{value!r} is neither a number nor a duration such as PT2H")


def _compared(value: str | int | float) -> str | int | float:
    quantity(value)
    return value


Limit = Annotated[str | int | float, AfterValidator(_compared)]


class Parameter(Word):
    """What the contract states and the pack does not: a party, a class, a kind, or a number.

    `default` holds where the contract states nothing. `at_least` and `at_most` are what the table gives where it gives
    a range (or a bound) and no number: there is no default then, the contract states one that lies within.
    """

    means: str = Field(min_length=1)
    default: Any = None
    at_least: Limit | None = None
    at_most: Limit | None = None

    @property
    def has_default(self) -> bool:
        """Whether it may stay unbound."""
        return "default" in self.model_fields_set

    @property
    def given(self) -> str | None:
        """What the table gives in place of a number; None where it gives nothing."""
        if self.at_least is not None and self.at_most is not None:
            return f"{self.at_least} to {self.at_most}"
        if self.at_least is not None:
            return f"{self.at_least} or more"
        return f"{self.at_most} or less" if self.at_most is not None else None

    def lies_within(self, value: Any) -> bool:
        """Whether a bound value lies in the range. Raises ValueError where it cannot be compared with it."""
        low, high = (None if one is None else quantity(one) for one in (self.at_least, self.at_most))
        if low is None and high is None:
            return True
        kind, found = quantity(value)
        if any(one[0] != kind for one in (low, high) if one):
            raise ValueError(f"{value!r} cannot be compared with what the source gives, {self.given}")
        return (low is None or low[1] <= found) and (high is None or found <= high[1])

    @model_validator(mode="after")
    def _a_range_has_no_default(self) -> Parameter:
        if self.given is not None and self.has_default:
            raise ValueError("a range has no default: which number holds is the contract's to state")
        if self.at_least is not None and not self.lies_within(self.at_least):
            raise ValueError(f"the range {self.given} ends before it begins")
        return self


class Pack(Word):
    """A level-of-service table. Texts that begin with `$` stand for parameters.

    An obligation's `clause` and `remedy` are places within `source`; both are shown together. `note` says what the
    source has and the pack leaves out, and how it was read. `calendars` are those that its obligations name.
    """

    pack: Identifier
    title: Words
    source: ClauseGiven
    note: str | None = None
    parameters: dict[Identifier, Parameter] = Field(default_factory=dict)
    calendars: dict[Identifier, dict[str, Any]] = Field(default_factory=dict)
    obligations: Annotated[dict[Identifier, dict[str, Any]], Field(min_length=1)]


class Use(Word):
    """How a contract takes a pack: `with` binds its parameters, `without` names obligations that are not owed here."""

    with_: dict[str, Any] = Field(default_factory=dict, alias="with")
    without: Strings | tuple[()] = ()


def cited(source: Clause, place: Any) -> Any:
    """The clause or remedy of a pack's obligation as a contract would write it: its place within the pack's source."""
    words = a_clause(place)
    if not isinstance(words, Mapping) or not isinstance(words.get("text"), str):
        return place  # the model says what is wrong with it
    own = source.model_dump(exclude_unset=True)
    return {**own, **words, "text": f"{source.text}, {words['text']}"}
