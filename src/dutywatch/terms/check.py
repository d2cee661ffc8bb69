"""Rules that tie two clauses of a contract together; each fault says what to write instead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import urlsplit

from pydantic import ValidationError

from dutywatch.clock import DeliveryDue
from dutywatch.terms.contract import Assignment, Contract
from dutywatch.terms.document import Path_
from dutywatch.terms.obligation import Action, Rung
from dutywatch.terms.patterns import Attain, Items, Keep, Obligation, Recur, Respond, depends_on, owed_per
from dutywatch.terms.predicate import Predicate
from dutywatch.terms.quantities import conversion
from dutywatch.terms.source import Source, earlier
from dutywatch.terms.terms import amended
from dutywatch.terms.trigger import Observed, Trigger
from dutywatch.terms.units import Unit, Units
from dutywatch.terms.words import keeps_ascii, unknown_encoding

Finding = tuple[Path_, str]

_SHORTEST = timedelta(minutes=1)
# what DuckDB's strptime and Python's agree on
_TIME_FORMAT = re.compile(r"(?:[^%]|%-?[dmyHIMSj]|%[YBbAapfzZ%])*")


def check(contract: Contract, units: Units) -> Iterator[Finding]:
    """Yield (path, message) for every rule that the contract breaks."""
    if len(contract.contractors) > 1 and not contract.assignments:
        yield ("assignments",), "several contractors need dated assignments: say who answers for which units"
    for word in ("people", "sources", "obligations"):
        if not getattr(contract, word):
            yield (word,), f"`{word}` names none: a contract needs at least one"
    parties = {contract.authority.id, *(party.id for party in contract.contractors)}
    for name, person in contract.people.items():
        if person.works_for not in (None, *parties):
            known = ", ".join(sorted(parties))
            yield (
                ("people", name, "works_for"),
                f"`{person.works_for}` is no party: name one of {known}, or leave it out",
            )
    for index, step in enumerate(contract.escalation):
        yield from _person(contract, step.to, ("escalation", index, "to"))
    for name, source in contract.sources.items():
        at: Path_ = ("sources", name)
        yield from _person(contract, source.owner, (*at, "owner"))
        yield from (((*at, *where), message) for where, message in _source(source))
        yield from (((*at, *where), message) for where, message in _locate(contract, source))
        yield from (((*at, *where), message) for where, message in _kept(contract, source))
    for name, obligation in contract.obligations.items():
        yield from _obligation(contract, units, name, obligation)
    yield from _assignments(contract, units)
    yield from _amendments(contract)


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


def _obligation(contract: Contract, units: Units, name: str, obligation: Obligation) -> Iterator[Finding]:
    at: Path_ = ("obligations", name)
    yield from _person(contract, obligation.supervisor, (*at, "supervisor"))
    parties = {contract.authority.id, *(party.id for party in contract.contractors)}
    if obligation.party not in parties:
        yield (*at, "party"), f"`{obligation.party}` is no party: name one of {', '.join(sorted(parties))}"
    for word, asked in parts(obligation):
        kinds = asked.kinds if isinstance(asked, Action) else asked.kind
        yield from _prefixed((*at, *word), _stream(contract, asked.stream or "", kinds or ()))
        yield from _prefixed((*at, *word), _columns(contract, asked.stream or "", asked.where))
    yield from _prefixed(at, _calendars(contract, obligation))
    if isinstance(obligation, Respond):
        yield from _measure(contract, at, obligation)
        yield from _times(contract, at, obligation)
        yield from _other(contract, (*at, "trigger", "breach"), name, obligation.trigger.breach)
    if isinstance(obligation, Attain):
        yield from _other(contract, (*at, "items", "duties"), name, obligation.items.duties)
        yield from _prefixed(at, _attained(contract, obligation))
        for rate in obligation.items.rates or ():
            place: Path_ = (*at, "items", "rates", rate)
            yield from list(_other(contract, place, name, rate)) or _prefixed(place, _rate(contract, obligation, rate))
    if isinstance(obligation, Keep) and obligation.level.value:
        yield from _prefixed(at, _has(contract, obligation.level.stream, obligation.level.value, ("level", "value")))
    yield from _scope(units, at, obligation)


def _prefixed(at: Path_, found: Iterator[tuple[Path_, str]]) -> Iterator[Finding]:
    return (((*at, *where), message) for where, message in found)


Asked = Observed | Action | Items | Trigger


def parts(obligation: Obligation) -> Iterator[tuple[Path_, Asked]]:
    """The parts of an obligation that ask for events of a stream, and where they stand."""
    found: list[tuple[Path_, Asked | None]] = []
    if isinstance(obligation, Respond):
        found = [(("trigger",), obligation.trigger), (("action",), obligation.action)]
        found += [(("refuted_by",), obligation.refuted_by), (("suspended_by",), obligation.suspended_by)]
    elif isinstance(obligation, Recur):
        found = [(("period", "while"), obligation.period.while_), (("action",), obligation.action)]
        found.append((("refuted_by",), obligation.refuted_by))
    elif isinstance(obligation, Attain):
        found = [(("window", "while"), obligation.window.while_), (("items",), obligation.items)]
    else:
        found = [(("window", "while"), obligation.window.while_), (("level",), obligation.level)]
    yield from ((where, asked) for where, asked in found if asked is not None and asked.stream is not None)


def _stream(contract: Contract, stream: str, kinds: tuple[str, ...]) -> Iterator[tuple[Path_, str]]:
    sources = [contract.sources[source] for source in contract.sources_of(stream)]
    if not sources:
        yield ("stream",), f"no source feeds the stream `{stream}`: add one under `sources`"
        return
    stated = [source.kinds_in(stream) for source in sources]
    known = {kind for one in stated for kind in one or ()}
    if None not in stated:
        for kind in sorted(set(kinds) - known):
            yield ("kind",), f"no source gives the kind `{kind}`: their `values` know {', '.join(sorted(known))}"


def _columns(contract: Contract, stream: str, where: Predicate | None) -> Iterator[tuple[Path_, str]]:
    for column in sorted(where.columns) if where else ():
        yield from _has(contract, stream, column, ("where",))


def _has(contract: Contract, stream: str, column: str, at: Path_) -> Iterator[tuple[Path_, str]]:
    """A column that none of the stream's sources has can never be read."""
    sources = [contract.sources[source] for source in contract.sources_of(stream)]
    if sources and not any(column in source.columns_in(stream) for source in sources):
        known = sorted({name for source in sources for name in source.columns_in(stream)})
        yield at, f"no source of `{stream}` has a column `{column}`: they have {', '.join(known)}"


