"""Puts the packs that a contract uses into the contract, before anything of it is checked.

What comes of it is a document like any other: the obligations of the packs stand among the contract's own, with the
places where their words were written. Packs lie below the contract's folder or in the library; nothing else is read.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from dutywatch.errors import ContractFaults, Fault
from dutywatch.terms.document import Document, Path_, Place, parse
from dutywatch.terms.pack import Pack, Parameter, Use, cited
from dutywatch.terms.wording import readable

LIBRARY = "packs"
BROUGHT = ("calendars", "obligations")  # what a pack brings into a contract
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


@dataclass(frozen=True)
class Bound:
    """A contract's document with its packs in it; `raw` are the packs' bytes, `incomplete` says that one is faulty."""

    document: Document
    raw: bytes = b""
    incomplete: bool = False


def bind(contract: Document, folder: Path, library: Path) -> Bound:
    """Put the packs that `contract`, the document in `folder`, uses into it. Faults are those of all documents."""
    values = contract.values
    uses = values.get("uses") if isinstance(values, dict) else None
    if not isinstance(uses, dict):
        return Bound(contract)
    merged = {word: values.get(word, {}) for word in BROUGHT}
    if not all(isinstance(one, dict) for one in merged.values()):
        return Bound(contract, incomplete=True)  # the contract's model says what is wrong
    merged = {word: dict(one) for word, one in merged.items()}
    taken = {(word, str(name)): "the contract itself" for word, one in merged.items() for name in one}
    places, faults, raw, incomplete = dict(contract.places), list[Fault](), list[bytes](), False
    for name, words in uses.items():
        try:
            use = Use.model_validate(words)
        except ValidationError:
            incomplete = True  # the contract's model says what is wrong
            continue
        path = _file(str(name), folder, library)
        if isinstance(path, str):
            faults.append(contract.fault(("uses", str(name)), path))
            continue
        raw.append(path.read_bytes())
        parsed, pack = _read(path, str(name), faults)
        if pack is None:
            continue
        taking = _Taking(contract, parsed, pack, str(name), use, folder.name)
        faults.extend(taking.faults())
        for at, found in taking.brought():
            if at in taken:
                message = f"`{at[1]}` stands in {taken[at]} too: rename one" + ", or leave it out with `without`" * (
                    at[0] == "obligations"
                )
                faults.append(contract.fault(taking.at, message))
                continue
            taken[at] = f"pack `{name}`"
            merged[at[0]][at[1]] = found
            places.update(taking.places(at))
    document = Document({**values, **merged}, places, (*contract.faults, *faults), contract.file)
    return Bound(document, b"".join(raw), incomplete or bool(faults))


def _file(name: str, folder: Path, library: Path) -> Path | str:
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
    faults: list[Fault] = []
    _, pack = _read(path, path.name, faults)
    if pack is None:
        raise ContractFaults(path.stem, tuple(faults), "pack")
    return pack


def _read(path: Path, name: str, faults: list[Fault]) -> tuple[Document, Pack | None]:
    label = f"{LIBRARY}/{path.name}" if _NAME.fullmatch(name) else name
    try:
        parsed = parse(path.read_bytes().decode("utf-8"), label)
    except UnicodeDecodeError as error:
        faults.append(Fault(label, 0, "", f"this is not UTF-8: {error}"))
        return Document(None, {}, (), label), None
    found = list(parsed.faults)
    values = parsed.values
    if values is None and not found:
        found.append(Fault(label, 1, "", "this file is empty"))
    if isinstance(values, dict) and "uses" in values:
        found.append(parsed.fault(("uses",), "a pack uses no other pack: name both in the contract"))
        values = {key: value for key, value in values.items() if key != "uses"}
    pack = None
    try:
        pack = Pack.model_validate(values) if values is not None else None
    except ValidationError as error:
        found.extend(readable(item, parsed) for item in error.errors())
    if pack is not None:
        if pack.pack != path.stem:
            message = f"the pack is named `{pack.pack}` but its file `{path.stem}`: name them alike"
            found.append(parsed.fault(("pack",), message))
        found.extend(_parameters(parsed, pack))
    faults.extend(found)
    return parsed, None if found else pack


def _parameters(parsed: Document, pack: Pack) -> Iterator[Fault]:
    """Parameters that are named and not declared, or declared and never named."""
    named = [one for word in BROUGHT for one in _named(getattr(pack, word), (word,))]
    for path, name in named:
        if name not in pack.parameters:
            yield parsed.fault(path, f"`${name}` is no parameter of this pack: declare it under `parameters`")
    for name in pack.parameters:
        if name not in {one for _, one in named}:
            yield parsed.fault(("parameters", name), f"nothing names `${name}`: remove it")


def _is_named(value: Any) -> bool:
    """Whether `value` is the name of a parameter."""
    return isinstance(value, str) and value.startswith("$")


def _named(value: Any, path: Path_) -> Iterator[tuple[Path_, str]]:
    """The parameters that `value`, which stands at `path`, names, and where."""
    if _is_named(value):
        yield path, value[1:]
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _named(part, (*path, str(key)))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _named(part, (*path, index))


def _filled(value: Any, bound: Mapping[str, Any]) -> Any:
    """`value` with what is bound in place of the parameters that it names."""
    if _is_named(value):
        return bound[value[1:]]
    if isinstance(value, dict):
        return {key: _filled(part, bound) for key, part in value.items()}
    return [_filled(part, bound) for part in value] if isinstance(value, list) else value


@dataclass(frozen=True)
class _Taking:
    """One pack as one contract takes it."""

    contract: Document
    parsed: Document
    pack: Pack
    name: str
    use: Use
    author: str

    @property
    def at(self) -> Path_:
        """Where the contract names the pack."""
        return ("uses", self.name)

    @property
    def kept(self) -> dict[str, dict[str, Any]]:
        """What comes into the contract: the obligations that are owed here, and the pack's calendars."""
        owed = {name: words for name, words in self.pack.obligations.items() if name not in self.use.without}
        return {"calendars": self.pack.calendars, "obligations": owed}

    @property
    def needed(self) -> set[str]:
        """The parameters that it names."""
        return {name for _, name in _named(self.kept, ())}

    def faults(self) -> Iterator[Fault]:
        """What the contract binds wrongly, does not bind, or binds for nothing."""
        for name in self.use.without:
            if name not in self.pack.obligations:
                known = ", ".join(self.pack.obligations)
                message = f"`{name}` is no obligation of this pack: it has {known}"
                yield self.contract.fault((*self.at, "without"), message)
        for name in self.use.with_:
            if idle := self._idle(name):
                yield self.contract.fault((*self.at, "with", name), idle)
        for name in sorted(self.needed):
            if wrong := self._wrong(name, self.pack.parameters[name]):
                path = (*self.at, "with", name) if name in self.use.with_ else self.at
                yield self.contract.fault(path, wrong)

    def _idle(self, name: str) -> str | None:
        """What is wrong with a binding that nothing asks for."""
        if name not in self.pack.parameters:
            near = difflib.get_close_matches(name, self.pack.parameters, n=1, cutoff=0.6)
            hint = f"did you mean `{near[0]}`?" if near else f"it has {', '.join(sorted(self.needed))}"
            return f"`{name}` is no parameter of this pack: {hint}"
        return None if name in self.needed else f"only what `without` leaves out needs `{name}`: remove it"

    def _wrong(self, name: str, parameter: Parameter) -> str | None:
        """What is wrong with the value of a parameter that is needed; None where it stands."""
        if name not in self.use.with_:
            if parameter.has_default:
                return None
            gives = f"the source gives only {parameter.given}, so " if parameter.given else ""
            said = "which number holds" if parameter.given else f"`{name}`"
            return (
                f"`{name}` is not bound: {gives}the author of contract `{self.author}` must state {said} "
                f"under `with` ({parameter.means})"
            )
        try:
            within = parameter.lies_within(self.use.with_[name])
        except ValueError as error:
            return str(error)
        return None if within else f"{self.use.with_[name]} lies outside what the source gives, {parameter.given}"

    def brought(self) -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
        """What comes into the contract with every parameter filled in; what cannot be filled in is left out."""
        sound = {name for name in self.needed if not self._wrong(name, self.pack.parameters[name])}
        bound = {name: self.use.with_.get(name, self.pack.parameters[name].default) for name in sound}
        for word, kept in self.kept.items():
            for name, words in kept.items():
                if {one for _, one in _named(words, ())} <= sound:
                    filled = _filled(words, bound)
                    stated = {part for part in ("clause", "remedy") if part in words and not _is_named(words[part])}
                    yield (word, name), filled | {part: cited(self.pack.source, filled[part]) for part in stated}

    def places(self, at: tuple[str, str]) -> dict[Path_, Place]:
        """Where the words at a place stand: in the pack, or where the contract binds (or could bind) them."""
        found = {path: place for path, place in self.parsed.places.items() if path[:2] == at}
        for path, name in _named(self.kept[at[0]][at[1]], at):
            found[path] = self.contract.place((*self.at, "with", name))
        return found
