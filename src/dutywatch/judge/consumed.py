"""One act for one duty (`consume: once`): which duty each act fulfils (docs/decisions/0021, 0050).

Of the duties whose window holds an act, it fulfils the one that is due first and not yet served: the earliest due time
first serves as many duties as can be served (Jackson 1955), and it does not depend on when one judged. One more act
never leaves a duty unserved that was served without it; but it may free an act for another duty, so that a gap in the
window of one duty may hide the fulfilment of another. A clock that does not run yet takes no act. An act at one of two
times that would serve one duty at the one and another, or none, at the other serves none for certain (0032). Identical
rows are one act, and it serves only duties for which it came in time to count.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb
import pyarrow as pa

from dutywatch.judge.duties import INSTANT
from dutywatch.judge.evidence import Evidence, Selection
from dutywatch.judge.once import apart

_HOPES = "CREATE OR REPLACE TEMP TABLE hopes (duty INTEGER, other INTEGER, hope_from TIMESTAMPTZ, hope_to TIMESTAMPTZ)"


@dataclass(frozen=True, order=True)
class Window:
    """A duty that waits for an act, in the order in which duties are served; instants in microseconds.

    `side`: the number of the evidence that counts for it, of all that count for some duty.
    """

    due: int
    duty: int
    lower: int
    side: int


@dataclass(frozen=True)
class Act:
    """An act: when it was, its other reading, if that is doubtful, and its ref in each evidence that tells it."""

    at: int
    earlier: int | None
    refs: Mapping[int, int]


def forget(duck: duckdb.DuckDBPyConnection) -> None:
    """Make the empty table `hopes`: every act may serve every duty, and none waits for another's."""
    duck.execute(_HOPES)


def told(evidence: Evidence, asked: Selection, since: datetime) -> list[tuple[str, int, int, int | None, int]]:
    """The acts that an evidence tells on the keys of the table `duties`: key, what identical rows share, instant, other
    reading, ref."""
    wide, same = apart(evidence, asked)
    query, parameters = evidence.events(wide, (since, evidence.as_of))
    return evidence.duck.execute(
        f'SELECT key, hash({same}), epoch_us("at"), epoch_us(earlier), ref FROM ({query}) '
        "WHERE key IN (SELECT key FROM duties) ORDER BY ref",
        parameters,
    ).fetchall()


def assign(
    duck: duckdb.DuckDBPyConnection,
    sides: Sequence[int],
    heard: Mapping[int, Sequence[tuple[str, int, int, int | None, int]]],
) -> None:
    """Fill the column `duty` of the table `actions`: the duty of the tables `duties` and `clocks` that the act fulfils.

    `sides`: of each clock, which evidence counts for its duties; `heard`: the acts that each tells (`told`). The table
    `actions` has those of evidence 0. An act that no duty needs fulfils none (NULL), and then serves as a late cure for
    the earliest unserved one. Fills `hopes` (duty, other, hope_from, hope_to) too: windows of `other` in which one more
    act would free one for `duty`.
    """
    owed = duck.execute(
        "SELECT d.key, d.duty, d.clock, epoch_us(c.lower), coalesce(epoch_us(c.due_at), 9223372036854775807) "
        "FROM duties d JOIN clocks c USING (clock) WHERE c.t0 IS NOT NULL ORDER BY d.duty"
    ).fetchall()
    duties: dict[str, list[Window]] = {}
    for key, duty, clock, lower, due in owed:
        duties.setdefault(key, []).append(Window(due, duty, lower, sides[clock]))
    done = _acts(heard)
    served = {key: _served(duties.get(key, []), some) for key, some in done.items()}
    pairs = [(act.refs[0], one.duty) for some in served.values() for act, one in some if 0 in act.refs]
    given = {"ref": pa.array([p[0] for p in pairs], pa.int64()), "duty": pa.array([p[1] for p in pairs], pa.int32())}
    duck.register("consumed_given", pa.table(given))
    duck.execute("UPDATE actions SET duty = c.duty FROM consumed_given c WHERE c.ref = actions.ref")
    duck.execute("DELETE FROM actions WHERE duty IS NULL")
    hopes = [hope for key, some in served.items() for hope in _hopes(duties.get(key, []), done[key], some)]
    duck.register(
        "hopes_given",
        pa.table(
            {
                "duty": pa.array([duty for duty, _ in hopes], pa.int32()),
                "other": pa.array([other.duty for _, other in hopes], pa.int32()),
                "hope_from": pa.array([other.lower for _, other in hopes], pa.int64()).cast(INSTANT),
                "hope_to": pa.array([other.due for _, other in hopes], pa.int64()).cast(INSTANT),
            }
        ),
    )
    duck.execute(_HOPES)
    duck.execute("INSERT INTO hopes SELECT * FROM hopes_given")


