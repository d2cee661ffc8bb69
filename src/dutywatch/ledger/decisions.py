"""Decisions of people that judging and settling heed: excuses, waivers, late evidence admitted, suspensions backdated.

A decision is appended and never changed; it has an author, grounds and, where the specification asks for two
persons, one who confirmed it later, in a row of its own (SEMANTICS section 7). Who may decide what stands in
`judge.deciding`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast, get_args

from sqlalchemy import Connection, Select, and_, func, insert, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql import insert as upsert

from dutywatch.ledger.tables import confirmations, decisions

Kind = Literal["excuse", "waive", "admit", "suspend"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_COLUMNS = ("kind", "obligation", "unit", "trigger", "grounds", "author", "published", "recorded_at")


@dataclass(frozen=True)
class Decision:
    """One decision; None for obligation, unit or trigger: it concerns all of them.

    It is one person's from `recorded_at` on, and two persons' from `confirmed_at` on. `id`: its number in the ledger
    (0: it stands in none yet), by which it is confirmed; nothing is judged from it.
    """

    kind: str
    obligation: str | None
    unit: str | None
    trigger: str | None
    grounds: str
    author: str
    confirmed_by: str | None
    recorded_at: datetime
    confirmed_at: datetime | None = None
    published: str | None = None
    id: int = 0

    @property
    def two(self) -> bool:
        """Whether two persons decided it."""
        return self.confirmed_by is not None and self.confirmed_by != self.author

    def concerns(self, obligation: str) -> bool:
        """Whether it is about duties of `obligation`."""
        return self.obligation in (None, obligation)

    def about(self, obligation: str, unit: str, trigger: str) -> bool:
        """Whether it is about this very duty."""
        return self.concerns(obligation) and self.unit in (None, unit) and self.trigger in (None, trigger)

    def line(self) -> str:
        """What of the decision verdicts depend on, as one line of text, for the digest of a sheet's inputs."""
        parts = (self.kind, self.obligation, self.unit, self.trigger, self.grounds, self.author, self.confirmed_by)
        return "decision " + " ".join(map(str, (*parts, self.recorded_at)))


def record(connection: Connection, contract: str, decision: Decision) -> int:
    """Append a decision, and its confirmation where it comes with one; returns its number."""
    values = {name: getattr(decision, name) for name in _COLUMNS}
    query = insert(decisions).values(contract=contract, **values).returning(decisions.c.id)
    number = int(connection.execute(query).scalar_one())
    if decision.confirmed_by is not None:
        confirm(connection, number, decision.confirmed_by, decision.confirmed_at or decision.recorded_at)
    return number


def confirm(connection: Connection, decision: int, person: str, now: datetime) -> bool:
    """Append that `person` confirms a decision; False where that stands there already."""
    values = {"decision": decision, "person": person, "recorded_at": now}
    statement = upsert(confirmations).values(**values).on_conflict_do_nothing().returning(confirmations.c.decision)
    return connection.execute(statement).first() is not None


def decisions_of(connection: Connection, contract: str, known_at: datetime) -> list[Decision]:
    """The decisions on a contract recorded by `known_at`, confirmed where that was recorded by then; oldest first."""
    query = _known(known_at).where(decisions.c.contract == contract)
    rows = connection.execute(query.order_by(decisions.c.recorded_at, decisions.c.id))
    return [Decision(**dict(row)) for row in rows.mappings()]


def decision(connection: Connection, number: int, known_at: datetime) -> tuple[str, Decision] | None:
    """The decision with this number, and the contract that it is about."""
    query = _known(known_at).add_columns(decisions.c.contract).where(decisions.c.id == number)
    row = connection.execute(query).mappings().first()
    if row is None:
        return None
    values = dict(row)
    return cast(str, values.pop("contract")), Decision(**values)


def newest(connection: Connection, contract: str) -> datetime | None:
    """When somebody last decided or confirmed something that verdicts depend on; waivers change none."""
    heeded = and_(decisions.c.contract == contract, decisions.c.kind != "waive")
    taken = select(func.max(decisions.c.recorded_at)).where(heeded)
    confirmed = (
        select(func.max(confirmations.c.recorded_at))
        .join(decisions, decisions.c.id == confirmations.c.decision)
        .where(heeded)
    )
    found = [connection.execute(query).scalar_one() for query in (taken, confirmed)]
    return max((one for one in found if one is not None), default=None)


def _known(known_at: datetime) -> Select[tuple[object, ...]]:
    first = (
        select(confirmations)
        .join(decisions, decisions.c.id == confirmations.c.decision)
        .where(confirmations.c.recorded_at <= known_at, confirmations.c.person != decisions.c.author)
        .ext(distinct_on(confirmations.c.decision))
        .order_by(confirmations.c.decision, confirmations.c.recorded_at, confirmations.c.person)
        .subquery()
    )
    return (
        select(decisions.c.id, *(decisions.c[name] for name in _COLUMNS))
        .add_columns(first.c.person.label("confirmed_by"), first.c.recorded_at.label("confirmed_at"))
        .outerjoin(first, and_(first.c.decision == decisions.c.id))
        .where(decisions.c.recorded_at <= known_at)
    )
