"""The evidence of a contract: the deliveries that speak, and the events that patterns read from them.

Events are read from the lake when a pattern asks, only the columns, files and times that it asks for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import duckdb

from dutywatch.judge import labels
from dutywatch.judge.columns import expression, joined, type_of
from dutywatch.judge.located import located
from dutywatch.judge.redelivery import in_force, latest, unreadable
from dutywatch.judge.timeline import Interval, Timeline, told_of, touches
from dutywatch.lake import Lake
from dutywatch.lake.duck import literal
from dutywatch.ledger.deliveries import Accepted
from dutywatch.terms import Contract, Source, Terms
from dutywatch.terms.predicate import Predicate
from dutywatch.terms.source import earlier

_OWN = ("unit", "zone", "actor", "kind", "record", "until")
_RECORD = ("record",)


@dataclass(frozen=True)
class Selection:
    """Which events a pattern reads: of a stream, of some kinds (None: all), narrowed by `where`.

    `at` is the column that tells when it happened, `key` the columns that join an event to its duty, `more` further
    columns of the sources that are read along; `out_of`: the length that a pass's metres are of. `versions`: rows of
    one record are its versions, of which the latest speaks; else they are acts that name it. `reading`: of a doubtful
    local time, `both` readings are told, or it is taken to be at the one alone; of `either`, both are told as soon as
    the earlier one has come. `owed`: acts of a party, which may fulfil its duties wherever these lie (0039).
    """

    stream: str
    kinds: tuple[str, ...] | None = None
    where: Predicate | None = None
    at: str = "at"
    key: tuple[str, ...] = ("unit",)
    more: tuple[str, ...] = ()
    versions: bool = False
    reading: Literal["both", "either", "later", "earlier"] = "both"
    owed: bool = False


@dataclass(frozen=True)
class Evidence:
    """What is known of a contract at `as_of`: the deliveries that it received, in the lake that holds them.

    `received` are those that were not refused, by source, name and SHA-256; a later one may have replaced them.
    `labels` number them in that order, which their content alone decides; an event's `ref` is the number of its
    delivery and its line, in one integer. `known_on`: the terms as they were recorded by that day. `sql`: the folder of
    the statements, by which positions are located. `too_late`: what was received as well, and does not count, as it
    came after `told_by`. `unread`: files of feeds that were refused, so that nobody knows what they showed.
    """

    terms: Terms
    lake: Lake
    duck: duckdb.DuckDBPyConnection
    received: tuple[Accepted, ...]
    as_of: datetime
    sql: Path
    known_on: date = date.max
    too_late: tuple[Accepted, ...] = ()
    told_by: datetime | None = None
    unread: tuple[Accepted, ...] = ()
    # read once, and never handed on with `replace`
    columns: dict[tuple[str, bool], frozenset[str]] = field(default_factory=dict, init=False)
    spans: dict[tuple[str, str], Mapping[str, Interval]] = field(default_factory=dict, init=False)
    timelines: dict[tuple[str, tuple[str, ...]], Timeline] = field(default_factory=dict, init=False)
    outdated: dict[tuple[Any, ...], frozenset[tuple[str, int]]] = field(default_factory=dict, init=False)

    @property
    def contract(self) -> Contract:
        """The contract's words."""
        return self.terms.contract

    @cached_property
    def in_force(self) -> tuple[Accepted, ...]:
        """The deliveries that speak for their intervals."""
        return in_force(self.contract, self.received)

    @cached_property
    def ever(self) -> dict[str, list[Accepted]]:
        """All that was received, by source."""
        found: dict[str, list[Accepted]] = {}
        for one in self.received:
            found.setdefault(one.source, []).append(one)
        return found

    def of(self, sources: Iterable[str]) -> list[Accepted]:
        """The deliveries in force of some sources."""
        wanted = set(sources)
        return [one for one in self.in_force if one.source in wanted]

    def feeding(self, name: str, stream: str) -> list[Accepted]:
        """What of source `name` is read in `stream`: its deliveries in force, or the passes that its positions make."""
        return self.of([name]) if self.contract.sources[name].stream == stream else self.passes[name]

    @cached_property
    def passes(self) -> dict[str, list[Accepted]]:
        """The passes of the located sources, by day; numbered in `labels` after all that was received."""
        names = sorted(name for name, source in self.contract.sources.items() if source.locate)
        found = {name: located(self.terms, self.lake, name, self.of([name]), self.sql, self.as_of) for name in names}
        rows = [(str(self.lake.path(one.accepted_file)), one.label) for some in found.values() for one in some]
        self.duck.execute(
            "INSERT INTO labels SELECT (SELECT coalesce(max(number) + 1, 0) FROM labels) + i - 1, $files[i], "
            "$labels[i] FROM range(1, len($files::VARCHAR[]) + 1) r(i) "
            "WHERE $files[i] NOT IN (SELECT file FROM labels) ORDER BY i",
            {"files": [file for file, _ in rows], "labels": [label for _, label in rows]},
        )
        return found

    @cached_property
    def namesakes(self) -> frozenset[tuple[str, str]]:
        """Source and name of deliveries that speak side by side under one name, as appended ones may."""
        counts = Counter((one.source, one.name) for one in self.in_force)
        return frozenset(name for name, count in counts.items() if count > 1)

    def cites(self, one: Accepted) -> str:
        """How verdicts name a delivery: by its source and name, among namesakes by its content too."""
        return f"{one.label}@{one.sha256[:12]}" if (one.source, one.name) in self.namesakes else one.label

    def holder(self, cited: str) -> str:
        """Who runs the source of an event that `cited` names, as the macro does (`label`)."""
        return self.contract.sources[cited.split(" ", 1)[0]].run_by

    def unnamed(self, asked: Selection) -> str | None:
        """What an event concerns that states no unit: the contract as a whole; where units join nothing, anything."""
        return self.terms.id if "unit" in asked.key else None

    @cached_property
    def last(self) -> datetime:
        """When the last of it arrived: `as_of`, or later where an earlier instant is judged by what is known now."""
        return max((self.as_of, *(one.received_at for one in self.received if one.received_at is not None)))

    def arrived_by(self, instant: datetime) -> Evidence:
        """The same evidence as it had arrived at `instant`; an archive's file, whose arrival nobody knows, had."""
        kept = tuple(one for one in self.received if one.received_at is None or one.received_at <= instant)
        late = tuple(one for one in self.received if one.received_at is not None and one.received_at > instant)
        lost = tuple(one for one in self.unread if one.received_at is None or one.received_at <= instant)
        return replace(self, received=kept, too_late=late, told_by=instant, unread=lost)

    def events(
        self, asked: Selection, over: Interval | None = None, *, cited: bool = True
    ) -> tuple[str, dict[str, Any]]:
        """A query for the events up to `as_of` (and in [over[0], over[1]]), and its parameters.

        Columns: key, unit, zone, actor, kind, record, at, earlier (the other reading of a doubtful local time), until,
        rank, party (whose act it was; NULL: the debtor's), ref (NULL unless they are to be `cited`), and `asked.more`.
        """
        parts: list[str] = []
        parameters: dict[str, Any] = {"as_of": self.as_of}
        # what another column tells, and which version of a record is the latest, no file's times say
        any_time = asked.at != "at" or asked.versions
        for number, name in enumerate(self.contract.sources_of(asked.stream)):
            files = [
                one
                for one in self.feeding(name, asked.stream)
                if one.accepted and (any_time or over is None or touches(one, *over))
            ]
            if files:
                parameters[f"files{number}"] = [str(self.lake.path(one.accepted_file)) for one in files]
                if unread := self._taking(name, asked):
                    parameters |= {f"unread{number}": list(unread), f"polled{number}": list(unread.values())}
                parts.append(self._source(name, asked, number, over, cited))
        if over is not None and parts:
            parameters |= {"from": over[0], "to": over[1]}
        if asked.kinds is not None and parts:
            parameters["kinds"] = list(asked.kinds)
        if not parts:
            return self._none(asked), {}
        union = " UNION ALL ".join(parts)
        if asked.versions:  # of a record that several sources tell of too (docs/decisions/0071)
            last = f"SELECT * FROM ({union}) QUALIFY {latest(('record',))}" if len(parts) > 1 else union
            union = f"SELECT * EXCLUDE (_told_at, _arrival, _line, _fits) FROM ({last}) WHERE _fits"
        return union, parameters

    def concerning(
        self, name: str, columns: tuple[str, ...], begins: datetime, ends: datetime | None
    ) -> Iterator[Accepted]:
        """What source `name` ever delivered that says anything about [begins, ends), in one of `columns` too."""
        if (name, columns) not in self.timelines:
            stated = [self.stated(name, column) for column in columns]
            covers = self.contract.sources[name].covers

            def spans(one: Accepted) -> Iterator[Interval]:
                # an archive's file also speaks by its silence, of all that it is said to cover
                yield from ((span.from_, span.to) for span in covers if span.file == one.name)
                yield from (some[one.accepted_file] for some in stated if one.accepted_file in some)
                if stated and one.quarantined:
                    yield told_of(one)

            self.timelines[name, columns] = Timeline.of(self.ever.get(name, []), spans)
        return self.timelines[name, columns].touching(begins, ends)

    def stated(self, name: str, column: str) -> Mapping[str, Interval]:
        """The first and the last instant that each file that source `name` ever delivered states in a column."""
        if (name, column) not in self.spans:
            files = {str(self.lake.path(one.accepted_file)): one.accepted_file for one in self._rows(name)}
            has = column in self.columns_of(name, self.contract.sources[name].stream)
            query = (
                f'SELECT filename, min("{column}") AS first, max("{column}") AS last FROM read_parquet($files, '
                "filename = true, union_by_name = true) GROUP BY filename HAVING first IS NOT NULL"
            )
            rows = self.rows(query, {"files": list(files)}) if has else []
            self.spans[name, column] = {files[row["filename"]]: (row["first"], row["last"]) for row in rows}
        return self.spans[name, column]

    def stated_next(self, name: str, columns: Iterable[str]) -> datetime | None:
        """The earliest instant after `as_of` at which a row of source `name` that has arrived begins to count.

        `columns`: those that tell when it happened, beside `at`. A row that a later delivery replaced is one too: where
        that came after a clock's `proof_until`, it does not count.
        """
        has, found = self.columns_of(name, self.contract.sources[name].stream), []
        for column in sorted(has & {"at", *columns}):
            spans = self.stated(name, column) if column != "at" else {}
            lasts = ((one, (one.last_at, *spans.get(one.accepted_file, ()))) for one in self._rows(name))
            late = [
                str(self.lake.path(one.accepted_file))
                for one, instants in lasts
                if any(at is not None and at > self.as_of for at in instants)
            ]
            if late:
                seen = f'greatest("{column}", seen_at)' if "seen_at" in has else f'"{column}"'
                found += self.rows(
                    f'SELECT min({seen}) AS "at" FROM read_parquet($files, union_by_name = true) '
                    f'WHERE {seen} > $as_of AND "{column}" IS NOT NULL',
                    {"files": late, "as_of": self.as_of},
                )
        return min((row["at"] for row in found if row["at"] is not None), default=None)

    def _rows(self, name: str) -> list[Accepted]:
        """The deliveries with rows that source `name` ever made."""
        return [one for one in self.ever.get(name, ()) if one.accepted]

    def select(self, table: str, asked: Selection, over: Interval | None, *columns: str) -> None:
        """Make the temporary table `table` of those events; only `columns` are read and kept."""
        query, parameters = self.events(asked, over)
        self.duck.execute(
            f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT {', '.join(columns)} FROM ({query})", parameters
        )

    def rows(self, query: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        """The rows of a query; times are aware, UTC."""
        table = self.duck.sql(query, params=parameters).to_arrow_table()
        return [_utc(row) for row in table.to_pylist()]

    def label(self) -> None:
        """Make the tables of the deliveries received, by which events are cited and their versions told apart."""
        labels.lay(self.duck, self.lake, self.received, self.cites)

    def _source(self, name: str, asked: Selection, number: int, over: Interval | None, cited: bool) -> str:
        source = self.contract.sources[name]
        has, derived = self.columns_of(name, asked.stream), source.stream != asked.stream
        at = expression(asked.at, has, source)
        shown = {own: expression(own, has, source) for own in (*_OWN, *asked.more)}
        if "out_of" in shown:
            shown["out_of"] = '"length_m"' if derived else "NULL::DOUBLE"
        key = [expression(one, has, source) for one in asked.key]
        other = f'"{earlier(asked.at)}"' if earlier(asked.at) in has else "NULL::TIMESTAMPTZ"
        if asked.reading == "earlier":
            at = f"coalesce({other}, {at})"
        if asked.reading in ("later", "earlier"):
            other = "NULL::TIMESTAMPTZ"
        begun = f"coalesce({other}, {at})" if asked.reading == "either" else at
        seen = "AND coalesce(seen_at <= $as_of, true)" if "seen_at" in has else ""
        conditions = [f"{at} IS NOT NULL AND {begun} <= $as_of {seen}"]
        if over is not None:
            conditions.append(f"{at} BETWEEN $from AND $to")
        if asked.kinds is not None:
            conditions.append(f"list_contains($kinds, {shown['kind']})")
        if asked.where is not None:
            conditions.append(f"({asked.where.sql})" if asked.where.columns <= has else "false")
        numbered = ", file_row_number = true" if derived else ""
        line = "file_row_number + 1" if derived else "line"
        files = f"read_parquet($files{number}, filename = true, union_by_name = true{numbered})"
        keyed, fits = source.key and not derived, " AND ".join(conditions)
        arrivals, came = labels.arrivals(self.told_by), "(SELECT file AS filename, number AS _number FROM labels)"
        read, ref = files, "NULL::BIGINT"
        if cited:
            read, ref = f"{files} JOIN {came} USING (filename)", f"_number * 4294967296 + {line}"
        if asked.versions or keyed:
            told = f"{labels.told_at(has)} AS _told_at, {line} AS _line"
            read = f"(SELECT *, {told} FROM {read} LEFT JOIN {arrivals} ON _file = filename)"
        if asked.versions and "record" in has:
            read = f'(SELECT * FROM {read} WHERE "at" <= $as_of {seen} QUALIFY {latest(("record",))})'
        by = self.told_by_key(name, asked)
        hides = [unreadable(by, f"$unread{number}", f"$polled{number}", arrivals)] if self._taking(name, asked) else []
        if keyed:
            parts = [f"SELECT *, false AS _unread FROM {read} WHERE true {seen}", *(hides if by == source.key else ())]
            last = f"SELECT * FROM ({' UNION ALL BY NAME '.join(parts)}) QUALIFY {latest(source.key)}"
            read = f"(SELECT * EXCLUDE (_unread) FROM ({last}) WHERE NOT _unread)"
        if hides and by == _RECORD:  # the last version, also where several sources tell of the record: it fits nothing
            read = f"(SELECT * FROM (FROM {read} UNION ALL BY NAME {hides[0]}) QUALIFY {latest(by)})"
        columns = ", ".join(f'{value} AS "{column}"' for column, value in shown.items())
        told = (
            f'SELECT {joined(key)} AS key, {columns}, {at} AS "at", {other} AS earlier, {source.rank:d} AS rank, '
            f"{self._party(source, shown['actor'])} AS party, {ref} AS ref"
        )
        if asked.versions:  # whether the latest one fits is asked of that alone
            return f"{told}, _told_at, _arrival, _line, coalesce({fits}, false) AS _fits FROM {read}"
        return f"{told} FROM {read} WHERE {fits}"

    def _taking(self, name: str, asked: Selection) -> dict[str, datetime | None]:
        """The files with rows in quarantine that take the place of rows that are asked for, as `_unread` tells them.

        None takes that of a record that starts a clock.
        """
        begins = asked.versions and not asked.owed
        return {} if begins else self._unread(name, asked.stream, self.told_by_key(name, asked))

    def told_by_key(self, name: str, asked: Selection) -> tuple[str, ...]:
        """What rows of source `name` are versions of one another by, so that one that nobody can read takes the place
        of those before it: the source's key (0062).

        Of a record that states its own end, the record's number (docs/decisions/0090); its clock starts as the last
        version says that can be read.
        """
        source = self.contract.sources[name]
        if source.stream != asked.stream:
            return ()  # passes that positions make
        own = asked.versions and asked.owed and "record" in self.columns_of(name, asked.stream)
        return _RECORD if own else source.key

    def _unread(self, name: str, stream: str, key: Sequence[str]) -> dict[str, datetime | None]:
        """The files with rows in quarantine that are versions of others, by the `key` of source `name`, and their
        polls: the last that a file states, if any."""
        source = self.contract.sources[name]
        held = self.of([name]) if key and source.stream == stream else ()
        some = [one for one in held if one.quarantined]
        polled = self.stated(name, "seen_at") if some else {}
        return {
            str(self.lake.path(one.quarantine_file)): polled.get(one.accepted_file, (None, None))[1] for one in some
        }

    def replaced(self, name: str, asked: Selection) -> frozenset[tuple[str, int]]:
        """The rows in quarantine (file, line) of source `name` of which a later version came (0062)."""
        stream, key = asked.stream, self.told_by_key(name, asked)
        unread = self._unread(name, stream, key)
        if unread and (name, stream, key) not in self.outdated:
            files = [str(self.lake.path(one.accepted_file)) for one in self.of([name]) if one.accepted]
            arrivals = labels.arrivals(self.told_by)
            parts = [unreadable(key, "$unread", "$polled", arrivals)]
            if files:
                shown = ", ".join(f'"{column}"' for column in key)
                told = f"_arrival, {labels.told_at(self.columns_of(name, stream))} AS _told_at, line AS _line"
                read = "read_parquet($files, filename = true, union_by_name = true) e"
                came = f"JOIN {arrivals} a ON a._file = e.filename"
                parts.append(f"SELECT {shown}, _file, {told}, false AS _unread FROM {read} {came}")
            earlier_ones = f"SELECT * FROM ({' UNION ALL BY NAME '.join(parts)}) QUALIFY NOT ({latest(key)})"
            given = {"unread": list(unread), "polled": list(unread.values()), **({"files": files} if files else {})}
            rows = self.rows(f"SELECT _file, _line FROM ({earlier_ones}) WHERE _unread ORDER BY ALL", given)
            self.outdated[name, stream, key] = frozenset((row["_file"], row["_line"]) for row in rows)
        return self.outdated.get((name, stream, key), frozenset())

    def _party(self, source: Source, actor: str) -> str:
        """Whose act an event is: the party that the actor belongs to, else the one that the source records."""
        known = {a: party.id for party in self.contract.contractors for a in party.actors}
        otherwise = literal(source.acts_by) if source.acts_by else "NULL::VARCHAR"
        if not known:
            return otherwise
        cases = " ".join(f"WHEN {literal(a)} THEN {literal(party)}" for a, party in sorted(known.items()))
        return f"CASE {actor} {cases} ELSE {otherwise} END"

    def columns_of(self, name: str, stream: str) -> frozenset[str]:
        """The columns that the accepted files of a source have, or its passes where these are what `stream` reads."""
        key = (name, self.contract.sources[name].stream == stream)
        if key not in self.columns:
            files = [str(self.lake.path(one.accepted_file)) for one in self.feeding(name, stream) if one.accepted]
            if not files:
                return frozenset()
            query = "DESCRIBE SELECT * FROM read_parquet($files, union_by_name = true)"
            found = self.duck.execute(query, {"files": files}).fetchall()
            self.columns[key] = frozenset(str(row[0]) for row in found)
        return self.columns[key]

    def _none(self, asked: Selection) -> str:
        own = ", ".join(f'NULL::{"TIMESTAMPTZ" if c == "until" else "VARCHAR"} AS "{c}"' for c in _OWN)
        sources = [self.contract.sources[name] for name in self.contract.sources_of(asked.stream)]
        stated = {c: type_of(c, s) for s in reversed(sources) for one in s.columns for c in (one, earlier(one))}
        more = "".join(f', NULL::{stated.get(c, "DOUBLE")} AS "{c}"' for c in asked.more)
        return (
            f'SELECT NULL::VARCHAR AS key, {own}{more}, NULL::TIMESTAMPTZ AS "at", NULL::TIMESTAMPTZ AS earlier, '
            "0 AS rank, NULL::VARCHAR AS party, 0::BIGINT AS ref WHERE false"
        )


def _utc(row: dict[str, Any]) -> dict[str, Any]:
    return {k: v.astimezone(UTC) if isinstance(v, datetime) else v for k, v in row.items()}
