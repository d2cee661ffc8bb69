"""The sources of a contract: where each stream of events comes from, how it is written, when it is due."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import AwareDatetime, BeforeValidator, Field, model_validator

from dutywatch.clock import DeliveryDue
from dutywatch.terms.connector import Http, Open311, SecretName, Weather
from dutywatch.terms.roster import RosterFile
from dutywatch.terms.words import ColumnName, Delimiter, Duration, Identifier, Stream, Word, Words, Zone, a_text

Type = Literal["time", "text", "number"]
_PART = re.compile(r"\{([^{}]*)\}")


class TimeFormat(Word):
    """How a source writes times: `iso`, or a strftime format with the zone that it means."""

    format: str = "iso"
    zone: Zone | None = None


class Polls(Word):
    """Coverage of a source that is asked again and again (SEMANTICS section 2).

    A poll (the instant in `seen_at`, or at which the connector asked) covers up to itself minus
    `max_lag`. Where the source shows only the last event of a unit, the span between the previous poll
    and that event is not covered. Where it shows only what is younger than `back`, the span from the previous poll
    to the beginning of what a later one shows is not either; without, each shows all since the one before it.
    """

    max_lag: Duration
    shows: Literal["last", "all"]
    back: Duration | None = Field(default=None, examples=["P7D"])


class Covered(Word):
    """A span of time of which an archive's file is complete: [from, to), two instants.

    For files whose names state no day. Who states it is cited beside it; what no span covers is a gap.
    """

    file: str
    from_: AwareDatetime = Field(alias="from")
    to: AwareDatetime

    @model_validator(mode="after")
    def _in_order(self) -> Covered:
        if self.to <= self.from_:
            raise ValueError(f"the span ends ({self.to.isoformat()}) before it begins ({self.from_.isoformat()})")
        return self


class Bridge(Word):
    """How far apart two consecutive positions may be for what lies between them to count as passed."""

    seconds: float = Field(default=120, gt=0, le=3600)
    metres: float = Field(default=500, gt=0, le=5000)


class Locate(Word):
    """How a source's positions become passes over units (docs/locating.md).

    `speed_kmh` bounds the activity: slower is standing, faster is driving past. `shift_m` [east, north] is added
    to every position; `crs` is what its latitude and longitude are given in. `kind` is the kind of the passes.
    """

    kind: str = Field(min_length=1)
    tolerance_m: float = Field(default=25, gt=0, le=100)
    heading_deg: float = Field(default=60, gt=0, le=90)
    ambiguous_m: float = Field(default=5, ge=0, le=100)
    speed_kmh: tuple[float, float] = (5, 60)
    jump_kmh: float = Field(default=200, gt=0)
    shortest_m: float = Field(default=10, ge=0)
    bridge: Bridge = Bridge()
    shift_m: tuple[float, float] = (0, 0)
    crs: str = Field(default="EPSG:4326", pattern=r"^EPSG:\d{4,6}$")


class Source(Word):
    """Where a stream of events comes from, how it is written, who runs it and when it is due.

    `columns`: of each canonical column the file's column, or a text made of several, "{date} {time}".
    `covers`: of which spans an archive's files are complete.
    `acts_by`: whose acts the log records, where that is not simply the party that owes the duty. `by`: a day's log
    is complete for each of these by itself, so that a silent actor is a gap and not a quiet day. `resolution`: the
    least difference that a column tells apart, a duration of times and a number of measures; `daily_rows`: about
    how many rows a usual day has. Both are for the linter: no verdict rests on them.
    """

    title: Words | None = None
    stream: Stream
    run_by: Identifier
    owner: str
    connector: Literal["file", "http", "open311", "weather"] = "file"
    path: str = ""
    http: Http | None = None
    open311: Open311 | None = None
    weather: Weather | None = None
    secret: SecretName | None = None
    every: Duration | None = None  # how often it is asked; a landing folder rings by itself
    format: Literal["csv", "tsv", "json", "ndjson", "geojson", "parquet", "xlsx"] = "csv"
    encoding: str | None = None
    delimiter: Delimiter | None = None
    quote: Annotated[str, Field(pattern=r"^[\x21-\x7e]?$")] = '"'
    records: str | None = None
    sheet: str | None = None
    time: TimeFormat = TimeFormat()
    columns: dict[ColumnName, str] = Field(min_length=1)
    types: dict[ColumnName, Type] = Field(default_factory=dict)
    values: dict[ColumnName, dict[str, str]] = Field(default_factory=dict)
    units: dict[ColumnName, str] = Field(default_factory=dict)
    key: tuple[ColumnName, ...] = ()
    from_: date | None = Field(default=None, alias="from")
    due: Annotated[str | None, BeforeValidator(a_text, json_schema_input_type=str | None)] = None
    redelivery: Literal["replace", "append"] = "replace"
    polls: Polls | None = None
    covers: tuple[Covered, ...] = ()
    locate: Locate | None = None
    roster: RosterFile | None = None
    rank: int = Field(default=0, ge=0)
    acts_by: Identifier | None = None
    by: Literal["source", "actor", "unit"] = "source"
    resolution: dict[ColumnName, Duration | Annotated[float, Field(gt=0)]] = Field(
        default_factory=dict, examples=[{"at": "PT1H", "depth_cm": 0.5}]
    )
    daily_rows: float | None = Field(default=None, gt=0)
    expects: Identifier | Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]

    @property
    def reading(self) -> str:
        """All that decides what its bytes mean, as text: how it is asked, and what is said for the linter, does not."""
        return self.model_dump_json(exclude=_ASKING)

    @property
    def place(self) -> str:
        """Where its deliveries are found: a path, or an address; with placeholders."""
        return self.http.url if self.http else self.path

    @property
    def asked_every(self) -> timedelta | None:
        """How often it has to be asked; None for a landing folder, whose files ring by themselves."""
        landing = self.connector == "file" and "://" not in self.path
        return None if landing else self.every or timedelta(hours=1)

    @property
    def asks(self) -> bool:
        """Whether its polls are those that its connector makes; else its rows tell them, in `seen_at`."""
        return self.connector != "file" and self.polls is not None and self.polls.shows == "all"

    @property
    def dated(self) -> bool:
        """Whether one delivery speaks about one service date, or one month, which stands in its name."""
        return "{service_date}" in self.place or self.monthly

    @property
    def monthly(self) -> bool:
        """Whether one delivery speaks about one month; its service date is then the month's first day."""
        return "{month}" in self.place

    def until(self, service_date: date) -> date:
        """The first day of which the delivery for `service_date` does not speak any more."""
        if not self.monthly:
            return service_date + timedelta(days=1)
        return (service_date.replace(day=1) + timedelta(days=31)).replace(day=1)

    @property
    def delivery_due(self) -> DeliveryDue | None:
        """When a day's delivery is due; None where none is owed."""
        return DeliveryDue.parse(self.due) if self.due else None

    def columns_in(self, stream: str) -> tuple[str, ...]:
        """The columns that its events have in `stream`: passes have columns of their own."""
        return tuple(self.columns) if stream == self.stream else PASS_COLUMNS

    def kinds_in(self, stream: str) -> frozenset[str] | None:
        """The kinds that its events in `stream` may have; None: any."""
        if self.locate and stream != self.stream:
            return frozenset({self.locate.kind})
        return frozenset(self.values["kind"].values()) if "kind" in self.values else None

    def made_of(self, column: str) -> tuple[str, ...]:
        """What a canonical column is made of: texts and columns of the file in turn, a text first and last."""
        given = self.columns[column]
        return tuple(_PART.split(given)) if "{" in given else ("", given, "")

    @property
    def given(self) -> tuple[str, ...]:
        """The columns of the file that are read, each once, sorted."""
        return tuple(sorted({name for column in self.columns for name in self.made_of(column)[1::2]}))

    @property
    def times(self) -> tuple[str, ...]:
        """The columns that are instants: the relation's own, and all whose names end in `_at`."""
        return tuple(sorted(c for c in self.columns if self.type_of(c) == "time"))

    @property
    def texts(self) -> tuple[str, ...]:
        """The columns that are texts."""
        return tuple(sorted(c for c in self.columns if self.type_of(c) == "text"))

    @property
    def measures(self) -> tuple[str, ...]:
        """The columns that are numbers."""
        return tuple(sorted(c for c in self.columns if self.type_of(c) == "number"))

    def type_of(self, column: str) -> Type:
        """What a column holds: what `types` says, else what its name says, else a number."""
        if column in self.types:
            return self.types[column]
        if column in EVENT_TIMES or column.endswith("_at"):
            return "time"
        return "text" if column in EVENT_TEXTS else "number"


PASSES = "service"  # the stream that located positions feed
PASS_COLUMNS = (
    "at", "until", "unit", "actor", "kind", "from_m", "to_m", "length_m", "speed_kmh", "distance_m", "angle_deg",
    "positions", "ambiguous",
)  # fmt: skip
EVENT_TIMES = ("at", "until", "seen_at")
EVENT_TEXTS = ("unit", "zone", "actor", "kind", "note", "record")
EVENT_COLUMNS = frozenset({*EVENT_TIMES, *EVENT_TEXTS})
_ASKING = {"http", "open311", "weather", "secret", "every", "roster", "resolution", "daily_rows"}


def earlier(column: str) -> str:
    """The column that holds the earlier reading of a local time that was twice or never; `column` holds the later."""
    return f"{column}_earlier"
