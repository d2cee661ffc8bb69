"""Alerting: stages of one signature, in one order.

A stage takes the round so far and gives it back with its own part done. What a crash leaves undone, the
next round does: `recall` first settles which sends of an earlier round arrived after all, so that all
that `send` is left with has surely not been told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, Engine

from dutywatch.alert.channels import Channel
from dutywatch.alert.deadlines import ahead
from dutywatch.alert.facts import singly
from dutywatch.alert.letter import Envelope, Letter, envelope
from dutywatch.alert.letter import compose as composed
from dutywatch.errors import MessageNotSent
from dutywatch.ledger import escalations, messages
from dutywatch.terms import Terms


@dataclass(frozen=True)
class Failure:
    """A message that did not go out; `permanent`: only a person can help."""

    message: str
    reason: str
    permanent: bool


@dataclass(frozen=True)
class Alerted:
    """What one round of alerting did."""

    changes: int = 0
    opened: int = 0
    revised: int = 0
    escalated: int = 0
    sent: int = 0
    recalled: int = 0
    failures: tuple[Failure, ...] = ()

    def __str__(self) -> str:
        told = [
            (
                self.changes,
                f"change{'' if self.changes == 1 else 's'} in {self.opened} new and {self.revised} revised "
                f"message{'' if (self.opened, self.revised) in ((1, 0), (0, 1)) else 's'}",
            ),
            (self.escalated, "escalated"),
            (self.recalled, "found already told"),
            (self.sent, "sent"),
            (len(self.failures), "NOT sent"),
        ]
        return ", ".join(f"{count} {what}" for count, what in told if count) or "nothing to tell"


@dataclass(frozen=True)
class Round:
    """One round of alerting on its way through the stages. `held`: messages that wait for the next."""

    engine: Engine
    terms: Terms
    now: datetime
    channel: Channel
    held: frozenset[int] = frozenset()
    letters: tuple[Letter, ...] = ()
    alerted: Alerted = Alerted()

    def failed(self, failing: Envelope, error: MessageNotSent) -> Round:
        """The round with a failure noted, in the ledger too if only a person can help."""
        if error.permanent:
            with self.engine.begin() as connection:
                messages.record_failure(connection, failing.message, str(error))
        failure = Failure(failing.key, str(error), error.permanent)
        alerted = replace(self.alerted, failures=(*self.alerted.failures, failure))
        return replace(self, held=self.held | {failing.message}, alerted=alerted)

    def pending(self, connection: Connection) -> list[messages.Message]:
        """The messages to be told, but for those that this round already failed on."""
        found = messages.pending(connection, self.terms.id, self.terms.contract.timezone)
        return [message for message in found if message.id not in self.held]


Stage = Callable[[Round], Round]


def recall(round_: Round) -> Round:
    """Look up what an earlier round may have sent, and note what arrived."""
    with round_.engine.begin() as connection:
        uncertain = [envelope(round_.terms.contract, message) for message in round_.pending(connection)]
    for one in uncertain:
        try:
            found = round_.channel.look_up(one)
        except MessageNotSent as error:
            round_ = round_.failed(one, error)
            continue
        if found and found.revision > one.told:
            with round_.engine.begin() as connection:
                told = min(found.revision, one.revision)
                messages.record_told(connection, one.message, told, found.reference)
            round_ = replace(round_, alerted=replace(round_.alerted, recalled=round_.alerted.recalled + 1))
    return round_


def claim(round_: Round) -> Round:
    """Give every untold flip its message, in one transaction."""
    with round_.engine.begin() as connection:
        done = messages.claim(connection, round_.terms.id, round_.now, singly(round_.terms.contract))
    alerted = replace(round_.alerted, changes=done.flips, opened=done.opened, revised=done.revised)
    return replace(round_, alerted=alerted)


def escalate(round_: Round) -> Round:
    """Open a message to the next person where nobody answered in time."""
    with round_.engine.begin() as connection:
        due = [one for one in ahead(connection, round_.terms) if one.at <= round_.now]
        done = sum(escalations.escalate(connection, one, round_.now) for one in due)
    return replace(round_, alerted=replace(round_.alerted, escalated=done))


def compose(round_: Round) -> Round:
    """Write the letters of all messages that are to be told."""
    with round_.engine.begin() as connection:
        coming, since = ahead(connection, round_.terms), escalations.unanswered_since(connection, round_.terms.id)
        found = round_.pending(connection)
        letters = tuple(composed(connection, round_.terms, message, coming, since) for message in found)
    return replace(round_, letters=letters)


def send(round_: Round) -> Round:
    """Bring the letters to their people; one that fails does not stop the others."""
    for letter in round_.letters:
        try:
            reference = round_.channel.send(letter)
        except MessageNotSent as error:
            round_ = round_.failed(letter.envelope, error)
            continue
        with round_.engine.begin() as connection:
            messages.record_told(connection, letter.envelope.message, letter.envelope.revision, reference)
        round_ = replace(round_, alerted=replace(round_.alerted, sent=round_.alerted.sent + 1))
    return round_


STAGES: tuple[Stage, ...] = (recall, claim, escalate, compose, send)


def tell(engine: Engine, terms: Terms, now: datetime, channel: Channel) -> Alerted:
    """Tell what is untold and escalate what is due. Idempotent; one round at a time for a contract.

    Raises MessageNotSent at the end where a message did not go out, `permanent` where no retry can help;
    everything else is told by then.
    """
    with messages.alone(engine, terms.id):
        round_ = Round(engine, terms, now, channel)
        for stage in STAGES:
            round_ = stage(round_)
    if failures := round_.alerted.failures:
        listed = "".join(f"\n  {failure.message}: {failure.reason}" for failure in failures)
        permanent = all(failure.permanent for failure in failures)
        raise MessageNotSent(f"contract {terms.id}: {round_.alerted}{listed}", permanent=permanent)
    return round_.alerted
