"""From one request to all answers of a poll: pages in their order, none twice, and the last one known as such.

A poll is complete only when its last page came. What came before a failure is kept and counts as evidence of
what happened; it proves no absence, so it carries no `polled_at`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from dutywatch.clock import compact
from dutywatch.errors import DutywatchError, SourceFailed
from dutywatch.ledger.deliveries import Answer as Remembered
from dutywatch.receive.arrival import Arrival, Poll
from dutywatch.receive.web.answer import MISSING, Answer, Request
from dutywatch.receive.web.exchange import Exchange

MOST = 10_000  # pages of one answer: more is a circle that nobody noticed

Following = Callable[[Answer, int], Request | None]
"""The request for the page after the n-th answer; None after the last."""


def walk(exchange: Exchange, first: Request, following: Following) -> Iterator[Answer]:
    """The answers to `first` and to the pages after it. Raises SourceFailed where a page repeats."""
    seen: dict[str, int] = {}
    request: Request | None = first
    for number in range(1, MOST + 1):
        if request is None:
            return
        answer = exchange.get(request)
        if answer.status in MISSING:
            raise SourceFailed(f"{request.shown}: answers {answer.status}: nothing lies there")
        digest = hashlib.sha256(answer.body).hexdigest()
        if digest in seen:
            raise SourceFailed(f"{request.shown}: page {number} repeats page {seen[digest]}: its paging stands still")
        seen[digest] = number
        yield answer
        request = following(answer, number)
    raise SourceFailed(f"{first.shown}: more than {MOST} pages: its paging has no end")


def numbered(
    poll: Poll, answers: Iterator[Answer], refused: Callable[[Answer], str | None], *, conditional: bool = False
) -> Iterator[Arrival]:
    """The answers of one poll as arrivals, named by its instant and their number; the last completes it.

    `refused` says why an answer cannot be what was asked for; then nothing after it is asked, and the poll
    stays incomplete. `conditional`: what the server said for the next request is kept.
    """
    held: Arrival | None = None
    try:
        for number, answer in enumerate(answers, start=1):
            if held:
                yield held
            name = f"{compact(poll.at)}-{number:04d}{answer.packing}"  # a delivery is unpacked by its name
            held = replace(arrival(name, answer, conditional=conditional), refused=refused(answer))
            if held.refused:
                yield held
                return
    except DutywatchError:
        if held:
            yield held
        raise
    if held:
        yield replace(held, polled_at=poll.at)


def arrival(name: str, answer: Answer, *, conditional: bool) -> Arrival:
    """One answer as an arrival; without `conditional` its validators are forgotten."""
    etag = answer.headers.get("etag") if conditional else None
    modified = answer.headers.get("last-modified") if conditional else None
    remembered = Remembered(answer.request.shown, etag, modified)
    return Arrival(name, lambda: answer.body, answer=remembered, quiet=answer.quiet)


def parsed(answer: Answer) -> Any:
    """The JSON of an answer, where its paging needs it. Raises SourceFailed where it is none."""
    try:
        return json.loads(answer.body)
    except ValueError:
        raise SourceFailed(f"{answer.request.shown}: the answer is not JSON") from None
