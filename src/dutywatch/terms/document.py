"""A YAML document with the line of every key, so that a fault can say where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

from dutywatch.errors import Fault

# the C parser is three times faster; PyYAML wheels carry it, a build from source may not
SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Path_ = tuple[str | int, ...]


@dataclass(frozen=True)
class Document:
    """Parsed values, the line of every path in them, and the faults of the YAML itself."""

    values: Any
    lines: dict[Path_, int]
    faults: tuple[Fault, ...]

    def line(self, path: Path_) -> int:
        """The line (from 1) of the nearest known ancestor of `path`."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return 1


def parse(text: str, file: str) -> Document:
    """Parse one YAML document. Broken YAML and duplicate keys become faults, not exceptions."""
    loader = SafeLoader(text)
    try:
        node = loader.get_single_node()
        lines: dict[Path_, int] = {}
        faults: list[Fault] = []
        if node is not None:
            _walk(node, (), lines, faults, file)
        values = loader.construct_document(node) if node is not None else None
    except yaml.YAMLError as error:
        return Document(None, {}, (_broken(error, file),))
    finally:
        loader.dispose()
    return Document(values, lines, tuple(faults))


def _walk(node: yaml.Node, path: Path_, lines: dict[Path_, int], faults: list[Fault], file: str) -> None:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            if name in seen:
                message = f"`{name}` is written twice: keep one"
                faults.append(Fault(file, key.start_mark.line + 1, ".".join(map(str, path)), message))
            seen.add(name)
            lines[(*path, name)] = key.start_mark.line + 1
            _walk(value, (*path, name), lines, faults, file)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _walk(item, (*path, index), lines, faults, file)


def _broken(error: yaml.YAMLError, file: str) -> Fault:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error)
    return Fault(file, mark.line + 1 if mark else 0, "", f"this is not YAML: {problem}")
