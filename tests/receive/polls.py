"""Sources and polls for the tests of connectors: impatient, so that a fault costs little time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from dutywatch.errors import DutywatchError
from dutywatch.receive.arrival import Arrival, Poll
from dutywatch.receive.connectors import CONNECTORS
from dutywatch.terms import Source

IMPATIENT = {
    "connect": timedelta(seconds=10),
    "read": timedelta(seconds=10),  # a test that waits for it sets its own
    "total": timedelta(seconds=30),
    "wait": timedelta(seconds=2),
    "attempts": 3,
}


def source(connector: str, word: dict[str, Any], form: str = "csv", **changes: Any) -> Source:
    """A source that is asked over the network. `form` may be a format whose parser stands elsewhere."""
    declared = {
        "stream": "condition",
        "run_by": "met-office",
        "owner": "boss",
        "connector": connector,
        connector: {"patience": IMPATIENT, **word},
        "encoding": "utf-8",
        "time": {"format": "iso", "zone": "UTC"},
        "columns": {"at": "time", "kind": "kind"},
        "polls": {"max_lag": timedelta(minutes=10), "shows": "all"},
        "expects": "condition_log",
    }
    return Source.model_validate({**declared, **changes}).model_copy(update={"format": form})


def poll(**changes: Any) -> Poll:
    """A poll of now, since yesterday."""
    now = changes.pop("at", datetime.now(UTC).replace(microsecond=0))
    given = {"since": now - timedelta(days=1), "folder": Path("nowhere"), "zone": ZoneInfo("UTC"), **changes}
    return Poll(now, **given)


def arrived(given: Source, told: Poll | None = None) -> list[Arrival]:
    """All arrivals of a poll. Raises what the connector raises."""
    return list(CONNECTORS[given.connector](given, told or poll()))


@contextmanager
def stopped_by(given: Source, kind: type[DutywatchError], told: Poll | None = None) -> Iterator[list[Any]]:
    """The arrivals before a fault of `kind`, and its text as the last item."""
    found: list[Any] = []
    try:
        for one in CONNECTORS[given.connector](given, told or poll()):
            found.append(one)  # noqa: PERF402 - those before the fault are kept
    except kind as error:
        found.append(str(error))
        yield found
        return
    raise AssertionError(f"no {kind.__name__}: {found}")
