"""What a message says, before any language: how many, which, due when, what is missing, who is told next.

Pure: from the ledger's rows and the contract to one frozen `Facts`. Reasons and unit ids come from
elsewhere and are taken for what they are, untrusted text: cleaned in `missing`, escaped where they are shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, auto
from zoneinfo import ZoneInfo

from dutywatch.alert.missing import Missing, clean, missing, source_title
from dutywatch.ledger.answers import Answer
from dutywatch.ledger.messages import Message, Revision, Told
from dutywatch.ledger.verdicts import Level, Standing
from dutywatch.terms import Contract
from dutywatch.terms.patterns import Respond
from dutywatch.terms.words import Words

DELIVER = "deliver:"  # obligations that a source's due time implies
UNREAD = "delivered, but it could not be read"
OPEN, CURED = Standing.OPEN.value, Standing.CURED.value
HANGING = (Standing.UNPROVEN.value, Standing.OVERDUE.value)
RUNNING = (Standing.RUNNING.value, Standing.AT_RISK.value, Standing.SUSPENDED.value)


@dataclass(frozen=True)
class Count:
    """How many duties, and how many a class ('' where a unit has none)."""

    total: int
    by_class: tuple[tuple[str, int], ...]

    @staticmethod
    def of(duties: Iterable[Told]) -> Count:
        """Count duties by class."""
        classes = Counter(clean(duty.unit_class or "") for duty in duties)
        return Count(classes.total(), tuple(sorted(classes.items(), key=lambda item: (not item[0], item[0]))))


@dataclass(frozen=True)
class Because:
    """A reason of the judge, without the evidence that it lists, and for how many duties it holds."""

    text: str
    duties: int


@dataclass(frozen=True)
class Window:
    """The time that a duty is counted over: a civil day, a month (its first day), or one that is named by its end."""

    day: date | None = None
    month: date | None = None


@dataclass(frozen=True)
class Step:
    """A person with an instant: told then, or answered then (`kind`)."""

    name: Words
    at: datetime
    kind: str = ""


class Fate(Enum):
    """What may become of a delivery that was told of."""

    IN_TIME = auto()
    NOT_DUE = auto()
    UNOWED = auto()
    UNCERTAIN = auto()  # it came, and nobody knows when
    CLEARED = auto()  # in breach no longer, as another message says
    LATE = auto()
    UNREAD = auto()
    MISSING = auto()


@dataclass(frozen=True)
class Facts:
    """Everything that a message can say; instants are aware, `zone` is the contract's."""

    level: Level
    contract: str
    contract_title: Words
    title: Words
    called: Words | None  # what the contract calls its units
    day: date | None  # of a delivery; None: the duty is on a unit
    cases: bool  # each duty is about a case, or another record, that started its clock
    record: str | None  # the case, where the message is about one
    window: Window | None  # what it is counted over, where it is no act after a trigger
    zone: ZoneInfo
    year: int | None  # of all the message's dates, which then need not state it
    owed_by: tuple[Words, ...]  # who owes what is missing, of a breach who owes the duty
    count: Count
    told: int
    cleared: int  # of those told before: how many are not what the message says any more
    open: int
    late: int
    lapsed: int  # of those told of, where this message tells of no breach: how many are in breach now
    unread: bool  # a delivery came, and could not be read
    hanging: int  # of those that were breached: how many no evidence decides any more
    running: int  # of those that were breached: how many have a clock that runs again
    again: datetime | None  # when the last of these is due, where that is known
    due: tuple[datetime, datetime] | None
    decided: tuple[datetime, datetime]
    arrived: datetime | None
    because: tuple[Because, ...]
    missing: tuple[Missing, ...]
    counts_until: datetime | None  # what is missing counts until then, and later only if two persons admit it
    listed: tuple[str, ...]  # the units to act on
    others: tuple[str, ...]  # the units that need no act any more
    added: Count  # since the revision that was told last
    added_units: tuple[str, ...]
    elsewhere_open: int  # of the same obligation and trigger
    original: Step | None
    next: Step | None
    answers: tuple[Step, ...]
    unanswered: int  # of those that ask for an act: for how many nobody has answered
    waived: int  # of those: how many somebody waived, which ask for no answer
    history: tuple[Revision, ...]

    @property
    def acting(self) -> int:
        """How many duties ask for an act, and so for an answer."""
        if self.level is Level.BREACHED:
            return self.open
        return self.count.total if self.level in (Level.OVERDUE, Level.UNPROVEN) else 0

    @property
    def answered(self) -> bool:
        """Whether somebody answered for all that asks for an act, and is not waived."""
        return not self.unanswered

    @property
    def fate(self) -> Fate:
        """What became of a delivery."""
        if self.level is Level.WITHDRAWN and self.count.total and not self.hanging:
            return Fate.IN_TIME if self.arrived else Fate.NOT_DUE if self.running else Fate.UNOWED
        if self.level in (Level.WITHDRAWN, Level.UNPROVEN) and self.count.total:
            return Fate.UNCERTAIN
        if self.level is Level.BREACHED and not self.count.total:
            return Fate.CLEARED
        if self.arrived or self.late:
            return Fate.LATE
        return Fate.UNREAD if self.unread else Fate.MISSING


