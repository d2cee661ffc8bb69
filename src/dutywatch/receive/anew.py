"""A delivery read anew: its bytes are kept, so that a mapping that is put right puts right what came before it."""

from __future__ import annotations

from dataclasses import replace

from dutywatch.lake import Lake
from dutywatch.ledger.deliveries import Pending
from dutywatch.ledger.tables import COUNTS
from dutywatch.receive.deliver import deliver, rows_file
from dutywatch.receive.quiet import quiet
from dutywatch.terms import Terms


def anew(lake: Lake, terms: Terms, one: Pending) -> Pending:
    """The delivery as its source is declared now: the same one where it was read so already.

    What is refused may be readable by now, and what was readable may be refused. An answer from the web that was none
    stays refused whatever the contract says, and one that said "nothing new" still says so.
    """
    source = terms.contract.sources[one.source]
    if one.rows_file == rows_file(lake, terms.id, one.source, source, one.name, one.sha256):
        return one
    if one.refused and source.connector != "file":
        return one
    raw = lake.path(Lake.raw(one.sha256)).read_bytes()
    read = quiet if not one.lines and not one.refused else deliver
    found = read(lake, terms.id, one.source, source, one.name, raw)
    counts = {name: getattr(found, name) for name in COUNTS}
    return replace(one, columns=found.columns, rows_file=found.rows_file, refused=found.refused, **counts)
