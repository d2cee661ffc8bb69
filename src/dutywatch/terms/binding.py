"""Puts the packs that a contract uses into the contract, before anything of it is checked.

What comes of it is a document like any other: the obligations of the packs stand among the contract's own, with the
places where their words were written.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from dutywatch.errors import Fault
from dutywatch.terms import library as packs
from dutywatch.terms.document import Document, Path_, Place
from dutywatch.terms.pack import BROUGHT, Pack, Parameter, Use, cited, filled, is_named, named


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
    own = {word: values.get(word, {}) for word in BROUGHT}
    if not all(isinstance(one, dict) for one in own.values()):
        return Bound(contract, incomplete=True)  # the contract's model says what is wrong
    merged, places, faults = {word: dict(one) for word, one in own.items()}, dict(contract.places), list[Fault]()
    holders = {(word, str(name)): "the contract itself" for word, one in own.items() for name in one}
    takings = list(_takings(contract, uses, folder, library, faults))
    for taking in takings:
        faults.extend(taking.faults())
        for at, words in taking.brought():
            if at in holders:
                advice = "rename one, or leave it out with `without`" if at[0] == "obligations" else "rename one"
                faults.append(contract.fault(taking.at, f"`{at[1]}` stands in {holders[at]} too: {advice}"))
                continue
            holders[at], merged[at[0]][at[1]] = f"pack `{taking.name}`", words
            places.update(taking.places(at))
    document = Document({**values, **merged}, places, (*contract.faults, *faults), contract.file)
    return Bound(document, b"".join(one.raw for one in takings), len(takings) < len(uses) or bool(faults))


def _takings(
    contract: Document, uses: Mapping[Any, Any], folder: Path, library: Path, faults: list[Fault]
) -> Iterator[_Taking]:
    """The packs that can be taken; what is wrong with others goes to `faults`, unless the contract's model says it."""
    for name, words in uses.items():
        try:
            use = Use.model_validate(words)
        except ValidationError:
            continue
        path = packs.located(str(name), folder, library)
        if isinstance(path, str):
            faults.append(contract.fault(("uses", str(name)), path))
            continue
        parsed, pack = packs.read(path, str(name))
        faults.extend(parsed.faults)
        if pack is not None:
            yield _Taking(contract, parsed, pack, str(name), use, folder.name, path.read_bytes())


@dataclass(frozen=True)
class _Taking:
    """One pack as one contract takes it."""

    contract: Document
    parsed: Document
    pack: Pack
    name: str
    use: Use
    author: str
    raw: bytes

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
        return {name for _, name in named(self.kept, ())}

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
                if {one for _, one in named(words, ())} <= sound:
                    full = filled(words, bound)
                    stated = {part for part in ("clause", "remedy") if part in words and not is_named(words[part])}
                    yield (word, name), full | {part: cited(self.pack.source, full[part]) for part in stated}

    def places(self, at: tuple[str, str]) -> dict[Path_, Place]:
        """Where the words at a place stand: in the pack, or where the contract binds (or could bind) them."""
        found = {path: place for path, place in self.parsed.places.items() if path[:2] == at}
        for path, name in named(self.kept[at[0]][at[1]], at):
            found[path] = self.contract.place((*self.at, "with", name))
        return found
