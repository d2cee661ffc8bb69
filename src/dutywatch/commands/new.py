"""`dutywatch new`: a first contract from a units file and a sample log, or a skeleton from an OCDS document."""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dutywatch.commands.interview import Files, Given, Interview, yaml_value, zone_of
from dutywatch.commands.landing import judged
from dutywatch.commands.lint import read, told
from dutywatch.errors import DraftRefused
from dutywatch.settings import Settings

if TYPE_CHECKING:
    from dutywatch.measure import ClassOutcome
    from dutywatch.terms.draft import Draft

SAMPLE = "sample"  # the folder below the contract's in which the sample lies as its deliveries would
NAME = r"[a-z0-9][a-z0-9-]{0,62}"


def new(
    folder: Annotated[Path, typer.Argument(help="The new contract's folder; its last part becomes its name.")],
    units: Annotated[Path | None, typer.Option(help="The register of units: CSV or GeoJSON.", exists=True)] = None,
    log: Annotated[Path | None, typer.Option(help="A sample of the log of work: CSV.", exists=True)] = None,
    weather: Annotated[Path | None, typer.Option(help="A sample of the weather log: CSV.", exists=True)] = None,
    pack: Annotated[str | None, typer.Option(help="A pack of contracts/packs: what is owed.")] = None,
    with_: Annotated[
        list[str] | None, typer.Option("--with", metavar="NAME=VALUE", help="Binds a parameter of the pack.")
    ] = None,
    without: Annotated[list[str] | None, typer.Option(help="An obligation of the pack that is not owed here.")] = None,
    ocds: Annotated[Path | None, typer.Option(help="An OCDS release or record package.", exists=True)] = None,
    pick: Annotated[str | None, typer.Option(help="Of an OCDS package: one ocid, or one contract's id.")] = None,
    title: Annotated[str | None, typer.Option(help="What people call the contract.")] = None,
    authority: Annotated[str | None, typer.Option(help="Who bought the service.")] = None,
    contractor: Annotated[str | None, typer.Option(help="Who sold it.")] = None,
    supervisor: Annotated[str | None, typer.Option(help="Who is told of a lapse.")] = None,
    timezone: Annotated[str | None, typer.Option(help="Such as Europe/Helsinki.")] = None,
    begins: Annotated[str | None, typer.Option("--from", help="The term's first day; default: the sample's.")] = None,
    ends: Annotated[str | None, typer.Option("--to", help="The term's last day; default: a year later.")] = None,
    key: Annotated[str | None, typer.Option(help="The register's column with the unit's id.")] = None,
    encoding: Annotated[
        str | None, typer.Option(help="The log's encoding, and the others' where they are not UTF-8; else as it looks.")
    ] = None,
    delimiter: Annotated[
        str | None, typer.Option(help="What parts the log's fields: a character, or tab; else as it looks.")
    ] = None,
    at: Annotated[str | None, typer.Option(help="The log's column that tells when it was done.")] = None,
    at_format: Annotated[str | None, typer.Option(help="How it is written: iso, or such as %d/%m/%Y %H:%M.")] = None,
    unit: Annotated[str | None, typer.Option(help="The log's column that names the unit.")] = None,
    kind: Annotated[str | None, typer.Option(help="The log's column that tells what was done.")] = None,
    task: Annotated[str | None, typer.Option(help="Which of these acts is owed; default: the most frequent.")] = None,
    every: Annotated[str | None, typer.Option(help="How often it is owed on each unit: day, week or month.")] = None,
    clause: Annotated[str | None, typer.Option(help="Where that stands in the agreement.")] = None,
    ask: Annotated[bool | None, typer.Option(help="Ask for what is not given; default: on a terminal.")] = None,
) -> None:
    """Draft a first contract, lint it, and judge the sample with it. Nothing that exists is overwritten.

    Asked step by step: `dutywatch new contracts/streets`

    From flags alone; what they do not say is guessed from the files, and every guess is told:
    Example: `dutywatch new contracts/streets --units docs/examples/first-contract/units.csv
    --log docs/examples/first-contract/landing/work/2025-01-10.csv --title "Street clearing" --authority Exampletown
    --contractor "The snow firm" --supervisor "Street desk" --timezone Europe/Helsinki`

    What a law or a city's own table asks for, from a pack, with a sample of the weather log of your own:
    `dutywatch new contracts/streets --pack harbin-2004 --with pause=PT6H --with early=PT6H --weather snow.csv ...`

    From an Open Contracting document of your own: `dutywatch new contracts/streets --ocds release.json`

    What nobody knows is left "to be filled", and the places are listed.
    """
    given = {
        "title": title, "authority": authority, "contractor": contractor, "supervisor": supervisor,
        "timezone": timezone, "from": begins, "to": ends, "key": key, "encoding": encoding, "delimiter": delimiter,
        "at": at, "at_format": at_format, "unit": unit, "kind": kind, "task": task, "every": every, "clause": clause,
    }  # fmt: skip
    _free(folder)
    asked = sys.stdin.isatty() if ask is None else ask
    interview = Interview(given, _prompt if asked else lambda _, default: default, typer.echo)
    named = Given(units, log, weather, ocds, pick, pack, dict(map(_binding, with_ or ())), tuple(without or ()))
    draft, files = interview.draft(folder.resolve().name, named, Settings.from_environment().packs)
    _write(folder, draft, files)
    for note in draft.notes:
        typer.echo(f"  {note}")
    reading = read(folder.resolve())
    typer.echo("\n".join(["", *told(reading)]))
    if not reading.faults and files.days:
        _first_judgement(folder, max(files.days), draft)


