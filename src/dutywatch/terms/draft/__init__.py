"""A first contract, drafted from a units file, a sample log, or an OCDS document.

What is not known is never made up: the draft says "to be filled", and the loader names the place.
"""

from __future__ import annotations

from dutywatch.terms.draft.ocds import read as read_ocds
from dutywatch.terms.draft.register import Register
from dutywatch.terms.draft.sample import Sample
from dutywatch.terms.draft.skeleton import Draft, Log, Party, Taken, Units
from dutywatch.terms.draft.writing import Writing

__all__ = ["Draft", "Log", "Party", "Register", "Sample", "Taken", "Units", "Writing", "read_ocds"]
