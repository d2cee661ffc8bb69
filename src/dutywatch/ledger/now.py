"""The ledger's clock: the only thing in the engine that knows what time it is."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, select, update

from dutywatch.errors import LedgerError
from dutywatch.ledger.tables import ledger


def now(connection: Connection) -> datetime:
    """The present instant, UTC: the wall's, or the replayer's. Raises LedgerError where no clock was chosen."""
    row = connection.execute(select(ledger.c.clock, ledger.c.now)).first()
    if row is None:
        raise LedgerError("this ledger has no clock yet: dutywatch migrate")
    return row.now.astimezone(UTC) if row.clock == "replay" else datetime.now(UTC)


def replays(connection: Connection) -> bool:
    """Whether the ledger's clock is simulated."""
    return bool(connection.execute(select(ledger.c.clock)).scalar_one() == "replay")


def advance(connection: Connection, to: datetime) -> None:
    """Move a replay clock forward to `to`; standing still is allowed, going back is not."""
    moved = connection.execute(
        update(ledger).where(ledger.c.clock == "replay", ledger.c.now <= to).values(now=to)
    ).rowcount
    if moved != 1:
        raise LedgerError(f"the clock cannot be moved to {to.isoformat()}: it is a wall clock, or already later")
