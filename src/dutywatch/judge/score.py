"""A score of an *attain* duty: the shares that other obligations measured over its window, weighed into one number.

Why: contracts that pay by one number weigh several rates in it, such as response 30, resolution 35, satisfaction 35.
A rate that is not proven lies anywhere in its range, from nothing to all where nothing is known of it, and so does the
score: it is decided only where the whole range is. A rate that is breached by silence is worth nothing; one that was
not assessed, or is excused, leaves the weights (docs/decisions/0023). Fractions are computed with as such, so that no
rounding decides. Where it stops: what a score is worth in money is the contract's remedy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import pyarrow as pa

from dutywatch.judge.case import Case
from dutywatch.judge.duties import Clock, lay_out
from dutywatch.judge.groups import groups, lay_members
from dutywatch.judge.read import LISTED, counted
from dutywatch.terms.patterns import Attain, exactly, owed_per

MOST_ITEMS = 10_000_000  # two quotients of such numbers differ by 1e-14 at least, floats below 1 err by 1e-16
_SILENT = "no proof was delivered"  # how the pattern begins a reason that counts silence as breach
_SCHEMA = pa.schema(
    {
        "unit": pa.string(),
        "trigger": pa.string(),
        "rates": pa.int64(),
        **dict.fromkeys(["passes", "fails", "undecided"], pa.bool_()),
        **dict.fromkeys(["measured", "low", "high", "coverage"], pa.float64()),
        **dict.fromkeys(["owed_by", "missing", "evidence"], pa.string()),
    }
)


@dataclass(frozen=True)
class Doubt:
    """What is not known of the duties that a rate counts: whether one is pending, what unproven ones lack, of whom."""

    pending: bool = False
    missing: tuple[str, ...] = ()
    holders: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rate:
    """A rate in one window: its weight, and the verdict row of the duty that measures it (None: there is none).

    `least`: with how many items it is assessed. `of_duties`: its items are duties, which may turn out to be none;
    `doubt`: what is not known of them. `run_by`: who runs each source.
    """

    name: str
    weight: Fraction
    least: int
    of_duties: bool
    row: Mapping[str, Any] | None
    doubt: Doubt
    run_by: Mapping[str, str]

    @property
    def counts(self) -> bool:
        """Whether it has a share in the score: what is excused, void, or owed by nobody in this window has none."""
        return self.row is not None and self.row["verdict"] not in ("excused", "void")

    @cached_property
    def range(self) -> tuple[Fraction, Fraction]:
        """Between which shares it lies, as its evidence stands."""
        row = self.row
        if row is None or row["measured_low"] is None or row["measured_high"] is None or self._certain < self.least:
            # nothing is known; or it may not be assessed, and the others' score lies between those of nothing and all
            silent = row is not None and row["verdict"] == "breached" and row["reason"].startswith(_SILENT)
            return Fraction(0), Fraction(0 if silent else 1)
        return _quotient(row["measured_low"]), _quotient(row["measured_high"])

    @property
    def _certain(self) -> int:
        """How many items it has in any case: duties of which it is not known whether they are good may be none."""
        assert self.row is not None  # noqa: S101 - asked of a rate that measured something
        items: int = self.row["items"]
        if not self.of_duties:
            return items
        low, high = (_quotient(self.row[end]) for end in ("measured_low", "measured_high"))
        return items - int((high - low) * items)

    @property
    def known(self) -> Fraction | None:
        """What was measured of its known items; None: nothing is known."""
        if self.row is None or self.row["measured"] is None:
            return None
        low, high = self.range
        return low if low == high else Fraction(self.row["measured"])

    @property
    def lacks(self) -> list[str]:
        """What is missing to prove it."""
        reason = self.row["reason"] if self.row else ""
        listed = re.match(LISTED, reason)
        if listed:
            return reason[listed.end() :].split("; ")
        return list(self.doubt.missing) or [self.name]

    @property
    def owing(self) -> set[str]:
        """Who owes that."""
        named = (self.row["owed_by"] or "").split(", ") if self.row else []
        if self.row and self.row["verdict"] == "breached":  # its row says what is missing, not of whom
            words = {word for lack in self.lacks for word in lack.split()}
            named = [holder for source, holder in self.run_by.items() if source in words]
        return {name for name in (*named, *self.doubt.holders) if name}

    @property
    def pending(self) -> bool:
        """Whether what would tell is not due yet: its own evidence, or that of duties that it counts."""
        row = self.row
        return row is not None and (row["verdict"] == "pending" or row["proof_due"] is not None or self.doubt.pending)

    def __str__(self) -> str:
        low, high = self.range
        share = f"{_said(low)}" if low == high else f"{_said(low)}..{_said(high)}"
        return f"{self.name} {_said(self.weight)} x {share if self.counts else '-'}"


def _quotient(share: float) -> Fraction:
    """The share as the quotient of whole numbers that the row's decimals stand for.

    Of at most so many items two quotients lie so far apart that a float tells them from one another.
    """
    return Fraction(share).limit_denominator(MOST_ITEMS)


def _said(number: Fraction) -> str:
    return f"{round(float(number), 4):g}"


def run(case: Case[Attain], found: Sequence[Clock]) -> None:
    """Append the verdict rows of the scores in the windows `found` to the table `verdicts`."""
    evidence, duck = case.evidence, case.evidence.duck
    lay_out(case, found, groups(case, case.obligation.per))
    duck.register("scores_given", _SCHEMA.empty_table())
    duck.execute("CREATE OR REPLACE TEMP TABLE scores AS FROM scores_given")
    for day in sorted({clock.sheet for clock in found}):  # sheet by sheet, so that memory stays bounded
        scores = list(_scores(case, [clock for clock in found if clock.sheet == day]))
        duck.register("scores_given", pa.Table.from_pylist(scores, _SCHEMA))
        duck.execute("INSERT INTO scores FROM scores_given")
    statement = (case.patterns / "score.sql").read_text(encoding="utf-8")
    duck.execute(f"INSERT INTO verdicts BY NAME {statement}", {"as_of": evidence.as_of})


def _scores(case: Case[Attain], found: Sequence[Clock]) -> Iterator[dict[str, Any]]:
    """The scores of one sheet's duties, by the columns of `scores`."""
    rows = _rows(case, found)
    owed = case.evidence.rows(
        "SELECT DISTINCT unit, trigger FROM duties JOIN clocks USING (clock) WHERE sheet = $day",
        {"day": found[0].sheet},
    )
    weights = {name: exactly(weight) for name, weight in (case.obligation.items.rates or {}).items()}
    words = {name: case.terms.words_on(name, found[0].day, case.known_on) for name in weights}
    least = {name: getattr(one, "min_items", 1) for name, one in words.items()}
    run_by = {source: declared.run_by for source, declared in case.terms.contract.sources.items()}
    duties = {name: one.items.duties for name, one in words.items() if isinstance(one, Attain) and one.items.duties}
    doubts = {(name, *key): doubt for name, of in duties.items() for key, doubt in _doubts(case, found, of)}
    for duty in owed:
        key = (duty["unit"], duty["trigger"])
        rates = [
            Rate(
                name,
                weight,
                least[name],
                name in duties,
                rows.get((name, *key)),
                doubts.get((name, *key), Doubt()),
                run_by,
            )
            for name, weight in weights.items()
        ]
        yield {"unit": key[0], "trigger": key[1], **_weighed(case.obligation, rates)}


