"""Replays what once arrived, at the instants at which it arrived, into a ledger with a replay clock.

It lands files and moves the ledger's clock; what a step does then is for `ring` to say: call the pipeline in
this process, or start the contracts' DAGs and wait. Steps fall on arrivals and on the instants at which the
ledger wakes by itself (a duty falls due, an alert escalates), on nothing else. Several contracts may share the
ledger and its clock, each told between its own two instants.

Killed at any instant and started again it goes on where it was: files land before the clock moves, and the
first thing that it does is to ring once more at the ledger's present instant, which costs nothing if that
ring was complete.
"""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
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
class Story:
    """What arrives for one contract; it is rung between `since` and `until`, and not before or after."""

    contract: str
    arrivals: tuple[Arrival, ...]
    since: datetime
    until: datetime

    def runs(self, at: datetime) -> bool:
        """Whether the contract is rung at `at`."""
        return self.since <= at <= self.until


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
    story = Story(contract, arrivals, pipeline.now(settings), until)
    yield from replay_together(settings, (story,), lambda _, at: ring(at))


def replay_together(
    settings: Settings, stories: Sequence[Story], ring: Callable[[Sequence[str], datetime], None]
) -> Iterator[Step]:
    """The same for several contracts on one clock; `ring` is handed those that have something to do."""
    now = pipeline.now(settings)
    ring([story.contract for story in stories if story.runs(now)], now)
    until = max(story.until for story in stories)
    while (at := _next(settings, stories, now)) is not None and at <= until:
        if at <= now:
            raise DutywatchError(f"the ledger is to wake at {at}, which is not after its present {now}")
        landed = {story.contract: [one for one in story.arrivals if one.arrives_at == at] for story in stories}
        for contract, arrivals in landed.items():
            for arrival in arrivals:
                land(arrival, settings.landing / contract)
        pipeline.advance(settings, at)
        awake = _awake(settings, [story for story in stories if story.runs(at)], at, landed)
        if awake:
            ring(awake, at)
            yield Step(at, tuple(str(one.lands_as) for arrivals in landed.values() for one in arrivals))
        now = at


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


def _next(settings: Settings, stories: Sequence[Story], now: datetime) -> datetime | None:
    """The next instant at which something arrives, a story begins or the ledger wakes."""
    told = (at for story in stories for at in (story.since, *(one.arrives_at for one in story.arrivals)))
    coming = min((at for at in told if at > now), default=None)
    return min((at for at in (coming, pipeline.next_instant(settings)) if at), default=None)


def _awake(
    settings: Settings, running: Sequence[Story], at: datetime, landed: Mapping[str, Sequence[Arrival]]
) -> list[str]:
    """The contracts that have something to do: something landed, they begin, or their clock has run out."""
    if len(running) == 1:
        return [running[0].contract]
    woken = {one.contract for one in pipeline.rings(settings)}
    return [s.contract for s in running if landed[s.contract] or s.since == at or s.contract in woken]


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
