"""The deliveries of a judgement as tables: how each is cited, and when each of their files came."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

import duckdb
import pyarrow as pa

from dutywatch.judge.redelivery import in_turn
from dutywatch.lake import Lake
from dutywatch.lake.duck import literal
from dutywatch.ledger.deliveries import Accepted


def lay(
    duck: duckdb.DuckDBPyConnection, lake: Lake, received: Sequence[Accepted], cites: Callable[[Accepted], str]
) -> None:
    """Make the tables `labels` (number, file, label) and `arrivals` (file, arrival, received_at); the macro `cited`.

    `labels` numbers the deliveries in the order given; `arrivals` tells each time that a file came, and in which turn.
    """
    # bytes that were put back have one file, which came several times
    last = {(one.source, one.name, one.sha256): one for one in received}.values()
    came = [
        (str(lake.path(file)), turn, one.received_at)
        for turn, one in enumerate(sorted(received, key=in_turn))
        for file in (one.accepted_file, one.quarantine_file)
    ]
    tables = {
        "labels": {
            "number": pa.array(range(len(last)), pa.int64()),
            "file": pa.array([str(lake.path(one.accepted_file)) for one in last], pa.string()),
            "label": pa.array([cites(one) for one in last], pa.string()),
        },
        "arrivals": {
            "file": pa.array([file for file, _, _ in came], pa.string()),
            "arrival": pa.array([turn for _, turn, _ in came], pa.int64()),
            "received_at": pa.array([at for _, _, at in came], pa.timestamp("us", tz="UTC")),
        },
    }
    for name, columns in tables.items():
        duck.register("given", pa.table(columns))
        duck.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM given")
    duck.execute(
        "CREATE OR REPLACE TEMP MACRO cited(ref) AS "
        "(SELECT label FROM labels WHERE number = ref // 4294967296) || ':' || (ref % 4294967296)::VARCHAR"
    )


def arrivals(told_by: datetime | None) -> str:
    """When each file came last, of what had come by `told_by` (None: of all): (_file, _arrival, _received_at).

    No column of a contract begins with `_` (`terms.words.ColumnName`), so that none is mistaken for one of these.
    """
    told = f"WHERE received_at IS NULL OR received_at <= {literal(str(told_by))}" if told_by else ""
    last = "max(arrival) AS _arrival, max(received_at) AS _received_at"
    return f"(SELECT file AS _file, {last} FROM arrivals {told} GROUP BY file)"


def told_at(columns: Collection[str]) -> str:
    """As of when a row was told, as SQL: its poll, where it has one of these `columns`, or else when its file came."""
    return "coalesce(seen_at, _received_at)" if "seen_at" in columns else "_received_at"
