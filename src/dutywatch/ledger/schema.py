"""The ledger's schema: brought to head by `migrate`, and refused by every step where it is not."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, insert, select, text
from sqlalchemy.exc import OperationalError

from dutywatch.errors import LedgerError, SchemaBehind, SettingsError
from dutywatch.ledger import tables

_MIGRATIONS = Path(__file__).parent / "migrations"


def engine(address: str | None) -> Engine:
    """An engine for the ledger at `address` (postgresql+psycopg://...). Make it inside a step, then dispose."""
    if not address:
        raise SettingsError(
            "no ledger: set DUTYWATCH_LEDGER to the address of a PostgreSQL database, such as "
            "postgresql+psycopg://user@host/ledger (`make up` brings one and prints the line); `judge`, `explain` and "
            "`what-if` need none with --landing DIR --as-of ISO"
        )
    if not address.startswith("postgresql"):
        raise SettingsError("DUTYWATCH_LEDGER must name a PostgreSQL database: postgresql+psycopg://...")
    address = "postgresql+psycopg" + address[address.index("://") :]
    made = create_engine(address, pool_size=2, max_overflow=2)
    event.listen(made, "handle_error", _unreachable)
    return made


def _unreachable(context: ExceptionContext) -> None:
    """Say in a line that there is no such server or database. Raises LedgerError."""
    if context.connection is not None or not isinstance(context.sqlalchemy_exception, OperationalError):
        return
    why = str(context.original_exception).strip().rpartition("\n")[2]
    hint = ": create the database first, such as with `createdb`" if "does not exist" in why else ""
    raise LedgerError(f"the ledger cannot be reached: {why}{hint}") from None


def migrate(ledger: Engine, clock: str, now: datetime | None) -> None:
    """Bring the schema to head and set the ledger's clock if it has none yet; the clock never changes."""
    with ledger.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(72017201)"))  # one migration at a time
        command.upgrade(_config(connection), "head")
        row = connection.execute(select(tables.ledger.c.clock)).first()
        if row is None:
            connection.execute(insert(tables.ledger).values(id=1, clock=clock, now=now))
        elif row.clock != clock:
            raise LedgerError(f"this ledger runs on the {row.clock} clock, for ever: make another for {clock}")


def require_head(connection: Connection) -> None:
    """Raise SchemaBehind unless the schema is at head."""
    context = MigrationContext.configure(connection, opts={"version_table": "ledger_version"})
    if (found := context.get_current_revision()) != (wanted := _newest()):
        raise SchemaBehind(f"the ledger's schema is {found or 'empty'}, this engine writes {wanted}: dutywatch migrate")


@cache
def _newest() -> str | None:
    """The newest revision that this code knows; its files, which each step would read anew, do not change under it."""
    return ScriptDirectory(str(_MIGRATIONS)).get_current_head()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.attributes["connection"] = connection
    return config
