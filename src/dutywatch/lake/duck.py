"""The one way to open DuckDB: bounded memory, no network, no files outside the lake."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from dutywatch.lake.files import Lake

MEMORY = "2GB"
THREADS = 2

PARQUET = "FORMAT parquet, PARQUET_VERSION V2, COMPRESSION lz4, DICTIONARY_SIZE_LIMIT 5000"
"""How files are written: in less time, and room, than DuckDB's own settings with zstd take."""


@contextmanager
def connect(lake: Lake, *, threads: int = THREADS, ordered: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory DuckDB that may read and write below the lake only; times are UTC; closed at the end.

    `ordered`: rows are written in the order in which they are read, at the price of some memory.
    """
    root = lake.root.resolve()
    spill = root / ".spill"
    spill.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(":memory:")
    try:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"SET memory_limit = '{MEMORY}'")
        connection.execute(f"SET threads = {threads:d}")
        connection.execute("SET enable_progress_bar = false")  # it would stand in what a command prints
        connection.execute(f"SET preserve_insertion_order = {str(ordered).lower()}")
        connection.execute("SET autoinstall_known_extensions = false")
        connection.execute("SET autoload_known_extensions = false")
        connection.execute(f"SET temp_directory = {literal(str(spill))}")
        connection.execute(f"SET allowed_directories = [{literal(str(root) + '/')}]")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        yield connection
    finally:
        connection.close()


def literal(text: str) -> str:
    """`text` as an SQL string literal, for the few places where DuckDB takes no parameter."""
    return "'" + text.replace("'", "''") + "'"


def copy(
    connection: duckdb.DuckDBPyConnection,
    query: str,
    target: Path,
    given: Mapping[str, Any] | None = None,
    told: Mapping[str, str] | None = None,
) -> None:
    """Write the rows of `query`, which must order them totally, to a Parquet file.

    `given` are the query's parameters, `told` is the file's metadata.
    """
    metadata = ", ".join(f"{name}: {literal(text)}" for name, text in (told or {}).items())
    options = f"{PARQUET}{f', KV_METADATA {{{metadata}}}' if told else ''}"
    connection.execute(f"COPY ({query}) TO {literal(str(target))} ({options})", given)


def alike(name: str, said: str) -> str:
    """SQL: whether `name` is written nearly as `said`: a letter apart, or a quarter of them (both count bytes)."""
    return f"levenshtein(lower({name}), lower({said})) <= greatest(1, strlen({said}) // 4)"
