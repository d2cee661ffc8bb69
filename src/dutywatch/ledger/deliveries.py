"""Deliveries and their acceptances: what came, when, and what of it was accepted.

A delivery is (source, name, SHA-256); receiving it again is no event, unless its name had other bytes since: then it
arrives anew (docs/decisions/0067). Which delivery speaks for an interval follows from the source's redelivery policy
(SEMANTICS section 2), never from the order in which steps happened to run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on, insert

from dutywatch.ledger.tables import acceptances, deliveries


@dataclass(frozen=True)
class Pending:
    """A delivery that has no acceptance under the present rules yet."""

    id: int
    source: str
    name: str
    sha256: str
    service_date: date | None
    received_at: datetime | None
    columns: tuple[str, ...]
    lines: int
    header: int
    blank: int
    rows: int
    rows_file: str
    refused: str | None


@dataclass(frozen=True)
class Accepted:
    """An acceptance with the delivery that it is of, as judging reads it."""

    id: int
    source: str
    name: str
    sha256: str
    service_date: date | None
    received_at: datetime | None
    accepted: int
    quarantined: int
    accepted_file: str
    quarantine_file: str
    refused: str | None
    covers_from: datetime | None
    covers_to: datetime | None
    first_at: datetime | None
    last_at: datetime | None
    rules: str
    polled_at: datetime | None = None  # of the poll that this delivery completes

    @property
    def label(self) -> str:
        """How messages and evidence name the delivery."""
        return f"{self.source} {self.name}"


@dataclass(frozen=True)
class Versions:
    """The SHA-256s of all that was received under one name; `last` is that of what came last, at `came`."""

    ever: frozenset[str]
    last: str
    came: datetime | None

    def has(self, sha256: str, received_at: datetime | None) -> bool:
        """Whether these bytes are no event: they came last, or nobody can say that they came since."""
        since = self.came is not None and received_at is not None and received_at > self.came
        return sha256 == self.last or (sha256 in self.ever and not since)


def known(connection: Connection, contract: str, source: str, name: str | None = None) -> dict[str, Versions]:
    """What was already received from `source` (as `name`), by name."""
    mine = and_(deliveries.c.contract == contract, deliveries.c.source == source)
    query = select(deliveries.c.name, deliveries.c.sha256, deliveries.c.received_at).where(
        mine if name is None else and_(mine, deliveries.c.name == name)
    )
    found: dict[str, Versions] = {}
    for row in connection.execute(query.order_by(deliveries.c.received_at.nulls_first(), deliveries.c.sha256)):
        before = found[row.name].ever if row.name in found else frozenset()
        found[row.name] = Versions(before | {row.sha256}, row.sha256, row.received_at)
    return found


@dataclass(frozen=True)
class Answer:
    """What a server said of one address, for the next request to it (RFC 9110, section 8.8)."""

    url: str
    etag: str | None
    last_modified: str | None


@dataclass(frozen=True)
class Remembered:
    """What earlier polls of a source left: the instant of the last complete one, and each address' last answer."""

    last_poll: datetime | None
    answers: Mapping[str, Answer]


def remembered(connection: Connection, contract: str, source: str) -> Remembered:
    """What the next poll of `source` needs to know of those before; refused answers are asked for again."""
    mine = and_(deliveries.c.contract == contract, deliveries.c.source == source, deliveries.c.refused.is_(None))
    last = connection.execute(select(func.max(deliveries.c.polled_at)).where(mine)).scalar_one()
    rows = connection.execute(
        select(deliveries.c.url, deliveries.c.etag, deliveries.c.last_modified)
        .where(mine, or_(deliveries.c.etag.is_not(None), deliveries.c.last_modified.is_not(None)))
        .ext(distinct_on(deliveries.c.url))
        .order_by(deliveries.c.url, deliveries.c.id.desc())
    )
    return Remembered(last and last.astimezone(UTC), {row.url: Answer(*row) for row in rows})


