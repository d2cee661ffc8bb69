"""The first ledger: deliveries, acceptances, evaluations, sheets, flips, messages, answers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("contract", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("service_date", sa.Date(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.Column("header", sa.BigInteger(), nullable=False),
        sa.Column("blank", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("columns", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rows_file", sa.Text(), nullable=False),
        sa.Column("refused", sa.Text(), nullable=True),
        sa.CheckConstraint("lines = header + blank + rows", name=op.f("ck_deliveries_every_line_has_a_fate")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint(
            "contract", "source", "name", "sha256", name=op.f("uq_deliveries_contract_source_name_sha256")
        ),
    )
    op.create_table(
        "evaluations",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("contract", sa.Text(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=True),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("judged", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["base"], ["evaluations.id"], name=op.f("fk_evaluations_base")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluations")),
    )
    op.create_table(
        "ledger",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clock", sa.Text(), nullable=False),
        sa.Column("now", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(clock = 'replay') = (now IS NOT NULL)", name=op.f("ck_ledger_replay_has_now")),
        sa.CheckConstraint("clock IN ('wall', 'replay')", name=op.f("ck_ledger_known_clock")),
        sa.CheckConstraint("id = 1", name=op.f("ck_ledger_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger")),
    )
    op.create_table(
        "messages",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("contract", sa.Text(), nullable=False),
        sa.Column("obligation", sa.Text(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("escalates", sa.BigInteger(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["escalates"], ["messages.id"], name=op.f("fk_messages_escalates")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint(
            "contract",
            "obligation",
            "trigger",
            "person",
            "level",
            name=op.f("uq_messages_contract_obligation_trigger_person_level"),
        ),
    )
    op.create_table(
        "acceptances",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("delivery", sa.BigInteger(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted", sa.BigInteger(), nullable=False),
        sa.Column("quarantined", sa.BigInteger(), nullable=False),
        sa.Column("by_rule", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("accepted_file", sa.Text(), nullable=False),
        sa.Column("quarantine_file", sa.Text(), nullable=False),
        sa.Column("refused", sa.Text(), nullable=True),
        sa.Column("covers_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("covers_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["delivery"], ["deliveries.id"], name=op.f("fk_acceptances_delivery")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acceptances")),
        sa.UniqueConstraint("delivery", "rules", name=op.f("uq_acceptances_delivery_rules")),
    )
    op.create_table(
        "answers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("message", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('acknowledged', 'disputed')", name=op.f("ck_answers_known_kind")),
        sa.ForeignKeyConstraint(["message"], ["messages.id"], name=op.f("fk_answers_message")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
    )
    op.create_table(
        "flips",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("contract", sa.Text(), nullable=False),
        sa.Column("evaluation", sa.BigInteger(), nullable=False),
        sa.Column("duty_id", sa.Text(), nullable=False),
        sa.Column("obligation", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("unit_class", sa.Text(), nullable=True),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("from_standing", sa.Text(), nullable=False),
        sa.Column("to_standing", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("owed_by", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fulfilled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lapsed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proof_due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message", sa.BigInteger(), nullable=True),
        sa.Column("told_in", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["evaluation"], ["evaluations.id"], name=op.f("fk_flips_evaluation")),
        sa.ForeignKeyConstraint(["message"], ["messages.id"], name=op.f("fk_flips_message")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flips")),
    )
    op.create_index(op.f("ix_flips_contract_duty_id"), "flips", ["contract", "duty_id"], unique=False)
    op.create_index(op.f("ix_flips_message"), "flips", ["message"], unique=False)
    op.create_index(
        "ix_flips_untold", "flips", ["contract"], unique=False, postgresql_where="level IS NOT NULL AND message IS NULL"
    )
    op.create_table(
        "heads",
        sa.Column("contract", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("evaluation", sa.BigInteger(), nullable=True),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["evaluation"], ["evaluations.id"], name=op.f("fk_heads_evaluation")),
        sa.PrimaryKeyConstraint("contract", name=op.f("pk_heads")),
    )
    op.create_table(
        "revisions",
        sa.Column("message", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duties", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["message"], ["messages.id"], name=op.f("fk_revisions_message")),
        sa.PrimaryKeyConstraint("message", "revision", name=op.f("pk_revisions")),
    )
    op.create_table(
        "sheets",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("evaluation", sa.BigInteger(), nullable=False),
        sa.Column("contract", sa.Text(), nullable=False),
        sa.Column("obligation", sa.Text(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("inputs", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("duties", sa.Integer(), nullable=False),
        sa.Column("wake_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("window_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("window_to", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["evaluation"], ["evaluations.id"], name=op.f("fk_sheets_evaluation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheets")),
        sa.UniqueConstraint("evaluation", "obligation", "date", name=op.f("uq_sheets_evaluation_obligation_date")),
    )
    op.create_index(
        op.f("ix_sheets_contract_obligation_date_evaluation"),
        "sheets",
        ["contract", "obligation", "date", "evaluation"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_sheets_contract_obligation_date_evaluation"), table_name="sheets")
    op.drop_table("sheets")
    op.drop_table("revisions")
    op.drop_table("heads")
    op.drop_index("ix_flips_untold", table_name="flips", postgresql_where="level IS NOT NULL AND message IS NULL")
    op.drop_index(op.f("ix_flips_message"), table_name="flips")
    op.drop_index(op.f("ix_flips_contract_duty_id"), table_name="flips")
    op.drop_table("flips")
    op.drop_table("answers")
    op.drop_table("acceptances")
    op.drop_table("messages")
    op.drop_table("ledger")
    op.drop_table("evaluations")
    op.drop_table("deliveries")
