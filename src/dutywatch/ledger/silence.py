"""Sources that owe a delivery which is overdue: silence, as the record shows it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection, func, select

from dutywatch.ledger.tables import flips
from dutywatch.terms import Terms


def silent(connection: Connection, terms: Terms, now: datetime) -> dict[str, date]:
    """Of each source of the contract whose latest due delivery is missing, the first day of that silence.

    A source that delivered again is not silent, though an older day of it may still be missing.
    """
    found: dict[str, date] = {}
    for name in sorted(terms.contract.sources):
        days = _standings(connection, terms.id, name, now)
        missing: date | None = None
        for day, standing in days:
            missing = (missing or day) if standing == "breached.open" else None
        if missing is not None:
            found[name] = missing
    return found


def _standings(connection: Connection, contract: str, source: str, now: datetime) -> list[tuple[date, str]]:
    latest = (
        select(func.max(flips.c.id))
        .where(flips.c.contract == contract, flips.c.obligation == f"deliver:{source}", flips.c.decided_at <= now)
        .group_by(flips.c.duty_id)
    )
    rows = connection.execute(
        select(flips.c.trigger, flips.c.to_standing).where(flips.c.id.in_(latest)).order_by(flips.c.trigger)
    )
    return [(date.fromisoformat(trigger), standing) for trigger, standing in rows]
