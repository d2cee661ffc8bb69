"""What people answer to a message. An answer ends the escalation of what was told by then; verdicts do not heed it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import Engine

from dutywatch.errors import SettingsError
from dutywatch.ledger import answers, messages
from dutywatch.terms import Terms

Kind = Literal["acknowledged", "disputed"]


def answer(engine: Engine, terms: Terms, message: str, person: str, kind: Kind, text: str, now: datetime) -> None:
    """Record that `person` answered the message whose reference is `message`, as its last line shows it."""
    name = message.removeprefix(f"{terms.id}/")
    if person not in terms.contract.people:
        known = ", ".join(sorted(terms.contract.people))
        raise SettingsError(f"contract {terms.id}: {person} is nobody under `people`; it names {known}")
    with engine.begin() as connection:
        found = messages.by_name(connection, terms.id, terms.contract.timezone, name)
        if found is None:
            raise SettingsError(f"contract {terms.id}: there is no message {name}: copy its last line")
        answers.record_answer(connection, found.id, person, kind, text, now)
