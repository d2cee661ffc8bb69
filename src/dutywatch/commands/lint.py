"""`dutywatch lint`: what makes clauses unjudgeable or unfair, read aloud; as text or for machines."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dutywatch.errors import ContractFaults, DutywatchError
from dutywatch.settings import Settings

if TYPE_CHECKING:
    from dutywatch.terms.lint import Finding

WIDTH = 100


def lint(
    folders: Annotated[list[Path], typer.Argument(help="Contract folders.", exists=True, file_okay=False)],
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, with stable keys.")] = False,
) -> None:
    """Read contracts as counsel for either side would: what cannot be judged, what is unfair, what to write instead.

    Example: `dutywatch lint contracts/benxi-sanitation`

    For machines, the findings that no explanation covers:
    `dutywatch lint contracts/* --json | jq '.[].findings[] | select(.explained == null)'`

    A finding that must stand is explained in the contract, `explained: [{finding: no-remedy, reason: ...}]`; it is
    listed and does not fail.

    Exit status: 0 when every finding is explained, 1 when one is open or a contract is faulty.
    """
    readings = [read(folder.resolve()) for folder in folders]
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in readings], indent=2, ensure_ascii=False))
    else:
        typer.echo("\n\n".join("\n".join(told(one)) for one in readings))
    if any(one.faults or one.open for one in readings):
        raise typer.Exit(1)


@dataclass(frozen=True)
class Reading:
    """What was read of one contract: its findings, or the faults for which it could not be read."""

    contract: str
    faults: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def open(self) -> list[Finding]:
        """The findings that the contract does not explain."""
        return [one for one in self.findings if one.explained is None]


def read(folder: Path) -> Reading:
    """The contract in `folder`, read by the loader and the linter."""
    from dutywatch import terms
    from dutywatch.terms.lint import lint as findings_of

    try:
        return Reading(folder.name, findings=findings_of(terms.load(folder, Settings.from_environment().packs)))
    except ContractFaults as error:
        return Reading(folder.name, faults=tuple(str(fault) for fault in error.faults))
    except DutywatchError as error:
        return Reading(folder.name, faults=(str(error),))


def told(reading: Reading) -> Iterator[str]:
    """What was read, as lines of text: faults, or the open findings numbered and then the explained ones.

    What is said of several clauses in the same words is said once.
    """
    explained = [one for one in reading.findings if one.explained is not None]
    if reading.faults:
        yield f"contract {reading.contract}: it cannot be read, {_count(len(reading.faults), 'fault')} to mend first"
        yield from (f"  {fault}" for fault in reading.faults)
        return
    count = _count(len(reading.findings), "finding") if reading.findings else "nothing to object to"
    yield f"contract {reading.contract}: {count}" + (f", {len(explained)} explained" if explained else "")
    for number, alike in enumerate(_alike(reading.open), start=1):
        yield from _paragraph(f"{number}.", alike, {"Reason": alike[0].reason, "Proposal": alike[0].proposal})
    for alike in _alike(explained):
        yield from _paragraph("-", alike, {"Reason": alike[0].reason, "Explained": alike[0].explained or ""})


def _alike(findings: Sequence[Finding]) -> list[list[Finding]]:
    """The findings in groups that are worded alike, each where its first one stands."""
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for one in findings:
        groups.setdefault((one.kind, one.reason, one.proposal, one.explained or ""), []).append(one)
    return list(groups.values())


def _paragraph(mark: str, alike: Sequence[Finding], texts: dict[str, str]) -> Iterator[str]:
    yield ""
    yield f"{mark:<4}{alike[0].kind}"
    for place, one in enumerate(alike):
        clause = f": {one.clause}" if one.clause else ""
        yield _filled("" if place else "Clause", f"{one.place} ({one.file}:{one.line}){clause}")
    for label, text in texts.items():
        yield _filled(label, text)


def _filled(label: str, text: str) -> str:
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=f"    {label:<10}",
        subsequent_indent=" " * 14,
        break_on_hyphens=False,
        break_long_words=False,
    )


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")
