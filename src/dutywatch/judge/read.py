"""The duties of another obligation as the items of an `attain` duty: the sheets they stand in, and their verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from dutywatch.clock import local_date
from dutywatch.judge.coverage import BEGINNING, TICK, Gap
from dutywatch.judge.evidence import Evidence
from dutywatch.judge.gaps import DOUBTFUL
from dutywatch.judge.timeline import Interval
from dutywatch.terms import Terms
from dutywatch.terms.patterns import Attain, Keep, Obligation, Recur, Respond
from dutywatch.terms.trigger import Trigger

_START = "coalesce(clock_start, trigger_to)"  # while the trigger is open, not before it was last seen
LISTED = (  # how the patterns begin a reason that lists what is missing
    r"^(?:the evidence is incomplete: |log and inspection contradict each other: |"
    r"the target is missed, whatever is missing: |"
    r"some of the rates that it weighs are not proven: |"
    r"of some items it is not known whether they are good: \d+ of \d+; )"
)
_LACKING = (
    "CASE WHEN verdict = 'unproven' THEN CASE WHEN regexp_matches(reason, $listed) "
    "THEN string_split(regexp_replace(reason, $listed, ''), '; ') ELSE [] END END AS missing, "
    "CASE WHEN verdict = 'unproven' THEN string_split(nullif(owed_by, ''), ', ') END AS holders"
)


@dataclass(frozen=True)
class Read:
    """A sheet's file in force, named for its content, and from when until when its duties start, or may be breached."""

    file: str
    first: datetime
    last: datetime

    def touches(self, begins: datetime, ends: datetime | None) -> bool:
        """Whether a duty of the sheet may start, or be breached, in [begins, ends)."""
        return self.last >= begins and (ends is None or self.first < ends)

    def within(self, over: Interval) -> bool:
        """The same of [over[0], over[1]]: what happens at the instant that is judged counts."""
        return self.touches(over[0], over[1] + TICK)


def starting(terms: Terms, counting: Obligation) -> tuple[Trigger, ...]:
    """What starts the clocks of the duties that `counting` counts, or starts its own anew: where that may be missing,
    duties may.

    In all wordings that these ever have. A breach hangs on what starts the clocks of its own obligation.
    """
    return tuple(one for one in _triggers(terms, counting) if one.breach is None)


def causes(terms: Terms, counting: Obligation) -> tuple[str, ...]:
    """The obligations whose breaches start the clocks of the duties that `counting` counts, or its own anew.

    Of a score, those whose duties are counted by the rates that it weighs.
    """
    if isinstance(counting, Attain) and counting.items.rates is not None:
        weighed = (terms.contract.obligations[name] for name in counting.items.rates)
        named = (rate.items.duties for rate in weighed if isinstance(rate, Attain))
        return tuple(dict.fromkeys(name for name in named if name is not None))
    return tuple(one.breach for one in _triggers(terms, counting) if one.breach is not None)


def _triggers(terms: Terms, counting: Obligation) -> list[Trigger]:
    found: list[Trigger] = []
    left = [counting.items.duties] if isinstance(counting, Attain) and counting.items.duties else []
    if isinstance(counting, Respond) and counting.reset is not None:
        found.append(counting.trigger)
        left += [counting.trigger.breach] if counting.trigger.breach is not None else []
    for name in left:
        for _, _, words in terms.words(name):
            period = getattr(words, "period", getattr(words, "window", None))
            trigger = words.trigger if isinstance(words, Respond) else period.while_ if period else None
            if trigger is None or trigger in found:
                continue
            found.append(trigger)
            if trigger.breach is not None:
                left.append(trigger.breach)  # a contract's breaches make no circle
    return found


def read(evidence: Evidence, files: Sequence[str], until: str = _START) -> tuple[Read, ...]:
    """The sheets that these files hold: what they tell of begins as a duty starts, and ends where `until` says."""
    names = {str(evidence.lake.path(file)): file for file in files}
    if not names:
        return ()
    rows = evidence.rows(
        f"SELECT filename, min({_START}) AS first, max(coalesce({until}, {_START})) AS last "
        "FROM read_parquet($paths, filename = true) GROUP BY filename HAVING first IS NOT NULL ORDER BY filename",
        {"paths": sorted(names)},
    )
    return tuple(Read(names[row["filename"]], row["first"], row["last"]) for row in rows)


