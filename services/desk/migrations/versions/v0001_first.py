"""The first tables: the read model of the case-log, and the desk's own."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    _cases()
    _response()
    _registry()
    _own()


def _cases() -> None:
    """Cases, their clocks, their life and the law."""
    op.create_table(
        "checkpoints",
        sa.Column("book", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("next_offset", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("decided_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("halted", sa.String(120)),
    )
    op.create_table(
        "cases",
        sa.Column("case_id", sa.String(120), primary_key=True),
        sa.Column("county", sa.String(6), nullable=False),
        sa.Column("area", sa.String(12), nullable=False),
        sa.Column("book", sa.Integer(), nullable=False),
        sa.Column("receipt", sa.String(120), nullable=False),
        sa.Column("report_id", sa.String(120), nullable=False),
        sa.Column("child", sa.Integer(), nullable=False),
        sa.Column("filed_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("arrived_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("opened_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("is_undecidable", sa.Boolean(), nullable=False),
        sa.Column("error", sa.String(120)),
        sa.Column("state", sa.String(120)),
        sa.Column("level", sa.String(2)),
        sa.Column("urgency", sa.Integer()),
        sa.Column("level_by", sa.String(120)),
        sa.Column("level_reason", sa.String(120)),
        sa.Column("officer", sa.String(120)),
        sa.Column("in_hand", sa.String(120)),
        sa.Column("in_hand_until_ms", sa.BigInteger()),
        sa.Column("holder", sa.String(120)),
        sa.Column("custody_since_ms", sa.BigInteger()),
        sa.Column("custody_by", sa.String(120)),
        sa.Column("custody_place_id", sa.String(120)),
        sa.Column("place_id", sa.String(120)),
        sa.Column("seen_at_ms", sa.BigInteger()),
        sa.Column("seen_by", sa.String(120)),
        sa.Column("closed_at_ms", sa.BigInteger()),
        sa.Column("close_reason", sa.String(120)),
        sa.Column("closed_by", sa.String(120)),
        sa.Column("next_due_at_ms", sa.BigInteger()),
        sa.Column("next_deadline", sa.String(120)),
        sa.Column("breached", sa.Integer()),
        sa.Column("facts", sa.Text()),
    )
    op.create_index("cases_of_a_receipt", "cases", ["receipt"])
    op.create_index("cases_of_a_report", "cases", ["report_id"])
    op.create_index("cases_of_the_board", "cases", ["is_open", "next_due_at_ms"])
    op.create_table(
        "clocks",
        sa.Column("case_id", sa.String(120), primary_key=True),
        sa.Column("clock", sa.String(120), primary_key=True),
        sa.Column("clock_type", sa.String(120), nullable=False),
        sa.Column("start_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("due_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("rule", sa.String(120), nullable=False),
        sa.Column("basis", sa.String(120), nullable=False),
        sa.Column("citation", sa.String(200), nullable=False),
        sa.Column("state", sa.String(120), nullable=False),
        sa.Column("breaches", sa.Integer(), nullable=False),
        sa.Column("at_ms", sa.BigInteger()),
        sa.Column("next_due_at_ms", sa.BigInteger()),
    )
    op.create_table(
        "deadlines",
        sa.Column("deadline", sa.String(240), primary_key=True),
        sa.Column("case_id", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(120), nullable=False),
        sa.Column("subject", sa.String(120), nullable=False),
        sa.Column("due_at_ms", sa.BigInteger(), nullable=False),
    )
    op.create_index("deadlines_of_a_case", "deadlines", ["case_id", "due_at_ms"])
    op.create_table(
        "timeline",
        sa.Column("book", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("seq", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("position", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("case_id", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(120), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("facts", sa.Text()),
    )
    op.create_index("timeline_of_a_case", "timeline", ["case_id", "seq"])
    op.create_table(
        "situations",
        sa.Column("case_id", sa.String(120), primary_key=True),
        sa.Column("seq", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("rule", sa.String(120), primary_key=True),
        sa.Column("code", sa.String(120), nullable=False),
        sa.Column("title_zh", sa.String(120), nullable=False),
        sa.Column("title_en", sa.String(160), nullable=False),
        sa.Column("level", sa.String(2), nullable=False),
        sa.Column("basis", sa.String(120), nullable=False),
        sa.Column("citation", sa.String(200), nullable=False),
        sa.Column("facts", sa.Text()),
        sa.Column("unknown", sa.Text()),
    )
    op.create_table(
        "explanations",
        sa.Column("case_id", sa.String(120), primary_key=True),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("policy", sa.String(120), nullable=False),
        sa.Column("level", sa.String(2), nullable=False),
        sa.Column("assessment", sa.Text()),
    )
    op.create_table(
        "measures",
        sa.Column("case_id", sa.String(120), primary_key=True),
        sa.Column("measure", sa.String(120)),
        sa.Column("status", sa.String(120)),
        sa.Column("organ", sa.String(120)),
        sa.Column("ground", sa.String(120)),
        sa.Column("rule", sa.String(120)),
        sa.Column("basis", sa.String(120)),
        sa.Column("citation", sa.String(200)),
        sa.Column("proposed_at_ms", sa.BigInteger()),
        sa.Column("decide_by_ms", sa.BigInteger()),
        sa.Column("place_id", sa.String(120)),
        sa.Column("place_reason", sa.String(120)),
        sa.Column("ranking", sa.Text()),
        sa.Column("ranked_count", sa.Integer()),
        sa.Column("guardians", sa.Text()),
        sa.Column("signed_by", sa.String(120)),
        sa.Column("signed_at_ms", sa.BigInteger()),
        sa.Column("wishes", sa.String(120)),
        sa.Column("document_number", sa.String(120)),
        sa.Column("until_ms", sa.BigInteger()),
        sa.Column("end_reason", sa.String(120)),
    )
    op.create_table(
        "links",
        sa.Column("case_id", sa.String(120), primary_key=True),
        sa.Column("other_case_id", sa.String(120), primary_key=True),
    )


def _response() -> None:
    """Who was told, who answered, what became of commands."""
    op.create_table(
        "ladders",
        sa.Column("case_id", sa.String(120), primary_key=True),
        sa.Column("department", sa.String(120), primary_key=True),
        sa.Column("rule", sa.String(120), nullable=False),
        sa.Column("basis", sa.String(120), nullable=False),
        sa.Column("citation", sa.String(200), nullable=False),
        sa.Column("reason", sa.String(120), nullable=False),
        sa.Column("started_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(120), nullable=False),
        sa.Column("step", sa.String(120)),
        sa.Column("by", sa.String(120)),
        sa.Column("at_ms", sa.BigInteger()),
        sa.Column("expires_at_ms", sa.BigInteger()),
        sa.Column("next_step", sa.String(120)),
        sa.Column("next_repeat", sa.Integer()),
        sa.Column("next_due_at_ms", sa.BigInteger()),
        sa.Column("declined_reason", sa.String(120)),
        sa.Column("outcome", sa.String(120)),
        sa.Column("outcome_by", sa.String(120)),
        sa.Column("outcome_at_ms", sa.BigInteger()),
        sa.Column("reference", sa.String(120)),
    )
    op.create_table(
        "ladder_steps",
        sa.Column("book", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("seq", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("position", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("case_id", sa.String(120), nullable=False),
        sa.Column("department", sa.String(120), nullable=False),
        sa.Column("step", sa.String(120), nullable=False),
        sa.Column("repeat", sa.Integer(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("staffed", sa.Boolean(), nullable=False),
        sa.Column("contacts", sa.Text()),
        sa.Column("stand_in", sa.String(120)),
        sa.Column("contacts_of", sa.String(120)),
        sa.Column("reason", sa.String(120), nullable=False),
        sa.Column("lateness_ms", sa.BigInteger(), nullable=False),
    )
    op.create_index("ladder_steps_of_a_case", "ladder_steps", ["case_id"])
    op.create_table(
        "alerts",
        sa.Column("alert_id", sa.String(120), primary_key=True),
        sa.Column("case_id", sa.String(120), nullable=False),
        sa.Column("department", sa.String(120), nullable=False),
        sa.Column("ladder", sa.String(120), nullable=False),
        sa.Column("step", sa.String(120), nullable=False),
        sa.Column("repeat", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(2), nullable=False),
        sa.Column("requested_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("act_by_ms", sa.BigInteger(), nullable=False),
        sa.Column("contacts", sa.Text()),
        sa.Column("contacts_of", sa.String(120)),
        sa.Column("reason", sa.String(120), nullable=False),
        sa.Column("state", sa.String(120), nullable=False),
        sa.Column("channel", sa.String(120)),
        sa.Column("attempts", sa.Integer()),
        sa.Column("settled_at_ms", sa.BigInteger()),
    )
    op.create_index("alerts_of_a_case", "alerts", ["case_id"])
    op.create_table(
        "answers",
        sa.Column("outcome_id", sa.String(120), primary_key=True),
        sa.Column("case_id", sa.String(120), nullable=False),
        sa.Column("alert_id", sa.String(120), nullable=False),
        sa.Column("department", sa.String(120), nullable=False),
        sa.Column("answer", sa.String(120), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
    )
    op.create_index("answers_of_a_case", "answers", ["case_id"])
    op.create_table(
        "verdicts",
        sa.Column("command_id", sa.String(120), primary_key=True),
        sa.Column("book", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("command", sa.String(120), nullable=False),
        sa.Column("account", sa.String(120)),
        sa.Column("role", sa.String(120)),
        sa.Column("case_id", sa.String(120)),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(120)),
        sa.Column("detail", sa.String(300)),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
    )


def _registry() -> None:
    """Places, rota, offices, accounts."""
    op.create_table(
        "holds",
        sa.Column("place_id", sa.String(120), primary_key=True),
        sa.Column("case_id", sa.String(120), primary_key=True),
        sa.Column("county", sa.String(6), nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "places",
        sa.Column("book", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("county", sa.String(6), primary_key=True),
        sa.Column("place_id", sa.String(120), primary_key=True),
        sa.Column("type", sa.String(120), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("age_years_min", sa.Integer(), nullable=False),
        sa.Column("age_years_max", sa.Integer(), nullable=False),
        sa.Column("sexes", sa.Text()),
        sa.Column("accepts_disability", sa.Boolean(), nullable=False),
        sa.Column("licence_until_ms", sa.BigInteger()),
        sa.Column("only_case", sa.String(120)),
        sa.Column("contact_id", sa.String(120)),
        sa.Column("active", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "shifts",
        sa.Column("book", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("county", sa.String(6), primary_key=True),
        sa.Column("shift_id", sa.String(120), primary_key=True),
        sa.Column("account", sa.String(120), nullable=False),
        sa.Column("rung", sa.String(120), nullable=False),
        sa.Column("contact_id", sa.String(120), nullable=False),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "contacts",
        sa.Column("book", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("county", sa.String(6), primary_key=True),
        sa.Column("contact_id", sa.String(120), primary_key=True),
        sa.Column("department", sa.String(120), nullable=False),
        sa.Column("role", sa.String(120), nullable=False),
        sa.Column("area_prefix", sa.String(12), nullable=False),
        sa.Column("callback_number", sa.String(40)),
        sa.Column("channels", sa.Text()),
        sa.Column("active", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "accounts",
        sa.Column("book", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("county", sa.String(6), primary_key=True),
        sa.Column("account", sa.String(120), primary_key=True),
        sa.Column("role", sa.String(120), nullable=False),
        sa.Column("area_prefix", sa.String(12), nullable=False),
        sa.Column("department", sa.String(120)),
        sa.Column("active", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "areas",
        sa.Column("book", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("county", sa.String(6), primary_key=True),
        sa.Column("coordinating_body", sa.String(120)),
        sa.Column("title_zh", sa.String(60), nullable=False),
        sa.Column("title_en", sa.String(80), nullable=False),
    )


def _own() -> None:
    """Logins; no part of the ledger."""
    op.create_table(
        "users",
        sa.Column("account", sa.String(120), primary_key=True),
        sa.Column("county", sa.String(6), nullable=False),
        sa.Column("password_hash", sa.String(300), nullable=False),
        sa.Column("totp_sealed", sa.LargeBinary()),
        sa.Column("totp_step", sa.BigInteger()),
        sa.Column("created_wall_ms", sa.BigInteger(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "sessions",
        sa.Column("session_sha256", sa.String(64), primary_key=True),
        sa.Column("account", sa.String(120), nullable=False),
        sa.Column("created_wall_ms", sa.BigInteger(), nullable=False),
        sa.Column("seen_wall_ms", sa.BigInteger(), nullable=False),
    )
    op.create_index("sessions_of_an_account", "sessions", ["account"])
    op.create_table(
        "login_failures",
        sa.Column("whose", sa.String(64), primary_key=True),
        sa.Column("wall_ms", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("nonce", sa.String(16), primary_key=True),
    )
    op.create_table(
        "refused_access",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("wall_ms", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.String(120), nullable=False),
        sa.Column("role", sa.String(120), nullable=False),
        sa.Column("route", sa.String(120), nullable=False),
        sa.Column("reason", sa.String(120), nullable=False),
        sa.Column("case_id", sa.String(120)),
    )
    op.create_index("refused_access_by_time", "refused_access", ["wall_ms"])
