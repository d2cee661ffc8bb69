"""From a contract's folder to one frozen `Terms`, or to every fault in it at once."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from dutywatch.errors import ContractFaults, Fault, SettingsError
from dutywatch.terms import document, units
from dutywatch.terms import roster as rosters
from dutywatch.terms.check import check
from dutywatch.terms.contract import Contract
from dutywatch.terms.terms import Terms
from dutywatch.terms.words import Word

FILE = "contract.yaml"
PATTERNS = ("respond", "recur", "attain", "keep")


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
    contract, pruned = _model(parsed, faults)
    if contract is None:
        raise ContractFaults(folder.name, tuple(faults))
    register = units.Units((), "")
    if ("units",) not in pruned:
        register, unit_faults = units.read(folder / contract.units.file, contract.units)
        faults.extend(unit_faults)
    listed = _rosters(folder, contract, register, faults)
    for path, message in check(contract, register):
        if not _follows(path, message, pruned):
            faults.append(Fault(FILE, parsed.line(path), ".".join(map(str, path)), message))
    if contract.contract != folder.name and ("contract",) not in pruned:
        message = f"the contract is named `{contract.contract}` but its folder `{folder.name}`: name them alike"
        faults.append(Fault(FILE, parsed.line(("contract",)), "contract", message))
    if faults:
        raise ContractFaults(folder.name, tuple(faults))
    files = [register.digest, *(listed[name].digest for name in sorted(listed))]
    digest = hashlib.sha256(raw + "".join(files).encode()).hexdigest()
    return Terms(contract, register, folder, digest, listed)


def _rosters(folder: Path, contract: Contract, register: units.Units, faults: list[Fault]) -> dict[str, rosters.Roster]:
    """The rosters of the sources that have one; what is wrong with them goes to `faults`."""
    listed = {}
    for name, source in contract.sources.items():
        if source.roster:
            listed[name], found = rosters.read(folder / source.roster.file, source.roster)
            faults.extend(found)
            faults.extend(_unknown_zones(source.roster.file, listed[name], register))
    return listed


def _unknown_zones(file: str, roster: rosters.Roster, register: units.Units) -> Iterator[Fault]:
    """Whoever may serve a zone without a unit would be missed nowhere, by mistake."""
    known = {unit.zone for unit in register.rows}
    for zone in sorted({row.zone for row in roster.rows if row.zone and row.zone not in known}):
        yield Fault(file, 0, "roster", f"no unit lies in zone `{zone}`")


def _model(parsed: document.Document, faults: list[Fault]) -> tuple[Contract | None, set[document.Path_]]:
    """The contract's model. Clauses with faults in their wording are reported and left out, so that the rules
    that tie clauses together can still be asked of the others: all faults come at once."""
    values, pruned = _patterned(parsed, faults), set[document.Path_]()
    for _ in range(3):  # leaving one clause out can leave another without what it needs
        try:
            return Contract.model_validate(values), pruned
        except ValidationError as error:
            faults.extend(_readable(item, parsed) for item in error.errors() if not _inside(item["loc"], pruned))
            broken = {_entry(item["loc"]) for item in error.errors()}
            if broken <= pruned or not isinstance(values, dict):
                break
            pruned |= broken
            values = _without(values, broken)
    return None, pruned


def _patterned(parsed: document.Document, faults: list[Fault]) -> Any:
    """The values, where an obligation of no known pattern is read as one of the pattern that its words fit, so that
    its other faults are found too."""
    values = parsed.values
    obligations = values.get("obligations") if isinstance(values, dict) else None
    if not isinstance(obligations, dict):
        return values
    read: dict[Any, Any] = {}
    for name, words in obligations.items():
        read[name] = words
        if isinstance(words, dict) and words.get("pattern") not in PATTERNS:
            path = ("obligations", str(name), "pattern")
            said = f"{words['pattern']!r} is not possible here" if "pattern" in words else "`pattern` is missing"
            message = f"{said}: this version knows {', '.join(PATTERNS)}"
            faults.append(Fault(FILE, parsed.line(path), ".".join(path), message))
            read[name] = {**words, "pattern": next((p for word, p in _SIGNS.items() if word in words), "respond")}
    return {**values, "obligations": read}


_SIGNS = {"period": "recur", "slot": "keep", "items": "attain"}
_NAMED = ("sources", "obligations", "people")
_STAND_INS: dict[str, Any] = {
    "contract": "unnamed",
    "title": {"en": "untitled"},
    "authority": {"id": "unnamed", "name": {"en": "unnamed"}},
    "contractors": [{"id": "unnamed", "name": {"en": "unnamed"}}],
    "term": {"from": "0001-01-01", "to": "9999-12-31"},
    "timezone": "UTC",
    "units": {"file": "unnamed.csv", "key": "unnamed"},
}


def _entry(loc: tuple[int | str, ...]) -> document.Path_:
    """The clause that a location belongs to: one source, obligation or person, else one top-level key."""
    return tuple(loc[:2]) if loc[0] in _NAMED and len(loc) > 1 else tuple(loc[:1])


def _inside(loc: tuple[int | str, ...], pruned: set[document.Path_]) -> bool:
    return any(tuple(loc[: len(path)]) == path for path in pruned)


def _without(values: dict[str, Any], broken: set[document.Path_]) -> dict[str, Any]:
    """`values` without the broken clauses; what a contract must have is replaced by a stand-in."""
    kept = dict(values)
    for path in broken:
        key = str(path[0])
        if len(path) == 2 and isinstance(kept.get(key), dict):
            kept[key] = {name: value for name, value in kept[key].items() if name != path[1]}
        elif key in _STAND_INS:
            kept[key] = _STAND_INS[key]
        else:
            kept.pop(key, None)
    return kept


def _follows(path: document.Path_, message: str, pruned: set[document.Path_]) -> bool:
    """Whether a finding only says again that a clause was left out."""
    if not pruned:
        return False
    gone = {str(one[0]) for one in pruned}
    return (
        ("is nobody under" in message and "people" in gone and any(f"`{one[-1]}`" in message for one in pruned))
        or (("no source" in message or "has no column" in message) and "sources" in gone)
        or ("is no party" in message and bool(gone & {"authority", "contractors"}))
        or ("names none" in message and path[0] in gone)
        or _inside(path, pruned)
    )


def _readable(item: ErrorDetails, parsed: document.Document) -> Fault:
    path = tuple(part for place, part in enumerate(item["loc"]) if _is_key(part) and not _is_tag(item["loc"], place))
    at = parsed.line(path)
    clause = ".".join(str(part) for part in path)
    return Fault(FILE, at, clause, _advice(item))


def _is_key(part: int | str) -> bool:
    """Whether a part of a location is the author's; pydantic adds the names of its own validators."""
    return isinstance(part, int) or not part.startswith(("function-", "constrained-", "[", "tuple["))


