"""A contract and a folder of files, for the commands that judge one: on a server and a lake that are thrown away."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from dutywatch.commands.words import said
from dutywatch.settings import Settings

if TYPE_CHECKING:
    from dutywatch.comparison import Difference
    from dutywatch.embedded import Server
    from dutywatch.judge import Language
    from dutywatch.terms import Terms
    from dutywatch.whatif import Taken, WhatIf


@dataclass(frozen=True)
class Ground:
    """The contract, and the settings by which steps find the ledger and the lake that are thrown away."""

    terms: Terms
    settings: Settings
    server: Server
    progress: Callable[[str], None]

    @property
    def address(self) -> str:
        """The empty ledger's address."""
        return str(self.settings.ledger)

    @contextmanager
    def scratch(self) -> Iterator[str]:
        """One more empty database."""
        self.server.create("comparison")
        yield self.server.address("comparison")

    def take_in(self, landing: Path, as_of: datetime, arrivals: bool) -> None:
        """Receive and validate the files in `landing`, as `whatif.taken_in` says."""
        from dutywatch import whatif
        from dutywatch.lake import Lake

        whatif.taken_in(
            self.terms,
            self.settings.home,
            landing,
            as_of,
            address=self.address,
            lake=Lake(self.settings.lake),
            arrivals=arrivals,
            progress=self.progress,
            told=tell_lost,
        )


def tell_lost(taken: Taken) -> None:
    """Say, beside the result, which files were not read whole: refused, or with how many rows in quarantine."""
    lost = sorted(
        (one for one in taken.fates if one.refused or one.quarantined), key=lambda one: (one.source, one.name)
    )
    for one in lost:
        rows = one.accepted + one.quarantined
        what = f"refused: {one.refused}; {one.to_mend[-1]}" if one.refused else f"{one.quarantined} of {rows} rows"
        said.print(f"{one.source} {one.name}: {what}{'' if one.refused else ' in quarantine'}", soft_wrap=True)
    if lost:
        said.print("`dutywatch judge` with the same --landing says line by line what is wrong there", soft_wrap=True)


@contextmanager
def ground(folder: Path) -> Iterator[Ground]:
    """The contract in `folder`, on ground that is thrown away. Raises ContractFaults with every fault."""
    from dutywatch import embedded, terms

    settings = Settings.from_environment()
    loaded = terms.load(folder.resolve(), settings.packs)
    with (
        said.status("start a throw-away ledger") as status,
        tempfile.TemporaryDirectory(prefix="dutywatch-") as scratch,
        embedded.temporary("whatif") as server,
    ):
        server.create("ledger")
        thrown_away = replace(settings, ledger=server.address("ledger"), lake=Path(scratch).resolve())
        yield Ground(loaded, thrown_away, server, status.update)


def judged(
    folder: Path,
    landing: Path,
    as_of: datetime,
    out: Path,
    arrivals: bool = False,
    quarantine: Path | None = None,
) -> WhatIf:
    """The contract in `folder` over the files in `landing`, its duties written to `out`; see `whatif.what_if`."""
    from dutywatch import whatif
    from dutywatch.lake import Lake

    with ground(folder) as on:
        return whatif.what_if(
            on.terms,
            on.settings.home,
            landing,
            as_of,
            out,
            address=on.address,
            lake=Lake(on.settings.lake),
            arrivals=arrivals,
            quarantine=quarantine,
            progress=on.progress,
        )


def explained(
    folder: Path, landing: Path, as_of: datetime, duty_id: str, language: Language, arrivals: bool = False
) -> str:
    """Why a duty of the contract in `folder` stands as it does, by the files in `landing`. Raises UnknownDuty."""
    from dutywatch import pipeline

    with ground(folder) as on:
        on.take_in(landing, as_of, arrivals)
        on.progress("judge")
        return pipeline.explained(on.settings, on.terms, duty_id, as_of=as_of, language=language)


def compared(folder: Path, landing: Path, as_of: datetime, other: Path, arrivals: bool = False) -> Difference:
    """The files in `landing` judged under the contract in `folder` and under the file `other`."""
    from dutywatch import comparison, terms

    packs = Settings.from_environment().packs
    with terms.variant(terms.load(folder.resolve(), packs), other, packs):
        pass  # what is wrong with it is said before files are read for minutes
    with ground(folder) as on:
        on.take_in(landing, as_of, arrivals)
        return comparison.compare(on.settings, on.terms, other, as_of=as_of, scratch=on.scratch, progress=on.progress)