def breaches_in_doubt(evidence: Evidence, sheets: Sequence[Read], over: Interval) -> Iterator[Gap]:
    """Where a duty of these sheets may have been breached, and a duty that this starts may exist."""
    paths = [str(evidence.lake.path(one.file)) for one in sheets if one.within(over)]
    if not paths:
        return
    rows = evidence.rows(
        f"SELECT duty_id, unit, {_START} AS starts, clock_start, due_at, owed_by, proof_due, reason, standing "
        "FROM read_parquet($paths) "
        "WHERE standing IN ('unproven', 'pending.overdue') "
        "OR standing = 'pending.running' AND due_at <= $as_of ORDER BY duty_id",  # what counts duties waits for them
        {"paths": paths, "as_of": evidence.as_of},
    )
    for row in rows:
        day = local_date(row["starts"], evidence.contract.zone)
        words = evidence.terms.words_on(row["duty_id"].split("/")[1], day, evidence.known_on)
        # by the other reading of the time that starts its clock it fell due before
        early = lapses_early(words) or DOUBTFUL in row["reason"]
        start = row["clock_start"] if early else row["due_at"]
        for holder in row["owed_by"].split(", "):
            due, missing = row["proof_due"] or BEGINNING, f"whether {row['duty_id']} was breached"
            doubt = Gap(start, row["due_at"] + TICK, holder, missing, due, unit=row["unit"])
            yield replace(doubt, undecided=row["standing"] == "pending.running")


def lapses_early(words: Obligation) -> bool:
    """Whether a breach of it may be certain before its window ends, and start other clocks then."""
    if isinstance(words, Recur):
        return words.times is None
    if isinstance(words, Attain):
        counts_down = words.measure == "count" and words.at_most is not None
        return words.window.rolling is not None or counts_down or words.strict
    return isinstance(words, Keep)


def counted(
    evidence: Evidence, sheets: Sequence[Read], over: Interval, of: str | None = None, *, when_due: bool = False
) -> tuple[str, dict[str, Any]]:
    """A query for the relation `items` of the duties that start within `over`, and its parameters.

    `of`: the one obligation whose duties are meant, where the sheets are those of several.
    Met ones are good, breached ones bad. Those pending or unproven are not known to be either, nor to be items at all:
    the excused and void are none. An unproven one says what is missing, and who owes it. `when_due`: what is asked is
    when one is breached at the earliest, and none is before it is due.
    """
    paths = [str(evidence.lake.path(one.file)) for one in sheets if one.within(over)]
    rows = (
        "read_parquet($paths)"
        if paths
        else "(SELECT NULL::VARCHAR AS duty_id, NULL::VARCHAR AS unit, NULL::VARCHAR AS verdict, "
        "NULL::VARCHAR AS reason, NULL::VARCHAR AS owed_by, NULL::TIMESTAMPTZ AS clock_start, "
        "NULL::TIMESTAMPTZ AS trigger_to, NULL::TIMESTAMPTZ AS due_at, NULL::TIMESTAMPTZ AS lapsed_at LIMIT 0)"
    )
    return (
        f'SELECT unit AS key, {_START} AS "at", NULL::TIMESTAMPTZ AS earlier, '
        "CASE verdict WHEN 'met' THEN true WHEN 'breached' THEN false END AS good, NULL::DOUBLE AS value, "
        "NULL::BIGINT AS ref, verdict = 'pending' AS pending, "
        "coalesce(lapsed_at, CASE WHEN $when_due AND verdict IN ('pending', 'unproven') "
        f"AND NOT contains(reason, $doubtful) THEN due_at END, {_START}) AS turned, {_LACKING} "
        f"FROM {rows} WHERE verdict NOT IN ('excused', 'void') AND {_START} BETWEEN $from AND $to "
        "AND coalesce(split_part(duty_id, '/', 2) = $of, true)",
        {
            **{"of": of, "from": over[0], "to": over[1], "listed": LISTED, "when_due": when_due, "doubtful": DOUBTFUL},
            **({"paths": paths} if paths else {}),
        },
    )
