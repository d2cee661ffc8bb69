"""A ledger that cannot be reached: one line for the operator."""

from __future__ import annotations

from pathlib import Path

import pytest

from dutywatch import embedded, pipeline
from dutywatch.errors import LedgerError
from tests.conftest import installation


def test_a_database_that_is_not_there_is_said_in_a_line(server: embedded.Server, tmp_path: Path) -> None:
    settings = installation(tmp_path, server.address("nobody-made-this"))
    for step in (pipeline.migrate, pipeline.now):
        with pytest.raises(LedgerError, match="does not exist: create the database first") as found:
            step(settings)
        assert "\n" not in str(found.value)


def test_a_server_that_is_not_there_is_said_in_a_line(tmp_path: Path) -> None:
    settings = installation(tmp_path, f"postgresql://dw:hidden@/ledger?host={tmp_path}")
    with pytest.raises(LedgerError, match="the ledger cannot be reached") as found:
        pipeline.now(settings)
    assert "\n" not in str(found.value) and "hidden" not in str(found.value)
