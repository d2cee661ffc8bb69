"""Write the deliveries of the Benxi storm: who sends which file, when, byte for byte.

Why: a replay needs the files that a contractor, a weather service and inspectors would have sent, with
their delays, corrections and faults. story.yaml says what happened to which streets, the contract says
how each source writes. Where it stops: it knows nothing of duties and verdicts; what must follow from
these files stands in the expected_*.csv beside it.
"""

from __future__ import annotations

import json
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
  python generate.py out --seed 7                      other minutes within the hours of work, same verdicts
  python generate.py --land landing                    the landing folder at the end of the story
  python generate.py --land landing --until 2023-12-19T18:40:00+08:00
                                                       the landing folder as it stood at that instant

arrivals.csv: arrives_at (ISO, with offset), file (below OUT_DIR), lands_as (below the landing folder).
--land gives each file the modification time at which it arrived; start with an empty folder.
"""


@dataclass(frozen=True)
class World:
    """What the story, the contract and the register of units say; `seed` moves minutes only."""

    story: Mapping[str, Any]
    forms: Mapping[str, Form]
    wards: Mapping[str, str]
    zone: ZoneInfo
    seed: int

    @staticmethod
    def read(seed: int | None = None) -> World:
        """Read the files of this folder and the contract above it."""
        story = yaml.safe_load((HERE / "story.yaml").read_text(encoding="utf-8"))
        contract = yaml.safe_load((HERE.parent / "contract.yaml").read_text(encoding="utf-8"))
        register = json.loads((HERE.parent / contract["units"]["file"]).read_text(encoding="utf-8"))
        key, zone = contract["units"]["key"], contract["units"]["zone"]
        return World(
            story=story,
            forms={name: Form.of(source) for name, source in contract["sources"].items()},
            wards={one["properties"][key]: one["properties"][zone] for one in register["features"]},
            zone=ZoneInfo(contract["timezone"]),
            seed=story["seed"] if seed is None else seed,
        )

    def local(self, text: str) -> datetime:
        """A local time of the story, aware."""
        return datetime.fromisoformat(text).replace(tzinfo=self.zone)

    def next_day(self, day: date, clock: str) -> datetime:
        """A time of day on the day after `day`."""
        return datetime.combine(day + timedelta(days=1), time.fromisoformat(clock), self.zone)


def units_of(group: Mapping[str, Any]) -> list[str]:
    """The unit ids of a group's ranges ("BX-A-001..BX-A-006", or one id), in the order of the story."""
    ids: list[str] = []
    for span in group["units"]:
        first, _, last = span.partition("..")
        stem = first[:-3]
        ids += [f"{stem}{number:03d}" for number in range(int(first[-3:]), int((last or first)[-3:]) + 1)]
    return ids


def days(first: str, last: str) -> Iterator[date]:
    """Both days and all between."""
    day, end = date.fromisoformat(first), date.fromisoformat(last)
    while day <= end:
        yield day
        day += timedelta(days=1)


def spread(first: datetime, last: datetime, count: int, key: str) -> list[datetime]:
    """`count` ascending whole minutes in [first, last), one in each of equal slots, jittered by `key`."""
    minutes = random.Random(key)  # noqa: S311  (a scenario, not a secret)
    slot = int((last - first) / timedelta(minutes=1)) // count
    if slot < 1:
        raise StoryError(f"{key}: {count} streets do not fit between {first} and {last}, one a minute")
    return [first + timedelta(minutes=number * slot + minutes.randrange(slot)) for number in range(count)]


def plow_log(world: World, day: date, edition: str) -> bytes:
    """The contractor's log of a day, `original` or `corrected`; a quiet day has a header only."""
    rows: list[Cells] = [bad["cells"] for bad in world.story["bad_rows"] if bad["log"] == day.isoformat()]
    for name, group in world.story["groups"].items():
        for number, action in enumerate(group.get("actions", [])):
            if action.get("only_in", edition) == edition:
                rows += _work(world, day, units_of(group), action, f"{world.seed}/{name}/{number}")
    return world.forms["plow-log"].write(sorted(rows, key=lambda row: (row["at"], row["unit"])))


