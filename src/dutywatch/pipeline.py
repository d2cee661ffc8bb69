"""One function a step: what the CLI and the DAGs both call.

A step is idempotent: again, on the same or on more data, it gives what once would have given. Each
makes its own engine, finds its work in the ledger, and returns a value whose `str()` is one line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pyarrow as pa
from sqlalchemy import Connection, Engine

from dutywatch import alert as alerting
from dutywatch import judge as judging
from dutywatch import measure as measuring
from dutywatch import receive as receiving
from dutywatch import terms as promised
from dutywatch import validate as validating
from dutywatch.alert import chinese
from dutywatch.clock import compact, local_date
from dutywatch.errors import ContractFaults, DecisionRefused, SettingsError
from dutywatch.lake import Lake
from dutywatch.ledger import decisions, deliveries, evaluations, quality, schema, silence
from dutywatch.ledger import dump as ledger_dump
from dutywatch.ledger import now as clock
from dutywatch.ledger import timeline as story
from dutywatch.ledger.decisions import Decision
from dutywatch.receive import Day
from dutywatch.settings import Settings
from dutywatch.terms import Terms


@dataclass(frozen=True)
class Measured:
    """What `measure` counted, by obligation and class."""

    outcomes: tuple[measuring.ClassOutcome, ...]
    unclassified: int

    def __str__(self) -> str:
        parts = [str(one) for one in self.outcomes]
        if self.unclassified:
            parts.append(f"{self.unclassified} units without a class, on which no obligation with a class is owed")
        return "; ".join(parts) or "no duties yet"


@dataclass(frozen=True)
class Ring:
    """A contract that a clock wakes; the same ring has the same key."""

    contract: str
    reason: str
    key: str


@contextmanager
def opened(settings: Settings) -> Iterator[Engine]:
    """The ledger's engine for the time of a step. Raises SchemaBehind where the schema is not at head."""
    engine = schema.engine(settings.ledger)
    try:
        with engine.connect() as connection:
            schema.require_head(connection)
        yield engine
    finally:
        engine.dispose()


def load(settings: Settings, contract_id: str) -> Terms:
    """The contract's terms. Raises ContractFaults with every fault, SettingsError where there is no such contract."""
    folder = settings.contracts / contract_id
    if not folder.is_dir():
        raise SettingsError(
            f"there is no contract {contract_id} in {settings.contracts}: put its folder there; `judge`, `explain` and "
            "`what-if` take it where it lies with --landing DIR --as-of ISO"
        )
    return promised.load(folder, settings.packs)


def sources(settings: Settings, contract_id: str) -> list[str]:
    """The names of the contract's sources; reads all of its file, so that its faults show here first."""
    return sorted(load(settings, contract_id).contract.sources)


def migrate(settings: Settings, clock: str = "wall", now: datetime | None = None) -> None:
    """Bring the ledger's schema to head and, on a new ledger, choose its clock for ever."""
    engine = schema.engine(settings.ledger)
    try:
        schema.migrate(engine, clock, now)
    finally:
        engine.dispose()


def receive(
    settings: Settings, contract_id: str, source: str, progress: Callable[[str], None] = lambda _: None
) -> receiving.Received:
    """Receive what the source has, in its landing folder or elsewhere, and was not received before.

    Raises SettingsError where the contract names no such source.
    """
    terms = load(settings, contract_id)
    terms.source(source)
    with opened(settings) as engine:
        return receiving.intake(
            engine,
            Lake(settings.lake),
            terms,
            source,
            settings.landing / contract_id,
            secrets=settings.secrets,
            progress=progress,
        )


def validate(settings: Settings, contract_id: str) -> validating.Validated:
    """Validate every delivery of the contract that has no acceptance under the present rules.

    One that was read by another mapping is read anew first.
    """
    terms = load(settings, contract_id)
    with opened(settings) as engine:
        lake = Lake(settings.lake)
        anew = partial(receiving.anew, lake, terms)
        return validating.accept(engine, lake, terms, settings.home / "expectations", read=anew)


