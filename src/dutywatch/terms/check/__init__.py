"""Rules that tie two clauses of a contract together; each fault says what to write instead."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from pydantic import ValidationError

from dutywatch.terms.check.finding import Finding
from dutywatch.terms.check.obligation import check_obligation, check_rate, parts
from dutywatch.terms.check.source import check_source
from dutywatch.terms.contract import Assignment, Contract
from dutywatch.terms.document import Path_
from dutywatch.terms.patterns import Attain, Obligation, depends_on, owed_per
from dutywatch.terms.terms import amended
from dutywatch.terms.units import Unit, Units

__all__ = ["check", "parts"]


def check(contract: Contract, units: Units) -> Iterator[Finding]:
    """Yield (path, message) for every rule that the contract breaks."""
    if len(contract.contractors) > 1 and not contract.assignments:
        yield ("assignments",), "several contractors need dated assignments: say who answers for which units"
    for word in ("people", "sources", "obligations"):
        if not getattr(contract, word):
            yield (word,), f"`{word}` names none: a contract needs at least one"
    if any(unit.id == contract.contract for unit in units.rows):  # docs/decisions/0080
        yield (
            ("units",),
            f"a unit is called `{contract.contract}` like the contract, which stands for units that no record names: "
            "give one of them another name",
        )
    parties = {contract.authority.id, *(party.id for party in contract.contractors)}
    for name, person in contract.people.items():
        if person.works_for not in (None, *parties):
            known = ", ".join(sorted(parties))
            yield (
                ("people", name, "works_for"),
                f"`{person.works_for}` is no party: name one of {known}, or leave it out",
            )
    for index, step in enumerate(contract.escalation):
        yield from _person(contract, step.to, ("escalation", index, "to"))
    for name, source in contract.sources.items():
        at: Path_ = ("sources", name)
        yield from _person(contract, source.owner, (*at, "owner"))
        yield from (((*at, *where), message) for where, message in check_source(contract, source))
    for name, obligation in contract.obligations.items():
        yield from _person(contract, obligation.supervisor, ("obligations", name, "supervisor"))
        yield from check_obligation(contract, units, name, obligation)
    yield from _assignments(contract, units)
    faults = list(_amendments(contract, units))
    yield from faults or _rates(contract)


def _person(contract: Contract, person: str, path: Path_) -> Iterator[Finding]:
    if person not in contract.people:
        known = ", ".join(sorted(contract.people))
        yield path, f"`{person}` is nobody under `people`: name one of {known}, or add the person there"


def _assignments(contract: Contract, units: Units) -> Iterator[Finding]:
    """One responsible party per obligation and unit on any day."""
    known = {party.id for party in contract.contractors}
    for index, one in enumerate(contract.assignments):
        at: Path_ = ("assignments", index)
        if one.contractor not in known:
            yield (*at, "contractor"), f"`{one.contractor}` is no contractor: name one of {', '.join(sorted(known))}"
        for name in one.obligations or ():
            if name not in contract.obligations:
                yield (*at, "obligations"), f"`{name}` is no obligation of this contract"
        for other in contract.assignments[:index]:
            if both := next(filter(None, (_shared(one, other, unit) for unit in units.rows)), None):
                unit, day = both
                yield (
                    at,
                    f"from {day} unit {unit} is given to {one.contractor} and to {other.contractor}: one party answers "
                    "for a unit on a day: end one of them before the other begins, or narrow its `units`",
                )


def _shared(one: Assignment, other: Assignment, unit: Unit) -> tuple[str, date] | None:
    """The unit and the first day on which both assignments give it away, under some obligation."""
    same = one.obligations is None or other.obligations is None or bool({*one.obligations} & {*other.obligations})
    begins = max(one.from_, other.from_, unit.valid_from or date.min)
    ends = min(one.to or date.max, other.to or date.max, unit.valid_to or date.max)
    if not same or begins > ends or not (unit.among(one.units) and unit.among(other.units)):
        return None
    return unit.id, begins


def _amendments(contract: Contract, units: Units) -> Iterator[Finding]:
    """An amendment reads as an obligation once it is put in place, and breaks no rule that this does not."""
    for index, one in enumerate(contract.amendments):
        at: Path_ = ("amendments", index)
        base = contract.obligations.get(one.obligation)
        if base is None:
            yield (*at, "obligation"), f"`{one.obligation}` is no obligation of this contract"
            continue
        try:
            words = amended(base, [one])
            if "supervisor" in one.change:
                yield from _person(contract, words.supervisor, (*at, "change", "supervisor"))
            before = list(_asked_of(contract, units, one.obligation, base))
            for where, message in _asked_of(contract, units, one.obligation, words):
                if (where, message) not in before:
                    yield (*at, "change", *where), message
            needs = {*depends_on(words)} ^ {*depends_on(base)}
            if needs:
                yield (
                    (*at, "change"),
                    f"`{one.obligation}` would be judged from other duties (`{min(needs)}`) than before: "
                    "write an obligation of its own for these",
                )
            reading = [name for name, other in contract.obligations.items() if _reads(other, one.obligation)]
            if reading and owed_per(words) != owed_per(base):
                yield (
                    (*at, "change", "per"),
                    f"`{reading[0]}` is judged from these duties as they are owed per {owed_per(base)}: write an "
                    f"obligation of its own for those per {owed_per(words)}",
                )
        except ValidationError as error:
            for item in error.errors():
                word = ".".join(str(part) for part in item["loc"] if part != base.pattern)
                yield (*at, "change"), f"with it `{one.obligation}` reads wrongly: {word}: {item['msg']}"


def _reads(other: Obligation, name: str) -> bool:
    """Whether an obligation counts the duties of `name`, or its breaches start it; scores `_rates` asks about."""
    return name in depends_on(other) and not (isinstance(other, Attain) and other.items.rates)


def _asked_of(contract: Contract, units: Units, name: str, words: Obligation) -> Iterator[Finding]:
    """What obligation `name` breaks in these words, and in which of them; what a score weighs, `_rates` asks by day."""
    for path, message in check_obligation(contract, units, name, words):
        where = path[2:]
        if where[:2] != ("items", "rates"):
            yield where, message


def _rates(contract: Contract) -> Iterator[Finding]:
    """What a score weighs is measured over its windows also once an amendment changes either."""
    scores = {name: one for name, one in contract.obligations.items() if isinstance(one, Attain) and one.items.rates}
    for index, one in enumerate(contract.amendments):
        for day in (one.from_, *((one.to + timedelta(days=1),) if one.to else ())):
            reads = {
                name: amended(words, [a for a in contract.amendments if a.obligation == name and a.valid(day)])
                for name, words in contract.obligations.items()
            }
            for name in (
                name for name, words in scores.items() if one.obligation in (name, *(words.items.rates or ()))
            ):
                score = reads[name]
                assert isinstance(score, Attain)  # noqa: S101 - an amendment changes no pattern
                rates = [rate for rate in score.items.rates or () if rate in reads]
                for _, message in (found for rate in rates for found in check_rate(rate, reads[rate], score)):
                    yield ("amendments", index, "change"), f"from {day} `{name}` weighs it wrongly: {message}"
