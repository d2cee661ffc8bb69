"""An explanation in English. Its sibling `explanation_zh` has the same functions and the same order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from dutywatch.judge.citations import Cited, Value
from dutywatch.judge.explanation import Explanation
from dutywatch.judge.lacking import Lacking
from dutywatch.judge.suspensions import Pause
from dutywatch.judge.uncounted import SHOWN
from dutywatch.ledger.decisions import Decision


def lines(e: Explanation) -> Iterator[str]:
    """The explanation, one statement a line."""
    row = e.row
    yield f"Duty      {e.duty_id}"
    yield f"Owed      {e.title}"
    yield f"Clause    {e.clause}" + (f" ({e.url})" if e.url else "")
    for change in e.amendments:
        yield f"          amended by {change.clause}, for clocks that start from {change.from_} on"
    if e.illustrative:
        yield "          illustrative: read on a third party's page, not in a law, a contract or its owner's own words"
    yield f"Unit      {row['unit']}" + (f", class {row['unit_class']}" if row["unit_class"] else "")
    yield f"Party     {_name(e, row['party'])} owes it; {_name(e, e.supervisor)} answers for it"
    yield f"Judged    as of {_at(e, e.as_of)}, as known at {_at(e, e.known_at)}{'' if e.recorded else '; not recorded'}"
    if e.terms_changed:
        yield "          the contract's file has changed since: dutywatch judge, then explain again"
    yield from _clock(e)
    yield f"Verdict   {row['verdict']} ({row['standing']})"
    yield f"Because   {row['reason']}"
    yield from _measured(e)
    yield from _evidence(e)
    if row["fulfilled_at"]:
        yield f"Done      {_at(e, row['fulfilled_at'])}"
    if row["lapsed_at"]:
        yield f"Lapsed    {_at(e, row['lapsed_at'])}"
    if row["owed_by"]:
        yield f"Owed by   {row['owed_by']}"
    if row["proof_due"]:
        yield f"Proof due {_at(e, row['proof_due'])}"
    if row["successor"]:
        yield f"Successor {row['successor']}"
    for one in e.predecessors:
        yield f"Succeeds  {one}"
    yield from _decisions(e)
    yield from _history(e)


def _clock(e: Explanation) -> Iterator[str]:
    start, due = e.row["clock_start"], e.row["due_at"]
    if start is None:
        yield f"Clock     not running yet: its trigger of {_at(e, e.row['trigger_from'])} is still open"
    else:
        yield f"Clock     from {_at(e, start)} to {_at(e, due)}"
    if e.timing is None:
        return
    time = e.timing
    if time.otherwise:
        start, due = time.otherwise
        yield f"          or from {_at(e, start)} to {_at(e, due)}: its trigger states a local time with two readings"
    if time.allowance:
        yield f"          the contract says {time.allowance}; calendar {time.calendar}"
    if time.early:
        either = f", or {_at(e, time.lower_otherwise)}," if time.lower_otherwise else ""
        yield f"          acts count from {_at(e, time.lower) if time.lower else 'any time'}{either} on"
    for pause in time.pauses:
        yield f"          paused {_pause(e, pause)}"
    if time.reset_at:
        unless = "" if e.row["verdict"] == "void" else ", unless it was done in time"
        yield f"          a new trigger started it anew at {_at(e, time.reset_at)}{unless}"
    if time.proof_until:
        later = ", and what was admitted later" if e.admitted else ""
        yield f"          evidence counts that was received by {_at(e, time.proof_until)}{later}"


def _pause(e: Explanation, pause: Pause) -> str:
    until = f"to {_at(e, pause.end)}" if pause.end else "and not lifted yet"
    where = f" in {pause.zone}" if pause.zone else ""
    return f"from {_at(e, pause.start)} {until}{where}: {pause.ref}"


def _measured(e: Explanation) -> Iterator[str]:
    value, low, high = e.row["measured"], e.row["measured_low"], e.row["measured_high"]
    if value is None and low is None and high is None and e.row["items"] is None:
        return
    parts = [e.measure(value) if value is not None else "not to be told"]
    if (low is not None or high is not None) and (low, high) != (value, value):
        least, most = ("unknown" if one is None else e.measure(one) for one in (low, high))
        parts.append(f"between {least} and {most}, as the missing evidence may be")
    if e.row["items"] is not None:
        parts.append(f"of {e.row['items']} {'rates' if e.weighs else 'items'}")
    yield f"Measured  {', '.join(parts)}"


def _evidence(e: Explanation) -> Iterator[str]:
    if not e.cited:
        yield f"Evidence  {e.row['evidence'] or 'no single event forces it'}"
    for index, one in enumerate(e.cited):
        yield f"{'Evidence' if not index else '':<10}{_cited(e, one)}"
        if one.row:
            yield f"          {', '.join(f'{column} {_value(e, value)}' for column, value in one.row)}"
    for index, lack in enumerate(e.lacking):
        yield f"{'Missing' if not index else '':<10}{_lack(e, lack)}"
    yield from _late(e)
    yield from _parts(e)
    yield from _uncounted(e)
    coverage = e.row["coverage"]
    if coverage is None:
        yield "Coverage  not measured while the due time is not known"
    else:
        yield f"Coverage  {100 * coverage:.2f} % of the time in which it could have been done"


def _late(e: Explanation) -> Iterator[str]:
    for index, one in enumerate(e.late[:SHOWN]):
        came = f"{one.label}, received {_at(e, one.received_at)}"
        yield f"{'Too late' if not index else '':<10}{came}: it counts only if two persons admit it"
    if len(e.late) > SHOWN:
        yield f"          and {len(e.late) - SHOWN} more deliveries that came too late"


def _parts(e: Explanation) -> Iterator[str]:
    for index, one in enumerate(e.parts[:SHOWN]):
        where = f", metres {one.from_m:g} to {one.to_m:g}" if one.from_m is not None and one.to_m is not None else ""
        yield f"{'In part' if not index else '':<10}{one.place}, {one.kind or 'act'} at {_at(e, one.at)}{where}"
    if len(e.parts) > SHOWN:
        yield f"          and {len(e.parts) - SHOWN} more acts that did a part"


def _uncounted(e: Explanation) -> Iterator[str]:
    for index, one in enumerate(e.uncounted[:SHOWN]):
        why = {
            "kind": f"another kind than {' or '.join(e.asked)}",
            "where": "not as the clause asks",
            "early": "before acts count",
            "late": "too late",
            "misnamed": f'in quarantine: it names "{one.said}", which is not in the register',
        }[one.why]
        yield f"{'Uncounted' if not index else '':<10}{one.place}, {one.kind or 'act'} at {_at(e, one.at)}: {why}"
    if len(e.uncounted) > SHOWN:
        yield f"          and {len(e.uncounted) - SHOWN} more acts that do not count"


def _cited(e: Explanation, one: Cited) -> str:
    place = f"{one.source} {one.name}" + (f":{one.line}" if one.line is not None else "")
    came = f"received {_at(e, one.received_at)}" if one.received_at else "received nobody knows when"
    return f"{place}, {came}, SHA-256 {one.sha256[:16]}"


def _lack(e: Explanation, one: Lacking) -> str:
    span = f"{_at(e, one.start)} to {_at(e, one.end)}" if one.end - one.start > timedelta(seconds=1) else ""
    where = span or f"at {_at(e, one.start)}"
    if one.due_at is None:
        due = "nothing more is due: what came leaves it open"
    else:
        due = f"due {'since ' if one.due_at <= e.as_of else ''}{_at(e, one.due_at)}"
    return f"{one.missing} ({where}); {_name(e, one.holder)} owes it, {due}"


def _decisions(e: Explanation) -> Iterator[str]:
    for index, one in enumerate(e.decisions):
        yield f"{'Decided' if not index else '':<10}{_decision(e, one)}"


_UNHEEDED = {
    None: "",
    "late": ": too late, for by then the duty had lapsed or was due; two persons may still excuse it",
    "open": ": it counts only if the duty had not lapsed by then, which is not known",
}


def _decision(e: Explanation, one: Decision) -> str:
    said = f"{one.kind} by {_name(e, one.author)} at {_at(e, one.recorded_at)}: {one.grounds}"
    if one.confirmed_by and one.confirmed_at:
        said += f"; confirmed by {_name(e, one.confirmed_by)} at {_at(e, one.confirmed_at)}"
    elif one.kind != "waive" and not one.two:
        said += "; not confirmed by a second person"
    said += _UNHEEDED[e.unheeded(one)]
    if one.published:
        said += f"; published: {one.published}"
    return said


def _history(e: Explanation) -> Iterator[str]:
    yield "History"
    for flip, party, lapsed in e.history:
        whose = f"; {_name(e, party)} owes it" if party else ""
        whose += f"; lapsed {_at(e, lapsed)}" if lapsed else ""
        whose += "" if flip.duty_id == e.duty_id else f" ({flip.duty_id})"
        yield f"  {_at(e, flip.decided_at)}  {flip.from_standing} -> {flip.to_standing}: {flip.reason}{whose}"
    if not e.flips:
        yield "  pending since its trigger; nothing has changed" if e.recorded else "  no change was recorded"


def _name(e: Explanation, party: str | None) -> str:
    name = e.parties.get(party or "")
    return f"{name} ({party})" if name else str(party)


def _value(e: Explanation, value: Value) -> str:
    return _at(e, value) if isinstance(value, datetime) else str(value)


def _at(e: Explanation, instant: datetime | None) -> str:
    return f"{instant.astimezone(e.zone):%Y-%m-%d %H:%M:%S %Z}" if instant else "not yet known"
