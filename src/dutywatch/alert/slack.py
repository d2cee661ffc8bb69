"""The Slack channel: a living message, changed in place, with a reply that says what changed.

Scopes of the token: chat:write, im:write, im:history; channels:history or groups:history where a person's
`slack` is a channel. Every message carries metadata (`blocks.metadata`), by which an uncertain send is
found again. Nothing that might have gone out is repeated here: only calls that Slack surely did not take
(rate limits), or that change nothing when repeated, are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPException
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.builtin_handlers import (
    ConnectionErrorRetryHandler,
    RateLimitErrorRetryHandler,
    ServerErrorRetryHandler,
)
from slack_sdk.web import SlackResponse

from dutywatch.alert.blocks import EVENT, payload, reply
from dutywatch.alert.channels import Found
from dutywatch.alert.letter import Envelope, Letter
from dutywatch.errors import MessageNotSent

Method = Callable[..., SlackResponse]
_PLACE = re.compile(r"([CDG][A-Z0-9]+)/(\d+\.\d+)")
# Slack's own troubles; whatever else it answers needs a person
_PASSING = {"ratelimited", "fatal_error", "internal_error", "service_unavailable", "request_timeout"}
_CANNOT_CHANGE = {"message_not_found", "cant_update_message", "edit_window_closed", "channel_not_found"}
_PAGE, _PAGES = 200, 5  # how far back an uncertain send is looked for: a thousand messages
_SKEW = timedelta(hours=1)  # between the ledger's clock and Slack's


class SlackRefused(MessageNotSent):
    """Slack answered with an error; `code` is its name for it."""

    def __init__(self, reason: str, code: str, *, permanent: bool) -> None:
        self.code = code
        super().__init__(reason, permanent=permanent)


@dataclass(frozen=True)
class Place:
    """Where a message lies: a conversation and the timestamp that names it there."""

    channel: str
    ts: str

    @staticmethod
    def parse(reference: str | None) -> Place | None:
        """The place that a reference names; None where it is not one of Slack's."""
        found = _PLACE.fullmatch(reference or "")
        return Place(found[1], found[2]) if found else None

    def __str__(self) -> str:
        return f"{self.channel}/{self.ts}"


class Slack:
    """Messages through Slack's Web API, as the app that `token` belongs to. The token is never shown."""

    def __init__(self, token: str, url: str | None = None) -> None:
        base = (url or WebClient.BASE_URL).rstrip("/") + "/"
        wait = RateLimitErrorRetryHandler(max_retry_count=3)
        again = [wait, ServerErrorRetryHandler(), ConnectionErrorRetryHandler()]
        self._once = WebClient(token, base_url=base, retry_handlers=[wait])
        self._repeatable = WebClient(token, base_url=base, retry_handlers=again)

    def look_up(self, envelope: Envelope) -> Found | None:
        """The latest of our posts with the envelope's key."""
        known = Place.parse(envelope.reference)
        channel = known.channel if known else self._conversation(envelope)
        places = {str(place): place for place in (known, *self._posts(channel, envelope)) if place}
        found = [(self._noticed(place, envelope.key), str(place)) for place in places.values()]
        return max((Found(*one) for one in found if one[0]), key=lambda one: one.revision, default=None)

    def send(self, letter: Letter) -> str:
        """Post the letter, or change the post that lies there and say so in its thread."""
        place = Place.parse(letter.envelope.reference)
        if place and letter.envelope.told:
            try:
                return str(self._change(place, letter))
            except SlackRefused as refused:
                if refused.code not in _CANNOT_CHANGE:
                    raise
        channel = self._conversation(letter.envelope)
        return str(self._post(channel, payload(letter, letter.envelope.revision)))

    def _change(self, place: Place, letter: Letter) -> Place:
        content = payload(letter, letter.envelope.told)
        _call(self._repeatable.chat_update, channel=place.channel, ts=place.ts, **content)
        # broadcast: a change that only the thread shows would go unnoticed
        self._post(place.channel, {**reply(letter), "thread_ts": place.ts, "reply_broadcast": True})
        return place

    def _post(self, channel: str, content: Mapping[str, object]) -> Place:
        sent = _call(self._once.chat_postMessage, channel=channel, unfurl_links=False, unfurl_media=False, **content)
        return Place(str(sent["channel"]), str(sent["ts"]))

    def _conversation(self, envelope: Envelope) -> str:
        """The channel to post to: the person's own, or the direct messages with them."""
        if envelope.address is None:
            reason = f"{envelope.person} of contract {envelope.contract} has no Slack id"
            raise MessageNotSent(
                f"{reason}: the contract author adds `slack:` to people.{envelope.person}", permanent=True
            )
        if envelope.address[0] not in "UW":
            return envelope.address
        opened = _call(self._repeatable.conversations_open, users=envelope.address)
        return str(opened["channel"]["id"])

    def _posts(self, channel: str, envelope: Envelope) -> Iterator[Place]:
        """Our posts with the envelope's key, newest first; replies that a thread broadcast are none."""
        since = str((envelope.opened_at - _SKEW).timestamp())
        for post in self._pages(self._repeatable.conversations_history, channel=channel, oldest=since):
            if post.get("thread_ts", post["ts"]) == post["ts"] and _ours(post, envelope.key):
                yield Place(channel, str(post["ts"]))

    def _noticed(self, place: Place, key: str) -> int:
        """The revision that the person was told at `place`, by the post or by a reply to it; 0: none."""
        try:
            pages = self._pages(self._repeatable.conversations_replies, channel=place.channel, ts=place.ts)
            return max((int(found["noticed"]) for post in pages if (found := _ours(post, key))), default=0)
        except SlackRefused as refused:
            if refused.code != "thread_not_found":
                raise
            return 0

    def _pages(self, method: Method, **arguments: object) -> Iterator[Mapping[str, Any]]:
        cursor = ""
        for _ in range(_PAGES):
            page = _call(method, **arguments, include_all_metadata=True, limit=_PAGE, cursor=cursor)
            yield from page["messages"]
            if not (cursor := (page.get("response_metadata") or {}).get("next_cursor", "")):
                return


def _ours(post: Mapping[str, Any], key: str) -> Mapping[str, Any] | None:
    """The payload of a post's metadata if it is ours and about `key`."""
    metadata = post.get("metadata") or {}
    found = metadata.get("event_payload") or {}
    return found if metadata.get("event_type") == EVENT and found.get("message") == key else None


def _call(method: Method, **arguments: object) -> SlackResponse:
    """Call Slack. What it raises says nothing of the request, which carries the token."""
    try:
        return method(**arguments)
    except SlackApiError as error:
        raise _refused(error.response) from None
    except SlackClientError as error:
        raise MessageNotSent(f"Slack cannot be asked: {error}", permanent=True) from None
    except (OSError, HTTPException) as error:
        raise MessageNotSent(f"Slack cannot be reached: {error}", permanent=False) from None


def _refused(response: SlackResponse) -> SlackRefused:
    code = str(response.get("error", "")) if isinstance(response.data, dict) else ""
    if response.status_code >= 500 or response.status_code == 429 or code in _PASSING:
        reason = f"Slack cannot take it now ({response.status_code} {code[:80]})"
        return SlackRefused(reason, code, permanent=False)
    needed = f" (the app needs {response.get('needed')})" if response.get("needed") else ""
    return SlackRefused(f"Slack refuses: {code[:80]}{needed}", code, permanent=True)
