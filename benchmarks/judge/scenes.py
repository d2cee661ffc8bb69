"""What is judged when speed is measured: generated contracts, units and events, a scene for each target.

The targets and the sizes are those of the field's own measurements; `scale` shrinks or grows the number of events and
of units alike, so that a scene keeps its shape. Every event follows from its number: two runs read the same bytes.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

BEGINS = datetime(2025, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
STORMS = (10, 40, 70, 100, 130)
"""Days of the season on which it snows from 10:00 to 12:00."""


@dataclass(frozen=True)
class Scene:
    """One judgement. `events` and `units` are counts at scale 1, `days` the length of the season; `columns` what an
    event has beside its time and unit, as SQL over `i` (its number within the day) and `at`; `obligation` its words
    in YAML; `target` how many T it may take, `target_mb` how much memory."""

    name: str
    title: str
    events: int
    units: int
    days: int
    obligation: str
    columns: dict[str, str] = field(default_factory=dict)
    stream: str = "service"
    storms: bool = False
    target: float = 1.0
    target_mb: int = 2048

    @property
    def as_of(self) -> datetime:
        """When all is judged: two days after the season's last day, with every log delivered."""
        return BEGINS + DAY * (self.days + 2)

    @property
    def contract_id(self) -> str:
        """The contract's name, which is that of its folder."""
        return f"bench-{self.name}"

    def contract(self) -> str:
        """The contract's text."""
        columns = {"at": "at", "unit": "unit", **{name: name for name in self.columns}}
        listed = ", ".join(f"{name}: {column}" for name, column in columns.items())
        return _HEAD.format(
            name=self.contract_id,
            stream=self.stream,
            columns=listed,
            snow=_SNOW if self.storms else "",
            obligation=textwrap.indent(textwrap.dedent(self.obligation).strip(), "    "),
        )


_HEAD = """\
# Generated for a measurement: nothing in it is real.
contract: {name}
title: {{en: Generated for a measurement}}
authority: {{id: city, name: {{en: City}}}}
contractors: [{{id: firm, name: {{en: Firm}}}}]
term: {{from: 2025-01-01, to: 2026-12-31}}
timezone: UTC
languages: [en]
people: {{desk: {{name: {{en: Desk}}}}}}
units: {{file: units.csv, key: unit, class: class, zone: zone, length: length_m}}
sources:
  log:
    stream: {stream}
    run_by: firm
    owner: desk
    path: "log/{{service_date}}.csv"
    encoding: utf-8
    time: {{format: iso}}
    columns: {{{columns}}}
    from: 2025-01-01
    due: "06:00 next day"
    redelivery: replace
    expects: service_log
{snow}obligations:
  owed:
    title: {{en: What is owed}}
    clause: {{text: generated}}
    party: firm
    supervisor: desk
{obligation}
"""
_SNOW = """\
  snow:
    stream: condition
    run_by: city
    owner: desk
    path: "snow/{service_date}.csv"
    encoding: utf-8
    time: {format: iso}
    columns: {at: at, kind: kind, depth_cm: depth_cm}
    from: 2025-01-01
    due: "06:00 next day"
    redelivery: replace
    expects: condition_log
"""
_RESPOND = """
pattern: respond
trigger: {stream: condition, kind: snowfall, measure: depth_cm, at_least: 1, merge_gap: PT3H}
clock: {from: trigger.end, early: PT6H}
within: PT24H
action: {stream: service, kind: plow%s}
"""
_PLOW = {"kind": "'plow'", "actor": "'truck-' || (hash(i, day, 2) % 400)"}
_PASS = {
    **_PLOW,
    "from_m": "(hash(i, day, 3) % 300)::DOUBLE",
    "to_m": "least(300, hash(i, day, 3) % 300 + 90 + hash(i, day, 4) % 120)::DOUBLE",
}
_CALL = {
    "kind": "'call'",
    "actor": "'agent-' || (hash(i, day, 2) % 60)",
    "wait": "floor(-12 * ln(1 - (hash(i, day, 3) % 1000000) / 1000001.0))",
}
_SHIFT = {
    "kind": "'shift'",
    "actor": "'agent-' || (hash(i, day, 2) % 900)",
    "until": '"at" + to_minutes((2 + hash(i, day, 3) % 19)::INTEGER)',
}

SCENES = {
    scene.name: scene
    for scene in (
        Scene("respond", "250,000 duties, five storms", 7_400_000, 50_000, 150, _RESPOND % "", _PLOW,
              storms=True, target=0.5, target_mb=256),
        Scene("share", "90 % of a street's length after each storm", 7_400_000, 50_000, 150, _RESPOND % ", share: 0.9",
              _PASS, storms=True, target=2.5),
        Scene("recur-sparse", "swept on 20 days of a month", 18_000_000, 50_000, 365,
              "pattern: recur\nperiod: month\naction: {stream: service, kind: plow}\non_days: 20", _PLOW, target=0.7),
        Scene("recur-dense", "swept every day: a verdict a day and street", 18_000_000, 50_000, 365,
              "pattern: recur\nperiod: day\naction: {stream: service, kind: plow}\ntimes: 1", _PLOW, target=1.5),
        Scene("recur-days", "on 4 days of a week", 18_000_000, 50_000, 365,
              "pattern: recur\nperiod: week\naction: {stream: service, kind: plow}\non_days: 4", _PLOW, target=0.7),
        Scene("recur-gap", "never 6 days unswept", 18_000_000, 50_000, 365,
              "pattern: recur\nperiod: quarter\naction: {stream: service, kind: plow}\nmax_gap: P6D",
              _PLOW, target=0.7),
        Scene("attain-slice", "80 % in 20 s in every half-hour", 10_000_000, 20, 365,
              "pattern: attain\nwindow: {each: day, slice: PT30M}\nitems: {stream: call, kind: call}\n"
              "good: wait <= 20\nat_least: 0.8\nper: contract", _CALL, stream="call", target=0.3),
        Scene("attain-rolling", "80 % in 20 s in any 24 hours", 10_000_000, 20, 365,
              "pattern: attain\nwindow: {each: day, rolling: PT24H}\nitems: {stream: call, kind: call}\n"
              "good: wait <= 20\nat_least: 0.8\nper: contract", _CALL, stream="call", target=0.3),
        Scene("attain-percentile", "the 90th percentile of the wait in every half-hour", 10_000_000, 20, 365,
              "pattern: attain\nwindow: {each: day, slice: PT30M}\nitems: {stream: call, kind: call}\n"
              "percentile: {of: wait, rank: 0.9}\nat_most: 28\nper: contract", _CALL, stream="call", target=0.3),
        Scene("keep-count", "30 agents at work in every half-hour and zone", 10_000_000, 100, 365,
              "pattern: keep\nwindow: day\nslot: PT30M\nlevel: {stream: call, kind: call, count: actor}\n"
              "at_least: 30\nmax_bad: 2\nper: zone", _CALL, stream="call", target=0.5),
        Scene("keep-open", "as many counters open at any instant of a quarter of an hour", 10_000_000, 100, 365,
              "pattern: keep\nwindow: day\nslot: PT15M\nlevel: {stream: call, kind: shift, open: true}\n"
              "at_least: 4\nmax_bad: 2\nper: zone", _SHIFT, stream="call", target=0.5),
    )
}  # fmt: skip

Counts = dict[str, int]
"""How many duties stand how: what every way of judging a scene must agree on."""
Rival = Callable[[Scene, "Reading"], Counts]


@dataclass(frozen=True)
class Reading:
    """What a rival is given: the files of the log in order of days, and the number of units and zones."""

    files: tuple[str, ...]
    units: int
    zones: int
