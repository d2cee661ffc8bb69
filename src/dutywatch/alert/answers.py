"""What people answer to a message. An answer ends the escalation of what was told by then; verdicts do not heed it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import Engine

from dutywatch.errors import DecisionRefused, SettingsError
from dutywatch.ledger import answers, messages
from dutywatch.terms import Terms

Kind = Literal["acknowledged", "disputed"]


def answer(engine: Engine, terms: Terms, message: str, person: str, kind: Kind, text: str, now: datetime) -> None:
    """Record that `person` answered the message whose reference is `message`, as its last line shows it.

    Raises DecisionRefused where they work for who owes what it tells, and it is not to them (docs/decisions/0074).
    """
    name = message.removeprefix(f"{terms.id}/")
    if person not in terms.contract.people:
        known = ", ".join(sorted(terms.contract.people))
        raise SettingsError(f"contract {terms.id}: {person} is nobody under `people`; it names {known}")
    with engine.begin() as connection:
        found = messages.by_name(connection, terms.id, terms.contract.timezone, name)
        if found is None:
            raise SettingsError(f"contract {terms.id}: there is no message {name}: copy its last line")
        told = messages.spoken_for(connection, terms.id, messages.speakers(connection, found))
        employer = terms.contract.employer(person)
        if person != found.person and employer in {duty.party for duty in told if duty.party}:
            raise DecisionRefused(
                f"contract {terms.id}: {person} works for {employer}, which owes what this message tells, and it is "
                f"not to them: nobody else would hear of it. {found.person} must answer, or somebody of the authority"
            )
        answers.record_answer(connection, found.id, person, kind, text, now)
