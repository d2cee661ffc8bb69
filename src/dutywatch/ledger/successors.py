"""Void duties and those that took their place, as the flips tell it: lapses, answers and waivers move with them.

Where a duty is void no more, what took its place keeps nothing of it (docs/decisions/0058).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import CTE, ColumnElement, Connection, FromClause, Select, and_, literal, select, true

from dutywatch.ledger.tables import flips

VOID = "void"


def is_last(flip: FromClause) -> ColumnElement[bool]:
    """Whether a flip is the last one of its duty."""
    later = flips.alias()
    same = and_(later.c.contract == flip.c.contract, later.c.duty_id == flip.c.duty_id)
    return ~select(later.c.id).where(same, later.c.id > flip.c.id).exists()


def last_standing(contract: ColumnElement[str], duty: ColumnElement[str]) -> FromClause:
    """(standing, due_at): how a duty stands after its last flip, and when it was due by that."""
    later = flips.alias("later")
    same = select(later.c.to_standing.label("standing"), later.c.due_at).where(
        later.c.contract == contract, later.c.duty_id == duty
    )
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
    """Of void duties those that took their place, one after another, and how each stands.

    Also those whose place a void duty had taken itself, and which are back: it is their lapse that it stood for.
    """
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
    for gone, back, standing in connection.execute(_back(contract, void)):
        found[gone][back] = standing
    return found


def _back(contract: str, void: Collection[str]) -> Select[str, str, str]:
    """(duty, back, standing): of void duties those whose place they ever took, and which are void no more."""
    gone, last_gone = flips.alias("gone"), flips.alias("last_gone")
    took = [gone.c.contract == contract, gone.c.to_standing == VOID, gone.c.successor.is_not(None)]
    first = select(gone.c.successor.label("duty"), gone.c.duty_id.label("back"))
    above = first.where(*took, gone.c.successor.in_(void)).cte("back", recursive=True)
    above = above.union(select(above.c.duty, gone.c.duty_id).join(above, gone.c.successor == above.c.back).where(*took))
    return (
        select(above.c.duty, above.c.back, last_gone.c.to_standing)
        .join(last_gone, and_(last_gone.c.contract == contract, last_gone.c.duty_id == above.c.back))
        .where(is_last(last_gone), last_gone.c.to_standing != VOID, above.c.back != above.c.duty)
        .order_by(above.c.duty, above.c.back)
    )
