"""Passes as deliveries: what a source's located positions say in the stream `service`, one file a day.

They are derived from the deliveries in force, as `dutywatch.locate` does it, and stand in the lake under a name that
says from what; nothing of them is recorded. Whether positions are missing is what the source's coverage says.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from dutywatch.clock import midnight
from dutywatch.lake import Lake, connect
from dutywatch.ledger.deliveries import Accepted
from dutywatch.locate import Located, passes
from dutywatch.terms import Source, Terms

RULES = "located"


def located(
    terms: Terms, lake: Lake, source: str, in_force: Sequence[Accepted], sql: Path, as_of: datetime
) -> list[Accepted]:
    """The passes of `source` up to `as_of`, by day, as if each day's had been delivered; days without any are left out.

    `in_force`: the deliveries of the source that speak; `sql`: the folder that holds locate/.
    """
    with connect(lake) as duck:
        found = passes(duck, lake, terms, source, in_force, sql, as_of=as_of)
        query = "SELECT count(*) FROM read_parquet($path)"
        counts = [duck.execute(query, {"path": str(lake.path(one.passes))}).fetchall()[0][0] for one in found]
    return [_delivered(terms, source, one, count) for one, count in zip(found, counts, strict=True) if count]


def reach(source: Source) -> timedelta:
    """How far beyond a time positions may lie that passes at that time depend on."""
    return timedelta(seconds=3 * source.locate.bridge.seconds) if source.locate else timedelta()


def _delivered(terms: Terms, source: str, one: Located, count: int) -> Accepted:
    begins, ends = (midnight(day, terms.contract.zone) for day in (one.day, one.day + timedelta(days=1)))
    return Accepted(
        id=0,
        source=source,
        name=f"passes of {one.day}",
        sha256=Path(one.passes).stem,
        service_date=one.day,
        received_at=None,
        accepted=count,
        quarantined=0,
        accepted_file=one.passes,
        quarantine_file="",
        refused=None,
        covers_from=None,
        covers_to=None,
        first_at=begins,
        last_at=ends + reach(terms.contract.sources[source]),  # a movement that began on the day may end after it
        rules=RULES,
    )
