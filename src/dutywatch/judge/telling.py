"""Which changes of standing somebody must be told of, and at which level."""

from __future__ import annotations

from dutywatch.ledger.verdicts import Level, Standing, Verdict


def level(before: Standing, after: Standing) -> Level | None:
    """The level at which a flip is told; None where nobody needs to be told."""
    if before is after:
        return None  # a lapse that moved to a successor
    if before.verdict is Verdict.BREACHED and after.verdict is not Verdict.BREACHED:
        return Level.WITHDRAWN
    if before is Standing.OPEN and after is Standing.CURED:
        return Level.CURED
    if after.verdict is Verdict.BREACHED and before.verdict is not Verdict.BREACHED:
        return Level.BREACHED
    if before is Standing.CURED and after is Standing.OPEN:
        return Level.BREACHED  # a cure that turned out to be none
    if after is Standing.OVERDUE:
        return Level.OVERDUE
    if after is Standing.UNPROVEN:
        return Level.UNPROVEN
    return None
