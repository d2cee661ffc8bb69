"""What a lapse costs: a duty whose breach has no consequence is a wish."""

from __future__ import annotations

from collections.abc import Iterator

from dutywatch.terms.lint.finding import Remark, obligations
from dutywatch.terms.terms import Terms


def no_remedy(terms: Terms) -> Iterator[Remark]:
    """A lapse has no consequence."""
    for path, obligation in obligations(terms):
        if obligation.remedy is not None:
            continue
        if obligation.party == terms.contract.authority.id:
            yield Remark(
                path,
                "The authority owes this duty, and nothing follows when it lapses: it holds others to their word and "
                "not itself.",
                'Say who answers for it and how, such as `remedy: "the lapse is published and put before the '
                'council"`.',
            )
        else:
            yield Remark(
                path,
                "The contract attaches no consequence to a lapse of this duty: who breaches it owes nothing more than "
                "who performs it.",
                'State what a lapse costs and where that is agreed, such as `remedy: "Annex 5 §2: 2,000 CNY a street '
                'and day"`.',
            )
