"""A second, slow reading of the specification, so that the engine can be held against something that is not itself.

It follows SEMANTICS section 1 literally: enumerate the histories that the evidence allows (which of the contradicted
acts were real, and which acts may hide in the gaps) and ask whether the duty is met in all, in none or in some.
No SQL, nothing from `judge` or `lake`; it shares only the contract model and the calendar arithmetic with the
engine. It is exponential in the number of acts, so traces must be small.
"""

from tests.judge.oracle.evidence import Evidence, Gap
from tests.judge.oracle.respond import Found, judge
from tests.judge.oracle.trace import DAWN, DUSK, TICK, File, Row, Trace, Unreadable

__all__ = ["DAWN", "DUSK", "TICK", "Evidence", "File", "Found", "Gap", "Row", "Trace", "Unreadable", "judge"]
