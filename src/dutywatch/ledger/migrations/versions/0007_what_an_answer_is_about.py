"""An answer says which revision of its message it answers; an escalated message since when it speaks for others."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("escalated_in", sa.Integer(), nullable=True))
    op.execute("UPDATE messages SET escalated_in = 1 WHERE escalates IS NOT NULL")
    op.add_column("answers", sa.Column("revision", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE answers SET revision = coalesce((SELECT max(r.revision) FROM revisions r "
        "WHERE r.message = answers.message AND r.at <= answers.answered_at), 1)"
    )
    op.alter_column("answers", "revision", nullable=False)
