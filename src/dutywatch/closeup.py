"""A close-up of one attain obligation: which of its finer windows fail although the coarser one may pass.

Why: a month of good calls hides a morning in which nobody got through. The same target is held against days, against
slices of them and against rolling windows, while the contract says that it is open (docs/decisions/0020). A what-if:
nothing is recorded, nobody is told. Where it stops: which windows a party owes is the contract's to say; what is found
here is no breach.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from dutywatch import judge as judging
from dutywatch.errors import SettingsError
from dutywatch.lake import Lake
from dutywatch.terms import Terms
from dutywatch.terms.patterns import Attain, Window
from dutywatch.terms.terms import ALWAYS
from dutywatch.whatif import Taken, taken_in

VERDICTS = ("met", "breached", "unproven", "pending", "void")


@dataclass(frozen=True, order=True)
class Failing:
    """A window that misses the target: its name, its unit, its worst share (of a rolling one), of how many items."""

    measured: float
    window: str
    unit: str
    items: int
    reason: str


@dataclass(frozen=True)
class Look:
    """All windows of one kind: how many stand how, and those that fail, the worst first."""

    kind: str
    counts: dict[str, int]
    failing: tuple[Failing, ...]


def close_up(
    terms: Terms,
    obligation: str,
    home: Path,
    landing: Path,
    as_of: datetime,
    *,
    address: str,
    lake: Lake,
    arrivals: bool,
    part: timedelta,
    rolling: timedelta,
    progress: Callable[[str], None] = lambda _: None,
    told: Callable[[Taken], None] = lambda _: None,
) -> tuple[Look, ...]:
    """Hold the target of `obligation` against its own windows, days, parts of days and rolling windows.

    The other arguments are those of `whatif.taken_in`. Raises SettingsError where the obligation attains nothing of
    events.
    """
    kinds = _kinds(terms, obligation, part, rolling)
    narrowed = _narrowed(terms, kinds)
    taken = taken_in(
        narrowed,
        home,
        landing,
        as_of,
        address=address,
        lake=lake,
        arrivals=arrivals,
        progress=progress,
        told=told,
    )
    looks = []
    for kind, owed in kinds.items():
        progress(f"judge {kind}")
        contract = narrowed.contract.model_copy(update={"obligations": {obligation: owed}})
        one = replace(narrowed, contract=contract, digest=f"{terms.digest} {kind}")
        found = judging.judge(one, taken.accepted, lake, home / "sql" / "patterns", as_of)
        files = [sheet.file for sheet in found.judged if sheet.obligation == obligation]
        looks.append(_look(kind, judging.rows(lake, files).to_pylist(), descends=owed.at_most is not None))
    return tuple(looks)


def _kinds(terms: Terms, name: str, part: timedelta, rolling: timedelta) -> dict[str, Attain]:
    """The obligation as it is, and with each of the finer windows in place of its own."""
    owed = terms.contract.obligations.get(name)
    if owed is None:
        known = [one for one, other in terms.contract.obligations.items() if isinstance(other, Attain)]
        raise SettingsError(
            f"contract {terms.id} has no obligation `{name}`: {', '.join(known) or 'none'} attain shares"
        )
    if not isinstance(owed, Attain) or owed.items.stream is None:
        raise SettingsError(f"contract {terms.id}: `{name}` attains no share of events: it has no finer windows")
    calendar = opening(terms, name).calendar
    finer = {
        "day": Window(each="day", calendar=calendar),
        f"{_said(part)} of a day": Window(each="day", slice=part, calendar=calendar),
        f"any {_said(rolling)}": Window(each="day", rolling=rolling, calendar=calendar),
    }
    others = {kind: owed.model_copy(update={"window": w, "min_coverage": 1.0}) for kind, w in finer.items()}
    return {"as owed": owed, **others}


@dataclass(frozen=True)
class Opening:
    """In which calendar days and slices are looked at, and the obligation that states it (None: none does)."""

    calendar: str
    stated_by: str | None


def opening(terms: Terms, name: str) -> Opening:
    """The opening hours for the finer windows of `name`: its own, else those that others state.

    A month needs no hours, and whoever wrote it stated none. Another obligation that counts items of the same stream,
    on the same units, may: what is closed then is closed for the month too. Where several state different hours,
    nobody knows which hold here, and none are taken.
    """
    obligations = terms.contract.obligations
    owed = obligations[name]
    if not isinstance(owed, Attain) or owed.window.calendar != ALWAYS:
        return Opening(owed.window.calendar if isinstance(owed, Attain) else ALWAYS, name)
    stated = {
        one.window.calendar: other
        for other, one in reversed(obligations.items())
        if isinstance(one, Attain)
        and one.window.calendar != ALWAYS
        and (one.items.stream, one.scope) == (owed.items.stream, owed.scope)
    }
    return Opening(*stated.popitem()) if len(stated) == 1 else Opening(ALWAYS, None)


def _said(length: timedelta) -> str:
    minutes = length // timedelta(minutes=1)
    return f"{minutes // 60} hours" if minutes % 60 == 0 else f"{minutes} minutes"


def _narrowed(terms: Terms, kinds: dict[str, Attain]) -> Terms:
    """The contract with the sources that these obligations read, and without what is said of others."""
    streams = {owed.items.stream for owed in kinds.values()}
    sources = {name: source for name, source in terms.contract.sources.items() if source.stream in streams}
    return replace(terms, contract=terms.contract.model_copy(update={"sources": sources, "amendments": ()}))


def _look(kind: str, rows: list[dict[str, object]], *, descends: bool) -> Look:
    counts = {verdict: sum(row["verdict"] == verdict for row in rows) for verdict in VERDICTS}
    failing = [
        Failing(
            float(str(row["measured"])),
            str(row["trigger"]),
            str(row["unit"]),
            int(str(row["items"])),
            str(row["reason"]),
        )
        for row in rows
        if row["verdict"] == "breached"
    ]
    return Look(kind, counts, tuple(sorted(failing, reverse=descends)))
