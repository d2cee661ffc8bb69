"""How the contract came about: for how long, with whom, against whom."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from dutywatch.terms.lint.finding import Remark
from dutywatch.terms.terms import Terms


def long_term(terms: Terms) -> Iterator[Remark]:
    """The term is longer than the maximum that the contract declares."""
    term, years = terms.contract.term, terms.contract.award.max_years
    if years is None:
        return
    last = _years_after(term.from_, years) - timedelta(days=1)
    if term.to > last:
        yield Remark(
            ("term",),
            f"The term runs until {term.to}, and of at most {years} year{'s' if years > 1 else ''} the last day is "
            f"{last}: who holds the contract meets no competitor for longer than is allowed.",
            f"End the term on {last} and tender anew, or correct `award.max_years`.",
        )


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February, in a year that has none
        return date(day.year + years, 3, 1)


def no_qualification(terms: Terms) -> Iterator[Remark]:
    """Nobody reviewed the contractor's qualification before the term began."""
    for index, contractor in enumerate(terms.contract.contractors):
        reviewed, begins = contractor.qualified, terms.contract.term.from_
        if reviewed is None:
            yield Remark(
                ("contractors", index),
                f"The contract does not say when the qualification of `{contractor.id}` was reviewed: whether it is "
                "able to do the work rests on its word.",
                "State the day of the review, such as `qualified: 2024-11-01`; review it first where nobody has.",
            )
        elif reviewed > begins:
            yield Remark(
                ("contractors", index),
                f"The qualification of `{contractor.id}` was reviewed on {reviewed}, when the term had begun on "
                f"{begins}: until then nobody knew whether it was able to do the work.",
                "Review the qualification before the term begins.",
            )


def single_bidder(terms: Terms) -> Iterator[Remark]:
    """Only one bid."""
    if terms.contract.award.bidders == 1:
        yield Remark(
            ("award", "bidders"),
            "Only one bid: price and terms were tested against nobody, and an outsourced monopoly takes the place of a "
            "public one.",
            "Tender anew, or publish why nobody else bid and with which costs the price was compared.",
        )
