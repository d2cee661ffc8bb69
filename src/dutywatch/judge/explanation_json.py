"""An explanation as JSON, for programs: its keys are stable, and `docs/operating.md` lists them.

Instants are ISO 8601 in UTC, null where nothing is known; texts are the contract's English ones.
"""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any

from dutywatch.judge.citations import Cited
from dutywatch.judge.explanation import Explanation, Flip, Timing
from dutywatch.judge.lacking import Lacking
from dutywatch.judge.uncounted import Part, Uncounted
from dutywatch.ledger.decisions import Decision

_ROW = (
    "unit", "unit_class", "trigger", "trigger_from", "trigger_to", "party", "clock_start", "due_at", "verdict",
    "standing", "reason", "coverage", "fulfilled_at", "lapsed_at", "owed_by", "proof_due", "measured", "measured_low",
    "measured_high", "items", "evidence", "successor",
)  # fmt: skip
_LATE = ("source", "name", "sha256", "received_at")
_PAUSE = ("start", "end", "zone", "ref")


def text(e: Explanation) -> str:
    """The explanation as one JSON object, indented."""
    found: dict[str, Any] = {
        "duty_id": e.duty_id,
        "obligation": e.obligation,
        "title": e.title.en,
        "clause": {"text": e.clause, "url": e.url, "illustrative": e.illustrative},
        "amendments": [{"clause": one.clause, "from": one.from_, "to": one.to} for one in e.amendments],
        "supervisor": e.supervisor,
        "as_of": e.as_of,
        "known_at": e.known_at,
        "recorded": e.recorded,
        "terms_changed": e.terms_changed,
        **{name: e.row[name] for name in _ROW},
        "clock": _timing(e.timing) if e.timing else None,
        "cited": [_cited(one) for one in e.cited],
        "uncounted": [_plain(one) for one in e.uncounted],
        "parts": [_plain(one) for one in e.parts],
        "late": [{name: getattr(one, name) for name in _LATE} for one in e.late],
        "missing": [_plain(one) for one in e.lacking],
        "decisions": [_plain(one) for one in e.decisions],
        "history": [_plain(one) for one in e.flips],
        "predecessors": list(e.predecessors),
    }
    return json.dumps(found, ensure_ascii=False, indent=2, default=_said)


def _timing(time: Timing) -> dict[str, Any]:
    return {**_plain(time), "pauses": [{name: getattr(one, name) for name in _PAUSE} for one in time.pauses]}


def _cited(one: Cited) -> dict[str, Any]:
    return {**_plain(one), "row": dict(one.row)}


def _plain(one: Timing | Cited | Uncounted | Part | Lacking | Decision | Flip) -> dict[str, Any]:
    return {f.name: getattr(one, f.name) for f in fields(one)}


def _said(value: date) -> str:
    if not isinstance(value, datetime):
        return value.isoformat()
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
