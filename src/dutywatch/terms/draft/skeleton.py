"""What is known of a contract to be, and its text: `contract.yaml`, in which everything unknown is to be filled."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dutywatch.terms.loader import TO_BE_FILLED

PEOPLE = "supervisor"
LOG = "work-log"


@dataclass(frozen=True)
class Party:
    """A party by its name; `language`: which the name is in."""

    name: str
    language: str = "en"


@dataclass(frozen=True)
class Units:
    """The register's file, as it lies beside the contract, and its columns."""

    file: str
    key: str
    class_: str | None = None
    zone: str | None = None
    length: str | None = None
    encoding: str = "utf-8"
    delimiter: str = ","


@dataclass(frozen=True)
class Log:
    """One source: what it feeds, how it is written, and which of its columns is what; None: to be filled.

    `columns`: canonical name, the log's column, and what to say where that is not known.
    """

    name: str
    stream: str
    expects: str
    delimiter: str
    encoding: str
    time: str | None
    columns: tuple[tuple[str, str | None, str], ...]
    first_day: date | None = None

    @property
    def format(self) -> str:
        """The format as the contract names it."""
        return "tsv" if self.delimiter == "\t" else "csv"

    def column(self, name: str) -> str | None:
        """The log's column of a canonical name."""
        return next((column for canonical, column, _ in self.columns if canonical == name), None)


@dataclass(frozen=True)
class Taken:
    """A pack: what is bound of its parameters, what the contract must still state, which of its obligations are not
    owed here, and the streams that it reads.
    """

    name: str
    bound: tuple[tuple[str, Any], ...] = ()
    unbound: tuple[tuple[str, str], ...] = ()
    without: tuple[str, ...] = ()
    streams: tuple[str, ...] = ()