def _doubts(case: Case[Attain], found: Sequence[Clock], name: str) -> Iterator[tuple[tuple[str, str], Doubt]]:
    """What is not known of the duties of obligation `name` that a rate counts, by group and window of one sheet."""
    over = (min(c.begins for c in found), max(c.due or c.ends for c in found))
    items, given = counted(case.evidence, [one for one in case.causes if one.touches(*over)], over, name)
    lay_members(case, case.obligation.per, owed_per(case.terms.contract.obligations[name]))
    rows = case.evidence.rows(
        "SELECT m.grp, c.trigger, bool_or(i.pending) AS pending, list_sort(list_distinct(flatten(list(i.missing)))) AS "
        "missing, list_distinct(flatten(list(i.holders))) AS holders FROM (" + items + ") i "
        "JOIN members m ON m.unit IS NOT DISTINCT FROM i.key "
        "JOIN clocks c ON c.sheet = $day AND i.at >= c.t0 AND i.at < c.due_at AND c.day BETWEEN m.since AND m.until "
        "WHERE i.good IS NULL GROUP BY ALL ORDER BY ALL",
        {**given, "day": found[0].sheet},
    )
    for row in rows:
        doubt = Doubt(row["pending"], tuple(row["missing"] or ()), tuple(row["holders"] or ()))
        yield (row["grp"], row["trigger"]), doubt


def _rows(case: Case[Attain], found: Sequence[Clock]) -> dict[tuple[str, str, str], dict[str, Any]]:
    """The verdict rows of the rates, by obligation, group and window; those that revised data unmade are none."""
    over = (min(c.begins for c in found), max(c.due or c.ends for c in found))
    paths = [str(case.evidence.lake.path(one.file)) for one in case.read if one.touches(*over)]
    if not paths:
        return {}
    rows = case.evidence.rows(
        "SELECT split_part(duty_id, '/', 2) AS rate, unit, trigger, verdict, reason, coverage, owed_by, proof_due, "
        "items, measured, measured_low, measured_high FROM read_parquet($paths) WHERE standing <> 'void'",
        {"paths": paths},
    )
    return {(row["rate"], row["unit"], row["trigger"]): row for row in rows}


def _weighed(obligation: Attain, rates: Sequence[Rate]) -> dict[str, Any]:
    """The score of one window, by the columns of `scores`."""
    counting = [one for one in rates if one.counts]
    share = sum((one.weight for one in counting), Fraction())
    scale = obligation.items.total / share if share else Fraction()
    low, high = (scale * sum((one.weight * one.range[end] for one in counting), Fraction()) for end in (0, 1))
    target = exactly(obligation.at_least or 0)
    open_ = [one for one in counting if one.range[0] < one.range[1]]
    known = [one.weight * one.known for one in counting if one.known is not None]
    coverages = [one.row["coverage"] for one in counting if one.row and one.row["coverage"] is not None]
    owing = {name for one in open_ for name in one.owing}
    return {
        "rates": len(counting),
        "passes": low >= target,
        "fails": high < target,
        "undecided": any(one.pending for one in counting),
        "measured": float(scale * sum(known, Fraction())) if known and len(known) == len(counting) else None,
        "low": float(low),
        "high": float(high),
        "coverage": min(coverages, default=None),
        "owed_by": ", ".join(sorted(owing)),
        "missing": "; ".join(dict.fromkeys(lack for one in open_ for lack in one.lacks)),
        "evidence": "; ".join(map(str, rates)),
    }
