"""How the duties of a contract stand, by obligation and class: counts, share met, its range, coverage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dutywatch.lake import Lake, connect


@dataclass(frozen=True)
class ClassOutcome:
    """One row of sql/indicators/duty_outcomes.sql; shares are 0..1, None where nothing was decided.

    `duties` are those that count: neither excused nor void.
    """

    obligation: str
    unit_class: str | None
    duties: int
    pending: int
    met: int
    breached: int
    lapses_open: int
    unproven: int
    excused: int
    void: int
    share: float | None
    share_low: float | None
    share_high: float | None
    coverage: float | None

    @property
    def is_delivery(self) -> bool:
        """Whether these are the delivery duties of a source."""
        return self.obligation.startswith("deliver:")

    def __str__(self) -> str:
        name = f"{self.obligation} {self.unit_class}" if self.unit_class else self.obligation
        return (
            f"{name}: {self.met} met, {self.breached} breached ({self.lapses_open} open), "
            f"{self.pending} pending, {self.unproven} unproven"
        ) + (f", {self.excused} excused" if self.excused else "")

    @property
    def range(self) -> str:
        """The share met, with its range; where no duty counts it is neither 0 % nor 100 %."""
        if self.share_low is None or self.share_high is None:
            return "none counts"
        low, high = percent(self.share_low), percent(self.share_high)
        met = f"met {low} %" if self.share_low == self.share_high else f"met between {low} and {high} %"
        return met if self.coverage is None else f"{met}, evidence {percent(self.coverage)} %"


def percent(share: float) -> str:
    """A share of 0..1 as "98.2"; only a full one is 100.0, and only an empty one 0.0."""
    told = 100 * share if share in (0, 1) else min(max(100 * share, 0.1), 99.9)
    return f"{told:.1f}"


def outcomes(lake: Lake, indicators: Path, files: Sequence[str]) -> list[ClassOutcome]:
    """The indicator over the sheets `files` (names in the lake); no sheets, no rows."""
    if not files:
        return []
    statement = (indicators / "duty_outcomes.sql").read_text(encoding="utf-8")
    with connect(lake) as duck:
        paths = [str(lake.path(file)) for file in files]
        rows = duck.sql(statement, params={"files": paths}).to_arrow_table().to_pylist()
    return [ClassOutcome(**row) for row in rows]
