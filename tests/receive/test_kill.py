"""A process that is killed while it receives or validates loses nothing; `make kill` does it fifty times."""

from __future__ import annotations

from pathlib import Path

from benchmarks import kill
from dutywatch import embedded


def test_a_killed_run_leaves_no_half_file_and_ends_as_if_nothing_had_been(
    server: embedded.Server, tmp_path: Path
) -> None:
    found = kill.prove(server, tmp_path, kills=2, rows=300, seed=5)
    assert found.kills.total() == 2
    assert (found.halves, found.different) == (0, 0), str(found)
