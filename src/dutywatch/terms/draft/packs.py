"""A pack as a draft takes it: which parameters are to be bound, and which streams its obligations read."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from dutywatch.errors import DraftRefused
from dutywatch.terms.library import load_pack
from dutywatch.terms.pack import Pack


def find(library: Path, name: str) -> Pack:
    """The pack `name` of the library. Raises DraftRefused, and ContractFaults where the pack itself is faulty."""
    path = library / f"{name}.yaml"
    known = sorted(one.stem for one in library.glob("*.yaml"))
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
        raise DraftRefused(
            f"{library} has no pack {name!r}: " + (f"did you mean {near[0]}?" if near else f"it has {', '.join(known)}")
        )
    return load_pack(path)


def streams(pack: Pack, bound: Mapping[str, Any] = MappingProxyType({})) -> tuple[str, ...]:
    """The streams that the pack's obligations name, in their order, then those of its parameters' values.

    `bound`: what the contract states for parameters; the others have their defaults.
    """
    stated = [bound.get(name, parameter.default) for name, parameter in pack.parameters.items()]
    found = (value for part in (*pack.obligations.values(), *stated) for value in _values(part, "stream"))
    return tuple(dict.fromkeys(value for value in found if not value.startswith("$")))


def measures(pack: Pack) -> tuple[str, ...]:
    """The measures that its triggers compare."""
    found = (value for obligation in pack.obligations.values() for value in _values(obligation, "measure"))
    return tuple(dict.fromkeys(value for value in found if not value.startswith("$")))


def _values(value: Any, key: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == key and isinstance(inner, str):
                yield inner
            yield from _values(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _values(inner, key)
