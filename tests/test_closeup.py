"""`dutywatch windows` within opening hours, and what a report says of units without a class: one small hotline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from dutywatch import terms
from dutywatch.cli import app
from dutywatch.closeup import Opening, opening

CALLS = """time,line,result
2025-01-06 08:10,L1,answered
2025-01-06 14:10,L1,abandoned
2025-01-11 09:00,L1,abandoned
"""  # a Monday, open until 14:00, and a Saturday, closed
SHARE = {
    "clause": "§1",
    "party": "firm",
    "pattern": "attain",
    "items": {"stream": "call"},
    "good": "kind = 'answered'",
    "at_least": 0.3,
    "supervisor": "desk",
}
MONTH = {**SHARE, "title": {"en": "Calls answered in a month"}, "window": "month"}


def half_hours(calendar: str) -> dict[str, Any]:
    window = {"each": "day", "slice": "PT30M", "calendar": calendar}
    return {**SHARE, "title": {"en": "Calls answered in a half-hour"}, "window": window}


def contract(folder: Path, **obligations: dict[str, Any]) -> Path:
    """A hotline that is open on weekdays from 08:00 to 14:00, with these obligations."""
    path = folder / "line"
    path.mkdir()
    words = {
        "contract": "line",
        "title": {"en": "A hotline"},
        "authority": {"id": "city", "name": {"en": "City"}},
        "contractors": [{"id": "firm", "name": {"en": "Firm"}}],
        "term": {"from": "2025-01-01", "to": "2025-01-31"},
        "timezone": "Europe/Helsinki",
        "people": {"desk": {"name": {"en": "Desk"}}},
        "units": {"file": "units.csv", "key": "line", "class": "class"},
        "calendars": {
            "office": {"hours": {"mon-fri": "08:00-14:00"}},
            "shop": {"hours": {"mon-sat": "08:00-14:00"}},
        },
        "sources": {
            "calls": {
                "stream": "call",
                "run_by": "firm",
                "owner": "desk",
                "path": "calls-{month}.csv",
                "encoding": "utf-8",
                "time": {"format": "%Y-%m-%d %H:%M", "zone": "Europe/Helsinki"},
                "columns": {"at": "time", "unit": "line", "kind": "result"},
                "expects": "service_log",
            }
        },
        "obligations": obligations,
    }
    (path / "contract.yaml").write_text(yaml.safe_dump(words, allow_unicode=True), encoding="utf-8")
    (path / "units.csv").write_text("line,class\nL1,\n", encoding="utf-8")
    return path


def looked_at(folder: Path, path: Path) -> str:
    landing = folder / "landing"
    landing.mkdir()
    (landing / "calls-2025-01.csv").write_text(CALLS, encoding="utf-8")
    asked = ["windows", str(path), "month", "--landing", str(landing), "--as-of", "2025-02-01T00:00+02:00"]
    result = CliRunner().invoke(app, asked, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_month_is_looked_at_while_others_say_that_it_is_open(tmp_path: Path) -> None:
    """One of three calls is answered: 0.33. On Monday 0.5; the half-hour of 14:00 and Saturday are closed."""
    said = looked_at(tmp_path, contract(tmp_path, month=MONTH, hours=half_hours("office")))
    assert "opening hours: the calendar `office`, which `hours` states" in said
    assert "as owed: 1 pass" in said
    assert "day: 1 pass, 22 without items" in said  # January 2025 has 23 weekdays
    assert "30 minutes of a day: 1 pass, 275 without items" in said  # 23 x 12 half-hours


def test_where_nobody_states_hours_all_is_looked_at(tmp_path: Path) -> None:
    said = looked_at(tmp_path, contract(tmp_path, month=MONTH))
    assert "opening hours" not in said
    assert "day: 1 pass, 1 fail, 29 without items" in said
    assert "30 minutes of a day: 1 pass, 2 fail, 1485 without items" in said  # 31 x 48


@pytest.mark.parametrize(
    ("others", "taken"),
    [
        ({"hours": half_hours("office")}, Opening("office", "hours")),
        ({"hours": half_hours("office"), "more": half_hours("office")}, Opening("office", "hours")),
        ({"hours": half_hours("office"), "shop": half_hours("shop")}, Opening("always", None)),
        ({"hours": {**half_hours("office"), "scope": {"class": ["A"]}}}, Opening("always", None)),
        ({"month": {**MONTH, "window": {"each": "month", "calendar": "shop"}}}, Opening("shop", "month")),
    ],
)
def test_whose_hours_are_taken(tmp_path: Path, others: dict[str, Any], taken: Opening) -> None:
    path = contract(tmp_path, **{"month": MONTH, **others})
    (path / "units.csv").write_text("line,class\nL1,\nL2,A\n", encoding="utf-8")
    assert opening(terms.load(path), "month") == taken


@pytest.mark.parametrize(
    ("more", "count"), [({}, 0), ({"scope": {"class": ["A"]}}, 1), ({"per": "class"}, 1), ({"per": "contract"}, 0)]
)
def test_units_without_a_class_are_counted_where_an_obligation_names_one(
    tmp_path: Path, more: dict[str, Any], count: int
) -> None:
    path = contract(tmp_path, month={**MONTH, **more})
    (path / "units.csv").write_text("line,class\nL1,\nL2,A\n", encoding="utf-8")
    assert terms.load(path).unclassified == count
