"""A flip says who owes its duty: an assignment may give it to another party than its clause names."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("flips", sa.Column("party", sa.Text(), nullable=True))
