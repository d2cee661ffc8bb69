"""Every pack on a small storm or day, against a table that was derived by hand from the numbers in the pack.

A folder is a contract that uses packs, with its units. `events.csv` are the rows of its sources, all of them invented;
a row whose kind is `missing` is the day whose file never comes. `expected.csv` is every duty at an instant, with its
verdict, when it was due, and why. Times are those of the contract's zone; triggers are named as in duty ids, in UTC.
Dated sources deliver every day from the first event to the last instant, at 05:00 of the next day; others deliver
row by row, ten minutes after the last time that the row tells. Lines that begin with # are remarks.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dutywatch import terms
from dutywatch.clock import local_date, midnight
from dutywatch.terms import Source, Terms
from dutywatch.terms.lint import lint
from tests.conftest import HOME
from tests.judge.bench import set_up
from tests.judge.oracle import File, Trace
from tests.spec.events import Event

PACKS = HOME / "contracts" / "packs"
FOLDERS = sorted(path.parent for path in Path(__file__).parent.glob("*/contract.yaml"))
OWN = ("unit", "zone", "actor", "kind", "record")


def table(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file without its remarks."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines))


def event(row: dict[str, str], source: Source, zone: ZoneInfo) -> Event:
    """One row of events.csv; of its columns only those that the source has."""

    def instant(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=zone)

    more: dict[str, Any] = {}
    for name in set(source.columns) - {"at", "until", *OWN}:
        text, kind = row.get(name) or "", source.type_of(name)
        more[name] = None if not text else {"time": instant, "number": float, "text": str}[kind](text)
    texts = {name: row.get(name) or None for name in OWN}
    until = row.get("until") or ""
    return Event(at=instant(row["at"]), until=instant(until) if until else None, more=more, **texts)


def files(promised: Terms, rows: list[dict[str, str]], last: date) -> Iterator[File]:
    """The deliveries of the fixture."""
    zone = promised.contract.zone
    first = date.fromisoformat(min(row["at"] for row in rows)[:10])
    for name, source in promised.contract.sources.items():
        mine = [row for row in rows if row["source"] == name]
        missing = {row["at"] for row in mine if row["kind"] == "missing"}
        events = [event(row, source, zone) for row in mine if row["kind"] != "missing"]
        if not source.dated:
            for number, one in enumerate(events):
                label = f"{name}/{number}"
                told = max([one.at, *(value for value in one.more.values() if isinstance(value, datetime))])
                yield File(name, label, label, None, told + timedelta(minutes=10), (one,))
            continue
        for day in (first + timedelta(days=n) for n in range((last - first).days + 1)):
            if day.isoformat() not in missing:
                label, received = f"{name}/{day}", midnight(day, zone) + timedelta(hours=29)
                of_day = tuple(one for one in events if local_date(one.at, zone) == day)
                yield File(name, label, label, day, received, of_day)


def verdicts(folder: Path, promised: Terms, as_of: str, lake: Path) -> dict[tuple[str, str, str], tuple[str, str]]:
    """What the engine says: standing and due time of every duty, by obligation, unit and trigger."""
    zone = promised.contract.zone
    at = datetime.fromisoformat(as_of).replace(tzinfo=zone)
    trace = Trace(
        promised.contract,
        promised.units.rows,
        tuple(files(promised, table(folder / "events.csv"), at.date())),
        calendars={name: promised.calendar(name) for name in promised.contract.calendars},
    )
    bench = set_up(lake, trace)
    found = {}
    for duty, row in bench.rows(bench.judge(at)).items():
        due = row["due_at"].astimezone(zone).strftime("%Y-%m-%dT%H:%M") if row["due_at"] else ""
        found[duty.split("/")[1], row["unit"], row["trigger"]] = row["standing"], due
    return found


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_engine_says_what_was_derived_by_hand(folder: Path, tmp_path: Path) -> None:
    promised = terms.load(folder, PACKS)
    derived: dict[str, dict[tuple[str, str, str], tuple[str, str]]] = {}
    for row in table(folder / "expected.csv"):
        assert row["why"], row
        key = (row["obligation"], row["unit"], row["trigger"])
        assert key not in derived.setdefault(row["as_of"], {}), key
        derived[row["as_of"]][key] = row["verdict"], row["due"]
    assert derived
    for number, (as_of, expected) in enumerate(derived.items()):
        assert verdicts(folder, promised, as_of, tmp_path / str(number)) == expected, as_of
    judged = {obligation for expected in derived.values() for obligation, _, _ in expected}
    assert judged == set(promised.contract.obligations)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_what_the_linter_finds_is_explained(folder: Path) -> None:
    found = lint(terms.load(folder, PACKS))
    assert [(one.kind, one.place) for one in found if one.explained is None] == []


def test_findings_and_faults_stand_where_the_pack_has_its_words() -> None:
    found = lint(terms.load(FOLDERS[0].parent / "trafikverket", PACKS))
    text = (PACKS / "trafikverket-winter.yaml").read_text(encoding="utf-8").splitlines()
    overlaps = [one for one in found if one.kind == "overlap"]
    assert len(overlaps) == 5 and {one.file for one in overlaps} == {"packs/trafikverket-winter.yaml"}
    assert {text[one.line - 1].split(":")[0].strip() for one in overlaps} == {"scope"}


def test_a_remedy_of_the_source_is_on_record_with_it() -> None:
    remedies = {
        str(one.remedy)
        for folder in FOLDERS
        for one in terms.load(folder, PACKS).contract.obligations.values()
        if one.remedy is not None
    }
    source = "City of Roseville, Minnesota, recycling contract"
    assert {f"{source}, missed pick-up: 250", f"{source}, missed block: 500"} <= remedies
    assert len(remedies) == 8, "two of Ontario's area contracts, five of Roseville, one of Arden Hills"


RANGES = """
toronto-snow expressway-depth 2 to 5
toronto-snow expressway-within PT2H to PT3H
toronto-snow main-within PT6H to PT8H
toronto-snow collector-depth 5 to 8
toronto-snow collector-within PT14H to PT16H
toronto-snow local-within PT14H to PT16H
ottawa-snow arterial-within PT2H to PT4H
finland-state-roads main-within PT2H to PT3H
minnesota-bare-lane highest-within PT0H to PT3H
minnesota-bare-lane lowest-within PT9H to PT36H
ontario-239-02-weather times 3 or more
"""


def test_ranges_stay_ranges() -> None:
    """What the sources give as a range, by hand; every other number of theirs stands in an obligation."""
    packs = [terms.load_pack(path) for path in sorted(PACKS.glob("*.yaml"))]
    found = {f"{p.pack} {name} {one.given}" for p in packs for name, one in p.parameters.items() if one.given}
    assert found == set(RANGES.split("\n")) - {""}


def test_the_list_of_packs_names_each_with_its_source() -> None:
    lines = (PACKS / "README.md").read_text(encoding="utf-8").splitlines()
    listed = {line.split("]")[0].removeprefix("| ["): line for line in lines if line.startswith("| [")}
    assert sorted(listed) == [path.stem for path in sorted(PACKS.glob("*.yaml"))]
    for name, line in listed.items():
        source = terms.load_pack(PACKS / f"{name}.yaml").source
        cell = f"[{source.text}]({source.url})" if source.url else source.text
        assert f"| {cell} |" in line, name
        assert ("illustrative" in line) == source.illustrative, name


def test_every_pack_has_its_fixture() -> None:
    used = {name for folder in FOLDERS for name in terms.load(folder, PACKS).contract.uses}
    assert used == {path.stem for path in PACKS.glob("*.yaml")}
