"""`dutywatch judge`: the duties of a contract, on the ledger or as a what-if over a folder, told file by file."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dutywatch.commands.landing import judged
from dutywatch.commands.words import Arrivals, Landing, by_mtime, instant, out_file, said
from dutywatch.settings import Settings

if TYPE_CHECKING:
    from dutywatch import whatif
    from dutywatch.receive import Delivery
    from dutywatch.validate import Fate

_NAMED = 3  # files that came too late, by name


def judge(
    contract: Annotated[str, typer.Argument(help="A contract's name; with --landing, its folder.")],
    landing: Landing = None,
    as_of: Annotated[
        datetime | None, typer.Option(parser=instant, metavar="ISO", help="What-if: the instant to judge at.")
    ] = None,
    known_at: Annotated[
        datetime | None,
        typer.Option(parser=instant, metavar="ISO", help="What-if on the ledger: what it knew at this instant."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(parser=out_file, metavar="FILE", help="What-if: where to write one row a duty (CSV).")
    ] = None,
    arrivals: Arrivals = "folder",
    quarantine: Annotated[
        Path | None,
        typer.Option(
            parser=out_file, metavar="FILE", help="With --landing: write every row in quarantine to this file (CSV)."
        ),
    ] = None,
) -> None:
    """Judge a contract's duties: on the ledger, or as a what-if over a folder.

    On the ledger: `dutywatch judge benxi-sanitation`

    As it was known at any past instant, from the ledger's evidence; nothing is recorded and nobody told:
    `dutywatch judge benxi-sanitation --known-at 2023-12-19T17:00+08:00 --out verdicts.csv`

    A what-if over a folder records nothing and tells nobody, too; it needs no server:
    `dutywatch judge docs/examples/first-contract --landing docs/examples/first-contract/landing
    --as-of 2025-01-11T08:00+02:00 --out verdicts.csv`
    """
    if landing is None:
        if quarantine is not None:
            raise typer.BadParameter("on the ledger, say `dutywatch quarantine export CONTRACT --out FILE`")
        if known_at is not None or as_of is not None or out is not None:
            _as_known(contract, known_at or as_of, as_of, out)
            return
        from dutywatch import pipeline

        typer.echo(str(pipeline.judge(Settings.from_environment(), contract)))
        return
    if known_at is not None:
        raise typer.BadParameter("--known-at asks the ledger; with --landing, say --arrivals mtime")
    if as_of is None or out is None:
        raise typer.BadParameter("a what-if needs --as-of ISO and --out FILE")
    _report(judged(Path(contract), landing, as_of, out, by_mtime(arrivals), quarantine), out)
    if quarantine is not None:
        typer.echo(f"rows in quarantine written to {quarantine}")


def _as_known(contract: str, known_at: datetime | None, as_of: datetime | None, out: Path | None) -> None:
    from dutywatch import pipeline, whatif

    if known_at is None or out is None:
        raise typer.BadParameter("a what-if on the ledger needs --known-at or --as-of ISO, and --out FILE")
    settings = Settings.from_environment()
    with said.status("judge"):
        rows = pipeline.judge_as_known(settings, contract, known_at, as_of)
    whatif.write(settings.lake, rows, out)
    typer.echo(f"{rows.num_rows} duties written to {out}")


def _report(found: whatif.WhatIf, out: Path) -> None:
    from dutywatch.measure import percent

    fates = {(fate.source, fate.name): fate for fate in found.fates}
    typer.echo("Deliveries (lines = header + blank + accepted + quarantined)")
    for received in found.received:
        for one in received.deliveries:
            typer.echo(f"  {_fate(one, fates.get((one.source, one.name)))}")
        for fault in received.faults:
            typer.echo(f"  {fault}")
    if found.later:
        files = "1 file" if len(found.later) == 1 else f"{len(found.later)} files"
        named = ", ".join(found.later[:_NAMED]) + (", ..." if len(found.later) > _NAMED else "")
        typer.echo(f"  {files} came after --as-of, so that nobody knew of them: {named}")
    typer.echo("Duties")
    for row in found.outcomes:
        share = f"; met {percent(row.share)} % of those decided" if row.share is not None else ""
        void = f", {row.void} void" if row.void else ""
        typer.echo(f"  {row}{void}{share}")
    for name, why in found.idle.items():
        typer.echo(f"  {name}: no duty, for {why}")
    if found.unclassified:
        typer.echo(f"  {without_class(found.unclassified)}")
    if found.strangers:
        typer.echo(f"Files that no source of the contract names: {', '.join(found.strangers)}")
    typer.echo(f"{found.duties} duties written to {out}")


def without_class(count: int) -> str:
    """What is said of units whose class the register does not state."""
    stated = "1 unit states" if count == 1 else f"{count} units state"
    return f"{stated} no class: no obligation with a class is owed there"


def _fate(one: Delivery, fate: Fate | None) -> str:
    refused = one.refused or (fate.refused if fate else "not validated")
    if fate is None or refused:
        told = [f"{one.source} {one.name}: {one.lines} lines, refused: {refused}"]
    else:
        rows = f"{one.header} + {one.blank} + {fate.accepted} + {fate.quarantined}"
        told = [f"{one.source} {one.name}: {one.lines} = {rows}"]
        told += [f"{count} quarantined: {rule}" for rule, count in fate.by_rule.items()]
    return "\n      ".join([*told, *(fate.to_mend if fate else ())])
