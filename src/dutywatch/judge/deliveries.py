"""Delivery duties: every source with a due time owes a delivery a day, written in the contract or not.

A `recur` duty with the ledger's own record as its evidence: met by the first delivery for the service
date that could be read, breached when the due time passes without one, cured when it comes after all.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow as pa

import dutywatch
from dutywatch.clock import local_date, midnight
from dutywatch.judge.duties import INSTANT
from dutywatch.judge.evidence import Evidence
from dutywatch.judge.sheets import Judged, Plan, digest_of, judge_sheets, prepare, woken
from dutywatch.judge.struck import unowed
from dutywatch.ledger.deliveries import Accepted
from dutywatch.ledger.evaluations import Sheet
from dutywatch.terms import Contract, Source, Terms

PREFIX = "deliver:"


def judge(
    evidence: Evidence,
    terms: Terms,
    accepted: Sequence[Accepted],
    patterns: Path,
    recorded: Mapping[str, Mapping[date, Sheet]],
    since: datetime,
) -> tuple[list[Judged], int]:
    """Judge the delivery duties that need it; returns their sheets and how many stood."""
    judged: list[Judged] = []
    stood = 0
    statement = (patterns / "delivery.sql").read_text(encoding="utf-8")
    for name, source in terms.contract.sources.items():
        came = _came(name, accepted, terms.contract)
        refused = {one.service_date for one in accepted if one.source == name and one.refused}
        owed = days(terms.contract, source, evidence.as_of, since)
        old = recorded.get(PREFIX + name, {})
        coming = _coming(terms.contract, source, evidence.as_of, since)  # an empty sheet waits for it
        known = [*owed, *coming]
        plans = [_plan(terms, name, source, day, came.get(day, []), day in refused, old.get(day)) for day in known]
        # what the contract asked for once and asks for no more
        plans += [unowed(terms, PREFIX + name, old[day]) for day in sorted(old.keys() - set(known))]
        due = [plan for plan in plans if not plan.stands(evidence.as_of)]
        stood += len(plans) - len(due)
        if due:
            prepare(evidence.duck)
            asked = [plan.date for plan in due if plan.date in owed]
            if asked:
                _run(evidence, terms, name, source, statement, asked, came, refused)
            sheets = judge_sheets(evidence.duck, evidence.lake, terms.id, due)
            following = coming or [day + timedelta(days=1) for day in owed[-1:] if day < terms.contract.term.to]
            newest = known[-1:]
            begins = midnight(following[0], terms.contract.zone) if following else None
            judged += [woken(one, begins) if one.date in newest else one for one in sheets]
    return judged, stood


def _coming(contract: Contract, source: Source, as_of: datetime, since: datetime) -> list[date]:
    """The first service date of a source of which none has begun."""
    due, first = source.delivery_due, contract.owed_from(source)
    later = local_date(as_of, contract.zone) < first <= contract.term.to
    return [first] if due is not None and later and due.due(first, contract.zone) > since else []


def days(contract: Contract, source: Source, as_of: datetime, since: datetime) -> list[date]:
    """The service dates that have begun by `as_of`, from the source's first day on.

    A delivery that was due before `since` is not asked for: nobody was there to record whether it came.
    """
    due = source.delivery_due
    first = contract.owed_from(source)
    last = min(local_date(as_of, contract.zone), contract.term.to)
    owed = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in owed if due.due(day, contract.zone) > since] if due is not None else []


def _came(name: str, accepted: Sequence[Accepted], contract: Contract) -> dict[date, list[Accepted]]:
    """What was delivered of each day; what came before its day began speaks for no day (docs/decisions/0057)."""
    came: dict[date, list[Accepted]] = {}
    for one in accepted:
        if one.source != name or one.service_date is None or one.refused:
            continue
        if one.received_at is None or one.received_at > midnight(one.service_date, contract.zone):
            came.setdefault(one.service_date, []).append(one)
    return came


def _plan(
    terms: Terms,
    name: str,
    source: Source,
    day: date,
    came: Sequence[Accepted],
    refused: bool,
    recorded: Sheet | None,
) -> Plan:
    received = [f"{one.name} {one.sha256} {one.received_at}" for one in came]
    inputs = digest_of(
        [dutywatch.__version__, str(source.due), terms.contract.timezone, source.run_by, str(refused), *received]
    )
    begins = midnight(day, terms.contract.zone)
    return Plan(PREFIX + name, day, lambda _: inputs, begins, None, recorded)


def _run(
    evidence: Evidence,
    terms: Terms,
    name: str,
    source: Source,
    statement: str,
    dates: Sequence[date],
    came: Mapping[date, Sequence[Accepted]],
    refused: Collection[date | None],
) -> None:
    zone, due = terms.contract.zone, source.delivery_due
    assert due is not None  # noqa: S101 - the caller passes sources with a due time only
    prefix = f"{terms.id}/{PREFIX}{name}/{name}/"
    acts = [(day.isoformat(), one.received_at, one.label) for day in dates for one in came.get(day, ())]
    evidence.duck.register(
        "periods",
        pa.table(
            {
                "duty_id": pa.array([prefix + day.isoformat() for day in dates], pa.string()),
                "unit": pa.array([name] * len(dates), pa.string()),
                "unit_class": pa.array([None] * len(dates), pa.string()),
                "trigger": pa.array([day.isoformat() for day in dates], pa.string()),
                "t0": pa.array([midnight(day, zone) for day in dates], INSTANT),
                "due_at": pa.array([due.due(day, zone) for day in dates], INSTANT),
                "holder": pa.array([source.run_by] * len(dates), pa.string()),
                "refused": pa.array([day in refused for day in dates], pa.bool_()),
            }
        ),
    )
    evidence.duck.register(
        "acts",
        pa.table(
            {
                "unit": pa.array([name] * len(acts), pa.string()),
                "trigger": pa.array([act[0] for act in acts], pa.string()),
                "at": pa.array([act[1] for act in acts], INSTANT),
                "ref": pa.array([act[2] for act in acts], pa.string()),
            }
        ),
    )
    evidence.duck.execute(f"INSERT INTO verdicts BY NAME {statement}", {"as_of": evidence.as_of})
