"""Evaluations, heads, sheets and flips: judgements, recorded one after another, never two at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, and_, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql import insert as upsert

from dutywatch.errors import HeadMoved
from dutywatch.ledger.tables import evaluations, flips, heads, sheets


@dataclass(frozen=True)
class Head:
    """The judgement in force: its evaluation and its `as_of`; `since`: from when on the ledger watches."""

    since: datetime
    evaluation: int | None
    as_of: datetime | None


@dataclass(frozen=True)
class Sheet:
    """One recorded sheet, as the next judgement needs it."""

    obligation: str
    date: date
    file: str
    inputs: str
    digest: str
    duties: int
    wake_at: datetime | None
    window_from: datetime
    window_to: datetime | None


def head(connection: Connection, contract: str, now: datetime) -> Head:
    """The contract's head; an empty one is made where there is none, and the ledger watches from `now` on."""
    connection.execute(upsert(heads).values(contract=contract, since=now).on_conflict_do_nothing())
    query = select(heads.c.since, heads.c.evaluation, heads.c.as_of).where(heads.c.contract == contract)
    return Head(*connection.execute(query).one())


def head_of(connection: Connection, contract: str) -> Head | None:
    """The contract's head, if it has one; nothing is recorded."""
    query = select(heads.c.since, heads.c.evaluation, heads.c.as_of).where(heads.c.contract == contract)
    row = connection.execute(query).first()
    return Head(*row) if row else None


def terms_of(connection: Connection, evaluation: int) -> str:
    """The digest of the terms that an evaluation was made under."""
    query = select(evaluations.c.terms).where(evaluations.c.id == evaluation)
    return str(connection.execute(query).scalar_one())


def judged(connection: Connection, contract: str) -> bool:
    """Whether the contract was ever judged."""
    query = select(heads.c.evaluation).where(heads.c.contract == contract)
    return connection.execute(query).scalar_one_or_none() is not None


def current_sheets(connection: Connection, contract: str) -> list[Sheet]:
    """The latest recorded version of every sheet of the contract."""
    rows = connection.execute(
        select(*(sheets.c[name] for name in Sheet.__dataclass_fields__))
        .where(sheets.c.contract == contract)
        .ext(distinct_on(sheets.c.obligation, sheets.c.date))
        .order_by(sheets.c.obligation, sheets.c.date, sheets.c.evaluation.desc())
    )
    return [Sheet(**dict(row)) for row in rows.mappings()]


def commit(
    connection: Connection,
    evaluation: Mapping[str, Any],
    base: int | None,
    new_sheets: Sequence[Mapping[str, Any]],
    new_flips: Sequence[Mapping[str, Any]],
) -> int:
    """Record an evaluation with its sheets and flips on head `base`. Raises HeadMoved if that is head no more."""
    number = connection.execute(
        insert(evaluations).values(**evaluation, base=base).returning(evaluations.c.id)
    ).scalar_one()
    if new_sheets:
        connection.execute(insert(sheets), [{**row, "evaluation": number} for row in new_sheets])
    if new_flips:
        connection.execute(insert(flips), [{**row, "evaluation": number} for row in new_flips])
        _pass_on(connection, number)
    as_of = evaluation["as_of"]
    moved = connection.execute(
        update(heads)
        .where(
            heads.c.contract == evaluation["contract"],
            heads.c.evaluation.is_not_distinct_from(base),
            or_(heads.c.as_of.is_(None), heads.c.as_of <= as_of),
        )
        .values(evaluation=number, as_of=as_of)
    ).rowcount
    if moved != 1:
        raise HeadMoved(f"contract {evaluation['contract']}: another judgement was first")
    return int(number)


def _pass_on(connection: Connection, evaluation: int) -> None:
    """A lapse that moves, to a successor or in time, takes its message with it.

    Answers to that count, and nobody is told twice.
    """
    before, heir = flips.alias("before"), flips.alias("heir")
    whose = func.coalesce(heir.c.succeeds, heir.c.duty_id)
    same = and_(before.c.contract == heir.c.contract, before.c.duty_id == whose, before.c.id < heir.c.id)
    moved = or_(heir.c.succeeds.is_not(None), heir.c.from_standing == heir.c.to_standing)
    latest = (
        select(heir.c.id, before.c.to_standing, before.c.level, before.c.message, before.c.told_in)
        .join_from(heir, before, same)
        .where(heir.c.evaluation == evaluation, heir.c.level.is_(None), moved, before.c.to_standing != "void")
        .ext(distinct_on(heir.c.id))
        .order_by(heir.c.id, before.c.id.desc())
        .subquery()
    )
    connection.execute(
        update(flips)
        .where(flips.c.id == latest.c.id, flips.c.to_standing == latest.c.to_standing, latest.c.level.is_not(None))
        .values(level=latest.c.level, message=latest.c.message, told_in=latest.c.told_in)
    )


def woken(connection: Connection, now: datetime) -> dict[str, datetime]:
    """The contracts with a `wake_at` at or before `now`, each with the earliest of them."""
    return {contract: wake for contract, wake in _wakes(connection) if wake <= now}


def next_wake(connection: Connection, after: datetime) -> datetime | None:
    """The earliest `wake_at` after `after`, over all contracts."""
    latest = _latest_sheets()
    query = select(func.min(latest.c.wake_at)).where(latest.c.wake_at > after)
    found: datetime | None = connection.execute(query).scalar_one()
    return found


def _wakes(connection: Connection) -> list[tuple[str, datetime]]:
    latest = _latest_sheets()
    rows = connection.execute(
        select(latest.c.contract, func.min(latest.c.wake_at))
        .where(latest.c.wake_at.is_not(None))
        .group_by(latest.c.contract)
    )
    return [(contract, wake) for contract, wake in rows]


def _latest_sheets() -> Any:
    later = sheets.alias("later")
    newer = (
        select(later.c.id)
        .where(
            and_(
                later.c.contract == sheets.c.contract,
                later.c.obligation == sheets.c.obligation,
                later.c.date == sheets.c.date,
                later.c.evaluation > sheets.c.evaluation,
            )
        )
        .exists()
    )
    return select(sheets.c.contract, sheets.c.wake_at).where(~newer, sheets.c.wake_at.is_not(None)).subquery()


def flips_of(connection: Connection, contract: str, duty_id: str) -> list[Mapping[str, Any]]:
    """The flips of one duty, oldest first."""
    rows = connection.execute(
        select(flips).where(flips.c.contract == contract, flips.c.duty_id == duty_id).order_by(flips.c.id)
    )
    return [dict(row) for row in rows.mappings()]


def answered(connection: Connection, contract: str, obligation: str) -> dict[str, str]:
    """Who answered last for each duty of an obligation that ever turned."""
    rows = connection.execute(
        select(flips.c.duty_id, flips.c.person)
        .where(flips.c.contract == contract, flips.c.obligation == obligation)
        .order_by(flips.c.id)
    )
    return {row.duty_id: row.person for row in rows}


def predecessors(connection: Connection, contract: str, duty_id: str, known_at: datetime) -> list[str]:
    """The duties that became void by `known_at` and named this one as the one that takes their place, oldest first."""
    rows = connection.execute(
        select(flips.c.duty_id)
        .where(
            flips.c.contract == contract,
            flips.c.successor == duty_id,
            flips.c.to_standing == "void",
            flips.c.decided_at <= known_at,
        )
        .order_by(flips.c.id)
    )
    return list(dict.fromkeys(rows.scalars()))
