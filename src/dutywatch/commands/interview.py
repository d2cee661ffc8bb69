"""The questions of `dutywatch new`: what flags gave is not asked, what a file suggests is the default."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from dutywatch.errors import DraftRefused

if TYPE_CHECKING:
    from dutywatch.terms.draft import Draft, Register, Sample
    from dutywatch.terms.pack import Pack

Ask = Callable[[str, str | None], str | None]


@dataclass(frozen=True)
class Files:
    """What lies beside the contract: the register, and the sample as a file a day."""

    register: Register | None = None
    days: tuple[date, ...] = ()
    deliveries: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True)
class Given:
    """The files, the pack and its parameters that flags name."""

    units: Path | None = None
    log: Path | None = None
    weather: Path | None = None
    ocds: Path | None = None
    pick: str | None = None
    pack: str | None = None
    bound: Mapping[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()


class Interview:
    """Questions to whoever drafts; what flags gave is not asked, what a file suggests is the default.

    `ask` answers a question with the default where there is nobody to ask. `say` tells why an answer cannot be; then
    the question is put again.
    """

    def __init__(self, given: dict[str, str | None], ask: Ask, say: Callable[[str], None]) -> None:
        self._given = given
        self._ask = ask
        self._say = say
        self.notes: list[str] = []

    def answer(
        self,
        name: str,
        question: str,
        default: str | None = None,
        guess: str | None = None,
        read: Callable[[str], object] = str,
    ) -> str | None:
        """The flag, else what is answered. `guess`: a sentence to note where the default stands.

        `read` raises DraftRefused where the answer cannot be; then so does this for a flag.
        """
        stated = self._given.get(name)
        if stated is not None:
            read(stated)
            return stated
        while True:
            found = self._ask(question, default)
            try:
                if found is not None:
                    read(found)
            except DraftRefused as error:
                self._say(str(error))
                continue
            if guess and found is not None and found == default:
                self.notes.append(guess)
            return found

    def draft(self, name: str, files: Given, library: Path) -> tuple[Draft, Files]:
        """The draft, and the files that belong to it. `library`: the packs. Raises DraftRefused."""
        from dutywatch.terms import draft as drafting
        from dutywatch.terms.draft.packs import find, measures, streams
        from dutywatch.terms.draft.register import is_table

        begun = drafting.read_ocds(files.ocds, name, files.pick) if files.ocds else drafting.Draft(name)
        pack = find(library, files.pack) if files.pack else None
        units = files.units or self._file("units", "The register of units, CSV or GeoJSON (empty: later)")
        log = files.log or self._file("log", "A sample of the log of work, CSV (empty: later)")
        weather = files.weather
        if weather is None and pack and "condition" in streams(pack):
            weather = self._file("weather", "A sample of the weather log, CSV (empty: later)")
        register = drafting.Register.read(units, self._encoding(units) if is_table(units) else None) if units else None
        parted = _delimiter(self._given.get("delimiter"))
        sample = drafting.Sample.read(log, self._encoding(log, log=True), parted) if log else None
        measured = drafting.Sample.read(weather, self._encoding(weather)) if weather else None
        for file in (register, sample, measured):
            self._written_otherwise(file)
        found = self._parties(begun)
        joined = (sample.joined(register) if sample and register else None) or (None, None)
        found = self._units(found, register, joined[0]) if register else found
        found = self._work(found, sample, joined[1], pack) if sample else found
        found = self._weather(found, measured, measures(pack) if pack else ()) if measured else found
        found = self._take(found, pack, files) if pack else found
        kept = self._deliveries(found, register, {"service": sample, "condition": measured})
        found = self._term(found, kept.days)
        sources = (*begun.sources, *((f"pack {files.pack}",) if files.pack else ()))
        sources = (*sources, *(path.name for path in (units, log, weather) if path))
        return replace(found, sources=sources, notes=(*begun.notes, *self.notes)), kept

    def _file(self, name: str, question: str) -> Path | None:
        answer = self.answer(name, question, read=_path)
        return _path(answer) if answer else None

    def _encoding(self, path: Path, *, log: bool = False) -> str | None:
        """A file's encoding, None where its bytes prove it: a guess is the default of what is asked.

        The flag counts for the log whatever it looks like, and for the other files where nothing proves theirs.
        """
        from dutywatch.terms.draft import Writing

        def reads(encoding: str) -> object:
            return Writing.read(path, encoding)

        guess = note = None
        try:
            found = Writing.read(path, None)
        except DraftRefused as undecided:
            question = f"{undecided}\nWhich encoding?"
        else:
            if not found.shown:
                return self.answer("encoding", "", read=reads) if log and self._given.get("encoding") else None
            guess, said = found.encoding, ", ".join(found.shown)
            note = f"Guessed: {path.name} is {guess}, in which it says {said}; if not so, name its encoding."
            question = f"{path.name} looks like {guess}, in which it says {said}: which encoding is it?"
        return self.answer("encoding", question, guess, note, reads)

    def _written_otherwise(self, file: Register | Sample | None) -> None:
        """Notes how a file is written, where that is not the usual way; a guessed encoding has its note already."""
        if file is not None and file.delimiter != ",":
            known = {";": "semicolons", "\t": "tabs", "|": "bars"}
            self.notes.append(f"{file.path.name} is parted by {known.get(file.delimiter, repr(file.delimiter))}.")
        if file is not None and file.encoding.startswith("utf-16"):
            self.notes.append(f"{file.path.name} is {file.encoding}.")

    def _parties(self, draft: Draft) -> Draft:
        from dutywatch.terms.draft import Party

        title = self.answer("title", "What do people call the contract?", draft.title)
        buyer = draft.authority
        authority = self.answer("authority", "Who bought the service?", buyer.name if buyer else None)
        known = draft.contractors[0].name if len(draft.contractors) == 1 else None
        sellers = draft.contractors
        if len(draft.contractors) < 2:
            seller = self.answer("contractor", "Who sold it?", known)
            sellers = (Party(seller, draft.language if seller == known else "en"),) if seller else ()
        if authority != (buyer and buyer.name):
            buyer = Party(authority) if authority else None
        zone = self.answer("timezone", "In which time zone, such as Europe/Helsinki?", read=zone_of)
        return replace(
            draft,
            title=title,
            language=draft.language if title == draft.title else "en",
            authority=buyer,
            contractors=sellers,
            supervisor=self.answer("supervisor", "Who is told of a lapse?"),
            timezone=zone,
        )

    def _column(self, name: str, file: Register | Sample, question: str, means: str, guess: str | None) -> str | None:
        """A column of the file; `means`: what it is for, in the note of a guess."""

        def known(column: str) -> str:
            if column not in file.columns:
                raise DraftRefused(f"{file.path.name} has no column {column!r}: it has {', '.join(file.columns)}")
            return column

        note = f"Guessed: `{guess}` of {file.path.name} {means}."
        return self.answer(name, question, guess, note, known)

    def _units(self, draft: Draft, register: Register, named: str | None) -> Draft:
        """The draft with its register; `named`: the key that the log's units point to."""
        from dutywatch.terms.draft import Units

        guess = named or (register.keys[0] if len(register.keys) == 1 else None)
        question = f"Which column of {register.path.name} is the unit's id?"
        key = self._column("key", register, question, "is the unit's id", guess)
        columns = {what: register.named(what) for what in ("class", "zone", "length")}
        if any(columns.values()):
            said = ", ".join(f"`{column}` the {what}" for what, column in columns.items() if column)
            self.notes.append(f"Guessed by their names: {said} of a unit.")
        if key is None:
            return draft
        named_ = (columns["class"], columns["zone"], columns["length"])
        return replace(draft, units=Units(register.name, key, *named_, register.encoding, register.delimiter))

    def _work(self, draft: Draft, sample: Sample, named: str | None, pack: Pack | None) -> Draft:
        """The draft with its log of work and, without a pack, what is owed; `named`: the log's column of units."""
        from dutywatch.terms.draft import Log

        first = next(iter(sample.times), None)
        at = self._column("at", sample, "Which column tells when it was done?", "tells when it was done", first)
        written = self._written(sample, "at_format", at) if at else None
        unit = self._column("unit", sample, "Which column names the unit?", "names the unit", named)
        looks = sample.kind([one for one in (at, unit, *sample.times) if one])
        kind = self._column("kind", sample, "Which column tells what was done?", "tells what was done", looks)
        kinds = sample.kinds(kind) if kind else []
        if kinds:
            self.notes.append(f"The sample knows the acts {', '.join(kinds)}.")
        columns = (
            ("at", at, "the column that tells when it was done"),
            ("unit", unit, "the column that names the unit"),
            ("kind", kind, "the column that tells what was done"),
        )
        log = Log("work-log", "service", "service_log", sample.delimiter, sample.encoding, written, columns)
        draft = replace(draft, logs=(*draft.logs, log))
        if pack is not None:
            return draft
        most = next(iter(kinds), None)
        task = self.answer("task", "Which act is owed?", most, f"`{most}`, the most frequent act, is what is owed.")
        often = "How often on each unit: day, week or month?"
        every = self.answer("every", often, "day", "It is owed every day.", read=_period) or "day"
        clause = self.answer("clause", "Where does that stand in the agreement?")
        return replace(draft, task=task, every=every, clause=clause)

    def _weather(self, draft: Draft, sample: Sample, asked: Sequence[str]) -> Draft:
        """The draft with its weather log; `asked`: the measures that the pack compares."""
        from dutywatch.terms.draft import Log

        first = next(iter(sample.times), None)
        at = self._column("weather_at", sample, "Which column tells when it was measured?", "tells when", first)
        written = self._written(sample, "weather_format", at) if at else None
        looks = sample.kind([one for one in (at, *sample.times) if one])
        kind = self._column("weather_kind", sample, "Which column tells the phenomenon?", "tells the phenomenon", looks)
        numbers = sample.numbers()
        columns = [
            ("at", at, "the column that tells when it was measured"),
            ("kind", kind, "the column that tells the phenomenon"),
        ]
        for name in asked:
            guess = name if name in numbers else numbers[0] if len(numbers) == 1 else None
            question, means = f"Which column is {name}?", f"is {name}"
            columns.append((name, self._column(name, sample, question, means, guess), f"the column that is {name}"))
        if kind:
            self.notes.append(f"The weather log knows the phenomena {', '.join(sample.kinds(kind))}.")
        log = Log("weather", "condition", "condition_log", sample.delimiter, sample.encoding, written, tuple(columns))
        return replace(draft, logs=(*draft.logs, log))

    def _take(self, draft: Draft, pack: Pack, files: Given) -> Draft:
        """The draft with the pack: bound by flags or answers; what nobody states the loader will name."""
        from dutywatch.terms.draft import Taken
        from dutywatch.terms.draft.packs import streams

        own = {"party": draft.debtor, "supervisor": "supervisor"}
        bound: dict[str, Any] = {name: own[name] for name in own if name in pack.parameters and own[name]} | dict(
            files.bound
        )
        unbound = []
        for name, parameter in pack.parameters.items():
            if name in bound or name in own:
                continue
            said = f"{parameter.means} (the source gives {parameter.given})" if parameter.given else parameter.means
            default = None if parameter.default is None else json.dumps(parameter.default, ensure_ascii=False)
            stated = self._ask(f"{name}: {said}", default)
            if stated is not None and stated != default:
                bound[name] = yaml_value(stated)
            elif not parameter.has_default:
                unbound.append((name, said))
        unknown = sorted(set(files.bound) - set(pack.parameters))
        if unknown:
            raise DraftRefused(f"{unknown[0]!r} is no parameter of {pack.pack}: it has {', '.join(pack.parameters)}")
        needed = streams(pack, bound)
        return replace(draft, pack=Taken(pack.pack, tuple(bound.items()), tuple(unbound), files.without, needed))

    def _written(self, sample: Sample, name: str, at: str) -> str | None:
        """How the column's times are written: guessed where one format alone reads them all."""

        def reads(written: str) -> str:
            if not sample.reads(at, written):
                raise DraftRefused(f"no time of `{at}` is written as {written}: the first is {sample.columns[at][0]!r}")
            return written

        formats = sample.formats(at)
        guess = formats[0] if len(formats) == 1 else None
        if len(formats) > 1:
            self.notes.append(f"`{at}` can be read as {' and as '.join(formats)}: say which.")
        question = "How is it written?" if guess else f"How is it written: {' or '.join(formats) or 'such as %H:%M'}?"
        return self.answer(name, question, guess, f"`{at}` is read as {guess}.", reads)

    def _deliveries(self, draft: Draft, register: Register | None, samples: Mapping[str, Sample | None]) -> Files:
        days: set[date] = set()
        deliveries: list[tuple[str, bytes]] = []
        for log in draft.logs:
            sample, at = samples[log.stream], log.column("at")
            if sample is None or at is None or log.time is None or draft.timezone is None:
                continue
            found = sample.by_day(at, log.time, zone_of(draft.timezone))
            days |= set(found)
            deliveries += [(f"{log.name}/{day}.{log.format}", raw) for day, raw in found.items()]
        return Files(register, tuple(sorted(days)), tuple(deliveries))

    def _term(self, draft: Draft, days: Sequence[date]) -> Draft:
        first = draft.term_from or (min(days) if days else None)
        begins = _day(self.answer("from", "The term's first day?", str(first) if first else None, read=_day))
        later = draft.term_to or (_a_year_after(begins) if begins else None)
        ends = _day(self.answer("to", "Its last day?", str(later) if later else None, read=_day))
        if draft.term_from is None and self._given.get("from") is None and begins == first and begins is not None:
            self.notes.append("The term begins with the sample.")
        if draft.term_to is None and self._given.get("to") is None and ends == later and ends is not None:
            self.notes.append("The term is assumed to last a year.")
        logs = tuple(replace(log, first_day=min(days) if days else None) for log in draft.logs)
        return replace(draft, term_from=begins, term_to=ends, logs=logs)


