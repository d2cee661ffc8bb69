"""Places on loopback where contractors drop files: an S3 bucket and an SFTP folder, each as its protocol says."""

from __future__ import annotations

import base64
import hashlib
import io
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

import paramiko

from tests.receive.site import Asked, serving


class Bucket:
    """An S3 bucket: ListObjectsV2, HeadObject, GetObject with ranges (docs.aws.amazon.com/AmazonS3/latest/API)."""

    def __init__(self, name: str, files: Mapping[str, bytes], key: str) -> None:
        self.name, self.files, self.key = name, dict(files), key

    def answer(self, asked: Asked) -> None:
        if f"Credential={self.key}/" not in asked.headers.get("authorization", ""):
            self._fault(asked, 403, "AccessDenied")
        elif asked.path.strip("/") == self.name:
            self._listing(asked)
        else:
            self._object(asked, asked.path.removeprefix(f"/{self.name}/"))

    def _listing(self, asked: Asked) -> None:
        found = sorted(name for name in self.files if name.startswith(asked.query.get("prefix", "")))
        items = "".join(
            f"<Contents><Key>{escape(name)}</Key><LastModified>2025-01-10T06:00:00.000Z</LastModified>"
            f"<ETag>{tag(self.files[name])}</ETag><Size>{len(self.files[name])}</Size><StorageClass>STANDARD</StorageClass></Contents>"
            for name in found
        )
        head = f"<Name>{self.name}</Name><KeyCount>{len(found)}</KeyCount><MaxKeys>1000</MaxKeys>"
        space = "http://s3.amazonaws.com/doc/2006-03-01/"
        body = f'<ListBucketResult xmlns="{space}">{head}<IsTruncated>false</IsTruncated>{items}</ListBucketResult>'
        asked.reply(body.encode(), Content_Type="application/xml")

    def _object(self, asked: Asked, name: str) -> None:
        if name not in self.files:
            self._fault(asked, 404, "NoSuchKey")
            return
        body, modified = self.files[name], "Fri, 10 Jan 2025 06:00:00 GMT"
        given: dict[str, str | None] = {"ETag": tag(body), "Last_Modified": modified, "Accept_Ranges": "bytes"}
        if span := asked.headers.get("range"):
            first, last = (int(number or len(body) - 1) for number in span.removeprefix("bytes=").split("-"))
            part = body[first : last + 1]
            asked.reply(part, 206, Content_Range=f"bytes {first}-{first + len(part) - 1}/{len(body)}", **given)
        else:
            asked.reply(body, **given)

    def _fault(self, asked: Asked, status: int, code: str) -> None:
        asked.reply(f"<Error><Code>{code}</Code></Error>".encode(), status, Content_Type="application/xml")


def tag(body: bytes) -> str:
    """An object's ETag: another one for other bytes."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


@contextmanager
def bucket(name: str, files: Mapping[str, bytes], key: str) -> Iterator[str]:
    """The address of a server that holds one bucket."""
    with serving(Bucket(name, files, key).answer) as site:
        yield site.address


@dataclass(frozen=True)
class Folder:
    """A running SFTP server: its port and its key's fingerprint."""

    port: int
    fingerprint: str


class _Gate(paramiko.ServerInterface):
    def __init__(self, user: str, password: str) -> None:
        self.given = (user, password)

    def check_auth_password(self, username: str, password: str) -> int:
        return paramiko.AUTH_SUCCESSFUL if (username, password) == self.given else paramiko.AUTH_FAILED

    def get_allowed_auths(self, username: str) -> str:  # noqa: ARG002 - paramiko's signature, here and below
        return "password"

    def check_channel_request(self, kind: str, chanid: int) -> int:  # noqa: ARG002
        return paramiko.OPEN_SUCCEEDED


def _shelf(files: Mapping[str, bytes]) -> type[paramiko.SFTPServerInterface]:
    """One folder, /drop, with `files`."""

    def attributes(name: str) -> paramiko.SFTPAttributes:
        found = paramiko.SFTPAttributes()
        found.filename = name
        found.st_mode = 0o100644 if name in files else 0o040755
        found.st_size = len(files.get(name, b""))
        found.st_mtime = found.st_atime = 1736488800  # 2025-01-10T06:00Z
        found.st_uid = found.st_gid = 0
        return found

    class Shelf(paramiko.SFTPServerInterface):
        def list_folder(self, path: str) -> Any:
            return [attributes(name) for name in files] if path == "/drop" else paramiko.SFTP_NO_SUCH_FILE

        def stat(self, path: str) -> Any:
            name = path.removeprefix("/drop").lstrip("/")
            return attributes(name) if not name or name in files else paramiko.SFTP_NO_SUCH_FILE

        lstat = stat

        def open(self, path: str, flags: int, attr: Any) -> Any:  # noqa: ARG002
            handle = paramiko.SFTPHandle(flags)
            handle.readfile = io.BytesIO(files[path.removeprefix("/drop/")])  # type: ignore[attr-defined]
            return handle

    return Shelf


@contextmanager
def folder(files: Mapping[str, bytes], user: str, password: str) -> Iterator[Folder]:
    """An SFTP server with `files` in /drop."""
    key = paramiko.RSAKey.generate(2048)
    listener = socket.create_server(("127.0.0.1", 0))
    transports: list[paramiko.Transport] = []

    def serve() -> None:
        with suppress(OSError):
            while True:
                transport = paramiko.Transport(listener.accept()[0])
                transport.add_server_key(key)
                transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _shelf(files))
                transports.append(transport)
                with suppress(paramiko.SSHException, EOFError):
                    transport.start_server(server=_Gate(user, password))

    thread = threading.Thread(target=serve)
    thread.start()
    shown = base64.b64encode(hashlib.sha256(key.asbytes()).digest()).decode()
    try:
        yield Folder(listener.getsockname()[1], f"SHA256:{shown}")
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for transport in transports:
            transport.close()
        thread.join()
