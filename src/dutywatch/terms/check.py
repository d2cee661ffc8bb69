"""Rules that tie two clauses of a contract together; each fault says what to write instead."""

from __future__ import annotations

import string
from collections.abc import Iterator

from dutywatch.clock import DeliveryDue
from dutywatch.terms.contract import Contract, Obligation, Source
from dutywatch.terms.document import Path_
from dutywatch.terms.units import Units

Finding = tuple[Path_, str]


def check(contract: Contract, units: Units) -> Iterator[Finding]:
    """Yield (path, message) for every rule that the contract breaks."""
    yield from _one_contractor(contract)
    for index, step in enumerate(contract.escalation):
        yield from _person(contract, step.to, ("escalation", index, "to"))
    for name, source in contract.sources.items():
        yield from _source(contract, name, source)
    for name, obligation in contract.obligations.items():
        yield from _obligation(contract, units, name, obligation)


def _one_contractor(contract: Contract) -> Iterator[Finding]:
    if len(contract.contractors) > 1:
        yield (
            ("contractors",),
            "several contractors need dated assignments, which this version cannot judge yet",
        )


def _person(contract: Contract, person: str, path: Path_) -> Iterator[Finding]:
    if person not in contract.people:
        known = ", ".join(sorted(contract.people))
        yield path, f"`{person}` is nobody under `people`: name one of {known}, or add the person there"


def _source(contract: Contract, name: str, source: Source) -> Iterator[Finding]:
    at: Path_ = ("sources", name)
    yield from _person(contract, source.owner, (*at, "owner"))
    fields = [field for _, field, _, _ in string.Formatter().parse(source.path) if field is not None]
    if unknown := sorted(set(fields) - {"service_date", "part"}):
        yield (*at, "path"), f"{{{unknown[0]}}} is not a placeholder: use {{service_date}} or {{part}}"
    if source.path.startswith("/") or ".." in source.path.split("/"):
        yield (*at, "path"), "a path lies below the landing folder: no leading `/` and no `..`"
    if source.due is not None:
        try:
            DeliveryDue.parse(source.due)
        except ValueError as error:
            yield (*at, "due"), str(error)
        if not source.dated:
            yield (*at, "due"), "a daily delivery is known by its date: put {service_date} into `path`"
    for column, given in source.columns.items():
        if '"' in given:
            yield (*at, "columns", column), f"{given!r} holds a quotation mark, which no column name may"
    if source.format != "parquet" and source.encoding is None:
        yield at, "`encoding` is missing: declare it, such as utf-8 or gb18030; it is never guessed"
    if source.encoding is not None and not _keeps_ascii(source.encoding):
        yield (
            (*at, "encoding"),
            f"{source.encoding!r} is not known here: use utf-8, gb18030, gbk, cp1252 or latin-1",
        )
    if source.time.format != "iso" and source.time.zone is None:
        yield (*at, "time"), "`zone` is missing: say which time zone the log's clock shows"
    for needed in ("at", *(("seen_at",) if source.polls else ())):
        if needed not in source.columns:
            yield (*at, "columns"), f"`{needed}` is missing: name the column that holds it"
    for column in source.values:
        if column not in source.columns:
            yield (*at, "values", column), f"`{column}` is not among this source's columns"


def _keeps_ascii(encoding: str) -> bool:
    """Whether lines can be found by their bytes: an unknown encoding or UTF-16 says no."""
    try:
        return "\r\n,;0123456789".encode(encoding) == b"\r\n,;0123456789" and encoding != "utf-7"
    except LookupError:
        return False


def _obligation(contract: Contract, units: Units, name: str, obligation: Obligation) -> Iterator[Finding]:
    at: Path_ = ("obligations", name)
    yield from _person(contract, obligation.supervisor, (*at, "supervisor"))
    parties = {contract.authority.id, *(party.id for party in contract.contractors)}
    if obligation.party not in parties:
        yield (*at, "party"), f"`{obligation.party}` is no party: name one of {', '.join(sorted(parties))}"
    streams: list[tuple[str, str]] = [
        ("trigger", obligation.trigger.stream),
        ("action", obligation.action.stream),
    ]
    if obligation.refuted_by:
        streams.append(("refuted_by", obligation.refuted_by.stream))
    for word, stream in streams:
        if not contract.sources_of(stream):
            yield (*at, word, "stream"), f"no source feeds the stream `{stream}`: add one under `sources`"
    yield from _measure(contract, at, obligation)
    classes = {unit.class_ for unit in units.rows if unit.class_ is not None}
    for wanted in obligation.scope.class_ or ():
        if classes and wanted not in classes:
            known = ", ".join(sorted(classes))
            yield (*at, "scope", "class"), f"no unit has class `{wanted}`: the units file knows {known}"
    zones = {unit.zone for unit in units.rows if unit.zone is not None}
    for wanted in obligation.scope.zone or ():
        if zones and wanted not in zones:
            yield (*at, "scope", "zone"), f"no unit lies in zone `{wanted}`"


def _measure(contract: Contract, at: Path_, obligation: Obligation) -> Iterator[Finding]:
    measure = obligation.trigger.measure
    for source in contract.sources_of(obligation.trigger.stream):
        if measure and measure not in contract.sources[source].columns:
            yield (*at, "trigger", "measure"), f"source `{source}` has no column `{measure}`"
    if measure is None and any(rung.at_least is not None for rung in obligation.within):
        yield (*at, "within"), "a table by magnitude needs `measure` and `at_least` in the trigger"
