"""Connector `file`: what lies in the landing folder, or below any address that fsspec knows (s3://, sftp://)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import fsspec

from dutywatch.errors import DeliveryRefused, DutywatchError, SettingsError, SourceUnreachable
from dutywatch.ledger.deliveries import Answer
from dutywatch.receive.arrival import Arrival, Poll
from dutywatch.receive.landing import MAX_BYTES, landed, named
from dutywatch.terms import Source

_SETTLED = timedelta(minutes=1)


def arrivals(source: Source, poll: Poll) -> Iterator[Arrival]:
    """The files that the source's path names, in order of name."""
    if "://" in source.path:
        yield from _remote(source, poll)
        return
    for file in landed(poll.folder, source):
        yield Arrival(file.name, file.read, file.service_date, file.modified_at)


def _remote(source: Source, poll: Poll) -> Iterator[Arrival]:
    """Files elsewhere. Their names are addresses, which no secret is part of; hidden ones are no deliveries."""
    where = f"{urlsplit(source.path).scheme}://{urlsplit(source.path).netloc}"
    try:
        options = _options(poll.secret, urlsplit(source.path).scheme)
        system, root = fsspec.core.url_to_fs(_parent(source.path), skip_instance_cache=True, **options)
        found = system.find(root, detail=True)
    except DutywatchError:
        raise
    except ImportError as error:
        raise SourceUnreachable(f"{where}: {error}") from None
    except Exception as error:  # every file system has its own; their texts may hold what the options held
        raise SourceUnreachable(f"{where} cannot be listed: {type(error).__name__}") from None
    for path, details in sorted(found.items()):
        url = _parent(source.path) + path.removeprefix(root)
        fits, day = named(source, url)
        if not fits or PurePosixPath(path).name.startswith(".") or details.get("type") != "file":
            continue
        mark = Answer(url, _mark(details, poll), None)
        if mark.etag and poll.answers.get(url) == mark:
            continue  # as it was received before: years of files are not fetched anew each day
        read = partial(_read, system, path, url, details.get("size"))
        yield Arrival(url, read, day, _modified(details), answer=mark)


def _read(system: Any, path: str, url: str, listed: int | None) -> bytes:
    """The file's bytes. Raises DeliveryRefused where it is too large, OSError where it cannot be read whole."""
    if listed is not None and listed > MAX_BYTES:
        raise DeliveryRefused(f"{url} is larger than {MAX_BYTES} bytes: send it in parts")
    try:
        with system.open(path, "rb") as file:
            raw: bytes = file.read(MAX_BYTES)
    except Exception as error:  # see _remote
        raise OSError(f"{type(error).__name__} while it was read") from None
    if listed not in (None, len(raw)):
        raise OSError(f"{listed} bytes were listed and {len(raw)} read: it is still being written")
    return raw


def _mark(details: Mapping[str, Any], poll: Poll) -> str | None:
    """What tells one version of a file from another without its bytes; None where nothing does for certain.

    Times are often whole seconds, so that a file of this minute may change without its time.
    """
    if etag := details.get("ETag"):
        return str(etag)
    modified = _modified(details)
    if modified is None or modified > poll.at - _SETTLED:
        return None
    return f"{modified.isoformat()} {details.get('size')}"


def _parent(path: str) -> str:
    """The address of the folder above the first placeholder."""
    return path.split("{", 1)[0].rsplit("/", 1)[0]


def _options(secret: str | None, scheme: str) -> dict[str, Any]:
    """The file system's options, which the secret holds as a JSON object. Raises SettingsError."""
    try:
        options = json.loads(secret) if secret else {}
    except ValueError:
        options = None
    if not isinstance(options, dict):
        raise SettingsError('the secret must be a JSON object of the file system\'s options, such as {"key": "..."}')
    if scheme in ("sftp", "ssh"):
        return _sftp(options)
    return options


def _sftp(options: dict[str, Any]) -> dict[str, Any]:
    """Those of an SFTP server: its key is known, and no key or agent of ours is offered that was not named."""
    fingerprint = options.pop("host_key", None)
    if not fingerprint:
        raise SettingsError('the secret needs "host_key": the server\'s fingerprint, as ssh-keygen -lf prints it')
    from dutywatch.receive.hostkey import HostKey  # paramiko is an extra

    own = {"allow_agent": False, "look_for_keys": False, "timeout": 30}
    return {**own, **options, "host_key_policy": HostKey(str(fingerprint))}


def _modified(details: Mapping[str, Any]) -> datetime | None:
    """When the file was last written, where its system tells: as an instant or as seconds since 1970."""
    found = details.get("LastModified") or details.get("mtime") or details.get("created")
    if isinstance(found, int | float):
        return datetime.fromtimestamp(found, UTC)
    if isinstance(found, datetime):
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None
