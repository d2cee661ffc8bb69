"""Small contracts, drawn by Hypothesis: several obligations over the same sources, so that one set-up compares all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from dutywatch.clock import Calendar, midnight
from dutywatch.terms.contract import Contract
from dutywatch.terms.units import Unit

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
DAYS = 4
FIRST_DAYS = {
    "Asia/Shanghai": date(2024, 1, 10),
    "America/New_York": date(2024, 11, 2),  # the 3rd has 25 hours
    "Europe/Berlin": date(2024, 3, 30),  # the 31st has 23
}
WITHIN: Sequence[Any] = (
    "PT6H",
    "PT18H",
    [{"allow": "P1D", "days": "elapsed"}],
    [{"allow": "P1D", "days": "civil"}],
    [{"at_least": 3, "allow": "PT6H"}, {"at_least": 1, "allow": "P1D", "days": "elapsed"}],
    [{"class": "A", "allow": "PT6H"}, {"allow": "PT30H"}],
    [{"at_least": 3, "allow": "PT18H"}],  # a light fall starts no clock, and a class may be owed nothing
    [{"class": "A", "allow": "PT18H"}],
)
WORKING: Sequence[Any] = ("PT6H", "PT10H", [{"allow": "P1D", "days": "civil"}], [{"allow": "P1D", "days": "working"}])
EVENT = {"at": "at", "unit": "unit", "kind": "kind"}
CASE = {**EVENT, "record": "record", "opened_at": "opened_at", "target_at": "target_at", "done_at": "done_at"}
NOTICE = {"at": "at", "zone": "zone", "kind": "kind", "until": "until", "published_at": "published_at"}


@dataclass(frozen=True)
class Plan:
    """A contract with the frame in which its trace is drawn."""

    contract: Contract
    units: tuple[Unit, ...]
    base: datetime
    first_day: date
    named_zones: bool = field(default=False)
    calendars: dict[str, Calendar] = field(default_factory=dict)

    def hour(self, number: int) -> datetime:
        """The start of the hour `number` of the trace."""
        return self.base + number * HOUR

    def span(self, index: int) -> tuple[datetime, datetime]:
        """The civil day `index` of the trace, in UTC."""
        day = self.first_day + index * DAY
        zone = self.contract.zone
        return midnight(day, zone), midnight(day + DAY, zone)


def source(stream: str, run_by: str, path: str, **more: Any) -> dict[str, Any]:
    """A source as a contract declares it, with what these tests do not vary."""
    return {
        "stream": stream,
        "run_by": run_by,
        "owner": "desk",
        "path": path,
        "encoding": "utf-8",
        "columns": EVENT,
        "expects": "any_log",
        **more,
    }


@st.composite
def service_sources(draw: st.DrawFn) -> dict[str, Any]:
    """A source of acts: a daily log, a polled feed, or files that promise nothing."""
    shape = draw(st.sampled_from(["daily", "daily", "daily", "appended", "last", "all", "loose"]))
    run_by = draw(st.sampled_from(["firm", "firm", "city"]))
    columns = {**EVENT, "actor": "actor", "depth": "depth", "from_m": "from_m", "to_m": "to_m"}
    acts_by = draw(st.sampled_from([None, None, None, "firm", "city"]))
    more: dict[str, Any] = {"rank": draw(st.integers(0, 2)), "columns": columns, "acts_by": acts_by}
    if shape in ("daily", "appended"):
        due = draw(st.sampled_from(["06:00 next day", "06:00 next day", "23:00 same day", None]))
        redelivery = "replace" if shape == "daily" else "append"
        more["by"] = draw(st.sampled_from(["source", "source", "source", "unit", "actor"]))
        return source("service", run_by, "{service_date}.csv", due=due, redelivery=redelivery, **more)
    if shape != "loose":
        more |= {"polls": {"max_lag": "PT2H", "shows": shape}, "columns": {**columns, "seen_at": "seen_at"}}
    return source("service", run_by, "{part}.csv", redelivery="append", **more)


@st.composite
def sources(draw: st.DrawFn) -> dict[str, dict[str, Any]]:
    """The sources of a contract: of conditions, of acts, of reports and inspections, of notices and of cases."""
    measured = {"at": "at", "until": "until", "kind": "kind", "zone": "zone", "depth": "depth"}
    daily = {"path": "{service_date}.csv", "due": "06:00 next day"}
    loose = {"path": "{part}.csv", "redelivery": "append"}
    polled = {**loose, "polls": {"max_lag": "PT2H", "shows": draw(st.sampled_from(["all", "last"]))}}
    more = draw(st.sampled_from([daily, daily, daily, loose, polled]))
    columns = {**measured, "seen_at": "seen_at"} if "polls" in more else measured
    found = {"weather": source("condition", "weather-service", **more, columns=columns)}
    for number in range(draw(st.sampled_from([1, 1, 2]))):
        found[f"log-{number}"] = draw(service_sources())
    for number in range(draw(st.sampled_from([0, 1, 1, 2]))):
        rank = draw(st.integers(0, 2))
        found[f"seen-{number}"] = source("inspection", "city", "{part}.csv", redelivery="append", rank=rank)
    told = {**EVENT, "actor": "actor"}
    rank = draw(st.integers(0, 2))
    reported = draw(st.sampled_from([{"path": "{part}.csv", "redelivery": "append"}, {"path": "{service_date}.csv"}]))
    found["reports"] = source("report", "city", **reported, rank=rank, columns=told)
    found["notices"] = source("notice", "city", "{part}.csv", redelivery="append", columns=NOTICE)
    kept = draw(st.sampled_from([{"path": "{service_date}.csv"}, {"path": "{part}.csv", "redelivery": "append"}]))
    if "date" in kept["path"]:
        kept["due"] = draw(st.sampled_from([None, "06:00 next day"]))
    for name in draw(st.sampled_from([["cases"], ["cases"], ["cases", "more-cases"]])):
        found[name] = source("case", "firm", **kept, columns=CASE)
    return found


maybe = st.sampled_from([False, False, False, True])


@st.composite
def common(draw: st.DrawFn) -> dict[str, Any]:
    """What all obligations may say, whatever starts their clocks."""
    found: dict[str, Any] = {
        "title": {"en": "Cleared"},
        "clause": "§1",
        "party": "firm",
        "pattern": "respond",
        "at_risk": 0.5,
        "silence": draw(st.sampled_from(["unproven", "breached"])),
        "supervisor": "desk",
        "scope": draw(st.sampled_from([*[{}] * 6, {"class": ["A"]}, {"zone": ["W1"]}])),
        "proof_until": draw(st.sampled_from([None, None, None, "PT12H"])),
    }
    if draw(maybe):
        lifted = draw(st.sampled_from([None, "lift", "lift"]))
        found["suspended_by"] = {"stream": "notice", "kind": "stop", "lifted_by": lifted, "retroactive": draw(maybe)}
    return found


@st.composite
def actions(draw: st.DrawFn) -> dict[str, Any]:
    """Acts on the unit."""
    kind = draw(st.sampled_from(["plow", "plow", {"any": ["plow", "haul"]}, {"all": ["plow", "haul"]}, None]))
    where = draw(st.sampled_from([None, None, None, *CONDITIONS]))
    found = {"stream": "service", "kind": kind, "where": where}
    found["min_duration"] = draw(st.sampled_from([None, None, None, "PT6H", "PT30H"]))
    if not isinstance(kind, dict) and draw(maybe):
        found["share"] = draw(st.sampled_from([0.5, 0.75, 1.0]))
    return found


CONDITIONS = (
    "depth >= 1",
    "depth IS NULL OR depth < 3",
    "actor = 'T1' OR kind = 'haul'",
    "NOT (actor IN ('T2', 'T9'))",
    "kind LIKE 'p%' AND depth <> 1",
)


@st.composite
def refutations(draw: st.DrawFn, refuters: Sequence[str]) -> dict[str, Any] | None:
    """Observations that the unit is not done, or none."""
    stream = draw(st.sampled_from([*refuters, "report"]))
    if draw(maybe):
        return None
    quorum = {"households": 2, "within": "PT6H"} if stream == "report" and draw(st.booleans()) else None
    return {"stream": stream, "kind": "covered", "quorum": quorum}


@st.composite
def storms(draw: st.DrawFn, refuters: Sequence[str]) -> dict[str, Any]:
    """An obligation after snowfall."""
    threshold = draw(st.sampled_from([{"measure": "depth", "at_least": 1}, {"measure": "depth", "at_least": 1}, {}]))
    calendar = draw(st.sampled_from(["always", "always", "always", "office"]))
    allowed = WITHIN if calendar == "always" else WORKING
    within = draw(st.sampled_from([one for one in allowed if threshold or "at_least" not in str(one)]))
    starts = draw(st.sampled_from(["trigger.start", "trigger.end", "trigger.end"]))
    early = draw(st.sampled_from(["PT0S", "PT4H", *([None] if starts == "trigger.start" else [])]))
    merge_gap = draw(st.sampled_from(["PT4H", "PT4H", "PT8H"]))
    reset = {"at_most": draw(st.sampled_from(["PT12H", "PT48H"]))} if draw(st.booleans()) else None
    found = {
        **draw(common()),
        "trigger": {"stream": "condition", "kind": "snow", "merge_gap": merge_gap, **threshold},
        "clock": {"from": starts, "early": early, "calendar": calendar},
        "action": draw(actions()),
        "refuted_by": draw(refutations(refuters)),
        "within": within,
        "reset": reset,
    }
    action = found["action"]
    apart = reset is None and "share" not in action and "all" not in str(action["kind"])
    if apart and draw(maybe):
        action["consume"] = "once"  # of acts that are refuted decision 0021 is silent
        found["refuted_by"] = None
    return found


@st.composite
def complaints(draw: st.DrawFn, refuters: Sequence[str]) -> dict[str, Any]:
    """An obligation after a quorum of households."""
    trigger = {"stream": "report", "kind": "covered", "quorum": {"households": 2, "within": "PT6H"}}
    starts = draw(st.sampled_from(["trigger.start", "trigger.start", "trigger.end"]))
    return {
        **draw(common()),
        "trigger": {**trigger, "merge_gap": draw(st.sampled_from([None, "PT2H", "PT10H"]))},
        "clock": {"from": starts, "early": draw(st.sampled_from(["PT0S", "PT4H"]))},
        "action": draw(actions()),
        "refuted_by": draw(refutations(refuters)),
        "within": draw(st.sampled_from(["PT6H", "PT18H", [{"class": "A", "allow": "PT6H"}, {"allow": "PT30H"}]])),
    }


@st.composite
def cases(draw: st.DrawFn, refuters: Sequence[str]) -> dict[str, Any]:
    """An obligation for every case, closed in the same stream or by an act on the unit."""
    own = {"stream": "case", "kind": "hole", "at": "done_at", "match": ["unit", "record"]}
    match = draw(st.sampled_from([("record",), ("unit", "record")]))
    action = draw(st.sampled_from([{**own, "match": list(match)}, {"stream": "service", "kind": "plow"}]))
    early = draw(st.sampled_from(["PT0S", "PT4H", *(["any"] if action["stream"] == "case" else [])]))
    return {
        **draw(common()),
        "trigger": {"stream": "case", "kind": "hole", "each": "record"},
        "clock": {
            "from": draw(st.sampled_from(["trigger.start", "trigger.opened_at"])),
            "early": early,
        },
        "action": action,
        "refuted_by": draw(refutations(refuters)) if action["stream"] == "service" else None,
        "within": draw(st.sampled_from(["PT12H", "PT18H", "trigger.target_at"])),
    }


@st.composite
def remedies(draw: st.DrawFn, cause: str, refuters: Sequence[str]) -> dict[str, Any]:
    """An obligation after the breach of another."""
    return {
        **draw(common()),
        "trigger": {"breach": cause},
        "clock": {"from": "trigger.start", "early": draw(st.sampled_from(["PT0S", "PT4H"]))},
        "action": draw(actions()),
        "refuted_by": draw(refutations(refuters)),
        "within": draw(st.sampled_from(["PT6H", "PT18H"])),
    }


@st.composite
def dated_words(draw: st.DrawFn, first: date, classed: bool) -> dict[str, Any]:
    """Assignments and amendments of a contract, which most of them lack."""
    found: dict[str, Any] = {}
    if draw(maybe):
        turn = first + draw(st.integers(0, 3)) * DAY
        by_class = [{"class": ["A"]}] if classed else []
        units = draw(st.sampled_from([{}, {"id": ["U0"]}, *by_class]))
        found["assignments"] = [
            {"contractor": "firm", "from": first - 30 * DAY, "to": turn - DAY},
            {"contractor": "aid", "from": turn, "units": units},
        ]
    if draw(maybe):
        turn = first + draw(st.integers(0, 2)) * DAY
        recorded = draw(st.sampled_from([None, turn + DAY]))
        change = draw(st.sampled_from([{"within": "PT10H"}, {"silence": "breached"}, {"at_risk": 0.25}]))
        found["amendments"] = [
            {"obligation": "clear", "clause": "§2", "from": turn, "to": draw(st.sampled_from([None, turn + DAY])),
             "recorded": recorded, "by": ["desk", "chief"], "change": change}
        ]  # fmt: skip
    return found


@st.composite
def registers(draw: st.DrawFn, first: date, changing: bool) -> tuple[Unit, ...]:
    """One or two units; where they change, the class of the first changes on some day, or its zone, or both."""
    classes = draw(st.lists(st.sampled_from(["A", "A", "B", None]), min_size=1, max_size=2))
    units = [Unit(f"U{n}", class_, draw(st.sampled_from(["W1", "W2"])), 100.0) for n, class_ in enumerate(classes)]
    if not changing:
        return tuple(units)
    turn = first + draw(st.integers(0, 3)) * DAY
    old, rest = units[0], units[1:]
    new = draw(st.sampled_from(["A", "B"]))
    return (
        Unit(old.id, old.class_, old.zone, old.length_m, None, turn - DAY),
        Unit(old.id, new, draw(st.sampled_from([old.zone, "W1", "W2"])), old.length_m, turn, None),
        *rest,
    )


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """A contract and its units."""
    zone = draw(st.sampled_from(sorted(FIRST_DAYS)))
    first = FIRST_DAYS[zone]
    given = {name: {**one, "from": first} for name, one in draw(sources()).items()}
    refuters = sorted({one["stream"] for one in given.values()} & {"inspection"})
    changing = draw(maybe)
    obligations = {"clear": draw(storms(refuters)), "haul": draw(storms(refuters))}
    obligations["answer"] = draw(st.one_of(complaints(refuters), cases(refuters)))
    obligations["remedy"] = draw(remedies(draw(st.sampled_from(["clear", "answer"])), refuters))
    units = draw(registers(first, changing))
    contract = Contract.model_validate(
        {
            "contract": "town",
            "title": {"en": "Town"},
            "authority": {"id": "city", "name": {"en": "City"}},
            "contractors": [
                {"id": "firm", "name": {"en": "Firm"}, "actors": ["T1"]},
                {"id": "aid", "name": {"en": "Aid"}, "actors": ["T2"]},
            ],
            "term": {"from": draw(st.sampled_from([first - 30 * DAY, first])), "to": first + (DAYS - 1) * DAY},
            "timezone": zone,
            "people": {"desk": {"name": {"en": "Desk"}}},
            "units": {"file": "units.csv", "key": "id"},
            "sources": given,
            "obligations": obligations,
            **draw(dated_words(first, all(unit.class_ for unit in units))),
        }
    )
    base, named = midnight(first, ZoneInfo(zone)), draw(st.booleans())
    return Plan(contract, units, base, first, named, {"office": draw(calendars(ZoneInfo(zone), first))})


@st.composite
def calendars(draw: st.DrawFn, zone: ZoneInfo, first: date) -> Calendar:
    """Office hours, with or without a holiday and a closed weekday."""
    hours = [((time(8), time(12)), (time(13), time(17)))] * 7
    if draw(st.booleans()):
        hours[(first + DAY).weekday()] = ()  # type: ignore[call-overload]
    closed = draw(st.sampled_from([frozenset(), frozenset([first + 2 * DAY])]))
    return Calendar(zone, tuple(hours), closed, rolls=draw(st.booleans()))
