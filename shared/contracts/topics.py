"""The only place where a topic is declared: name, key, message types, principals, retention.

The matrix of writers and readers is the source of the broker's ACLs and of their test.
"""

from dataclasses import dataclass

from shared.contracts.ids import check_space

HOUR_MS = 3600 * 1000
DAY_MS = 24 * HOUR_MS
FOR_EVER = -1
BOOKS_DEFAULT = 12
DEAD_LETTER_BYTES_MAX = 2 * 1024 * 1024
"""The largest input grows by a third in base64 and must still fit, or the book could not go on after it."""

PRINCIPALS = ("intake", "triage", "notify", "desk", "custodian", "verifier", "operator")


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic of a space.

    `retention_ms` -1 keeps for ever; `compacted` topics keep the last value of each key;
    `per_book` topics have one partition for each book of the space, others one partition.
    `emptied_by`: principals that may delete its records up to an offset (what was taken over elsewhere).
    `message_types` are the `type` discriminators that may stand on it; `bytes_max` bounds one record.
    """

    name: str
    key: str
    message_types: tuple[str, ...]
    writers: tuple[str, ...]
    readers: tuple[str, ...]
    retention_ms: int = FOR_EVER
    compacted: bool = False
    per_book: bool = True
    bytes_max: int = 1024 * 1024
    emptied_by: tuple[str, ...] = ()

    def full_name(self, space: str) -> str:
        """The name on the broker: `wardline.<space>.<topic>`. Raises ValueError for a malformed space."""
        return f"wardline.{check_space(space)}.{self.name}"

    def config(self) -> dict[str, str]:
        """Topic configuration for the broker; append time everywhere, never a transaction."""
        config = {
            "message.timestamp.type": "LogAppendTime",
            "retention.ms": str(self.retention_ms),
            "retention.bytes": "-1",
            "cleanup.policy": "compact" if self.compacted else "delete",
            "max.message.bytes": str(self.bytes_max + 4096),
        }
        if self.compacted:
            config["max.compaction.lag.ms"] = str(HOUR_MS)
        if self.compacted or self.emptied_by:
            config["segment.ms"] = str(HOUR_MS)
        return config


REPORTS = Topic("reports", "county", ("ReportFiled",), ("intake",), ("triage", "desk", "verifier"))
COMMANDS = Topic("commands", "county", ("Command",), ("desk", "operator"), ("triage", "desk", "custodian", "verifier"))
"""The custodian reads it while triage is silent: an acknowledged command of one officer alone is then the record."""
OUTCOMES = Topic("outcomes", "county", ("AlertSettled", "AnswerGiven"), ("notify",), ("triage", "verifier"))
CASE_LOG = Topic(
    "case-log",
    "county",
    ("Record", "Genesis"),
    ("triage", "operator"),
    ("triage", "notify", "desk", "custodian", "verifier"),
)
"""The operator writes nothing here but epoch records (`wardline books resume`), after an input went backwards."""
CROSSINGS = Topic("crossings", "county", ("Crossing",), ("triage",), ("triage", "verifier"))
"""From county to county, keyed by the destination; one message is one event of a valid record of the sender's book."""
VAULT_IN = Topic(
    "vault-in",
    "county",
    ("VaultEntry", "VaultHeartbeat"),
    ("intake", "desk", "custodian"),
    ("custodian",),
    emptied_by=("custodian",),
)
"""The custodian writes heartbeats alone: a segment rolls, and leaves the disk, only when something follows it."""
VAULT = Topic("vault", "sealed_id", ("VaultKept", "VaultHeartbeat"), ("custodian",), ("custodian",), compacted=True)
INSTITUTIONS = Topic(
    "institutions", "institution_id", ("InstitutionRegistered",), ("desk", "operator"), ("intake",), compacted=True
)
FEEDBACK = Topic("feedback", "report_id", ("Feedback",), ("notify",), ("intake",), compacted=True)
DEAD_LETTER_TRIAGE = Topic(
    "dead-letter-triage", "county", ("DeadLetter",), ("triage",), ("desk", "verifier"), bytes_max=DEAD_LETTER_BYTES_MAX
)
DEAD_LETTER_NOTIFY = Topic(
    "dead-letter-notify", "county", ("DeadLetter",), ("notify",), ("desk", "verifier"), bytes_max=DEAD_LETTER_BYTES_MAX
)
CLOCK = Topic("clock", "worker", ("ClockProbe",), ("triage",), ("triage",), retention_ms=DAY_MS, per_book=False)
"""Workers append a probe and learn the broker's append time: a worker whose clock is off stops deciding."""

TOPICS = (
    REPORTS,
    COMMANDS,
    OUTCOMES,
    CASE_LOG,
    CROSSINGS,
    VAULT_IN,
    VAULT,
    INSTITUTIONS,
    FEEDBACK,
    DEAD_LETTER_TRIAGE,
    DEAD_LETTER_NOTIFY,
    CLOCK,
)
INPUT_TOPICS = (REPORTS, COMMANDS, OUTCOMES, CROSSINGS)
"""What triage decides on, in the order in which ties of arrival are decided: another county's word comes last."""