def facts(
    contract: Contract,
    message: Message,
    duties: Sequence[Told],
    history: Sequence[Revision],
    *,
    answers: Sequence[Answer] = (),
    original: Message | None = None,
    unanswered_since: datetime | None = None,
    following: tuple[str, datetime] | None = None,
    elsewhere_open: int = 0,
) -> Facts:
    """The facts of `message`. `following`: whom the next step of its chain tells, and when.

    Of one that escalates an `original`: `unanswered_since`, when that told the first of what is open.
    """
    level = Level(message.level)
    holding = [duty for duty in duties if level.holds(duty.standing)]
    about = holding or list(duties)
    acting = [d for d in holding if d.standing == OPEN] if level is Level.BREACHED else holding
    was_breached = level in (Level.BREACHED, Level.WITHDRAWN)
    hanging = [duty for duty in duties if duty.standing in HANGING] if was_breached else []
    running = [duty for duty in holding if level is Level.WITHDRAWN and duty.standing in RUNNING]
    added = _added(message, duties, history)
    title, day, party = _subject(contract, message)
    cases = message.obligation in singly(contract)
    several = cases and len({duty.trigger for duty in duties}) > 1
    lacking = level in (Level.OVERDUE, Level.UNPROVEN, Level.WITHDRAWN)
    owing = {name for duty in about for name in duty.owed_by.split(", ") if name}
    if not (owing or lacking):
        owing = {duty.party or party for duty in about}
    return Facts(
        level=level,
        contract=message.contract,
        contract_title=contract.title,
        title=title,
        called=contract.units.called,
        day=day,
        cases=cases,
        record=None if several or not cases else _record(duties[0]),
        window=_window(contract, message),
        zone=contract.zone,
        year=_year(contract, message, about, day),
        owed_by=tuple(_party(contract, name) for name in sorted(owing)),
        count=Count.of(holding),
        told=len(duties),
        cleared=len(set(duties) - set(holding) - set(added)),
        open=sum(duty.standing == OPEN for duty in holding),
        late=sum(duty.standing == CURED for duty in holding),
        lapsed=sum(Level.BREACHED.holds(duty.standing) for duty in set(duties) - set(holding)),
        unread=day is not None and any(duty.reason == UNREAD for duty in about),
        hanging=len(hanging),
        running=len(running),
        again=max((duty.due_at for duty in running if duty.due_at), default=None),
        due=_span([duty.due_at for duty in about]),
        decided=_span([duty.decided_at for duty in about]) or (message.opened_at, message.opened_at),
        arrived=min((duty.fulfilled_at for duty in about if duty.fulfilled_at), default=None),
        because=_because(about),
        missing=missing(contract, hanging if was_breached else about),
        counts_until=_counts_until(contract, message.obligation, hanging if was_breached else about),
        listed=_named(acting, several),
        others=_named(set(duties) - set(acting), several),
        added=Count.of(added),
        added_units=_named(added, several),
        elsewhere_open=elsewhere_open,
        original=Step(person(contract, original.person), unanswered_since or original.opened_at) if original else None,
        next=Step(person(contract, following[0]), following[1]) if following else None,
        answers=tuple(Step(person(contract, a.person), a.answered_at, a.kind) for a in answers),
        unanswered=sum(not (duty.answered or duty.waived) for duty in acting),
        waived=sum(duty.waived for duty in acting) if level is Level.BREACHED else 0,
        history=tuple(history),
    )


