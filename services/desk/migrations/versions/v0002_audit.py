"""What an auditor's figures are made of. The read model is made anew: older records have such rows, too."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

MADE_ANEW = (
    "checkpoints", "cases", "clocks", "deadlines", "ladders", "ladder_steps", "alerts", "answers", "timeline",
    "situations", "explanations", "measures", "links", "holds", "places", "shifts", "contacts", "accounts", "areas",
    "verdicts",
)  # fmt: skip


def upgrade() -> None:
    """Make the tables, and forget what was read without them."""
    op.create_table(
        "audit_marks",
        sa.Column("book", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("seq", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("position", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("county", sa.String(6), nullable=False),
        sa.Column("case_id", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(120), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("facts", sa.Text()),
    )
    op.create_index("audit_marks_of_a_case", "audit_marks", ["case_id"])
    op.create_index("audit_marks_by_time", "audit_marks", ["at_ms"])
    op.create_table(
        "audit_institutions",
        sa.Column("book", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("area", sa.String(12), primary_key=True),
        sa.Column("institution", sa.String(120), primary_key=True),
        sa.Column("type", sa.String(120), primary_key=True),
        sa.Column("first_at_ms", sa.BigInteger(), nullable=False),
    )
    for name in MADE_ANEW:
        op.execute(sa.delete(sa.table(name)))
