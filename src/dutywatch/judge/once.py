"""Identical rows are one event: a query for events without those that repeat another one.

A log that is delivered twice, or that states a line twice, says nothing new. Whether any rows could repeat one another
at all is asked of their times alone, which cost little: none does where each is later than the one before it. Else, of
those that share an instant, unit and time are compared; only where some agree in these are their other columns read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from dutywatch.judge.evidence import Evidence, Selection
from dutywatch.judge.timeline import Interval

_ALIKE = 'hash(key, epoch_us("at"))'
_COMPARED = ("unit", "zone", "actor", "kind", "record", "until")
_APART = {"at", "seen_at", *_COMPARED}  # when it was seen makes no event another one


def once(
    evidence: Evidence, asked: Selection, over: Interval, narrowed: str = "true", given: Mapping[str, Any] | None = None
) -> tuple[str, dict[str, Any]]:
    """A query for the events of `asked` (see `Evidence.events`), of identical ones the first, and its parameters.

    `narrowed`: a further condition on them, with its parameters `given`, that identical rows meet alike.
    """
    query, parameters = evidence.events(asked, over)
    parameters |= given or {}
    query = f"FROM ({query}) WHERE {narrowed}"
    bare = f"FROM ({evidence.events(asked, over, cited=False)[0]}) WHERE {narrowed}"
    if _ascending(evidence, bare, parameters) or not _repeating(evidence, bare, parameters):
        return query, parameters
    wide, same = apart(evidence, asked)
    evidence.duck.execute(
        "CREATE OR REPLACE TEMP TABLE repeated AS SELECT ref FROM ("
        f"SELECT ref, min(ref) OVER (PARTITION BY {same}) AS first FROM ({evidence.events(wide, over)[0]}) "
        f"WHERE {narrowed} AND {_ALIKE} IN (FROM alike)) WHERE ref > first",
        parameters,
    )
    return f"{query} AND ref NOT IN (FROM repeated)", parameters


def _ascending(evidence: Evidence, query: str, parameters: Mapping[str, Any]) -> bool:
    """Whether each event of a query is later than the one that is read before it. Of one source it ends at the first
    that is not."""
    query = f'SELECT "at", lag("at") OVER () AS before FROM ({query})'
    return not evidence.duck.execute(f'SELECT 1 FROM ({query}) WHERE before >= "at" LIMIT 1', parameters).fetchall()


def _repeating(evidence: Evidence, query: str, parameters: Mapping[str, Any]) -> bool:
    """Whether some events of a query may be identical: then `alike` holds numbers of their units and times."""
    duck = evidence.duck
    times = duck.execute(f'SELECT epoch_us("at") AS instant FROM ({query})', parameters).fetchnumpy()["instant"]
    times.sort(kind="stable")  # merges what is in order already
    shared = times[1:][times[1:] == times[:-1]]
    if not shared.size:
        return False
    duck.register("shared_given", pa.table({"instant": np.unique(shared)}))
    duck.execute(
        f"CREATE OR REPLACE TEMP TABLE alike AS SELECT {_ALIKE} AS number FROM ({query}) "
        'WHERE epoch_us("at") IN (FROM shared_given) GROUP BY 1 HAVING count(*) > 1',
        parameters,
    )
    return bool(duck.execute("SELECT count(*) FROM alike").fetchall()[0][0])


def apart(evidence: Evidence, asked: Selection) -> tuple[Selection, str]:
    """The same events with all columns that tell them apart, and these columns as SQL."""
    told = _told(evidence, asked)
    wide = replace(asked, more=told)
    return wide, ", ".join(f'"{name}"' for name in ("at", *_COMPARED, *told))


def _told(evidence: Evidence, asked: Selection) -> tuple[str, ...]:
    """The columns of the stream's sources that tell events apart beside the relation's own."""
    sources = (evidence.contract.sources[name] for name in evidence.contract.sources_of(asked.stream))
    return tuple(sorted({name for source in sources for name in source.columns_in(asked.stream)} - _APART))
