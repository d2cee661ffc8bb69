"""A sample log as a draft reads it, and what its columns look like. A look is a guess: the draft says so."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from dutywatch.errors import DraftRefused
from dutywatch.terms.draft.register import Register
from dutywatch.terms.draft.writing import Writing, delimiter_of, parted

# month first and day first can often not be told apart: then none of them is guessed
FORMATS = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M",
    "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y年%m月%d日 %H:%M",
    "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M %p", "%Y-%m-%d",
)  # fmt: skip
_KIND = ("kind", "task", "type", "activity", "work", "event", "event_type", "作业类型")
_MOST_KINDS = 12


@dataclass(frozen=True)
class Sample:
    """A delimited log: `lines` as they stand in the file, the first non-empty one its header; `rows` by column."""

    path: Path
    encoding: str
    delimiter: str
    lines: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]

    @staticmethod
    def read(path: Path, encoding: str | None = None, delimiter: str | None = None) -> Sample:
        """Read a log as it is said to be written, else as `Writing` and `delimiter_of` find it. Raises DraftRefused."""
        written = Writing.read(path, encoding)
        if len(written.lines) < 2:
            raise DraftRefused(f"{path} has no header and no row: a draft needs a log of at least one act")
        delimiter = delimiter or delimiter_of(path, written.lines)
        header, *rows = parted(path, written.lines, delimiter)
        names = [name.strip() for name in header]
        whole = [row for row in rows if len(row) == len(names)]
        columns = {name: tuple(row[place].strip() for row in whole) for place, name in enumerate(names)}
        return Sample(path, written.encoding, delimiter, written.lines, columns)

    def joined(self, register: Register) -> tuple[str, str] | None:
        """The register's key and the log's column that names units: the pair whose values meet most; None: none do."""
        best, share = None, 0.0
        for key in register.keys:
            units = set(register.columns[key])
            for name, values in self.columns.items():
                given = [value for value in values if value]
                met = sum(value in units for value in given) / len(given) if given else 0.0
                if met > share:
                    best, share = (key, name), met
        return best

    def formats(self, column: str) -> list[str]:
        """The formats, of those known here, in which every time of the column can be read."""
        values = [value for value in self.columns.get(column, ()) if value]
        if not values:
            return []
        found = [one for one in FORMATS if all(_read(value, one) is not None for value in values)]
        stated = all((at := _read(value, "iso")) is not None and at.tzinfo is not None for value in values)
        return ["iso"] if stated else found

    def reads(self, column: str, written: str) -> bool:
        """Whether any time of the column can be read in this format."""
        return any(_read(value, written) is not None for value in self.columns[column])

    @property
    def times(self) -> list[str]:
        """The columns that hold times."""
        return [name for name in self.columns if self.formats(name)]

    def kinds(self, column: str) -> list[str]:
        """What the column says, the most frequent first."""
        counted = Counter(value for value in self.columns.get(column, ()) if value)
        return [value for value, _ in counted.most_common()]

    def kind(self, but: Sequence[str]) -> str | None:
        """The column that looks like what was done: few words that repeat, by its name where several do."""
        found = [
            name
            for name, values in self.columns.items()
            if name not in but
            and all(values)
            and len(set(values)) <= min(_MOST_KINDS, len(values))
            and not any(_number(value) for value in values)
        ]
        return next((name for name in found if name.lower() in _KIND), found[0] if found else None)

    def numbers(self) -> list[str]:
        """The columns that hold numbers alone."""
        return [
            name for name, values in self.columns.items() if any(values) and all(map(_number, filter(None, values)))
        ]

    def by_day(self, column: str, written: str, zone: ZoneInfo) -> dict[date, bytes]:
        """One file a civil day of `zone`, as the log's deliveries would have been; bytes in the log's encoding.

        A row whose time cannot be read stands with the row before it (or in the first day): judging will tell its fate.
        """
        header, *rows = self.lines
        place = list(self.columns).index(column)
        days: dict[date, list[str]] = {}
        waiting: list[str] = []
        last: date | None = None
        for row in rows:
            fields = next(csv.reader([row], delimiter=self.delimiter))
            at = _read(fields[place].strip(), written) if place < len(fields) else None
            if at is not None:
                last = (at.astimezone(zone) if at.tzinfo else at).date()
            if last is None:
                waiting.append(row)
            else:
                days.setdefault(last, []).extend([*waiting, row])
                waiting = []
        return {day: "\n".join([header, *lines, ""]).encode(self.encoding) for day, lines in sorted(days.items())}


def _read(value: str, written: str) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if written == "iso" else datetime.strptime(value, written)  # noqa: DTZ007
    except ValueError:
        return None


def _number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True
