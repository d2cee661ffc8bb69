"""`dutywatch explain`: why a duty stands as it does, by the ledger or by a folder of files."""

from __future__ import annotations

import shlex
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dutywatch.commands.landing import explained
from dutywatch.commands.words import Arrivals, Landing, by_mtime, instant
from dutywatch.errors import UnknownDuty
from dutywatch.settings import Settings

if TYPE_CHECKING:
    from dutywatch import judge as judging


def explain(
    duty: Annotated[str, typer.Argument(help="The duty's id: contract/obligation/unit/trigger.")],
    lang: Annotated[str, typer.Option(help="The language: en or zh.")] = "en",
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, with stable keys.")] = False,
    as_of: Annotated[
        datetime | None, typer.Option(parser=instant, metavar="ISO", help="Judge it as of this instant.")
    ] = None,
    known_at: Annotated[
        datetime | None, typer.Option(parser=instant, metavar="ISO", help="From what was known at this instant.")
    ] = None,
    landing: Landing = None,
    contract: Annotated[
        Path | None,
        typer.Option(
            help="With --landing: the contract's folder; default: the id's first part, here or below contracts/.",
            exists=True,
            file_okay=False,
        ),
    ] = None,
    arrivals: Arrivals = "folder",
) -> None:
    """Say why a duty stands as it does: clause, clock, evidence or what is missing, decisions, history.

    By the ledger. An id with spaces is quoted:
    Example: `dutywatch explain benxi-sanitation/clear-class-a/BX-A-001/2023-12-14T07:00Z`

    By a folder of files; it needs no server:
    `dutywatch explain "first-contract/clear-streets/Market Street/2025-01-10T05:00Z"
    --contract docs/examples/first-contract --landing docs/examples/first-contract/landing
    --as-of 2025-01-11T08:00+02:00`

    As it stood when nobody knew of the inspection yet:
    `dutywatch explain benxi-sanitation/clear-class-a/BX-A-030/2023-12-14T07:00Z --known-at 2023-12-19T17:00+08:00`
    """
    from dutywatch import pipeline

    if lang not in ("en", "zh"):
        raise typer.BadParameter("--lang is en or zh")
    language: judging.Language = "json" if as_json else "zh" if lang == "zh" else "en"
    if landing is not None:
        if as_of is None or known_at is not None:
            raise typer.BadParameter("with --landing, say --as-of ISO (and --arrivals mtime, not --known-at)")
        mtime = by_mtime(arrivals)
        typer.echo(explained(contract or _folder(duty, landing, as_of), landing, as_of, duty, language, mtime))
        return
    if contract is not None:
        raise typer.BadParameter(
            "--contract goes with --landing DIR and --as-of ISO; the ledger's lie below contracts/"
        )
    if not (Settings.from_environment().contracts / duty.split("/", 1)[0]).is_dir():
        raise UnknownDuty(_elsewhere(duty, None, as_of))
    typer.echo(pipeline.explain(Settings.from_environment(), duty, as_of=as_of, known_at=known_at, language=language))


def _folder(duty: str, landing: Path, as_of: datetime) -> Path:
    """The folder of a duty's contract by its name: here, else below contracts/. Raises UnknownDuty."""
    name = duty.split("/", 1)[0]
    for folder in (Path(name), Settings.from_environment().contracts / name):
        if (folder / "contract.yaml").is_file():
            return folder
    raise UnknownDuty(_elsewhere(duty, landing, as_of))


def _elsewhere(duty: str, landing: Path | None, as_of: datetime | None) -> str:
    """Where a duty's contract was looked for, and the command that takes it where it lies; capitals stand for words."""
    name, contracts = duty.split("/", 1)[0], Settings.from_environment().contracts
    known = sorted(path.parent.name for path in contracts.glob("*/contract.yaml"))
    here = next(
        (one for one in (Path(name), Path.cwd()) if one.name == name and (one / "contract.yaml").is_file()), None
    )
    lies = next((here / one for one in ("landing", "sample") if (here / one).is_dir()), None) if here else None
    command = (
        *("dutywatch", "explain", duty, "--contract", str(here or "FOLDER")),
        *("--landing", str(landing or lies or "DIR"), "--as-of", as_of.isoformat() if as_of else "ISO"),
    )
    return (
        f"there is no contract {name} in {contracts}, which has {', '.join(known) or 'none'}. "
        f"By the files of a contract that lies elsewhere: {shlex.join(command)}"
    )
