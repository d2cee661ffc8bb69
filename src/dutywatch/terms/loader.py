"""From a contract's folder to one frozen `Terms`, or to every fault in it at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from dutywatch.errors import ContractFaults, Fault, SettingsError
from dutywatch.terms import binding, document, units
from dutywatch.terms import roster as rosters
from dutywatch.terms.check import check
from dutywatch.terms.contract import Contract
from dutywatch.terms.library import LIBRARY
from dutywatch.terms.terms import Terms
from dutywatch.terms.wording import PATTERNS, readable

FILE = "contract.yaml"
TO_BE_FILLED = "to be filled"  # what a draft writes where it does not know


def load(folder: Path, packs: Path | None = None) -> Terms:
    """Load the contract in `folder`. Raises ContractFaults with all faults, SettingsError where there is none.

    `packs`: the folder of the packs that `uses` names by name alone; by default the one beside the contract's.
    """
    path = folder / FILE
    if folder.is_file():
        raise SettingsError(f"{folder} is a file: name the contract's folder, {folder.parent}")
    if not folder.is_dir():
        raise SettingsError(f"there is no folder {folder}: name the one that holds the contract's {FILE}")
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
    if not isinstance(parsed.values, dict):
        raise ContractFaults(
            folder.name, (parsed.fault((), "this is no contract: it begins with `contract: its name`"),)
        )
    bound = binding.bind(parsed, folder, packs or folder.parent / LIBRARY)
    return _terms(folder, raw + bound.raw, bound)


def _terms(folder: Path, raw: bytes, bound: binding.Bound) -> Terms:
    parsed, faults = bound.document, list(bound.document.faults)
    contract, pruned = _model(parsed, faults)
    if contract is None:
        raise ContractFaults(folder.name, tuple(faults))
    register = units.Units((), "")
    if ("units",) not in pruned:
        register, unit_faults = units.read(folder / contract.units.file, contract.units)
        faults.extend(unit_faults)
    listed = _rosters(folder, contract, register, faults)
    for path, message in check(contract, register):
        if not _follows(path, message, pruned) and not (bound.incomplete and _lacks(message)):
            faults.append(parsed.fault(path, message))
    if contract.contract != folder.name and ("contract",) not in pruned:
        message = f"the contract is named `{contract.contract}` but its folder `{folder.name}`: name them alike"
        faults.append(parsed.fault(("contract",), message))
    if faults:
        raise ContractFaults(folder.name, tuple(faults))
    files = [register.digest, *(listed[name].digest for name in sorted(listed))]
    digest = hashlib.sha256(raw + "".join(files).encode()).hexdigest()
    return Terms(contract, register, folder, digest, rosters=listed, document=parsed)


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
    unfilled = dict(_unfilled(parsed.values))
    faults.extend(parsed.fault(path, said) for path, said in unfilled.items())
    pruned = {_entry(path) for path in unfilled}
    values = parsed.values if not isinstance(parsed.values, dict) else _without(parsed.values, pruned)
    values = _patterned(values, parsed, faults)
    for _ in range(3):  # leaving one clause out can leave another without what it needs
        try:
            return Contract.model_validate(values), pruned
        except ValidationError as error:
            faults.extend(readable((one for one in error.errors() if not _inside(one["loc"], pruned)), parsed))
            broken = {_entry(item["loc"]) for item in error.errors()}
            if broken <= pruned or not isinstance(values, dict):
                break
            pruned |= broken
            values = _without(values, broken)
    return None, pruned


def _unfilled(value: Any, path: document.Path_ = ()) -> Iterator[tuple[document.Path_, str]]:
    """Where a draft says "to be filled", and with what."""
    if isinstance(value, str) and value.strip().lower().startswith(TO_BE_FILLED):
        hint = value.strip()[len(TO_BE_FILLED) :].lstrip(": ")
        yield path, f"still {TO_BE_FILLED}" + (f": {hint}" if hint else "")
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _unfilled(inner, (*path, str(name)))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _unfilled(inner, (*path, index))


def _patterned(values: Any, parsed: document.Document, faults: list[Fault]) -> Any:
    """The values, where an obligation of no known pattern is read as one of the pattern that its words fit, so that
    its other faults are found too."""
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
            faults.append(parsed.fault(path, message))
            read[name] = {**words, "pattern": next((p for word, p in _SIGNS.items() if word in words), "respond")}
    return {**values, "obligations": read}


_SIGNS = {"period": "recur", "slot": "keep", "items": "attain"}
_NAMED = ("sources", "obligations", "people", "uses")
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


def _lacks(message: str) -> bool:
    """Whether a finding only says that something is not there that a faulty pack may have brought."""
    return any(text in message for text in ("names none", "is no obligation of this", "is no calendar of this"))
