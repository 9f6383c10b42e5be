"""One-time codes and sessions of the links that lead from an answer page to one task."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "link_codes",
        sa.Column("link_sha256", sa.String(64), primary_key=True),
        sa.Column("created_wall_ms", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("contact_id", sa.String(120), nullable=False),
        sa.Column("contacts_of", sa.String(6), nullable=False),
        sa.Column("code_hmac", sa.String(64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
    )
    op.create_table(
        "link_sessions",
        sa.Column("session_sha256", sa.String(64), primary_key=True),
        sa.Column("contact_id", sa.String(120), nullable=False),
        sa.Column("contacts_of", sa.String(6), nullable=False),
        sa.Column("alert_id", sa.String(120), nullable=False),
        sa.Column("case_id", sa.String(120), nullable=False),
        sa.Column("department", sa.String(120), nullable=False),
        sa.Column("created_wall_ms", sa.BigInteger(), nullable=False),
        sa.Column("until_wall_ms", sa.BigInteger(), nullable=False),
    )
    op.create_index("link_sessions_by_time", "link_sessions", ["created_wall_ms"])
