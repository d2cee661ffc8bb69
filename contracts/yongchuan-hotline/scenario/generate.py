"""Write the deliveries of the hotline's month: who sends which file, when, byte for byte.

Why: a replay needs the logs that an operator and a district's departments would have sent, with their delays, an
outage and faults. story.yaml says what happened, the contract says how each source writes. Where it stops: it knows
nothing of duties and verdicts; what must follow from these files stands in the expected_*.csv beside it. All of it is
invented.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from dutywatch.scenario import Cells, Delivery, Form, StoryError, command

HERE = Path(__file__).resolve().parent
EXAMPLES = """\
examples:
  python generate.py out                               arrivals.csv and the files themselves
  python generate.py out --seed 7                      other seconds within the half hours
  python generate.py --land landing                    the landing folder at the end of the story
  python generate.py --land landing --until 2023-12-09T00:00:00+08:00
                                                       the landing folder as it stood at that instant

arrivals.csv: arrives_at (ISO, with offset), file (below OUT_DIR), lands_as (below the landing folder).
--land gives each file the modification time at which it arrived; start with an empty folder.
"""
HALF_HOUR = timedelta(minutes=30)
HANDLED = ("signed", "acted", "closed", "decided")  # the steps that the departments log; the operator logs the others


@dataclass(frozen=True)
class Call:
    """One call: when it came in, what became of it, how long it waited."""

    at: datetime
    answered: bool
    wait_s: int


@dataclass(frozen=True)
class Case:
    """One work order with the instants of its steps; `reworked`: how often its matter was reworked, itself included."""

    name: str
    record: str
    unit: str
    reworked: int
    steps: Mapping[str, datetime]
    said: tuple[int, int, int]


@dataclass(frozen=True)
class World:
    """What the story and the contract say; `seed` moves seconds and waits only."""

    story: Mapping[str, Any]
    forms: Mapping[str, Form]
    zone: ZoneInfo
    seed: int

    @staticmethod
    def read(seed: int | None = None) -> World:
        """Read the files of this folder and the contract above it."""
        story = yaml.safe_load((HERE / "story.yaml").read_text(encoding="utf-8"))
        contract = yaml.safe_load((HERE.parent / "contract.yaml").read_text(encoding="utf-8"))
        return World(
            story=story,
            forms={name: Form.of(source) for name, source in contract["sources"].items()},
            zone=ZoneInfo(contract["timezone"]),
            seed=story["seed"] if seed is None else seed,
        )

    def local(self, text: str) -> datetime:
        """A local time of the story, aware."""
        return datetime.fromisoformat(text).replace(tzinfo=self.zone)

    def on(self, day: date, clock: str) -> datetime:
        """A time of day; 24:00 is the next day's midnight."""
        if clock == "24:00":
            return datetime.combine(day + timedelta(days=1), time(), self.zone)
        return datetime.combine(day, time.fromisoformat(clock), self.zone)

    def days(self) -> list[date]:
        """The days of the story."""
        first, last = (date.fromisoformat(self.story[name]) for name in ("first", "last"))
        return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def kind_of_day(day: date) -> str:
    """Workday or weekend; the story has no holidays."""
    return "weekend" if day.weekday() >= 5 else "workday"


# ------------------------------------------------------------------------------------------ calls


def half_hours(world: World, day: date) -> dict[datetime, Mapping[str, int]]:
    """What the story says of each of a day's 48 half hours; of two spans that name it the later one holds."""
    story = world.story["calls"]
    spans = [*story[kind_of_day(day)], *story["days"].get(day.isoformat(), {}).get("spans", [])]
    found: dict[datetime, Mapping[str, int]] = {}
    for span in spans:
        start, end = world.on(day, span["from"]), world.on(day, span["to"])
        while start < end:
            found[start] = {"calls": span["calls"], "slow": span.get("slow", 0), "abandoned": span.get("abandoned", 0)}
            start += HALF_HOUR
    if len(found) != 48:
        raise StoryError(f"calls: {day} has {len(found)} half hours, not 48")
    return dict(sorted(found.items()))


def calls(world: World, day: date) -> list[Call]:
    """The calls of a day, in order of time."""
    found = []
    for start, said in half_hours(world, day).items():
        drawn = random.Random(f"{world.seed}/{start.isoformat()}")  # noqa: S311  (a scenario, not a secret)
        quick = said["calls"] - said["slow"] - said["abandoned"]
        if quick < 0:
            raise StoryError(f"calls: {start} has more slow and abandoned calls than calls")
        part = 1800 // said["calls"]
        for number in range(said["calls"]):
            at = start + timedelta(seconds=number * part + drawn.randrange(part))
            if number < quick:
                found.append(Call(at, True, drawn.randrange(2, 16)))
            elif number < quick + said["slow"]:
                found.append(Call(at, True, drawn.randrange(16, 91)))
            else:
                found.append(Call(at, False, drawn.randrange(20, 121)))
    return found


def call_log(world: World, day: date, until: datetime | None) -> bytes:
    """The platform's log of a day; of one that is cut, what came in before `until`."""
    form, agents = world.forms["call-log"], world.story["calls"]["agents"]
    rows: list[Cells] = [bad["cells"] for bad in world.story["calls"]["bad_rows"] if bad["log"] == day.isoformat()]
    for number, call in enumerate(calls(world, day), 1):
        if until is None or call.at < until:
            rows.append(
                {
                    "at": form.at(call.at),
                    "record": f"T-{day:%m%d}-{number:03}",
                    "unit": "12345",
                    "actor": agents[number % len(agents)] if call.answered else "",
                    "kind": form.kinds["answered" if call.answered else "abandoned"],
                    "wait_s": str(call.wait_s),
                }
            )
    return form.write(sorted(rows, key=lambda row: (row["at"], row["record"])))


