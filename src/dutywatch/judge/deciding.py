"""Who may decide what about a duty, and what a decision must state before it stands in the ledger (SEMANTICS 4, 7).

Nobody excuses or waives a duty that they answer for themselves, nobody decides about what their employer owes
(docs/decisions/0059), and nobody confirms their own decision. An excuse of one person counts for duties that are not
due yet; anything that looks back needs two. Here decisions are taken; judging heeds them, and a waiver changes no
verdict.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import Connection

from dutywatch.errors import DecisionRefused
from dutywatch.judge.deliveries import PREFIX
from dutywatch.lake import Lake, connect
from dutywatch.ledger import decisions
from dutywatch.ledger.decisions import Decision
from dutywatch.ledger.evaluations import Sheet
from dutywatch.terms import Terms
from dutywatch.terms.patterns import Respond, owed_per

OWN = ("excuse", "waive")  # what nobody decides for a duty that they answer for
_CALLED = {"excuse": "an excuse", "waive": "a waiver", "admit": "an admission", "suspend": "a suspension"}


@dataclass(frozen=True)
class Reach:
    """How many recorded duties a decision concerns, how many of them were due when it was recorded, how many lapses.

    The lapses are those that a waiver is of (docs/decisions/0058).
    """

    duties: int
    due: int
    lapses: int


@dataclass(frozen=True)
class Decided:
    """A decision as it stands in the ledger of `contract`, and whom it reaches."""

    contract: str
    decision: Decision
    reach: Reach

    def __str__(self) -> str:
        return "\n".join([summary(self.decision), *self._effect()])

    def _effect(self) -> Iterator[str]:
        one = self.decision
        if self.reach.duties:
            some = "1 recorded duty" if self.reach.duties == 1 else f"{self.reach.duties} recorded duties"
            some_of_them = f"{self.reach.due} due or lapsed already"
            if one.kind == "waive":
                are = "is" if self.reach.lapses == 1 else "are"
                some_of_them = f"of which {self.reach.lapses} {are} in breach and waived"
            yield f"It concerns {some}, {some_of_them}."
        else:
            yield "It concerns no duty that is recorded so far: are obligation, unit and trigger those that are meant?"
        if one.kind == "waive":
            if one.trigger is None:
                yield "It waives what has lapsed so far; a later lapse needs a waiver of its own."
            yield "A waiver changes the lapse's handling and its remedy, never the verdict."
            return
        if one.two:
            yield f"The next judgement heeds it: dutywatch judge {self.contract}"
            return
        confirm = f"once another person confirms it: dutywatch decide confirm {one.id} --by PERSON"
        if one.kind != "excuse":
            yield f"It looks back, so it counts {confirm}"
            return
        if self.reach.due < self.reach.duties or not self.reach.duties:
            yield f"It counts at once for duties that are not due yet: dutywatch judge {self.contract}"
        if self.reach.due or not self.reach.duties:
            yield f"For duties that are due or lapsed already it counts {confirm}"


def summary(one: Decision) -> str:
    """The decision in one line: number, kind, what it is about, why, by whom, confirmed by whom, where published."""
    about = ", ".join(
        f"{word} {value}" for word, value in (("unit", one.unit), ("trigger", one.trigger)) if value is not None
    )
    parts = [
        f"{one.id} {one.kind} {one.obligation or 'every obligation'}" + (f", {about}" if about else ""),
        f"grounds: {one.grounds}",
        f"by {one.author} at {_at(one.recorded_at)}",
    ]
    if one.confirmed_by and one.confirmed_at:
        parts.append(f"confirmed by {one.confirmed_by} at {_at(one.confirmed_at)}")
    elif one.kind != "waive":
        parts.append("not confirmed by a second person")
    parts.append(f"published: {one.published}" if one.published else "not published")
    return "; ".join(parts)


def decide(connection: Connection, lake: Lake, terms: Terms, sheets: Sequence[Sheet], proposed: Decision) -> Decided:
    """Record `proposed`. Raises DecisionRefused with every reason why it may not stand."""
    faults = list(_faults(terms, proposed))
    if faults:
        raise DecisionRefused(f"contract {terms.id}: {'; '.join(faults)}")
    number = decisions.record(connection, terms.id, proposed)
    return Decided(terms.id, replace(proposed, id=number), reach(lake, sheets, proposed))


def confirm(
    connection: Connection, lake: Lake, terms: Terms, sheets: Sequence[Sheet], one: Decision, person: str, now: datetime
) -> Decided:
    """Record that `person` confirms a decision, which is two persons' from `now` on. Raises DecisionRefused."""
    faults = [*_not_a_person(terms, person), *_unowed(terms, one)]
    if person == one.author:
        faults.append(f"{person} took decision {one.id}: another person must confirm it")
    if one.two:
        faults.append(f"decision {one.id} was confirmed by {one.confirmed_by} already: nothing is left to do")
    if not faults:
        faults.extend(_their_own(terms, one, person, "confirms"))
    if faults:
        raise DecisionRefused(f"contract {terms.id}: {'; '.join(faults)}")
    decisions.confirm(connection, one.id, person, now)
    return Decided(terms.id, replace(one, confirmed_by=person, confirmed_at=now), reach(lake, sheets, one))


