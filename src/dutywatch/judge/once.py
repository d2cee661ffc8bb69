"""Identical rows are one event: a table of events without those that repeat another one.

A log that is delivered twice, or that states a line twice, says nothing new. Whether any rows could repeat one another
at all is asked of their times alone, which come all but sorted and cost little; then, of those that share an instant,
of unit and time; only where some agree in these are their other columns read.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from dutywatch.judge.evidence import Evidence, Selection
from dutywatch.judge.timeline import Interval
from dutywatch.terms.source import EVENT_COLUMNS

_ALIKE = 'hash(key, epoch_us("at"))'
_COMPARED = ("unit", "zone", "actor", "kind", "record", "until")


def single(evidence: Evidence, table: str, asked: Selection, over: Interval) -> None:
    """Delete from `table` (key, at, ref, ...), the events of `asked`, all but the first of identical ones."""
    duck = evidence.duck
    times = duck.execute(f'SELECT epoch_us("at") AS instant FROM {table}').fetchnumpy()["instant"]
    times.sort(kind="stable")  # merges what is in order already
    shared = times[1:][times[1:] == times[:-1]]
    if not shared.size:
        return
    duck.register("shared_given", pa.table({"instant": np.unique(shared)}))
    duck.execute(
        f"CREATE OR REPLACE TEMP TABLE alike AS SELECT {_ALIKE} AS number FROM {table} "
        'WHERE epoch_us("at") IN (FROM shared_given) GROUP BY 1 HAVING count(*) > 1'
    )
    if not duck.execute("SELECT count(*) FROM alike").fetchall()[0][0]:
        return
    numbers = _numbers(evidence, asked)
    wide = Selection(asked.stream, asked.kinds, asked.where, asked.at, asked.key, numbers)
    query, parameters = evidence.events(wide, over)
    same = ", ".join(f'"{name}"' for name in ("at", *_COMPARED, *numbers))
    duck.execute(
        f"DELETE FROM {table} WHERE ref IN (SELECT ref FROM ("
        f"SELECT ref, min(ref) OVER (PARTITION BY {same}) AS first FROM ({query}) WHERE {_ALIKE} IN (FROM alike)"
        ") WHERE ref > first)",
        parameters,
    )


def _numbers(evidence: Evidence, asked: Selection) -> tuple[str, ...]:
    """The columns of the stream's sources that tell events apart beside the relation's own."""
    sources = (evidence.contract.sources[name] for name in evidence.contract.sources_of(asked.stream))
    return tuple(sorted({name for source in sources for name in source.measures} - EVENT_COLUMNS))
