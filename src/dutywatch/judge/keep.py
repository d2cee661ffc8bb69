"""The pattern *keep*: its windows as clocks, their slots, and the relations that sql/patterns/keep.sql reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pyarrow as pa

from dutywatch.clock import Period, midnight, slices, stretches
from dutywatch.judge import windows
from dutywatch.judge.case import Case
from dutywatch.judge.coverage import BEGINNING, TICK
from dutywatch.judge.duties import Clock, lay_out
from dutywatch.judge.evidence import Selection
from dutywatch.judge.gaps import every_gap, gaps_table
from dutywatch.judge.groups import groups, lay_members, placed
from dutywatch.judge.once import once
from dutywatch.judge.running import Breaches
from dutywatch.judge.timeline import Interval
from dutywatch.terms import Terms
from dutywatch.terms.patterns import Keep, Level
from dutywatch.terms.source import EVENT_COLUMNS

_BINS = 6  # of a slot: any number gives the same verdicts


def streams(obligation: Keep) -> set[str]:
    """The streams that its verdicts depend on."""
    parts = (obligation.window.while_, obligation.level)
    return {part.stream for part in parts if part is not None and part.stream is not None}


def ends(_obligation: Keep, clock: Clock) -> datetime | None:
    """From when on no event can touch a duty that is decided: the end of its window."""
    return clock.due


def clocks(case: Case[Keep], _breaches: Breaches = ()) -> list[Clock]:
    """The windows that have begun, in order. What is open in a window may have begun at any time before it."""
    found = placed(windows.clocks(case, case.obligation.window), case.obligation.per)
    return [replace(clock, lower=BEGINNING) for clock in found] if case.obligation.level.open else found


def following(case: Case[Keep]) -> datetime | None:
    """When the next window begins, if that is known."""
    return windows.following(case, case.obligation.window)


def run(case: Case[Keep], found: Sequence[Clock]) -> None:
    """Append the verdict rows of all duties in the windows `found` to the table `verdicts`."""
    evidence, obligation, duck = case.evidence, case.obligation, case.evidence.duck
    level = obligation.level
    lay_members(case, obligation.per)
    lay_out(case, found, groups(case, obligation.per))
    slots = list(_slots(case, found))
    width = windows.lay_parts(case, [(number, one.start, one.end) for number, _, one, _ in slots])
    duck.register("resting", _resting([(number, part) for number, part, _, owed in slots if not owed]))
    latest = max(c.due or c.ends for c in found)
    begins = min(c.begins for c in found)
    more = (level.value,) if level.value and level.value not in EVENT_COLUMNS else ()
    asked = Selection(level.stream, level.kind, level.where, more=more)
    events, parameters = _events(case, asked, (min(c.lower for c in found), min(evidence.as_of, latest)), begins)
    gaps = every_gap(evidence, asked, (since(case.terms, obligation, begins), latest))
    if level.open:  # what began in a gap may be open ever since; what begins at one of two readings, from the first on
        gaps = [replace(gap, end=max(gap.end, gap.other or latest)) for gap in gaps]
    duck.register("gaps_given", gaps_table(gaps))
    duck.execute("CREATE OR REPLACE TEMP TABLE gaps AS SELECT * FROM gaps_given")
    sources = evidence.contract.sources_of(level.stream)
    case.append(
        "events",
        events,
        {
            **parameters,
            "as_of": evidence.as_of,
            "width": width,
            "stride": max(width, (latest - begins) // TICK // windows.BUCKETS + 1),
            "slot": obligation.slot // TICK,
            "bin": obligation.slot // TICK // _BINS or 1,
            "level": "open" if level.open else "count" if level.count else "value",
            "at_least": obligation.at_least,
            "at_most": obligation.at_most,
            "max_bad": obligation.max_bad,
            "run_by": ", ".join(sorted({evidence.contract.sources[name].run_by for name in sources})),
            "silence": obligation.silence,
        },
    )


def since(terms: Terms, owed: Keep, begins: datetime) -> datetime:
    """From when on gaps matter: what is open may have begun in an earlier one, since all its logs are kept."""
    contract, stream = terms.contract, owed.level.stream
    if not owed.level.open:
        return begins
    first = max(contract.sources[name].from_ or contract.term.from_ for name in contract.sources_of(stream))
    return min(begins, midnight(first, contract.zone))


def _events(case: Case[Keep], asked: Selection, over: Interval, begins: datetime) -> tuple[str, dict[str, Any]]:
    """A query for the relation `events`, and its parameters. What was closed before the first window is not read."""
    level: Level = case.obligation.level
    value = f'"{level.value}"' if level.value else "NULL::DOUBLE"
    who = f'"{level.count}"' if level.count else "NULL::VARCHAR"
    if level.open:
        query, parameters = once(
            case.evidence, asked, over, '("until" IS NULL OR "until" > $begins)', {"begins": begins}
        )
    else:  # values and distinct ones are the same however often they are told
        query, parameters = case.evidence.events(asked, over)
    return f'SELECT key, "at", earlier, "until", {value} AS value, {who} AS who, party, ref FROM ({query})', parameters


def _slots(case: Case[Keep], found: Sequence[Clock]) -> Iterator[tuple[int, int, Period, bool]]:
    """The slots of each window (its number, theirs from 1 on), and whether they are owed; while its trigger is open,
    the last one as far as it was seen."""
    length, zone, word = case.obligation.slot, case.terms.contract.zone, case.obligation.window
    cut = slices if word.while_ is None else stretches
    for number, clock in enumerate(found):
        parts = cut(Period(clock.begins, clock.due or clock.ends, clock.trigger, zone), length)
        owed = set(windows.owed(case, word, parts))
        yield from ((number, part, one, one in owed) for part, one in enumerate(parts, 1))


def _resting(slots: Sequence[tuple[int, int]]) -> pa.Table:
    """The relation `resting` (clock, part): the slots in which the window's calendar is closed throughout."""
    clocks, parts = [clock for clock, _ in slots], [part for _, part in slots]
    return pa.table({"clock": pa.array(clocks, pa.int32()), "part": pa.array(parts, pa.int32())})