def reach(lake: Lake, sheets: Sequence[Sheet], one: Decision) -> Reach:
    """The recorded duties that a decision is about, in the sheets that stand now."""
    paths = [str(lake.path(sheet.file)) for sheet in sheets if one.concerns(sheet.obligation)]
    if not paths:
        return Reach(0, 0, 0)
    with connect(lake) as duck:
        counted = duck.execute(
            "SELECT count(*), count(*) FILTER (least(due_at, lapsed_at) <= $at), "
            "count(*) FILTER (verdict = 'breached' AND ($trigger IS NOT NULL OR lapsed_at <= $at)) "
            "FROM read_parquet($paths) "
            "WHERE verdict <> 'void' AND coalesce(unit = $unit, true) AND coalesce(trigger = $trigger, true)",
            {"paths": paths, "at": one.recorded_at, "unit": one.unit, "trigger": one.trigger},
        ).fetchall()
    return Reach(*counted[0])


def answerable(terms: Terms, obligation: str | None) -> set[str]:
    """Who answers for an obligation (None: for any), in any of its wordings; for a delivery, its source's owner."""
    contract = terms.contract
    if obligation is None:
        owners = {source.owner for source in contract.sources.values() if source.due}
        return owners.union(*(answerable(terms, name) for name in contract.obligations))
    if obligation.startswith(PREFIX):
        return {contract.sources[obligation.removeprefix(PREFIX)].owner}
    return {words.supervisor for _, _, words in terms.words(obligation)}


def _faults(terms: Terms, one: Decision) -> Iterator[str]:
    yield from _not_a_person(terms, one.author)
    known = _unknown(terms, one)
    yield from known
    if not one.grounds.strip():
        yield "state the grounds: --grounds TEXT"
    if one.kind == "waive" and not (one.published or "").strip():
        yield "say where everybody can read the waiver: --published URL or TEXT"
    if not known and one.author in terms.contract.people:
        yield from _their_own(terms, one, one.author, "takes")
    if not known:
        yield from _without_effect(terms, one)


def _not_a_person(terms: Terms, person: str) -> Iterator[str]:
    if person not in terms.contract.people:
        yield f"{person} is nobody under `people`; it names {', '.join(sorted(terms.contract.people))}"


def owing(terms: Terms, obligation: str | None) -> set[str]:
    """The parties that owe duties of an obligation (None: of any) at some time; for a delivery, who runs its source."""
    contract = terms.contract
    if obligation is None:
        runners = {source.run_by for source in contract.sources.values() if source.due}
        return runners.union(*(owing(terms, name) for name in contract.obligations))
    if obligation.startswith(PREFIX):
        return {contract.sources[obligation.removeprefix(PREFIX)].run_by}
    named = {one.contractor for one in contract.assignments if obligation in (one.obligations or (obligation,))}
    return named | {words.party for _, _, words in terms.words(obligation)}


