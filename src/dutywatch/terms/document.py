"""A YAML document with the place of every key, so that a fault can say where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

from dutywatch.errors import Fault

# the C parser is three times faster; PyYAML wheels carry it, a build from source may not
SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Path_ = tuple[str | int, ...]


@dataclass(frozen=True)
class Place:
    """A line (from 1) of a file."""

    file: str
    line: int


@dataclass(frozen=True)
class Document:
    """Parsed values, the place of every path in them, and the faults of the YAML itself.

    The places of a contract that uses packs lie in several files; `file` is the document's own.
    """

    values: Any
    places: dict[Path_, Place]
    faults: tuple[Fault, ...]
    file: str

    def place(self, path: Path_) -> Place:
        """The place of the nearest known ancestor of `path`."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.places:
                return self.places[path[:end]]
        return Place(self.file, 1)

    def fault(self, path: Path_, message: str) -> Fault:
        """What is wrong at `path`."""
        at = self.place(path)
        return Fault(at.file, at.line, ".".join(map(str, path)), message)


def parse(text: str, file: str) -> Document:
    """Parse one YAML document. Broken YAML and duplicate keys become faults, not exceptions."""
    loader = SafeLoader(text)
    try:
        node = loader.get_single_node()
        places: dict[Path_, Place] = {}
        faults: list[Fault] = []
        if node is not None:
            _walk(node, (), places, faults, file)
        values = loader.construct_document(node) if node is not None else None
    except yaml.YAMLError as error:
        return Document(None, {}, (_broken(error, file),), file)
    finally:
        loader.dispose()
    return Document(values, places, tuple(faults), file)


def _walk(node: yaml.Node, path: Path_, places: dict[Path_, Place], faults: list[Fault], file: str) -> None:
    places.setdefault(path, Place(file, node.start_mark.line + 1))
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            if name in seen:
                message = f"`{name}` is written twice: keep one"
                faults.append(Fault(file, key.start_mark.line + 1, ".".join(map(str, path)), message))
            seen.add(name)
            places[(*path, name)] = Place(file, key.start_mark.line + 1)
            _walk(value, (*path, name), places, faults, file)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _walk(item, (*path, index), places, faults, file)


def _broken(error: yaml.YAMLError, file: str) -> Fault:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error)
    return Fault(file, mark.line + 1 if mark else 0, "", f"this is not YAML: {problem}")
