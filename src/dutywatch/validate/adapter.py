"""DuckDB for Great Expectations, which does not know it: one execution engine and one data source.

Everything that works around a library stands here, with its reason. Judging and quarantine see a batch.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Literal

import duckdb
import great_expectations as gx
import sqlalchemy as sa
from duckdb_engine import ConnectionWrapper
from great_expectations.compatibility import pydantic
from great_expectations.data_context.types.base import DataContextConfig, InMemoryStoreBackendDefaults
from great_expectations.datasource.fluent import SQLDatasource
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import deregister

# duckdb_engine hangs its TRY_CAST on SQLAlchemy's own class. Great Expectations keeps that alive to the end
# of the process, and with it DuckDB, which then prints a page about leaks. Nothing here writes TRY_CAST.
deregister(sa.TryCast)

# What it logs comes back as a fault, so nothing need be printed where no logging is set up.
logging.getLogger("great_expectations").addHandler(logging.NullHandler())


class _Columns:
    """Stands in for SQLAlchemy's inspector, which asks PostgreSQL's catalogue for what DuckDB's lacks."""

    def __init__(self, engine: DuckDBExecutionEngine) -> None:
        self._engine = engine
        self.dialect = engine.engine.dialect

    def get_columns(self, table_name: str, **_: Any) -> list[dict[str, Any]]:
        types = self.dialect.ischema_names
        described = sa.text("SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = :name")
        with self._engine.get_connection() as connection:
            rows = connection.execute(described, {"name": str(table_name)}).all()
        return [
            {"name": name, "type": types.get(kind.lower(), sa.types.NullType)(), "nullable": True}
            for name, kind in rows
        ]

    def get_pk_constraint(self, *_: Any, **__: Any) -> dict[str, Any]:
        return {"constrained_columns": []}


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):  # type: ignore[misc]  # the library's types are skipped
    """Great Expectations' SQL engine on an open DuckDB."""

    def __init__(self, db: duckdb.DuckDBPyConnection) -> None:
        engine = sa.create_engine(
            "duckdb://", creator=lambda: ConnectionWrapper(db.cursor()), poolclass=sa.pool.NullPool
        )
        super().__init__(engine=engine, create_temp_table=False)
        self.dialect_module = _dialect_module()
        # Every statement stands alone: in a transaction the first that fails would make all others fail.
        for method in ("do_begin", "do_commit", "do_rollback"):
            setattr(engine.dialect, method, _nothing)
        self._kept = engine.connect()
        # The dialect quotes reserved words only; "at" is a keyword of another category and fails unquoted.
        keywords = db.execute("SELECT keyword_name FROM duckdb_keywords()").fetchall()
        preparer = engine.dialect.identifier_preparer
        preparer.reserved_words = preparer.reserved_words | {word for (word,) in keywords}

    @contextmanager
    def get_connection(self) -> Iterator[sa.Connection]:
        """One connection for all: results are fetched after the block, and closing it would wipe them."""
        yield self._kept

    def get_inspector(self) -> _Columns:
        return _Columns(self)

    def shut(self) -> None:
        self._kept.close()


def _nothing(_: Any) -> None:
    """There is no transaction to begin or to end."""


def _dialect_module() -> SimpleNamespace:
    """What Great Expectations takes for the dialect's module: the types, and the mark that makes it write
    REGEXP_MATCHES (PostgreSQL's own operator means something else in DuckDB)."""
    found = {name: kind for module in (sa.types, postgresql) for name, kind in vars(module).items()}
    types = {n: k for n, k in found.items() if isinstance(k, type) and issubclass(k, sa.types.TypeEngine)}
    return SimpleNamespace(**types, DremioDialect=None)


class DuckDBDatasource(SQLDatasource):  # type: ignore[misc]
    """A data source over an execution engine that is already open."""

    type: Literal["duckdb"] = "duckdb"
    _opened: Any = pydantic.PrivateAttr(None)

    @property
    def execution_engine_type(self) -> Any:
        return DuckDBExecutionEngine

    def get_execution_engine(self) -> DuckDBExecutionEngine:
        engine: DuckDBExecutionEngine = self._opened
        return engine

    def get_engine(self) -> sa.Engine:
        engine: sa.Engine = self.get_execution_engine().engine
        return engine


@dataclass(frozen=True)
class Opened:
    """A view as a batch of Great Expectations, and the engine on which it is judged."""

    batch: Any
    engine: DuckDBExecutionEngine


def new_context() -> Any:
    """A context that lives in memory, tells nobody and draws no progress bars."""
    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(),
        progress_bars={"globally": False},
        analytics_enabled=False,
    )
    return gx.get_context(mode="ephemeral", project_config=config)


@contextmanager
def opened(db: duckdb.DuckDBPyConnection, context: Any, view: str) -> Iterator[Opened]:
    """The view as a batch, on an engine of its own, which remembers no other batch's columns."""
    name = f"{view}_{len(context.data_sources.all())}"
    source = DuckDBDatasource(name=name, connection_string="duckdb://")
    source._opened = DuckDBExecutionEngine(db)
    try:
        asset = context.add_datasource(datasource=source).add_table_asset(view, table_name=view)
        yield Opened(asset.add_batch_definition_whole_table(view).get_batch(), source._opened)
    finally:
        source._opened.shut()
