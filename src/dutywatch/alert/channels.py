"""The shape of a channel: one way to bring a letter to a person, and to find out whether it was brought.

One module a channel; a new one is made by copying a sibling.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from dutywatch.alert.letter import Envelope, Letter


@dataclass(frozen=True)
class Found:
    """A message as it lies in its channel: which revision its person was told, and where it is."""

    revision: int
    reference: str


class Channel(Protocol):
    """Raises MessageNotSent, `permanent` where only a person can help."""

    def look_up(self, envelope: Envelope) -> Found | None:
        """What lies in the channel under the envelope's key; None: nothing was sent."""

    def send(self, letter: Letter) -> str:
        """Bring the letter's last revision to its person; returns the reference under which it lies."""


def channel(messages: Path, slack_token: str | None, slack_url: str | None) -> Channel:
    """Slack where a token is configured, else the folder `messages`."""
    from dutywatch.alert.folder import Folder  # here, because both know this module's shapes
    from dutywatch.alert.slack import Slack

    return Slack(slack_token, slack_url) if slack_token else Folder(messages)
