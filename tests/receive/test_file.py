"""Files that are dropped elsewhere: in memory, in an S3 bucket, in an SFTP folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import fsspec
import pytest

from dutywatch.errors import SettingsError, SourceUnreachable
from dutywatch.terms import Source
from tests.receive.drop import Bucket, bucket, folder
from tests.receive.place import WORK
from tests.receive.polls import arrived, poll, stopped_by
from tests.receive.site import serving

FILES = {
    "2025-01-09.csv": b"time\n",
    "2025-01-10.csv": b"time\n" + b"x\n" * 50_000,
    "2025-02-30.csv": b"no such day",
    ".2025-01-11.csv": b"work in progress",
    "notes.txt": b"hello",
}
NAMES = ["2025-01-09.csv", "2025-01-10.csv"]
KEY, PASSWORD = "AKEXAMPLE", "hush"


def source(path: str, **changes: Any) -> Source:
    return Source.model_validate({**WORK, "path": path, **changes})


@pytest.fixture
def memory() -> Iterator[Any]:
    system = fsspec.filesystem("memory")
    system.store.clear()
    yield system
    system.store.clear()


def test_files_of_the_declared_name_are_deliveries_named_by_their_address(memory: Any) -> None:
    for name, raw in FILES.items():
        memory.pipe(f"/drop/{name}", raw)
    found = arrived(source("memory://drop/{service_date}.csv"))
    assert [(one.name, one.service_date) for one in found] == [
        ("memory://drop/2025-01-09.csv", date(2025, 1, 9)),
        ("memory://drop/2025-01-10.csv", date(2025, 1, 10)),
    ]
    assert [one.read() for one in found] == [FILES[name] for name in NAMES]


def test_a_month_is_known_by_its_first_day(memory: Any) -> None:
    memory.pipe("/drop/2025-01.csv", b"time\n")
    memory.pipe("/drop/2025-13.csv", b"time\n")
    given = source("memory://drop/{month}.csv")
    assert [(one.service_date, given.until(date(2025, 1, 1))) for one in arrived(given)] == [
        (date(2025, 1, 1), date(2025, 2, 1))
    ]


def test_a_file_that_is_still_being_written_is_no_delivery_yet(memory: Any) -> None:
    memory.pipe("/drop/2025-01-10.csv", b"time\n")
    [one] = arrived(source("memory://drop/{service_date}.csv"))
    memory.pipe("/drop/2025-01-10.csv", b"time\nmore\n")
    with pytest.raises(OSError, match="5 bytes were listed and 10 read: it is still being written"):
        one.read()


def test_a_bucket_is_read_with_the_secret() -> None:
    files = {f"plow/{name}": raw for name, raw in FILES.items()}
    with bucket("city", files, KEY) as address:
        secret = {"key": KEY, "secret": PASSWORD, "client_kwargs": {"endpoint_url": address, "region_name": "eu"}}
        found = arrived(source("s3://city/plow/{service_date}.csv"), poll(secret=json.dumps(secret)))
        assert [one.name for one in found] == [f"s3://city/plow/{name}" for name in NAMES]
        assert [one.read() for one in found] == [FILES[name] for name in NAMES]
        assert found[0].arrived_at == datetime(2025, 1, 10, 6, tzinfo=UTC)


def test_a_file_that_did_not_change_is_not_fetched_again() -> None:
    held = Bucket("city", {"2025-01-09.csv": b"time\n", "2025-01-10.csv": b"time\n"}, KEY)
    with serving(held.answer) as site:
        secret = {"key": KEY, "secret": PASSWORD, "client_kwargs": {"endpoint_url": site.address, "region_name": "eu"}}
        given, told = source("s3://city/{service_date}.csv"), poll(secret=json.dumps(secret))
        answers = {one.name: one.answer for one in arrived(given, told) if one.answer}
        assert len(answers) == 2 and arrived(given, replace(told, answers=answers)) == []
        held.files["2025-01-10.csv"] = b"time\nmore\n"
        [changed] = arrived(given, replace(told, answers=answers))
        assert changed.name == "s3://city/2025-01-10.csv" and changed.read() == b"time\nmore\n"


def test_a_file_of_this_minute_is_read_again_as_its_time_may_hide_a_change(memory: Any) -> None:
    memory.pipe("/drop/2025-01-10.csv", b"time\n")
    given, told = source("memory://drop/{service_date}.csv"), poll()
    [one] = arrived(given, told)
    assert one.answer and one.answer.etag is None
    later = replace(told, at=told.at + timedelta(hours=1))
    [one] = arrived(given, later)
    assert one.answer and arrived(given, replace(later, answers={one.name: one.answer})) == []


def test_a_bucket_that_refuses_the_secret_is_the_operators_and_shows_nothing_of_it() -> None:
    with bucket("city", {}, "another") as address:
        secret = {"key": KEY, "secret": PASSWORD, "client_kwargs": {"endpoint_url": address, "region_name": "eu"}}
        told = poll(secret=json.dumps(secret))
        with stopped_by(source("s3://city/{service_date}.csv"), SourceUnreachable, told) as found:
            assert found == ["s3://city cannot be listed: PermissionError"]


def sftp(port: int, **changes: Any) -> Any:
    options = {"username": "firm", "password": PASSWORD, "port": port, **changes}
    return poll(secret=json.dumps({name: value for name, value in options.items() if value}))


def test_a_folder_on_an_sftp_server_is_read_with_the_secret() -> None:
    with folder(FILES, "firm", PASSWORD) as server:
        told = sftp(server.port, host_key=server.fingerprint)
        found = arrived(source("sftp://127.0.0.1/drop/{service_date}.csv"), told)
        assert [one.name for one in found] == [f"sftp://127.0.0.1/drop/{name}" for name in NAMES]
        assert [one.read() for one in found] == [FILES[name] for name in NAMES]
        assert found[0].arrived_at == datetime(2025, 1, 10, 6, tzinfo=UTC)


def test_an_sftp_server_with_another_key_is_not_spoken_to() -> None:
    with folder(FILES, "firm", PASSWORD) as server:
        given = source("sftp://127.0.0.1/drop/{service_date}.csv")
        with stopped_by(given, SourceUnreachable, sftp(server.port, host_key="SHA256:another")) as found:
            assert f"shows the key {server.fingerprint.rstrip('=')}, not the one in the secret's host_key" in found[-1]
        with stopped_by(given, SettingsError, sftp(server.port)) as found:
            assert 'the secret needs "host_key"' in found[-1]


def test_a_wrong_password_is_the_operators_and_shows_nothing_of_it() -> None:
    with folder(FILES, "firm", PASSWORD) as server:
        given = source("sftp://127.0.0.1/drop/{service_date}.csv")
        told = sftp(server.port, host_key=server.fingerprint, password="wrong")  # noqa: S106 - wrong on purpose
        with stopped_by(given, SourceUnreachable, told) as found:
            assert found == ["sftp://127.0.0.1 cannot be listed: AuthenticationException"]


@pytest.mark.parametrize("secret", ["hush", '"hush"', "[1]"])
def test_a_secret_that_is_no_object_is_the_operators(secret: str) -> None:
    with stopped_by(source("memory://drop/{part}"), SettingsError, poll(secret=secret)) as found:
        assert "must be a JSON object" in found[-1] and "hush" not in found[-1]
