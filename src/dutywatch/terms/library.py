"""Where packs lie and how they are read: by name in the library, or by path below a contract's folder.

Nothing else is read, whatever a contract names. What is wrong with a pack by itself is found here; what is wrong with
how a contract takes it is found in `terms.binding`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

from dutywatch.errors import ContractFaults, Fault
from dutywatch.terms.document import Document, parse
from dutywatch.terms.pack import BROUGHT, Pack, named
from dutywatch.terms.wording import readable

LIBRARY = "packs"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


def located(name: str, folder: Path, library: Path) -> Path | str:
    """The file of a pack, or what is wrong with its name."""
    if _NAME.fullmatch(name):
        base, path = library, library / f"{name}.yaml"
    elif name.endswith(".yaml"):
        base, path = folder, folder / name
    else:
        return "name a pack of contracts/packs, or a file below the contract's folder that ends in .yaml"
    if not path.resolve().is_relative_to(base.resolve()):
        return "a pack lies in contracts/packs or below the contract's folder, nowhere else"
    if path.is_file():
        return path
    if base == folder:
        return "this file does not exist below the contract's folder"
    known = sorted(one.stem for one in library.glob("*.yaml"))
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"did you mean `{near[0]}`?" if near else f"it has {', '.join(known) or 'none'}"
    return f"contracts/packs has no pack `{name}`: {hint}"


def load_pack(path: Path) -> Pack:
    """The pack in the file `path` by itself, of no contract yet. Raises ContractFaults with all its faults.

    What its obligations say is checked in a contract, once its parameters are bound.
    """
    parsed, pack = read(path, path.name)
    if pack is None:
        raise ContractFaults(path.stem, parsed.faults, "pack")
    return pack


def read(path: Path, name: str) -> tuple[Document, Pack | None]:
    """The document of the pack that a contract calls `name`, with all its faults; no pack where it has any."""
    label = f"{LIBRARY}/{path.name}" if _NAME.fullmatch(name) else name
    try:
        parsed = parse(path.read_bytes().decode("utf-8"), label)
    except UnicodeDecodeError as error:
        return Document(None, {}, (Fault(label, 0, "", f"this is not UTF-8: {error}"),), label), None
    faults, values, pack = list(parsed.faults), parsed.values, None
    if values is None and not faults:
        faults.append(Fault(label, 1, "", "this file is empty"))
    if values is not None and not isinstance(values, dict):
        faults.append(parsed.fault((), "this is no pack: it begins with `pack: its name`"))
        values = None
    if isinstance(values, dict) and "uses" in values:
        faults.append(parsed.fault(("uses",), "a pack uses no other pack: name both in the contract"))
        values = {key: value for key, value in values.items() if key != "uses"}
    try:
        pack = Pack.model_validate(values) if values is not None else None
    except ValidationError as error:
        faults.extend(readable(error.errors(), parsed))
    if pack is not None:
        faults.extend(_inconsistent(parsed, pack, path.stem))
    return replace(parsed, faults=tuple(faults)), None if faults else pack


def _inconsistent(parsed: Document, pack: Pack, stem: str) -> Iterator[Fault]:
    """A name that is not the file's; parameters that are named and not declared, or declared and never named."""
    if pack.pack != stem:
        yield parsed.fault(("pack",), f"the pack is named `{pack.pack}` but its file `{stem}`: name them alike")
    used = [one for word in BROUGHT for one in named(getattr(pack, word), (word,))]
    for path, name in used:
        if name not in pack.parameters:
            yield parsed.fault(path, f"`${name}` is no parameter of this pack: declare it under `parameters`")
    for name in pack.parameters:
        if name not in {one for _, one in used}:
            yield parsed.fault(("parameters", name), f"nothing names `${name}`: remove it")
