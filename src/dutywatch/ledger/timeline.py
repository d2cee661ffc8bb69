"""The ledger as a story: what was decided when, and who was told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, and_, func, select

from dutywatch.ledger.tables import flips, messages, revisions


@dataclass(frozen=True, order=True)
class Moment:
    """At `at` (the contract's zone) so many duties came to stand so, or a message was escalated."""

    at: datetime
    obligation: str
    trigger: str
    happened: str
    duties: int
    told: tuple[str, ...]

    def __str__(self) -> str:
        told = f"  -> {', '.join(self.told)}" if self.told else ""
        return f"{self.at:%d %b %H:%M}  {self.duties:>4}  {self.obligation:<18} {self.happened:<16}{told}"


def timeline(connection: Connection, contract: str, zone: ZoneInfo) -> list[Moment]:
    """Changes of standing, grouped by instant, obligation, trigger and new standing; and escalations."""
    return sorted([*_changes(connection, contract, zone), *_escalations(connection, contract, zone)])


def _changes(connection: Connection, contract: str, zone: ZoneInfo) -> list[Moment]:
    told = func.array_agg(func.distinct(func.concat(messages.c.person, " told: ", messages.c.level))).filter(
        messages.c.id.is_not(None)
    )
    group = (flips.c.decided_at, flips.c.obligation, flips.c.trigger, flips.c.to_standing)
    rows = connection.execute(
        select(*group, func.count(), func.coalesce(told, []))
        .outerjoin(revisions, and_(revisions.c.message == flips.c.message, revisions.c.revision == flips.c.told_in))
        .outerjoin(messages, and_(messages.c.id == flips.c.message, revisions.c.at >= flips.c.decided_at))
        .where(flips.c.contract == contract)
        .group_by(*group)
    )
    return [
        Moment(at.astimezone(zone), obligation, trigger, standing, duties, tuple(sorted(who or ())))
        for at, obligation, trigger, standing, duties, who in rows
    ]


def _escalations(connection: Connection, contract: str, zone: ZoneInfo) -> list[Moment]:
    original = messages.alias("original")
    rows = connection.execute(
        select(revisions.c.at, messages.c.obligation, messages.c.trigger, messages.c.person, original.c.person)
        .join(original, original.c.id == messages.c.escalates)
        .join(revisions, and_(revisions.c.message == messages.c.id, revisions.c.revision == messages.c.escalated_in))
        .where(messages.c.contract == contract)
    )
    return [
        Moment(at.astimezone(zone), obligation, trigger, "escalated", 0, (f"{person}, as {first} did not answer",))
        for at, obligation, trigger, person, first in rows
    ]
