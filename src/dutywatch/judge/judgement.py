"""One judgement: contract x evidence x as_of -> judged sheets. Pure but for the lake; told the time.

Only sheets whose inputs changed, or whose `wake_at` has passed, are judged; the others stand as they
are recorded. Judging everything anew gives the same rows (DESIGN sections 5 and 6).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from graphlib import TopologicalSorter
from pathlib import Path

import dutywatch
from dutywatch.clock import local_date
from dutywatch.judge import deliveries, obligations, struck
from dutywatch.judge.coverage import BEGINNING
from dutywatch.judge.evidence import Evidence
from dutywatch.judge.read import causes
from dutywatch.judge.redelivery import arrival, received, unread
from dutywatch.judge.running import Breach
from dutywatch.judge.sheets import Judged
from dutywatch.lake import Lake, connect
from dutywatch.lake.duck import THREADS
from dutywatch.ledger.decisions import Decision
from dutywatch.ledger.deliveries import Accepted
from dutywatch.ledger.evaluations import Sheet
from dutywatch.terms import Contract, Terms
from dutywatch.terms.patterns import Attain, Respond, depends_on


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
    decisions: Sequence[Decision] = (),
    known_at: datetime | None = None,
    threads: int = THREADS,
    only: Collection[str] | None = None,
) -> Judgement:
    """Judge the sheets of a contract that need it at `as_of`, from acceptances and decisions known then.

    `patterns` is the folder of the patterns' SQL; `recorded` are the sheets of the present head (none: a
    what-if); `since`: from when on arrivals were recorded, so that earlier silence proves nothing. `known_at`:
    the terms as they were recorded by then (default: `as_of`). `only`: of a what-if, the obligations that are judged,
    with those that they depend on (default: all). Deterministic: equal arguments give equal rows.
    """
    known_on = local_date(known_at or as_of, terms.contract.zone)
    with connect(lake, threads=threads) as duck:
        given = received(terms.contract, accepted)
        lost = unread(terms.contract, accepted)
        evidence = Evidence(terms, lake, duck, given, as_of, patterns.parent, known_on, unread=lost)
        evidence.label()
        old: dict[str, dict[date, Sheet]] = {}
        for sheet in recorded:
            old.setdefault(sheet.obligation, {})[sheet.date] = sheet
        found: dict[str, obligations.Considered] = {}
        for name in ordered(terms.contract):
            if only is not None and name not in only:
                continue
            breaches = _breaches(evidence, terms, name, found)
            counted, doubted = _counted(terms, name, found), _causes(terms, name, found)
            found[name] = obligations.judge(
                evidence, terms, name, patterns, old.pop(name, {}), decisions, breaches, known_on, counted, doubted
            )
        known = sorted(accepted, key=lambda one: (one.source, one.name, one.sha256, arrival(one)))
        owed, rest = deliveries.judge(evidence, terms, known, patterns, old, since)
        sources = {f"{deliveries.PREFIX}{name}" for name in terms.contract.sources}
        gone, left = struck.judge(evidence, terms, {name: some for name, some in old.items() if name not in sources})
        judged = [sheet for name in terms.contract.obligations if name in found for sheet in found[name].judged]
        stood = sum(one.stood for one in found.values())
        return Judgement(as_of, dutywatch.__version__, (*judged, *owed, *gone), stood + rest + left)


def ordered(contract: Contract) -> list[str]:
    """The obligations so that each comes after those whose breaches or duties it reads; a circle is a fault."""
    needs = {name: tuple(depends_on(one)) for name, one in contract.obligations.items()}
    return list(TopologicalSorter(needs).static_order())


def _counted(terms: Terms, name: str, found: Mapping[str, obligations.Considered]) -> tuple[str, ...]:
    """The sheet files in force of the obligations whose duties `name` counts, or whose rates it weighs."""
    obligation = terms.contract.obligations[name]
    if not isinstance(obligation, Attain):
        return ()
    return tuple(file for other in depends_on(obligation) for file in found[other].files)


def _causes(terms: Terms, name: str, found: Mapping[str, obligations.Considered]) -> tuple[str, ...]:
    """The sheet files in force of the obligations whose breaches start the clocks of the duties that `name` counts."""
    others = dict.fromkeys(other for _, _, words in terms.words(name) for other in causes(terms, words))
    return tuple(file for other in others if other in found for file in found[other].files)


def _breaches(evidence: Evidence, terms: Terms, name: str, found: Mapping[str, obligations.Considered]) -> list[Breach]:
    """The breaches of the obligation that starts the clocks of `name`, as they stand in its sheets."""
    obligation = terms.contract.obligations[name]
    if not isinstance(obligation, Respond) or obligation.trigger.breach is None:
        return []
    cause = obligation.trigger.breach
    paths = [str(evidence.lake.path(file)) for file in found[cause].files]
    if not paths:
        return []
    rows = evidence.rows(
        "SELECT unit, trigger, lapsed_at FROM read_parquet($paths) WHERE verdict = 'breached' ORDER BY lapsed_at, unit",
        {"paths": paths},
    )
    return [Breach(cause, row["unit"], row["trigger"], row["lapsed_at"]) for row in rows]
