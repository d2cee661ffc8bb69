"""A letter as a Slack message: Block Kit, within Slack's limits, with untrusted text made harmless.

Limits: header 150 characters, section and context 3,000, 50 blocks
(https://docs.slack.dev/reference/block-kit/blocks). All blocks together stay below 12,000 characters:
Slack refuses about 13,200 as msg_blocks_too_long (https://github.com/slackapi/bolt-js/issues/2509).
"""

from __future__ import annotations

from dutywatch.alert.letter import Envelope, Letter, Text

Block = dict[str, object]
EVENT = "dutywatch_message"
HEADER, SECTION, CONTEXT = 150, 3000, 1000  # contexts are small print
_ALL = 12_000


def payload(letter: Letter, noticed: int) -> dict[str, object]:
    """The arguments of chat.postMessage or chat.update, without the channel.

    `noticed`: the revision that its readers have noticed once this is out. A new message is noticed; a
    changed one is not, before the reply in its thread tells of it.
    """
    return {
        "text": fit(" / ".join(text.title for text in letter.texts), SECTION),
        "blocks": _blocks(letter),
        "metadata": metadata(letter.envelope, noticed),
    }


def reply(letter: Letter) -> dict[str, object]:
    """The arguments of the reply that tells what changed, without channel and thread."""
    return {
        "text": "\n".join(fit(text.change, SECTION) for text in letter.texts),
        "metadata": metadata(letter.envelope, letter.envelope.revision),
    }


def metadata(envelope: Envelope, noticed: int) -> dict[str, object]:
    """What identifies a sent message, so that an uncertain send can be looked up."""
    found = {"message": envelope.key, "revision": envelope.revision, "noticed": noticed}
    return {"event_type": EVENT, "event_payload": found}


def _blocks(letter: Letter) -> list[Block]:
    room = min(SECTION, (_ALL - 4 * CONTEXT) // len(letter.texts) - HEADER)
    blocks: list[Block] = []
    for text in letter.texts:
        if blocks:
            blocks.append({"type": "divider"})
        blocks += _text(text, room)
    if letter.acknowledge:
        what, command = letter.acknowledge
        blocks.append(_context(f"{escape(what)}: `{escape(command)}`"))
    small = [letter.contract, letter.at, letter.envelope.name]
    if letter.envelope.revision > 1:
        small.append(f"r{letter.envelope.revision}")
    return [*blocks, _context(fit(" · ".join(small), CONTEXT))]


def _text(text: Text, room: int) -> list[Block]:
    body = fit("\n".join(text.lines), room)
    return [
        {"type": "header", "text": {"type": "plain_text", "text": fit(text.title, HEADER), "emoji": False}},
        {"type": "section", "text": {"type": "mrkdwn", "text": body, "verbatim": True}},
    ]


def _context(text: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text, "verbatim": True}]}


def escape(text: str) -> str:
    """Text as Slack shows it literally: its three control characters as entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def fit(text: str, limit: int) -> str:
    """Escaped text of at most `limit` characters; what is cut off is never half an entity."""
    if len(whole := escape(text)) <= limit:
        return whole
    kept, size = [], 1
    for character in map(escape, text):
        if (size := size + len(character)) > limit:
            break
        kept.append(character)
    return "".join(kept) + "…"