def _calendars(contract: Contract, obligation: Obligation) -> Iterator[tuple[Path_, str]]:
    if isinstance(obligation, Respond):
        at, name = ("clock", "calendar"), obligation.clock.calendar
    elif isinstance(obligation, Recur):
        at, name = ("period", "calendar"), obligation.period.calendar
    else:
        at, name = ("window", "calendar"), obligation.window.calendar
    if name not in ("always", *contract.calendars):
        known = ", ".join(["always", *sorted(contract.calendars)])
        yield at, f"`{name}` is no calendar of this contract: name one of {known}, or add it under `calendars`"


def _times(contract: Contract, at: Path_, obligation: Respond) -> Iterator[Finding]:
    """Times of the record that clocks need, which only a record states."""
    asked: list[tuple[Path_, str]] = [(("clock", "from"), obligation.clock.from_)]
    if isinstance(obligation.within, str):
        asked.append((("within",), obligation.within))
    for where, word in asked:
        column = word.removeprefix("trigger.")
        if column in ("start", "end"):
            continue
        if obligation.trigger.shape != "record":
            yield (*at, *where), f"`{word}` is a time of a record: the trigger needs `each: record`"
        else:
            yield from _prefixed(at, _has(contract, obligation.trigger.stream or "", column, where))


def _other(contract: Contract, at: Path_, name: str, other: str | None) -> Iterator[Finding]:
    if other is None:
        return
    if other not in contract.obligations:
        known = ", ".join(sorted(set(contract.obligations) - {name}))
        yield at, f"`{other}` is no obligation of this contract: name one of {known}"
    elif name in _needs(contract, other, set()):
        yield at, f"`{other}` needs `{name}` itself: obligations that wait for one another are never judged"


def _needs(contract: Contract, name: str, seen: set[str]) -> set[str]:
    """All obligations that `name` is judged from, itself included."""
    obligation = contract.obligations.get(name)
    if obligation is None or name in seen:
        return seen
    seen.add(name)
    for other in depends_on(obligation):
        _needs(contract, other, seen)
    return seen


def _attained(contract: Contract, obligation: Attain) -> Iterator[tuple[Path_, str]]:
    stream, counted = obligation.items.stream or "", obligation.items.duties
    per = owed_per(contract.obligations.get(counted or ""))
    if per not in ("unit", obligation.per) and obligation.per != "contract":
        yield (
            ("per",),
            f"`{counted}` is owed per {per}, so no {obligation.per} has any: count per {per} or per contract",
        )
    for column in sorted(obligation.good.columns) if obligation.good else ():
        yield from _has(contract, stream, column, ("good",))
    if obligation.percentile:
        yield from _has(contract, stream, obligation.percentile.of, ("percentile", "of"))


def _rate(contract: Contract, score: Attain, name: str) -> Iterator[tuple[Path_, str]]:
    """A score weighs shares that are measured over its own windows, of what is good."""
    rate = contract.obligations[name]
    if not isinstance(rate, Attain) or rate.measure != "share" or rate.window.rolling is not None:
        yield (), f"`{name}` measures no share of a window: a score weighs `attain` with `good`, or with `duties`"
    elif rate.at_most is not None:
        yield (), f"`{name}` is a share of what is bad (`at_most`): a score adds up what is good, so weigh its opposite"
    elif (rate.window, rate.per) != (score.window, score.per):
        yield (), f"`{name}` is measured over other windows: give it the `window` and `per` of the score"
    elif rate.scope != score.scope and score.per != "contract":
        yield (), f"`{name}` is owed on other units: give it the `scope` of the score, or measure both `per: contract`"


