"""Void duties and those that took their place, as the flips tell it: lapses, answers and waivers move with them.

Where a duty is void no more, what took its place keeps nothing of it (docs/decisions/0058).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import CTE, ColumnElement, Connection, FromClause, and_, literal, select, true

from dutywatch.ledger.tables import flips

VOID = "void"


def is_last(flip: FromClause) -> ColumnElement[bool]:
    """Whether a flip is the last one of its duty."""
    later = flips.alias()
    same = and_(later.c.contract == flip.c.contract, later.c.duty_id == flip.c.duty_id)
    return ~select(later.c.id).where(same, later.c.id > flip.c.id).exists()


def last_standing(contract: ColumnElement[str], duty: ColumnElement[str]) -> FromClause:
    """(standing): that of a duty after its last flip."""
    later = flips.alias("later")
    same = select(later.c.to_standing.label("standing")).where(later.c.contract == contract, later.c.duty_id == duty)
    return same.order_by(later.c.id.desc()).limit(1).lateral("last")


def moves(contract: str) -> CTE:
    """(duty, gone): the void duties whose place a duty took, however often it moved."""
    gone = flips.alias("gone")
    void = [gone.c.contract == contract, gone.c.to_standing == VOID, is_last(gone), gone.c.successor.is_not(None)]
    first = select(gone.c.successor.label("duty"), gone.c.duty_id.label("gone")).where(*void)
    before = first.cte("moves", recursive=True)
    return before.union(
        select(gone.c.successor, before.c.gone).join(before, gone.c.duty_id == before.c.duty).where(*void)
    )


def heirs_of(connection: Connection, contract: str, void: Collection[str]) -> dict[str, dict[str, str]]:
    """Of void duties those that took their place, one after another, and how each stands."""
    moved = moves(contract)
    last = last_standing(literal(contract), moved.c.duty)
    rows = connection.execute(
        select(moved.c.gone, moved.c.duty, last.c.standing)
        .join_from(moved, last, true())
        .where(moved.c.gone.in_(void), moved.c.duty != moved.c.gone)
        .order_by(moved.c.gone, moved.c.duty)
    )
    found = defaultdict[str, dict[str, str]](dict)
    for gone, heir, standing in rows:
        found[gone][heir] = standing
    return found
