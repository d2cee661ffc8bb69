"""Who is told next of a breach that nobody answers, and what people answered.

Only an original message starts a chain: its steps are measured from when the first of its lapses that are open was
told (docs/decisions/0060), and an answer to it or to one of its escalated messages ends it. A chain goes on only while
one of its lapses is open and nobody has waived it.
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
    Interval,
    Select,
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
    at = (_since(contract) + cast(step.c.after, Interval)).label("at")
    found = connection.execute(
        select(messages.c.id, step.c.person, at)
        .join_from(messages, step, true())
        .where(
            messages.c.contract == contract,
            messages.c.level == BREACHED,
            messages.c.escalates.is_(None),
            ~_told(step.c.person),
            ~select(answers.c.id).where(answers.c.message.in_(_chain(messages.c.id))).exists(),
            at.is_not(None),
        )
        .order_by(at, messages.c.id, step.c.person)
    )
    return [Escalation(*row) for row in found]


def told_since(connection: Connection, contract: str, message: int) -> datetime | None:
    """When an original message told the first of those of its lapses that are open, and that nobody waived."""
    found: datetime | None = connection.execute(select(_since(contract)).where(messages.c.id == message)).scalar_one()
    return found


def _since(contract: str) -> ColumnElement[datetime]:
    open_ = select(flips.c.id).where(
        flips.c.message == messages.c.id, flips.c.told_in == revisions.c.revision, _open(), ~_waived(contract)
    )
    return (
        select(revisions.c.at)
        .where(revisions.c.message == messages.c.id, open_.correlate(messages, revisions).exists())
        .order_by(revisions.c.revision)
        .limit(1)
        .correlate(messages)
        .scalar_subquery()
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
    later = flips.alias("later")
    same = and_(later.c.contract == flips.c.contract, later.c.duty_id == flips.c.duty_id)
    newer = select(later.c.id).where(same, later.c.id > flips.c.id).exists()
    return and_(flips.c.to_standing == OPEN, ~newer)


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
    """The void duties (`gone`) whose place a duty took, from one to the next."""
    earlier = flips.alias("earlier")
    known = (flips.c.contract == contract, flips.c.to_standing == "void", flips.c.successor.is_not(None))
    found = select(flips.c.successor.label("duty_id"), flips.c.duty_id.label("gone")).where(*known).cte(recursive=True)
    same = and_(earlier.c.contract == contract, earlier.c.to_standing == "void", earlier.c.successor == found.c.gone)
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
