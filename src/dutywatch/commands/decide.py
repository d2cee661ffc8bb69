"""`dutywatch decide`: people excuse, waive, admit and suspend, and confirm one another's decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from dutywatch.commands.words import Contract
from dutywatch.settings import Settings

if TYPE_CHECKING:
    from dutywatch.ledger.decisions import Kind

app = typer.Typer(
    help="Decide about duties: each decision is recorded for ever, with its author, its grounds and its time.\n\n"
    "Example: `dutywatch decide list benxi-sanitation`",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

Obligation = Annotated[str, typer.Option(help="The obligation, by its name in the contract.")]
Unit = Annotated[
    str | None, typer.Option(help="One unit, or the group or source that the duty is owed on; default: all.")
]
Trigger = Annotated[str | None, typer.Option(help="One trigger, by its key: a duty id's last part; default: all.")]
Grounds = Annotated[str, typer.Option(help="Why: it is published with the verdict.")]
By = Annotated[str, typer.Option(help="Who decides: a key under `people`, and not who answers for the duty.")]
Published = Annotated[str | None, typer.Option(help="Where everybody can read it: a URL or a text.")]


@app.command()
def excuse(
    contract: Contract,
    obligation: Obligation,
    grounds: Grounds,
    by: By,
    unit: Unit = None,
    trigger: Trigger = None,
    published: Published = None,
) -> None:
    """Excuse duties: by one person before they are due or lapse; later, once a second person confirms.

    Example: `dutywatch decide excuse benxi-sanitation --obligation clear-class-a --unit BX-A-030
    --trigger 2023-12-14T07:00Z --grounds "burst water main, street closed" --by bureau-head`
    """
    _decide(contract, "excuse", obligation, unit, trigger, grounds, by, published)


@app.command()
def waive(
    contract: Contract,
    obligation: Obligation,
    grounds: Grounds,
    by: By,
    published: Annotated[str, typer.Option(help="Where everybody can read it: a URL or a text.")],
    unit: Unit = None,
    trigger: Trigger = None,
) -> None:
    """Waive what a lapse costs; the verdict stays as it is. Without a trigger: what has lapsed so far.

    Example: `dutywatch decide waive benxi-sanitation --obligation clear-class-a --unit BX-A-030
    --grounds "cleared two hours late" --by bureau-head --published https://example.org/notice/12`
    """
    _decide(contract, "waive", obligation, unit, trigger, grounds, by, published)


@app.command()
def admit(
    contract: Contract,
    obligation: Obligation,
    grounds: Grounds,
    by: By,
    unit: Unit = None,
    trigger: Trigger = None,
    published: Published = None,
) -> None:
    """Let evidence count that came after `proof_until`; a second person must confirm.

    Example: `dutywatch decide admit benxi-sanitation --obligation clear-class-a --trigger 2023-12-14T07:00Z
    --grounds "the firm's server was down" --by bureau-head`
    """
    _decide(contract, "admit", obligation, unit, trigger, grounds, by, published)


@app.command()
def suspend(
    contract: Contract,
    obligation: Obligation,
    grounds: Grounds,
    by: By,
    published: Published = None,
) -> None:
    """Let suspensions count from before their publication, where the clause grants it; a second person must confirm.

    Example: `dutywatch decide suspend hotline --obligation answer --grounds "exchange out of order" --by bureau-head`
    """
    _decide(contract, "suspend", obligation, None, None, grounds, by, published)


@app.command()
def confirm(
    decision: Annotated[
        int, typer.Argument(min=1, max=2**63 - 1, help="The decision's number, as `decide list` shows it.")
    ],
    by: Annotated[str, typer.Option(help="Who confirms: another person than the one who took it.")],
) -> None:
    """Confirm another person's decision: from now on it is two persons'.

    Example: `dutywatch decide confirm 3 --by district-office`
    """
    from dutywatch import pipeline

    typer.echo(str(pipeline.confirm(Settings.from_environment(), decision, by)))


@app.command("list")
def list_(contract: Contract) -> None:
    """List the decisions on a contract: what, why, by whom, confirmed by whom, published where.

    Example: `dutywatch decide list benxi-sanitation`
    """
    from dutywatch import judge, pipeline

    found = pipeline.decided(Settings.from_environment(), contract)
    for one in found:
        typer.echo(judge.summary(one))
    if not found:
        typer.echo("nobody has decided anything about this contract's duties")


def _decide(
    contract: str,
    kind: Kind,
    obligation: str,
    unit: str | None,
    trigger: str | None,
    grounds: str,
    by: str,
    published: str | None,
) -> None:
    from dutywatch import pipeline

    found = pipeline.decide(
        Settings.from_environment(),
        contract,
        kind,
        obligation=obligation,
        unit=unit,
        trigger=trigger,
        grounds=grounds,
        by=by,
        published=published,
    )
    typer.echo(str(found))
