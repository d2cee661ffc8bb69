"""From strings to the event relation's typed columns, in DuckDB; what does not convert is a fault.

A non-empty text that cannot be read as declared becomes NULL *and* a fault that names the column, so
that no value is lost in silence and nothing is guessed. Times become UTC. A local time that does not
exist or occurs twice (daylight saving) is a fault, not a choice.
"""

from __future__ import annotations

from dutywatch.lake.duck import literal
from dutywatch.terms import Source
from dutywatch.terms.source import EVENT_TEXTS, EVENT_TIMES

_OFFSET = r"(Z|[+-]\d{2}(:?\d{2})?)$"


def typed(source: Source, relation: str) -> str:
    """The SELECT that turns `relation` (line, raw, fault, and one VARCHAR a canonical column) into typed rows."""
    faults = ["fault"]
    columns: list[str] = []
    texts = (*EVENT_TEXTS, *(name for name in source.texts if name not in EVENT_TEXTS))
    given = source.columns
    for name in (*EVENT_TIMES, *(name for name in source.times if name not in EVENT_TIMES)):
        value = _time(source, name) if name in given else "NULL::TIMESTAMPTZ"
        columns.append(f'{value} AS "{name}"')
        if name in given:
            faults.append(_unreadable(name, value))
    columns.extend(f'{_text(source, name) if name in given else "NULL::VARCHAR"} AS "{name}"' for name in texts)
    for name in source.measures:
        columns.append(f'{_number(name)} AS "{name}"')
        faults.append(_unreadable(name, _number(name)))
    return (
        f"SELECT line, raw, nullif(concat_ws('; ', {', '.join(faults)}), '') AS fault, {', '.join(columns)} "
        f"FROM {relation} ORDER BY line"
    )


def _quoted(name: str) -> str:
    return f"nullif(trim(\"{name}\"), '')"


def _unreadable(name: str, value: str) -> str:
    return f"CASE WHEN {_quoted(name)} IS NOT NULL AND ({value}) IS NULL THEN 'unreadable {name}' END"


def _time(source: Source, name: str) -> str:
    text = _quoted(name)
    if source.time.format != "iso":
        return _local(f"try_strptime({text}, {literal(source.time.format)})", source.time.zone or "UTC")
    with_offset = f"TRY_CAST({text} AS TIMESTAMPTZ)"
    naive = _local(f"TRY_CAST({text} AS TIMESTAMP)", source.time.zone) if source.time.zone else "NULL"
    return f"CASE WHEN regexp_matches({text}, '{_OFFSET}') THEN {with_offset} ELSE {naive} END"


def _local(naive: str, zone: str) -> str:
    """Local time to an instant; NULL where the zone's clock skips it or shows it twice."""
    name = literal(zone)
    instant = f"(({naive}) AT TIME ZONE {name})"
    exists = f"({instant} AT TIME ZONE {name}) = ({naive})"
    once = (
        f"(({instant} - INTERVAL 1 HOUR) AT TIME ZONE {name}) <> ({naive}) "
        f"AND (({instant} + INTERVAL 1 HOUR) AT TIME ZONE {name}) <> ({naive})"
    )
    return f"CASE WHEN {exists} AND {once} THEN {instant} END"


def _text(source: Source, name: str) -> str:
    known = source.values.get(name)
    if not known:
        return _quoted(name)
    cases = " ".join(f"WHEN {literal(given)} THEN {literal(meant)}" for given, meant in sorted(known.items()))
    return f"CASE {_quoted(name)} {cases} ELSE {_quoted(name)} END"


def _number(name: str) -> str:
    number = f"TRY_CAST({_quoted(name)} AS DOUBLE)"
    return f"CASE WHEN isfinite({number}) THEN {number} END"