def _acts(heard: Mapping[int, Sequence[tuple[str, int, int, int | None, int]]]) -> dict[str, list[Act]]:
    """The acts by key, in order of time; of identical rows the first stands for all."""
    refs: dict[tuple[str, int, int, int | None], dict[int, int]] = {}
    for side, acts in heard.items():
        for key, same, at, earlier, ref in acts:
            refs.setdefault((key, same, at, earlier), {}).setdefault(side, ref)
    found: dict[str, list[Act]] = {}
    for key, _, at, earlier in sorted(refs, key=lambda one: (one[0], one[2], min(refs[one].values()))):
        found.setdefault(key, []).append(Act(at, earlier, refs[key, _, at, earlier]))
    return found


def _hopes(duties: list[Window], acts: list[Act], serves: list[tuple[Act, Window]]) -> list[tuple[int, Window]]:
    """(duty, another duty): an act more for the other would free one, perhaps through third duties, for the first."""
    times = [act.at for act in acts]
    in_time: dict[int, list[tuple[Act, Window]]] = {at: [] for at in times}  # what acts of that instant serve in time
    for act, one in serves:
        if act.at <= one.due:
            in_time[act.at].append((act, one))
    served = {one.duty for some in in_time.values() for _, one in some}
    found: list[tuple[int, Window]] = []
    for duty in duties:
        if duty.duty in served:
            continue
        reached, looked_at = {duty.duty}, [duty]
        while looked_at:
            window = looked_at.pop()
            for at in times[bisect_left(times, window.lower) : bisect_left(times, window.due + 1)]:
                for act, other in in_time[at]:
                    if other.duty not in reached and window.side in act.refs:
                        reached.add(other.duty)
                        looked_at.append(other)
                        found.append((duty.duty, other))
    return found


def _served(duties: list[Window], acts: list[Act]) -> list[tuple[Act, Window]]:
    """(act, duty) by the earliest due time; a duty past due waits behind those that can still be met."""
    coming = sorted(duties, key=lambda one: one.lower, reverse=True)
    waiting: dict[int, list[Window]] = {one.side: [] for one in duties}
    late: dict[int, list[Window]] = {one.side: [] for one in duties}
    pairs: list[tuple[Act, Window]] = []
    for act in acts:
        while coming and coming[-1].lower <= act.at:
            heapq.heappush(waiting[coming[-1].side], coming.pop())
        for side, some in waiting.items():
            while some and some[0].due < act.at:
                heapq.heappush(late[side], heapq.heappop(some))
        mine = [side for side in act.refs if side in waiting]
        queues = [waiting[side] for side in mine if waiting[side]] or [late[side] for side in mine if late[side]]
        queue = min(queues, default=None)
        left = [one for side in mine for one in (*waiting[side], *late[side])] if act.earlier is not None else []
        if queue and (act.earlier is None or _first(act.earlier, left) == queue[0]):
            pairs.append((act, heapq.heappop(queue)))
    return pairs


def _first(at: int, left: list[Window]) -> Window | None:
    """Which of the duties that are left an act at that instant serves."""
    begun = [one for one in left if one.lower <= at]
    return min([one for one in begun if one.due >= at] or begun, default=None)