def quarantined(settings: Settings, contract_id: str) -> list[quality.Quality]:
    """The deliveries of the contract with rows in quarantine, and the refused ones; which of them were replaced."""
    terms = load(settings, contract_id)
    with opened(settings) as engine, engine.begin() as connection:
        held = [one for one in quality.qualities(connection, contract_id) if one.quarantined or one.refused]
        known = deliveries.acceptances_of(connection, contract_id, clock.now(connection)) if held else []
    speaking = judging.in_force(terms.contract, known)
    found = ((one, judging.replacing(terms.contract, speaking, one)) for one in held)
    return [replace(one, replaced_at=by.received_at if by else None) for one, by in found]


def export_quarantine(settings: Settings, contract_id: str, out: Path, source: str | None = None) -> int:
    """Write the quarantined rows of the contract, or of one source, to a CSV file; how many they are.

    Raises SettingsError where neither the contract nor what lies in quarantine names such a source.
    """
    terms, held = load(settings, contract_id), quarantined(settings, contract_id)
    found = [one for one in held if source in (None, one.source)]
    if source is not None and not found:
        terms.source(source)
    return validating.export(validating.held(Lake(settings.lake), found), out)


def resubmit(settings: Settings, contract_id: str, source: str, name: str, file: Path) -> receiving.Delivery:
    """Receive a corrected file in the place of the delivery `name`, which stays on record."""
    terms = load(settings, contract_id)
    with opened(settings) as engine:
        return receiving.resubmit(engine, Lake(settings.lake), terms, source, name, file)


def quality_pages(settings: Settings, contract_id: str, out: Path) -> list[Path]:
    """Write the quality page of every validated delivery; the paths, the index first."""
    with opened(settings) as engine, engine.begin() as connection:
        found = quality.qualities(connection, contract_id)
    return validating.write_pages(Lake(settings.lake), contract_id, found, out)


def judge(settings: Settings, contract_id: str) -> judging.Recorded:
    """Judge the sheets that new evidence or the time touches, and make the judgement the head."""
    terms = load(settings, contract_id)
    with opened(settings) as engine:
        return judging.record(engine, Lake(settings.lake), terms, settings.home / "sql" / "patterns")


def alert(settings: Settings, contract_id: str) -> alerting.Alerted:
    """Tell the accountable people what they have not been told, and escalate what nobody answered."""
    terms = load(settings, contract_id)
    channel = alerting.channel(settings.messages, settings.slack_token, settings.slack_url)
    with opened(settings) as engine:
        with engine.begin() as connection:
            now = clock.now(connection)
        return alerting.tell(engine, terms, now, channel)


def measure(settings: Settings, contract_id: str) -> Measured:
    """Count the duties of the present head by obligation and class."""
    terms = load(settings, contract_id)
    with opened(settings) as engine:
        with engine.begin() as connection:
            files = [sheet.file for sheet in evaluations.current_sheets(connection, contract_id)]
        found = measuring.outcomes(Lake(settings.lake), settings.home / "sql" / "indicators", files)
    return Measured(tuple(found), terms.unclassified)


def acknowledge(settings: Settings, contract_id: str, message: str, person: str, text: str = "") -> None:
    """Record that `person` takes on what the message told by now; the escalation of that stops."""
    terms = load(settings, contract_id)
    with opened(settings) as engine:
        with engine.begin() as connection:
            now = clock.now(connection)
        alerting.answer(engine, terms, message, person, "acknowledged", text, now)


def decide(
    settings: Settings,
    contract_id: str,
    kind: decisions.Kind,
    *,
    obligation: str,
    unit: str | None = None,
    trigger: str | None = None,
    grounds: str,
    by: str,
    published: str | None = None,
) -> judging.Decided:
    """Record that `by` decides `kind` about the duties of an obligation (on a unit, of a trigger).

    Raises DecisionRefused, with every reason, where `by` may not or the decision lacks what it must state.
    """
    terms = load(settings, contract_id)
    with opened(settings) as engine, engine.begin() as connection:
        now = clock.now(connection)
        sheets = evaluations.current_sheets(connection, contract_id)
        proposed = Decision(kind, obligation, unit, trigger, grounds, by, None, now, published=published)
        return judging.decide(connection, Lake(settings.lake), terms, sheets, proposed)


