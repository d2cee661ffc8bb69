"""Bytes that were put back are the latest again, for whatever counts when they came (decision 0067)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.judge.oracle import File, Unreadable
from tests.spec import town

FAULTS = {"pattern": "attain", "window": "day", "items": {"stream": "service", "kind": "fault"}, "at_most": 1}
KEYED = {"log": {"redelivery": "append", "key": ["at", "unit"]}}
NINE, TEN, NONE = "8T09:00,kind=fault", "8T10:00,kind=fault", "8T10:00,kind=none"


@pytest.mark.parametrize("proof_until", [None, "PT12H", "PT6H"])
@pytest.mark.parametrize(
    ("first", "second", "in_time", "too_late"),
    [
        (f"{NINE} {TEN}", NONE, "breached.open", "met"),
        (f"{NINE} {NONE}", TEN, "met", "breached.open"),
        (f"{NINE} ?", NONE, "unproven", "met"),
        (f"{NINE} {TEN}", f"{NINE} ?", "breached.open", "unproven"),
    ],
)
def test_what_is_put_back_after_the_proofs_end_changes_nothing(
    first: str, second: str, in_time: str, too_late: str, proof_until: str | None, tmp_path: Path
) -> None:
    """At most one fault a day; the first file is put back at 09:00 of the next. "?": the row of 10:00 is unreadable."""
    given = town.contract(
        {"faults": {**FAULTS, **({"proof_until": proof_until} if proof_until else {})}},
        term={"from": "2024-01-08", "to": "2024-01-08"},
        sources=town.sources(**KEYED),
    )
    files = []
    for number, version in enumerate((first, second)):
        read = tuple(town.row(text) for text in version.split() if text != "?")
        unread = (Unreadable("U1", town.at("8T10:00")),) if "?" in version else ()
        came = town.at(f"9T{3 + number:02}:00")
        files.append(File("log", "log/8", f"log-{number}", date(2024, 1, 8), came, read, unread))
    bench = town.bench(tmp_path, given, files, town.UNITS[:1])
    again = replace(bench.accepted[0], id=3, received_at=town.at("9T09:00"))
    bench = replace(bench, accepted=(*bench.accepted, again))
    found = town.verdicts(bench, "9T12:00")["U1/2024-01-08"]
    assert found["standing"] == (too_late if proof_until == "PT6H" else in_time)
