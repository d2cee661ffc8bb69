"""The folder channel: a message is a file. For the demo, for tests, and where there is no Slack.

<messages>/<contract>/<name>.md is for readers; the .json beside it is exactly what Slack would get. The
.json is written last: it says which revision lies there. The same letter always gives the same bytes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dutywatch.alert.blocks import escape, payload
from dutywatch.alert.channels import Found
from dutywatch.alert.letter import Envelope, Letter, Section
from dutywatch.errors import MessageNotSent


@dataclass(frozen=True)
class Folder:
    """Messages as files below `messages`."""

    messages: Path

    def look_up(self, envelope: Envelope) -> Found | None:
        """What lies in the folder under the envelope's key."""
        path = self._path(envelope)
        try:
            lying = json.loads(path.read_text(encoding="utf-8"))["metadata"]["event_payload"]
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise MessageNotSent(f"{path} cannot be read: {error}", permanent=True) from error
        if lying["message"] != envelope.key:
            return None
        return Found(int(lying["revision"]), self._reference(path))

    def send(self, letter: Letter) -> str:
        """Write both files, each in one piece."""
        path = self._path(letter.envelope)
        content = {"channel": letter.envelope.address, **payload(letter, letter.envelope.revision)}
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _replace(path.with_suffix(".md"), markdown(letter))
            _replace(path, json.dumps(content, ensure_ascii=False, indent=2) + "\n")
        except OSError as error:
            raise MessageNotSent(f"{path} cannot be written: {error}", permanent=False) from error
        return self._reference(path)

    def _path(self, envelope: Envelope) -> Path:
        return self.messages / envelope.contract / f"{envelope.name}.json"

    def _reference(self, path: Path) -> str:
        return path.relative_to(self.messages).as_posix()


def markdown(letter: Letter) -> str:
    """The letter for readers: its text, all units, and how it came about."""
    return "\n".join(_lines(letter))


def _lines(letter: Letter) -> Iterator[str]:
    for text in letter.texts:
        yield f"# {escape(text.title)}\n"
        yield from (f"{escape(line)}\n" for line in text.lines)
    for units in (letter.units, letter.others):
        if units.items:
            yield f"## {units.title} ({len(units.items)})\n"
            yield f"{escape(', '.join(units.items))}\n"
    yield from _listed(letter.history)
    yield "---\n"
    yield f"{letter.to}  "
    if letter.acknowledge:
        yield f"{letter.acknowledge[0]}: `{letter.acknowledge[1]}`  "
    yield f"{escape(letter.contract)} · {letter.at} · {letter.envelope.name}\n"


def _listed(section: Section) -> Iterator[str]:
    yield f"## {section.title}\n"
    yield from (f"{number}. {escape(item)}" for number, item in enumerate(section.items, start=1))
    yield ""


def _replace(path: Path, content: str) -> None:
    """Readers see the old file or the new one, after a crash of the machine too."""
    fresh = path.with_name(f".{path.name}.new")  # one name a message: a crash leaves at most one behind
    with fresh.open("w", encoding="utf-8", newline="\n") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
