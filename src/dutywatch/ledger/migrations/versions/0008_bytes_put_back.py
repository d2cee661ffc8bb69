"""Bytes that came before come anew where their name had others since (docs/decisions/0067)."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    names = ["contract", "source", "name", "sha256"]
    op.drop_constraint("uq_deliveries_contract_source_name_sha256", "deliveries", type_="unique")
    op.create_unique_constraint(
        "uq_deliveries_contract_source_name_sha256_received_at", "deliveries", [*names, "received_at"]
    )
