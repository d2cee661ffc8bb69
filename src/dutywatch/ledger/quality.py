"""Deliveries with what became of their lines, for people: the quality page and the quarantine's list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from dutywatch.ledger.tables import COUNTS, acceptances, deliveries


@dataclass(frozen=True)
class Quality:
    """A delivery with its latest acceptance: lines = header + blank + accepted + quarantined, unless refused.

    `replaced_at`: when what speaks in its place came, so that nobody must send it again; where that was asked.
    """

    source: str
    name: str
    sha256: str
    service_date: date | None
    received_at: datetime | None
    lines: int
    header: int
    blank: int
    rows: int
    accepted: int
    quarantined: int
    quarantine_file: str
    refused: str | None
    by_rule: Mapping[str, int] = field(default_factory=dict)
    noticed: tuple[str, ...] = ()
    replaced_at: datetime | None = None

    @property
    def label(self) -> str:
        """How messages name the delivery."""
        return f"{self.source} {self.name}"


def qualities(connection: Connection, contract: str) -> list[Quality]:
    """Every validated delivery of a contract, by source, then in the order in which they came last."""
    same = [deliveries.c[name] for name in ("source", "name", "sha256")]
    kept = [deliveries.c[name] for name in ("source", "name", "sha256", "service_date", "received_at")]
    counts = [func.coalesce(acceptances.c[name], deliveries.c[name]).label(name) for name in COUNTS]
    fate = [
        acceptances.c[name] for name in ("accepted", "quarantined", "quarantine_file", "refused", "by_rule", "noticed")
    ]
    rows = connection.execute(
        select(*kept, *counts, *fate)
        .join(deliveries, deliveries.c.id == acceptances.c.delivery)
        .where(deliveries.c.contract == contract)
        .ext(distinct_on(*same))
        .order_by(*same, deliveries.c.received_at.desc().nulls_last(), acceptances.c.id.desc())
    )
    found = [Quality(**{**row, "noticed": tuple(row["noticed"] or ())}) for row in rows.mappings()]
    return sorted(
        found, key=lambda one: (one.source, str(one.received_at or one.service_date or ""), one.name, one.sha256)
    )


def received(connection: Connection, contract: str, source: str, name: str) -> date | None:
    """The service date of the delivery of that name. Raises LookupError where none was ever received."""
    found = connection.execute(
        select(deliveries.c.service_date).where(
            deliveries.c.contract == contract, deliveries.c.source == source, deliveries.c.name == name
        )
    ).first()
    if found is None:
        raise LookupError(f"source {source} never delivered {name}")
    service_date: date | None = found.service_date
    return service_date
