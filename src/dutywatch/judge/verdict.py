"""The few values that drive the machine: verdicts, standings and the levels at which people are told."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """What is known of a duty (SEMANTICS section 1)."""

    PENDING = "pending"
    MET = "met"
    BREACHED = "breached"
    UNPROVEN = "unproven"
    EXCUSED = "excused"
    VOID = "void"


class Standing(StrEnum):
    """A verdict with the part of it that people act on; a flip is a change of standing."""

    RUNNING = "pending.running"
    AT_RISK = "pending.at_risk"
    OVERDUE = "pending.overdue"
    MET = "met"
    OPEN = "breached.open"
    CURED = "breached.cured"
    UNPROVEN = "unproven"
    VOID = "void"

    @property
    def verdict(self) -> Verdict:
        """The verdict that the standing belongs to."""
        return Verdict(self.value.split(".")[0])


class Level(StrEnum):
    """What a message is about."""

    OVERDUE = "overdue"
    BREACHED = "breached"
    CURED = "cured"
    WITHDRAWN = "withdrawn"
    UNPROVEN = "unproven"


def level(before: Standing, after: Standing) -> Level | None:
    """The level at which a flip is told; None where nobody needs to be told."""
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
