"""The words that every part of a contract is written in: names, durations, zones, texts in two languages.

A part of the contract is a `Word`: a frozen value in which an unknown key is a fault.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from dutywatch.clock import duration

Identifier = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
ColumnName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]


def _a_duration(value: Any) -> timedelta:
    if isinstance(value, timedelta):
        return value
    if not isinstance(value, str):
        raise ValueError("write a duration such as PT72H, P4D or PT30M")
    return duration(value)


def _a_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


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


Duration = Annotated[
    timedelta, BeforeValidator(_a_duration, json_schema_input_type=str), Field(examples=["PT72H", "P4D"])
]
Strings = Annotated[
    tuple[str, ...], BeforeValidator(_a_list, json_schema_input_type=str | list[str]), Field(min_length=1)
]
Zone = Annotated[str, AfterValidator(_a_zone)]


Stream = Literal["service", "position", "condition", "case", "call", "report", "inspection", "notice"]


class Word(BaseModel):
    """The root of every part of the contract: unknown keys are faults, values do not change."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Words(Word):
    """A text in the contract's languages; `en` is required, because the record is international."""

    en: str = Field(min_length=1)
    zh: str | None = None

    def __str__(self) -> str:
        return self.en
