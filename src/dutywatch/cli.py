"""The command line: one command a verb, each the same function of `pipeline` that the DAGs call."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

import dutywatch
from dutywatch.commands import decide
from dutywatch.commands.explain import explain
from dutywatch.commands.judge import judge, without_class
from dutywatch.commands.lint import lint
from dutywatch.commands.new import new
from dutywatch.commands.whatif import what_if
from dutywatch.commands.windows import windows
from dutywatch.commands.words import Contract, civil_day, instant, out_file, said
from dutywatch.errors import DutywatchError, SettingsError
from dutywatch.settings import Settings

app = typer.Typer(
    name="dutywatch",
    help="Was every outsourced duty met? Receive logs, validate them, judge duties, tell who answers for them.\n\n"
    "Examples are said in the checkout's folder. Those that name benxi-sanitation need a ledger in which it was judged "
    "(DUTYWATCH_LEDGER; `make up` prints one), those that name docs/examples need nothing.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)
ledger_app = typer.Typer(
    help="Read the ledger.\n\nExample: `dutywatch ledger timeline benxi-sanitation`",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
app.add_typer(ledger_app, name="ledger")
app.add_typer(decide.app, name="decide")
app.command("what-if")(what_if)
app.command()(lint)
app.command()(new)
app.command("windows")(windows)
quarantine_app = typer.Typer(
    help="See, hand out and mend what was not accepted.\n\nExample: `dutywatch quarantine list benxi-sanitation`",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
app.add_typer(quarantine_app, name="quarantine")


def main() -> None:
    """Run the command line; a Dutywatch error becomes one clear message and exit status 1."""
    try:
        require_text(sys.argv[1:])
        app()
    except DutywatchError as error:
        fail(error)
    except OSError as error:
        if error.filename is None:
            raise  # nothing that a reader could look at
        fail(SettingsError(f"{error.filename}: {error.strerror}"))


def require_text(arguments: Sequence[str]) -> None:
    """Raise SettingsError where an argument is neither text nor a file: typed in a terminal of another encoding."""
    for one in arguments:
        if any("\ud800" <= char <= "\udfff" for char in one) and not Path(one).exists():
            raise SettingsError(f"the argument {one!a} is no UTF-8 text: type it in a terminal that writes UTF-8")


def fail(error: DutywatchError) -> NoReturn:
    """Say what is wrong and who must act, then leave."""
    said.print(f"[bold red]error[/] for the {error.who}: ", end="")
    said.print(str(error), markup=False, soft_wrap=True)
    sys.exit(1)


def version(wanted: bool) -> None:
    """Print the version and leave."""
    if wanted:
        typer.echo(f"dutywatch {dutywatch.__version__}")
        raise typer.Exit


@app.callback()
def options(
    _: Annotated[bool, typer.Option("--version", callback=version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """The address of the ledger and the folders come from DUTYWATCH_* in the environment."""


@app.command()
def receive(
    contract: Contract, source: Annotated[str | None, typer.Argument(help="One source; default: all.")] = None
) -> None:
    """Receive what lies in the landing folder of a contract, and what its other sources answer.

    Example: `dutywatch receive benxi-sanitation plow-log`
    """
    from dutywatch import pipeline

    settings = Settings.from_environment()
    names = [source] if source else pipeline.sources(settings, contract)
    for name in names:
        with said.status(f"receive {name}") as status:
            found = pipeline.receive(settings, contract, name, status.update)
        typer.echo(str(found))


@app.command()
def validate(contract: Contract) -> None:
    """Hold new deliveries against their suites; quarantine what breaks a rule.

    Example: `dutywatch validate benxi-sanitation`
    """
    from dutywatch import pipeline

    for fate in pipeline.validate(Settings.from_environment(), contract).fates:
        typer.echo("\n      ".join((str(fate), *fate.to_mend)))


app.command()(judge)


@app.command()
def alert(contract: Contract) -> None:
    """Tell the accountable people what they have not been told; escalate what nobody answered.

    Example: `dutywatch alert benxi-sanitation`
    """
    from dutywatch import pipeline

    typer.echo(str(pipeline.alert(Settings.from_environment(), contract)))


@app.command()
def acknowledge(
    contract: Contract,
    message: Annotated[str, typer.Argument(help="The message's reference, as it stands at its end.")],
    by: Annotated[str, typer.Option(help="The person who takes it on: a key under `people`.")],
    text: Annotated[str, typer.Option(help="What will be done.")] = "",
) -> None:
    """Record that a person takes on what a message told by now; that is not escalated any further.

    Example: `dutywatch acknowledge benxi-sanitation REFERENCE --by street-supervisor`
    """
    from dutywatch import pipeline

    pipeline.acknowledge(Settings.from_environment(), contract, message, by, text)
    typer.echo("acknowledged")


@app.command()
def measure(contract: Contract) -> None:
    """Count a contract's duties by obligation, class and verdict.

    Example: `dutywatch measure benxi-sanitation`
    """
    from dutywatch import pipeline

    found = pipeline.measure(Settings.from_environment(), contract)
    for one in found.outcomes:
        typer.echo(f"{one}; {one.range}")
    if found.unclassified:
        typer.echo(without_class(found.unclassified))


@app.command()
def silence(
    contract: Contract,
    day: Annotated[
        date | None, typer.Option("--date", parser=civil_day, metavar="DAY", help="A day of the contract's zone.")
    ] = None,
) -> None:
    """Show which sources, and who of their rosters, should have reported on a day (default: yesterday) and did not.

    Example: `dutywatch silence benxi-sanitation --date 2023-12-15`
    """
    from dutywatch import pipeline

    for one in pipeline.silent(Settings.from_environment(), contract, day):
        typer.echo(str(one))


@app.command()
def migrate(
    clock: Annotated[str, typer.Option(help="The clock of a new ledger, for ever: wall or replay.")] = "wall",
    now: Annotated[datetime | None, typer.Option(parser=instant, metavar="ISO", help="Where a replay begins.")] = None,
) -> None:
    """Create the ledger's tables, or bring them to this version.

    Example: `DUTYWATCH_LEDGER=postgresql+psycopg://dw@db/ledger dutywatch migrate`
    """
    from dutywatch import pipeline

    if clock not in ("wall", "replay"):
        raise typer.BadParameter("--clock is wall or replay")
    if (clock == "replay") != (now is not None):
        raise typer.BadParameter("a wall clock takes no --now, a replay needs one")
    pipeline.migrate(Settings.from_environment(), clock, now)
    typer.echo(f"the ledger is at head, on the {clock} clock")


app.command()(explain)


@app.command()
def schema() -> None:
    """Print the contract file's JSON Schema.

    Example: `dutywatch schema > docs/contract.schema.json`
    """
    from dutywatch.terms.schema import schema as generated

    typer.echo(generated(), nl=False)


@app.command()
def check(
    folders: Annotated[list[Path], typer.Argument(help="Contract folders.", exists=True, file_okay=False)],
) -> None:
    """Load contracts and list every fault in them, with file, line and what to do; of contracts/packs, every pack.

    Example: `dutywatch check contracts/*`
    """
    from dutywatch import terms
    from dutywatch.validate import missing_suites

    faulty, settings = 0, Settings.from_environment()
    for folder in folders:
        if folder.resolve() == settings.packs.resolve():
            faulty += sum(not _sound(path) for path in sorted(folder.glob("*.yaml")))
            continue
        try:
            loaded = terms.load(folder.resolve(), settings.packs)
        except DutywatchError as error:
            faulty += 1
            typer.echo(str(error))
            continue
        suites = missing_suites(loaded, settings.home / "expectations")
        faulty += bool(suites)
        for name in suites:
            typer.echo(
                f"contract {loaded.id}: no suite `{name}`: name one of expectations/, or write {name}.json there"
            )
        if not suites:
            classless = loaded.units.unclassified()
            typer.echo(f"contract {loaded.id}: sound; {len(loaded.units.rows)} units, {classless} without a class")
    if faulty:
        raise typer.Exit(1)


def _sound(path: Path) -> bool:
    """Say what a pack holds and asks for, or what is wrong with it."""
    from dutywatch import terms

    try:
        pack = terms.load_pack(path)
    except DutywatchError as error:
        typer.echo(str(error))
        return False
    asked = [name for name, parameter in pack.parameters.items() if not parameter.has_default]
    owed = f"{len(pack.obligations)} obligation{'s' if len(pack.obligations) != 1 else ''}"
    typer.echo(f"pack {pack.pack}: {owed}; a contract states {', '.join(asked)}")
    return True


@ledger_app.command("dump")
def ledger_dump() -> None:
    """Print the ledger as canonical text: no surrogate ids, no wall times.

    Example: `dutywatch ledger dump > ledger.txt`
    """
    from dutywatch import pipeline

    typer.echo(pipeline.dump(Settings.from_environment()), nl=False)


@ledger_app.command("timeline")
def ledger_timeline(contract: Contract) -> None:
    """Print what was decided when, and who was told.

    Example: `dutywatch ledger timeline benxi-sanitation`
    """
    from dutywatch import pipeline

    for moment in pipeline.timeline(Settings.from_environment(), contract):
        typer.echo(str(moment))


@quarantine_app.command("list")
def quarantine_list(contract: Contract) -> None:
    """List the deliveries with quarantined rows, and the refused ones, with the reasons and who must send what again.

    Example: `dutywatch quarantine list benxi-sanitation`
    """
    from dutywatch import pipeline

    settings = Settings.from_environment()
    terms = pipeline.load(settings, contract)
    found = pipeline.quarantined(settings, contract)
    if not found:
        typer.echo(f"no validated delivery of {contract} is refused or has a row in quarantine")
    for one in found:
        why = "; ".join(f"{rule}: {count}" for rule, count in one.by_rule.items())
        told = f"refused: {one.refused}" if one.refused else f"{one.quarantined} of {one.rows} rows ({why})"
        typer.echo(f"{one.label} {one.sha256[:12]}: {told}")
        if one.replaced_at:
            typer.echo(
                f"      what came at {one.replaced_at.astimezone(terms.contract.zone):%Y-%m-%d %H:%M %Z} replaces it"
            )
        elif one.source in terms.contract.sources:
            typer.echo(f"      {terms.contract.sent_again(one.source, one.name, whole=bool(one.refused))}")


@quarantine_app.command("export")
def quarantine_export(
    contract: Contract,
    out: Annotated[Path, typer.Option(parser=out_file, metavar="FILE", help="The CSV file to write.")],
    source: Annotated[str | None, typer.Option(help="One source; default: all.")] = None,
) -> None:
    """Write quarantined rows to a CSV file: delivery, line, rules broken, text as sent.

    Example: `dutywatch quarantine export benxi-sanitation --source plow-log --out to-mend.csv`
    """
    from dutywatch import pipeline

    count = pipeline.export_quarantine(Settings.from_environment(), contract, out, source)
    typer.echo(f"{count} row{'' if count == 1 else 's'} written to {out}")


@quarantine_app.command("resubmit")
def quarantine_resubmit(
    contract: Contract,
    source: Annotated[str, typer.Argument(help="The source that the delivery is of.")],
    name: Annotated[str, typer.Argument(help="The delivery that is corrected, by its name.")],
    file: Annotated[Path, typer.Argument(help="The corrected file, whole.", exists=True, dir_okay=False)],
) -> None:
    """Receive a corrected file in the place of a delivery; the first one stays on record.

    Example: `dutywatch quarantine resubmit benxi-sanitation plow-log plow/2023-12-14.csv mended.csv`
    """
    from dutywatch import pipeline

    found = pipeline.resubmit(Settings.from_environment(), contract, source, name, file)
    typer.echo(f"{source} {name}: {found.rows} rows received; `dutywatch validate {contract}` goes on")


@app.command()
def quality(
    contract: Contract,
    out: Annotated[Path, typer.Option(help="The folder to write pages to.", file_okay=False)],
) -> None:
    """Write a quality page (HTML) for every validated delivery, with an index.

    Example: `dutywatch quality benxi-sanitation --out var/quality`
    """
    from dutywatch import pipeline

    pages = pipeline.quality_pages(Settings.from_environment(), contract, out)
    typer.echo(f"{len(pages) - 1} pages, and their index {pages[0]}")


if __name__ == "__main__":
    main()
