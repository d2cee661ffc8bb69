"""From strings to the event relation's typed columns, in DuckDB; what does not convert is a fault.

A non-empty text that cannot be read as declared becomes NULL *and* a fault that names the column, so
that no value is lost in silence and nothing is guessed. Times become UTC. A local time that does not
exist or occurs twice (daylight saving) keeps both readings (SEMANTICS section 4): `at` holds the later
one, `at_earlier` the other; so do a source's further times, `closed_at` and `closed_at_earlier`.
Measures come in the unit that their name ends in.
"""

from __future__ import annotations

from dutywatch.lake.duck import literal
from dutywatch.receive.zones import instants
from dutywatch.terms import Source
from dutywatch.terms.quantities import conversion
from dutywatch.terms.source import EVENT_TEXTS, EVENT_TIMES, earlier

_OFFSET = r"(Z|[+-]\d{2}(:?\d{2})?)$"


def typed(source: Source, relation: str) -> str:
    """The SELECT that turns `relation` (line, raw, fault, and one VARCHAR a canonical column) into typed rows.

    The texts come without spaces around them (`joined.py`).
    """
    given = source.columns
    times = source.times
    stated = ", ".join(f'nullif("{name}", \'\') AS "{name}"' for name in sorted(given))
    clocks = "".join(
        f", {_naive(source, name)} AS naive_{name}, {_fixed(source, name)} AS fixed_{name}" for name in times
    )
    numbers = "".join(f", {_number(source, name)} AS number_{name}" for name in source.measures)
    told = f"SELECT *{clocks}{numbers} FROM (SELECT line, raw, fault, {stated} FROM {relation})"
    read = f"SELECT *{''.join(f', {_instants(source, name)}' for name in times)} FROM ({told})"
    return f"SELECT line, raw, {_fault(source)} AS fault, {_columns(source)} FROM ({read})"


def _zone(source: Source) -> str | None:
    return source.time.zone or (None if source.time.format == "iso" else "UTC")


def _naive(source: Source, name: str) -> str:
    if source.time.format != "iso":
        return f'try_strptime("{name}", {literal(source.time.format)})'
    if source.time.zone is None:
        return "NULL::TIMESTAMP"
    return f'CASE WHEN NOT regexp_matches("{name}", \'{_OFFSET}\') THEN TRY_CAST("{name}" AS TIMESTAMP) END'


def _fixed(source: Source, name: str) -> str:
    if source.time.format != "iso":
        return "NULL::TIMESTAMPTZ"
    return f'CASE WHEN regexp_matches("{name}", \'{_OFFSET}\') THEN TRY_CAST("{name}" AS TIMESTAMPTZ) END'


def _instants(source: Source, name: str) -> str:
    zone = _zone(source)
    if zone is None:
        return f"fixed_{name} AS read_{name}, NULL::TIMESTAMPTZ AS early_{name}"
    at, early = instants(f"naive_{name}", zone)
    return f"coalesce(fixed_{name}, {at}) AS read_{name}, {early} AS early_{name}"


def _fault(source: Source) -> str:
    read = {name: f"read_{name}" for name in source.times} | {name: f"number_{name}" for name in source.measures}
    unreadable = {name: f'"{name}" IS NOT NULL AND {value} IS NULL' for name, value in read.items()}
    named = (f"CASE WHEN {here} THEN 'unreadable {name}' END" for name, here in unreadable.items())
    any_fault = " OR ".join(["fault IS NOT NULL", *(f"({here})" for here in unreadable.values())])
    return f"CASE WHEN {any_fault} THEN concat_ws('; ', {', '.join(['fault', *named])}) END"


def _two(source: Source, name: str) -> str:
    """A further time and its earlier reading, both as they stand on the wall to the other times of their row.

    Of times that were twice either reading does. Of one that never was, the later may lie after what the clock showed
    later, the earlier before what it showed before: there it is put next to that, by a microsecond for each second
    that parts them on the wall.
    """
    others = [other for other in source.times if other != name]
    late = ", ".join((f"read_{name}", *(_bound(other, name, "<=", f"read_{name}", "-") for other in others)))
    early = ", ".join((f"early_{name}", *(_bound(name, other, ">=", f"early_{name}", "+") for other in others)))
    return (
        f'CASE WHEN early_{name} IS NULL THEN read_{name} ELSE least({late}) END AS "{name}", '
        f'CASE WHEN early_{name} IS NOT NULL THEN greatest({early}) END AS "{earlier(name)}"'
    )


def _bound(after: str, before: str, past: str, reading: str, away: str) -> str:
    """Where a time of the row that has one reading contradicts the wall, the instant next to it; else NULL."""
    other = after if away == "-" else before
    apart = f"to_microseconds(greatest(1, (epoch_us(naive_{after}) - epoch_us(naive_{before})) // 1000000))"
    return (
        f"CASE WHEN naive_{after} > naive_{before} AND early_{other} IS NULL AND read_{other} {past} {reading} "
        f"THEN read_{other} {away} {apart} END"
    )


def _columns(source: Source) -> str:
    given = source.columns
    texts = (*EVENT_TEXTS, *(name for name in source.texts if name not in EVENT_TEXTS))
    columns = [
        'read_at AS "at", early_at AS at_earlier'
        if "at" in given
        else 'NULL::TIMESTAMPTZ AS "at", NULL::TIMESTAMPTZ AS at_earlier',
        f'{_until(given)} AS "until"' if "until" in given else 'NULL::TIMESTAMPTZ AS "until"',
        "read_seen_at AS seen_at" if "seen_at" in given else "NULL::TIMESTAMPTZ AS seen_at",
        *(_two(source, name) for name in source.times if name not in EVENT_TIMES),
        *(f'{_text(source, name) if name in given else "NULL::VARCHAR"} AS "{name}"' for name in texts),
        *(f'number_{name} AS "{name}"' for name in source.measures),
    ]
    return ", ".join(columns)


def _until(given: dict[str, str]) -> str:
    """Two columns of one record compare as wall time: what ends after it begins does so in every reading."""
    if "at" not in given:
        return "read_until"
    return "CASE WHEN naive_until >= naive_at THEN greatest(read_until, read_at) ELSE read_until END"


def _text(source: Source, name: str) -> str:
    known = source.values.get(name)
    if not known:
        return f'"{name}"'
    cases = " ".join(f"WHEN {literal(given)} THEN {literal(meant)}" for given, meant in sorted(known.items()))
    return f'CASE "{name}" {cases} ELSE "{name}" END'


def _number(source: Source, name: str) -> str:
    number = f'TRY_CAST("{name}" AS DOUBLE)'
    if name in source.units:
        factor, offset = conversion(name, source.units[name])
        number = f"({number} * {factor!r}::DOUBLE + {offset!r}::DOUBLE)"
    return f"CASE WHEN isfinite({number}) THEN {number} END"
