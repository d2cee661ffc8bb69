"""The pattern *recur*: its periods as clocks, and the relations that sql/patterns/recur.sql reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from dutywatch.judge import windows
from dutywatch.judge.case import Case
from dutywatch.judge.coverage import TICK
from dutywatch.judge.duties import Clock, in_scope, lay_out
from dutywatch.judge.gaps import every_gap, gaps_table
from dutywatch.judge.once import once
from dutywatch.judge.respond import acts, refutations
from dutywatch.judge.running import Breaches
from dutywatch.terms.patterns import Recur


def streams(obligation: Recur) -> set[str]:
    """The streams that its verdicts depend on."""
    parts = (obligation.period.while_, obligation.action, obligation.refuted_by)
    return {part.stream for part in parts if part is not None and part.stream is not None}


def ends(_obligation: Recur, clock: Clock) -> datetime | None:
    """From when on no event can touch a duty that is decided: the end of its period."""
    return clock.due


def clocks(case: Case[Recur], _breaches: Breaches = ()) -> list[Clock]:
    """The periods that have begun, in order."""
    return windows.clocks(case, case.obligation.period)


def following(case: Case[Recur]) -> datetime | None:
    """When the next period begins, if that is known."""
    return windows.following(case, case.obligation.period)


def run(case: Case[Recur], found: Sequence[Clock]) -> None:
    """Append the verdict rows of all duties in the periods `found` to the table `verdicts`."""
    evidence, obligation, duck = case.evidence, case.obligation, case.evidence.duck
    lay_out(case, found, in_scope(obligation.scope, case.terms.units.rows))
    width = windows.lay_parts(case, _parts(case, found))
    lasting = min(c.lower for c in found), max(c.due or c.ends for c in found)
    over = (lasting[0], min(evidence.as_of, lasting[1]))
    asked = acts(obligation)
    # days and stretches are the same however often an act is told
    actions, parameters = once(evidence, asked, over) if obligation.times else evidence.events(asked, over)
    refutations(evidence, obligation.refuted_by, over)
    duck.register("gaps_given", gaps_table(every_gap(evidence, asked, lasting, obligation.action.min_duration)))
    duck.execute("CREATE OR REPLACE TEMP TABLE gaps AS SELECT * FROM gaps_given")
    case.append(
        "actions",
        actions,
        {
            **parameters,
            "as_of": evidence.as_of,
            "width": width,
            "times": obligation.times,
            "on_days": obligation.on_days,
            "max_gap": obligation.max_gap // TICK if obligation.max_gap is not None else None,
            "silence": obligation.silence,
        },
    )


def _parts(case: Case[Recur], found: Sequence[Clock]) -> list[tuple[int, datetime, datetime]]:
    """The period of each clock; where days count, its local days."""
    if case.obligation.on_days is None:
        return [(number, clock.begins, clock.due or clock.ends) for number, clock in enumerate(found)]
    zone = case.terms.contract.zone
    return [(number, *day) for number, clock in enumerate(found) for day in windows.days(clock, zone)]
