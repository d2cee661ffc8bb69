"""Replays what once arrived, at the instants at which it arrived, into a ledger with a replay clock.

It lands files and moves the ledger's clock; what a step does then is for `ring` to say: call the pipeline in
this process, or start the contract's DAG and wait. Steps fall on arrivals and on the instants at which the
ledger wakes by itself (a duty falls due, an alert escalates), on nothing else.

Killed at any instant and started again it goes on where it was: files land before the clock moves, and the
first thing that it does is to ring once more at the ledger's present instant, which costs nothing if that
ring was complete.
"""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from dutywatch import pipeline
from dutywatch.errors import DutywatchError, SettingsError
from dutywatch.settings import Settings

ARRIVALS = "arrivals.csv"


@dataclass(frozen=True)
class Arrival:
    """One file that lands at an instant: `file` below the arrivals, `lands_as` below the landing folder."""

    arrives_at: datetime
    file: Path
    lands_as: PurePosixPath


@dataclass(frozen=True)
class Step:
    """One instant of the replay, with the names under which files landed at it (none: the clock woke it)."""

    at: datetime
    landed: tuple[str, ...]


def read_arrivals(folder: Path) -> tuple[Arrival, ...]:
    """The arrivals listed in `folder`/arrivals.csv (columns arrives_at, file, lands_as), in order of time."""
    table = folder / ARRIVALS
    with table.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return tuple(sorted((_arrival(folder, row, line) for line, row in enumerate(rows, 2)), key=_order))


def replay(
    settings: Settings,
    contract: str,
    arrivals: tuple[Arrival, ...],
    until: datetime,
    ring: Callable[[datetime], None],
) -> Iterator[Step]:
    """Step through the arrivals and the ledger's own instants up to `until`; yields each step once done."""
    now = pipeline.now(settings)
    ring(now)
    while (at := _next(settings, arrivals, now)) is not None and at <= until:
        if at <= now:
            raise DutywatchError(f"the ledger is to wake at {at}, which is not after its present {now}")
        landed = [arrival for arrival in arrivals if arrival.arrives_at == at]
        for arrival in landed:
            land(arrival, settings.landing / contract)
        pipeline.advance(settings, at)
        ring(at)
        now = at
        yield Step(at, tuple(str(arrival.lands_as) for arrival in landed))


def ring_here(settings: Settings, contract: str) -> Callable[[datetime], None]:
    """A ring that runs the contract's steps in this process, without Airflow."""

    def ring(_: datetime) -> None:
        for source in pipeline.sources(settings, contract):
            pipeline.receive(settings, contract, source)
        for verb in (pipeline.validate, pipeline.judge, pipeline.alert, pipeline.measure):
            verb(settings, contract)

    return ring


def land(arrival: Arrival, landing: Path) -> None:
    """Put the file in its place in one rename; its time of modification is its arrival."""
    place = landing / arrival.lands_as
    place.parent.mkdir(parents=True, exist_ok=True)
    fresh = place.with_name(f".{place.name}.landing")
    shutil.copyfile(arrival.file, fresh)
    instant = int(arrival.arrives_at.timestamp()) * 1_000_000_000
    os.utime(fresh, ns=(instant, instant))
    fresh.replace(place)


def _next(settings: Settings, arrivals: tuple[Arrival, ...], now: datetime) -> datetime | None:
    coming = (arrival.arrives_at for arrival in arrivals if arrival.arrives_at > now)
    return min((at for at in (next(coming, None), pipeline.next_instant(settings)) if at), default=None)


def _order(arrival: Arrival) -> tuple[datetime, str]:
    return arrival.arrives_at, str(arrival.lands_as)


def _arrival(folder: Path, row: dict[str, str], line: int) -> Arrival:
    where = f"{folder / ARRIVALS}:{line}"
    try:
        at = datetime.fromisoformat(row["arrives_at"])
        file, lands_as = folder / row["file"], PurePosixPath(row["lands_as"])
    except (KeyError, TypeError, ValueError) as error:
        raise SettingsError(f"{where}: needs arrives_at (ISO 8601), file and lands_as: {error}") from error
    if at.tzinfo is None or at.microsecond:
        raise SettingsError(f"{where}: {at} needs an offset from UTC and whole seconds")
    if lands_as.is_absolute() or ".." in lands_as.parts:
        raise SettingsError(f"{where}: {lands_as} would land outside the landing folder")
    if not file.is_file():
        raise SettingsError(f"{where}: there is no file {file}")
    return Arrival(at.astimezone(UTC), file, lands_as)