def _work(world: World, day: date, ids: list[str], action: Mapping[str, Any], key: str) -> list[Cells]:
    first, last = (world.local(text) for text in action.get("between", [action.get("at")] * 2))
    if first.date() != last.date():
        raise StoryError(f"{key}: the work of {first} reaches into another day's log")
    if first.date() != day:
        return []
    form, fleet = world.forms["plow-log"], world.story["plow"]["fleet"]
    times = [first] * len(ids) if "at" in action else spread(first, last, len(ids), key)
    return [
        {
            "at": form.at(when),
            "unit": unit,
            "actor": fleet[int(unit[-3:]) % len(fleet)],
            "kind": form.kinds[action["kind"]],
            "note": action.get("note", ""),
        }
        for unit, when in zip(ids, times, strict=True)
    ]


def bulletin(world: World, day: date) -> bytes:
    """The weather service's hourly rows of a day: phenomenon, and fresh snow since the fall began."""
    weather, form = world.story["weather"], world.forms["snow-depth"]
    fallen = {
        world.local(start) + timedelta(hours=hour): depth
        for start, depths in weather["snowfall"].items()
        for hour, depth in enumerate(depths)
    }
    forgotten = world.local(weather["forgotten"])
    rows = []
    for hour in range(24):
        now = datetime.combine(day, time(hour), world.zone)
        lying = [depth for when, depth in fallen.items() if when <= now < forgotten]
        depth = lying[-1] if lying else 0.0
        kind = "snowfall" if now in fallen else "none"
        rows.append({"at": form.at(now), "kind": kind, "depth_cm": f"{depth:.1f}"})
    return form.write(rows)


def inspection(world: World, part: str) -> bytes:
    """What one visit found, street by street in the order of their ids."""
    visit, form = world.story["visits"][part], world.forms["inspections"]
    found = {
        unit: group["seen"][part]
        for group in world.story["groups"].values()
        if part in group.get("seen", {})
        for unit in units_of(group)
        if world.wards[unit] in visit["wards"]
    }
    start, end = (world.local(text) for text in visit["hours"])
    times = spread(start, end, len(found), f"{world.seed}/{part}")
    return form.write(
        {"at": form.at(when), "unit": unit, "actor": visit["inspector"], "kind": form.kinds[found[unit]]}
        for unit, when in zip(sorted(found), times, strict=True)
    )


def deliveries(world: World) -> list[Delivery]:
    """All files of the story, by arrival, then by name."""
    every = [*_bulletins(world), *_plow_logs(world), *_inspections(world)]
    return sorted(every, key=lambda one: (one.arrives, one.lands_as))


def _bulletins(world: World) -> Iterator[Delivery]:
    weather, path = world.story["weather"], world.forms["snow-depth"].path
    for day in days(weather["first"], weather["last"]):
        arrives = world.next_day(day, weather["arrives"])
        yield Delivery(arrives, path.format(service_date=day), bulletin(world, day))


def _plow_logs(world: World) -> Iterator[Delivery]:
    plow, path = world.story["plow"], world.forms["plow-log"].path
    for day in days(plow["first"], plow["last"]):
        name, lands_as = day.isoformat(), path.format(service_date=day)
        if name in plow["never"]:
            continue
        late = plow["late"].get(name)
        arrives = world.local(late) if late else world.next_day(day, plow["arrives"])
        yield Delivery(arrives, lands_as, plow_log(world, day, "original"))
        if name in plow["corrected"]:
            yield Delivery(world.local(plow["corrected"][name]), lands_as, plow_log(world, day, "corrected"))


def _inspections(world: World) -> Iterator[Delivery]:
    for part, visit in world.story["visits"].items():
        lands_as = world.forms["inspections"].path.format(part=part)
        yield Delivery(world.local(visit["arrives"]), lands_as, inspection(world, part))


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    return command(
        lambda seed: deliveries(World.read(seed)),
        writes="the Benxi storm, 14-26 December 2023",
        seeds="minutes",
        examples=EXAMPLES,
        arguments=arguments,
    )


if __name__ == "__main__":
    raise SystemExit(main())
