"""Which case tells which sentence of SEMANTICS: the index, and what it is held against."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.spec.chapter import Chapter, Table
from tests.spec.chapters import CHAPTERS

LIST = Path(__file__).with_name("sentences.csv")
_NEXT = re.compile(r"(?<=[.])\s+(?=[A-Z*`(\[]|[df] = )")


@dataclass(frozen=True)
class Sentence:
    """One sentence: "6.4" is the fourth of section 6. `elsewhere`: where it is shown, if not by these chapters."""

    number: str
    text: str
    elsewhere: str

    @property
    def told(self) -> list[tuple[Chapter, Table]]:
        """The tables that tell it."""
        return [(chapter, table) for chapter in CHAPTERS for table in chapter.tables if self.number in table.sentences]


def sentences() -> list[Sentence]:
    """The list of them, as it stands beside this module."""
    with LIST.open(encoding="utf-8", newline="") as file:
        return [Sentence(row["number"], row["sentence"], row["elsewhere"]) for row in csv.DictReader(file)]


def read(text: str) -> Iterator[tuple[str, str]]:
    """The sentences of SEMANTICS with their numbers; of the table of situations, each line's first cell is one."""
    section, number = 0, 0
    for line in text.splitlines():
        if heading := re.match(r"## (\d+)\.", line):
            section, number = int(heading[1]), 0
        elif section and line.strip() and not set(line) <= set("|- ") and "| situation" not in line:
            for part in _parts(line):
                if len(part.split()) > 1:  # "respond." is a title
                    number += 1
                    yield f"{section}.{number}", part


def _parts(line: str) -> list[str]:
    if line.startswith("|"):
        return [line.strip("|").split("|")[0].strip()]
    return _NEXT.split(line.removeprefix("- ").replace("**", "").strip())
