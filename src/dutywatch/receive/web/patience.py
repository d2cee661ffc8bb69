"""How long is waited, for an answer and between two attempts."""

from __future__ import annotations

from datetime import datetime
from email.utils import parsedate_to_datetime

import aiohttp
from tenacity import RetryCallState

from dutywatch.terms.connector import Patience

_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0  # seconds of back-off between two attempts


class Passing(Exception):
    """An attempt failed in a way that may pass; `after`: seconds that the server asked to wait."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        self.after = after
        super().__init__(reason)


def timeout(patience: Patience) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(
        total=patience.total.total_seconds(),
        sock_connect=patience.connect.total_seconds(),
        sock_read=patience.read.total_seconds(),
    )


def pause(state: RetryCallState) -> float:
    """Seconds until the next attempt: what the server asked for, else twice the last pause."""
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, Passing) and error.after is not None:
        return error.after
    return float(min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** (state.attempt_number - 1)))


def retry_after(value: str | None, date: str | None) -> float | None:
    """Seconds that Retry-After asks for (RFC 9110, section 10.2.3); an instant counts from the answer's own Date."""
    if value is None:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - _instant(date)).total_seconds())
    except (TypeError, ValueError):
        return None


def _instant(date: str | None) -> datetime:
    return parsedate_to_datetime(date or "")
