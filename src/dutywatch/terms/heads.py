"""The heads of contracts: what a DAG file may know about a contract without reading all of it.

A DAG file is parsed again and again, once in every task process, so it reads only the few keys of a
head and skips every other clause unparsed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from dutywatch.terms.document import SafeLoader

_KEYS = ("title", "tags", "timezone")


@dataclass(frozen=True)
class Head:
    """A contract's folder, title, tags and time zone; `fault` where even these cannot be read."""

    contract: str
    title: str
    folder: Path
    tags: Mapping[str, str] = field(default_factory=dict)
    timezone: str = "UTC"
    fault: str | None = None


def heads(contracts: Path) -> list[Head]:
    """The heads of all contracts below `contracts`, sorted by name. A faulty one keeps its head."""
    return [head(path.parent) for path in sorted(contracts.glob("*/contract.yaml"))]


def head(folder: Path) -> Head:
    """The head of the contract in `folder`; never raises for what the file says."""
    try:
        values = _read(folder / "contract.yaml")
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        return Head(folder.name, folder.name, folder, fault=str(error))
    title, tags, zone = values.get("title"), values.get("tags"), values.get("timezone")
    return Head(
        contract=folder.name,
        title=_title(title, folder.name),
        folder=folder,
        tags={str(k): str(v) for k, v in tags.items()} if isinstance(tags, dict) else {},
        timezone=zone if isinstance(zone, str) else "UTC",
    )


def _title(title: Any, fallback: str) -> str:
    if isinstance(title, dict):
        texts = [str(title[language]) for language in ("zh", "en") if title.get(language)]
        return " · ".join(texts) or fallback
    return str(title) if title else fallback


def _read(path: Path) -> dict[str, Any]:
    """The head's keys among the top-level ones, parsed alone: the lines between them are skipped.

    Top-level keys stand in the first column, so the file is cut there and only the wanted pieces are
    given to the parser. A file laid out otherwise (flow style) has no such pieces and yields no head
    beyond its folder's name.
    """
    wanted: list[str] = []
    keep = False
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        if line[:1] not in (" ", "\t", "#", "\n", "\r", "-", ""):
            keep = line.split(":", 1)[0] in _KEYS
        if keep:
            wanted.append(line)
    values = yaml.load("".join(wanted), Loader=SafeLoader) if wanted else {}  # noqa: S506 - a SafeLoader
    return values if isinstance(values, dict) else {}
