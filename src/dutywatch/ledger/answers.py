"""What people answered to messages, and which lapses that is about: those that the message had told by then.

A message tells its own lapses; one that escalates also those of its group, which is all that was told of one
(obligation, trigger) at one level (docs/decisions/0064 and 0065).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, FromClause, and_, func, insert, or_, select

from dutywatch.ledger.tables import answers, messages, revisions

GROUP = ("contract", "obligation", "trigger", "level")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person answered to a message: `acknowledged` or `disputed`."""

    person: str
    kind: str
    text: str
    answered_at: datetime


def together(one: FromClause, other: FromClause) -> ColumnElement[bool]:
    """Whether two messages are of one group."""
    return and_(*(one.c[name] == other.c[name] for name in GROUP))


def answered(flip: FromClause, made: FromClause) -> ColumnElement[bool]:
    """Whether somebody answered a message that told of `flip` by then; `made`: the revision in which it was told."""
    own, link, seen = messages.alias("own"), messages.alias("link"), revisions.alias("seen")
    directly = and_(link.c.id == own.c.id, answers.c.revision >= flip.c.told_in)
    above = and_(together(link, own), answers.c.revision >= link.c.escalated_in, seen.c.at >= made.c.at)
    return (
        select(answers.c.id)
        .join(link, link.c.id == answers.c.message)
        .join(seen, and_(seen.c.message == link.c.id, seen.c.revision == answers.c.revision))
        .where(own.c.id == flip.c.message, or_(directly, above))
        .correlate(flip, made)
        .exists()
    )


def record_answer(connection: Connection, message: int, person: str, kind: str, text: str, now: datetime) -> None:
    """Append an answer. It is about the revision that was told for certain; whoever answers saw the first at least."""
    told = select(func.greatest(messages.c.told, 1)).where(messages.c.id == message).scalar_subquery()
    row = {"message": message, "person": person, "kind": kind, "text": text, "answered_at": now, "revision": told}
    connection.execute(insert(answers).values(**row))


def answers_to(connection: Connection, message: int, speakers: Collection[int]) -> list[Answer]:
    """The answers to a message that speaks for `speakers`, and to those of its group that escalate; oldest first."""
    own, link = messages.alias("own"), messages.alias("link")
    above = select(link.c.id).where(own.c.id == message, together(link, own), link.c.escalates.is_not(None))
    names = [answers.c[field.name] for field in fields(Answer)]
    heard = or_(answers.c.message.in_(speakers), answers.c.message.in_(above))
    rows = connection.execute(select(*names).where(heard).order_by(answers.c.id))
    return [Answer(*row) for row in rows]