def _their_own(terms: Terms, one: Decision, person: str, verb: str) -> Iterator[str]:
    contract, owed_by = terms.contract, owing(terms, one.obligation)
    answering = answerable(terms, one.obligation) if one.kind in OWN else set()
    employed = {name for name in contract.people if contract.employer(name) in owed_by}
    if person not in answering | employed:
        return
    others = sorted(set(contract.people) - answering - employed - {one.author})
    must = f"one of {', '.join(others)} must" if others else "name somebody else under `people`, who must"
    theirs = one.obligation or "some of them"
    how = f"works for {contract.employer(person)}, which owes" if person in employed else "answers for"
    yield f"{person} {how} {theirs}, and nobody {verb} {_CALLED[one.kind]} of their own duty: {must}"


def _unknown(terms: Terms, one: Decision) -> list[str]:
    """What the decision names and the contract does not know."""
    found = _unowed(terms, one)
    if not found and one.obligation is not None and one.unit is not None:
        kinds = _owed_on(terms, one.obligation)
        named = _named(terms)
        places = {place for kind in kinds for place in named[kind]}
        known = next((kind for kind, some in named.items() if one.unit in some), None)
        if one.unit not in places and known is None:
            found.append(f"there is no unit {one.unit}{nearest(one.unit, places)}")
        elif one.unit not in places:
            found.append(
                f"no duty of {one.obligation} is owed on {one.unit}, which is a {known}: name a {kinds[0]}, or leave "
                "--unit out for all"
            )
    return found


def _unowed(terms: Terms, one: Decision) -> list[str]:
    """That the contract knows no such obligation, or names it no more (docs/decisions/0056)."""
    contract = terms.contract
    owed = [*contract.obligations, *(PREFIX + name for name, source in contract.sources.items() if source.due)]
    if one.obligation is None or one.obligation in owed:
        return []
    return [f"there is no obligation {one.obligation}{nearest(one.obligation, owed)}"]


def _owed_on(terms: Terms, obligation: str) -> list[str]:
    """Of which kinds that is on which duties of an obligation are owed; the contract stands in for a unit or a group
    that the register does not know."""
    if obligation.startswith(PREFIX):
        return ["source"]
    return list(dict.fromkeys([*(owed_per(words) for _, _, words in terms.words(obligation)), "contract"]))


def _named(terms: Terms) -> dict[str, set[str]]:
    """What a decision may name under `unit`, by what it is."""
    rows = terms.units.rows
    return {
        "unit": {one.id for one in rows},
        "zone": {one.zone for one in rows if one.zone},
        "class": {one.class_ for one in rows if one.class_},
        "contract": {terms.id},
        "source": set(terms.contract.sources),
    }


def _without_effect(terms: Terms, one: Decision) -> Iterator[str]:
    """A decision that no judgement would heed is a mistake of whoever takes it: better said at once."""
    if one.obligation is None or one.kind == "waive":
        return
    if one.obligation.startswith(PREFIX):
        yield "a delivery is a fact of the ledger: it is not excused, only waived"
        return
    wordings = [words for _, _, words in terms.words(one.obligation)]
    if one.kind == "admit" and all(words.proof_until is None for words in wordings):
        yield f"{one.obligation} sets no `proof_until`: late evidence counts without a decision"
    if one.kind == "suspend" and not any(
        isinstance(words, Respond) and words.suspended_by is not None and words.suspended_by.retroactive
        for words in wordings
    ):
        yield f"the clause of {one.obligation} grants no suspension before its publication (`retroactive: true`)"
    if one.kind == "suspend" and (one.unit is not None or one.trigger is not None):
        yield "a suspension holds in its whole zone and for every clock that runs there: name no unit and no trigger"


def nearest(name: str, known: Iterable[str]) -> str:
    """What may have been meant, for an error's end."""
    close = difflib.get_close_matches(name, sorted(known), n=3, cutoff=0.5)
    return f": did you mean {' or '.join(close)}?" if close else ""


def _at(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M}Z"
