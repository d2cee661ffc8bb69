"""From a contract's folder to one frozen `Terms`, or to every fault in it at once."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from dutywatch.errors import ContractFaults, Fault, SettingsError
from dutywatch.terms import contract as words
from dutywatch.terms import document, units
from dutywatch.terms.check import check
from dutywatch.terms.contract import Contract

FILE = "contract.yaml"


@dataclass(frozen=True)
class Terms:
    """A contract with its units; `digest` identifies this very version of both."""

    contract: Contract
    units: units.Units
    folder: Path
    digest: str

    @property
    def id(self) -> str:
        """The contract's name."""
        return self.contract.contract


def load(folder: Path) -> Terms:
    """Load the contract in `folder`. Raises ContractFaults with all faults, SettingsError where there is none."""
    path = folder / FILE
    if not path.is_file():
        raise SettingsError(f"{folder} is no contract: it holds no {FILE}")
    raw = path.read_bytes()
    try:
        parsed = document.parse(raw.decode("utf-8"), FILE)
    except UnicodeDecodeError as error:
        raise ContractFaults(folder.name, (Fault(FILE, 0, "", f"this is not UTF-8: {error}"),)) from error
    if parsed.values is None:
        faults = parsed.faults or (Fault(FILE, 1, "", "this file is empty"),)
        raise ContractFaults(folder.name, faults)
    return _terms(folder, raw, parsed)


def _terms(folder: Path, raw: bytes, parsed: document.Document) -> Terms:
    faults = list(parsed.faults)
    try:
        contract = Contract.model_validate(parsed.values)
    except ValidationError as error:
        faults.extend(_readable(item, parsed) for item in error.errors())
        raise ContractFaults(folder.name, tuple(faults)) from error
    register, unit_faults = units.read(folder / contract.units.file, contract.units)
    faults.extend(unit_faults)
    for path, message in check(contract, register):
        faults.append(Fault(FILE, parsed.line(path), ".".join(map(str, path)), message))
    if contract.contract != folder.name:
        message = f"the contract is named `{contract.contract}` but its folder `{folder.name}`: name them alike"
        faults.append(Fault(FILE, parsed.line(("contract",)), "contract", message))
    if faults:
        raise ContractFaults(folder.name, tuple(faults))
    digest = hashlib.sha256(raw + register.digest.encode()).hexdigest()
    return Terms(contract, register, folder, digest)


def _readable(item: ErrorDetails, parsed: document.Document) -> Fault:
    path = tuple(part for part in item["loc"] if _is_key(part))
    at = parsed.line(path)
    clause = ".".join(str(part) for part in path)
    return Fault(FILE, at, clause, _advice(item))


def _is_key(part: int | str) -> bool:
    """Whether a part of a location is the author's; pydantic adds the names of its own validators."""
    return isinstance(part, int) or not part.startswith(("function-", "constrained-", "[", "tuple["))


def _advice(item: ErrorDetails) -> str:
    kind, value = item["type"], item.get("input")
    name = str(item["loc"][-1]) if item["loc"] else ""
    if kind == "missing":
        return f"`{name}` is missing: add it"
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(name, sorted(_vocabulary()), n=1)
        return f"`{name}` is not a word of the contract" + (f": did you mean `{near[0]}`?" if near else ": remove it")
    if kind == "literal_error":
        expected = item.get("ctx", {}).get("expected", "")
        return f"{value!r} is not possible here: this version knows {expected}"
    if kind == "value_error":
        return item["msg"].removeprefix("Value error, ")
    if kind == "string_pattern_mismatch":
        return f"{value!r} is not written as it must be: pattern {item['ctx']['pattern']}"
    return f"{item['msg']}; found {_short(value)}"


def _vocabulary() -> set[str]:
    return {field.alias or name for model in _models() for name, field in model.model_fields.items()}


def _models() -> Iterator[type[BaseModel]]:
    for value in vars(words).values():
        if isinstance(value, type) and issubclass(value, words.Word):
            yield value


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
