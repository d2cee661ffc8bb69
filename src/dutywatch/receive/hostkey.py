"""The key of an SFTP server, held against the fingerprint that the operator was told: nobody else is spoken to."""

from __future__ import annotations

import base64
import hashlib

import paramiko

from dutywatch.errors import SourceUnreachable


class HostKey(paramiko.MissingHostKeyPolicy):
    """Accepts the one key whose SHA-256 `fingerprint` is given, as `ssh-keygen -lf` prints it."""

    def __init__(self, fingerprint: str) -> None:
        self.fingerprint = fingerprint.removeprefix("SHA256:").rstrip("=")

    def missing_host_key(self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> None:  # noqa: ARG002
        """Called for every server (paramiko's signature), as no key is known in advance.

        Raises SourceUnreachable for another key.
        """
        shown = base64.b64encode(hashlib.sha256(key.asbytes()).digest()).decode().rstrip("=")
        if shown != self.fingerprint:
            raise SourceUnreachable(f"{hostname} shows the key SHA256:{shown}, not the one in the secret's host_key")