@dataclass(frozen=True)
class Draft:
    """All that is known of a contract to be; None, or nothing in a list: to be filled.

    What is owed is the `pack`, or, where there is none, an act of the kind `task` on each unit `every` day, week or
    month. `sources`: the files it is drawn
    from. `notes`: what was guessed or left out, a sentence each.
    """

    contract: str
    title: str | None = None
    language: str = "en"
    authority: Party | None = None
    contractors: tuple[Party, ...] = ()
    term_from: date | None = None
    term_to: date | None = None
    value: tuple[str, str] | None = None
    bidders: int | None = None
    documents: tuple[tuple[str, str | None], ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    timezone: str | None = None
    supervisor: str | None = None
    units: Units | None = None
    logs: tuple[Log, ...] = ()
    pack: Taken | None = None
    task: str | None = None
    every: str = "day"
    clause: str | None = None
    sources: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def text(self) -> str:
        """The contract file."""
        return "\n".join([*self._head(), "", *self._sources(), "", *self._obligations(), ""])

    def _head(self) -> Iterator[str]:
        yield f"# Drafted by `dutywatch new` from {' and '.join(self.sources) or 'nothing but its name'}."
        yield from (f"# {note}" for note in self.notes)
        yield f"contract: {self.contract}"
        yield f"title: {self._words(self.title, 'what people call the contract')}"
        if self.tags:
            yield "tags: {" + ", ".join(f"{name}: {_quoted(value)}" for name, value in self.tags) + "}"
        yield f"authority: {self._party(self.authority, 'authority', 'who bought the service')}"
        parties = [self._party(one, f"contractor-{i}", "") for i, one in enumerate(self.contractors, start=1)]
        unknown = _unfilled("who sold the service, such as [{id: firm, name: {en: The firm}}]")
        yield f"contractors: {'[' + ', '.join(parties) + ']' if parties else unknown}"
        if self.term_from and self.term_to:
            yield f"term: {{from: {self.term_from}, to: {self.term_to}}}"
        else:
            begins = f", from {self.term_from}" if self.term_from else ""
            yield f"term: {_unfilled(f'first and last day{begins}, such as {{from: 2025-01-01, to: 2026-12-31}}')}"
        if self.value:
            amount, currency = self.value
            yield f"value: {{amount: {amount if amount.isdigit() else _quoted(amount)}, currency: {_quoted(currency)}}}"
        if self.bidders:
            yield f"award: {{bidders: {self.bidders}}}"
        if self.documents:
            yield "documents:"
            yield from (f"  - {_document(title, url)}" for title, url in self.documents)
        hint = "whose civil days the logs speak about, such as Europe/Helsinki"
        yield f"timezone: {_quoted(self.timezone) if self.timezone else _unfilled(hint)}"
        name = _quoted(self.supervisor) if self.supervisor else _unfilled("who is told of a lapse")
        works = f", works_for: {self._id(self.authority, 'authority')}" if self.authority else ""
        yield f"people:\n  {PEOPLE}: {{name: {{en: {name}}}{works}}}"
        yield f"units: {self._units()}"

    def _units(self) -> str:
        if self.units is None:
            return _unfilled("what duties are owed on, such as {file: units.csv, key: street, class: class}")
        named = {"class": self.units.class_, "zone": self.units.zone, "length": self.units.length}
        written = {"encoding": (self.units.encoding, "utf-8"), "delimiter": (self.units.delimiter, ",")}
        other = {name: value for name, (value, usual) in written.items() if value != usual}
        given = {"file": self.units.file, **other, "key": self.units.key, **{k: v for k, v in named.items() if v}}
        return "{" + ", ".join(f"{name}: {_quoted(value)}" for name, value in given.items()) + "}"

    def _sources(self) -> Iterator[str]:
        read = self.pack.streams if self.pack else ()
        lacking = [stream for stream in read if stream not in {log.stream for log in self.logs}]
        if not self.logs and not lacking:
            yield f"sources: {_unfilled('the logs that arrive, section 2 of docs/contract.md')}"
            return
        yield "sources:"
        for log in self.logs:
            yield from self._source(log)
        for stream in lacking:
            yield f"  {stream}: {_unfilled(f'a source of the stream {stream}, section 2 of docs/contract.md')}"

    def _source(self, log: Log) -> Iterator[str]:
        written = _quoted(log.time) if log.time else _unfilled("how times are written, such as %d/%m/%Y %H:%M")
        zone = _quoted(self.timezone) if self.timezone else _unfilled("the zone of the log's clock")
        columns = (f"{name}: {_quoted(column) if column else _unfilled(hint)}" for name, column, hint in log.columns)
        yield f"  {log.name}:"
        yield f"    stream: {log.stream}"
        yield f"    run_by: {self._debtor if log.stream == 'service' else 'weather-service'}"
        yield f"    owner: {PEOPLE}"
        yield f'    path: "{log.name}/{{service_date}}.{log.format}"'
        yield f"    format: {log.format}"
        if log.delimiter not in ",\t":
            yield f"    delimiter: {_quoted(log.delimiter)}"
        yield f"    encoding: {log.encoding}"
        yield f"    time: {{format: {written}, zone: {zone}}}"
        yield f"    columns: {{{', '.join(columns)}}}"
        if log.first_day and log.first_day != self.term_from:
            yield f"    from: {log.first_day}"
        yield '    due: "06:00 next day"'
        yield f"    expects: {log.expects}"

    def _obligations(self) -> Iterator[str]:
        if self.pack:
            yield from self._uses(self.pack)
            return
        if self.task is None:
            yield f"obligations: {_unfilled('what is owed, docs/obligations.md')}"
            return
        yield "obligations:"
        yield f"  {slug(self.task, 'serve')}-every-{self.every}:"
        yield f"    title: {{en: {_quoted(f'{self.task} on every unit, every {self.every}')}}}"
        yield f"    clause: {_quoted(self.clause or 'Not cited yet: drafted from a sample log')}"
        yield f"    party: {self._debtor}"
        yield "    pattern: recur"
        yield f"    period: {self.every}"
        yield f"    action: {{stream: service, kind: {_quoted(self.task)}}}"
        yield "    times: 1"
        yield f"    supervisor: {PEOPLE}"

    def _uses(self, pack: Taken) -> Iterator[str]:
        yield "uses:"
        yield f"  {pack.name}:"
        yield "    with:" if pack.bound else "    with: {}"
        yield from (f"      {name}: {_quoted(value)}" for name, value in pack.bound)
        yield from (f"      # {name}: {means}" for name, means in pack.unbound)
        if pack.without:
            yield f"    without: {_quoted(pack.without)}"
        yield "obligations: {}"

    @property
    def _debtor(self) -> str:
        return self.debtor or "contractor-1"

    @property
    def debtor(self) -> str | None:
        """The id of the contractor that owes what is owed; None where none is known."""
        return self._id(self.contractors[0], "contractor-1") if self.contractors else None

    def _words(self, text: str | None, hint: str, language: str | None = None) -> str:
        if text is None:
            return _unfilled(f"{hint}, such as {{en: Snow clearing}}")
        if (language or self.language) == "zh":
            return f"{{en: {_unfilled('in English')}, zh: {_quoted(text)}}}"
        return f"{{en: {_quoted(text)}}}"

    def _party(self, party: Party | None, fallback: str, hint: str) -> str:
        if party is None:
            return _unfilled(f"{hint}, such as {{id: city, name: {{en: The city}}}}")
        name = self._words(party.name, "", party.language)
        return f"{{id: {self._id(party, fallback)}, name: {name}}}"

    def _id(self, party: Party | None, fallback: str) -> str:
        return slug(party.name, fallback) if party else fallback


def slug(text: str, fallback: str) -> str:
    """An id made of a name's Latin letters and digits; `fallback` where it has none."""
    plain = "".join(one for one in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(one))
    found = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")
    return found or fallback


def _unfilled(hint: str) -> str:
    return _quoted(f"{TO_BE_FILLED}: {hint}")


def _quoted(value: Any) -> str:
    """A YAML value: JSON is some of YAML, and none of its strings is read as a number or a date."""
    return json.dumps(value, ensure_ascii=False)


def _document(title: str, url: str | None) -> str:
    return f"{{text: {_quoted(title)}, url: {_quoted(url)}}}" if url else _quoted(title)
