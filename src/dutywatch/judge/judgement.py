"""One judgement: contract x evidence x as_of -> judged sheets. Pure but for the lake; told the time.

Only sheets whose inputs changed, or whose `wake_at` has passed, are judged; the others stand as they
are recorded. Judging everything anew gives the same rows (DESIGN sections 5 and 6).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import dutywatch
from dutywatch.judge import deliveries, respond
from dutywatch.judge.coverage import BEGINNING
from dutywatch.judge.evidence import Evidence, in_force
from dutywatch.judge.sheets import Judged, prepare
from dutywatch.lake import Lake, connect
from dutywatch.ledger.deliveries import Accepted
from dutywatch.ledger.evaluations import Sheet
from dutywatch.terms import Terms


@dataclass(frozen=True)
class Judgement:
    """What a judgement found: the sheets judged, and how many stood as they were."""

    as_of: datetime
    engine: str
    judged: tuple[Judged, ...]
    stood: int


def judge(
    terms: Terms,
    accepted: Sequence[Accepted],
    lake: Lake,
    patterns: Path,
    as_of: datetime,
    recorded: Sequence[Sheet] = (),
    *,
    since: datetime = BEGINNING,
) -> Judgement:
    """Judge the sheets of a contract that need it at `as_of`, from acceptances known then.

    `patterns` is the folder of the patterns' SQL; `recorded` are the sheets of the present head (none: a
    what-if); `since`: from when on arrivals were recorded, so that earlier silence proves nothing.
    Deterministic: equal arguments give equal rows.
    """
    accepted = sorted(accepted, key=lambda one: (one.source, one.name, one.sha256))
    with connect(lake) as duck:
        prepare(duck)
        evidence = Evidence(terms.contract, lake, duck, in_force(terms.contract, accepted), as_of)
        old: dict[str, dict[date, Sheet]] = {}
        for sheet in recorded:
            old.setdefault(sheet.obligation, {})[sheet.date] = sheet
        judged: list[Judged] = []
        stood = 0
        for name in terms.contract.obligations:
            some, rest = respond.judge(evidence, terms, name, patterns, old.pop(name, {}))
            judged.extend(some)
            stood += rest
        some, rest = deliveries.judge(evidence, terms, accepted, patterns, old, since)
        judged.extend(some)
        return Judgement(as_of, dutywatch.__version__, tuple(judged), stood + rest)
