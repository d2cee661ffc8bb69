"""Polls: when a source was asked, for what, and what its server said for the next request."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("polled_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("deliveries", sa.Column("url", sa.Text(), nullable=True))
    op.add_column("deliveries", sa.Column("etag", sa.Text(), nullable=True))
    op.add_column("deliveries", sa.Column("last_modified", sa.Text(), nullable=True))
