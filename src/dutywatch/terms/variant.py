"""A contract in other words: its file lies anywhere, and what lies beside it counts, else the contract's own.

For what-ifs: the other contract is put together in a folder that is thrown away. What is wrong with it is said of
the files that its author knows.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from dutywatch.errors import ContractFaults, Fault, SettingsError
from dutywatch.terms import document
from dutywatch.terms.library import LIBRARY
from dutywatch.terms.loader import FILE, load
from dutywatch.terms.terms import Terms


@contextmanager
def variant(terms: Terms, other: Path, packs: Path) -> Iterator[Terms]:
    """The terms in the file `other`, with the register, rosters, packs and suites beside it or, where there are none,
    those of `terms`; `packs` is the library of packs.

    Raises ContractFaults with every fault, SettingsError where there is no such file.
    """
    if not other.is_file():
        raise SettingsError(f"{other} is no file: give --terms the file of the other contract")
    with tempfile.TemporaryDirectory(prefix="dutywatch-") as base:
        folder = Path(base) / terms.id
        shutil.copytree(terms.folder, folder)
        shutil.copyfile(other, folder / FILE)
        names = list(_named(other))
        for name in names:
            beside = other.parent / name
            if beside.is_file() and beside.resolve().is_relative_to(other.parent.resolve()):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(beside, folder / name)
        if (other.parent / "expectations").is_dir():
            shutil.copytree(other.parent / "expectations", folder / "expectations", dirs_exist_ok=True)
        try:
            found = load(folder, packs)
        except ContractFaults as error:
            placed = tuple(_placed(fault, terms.folder, other, names) for fault in error.faults)
            raise ContractFaults(error.contract, placed) from None
        yield found


def _named(other: Path) -> Iterator[str]:
    """The files that a contract names: its register, its rosters, its packs; nothing where it cannot be read."""
    try:
        parsed = document.parse(other.read_text(encoding="utf-8"), other.name).values
    except UnicodeDecodeError:
        return
    words: Any = parsed if isinstance(parsed, dict) else {}
    sources = words.get("sources")
    files = [words.get("units")]
    files += (
        [one.get("roster") for one in sources.values() if isinstance(one, dict)] if isinstance(sources, dict) else []
    )
    yield from (str(one["file"]) for one in files if isinstance(one, dict) and one.get("file"))
    yield from (str(pack) for pack in words.get("uses") or ())


def _placed(fault: Fault, folder: Path, other: Path, names: list[str]) -> Fault:
    """The fault with its file as its author knows it: the other contract's, or what lies beside either of the two."""
    if fault.file == FILE:
        return replace(fault, file=str(other))
    if fault.file.startswith(f"{LIBRARY}/"):
        return fault
    name = next((one for one in names if Path(one).name == fault.file), fault.file)
    beside, own = other.parent / name, folder / name
    return replace(fault, file=str(own if own.is_file() and not beside.is_file() else beside))
