"""Where each kind of file lies in the lake, and the one way to put one there."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from uuid import uuid4


@dataclass(frozen=True)
class Lake:
    """The lake's root; names handed out and stored in the ledger are relative to it.

    `drafts`: the folder, with a slash at its end, of the verdict sheets of a judgement that is not recorded.
    """

    root: Path
    drafts: str = ""

    def path(self, name: str) -> Path:
        """The absolute path of a name from the ledger. Raises ValueError for one that leaves the lake."""
        path = os.path.normpath(os.path.join(self._resolved, name))  # noqa: PTH118 - asked for each of many files
        if not path.startswith(self._resolved):
            raise ValueError(f"{name!r} leaves the lake")
        return Path(path)

    @cached_property
    def _resolved(self) -> str:
        return os.path.join(self.root.resolve(), "")  # noqa: PTH118 - with the separator at its end

    def keep(self, raw: bytes) -> tuple[str, str]:
        """Keep a delivery's bytes, once per SHA-256; returns (name, SHA-256)."""
        with self.keeping(raw) as sha256:
            return self.raw(sha256), sha256

    @contextmanager
    def keeping(self, raw: bytes) -> Iterator[str]:
        """Keep a delivery's bytes while the block goes on, which is given their SHA-256; they are kept when it ends."""
        sha256 = hashlib.sha256(raw).hexdigest()
        with ThreadPoolExecutor(1) as aside:
            kept = aside.submit(self._put, self.raw(sha256), raw)
            yield sha256
            kept.result()

    def _put(self, name: str, raw: bytes) -> None:
        if not self.path(name).exists():
            with self.writing(name) as partial:
                partial.write_bytes(raw)

    @contextmanager
    def writing(self, name: str) -> Iterator[Path]:
        """A temporary path that becomes `name` when the block ends well, and is removed otherwise."""
        final = self.path(name)
        final.parent.mkdir(parents=True, exist_ok=True)
        partial = final.with_name(f".{final.name}.{uuid4().hex[:8]}")
        try:
            yield partial
            os.replace(partial, final)  # noqa: PTH105 - the atomic one, said plainly
        finally:
            partial.unlink(missing_ok=True)

    @contextmanager
    def spilling(self) -> Iterator[Path]:
        """A path for what does not fit into memory; its name is gone at the end, the file when nobody has it open."""
        path = self.path(f".spill/{uuid4().hex}")
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    @staticmethod
    def raw(sha256: str) -> str:
        """The bytes of deliveries, by their SHA-256."""
        return f"raw/{sha256[:2]}/{sha256}"

    @staticmethod
    def rows(contract: str, source: str, sha256: str, identity: str) -> str:
        """Parsed rows of one delivery."""
        return f"rows/{contract}/{source}/{sha256[:16]}-{identity[:12]}.parquet"

    @staticmethod
    def accepted(contract: str, stream: str, day: date | None, delivery: str, rules: str) -> str:
        """Accepted events of one acceptance."""
        return f"accepted/{contract}/{stream}/{day or 'undated'}/{delivery[:16]}-{rules[:12]}.parquet"

    @staticmethod
    def quarantine(contract: str, stream: str, day: date | None, delivery: str, rules: str) -> str:
        """Quarantined rows of one acceptance."""
        return f"quarantine/{contract}/{stream}/{day or 'undated'}/{delivery[:16]}-{rules[:12]}.parquet"

    @staticmethod
    def passes(contract: str, source: str, day: date, inputs: str) -> str:
        """Passes over units that a day's positions are; equal inputs have the equal name."""
        return f"passes/{contract}/{source}/{day}/{inputs[:24]}.parquet"

    @staticmethod
    def fates(contract: str, source: str, day: date, inputs: str) -> str:
        """What became of a day's positions: counts by actor and reason."""
        return f"passes/{contract}/{source}/{day}/{inputs[:24]}-fates.parquet"

    @contextmanager
    def drafting(self) -> Iterator[Lake]:
        """The same lake for a judgement that is not recorded: its sheets lie apart and are removed at the end."""
        folder = f"drafts/{uuid4().hex}/"
        try:
            yield replace(self, drafts=folder)
        finally:
            shutil.rmtree(self.path(folder), ignore_errors=True)

    def sheet(self, contract: str, obligation: str, day: date, digest: str) -> str:
        """Verdict rows of one sheet; equal rows have the equal name."""
        safe = obligation.replace(":", "_")  # deliver:plow-log; a colon is not portable in file names
        return f"{self.drafts}sheets/{contract}/{safe}/{day}/{digest[:24]}.parquet"
