"""Alembic's entry: runs on the connection that `ledger.schema` hands over."""

from alembic import context

from dutywatch.ledger.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, version_table="ledger_version")
with context.begin_transaction():
    context.run_migrations()
