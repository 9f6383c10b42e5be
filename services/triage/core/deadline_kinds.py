"""The kinds of deadlines that triage keeps: at which moment somebody must act, and what happens when nobody did.

| kind | opened by | closed by | when it fires |
|---|---|---|---|
| RUNG | RungScheduled | RungReached, acknowledgement, dispatch | the next rung of a ladder is told |
| ACK | DepartmentAcknowledged | dispatch, expiry, decline, new facts | it lapses, and the ladder goes on |
| SHIFT | HandoverDue | TakenOver, HandoverRested, dispatch, expiry, decline | it lapses |
| CLOCK | ClockStarted, ClockBreached | ClockMet, ClockCancelled, the next breach | a breach: climbs, is repeated |
| ASSESS | AssessmentDeferred (many children) | CaseAssessed | at once: the case is assessed in its own record |
| OFFER | OffersDeferred (many wait) | OffersResumed | at once: beds are offered on to those who still wait |
| LICENCE | PlaceSet (a licence with an end) | PlaceSet, PlaceLicenceExpired | beds are released and re-offered |
| CROSS | CrossingSent, CrossingRepeated | CrossingSettled | a message to another county is sent once more |
| MATCH | MatchAsked, MatchSent (more wait) | MatchSent | tokens of a minute's filings go to their indexes |

An id says itself what it is: `case~KIND~subject~n`, with a counter per case, so that none is ever used again.
An open case always has at least one. Closing a case closes its deadlines but the CLOCKs of the duties that outlive it
(`duties.py`): DutyRecorded closes those.
"""

from enum import StrEnum


class DeadlineKind(StrEnum):
    """See the module's table."""

    RUNG = "RUNG"
    ACKNOWLEDGEMENT = "ACK"
    SHIFT = "SHIFT"
    CLOCK = "CLOCK"
    ASSESSMENT = "ASSESS"
    OFFER = "OFFER"
    LICENCE = "LICENCE"
    CROSSING = "CROSS"
    MATCHING = "MATCH"


def deadline_id(owner: str, kind: DeadlineKind, subject: str, number: int) -> str:
    """The id of a deadline of a case (or, for a licence, of a county)."""
    return f"{owner}~{kind}~{subject}~{number}"
