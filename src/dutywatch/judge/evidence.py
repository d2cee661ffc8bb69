"""The evidence of a contract: which deliveries are in force, and the relations that patterns read.

Which delivery speaks for an interval depends on the deliveries alone: `replace` takes the greatest
(received_at, SHA-256) of a service date or name, `append` takes all (SEMANTICS section 2).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import pyarrow as pa

from dutywatch.judge.coverage import BEGINNING, END, Gap, source_gaps
from dutywatch.judge.episodes import Observation
from dutywatch.lake import Lake
from dutywatch.ledger.deliveries import Accepted
from dutywatch.terms import Contract
from dutywatch.terms.obligation import Action, Trigger

_COLUMNS = {
    "at": "TIMESTAMPTZ",
    "until": "TIMESTAMPTZ",
    "seen_at": "TIMESTAMPTZ",
    "unit": "VARCHAR",
    "zone": "VARCHAR",
    "actor": "VARCHAR",
    "kind": "VARCHAR",
}


@dataclass(frozen=True)
class Evidence:
    """What is known of a contract at `as_of`: the deliveries in force, in the lake that holds them."""

    contract: Contract
    lake: Lake
    duck: duckdb.DuckDBPyConnection
    in_force: tuple[Accepted, ...]
    as_of: datetime
    loaded: set[str] = field(default_factory=set)

    def of(self, sources: Iterable[str]) -> list[Accepted]:
        """The deliveries in force of some sources."""
        wanted = set(sources)
        return [one for one in self.in_force if one.source in wanted]

    def events(self, stream: str) -> str:
        """The temporary table with the stream's events up to `as_of`; identical rows are one event.

        Columns: source, ref (delivery and line), the event's own, and the measures of the stream's sources.
        """
        table = f"events_{stream}"
        if table in self.loaded:
            return table
        sources = self.contract.sources_of(stream)
        files = [one for one in self.of(sources) if one.accepted]
        present = {measure for one in files for measure in self.contract.sources[one.source].measures}
        measures = sorted({measure for name in sources for measure in self.contract.sources[name].measures})
        columns = {**_COLUMNS, **dict.fromkeys(measures, "DOUBLE")}
        declared = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
        self.duck.execute(f"CREATE TEMP TABLE {table} (source VARCHAR, ref VARCHAR, {declared})")
        if files:
            given = ", ".join(f'"{name}"' for name in columns if name in _COLUMNS or name in present)
            paths = [str(self.lake.path(one.accepted_file)) for one in files]
            self.duck.register("accepted_files", _files(paths, files))
            self.duck.execute(
                f"INSERT INTO {table} (source, ref, {given}) "
                f"SELECT source, min(label || ':' || line::VARCHAR), {given} "
                "FROM read_parquet($paths, filename = true, union_by_name = true) JOIN accepted_files "
                f'ON filename = path WHERE "at" <= $as_of AND coalesce(seen_at <= $as_of, true) '
                f"GROUP BY source, {given}",
                {"paths": paths, "as_of": self.as_of},
            )
        self.loaded.add(table)
        return table

    def observations(self, trigger: Trigger) -> list[Observation]:
        """The trigger's events up to `as_of`."""
        table = self.events(trigger.stream)
        value = f'"{trigger.measure}"' if trigger.measure else "NULL::DOUBLE"
        rows = self.rows(
            f'SELECT "at", until, zone, {value} AS value, ref FROM {table} '
            'WHERE list_contains($kinds, kind) ORDER BY "at", ref',
            kinds=list(trigger.kind),
        )
        return [Observation(**row) for row in rows]

    def gaps(self, stream: str, over: tuple[datetime, datetime]) -> list[Gap]:
        """The gaps of the stream's sources as wholes, within `over` and what `as_of` lets be known."""
        found: list[Gap] = []
        for name in self.contract.sources_of(stream):
            polls = self._polls(name) if self.contract.sources[name].polls else []
            found.extend(source_gaps(self.contract, name, self.of([name]), polls, over))
        return found

    def row_gaps(self, stream: str, kinds: Sequence[str]) -> list[Gap]:
        """Gaps that rows in quarantine leave: each might be an event of one of `kinds`, on its unit, at its time."""
        wanted = [one for one in self.of(self.contract.sources_of(stream)) if one.quarantined]
        return [gap for one in wanted for gap in self._quarantined(one, kinds)]

    def unshown_gaps(self, action: Action) -> list[Gap]:
        """Gaps on single units that a polled source leaves because it shows only their last event."""
        found: list[Gap] = []
        for name in self.contract.sources_of(action.stream):
            if (polls := self.contract.sources[name].polls) and polls.shows == "last":
                found.extend(self._unshown(name, self.events(action.stream), polls.max_lag))
        return found

    def _quarantined(self, one: Accepted, kinds: Sequence[str]) -> Iterator[Gap]:
        source = self.contract.sources[one.source]
        known = set(source.values.get("kind", {}).values())
        possible = set(kinds)
        due = source.delivery_due
        proof_due = due.due(one.service_date, self.contract.zone) if due and one.service_date else BEGINNING
        whole = (one.covers_from or BEGINNING, one.covers_to or END)
        path = str(self.lake.path(one.quarantine_file))
        rows = self.rows('SELECT line, "at", unit, kind FROM read_parquet($path) ORDER BY line', path=path)
        for row in rows:
            kind = row["kind"]
            if kind is not None and kind not in possible and (not known or kind in known):
                continue  # whatever it was, it was none of these
            at = row["at"]
            start, end = (at, at + timedelta(microseconds=1)) if at else whole
            missing = f"quarantined row {one.label}:{row['line']}"
            yield Gap(start, end, source.run_by, missing, proof_due, unit=row["unit"])

    def _polls(self, name: str) -> list[datetime]:
        stream = self.contract.sources[name].stream
        rows = self.rows(
            f"SELECT DISTINCT seen_at FROM {self.events(stream)} "
            "WHERE source = $source AND seen_at <= $as_of ORDER BY 1",
            source=name,
            as_of=self.as_of,
        )
        return [row["seen_at"] for row in rows]

    def _unshown(self, name: str, events: str, max_lag: timedelta) -> Iterator[Gap]:
        """A feed that shows only the last event hides what lay between the previous poll and that event."""
        run_by = self.contract.sources[name].run_by
        rows = self.rows(
            f"""
            WITH polls AS (
                SELECT seen_at, lag(seen_at) OVER (ORDER BY seen_at) AS previous
                FROM (SELECT DISTINCT seen_at FROM {events} WHERE source = $source)
            ), shown AS (
                SELECT unit, "at" AS stop, seen_at, lag("at") OVER (PARTITION BY unit ORDER BY seen_at, "at") AS before
                FROM {events} WHERE source = $source AND unit IS NOT NULL
            )
            SELECT unit, stop, seen_at,
                   greatest(coalesce(before + INTERVAL 1 MICROSECOND, $beginning),
                            coalesce(previous - to_microseconds($lag), $beginning)) AS start
            FROM shown JOIN polls USING (seen_at)
            """,
            source=name,
            lag=int(max_lag / timedelta(microseconds=1)),
            beginning=BEGINNING,
        )
        for row in rows:
            if row["start"] < row["stop"]:
                missing = f"{name} shows only the last event of each poll"
                yield Gap(row["start"], row["stop"], run_by, missing, row["seen_at"], unit=row["unit"])

    def rows(self, query: str, **parameters: Any) -> list[dict[str, Any]]:
        """The rows of a query; times are aware, UTC."""
        table = self.duck.sql(query, params=parameters).to_arrow_table()
        return [_utc(row) for row in table.to_pylist()]