def desk_log(world: World, day: date) -> bytes:
    """Who sat at the desk from when to when; a shift around an empty desk is two."""
    form, desks = world.forms["desk-log"], world.story["desks"]
    hole = desks["empty"].get(day.isoformat())
    rows = []
    for number, (first, last) in enumerate(desks["shifts"]):
        parts = [(first, last)]
        if hole and first <= hole[0] and hole[1] <= last:
            parts = [(first, hole[0]), (hole[1], last)]
        for start, end in parts:
            rows.append(
                {
                    "at": form.at(world.on(day, start)),
                    "until": form.at(world.on(day, end)),
                    "unit": "12345",
                    "actor": world.story["calls"]["agents"][number],
                    "kind": form.kinds["at_desk"],
                }
            )
    return form.write(rows)


# ------------------------------------------------------------------------------------------ cases


def cases(world: World) -> list[Case]:
    """All work orders of the story: the ordinary ones by rule, then those told one by one, each with its reworks."""
    return [*_ordinary(world), *_told(world)]


def _ordinary(world: World) -> Iterator[Case]:
    rule, number = world.story["ordinary"], 0
    for day in world.days():
        for index, clock in enumerate(rule[kind_of_day(day)], 1):
            registered = world.on(day, clock)
            done = _workday_after(day, rule["workdays_after"][number % len(rule["workdays_after"])])
            unit = rule["departments"][number % len(rule["departments"])]
            number += 1
            steps = {
                "registered": registered,
                "signed": registered + timedelta(minutes=rule["signed_after"]),
                "acted": world.on(done, rule["acted"]),
                "closed": world.on(done, rule["closed"]),
                "called_back": world.on(done + timedelta(days=1), rule["called_back"]),
            }
            said = tuple(int(number % rule["not"][word] != 0) for word in ("responded", "resolved", "satisfied"))
            yield Case("ordinary", f"C-{day:%m%d}-{index:02}", unit, 0, steps, (said[0], said[1], said[2]))


def _workday_after(day: date, count: int) -> date:
    while count:
        day += timedelta(days=1)
        count -= kind_of_day(day) == "workday"
    return day


def _told(world: World) -> Iterator[Case]:
    for name, told in world.story["cases"].items():
        orders = [told, *told.get("reworks", [])]
        for reworked, order in enumerate(orders):
            steps = {step: world.local(at) for step, at in order["rows"].items()}
            record = f"{told['record']}-R{reworked}" if reworked else told["record"]
            said = order.get("said", (0, 0, 0))
            yield Case(name, record, told["unit"], reworked, steps, (said[0], said[1], said[2]))


def case_log(world: World, day: date) -> bytes:
    """The cases that the operator registered on a day, whom it called back, and what they said."""
    form, rows = world.forms["case-log"], []
    for at, step, case in _steps(world, day, ("registered", "called_back")):
        row = {"at": form.at(at), "record": case.record, "unit": case.unit}
        if step == "registered":
            row |= {"kind": form.kinds["rework" if case.reworked else step], "reworked": str(case.reworked)}
        else:
            said = dict(zip(("responded", "resolved", "satisfied"), map(str, case.said), strict=True))
            row |= {"kind": form.kinds[step], **said}
        rows.append(row)
    return form.write(rows)


def handling_log(world: World, day: date) -> bytes:
    """What the departments did on a day, and what the district decided."""
    form = world.forms["handling-log"]
    return form.write(
        {"at": form.at(at), "record": case.record, "unit": case.unit, "kind": form.kinds[step]}
        for at, step, case in _steps(world, day, HANDLED)
    )


def _steps(world: World, day: date, wanted: tuple[str, ...]) -> list[tuple[datetime, str, Case]]:
    found = [
        (at, step, case)
        for case in cases(world)
        for step, at in case.steps.items()
        if step in wanted and at.date() == day
    ]
    return sorted(found, key=lambda one: (one[0], one[2].record))


# ------------------------------------------------------------------------------------------ deliveries

WRITERS = {"desk-log": desk_log, "case-log": case_log, "handling-log": handling_log}


def deliveries(world: World) -> list[Delivery]:
    """All files of the story, by arrival, then by name."""
    arrives, found = world.story["arrives"], []
    for source, form in world.forms.items():
        for day in world.days():
            name = day.isoformat()
            late = arrives["late"].get(source, {}).get(name)
            cut = arrives["cut"].get(source, {}).get(name)
            at = world.local(late or cut) if late or cut else world.on(day, "24:00")
            content = call_log(world, day, at if cut else None) if source == "call-log" else WRITERS[source](world, day)
            found.append(Delivery(at, form.path.format(service_date=day), content))
    return sorted(found, key=lambda one: (one.arrives, one.lands_as))


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    return command(
        lambda seed: deliveries(World.read(seed)),
        writes="the hotline's month, December 2023 (all of it invented)",
        seeds="seconds",
        examples=EXAMPLES,
        arguments=arguments,
    )


if __name__ == "__main__":
    raise SystemExit(main())
