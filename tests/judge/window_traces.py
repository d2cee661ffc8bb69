"""Contracts with windows over small traces, on a grid of two hours.

One case holds one or two obligations of one pattern: what a case costs is one statement to plan for each of them.
Drawn on purpose: late, missing, cut, corrected, quiet and refused deliveries, rows in quarantine, polled feeds, acts
of two parties, identical rows of two sources, empty columns, days of 23 and 25 hours, storms of two days, logs kept by
unit or vehicle, proof that comes too late, excuses, amendments, units that come, go or turn, and in `doubtful` local
times with two readings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any, Literal
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from dutywatch.clock import local_date, midnight
from dutywatch.ledger.decisions import Decision
from dutywatch.terms.contract import Contract
from dutywatch.terms.units import Unit
from tests.judge.oracle import File, Row, Trace
from tests.judge.oracle_windows import Entry
from tests.judge.plans import DAY, HOUR, Plan, calendars, source
from tests.judge.traces import sha, unreadable

Shape = Literal["short", "week", "month"]
Pattern = Literal["recur", "attain", "keep"]
LENGTH = {"short": 3, "week": 9, "month": 33}  # days
FIRST: dict[Shape, dict[str, date]] = {
    # a Sunday; a Saturday before a day of 25 hours; one before a day of 23 hours
    "short": {
        "Asia/Shanghai": date(2024, 1, 14),
        "America/New_York": date(2024, 11, 2),
        "Europe/Berlin": date(2024, 3, 30),
    },
    "week": {
        "Asia/Shanghai": date(2024, 1, 14),
        "America/New_York": date(2024, 10, 27),
        "Europe/Berlin": date(2024, 3, 24),
    },
    "month": {
        "Asia/Shanghai": date(2024, 1, 31),
        "America/New_York": date(2024, 10, 31),
        "Europe/Berlin": date(2024, 2, 29),
    },
}
COLUMNS = {name: name for name in ("at", "unit", "zone", "kind", "actor", "record", "until", "wait")}


@dataclass(frozen=True)
class Frame:
    """The days in which a case is drawn."""

    shape: Shape
    zone: str
    first: date

    @property
    def days(self) -> int:
        """How many days the trace has."""
        return LENGTH[self.shape]

    def day(self, number: int) -> date:
        """The civil day `number` of the trace."""
        return self.first + timedelta(days=number)


# --- contracts ----------------------------------------------------------------------------------------------------


@st.composite
def _service(draw: st.DrawFn) -> dict[str, Any]:
    shape = draw(st.sampled_from(["daily", "daily", "daily", "daily", "appended", "last", "all", "loose"]))
    run_by = draw(st.sampled_from(["firm", "firm", "city"]))
    rank = draw(st.integers(0, 2))
    if shape in ("daily", "appended"):
        due = draw(st.sampled_from(["06:00 next day", "06:00 next day", "23:00 same day", None]))
        redelivery = "replace" if shape == "daily" else "append"
        by = draw(st.sampled_from(["source", "source", "source", "unit", "actor"]))
        more: dict[str, Any] = {"due": due, "redelivery": redelivery, "by": by}
        return source("service", run_by, "{service_date}.csv", columns=COLUMNS, rank=rank, **more)
    more = {"redelivery": "append", "rank": rank, "columns": COLUMNS}
    if shape != "loose":
        more |= {"polls": {"max_lag": "PT2H", "shows": shape}, "columns": {**COLUMNS, "seen_at": "seen_at"}}
    return source("service", run_by, "{part}.csv", **more)


@st.composite
def _sources(draw: st.DrawFn) -> dict[str, dict[str, Any]]:
    found = {f"log-{number}": draw(_service()) for number in range(draw(st.sampled_from([1, 1, 1, 2])))}
    path = draw(st.sampled_from(["{service_date}.csv", "{service_date}.csv", "{part}.csv"]))
    more: dict[str, Any] = {"due": "06:00 next day"} if "date" in path else {"redelivery": "append"}
    found["weather"] = source("condition", "weather-service", path, columns=COLUMNS, **more)
    rank = draw(st.integers(0, 2))
    found["seen"] = source("inspection", "city", "{part}.csv", columns=COLUMNS, redelivery="append", rank=rank)
    return found


@st.composite
def _period(draw: st.DrawFn, frame: Frame, *, lasting: bool) -> dict[str, Any]:
    """A period of the frame; `lasting`: also the time of a trigger. Days may be those on which an office works."""
    calendar = {"calendar": draw(st.sampled_from(["always", "always", "office"]))}
    if frame.shape == "month":
        return {"each": "month", **calendar}
    if frame.shape == "week":
        return {"each": draw(st.sampled_from(["week", "week", "day"])), **calendar}
    kind = draw(st.sampled_from(["day", "day", "day", "season", "weekdays", "dates", *(["while"] if lasting else [])]))
    if kind == "day":
        return {"each": "day", **calendar}
    if kind == "season":
        first, last = (frame.day(n).strftime("%m-%d") for n in draw(st.sampled_from([(0, 1), (1, 2), (1, 4)])))
        return {"season": {"from": first, "to": last}}
    if kind == "weekdays":
        return {"plan": {"weekdays": ["mon", "sun"]}, **calendar}
    if kind == "dates":
        return {"plan": {"weekdays": ["tue"], "dates": [frame.day(draw(st.integers(0, 2)))]}}
    gap = draw(st.sampled_from(["PT4H", "PT8H"]))
    threshold = draw(st.sampled_from([{}, {"measure": "wait", "at_least": 10}]))
    return {"while": {"stream": "condition", "kind": "snow", "merge_gap": gap, **threshold}, **calendar}


def _shared(draw: st.DrawFn, pattern: str) -> dict[str, Any]:
    return {
        "title": {"en": pattern},
        "clause": "§1",
        "party": "firm",
        "pattern": pattern,
        "scope": draw(st.sampled_from([*[{}] * 4, {"class": ["A"]}, {"zone": ["W1"]}])),
        "at_risk": 0.5,
        "proof_until": draw(st.sampled_from([None, None, None, "PT12H"])),
        "supervisor": "desk",
    }


KINDS: Sequence[Any] = ("plow", "plow", ["plow", "haul"], None)
SILENCE = st.sampled_from(["unproven", "unproven", "breached"])
WHERE: Sequence[Any] = (None, None, None, "wait > 5", "actor is not null")


@st.composite
def _recur(draw: st.DrawFn, frame: Frame) -> dict[str, Any]:
    period = draw(_period(frame, lasting=True))
    one_day = "plan" in period or period.get("each") == "day"
    counts: list[dict[str, Any]] = [{"times": n} for n in (1, 2, 3)]
    counts += [{"on_days": n} for n in ((1,) if one_day else (1, 2, 3))]
    longest = {"short": ("PT6H", "PT10H", "PT24H"), "week": ("PT24H", "P2D", "P4D"), "month": ("P4D", "P10D")}
    counts += [{"max_gap": gap} for gap in longest[frame.shape]]
    count = draw(st.sampled_from(counts))
    more: dict[str, Any] = {}
    if count == {"times": 1} and draw(st.booleans()):
        more["refuted_by"] = {"stream": "inspection", "kind": "covered"}
    action = {"stream": "service", "kind": draw(st.sampled_from(KINDS)), "where": draw(st.sampled_from(WHERE))}
    action["min_duration"] = draw(st.sampled_from([None, None, None, "PT1H", "PT5H"]))
    return {**_shared(draw, "recur"), "period": period, "action": action, "silence": draw(SILENCE), **count, **more}


@st.composite
def _attain(draw: st.DrawFn, frame: Frame) -> dict[str, Any]:
    window = draw(_period(frame, lasting=True))
    if window.get("each") == "day":
        parted = [{}, {}, {"slice": "PT6H"}, {"slice": "PT5H"}, {"slice": "PT4H", "calendar": "office"}]
        window |= draw(st.sampled_from([*parted, {"rolling": "PT24H"}, {"rolling": "PT6H"}]))
    share: list[dict[str, Any]] = [{"good": "wait <= 20", "target": t} for t in (0.5, 0.8, 1.0, 0.3, 0.0)]
    duties: list[dict[str, Any]] = [{"duties": "clear", "target": t} for t in (0.5, 0.9, 1.0)]
    ranks: list[dict[str, Any]] = [
        {"percentile": {"of": "wait", "rank": r}, "target": t} for r in (0.5, 0.8, 0.9, 1.0) for t in (10, 20)
    ]
    counts: list[dict[str, Any]] = [{"target": n} for n in (1, 2, 4)]
    shared = _shared(draw, "attain")
    measures = [share, share, ranks, counts, share if "rolling" in window else duties]
    chosen = dict(draw(st.sampled_from(draw(st.sampled_from(measures)))))
    target = chosen.pop("target")
    items: dict[str, Any] = {"stream": "service", "kind": draw(st.sampled_from([*KINDS, None, None]))}
    if "duties" in chosen:
        items = {"duties": chosen.pop("duties")}
        shared["proof_until"] = None  # what came too late, these say (0036)
    else:
        items["where"] = draw(st.sampled_from(WHERE))
    return {
        **shared,
        "window": window,
        "items": items,
        **chosen,
        draw(st.sampled_from(["at_least", "at_most"])): target,
        "min_items": draw(st.sampled_from([1, 1, 2, 3])),
        "min_coverage": draw(st.sampled_from([1.0, 1.0, 0.5, 0.9])),
        "silence": draw(SILENCE),
        "per": "unit" if "while" in window else draw(st.sampled_from(["unit", "zone", "class", "contract"])),
    }


@st.composite
def _keep(draw: st.DrawFn, frame: Frame) -> dict[str, Any]:
    window = draw(_period(frame, lasting=True))
    slot = draw(st.sampled_from(["PT12H", "PT8H", "PT7H"] if frame.shape == "short" else ["P1D", "PT20H"]))
    level: dict[str, Any] = draw(
        st.sampled_from([{"value": "wait"}, {"value": "wait"}, {"count": "actor"}, {"count": "record"}, {"open": True}])
    )
    few: list[dict[str, Any]] = [{"at_least": 1}, {"at_least": 2}, {"at_most": 1}, {"at_least": 1, "at_most": 2}]
    far: list[dict[str, Any]] = [{"at_least": 10}, {"at_most": 20}, {"at_least": 10, "at_most": 20}]
    return {
        **_shared(draw, "keep"),
        "window": window,
        "slot": slot,
        "level": {
            "stream": "service",
            "kind": draw(st.sampled_from(KINDS)),
            "where": draw(st.sampled_from(WHERE)),
            **level,
        },
        **draw(st.sampled_from(far if "value" in level else few)),
        "max_bad": draw(st.sampled_from([0, 0, 1, 2])),
        "silence": draw(SILENCE),
        "per": "unit" if "while" in window else draw(st.sampled_from(["unit", "zone", "class", "contract"])),
    }


CLEAR = {
    "title": {"en": "Cleared"},
    "clause": "§2",
    "party": "firm",
    "pattern": "respond",
    "trigger": {"stream": "condition", "kind": "snow", "merge_gap": "PT4H"},
    "clock": {"from": "trigger.start"},
    "action": {"stream": "service", "kind": "haul"},
    "within": "PT6H",
    "supervisor": "desk",
}


@st.composite
def _amendments(draw: st.DrawFn, frame: Frame, obligations: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """An obligation that reads otherwise from a day on, most often for some days."""
    name, words = draw(st.sampled_from(sorted(obligations.items())))
    if name == "clear" or draw(st.integers(0, 3)):
        return []
    changes: list[dict[str, Any]] = [{"silence": "breached"}, {"at_risk": 0.25}, {"proof_until": "PT6H"}]
    if words.get("items", {}).get("duties"):
        changes.pop()
    changes += [{word: 2} for word in ("times", "max_bad", "min_items") if word in words and "refuted_by" not in words]
    turn = frame.day(draw(st.integers(0, 2)))
    return [
        {
            "obligation": name,
            "clause": "§3",
            "from": turn,
            "to": draw(st.sampled_from([None, turn + DAY])),
            "recorded": draw(st.sampled_from([None, turn + DAY])),
            "by": ["desk", "chief"],
            "change": draw(st.sampled_from(changes)),
        }
    ]


@st.composite
def _register(draw: st.DrawFn, frame: Frame) -> tuple[Unit, ...]:
    """One or two units; the first may come, go or be of another class from a day on."""
    classes = draw(st.lists(st.sampled_from(["A", "A", "B"]), min_size=1, max_size=2))
    first, *rest = (
        Unit(f"U{n}", class_, draw(st.sampled_from(["W1", "W2"])), 100.0) for n, class_ in enumerate(classes)
    )
    turn = frame.day(draw(st.integers(0, 3)))
    old, new = replace(first, valid_to=turn - DAY), replace(first, valid_from=turn)
    changed = draw(st.sampled_from(["no", "no", "no", "comes", "goes", "turns"]))
    other = replace(new, class_=draw(st.sampled_from(["A", "B"])))
    return (*{"no": [first], "comes": [new], "goes": [old], "turns": [old, other]}[changed], *rest)


@st.composite
def _assignments(draw: st.DrawFn, frame: Frame, names: Sequence[str]) -> list[dict[str, Any]]:
    """The other contractor answers for some obligations on some units, from a day on."""
    if not draw(st.booleans()):
        return []
    some = draw(st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True))
    begins = frame.day(draw(st.integers(0, 1)))
    units = draw(st.sampled_from([{"id": ["U0"]}, {"id": ["U0", "U1"]}, {"class": ["A"]}, {"zone": ["W1"]}, {}]))
    return [{"contractor": "other", "obligations": some, "units": units, "from": begins}]


@st.composite
def plans(draw: st.DrawFn, pattern: Pattern) -> tuple[Frame, Plan]:
    """A contract, its units and the days of its trace."""
    shape: Shape = draw(st.sampled_from(["short"] * 6 + ["week"] * 2 + (["month"] if pattern == "recur" else [])))
    zone = draw(st.sampled_from(sorted(FIRST[shape])))
    frame = Frame(shape, zone, FIRST[shape][zone])
    one = {"recur": _recur, "attain": _attain, "keep": _keep}[pattern]
    obligations = {f"{pattern}-{n}": draw(one(frame)) for n in range(draw(st.sampled_from([1, 1, 2])))}
    assigned = draw(_assignments(frame, sorted(obligations)))
    if pattern == "attain":
        obligations["clear"] = CLEAR
    contract = Contract.model_validate(
        {
            "contract": "town",
            "title": {"en": "Town"},
            "authority": {"id": "city", "name": {"en": "City"}},
            "contractors": [
                {"id": "firm", "name": {"en": "Firm"}, "actors": ["V1"]},
                {"id": "other", "name": {"en": "Other"}, "actors": ["V2"]},
            ],
            "term": {"from": frame.day(draw(st.sampled_from([0, 0, 0, 1]))), "to": frame.day(frame.days - 1)},
            "timezone": zone,
            "people": {"desk": {"name": {"en": "Desk"}}},
            "units": {"file": "units.csv", "key": "id"},
            "sources": {name: {**one, "from": frame.first} for name, one in draw(_sources()).items()},
            "assignments": assigned,
            "obligations": obligations,
            "amendments": draw(_amendments(frame, obligations)),
        }
    )
    units = draw(_register(frame))
    office = draw(calendars(ZoneInfo(zone), frame.first))
    base = midnight(frame.first, ZoneInfo(zone))
    return frame, Plan(contract, units, base, frame.first, calendars={"office": office})


# --- traces -------------------------------------------------------------------------------------------------------


@st.composite
def _row(draw: st.DrawFn, frame: Frame, plan: Plan, stream: str) -> Entry:
    step = 6 if frame.shape == "month" else 2
    at = plan.hour(draw(st.integers(0, frame.days * 24 // step - 1)) * step)
    if stream == "condition":
        wait = draw(st.sampled_from([5.0, 10.0, 10.0]))
        until = draw(st.sampled_from([*[None] * 5, at + 2 * HOUR, at + 8 * HOUR]))  # an end that is forecast
        return Entry(at, None, "snow", draw(st.sampled_from([None, None, "W1"])), wait, until=until)
    unit = draw(st.sampled_from([unit.id for unit in plan.units]))
    if stream == "inspection":
        return Entry(at, unit, draw(st.sampled_from(["covered", "covered", "clear"])))
    lasts = draw(st.sampled_from([None, 0, 2, 6, 12, 30]))
    return Entry(
        at,
        draw(st.sampled_from([unit, unit, unit, unit, None])),
        draw(st.sampled_from(["plow", "plow", "plow", "haul", "sweep"])),
        None,
        draw(st.sampled_from([5.0, 10.0, 20.0, 20.0, 30.0, None])),
        actor=draw(st.sampled_from(["V1", "V1", "V1", None, "V2"])),
        record=draw(st.sampled_from(["R1", "R2", None])),
        until=None if lasts is None else at + lasts * HOUR,
    )


@st.composite
def _rounds(draw: st.DrawFn, frame: Frame, plan: Plan) -> list[Entry]:
    """Most days every unit and every vehicle stands in the log, whatever it did."""
    units = sorted({unit.id for unit in plan.units})
    driven = [(unit, actor) for unit in units for actor in ("V1", "V2")]
    return [
        Entry(plan.span(day)[0] + draw(st.integers(0, 11)) * 2 * HOUR, unit, "sweep", value=20.0, actor=actor)
        for day in range(frame.days + 1)
        for unit, actor in driven
        if draw(st.integers(0, 4))
    ]


@st.composite
def _decisions(draw: st.DrawFn, frame: Frame, plan: Plan, pattern: Pattern) -> Decision:
    """An excuse or an admission of late evidence, by one or two persons, of some duties of the pattern."""
    owed = sorted(name for name, one in plan.contract.obligations.items() if one.pattern == pattern)
    return Decision(
        kind=draw(st.sampled_from(["excuse", "admit", "admit"])),
        obligation=draw(st.sampled_from(owed)),
        unit=draw(st.sampled_from([None, *(unit.id for unit in plan.units)])),
        trigger=draw(st.sampled_from([None, str(frame.day(draw(st.integers(0, 2))))])),
        grounds="some",
        author="desk",
        confirmed_by=draw(st.sampled_from([None, "chief", "chief", "desk"])),
        recorded_at=plan.hour(draw(st.integers(0, frame.days * 12 + 6)) * 2),
    )


@st.composite
def _storm(draw: st.DrawFn, frame: Frame, plan: Plan) -> list[Entry]:
    """Snow that lasts for half a day or for two, told every two hours."""
    first, length = draw(st.integers(0, frame.days * 12 - 7)), draw(st.integers(6, 24))
    hours = range(first, min(first + length, frame.days * 12))
    return [Entry(plan.hour(2 * n), None, "snow", None, 10.0) for n in hours]


@st.composite
def _daily(draw: st.DrawFn, frame: Frame, plan: Plan, name: str, events: Sequence[Entry]) -> list[File]:
    """A file a day; on some days it is late, cut, corrected, refused or not there."""
    odd = draw(st.dictionaries(st.integers(0, frame.days), st.sampled_from(FATES), max_size=3))
    files: list[File] = []
    for index in range(frame.days + 1):
        start, end = plan.span(index)
        fate = odd.get(index, "in time")
        arrivals: dict[str, list[datetime | None]] = {
            "late": [end + 30 * HOUR],
            "cut": [end - 4 * HOUR],
            "archive": [None],
            "twice": [end - 8 * HOUR, end + 10 * HOUR],
            "missing": [],
        }
        for number, received in enumerate(arrivals.get(fate, [end + 4 * HOUR])):
            of_day = [row for row in events if start <= row.at < end]
            told = tuple(row for row in of_day if received is None or row.at < received)
            grid = [start + n * 2 * HOUR for n in range(12)]
            rest = draw(unreadable(plan, grid[:8])) if fate in ("unreadable", "twice") else ()
            day = local_date(start, plan.contract.zone)
            found = File(name, f"{name}/{day}.csv", sha(name, day, number), day, received, told, rest)
            files.append(replace(found, refused=True) if fate == "refused" else found)
    return files


FATES = ("late", "cut", "archive", "missing", "missing", "twice", "refused", "unreadable", "unreadable")


@st.composite
def _polled(draw: st.DrawFn, frame: Frame, plan: Plan, name: str, events: Sequence[Entry]) -> list[File]:
    """One file a poll. An old row without a unit leaves the trace of a poll that shows nothing else."""
    polls = plan.contract.sources[name].polls
    assert polls is not None
    files: list[File] = []
    before: datetime | None = None
    numbers = st.sets(st.integers(0, frame.days * 12 + 2).map(lambda n: n * 2), min_size=1, max_size=6)
    for hour in sorted(draw(numbers)):
        poll = plan.hour(hour)
        seen = [row for row in events if row.at <= poll]
        if polls.shows == "all":
            seen = [row for row in seen if before is None or row.at >= before - polls.max_lag]
        else:
            seen = list({row.unit: row for row in seen}.values())
        shown = [replace(row, seen_at=poll) for row in seen]
        if not shown or draw(st.booleans()):
            shown.append(Entry(plan.base, None, "covered", seen_at=poll))
        found = File(name, f"{name}/{hour}.csv", sha(name, hour), None, poll, tuple(shown))
        files.append(replace(found, refused=draw(st.integers(0, 7)) == 0))
        before = poll
    return files


@st.composite
def traces(draw: st.DrawFn, pattern: Pattern) -> Trace:
    """A contract with obligations of one pattern, and all files that its sources ever deliver."""
    frame, plan = draw(plans(pattern))
    files: list[File] = []
    doubles: list[Entry] = []
    for name, given in plan.contract.sources.items():
        most = {"condition": 5, "service": 10}.get(given.stream, 3)
        events = draw(st.lists(_row(frame, plan, given.stream), max_size=most))
        if given.stream == "condition" and frame.shape == "short" and draw(st.booleans()):
            events = draw(_storm(frame, plan))
        if given.stream == "service":
            # what an earlier source of the stream tells, told again
            events += [one for one in doubles if draw(st.booleans())]
            doubles = events[:2]
        if given.by != "source":
            events += draw(_rounds(frame, plan))
        events.sort(key=lambda row: row.at)
        if given.dated:
            files += draw(_daily(frame, plan, name, events))
        elif given.polls:
            files += draw(_polled(frame, plan, name, events))
        else:
            files += [_part(name, n, row) for n, row in enumerate(events)]
    rules = draw(st.lists(_decisions(frame, plan, pattern), max_size=2))
    return Trace(plan.contract, plan.units, tuple(files), tuple(rules), plan.calendars)


def _part(name: str, number: int, row: Entry) -> File:
    received = row.at + (number % 3) * 4 * HOUR
    return File(name, f"{name}/{number}.csv", sha(name, number), None, received, (row,))


@st.composite
def doubtful(draw: st.DrawFn, pattern: Pattern) -> Trace:
    """A trace in which the wall shows an hour or two twice: what happened then may have happened an hour before."""
    trace = draw(traces(pattern))
    logs = [name for name in trace.contract.sources_of("service") if trace.contract.sources[name].polls is None]
    times = sorted({row.at for file in trace.files if file.source in logs for row in file.rows})
    twice = draw(st.sets(st.sampled_from(times), min_size=1, max_size=2)) if times else set()
    return replace(trace, files=tuple(_twice(one, twice) if one.source in logs else one for one in trace.files))


def _twice(file: File, twice: set[datetime]) -> File:
    rows = (replace(row, earlier=row.at - HOUR) if row.at in twice else row for row in file.rows)
    return replace(file, rows=tuple(rows))


def readings(trace: Trace) -> list[Trace]:
    """The trace with each doubtful row at either of its readings, in all ways."""
    rows = sorted({row for file in trace.files for row in file.rows if row.earlier is not None}, key=repr)
    found = []
    for choice in product((False, True), repeat=len(rows)):
        early = {row for row, one in zip(rows, choice, strict=True) if one}
        files = tuple(replace(file, rows=tuple(_read(row, early) for row in file.rows)) for file in trace.files)
        found.append(replace(trace, files=files))
    return found


def _read(row: Row, early: set[Row]) -> Row:
    return replace(row, at=row.earlier or row.at if row in early else row.at, earlier=None)