def _is_tag(loc: tuple[int | str, ...], place: int) -> bool:
    """Whether a part of a location is the pattern's name, by which pydantic chose the obligation's model."""
    return loc[0] == "obligations" and place == 2 and loc[place] in PATTERNS


def _advice(item: ErrorDetails) -> str:
    kind, value = item["type"], item.get("input")
    name = str(item["loc"][-1]) if item["loc"] else ""
    if kind == "missing":
        return f"`{name}` is missing: add it"
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(name, sorted(_vocabulary()), n=1, cutoff=0.7)
        return f"`{name}` is not a word of the contract" + (f": did you mean `{near[0]}`?" if near else ": remove it")
    if kind == "literal_error":
        expected = item.get("ctx", {}).get("expected", "")
        return f"{value!r} is not possible here: this version knows {expected}"
    if kind in ("model_type", "dict_type", "model_attributes_type"):
        return f"write a mapping here, such as {{key: value}}; found {_short(value)}"
    if kind == "value_error":
        return item["msg"].removeprefix("Value error, ")
    if kind == "string_pattern_mismatch":
        return f"{value!r} is not written as it must be: pattern {item['ctx']['pattern']}"
    return f"{item['msg']}; found {_short(value)}"


def _vocabulary() -> set[str]:
    return {field.alias or name for model in _models() for name, field in model.model_fields.items()}


def _models(root: type[BaseModel] = Word) -> Iterator[type[BaseModel]]:
    for model in root.__subclasses__():
        yield model
        yield from _models(model)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
