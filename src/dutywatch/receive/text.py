"""The line scanner: one line of delimited text to the fields that are wanted, or to what is wrong with it.

Quoted line breaks are not part of the format: an open quote is a fault of its line, and the next line is
read as a line again, so that one stray quote cannot swallow the rest of the file. The fast reader
(`parse.py`) leaves to this module every line about which there is any doubt.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import Any, Protocol

from dutywatch.errors import DeliveryRefused


@dataclass(frozen=True)
class Dialect:
    """What parts fields and what encloses them; `quote` is None where a quotation mark is a letter like others."""

    delimiter: str = ","
    quote: str | None = '"'

    @property
    def reading(self) -> dict[str, Any]:
        """The dialect as the csv module takes it."""
        if self.quote is None:
            return {"delimiter": self.delimiter, "quoting": csv.QUOTE_NONE}
        return {"delimiter": self.delimiter, "quotechar": self.quote}


class Layout(Protocol):
    """How many fields a row has, and where the wanted ones stand."""

    @property
    def width(self) -> int: ...
    @property
    def places(self) -> tuple[int, ...]: ...


@dataclass(frozen=True)
class Row:
    """One line that should hold data: `fields` in the order of the wanted columns, None where faulty."""

    line: int
    raw: str
    fields: tuple[str, ...] | None
    fault: str | None


def header(line: bytes, encoding: str, dialect: Dialect, *, broken: bool = False) -> list[str]:
    """The names in the header, `line` being UTF-8 unless `broken`. Raises DeliveryRefused."""
    try:
        text = line.decode("utf-8").removeprefix("\ufeff")
        if broken or "\0" in text:
            raise DeliveryRefused(f"the header is not {encoding}: was the file written in another encoding?")
        return [name.strip() for name in next(csv.reader([text], strict=True, **dialect.reading))]
    except UnicodeDecodeError as error:
        raise DeliveryRefused(f"the header is not {encoding}: was the file written in another encoding?") from error
    except csv.Error as error:
        raise DeliveryRefused(f"the header cannot be split: {error}") from error


def row(number: int, line: bytes, encoding: str, dialect: Dialect, layout: Layout, broken: bool = False) -> Row:
    """A line in UTF-8 (`broken`: what is left of one that is not `encoding`) as a row."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return Row(number, line.decode("ascii", "backslashreplace"), None, f"not {encoding}")
    if broken:
        return Row(number, text, None, f"not {encoding}")
    if "\0" in text:
        return Row(number, text.replace("\0", "\\0"), None, "holds a NUL character")
    try:
        fields = next(csv.reader([text], strict=True, **dialect.reading))
    except csv.Error as error:
        longest = "field larger" in str(error)
        return Row(number, text, None, "a field that is too long" if longest else "an open quote")
    if len(fields) != layout.width:
        return Row(number, text, None, f"{len(fields)} fields instead of {layout.width}")
    return Row(number, text, tuple(fields[place] for place in layout.places), None)
