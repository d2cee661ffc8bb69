"""What a judgement may know, as plain values: the files of a trace with their rows, the register, the decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from dutywatch.clock import Calendar
from dutywatch.ledger.decisions import Decision
from dutywatch.terms.contract import Contract
from dutywatch.terms.units import Unit

TICK = timedelta(microseconds=1)
DAWN = datetime(1900, 1, 1, tzinfo=UTC)
DUSK = datetime(2200, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Row:
    """One accepted row of a file; `value` is its number (`depth`), `earlier` the other reading of a doubtful `at`."""

    at: datetime
    unit: str | None = None
    kind: str | None = None
    zone: str | None = None
    value: float | None = None
    seen_at: datetime | None = None
    actor: str | None = None
    until: datetime | None = None
    record: str | None = None
    earlier: datetime | None = None
    published_at: datetime | None = None
    opened_at: datetime | None = None
    target_at: datetime | None = None
    done_at: datetime | None = None
    from_m: float | None = None
    to_m: float | None = None
    numbers: tuple[tuple[str, float | None], ...] = ()

    def column(self, name: str) -> object:
        """What stands in a column, by the column's name in the contract."""
        numbers = dict(self.numbers)
        if name in numbers:
            return numbers[name]
        return self.value if name == "depth" else getattr(self, name, None)

    def instant(self, name: str) -> datetime | None:
        """What stands in a column of times."""
        found = self.column(name)
        assert found is None or isinstance(found, datetime)
        return found


@dataclass(frozen=True)
class Unreadable:
    """One quarantined row: what of it can still be read."""

    unit: str | None = None
    at: datetime | None = None
    kind: str | None = None
    record: str | None = None


@dataclass(frozen=True)
class File:
    """One delivery; `received_at` None is an archive's file, which arrived when its day was long over."""

    source: str
    name: str
    sha256: str
    day: date | None
    received_at: datetime | None
    rows: tuple[Row, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    refused: bool = False


@dataclass(frozen=True)
class Trace:
    """All that a judgement may know. `calendars`: the contract's calendars, as frozen tables."""

    contract: Contract
    units: tuple[Unit, ...]
    files: tuple[File, ...] = ()
    decisions: tuple[Decision, ...] = ()
    calendars: Mapping[str, Calendar] = field(default_factory=dict)

    def calendar(self, name: str) -> Calendar:
        """A calendar by its name; "always" never closes."""
        return self.calendars.get(name) or Calendar.always(self.contract.zone)
