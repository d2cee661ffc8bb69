"""The contract file's JSON Schema, generated from the model; editors complete from it."""

from __future__ import annotations

import json

from dutywatch.terms.contract import Contract


def schema() -> str:
    """The JSON Schema as it is kept in docs/contract.schema.json."""
    generated = Contract.model_json_schema(by_alias=True)
    generated["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return json.dumps(generated, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
