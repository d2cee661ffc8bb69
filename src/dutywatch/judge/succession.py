"""What becomes of a duty that nothing produces any more: why it is void, and how far away its successor may lie."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from dutywatch.judge import running, triggers
from dutywatch.judge.case import Case
from dutywatch.judge.duties import Clock
from dutywatch.judge.sheets import Crossed
from dutywatch.terms.contract import Contract
from dutywatch.terms.trigger import Trigger


def started_by(words: Any) -> Trigger | None:
    """What starts the clocks of an obligation in these words, or lasts as long as its windows; None: the calendar."""
    word = getattr(words, "period", getattr(words, "window", None))
    found: Trigger | None = word.while_ if word is not None else getattr(words, "trigger", None)
    return found


def reach(contract: Contract, name: str) -> timedelta:
    """How far apart the triggers of a void duty and of its successor may lie: as far as observations of one trigger.

    A breach that starts a clock moves with the trigger of the duty that is breached. Slices share some of their time.
    """
    words = contract.obligations[name]
    window = getattr(words, "window", None)
    if getattr(window, "slice", None):
        return -timedelta(microseconds=1)
    trigger = started_by(words)
    if trigger is None:
        return timedelta()
    return reach(contract, trigger.breach) if trigger.breach is not None else trigger.pause or timedelta()


def crossed(
    cases: Sequence[Case[Any]], found: Sequence[tuple[Case[Any], Clock]], breaches: running.Breaches
) -> Crossed:
    """The triggers that there are, whether or not they start a clock (docs/decisions/0078).

    Those of `found` start one. A street that left, or that is in scope no more, has none, though its trigger stands.
    """
    return {(clock.trigger, clock.unit) for _, clock in found}.union(*(_told_of(case, breaches) for case in cases))


def _told_of(case: Case[Any], breaches: running.Breaches) -> Iterator[tuple[str, str | None]]:
    trigger = started_by(case.obligation)
    if trigger is None:
        return
    if trigger.breach is not None:
        yield from ((f"{one.obligation}~{one.trigger}", one.unit) for one in breaches)
    else:
        yield from ((one.key, one.unit) for one in triggers.triggers(case.evidence, trigger))
