"""A units file as a draft reads it: its columns, and which of them looks like the key that a log names."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dutywatch.errors import DraftRefused

_CLASS = ("class", "maintenance_class", "category", "priority", "等级", "道路等级")
_ZONE = ("zone", "ward", "district", "area", "区", "片区")
_LENGTH = ("length_m", "length", "长度")


@dataclass(frozen=True)
class Register:
    """The columns of a units file and their values, in the file's order; an absent value is empty."""

    path: Path
    columns: Mapping[str, tuple[str, ...]]

    @staticmethod
    def read(path: Path) -> Register:
        """Read a CSV or GeoJSON register. Raises DraftRefused."""
        try:
            text = path.read_text(encoding="utf-8-sig")
            if path.suffix == ".csv":
                reader = csv.DictReader(text.splitlines())
                records, names = list(reader), list(reader.fieldnames or ())
            else:
                records = [feature["properties"] for feature in json.loads(text)["features"]]
                names = list(dict.fromkeys(name for record in records for name in record))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DraftRefused(f"{path} is no register of units, CSV in UTF-8 or GeoJSON: {error}") from error
        if not records:
            raise DraftRefused(f"{path} lists no unit")
        columns = {name: tuple(_text(record.get(name)) for record in records) for name in names}
        return Register(path, columns)

    @property
    def name(self) -> str:
        """The name under which the contract keeps the file."""
        return self.path.name if self.path.suffix == ".csv" else f"{self.path.stem}.geojson"

    @property
    def keys(self) -> list[str]:
        """The columns that tell every unit apart."""
        return [name for name, values in self.columns.items() if all(values) and len(set(values)) == len(values)]

    def named(self, what: str) -> str | None:
        """The column whose name says that it holds the units' class, zone or length; None where none does."""
        known = {"class": _CLASS, "zone": _ZONE, "length": _LENGTH}[what]
        return next((name for name in self.columns if name.strip().lower() in known), None)


def _text(value: object) -> str:
    return str(value).strip() if isinstance(value, str | int | float) else ""
