"""The SQL tables. `READ_MODEL` is made from the case-log and can be made again; `OWN` is the desk's alone.

Nothing here identifies a child, a relative or a reporter: codes, ages, townships, pseudonymous ids, sealed ids, office
and duty numbers. Times are Unix milliseconds; lists and facts are JSON in text, read by pages and searched by nobody.
"""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, MetaData, String, Table, Text

READ_MODEL: Final = MetaData()
OWN: Final = MetaData()

ID: Final = 120


def _id(name: str, *, key: bool = False, needed: bool = False) -> Column[str]:
    return Column(name, String(ID), primary_key=key, nullable=not (key or needed))


def _ms(name: str, *, key: bool = False, needed: bool = False) -> Column[int]:
    return Column(name, BigInteger, primary_key=key, nullable=not (key or needed))


def _number(name: str, *, key: bool = False, needed: bool = False) -> Column[int]:
    return Column(name, Integer, primary_key=key, nullable=not (key or needed), autoincrement=False)


def _flag(name: str, *, needed: bool = False) -> Column[bool]:
    return Column(name, Boolean, nullable=not needed)


def _json(name: str) -> Column[str]:
    return Column(name, Text)


CHECKPOINTS = Table(
    "checkpoints",
    READ_MODEL,
    _number("book", key=True),
    # The next offset after the last record whose rows stand here, its number, and the hash that a reader must find.
    _ms("next_offset", needed=True),
    _ms("seq", needed=True),
    Column("sha256", String(64), nullable=False),
    _ms("decided_at_ms", needed=True),
    # Why the book is not followed any more; a person must look.
    _id("halted"),
)
CASES = Table(
    "cases",
    READ_MODEL,
    _id("case_id", key=True),
    Column("county", String(6), nullable=False),
    Column("area", String(12), nullable=False),
    _number("book", needed=True),
    _id("receipt", needed=True),
    _id("report_id", needed=True),
    _number("child", needed=True),
    _ms("filed_at_ms", needed=True),
    _ms("arrived_at_ms", needed=True),
    _ms("opened_at_ms", needed=True),
    _flag("is_open", needed=True),
    _flag("is_undecidable", needed=True),
    _id("error"),
    _id("state"),
    Column("level", String(2)),
    _number("urgency"),
    _id("level_by"),
    _id("level_reason"),
    _id("officer"),
    _id("in_hand"),
    _ms("in_hand_until_ms"),
    _id("holder"),
    _ms("custody_since_ms"),
    _id("custody_by"),
    _id("custody_place_id"),
    _id("place_id"),
    _ms("seen_at_ms"),
    _id("seen_by"),
    _ms("closed_at_ms"),
    _id("close_reason"),
    _id("closed_by"),
    # Derived from deadlines and clocks in the same transaction: what happens next, and how many clocks have run out.
    _ms("next_due_at_ms"),
    _id("next_deadline"),
    _number("breached"),
    _json("facts"),
    Index("cases_of_the_board", "is_open", "next_due_at_ms"),
    Index("cases_of_a_report", "report_id"),
    Index("cases_of_a_receipt", "receipt"),
)
CLOCKS = Table(
    "clocks",
    READ_MODEL,
    _id("case_id", key=True),
    _id("clock", key=True),
    _id("clock_type", needed=True),
    _ms("start_at_ms", needed=True),
    _ms("due_at_ms", needed=True),
    _id("rule", needed=True),
    _id("basis", needed=True),
    Column("citation", String(200), nullable=False),
    _id("state", needed=True),
    _number("breaches", needed=True),
    _ms("at_ms"),
    _ms("next_due_at_ms"),
)
DEADLINES = Table(
    "deadlines",
    READ_MODEL,
    Column("deadline", String(240), primary_key=True),
    _id("case_id", needed=True),
    _id("kind", needed=True),
    _id("subject", needed=True),
    _ms("due_at_ms", needed=True),
    Index("deadlines_of_a_case", "case_id", "due_at_ms"),
)
LADDERS = Table(
    "ladders",
    READ_MODEL,
    _id("case_id", key=True),
    _id("department", key=True),
    _id("rule", needed=True),
    _id("basis", needed=True),
    Column("citation", String(200), nullable=False),
    _id("reason", needed=True),
    _ms("started_at_ms", needed=True),
    _id("state", needed=True),
    _id("step"),
    _id("by"),
    _ms("at_ms"),
    _ms("expires_at_ms"),
    _id("next_step"),
    _number("next_repeat"),
    _ms("next_due_at_ms"),
    _id("declined_reason"),
    _id("outcome"),
    _id("outcome_by"),
    _ms("outcome_at_ms"),
    _id("reference"),
)
LADDER_STEPS = Table(
    "ladder_steps",
    READ_MODEL,
    _number("book", key=True),
    _ms("seq", key=True),
    _number("position", key=True),
    _id("case_id", needed=True),
    _id("department", needed=True),
    _id("step", needed=True),
    _number("repeat", needed=True),
    _ms("at_ms", needed=True),
    _flag("staffed", needed=True),
    _json("contacts"),
    _id("stand_in"),
    _id("contacts_of"),
    _id("reason", needed=True),
    _ms("lateness_ms", needed=True),
    Index("ladder_steps_of_a_case", "case_id"),
)
ALERTS = Table(
    "alerts",
    READ_MODEL,
    _id("alert_id", key=True),
    _id("case_id", needed=True),
    _id("department", needed=True),
    _id("ladder", needed=True),
    _id("step", needed=True),
    _number("repeat", needed=True),
    Column("level", String(2), nullable=False),
    _ms("requested_at_ms", needed=True),
    _ms("act_by_ms", needed=True),
    _json("contacts"),
    _id("contacts_of"),
    _id("reason", needed=True),
    _id("state", needed=True),
    _id("channel"),
    _number("attempts"),
    _ms("settled_at_ms"),
    Index("alerts_of_a_case", "case_id"),
)
ANSWERS = Table(
    "answers",
    READ_MODEL,
    _id("outcome_id", key=True),
    _id("case_id", needed=True),
    _id("alert_id", needed=True),
    _id("department", needed=True),
    _id("answer", needed=True),
    _ms("at_ms", needed=True),
    Index("answers_of_a_case", "case_id"),
)
TIMELINE = Table(
    "timeline",
    READ_MODEL,
    _number("book", key=True),
    _ms("seq", key=True),
    _number("position", key=True),
    _id("case_id", needed=True),
    _id("kind", needed=True),
    _ms("at_ms", needed=True),
    _json("facts"),
    Index("timeline_of_a_case", "case_id", "seq"),
)
SITUATIONS = Table(
    "situations",
    READ_MODEL,
    _id("case_id", key=True),
    _ms("seq", key=True),
    _id("rule", key=True),
    _id("code", needed=True),
    Column("title_zh", String(120), nullable=False),
    Column("title_en", String(160), nullable=False),
    Column("level", String(2), nullable=False),
    _id("basis", needed=True),
    Column("citation", String(200), nullable=False),
    _json("facts"),
    _json("unknown"),
)
EXPLANATIONS = Table(
    "explanations",
    READ_MODEL,
    _id("case_id", key=True),
    _ms("seq", needed=True),
    _ms("at_ms", needed=True),
    _id("policy", needed=True),
    Column("level", String(2), nullable=False),
    _json("assessment"),
)
MEASURES = Table(
    "measures",
    READ_MODEL,
    _id("case_id", key=True),
    _id("measure"),
    _id("status"),
    _id("organ"),
    _id("ground"),
    _id("rule"),
    _id("basis"),
    Column("citation", String(200)),
    _ms("proposed_at_ms"),
    _ms("decide_by_ms"),
    _id("place_id"),
    _id("place_reason"),
    _json("ranking"),
    _number("ranked_count"),
    _json("guardians"),
    _id("signed_by"),
    _ms("signed_at_ms"),
    _id("wishes"),
    _id("document_number"),
    _ms("until_ms"),
    _id("end_reason"),
)
LINKS = Table("links", READ_MODEL, _id("case_id", key=True), _id("other_case_id", key=True))
HOLDS = Table(
    "holds",
    READ_MODEL,
    _id("place_id", key=True),
    _id("case_id", key=True),
    Column("county", String(6), nullable=False),
    _ms("since_ms", needed=True),
)
PLACES = Table(
    "places",
    READ_MODEL,
    _number("book", key=True),
    Column("county", String(6), primary_key=True),
    _id("place_id", key=True),
    _id("type", needed=True),
    _number("capacity", needed=True),
    _number("age_years_min", needed=True),
    _number("age_years_max", needed=True),
    _json("sexes"),
    _flag("accepts_disability", needed=True),
    _ms("licence_until_ms"),
    _id("only_case"),
    _id("contact_id"),
    _flag("active", needed=True),
)
SHIFTS = Table(
    "shifts",
    READ_MODEL,
    _number("book", key=True),
    Column("county", String(6), primary_key=True),
    _id("shift_id", key=True),
    _id("account", needed=True),
    _id("rung", needed=True),
    _id("contact_id", needed=True),
    _ms("from_ms", needed=True),
    _ms("until_ms", needed=True),
)
CONTACTS = Table(
    "contacts",
    READ_MODEL,
    _number("book", key=True),
    Column("county", String(6), primary_key=True),
    _id("contact_id", key=True),
    _id("department", needed=True),
    _id("role", needed=True),
    Column("area_prefix", String(12), nullable=False),
    Column("callback_number", String(40)),
    _json("channels"),
    _flag("active", needed=True),
)
ACCOUNTS = Table(
    "accounts",
    READ_MODEL,
    _number("book", key=True),
    Column("county", String(6), primary_key=True),
    _id("account", key=True),
    _id("role", needed=True),
    Column("area_prefix", String(12), nullable=False),
    _id("department"),
    _flag("active", needed=True),
)
AREAS = Table(
    "areas",
    READ_MODEL,
    _number("book", key=True),
    Column("county", String(6), primary_key=True),
    _id("coordinating_body"),
    Column("title_zh", String(60), nullable=False),
    Column("title_en", String(80), nullable=False),
)
VERDICTS = Table(
    "verdicts",
    READ_MODEL,
    _id("command_id", key=True),
    _number("book", key=True),
    _ms("seq", needed=True),
    _id("command", needed=True),
    _id("account"),
    _id("role"),
    _id("case_id"),
    _flag("accepted", needed=True),
    _id("reason"),
    Column("detail", String(300)),
    _ms("at_ms", needed=True),
)
AUDIT_MARKS = Table(
    "audit_marks",
    READ_MODEL,
    _number("book", key=True),
    _ms("seq", key=True),
    _number("position", key=True),
    Column("county", String(6), nullable=False),
    _id("case_id", needed=True),
    _id("kind", needed=True),
    _ms("at_ms", needed=True),
    _json("facts"),
    Index("audit_marks_of_a_case", "case_id"),
    Index("audit_marks_by_time", "at_ms"),
)
AUDIT_INSTITUTIONS = Table(
    "audit_institutions",
    READ_MODEL,
    _number("book", key=True),
    Column("area", String(12), primary_key=True),
    _id("institution", key=True),
    _id("type", key=True),
    _ms("first_at_ms", needed=True),
)

