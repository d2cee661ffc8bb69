"""Which of several deliveries speaks, and which of several versions of a row: what a source's `redelivery` declares.

`replace` takes the greatest (received_at, SHA-256) of a service date or name, `append` takes all, and of rows with one
key the version that was told last (SEMANTICS section 2): as of its poll, or else when it came (docs/decisions/0084).
Both depend on the deliveries alone, never on when they were read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from dutywatch.judge.coverage import BEGINNING
from dutywatch.lake.duck import literal
from dutywatch.ledger.deliveries import Accepted
from dutywatch.ledger.quality import Quality
from dutywatch.terms import Contract, Source


def received(contract: Contract, accepted: Sequence[Accepted]) -> tuple[Accepted, ...]:
    """The deliveries that may speak, sorted; refused ones and those of unknown sources never do."""
    known = (one for one in accepted if one.source in contract.sources and not one.refused)
    return tuple(sorted(known, key=lambda one: (one.source, one.name, one.sha256, arrival(one))))


def unread(contract: Contract, accepted: Sequence[Accepted]) -> tuple[Accepted, ...]:
    """What was refused of feeds whose files say themselves when they were polled, unless it was sent again: nobody
    knows what these polls showed. What a connector was refused it asks for again; a dated file leaves its day open."""
    known = received(contract, accepted)
    feeds = {name for name, source in contract.sources.items() if source.polls is not None and not source.asks}
    lost = [one for one in accepted if one.source in feeds and one.refused and not replacing(contract, known, one)]
    return tuple(sorted(lost, key=lambda one: (one.source, one.name, one.sha256, arrival(one))))


def in_force(contract: Contract, accepted: Sequence[Accepted]) -> tuple[Accepted, ...]:
    """The deliveries that speak for their intervals, sorted; none of them was replaced by a later one."""
    chosen: dict[tuple[object, ...], Accepted] = {}
    for one in received(contract, accepted):
        source = contract.sources[one.source]
        key = (*_place(source, one), one.sha256 if source.redelivery == "append" else "")
        if key not in chosen or arrival(one) > arrival(chosen[key]):
            chosen[key] = one
    return tuple(sorted(chosen.values(), key=lambda a: (a.source, a.name, a.sha256)))


def replacing(contract: Contract, known: Sequence[Accepted], one: Accepted | Quality) -> Accepted | None:
    """What came later and speaks in the place of a delivery of which something could not be read; `known`: in force.

    What is appended speaks beside it, unless it was refused.
    """
    source = contract.sources.get(one.source)
    if source is None or (source.redelivery == "append" and not one.refused):
        return None
    place = _place(source, one)
    later = (other for other in known if _place(source, other) == place and arrival(other) > arrival(one))
    return max(later, key=arrival, default=None)


def _place(source: Source, one: Accepted | Quality) -> tuple[object, ...]:
    """What a delivery of a source stands for: a service date, or a name."""
    by_date = source.dated and source.redelivery != "append"
    return one.source, one.service_date if by_date else one.name


def in_turn(one: Accepted) -> tuple[datetime, list[tuple[int, str]], str]:
    """The order in which deliveries state a record anew: by arrival; those that came at one instant, or nobody knows
    when, by their names, numbers in them by value (docs/decisions/0041)."""
    received_at, sha256 = arrival(one)
    parts = re.split("([0-9]+)", one.name)  # every second part is a number
    return received_at, [(int(part), "") if place % 2 else (-1, part) for place, part in enumerate(parts)], sha256


def arrival(one: Accepted | Quality) -> tuple[datetime, str]:
    """The order in which deliveries supersede one another: by arrival, then by content."""
    return (one.received_at or BEGINNING, one.sha256)


def latest(key: Sequence[str]) -> str:
    """Of rows with the same key, the one that was told last; what lacks a part of the key is a row of its own.

    Told as of one instant, the one that came last. `_told_at`: see `labels.told_at`; `_arrival`: see `labels.arrivals`.
    """
    named = [f'"{name}"' for name in key]
    lacking = " OR ".join(f"{name} IS NULL" for name in named)
    order = "_told_at DESC NULLS LAST, _arrival DESC, _line DESC"
    return f"{lacking} OR row_number() OVER (PARTITION BY {', '.join(named)} ORDER BY {order}) = 1"


def unreadable(key: Sequence[str], files: str, polled: str, arrivals: str) -> str:
    """A query for what can be read of the key of the rows in quarantine in `files` (0062); `arrivals`: see `labels`.

    `files` and `polled` are SQL parameters: lists of the files and of the polls that they are of (NULL: of none).
    """
    shown = literal("|".join(f"^{name}$" for name in key))
    read = f"read_parquet({files}, filename = true, union_by_name = true) e JOIN {arrivals} a ON a._file = e.filename"
    told = f"coalesce(list_extract({polled}, list_position({files}, e.filename)), _received_at)"
    return f"SELECT COLUMNS({shown}), _file, _arrival, {told} AS _told_at, line AS _line, true AS _unread FROM {read}"
