"""Which attempt is due when, over which channels, and when an alert is given up. Pure; times are arguments.

Tries go in rounds. In a round every contact of the rung is tried at the same time, each over its channels in the order
of the registry until one takes the message; an S1 goes over every channel of a contact, since a text that nobody hears
at night is no alert. The first round that reaches somebody settles the alert as SENT; else rounds repeat with growing
pauses up to the limit, then it is FAILED and triage climbs. A channel that refused for good is not tried again.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from shared.contracts.alerts import AlertRequested, AlertResult, ChannelKind
from shared.contracts.ids import COUNTY_UNKNOWN
from shared.contracts.registry import Channel, Contact
from shared.contracts.vocabulary import Department, Level

HOUR_MS = 3600 * 1000


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of sending. Pauses are real seconds; staleness is in milliseconds of the space's clock."""

    rounds_max: int = 5
    pause_first_seconds: float = 2.0
    pause_factor: float = 2.0
    pause_max_seconds: float = 60.0
    stale_after_ms_min: int = 5 * 60 * 1000
    stale_after_ms_max: int = 24 * HOUR_MS

    def pause_seconds(self, rounds_done: int, chance: float) -> float:
        """The pause after so many rounds; `chance` in [0, 1) spreads it over its upper half."""
        pause = min(self.pause_max_seconds, self.pause_first_seconds * self.pause_factor ** max(0, rounds_done - 1))
        return pause * (0.5 + chance / 2)


class Taken(StrEnum):
    """What became of one message on one channel: taken, to be tried again, or refused for good."""

    TAKEN = "TAKEN"
    TRY_LATER = "TRY_LATER"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True)
class Delivery:
    """The result of one try. `code` is a short code such as HTTP_503, never text of the other side."""

    taken: Taken
    code: str


@dataclass(frozen=True, slots=True)
class Route:
    """The channels of one contact, in order; `every` sends over all of them, else the first that takes it is enough."""

    contact_id: str
    channels: tuple[Channel, ...]
    every: bool


@dataclass(frozen=True, slots=True)
class Tried:
    """One try of a round."""

    contact_id: str
    channel: Channel
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class Verdict:
    """How an alert is settled. `failure` is a code when it is not SENT."""

    result: AlertResult
    attempts: int
    channel: ChannelKind | None = None
    failure: str | None = None


def is_stale(alert: AlertRequested, now_ms: int, limits: Limits) -> bool:
    """Whether the act-by time is so long past that the next rungs have taken over.

    A late word is still worth sending for as long again as the rung had, within limits.
    """
    span = max(0, alert.act_by_ms - alert.requested_at_ms)
    grace = min(limits.stale_after_ms_max, max(limits.stale_after_ms_min, span))
    return now_ms > alert.act_by_ms + grace


def routes_of(alert: AlertRequested, contacts: Mapping[str, Contact], *, outside: bool) -> tuple[Route, ...]:
    """Where the alert goes: one route for each known, active contact.

    Without `outside` (every space but `live`) every contact's message goes to a file and to the console, whatever
    channels the registry names. Identical addresses of two contacts are called once.
    """
    routes: list[Route] = []
    called: set[tuple[ChannelKind, str]] = set()
    for contact_id in dict.fromkeys(alert.contact_ids):
        contact = contacts.get(contact_id)
        if contact is None or not contact.active:
            continue
        if not outside:
            inside = (
                Channel(kind=ChannelKind.FILE, address=contact_id),
                Channel(kind=ChannelKind.CONSOLE, address=contact_id),
            )
            routes.append(Route(contact_id, inside, every=True))
            continue
        channels = tuple(c for c in dict.fromkeys(contact.channels) if (c.kind, c.address) not in called)
        called.update((c.kind, c.address) for c in channels)
        if channels:
            routes.append(Route(contact_id, channels, every=alert.level is Level.S1))
    return tuple(routes)


def without_refused(routes: Iterable[Route], refused: Collection[tuple[ChannelKind, str]]) -> tuple[Route, ...]:
    """The routes of the next round: channels that refused for good are left out, and contacts without any."""
    remaining = (
        Route(r.contact_id, tuple(c for c in r.channels if (c.kind, c.address) not in refused), r.every) for r in routes
    )
    return tuple(route for route in remaining if route.channels)


def judge(
    tried: Iterable[Tried], *, rounds_done: int, attempts: int, routes_left: int, limits: Limits
) -> Verdict | None:
    """The verdict after a round, or None when another round is due. `attempts` counts every try so far."""
    failure = "NO_ROUTE"
    for one in tried:
        if one.delivery.taken is Taken.TAKEN:
            return Verdict(AlertResult.SENT, attempts, one.channel.kind)
        failure = one.delivery.code
    if routes_left == 0 or rounds_done >= limits.rounds_max:
        return Verdict(AlertResult.FAILED, attempts, failure=failure)
    return None


def urgency_key(alert: AlertRequested) -> tuple[int, int, str]:
    """Sort key: the gravest first, then the soonest due."""
    return (-alert.level.urgency, alert.act_by_ms, alert.alert_id)


def callback_of(county: str, contacts: Iterable[Contact], default: str) -> str:
    """The number to call back: what the county's civil affairs contacts state, first by id, else the desk of 000000's.

    `default` where neither states one.
    """
    numbers = [
        (contact.county != county, contact.contact_id, contact.callback_number)
        for contact in contacts
        if contact.active
        and contact.callback_number
        and contact.county in {county, COUNTY_UNKNOWN}
        and contact.department is Department.CIVIL_AFFAIRS
    ]
    return min(numbers)[2] if numbers else default
