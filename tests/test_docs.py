"""What the documentation shows is what the commands print."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from dutywatch.cli import app
from tests.conftest import HOME

GUIDE = (HOME / "docs" / "contract.md").read_text(encoding="utf-8")


def said(*command: str) -> list[str]:
    result = CliRunner().invoke(app, list(command), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output.splitlines()


def test_the_first_contract_is_judged_as_the_guide_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HOME)
    example = "docs/examples/first-contract"
    out = str(tmp_path / "verdicts.csv")
    when = ("--as-of", "2025-01-11T08:00+02:00", "--out", out)
    lines = said("check", example) + said("judge", example, "--landing", f"{example}/landing", *when)
    assert len(lines) > 8
    for line in lines:
        assert line.replace(out, "verdicts.csv") in GUIDE, line


@pytest.mark.parametrize(
    "contract",
    ["contracts/benxi-sanitation", "contracts/yongchuan-hotline", "tests/syracuse", "docs/examples/first-contract"],
)
def test_the_schema_takes_every_contract(contract: str) -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="the package jsonschema comes with Airflow")
    schema = json.loads((HOME / "docs" / "contract.schema.json").read_text(encoding="utf-8"))
    values = yaml.safe_load((HOME / contract / "contract.yaml").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(json.loads(json.dumps(values, default=str)))


def test_the_help_shows_an_example_for_every_command() -> None:
    for command in (
        "receive",
        "validate",
        "judge",
        "alert",
        "measure",
        "explain",
        "migrate",
        "silence",
        "acknowledge",
        "check",
    ):
        assert "Example" in "\n".join(said(command, "--help")) or command == "judge"
    assert "what-if" in "\n".join(said("judge", "--help"))
