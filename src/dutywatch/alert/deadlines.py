"""When alerting has something to do by itself: breaches that nobody answered, people who are told next."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from dutywatch.ledger import escalations
from dutywatch.ledger.escalations import Escalation
from dutywatch.terms import Terms


def ahead(connection: Connection, terms: Terms) -> list[Escalation]:
    """Every escalation that will happen unless somebody answers, soonest first; overdue ones too."""
    steps = [(step.to, step.after) for step in terms.contract.escalation]
    return escalations.escalations(connection, terms.id, steps)


def next_escalation(connection: Connection, terms: Terms, after: datetime) -> datetime | None:
    """The earliest instant later than `after` at which somebody is told of an unanswered breach."""
    return next((one.at for one in ahead(connection, terms) if one.at > after), None)


def escalation_due(connection: Connection, terms: Terms, now: datetime) -> datetime | None:
    """The latest instant by now at which somebody was to be told of an unanswered breach, and was not yet."""
    return max((one.at for one in ahead(connection, terms) if one.at <= now), default=None)
