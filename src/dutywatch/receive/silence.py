"""Silence: which source, and who of its roster, should have reported on a day and did not.

A feed that answers "success" with nothing is told apart from one that does not answer, and an actor whose
rows all lie in quarantine from one that sent none. What silence means for a duty is for *judge*.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from dutywatch.clock import midnight
from dutywatch.lake import Lake, connect
from dutywatch.ledger.deliveries import Accepted
from dutywatch.terms import Source, Terms
from dutywatch.terms.roster import Rostered

LOOK_BACK = timedelta(days=31)  # so far back it is looked when a silent actor was seen last


class Answer(StrEnum):
    """What a source gave for a day."""

    ROWS = "rows came"
    EMPTY = "it answered, and with nothing"
    QUARANTINED = "all that came lies in quarantine"
    REFUSED = "all that came was refused"
    NOTHING = "nothing came"


@dataclass(frozen=True)
class Silent:
    """A rostered actor without an accepted row; `quarantined` counts those of it that were not accepted."""

    rostered: Rostered
    last_seen: datetime | None
    quarantined: int


@dataclass(frozen=True)
class Day:
    """One source on one civil day: deliveries, polls and accepted rows, and who of `rostered` was silent.

    `term`: the contract's first and last day, where the day lies outside of them and nothing is owed for it.
    """

    source: str
    day: date
    answer: Answer
    deliveries: int
    polls: int
    rows: int
    rostered: int
    silent: tuple[Silent, ...]
    zone: ZoneInfo
    term: tuple[date, date] | None = None

    def __str__(self) -> str:
        counts = f"{self.deliveries} deliveries, {self.polls} polls, {self.rows} rows"
        said = f"{self.source} {self.day}: {self.answer} ({counts})"
        if self.term:
            said += f"; none is owed, for the contract's term is {self.term[0]} to {self.term[1]}"
        if not self.rostered:
            return said
        who = "".join(f"\n  {self._said(one)}" for one in self.silent)
        return f"{said}; {len(self.silent)} of {self.rostered} rostered are silent{who}"

    def _said(self, one: Silent) -> str:
        if one.quarantined:
            return f"{one.rostered.actor}: {one.quarantined} rows, all in quarantine"
        if one.last_seen is None:
            return f"{one.rostered.actor}: not seen for {LOOK_BACK.days} days"
        return f"{one.rostered.actor}: last seen {one.last_seen.astimezone(self.zone):%d %b %H:%M}"


def silence(terms: Terms, lake: Lake, accepted: Sequence[Accepted], day: date) -> list[Day]:
    """Every source of the contract on `day` (a civil day of its zone); `accepted` are the acceptances in force.

    Refused ones belong to them, so that they are not taken for silence.
    """
    return [
        _source(terms, lake, name, [one for one in accepted if one.source == name], day)
        for name in sorted(terms.contract.sources)
    ]


def _source(terms: Terms, lake: Lake, name: str, accepted: Sequence[Accepted], day: date) -> Day:
    source, zone = terms.contract.sources[name], terms.contract.zone
    span = midnight(day, zone), midnight(day + timedelta(days=1), zone)
    came = [one for one in accepted if _speaks(source, one, day, span)]
    usable = [one for one in came if not one.refused]
    back = [one for one in accepted if not one.refused and _overlaps(one, (span[0] - LOOK_BACK, span[1]))]
    rows, seen = _seen(lake, source, back, span)
    held = _held(lake, source, usable, span)
    rostered = terms.rosters[name].on(day) if name in terms.rosters else ()
    silent = [
        Silent(one, seen.get(one.actor), held.get(one.actor, 0))
        for one in rostered
        if seen.get(one.actor) is None or seen[one.actor] < span[0]
    ]
    polls = sum(1 for one in usable if one.polled_at and span[0] <= one.polled_at < span[1])
    answer = _answer(came, usable, rows, sum(held.values()))
    first, last = terms.contract.term.from_, terms.contract.term.to
    term = None if first <= day <= last else (first, last)
    return Day(name, day, answer, len(came), polls, rows, len(rostered), tuple(silent), zone, term)


def _answer(came: Sequence[Accepted], usable: Sequence[Accepted], rows: int, held: int) -> Answer:
    if rows:
        return Answer.ROWS
    if not came:
        return Answer.NOTHING
    if not usable:
        return Answer.REFUSED
    return Answer.QUARANTINED if held else Answer.EMPTY


def _speaks(source: Source, one: Accepted, day: date, span: tuple[datetime, datetime]) -> bool:
    """Whether a delivery is one of the day's: by its name, by its poll, or by what it holds."""
    if one.service_date:
        return one.service_date <= day < source.until(one.service_date)
    asked = one.polled_at or (one.received_at if one.first_at is None else None)
    return _overlaps(one, span) or (asked is not None and span[0] <= asked < span[1])


def _overlaps(one: Accepted, span: tuple[datetime, datetime]) -> bool:
    return one.first_at is not None and one.last_at is not None and one.first_at < span[1] and one.last_at >= span[0]


def _seen(
    lake: Lake, source: Source, accepted: Sequence[Accepted], span: tuple[datetime, datetime]
) -> tuple[int, dict[str, datetime]]:
    """Accepted rows within `span`, and of each actor the last instant before its end at which it was seen."""
    actor = "actor" if "actor" in source.columns else "NULL::VARCHAR"
    rows, seen = 0, {}
    for found in _read(
        lake,
        [one.accepted_file for one in accepted if one.accepted],
        f'SELECT {actor} AS actor, count(*) FILTER ("at" >= $start) AS rows, max("at") AS last '
        'FROM read_parquet($paths, union_by_name = true) WHERE "at" < $end GROUP BY 1 ORDER BY 1',
        span,
    ):
        rows += int(str(found["rows"]))
        if isinstance(found["last"], datetime) and found["actor"] is not None:
            seen[str(found["actor"])] = found["last"].astimezone(UTC)
    return rows, seen


def _held(
    lake: Lake, source: Source, accepted: Sequence[Accepted], span: tuple[datetime, datetime]
) -> dict[str | None, int]:
    """Quarantined rows of the day's deliveries by actor; a row without a readable time counts for the day."""
    actor = "actor" if "actor" in source.columns else "NULL::VARCHAR"
    found = _read(
        lake,
        [one.quarantine_file for one in accepted if one.quarantined],
        f"SELECT {actor} AS actor, count(*) AS rows FROM read_parquet($paths, union_by_name = true) "
        'WHERE "at" IS NULL OR ("at" >= $start AND "at" < $end) GROUP BY 1 ORDER BY 1',
        span,
    )
    return {str(row["actor"]) if row["actor"] is not None else None: int(str(row["rows"])) for row in found}


def _read(lake: Lake, files: list[str], query: str, span: tuple[datetime, datetime]) -> Iterator[Mapping[str, object]]:
    if not files:
        return
    paths = [str(lake.path(file)) for file in files]
    asked = {"start": span[0], "end": span[1], "paths": paths}
    with connect(lake) as duck:
        named = {name: value for name, value in asked.items() if f"${name}" in query}
        yield from duck.sql(query, params=named).to_arrow_table().to_pylist()
