"""What must be mended in a delivery, for who sent it: file, line, field, value, the nearest known name, who owes it.

Texts from outside are shown without control characters, and cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from dutywatch.lake import Lake
from dutywatch.lake.duck import alike
from dutywatch.terms import Source, Terms
from dutywatch.validate.suite import READABLE, Suite

SHOWN = 3  # rows of a delivery that are shown; the rest is counted
_LONGEST = 80
_ROWS = "SELECT * FROM read_parquet($path) ORDER BY line LIMIT $most"
_NEAREST = f"""
SELECT name FROM (SELECT unnest($names::VARCHAR[]) AS name)
WHERE {alike("name", "$said")}
ORDER BY levenshtein(lower(name), lower($said)), name LIMIT 1
"""  # noqa: S608 - our own words


def to_mend(
    duck: duckdb.DuckDBPyConnection,
    lake: Lake,
    terms: Terms,
    suite: Suite,
    source: str,
    name: str,
    file: str,
    rest: str,
) -> Iterator[str]:
    """A sentence for each of the first quarantined rows of delivery `name`, and one that says who must send what.

    `file`: its quarantined rows, below the lake; there is one at least. `rest`: the command that writes all of them.
    """
    asked = terms.contract.sources[source]
    columns = {rule.name: rule.columns for rule in suite.rules}
    path = str(lake.path(file))
    rows: list[dict[str, Any]] = duck.sql(_ROWS, params={"path": path, "most": SHOWN}).to_arrow_table().to_pylist()
    for row in rows:
        yield f"{name}:{row['line']}: {'; '.join(_faults(duck, terms, asked, columns, row))}"
    (count,) = duck.execute("SELECT count(*) FROM read_parquet($path)", {"path": path}).fetchall()[0]
    if more := count - len(rows):
        yield f"and {more} more of its {count} rows in quarantine: {rest} writes them all"
    yield terms.contract.sent_again(source, name, whole=False)


def _faults(
    duck: duckdb.DuckDBPyConnection,
    terms: Terms,
    source: Source,
    columns: Mapping[str, tuple[str, ...]],
    row: Mapping[str, Any],
) -> Iterator[str]:
    """What is wrong with one row: its broken rules, each in words about what the file says."""
    told = f", {row['rules']}, "
    if f", {READABLE}: " in told:
        faults = told.partition(f", {READABLE}: ")[2].removesuffix(", ").split("; ")
        yield f"{'; '.join(_unreadable(source, fault) for fault in faults)}: {_shown(row['raw'])}"
        return
    for rule in (rule for rule in columns if f", {rule}, " in told):
        if columns[rule] == ("known_unit",):
            near = _near(duck, row["unit"], [unit.id for unit in terms.units.rows])
            add = f"; if it belongs there, add it to {terms.contract.units.file}"
            yield f"{_field(terms, source, row, 'unit')} is not in the register{near or add}"
        elif columns[rule] == ("known_kind",):
            near = _near(duck, row["kind"], sorted(source.values.get("kind", {})))
            near = near or "; if it belongs there, add it to the contract's `values.kind`"
            yield f"{_field(terms, source, row, 'kind')} is not among the `values` of {_called(source, 'kind')}{near}"
        else:
            said = " and ".join(_field(terms, source, row, name) for name in columns[rule] if name in source.columns)
            term = terms.contract.term
            outside = columns[rule] == ("at",) and row["at"] is not None and not source.dated
            widen = f"; the contract's term is {term.from_} to {term.to}: where the time is right, widen `term`"
            yield f"against the rule that {rule}" + (f": {said}" if said else "") + (widen if outside else "")


def _unreadable(source: Source, fault: str) -> str:
    """What the reader found at fault, a column by the file's own name."""
    named = fault.removeprefix("unreadable ")
    if named == fault or named not in source.columns:
        return fault
    how = f"cannot be read as {source.time.format}" if named in source.times else "is no number"
    if named in source.times and source.time.format == "iso" and source.time.zone is None:
        how += " with an offset, and the source's `time` names no `zone`"
    return f"{_called(source, named)} {how}"


def _field(terms: Terms, source: Source, row: Mapping[str, Any], column: str) -> str:
    """A field by the file's own name, with its value; an instant as the clock of the source's zone shows it."""
    value = row[column]
    zone = ZoneInfo(source.time.zone) if source.time and source.time.zone else terms.contract.zone
    said = (
        f"{value.astimezone(zone):%Y-%m-%d %H:%M:%S %Z}"
        if isinstance(value, datetime)
        else "nothing"
        if value is None
        else _shown(value)
    )
    return f"{_called(source, column)} {said}"


def _called(source: Source, column: str) -> str:
    """What the file calls a column, or those of which it is made."""
    return source.columns[column].replace("{", "").replace("}", "")


def _near(duck: duckdb.DuckDBPyConnection, said: str, names: Sequence[str]) -> str:
    found = duck.execute(_NEAREST, {"names": list(names), "said": said}).fetchall()
    return f"; the nearest is {_shown(found[0][0])}" if found else ""


def _shown(text: Any) -> str:
    line = "".join(c if c.isprintable() else " " for c in str(text))
    return f'"{line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"}"'
