"""Identical rows are one event: a table of events without those that repeat another one.

A log that is delivered twice, or that states a line twice, says nothing new. Whether any rows could repeat one another
at all is asked of unit and time alone, which is cheap; only where some agree in these are their other columns read.
"""

from __future__ import annotations

from dutywatch.judge.evidence import Evidence, Interval, Selection
from dutywatch.terms.source import EVENT_COLUMNS

_ALIKE = 'hash(key, epoch_us("at"))'
_COMPARED = ("unit", "zone", "actor", "kind", "record", "until")


def single(evidence: Evidence, table: str, asked: Selection, over: Interval) -> None:
    """Delete from `table` (key, at, ref, ...), the events of `asked`, all but the first of identical ones."""
    duck = evidence.duck
    duck.execute(
        f"CREATE OR REPLACE TEMP TABLE alike AS SELECT {_ALIKE} AS number FROM {table} GROUP BY 1 HAVING count(*) > 1"
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
