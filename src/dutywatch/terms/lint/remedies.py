"""What a lapse costs: a duty whose breach has no consequence is a wish."""

from __future__ import annotations

from collections.abc import Iterator

from dutywatch.terms.lint.finding import Remark, obligations
from dutywatch.terms.terms import Terms


def no_remedy(terms: Terms) -> Iterator[Remark]:
    """A lapse has no consequence."""
    for path, obligation in obligations(terms):
        if obligation.remedy is None:
            yield Remark(
                path,
                "The contract attaches no consequence to a lapse of this duty: who breaches it owes nothing more than "
                "who performs it.",
                'State what a lapse costs and where that is agreed, such as `remedy: "Annex 5 §2: 2,000 CNY a street '
                'and day"`.',
            )
