"""Positions become passes: which part of which unit a vehicle went over, when, and how sure that is.

Passes are derived from accepted `position` events and the units' lines; they are no decision, so they stand
in the lake alone and are derived again when the units, the positions or the rules change. Whether a pass
fulfils a duty is judged elsewhere.
"""

from dutywatch.locate.passes import Located, fates, passes

__all__ = ["Located", "fates", "passes"]