def _free(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DraftRefused(f"{folder} exists and is not empty: nothing is overwritten, name another folder")
    if not re.fullmatch(NAME, folder.resolve().name):
        raise DraftRefused(f"{folder.resolve().name!r} is no contract's name: lower-case letters, digits and hyphens")


def _binding(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals:
        raise DraftRefused(f"{text!r} binds nothing: write NAME=VALUE, such as pause=PT6H")
    return name.strip(), yaml_value(value)


def _prompt(question: str, default: str | None) -> str | None:
    answer: str = typer.prompt(question, default=default or "", show_default=bool(default))
    return answer.strip() or None


def _write(folder: Path, draft: Draft, files: Files) -> None:
    """Write the folder; a file that appeared meanwhile is not overwritten."""
    written = {"contract.yaml": draft.text().encode()}
    if files.register is not None:
        written[files.register.name] = files.register.path.read_bytes()
    written |= {f"{SAMPLE}/{name}": raw for name, raw in files.deliveries}
    for name, raw in written.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(raw)
    beside = "1 file" if len(written) == 2 else f"{len(written) - 1} files"
    typer.echo(f"drafted: {folder}/contract.yaml and {beside} beside it")


def _first_judgement(folder: Path, last: date, draft: Draft) -> None:
    """How the sample's duties stand at noon after its last day, when the log of that day was due."""
    zone = zone_of(draft.timezone or "UTC")
    as_of = datetime.combine(last + timedelta(days=1), time(12), zone)
    with tempfile.TemporaryDirectory(prefix="dutywatch-") as scratch:
        found = judged(folder, folder / SAMPLE, as_of, Path(scratch) / "verdicts.csv")
    typer.echo(f"\nFirst judgement of the sample, as of {as_of.isoformat(timespec='minutes')}\n")
    owed = [row for row in found.outcomes if not row.is_delivery]
    for line in _table(owed) if owed else ["  no duty: nothing in the sample starts one within the term"]:
        typer.echo(line)
    quarantined = sum(fate.quarantined for fate in found.fates)
    if quarantined:
        rows = "1 row of the sample is" if quarantined == 1 else f"{quarantined} rows of the sample are"
        rules = {rule for fate in found.fates for rule in fate.by_rule}
        typer.echo(f"\n{rows} in quarantine: {', '.join(sorted(rules))}; the next command says where")
    typer.echo(
        f"\nAgain, with one row a duty:\n  dutywatch judge {folder} --landing {folder / SAMPLE} "
        f"--as-of {as_of.isoformat(timespec='minutes')} --out verdicts.csv"
    )


def _table(rows: Sequence[ClassOutcome]) -> Iterator[str]:
    heads = ("obligation", "class", "met", "breached", "pending", "unproven", "void")
    cells = [
        (row.obligation, row.unit_class or "–", *map(str, (row.met, row.breached, row.pending, row.unproven, row.void)))
        for row in rows
    ]
    widths = [max(len(line[place]) for line in (heads, *cells)) for place in range(len(heads))]
    for line in (heads, *cells):
        texts = (
            f"{cell:<{width}}" if place < 2 else f"{cell:>{width}}"
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        yield ("  " + "  ".join(texts)).rstrip()
