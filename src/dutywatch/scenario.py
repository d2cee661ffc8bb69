"""A scenario's deliveries: files made of a story, each with the instant at which it arrives.

A contract's `scenario/generate.py` makes them of its story; here is what all of these scripts share: how a source
writes, what is put where, and the command line. `replay.read_arrivals` reads what `write` wrote.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

Cells = Mapping[str, str]


class StoryError(Exception):
    """The story contradicts itself; whoever edits story.yaml must act."""


@dataclass(frozen=True)
class Form:
    """How one source writes; a column is (the relation's name, the file's name), in file order."""

    columns: tuple[tuple[str, str], ...]
    kinds: Mapping[str, str]
    encoding: str
    time_format: str
    path: str

    def write(self, rows: Iterable[Cells]) -> bytes:
        """A file of these rows under its header; a cell that a row does not have is empty."""
        text = io.StringIO()
        lines = csv.writer(text, lineterminator="\n")
        lines.writerow([theirs for _, theirs in self.columns])
        lines.writerows([row.get(ours, "") for ours, _ in self.columns] for row in rows)
        return text.getvalue().encode(self.encoding)

    def at(self, when: datetime) -> str:
        """A local time as this source writes it."""
        return when.isoformat() if self.time_format == "iso" else when.strftime(self.time_format)

    @classmethod
    def of(cls, source: Mapping[str, Any]) -> Form:
        """As a contract's `sources` declare it."""
        kinds = source.get("values", {}).get("kind", {})
        return cls(
            columns=tuple(source["columns"].items()),
            kinds={ours: theirs for theirs, ours in kinds.items()},
            encoding=source["encoding"],
            time_format=source["time"]["format"],
            path=source["path"],
        )


@dataclass(frozen=True)
class Delivery:
    """One file as it arrives: `lands_as` is its path below the contract's landing folder."""

    arrives: datetime
    lands_as: str
    content: bytes


def write(arriving: Iterable[Delivery], folder: Path) -> None:
    """arrivals.csv, and each delivery in a folder of its own, so that a correction replaces nothing."""
    lines = ["arrives_at,file,lands_as"]
    for number, delivery in enumerate(arriving, start=1):
        file = f"files/{number:03d}/{delivery.lands_as}"
        target = folder / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(delivery.content)
        lines.append(f"{delivery.arrives.isoformat()},{file},{delivery.lands_as}")
    (folder / "arrivals.csv").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def land(arriving: Iterable[Delivery], folder: Path, until: datetime | None) -> None:
    """The landing folder at `until` (None: the end); a watcher never sees half a file or a wrong time."""
    for delivery in arriving:
        if until is not None and delivery.arrives > until:
            continue
        target = folder / delivery.lands_as
        target.parent.mkdir(parents=True, exist_ok=True)
        hidden = target.with_name(f".{target.name}.part")
        hidden.write_bytes(delivery.content)
        os.utime(hidden, (delivery.arrives.timestamp(),) * 2)
        hidden.replace(target)


def command(
    tell: Callable[[int | None], Iterable[Delivery]],
    *,
    writes: str,
    seeds: str,
    examples: str,
    arguments: Sequence[str] | None = None,
) -> int:
    """The command line of a scenario; 2 where it was called wrongly or the story is at fault.

    `tell` makes the deliveries of a seed (None: the story's own); `writes` and `seeds` say of what and what it varies.
    """
    parser = argparse.ArgumentParser(
        description=f"Write the deliveries of {writes}.",
        epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("out", metavar="OUT_DIR", nargs="?", type=Path, help="for arrivals.csv and files/")
    parser.add_argument("--seed", type=int, help=f"of the {seeds}; default: the story's own")
    parser.add_argument("--land", metavar="DIR", type=Path, help="write the landing folder, instead or too")
    parser.add_argument("--until", metavar="ISO", type=_aware, help="with --land: what had arrived by then")
    asked = parser.parse_args(arguments)
    if asked.out is None and asked.land is None:
        parser.error("say where to write: OUT_DIR, or --land DIR, or both")
    if asked.until is not None and asked.land is None:
        parser.error("--until belongs to --land")
    try:
        arriving = list(tell(asked.seed))
    except StoryError as fault:
        print(f"story.yaml: {fault}", file=sys.stderr)
        return 2
    if asked.out is not None:
        write(arriving, asked.out)
    if asked.land is not None:
        land(arriving, asked.land, asked.until)
    return 0


def _aware(text: str) -> datetime:
    try:
        when = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no ISO time such as 2023-12-19T18:40+08:00") from error
    if when.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text!r} has no offset: write {text}+08:00")
    return when
