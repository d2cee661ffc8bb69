"""The words that every part of a contract is written in: names, durations, zones, texts in two languages.

A part of the contract is a `Word`: a frozen value in which an unknown key is a fault.
"""

from __future__ import annotations

import codecs
from datetime import date, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from dutywatch.clock import duration

Identifier = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
ColumnName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]

Bare = str | bool | int | float | date  # what YAML may make of one word that is not quoted


def _a_duration(value: Any) -> timedelta:
    if isinstance(value, timedelta):
        return value
    if not isinstance(value, str):
        raise ValueError("write a duration such as PT72H, P4D or PT30M")
    return duration(value)


def _a_list(value: Any) -> Any:
    return [value] if isinstance(value, Bare) else value  # that it is no text is said of the one word


def a_text(value: Any) -> Any:
    """Refuses what YAML made a number of, such as a bare time of day."""
    if isinstance(value, int):
        raise ValueError(f"put it in quotes: YAML reads a bare time of day as the number {value}")
    return value


def _a_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"{value!r} is not a time zone of the IANA database, such as Asia/Shanghai") from error
    return value


def keeps_ascii(encoding: str) -> bool:
    """Whether lines can be found by their bytes (or it is UTF-16, decoded first); an unknown encoding says no."""
    try:
        if codecs.lookup(encoding).name.startswith("utf-16"):
            return True
        return "\r\n,;0123456789".encode(encoding) == b"\r\n,;0123456789" and encoding != "utf-7"
    except (LookupError, ValueError):  # no encoding, or no name of one
        return False


def unknown_encoding(name: str) -> str:
    """What is said of an encoding that is none, or none in which lines can be found."""
    return f"{name!r} is not known here: use utf-8, utf-16, gb18030, gbk, cp1252 or latin-1"


def _an_encoding(value: str) -> str:
    if not keeps_ascii(value):
        raise ValueError(unknown_encoding(value))
    return value


Duration = Annotated[
    timedelta, BeforeValidator(_a_duration, json_schema_input_type=str), Field(examples=["PT72H", "P4D"])
]
Strings = Annotated[
    tuple[str, ...], BeforeValidator(_a_list, json_schema_input_type=str | list[str]), Field(min_length=1)
]
Zone = Annotated[str, AfterValidator(_a_zone)]
Encoding = Annotated[str, AfterValidator(_an_encoding)]
Delimiter = Annotated[str, Field(pattern=r'^[^"\n\r\x00]$')]


Stream = Literal["service", "position", "condition", "case", "call", "report", "inspection", "notice"]


class Word(BaseModel):
    """The root of every part of the contract: unknown keys are faults, values do not change, numbers are finite."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=False)


class Words(Word):
    """A text in the contract's languages; `en` is required, because the record is international."""

    en: str = Field(min_length=1)
    zh: str | None = None

    def __str__(self) -> str:
        return self.en
