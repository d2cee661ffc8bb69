"""The evidence that a decision waits for, read from the judge's reasons, and untrusted text made readable.

A reason lists what is missing after its colon; what this module cannot read there is shown as it stands.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from dutywatch.ledger.messages import Told
from dutywatch.terms import Contract
from dutywatch.terms.words import Words

_ROW = re.compile(r"quarantined row (?P<source>[a-z0-9-]+) (?P<file>.+):\d+")
_DAY = re.compile(r"(?P<source>[a-z0-9-]+) of (?P<day>\d{4}-\d{2}-\d{2})")


@dataclass(frozen=True)
class Missing:
    """Evidence that a decision waits for: a day of a source, unreadable rows of a file, or other words."""

    source: str | None
    title: Words | None
    day: date | None
    text: str
    due: datetime | None
    duties: int


def clean(text: str) -> str:
    """Untrusted text as one short line without control characters."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= 200 else line[:199] + "…"


def missing(contract: Contract, duties: Sequence[Told]) -> tuple[Missing, ...]:
    """The evidence that the judge's reasons list after a colon, the one that most duties lack first."""
    found: Counter[tuple[str, str | None, date | None, datetime | None]] = Counter()
    for duty in duties:
        items = duty.reason.partition(": ")[2].split("; ")
        found.update({_item(contract, item, duty.proof_due) for item in items if item})
    ranked = sorted(found.items(), key=lambda item: (-item[1], str(item[0])))
    return tuple(
        Missing(source, source_title(contract, source) if source else None, day, text, due, n)
        for (text, source, day, due), n in ranked
    )


def _item(
    contract: Contract, text: str, proof_due: datetime | None
) -> tuple[str, str | None, date | None, datetime | None]:
    if row := _ROW.fullmatch(text):
        return clean(row["file"]), row["source"], None, proof_due
    if day := _DAY.fullmatch(text):
        source = contract.sources.get(day["source"])
        on = date.fromisoformat(day["day"])
        due = source.delivery_due if source else None
        return clean(text), day["source"], on, due.due(on, contract.zone) if due else proof_due
    return clean(text), None, None, proof_due


def source_title(contract: Contract, name: str) -> Words:
    """What a source delivers, in words."""
    source = contract.sources.get(name)
    return source.title if source and source.title else Words(en=f"delivery of {name}", zh=f"{name} 数据")
