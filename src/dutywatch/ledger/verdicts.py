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
    SUSPENDED = "pending.suspended"
    OVERDUE = "pending.overdue"
    MET = "met"
    OPEN = "breached.open"
    CURED = "breached.cured"
    UNPROVEN = "unproven"
    EXCUSED = "excused"
    RESET = "void.reset"
    UNASSESSED = "void.unassessed"
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

    def holds(self, standing: str) -> bool:
        """Whether a duty with this standing is still what a message of this level said that it was."""
        breached = standing.startswith(Verdict.BREACHED.value)
        return {
            Level.OVERDUE: standing == Standing.OVERDUE,
            Level.BREACHED: breached,
            Level.CURED: standing == Standing.CURED,
            Level.WITHDRAWN: not breached,
            Level.UNPROVEN: standing == Standing.UNPROVEN,
        }[self]
