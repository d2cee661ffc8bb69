"""Puts the cases of a chapter before the engine, and reads what it says of them.

Cases that are judged at one instant, from the same deliveries, share one city: each is a unit of its own, so that one
judgement decides them all. Conditions and notices concern a zone, so that each case has a zone of its own as well, unless
its table speaks of zones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from dutywatch.clock import midnight
from dutywatch.judge import Judged
from dutywatch.judge.coverage import END  # the duty to deliver is judged elsewhere
from dutywatch.ledger.decisions import Decision
from dutywatch.terms.contract import Contract
from dutywatch.terms.patterns import Obligation
from dutywatch.terms.units import Unit
from tests.judge.bench import Bench, set_up, sheet
from tests.judge.oracle import File, Row, Trace
from tests.spec.chapter import Case, Chapter, Table
from tests.spec.events import Event, Reader, Refused, parts

WIDE = ("condition", "notice")  # streams whose events concern a zone and not one unit
SAID = {
    "verdict": "standing", "fulfilled": "fulfilled_at", "lapsed": "lapsed_at", "owed by": "owed_by", "due": "due_at",
    "starts": "clock_start", "reason": "reason", "party": "party", "measured": "measured", "low": "measured_low",
    "high": "measured_high", "items": "items", "wakes": "wake_at", "coverage": "coverage", "proof due": "proof_due",
    "trigger": "trigger", "successor": "successor", "cites": "cited", "crossed": "trigger_from",
}  # fmt: skip
INSTANTS = ("fulfilled", "lapsed", "due", "starts", "wakes", "proof due", "crossed")
SOON = timedelta(minutes=10)  # how long what comes singly takes to arrive


@dataclass(frozen=True)
class Scene:
    """Cases that share a city, judged at once. `number`: of the first of them in the table, from 1."""

    chapter: Chapter
    table: Table
    cases: tuple[Case, ...]
    numbers: tuple[int, ...]
    zoned: bool  # every case has a zone of its own

    def __str__(self) -> str:
        return f"{self.chapter.title}, {self.table.heading}, {','.join(map(str, self.numbers))}"

    @cached_property
    def contract(self) -> Contract:
        """The contract that is judged by."""
        return self.chapter.contract(self.table)

    @cached_property
    def reader(self) -> Reader:
        """What reads the cells."""
        return Reader(self.chapter.first, ZoneInfo(self.chapter.zone))

    def cell(self, case: Case, column: str) -> str:
        """A cell of the table, or what the chapter gives instead."""
        return case.cells[column] if column in case.cells else self.chapter.given.get(column, "")

    @property
    def as_of(self) -> datetime:
        """The instant of judging."""
        return self.reader.at(self.cell(self.cases[0], "as of"))

    @property
    def before(self) -> datetime | None:
        """An earlier judgement, whose sheets stand recorded."""
        text = self.cell(self.cases[0], "judged before")
        return self.reader.at(text) if text else None

    @cached_property
    def trace(self) -> Trace:
        """All that may be known of the city."""
        units = [
            unit for number, case in zip(self.numbers, self.cases, strict=True) for unit in self._units(number, case)
        ]
        files = [file for name in self.contract.sources for file in self._files(name)]
        return Trace(self.contract, tuple(units), tuple(files), tuple(self._decisions()))

    def _units(self, number: int, case: Case) -> Iterator[Unit]:
        length = float(self.cell(case, "length") or 100)
        zone = f"Z{number}" if self.zoned else self.cell(case, "zone") or None
        for text in parts(self.cell(case, "register") or self.cell(case, "class") or "A"):
            class_, *words = text.split()
            said = dict(zip(words[::2], words[1::2], strict=True))
            days = {word: self.reader.day(said[word]) for word in ("from", "to") if word in said}
            name, lies = (
                self.cell(case, "unit") or f"U{number}",
                said["in"].strip("-") or None if "in" in said else zone,
            )
            yield Unit(name, None if class_ == "-" else class_, lies, length, days.get("from"), days.get("to"))

    def _decisions(self) -> Iterator[Decision]:
        for number, case in zip(self.numbers, self.cases, strict=True):
            for text in parts(self.cell(case, "decisions")):
                yield self.reader.decision(text, self._unit(number, case))

    def _unit(self, number: int, case: Case) -> str:
        return self.cell(case, "unit") or f"U{number}"

    def _events(self, source: str) -> list[Event | Refused]:
        wide = self.contract.sources[source].stream in WIDE
        if wide and not self.zoned:
            return self.reader.events(self.cell(self.cases[0], source), None)
        found: list[Event | Refused] = []
        for number, case in zip(self.numbers, self.cases, strict=True):
            some = self.reader.events(self.cell(case, source), None if wide else self._unit(number, case))
            found += [replace(e, zone=f"Z{number}") if wide and isinstance(e, Event) else e for e in some]
        return found

    def _files(self, name: str) -> list[File]:
        source = self.contract.sources[name]
        events = self._events(name)
        if source.dated:
            return list(self._daily(name, events))
        if source.polls is not None:
            return list(self._polled(name, events))
        return [self._single(name, number, one) for number, one in enumerate(events) if isinstance(one, Event)]

    def _daily(self, name: str, events: Sequence[Event | Refused]) -> Iterator[File]:
        """One file a day at 05:00 of the next; the cell "<source> days" names others: "10, 11@12T09:00"."""
        zone = self.reader.zone
        column = f"{name} days"
        listed = self.cell(self.cases[0], column)
        usual = column not in self.cases[0].cells and column not in self.chapter.given
        for text in (
            [day.isoformat()[5:] for day in self.chapter.days] if usual else self.reader.days(listed.strip("-"))
        ):
            number, _, when = text.partition("@")
            number, _, version = number.partition("'")
            day = self.reader.day(number)
            starts = midnight(day, zone)
            received = self.reader.at(when) if when else starts + timedelta(hours=29)
            span = (starts, midnight(day + timedelta(days=1), zone))
            rows = [e for e in events if isinstance(e, Event) and span[0] <= e.at < min(span[1], received)]
            rows = [e for e in rows if (e.more.get("version", 0.0) == float(version or 0)) or "version" not in e.more]
            refused = [e for e in events if isinstance(e, Refused) and e.day == day]
            file = f"{name}/{text}"  # each version has a name of its own, so that what is cited can be found
            yield File(name, file, f"{name}-{day}-{received}", day, received, tuple(rows), tuple(refused))

    def _polled(self, name: str, events: Sequence[Event | Refused]) -> Iterator[File]:
        """One file a poll, which the cell "<source> polls" lists; each leaves a trace, also where it shows nothing."""
        source = self.contract.sources[name]
        for text in parts(self.cell(self.cases[0], f"{name} polls")):
            poll = self.reader.at(text)
            shown = [e for e in events if isinstance(e, Event) and e.at <= poll]
            if source.polls and source.polls.shows == "last":
                shown = list({(e.unit, e.zone): e for e in sorted(shown, key=lambda e: e.at)}.values())
            rows = [replace(e, seen_at=poll) for e in shown]
            rows.append(Event(at=poll - timedelta(days=300), kind="nothing", seen_at=poll))
            yield File(name, f"{name}/{text}", f"{name}-{text}", None, poll, tuple(rows))

    def _single(self, name: str, number: int, event: Event) -> File:
        written = event.published_at or event.at
        received = event.came or max(written, event.at if event.published_at is None else written) + SOON
        return File(name, f"{name}/{number}", f"{name}-{number}", None, received, (event,))

    @property
    def obligation(self) -> Obligation:
        """The obligation that is judged."""
        return self.contract.obligations[self.about]

    @property
    def about(self) -> str:
        """Its name."""
        return self.table.about or next(iter(self.contract.obligations))

    def unit_of(self, number: int) -> str:
        """The unit of the case `number`."""
        return self._unit(number, self.cases[self.numbers.index(number)])

    @cached_property
    def verdicts(self) -> dict[int, list[dict[str, Any]]]:
        """The rows of every case by its number, in order of their triggers."""
        with TemporaryDirectory() as folder:
            rows = self.rows(Path(folder), self.trace)
        return {number: self.of(rows, number) for number in self.numbers}

    def rows(self, root: Path, trace: Trace) -> list[dict[str, Any]]:
        """All rows of the obligation; `cited` are the events that each names."""
        bench = set_up(root, trace)
        judgement = bench.judge(self.before or self.as_of, since=END)
        if self.before and self._rings(bench, judgement.judged, self.before):
            recorded = judgement.judged
            judgement = bench.judge(self.as_of, [sheet(one) for one in recorded], since=END)
            anew = {(one.obligation, one.date) for one in judgement.judged}
            stood = [one for one in recorded if (one.obligation, one.date) not in anew]
            judgement = replace(judgement, judged=(*stood, *judgement.judged))
        rows = [row for key, row in bench.rows(judgement).items() if key.split("/")[1] == self.about]
        rows = [{**row, "cited": cited(trace, row["evidence"]), "trigger": self._key(row["trigger"])} for row in rows]
        return sorted(rows, key=lambda row: (row["trigger_from"], row["duty_id"]))

    def _rings(self, bench: Bench, recorded: Sequence[Judged], before: datetime) -> bool:
        """Whether anything makes the city be judged again: a delivery, a decision, or a sheet that wakes."""
        came = [one.received_at for one in bench.accepted] + [one.recorded_at for one in bench.decisions]
        woken = any(one.wake_at and one.wake_at <= self.as_of for one in recorded)
        return woken or any(at and before < at <= self.as_of for at in came)

    def of(self, rows: Sequence[dict[str, Any]], number: int, mark: str = "") -> list[dict[str, Any]]:
        """The rows of the case `number`: on its unit (or its double's), and for the period that it names, if any."""
        case = self.cases[self.numbers.index(number)]
        period, unit = self.cell(case, "period"), self._unit(number, case) + mark
        return [row for row in rows if (self.table.apart or row["unit"] == unit) and period in ("", row["trigger"])]

    def _key(self, trigger: str) -> str:
        """A trigger's key, without the zone that only these tables know of."""
        return trigger.partition("@Z")[0] if self.zoned else trigger

    def check(self, case: Case, rows: Sequence[dict[str, Any]]) -> list[str]:
        """Where the rows of a case differ from what its line says."""
        if case["verdict"] == "none":
            return [f"{case.situation}: no duty was expected, but {_shown(rows)}"] if rows else []
        expected = several(case["verdict"])
        if len(rows) != len(expected):
            return [f"{case.situation}: {len(expected)} duties were expected, but {_shown(rows)}"]
        faults = []
        for column in self.table.columns[1:]:
            if column not in SAID:
                continue
            cells = several(case[column])
            cells = cells * len(rows) if len(cells) == 1 else cells
            for cell, row in zip(cells, rows, strict=True):
                if not self._agrees(column, cell.strip(), row):
                    found = row[SAID[column]]
                    faults.append(f"{case.situation}: {column} should be {cell!r}, but is {found}; {_shown([row])}")
        return faults

    def _agrees(self, column: str, cell: str, row: dict[str, Any]) -> bool:
        found = row[SAID[column]]
        if column in INSTANTS:
            return bool(found == (self.reader.at(cell) if cell else None))
        if column == "cites":
            shown = {f"{one.at.astimezone(self.reader.zone):%dT%H:%M}" for one in found}
            return shown == set(cell.split())
        if column == "reason":
            return all(part.strip() in found for part in cell.split("…"))
        if column in ("measured", "low", "high", "items", "coverage"):
            return bool(found is None if not cell else found is not None and abs(found - float(cell)) < 1e-4)
        if column == "trigger":
            return bool(found == cell)
        if column == "successor":
            return self._key(found or "").endswith(cell) and bool(found) == bool(cell)
        return bool((found or "") == cell)


def several(cell: str) -> list[str]:
    """What a cell says of several duties, in order of their triggers: "met / breached.open"."""
    return [part.strip() for part in f" {cell} ".split(" / ")]


def _shown(rows: Sequence[dict[str, Any]]) -> str:
    told = [
        f"{r['unit']} {r['trigger']} {r['standing']} due {r['due_at']} done {r['fulfilled_at']} because {r['reason']}"
        for r in rows
    ]
    return "found: " + ("; ".join(told) or "none")


def cited(trace: Trace, evidence: str) -> tuple[Row, ...]:
    """The events that a verdict's evidence names, by their file and line."""
    files = {f"{file.source} {file.name}": file for file in trace.files}
    places = [text.rpartition(":") for text in evidence.split("; ") if text]
    # a score's evidence are its rates, of which none is an event: they hold no colon
    return tuple(files[label].rows[int(line) - 2] for label, colon, line in places if colon)


def scenes(chapter: Chapter, table: Table) -> list[Scene]:
    """The cases of a table, grouped by the city that they can share."""
    contract = chapter.contract(table)
    wide = [name for name, source in contract.sources.items() if source.stream in WIDE]
    files = [f"{name} {what}" for name in contract.sources for what in ("days", "polls")]
    groups: dict[tuple[str, ...], list[tuple[int, Case]]] = {}
    for number, case in enumerate(table.cases, 1):
        of_city = any(" all" in f"{one} " for one in parts(case["decisions"])) or any(
            "?" in case[name] for name in wide
        )
        zoned = not table.apart and not of_city and "zone" not in table.columns
        key = [case[column] for column in ("as of", "judged before", *files)]
        key += ["zoned"] if zoned else [case[name] for name in wide]
        key += [str(number)] if table.apart or of_city else []
        groups.setdefault(tuple(key), []).append((number, case))
    return [
        Scene(chapter, table, tuple(case for _, case in some), tuple(number for number, _ in some), "zoned" in key)
        for key, some in groups.items()
    ]
