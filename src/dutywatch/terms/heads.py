"""The heads of contracts: what a DAG file may know about a contract without reading all of it.

A DAG file is parsed again and again, once in every task process, so it reads only the few keys of a
head and skips every other clause unparsed.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from dutywatch.terms.document import SafeLoader, parse
from dutywatch.terms.source import Source

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
        values = _read(folder / "contract.yaml", _KEYS)
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


def asked_every(folder: Path) -> timedelta | None:
    """How often one of the contract's sources has to be asked; None where files ring by themselves.

    Only the sources are read, and no units: this is asked of all contracts every two minutes. Where they cannot be
    read apart (flow style, an anchor that stands elsewhere), the whole file is. A faulty source is left out.
    """
    path = folder / "contract.yaml"
    try:
        declared = _read(path, ("sources",)).get("sources")
    except (OSError, yaml.YAMLError, UnicodeDecodeError):
        declared = None
    if not isinstance(declared, dict):
        declared = _whole(path).get("sources")
    turns = (_turn(words) for words in declared.values()) if isinstance(declared, dict) else ()
    return min((turn for turn in turns if turn), default=None)


def _whole(path: Path) -> dict[str, Any]:
    try:
        values = parse(path.read_text(encoding="utf-8"), path.name).values
    except (OSError, UnicodeDecodeError):
        return {}
    return values if isinstance(values, dict) else {}


def _turn(words: Any) -> timedelta | None:
    try:
        return Source.model_validate(words).asked_every
    except ValidationError:
        return None  # the contract's own diary shows the fault


def _title(title: Any, fallback: str) -> str:
    if isinstance(title, dict):
        texts = [str(title[language]) for language in ("zh", "en") if title.get(language)]
        return " · ".join(texts) or fallback
    return str(title) if title else fallback


def _read(path: Path, keys: Container[str]) -> dict[str, Any]:
    """Some keys among the top-level ones, parsed alone: the lines between them are skipped.

    Top-level keys stand in the first column, so the file is cut there and only the wanted pieces are
    given to the parser. A file laid out otherwise (flow style) has no such pieces and yields no head
    beyond its folder's name.
    """
    wanted: list[str] = []
    keep = False
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        if line[:1] not in (" ", "\t", "#", "\n", "\r", "-", ""):
            keep = line.split(":", 1)[0] in keys
        if keep:
            wanted.append(line)
    values = yaml.load("".join(wanted), Loader=SafeLoader) if wanted else {}  # noqa: S506 - a SafeLoader
    return values if isinstance(values, dict) else {}
