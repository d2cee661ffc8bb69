"""A judgement recorded in the ledger: one head, moved by compare-and-set; no flip twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from dutywatch.clock import local_date
from dutywatch.errors import HeadMoved
from dutywatch.judge.deliveries import PREFIX
from dutywatch.judge.judgement import Judgement, judge
from dutywatch.judge.sheets import Judged
from dutywatch.lake import Lake
from dutywatch.ledger import decisions, deliveries, evaluations
from dutywatch.ledger import now as clock
from dutywatch.terms import Terms

TRIES = 5  # a judgement that lost the head is made again on the new one; more losses mean something is wrong


@dataclass(frozen=True)
class Recorded:
    """What `judge` did; `evaluation` is None where every sheet stood as it was recorded, and nothing was decided."""

    as_of: datetime
    evaluation: int | None
    judged: int
    stood: int
    flips: int

    def __str__(self) -> str:
        sheets = "1 sheet" if self.judged == 1 else f"{self.judged} sheets"
        stood = "1 stood as it was" if self.stood == 1 else f"{self.stood} stood as they were"
        counts = f"{sheets} judged, {stood}, {self.flips} flip{'' if self.flips == 1 else 's'}"
        return f"as of {self.as_of:%Y-%m-%d %H:%M:%S}Z: {counts}"


def record(engine: Engine, lake: Lake, terms: Terms, patterns: Path) -> Recorded:
    """Judge what needs it as of the ledger's now, and make it the head. Raises HeadMoved after several losses."""
    for _ in range(TRIES - 1):
        with suppress(HeadMoved):
            return _once(engine, lake, terms, patterns)
    return _once(engine, lake, terms, patterns)


def _once(engine: Engine, lake: Lake, terms: Terms, patterns: Path) -> Recorded:
    with engine.begin() as connection:
        now = clock.now(connection)
        head = evaluations.head(connection, terms.id, now)
        as_of = max(now, head.as_of or now)
        recorded = evaluations.current_sheets(connection, terms.id)
        accepted = deliveries.acceptances_of(connection, terms.id, as_of)
        decided = decisions.decisions_of(connection, terms.id, as_of)
        newest = decisions.newest(connection, terms.id)
    found = judge(terms, accepted, lake, patterns, as_of, recorded, since=head.since, decisions=decided)
    heeded = newest is None or (head.as_of is not None and newest <= head.as_of)
    if not found.judged and heeded:  # what was decided of no duty that is recorded is known by then, too
        return Recorded(as_of, None, 0, found.stood, 0)
    with engine.begin() as connection:
        flips = [flip for sheet in found.judged for flip in _flips(connection, terms, sheet, as_of)]
        number = evaluations.commit(
            connection,
            _evaluation(terms, found),
            head.evaluation,
            [_sheet(terms, one) for one in found.judged],
            flips,
        )
    return Recorded(as_of, number, len(found.judged), found.stood, len(flips))


def _evaluation(terms: Terms, found: Judgement) -> dict[str, Any]:
    return {
        "contract": terms.id,
        "as_of": found.as_of,
        "terms": terms.digest,
        "engine": found.engine,
        "judged": len(found.judged),
    }


def _sheet(terms: Terms, one: Judged) -> dict[str, Any]:
    return {
        "contract": terms.id,
        "obligation": one.obligation,
        "date": one.date,
        "file": one.file,
        "inputs": one.inputs,
        "digest": one.digest,
        "duties": one.duties,
        "wake_at": one.wake_at,
        "window_from": one.window_from,
        "window_to": one.window_to,
    }


def _flips(connection: Connection, terms: Terms, sheet: Judged, decided_at: datetime) -> list[Mapping[str, Any]]:
    fixed = {"contract": terms.id, "obligation": sheet.obligation, "decided_at": decided_at}
    answering = _answering(terms, sheet.obligation, local_date(decided_at, terms.contract.zone))
    told = evaluations.answered(connection, terms.id, sheet.obligation) if answering is None else {}
    flips: list[Mapping[str, Any]] = []
    for flip in sheet.flips:
        starts, last_known = flip.pop("clock_start"), flip.pop("trigger_to")
        day = sheet.governed.get(flip["trigger"]) or local_date(starts or last_known, terms.contract.zone)
        # of what the contract names no more, nobody who was not told need hear
        person = answering(day) if answering else told.get(flip["duty_id"], "")
        flips.append({**flip, **fixed, "person": person})
    return flips


def _answering(terms: Terms, obligation: str, known_on: date) -> Callable[[date], str] | None:
    """Who answers for an obligation's duties whose clocks start on a day; for a delivery, the owner of its source.

    None: the contract names it no more, and whoever answered last is told.
    """
    if obligation.startswith(PREFIX):
        source = terms.contract.sources.get(obligation.removeprefix(PREFIX))
        return (lambda _: source.owner) if source else None
    if obligation not in terms.contract.obligations:
        return None
    return cache(lambda day: terms.words_on(obligation, day, known_on).supervisor)
