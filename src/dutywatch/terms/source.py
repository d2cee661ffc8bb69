"""The sources of a contract: where each stream of events comes from, how it is written, when it is due."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from dutywatch.clock import DeliveryDue
from dutywatch.terms.words import ColumnName, Duration, Identifier, Word, Words, Zone, a_text


class TimeFormat(Word):
    """How a source writes times: `iso`, or a strftime format with the zone that it means."""

    format: str = "iso"
    zone: Zone | None = None


class Polls(Word):
    """Coverage of a source that is asked again and again (SEMANTICS section 2).

    A poll (the instant in `seen_at`) covers up to itself minus `max_lag`. Where the source shows only
    the last event of a unit, the span between the previous poll and that event is not covered.
    """

    max_lag: Duration
    shows: Literal["last", "all"]


class Source(Word):
    """Where a stream of events comes from, how it is written, who runs it and when it is due."""

    title: Words | None = None
    stream: Literal["service", "position", "condition", "case", "call", "report", "inspection", "notice"]
    run_by: Identifier
    owner: str
    connector: Literal["file"] = "file"
    path: str
    format: Literal["csv", "tsv", "json", "ndjson", "geojson", "parquet", "xlsx"] = "csv"
    encoding: str | None = None
    delimiter: Annotated[str, Field(pattern=r'^[^"\n\r\x00]$')] | None = None
    quote: Annotated[str, Field(pattern=r"^[\x21-\x7e]?$")] = '"'
    records: str | None = None
    sheet: str | None = None
    time: TimeFormat = TimeFormat()
    columns: dict[ColumnName, str] = Field(min_length=1)
    values: dict[ColumnName, dict[str, str]] = Field(default_factory=dict)
    units: dict[ColumnName, str] = Field(default_factory=dict)
    key: tuple[ColumnName, ...] = ()
    from_: date | None = Field(default=None, alias="from")
    due: Annotated[str | None, BeforeValidator(a_text, json_schema_input_type=str | None)] = None
    redelivery: Literal["replace", "append"] = "replace"
    polls: Polls | None = None
    rank: int = Field(default=0, ge=0)
    expects: Identifier | Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]

    @property
    def dated(self) -> bool:
        """Whether one delivery speaks about one service date, which stands in its name."""
        return "{service_date}" in self.path

    @property
    def delivery_due(self) -> DeliveryDue | None:
        """When a day's delivery is due; None where none is owed."""
        return DeliveryDue.parse(self.due) if self.due else None

    @property
    def measures(self) -> tuple[str, ...]:
        """The columns that are numbers: all that are not the relation's own."""
        return tuple(sorted(set(self.columns) - EVENT_COLUMNS))


EVENT_COLUMNS = frozenset({"at", "until", "seen_at", "unit", "zone", "actor", "kind", "note"})
