"""The messages of a ledger: which flips each one tells, how often it was revised, what was told for certain.

A message is about one trigger, such as a snowfall with its streets; or, where every case is a trigger of its own, about
all cases that turned at one instant (docs/decisions/0024). A flip is its own outbox row: it is untold while it has a
level and no message. Nothing here knows words or channels, that is `alert`; who is told next stands in
`ledger.escalations`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    FromClause,
    Select,
    and_,
    func,
    insert,
    or_,
    select,
    true,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql import insert as upsert

from dutywatch.clock import compact
from dutywatch.errors import LedgerError
from dutywatch.ledger.answers import GROUP, answered, together
from dutywatch.ledger.successors import VOID, heirs_of, last_standing
from dutywatch.ledger.tables import flips, messages, revisions
from dutywatch.ledger.waivers import waived

BREACHED, OPEN = "breached", "breached.open"  # the level that escalates, the standing that keeps it going
WITHDRAWN = "withdrawn"  # the level at which people hear that a breach is none


@dataclass(frozen=True, slots=True)
class Message:
    """One living message for one person; `name` is its reference: readable, unique in its contract."""

    id: int
    contract: str
    obligation: str
    trigger: str
    person: str
    level: str
    escalates: int | None
    opened_at: datetime
    revision: int
    told: int
    reference: str | None
    name: str


@dataclass(frozen=True, slots=True)
class Told:
    """A duty as a message tells it: its last flip there, where it stands now, whether that is answered or waived.

    `again`: it was told of before, and stands as it did.
    """

    message: int
    told_in: int
    trigger: str
    unit: str
    unit_class: str | None
    reason: str
    party: str | None
    owed_by: str
    due_at: datetime | None
    fulfilled_at: datetime | None
    proof_due: datetime | None
    decided_at: datetime
    standing: str
    told_at: datetime
    again: bool
    answered: bool
    waived: bool


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of a message: when it was made and how many duties it added or changed."""

    revision: int
    at: datetime
    duties: int


@dataclass(frozen=True, slots=True)
class Claimed:
    """What one claim found: flips, and how many messages it opened and revised."""

    flips: int = 0
    opened: int = 0
    revised: int = 0


@contextmanager
def alone(engine: Engine, contract: str) -> Iterator[None]:
    """Let one process at a time alert for `contract`; the database frees the place if its holder dies."""
    with engine.begin() as guard:
        guard.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"alert {contract}", 0))))
        yield


def untold(connection: Connection, contract: str) -> int:
    """How many flips and messages wait to be told; those that cannot go out as things stand do not count."""
    behind = messages.c.told < messages.c.revision
    waiting = and_(messages.c.contract == contract, behind, messages.c.failure.is_(None))
    parts = [select(flips.c.id).where(_untold(contract)), select(messages.c.id).where(waiting)]
    return int(connection.execute(select(func.count()).select_from(union_all(*parts).subquery())).scalar_one())


def _untold(contract: str) -> ColumnElement[bool]:
    return and_(flips.c.contract == contract, flips.c.level.is_not(None), flips.c.message.is_(None))


def _passed(flip: FromClause) -> ColumnElement[bool]:
    """Whether a flip changes nothing but who owes its duty, or when it lapsed (docs/decisions/0077 and 0088)."""
    return flip.c.to_standing == flip.c.from_standing


def _turned_at() -> ColumnElement[datetime]:
    """When it was decided that a flip's duty stands as it does, whoever owes it and whenever it lapsed."""
    before = flips.alias("before")
    same = and_(before.c.contract == flips.c.contract, before.c.duty_id == flips.c.duty_id, before.c.id <= flips.c.id)
    turned = func.max(before.c.decided_at).filter(~_passed(before))  # none where it took the place of another one
    decided = func.coalesce(turned, func.min(before.c.decided_at))
    return select(decided).where(same).correlate(flips).scalar_subquery()


def _again() -> ColumnElement[bool]:
    """Whether a flip changes no standing, and its message went out with its lapse before."""
    before = flips.alias("before")
    same = and_(before.c.contract == flips.c.contract, before.c.message == flips.c.message, before.c.id < flips.c.id)
    lapse = or_(before.c.duty_id == flips.c.duty_id, before.c.duty_id == flips.c.succeeds)
    told = select(before.c.id).join(messages, messages.c.id == before.c.message).where(same, lapse)
    return and_(_passed(flips), told.where(before.c.told_in <= messages.c.told).correlate(flips).exists())


