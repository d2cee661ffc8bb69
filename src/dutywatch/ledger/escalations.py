"""Who is told next of a breach that nobody answers.

An escalation goes on while a message has a lapse that is open and that nobody has answered or waived; its steps are
measured from when the first of these was told (docs/decisions/0064). Whoever is told speaks for all that was told of
that obligation and trigger: of one snowfall several persons may have messages (docs/decisions/0065).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Connection,
    Interval,
    Subquery,
    Text,
    and_,
    cast,
    column,
    func,
    or_,
    select,
    true,
    values,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from dutywatch.ledger.answers import GROUP, answered, together
from dutywatch.ledger.messages import BREACHED, OPEN, Message, revise, spoken_for
from dutywatch.ledger.successors import is_last
from dutywatch.ledger.tables import flips, messages, revisions
from dutywatch.ledger.waivers import waived


@dataclass(frozen=True, slots=True)
class Escalation:
    """A person who is told at `at`, unless somebody answers `message` before."""

    message: int
    person: str
    at: datetime


def escalations(connection: Connection, contract: str, steps: Iterable[tuple[str, timedelta]]) -> list[Escalation]:
    """Who is still to be told of unanswered breaches with an open lapse, soonest first, due or not."""
    rows = list(steps)
    if not rows:
        return []
    step = values(column("person", Text), column("after", Interval), name="step").data(rows)
    since = _unanswered(contract)
    at = (since.c.at + cast(step.c.after, Interval)).label("at")
    found = connection.execute(
        select(messages.c.id, step.c.person, at)
        .join_from(messages, since, since.c.message == messages.c.id)
        .join(step, true())
        .where(messages.c.level == BREACHED, ~_told(step.c.person))
        .order_by(at, messages.c.id, step.c.person)
    )
    return [Escalation(*row) for row in found]


def unanswered_since(connection: Connection, contract: str) -> dict[int, datetime]:
    """By message, when it told the first of those of its lapses that are open, and neither waived nor answered."""
    since = _unanswered(contract)
    return {row.message: row.at for row in connection.execute(select(since.c.message, since.c.at))}


def _unanswered(contract: str) -> Subquery:
    """(message, at): when a message first told a lapse that is open, and neither waived nor answered since."""
    return (
        select(flips.c.message, func.min(revisions.c.at).label("at"))
        .join(revisions, and_(revisions.c.message == flips.c.message, revisions.c.revision == flips.c.told_in))
        .where(flips.c.contract == contract, _open(), flips.c.duty_id.not_in(waived(contract)))
        .where(~answered(flips, revisions))
        .group_by(flips.c.message)
        .subquery("since")
    )


def _told(person: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether `person` has the message in question, or one that speaks for its whole group, already."""
    other = messages.alias("other")
    speaks = or_(other.c.id == messages.c.id, other.c.escalates.is_not(None))
    return select(other.c.id).where(together(other, messages), other.c.person == person, speaks).exists()


def _open() -> ColumnElement[bool]:
    """Whether a flip left its duty open, and no later flip says otherwise."""
    return and_(flips.c.to_standing == OPEN, is_last(flips))


def escalate(connection: Connection, escalation: Escalation, now: datetime) -> bool:
    """Let a message of the next person speak for the whole group; False where one does already.

    A message that the person has of lapses of their own does so from its next revision on.
    """
    original = connection.execute(
        select(*(messages.c[name] for name in GROUP)).where(messages.c.id == escalation.message)
    ).one()
    fresh = {"person": escalation.person, "opened_at": now, "revision": 1, "told": 0}
    row = connection.execute(
        upsert(messages)
        .values(**original._mapping, **fresh, escalates=escalation.message, escalated_in=1)
        .on_conflict_do_update(
            index_elements=["contract", "obligation", "trigger", "person", "level"],
            set_={
                "escalates": escalation.message,
                "escalated_in": messages.c.revision + 1,
                "revision": messages.c.revision + 1,
            },
            where=messages.c.escalates.is_(None),
        )
        .returning(messages.c.id, messages.c.revision)
    ).first()
    if row is None:
        return False
    group = [messages.c[name] == value for name, value in original._mapping.items()]
    others = list(connection.execute(select(messages.c.id).where(*group, messages.c.id != row.id)).scalars())
    breached = [one for one in spoken_for(connection, original.contract, others) if one.standing.startswith(BREACHED)]
    revise(connection, row.id, row.revision, now, len(breached))
    return True


def still_open(connection: Connection, message: Message) -> int:
    """How many lapses of the message's (obligation, trigger) are open, whoever was told of them.

    Of a message about several cases: of those that were told together with one of them.
    """
    own, told = flips.alias("own"), flips.alias("told")
    beside = (
        select(told.c.message)
        .join_from(own, told, and_(told.c.contract == own.c.contract, told.c.duty_id == own.c.duty_id))
        .where(own.c.message == message.id, own.c.trigger != message.trigger)
    )
    about = or_(
        messages.c.trigger == message.trigger,
        flips.c.trigger == message.trigger,  # lapses that moved to it keep their message
        messages.c.id.in_(beside),
    )
    count = (
        select(func.count())
        .select_from(flips)
        .join(messages, messages.c.id == flips.c.message)
        .where(
            messages.c.contract == message.contract,
            messages.c.obligation == message.obligation,
            messages.c.level == BREACHED,
            about,
            _open(),
        )
    )
    return int(connection.execute(count).scalar_one())
