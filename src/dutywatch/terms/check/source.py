"""Rules within one source: each connector, format and path has words of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

from dutywatch.clock import DeliveryDue
from dutywatch.terms.check.finding import Finding
from dutywatch.terms.contract import Contract
from dutywatch.terms.document import Path_
from dutywatch.terms.quantities import conversion
from dutywatch.terms.source import Source, earlier
from dutywatch.terms.words import keeps_ascii, unknown_encoding

_SHORTEST = timedelta(minutes=1)
# what DuckDB's strptime and Python's agree on
_TIME_FORMAT = re.compile(r"(?:[^%]|%-?[dmyHIMSj]|%[YBbAapfzZ%])*")


def check_source(contract: Contract, source: Source) -> Iterator[Finding]:
    """Yield (path below the source, message) for every rule that it breaks."""
    yield from _source(source)
    yield from _locate(contract, source)
    yield from _kept(contract, source)


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
    if source.encoding is not None and not keeps_ascii(source.encoding):
        yield ("encoding",), unknown_encoding(source.encoding)
    if source.time.format != "iso" and source.time.zone is None:
        yield ("time",), "`zone` is missing: say which time zone the log's clock shows"
    if not _TIME_FORMAT.fullmatch(source.time.format):
        yield ("time", "format"), f"{source.time.format!r} has a letter that is not known: use those of strftime"
    for needed in ("at", *(("seen_at",) if source.polls and not source.asks else ())):
        if needed not in source.columns:
            yield ("columns",), f"`{needed}` is missing: name the column that holds it"
    if source.roster and "actor" not in source.columns:
        yield ("columns",), "`actor` is missing: a roster is of no use where nobody says who reports"
    if "filename" in source.columns:
        yield ("columns", "filename"), "the lake tells by `filename` where each row stands: name it otherwise"
    for column, given in source.columns.items():
        if '"' in given:
            yield ("columns", column), f"{given!r} holds a quotation mark, which no column name may"
        made = source.made_of(column)
        if any("{" in text or "}" in text for text in made[0::2]) or not all(made[1::2]):
            yield ("columns", column), f"{given!r}: each column stands in braces of its own, such as {{date}} {{time}}"
    for time in source.times:
        if earlier(time) in source.columns:
            yield ("columns", earlier(time)), f"this is where the other reading of `{time}` stands: name it otherwise"
    yield from _covers(source)
    for column in source.values:
        if column not in source.columns:
            yield ("values", column), f"`{column}` is not among this source's columns"
        elif column not in ("unit", "zone", "actor", "kind", "note"):
            yield ("values", column), f"`{column}` is a time or a number: only texts can be mapped"


def _covers(source: Source) -> Iterator[Finding]:
    """Findings of the word `covers`, which speaks for files that no other word says the coverage of."""
    if source.covers and source.dated:
        yield ("covers",), "a file that is named for its day covers that day: leave `covers` or {service_date} out"
    if source.covers and source.polls:
        yield ("covers",), "a source covers what its polls show or what `covers` says: write one of them"


def _locate(contract: Contract, source: Source) -> Iterator[Finding]:
    """Findings of the word `locate`, which makes passes of positions."""
    if source.locate is None:
        return
    if source.stream != "position":
        yield ("locate",), f"only positions are located, and this source's stream is `{source.stream}`"
    for needed in ("actor", "lat", "lon"):
        if needed not in source.columns:
            yield (
                ("columns",),
                f"`{needed}` is missing: name the column that holds it, so that positions can be located",
            )
    if not contract.units.file.endswith(".geojson"):
        yield ("locate",), "positions are located on lines: give the units as a GeoJSON file"
    slowest, fastest = source.locate.speed_kmh
    if not 0 <= slowest < fastest < source.locate.jump_kmh:
        yield ("locate", "speed_kmh"), "write [slowest, fastest] in km/h, the fastest below `jump_kmh`"


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
    if source.key and "at" not in source.key:
        yield ("key",), "a row's key holds `at`; what changes from row to row and stays one case is a `record`"


def _kept(contract: Contract, source: Source) -> Iterator[Finding]:
    """Findings of the word `by`: of whom a log says nothing is known only of a day's log that names them."""
    if source.by == "source":
        return
    if not source.dated or source.monthly or source.polls:
        yield ("by",), "only a day's log is kept by unit or by actor: put {service_date} into its path"
    if source.by not in source.columns:
        yield ("by",), f"the log is kept by {source.by}, but has no column `{source.by}`"
    if source.by == "actor" and not source.roster and not any(party.actors for party in contract.keepers(source)):
        yield ("by",), "nobody's vehicles are known that it must speak of: give a `roster` or `actors`"


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
