"""A units file as a draft reads it: its columns, and which of them looks like the key that a log names."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dutywatch.errors import DraftRefused
from dutywatch.terms.draft.writing import Writing, delimiter_of, parted

_CLASS = ("class", "maintenance_class", "category", "priority", "等级", "道路等级")
_ZONE = ("zone", "ward", "district", "area", "区", "片区")
_LENGTH = ("length_m", "length", "长度")


@dataclass(frozen=True)
class Register:
    """The columns of a units file and their values, in the file's order; an absent value is empty.

    `encoding` and `delimiter` are a CSV's.
    """

    path: Path
    columns: Mapping[str, tuple[str, ...]]
    encoding: str = "utf-8"
    delimiter: str = ","

    @staticmethod
    def read(path: Path, encoding: str | None = None) -> Register:
        """Read a GeoJSON register, or a CSV written as `Writing` and `delimiter_of` find it. Raises DraftRefused."""
        if is_table(path):
            written = Writing.read(path, encoding)
            if not written.lines:
                raise DraftRefused(f"{path} is empty: a register has a header and a line a unit")
            delimiter = delimiter_of(path, written.lines)
            header, *rows = parted(path, written.lines, delimiter)
            found = {name: tuple(_field(row, place) for row in rows) for place, name in enumerate(header)}
            return Register(path, _listed(path, found), written.encoding, delimiter)
        try:
            features = json.loads(path.read_text(encoding="utf-8-sig"))["features"]
            records = [feature["properties"] for feature in features]
            names = list(dict.fromkeys(name for record in records for name in record))
        except UnicodeDecodeError as error:
            raise DraftRefused(f"{path} is not UTF-8, as all GeoJSON is (RFC 7946): ask for it anew") from error
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DraftRefused(f"{path} is no register of units as GeoJSON, nor CSV by its name: {error}") from error
        columns = {name: tuple(_text(record.get(name)) for record in records) for name in names}
        return Register(path, _listed(path, columns))

    @property
    def name(self) -> str:
        """The name under which the contract keeps the file."""
        return f"{self.path.stem}.csv" if is_table(self.path) else f"{self.path.stem}.geojson"

    @property
    def keys(self) -> list[str]:
        """The columns that tell every unit apart."""
        return [name for name, values in self.columns.items() if all(values) and len(set(values)) == len(values)]

    def named(self, what: str) -> str | None:
        """The column whose name says that it holds the units' class, zone or length; None where none does."""
        known = {"class": _CLASS, "zone": _ZONE, "length": _LENGTH}[what]
        return next((name for name in self.columns if name.strip().lower() in known), None)


def is_table(path: Path) -> bool:
    """Whether a units file is read as CSV, whatever parts its fields: all but what is called JSON."""
    return path.suffix.lower() not in (".json", ".geojson")


def _listed(path: Path, columns: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    if not any(columns.values()):
        raise DraftRefused(f"{path} lists no unit")
    return columns


def _field(row: Sequence[str], place: int) -> str:
    return row[place].strip() if place < len(row) else ""


def _text(value: object) -> str:
    return str(value).strip() if isinstance(value, str | int | float) else ""
