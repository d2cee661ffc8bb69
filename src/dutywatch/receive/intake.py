"""Pick up what lies in a landing folder, once: the ledger knows what was received before."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from dutywatch.clock import midnight
from dutywatch.errors import DeliveryRefused
from dutywatch.lake import Lake
from dutywatch.ledger import deliveries
from dutywatch.ledger import now as clock
from dutywatch.receive.deliver import Delivery, deliver
from dutywatch.receive.landing import Landed, landed
from dutywatch.terms import Terms


@dataclass(frozen=True)
class Received:
    """What `receive` did for one source; `faults` are files that could not even be opened."""

    source: str
    deliveries: tuple[Delivery, ...]
    known: int
    faults: tuple[str, ...]

    def __str__(self) -> str:
        new = f"{len(self.deliveries)} new" if self.deliveries else "nothing new"
        rows = sum(one.rows for one in self.deliveries)
        refused = "".join(f"; {one.name} refused: {one.refused}" for one in self.deliveries if one.refused)
        faults = "".join(f"; {fault}" for fault in self.faults)
        return f"{self.source}: {new}, {self.known} already known, {rows} rows{refused}{faults}"


def intake(
    engine: Engine, lake: Lake, terms: Terms, name: str, folder: Path, *, arrivals_known: bool = True
) -> Received:
    """Receive the files of source `name` below `folder`; each delivery is a transaction of its own.

    `arrivals_known`: False where the folder tells what came but not when (a what-if); then received_at
    stays empty. A file that cannot be opened is a fault and stops no other.
    """
    source = terms.contract.sources[name]
    with engine.begin() as connection:
        now = clock.now(connection)
        known = deliveries.known(connection, terms.id, name)
        replays = clock.replays(connection)
    new: list[Delivery] = []
    faults: list[str] = []
    already = 0
    for file in _arrived(terms, name, folder, now, replays=replays, arrivals_known=arrivals_known):
        try:
            raw = file.read()
        except (OSError, DeliveryRefused) as error:
            faults.append(f"{file.name} cannot be read: {error}")
            continue
        if (file.name, hashlib.sha256(raw).hexdigest()) in known:
            already += 1
            continue
        delivery = deliver(lake, terms.id, name, source, file.name, raw)
        with engine.begin() as connection:
            received_at = (file.modified_at if replays else now) if arrivals_known else None
            if deliveries.record(connection, _values(terms.id, file, delivery, received_at)):
                new.append(delivery)
    return Received(name, tuple(new), already, tuple(faults))


def _arrived(
    terms: Terms, name: str, folder: Path, now: datetime, *, replays: bool, arrivals_known: bool
) -> Iterator[Landed]:
    """In a replay a file's modification time is the instant at which it arrives; a day not begun is not told of."""
    for file in landed(folder, terms.contract.sources[name]):
        if arrivals_known and replays and file.modified_at > now:
            continue
        if not arrivals_known and file.service_date and midnight(file.service_date, terms.contract.zone) > now:
            continue
        yield file


def _values(contract: str, file: Landed, delivery: Delivery, received_at: datetime | None) -> dict[str, Any]:
    return {
        "contract": contract,
        "source": delivery.source,
        "name": delivery.name,
        "sha256": delivery.sha256,
        "service_date": file.service_date,
        "received_at": received_at,
        "size": delivery.size,
        "lines": delivery.lines,
        "header": delivery.header,
        "blank": delivery.blank,
        "rows": delivery.rows,
        "columns": list(delivery.columns),
        "rows_file": delivery.rows_file,
        "refused": delivery.refused,
    }
