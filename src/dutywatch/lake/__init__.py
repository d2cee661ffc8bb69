"""What happened: raw bytes, parsed rows, accepted and quarantined rows, verdict sheets; files that never change.

A file that no ledger row names does not exist. Every file gets its final name by a rename, so that a
half-written one is never read.
"""

from dutywatch.lake.duck import connect
from dutywatch.lake.files import Lake

__all__ = ["Lake", "connect"]
