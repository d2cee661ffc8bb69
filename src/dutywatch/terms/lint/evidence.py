"""Evidence that cannot settle a duty: none comes, it is never complete, nobody owes it, or it is too coarse."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from dutywatch.clock import Days
from dutywatch.terms.check import parts
from dutywatch.terms.document import Path_
from dutywatch.terms.lint.finding import Remark, listed, obligations
from dutywatch.terms.obligation import Action, Refutation, Rung
from dutywatch.terms.patterns import Attain, Items, Keep, Level, Obligation, Recur, Respond
from dutywatch.terms.source import Source
from dutywatch.terms.terms import Terms
from dutywatch.terms.trigger import Observed, Trigger

_Part = Observed | Action | Items | Trigger


def no_source(terms: Terms) -> Iterator[Remark]:
    """No source states what the clause needs of an event, so that none can ever count."""
    contract = terms.contract
    for path, obligation in obligations(terms):
        for where, part in parts(obligation):
            sources = contract.sources_of(part.stream or "")
            needed = _needed(obligation, part)
            lacking = {
                name: sorted(needed - set(contract.sources[name].columns_in(part.stream or ""))) for name in sources
            }
            if not all(lacking.values()):
                continue
            said = "; ".join(f"`{name}` lacks {listed(columns)}" for name, columns in lacking.items())
            yield Remark(
                (*path, *where),
                f"No source of `{part.stream}` states all that this asks for: {said}. {_consequence(part, where)}",
                "Map the column under `columns` of the source, agree with whoever keeps the log that it states it, or "
                "ask for what it does state.",
            )


def _needed(obligation: Obligation, part: _Part) -> set[str]:
    """The columns without which no event can be what `part` asks for."""
    kinds = part.kinds if isinstance(part, Action) else part.kind
    needed = {"kind"} if kinds is not None else set()
    if isinstance(part, Action):
        needed |= {part.at, *part.match}
    elif isinstance(part, Items):
        needed.add(part.at)
    elif isinstance(part, Refutation):
        needed |= {"unit", "actor"} if part.quorum else {"unit"}
    elif isinstance(part, Trigger):
        needed |= {"unit", "actor"} if part.shape == "quorum" else set()
    elif isinstance(part, Level):
        needed |= {column for column in (part.value, part.count, "until" if part.open else None) if column}
    if isinstance(obligation, Attain | Keep) and isinstance(part, Items | Level) and obligation.per == "unit":
        needed.add("unit")
    return needed


def _consequence(part: _Part, where: Path_) -> str:
    if isinstance(part, Trigger):
        return "No clock ever starts, and nothing is ever owed."
    if where[-1] == "refuted_by":
        return "Nothing ever refutes the debtor's word."
    if where[-1] == "suspended_by":
        return "No clock ever pauses."
    return "Nothing ever fulfils it." if isinstance(part, Action) else "Nothing is ever counted or measured."


def never_complete(terms: Terms) -> Iterator[Remark]:
    """The evidence can never be complete, so that who does nothing is never in breach."""
    contract = terms.contract
    for path, obligation in obligations(terms):
        for where, part in parts(obligation):
            if not _needs_all(obligation, part):
                continue
            for name in contract.sources_of(part.stream or ""):
                source = contract.sources[name]
                reason = _incomplete(name, source, obligation)
                if reason is not None:
                    yield Remark(
                        (*path, *where),
                        f"{reason} {_left_open(obligation, part, source)}",
                        "Agree on one file a day that is complete, `{service_date}` in its `path` and `due` on the "
                        "next day, or on a feed that shows all events, `polls: {max_lag: PT15M, shows: all}`.",
                    )
                elif isinstance(part, Action) and _reaches_back_for_ever(obligation):
                    yield Remark(
                        (*path, "clock"),
                        f"Acts of any time before the clock's start count, and `{name}` does not reach back to the "
                        "beginning of time. Where nothing was ever done, the duty ends unproven, not breached.",
                        "State how long before its start an act still counts, such as `early: P1D`, or `early: PT0S`.",
                    )


def _reaches_back_for_ever(obligation: Obligation) -> bool:
    """Whether acts of any time count; a record tells its own end, and of that since it began (docs/decisions/0081)."""
    return isinstance(obligation, Respond) and obligation.clock.early == "any" and not obligation.of_its_record


def _left_open(obligation: Obligation, part: _Part, source: Source) -> str:
    """What follows for the duty from a record that has always a gap."""
    if isinstance(part, Trigger):
        return "The end of the trigger is never proven, so that the clock never runs."
    if source.dated and obligation.silence == "breached" and source.run_by == obligation.party:
        return (
            "Who works after that hour and delivers as agreed is in breach all the same, for a silence that the "
            "contract itself prescribes."
        )
    return "What was left undone is never proven so: the duty ends unproven, not breached."


def _needs_all(obligation: Obligation, part: _Part) -> bool:
    """Whether the absence of such events proves something."""
    if isinstance(part, Trigger):  # a period or a clock that runs from its end needs the proof that it ended
        return not isinstance(obligation, Respond) or obligation.clock.from_ == "trigger.end"
    if isinstance(obligation, Attain) and obligation.min_coverage == 0:
        return False
    return isinstance(part, Action | Items | Level)


def _incomplete(name: str, source: Source, obligation: Obligation) -> str | None:
    """Why the source's record has always a gap; None where it can be complete."""
    if source.polls is not None:
        counts = isinstance(obligation, Attain | Keep) or (isinstance(obligation, Recur) and obligation.times != 1)
        if source.polls.shows == "last" and counts:
            return f"`{name}` shows only the last event of each unit: what came before it is not counted."
        return None
    if source.covers:
        return None
    if not source.dated:
        return f"`{name}` promises no complete record: its `path` states no day, and it is not polled."
    due = source.delivery_due
    if due is not None and due.days_after == 0:
        return f"`{name}` is due at {due.at:%H:%M} of the day that it speaks about: the rest of every day is missing."
    return None


