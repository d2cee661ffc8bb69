"""The gaps that a pattern must reckon with: whatever might hide an event that it asks for, and who holds it.

`judge.coverage` knows sources as wholes, `judge.silent` what a log does not name, `judge.polled` what a feed does not
show; here are also the other gaps on single units: rows in quarantine, and local times with two readings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa

from dutywatch.judge.coverage import BEGINNING, TICK, Gap, owed_at, source_gaps
from dutywatch.judge.evidence import Evidence, Selection
from dutywatch.judge.polled import polls, unreached, unread, unshown
from dutywatch.judge.silent import silent_gaps
from dutywatch.judge.timeline import Interval, spoken_of, told_of
from dutywatch.lake.duck import literal
from dutywatch.ledger.deliveries import Accepted
from dutywatch.terms.source import earlier

_ALL = (None, None)  # any unit, any party
_APART = timedelta(days=1)  # the farthest that two readings of a local time ever lay apart (Samoa, 30 December 2011)
DOUBTFUL = "states a local time with two readings"
_INSTANT = pa.timestamp("us", tz="UTC")


def every_gap(evidence: Evidence, asked: Selection, over: Interval, min_duration: timedelta | None = None) -> list[Gap]:
    """All gaps in which an event that `asked` selects may hide, within `over`.

    An act that takes `min_duration` hides in no shorter one, however much of it lies within `over`; a row that nobody
    can read, or whose time is in doubt, may be the act itself, however long that took.
    """
    least = min_duration or timedelta()
    wide = (over[0] if over[0] == BEGINNING else over[0] - least, over[1] + least)
    found: list[Gap] = []
    for name in evidence.contract.sources_of(asked.stream):
        found += _long(list(_of_source(evidence, name, wide, asked)), least)
    return [*found, *row_gaps(evidence, asked), *doubtful(evidence, asked, over)]


def gaps(evidence: Evidence, asked: Selection, over: Interval, *, promised: bool = False) -> list[Gap]:
    """The gaps of the stream's sources by whole, unit or actor, within `over` and what `as_of` lets be known.

    `promised`: of sources that promise a complete record alone.
    """
    sources = evidence.contract.sources
    names = [
        name
        for name in evidence.contract.sources_of(asked.stream)
        if not promised or sources[name].polls or sources[name].dated or sources[name].covers
    ]
    return [gap for name in names for gap in _of_source(evidence, name, over, asked)]


def _of_source(evidence: Evidence, name: str, over: Interval, asked: Selection) -> Iterator[Gap]:
    asks = polls(evidence, name)
    late = [one for one in evidence.too_late if one.source == name]
    yield from source_gaps(evidence.contract, name, evidence.of([name]), asks, over, evidence.as_of, late)
    yield from unreached(evidence, name, asks, over)
    lost = ((max(gap.start, over[0]), min(gap.end, over[1]), gap) for gap in unread(evidence, name, asks))
    yield from (replace(gap, start=start, end=end) for start, end, gap in lost if start < end)
    yield from unshown(evidence, name, asks, asked)
    yield from silent_gaps(evidence, name, over, owed=asked.owed)


def _long(found: Sequence[Gap], least: timedelta) -> Iterator[Gap]:
    """The gaps of one source that are so long with those that adjoin them: on all units, on one, or for one party."""
    if not least:
        yield from found
        return
    whole = [gap for gap in found if _concerns(gap) == _ALL]
    kept = _adjoined(whole, least)
    yield from kept
    short = [gap for gap in whole if gap not in kept]
    apart: dict[tuple[str | None, str | None], list[Gap]] = {}
    for gap in found:
        if _concerns(gap) != _ALL:
            apart.setdefault(_concerns(gap), []).append(gap)
    for (unit, party), some in apart.items():
        mine = _adjoined([*some, *whole], least)
        yield from (replace(gap, unit=unit, party=party) for gap in mine if _concerns(gap) != _ALL or gap in short)


def _concerns(gap: Gap) -> tuple[str | None, str | None]:
    """The unit on which it lies and the party whose duties it concerns."""
    return gap.unit, gap.party


def _adjoined(found: Sequence[Gap], least: timedelta) -> list[Gap]:
    """Those that lie in a stretch of gaps, one adjoining the other, which is at least so long."""
    stretches: list[tuple[datetime, list[Gap]]] = []
    for gap in sorted(found, key=lambda one: one.start):
        if stretches and gap.start <= stretches[-1][0]:
            reached, some = stretches[-1]
            stretches[-1] = max(reached, gap.end), [*some, gap]
        else:
            stretches.append((gap.end, [gap]))
    return [gap for reached, some in stretches for gap in some if reached - some[0].start >= least]


def row_gaps(evidence: Evidence, asked: Selection) -> list[Gap]:
    """Gaps that rows in quarantine leave: each might be an event that is asked for, on its unit, at its time."""
    wanted = [one for one in evidence.of(evidence.contract.sources_of(asked.stream)) if one.quarantined]
    return [gap for one in wanted for gap in _quarantined(evidence, one, asked)]


def _quarantined(evidence: Evidence, one: Accepted, asked: Selection) -> Iterator[Gap]:
    source, kinds = evidence.contract.sources[one.source], asked.kinds
    replaced = evidence.replaced(one.source, asked)
    own = asked.owed and asked.versions
    known = set(source.values.get("kind", {}).values())
    dated = source.dated and one.service_date
    proof_due = owed_at(source, dated, evidence.contract.zone) if dated else BEGINNING
    whole = spoken_of(one) if asked.at == "at" else told_of(one)
    path = str(evidence.lake.path(one.quarantine_file))
    read = literal("|".join(f"^{name}$" for name in ("line", "at", "unit", "kind", *asked.key, *source.key)))
    query = f"SELECT COLUMNS({read}) FROM read_parquet($path) ORDER BY line"
    for row in evidence.rows(query, {"path": path}):
        kind = row["kind"]
        if (path, row["line"]) in replaced:
            continue  # it was sent again, and that speaks
        last = own and row.get("record") is not None  # a record's last version: whatever was told before does not count
        if not last and kinds is not None and kind is not None and kind not in kinds and (not known or kind in known):
            continue  # whatever it was, it was none of these
        at = row["at"] if asked.at == "at" else None  # what another column said of the time nobody can read
        start, end = (BEGINNING, whole[1]) if last else (at, at + TICK) if at else whole
        missing = f"quarantined row {evidence.cites(one)}:{row['line']}"
        # where later rows replace earlier ones it may take one away as well, unless its key says which
        whose = all(row.get(name) is not None for name in source.key)
        found = Gap(start, end, source.run_by, missing, proof_due, row=whose)
        wanted = kind if kinds is not None and kind in kinds else None
        unit, key = _whose(row, asked.key)
        yield replace(found, unit=unit, key=key, kind=wanted)


def _whose(row: Mapping[str, Any], key: Sequence[str]) -> tuple[str | None, str | None]:
    """Which duties a row in quarantine concerns: those of a unit, else those that what it states joins, else any.

    Where acts are joined by more than their unit, that tells as far as it can be read.
    """
    named = [row.get(name) for name in key]
    if key == ("unit",) or None in named:
        return (row["unit"] if "unit" in key else None), None
    return None, chr(31).join(map(str, named))


def doubtful(evidence: Evidence, asked: Selection, over: Interval) -> Iterator[Gap]:
    """A local time with two readings: the act was at one of them, so that either instant may hide it.

    Where both lie in the same stretch of time, the act does as well, and is counted there: neither hides another one.
    What states no unit concerns none, but the contract as a whole. Until the later one has come the act is not known
    (what is after `as_of` is ignored), but the earlier one may hide it.
    """
    sources = evidence.contract.sources
    names = evidence.contract.sources_of(asked.stream)
    stated = (evidence.columns_of(name, sources[name].stream) for name in names)
    if asked.reading != "both" or not any(earlier(asked.at) in has for has in stated):
        return
    query, parameters = evidence.events(replace(asked, reading="either"), (over[0], over[1] + _APART))
    shown = 'key, unit, kind, earlier, "at", cited(ref) AS label'
    twice = f"SELECT {shown} FROM ({query}) WHERE earlier IS NOT NULL ORDER BY ref"
    for row in evidence.rows(twice, parameters):
        holder, unit = evidence.holder(row["label"]), row["unit"] or evidence.unnamed(asked)
        missing = f"{row['label']} {DOUBTFUL}"
        for here, other in ((row["earlier"], row["at"]), (row["at"], row["earlier"])):
            one = Gap(here, here + TICK, holder, missing, BEGINNING, unit=unit, row=True)
            hidden = replace(one, kind=row["kind"], key=row["key"])
            if row["at"] <= evidence.as_of:
                yield replace(hidden, other=other)
            elif here <= evidence.as_of:
                yield hidden


def gaps_table(found: Sequence[Gap]) -> pa.Table:
    """Gaps as the relation that patterns read; intervals in microseconds."""
    after = [int(g.proof_after / TICK) if g.proof_after is not None else None for g in found]
    return pa.table(
        {
            "gap": pa.array(range(len(found)), pa.int32()),
            "unit": pa.array([g.unit for g in found], pa.string()),
            "party": pa.array([g.party for g in found], pa.string()),
            "gap_from": pa.array([g.start for g in found], _INSTANT),
            "gap_to": pa.array([g.end for g in found], _INSTANT),
            "proof_due": pa.array([g.proof_due for g in found], _INSTANT),
            "proof_after": pa.array(after, pa.int64()),
            "holder": pa.array([g.holder for g in found], pa.string()),
            "missing": pa.array([g.missing for g in found], pa.string()),
            "undelivered": pa.array([g.undelivered for g in found], pa.bool_()),
            "row": pa.array([g.row for g in found], pa.bool_()),
            "kind": pa.array([g.kind for g in found], pa.string()),
            "undecided": pa.array([g.undecided for g in found], pa.bool_()),
            "other": pa.array([g.other for g in found], _INSTANT),
            "key": pa.array([g.key for g in found], pa.string()),
        }
    )
