"""The verb *measure*: verdict sheets -> indicators. So far one: how the duties stand, by class."""

from dutywatch.measure.note import note
from dutywatch.measure.outcomes import ClassOutcome, outcomes, percent

__all__ = ["ClassOutcome", "note", "outcomes", "percent"]
