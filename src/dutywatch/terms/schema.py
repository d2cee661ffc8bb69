"""The JSON Schema of contract files and packs, generated from the models; editors complete from it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pydantic.json_schema import models_json_schema

from dutywatch.terms.binding import BROUGHT
from dutywatch.terms.contract import Contract
from dutywatch.terms.pack import Pack

_DEFS = "#/$defs/"
_PARAMETER = {"description": "A parameter of the pack.", "pattern": r"^\$[a-z0-9][a-z0-9-]{0,62}$", "type": "string"}


def schema() -> str:
    """The JSON Schema kept in docs/contract.schema.json; a document that says `pack` is one, else a contract."""
    _, generated = models_json_schema([(Contract, "validation"), (Pack, "validation")], by_alias=True)
    defs = generated["$defs"]
    brought = {word: defs["Contract"]["properties"][word]["patternProperties"] for word in BROUGHT}
    names = set(_reached(brought, defs))
    defs |= {f"{name}InPack": _bindable(defs[name], names) for name in names} | {"ParameterNamed": _PARAMETER}
    for word, words in brought.items():
        defs["Pack"]["properties"][word]["patternProperties"] = _bindable(words, names)
    generated |= {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "if": {"required": ["pack"]},
        "then": {"$ref": f"{_DEFS}Pack"},
        "else": {"$ref": f"{_DEFS}Contract"},
    }
    return json.dumps(generated, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def _reached(value: Any, defs: dict[str, Any], seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """The definitions that `value` refers to, and those that they refer to."""
    if isinstance(value, dict):
        name = str(value.get("$ref", "")).removeprefix(_DEFS)
        if name and name not in seen:
            yield name
            yield from _reached(defs[name], defs, seen | {name})
        for part in value.values():
            yield from _reached(part, defs, seen)
    elif isinstance(value, list):
        for part in value:
            yield from _reached(part, defs, seen)


def _bindable(value: Any, names: set[str]) -> Any:
    """A definition in which a parameter may stand wherever a value may."""
    if isinstance(value, list):
        return [_bindable(part, names) for part in value]
    if not isinstance(value, dict):
        return value
    dropped = ("properties", "items", "discriminator")  # the last names definitions by text, and is no rule
    found = {key: _bindable(part, names) for key, part in value.items() if key not in dropped}
    name = str(found.get("$ref", "")).removeprefix(_DEFS)
    if name in names:
        found["$ref"] = f"{_DEFS}{name}InPack"
    for name, part in value.get("properties", {}).items():
        found.setdefault("properties", {})[name] = _or_parameter(_bindable(part, names))
    if "items" in value:
        found["items"] = _or_parameter(_bindable(value["items"], names))
    return found


def _or_parameter(value: Any) -> dict[str, Any]:
    return {"anyOf": [value, {"$ref": f"{_DEFS}ParameterNamed"}]}