USERS = Table(
    "users",
    OWN,
    # The account of the ledger that this login acts as: role, area and department stand there, and only there.
    _id("account", key=True),
    Column("county", String(6), nullable=False),
    Column("password_hash", String(300), nullable=False),
    # The secret of the one-time codes, sealed under a key that is not in this database; and the last step used.
    Column("totp_sealed", LargeBinary),
    _ms("totp_step"),
    _ms("created_wall_ms", needed=True),
    _flag("active", needed=True),
)
SESSIONS = Table(
    "sessions",
    OWN,
    # The hash of what the browser holds: who reads this table can act as nobody.
    Column("session_sha256", String(64), primary_key=True),
    _id("account", needed=True),
    _ms("created_wall_ms", needed=True),
    _ms("seen_wall_ms", needed=True),
    Index("sessions_of_an_account", "account"),
)
LOGIN_FAILURES = Table(
    "login_failures",
    OWN,
    # Whose: a keyed hash of the name that was typed, or of the network address.
    Column("whose", String(64), primary_key=True),
    _ms("wall_ms", key=True),
    Column("nonce", String(16), primary_key=True),
)
LINK_CODES = Table(
    "link_codes",
    OWN,
    # One-time codes that were sent to duty phones: of which link (a hash), for which contact, and a keyed hash of it.
    Column("link_sha256", String(64), primary_key=True),
    _ms("created_wall_ms", key=True),
    _id("contact_id", needed=True),
    Column("contacts_of", String(6), nullable=False),
    Column("code_hmac", String(64), nullable=False),
    _number("tries", needed=True),
)
LINK_SESSIONS = Table(
    "link_sessions",
    OWN,
    # Who opened one task by a link and a code; kept after its end, as the record of it.
    Column("session_sha256", String(64), primary_key=True),
    _id("contact_id", needed=True),
    Column("contacts_of", String(6), nullable=False),
    _id("alert_id", needed=True),
    _id("case_id", needed=True),
    _id("department", needed=True),
    _ms("created_wall_ms", needed=True),
    _ms("until_wall_ms", needed=True),
    Index("link_sessions_by_time", "created_wall_ms"),
)
REFUSED_ACCESS = Table(
    "refused_access",
    OWN,
    Column("id", String(32), primary_key=True),
    _ms("wall_ms", needed=True),
    _id("account", needed=True),
    _id("role", needed=True),
    _id("route", needed=True),
    _id("reason", needed=True),
    # The case when there is one of that name elsewhere; what somebody typed is not kept.
    _id("case_id"),
    Index("refused_access_by_time", "wall_ms"),
)
