"""The linter: what makes a clause of a sound contract unjudgeable or unfair.

The loader refuses what cannot be read; the linter reads what can be, as counsel for either side would. A kind of
finding is a plain function over the terms, and its name is the function's. One module holds one family of kinds.
No verdict depends on a finding.
"""

from __future__ import annotations

from collections.abc import Iterator

from dutywatch.terms.contract import Explained
from dutywatch.terms.lint import award, clocks, evidence, extremes, people, remedies, scopes, silence, windows
from dutywatch.terms.lint.finding import Finding, Kind, Remark
from dutywatch.terms.terms import Terms

__all__ = ["KINDS", "Finding", "lint"]

_FUNCTIONS: tuple[Kind, ...] = (
    evidence.no_source,
    evidence.never_complete,
    evidence.unknown_reach,
    evidence.not_owed,
    evidence.too_coarse,
    silence.silence_pays,
    people.own_judge,
    people.no_escalation,
    remedies.no_remedy,
    scopes.overlap,
    scopes.split_group,
    scopes.class_without_duty,
    clocks.no_early,
    clocks.endless_reset,
    windows.too_few_items,
    extremes.impossible,
    extremes.never_breached,
    award.long_term,
    award.no_qualification,
    award.single_bidder,
)

KINDS: dict[str, Kind] = {function.__name__.replace("_", "-"): function for function in _FUNCTIONS}


def lint(terms: Terms) -> tuple[Finding, ...]:
    """All findings in the order of the contract's lines, then of its packs', those that it explains too."""
    remarks = {(kind, remark): None for kind, function in KINDS.items() for remark in function(terms)}
    found = [_finding(terms, kind, remark) for kind, remark in remarks]
    found += [_finding(terms, "idle-explanation", remark) for remark in _idle(terms, found)]
    return tuple(sorted(found, key=lambda one: (one.file != terms.document.file, one.file, one.line)))


def _finding(terms: Terms, kind: str, remark: Remark) -> Finding:
    place = ".".join(map(str, remark.path))
    clause = None
    if remark.path[0] == "obligations" and len(remark.path) > 1:
        clause = str(terms.contract.obligations[str(remark.path[1])].clause.text)
    because = next((one.reason for one in terms.contract.explained if _explains(one, kind, place)), None)
    at = terms.document.place(remark.path)
    return Finding(kind, place, at.line, clause, remark.reason, remark.proposal, because, at.file)


def _explains(explained: Explained, kind: str, place: str) -> bool:
    named = explained.clause
    return explained.finding == kind and (named is None or place == named or place.startswith(f"{named}."))


def _idle(terms: Terms, found: list[Finding]) -> Iterator[Remark]:
    """Explanations of what the linter does not find, which would hide it when it comes."""
    for index, one in enumerate(terms.contract.explained):
        if not any(_explains(one, finding.kind, finding.place) for finding in found):
            where = f" at `{one.clause}`" if one.clause else ""
            known = "" if one.finding in KINDS else f" The kinds are {', '.join(KINDS)}."
            yield Remark(
                ("explained", index),
                f"It explains a finding `{one.finding}`{where} that the contract does not have.{known}",
                "Remove the explanation, or correct the name or the clause in it.",
            )
