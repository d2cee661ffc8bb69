"""How a source is asked is checked before anybody is asked; each fault says what to write instead."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dutywatch import terms
from dutywatch.errors import ContractFaults
from tests.receive.place import CONTRACT, SNOW, WORK, place

FEED = {key: value for key, value in SNOW.items() if key != "path"}
URL = "https://data.city.example/snow.csv"
POLLS = {"max_lag": "PT10M", "shows": "all"}


def faults(tmp_path: Path, source: dict[str, Any]) -> list[str]:
    settings = place(tmp_path, "", {"snow": source, "work": WORK})
    try:
        terms.load(settings.contracts / CONTRACT)
    except ContractFaults as found:
        return [f"{fault.clause}: {fault.message}" for fault in found.faults]
    return []


@pytest.mark.parametrize(
    "source",
    [
        {**FEED, "connector": "http", "http": {"url": URL}, "polls": POLLS},
        {**FEED, "connector": "http", "http": {"url": URL}, "secret": "KEY"},
        {**FEED, "connector": "http", "http": {"url": "https://x.example/{service_date}.csv"}, "due": "06:00 next day"},
        {**FEED, "connector": "http", "http": {"url": "http://127.0.0.1:8000/x"}, "secret": "KEY"},
        {**FEED, "path": "s3://drop/{month}.csv", "secret": "DROP"},
        {**FEED, "path": "sftp://drop.example:2222/snow/{service_date}.csv", "secret": "DROP", "due": "06:00 next day"},
    ],
)
def test_a_sound_source_has_no_fault(tmp_path: Path, source: dict[str, Any]) -> None:
    assert faults(tmp_path, source) == []


SAID: list[tuple[dict[str, Any], str]] = [
    ({}, "sources.snow: `path` is missing: add it"),
    ({"connector": "http"}, "sources.snow: `http` is missing: add it"),
    ({"path": "a/{part}", "http": {"url": URL}}, "connector `file` takes `path`, not `http`: remove one of the two"),
    ({"connector": "http", "http": {"url": "data.city.example"}}, "is no web address: write https://host/path"),
    ({"connector": "http", "http": {"url": "ftp://x/y"}}, "is no web address: write https://host/path"),
    ({"connector": "http", "http": {"url": "https://me:word@x/y"}}, "has no place in a contract: name a `secret`"),
    ({"connector": "http", "http": {"url": "http://x.example/y"}, "secret": "KEY"}, "a secret travels over https only"),
    ({"connector": "http", "http": {"url": "https://x/{part}"}}, "{part} is not a placeholder: use {service_date}"),
    ({"connector": "http", "http": {"url": URL}, "due": "06:00 next day"}, "put {service_date} into `http.url`"),
    ({"connector": "http", "http": {"url": URL, "secret_in": {"header": "A", "query": "b"}}}, "travels in one place"),
    ({"connector": "http", "http": {"url": URL, "secret_in": {"header": "A", "as": "x"}}}, "`as` needs {}"),
    ({"connector": "http", "http": {"url": URL, "pages": {"by": "number"}}}, "`parameter` is missing"),
    ({"connector": "http", "http": {"url": URL, "pages": {"by": "cursor"}}}, "`next` is missing"),
    (
        {"connector": "http", "http": {"url": "https://x/{service_date}", "pages": {"by": "link"}}},
        "a file of one day has no pages",
    ),
    ({"connector": "open311", "open311": {"url": URL}}, "open311 answers with json: write `format: json`"),
    ({"connector": "open311", "open311": {"url": URL}}, "`polls` is missing"),
    ({"connector": "http", "http": {"url": URL}, "secret": "city-key"}, "is not written as it must be"),
    ({"path": "s3://me:word@drop/{part}"}, "has no place in a contract: name a `secret`"),
    ({"path": "file:///etc/{part}"}, "a local file is named by its path below the landing folder"),
    ({"path": "simplecache::s3://drop/{part}"}, "a local file is named by its path below the landing folder"),
    ({"path": "https://x.example/{part}"}, "write `connector: http`"),
    ({"path": "a/{part}", "every": "PT15M"}, "only what is asked elsewhere takes `every`"),
    ({"path": "s3://a/{part}", "every": "PT5S"}, "a minute at least"),
    ({"path": "a/{month}/{service_date}.csv"}, "one placeholder is enough"),
    ({"path": "a/{month}.csv", "due": "06:00 next day"}, "put {service_date} into `path`"),
    ({"path": "a/{part}", "roster": {"file": "r.csv", "actor": "x"}}, "`actor` is missing: a roster is of no use"),
]


@pytest.mark.parametrize(("changes", "said"), SAID, ids=[said[:40] for _, said in SAID])
def test_a_fault_says_what_to_write_instead(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    found = faults(tmp_path, {**FEED, **changes})
    assert any(said in one for one in found), found


def test_a_feed_that_shows_the_last_event_only_needs_the_instant_of_each_row(tmp_path: Path) -> None:
    source = {**FEED, "connector": "http", "http": {"url": URL}, "polls": {"max_lag": "PT10M", "shows": "last"}}
    assert "`seen_at` is missing" in faults(tmp_path, source)[0]
