"""Rules that tie two clauses of a contract together; each fault says what to write instead."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

from dutywatch.clock import DeliveryDue
from dutywatch.terms.contract import Contract
from dutywatch.terms.document import Path_
from dutywatch.terms.obligation import Obligation
from dutywatch.terms.quantities import conversion
from dutywatch.terms.source import Source
from dutywatch.terms.units import Units

Finding = tuple[Path_, str]

_SHORTEST = timedelta(minutes=1)
# what DuckDB's strptime and Python's agree on
_TIME_FORMAT = re.compile(r"(?:[^%]|%-?[dmyHIMSj]|%[YBbAapfzZ%])*")


def check(contract: Contract, units: Units) -> Iterator[Finding]:
    """Yield (path, message) for every rule that the contract breaks."""
    if len(contract.contractors) > 1:
        yield ("contractors",), "several contractors need dated assignments, which this version cannot judge yet"
    for word in ("people", "sources", "obligations"):
        if not getattr(contract, word):
            yield (word,), f"`{word}` names none: a contract needs at least one"
    for index, step in enumerate(contract.escalation):
        yield from _person(contract, step.to, ("escalation", index, "to"))
    for name, source in contract.sources.items():
        at: Path_ = ("sources", name)
        yield from _person(contract, source.owner, (*at, "owner"))
        yield from (((*at, *where), message) for where, message in _source(source))
    for name, obligation in contract.obligations.items():
        yield from _obligation(contract, units, name, obligation)


def _person(contract: Contract, person: str, path: Path_) -> Iterator[Finding]:
    if person not in contract.people:
        known = ", ".join(sorted(contract.people))
        yield path, f"`{person}` is nobody under `people`: name one of {known}, or add the person there"


def _source(source: Source) -> Iterator[Finding]:
    """Findings of one source, with paths below it."""
    yield from _connector(source)
    if source.due is not None:
        try:
            DeliveryDue.parse(source.due)
        except ValueError as error:
            yield ("due",), str(error)
    yield from _format(source)
    if source.format not in ("parquet", "xlsx") and source.encoding is None:
        yield (), "`encoding` is missing: declare it, such as utf-8 or gb18030; it is never guessed"
    if source.encoding is not None and not _keeps_ascii(source.encoding):
        yield (
            ("encoding",),
            f"{source.encoding!r} is not known here: use utf-8, utf-16, gb18030, gbk, cp1252 or latin-1",
        )
    if source.time.format != "iso" and source.time.zone is None:
        yield ("time",), "`zone` is missing: say which time zone the log's clock shows"
    if not _TIME_FORMAT.fullmatch(source.time.format):
        yield ("time", "format"), f"{source.time.format!r} has a letter that is not known: use those of strftime"
    told = source.connector != "file" and (source.polls is None or source.polls.shows == "all")
    for needed in ("at", *(("seen_at",) if source.polls and not told else ())):
        if needed not in source.columns:
            yield ("columns",), f"`{needed}` is missing: name the column that holds it"
    if source.roster and "actor" not in source.columns:
        yield ("columns",), "`actor` is missing: a roster is of no use where nobody says who reports"
    for column, given in source.columns.items():
        if '"' in given:
            yield ("columns", column), f"{given!r} holds a quotation mark, which no column name may"
    for column in source.values:
        if column not in source.columns:
            yield ("values", column), f"`{column}` is not among this source's columns"
        elif column not in ("unit", "zone", "actor", "kind", "note"):
            yield ("values", column), f"`{column}` is a time or a number: only texts can be mapped"


def _connector(source: Source) -> Iterator[Finding]:
    """Each connector has the word of its name, and only that one."""
    words = {name: getattr(source, name) for name in ("http", "open311", "weather")}
    wanted = "path" if source.connector == "file" else source.connector
    given = [name for name, word in words.items() if word] + ["path"] * bool(source.path)
    if wanted not in given:
        yield (), f"`{wanted}` is missing: add it"
    for name in given:
        if name != wanted:
            yield (name,), f"connector `{source.connector}` takes `{wanted}`, not `{name}`: remove one of the two"
    if source.path:
        yield from _path(source)
    if source.http:
        yield from _placeholders(source.http.url, ("http", "url"), ("service_date",))
    if source.every is not None and (source.asked_every is None or source.every < _SHORTEST):
        yield ("every",), "only what is asked elsewhere takes `every`, and a minute at least"
    web = words.get(source.connector)
    if web and source.secret and _open_to_all(web.url):
        yield (source.connector, "url"), "a secret travels over https only"
    form: str = source.format
    for name, answers in (("open311", "json"), ("weather", "geojson")):
        if source.connector == name and form != answers:
            yield ("format",), f"{name} answers with {answers}: write `format: {answers}`"
        if source.connector == name and source.polls is None:
            yield (), "`polls` is missing: say how late (`max_lag`) this service may show what happened"
    if source.due is not None and "{service_date}" not in source.place:
        place = "http.url" if source.connector == "http" else "path"
        yield ("due",), f"a daily delivery is known by its date: put {{service_date}} into `{place}`"


def _format(source: Source) -> Iterator[Finding]:
    """Each word about the format belongs to some formats only; units and keys speak of columns."""
    for word, formats in (("delimiter", ("csv", "tsv")), ("records", ("json",)), ("sheet", ("xlsx",))):
        if getattr(source, word) is not None and source.format not in formats:
            yield (word,), f"`{word}` belongs to {' and '.join(formats)}, not to {source.format}: remove it"
    if source.quote and source.quote == source.delimiter:
        yield ("quote",), "the quote cannot be the delimiter"
    for column, unit in source.units.items():
        if column not in source.measures:
            yield ("units", column), f"`{column}` is not among this source's measures"
            continue
        try:
            conversion(column, unit)
        except ValueError as error:
            yield ("units", column), str(error)
    for column in source.key:
        if column not in source.columns:
            yield ("key",), f"`{column}` is not among this source's columns"


def _path(source: Source) -> Iterator[Finding]:
    yield from _placeholders(source.path, ("path",), ("service_date", "month", "part"))
    if "://" in source.path:
        if urlsplit(source.path).username or urlsplit(source.path).password:
            yield ("path",), "a user or password has no place in a contract: name a `secret`"
        if urlsplit(source.path).scheme in ("file", "local") or "::" in source.path:
            yield ("path",), "a local file is named by its path below the landing folder, without a scheme"
        if urlsplit(source.path).scheme in ("http", "https"):
            yield ("path",), "write `connector: http` with `http: {url: ...}`"
    elif source.path.startswith("/") or ".." in source.path.split("/"):
        yield ("path",), "a path lies below the landing folder: no leading `/` and no `..`"


def _placeholders(text: str, at: Path_, known: tuple[str, ...]) -> Iterator[Finding]:
    fields = re.findall(r"\{([^{}]*)\}", text)
    plain = re.sub(r"\{[^{}]*\}", "", text)
    braced = [f"{{{name}}}" for name in known]
    if "{" in plain or "}" in plain:
        yield at, f"a brace stands alone: placeholders are {' and '.join(braced)}"
    if unknown := sorted(set(fields) - set(known)):
        yield at, f"{{{unknown[0]}}} is not a placeholder: use {' or '.join(braced)}"
    if len(fields) > 1:
        yield at, "one placeholder is enough: {service_date} for one delivery a day, {month} a month, else {part}"


def _open_to_all(url: str) -> bool:
    """Whether others may read what goes to `url`; what stays on this machine they may not."""
    parts = urlsplit(url)
    return parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "::1", "localhost")


def _keeps_ascii(encoding: str) -> bool:
    """Whether lines can be found by their bytes (or it is UTF-16, decoded first); an unknown encoding says no."""
    try:
        if codecs.lookup(encoding).name.startswith("utf-16"):
            return True
        return "\r\n,;0123456789".encode(encoding) == b"\r\n,;0123456789" and encoding != "utf-7"
    except LookupError:
        return False


def _obligation(contract: Contract, units: Units, name: str, obligation: Obligation) -> Iterator[Finding]:
    at: Path_ = ("obligations", name)
    yield from _person(contract, obligation.supervisor, (*at, "supervisor"))
    parties = {contract.authority.id, *(party.id for party in contract.contractors)}
    if obligation.party not in parties:
        yield (*at, "party"), f"`{obligation.party}` is no party: name one of {', '.join(sorted(parties))}"
    asked: list[tuple[str, str, tuple[str, ...]]] = [("trigger", obligation.trigger.stream, obligation.trigger.kind)]
    asked.append(("action", obligation.action.stream, obligation.action.kind.names))
    if obligation.refuted_by:
        asked.append(("refuted_by", obligation.refuted_by.stream, obligation.refuted_by.kind))
    for word, stream, kinds in asked:
        yield from (((*at, word, where), message) for where, message in _stream(contract, stream, kinds))
    yield from _measure(contract, at, obligation)
    yield from _scope(units, at, obligation)


def _stream(contract: Contract, stream: str, kinds: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    sources = [contract.sources[source] for source in contract.sources_of(stream)]
    if not sources:
        yield "stream", f"no source feeds the stream `{stream}`: add one under `sources`"
        return
    known = {kind for source in sources for kind in source.values.get("kind", {}).values()}
    if all("kind" in source.values for source in sources):
        for kind in sorted(set(kinds) - known):
            yield "kind", f"no source gives the kind `{kind}`: their `values` know {', '.join(sorted(known))}"


def _measure(contract: Contract, at: Path_, obligation: Obligation) -> Iterator[Finding]:
    measure = obligation.trigger.measure
    for source in contract.sources_of(obligation.trigger.stream):
        if measure and measure not in contract.sources[source].columns:
            yield (*at, "trigger", "measure"), f"source `{source}` has no column `{measure}`"
    if measure is None and any(rung.at_least is not None for rung in obligation.within):
        yield (*at, "within"), "a table by magnitude needs `measure` and `at_least` in the trigger"


def _scope(units: Units, at: Path_, obligation: Obligation) -> Iterator[Finding]:
    """A class or zone that no unit has, or that no row of the table is for, is owed nothing by mistake."""
    if not units.rows:
        return  # the register's own faults say why
    classes = {unit.class_ for unit in units.rows if unit.class_ is not None}
    for wanted in obligation.scope.class_ or ():
        if wanted not in classes:
            known = ", ".join(sorted(classes)) or "no classes"
            yield (*at, "scope", "class"), f"no unit has class `{wanted}`: the units file knows {known}"
        if all(rung.class_ not in (None, wanted) for rung in obligation.within):
            yield (*at, "within"), f"no row is for class `{wanted}`: add one, or take the class out of the scope"
    zones = {unit.zone for unit in units.rows if unit.zone is not None}
    for wanted in obligation.scope.zone or ():
        if wanted not in zones:
            known = ", ".join(sorted(zones)) or "no zones"
            yield (*at, "scope", "zone"), f"no unit lies in zone `{wanted}`: the units file knows {known}"