def claim(connection: Connection, contract: str, now: datetime, singly: Collection[str] = ()) -> Claimed:
    """Give every untold flip its message: one a (obligation, trigger, person, level), opened or revised.

    `singly`: the obligations of which each case starts a clock of its own. Their cases that turned at one instant share
    a message, whose trigger is that instant; a case that turned alone has its own. A lapse that passes to another party
    stays in the message that told of it (docs/decisions/0077).
    """
    columns = [flips.c[name] for name in ("obligation", "trigger", "person", "level", "id", "duty_id")]
    turned = _passed(flips).label("passed"), _turned_at().label("turned_at")
    wanted = select(*columns, *turned).where(_untold(contract)).order_by(flips.c.id)
    rows = connection.execute(wanted.with_for_update()).all()
    told = _told_in(connection, [row.id for row in rows if row.passed])
    claimed = defaultdict[tuple[str, ...], list[Any]](list)
    for row in rows:
        about = f"at {compact(row.turned_at)}" if row.obligation in singly else row.trigger
        claimed[row.obligation, told.get(row.id, about), row.person, row.level].append(row)
    states: dict[int, int] = {}
    for (obligation, about, *whom), members in sorted(claimed.items()):
        alone_ = {told.get(row.id, row.trigger) for row in members} if obligation in singly else {about}
        group = (obligation, alone_.pop() if len(alone_) == 1 else about, *whom)
        more = {row.duty_id for row in members if not row.passed}
        states |= _claim(connection, contract, group, [row.id for row in members], len(more), now)
    for (_, _, person, level), members in sorted(claimed.items()):
        if level == WITHDRAWN:
            states |= _unsay(connection, contract, person, {row.duty_id for row in members}, set(states), now)
    opened = sum(revision == 1 for revision in states.values())
    return Claimed(len(rows), opened, len(states) - opened)


def _told_in(connection: Connection, passed: Sequence[int]) -> dict[int, str]:
    """The trigger of the message that told its person of a lapse, by the flip with which it passes to another party."""
    before, flip = flips.alias("before"), flips.alias("flip")
    moved = or_(before.c.duty_id == flip.c.duty_id, before.c.duty_id == flip.c.succeeds)
    rows = connection.execute(
        select(flip.c.id, messages.c.trigger)
        .join_from(flip, before, and_(before.c.contract == flip.c.contract, before.c.id < flip.c.id, moved))
        .join(messages, and_(messages.c.id == before.c.message, messages.c.person == flip.c.person))
        .where(flip.c.id == func.any(list(passed)), messages.c.level == BREACHED)
        .order_by(before.c.id)
    )
    return {row.id: row.trigger for row in rows}


def _unsay(
    connection: Connection, contract: str, person: str, duties: set[str], but: set[int], now: datetime
) -> dict[int, int]:
    """Revise what told others than `person` of breaches that are none any more, but for what was revised just now.

    Returns the revisions by message.
    """
    named = select(flips.c.message).where(
        flips.c.contract == contract, flips.c.duty_id == func.any(sorted(duties)), flips.c.message.is_not(None)
    )
    told = messages.alias("told")
    below = select(told.c.id).where(told.c.id.in_(named), together(told, messages)).correlate(messages)
    rows = connection.execute(
        update(messages)
        .where(
            messages.c.level == BREACHED,
            messages.c.person != person,
            messages.c.id != func.all(sorted(but)),
            or_(messages.c.id.in_(named), and_(messages.c.escalates.is_not(None), below.exists())),
        )
        .values(revision=messages.c.revision + 1)
        .returning(messages.c.id, messages.c.revision)
    ).all()
    for row in rows:
        revise(connection, row.id, row.revision, now, 0)
    return {row.id: row.revision for row in rows}


def _claim(
    connection: Connection, contract: str, group: tuple[str, ...], some: Sequence[int], more: int, now: datetime
) -> dict[int, int]:
    """Claim flips for their message, to which they add `more` duties; returns the revisions of all that it concerns."""
    key = {"contract": contract, **dict(zip(("obligation", "trigger", "person", "level"), group, strict=True))}
    alike = [messages.c[name] == key[name] for name in GROUP]
    row = connection.execute(
        upsert(messages)
        .values(**key, opened_at=now, revision=1, told=0)
        .on_conflict_do_update(index_elements=list(key), set_={"revision": messages.c.revision + 1})
        .returning(messages.c.id, messages.c.revision)
    ).one()
    claimed = connection.execute(
        update(flips)
        .where(flips.c.id == func.any(some), flips.c.message.is_(None))
        .values(message=row.id, told_in=row.revision)
    ).rowcount
    if claimed != len(some):
        raise LedgerError(f"contract {contract}: somebody else claimed {len(some) - claimed} flips meanwhile")
    above = connection.execute(
        update(messages)
        .where(*alike, messages.c.escalates.is_not(None), messages.c.id != row.id)
        .values(revision=messages.c.revision + 1)
        .returning(messages.c.id, messages.c.revision)
    ).all()
    for state in (row, *above):
        revise(connection, state.id, state.revision, now, more)
    return {state.id: state.revision for state in (row, *above)}


def revise(connection: Connection, message: int, revision: int, at: datetime, duties: int) -> None:
    """Append a state of a message."""
    connection.execute(insert(revisions).values(message=message, revision=revision, at=at, duties=duties))