def _path(answer: str) -> Path:
    path = Path(answer).expanduser()
    if not path.is_file():
        raise DraftRefused(f"{path} is no file")
    return path


def _delimiter(text: str | None) -> str | None:
    """The character that a flag names. Raises DraftRefused."""
    found = "\t" if text in ("tab", "\\t") else text
    if found is not None and (len(found) != 1 or found in '"\r\n\0'):
        raise DraftRefused(f"{text!r} is no delimiter: write one character, such as ';', or tab")
    return found


def yaml_value(text: str) -> Any:
    """What a parameter is bound to, as a contract would have it. Raises DraftRefused."""
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise DraftRefused(f"{text!r} is not YAML: write a value such as PT6H, 3 or [plow, haul]") from error


def zone_of(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError, ValueError) as error:
        raise DraftRefused(f"{name!r} is not a time zone of the IANA database, such as Europe/Helsinki") from error


def _period(text: str) -> str:
    if text not in ("day", "week", "month"):
        raise DraftRefused(f"{text!r} is no period: write day, week or month")
    return text


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise DraftRefused(f"{text!r} is not a day such as 2025-01-31") from error


def _a_year_after(day: date) -> date:
    """The last day of the year that begins on `day`."""
    following = date(day.year + 1, 3, 1) if (day.month, day.day) == (2, 29) else day.replace(year=day.year + 1)
    return following - timedelta(days=1)
