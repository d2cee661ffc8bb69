"""A composed message: its text in every language of the contract, ready for any channel.

Composing reads the ledger and chooses no channel; `blocks` and `folder` give a letter its form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from dutywatch.alert import chinese, english
from dutywatch.alert.facts import Facts, facts, person
from dutywatch.ledger import answers, escalations, messages
from dutywatch.ledger.escalations import Escalation
from dutywatch.ledger.messages import Message
from dutywatch.ledger.verdicts import Level
from dutywatch.terms import Contract, Terms
from dutywatch.terms.words import Words


class Language(Protocol):
    """What a language's module offers."""

    ACKNOWLEDGE: str
    UNITS: str
    CASES: str
    OTHERS: str
    HISTORY: str
    TO: str

    def said(self, words: Words) -> str: ...
    def title(self, f: Facts) -> str: ...
    def lines(self, f: Facts) -> Iterator[str]: ...
    def change(self, f: Facts) -> str: ...
    def revision(self, f: Facts, at: datetime, duties: int, first: bool) -> str: ...


LANGUAGES: dict[str, Language] = {"en": english, "zh": chinese}


@dataclass(frozen=True)
class Envelope:
    """To whom a message goes, what identifies it everywhere, and what is known of its sending."""

    message: int
    key: str
    contract: str
    name: str
    person: str
    address: str | None
    opened_at: datetime
    revision: int
    told: int
    reference: str | None


@dataclass(frozen=True)
class Text:
    """A message in one language; `change` tells the readers of an earlier revision what is new."""

    title: str
    lines: tuple[str, ...]
    change: str


@dataclass(frozen=True)
class Section:
    """A list under a headline in all languages."""

    title: str
    items: tuple[str, ...]


@dataclass(frozen=True)
class Letter:
    """A message in the contract's languages. `units` and `others` hold every unit, the text only a few."""

    envelope: Envelope
    texts: tuple[Text, ...]
    to: str
    contract: str
    at: str
    acknowledge: tuple[str, str] | None  # what the command does, and the command
    units: Section
    others: Section
    history: Section


def envelope(contract: Contract, message: Message) -> Envelope:
    """The envelope of `message`."""
    known = contract.people.get(message.person)
    return Envelope(
        message=message.id,
        key=f"{message.contract}/{message.name}",
        contract=message.contract,
        name=message.name,
        person=message.person,
        address=known.slack if known else None,
        opened_at=message.opened_at,
        revision=message.revision,
        told=message.told,
        reference=message.reference,
    )


def compose(
    connection: Connection,
    terms: Terms,
    message: Message,
    ahead: Sequence[Escalation],
    unanswered_since: Mapping[int, datetime],
) -> Letter:
    """Compose `message` from the ledger.

    `ahead` are the contract's escalations to come, soonest first; `unanswered_since` says by message since when a lapse
    that it told waits for an answer.
    """
    original = None
    if message.escalates is not None:
        original = messages.by_id(connection, terms.id, terms.contract.timezone, message.escalates)
    speakers = messages.speakers(connection, message)
    told_right = message.level in (Level.CURED, Level.WITHDRAWN)
    found = facts(
        terms.contract,
        message,
        messages.spoken_for(connection, terms.id, speakers),
        messages.history(connection, message.id),
        answers=answers.answers_to(connection, message.id, speakers),
        original=original,
        unanswered_since=unanswered_since.get(original.id) if original else None,
        following=next(((step.person, step.at) for step in ahead if step.message in speakers), None),
        elsewhere_open=escalations.still_open(connection, message) if told_right else 0,
    )
    return write(terms.contract, message, found)


def write(contract: Contract, message: Message, found: Facts) -> Letter:
    """Say the facts in the contract's languages, in its order."""
    spoken = [LANGUAGES[one] for one in contract.languages]
    units = found.day is None
    at = found.history[-1].at if found.history else message.opened_at
    return Letter(
        envelope=envelope(contract, message),
        texts=tuple(Text(one.title(found), tuple(one.lines(found)), one.change(found)) for one in spoken),
        to=" / ".join(f"{one.TO}: {one.said(person(contract, message.person))}" for one in spoken),
        contract=" / ".join(one.said(contract.title) for one in spoken),
        at=f"{at.astimezone(contract.zone):%Y-%m-%d %H:%M} {contract.timezone}",
        acknowledge=_acknowledge(spoken, message, found),
        units=Section(
            " / ".join(one.CASES if found.cases and not found.record else one.UNITS for one in spoken),
            found.listed if units else (),
        ),
        others=Section(" / ".join(one.OTHERS for one in spoken), found.others if units else ()),
        history=_history(spoken, found),
    )


def _acknowledge(spoken: Sequence[Language], message: Message, found: Facts) -> tuple[str, str] | None:
    if found.answered or not found.acting:
        return None
    command = f"dutywatch acknowledge {message.contract} {message.name}"
    return " / ".join(one.ACKNOWLEDGE for one in spoken), command


def _history(spoken: Sequence[Language], found: Facts) -> Section:
    items = tuple(
        " / ".join(one.revision(found, state.at, state.duties, state.revision == 1) for one in spoken)
        for state in found.history
    )
    return Section(" / ".join(one.HISTORY for one in spoken), items)
