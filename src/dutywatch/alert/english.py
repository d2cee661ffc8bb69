"""What a message says in English. Its sibling `chinese` has the same functions and the same order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from dutywatch.alert.facts import Count, Facts, Fate
from dutywatch.alert.missing import Missing
from dutywatch.ledger.verdicts import Level
from dutywatch.terms.words import Words

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_SHOWN, _REASONS = 10, 3
ACKNOWLEDGE, UNITS, CASES, OTHERS = "To acknowledge", "Units", "Cases", "Others"
HISTORY, TO = "History", "To"


def said(words: Words) -> str:
    """A name of the contract in this language."""
    return words.en


_FATES = {
    Fate.IN_TIME: "arrived in time",
    Fate.NOT_DUE: "not due yet",
    Fate.UNOWED: "no longer owed",
    Fate.UNCERTAIN: "arrived, nobody knows when",
    Fate.CLEARED: "no longer in breach",
    Fate.LATE: "arrived late",
    Fate.UNREAD: "cannot be read",
    Fate.MISSING: "not arrived",
}


def title(f: Facts) -> str:
    """The headline."""
    said = f"Escalated to you: {_headline(f)}" if f.original else _headline(f)
    return said[0].upper() + said[1:]


def _headline(f: Facts) -> str:
    if f.day:
        return f"{_FATES[f.fate]}: {_name(f.title)} of {_date(f, f.day)}"
    if not f.count.total:
        word = "breached since" if f.lapsed else "no longer proven" if f.hanging else "settled"
        return f"{word}: {f.title.en} ({_subject(f, f.told)})"
    if f.level is Level.OVERDUE and (f.cases or f.window):
        return f"no proof yet: {f.title.en} ({_subject(f, f.count.total)}){_log_due(f)}"
    if f.level is Level.OVERDUE:
        return f"deadline passed: {_of_class(f)} without proof{_log_due(f)}"
    word = {
        Level.BREACHED: "breached" if f.open else f"breached, {'' if f.record else 'all '}done since",
        Level.CURED: "done late",
        Level.WITHDRAWN: "breach no longer proven" if f.hanging == f.count.total else "breach withdrawn",
        Level.UNPROVEN: "cannot be proven",
    }[f.level]
    return f"{word}: {f.title.en} ({_subject(f, f.count.total)})"


def lines(f: Facts) -> Iterator[str]:
    """The sentences, one a line."""
    if f.original:
        yet = "" if f.answers else "; nobody has answered"
        yield f"{f.original.name.en} was told on {_when(f, f.original.at)}{yet}."
    yield from _delivery(f) if f.day else _duties(f)
    if f.waived:
        which = "This is waived" if f.waived == f.acting == 1 else f"Waived: {f.waived} of these"
        yield f"{which}, which changes what the breach costs and not what it is: nobody needs to answer for that."
    for step in f.answers:
        yield f"{step.name.en} {step.kind} this on {_when(f, step.at)}."
    if f.answers and f.acting and not f.answered:
        which = f"{f.unanswered} of these" if f.unanswered < f.acting else "this as it stands now"
        yield f"Nobody has answered yet for {which}."
    if f.next:
        yield f"If nobody answers: {f.next.name.en} is told on {_when(f, f.next.at)}."


def change(f: Facts) -> str:
    """What the latest revision added, for those who read the earlier one."""
    if f.day or not f.added.total:
        return f"Updated: {title(f)}."
    now = f"{f.count.total} in all" + (f", {f.open} still open" if f.level is Level.BREACHED else "")
    return f"Updated: {_units(f, f.added.total)} more{_classes(f.added)}: {_list(f.added_units)}. Now {now}."


def revision(f: Facts, at: datetime, duties: int, first: bool) -> str:
    """One line of the history."""
    single = f.day or f.record or not duties or (f.window and duties == 1)
    return _when(f, at) if single else f"{_when(f, at)}: {_units(f, duties)}{'' if first else ' more'}"


def _delivery(f: Facts) -> Iterator[str]:
    assert f.day  # noqa: S101 - `lines` asks for deliveries only
    name = f"{_name(f.title)} of {_date(f, f.day)}"
    due = f" (due {_when(f, f.due[1])})" if f.due else ""
    arrived = f" on {_when(f, f.arrived)}" if f.arrived else ", too late"
    said = {
        Fate.IN_TIME: f"arrived{arrived}{due}, which was in time.",
        Fate.NOT_DUE: f"is not due yet{due}.",
        Fate.UNOWED: "is not owed: the contract does not ask for it.",
        Fate.UNCERTAIN: f"is here, but it is not certain when it arrived{due}.",
        Fate.CLEARED: f"is in breach no longer{due}{'' if f.original else ': another message says why'}.",
        Fate.LATE: f"arrived{arrived}{due}.",
        Fate.UNREAD: f"arrived, but it could not be read{due}.",
        Fate.MISSING: f"has not arrived{due}.",
    }
    yield f"{name[0].upper()}{name[1:]} {said[f.fate]}"
    if f.fate in (Fate.IN_TIME, Fate.NOT_DUE, Fate.UNOWED):
        yield "Please hold nobody to account for this any more."
    elif f.fate is Fate.LATE:
        yield "Nothing is left to do. That it came late stays on the record."
    elif f.fate is Fate.UNREAD:
        yield f"Owed by {_owed(f)}. Please ask for it anew: until it can be read, what it reports cannot be judged."
    elif f.fate is Fate.MISSING:
        yield f"Owed by {_owed(f)}. Please ask for it: until it is here, what it reports cannot be judged."


def _duties(f: Facts) -> Iterator[str]:
    if f.lapsed and not f.count.total:
        some = f"{f.lapsed} {'is' if f.lapsed == 1 else 'are'} in breach since"
        yield f"Of the {_units(f, f.told)} that this message named {some}: another message says why."
        return
    if not f.count.total:
        what = "is breached any more" if f.hanging or f.level is Level.BREACHED else "needs anything any more"
        what += f"; of {f.hanging} nothing is decided" if f.hanging else ""
        yield f"None of the {_units(f, f.told)} that this message named {what}."
        return
    if f.window:
        yield from _over_a_window(f)
        return
    yield from {
        Level.OVERDUE: _overdue,
        Level.BREACHED: _breached,
        Level.CURED: _cured,
        Level.WITHDRAWN: _withdrawn,
        Level.UNPROVEN: _unproven,
    }[f.level](f)


def _over_a_window(f: Facts) -> Iterator[str]:
    """What is counted over a time cannot be done later: there is nothing to see to but the reason."""
    when, after = _during(f), "." if f.answered else ", and acknowledge this message."
    if f.level is Level.OVERDUE:
        yield f"There is no proof yet that this was kept {when}."
        yield from _missing(f, "Awaited")
    elif f.level is Level.UNPROVEN:
        yield f"Whether this was kept {when} cannot be decided: {_because(f)}."
        yield from _missing(f, "Missing")
    elif f.level is Level.WITHDRAWN:
        yield f"The breach {when} is withdrawn. Why: {_because(f)}."
        yield from _missing(f, "It hangs on")
    else:
        yield f"This was not kept {when}. Decided on {_when(f, f.decided[1])}."
        yield f"Why: {_because(f)}. Owed by {_owed(f)}."
    yield from _named(f)
    yield {
        Level.OVERDUE: "Please ask for the proof.",
        Level.UNPROVEN: "Please get what is missing. Missing proof is no pass, and no breach.",
        Level.WITHDRAWN: _hanging(f) if f.hanging else "Please hold nobody to account for this any more.",
    }.get(f.level, f"Please {'decide what follows' if f.original else 'find out why'}{after}")


def _overdue(f: Facts) -> Iterator[str]:
    yield f"{_were_due(f)}. There is no proof yet that {_it(f)} done."
    yield from _missing(f, "Awaited")
    yield from _named(f)
    yield "Please ask for the proof, or send somebody to look."


def _breached(f: Facts) -> Iterator[str]:
    verb = "was" if f.count.total == 1 else "were"
    yield f"{_were_due(f)} and {verb} not done in time. Decided on {_when(f, f.decided[1])}."
    if f.late:
        rest = f"Done since, too late: {f.late}. Still open: {f.open}."
        yield "It has been done since, too late." if f.record else rest
    if f.cleared:
        yield f"No longer breached: {f.cleared} that this message named before."
    yield f"Why: {_because(f)}. Owed by {_owed(f)}."
    yield from _named(f)
    if not f.open:
        yield "Nothing is left to do. The breach stays on the record."
        return
    which = "this is" if f.record else "the open ones are"
    act = (
        f"decide who sees to {'it' if f.record else 'the open ones'}" if f.original else f"see to it that {which} done"
    )
    yield f"Please {act}{'' if f.answered else ', and acknowledge this message'}."


def _cured(f: Facts) -> Iterator[str]:
    yield f"{_were_due(f)} and {'has' if f.count.total == 1 else 'have'} now been done, too late."
    yield from _named(f)
    rest = f"Still open here: {f.elsewhere_open}." if f.elsewhere_open else "Nothing is open here any more."
    yield f"{rest} The breach stays on the record."


def _withdrawn(f: Facts) -> Iterator[str]:
    verb = "is" if f.count.total == 1 else "are"
    yield f"{f.record or _units(f, f.count.total) + _classes(f.count)} {verb} no longer breached."
    yield f"Why: {_because(f)}."
    yield from _missing(f, "It hangs on")
    yield from _named(f)
    if f.hanging:
        yield _hanging(f)
    if f.running:
        some = f"{f.running} must" if f.running < f.count.total else "It must" if f.count.total == 1 else "They must"
        yield f"{some} still be done" + (f", by {_when(f, f.again)}." if f.again else ": until when is not known yet.")
    if f.hanging < f.count.total:
        these = f"the other {f.count.total - f.hanging}" if f.hanging else "that breach" if f.running else "these"
        yield f"Please hold nobody to account for {these} any more."


def _hanging(f: Facts) -> str:
    """What was breached and is undecided: it is no acquittal, somebody owes what decides it."""
    what = "what is missing, in a form that can be read" if f.missing else "what decides it"
    until = f"it was breached until {_when(f, f.decided[1])}"
    return f"Please ask for {what}. Until it is here this is no breach and no pass: {until}."


def _unproven(f: Facts) -> Iterator[str]:
    yield f"{_were_due(f)}. Whether {_it(f)} done cannot be decided: {_because(f)}."
    yield from _missing(f, "Missing")
    yield from _named(f)
    yield "Please get what is missing, or send somebody to look. Missing proof is no pass, and no breach."


def _were_due(f: Facts) -> str:
    verb = "was" if f.count.total == 1 else "were"
    head = f"{f.record or _units(f, f.count.total) + _classes(f.count)} {verb}"
    if not f.due:
        return f"{head} due"
    first, last = _when(f, f.due[0]), _when(f, f.due[1])
    return f"{head} due by {last}" if first == last else f"{head} due between {first} and {last}"


def _subject(f: Facts, count: int) -> str:
    """What a headline is about: a record, a window, or so many units."""
    if f.window:
        return _during(f).removeprefix("on ").removeprefix("in ") + (f", {_units(f, count)}" if count > 1 else "")
    return f.record or _units(f, count)


def _during(f: Facts) -> str:
    assert f.window  # noqa: S101 - asked by the caller
    if f.window.day:
        return f"on {_date(f, f.window.day)}"
    if f.window.month:
        return f"in {_MONTHS[f.window.month.month - 1]} {f.window.month.year}"
    if not f.due:
        return "in the time that has passed"
    return f"in the time that {'ends' if f.due[1] > f.decided[1] else 'ended'} on {_when(f, f.due[1])}"


def _it(f: Facts) -> str:
    return "it was" if f.count.total == 1 else "they were"


def _missing(f: Facts, word: str) -> Iterator[str]:
    if f.missing:
        items = [_item(f, one) for one in f.missing[:3]]
        more = [f"{len(f.missing) - 3} more"] if len(f.missing) > 3 else []
        yield f"{word}: {'; '.join(items + more)}." + (f" Owed by {_owed(f)}." if f.owed_by else "")
    if f.missing and f.counts_until:
        yield f"What arrives after {_when(f, f.counts_until)} counts only if two persons admit it."


def _item(f: Facts, one: Missing) -> str:
    name = one.text
    if one.title and one.day:
        name = f"{_name(one.title)} of {_date(f, one.day)}"
    elif one.title:
        name = f"unreadable rows of {one.text}"
    due = f" (due {_when(f, one.due)})" if one.due else ""
    return f"{name}{due}" + (f", for {one.duties}" if one.duties < f.count.total else "")


def _log_due(f: Facts) -> str:
    """For a headline: which log is awaited until when, where it is one."""
    logs = [one for one in f.missing if one.title and one.day and one.due]
    return (
        f"; {logs[0].title.en} due {_when(f, logs[0].due)}" if len(logs) == 1 and logs[0].title and logs[0].due else ""
    )


def _because(f: Facts) -> str:
    if len(f.because) == 1:
        return f.because[0].text
    shown = [f"{one.text} ({one.duties})" for one in f.because[:_REASONS]]
    rest = sum(one.duties for one in f.because[_REASONS:])
    return "; ".join([*shown, f"other reasons ({rest})"] if rest else shown)


def _named(f: Facts) -> Iterator[str]:
    if f.listed:
        yield f"{CASES if f.cases and not f.record else UNITS}: {_list(f.listed)}."


def _list(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _units(f: Facts, count: int) -> str:
    many = "cases" if f.cases else f.called.en if f.called else "units"
    return f"{count} {many.removesuffix('s') if count == 1 else many}"


def _of_class(f: Facts) -> str:
    """For a headline: "25 class A streets"."""
    classes = [name for name, _ in f.count.by_class]
    units = _units(f, f.count.total)
    return units.replace(" ", f" class {classes[0]} ", 1) if len(classes) == 1 and classes[0] else units


def _classes(count: Count) -> str:
    if [name for name, _ in count.by_class] == [""]:
        return ""
    if len(count.by_class) == 1:
        return f" (class {count.by_class[0][0]})"
    parts = [f"{n} {'class ' + name if name else 'of no class'}" for name, n in count.by_class]
    return f" ({', '.join(parts)})"


def _owed(f: Facts) -> str:
    return " and ".join(_article(name.en) for name in f.owed_by)


def _name(words: Words) -> str:
    return words.en if words.en.lower().startswith(("the ", "a ")) else f"the {words.en}"


def _article(name: str) -> str:
    return name.replace("The ", "the ", 1) if name.startswith("The ") else name


def _when(f: Facts, at: datetime) -> str:
    local = at.astimezone(f.zone)
    return f"{_date(f, local)} {local:%H:%M}"


def _date(f: Facts, day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]}" + (f" {day.year}" if day.year != f.year else "")
