"""A delivery is read anew under a new mapping, and again under an old one that is put back.

An acceptance says how its lines were read; NULL: as when the delivery was received.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint("uq_acceptances_delivery_rules", "acceptances", type_="unique")
    op.create_index("ix_acceptances_delivery", "acceptances", ["delivery"])
    for name in ("lines", "header", "blank", "rows"):
        op.add_column("acceptances", sa.Column(name, sa.BigInteger(), nullable=True))