def _measure(contract: Contract, at: Path_, obligation: Respond) -> Iterator[Finding]:
    measure = obligation.trigger.measure
    for source in contract.sources_of(obligation.trigger.stream or ""):
        if measure and measure not in contract.sources[source].columns_in(obligation.trigger.stream or ""):
            yield (*at, "trigger", "measure"), f"source `{source}` has no column `{measure}`"
    if measure is None and any(isinstance(rung, Rung) and rung.at_least is not None for rung in obligation.within):
        yield (*at, "within"), "a table by magnitude needs `measure` and `at_least` in the trigger"


def _scope(units: Units, at: Path_, obligation: Obligation) -> Iterator[Finding]:
    """A class or zone that no unit has, or that no row of the table is for, is owed nothing by mistake."""
    if not units.rows:
        return  # the register's own faults say why
    rungs = [one for one in obligation.within if isinstance(one, Rung)] if isinstance(obligation, Respond) else []
    classes = {unit.class_ for unit in units.rows if unit.class_ is not None}
    for wanted in obligation.scope.class_ or ():
        if wanted not in classes:
            known = ", ".join(sorted(classes)) or "no classes"
            yield (*at, "scope", "class"), f"no unit has class `{wanted}`: the units file knows {known}"
        if rungs and all(rung.class_ not in (None, wanted) for rung in rungs):
            yield (*at, "within"), f"no row is for class `{wanted}`: add one, or take the class out of the scope"
    zones = {unit.zone for unit in units.rows if unit.zone is not None}
    for wanted in obligation.scope.zone or ():
        if wanted not in zones:
            known = ", ".join(sorted(zones)) or "no zones"
            yield (*at, "scope", "zone"), f"no unit lies in zone `{wanted}`: the units file knows {known}"
    shared = isinstance(obligation, Respond) and obligation.action.share is not None
    if shared and all(unit.length_m is None for unit in units.rows):
        yield (*at, "action", "share"), "a share of the length needs lengths: name their property in `units.length`"
    elif shared:
        bare = [
            one.id for one in units.rows if one.within(obligation.scope) and not (one.length_m and one.length_m > 0)
        ]
        some = ", ".join(f"`{one}`" for one in dict.fromkeys(bare[:3]))
        if bare:
            yield (
                (*at, "action", "share"),
                f"whatever is done on {some} is no share of it: give each unit a length above 0 ({len(bare)} lack it)",
            )


def _assignments(contract: Contract, units: Units) -> Iterator[Finding]:
    """One responsible party per obligation and unit on any day."""
    known = {party.id for party in contract.contractors}
    for index, one in enumerate(contract.assignments):
        at: Path_ = ("assignments", index)
        if one.contractor not in known:
            yield (*at, "contractor"), f"`{one.contractor}` is no contractor: name one of {', '.join(sorted(known))}"
        for name in one.obligations or ():
            if name not in contract.obligations:
                yield (*at, "obligations"), f"`{name}` is no obligation of this contract"
        for other in contract.assignments[:index]:
            if both := next(filter(None, (_shared(one, other, unit) for unit in units.rows)), None):
                unit, day = both
                yield (
                    at,
                    f"from {day} unit {unit} is given to {one.contractor} and to {other.contractor}: one party answers "
                    "for a unit on a day: end one of them before the other begins, or narrow its `units`",
                )


def _shared(one: Assignment, other: Assignment, unit: Unit) -> tuple[str, date] | None:
    """The unit and the first day on which both assignments give it away, under some obligation."""
    same = one.obligations is None or other.obligations is None or bool({*one.obligations} & {*other.obligations})
    begins = max(one.from_, other.from_, unit.valid_from or date.min)
    ends = min(one.to or date.max, other.to or date.max, unit.valid_to or date.max)
    if not same or begins > ends or not (unit.among(one.units) and unit.among(other.units)):
        return None
    return unit.id, begins


def _amendments(contract: Contract) -> Iterator[Finding]:
    """An amendment reads as an obligation once it is put in place."""
    for index, one in enumerate(contract.amendments):
        at: Path_ = ("amendments", index)
        base = contract.obligations.get(one.obligation)
        if base is None:
            yield (*at, "obligation"), f"`{one.obligation}` is no obligation of this contract"
            continue
        try:
            needs = {*depends_on(amended(base, [one]))} ^ {*depends_on(base)}
            if needs:
                yield (
                    (*at, "change"),
                    f"`{one.obligation}` would be judged from other duties (`{min(needs)}`) than before: "
                    "write an obligation of its own for these",
                )
        except ValidationError as error:
            for item in error.errors():
                word = ".".join(str(part) for part in item["loc"] if part != base.pattern)
                yield (*at, "change"), f"with it `{one.obligation}` reads wrongly: {word}: {item['msg']}"
