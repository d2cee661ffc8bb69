"""A contract in other words: what lies beside its file counts, and a fault names the file in which it stands."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dutywatch import terms
from dutywatch.errors import ContractFaults
from dutywatch.terms import Terms
from tests.conftest import HOME

Change = Callable[[str], str]


@pytest.fixture
def own(tmp_path: Path) -> Terms:
    """The guide's contract."""
    folder = tmp_path / "first-contract"
    shutil.copytree(HOME / "docs" / "examples" / "first-contract", folder)
    return terms.load(folder)


@pytest.fixture
def other(tmp_path: Path, own: Terms) -> Path:
    """The same words in a file of another folder."""
    (tmp_path / "other").mkdir()
    return Path(shutil.copyfile(own.folder / "contract.yaml", tmp_path / "other" / "winter.yaml"))


def reword(other: Path, old: str, new: str) -> None:
    text = other.read_text(encoding="utf-8")
    assert old in text
    other.write_text(text.replace(old, new), encoding="utf-8")


def faults(own: Terms, other: Path) -> list[str]:
    with pytest.raises(ContractFaults) as caught, terms.variant(own, other, HOME / "contracts" / "packs"):
        pass
    return [str(one) for one in caught.value.faults]


def line_of(path: Path, text: str) -> int:
    return 1 + path.read_text(encoding="utf-8").partition(text)[0].count("\n")


def test_a_fault_of_its_words_stands_in_the_other_file(own: Terms, other: Path) -> None:
    reword(other, "allow: PT6H", "alow: PT6H")
    line = line_of(other, "alow")
    (found,) = faults(own, other)
    assert found.startswith(f"{other}:{line}: obligations.clear-streets.within.0.alow: ")


def test_a_fault_of_a_register_names_the_one_that_counts(own: Terms, other: Path) -> None:
    """Beside the other contract, if there is one; else the contract's own; a missing one belongs beside the other."""
    (other.parent / "units.csv").write_text("road,class\nMill Lane,A\n", encoding="utf-8")
    assert faults(own, other) == [
        f"{other.parent / 'units.csv'}:2: units: no property `street`, which the contract names: it has road, class"
    ]
    (other.parent / "units.csv").unlink()
    reword(other, "key: street", "key: road")
    (found,) = faults(own, other)
    assert found.startswith(f"{own.folder / 'units.csv'}:2: units: no property `road`")
    reword(other, "file: units.csv", "file: registers/roads.csv")
    missing = f"{other.parent / 'registers' / 'roads.csv'}: units: this file does not exist: put it beside the contract"
    assert faults(own, other) == [missing]


def test_a_register_in_a_folder_beside_it_counts(own: Terms, other: Path) -> None:
    reword(other, "file: units.csv", "file: registers/roads.csv")
    (other.parent / "registers").mkdir()
    (other.parent / "registers" / "roads.csv").write_text("street,class\nHigh Street,A\nLow Street,B\n")
    with terms.variant(own, other, HOME / "contracts" / "packs") as found:
        assert [unit.id for unit in found.units.rows] == ["High Street", "Low Street"]


def test_a_fault_of_a_pack_names_the_pack(own: Terms, other: Path) -> None:
    other.write_text(other.read_text(encoding="utf-8") + "uses: {mine.yaml: {with: {}}}\n", encoding="utf-8")
    (other.parent / "mine.yaml").write_text("pack: mine\nsource: [a, b]\n", encoding="utf-8")
    assert any(one.startswith(f"{other.parent / 'mine.yaml'}:2: source") for one in faults(own, other))
    (other.parent / "mine.yaml").write_text("- pack\n", encoding="utf-8")
    assert f"{other.parent / 'mine.yaml'}:1: this is no pack: it begins with `pack: its name`" in faults(own, other)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("title: {en: 除雪}\n".encode("gb18030"), ": this is not UTF-8: "),
        (b"hello\n", ":1: this is no contract"),
        (b"", ":1: this file is empty"),
        (b"contract: [\n", ":2: this is not YAML"),
    ],
)
def test_a_file_that_is_no_contract_is_named(own: Terms, other: Path, raw: bytes, said: str) -> None:
    other.write_bytes(raw)
    (found,) = faults(own, other)
    assert found.startswith(f"{other}{said}")
