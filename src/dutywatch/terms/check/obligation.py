"""Rules that tie an obligation to the streams, calendars, units and obligations that it names."""

from __future__ import annotations

from collections.abc import Iterator

from dutywatch.terms.check.finding import Finding
from dutywatch.terms.contract import Contract
from dutywatch.terms.document import Path_
from dutywatch.terms.obligation import Action, Rung
from dutywatch.terms.patterns import Attain, Items, Keep, Obligation, Recur, Respond, depends_on, owed_per
from dutywatch.terms.predicate import Predicate
from dutywatch.terms.trigger import Observed, Trigger
from dutywatch.terms.units import Units

Asked = Observed | Action | Items | Trigger


def check_obligation(contract: Contract, units: Units, name: str, obligation: Obligation) -> Iterator[Finding]:
    """Yield (path, message) for every rule that the obligation breaks."""
    at: Path_ = ("obligations", name)
    yield from check_party(contract, obligation, at)
    for word, asked in parts(obligation):
        kinds = asked.kinds if isinstance(asked, Action) else asked.kind
        yield from _prefixed((*at, *word), _stream(contract, asked.stream or "", kinds or ()))
        yield from _prefixed((*at, *word), _columns(contract, asked.stream or "", asked.where))
    yield from _prefixed(at, _calendars(contract, obligation))
    if isinstance(obligation, Respond):
        yield from _measure(contract, at, obligation)
        yield from _times(contract, at, obligation)
        yield from _prefixed((*at, "trigger", "stream"), _tellers(contract, obligation.trigger))
        yield from _other(contract, (*at, "trigger", "breach"), name, obligation.trigger.breach)
    if isinstance(obligation, Attain):
        yield from _other(contract, (*at, "items", "duties"), name, obligation.items.duties)
        yield from _prefixed(at, _attained(contract, obligation))
        for rate in obligation.items.rates or ():
            place: Path_ = (*at, "items", "rates", rate)
            yield from list(_other(contract, place, name, rate)) or _prefixed(
                place, check_rate(rate, contract.obligations[rate], obligation)
            )
    if isinstance(obligation, Keep) and obligation.level.value:
        yield from _prefixed(at, _has(contract, obligation.level.stream, obligation.level.value, ("level", "value")))
    yield from _scope(units, at, obligation)


def check_party(contract: Contract, obligation: Obligation, at: Path_) -> Iterator[Finding]:
    """Yield a finding where no party of the contract owes it; `at`: where its words stand."""
    parties = {contract.authority.id, *(party.id for party in contract.contractors)}
    if obligation.party not in parties:
        yield (*at, "party"), f"`{obligation.party}` is no party: name one of {', '.join(sorted(parties))}"


def _prefixed(at: Path_, found: Iterator[Finding]) -> Iterator[Finding]:
    return (((*at, *where), message) for where, message in found)


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


def _stream(contract: Contract, stream: str, kinds: tuple[str, ...]) -> Iterator[Finding]:
    sources = [contract.sources[source] for source in contract.sources_of(stream)]
    if not sources:
        yield ("stream",), f"no source feeds the stream `{stream}`: add one under `sources`"
        return
    stated = [source.kinds_in(stream) for source in sources]
    known = {kind for one in stated for kind in one or ()}
    if None not in stated:
        for kind in sorted(set(kinds) - known):
            yield ("kind",), f"no source gives the kind `{kind}`: their `values` know {', '.join(sorted(known))}"


def _tellers(contract: Contract, trigger: Trigger) -> Iterator[Finding]:
    """Of a record the row that came last speaks: no contractor's may speak over another's (docs/decisions/0071)."""
    if trigger.shape != "record":
        return
    firms = {party.id for party in contract.contractors}
    sources = {name: contract.sources[name].run_by for name in contract.sources_of(trigger.stream or "")}
    own = next((name for name, party in sources.items() if party in firms), None)
    other = next((name for name, party in sources.items() if party not in firms), None)
    if own and other:
        yield (
            (),
            f"of a record the row received last speaks, so that `{own}`, run by {sources[own]}, would rewrite what "
            f"`{other}` says of when a case came and when it is due: give each a stream of its own",
        )


def _columns(contract: Contract, stream: str, where: Predicate | None) -> Iterator[Finding]:
    for column in sorted(where.columns) if where else ():
        yield from _has(contract, stream, column, ("where",))


def _has(contract: Contract, stream: str, column: str, at: Path_) -> Iterator[Finding]:
    """A column that none of the stream's sources has can never be read."""
    sources = [contract.sources[source] for source in contract.sources_of(stream)]
    if sources and not any(column in source.columns_in(stream) for source in sources):
        known = sorted({name for source in sources for name in source.columns_in(stream)})
        yield at, f"no source of `{stream}` has a column `{column}`: they have {', '.join(known)}"


def _calendars(contract: Contract, obligation: Obligation) -> Iterator[Finding]:
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


def _attained(contract: Contract, obligation: Attain) -> Iterator[Finding]:
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


def check_rate(name: str, rate: Obligation, score: Attain) -> Iterator[Finding]:
    """A score weighs shares that are measured over its own windows, of what is good."""
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
