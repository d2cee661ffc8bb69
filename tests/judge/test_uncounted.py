"""A row in quarantine that may have meant a duty's unit: people ask for it first."""

from __future__ import annotations

from pathlib import Path

from dutywatch.judge import explanation_en, explanation_zh
from dutywatch.judge.coverage import BEGINNING
from dutywatch.judge.explanation import explain
from dutywatch.judge.known import Known
from dutywatch.judge.uncounted import Uncounted
from dutywatch.terms.units import Unit
from tests.judge.bench import PATTERNS, set_up
from tests.judge.oracle import Row, Trace, Unreadable
from tests.judge.test_letter import LOG, act, at, contract, file, snow


def test_a_row_in_quarantine_that_names_the_unit_nearly_is_shown(tmp_path: Path) -> None:
    """Snow on the 11th at 01:00. U00 is a letter from U0; W7 is far from it, and U1 is a unit itself."""
    bad = [Unreadable(unit, at(11, hour), "plow") for unit, hour in (("U00", 9), ("W7", 10), ("U1", 11))]
    files = (snow(1), file("log", 10), file("log", 11, [act(11, 8, "sweep")], bad))
    units = tuple(Unit(name, None, None, 100.0) for name in ("U0", "U1"))
    bench = set_up(tmp_path, Trace(contract({"log": LOG}), units, files))
    rows = {row["unit"]: row for row in bench.rows(bench.judge(at(12, 7))).values()}
    inputs = Known(at(12, 7), at(12, 7), bench.accepted, (), BEGINNING)
    told = explain(bench.terms, bench.lake, PATTERNS, inputs, rows["U0"], (), recorded=True)
    assert told.uncounted == (
        Uncounted("log log/11.csv:2", at(11, 8), "sweep", "kind"),
        Uncounted("log log/11.csv:3", at(11, 9), "plow", "misnamed", "U00"),
    )


def test_an_act_of_no_kind_is_an_act(tmp_path: Path) -> None:
    """The clause asks for any act; the log states no kind. Acts count from 21:00 on."""
    files = (snow(1), file("log", 10, [Row(at(10, 20), "U0", None)]), file("log", 11))
    given = contract({"log": LOG}, action={"stream": "service"})
    bench = set_up(tmp_path, Trace(given, (Unit("U0", None, None, 100.0),), files))
    [row] = bench.rows(bench.judge(at(12, 7))).values()
    inputs = Known(at(12, 7), at(12, 7), bench.accepted, (), BEGINNING)
    told = explain(bench.terms, bench.lake, PATTERNS, inputs, row, (), recorded=True)
    assert told.uncounted == (Uncounted("log log/10.csv:2", at(10, 20), None, "early"),)
    assert "Uncounted log log/10.csv:2, act at 2024-01-10 20:00:00 CST: before acts count" in explanation_en.lines(told)
    assert not any("None" in line for line in explanation_zh.lines(told, {}))
