"""What the documentation shows is what the commands print."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from dutywatch import terms
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
    [
        "contracts/benxi-sanitation",
        "contracts/yongchuan-hotline",
        "tests/syracuse",
        "tests/call_centre",
        "tests/syracuse_2020",
        "docs/examples/first-contract",
        "tests/packs/toronto",
    ],
)
def test_the_schema_takes_every_contract(contract: str) -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="the package jsonschema comes with Airflow")
    schema = json.loads((HOME / "docs" / "contract.schema.json").read_text(encoding="utf-8"))
    values = yaml.safe_load((HOME / contract / "contract.yaml").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(json.loads(json.dumps(values, default=str)))


@pytest.mark.parametrize("pack", sorted(path.name for path in (HOME / "contracts" / "packs").glob("*.yaml")))
def test_the_schema_takes_every_pack(pack: str) -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="the package jsonschema comes with Airflow")
    schema = json.loads((HOME / "docs" / "contract.schema.json").read_text(encoding="utf-8"))
    values = json.loads(json.dumps(yaml.safe_load((HOME / "contracts" / "packs" / pack).read_text(encoding="utf-8"))))
    validator = jsonschema.Draft202012Validator(schema)
    validator.validate(values)
    for obligation in values["obligations"].values():
        assert not validator.is_valid({**values, "obligations": {"one": {**obligation, "colour": "red"}}})
        assert not validator.is_valid({**values, "obligations": {"one": {**obligation, "party": 7}}})


def test_the_guides_own_pack_is_sound(tmp_path: Path) -> None:
    text = next(part for part in GUIDE.split("```yaml\n") if part.startswith("pack: our-bylaw")).split("```")[0]
    (tmp_path / "our-bylaw.yaml").write_text(text, encoding="utf-8")
    assert terms.load_pack(tmp_path / "our-bylaw.yaml").parameters["within"].given == "PT6H to PT8H"


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