def confirm(settings: Settings, decision: int, by: str) -> judging.Decided:
    """Record that a second person confirms a decision; from now on it is two persons'. Raises DecisionRefused."""
    with opened(settings) as engine, engine.begin() as connection:
        now = clock.now(connection)
        found = decisions.decision(connection, decision, now)
        if found is None:
            raise DecisionRefused(
                f"there is no decision {decision}: dutywatch decide list CONTRACT shows their numbers"
            )
        contract_id, one = found
        terms = load(settings, contract_id)
        sheets = evaluations.current_sheets(connection, contract_id)
        return judging.confirm(connection, Lake(settings.lake), terms, sheets, one, by, now)


def decided(settings: Settings, contract_id: str) -> list[Decision]:
    """The decisions on a contract, oldest first, with their confirmations."""
    load(settings, contract_id)
    with opened(settings) as engine, engine.begin() as connection:
        return decisions.decisions_of(connection, contract_id, clock.now(connection))


def advance(settings: Settings, to: datetime) -> None:
    """Move a replay ledger's clock forward to `to`."""
    with opened(settings) as engine, engine.begin() as connection:
        clock.advance(connection, to)


def now(settings: Settings) -> datetime:
    """The ledger's now."""
    with opened(settings) as engine, engine.begin() as connection:
        return clock.now(connection)


def next_instant(settings: Settings) -> datetime | None:
    """The earliest instant after the ledger's now at which a clock runs out or an escalation is due."""
    with opened(settings) as engine, engine.begin() as connection:
        now = clock.now(connection)
        found = [evaluations.next_wake(connection, now)]
        for head in promised.heads(settings.contracts):
            if evaluations.judged(connection, head.contract):
                terms = load(settings, head.contract)
                found.append(alerting.next_escalation(connection, terms, now))
    known = [instant for instant in found if instant is not None]
    return min(known) if known else None


def rings(settings: Settings) -> list[Ring]:
    """The contracts that a clock wakes at the ledger's now.

    Deadlines that passed, messages untold, escalations due; and sources whose turn it is to be asked.
    """
    found: list[Ring] = []
    with opened(settings) as engine, engine.begin() as connection:
        now = clock.now(connection)
        woken = evaluations.woken(connection, now)
        for head in promised.heads(settings.contracts):
            reason = _reason(settings, connection, head.contract, woken.get(head.contract), now)
            asking = None if clock.replays(connection) else _asking(settings, head.contract, now)
            for why, key in (one for one in (reason, asking) if one):
                found.append(Ring(head.contract, why, f"{head.contract}~{key}"))
    return found


