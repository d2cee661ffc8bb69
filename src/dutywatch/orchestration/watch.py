"""Looking at a landing folder often and cheaply: which contracts' files have changed and now lie still?

A new, removed or renamed file changes its folder's time, so most looks read only the folders' times. A
file written over in place changes no folder; so now and then a look reads every file, the more seldom the
longer that takes.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

_THOROUGH = 10.0  # seconds between two looks that read every file, at least
_SHARE = 20  # ... and at least this many times what the last one took: 5 % of one processor at most
_FRESH = 60.0  # the first look rings for files younger than this; they may have come as the watch began

Files = dict[str, tuple[int, int]]  # path -> size, time of change in ns


class Watch:
    """What the landing folder looked like last time. One instance per folder and process."""

    def __init__(self, landing: Path) -> None:
        self._landing = landing
        self._places: dict[str, _Place] = {}
        self._thorough_at = 0.0

    def look(self) -> list[str]:
        """The contracts whose files differ from those at their last ring and stood still since the last look.

        The first look is what the later ones compare with.
        """
        started = time.monotonic()
        thorough = started >= self._thorough_at
        rung = [name for name in self._names() if self._places[name].look(thorough=thorough)]
        if thorough:
            now = time.monotonic()
            self._thorough_at = now + max(_THOROUGH, _SHARE * (now - started))
        return rung

    def _names(self) -> list[str]:
        try:
            names = sorted(entry.name for entry in os.scandir(self._landing) if entry.is_dir())
        except OSError:
            names = []  # not made yet
        known = self._places
        self._places = {name: known.get(name) or _Place(self._landing / name) for name in names}
        return names


class _Place:
    """One contract's landing folder."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._folders: dict[str, int] = {}
        before = time.time_ns() - int(_FRESH * 1e9)
        old = {name: (size, changed) for name, (size, changed) in files(path).items() if changed < before}
        self._rung = self._seen = old

    def look(self, *, thorough: bool) -> bool:
        """Whether to ring now."""
        restless = self._seen is not self._rung
        if not (thorough or restless or self._moved()):
            return False
        self._folders = folders(self._path)
        before, found = self._seen, files(self._path)
        self._seen = self._rung if found == self._rung else found
        if found != before or self._seen is self._rung:
            return False
        self._rung = self._seen
        return True

    def _moved(self) -> bool:
        """Whether a folder was never looked into, or got or lost a name since."""
        return not self._folders or any(_changed(name) != then for name, then in self._folders.items())


def folders(place: Path) -> dict[str, int]:
    """`place` and every folder below it, with its time."""
    return {root: _changed(root) for root, _, _ in os.walk(place)}


def files(place: Path) -> Files:
    """Every file below `place` but hidden ones, which are somebody's work in progress."""
    found: Files = {}
    for root, _, names in os.walk(place):
        for path in (f"{root}/{name}" for name in names if not name.startswith(".")):
            try:
                status = os.stat(path)  # noqa: PTH116 - half a million files in a big city
            except OSError:
                continue  # went away under our eyes: the next look will see it so
            found[path] = status.st_size, status.st_ctime_ns
    return found


def newest(place: Path) -> float:
    """When the youngest file below `place` landed there, in seconds since 1970; 0 without any."""
    return max((changed for _, changed in files(place).values()), default=0) / 1e9


def _changed(folder: str) -> int:
    try:
        return os.stat(folder).st_mtime_ns  # noqa: PTH116 - asked thousands of times a minute
    except OSError:
        return 0
