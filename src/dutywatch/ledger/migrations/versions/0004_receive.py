"""What validation noticed of a delivery as a whole: clocks that are off, rules that only count."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("acceptances", sa.Column("noticed", postgresql.JSONB(), nullable=True))