def person(contract: Contract, name: str) -> Words:
    """The words for a person; the bare name where the contract no longer lists them."""
    known = contract.people.get(name)
    return known.name if known else Words(en=name)


def singly(contract: Contract) -> frozenset[str]:
    """The obligations of which each case, or other record, starts a clock of its own."""
    owed = contract.obligations.items()
    return frozenset(name for name, one in owed if isinstance(one, Respond) and one.trigger.each is not None)


def _named(duties: Iterable[Told], several: bool) -> tuple[str, ...]:
    """The units to go to; of several cases each with the unit that it is about."""
    names = {f"{_record(duty)} ({clean(duty.unit)})" if several else clean(duty.unit) for duty in duties}
    return tuple(sorted(names))


def _party(contract: Contract, name: str) -> Words:
    known = {party.id: party.name for party in (contract.authority, *contract.contractors)}
    return known.get(name) or Words(en=name.replace("-", " "))


def _subject(contract: Contract, message: Message) -> tuple[Words, date | None, str]:
    """What the duty is about: its title, the service date of a delivery, the party that owes it."""
    if message.obligation.startswith(DELIVER):  # its trigger is the service date
        name = message.obligation.removeprefix(DELIVER)
        source = contract.sources.get(name)
        return source_title(contract, name), date.fromisoformat(message.trigger), source.run_by if source else name
    obligation = contract.obligations.get(message.obligation)
    if obligation is None:  # struck from the contract since
        return Words(en=message.obligation), None, contract.contractors[0].id
    return obligation.title, None, obligation.party


def _record(duty: Told) -> str:
    return clean(duty.trigger.partition("@")[0])  # an event's key says when it was, too


def _window(contract: Contract, message: Message) -> Window | None:
    owed = contract.obligations.get(message.obligation)
    if owed is None or isinstance(owed, Respond):
        return None
    try:
        if len(message.trigger) == len("2023-12"):
            return Window(month=date.fromisoformat(f"{message.trigger}-01"))
        return Window(day=date.fromisoformat(message.trigger) if len(message.trigger) == len("2023-12-05") else None)
    except ValueError:
        return Window()


def _year(contract: Contract, message: Message, about: Sequence[Told], day: date | None) -> int | None:
    """The one year of all that the message dates, by the contract's clock; None where they lie in several."""
    instants = [
        message.opened_at,
        *(at for one in about for at in (one.due_at, one.decided_at, one.fulfilled_at) if at),
    ]
    years = {at.astimezone(contract.zone).year for at in instants} | ({day.year} if day else set())
    return years.pop() if len(years) == 1 else None


def _span(instants: Iterable[datetime | None]) -> tuple[datetime, datetime] | None:
    known = sorted(instant for instant in instants if instant)
    return (known[0], known[-1]) if known else None


def _counts_until(contract: Contract, obligation: str, duties: Sequence[Told]) -> datetime | None:
    """When evidence comes too late for the first of them; None where it never does, or an amendment says when."""
    owed = contract.obligations.get(obligation)
    amended = any(one.obligation == obligation and "proof_until" in one.change for one in contract.amendments)
    if owed is None or owed.proof_until is None or amended:
        return None
    return min((duty.due_at + owed.proof_until for duty in duties if duty.due_at), default=None)


def _because(duties: Sequence[Told]) -> tuple[Because, ...]:
    found = Counter(clean(duty.reason.partition("; done late")[0].partition(": ")[0]) for duty in duties)
    return tuple(Because(text, n) for text, n in sorted(found.items(), key=lambda item: (-item[1], item[0])))


def _added(message: Message, duties: Sequence[Told], history: Sequence[Revision]) -> list[Told]:
    """The duties of revisions not told yet; of another message that this one speaks for, those told since.

    Not those that were told of before, and which another party owes by now.
    """
    known = next((state.at for state in history if state.revision == message.told), None)
    if known is None:
        return list(duties)
    since = (d for d in duties if (d.told_in > message.told if d.message == message.id else d.told_at > known))
    return [duty for duty in since if not duty.again]