def _asking(settings: Settings, contract: str, now: datetime) -> tuple[str, str] | None:
    """Why a contract with sources elsewhere is rung: once a turn, whether or not the last one was answered."""
    every = promised.asked_every(settings.contracts / contract)
    if every is None:
        return None
    turn = datetime.fromtimestamp(now.timestamp() // every.total_seconds() * every.total_seconds(), UTC)
    return f"its sources are asked every {every}", f"ask~{compact(turn)}"


def _reason(
    settings: Settings, connection: Connection, contract: str, wake: datetime | None, now: datetime
) -> tuple[str, str] | None:
    """Why a contract is rung, and what makes the ring the same one; a failed ring is repeated every hour."""
    due = _escalation(settings, connection, contract, now)
    # what falls due within an hour that rang already is another ring
    hour = f"{now:%Y-%m-%dT%H}" + (f"~{compact(due)}" if due else "")
    if wake is not None:
        return f"a clock ran out at {compact(wake)}", f"wake~{compact(wake)}~{hour}"
    if alerting.untold(connection, contract):
        return "somebody has not been told yet", f"untold~{hour}"
    head, decided_at = evaluations.head_of(connection, contract), decisions.newest(connection, contract)
    if decided_at is not None and (head is None or head.as_of is None or head.as_of < decided_at):
        return "somebody decided about its duties", f"decided~{compact(decided_at)}~{hour}"
    return ("a breach was not answered in time", f"escalate~{hour}") if due else None


def _escalation(settings: Settings, connection: Connection, contract: str, now: datetime) -> datetime | None:
    """Since when the last of the people who are to be told of an unanswered breach by now waits for that."""
    if not evaluations.judged(connection, contract):
        return None
    try:
        terms = load(settings, contract)
    except ContractFaults:
        return None  # its own diary shows the faults
    return alerting.escalation_due(connection, terms, now)


def note(settings: Settings, contract_id: str) -> str:
    """The line that a manager reads in the diary: lapses open, share met, silent sources."""
    terms = load(settings, contract_id)
    with opened(settings) as engine, engine.begin() as connection:
        now = clock.now(connection)
        files = [sheet.file for sheet in evaluations.current_sheets(connection, contract_id)]
        silent = silence.silent(connection, terms, now)
    found = measuring.outcomes(Lake(settings.lake), settings.home / "sql" / "indicators", files)
    return measuring.note(found, silent)


def silent(settings: Settings, contract_id: str, day: date | None = None) -> list[Day]:
    """Each source of the contract on `day` (default: yesterday in its zone): what came, and who did not report.

    Raises SettingsError for a day that has not begun.
    """
    terms = load(settings, contract_id)
    with opened(settings) as engine, engine.begin() as connection:
        now = clock.now(connection)
        known = deliveries.acceptances_of(connection, contract_id, now)
    today = local_date(now, terms.contract.zone)
    if day is not None and day > today:
        raise SettingsError(f"{day} has not begun, so that nobody is silent of it: it is {today} by the ledger")
    refused = [one for one in known if one.refused]
    told = [*judging.in_force(terms.contract, known), *refused]
    wanted = day or today - timedelta(days=1)
    return receiving.silence(terms, Lake(settings.lake), told, wanted)


def dump(settings: Settings) -> str:
    """The ledger as canonical text: no surrogate ids, no wall times; equal histories give equal text."""
    with opened(settings) as engine, engine.begin() as connection:
        return ledger_dump.dump(connection)


def timeline(settings: Settings, contract_id: str) -> list[story.Moment]:
    """What was decided when and who was told what, in order of time."""
    zone = load(settings, contract_id).contract.zone
    with opened(settings) as engine, engine.begin() as connection:
        return story.timeline(connection, contract_id, zone)


def explain(
    settings: Settings,
    duty_id: str,
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    language: judging.Language = "en",
) -> str:
    """Why a duty stands as it does, or as it stood with what was known at any past instant. Raises UnknownDuty."""
    terms = load(settings, duty_id.split("/", 1)[0])
    return explained(settings, terms, duty_id, as_of=as_of, known_at=known_at, language=language)


def explained(
    settings: Settings,
    terms: Terms,
    duty_id: str,
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    language: judging.Language = "en",
) -> str:
    """The same for a contract that is loaded already, wherever its folder lies."""
    with opened(settings) as engine:
        return judging.explain(
            engine,
            Lake(settings.lake),
            terms,
            settings.home / "sql" / "patterns",
            duty_id,
            as_of=as_of,
            known_at=known_at,
            language=language,
            reasons=chinese.REASONS,
        )


def judge_as_known(settings: Settings, contract_id: str, known_at: datetime, as_of: datetime | None = None) -> pa.Table:
    """The verdict rows of a contract as of `as_of` (default: `known_at`), from what the ledger knew at `known_at`.

    A what-if: nothing is recorded, nobody is told. Columns: those of `judge.COLUMNS`, ordered by duty id.
    Raises SettingsError for an instant that has not come.
    """
    terms = load(settings, contract_id)
    with opened(settings) as engine:
        with engine.connect() as connection:
            inputs = judging.asked(connection, contract_id, known_at, as_of or known_at)
        return judging.draft(Lake(settings.lake), terms, settings.home / "sql" / "patterns", inputs)
