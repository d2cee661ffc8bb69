"""A copy of the project's tree, with the shared folder beside it, in which something may be changed."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import HOME


@contextmanager
def copied() -> Iterator[Path]:
    """The copy's root, removed afterwards; it has no environment and no history."""
    with tempfile.TemporaryDirectory(prefix="dutywatch-tree-") as folder:
        tree = Path(folder) / "tree"
        unread = shutil.ignore_patterns(".git", ".venv", "var", "__pycache__", ".*_cache", ".hypothesis")
        shutil.copytree(HOME, tree, ignore=unread)
        if (HOME.parent / "shared").exists():
            (Path(folder) / "shared").symlink_to((HOME.parent / "shared").resolve())
        yield tree
