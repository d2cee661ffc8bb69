"""The pattern *attain*: its windows as clocks, and the relations that sql/patterns/attain.sql reads.

Every target is brought to one comparison of whole numbers, so that no rounding decides: of n items, how many are good,
against a fraction. A percentile is within its target where enough values are; its own value is only shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from dutywatch.clock import midnight
from dutywatch.judge import rolling, score, windows
from dutywatch.judge.case import Case
from dutywatch.judge.coverage import BEGINNING, END, TICK, Gap
from dutywatch.judge.duties import Clock, lay_out, window
from dutywatch.judge.evidence import Selection
from dutywatch.judge.gaps import every_gap, gaps_table
from dutywatch.judge.groups import groups, lay_members, placed
from dutywatch.judge.once import once
from dutywatch.judge.read import breaches_in_doubt, counted, lapses_early
from dutywatch.judge.running import Breaches
from dutywatch.judge.timeline import Interval
from dutywatch.judge.triggers import anywhere, selection
from dutywatch.terms import Unit
from dutywatch.terms.patterns import Attain, Obligation, owed_per
from dutywatch.terms.source import EVENT_COLUMNS

_DAY = timedelta(days=1)
_BINS = 1000  # of a rolling window; any divisor of its length gives the same verdicts


def streams(obligation: Attain) -> set[str]:
    """The streams that its verdicts depend on; what starts the clocks of the duties that it counts, the case knows."""
    parts = (obligation.window.while_, obligation.items)
    return {part.stream for part in parts if part is not None and part.stream is not None}


def ends(_obligation: Attain, clock: Clock) -> datetime | None:
    """From when on no event can touch a duty that is decided: the end of its window."""
    return clock.due


def clocks(case: Case[Attain], _breaches: Breaches = ()) -> list[Clock]:
    """The windows that have begun, in order."""
    per, word = case.obligation.per, case.obligation.window
    found = placed(windows.clocks(case, word), per)
    return list(rolling.clocks(case, found, word.rolling, per)) if word.rolling is not None else found


def following(case: Case[Attain]) -> datetime | None:
    """When the next window begins, if that is known."""
    return windows.following(case, case.obligation.window)


def run(case: Case[Attain], found: Sequence[Clock]) -> None:
    """Append the verdict rows of all duties in the windows `found` to the table `verdicts`."""
    if case.obligation.measure == "score":
        score.run(case, found)
        return
    evidence, obligation, duck = case.evidence, case.obligation, case.evidence.duck
    counts = case.terms.contract.obligations.get(obligation.items.duties or "")
    lay_members(case, obligation.per, owed_per(counts))
    lay_out(case, found, groups(case, obligation.per))
    spans = ((number, clock.lower, clock.due or clock.ends) for number, clock in enumerate(found))
    width = windows.lay_parts(case, spans)
    over = (min(c.lower for c in found), min(evidence.as_of, max(c.due or c.ends for c in found)))
    if obligation.items.duties is not None:
        early = (lapses_early(words) for _, _, words in case.terms.words(obligation.items.duties))
        when_due = obligation.at_least is not None and not any(early)
        items, parameters = counted(evidence, case.read, over, when_due=when_due)
        gaps = [*_hiding(case, found, counts), *breaches_in_doubt(evidence, case.causes, over)]
    else:
        asked = _asked(obligation)
        items, parameters = _events(case, asked, over)
        gaps = every_gap(evidence, asked, window(found))
    duck.register("gaps_given", gaps_table(gaps))
    duck.execute("CREATE OR REPLACE TEMP TABLE gaps AS SELECT * FROM gaps_given")
    length = obligation.window.rolling
    case.append(
        "items",
        items,
        {
            **parameters,
            "as_of": evidence.as_of,
            "width": width,
            **_target(obligation),
            "rolling": length // TICK if length is not None else None,
            "bins": _BINS if length is not None and length // TICK % _BINS == 0 else 1,
            "silence": obligation.silence,
            "duties": obligation.items.duties is not None,
        },
    )


def _hiding(case: Case[Attain], found: Sequence[Clock], counts: Obligation | None) -> Iterator[Gap]:
    """Where what starts the duties that it counts may hide; what hides an episode of one zone, on the units of that.

    On each for as long as it lies there (docs/decisions/0076).
    """
    by_zone: dict[str | None, list[Unit]] = {}
    for unit in case.terms.units.rows if owed_per(counts) == "unit" else ():
        by_zone.setdefault(unit.zone, []).append(unit)
    for one in case.starting:
        for hidden in anywhere(one, every_gap(case.evidence, selection(one), window(found))):
            # one row may start the clocks of many duties; a record, one clock by either reading of its time
            gap = replace(hidden, row=False, other=hidden.other if one.shape == "record" else None)
            if gap.zone is None or gap.unit is not None or not by_zone:
                yield gap
                continue
            for unit in by_zone.get(gap.zone, ()):
                since, until = _stay(unit, case.terms.contract.zone)
                if gap.start < until and gap.end > since:
                    yield replace(gap, unit=unit.id, start=max(gap.start, since), end=min(gap.end, until))


def _stay(unit: Unit, zone: ZoneInfo) -> Interval:
    """The time in which the register says so of a unit. An end in the last year is none."""
    since, until = unit.valid_from or date.min, unit.valid_to or date.max
    begins = midnight(since, zone) if since > BEGINNING.date() else BEGINNING
    return begins, midnight(until + _DAY, zone) if until < END.date() else END


def _asked(obligation: Attain) -> Selection:
    """Which events are items."""
    items = obligation.items
    columns = {*(obligation.good.columns if obligation.good else ())}
    columns |= {obligation.percentile.of} if obligation.percentile else set()
    more = tuple(sorted(columns - EVENT_COLUMNS))
    return Selection(items.stream or "", items.kind, items.where, items.at, more=more)


def _events(case: Case[Attain], asked: Selection, over: Interval) -> tuple[str, dict[str, Any]]:
    """A query for the relation `items` of events, and its parameters."""
    obligation = case.obligation
    value = f'"{obligation.percentile.of}"' if obligation.percentile else "NULL::DOUBLE"
    shown = ("key", '"at"', "earlier", f"{_good(obligation, value)} AS good", f"{value} AS value", "ref")
    query, parameters = once(case.evidence, asked, over)
    rest = 'false AS pending, "at" AS turned, NULL::VARCHAR[] AS missing, NULL::VARCHAR[] AS holders'
    return f"SELECT {', '.join(shown)}, {rest} FROM ({query})", parameters


def _good(obligation: Attain, value: str) -> str:
    """Which items count for the share; of a percentile, those whose value is within the target."""
    if obligation.good is not None:
        return f"({obligation.good.sql})"
    if obligation.percentile is None:
        return "true"
    target = obligation.at_most if obligation.at_most is not None else obligation.at_least
    return f"({value} {'<=' if obligation.at_most is not None else '<'} {target!r}::DOUBLE)"


def _target(obligation: Attain) -> dict[str, Any]:
    """The comparison: a share p of values <= t is a percentile <= t; fewer than p values < t, a percentile >= t."""
    target = obligation.at_least if obligation.at_least is not None else obligation.at_most
    test = "ge" if obligation.at_least is not None else "le"
    rank = Fraction(str(obligation.percentile.rank)) if obligation.percentile else Fraction(1)
    share = Fraction(str(target))
    if obligation.percentile is not None:
        test, share = ("lt", rank) if obligation.at_least is not None else ("ge", rank)
    counts = obligation.measure == "count"
    enough = Fraction(str(obligation.min_coverage))
    least = obligation.min_items if not counts or "min_items" in obligation.model_fields_set else 0
    return {
        "measure": obligation.measure,
        "test": test,
        "part": share.numerator,
        "whole": share.denominator,
        "rank": rank.numerator,
        "ranks": rank.denominator,
        "strict": obligation.strict,
        "min_items": least,
        "enough": enough.numerator,
        "enough_of": enough.denominator,
    }
