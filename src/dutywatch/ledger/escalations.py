"""Who is told next of a breach that nobody answers, and what people answered.

Only an original message starts a chain. An answer to it, or to one of its escalated messages, is about the lapses that
were told by then. A chain goes on while one of its lapses is open that nobody has answered or waived; its steps are
measured from when the first of these was told (docs/decisions/0064).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    FromClause,
    Interval,
    Select,
    Subquery,
    Text,
    and_,
    cast,
    column,
    func,
    insert,
    or_,
    select,
    true,
    union_all,
    values,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from dutywatch.ledger.messages import BREACHED, OPEN, Message, revise, spoken_for
from dutywatch.ledger.tables import answers, decisions, flips, messages, revisions


@dataclass(frozen=True, slots=True)
class Escalation:
    """A person who is told at `at`, unless somebody answers `message` before."""

    message: int
    person: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person answered to a message: `acknowledged` or `disputed`."""

    person: str
    kind: str
    text: str
    answered_at: datetime


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
        .where(messages.c.level == BREACHED, messages.c.escalates.is_(None), ~_told(step.c.person))
        .order_by(at, messages.c.id, step.c.person)
    )
    return [Escalation(*row) for row in found]


def told_since(connection: Connection, contract: str, message: int) -> datetime | None:
    """When an original message told the first of those of its lapses that are open, and neither waived nor answered."""
    since = _unanswered(contract)
    return connection.execute(select(since.c.at).where(since.c.message == message)).scalar_one_or_none()


def _unanswered(contract: str) -> Subquery:
    """(message, at): when a message first told a lapse that is open, and neither waived nor answered since."""
    link = messages.alias("link")
    answer = (
        select(answers.c.id)
        .join(link, link.c.id == answers.c.message)
        .where(
            or_(link.c.id == flips.c.message, link.c.escalates == flips.c.message),
            answers.c.answered_at >= revisions.c.at,
        )
        .exists()
    )
    return (
        select(flips.c.message, func.min(revisions.c.at).label("at"))
        .join(revisions, and_(revisions.c.message == flips.c.message, revisions.c.revision == flips.c.told_in))
        .where(flips.c.contract == contract, _open(), ~_waived(contract), ~answer)
        .group_by(flips.c.message)
        .subquery("since")
    )


def _told(person: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether `person` has a message about the same group already."""
    other = messages.alias("other")
    same = [other.c[name] == messages.c[name] for name in ("contract", "obligation", "trigger", "level")]
    return select(other.c.id).where(*same, other.c.person == person).exists()


def _chain(original: ColumnElement[int] | int) -> Select[Any]:
    """The ids of a message and of those that escalate it."""
    link = messages.alias("link")
    return select(link.c.id).where(or_(link.c.id == original, link.c.escalates == original))


def _open() -> ColumnElement[bool]:
    """Whether a flip left its duty open, and no later flip says otherwise."""
    return and_(flips.c.to_standing == OPEN, _last(flips))


def _last(flip: FromClause) -> ColumnElement[bool]:
    """Whether a flip is the last one of its duty."""
    later = flips.alias()
    same = and_(later.c.contract == flip.c.contract, later.c.duty_id == flip.c.duty_id)
    return ~select(later.c.id).where(same, later.c.id > flip.c.id).exists()


def _waived(contract: str) -> ColumnElement[bool]:
    """Whether somebody waived the lapse, or that of a void duty whose place its duty took (SEMANTICS 3 and 7).

    A waiver that names no trigger is of what had lapsed by then (docs/decisions/0058).
    """
    lapse, before = flips.alias("lapse"), _before(contract)
    own = (
        select(lapse.c.duty_id)
        .join_from(decisions, lapse, lapse.c.contract == decisions.c.contract)
        .where(
            decisions.c.contract == contract,
            decisions.c.kind == "waive",
            func.coalesce(decisions.c.obligation, lapse.c.obligation) == lapse.c.obligation,
            func.coalesce(decisions.c.unit, lapse.c.unit) == lapse.c.unit,
            or_(
                decisions.c.trigger == lapse.c.trigger,
                and_(decisions.c.trigger.is_(None), lapse.c.lapsed_at <= decisions.c.recorded_at),
            ),
        )
        .cte("waived")
    )
    moved = select(before.c.duty_id).join_from(before, own, own.c.duty_id == before.c.gone)
    return flips.c.duty_id.in_(union_all(select(own.c.duty_id), moved))


def _before(contract: str) -> CTE:
    """The void duties (`gone`) whose place a duty took, from one to the next; one that came back is void no more."""
    earlier = flips.alias("earlier")
    known = (flips.c.contract == contract, flips.c.to_standing == "void", flips.c.successor.is_not(None), _last(flips))
    found = select(flips.c.successor.label("duty_id"), flips.c.duty_id.label("gone")).where(*known).cte(recursive=True)
    gone = and_(earlier.c.contract == contract, earlier.c.to_standing == "void", _last(earlier))
    same = and_(earlier.c.successor == found.c.gone, gone)
    return found.union(select(found.c.duty_id, earlier.c.duty_id).join_from(found, earlier, same))


def escalate(connection: Connection, escalation: Escalation, now: datetime) -> bool:
    """Open the message to the next person; False where there is one already."""
    kept = ("contract", "obligation", "trigger", "level")
    original = connection.execute(
        select(*(messages.c[name] for name in kept)).where(messages.c.id == escalation.message)
    ).one()
    row = connection.execute(
        upsert(messages)
        .values(
            **original._mapping,
            person=escalation.person,
            escalates=escalation.message,
            opened_at=now,
            revision=1,
            told=0,
        )
        .on_conflict_do_nothing()
        .returning(messages.c.id)
    ).first()
    if row is None:
        return False
    revise(connection, row.id, 1, now, len(spoken_for(connection, original.contract, [escalation.message])))
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
    breached = select(messages.c.id).where(
        messages.c.contract == message.contract,
        messages.c.obligation == message.obligation,
        messages.c.level == BREACHED,
        or_(messages.c.trigger == message.trigger, messages.c.id.in_(beside)),
    )
    count = select(func.count()).select_from(flips).where(flips.c.message.in_(breached), _open())
    return int(connection.execute(count).scalar_one())


def record_answer(connection: Connection, message: int, person: str, kind: str, text: str, now: datetime) -> None:
    """Append an answer."""
    connection.execute(insert(answers).values(message=message, person=person, kind=kind, text=text, answered_at=now))


def answers_to(connection: Connection, message: Message) -> list[Answer]:
    """The answers to a message and to all others of its chain, oldest first."""
    chain = _chain(message.id if message.escalates is None else message.escalates)
    names = [answers.c[field.name] for field in fields(Answer)]
    rows = connection.execute(select(*names).where(answers.c.message.in_(chain)).order_by(answers.c.id))
    return [Answer(*row) for row in rows]
