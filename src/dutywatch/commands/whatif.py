"""`dutywatch what-if`: a season of the ledger's evidence under another contract, or as of another instant."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

from dutywatch.commands.landing import compared
from dutywatch.commands.words import Arrivals, Landing, by_mtime, instant, out_file, said
from dutywatch.settings import Settings

if TYPE_CHECKING:
    from dutywatch.comparison import Difference

FIRST = 10  # changed duties that are printed; --out has all
COLUMNS = ("duty", "before", "after", "reason_before", "reason_after")


def what_if(
    contract: Annotated[str, typer.Argument(help="A contract's name; with --landing, its folder.")],
    terms: Annotated[
        Path | None, typer.Option(help="The other contract's file; the units beside it count, else the contract's own.")
    ] = None,
    as_of: Annotated[
        datetime | None, typer.Option(parser=instant, metavar="ISO", help="Judge as of this instant.")
    ] = None,
    known_at: Annotated[
        datetime | None, typer.Option(parser=instant, metavar="ISO", help="From what was known at this instant.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(parser=out_file, metavar="FILE", help="Write every duty that changed to this file (CSV)."),
    ] = None,
    landing: Landing = None,
    arrivals: Arrivals = "folder",
) -> None:
    """Judge the same evidence once more, otherwise, and show what would differ. Nothing is recorded or told.

    Had class A been allowed 96 hours:
    Example: `dutywatch what-if benxi-sanitation --terms contract-96h.yaml --out changed.csv`

    As it was known on the evening of the 19th: `dutywatch what-if benxi-sanitation --known-at 2023-12-19T20:00+08:00`

    Over a folder of files; it needs no server: `dutywatch what-if docs/examples/first-contract
    --landing docs/examples/first-contract/landing --as-of 2025-01-11T08:00+02:00
    --terms docs/examples/first-contract/contract.yaml` (name a changed copy of that file)
    """
    from dutywatch import comparison, pipeline

    if landing is not None:
        if as_of is None or terms is None or known_at is not None:
            raise typer.BadParameter("with --landing, say --as-of ISO and --terms FILE (not --known-at)")
        _tell(compared(Path(contract), landing, as_of, terms, by_mtime(arrivals)), out)
        return
    settings = Settings.from_environment()
    with said.status("begin") as status:
        found = comparison.compare(
            settings,
            pipeline.load(settings, contract),
            terms,
            as_of=as_of,
            known_at=known_at,
            scratch=_scratch,
            progress=status.update,
        )
    _tell(found, out)


def _tell(found: Difference, out: Path | None) -> None:
    report(found)
    if out is not None:
        write(found, out)
        typer.echo(f"written to {out}, one row a duty that changes")


def report(found: Difference) -> None:
    """Print the counts, before -> after, and the first duties that changed."""
    from dutywatch.comparison import VERDICTS

    typer.echo(f"before: {found.before}")
    typer.echo(f"after:  {found.after}" + ("; every delivery accepted anew" if found.accepted_anew else ""))
    for source, number in found.left_out:
        many = "1 delivery" if number == 1 else f"{number} deliveries"
        typer.echo(f"left out: {many} of {source}, a source that the other contract does not name")
    for one in found.unread[:FIRST]:
        typer.echo(one)
    if len(found.unread) > FIRST:
        typer.echo(f"... and {len(found.unread) - FIRST} more deliveries of which it reads less")
    for one in found.unheeded:
        typer.echo(f"not heeded: {one}, after what was known then; leave `recorded` out, or name a later instant")
    table = Table("obligation", "class", *VERDICTS)
    for count in found.counts:
        if count.before == count.after and count.obligation.startswith("deliver:"):
            continue  # every source owes a delivery a day: named where something differs
        cells = (str(a) if a == b else f"[bold]{b} -> {a}[/]" for b, a in zip(count.before, count.after, strict=True))
        table.add_row(count.obligation, count.unit_class or "", *cells)
    print_whole(table)
    for change in found.changes[:FIRST]:
        typer.echo(f"{change.duty_id}: {change.before or 'no duty'} -> {change.after or 'no duty'}")
        typer.echo(f"    {change.reason_after or f'before: {change.reason_before}'}")
    if len(found.changes) > FIRST:
        typer.echo(f"... and {len(found.changes) - FIRST} more: --out FILE writes all")
    changed = "1 duty changes" if len(found.changes) == 1 else f"{len(found.changes)} duties change"
    moved = "1 stands as before and is" if found.moved == 1 else f"{found.moved} stand as before and are"
    passed = f"; {found.passed} as before and owed by another party" if found.passed else ""
    typer.echo(f"{changed}; {moved} due at another instant{passed}")


def print_whole(table: Table) -> None:
    """Print a table as wide as it is: a terminal may wrap it, nothing is cut out of it."""
    console = Console(highlight=False)
    wide = Measurement.get(console, console.options.update(max_width=10_000), table).maximum
    Console(highlight=False, width=max(console.width, wide)).print(table)


def write(found: Difference, out: Path) -> None:
    """Every duty that changed, one a row."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(
            (one.duty_id, one.before or "", one.after or "", one.reason_before or "", one.reason_after or "")
            for one in found.changes
        )


@contextmanager
def _scratch() -> Iterator[str]:
    """An empty database on a server of its own, for as long as it is needed."""
    from dutywatch import embedded

    with embedded.temporary("whatif") as server:
        server.create("comparison")
        try:
            yield server.address("comparison")
        finally:
            server.drop("comparison")
