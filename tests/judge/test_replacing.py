"""What speaks in the place of a delivery that could not be read: nobody is asked for that again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from dutywatch.judge import in_force, replacing
from dutywatch.ledger.deliveries import Accepted
from dutywatch.ledger.quality import Quality
from dutywatch.terms.contract import Contract
from tests.town import at, words

TOWN = Contract.model_validate(words())


def came(source: str, name: str, day: int, refused: str | None = None) -> Accepted:
    """A delivery that came on a day of January, about the tenth."""
    nowhere = {"covers_from": None, "covers_to": None, "first_at": None, "last_at": None, "rules": ""}
    files = {"accepted_file": f"{day}-a", "quarantine_file": f"{day}-q", "refused": refused}
    return Accepted(day, source, name, f"{day:064x}", date(2024, 1, 10), at(day), 1, 0, **files, **nowhere)  # type: ignore[arg-type]


def bad(source: str, name: str, day: int, **fate: Any) -> Quality:
    """The quality of a delivery with a row in quarantine, or one that was refused."""
    counts = dict.fromkeys(("lines", "header", "blank", "rows", "accepted", "quarantined"), 1)
    told = {"service_date": date(2024, 1, 10), "received_at": at(day), "quarantine_file": f"{day}-q", "refused": None}
    return Quality(source, name, f"{day:064x}", **{**told, **counts, **fate})


@pytest.mark.parametrize(
    ("one", "others", "by"),
    [
        (bad("log", "a.csv", 11), [came("log", "a.csv", 11), came("log", "b.csv", 12)], 12),  # by its service date
        (bad("log", "a.csv", 12), [came("log", "b.csv", 11), came("log", "a.csv", 12)], None),  # what came before it
        (bad("notices", "a.csv", 11), [came("notices", "a.csv", 12)], None),  # what is appended speaks beside it
        (bad("notices", "a.csv", 11, refused="?"), [came("notices", "a.csv", 12)], 12),  # of which nothing speaks
        (bad("notices", "a.csv", 11, refused="?"), [came("notices", "b.csv", 12)], None),
        (bad("gone", "a.csv", 11), [came("log", "a.csv", 12)], None),  # of a source that the contract names no more
    ],
)
def test_what_came_later_in_its_place(one: Quality, others: list[Accepted], by: int | None) -> None:
    found = replacing(TOWN, in_force(TOWN, others), one)
    assert (found and found.id) == by
