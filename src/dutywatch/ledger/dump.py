"""The ledger as canonical text, for comparing two histories.

No surrogate ids and no wall times, so that two ledgers with the same history give the same text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Select, select

from dutywatch.ledger.now import replays
from dutywatch.ledger.tables import (
    acceptances,
    answers,
    confirmations,
    decisions,
    deliveries,
    evaluations,
    flips,
    heads,
    ledger,
    messages,
    revisions,
    sheets,
)

_WALL = frozenset(
    {
        "now",
        "received_at",
        "polled_at",
        "accepted_at",
        "decided_at",
        "opened_at",
        "answered_at",
        "as_of",
        "at",
        "recorded_at",
        "confirmed_at",
    }
)


def dump(connection: Connection) -> str:
    """The ledger's rows, one JSON object a line, in an order that their content alone decides.

    In a wall-clock ledger the instants of recording are left out; in a replay they are part of the history.
    """
    hidden = frozenset() if replays(connection) else _WALL
    lines: list[str] = []
    for name, query in _queries():
        rows = [_line(name, dict(row), hidden) for row in connection.execute(query).mappings()]
        lines.extend(sorted(rows))
    return "\n".join(lines) + "\n"


def _queries() -> Iterator[tuple[str, Select[Any]]]:
    yield "ledger", select(ledger.c.clock, ledger.c.now)
    yield "delivery", select(deliveries).with_only_columns(*_without(deliveries, "id"))
    yield (
        "acceptance",
        select(deliveries.c.contract, deliveries.c.source, deliveries.c.name, deliveries.c.sha256)
        .add_columns(*_without(acceptances, "id", "delivery"))
        .join(acceptances, acceptances.c.delivery == deliveries.c.id),
    )
    yield (
        "sheet",
        select(evaluations.c.as_of)
        .add_columns(*_without(sheets, "id", "evaluation"))
        .join(sheets, sheets.c.evaluation == evaluations.c.id),
    )
    yield "head", select(heads.c.contract, heads.c.as_of, evaluations.c.terms).join(evaluations)
    told = messages.alias("told")
    yield (
        "flip",
        select(*_without(flips, "id", "evaluation", "message"))
        .add_columns(told.c.person.label("told_to"), told.c.level.label("told_level"))
        .outerjoin(told, told.c.id == flips.c.message),
    )
    original = messages.alias("original")
    yield (
        "message",
        select(*_without(messages, "id", "escalates"))
        .add_columns(original.c.person.label("escalates"))
        .outerjoin(original, original.c.id == messages.c.escalates),
    )
    key = (
        messages.c.contract,
        messages.c.obligation,
        messages.c.trigger,
        messages.c.person,
        messages.c.level,
    )
    yield (
        "revision",
        select(*key, *_without(revisions, "message")).join(revisions, revisions.c.message == messages.c.id),
    )
    yield (
        "answer",
        select(*key, *_without(answers, "id", "message")).join(answers, answers.c.message == messages.c.id),
    )
    decided = _without(decisions, "id")
    yield "decision", select(*decided)
    yield (
        "confirmation",
        select(*decided, confirmations.c.person.label("confirmed_by"))
        .add_columns(confirmations.c.recorded_at.label("confirmed_at"))
        .join(confirmations, confirmations.c.decision == decisions.c.id),
    )


def _without(table: Any, *names: str) -> list[Any]:
    """A table's columns but for some; `person` of an answer must not hide the message's."""
    kept = [column for column in table.c if column.name not in names]
    return [c.label("answered_by") if table is answers and c.name == "person" else c for c in kept]


def _line(name: str, row: dict[str, Any], hidden: frozenset[str]) -> str:
    values = {key: _plain(value) for key, value in row.items() if key not in hidden}
    return f"{name} {json.dumps(values, ensure_ascii=False, sort_keys=True)}"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value
