"""How a source is asked over the network: the words `http`, `open311`, `weather` of a source.

Each is named like its connector and stands beside `connector: <name>`. No secret stands in a contract:
`secret` names one, and the operator's environment (or Airflow) holds it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from dutywatch.terms.words import Duration, Strings, Word

SecretName = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,62}$", examples=["PLOW_DROP"])]


def _an_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{value!r} is no web address: write https://host/path")
    if parts.username or parts.password:
        raise ValueError("a user or password has no place in a contract: name a `secret`")
    return value


Address = Annotated[str, AfterValidator(_an_address)]


class Patience(Word):
    """How long one response may take, and how often it is asked for: the defaults suit a public service.

    `read` is the longest silence between two bytes, `total` the time until the last byte, `wait` the
    longest pause that a server may ask for (Retry-After) before the poll is given up.
    """

    connect: Duration = timedelta(seconds=10)
    read: Duration = timedelta(seconds=30)
    total: Duration = timedelta(minutes=15)
    wait: Duration = timedelta(minutes=2)
    attempts: int = Field(default=5, ge=1, le=20)


class SecretPlace(Word):
    """Where the secret travels: in a header (`as` gives its text, `{}` stands for the secret) or in the query."""

    header: str | None = None
    query: str | None = None
    as_: str = Field(default="{}", alias="as")

    @model_validator(mode="after")
    def _one_place(self) -> SecretPlace:
        if (self.header is None) == (self.query is None):
            raise ValueError("a secret travels in one place: name either `header` or `query`")
        if "{}" not in self.as_:
            raise ValueError("`as` needs {} where the secret goes, such as 'Bearer {}'")
        return self


class Web(Word):
    """What all that is asked over HTTP has: who may answer, how long it may take, how much it may send."""

    hosts: tuple[str, ...] = ()  # to which it may redirect or page, beside its own; no secret goes there
    secret_in: SecretPlace = SecretPlace(header="Authorization", **{"as": "Bearer {}"})
    patience: Patience = Patience()
    largest_mb: int = Field(default=1024, ge=1)


class Pages(Word):
    """How an answer is split into pages.

    `link`: the Link header's rel="next". `number`: `parameter` counts from `first` until a page is empty.
    `cursor`: the JSON value at the dotted path `next` is sent as `parameter`, or is itself an address.
    """

    by: Literal["link", "number", "cursor"]
    parameter: str | None = None
    first: int = Field(default=1, ge=0)
    next: str | None = None

    @model_validator(mode="after")
    def _complete(self) -> Pages:
        if self.by == "number" and self.parameter is None:
            raise ValueError("`parameter` is missing: the query's word for the page's number")
        if self.by == "cursor" and self.next is None:
            raise ValueError("`next` is missing: where the answer names its next page, such as meta.next")
        return self


class Http(Web):
    """Files over HTTP: one that is asked for again and again, or with {service_date} one a day.

    `days`: for how many days back a dated file is asked for, as corrections come late.
    """

    url: Address
    headers: dict[str, str] = Field(default_factory=dict)
    content_type: tuple[str, ...] = ()  # beside those that the source's format usually has
    pages: Pages | None = None
    days: int = Field(default=7, ge=1, le=400)

    @model_validator(mode="after")
    def _dated_or_paged(self) -> Http:
        if self.pages and "{service_date}" in self.url:
            raise ValueError("a file of one day has no pages: leave `pages` or {service_date} out")
        return self


class Open311(Web):
    """Citizens' requests by Open311 GeoReport v2 (wiki.open311.org/GeoReport_v2), as JSON.

    `updated`: the server knows `updated_after` and `updated_before`. Otherwise requests are asked for by
    the time at which they were opened, and those of the last `again` anew, since a case changes later.
    `pages`: it knows `page`; otherwise a window with `most` requests may be cut, and is halved.
    """

    url: Address  # the endpoint below which /requests.json lies
    jurisdiction: str | None = None
    services: tuple[str, ...] = ()
    updated: bool = False
    again: Duration = timedelta(days=30)
    pages: bool = True
    most: int = Field(default=1000, ge=1)  # the standard's limit of one answer


class Weather(Web):
    """A weather service with the interface of api.weather.gov: alerts of zones, or a station's observations.

    `agent` is sent as User-Agent; that service refuses requests that do not say whom to write to.
    """

    url: Address = "https://api.weather.gov"
    agent: str = Field(pattern=r"\S+@\S+|https?://", examples=["dutywatch (snow-desk@city.example)"])
    alerts: Strings | None = None  # zones, such as NYZ018
    observations: str | None = None  # a station, such as KSYR
    again: Duration = timedelta(hours=6)  # observations and alerts are revised: so far back is asked anew

    @model_validator(mode="after")
    def _one_feed(self) -> Weather:
        if (self.alerts is None) == (self.observations is None):
            raise ValueError("name either `alerts` (zones) or `observations` (a station)")
        return self