def _files(paths: list[str], files: list[Accepted]) -> pa.Table:
    return pa.table({"path": paths, "label": [one.label for one in files], "source": [one.source for one in files]})


def _utc(row: dict[str, Any]) -> dict[str, Any]:
    return {k: v.astimezone(UTC) if isinstance(v, datetime) else v for k, v in row.items()}


def in_force(contract: Contract, accepted: Sequence[Accepted]) -> tuple[Accepted, ...]:
    """The deliveries that speak for their intervals; refused ones and those of unknown sources never do."""
    chosen: dict[tuple[object, ...], Accepted] = {}
    for one in accepted:
        source = contract.sources.get(one.source)
        if source is None or one.refused:
            continue
        key: tuple[object, ...] = (one.source, one.service_date if source.dated else one.name)
        if source.redelivery == "append":
            key = (one.source, one.name, one.sha256)
        if key not in chosen or _order(one) > _order(chosen[key]):
            chosen[key] = one
    return tuple(sorted(chosen.values(), key=lambda a: (a.source, a.name, a.sha256)))


def _order(one: Accepted) -> tuple[datetime, str]:
    return (one.received_at or BEGINNING, one.sha256)


def gaps_table(gaps: Sequence[Gap]) -> pa.Table:
    """Gaps as the relation that patterns read; intervals in microseconds."""
    instants = pa.timestamp("us", tz="UTC")
    return pa.table(
        {
            "unit": pa.array([g.unit for g in gaps], pa.string()),
            "gap_from": pa.array([g.start for g in gaps], instants),
            "gap_to": pa.array([g.end for g in gaps], instants),
            "proof_due": pa.array([g.proof_due for g in gaps], instants),
            "proof_after": pa.array(
                [int(g.proof_after / timedelta(microseconds=1)) if g.proof_after is not None else None for g in gaps],
                pa.int64(),
            ),
            "holder": pa.array([g.holder for g in gaps], pa.string()),
            "missing": pa.array([g.missing for g in gaps], pa.string()),
            "undelivered": pa.array([g.undelivered for g in gaps], pa.bool_()),
        }
    )
