"""Who answers: whether the person who supervises a duty is free to, and whether anybody stands behind them."""

from __future__ import annotations

from collections.abc import Iterator

from dutywatch.terms.lint.finding import Remark, listed, obligations
from dutywatch.terms.terms import Terms


def own_judge(terms: Terms) -> Iterator[Remark]:
    """The person who supervises a duty also does the work."""
    contract = terms.contract
    free = sorted(name for name, person in contract.people.items() if person.works_for == contract.authority.id)
    advice = f"such as {listed(free, 'or')}" if free else "and name their employer under `works_for`"
    for path, obligation in obligations(terms):
        employer = contract.employer(obligation.supervisor)
        if employer is not None:
            who = "who owes the duty" if employer == obligation.party else "a contractor"
            yield Remark(
                (*path, "supervisor"),
                f"`{obligation.supervisor}` works for `{employer}`, {who}: nobody is told of a lapse but those who "
                "caused it.",
                f"Name a person of the authority as supervisor, {advice}.",
            )


def no_escalation(terms: Terms) -> Iterator[Remark]:
    """Nobody is told when the supervisor does not answer."""
    contract = terms.contract
    named = {step.to for step in contract.escalation}
    supervisors = {obligation.supervisor for _, obligation in obligations(terms)}
    for name in sorted(supervisors):
        if not named - {name}:
            yield Remark(
                ("people", name),
                f"When `{name}` does not answer, a breach is told to nobody else: a lapse can rest with one person for "
                "ever.",
                "Name who is told next, and after how long, such as `escalation: [{to: bureau-head, after: PT2H}]`.",
            )
