"""What a debtor gains by keeping silent."""

from __future__ import annotations

from collections.abc import Iterator

from dutywatch.terms.lint.finding import Remark, listed, obligations
from dutywatch.terms.patterns import Attain, Keep, Obligation, Recur, Respond
from dutywatch.terms.terms import Terms


def silence_pays(terms: Terms) -> Iterator[Remark]:
    """The duty's own party runs the only evidence of it, and what it withholds is not held against it."""
    contract = terms.contract
    for path, obligation in obligations(terms):
        sources = [name for stream in _evidence(obligation) for name in contract.sources_of(stream)]
        debtors = {obligation.party}
        if obligation.party != contract.authority.id:  # an assignment may name another contractor
            debtors = {party.id for party in contract.contractors}
        alone = sources and all(contract.sources[name].run_by in debtors for name in sources)
        if obligation.silence == "unproven" and alone:
            yield Remark(
                (*path, "silence"),
                f"All evidence of this duty comes from {listed(sources)}, which its own debtor keeps. A log that is "
                "withheld makes the duty unproven, never breached: the less is reported, the less can be charged.",
                "Write `silence: breached`, or add evidence that somebody else keeps" + _such_as(obligation),
            )


def _such_as(obligation: Obligation) -> str:
    return ", such as inspections under `refuted_by`." if isinstance(obligation, Respond | Recur) else "."


def _evidence(obligation: Obligation) -> list[str]:
    """The streams whose events settle the obligation, without repetition."""
    if isinstance(obligation, Respond | Recur):
        refuting = [obligation.refuted_by.stream] if obligation.refuted_by else []
        return list(dict.fromkeys([obligation.action.stream, *refuting]))
    if isinstance(obligation, Attain):
        return [obligation.items.stream] if obligation.items.stream else []
    assert isinstance(obligation, Keep)  # noqa: S101 - the fourth of four patterns
    return [obligation.level.stream]
