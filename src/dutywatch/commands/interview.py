"""The questions of `dutywatch new`: what flags gave is not asked, what a file suggests is the default."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dutywatch.errors import DraftRefused

if TYPE_CHECKING:
    from dutywatch.terms.draft import Draft, Register, Sample

Ask = Callable[[str, str | None], str | None]


@dataclass(frozen=True)
class Files:
    """What lies beside the contract: the register, and the sample as a file a day."""

    register: Register | None = None
    sample: Sample | None = None
    days: tuple[date, ...] = ()
    deliveries: tuple[tuple[str, bytes], ...] = ()


class Interview:
    """Questions to whoever drafts; what flags gave is not asked, what a file suggests is the default."""

    def __init__(self, given: dict[str, str | None], ask: Ask) -> None:
        self._given = given
        self._ask = ask
        self.notes: list[str] = []

    def answer(self, name: str, question: str, default: str | None = None, guess: str | None = None) -> str | None:
        """The flag, else what is answered. `guess`: a sentence to note where the default stands."""
        stated = self._given.get(name)
        if stated is not None:
            return stated
        found = self._ask(question, default)
        if guess and found is not None and found == default:
            self.notes.append(guess)
        return found

    def draft(
        self, name: str, units: Path | None, log: Path | None, ocds: Path | None, pick: str | None
    ) -> tuple[Draft, Files]:
        """The draft, and the files that belong to it. Raises DraftRefused."""
        from dutywatch.terms import draft as drafting

        begun = drafting.read_ocds(ocds, name, pick) if ocds else drafting.Draft(name)
        units = units or _path(self.answer("units", "The register of units, CSV or GeoJSON (empty: later)"))
        log = log or _path(self.answer("log", "A sample of the log of work, CSV (empty: later)"))
        register = drafting.Register.read(units) if units else None
        sample = drafting.Sample.read(log, self._given.get("encoding")) if log else None
        found = self._parties(begun)
        found = self._log(found, register, sample)
        files = self._deliveries(found, register, sample)
        found = self._term(found, files.days)
        sources = (*begun.sources, *(path.name for path in (units, log) if path))
        return replace(found, sources=sources, notes=(*begun.notes, *self.notes)), files

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
        zone = self.answer("timezone", "In which time zone, such as Europe/Helsinki?")
        return replace(
            draft,
            title=title,
            language=draft.language if title == draft.title else "en",
            authority=buyer,
            contractors=sellers,
            supervisor=self.answer("supervisor", "Who is told of a lapse?"),
            timezone=zone,
        )

    def _log(self, draft: Draft, register: Register | None, sample: Sample | None) -> Draft:
        """The draft with its register, its log and what is owed."""
        from dutywatch.terms.draft import Log, Units

        joined = sample.joined(register) if sample and register else None
        if register:
            keys = register.keys
            guess = joined[0] if joined else keys[0] if len(keys) == 1 else None
            key = self.answer(
                "key", f"Which column of {register.name} is the unit's id?", guess, _looks(register.path, "key", guess)
            )
            named = {what: register.named(what) for what in ("class", "zone", "length")}
            told_ = ", ".join(f"`{column}` the {what}" for what, column in named.items() if column)
            if told_:
                self.notes.append(f"Guessed by their names: {told_} of a unit.")
            if key:
                kept = Units(register.name, key, named["class"], named["zone"], named["length"])
                draft = replace(draft, units=kept)
        if sample is None:
            return draft
        first = sample.times[0] if sample.times else None
        at = self.answer("at", "Which column tells when it was done?", first, _looks(sample.path, "time", first))
        formats = sample.formats(at) if at else []
        written = formats[0] if len(formats) == 1 else None
        if len(formats) > 1:
            self.notes.append(f"`{at}` can be read as {' and as '.join(formats)}: say which.")
        written = self.answer("at_format", "How is it written?", written, f"`{at}` is read as {written}.")
        named_unit = joined[1] if joined else None
        unit = self.answer("unit", "Which column names the unit?", named_unit, _looks(sample.path, "unit", named_unit))
        looks = sample.kind([one for one in (at, unit, *sample.times) if one])
        kind = self.answer("kind", "Which column tells what was done?", looks, _looks(sample.path, "kind", looks))
        kinds = sample.kinds(kind) if kind else []
        most = kinds[0] if kinds else None
        if kinds:
            self.notes.append(f"The sample knows the acts {', '.join(kinds)}.")
        task = self.answer("task", "Which act is owed?", most, f"`{most}`, the most frequent act, is what is owed.")
        every = self.answer("every", "How often on each unit: day, week or month?", "day", "It is owed every day.")
        if every not in ("day", "week", "month"):
            raise DraftRefused(f"{every!r} is no period: write day, week or month")
        log = Log(sample.delimiter, sample.encoding, at, written, unit, kind)
        clause = self.answer("clause", "Where does that stand in the agreement?")
        return replace(draft, log=log, task=task, every=every, clause=clause)

    def _deliveries(self, draft: Draft, register: Register | None, sample: Sample | None) -> Files:
        log = draft.log
        if sample is None or log is None or log.at is None or log.time is None or draft.timezone is None:
            return Files(register, sample)
        from dutywatch.terms.draft.skeleton import LOG

        if log.at not in sample.columns:
            raise DraftRefused(f"{sample.path} has no column {log.at!r}: it has {', '.join(sample.columns)}")
        days = sample.by_day(log.at, log.time, zone_of(draft.timezone))
        deliveries = tuple((f"{LOG}/{day}.{log.format}", raw) for day, raw in days.items())
        return Files(register, sample, tuple(days), deliveries)

    def _term(self, draft: Draft, days: Sequence[date]) -> Draft:
        first = draft.term_from or (min(days) if days else None)
        stated = self.answer("from", "The term's first day?", str(first) if first else None)
        begins = _day(stated)
        later = draft.term_to or (_a_year_after(begins) if begins else None)
        ends = _day(self.answer("to", "Its last day?", str(later) if later else None))
        if draft.term_from is None and self._given.get("from") is None and begins == first and begins is not None:
            self.notes.append("The term begins with the sample.")
        if draft.term_to is None and self._given.get("to") is None and ends == later and ends is not None:
            self.notes.append("The term is assumed to last a year.")
        log = draft.log and replace(draft.log, first_day=min(days) if days else None)
        return replace(draft, term_from=begins, term_to=ends, log=log)


def _looks(file: Path, what: str, column: str | None) -> str | None:
    means = {
        "key": "is the unit's id",
        "time": "tells when it was done",
        "unit": "names the unit",
        "kind": "tells what was done",
    }
    return f"Guessed: `{column}` of {file.name} {means[what]}." if column else None


def _path(answer: str | None) -> Path | None:
    if answer is None:
        return None
    path = Path(answer).expanduser()
    if not path.is_file():
        raise DraftRefused(f"{path} is no file")
    return path


def zone_of(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError, ValueError) as error:
        raise DraftRefused(f"{name!r} is not a time zone of the IANA database, such as Europe/Helsinki") from error


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise DraftRefused(f"{text!r} is not a day such as 2025-01-31") from error


def _a_year_after(day: date) -> date:
    """The last day of the year that begins on `day`."""
    following = date(day.year + 1, 3, 1) if (day.month, day.day) == (2, 29) else day.replace(year=day.year + 1)
    return following - timedelta(days=1)
