"""What pydantic finds wrong with a document's words, said as advice to its author, where it stands."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from dutywatch.errors import Fault
from dutywatch.terms.document import Document
from dutywatch.terms.words import Word

Path = tuple[int | str, ...]
NEAR = 0.7  # how alike two words must be for one to be meant by the other
PATTERNS = ("respond", "recur", "attain", "keep")


def readable(items: Iterable[ErrorDetails], parsed: Document) -> Iterator[Fault]:
    """The findings as faults of `parsed`, whose values were validated.

    A word that is misspelt is not missing, too, and a list is not too short because one of its items is at fault.
    """
    found = [(_path(item), item) for item in items]
    within = {path[:depth] for path, _ in found for depth in range(len(path))}
    found = [(path, item) for path, item in found if item["type"] != "too_short" or path not in within]
    missing = {path for path, item in found if item["type"] == "missing"}
    meant = {path: _meant(path, missing) for path, item in found if item["type"] == "extra_forbidden"}
    for path, item in found:
        if path not in meant.values():
            yield parsed.fault(path, _misspelt(str(path[-1]), meant[path]) if path in meant else _advice(item))


def _path(item: ErrorDetails) -> Path:
    return tuple(part for place, part in enumerate(item["loc"]) if _is_key(part) and not _is_tag(item["loc"], place))


def _meant(path: Path, missing: set[Path]) -> Path | None:
    """The key that is missing in the same mapping and is written nearly alike."""
    near = difflib.get_close_matches(
        str(path[-1]), sorted(str(one[-1]) for one in missing if one[:-1] == path[:-1]), n=1, cutoff=NEAR
    )
    return (*path[:-1], near[0]) if near else None


def _misspelt(name: str, meant: Path | None) -> str:
    if meant is None and name in _vocabulary():
        return f"`{name}` is a word of the contract, but not here: remove it, or put it where it belongs"
    near = [str(meant[-1])] if meant else difflib.get_close_matches(name, sorted(_vocabulary()), n=1, cutoff=NEAR)
    return f"`{name}` is not a word of the contract" + (f": did you mean `{near[0]}`?" if near else ": remove it")


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
    if kind == "literal_error":
        expected = item.get("ctx", {}).get("expected", "")
        return f"{value!r} is not possible here: this version knows {expected}"
    if kind in ("model_type", "dict_type", "model_attributes_type"):
        return f"write a mapping here, such as {{key: value}}; found {_short(value)}"
    if kind.startswith("date_"):
        return f"{_short(value)} is not a day such as 2025-01-10"
    if kind == "value_error":
        return item["msg"].removeprefix("Value error, ")
    if kind == "string_pattern_mismatch":
        return f"{value!r} is not written as it must be: pattern {item['ctx']['pattern']}"
    if kind == "tuple_type":
        return f"write a list here, such as [...]; found {_short(value)}"
    if kind == "string_type" and isinstance(value, bool | int | float | date):
        return f"put it in quotes: YAML reads it bare as {_read(value)}"
    return f"{item['msg']}; found {_short(value)}"


def _read(value: bool | int | float | date) -> str:
    """What YAML made of a bare word: `no` is false, `1` a number, `2025-01-10` a day."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"the {'day' if isinstance(value, date) else 'number'} {value}"


def _vocabulary() -> set[str]:
    return {field.alias or name for model in _models() for name, field in model.model_fields.items()}


def _models(root: type[BaseModel] = Word) -> Iterator[type[BaseModel]]:
    for model in root.__subclasses__():
        yield model
        yield from _models(model)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
