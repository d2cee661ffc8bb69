"""`dutywatch windows`: a close-up of one attain obligation over a folder of deliveries."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dutywatch.commands.landing import ground, tell_lost
from dutywatch.commands.words import Arrivals, by_mtime, instant, length, out_file

if TYPE_CHECKING:
    from dutywatch.closeup import Look

FIRST = 10  # failing windows of a kind that are printed; --out has all


def windows(
    contract: Annotated[Path, typer.Argument(help="The contract's folder.", exists=True, file_okay=False)],
    obligation: Annotated[str, typer.Argument(help="An obligation of the pattern attain.")],
    landing: Annotated[Path, typer.Option(help="Judge the files in this folder.", exists=True, file_okay=False)],
    as_of: Annotated[datetime, typer.Option(parser=instant, metavar="ISO", help="Judge as of this instant.")],
    part: Annotated[
        timedelta, typer.Option(parser=length, metavar="DURATION", help="The parts of a day, such as PT30M.")
    ] = "PT30M",  # type: ignore[assignment]
    rolling: Annotated[
        timedelta, typer.Option(parser=length, metavar="DURATION", help="The rolling windows, such as PT24H.")
    ] = "PT24H",  # type: ignore[assignment]
    arrivals: Arrivals = "folder",
    out: Annotated[
        Path | None,
        typer.Option(parser=out_file, metavar="FILE", help="Write every failing window to this file (CSV)."),
    ] = None,
) -> None:
    """Hold an obligation's target against finer windows: which half hours and days fail although the month passes?

    Nothing is recorded and nobody told:
    `dutywatch windows contracts/yongchuan-hotline connect-month --landing landing --arrivals mtime
    --as-of 2024-01-01T12:00+08:00`
    """
    from dutywatch import closeup
    from dutywatch.lake import Lake

    mtime = by_mtime(arrivals)
    with ground(contract) as on:
        looks = closeup.close_up(
            on.terms,
            obligation,
            on.settings.home,
            landing,
            as_of,
            address=on.address,
            lake=Lake(on.settings.lake),
            arrivals=mtime,
            part=part,
            rolling=rolling,
            progress=on.progress,
            told=tell_lost,
        )
        hours = closeup.opening(on.terms, obligation)
    if hours.stated_by not in (None, obligation):
        typer.echo(f"opening hours: the calendar `{hours.calendar}`, which `{hours.stated_by}` states")
    report(looks)
    if out is not None:
        write(looks, out)
        typer.echo(f"written to {out}, one row a failing window")


def report(looks: Sequence[Look]) -> None:
    """Print how the windows of each kind stand, and the worst of those that fail."""
    for look in looks:
        counts = ", ".join(f"{n} {_WORDS[verdict]}" for verdict, n in look.counts.items() if n)
        typer.echo(f"{look.kind}: {counts or 'no window yet'}")
        for one in look.failing[:FIRST]:
            typer.echo(f"  {one.window}  {one.unit}  {one.measured:.4g} of {one.items} items: {one.reason}")
        if len(look.failing) > FIRST:
            typer.echo(f"  ... and {len(look.failing) - FIRST} more: --out FILE writes all")


_WORDS = {"met": "pass", "breached": "fail", "unproven": "unproven", "pending": "pending", "void": "without items"}


def write(looks: Sequence[Look], out: Path) -> None:
    """Every failing window, one a row."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("windows", "window", "unit", "measured", "items", "reason"))
        for look in looks:
            for one in look.failing:
                writer.writerow((look.kind, one.window, one.unit, f"{one.measured:.6f}", one.items, one.reason))
