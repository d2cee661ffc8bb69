"""What lies in a source's landing folder: files whose names fit its path, and their service dates."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
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
    pattern = _pattern(source.path)
    for path in sorted(_files(folder / Path(source.path).parent if _plain_parent(source.path) else folder)):
        match = pattern.fullmatch(path.relative_to(folder).as_posix())
        if not match:
            continue
        stamp = match.groupdict().get("service_date")
        try:
            day = date.fromisoformat(stamp) if stamp else None
        except ValueError:
            continue  # 2023-02-30.csv is no day's delivery; the page of unknown files will show it
        modified = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        yield Landed(path.relative_to(folder).as_posix(), day, path, modified)


def strangers(folder: Path, sources: list[Source]) -> list[str]:
    """Names of files that no source of the contract claims, sorted: nothing is ignored in silence."""
    patterns = [_pattern(source.path) for source in sources]
    names = (path.relative_to(folder).as_posix() for path in _files(folder))
    return sorted(name for name in names if not any(_dated(pattern, name) for pattern in patterns))


def _dated(pattern: re.Pattern[str], name: str) -> bool:
    match = pattern.fullmatch(name)
    stamp = match.groupdict().get("service_date") if match else None
    try:
        return match is not None and (stamp is None or bool(date.fromisoformat(stamp)))
    except ValueError:
        return False


def _plain_parent(path: str) -> bool:
    return "{" not in str(Path(path).parent)


def _pattern(path: str) -> re.Pattern[str]:
    escaped = re.escape(path)
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
