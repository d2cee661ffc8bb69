"""Which lapses somebody waived: that changes their handling and their remedy, never the verdict (SEMANTICS 7)."""

from __future__ import annotations

from sqlalchemy import CompoundSelect, and_, func, or_, select, union_all

from dutywatch.ledger.successors import moves
from dutywatch.ledger.tables import decisions, flips


def waived(contract: str) -> CompoundSelect[str]:
    """The duties whose lapse somebody waived, or that of a void duty whose place they took (SEMANTICS 3 and 7).

    A waiver that names no trigger is of what had lapsed by then (docs/decisions/0058).
    """
    lapse, heirs = flips.alias("lapse"), moves(contract)
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
    moved = select(heirs.c.duty).join_from(heirs, own, own.c.duty_id == heirs.c.gone)
    return union_all(select(own.c.duty_id), moved)
