"""Of whom a log says nothing: what its rows of other days tell of them (the tables are in chapters/coverage.py)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.judge.oracle import File
from tests.spec.town import at, bench, contract, row, verdicts


def test_a_row_of_the_next_day_does_not_speak_for_the_day_of_its_file(tmp_path: Path) -> None:
    """The log of the 8th, kept by unit, names U2 on that day, and U1 only after the midnight to which it covers."""
    swept = {"pattern": "recur", "period": "day", "times": 1, "action": {"stream": "service", "kind": "sweep"}}
    log = contract({}).sources["log"].model_dump(by_alias=True, exclude_unset=True)
    terms = contract({"sweep": swept}, sources={"log": {**log, "by": "unit"}})
    rows = (row("8T09:00,kind=weed,unit=U2"), row("9T01:00,kind=sweep,unit=U1"))
    files = [File("log", "log/8", "log-8", date(2024, 1, 8), at("9T05:00"), rows)]
    found = verdicts(bench(tmp_path, terms, files), "9T07:00")
    assert {name: found[f"{name}/2024-01-08"]["standing"] for name in ("U1", "U2")} == {
        "U1": "unproven",
        "U2": "breached.open",
    }
    assert found["U1/2024-01-08"]["reason"].endswith("log of 2024-01-08 says nothing of the unit")
