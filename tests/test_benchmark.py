"""The benchmark of judging stays running: on a handful of events, engine, pandas and polars count the same duties."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.judge import __main__ as benchmark
from benchmarks.judge import inputs
from benchmarks.judge.rivals import rival
from benchmarks.judge.scenes import SCENES


@pytest.mark.parametrize("name", ["respond", "recur-gap", "attain-rolling", "keep-open"])
def test_all_ways_count_the_same(name: str, tmp_path: Path) -> None:
    scene = SCENES[name]
    given = inputs.make(scene, benchmark.SMALL, tmp_path)
    mine = benchmark.counted(benchmark.judged(scene, given)["paths"])  # type: ignore[arg-type]
    decided = {verdict: mine[verdict] for verdict in ("met", "breached") if verdict in mine}
    assert sum(decided.values()) > 0
    for library in ("pandas", "polars"):
        assert rival(library, scene)(scene, given.reading) == decided


def test_the_command_prints_and_keeps_its_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "figures.json"
    monkeypatch.setattr("sys.argv", ["judge", "--small", "--only", "share", "--json", str(kept)])
    benchmark.main()
    figures = json.loads(kept.read_text())
    assert figures["scale"] == benchmark.SMALL
    (share,) = figures["scenes"]
    assert share["scene"] == "share"
    assert set(share["ratios"]) == set(benchmark.WAYS)
    assert ("missed" in capsys.readouterr().out) != share["kept"]


@pytest.mark.parametrize(
    ("ratio", "peak", "result"),
    [
        (2.5, 2048, "kept"),
        (2.6, 2048, "missed: time"),
        (2.5, 2049, "missed: memory"),
        (2.6, 2049, "missed: time and memory"),
    ],
)
def test_a_target_that_is_missed_is_called_missed(ratio: float, peak: int, result: str) -> None:
    figures = {"dutywatch": ratio}
    row = benchmark.Row(SCENES["share"], 1, 1.0, figures, {}, figures, {}, {"dutywatch": peak}, {})
    assert row.result == result