def record(connection: Connection, values: Mapping[str, Any]) -> bool:
    """Append a delivery; False where it is no event, as another worker may have found first."""
    contract, source, name = values["contract"], values["source"], values["name"]
    connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{contract} {source} {name}", 0))))
    versions = known(connection, contract, source, name).get(name)
    if versions is not None and versions.has(values["sha256"], values["received_at"]):
        return False
    connection.execute(insert(deliveries).values(**values))
    return True


def kept(connection: Connection, contract: str, known_at: datetime) -> list[dict[str, Any]]:
    """The accepted deliveries received by `known_at` as they stand recorded, without their numbers, oldest first."""
    query = select(*(column for column in deliveries.c if column.name != "id")).where(
        deliveries.c.contract == contract,
        or_(deliveries.c.received_at.is_(None), deliveries.c.received_at <= known_at),
        deliveries.c.id.in_(select(acceptances.c.delivery)),
    )
    return [dict(row) for row in connection.execute(query.order_by(deliveries.c.id)).mappings()]


def unaccepted(connection: Connection, contract: str, rules: Mapping[str, str]) -> list[Pending]:
    """Deliveries whose latest acceptance is not under `rules` (digest by source), by source, name and SHA-256."""
    latest = (
        select(acceptances.c.delivery, acceptances.c.rules)
        .ext(distinct_on(acceptances.c.delivery))
        .order_by(acceptances.c.delivery, acceptances.c.id.desc())
        .subquery()
    )
    by_source = [and_(deliveries.c.source == source, latest.c.rules == digest) for source, digest in rules.items()]
    rows = connection.execute(
        select(deliveries)
        .outerjoin(latest, and_(latest.c.delivery == deliveries.c.id, or_(*by_source)))
        .where(
            deliveries.c.contract == contract,
            deliveries.c.source.in_(sorted(rules)),
            latest.c.delivery.is_(None),
        )
        .order_by(deliveries.c.source, deliveries.c.name, deliveries.c.sha256)
    )
    wanted = [field.name for field in fields(Pending)]
    found = [{name: row[name] for name in wanted} for row in rows.mappings()]
    return [Pending(**{**values, "columns": tuple(values["columns"])}) for values in found]


def accept(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> int:
    """Append acceptances; one that another worker appended first is left as it stands. Returns how many."""
    done = 0
    for values in rows:
        mine = values["delivery"]
        connection.execute(select(deliveries.c.id).where(deliveries.c.id == mine).with_for_update())
        standing = select(acceptances.c.rules).where(acceptances.c.delivery == mine)
        if connection.execute(standing.order_by(acceptances.c.id.desc()).limit(1)).scalar() != values["rules"]:
            connection.execute(insert(acceptances).values(**values))
            done += 1
    return done


def acceptances_of(connection: Connection, contract: str, known_at: datetime) -> list[Accepted]:
    """The latest acceptance of every delivery received by `known_at`, sorted by source, name, SHA-256 and arrival."""
    arrival = (deliveries.c.source, deliveries.c.name, deliveries.c.sha256, deliveries.c.received_at)
    rows = connection.execute(
        select(
            acceptances.c.id,
            deliveries.c.source,
            deliveries.c.name,
            deliveries.c.sha256,
            deliveries.c.service_date,
            deliveries.c.received_at,
            acceptances.c.accepted,
            acceptances.c.quarantined,
            acceptances.c.accepted_file,
            acceptances.c.quarantine_file,
            acceptances.c.refused,
            acceptances.c.covers_from,
            acceptances.c.covers_to,
            acceptances.c.first_at,
            acceptances.c.last_at,
            acceptances.c.rules,
            deliveries.c.polled_at,
        )
        .join(deliveries, deliveries.c.id == acceptances.c.delivery)
        .where(
            deliveries.c.contract == contract,
            or_(deliveries.c.received_at.is_(None), deliveries.c.received_at <= known_at),
        )
        .ext(distinct_on(*arrival))
        .order_by(*arrival, acceptances.c.id.desc())
    )
    return [Accepted(**dict(row)) for row in rows.mappings()]
