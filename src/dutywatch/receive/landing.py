"""What lies in a source's landing folder: files whose names fit its path, and their service dates."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from dutywatch.errors import DeliveryRefused
from dutywatch.terms import Source

MAX_BYTES = 1 << 30  # a delivery is read whole; larger ones are refused, not half read


@dataclass(frozen=True, order=True)
class Landed:
    """A file in the landing folder: `name` is its path below it, with forward slashes."""

    name: str
    service_date: date | None
    path: Path
    modified_at: datetime

    def read(self) -> bytes:
        """The file's bytes. Raises DeliveryRefused where it is too large to be a delivery."""
        with self.path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise DeliveryRefused(f"{self.name} is larger than {MAX_BYTES} bytes: send it in parts")
        return raw


def landed(folder: Path, source: Source) -> Iterator[Landed]:
    """The files below `folder` that `source` names, in order of name. Links and hidden files are no deliveries."""
    for path in sorted(_files(folder / Path(source.path).parent if _plain_parent(source.path) else folder)):
        name = path.relative_to(folder).as_posix()
        fits, day = named(source, name)
        if fits:
            yield Landed(name, day, path, datetime.fromtimestamp(path.stat().st_mtime, UTC))


def named(source: Source, name: str) -> tuple[bool, date | None]:
    """Whether `name` is a delivery's of `source`, and of which service date: a month's is its first day.

    2023-02-30.csv is no day's delivery; the list of strangers shows it.
    """
    match = _pattern(source.path).fullmatch(name)
    if not match:
        return False, None
    parts = match.groupdict()
    stamp = parts.get("service_date") or (f"{parts['month']}-01" if parts.get("month") else None)
    try:
        return True, date.fromisoformat(stamp) if stamp else None
    except ValueError:
        return False, None


def strangers(folder: Path, sources: list[Source]) -> list[str]:
    """Names of files that no source of the contract claims, sorted: nothing is ignored in silence."""
    names = (path.relative_to(folder).as_posix() for path in _files(folder))
    return sorted(name for name in names if not any(named(source, name)[0] for source in sources))


def _plain_parent(path: str) -> bool:
    return "{" not in str(Path(path).parent)


@cache
def _pattern(path: str) -> re.Pattern[str]:
    escaped = re.escape(path)
    escaped = escaped.replace(re.escape("{month}"), r"(?P<month>\d{4}-\d{2})", 1)
    escaped = escaped.replace(re.escape("{service_date}"), r"(?P<service_date>\d{4}-\d{2}-\d{2})", 1)
    return re.compile(escaped.replace(re.escape("{part}"), r"[^/]*"))


def _files(folder: Path) -> Iterator[Path]:
    """Regular files below `folder`; links are not followed, so that a delivery cannot point elsewhere."""
    for root, folders, names in os.walk(folder, followlinks=False):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(root, name)
            if not name.startswith(".") and not path.is_symlink() and path.is_file():
                yield path