def unknown_reach(terms: Terms) -> Iterator[Remark]:
    """Nobody says how far back a poll shows, so that all between two polls passes for shown, however far apart.

    A service that a connector asks is asked for all since the poll before.
    """
    for name, source in terms.contract.sources.items():
        if source.polls is not None and source.polls.shows == "all" and not source.asks and source.polls.back is None:
            yield Remark(
                ("sources", name, "polls"),
                f"`{name}` shows all, but nobody says how far back: after a week without a poll, the next one passes "
                "for a proof of the whole week. Who worked in it is in breach, where what was done is shown no longer.",
                "Ask who runs it how long it shows an event, and write it down, `back: P7D`.",
            )


def not_owed(terms: Terms) -> Iterator[Remark]:
    """Days of evidence that nobody owes."""
    contract = terms.contract
    used = {part.stream for _, obligation in obligations(terms) for _, part in parts(obligation)}
    for name, source in contract.sources.items():
        path: Path_ = ("sources", name)
        if source.stream not in used or not source.dated:
            continue
        if source.due is None and not source.monthly:  # of a month's file no due time can be written yet
            yield Remark(
                path,
                f"No delivery of `{name}` is ever due: when a day's file does not come, nobody is told, and "
                f"`{source.run_by}` has broken nothing.",
                'Say when a day\'s file is due, such as `due: "06:00 next day"`.',
            )
        elif source.from_ is not None and source.from_ > contract.term.from_:
            days = (source.from_ - contract.term.from_).days
            yield Remark(
                (*path, "from"),
                f"The term begins on {contract.term.from_}, and no delivery of `{name}` is owed before {source.from_}: "
                f"duties of the first {days} days have no evidence that anybody owes.",
                "Let the log begin with the term, or let the obligations begin with the log.",
            )


def too_coarse(terms: Terms) -> Iterator[Remark]:
    """A source tells apart less than a threshold or an allowance asks for."""
    for path, obligation in obligations(terms):
        yield from _thresholds(terms, path, obligation)
        yield from _times(terms, path, obligation)