def record_told(connection: Connection, message: int, revision: int, reference: str) -> bool:
    """Note that a revision was told and where it lies; False where that or a later one is noted already."""
    done = connection.execute(
        update(messages)
        .where(messages.c.id == message, messages.c.told < revision)
        .values(told=revision, reference=reference, failure=None)
    ).rowcount
    return done == 1


def record_failure(connection: Connection, message: int, reason: str) -> None:
    """Note why a message cannot go out as things stand."""
    connection.execute(update(messages).where(messages.c.id == message).values(failure=reason))


def pending(connection: Connection, contract: str, zone: str) -> list[Message]:
    """The messages whose last revision is not known to be told, oldest first."""
    named = _named(contract, zone).subquery()
    return _messages(connection, select(named).where(named.c.told < named.c.revision).order_by(named.c.id))


def by_id(connection: Connection, contract: str, zone: str, message: int) -> Message:
    """One message of the contract."""
    named = _named(contract, zone).subquery()
    return _messages(connection, select(named).where(named.c.id == message))[0]


def by_name(connection: Connection, contract: str, zone: str, name: str) -> Message | None:
    """The message with the reference `name`, None where there is none."""
    named = _named(contract, zone).subquery()
    return next(iter(_messages(connection, select(named).where(named.c.name == name))), None)


def _messages(connection: Connection, query: Select[Any]) -> list[Message]:
    names = [field.name for field in fields(Message)]
    return [Message(**{name: row[name] for name in names}) for row in connection.execute(query).mappings()]


def _named(contract: str, zone: str) -> Select[Any]:
    """The contract's messages with their names: local minute, obligation, level, person, and _2 for a twin.

    A name says nothing of the ledger's own numbers, so that a replay gives the same names again.
    """
    minute = func.to_char(func.timezone(zone, messages.c.opened_at), 'YYYY-MM-DD"T"HH24MI')
    parts = (minute, func.replace(messages.c.obligation, ":", "."), messages.c.level, messages.c.person)
    twin = func.row_number().over(partition_by=parts, order_by=messages.c.id)
    name = func.concat_ws("_", *parts, func.nullif(twin, 1))  # which leaves a NULL out
    return select(messages, name.label("name")).where(messages.c.contract == contract)


def speakers(connection: Connection, message: Message) -> list[int]:
    """The messages whose duties a message speaks for: itself; one that escalates, all of its group."""
    if message.escalates is None:
        return [message.id]
    group = [messages.c[name] == getattr(message, name) for name in GROUP]
    return list(connection.execute(select(messages.c.id).where(*group).order_by(messages.c.id)).scalars())


def spoken_for(connection: Connection, contract: str, several: Sequence[int]) -> list[Told]:
    """The duties that messages speak for, each once: a lapse that moved stands as the duty that took its place."""
    mine = (
        select(flips, revisions.c.at.label("told_at"), answered(flips, revisions).label("answered"))
        .add_columns(_again().label("again"), _turned_at().label("turned_at"))
        .join(revisions, and_(revisions.c.message == flips.c.message, revisions.c.revision == flips.c.told_in))
        .where(flips.c.contract == contract, flips.c.message.in_(several))
        .ext(distinct_on(flips.c.duty_id))
        .order_by(flips.c.duty_id, flips.c.id.desc())
        .subquery()
    )
    last = last_standing(mine.c.contract, mine.c.duty_id)
    names = [field.name for field in fields(Told) if field.name != "waived"]
    spared = set(connection.execute(waived(contract)).scalars())
    stands = (last.c.standing, last.c.due_at.label("now_due"))
    rows = connection.execute(select(mine, *stands).join_from(mine, last, true())).mappings().all()
    known = {row["duty_id"] for row in rows}
    void = {row["duty_id"] for row in rows if row["standing"] == VOID}
    heirs = heirs_of(connection, contract, void) if void else {}
    found = []
    for row in rows:
        taken = heirs.get(row["duty_id"], {})
        if known & taken.keys():
            known.discard(row["duty_id"])
            continue
        lapse = next((one for one in taken if taken[one].startswith(BREACHED)), row["duty_id"])
        known.add(lapse)
        values = {name: row[name] for name in names}
        values |= {"standing": taken.get(lapse, row["standing"]), "decided_at": row["turned_at"]}
        if row["standing"].startswith(BREACHED):
            values["due_at"] = row["now_due"]  # by other words, or a pause that was recorded late
        found.append(Told(**values, waived=lapse in spared))
    return sorted(found, key=lambda duty: (duty.unit_class or "", duty.unit, duty.decided_at))


def history(connection: Connection, message: int) -> list[Revision]:
    """The states of a message, first to last."""
    rows = connection.execute(
        select(revisions.c.revision, revisions.c.at, revisions.c.duties)
        .where(revisions.c.message == message)
        .order_by(revisions.c.revision)
    )
    return [Revision(*row) for row in rows]
