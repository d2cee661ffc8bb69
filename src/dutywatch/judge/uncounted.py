"""Acts on a duty's unit that stand in the logs and do not count, with the reason: what its debtor will point at first.

Only of `respond` duties that ask for acts on their unit, and only where a reason is certain: another kind, what the
clause asks of an act and this one is not, before acts count, after the deadline (by all readings of a doubtful local
time); or a row in quarantine whose unit the register does not know and which is written nearly as this one. A day on
either side is looked at. Beside them: of what asks for several parts, those that were done.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from dutywatch.judge import respond
from dutywatch.judge.coverage import BEGINNING
from dutywatch.judge.duties import Clock
from dutywatch.judge.evidence import Evidence
from dutywatch.judge.running import Running
from dutywatch.judge.timeline import Interval, touches
from dutywatch.lake.duck import alike
from dutywatch.terms.obligation import Owed
from dutywatch.terms.patterns import Respond

NEAR = timedelta(days=1)
SHOWN = 5  # acts that are shown; the rest is counted

Why = Literal["kind", "where", "early", "late", "misnamed"]
_MISNAMED = f"""
SELECT line, "at", kind, unit FROM read_parquet($path)
WHERE unit <> $unit AND NOT list_contains($register, unit) AND "at" BETWEEN $from AND $to AND {alike("unit", "$unit")}
ORDER BY "at", line
"""

# what lies beyond the unit's ends is none of it; a pass is in metres of its own day's length
_LIES_ON_IT = """
AND from_m <> to_m AND greatest(from_m, to_m) > 0
AND coalesce(least(from_m, to_m) < coalesce(out_of, $of_length::DOUBLE), true)
"""


@dataclass(frozen=True)
class Uncounted:
    """An act that does not count: where it stands (`source file:line`), when it was, its kind, and why.

    `said`: how a row in quarantine names the unit.
    """

    place: str
    at: datetime
    kind: str | None
    why: Why
    said: str | None = None


@dataclass(frozen=True)
class Part:
    """An act that counts, and is a part of what is asked: where it stands, when it was, its kind, the stretch."""

    place: str
    at: datetime
    kind: str | None
    from_m: float | None = None
    to_m: float | None = None


def uncounted(
    evidence: Evidence, owed: Owed | None, clock: Clock | None, row: Mapping[str, Any]
) -> tuple[Uncounted, ...]:
    """The acts that do not count for the duty whose verdict row is `row`, by time; none for a met or excused one."""
    if not isinstance(owed, Respond) or clock is None or row["clock_start"] is None:
        return ()
    if tuple(owed.action.match) != ("unit",) or row["verdict"] not in ("breached", "unproven", "pending"):
        return ()
    lower, due = clock.earliest, _latest(clock, row["due_at"])
    ends = min(evidence.as_of, row["fulfilled_at"] or (due + NEAR if due else evidence.as_of))
    over = max(lower, BEGINNING + NEAR) - NEAR, ends
    asked = respond.acts(owed)
    query, given = evidence.events(replace(asked, kinds=None, where=None), over)
    fitting_query, fitting_given = evidence.events(asked, over)
    fitting = {one["ref"] for one in evidence.rows(f"SELECT ref FROM ({fitting_query})", fitting_given)}
    acts = evidence.rows(
        f'SELECT ref, cited(ref) AS place, "at", earlier, kind FROM ({query}) WHERE unit = $of_unit ORDER BY "at", ref',
        {**given, "of_unit": row["unit"]},
    )
    cited = set((row["evidence"] or "").split("; "))
    found = ((act, _why(act, asked.kinds, fitting, lower, due)) for act in acts if act["place"] not in cited)
    idle = [Uncounted(act["place"], act["at"], act["kind"], why) for act, why in found if why]
    return tuple(sorted([*idle, *_misnamed(evidence, asked.stream, row["unit"], over)], key=lambda one: one.at))


def parts(evidence: Evidence, owed: Owed | None, clock: Clock | None, row: Mapping[str, Any]) -> tuple[Part, ...]:
    """What was done in time of a duty that asks for several kinds of act, or for a share of the unit's length, by time.

    Only where that is certain: nobody saw the unit undone, and no time has two readings.
    """
    if not isinstance(owed, Respond) or clock is None or row["due_at"] is None:
        return ()
    share, refuted = owed.action.share is not None, owed.refuted_by
    if not (share or owed.action.all_of > 1) or (isinstance(clock, Running) and clock.other):
        return ()
    seeing = evidence.contract.sources_of(refuted.stream) if refuted else ()
    if row["verdict"] in ("met", "excused") or any(f" {one} " in f" {row['evidence']}" for one in seeing):
        return ()
    query, given = evidence.events(respond.acts(owed), (clock.lower, min(row["due_at"], evidence.as_of)))
    given |= {"of_key": clock.key or row["unit"], "of_party": row["party"]}
    if share:
        rows = [one for one in evidence.terms.units.rows if one.id == row["unit"] and one.exists(clock.day)]
        given["of_length"] = next((one.length_m for one in rows), None)
    stretch = "from_m, to_m" if share else "NULL::DOUBLE AS from_m, NULL::DOUBLE AS to_m"
    acts = evidence.rows(
        f'SELECT cited(ref) AS place, "at", kind, {stretch} FROM ({query}) WHERE key = $of_key AND earlier IS NULL '
        "AND coalesce(party = $of_party, true) " + (_LIES_ON_IT if share else "") + 'ORDER BY "at", ref',
        given,
    )
    return tuple(Part(**act) for act in acts)


def _latest(clock: Clock, due: datetime | None) -> datetime | None:
    """Until when acts are in time by any reading of what starts the clock; None: nobody knows."""
    other = clock.other if isinstance(clock, Running) else None
    if due is None or other is None:
        return due
    return max(due, other.due) if other.due else None


def _misnamed(evidence: Evidence, stream: str, unit: str, over: Interval) -> Iterator[Uncounted]:
    """Rows in quarantine that may have meant the unit: people ask for these first."""
    register = [one.id for one in evidence.terms.units.rows]
    given = {"unit": unit, "register": register, "from": over[0], "to": over[1]}
    for one in evidence.of(evidence.contract.sources_of(stream)):
        if one.quarantined and touches(one, *over):
            path = str(evidence.lake.path(one.quarantine_file))
            for row in evidence.rows(_MISNAMED, {**given, "path": path}):
                yield Uncounted(f"{evidence.cites(one)}:{row['line']}", row["at"], row["kind"], "misnamed", row["unit"])


def _why(
    act: Mapping[str, Any], kinds: tuple[str, ...] | None, fitting: set[int], lower: datetime, due: datetime | None
) -> Why | None:
    if kinds is not None and act["kind"] not in kinds:
        return "kind"
    if act["ref"] not in fitting:
        return "where"
    if act["at"] < lower:
        return "early"
    return "late" if due is not None and (act["earlier"] or act["at"]) > due else None
