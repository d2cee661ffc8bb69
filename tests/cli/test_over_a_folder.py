"""`explain` and `what-if` over a folder of files, without a ledger: the guide's example, and what they refuse."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dutywatch.cli import app
from dutywatch.errors import DutywatchError
from tests.conftest import HOME

EXAMPLE = HOME / "docs" / "examples" / "first-contract"
OVER = ("--landing", str(EXAMPLE / "landing"), "--as-of", "2025-01-11T08:00+02:00")
STREET = "first-contract/clear-streets/Market Street/2025-01-10T05:00Z"


@pytest.fixture(autouse=True)
def no_ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DUTYWATCH_LEDGER", raising=False)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def said(*arguments: str) -> str:
    """What a command prints; it must end well."""
    result = run(*arguments)
    assert result.exit_code == 0, result.output + str(result.exception)
    return result.stdout


def refused(*arguments: str) -> str:
    """The error that a command ends with, in one line."""
    result = run(*arguments)
    assert result.exit_code != 0
    words = str(result.exception) if isinstance(result.exception, DutywatchError) else result.output
    return " ".join(words.replace("│", " ").split())


def test_a_duty_is_explained_by_a_folder_of_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plowed at 17:20; six hours from 09:00 ended at 15:00. The contract's folder is found beside the reader."""
    monkeypatch.chdir(EXAMPLE.parent)
    text = said("explain", STREET, *OVER)
    for part in (
        "Verdict   breached (breached.cured)",
        "work-log work/2025-01-10.csv:4",
        "Done      2025-01-10 17:20:00 EET",
        "no change was recorded",
    ):
        assert part in text, text


def test_another_contract_is_tried_over_a_folder_of_files(tmp_path: Path) -> None:
    """Of nine hours, from 09:00 to 18:00, Market Street would have kept 17:20; it is the one duty that changes."""
    other = tmp_path / "nine-hours.yaml"
    words = (EXAMPLE / "contract.yaml").read_text(encoding="utf-8")
    other.write_text(words.replace("allow: PT6H", "allow: PT9H"), encoding="utf-8")
    text = said("what-if", str(EXAMPLE), *OVER, "--terms", str(other))
    assert f"{STREET}: breached.cured -> met" in text and "1 duty changes" in text


def test_what_is_missing_is_said_before_anything_is_started() -> None:
    assert "say --as-of ISO" in refused("explain", STREET, *OVER[:2])
    assert "say --as-of ISO and --terms FILE" in refused("what-if", str(EXAMPLE), *OVER)
    assert "--arrivals is 'folder' or 'mtime'" in refused("explain", STREET, *OVER, "--arrivals", "never")
    absent = refused("explain", STREET)
    assert "there is no contract first-contract" in absent and "--landing DIR --as-of ISO" in absent
    assert "`make up` brings one and prints the line" in refused("ledger", "dump")
