"""What connectors are told and what they hand over: a poll goes in, arrivals come out.

A connector is a module of `receive.connectors` with one function, `arrivals(source, poll)`. It knows where
bytes lie and how to ask for them; what they say is for `deliver`, what was received before for the ledger.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from dutywatch.ledger.deliveries import Answer


def _nobody(_: str) -> None:
    pass


@dataclass(frozen=True)
class Poll:
    """One look at a source. Times are aware, UTC.

    `since`: up to when earlier complete polls asked; where there is none, when the source begins.
    `progress` is told of long transfers, `noticed` of what is odd but harms nothing.
    """

    at: datetime
    since: datetime
    folder: Path
    zone: ZoneInfo
    simulated: bool = False  # `at` is a replay's: no server's clock can be held against it
    secret: str | None = field(default=None, repr=False)
    answers: Mapping[str, Answer] = field(default_factory=dict)
    progress: Callable[[str], None] = _nobody
    noticed: Callable[[str], None] = _nobody
    began: float = field(default_factory=time.monotonic, repr=False)

    def now(self) -> datetime:
        """`at`, and the time that has passed since."""
        return self.at + timedelta(seconds=time.monotonic() - self.began)


@dataclass(frozen=True)
class Arrival:
    """One file or response; `read` gives its bytes and may raise OSError or DeliveryRefused.

    `quiet`: it says that there is nothing, or nothing new, and so has no line. `refused`: why it cannot be
    what was asked for, whatever its bytes say. `polled_at`: the poll that is complete with it.
    """

    name: str
    read: Callable[[], bytes]
    service_date: date | None = None
    arrived_at: datetime | None = None  # None: with the poll
    polled_at: datetime | None = None
    answer: Answer | None = None
    quiet: bool = False
    refused: str | None = None
