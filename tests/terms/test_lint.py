"""Bad contracts, each named for its fault or finding, with what is said of it; good ones, with what they explain."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dutywatch.cli import app
from dutywatch.terms.lint import KINDS
from tests.conftest import HOME

BAD = Path(__file__).parent / "bad"
NAMES = sorted(path.stem for path in BAD.glob("*.yaml"))


def folder_of(tmp_path: Path, name: str) -> Path:
    """The fixture as a contract's folder, with all registers beside it."""
    folder = tmp_path / name
    folder.mkdir()
    shutil.copyfile(BAD / f"{name}.yaml", folder / "contract.yaml")
    for register in (*BAD.glob("*.csv"), *BAD.glob("*.geojson")):
        shutil.copyfile(register, folder / register.name)
    return folder


def lint(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["lint", *map(str, arguments)], catch_exceptions=False)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_said_of_each_contract(tmp_path: Path, name: str) -> None:
    said = lint(folder_of(tmp_path, name))
    assert said.output == (BAD / f"{name}.txt").read_text(encoding="utf-8")
    assert said.exit_code == (0 if name in ("sound", "explained") else 1)


def test_every_kind_of_finding_has_its_bad_contract() -> None:
    assert {*KINDS, "idle-explanation"} <= set(NAMES)


def test_machines_are_told_the_same_with_what_explains_it(tmp_path: Path) -> None:
    bad, good = folder_of(tmp_path, "no-remedy"), folder_of(tmp_path, "explained")
    said = lint(bad, good, "--json")
    assert said.exit_code == 1
    first, second = json.loads(said.output)
    assert (first["contract"], [one["kind"] for one in first["findings"]]) == ("no-remedy", ["no-remedy"])
    (open_,), (explained,) = first["findings"], second["findings"]
    assert (open_["place"], open_["line"], open_["clause"]) == ("obligations.clear", 36, "Annex 2 §3")
    assert open_["explained"] is None and "no consequence" in open_["reason"] and "remedy:" in open_["proposal"]
    assert explained["explained"] == "deductions are agreed in the framework contract"


def test_thirty_contracts_are_bad() -> None:
    assert len(NAMES) >= 30 + 2, "two of them are good: `sound` and `explained`"


def test_what_stands_in_benxis_contract_is_explained() -> None:
    """Its remedies, the firm's qualification and the logs before the storm are not public; nothing else is open."""
    said = lint(HOME / "contracts" / "benxi-sanitation", "--json")
    assert said.exit_code == 0, said.output
    (read,) = json.loads(said.output)
    assert sorted((one["kind"], one["place"]) for one in read["findings"]) == [
        ("no-qualification", "contractors.0"),
        ("no-remedy", "obligations.clear-class-a"),
        ("no-remedy", "obligations.clear-class-b"),
        ("no-remedy", "obligations.clear-class-c"),
        ("not-owed", "sources.plow-log.from"),
        ("not-owed", "sources.snow-depth.from"),
    ]
    assert all(
        "not public" in one["explained"] or "a scenario of the storm" in one["explained"] for one in read["findings"]
    )


def test_the_guide_names_every_finding() -> None:
    guide = (HOME / "docs" / "contract.md").read_text(encoding="utf-8")
    assert all(f"| `{kind}` |" in guide for kind in (*KINDS, "idle-explanation"))
