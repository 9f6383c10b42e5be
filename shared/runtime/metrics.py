"""Every metric of the system, in one place. Labels are codes only: never a name, a number, a place or free text.

`Metrics` is made once by each process's wiring with a registry of its own, and served on loopback.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

SECONDS_BUCKETS = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 900, 3600)


class IntakeMetrics:
    """What intake counts."""

    def __init__(self, registry: CollectorRegistry) -> None:
        # Filings answered, by outcome: accepted (202), refused (4xx), busy (503), and by durability of the 202.
        self.reports = Counter("wardline_intake_reports_total", "Filings", ["outcome", "durability"], registry=registry)
        # Filings in flight against the cap that gives 503.
        self.in_flight = Gauge("wardline_intake_in_flight", "Filings in flight", registry=registry)
        # Entries waiting in the spool, and the age of the oldest: above 60 s is an alarm.
        self.spool_depth = Gauge("wardline_intake_spool_depth", "Spooled entries", registry=registry)
        self.spool_oldest_seconds = Gauge("wardline_intake_spool_oldest_seconds", "Oldest spooled", registry=registry)
        # 1 while the oldest spooled entry is older than the alarm's limit (60 s unless set otherwise).
        self.spool_alarm = Gauge("wardline_intake_spool_alarm", "Spool too old", registry=registry)
        # Frames of a spool whose checksum failed when it was opened: the disk has altered accepted reports.
        self.spool_damaged = Counter("wardline_intake_spool_damaged_total", "Damaged spool frames", registry=registry)
        # Warnings given in 202 answers, by code: a code that grows shows a form or an interface that is misread.
        self.notices = Counter("wardline_intake_notices_total", "Warnings to filers", ["code"], registry=registry)
        # Receipt look-ups, by result: shown, not_visible, malformed, limited.
        self.lookups = Counter("wardline_intake_lookups_total", "Receipt look-ups", ["result"], registry=registry)
        # From the first byte read to the answer.
        self.seconds = Histogram(
            "wardline_intake_seconds", "Time to answer a filing", buckets=SECONDS_BUCKETS, registry=registry
        )


class TriageMetrics:
    """What triage counts. Books are labels: there are few and they are not places."""

    def __init__(self, registry: CollectorRegistry) -> None:
        # Decisions recorded, by kind of input (report, command, outcome, deadline, unreadable).
        self.decisions = Counter("wardline_triage_decisions_total", "Decisions", ["kind"], registry=registry)
        # Levels given to newly opened cases.
        self.levels = Counter("wardline_triage_levels_total", "Cases opened by level", ["level"], registry=registry)
        # Situations of the law that were found, by rule.
        self.rules = Counter("wardline_triage_rules_total", "Situations found by rule", ["rule"], registry=registry)
        # Deadlines fired, and how late after their due time they were decided.
        self.deadlines = Counter("wardline_triage_deadlines_total", "Deadlines fired", registry=registry)
        self.deadline_lateness_seconds = Histogram(
            "wardline_triage_deadline_lateness_seconds",
            "Lateness of deadlines",
            buckets=SECONDS_BUCKETS,
            registry=registry,
        )
        # Open cases, and those of them without a next action: the second must be 0, always.
        self.open_cases = Gauge("wardline_triage_open_cases", "Open cases", ["book"], registry=registry)
        self.silent_cases = Gauge(
            "wardline_triage_open_cases_without_next_action",
            "Open cases without a deadline",
            ["book"],
            registry=registry,
        )
        # Open cases of which nobody could be told: no rung of theirs is staffed in the county, and there is no desk of
        # 000000. Must be 0, always: above it a child waits and nobody knows. Logged as an error once a minute, too.
        self.untold_cases = Gauge(
            "wardline_triage_untold_cases", "Open cases of which nobody could be told", ["book"], registry=registry
        )
        # Bytes in the case-log that are not part of the chain (an old owner that woke up, or somebody else's).
        self.void_records = Gauge("wardline_triage_void_records", "Void records", ["book"], registry=registry)
        # Inputs that Faust had acknowledged without their being decided, found again from the ledger.
        self.backfilled = Counter("wardline_triage_backfilled_total", "Inputs found again", registry=registry)
        # Times that somebody else had written to the book and the batch was decided again.
        self.fenced = Counter("wardline_triage_fenced_total", "Batches decided again", registry=registry)
        # Books that stand still until an operator looks, by reason.
        self.halted_books = Gauge("wardline_triage_halted_books", "Halted books", ["reason"], registry=registry)
        # 1 while the broker does not answer for a book: its partition has no leader, or the broker is away.
        self.unreachable_books = Gauge(
            "wardline_triage_unreachable_books", "Books that cannot be reached", ["book"], registry=registry
        )
        # Inputs that are acknowledged by the broker and not yet decided.
        self.lag = Gauge("wardline_triage_lag", "Undecided inputs", ["book"], registry=registry)
        # This worker's clock against the broker's append time: beyond 30 s it stops deciding.
        self.clock_skew_seconds = Gauge("wardline_triage_clock_skew_seconds", "Clock skew", registry=registry)
        # Inputs that could not be decided.
        self.undecidable = Counter(
            "wardline_triage_undecidable_total", "Undecidable inputs", ["topic"], registry=registry
        )


class NotifyMetrics:
    """What notify counts."""

    def __init__(self, registry: CollectorRegistry) -> None:
        # Alerts settled, by department and result (SENT, FAILED, STALE).
        self.alerts = Counter("wardline_notify_alerts_total", "Alerts", ["department", "result"], registry=registry)
        # Alerts that are requested and not settled, and those older than two minutes (an incident of its own).
        self.pending = Gauge("wardline_notify_pending", "Unsettled alerts", registry=registry)
        self.overdue = Gauge("wardline_notify_overdue", "Alerts unsettled for two minutes", registry=registry)
        # Attempts on each kind of channel, by success.
        self.attempts = Counter("wardline_notify_attempts_total", "Attempts", ["channel", "result"], registry=registry)
        # Answers given on the page of a signed link, and links refused, by reason.
        self.answers = Counter("wardline_notify_answers_total", "Answers", ["answer"], registry=registry)
        self.links_refused = Counter(
            "wardline_notify_links_refused_total", "Links refused", ["reason"], registry=registry
        )
        # When the loop last looked at the pending alerts (Unix seconds): a dead-man alarm outside watches it.
        self.last_look = Gauge("wardline_notify_last_look_timestamp_seconds", "Last look", registry=registry)
        # From the filing's arrival to the case's first alert sent.
        self.filed_to_alert_seconds = Histogram(
            "wardline_notify_filed_to_alert_seconds", "Filed to first alert", buckets=SECONDS_BUCKETS, registry=registry
        )
        # Void bytes that notify's reader passed over, and events that it could not read.
        self.void_records = Gauge("wardline_notify_void_records", "Void records", registry=registry)
        self.unreadable = Counter("wardline_notify_unreadable_total", "Unreadable events", registry=registry)
        # Events of types that are not notify's (most are not); one that only notify ignores shows a missing release.
        self.ignored = Counter("wardline_notify_ignored_total", "Events of other types", registry=registry)
        # Feedback pages and dead letters that are not on the broker yet.
        self.feedback_waiting = Gauge("wardline_notify_feedback_waiting", "Unpublished feedback", registry=registry)


class CustodianMetrics:
    """What the custodian counts. Never a case, an account or a sealed id as a label."""

    def __init__(self, registry: CollectorRegistry) -> None:
        # Sealed parts that are kept; those among them that could not be test-opened: must be 0, always. Above it an
        # identity is lost unless the recovery key opens it.
        self.kept = Gauge("wardline_custodian_kept", "Sealed parts kept", registry=registry)
        self.unopenable = Gauge("wardline_custodian_unopenable", "Sealed parts that do not open", registry=registry)
        # Entries of vault-in that no version of this program can read; they stay where they are.
        self.unreadable = Gauge("wardline_custodian_unreadable", "Unreadable entries of vault-in", registry=registry)
        # Entries taken over, and sealed parts destroyed.
        self.taken_over = Counter("wardline_custodian_taken_over_total", "Entries taken over", registry=registry)
        self.destroyed = Counter("wardline_custodian_destroyed_total", "Sealed parts destroyed", registry=registry)
        # Requests of the desk by result: opened, or why not (a code).
        self.requests = Counter("wardline_custodian_requests_total", "Requests", ["result"], registry=registry)
        # Seconds since the broker last answered; above 5 the custodian counts it as away.
        self.broker_seconds = Gauge("wardline_custodian_broker_seconds", "Broker silent for", registry=registry)
        # The epoch of the key to which everything is wrapped.
        self.epoch = Gauge("wardline_custodian_epoch", "Epoch of the key", registry=registry)


class DeskMetrics:
    """What the desk counts. Routes and roles are codes; a case, an account or an address is never a label."""

    def __init__(self, registry: CollectorRegistry) -> None:
        # How far the read model is behind the case-log: entries not read, and seconds since it was level with the end.
        self.records_behind = Gauge("wardline_desk_records_behind", "Unread entries", ["book"], registry=registry)
        self.seconds_behind = Gauge("wardline_desk_seconds_behind", "Seconds behind", ["book"], registry=registry)
        # Books that are not followed any more because the log is not the one that was read: a person must look.
        self.halted_books = Gauge("wardline_desk_halted_books", "Halted books", registry=registry)
        # Records whose rows stand, and how long a batch took to write.
        self.projected = Counter("wardline_desk_projected_total", "Projected records", registry=registry)
        self.write_seconds = Histogram(
            "wardline_desk_write_seconds", "Time to write a batch", buckets=SECONDS_BUCKETS, registry=registry
        )
        # Events that lacked what their rows need, and void bytes that were passed over.
        self.unreadable = Counter("wardline_desk_unreadable_total", "Unreadable events", registry=registry)
        self.void_records = Gauge("wardline_desk_void_records", "Void records", registry=registry)
        # Batches that were given back because somebody else wrote the same book's rows, or emptied them.
        self.moved = Counter("wardline_desk_checkpoint_moved_total", "Batches given back", registry=registry)
        # Open boards that were turned away because as many as may were live; they ask every few seconds instead.
        self.live_refused = Counter("wardline_desk_live_refused_total", "Streams refused", registry=registry)
        # Requests by route and status, and how long the server took.
        self.requests = Counter("wardline_desk_requests_total", "Requests", ["route", "status"], registry=registry)
        self.seconds = Histogram(
            "wardline_desk_seconds", "Time to answer", ["route"], buckets=SECONDS_BUCKETS, registry=registry
        )
        # Logins by result: accepted, wrong, limited, unregistered, busy; and what was asked for and not granted.
        self.logins = Counter("wardline_desk_logins_total", "Logins", ["result"], registry=registry)
        self.refused = Counter("wardline_desk_refused_total", "Access refused", ["reason"], registry=registry)
        # Open cases past their own due time or with a clock that ran out, by level: what the board shows red.
        self.overdue_cases = Gauge("wardline_desk_overdue_cases", "Overdue cases", ["level"], registry=registry)
        # Openings of an identity by one officer alone that nobody has reviewed: waiting, or late (a breach).
        self.reviews_waiting = Gauge(
            "wardline_desk_break_glass_unreviewed", "Unreviewed openings", ["standing"], registry=registry
        )
        self.figures = AuditFigures(registry)


class AuditFigures(Collector):
    """An auditor's figures of one window, small cells held back; all of one window at every scrape."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._shown: tuple[int, int, Mapping[tuple[str, str, str], float]] = (0, 0, MappingProxyType({}))
        registry.register(self)

    def show(self, from_ms: int, to_ms: int, cells: Mapping[tuple[str, str, str], float]) -> None:
        """Show these from now on: figures by table, row and column, which are codes."""
        self._shown = (from_ms, to_ms, MappingProxyType(dict(cells)))

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The families as they stand."""
        from_ms, to_ms, cells = self._shown
        figure = GaugeMetricFamily("wardline_audit_figure", "Auditor's figures", labels=["table", "row", "column"])
        for labels, value in cells.items():
            figure.add_metric(labels, value)
        # Between which moments of the space's clock the figures lie (Unix seconds); 0 before there are any.
        edge = GaugeMetricFamily("wardline_audit_window_timestamp_seconds", "Window of the figures", labels=["edge"])
        edge.add_metric(["from"], from_ms / 1000)
        edge.add_metric(["to"], to_ms / 1000)
        yield figure
        yield edge
