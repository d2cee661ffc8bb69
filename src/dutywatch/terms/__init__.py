"""What was promised: the contract model, its loader and its units. Imports nothing of the engine but the clock."""

from dutywatch.terms.contract import Contract
from dutywatch.terms.heads import Head, asked_every, head, heads
from dutywatch.terms.library import load_pack
from dutywatch.terms.loader import load
from dutywatch.terms.pack import Pack
from dutywatch.terms.patterns import Obligation
from dutywatch.terms.roster import Roster, Rostered
from dutywatch.terms.source import Source
from dutywatch.terms.terms import Terms
from dutywatch.terms.units import Unit, Units
from dutywatch.terms.variant import variant

__all__ = [
    "Contract", "Head", "Obligation", "Pack", "Roster", "Rostered", "Source", "Terms", "Unit", "Units",
    "asked_every", "head", "heads", "load", "load_pack", "variant",
]  # fmt: skip
