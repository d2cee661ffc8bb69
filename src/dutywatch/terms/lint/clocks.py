"""Clocks that start too late for work done in time, or that can be put off too long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from dutywatch.terms.lint.finding import Remark, obligations
from dutywatch.terms.patterns import Respond
from dutywatch.terms.terms import Terms

# a statement covers a month: what is put off longer is missing from the statement of the month in which it was owed
LONGEST_CHAIN = timedelta(days=31)


def no_early(terms: Terms) -> Iterator[Remark]:
    """A clock from the end of an event does not count work done while it lasts."""
    for path, obligation in obligations(terms):
        if not isinstance(obligation, Respond) or obligation.trigger.shape != "episode":
            continue
        if obligation.clock.from_ == "trigger.end" and obligation.clock.early == timedelta():
            yield Remark(
                (*path, "clock"),
                "The clock runs from the end of the event, and with `early` zero no act before that instant counts: "
                "who works through the storm and finishes as it ends has done nothing.",
                "Say how long before the end an act still counts, such as `early: PT6H`.",
            )


def endless_reset(terms: Terms) -> Iterator[Remark]:
    """A chain of resets can put a duty off for more than a month."""
    for path, obligation in obligations(terms):
        if isinstance(obligation, Respond) and obligation.reset and obligation.reset.at_most > LONGEST_CHAIN:
            days = obligation.reset.at_most / timedelta(days=1)
            yield Remark(
                (*path, "reset"),
                f"Every new trigger starts the clock anew for up to {days:g} days: a run of snowfalls can put the duty "
                "off until the winter is over, and no monthly statement ever shows it.",
                f"Bound the chain, such as `at_most: P7D`; {LONGEST_CHAIN.days} days are the most that a month has.",
            )
