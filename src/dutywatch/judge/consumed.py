"""One act for one duty (`consume: once`): which duty each act fulfils.

Of the duties whose window holds an act, it fulfils the one that is due first and not yet served: the earliest due time
first serves as many duties as can be served (Jackson 1955), and it does not depend on when one judged.
"""

from __future__ import annotations

import heapq

import duckdb
import pyarrow as pa


def assign(duck: duckdb.DuckDBPyConnection) -> None:
    """Fill the column `duty` of the table `actions`: the duty of the tables `duties` and `clocks` that the act fulfils.

    An act that no duty needs fulfils none (NULL), and then serves as a late cure for the earliest unserved one.
    """
    owed = duck.execute(
        "SELECT d.key, d.duty, epoch_us(c.lower), coalesce(epoch_us(c.due_at), 9223372036854775807) FROM duties d "
        "JOIN clocks c USING (clock) ORDER BY d.key, 3, 4, d.duty"
    ).fetchall()
    acts = duck.execute(
        'SELECT key, ref, epoch_us("at") FROM actions WHERE key IS NOT NULL ORDER BY key, 3, 2'
    ).fetchall()
    duties: dict[str, list[tuple[int, int, int]]] = {}
    for key, duty, lower, due in owed:
        duties.setdefault(key, []).append((lower, due, duty))
    done: dict[str, list[tuple[int, int]]] = {}
    for key, ref, at in acts:
        done.setdefault(key, []).append((at, ref))
    pairs = [pair for key, some in done.items() for pair in _served(duties.get(key, []), some)]
    given = {"ref": pa.array([p[0] for p in pairs], pa.int64()), "duty": pa.array([p[1] for p in pairs], pa.int32())}
    duck.register("consumed_given", pa.table(given))
    duck.execute("UPDATE actions SET duty = c.duty FROM consumed_given c WHERE c.ref = actions.ref")
    duck.execute("DELETE FROM actions WHERE duty IS NULL")


def _served(duties: list[tuple[int, int, int]], acts: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """(act, duty) by the earliest due time; a duty past due waits behind those that can still be met."""
    waiting: list[tuple[int, int]] = []
    late: list[tuple[int, int]] = []
    pairs, next_duty = [], 0
    for at, ref in acts:
        while next_duty < len(duties) and duties[next_duty][0] <= at:
            heapq.heappush(waiting, duties[next_duty][1:])
            next_duty += 1
        while waiting and waiting[0][0] < at:
            heapq.heappush(late, heapq.heappop(waiting))
        queue = waiting or late
        if queue:
            pairs.append((ref, heapq.heappop(queue)[1]))
    return pairs
