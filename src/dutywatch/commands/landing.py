"""A contract judged over a folder of files, for the commands that do so: on a server and a lake of its own."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from dutywatch.commands.words import said
from dutywatch.settings import Settings

if TYPE_CHECKING:
    from dutywatch.whatif import WhatIf


def judged(folder: Path, landing: Path, as_of: datetime, out: Path, arrivals: bool = False) -> WhatIf:
    """The contract in `folder` over the files in `landing`, its duties written to `out`; see `whatif.what_if`."""
    from dutywatch import embedded, terms, whatif
    from dutywatch.lake import Lake

    settings = Settings.from_environment()
    loaded = terms.load(folder.resolve(), settings.packs)
    with (
        said.status("start a throw-away ledger") as status,
        tempfile.TemporaryDirectory(prefix="dutywatch-") as scratch,
        embedded.temporary("whatif") as server,
    ):
        server.create("ledger")
        return whatif.what_if(
            loaded,
            settings.home,
            landing,
            as_of,
            out,
            address=server.address("ledger"),
            lake=Lake(Path(scratch)),
            arrivals=arrivals,
            progress=status.update,
        )