def _thresholds(terms: Terms, path: Path_, obligation: Obligation) -> Iterator[Remark]:
    stream, column, found = _compared(obligation)
    for name in terms.contract.sources_of(stream or ""):
        step = terms.contract.sources[name].resolution.get(column or "")
        if not isinstance(step, float):
            continue
        for where, threshold in found:
            if abs(threshold / step - round(threshold / step)) > 1e-9:
                yield Remark(
                    (*path, *where),
                    f"`{name}` states `{column}` in steps of {step:g}, and the threshold {threshold:g} lies between "
                    "two of them: whether it was reached depends on how somebody rounded.",
                    f"Put the threshold on a step, {_steps(threshold, step)}, or agree on a finer measurement.",
                )


def _compared(obligation: Obligation) -> tuple[str | None, str | None, list[tuple[Path_, float]]]:
    """The stream and the column that are compared, and with which thresholds, where they stand."""
    if isinstance(obligation, Respond):
        trigger = obligation.trigger
        found: list[tuple[Path_, float | None]] = [(("trigger", "at_least"), trigger.at_least)]
        found.append((("trigger", "above"), trigger.above))
        rungs = [one for one in obligation.within if isinstance(one, Rung)]
        found += [(("within", index, "at_least"), rung.at_least) for index, rung in enumerate(rungs)]
        stream, column = trigger.stream, trigger.measure
    elif isinstance(obligation, Attain | Keep):
        found = [(("at_least",), obligation.at_least), (("at_most",), obligation.at_most)]
        if isinstance(obligation, Keep):
            stream, column = obligation.level.stream, obligation.level.value
        else:
            stream = obligation.items.stream
            column = obligation.percentile.of if obligation.percentile else None
    else:
        return None, None, []
    return stream, column, [(where, value) for where, value in found if value is not None]


def _steps(threshold: float, step: float) -> str:
    """The steps around a threshold, in words; zero is no threshold."""
    below = threshold // step * step
    return f"{below:g} or {below + step:g}" if below > 0 else f"such as {below + step:g}"


def _times(terms: Terms, path: Path_, obligation: Obligation) -> Iterator[Remark]:
    for where, stream, least, what, follows in _spans(obligation):
        for name in terms.contract.sources_of(stream or ""):
            step = _step(terms.contract.sources[name])
            if step and least <= step:
                yield Remark(
                    (*path, *where),
                    f"`{name}` tells times apart by {_said(step)}, and {what} is {_said(least)}: {follows}.",
                    "Agree that the log states times more finely, or on a longer time.",
                )


_UNKNOWN = "whether it was kept cannot be told"


def _spans(obligation: Obligation) -> Iterator[tuple[Path_, str | None, timedelta, str, str]]:
    """The times that must be told apart: where they stand, in which stream, how long, what they are, what follows."""
    if isinstance(obligation, Respond):
        rungs = [rung for rung in obligation.within if isinstance(rung, Rung)]
        counted = [rung.allow for rung in rungs if rung.days in (None, Days.ELAPSED)]
        for stream in dict.fromkeys([obligation.action.stream, obligation.trigger.stream]) if counted else ():
            yield ("within",), stream, min(counted), "the shortest allowance", _UNKNOWN
        if (pause := obligation.trigger.merge_gap) is not None:
            follows = "each of its observations is an event of its own, with a clock of its own"
            yield ("trigger", "merge_gap"), obligation.trigger.stream, pause, "the `merge_gap`", follows
    elif isinstance(obligation, Recur) and obligation.max_gap is not None:
        yield ("max_gap",), obligation.action.stream, obligation.max_gap, "the longest gap allowed", _UNKNOWN
    elif isinstance(obligation, Keep):
        yield ("slot",), obligation.level.stream, obligation.slot, "the slot", _UNKNOWN


def _step(source: Source) -> timedelta | None:
    """The least difference between two times that the source tells apart; None where nothing says so."""
    stated = source.resolution.get("at")
    if isinstance(stated, timedelta):
        return stated
    written = source.time.format
    if written == "iso" or "%S" in written:
        return None
    if "%M" in written:
        return timedelta(minutes=1)
    return timedelta(hours=1) if "%H" in written or "%I" in written else timedelta(days=1)


def _said(span: timedelta) -> str:
    for unit, seconds in (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1)):
        if span.total_seconds() >= seconds:
            count = span.total_seconds() / seconds
            return f"{count:g} {unit}" + ("" if count == 1 else "s")
    return f"{span.total_seconds():g} seconds"
