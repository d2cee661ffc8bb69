"""Take in what a source's connector hands over, once: the ledger knows what was received before."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from dutywatch.clock import midnight
from dutywatch.errors import DutywatchError, SourceFailed
from dutywatch.lake import Lake
from dutywatch.ledger import deliveries
from dutywatch.ledger import now as clock
from dutywatch.receive.arrival import Arrival, Poll
from dutywatch.receive.connectors import CONNECTORS
from dutywatch.receive.deliver import Delivery, deliver
from dutywatch.receive.quiet import quiet, refused
from dutywatch.settings import Secrets
from dutywatch.terms import Source, Terms


@dataclass(frozen=True)
class Received:
    """What `receive` did for one source.

    `faults` are files and answers that could not be had, `noticed` what is odd but harmed nothing, `mends` who must
    send which refused delivery again; `empty` counts the deliveries that came and hold no row: an answer, not silence.
    """

    source: str
    deliveries: tuple[Delivery, ...]
    known: int
    faults: tuple[str, ...]
    noticed: tuple[str, ...] = ()
    mends: tuple[str, ...] = ()

    @property
    def empty(self) -> int:
        """How many of the new deliveries hold no row, and are not refused."""
        return sum(1 for one in self.deliveries if not one.rows and not one.refused)

    def __str__(self) -> str:
        new = f"{len(self.deliveries)} new" if self.deliveries else "nothing new"
        rows = sum(one.rows for one in self.deliveries)
        empty = f", {self.empty} of them without a row" if self.empty else ""
        refused = "".join(f"; {one.name} refused: {one.refused}" for one in self.deliveries if one.refused)
        faults = "".join(f"; {fault}" for fault in (*self.mends, *self.faults, *self.noticed))
        return f"{self.source}: {new}, {self.known} already known, {rows} rows{empty}{refused}{faults}"


@dataclass
class _Tally:
    """What was seen so far of one source."""

    new: list[Delivery] = field(default_factory=list)
    known: int = 0
    faults: list[str] = field(default_factory=list)
    noticed: list[str] = field(default_factory=list)

    def notice(self, said: str) -> None:
        """Each oddity is told once, however many answers show it."""
        if said not in self.noticed:
            self.noticed.append(said)


def intake(
    engine: Engine,
    lake: Lake,
    terms: Terms,
    name: str,
    folder: Path,
    *,
    arrivals_known: bool = True,
    secrets: Secrets | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Received:
    """Receive what source `name` has now, below `folder` or elsewhere; each delivery is a transaction of its own.

    `arrivals_known`: False where the folder tells what came but not when (a what-if); then received_at
    stays empty. What cannot be read, or asked for, is a fault and stops nothing else.
    """
    source = terms.contract.sources[name]
    tally = _Tally()
    with engine.begin() as connection:
        known = deliveries.known(connection, terms.id, name)
        poll = _poll(terms, name, clock.now(connection), deliveries.remembered(connection, terms.id, name))
        poll = replace(poll, folder=folder, simulated=clock.replays(connection))
    try:
        secret = (secrets or Secrets()).of(source.secret) if source.secret else None
        poll = replace(poll, secret=secret, noticed=tally.notice, progress=lambda said: progress(f"{name}: {said}"))
        for arrival in _arrived(terms, source, poll, arrivals_known=arrivals_known):
            _take(engine, lake, terms, name, arrival, poll, known, tally, arrivals_known=arrivals_known)
    except DutywatchError as error:
        who = terms.contract.called(source.run_by) if error.who == SourceFailed.who else f"the {error.who}"
        tally.faults.append(f"for {who}: {error}")
    mends = tuple(terms.contract.sent_again(name, one.name, whole=True) for one in tally.new if one.refused)
    return Received(name, tuple(tally.new), tally.known, tuple(tally.faults), tuple(tally.noticed), mends)


def _poll(terms: Terms, name: str, now: datetime, remembered: deliveries.Remembered) -> Poll:
    contract, source = terms.contract, terms.contract.sources[name]
    begins = midnight(contract.owed_from(source), contract.zone)
    since = min(remembered.last_poll or begins, now)
    return Poll(now, since, Path(), contract.zone, answers=remembered.answers)


def _take(
    engine: Engine,
    lake: Lake,
    terms: Terms,
    name: str,
    arrival: Arrival,
    poll: Poll,
    known: Mapping[str, deliveries.Versions],
    tally: _Tally,
    *,
    arrivals_known: bool,
) -> None:
    """Keep one arrival, unless it is known, and record it: lake first, ledger second."""
    try:
        raw = arrival.read()
    except (OSError, DutywatchError) as error:
        tally.faults.append(f"{arrival.name} cannot be read: {error}")
        return
    at = ((poll.simulated and arrival.arrived_at) or poll.at) if arrivals_known else None
    if arrival.name in known and known[arrival.name].has(hashlib.sha256(raw).hexdigest(), at):
        tally.known += 1
        return
    delivery = _delivery(lake, terms, name, arrival, raw)
    with engine.begin() as connection:
        if deliveries.record(connection, _values(terms.id, arrival, delivery, at)):
            tally.new.append(delivery)


def _delivery(lake: Lake, terms: Terms, name: str, arrival: Arrival, raw: bytes) -> Delivery:
    source = terms.contract.sources[name]
    if arrival.refused:
        return refused(lake, name, arrival.name, raw, arrival.refused)
    if arrival.quiet:
        return quiet(lake, terms.id, name, source, arrival.name, raw)
    return deliver(lake, terms.id, name, source, arrival.name, raw)


def _arrived(terms: Terms, source: Source, poll: Poll, *, arrivals_known: bool) -> Iterator[Arrival]:
    """In a replay a file's modification time is the instant at which it arrives; a day not begun is not told of."""
    for one in CONNECTORS[source.connector](source, poll):
        if arrivals_known and poll.simulated and one.arrived_at and one.arrived_at > poll.at:
            continue
        if not arrivals_known and one.service_date and midnight(one.service_date, terms.contract.zone) > poll.at:
            continue
        yield one


def _values(contract: str, arrival: Arrival, delivery: Delivery, received_at: datetime | None) -> dict[str, Any]:
    return {
        "contract": contract,
        "source": delivery.source,
        "name": delivery.name,
        "sha256": delivery.sha256,
        "service_date": arrival.service_date,
        "received_at": received_at,
        "size": delivery.size,
        "lines": delivery.lines,
        "header": delivery.header,
        "blank": delivery.blank,
        "rows": delivery.rows,
        "columns": list(delivery.columns),
        "rows_file": delivery.rows_file,
        "refused": delivery.refused,
        "polled_at": arrival.polled_at,
        "url": arrival.answer.url if arrival.answer else None,
        "etag": arrival.answer.etag if arrival.answer else None,
        "last_modified": arrival.answer.last_modified if arrival.answer else None,
    }
