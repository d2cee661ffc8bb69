"""What the documentation shows is what the commands print."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
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


def test_the_guide_leads_from_an_empty_folder_to_a_judged_day(tmp_path: Path) -> None:
    """Every block of section 1 in its order: `sh` is run, `console` prints what it shows; the example is its result."""
    section = GUIDE[GUIDE.index("\n## 1. ") : GUIDE.index("\n## 2. ")]
    blocks = re.findall(r"^```(sh|console)\n(.*?)^```$", section, flags=re.M | re.S)
    assert len(blocks) > 8
    for kind, block in blocks:
        if kind == "sh":
            bash(tmp_path, block)
            continue
        for command, shown in re.findall(r"^\$ ((?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)", block, flags=re.M):
            assert bash(tmp_path, command).rstrip("\n") == shown.rstrip("\n"), command
    example, written = HOME / "docs" / "examples" / "first-contract", tmp_path / "first-contract"
    for path in (path for path in example.rglob("*") if path.is_file()):
        assert (written / path.relative_to(example)).read_bytes() == path.read_bytes(), path.name


def bash(folder: Path, text: str) -> str:
    """What the commands print, run in `folder` as a reader would who has the checkout's environment on the path."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DUTYWATCH_")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}"
    done = subprocess.run(  # noqa: S603 - the commands are the guide's
        ["bash", "-euo", "pipefail", "-c", text],  # noqa: S607 - wherever the reader's bash is
        cwd=folder,
        env={**kept, "PATH": path},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{text}\n{done.stdout}{done.stderr}"
    return done.stdout


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


def test_the_guides_contract_may_use_a_pack(tmp_path: Path) -> None:
    example = next(part for part in GUIDE.split("```yaml\n") if part.startswith("uses:\n")).split("```")[0]
    folder = tmp_path / "first-contract"
    shutil.copytree(HOME / "docs" / "examples" / "first-contract", folder)
    with (folder / "contract.yaml").open("a", encoding="utf-8") as file:
        file.write(example)
    owed = terms.load(folder, HOME / "contracts" / "packs").contract.obligations
    assert list(owed) == ["clear-streets", "clear-main-streets"]


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
    for group in ("quarantine", "decide", "ledger"):
        assert "Example" in "\n".join(said(group, "--help"))


def test_what_an_example_of_the_help_names_below_docs_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "1000")
    for command in ("judge", "explain", "what-if", "new"):
        named = re.findall(r"docs/examples/[\w./-]+", "\n".join(said(command, "--help")))
        assert named and all((HOME / path).exists() for path in named), command
