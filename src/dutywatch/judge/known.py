"""What was known of a contract at an instant, and a judgement of it that nobody records: no flips, no messages.

The head says how duties stand now; here they are judged as of any instant, from the deliveries and decisions that
the ledger had received by any other (SEMANTICS section 1). Equal inputs give the rows that the head has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
from sqlalchemy import Connection

from dutywatch.clock import compact
from dutywatch.errors import SettingsError
from dutywatch.judge.coverage import BEGINNING
from dutywatch.judge.judgement import judge
from dutywatch.judge.sheets import COLUMNS
from dutywatch.lake import Lake, connect
from dutywatch.ledger import decisions, deliveries, evaluations
from dutywatch.ledger.decisions import Decision
from dutywatch.ledger.deliveries import Accepted
from dutywatch.ledger.now import now
from dutywatch.terms import Terms


@dataclass(frozen=True)
class Known:
    """The inputs of a judgement as of `as_of`: what the ledger had received and recorded by `known_at`."""

    as_of: datetime
    known_at: datetime
    accepted: tuple[Accepted, ...]
    decisions: tuple[Decision, ...]
    since: datetime


def known(connection: Connection, contract: str, known_at: datetime, as_of: datetime) -> Known:
    """What the ledger knew of `contract` at `known_at`; nothing is recorded."""
    head = evaluations.head_of(connection, contract)
    return Known(
        as_of=as_of,
        known_at=known_at,
        accepted=tuple(deliveries.acceptances_of(connection, contract, known_at)),
        decisions=tuple(decisions.decisions_of(connection, contract, known_at)),
        since=head.since if head else BEGINNING,
    )


def asked(connection: Connection, contract: str, known_at: datetime, as_of: datetime) -> Known:
    """The same, at somebody's wish. Raises SettingsError for an instant of which nobody can know yet how duties stand.

    Files that have not come because their day has not would be lapses of whoever owes them (docs/decisions/0087).
    """
    present = now(connection)
    if known_at > present:
        raise SettingsError(
            f"nobody knows yet what will be known at {compact(known_at)}: it is {compact(present)} by the ledger"
        )
    if as_of > known_at:
        raise SettingsError(
            f"at {compact(known_at)} nobody knew yet what would be done, and sent, by {compact(as_of)}: "
            "name an --as-of that is no later than --known-at"
        )
    return known(connection, contract, known_at, as_of)


def draft(lake: Lake, terms: Terms, patterns: Path, inputs: Known, only: Sequence[str] | None = None) -> pa.Table:
    """The verdict rows of a contract (`judge.sheets.COLUMNS`) by duty id, judged and thrown away.

    `only`: the obligations to judge, with those that they depend on (default: all); deliveries are always judged.
    """
    with lake.drafting() as drafts:
        found = judge(
            terms,
            inputs.accepted,
            drafts,
            patterns,
            inputs.as_of,
            since=inputs.since,
            decisions=inputs.decisions,
            known_at=inputs.known_at,
            only=only,
        )
        return rows(drafts, [sheet.file for sheet in found.judged])


def rows(lake: Lake, files: Sequence[str]) -> pa.Table:
    """The verdict rows of some sheets, by duty id; times are UTC."""
    with connect(lake) as duck:
        if not files:
            empty = ", ".join(f"NULL::{kind} AS {name}" for name, kind in COLUMNS.items())
            return duck.sql(f"SELECT {empty} WHERE false").to_arrow_table()
        paths = [str(lake.path(file)) for file in files]
        query = "SELECT * FROM read_parquet($paths, union_by_name = true) ORDER BY duty_id"
        return duck.sql(query, params={"paths": paths}).to_arrow_table()
