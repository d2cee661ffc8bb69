"""The pattern *respond*: prepares the relations that sql/patterns/respond.sql reads, and runs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

import dutywatch
from dutywatch.judge.duties import Clock, clocks, clocks_table, duties_query, in_scope, units_table, window
from dutywatch.judge.episodes import episodes
from dutywatch.judge.evidence import Evidence, gaps_table
from dutywatch.judge.sheets import Judged, Plan, digest_of, judge_sheet
from dutywatch.ledger.deliveries import Accepted
from dutywatch.ledger.evaluations import Sheet
from dutywatch.terms import Obligation, Terms


def judge(
    evidence: Evidence, terms: Terms, name: str, patterns: Path, recorded: Mapping[date, Sheet]
) -> tuple[list[Judged], int]:
    """Judge the sheets of obligation `name` that need it; returns them and how many stood."""
    obligation = terms.contract.obligations[name]
    by_date = _clocks(evidence, terms, obligation)
    plans = [
        _plan(evidence, terms, name, day, by_date.get(day, []), recorded.get(day))
        for day in sorted({*by_date, *recorded})
    ]
    due = [plan for plan in plans if not plan.stands(evidence.as_of)]
    if not due:
        return [], len(plans)
    found = [clock for plan in due for clock in by_date.get(plan.date, [])]
    _run(evidence, terms, name, patterns, found)
    judged = []
    for plan in due:
        triggers = sorted({clock.trigger for clock in by_date.get(plan.date, [])})
        evidence.duck.execute("CREATE OR REPLACE TEMP TABLE sheet_triggers (trigger VARCHAR)")
        if triggers:
            evidence.duck.executemany("INSERT INTO sheet_triggers VALUES (?)", [[t] for t in triggers])
        rows = "SELECT * FROM verdicts WHERE trigger IN (SELECT trigger FROM sheet_triggers)"
        judged.append(judge_sheet(evidence.duck, evidence.lake, terms.id, plan, rows))
    return judged, len(plans) - len(due)


def _clocks(evidence: Evidence, terms: Terms, obligation: Obligation) -> dict[date, list[Clock]]:
    trigger = obligation.trigger
    observations = evidence.observations(trigger)
    if not observations:
        return {}
    over = (observations[0].at, evidence.as_of)
    gaps = [*evidence.gaps(trigger.stream, over), *evidence.row_gaps(trigger.stream, trigger.kind)]
    classes = sorted({unit.class_ for unit in in_scope(obligation, terms.units.rows)}, key=str)
    found = clocks(terms.contract, obligation, classes, episodes(trigger, observations, gaps, evidence.as_of))
    by_date: dict[date, list[Clock]] = {}
    for clock in found:
        by_date.setdefault(clock.date, []).append(clock)
    return by_date


def _plan(
    evidence: Evidence, terms: Terms, name: str, day: date, found: Sequence[Clock], recorded: Sheet | None
) -> Plan:
    obligation = terms.contract.obligations[name]
    begins = min((clock.lower for clock in found), default=recorded.window_from if recorded else evidence.as_of)
    streams: set[str] = {obligation.trigger.stream, obligation.action.stream}
    ends: list[datetime | None] = [clock.due for clock in found]
    if obligation.refuted_by:
        streams.add(obligation.refuted_by.stream)
        ends.extend(clock.until for clock in found)
    sources = sorted(s for stream in streams for s in terms.contract.sources_of(stream))
    declared = [
        dutywatch.__version__,
        obligation.model_dump_json(),
        terms.units.digest,
        terms.contract.timezone,
        terms.contract.term.model_dump_json(),
        *(terms.contract.sources[source].reading for source in sources),
        *(clock.line() for clock in found),
    ]

    def inputs(window_to: datetime | None) -> str:
        read = [_key(one) for one in evidence.of(sources) if touches(one, begins, window_to)]
        return digest_of([*declared, *read])

    known = [end for end in ends if end is not None]
    settles_at = max(known) if known and len(known) == len(ends) else None
    return Plan(name, day, inputs, begins, settles_at, recorded)


def touches(one: Accepted, begins: datetime, ends: datetime | None) -> bool:
    """Whether a delivery says anything about [begins, ends): by what it covers, or by what its rows name."""
    spans = [(one.covers_from, one.covers_to), (one.first_at, one.last_at)]
    if one.quarantined and one.covers_from is None:
        return True  # a row without a readable time may speak of any
    return any(start <= (ends or stop) and stop >= begins for start, stop in spans if start and stop)


def _key(one: Accepted) -> str:
    received = one.received_at.isoformat() if one.received_at else "-"
    return " ".join([one.source, one.name, one.sha256, one.rules, received])


def _run(evidence: Evidence, terms: Terms, name: str, patterns: Path, found: Sequence[Clock]) -> None:
    """Fill table `verdicts` with the rows of all duties under the clocks `found`."""
    duck = evidence.duck
    if not found:
        duck.execute("CREATE OR REPLACE TEMP TABLE verdicts AS SELECT * FROM verdicts_shape")
        return
    obligation = terms.contract.obligations[name]
    action = obligation.action
    over = window(found)
    gaps = [
        *evidence.gaps(action.stream, over),
        *evidence.row_gaps(action.stream, action.kind.names),
        *evidence.unshown_gaps(action),
    ]
    duck.register("scope_units", units_table(in_scope(obligation, terms.units.rows)))
    duck.register("clocks", clocks_table(found))
    duck.register("gaps_given", gaps_table(gaps))
    duck.execute("CREATE OR REPLACE TEMP TABLE gaps AS SELECT * FROM gaps_given")
    duck.execute(f"CREATE OR REPLACE TEMP TABLE duties AS {duties_query()}", {"prefix": f"{terms.id}/{name}/"})
    _observed(evidence, "actions", action.stream, action.kind.names)
    refuted_by = obligation.refuted_by
    _observed(
        evidence,
        "refutations",
        refuted_by.stream if refuted_by else action.stream,
        refuted_by.kind if refuted_by else (),
    )
    statement = (patterns / "respond.sql").read_text(encoding="utf-8")
    duck.execute(
        f"CREATE OR REPLACE TEMP TABLE verdicts AS {statement}",
        {
            "as_of": evidence.as_of,
            "kinds": 1 if action.kind.any else len(set(action.kind.names)),
            "party": obligation.party,
            "silence": obligation.silence,
        },
    )


def _observed(evidence: Evidence, table: str, stream: str, kinds: Sequence[str]) -> None:
    """Table `table` (unit, kind, at, rank, ref) of the stream's events of some kinds, with their sources' ranks."""
    ranks = [(name, source.rank) for name, source in evidence.contract.sources.items()]
    evidence.duck.execute("CREATE OR REPLACE TEMP TABLE ranks (source VARCHAR, rank INTEGER)")
    evidence.duck.executemany("INSERT INTO ranks VALUES (?, ?)", [list(row) for row in ranks])
    evidence.duck.execute(
        f'CREATE OR REPLACE TEMP TABLE {table} AS SELECT unit, kind, "at", rank, ref '
        f"FROM {evidence.events(stream)} JOIN ranks USING (source) "
        "WHERE unit IS NOT NULL AND list_contains($kinds, kind)",
        {"kinds": list(kinds)},
    )
