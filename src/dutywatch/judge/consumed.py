"""One act for one duty (`consume: once`): which duty each act fulfils (docs/decisions/0021).

Of the duties whose window holds an act, it fulfils the one that is due first and not yet served: the earliest due time
first serves as many duties as can be served (Jackson 1955), and it does not depend on when one judged. One more act
never leaves a duty unserved that was served without it; but it may free an act for another duty, so that a gap in the
window of one duty may hide the fulfilment of another. A clock that does not run yet takes no act. An act at one of two
times that would serve one duty at the one and another, or none, at the other serves none for certain (0032).
"""

from __future__ import annotations

import heapq
from bisect import bisect_left

import duckdb
import pyarrow as pa

from dutywatch.judge.duties import INSTANT

Window = tuple[int, int, int]  # from when on acts count, due time (microseconds), duty
Act = tuple[int, int, int | None]  # when it was, its ref, and its other reading, if that is doubtful
Waiting = tuple[int, int, int]  # due time, duty, from when on acts count: in the order in which duties are served
_HOPES = "CREATE OR REPLACE TEMP TABLE hopes (duty INTEGER, other INTEGER, hope_from TIMESTAMPTZ, hope_to TIMESTAMPTZ)"


def forget(duck: duckdb.DuckDBPyConnection) -> None:
    """Make the empty table `hopes`: every act may serve every duty, and none waits for another's."""
    duck.execute(_HOPES)


def assign(duck: duckdb.DuckDBPyConnection) -> None:
    """Fill the column `duty` of the table `actions`: the duty of the tables `duties` and `clocks` that the act fulfils.

    An act that no duty needs fulfils none (NULL), and then serves as a late cure for the earliest unserved one. Fills
    `hopes` (duty, other, hope_from, hope_to) too: windows of `other` in which one more act would free one for `duty`.
    """
    owed = duck.execute(
        "SELECT d.key, d.duty, epoch_us(c.lower), coalesce(epoch_us(c.due_at), 9223372036854775807) FROM duties d "
        "JOIN clocks c USING (clock) WHERE c.t0 IS NOT NULL ORDER BY d.key, 3, 4, d.duty"
    ).fetchall()
    acts = duck.execute(
        'SELECT key, ref, epoch_us("at"), epoch_us(earlier) FROM actions WHERE key IS NOT NULL ORDER BY key, 3, 2'
    ).fetchall()
    duties: dict[str, list[Window]] = {}
    for key, duty, lower, due in owed:
        duties.setdefault(key, []).append((lower, due, duty))
    done: dict[str, list[Act]] = {}
    for key, ref, at, earlier in acts:
        done.setdefault(key, []).append((at, ref, earlier))
    served = {key: _served(duties.get(key, []), some) for key, some in done.items()}
    pairs = [pair for some in served.values() for pair in some]
    given = {"ref": pa.array([p[0] for p in pairs], pa.int64()), "duty": pa.array([p[1] for p in pairs], pa.int32())}
    duck.register("consumed_given", pa.table(given))
    duck.execute("UPDATE actions SET duty = c.duty FROM consumed_given c WHERE c.ref = actions.ref")
    duck.execute("DELETE FROM actions WHERE duty IS NULL")
    hopes = [hope for key, some in served.items() for hope in _hopes(duties.get(key, []), done[key], dict(some))]
    duck.register(
        "hopes_given",
        pa.table(
            {
                "duty": pa.array([duty for duty, _ in hopes], pa.int32()),
                "other": pa.array([other[2] for _, other in hopes], pa.int32()),
                "hope_from": pa.array([other[0] for _, other in hopes], pa.int64()).cast(INSTANT),
                "hope_to": pa.array([other[1] for _, other in hopes], pa.int64()).cast(INSTANT),
            }
        ),
    )
    duck.execute(_HOPES)
    duck.execute("INSERT INTO hopes SELECT * FROM hopes_given")


def _hopes(duties: list[Window], acts: list[Act], serves: dict[int, int]) -> list[tuple[int, Window]]:
    """(duty, another duty): an act more for the other would free one, perhaps through third duties, for the first."""
    by_duty = {one[2]: one for one in duties}
    times = [at for at, _, _ in acts]
    in_time: dict[int, list[int]] = {at: [] for at in times}  # the duties that acts of that instant serve in time
    for at, ref, _ in acts:
        if ref in serves and at <= by_duty[serves[ref]][1]:
            in_time[at].append(serves[ref])
    served = {duty for some in in_time.values() for duty in some}
    found: list[tuple[int, Window]] = []
    for lower, due, duty in duties:
        if duty in served:
            continue
        reached, looked_at = {duty}, [(lower, due)]
        while looked_at:
            begins, ends = looked_at.pop()
            for at in times[bisect_left(times, begins) : bisect_left(times, ends + 1)]:
                for other in in_time[at]:
                    if other not in reached:
                        reached.add(other)
                        looked_at.append(by_duty[other][:2])
                        found.append((duty, by_duty[other]))
    return found


def _served(duties: list[Window], acts: list[Act]) -> list[tuple[int, int]]:
    """(act, duty) by the earliest due time; a duty past due waits behind those that can still be met."""
    waiting: list[Waiting] = []
    late: list[Waiting] = []
    pairs, next_duty = [], 0
    for at, ref, earlier in acts:
        while next_duty < len(duties) and duties[next_duty][0] <= at:
            lower, due, duty = duties[next_duty]
            heapq.heappush(waiting, (due, duty, lower))
            next_duty += 1
        while waiting and waiting[0][0] < at:
            heapq.heappush(late, heapq.heappop(waiting))
        queue = waiting or late
        if queue and (earlier is None or _first(earlier, [*waiting, *late]) == queue[0]):
            pairs.append((ref, heapq.heappop(queue)[1]))
    return pairs


def _first(at: int, left: list[Waiting]) -> Waiting | None:
    """Which of the duties that are left an act at that instant serves."""
    begun = [one for one in left if one[2] <= at]
    return min([one for one in begun if one[0] >= at] or begun, default=None)
