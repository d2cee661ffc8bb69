"""A server's clock held against ours: hours off is a wrong zone, and every stamp of that server is in doubt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

TOLERANCE = timedelta(minutes=5)


def skew(date: str | None, ours: datetime) -> str | None:
    """What is wrong with a Date header (RFC 9110) at `ours`, in words; None where nothing is, or none was sent."""
    try:
        theirs = parsedate_to_datetime(date) if date else None
    except ValueError:
        return f"its Date, {date!r}, is none"
    if theirs is None:
        return None
    off = (theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC)) - ours
    if abs(off) <= TOLERANCE:
        return None
    hours = round(off / timedelta(hours=1))
    rest = abs(off - timedelta(hours=hours))
    way = "ahead of" if off > timedelta(0) else "behind"
    if hours and rest <= TOLERANCE:
        whole = f"{abs(hours)} whole hour{'s' if abs(hours) != 1 else ''}"
        return f"its clock is {whole} {way} ours: a time zone is set wrong there, and its stamps are in doubt"
    return f"its clock is {abs(off) // timedelta(minutes=1)} minutes {way} ours: its stamps are in doubt"
