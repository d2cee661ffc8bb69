"""Decisions of people, and successors of duties that revised data made void."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("contract", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("obligation", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("trigger", sa.Text(), nullable=True),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("published", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind <> 'waive' OR published <> ''", name=op.f("ck_decisions_waivers_are_published")),
        sa.CheckConstraint("kind IN ('excuse', 'waive', 'admit', 'suspend')", name=op.f("ck_decisions_known_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    op.create_index(op.f("ix_decisions_contract"), "decisions", ["contract"])
    op.create_table(
        "confirmations",
        sa.Column("decision", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["decision"], ["decisions.id"], name=op.f("fk_confirmations_decision")),
        sa.PrimaryKeyConstraint("decision", "person", name=op.f("pk_confirmations")),
    )
    op.add_column("flips", sa.Column("successor", sa.Text(), nullable=True))
    op.add_column("flips", sa.Column("succeeds", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("flips", "succeeds")
    op.drop_column("flips", "successor")
    op.drop_table("confirmations")
    op.drop_index(op.f("ix_decisions_contract"), table_name="decisions")
    op.drop_table("decisions")
