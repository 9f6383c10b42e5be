"""A case that goes to another county, as lines; the messages between the books tell nothing by themselves."""

from shared.contracts import crossings
from shared.narration.words import Line, reason_words


def offered(event: crossings.TransferOffered) -> list[Line]:
    """The county stays responsible."""
    why = reason_words(event.reason)
    return [
        Line(
            f"提出移送 {event.to_county}（{why.zh}，{event.by}）：对方书面接收并记录前仍由本县负责",
            f"offered to county {event.to_county} ({why.en}, {event.by}): ours until its acceptance is recorded",
        )
    ]


def received(event: crossings.TransferReceived) -> list[Line]:
    """Somebody here must answer."""
    why = reason_words(event.reason)
    return [
        Line(
            f"{event.from_county} 县提出移送本案（{why.zh}，该县案号 {event.handed.case}）：请书面接收或说明理由退回",
            f"county {event.from_county} offers this case ({why.en}, its case {event.handed.case}):"
            " accept it in writing, or refuse it with a reason",
        )
    ]


def accepted(event: crossings.TransferAccepted) -> list[Line]:
    """In writing."""
    return [
        Line(
            f"书面接收 {event.from_county} 县移送（文号 {event.reference}，{event.by}）：时限照旧计算",
            f"accepted from county {event.from_county} in writing ({event.reference}, {event.by}): its clocks run on",
        )
    ]


def refused(event: crossings.TransferRefused) -> list[Line]:
    """The other county keeps it."""
    why = reason_words(event.reason)
    return [
        Line(
            f"不接收 {event.from_county} 县移送（{why.zh}，{event.by}）：仍由该县负责",
            f"refused to county {event.from_county} ({why.en}, {event.by}): it stays that county's",
        )
    ]


def answered(event: crossings.TransferAnswered) -> list[Line]:
    """What the other county says."""
    if event.accepted:
        said = f"书面接收（文号 {event.reference}，案号 {event.other_case}，{event.by}）"
        said_en = f"accepts in writing ({event.reference}, its case {event.other_case}, {event.by})"
    else:
        why = reason_words(event.reason or "")
        said, said_en = f"不接收（{why.zh}，{event.by}）", f"refuses ({why.en}, {event.by})"
    late = "" if event.effect else "；移送此前已撤回或本案已结，不生效"
    late_en = "" if event.effect else "; the offer stood no more: without effect"
    return [Line(f"{event.to_county} 县{said}{late}", f"county {event.to_county} {said_en}{late_en}")]


def withdrawn(event: crossings.TransferWithdrawn) -> list[Line]:
    """The offer is over."""
    why = reason_words(event.reason)
    there = "该县案件仍在办理" if event.sender_open else "该县案件已结"
    there_en = "its case is open there" if event.sender_open else "its case is closed there"
    return [
        Line(
            f"{event.from_county} 县撤回移送（{why.zh}）：{there}",
            f"county {event.from_county} takes the offer back ({why.en}): {there_en}",
        )
    ]


def settled(event: crossings.TransferSettled) -> list[Line]:
    """From now on one county alone."""
    return [
        Line(
            f"{event.from_county} 县已记录接收并结案：本案由本县负责",
            f"county {event.from_county} has recorded the acceptance and closed its case: this county alone has it",
        )
    ]


def met(event: crossings.ChildMetElsewhere) -> list[Line]:
    """Told, not joined."""
    return [
        Line(
            f"同一儿童在 {event.other_county} 县也有案件（{event.other_case}）：两县联系办理，系统不自动并案",
            f"county {event.other_county} has a case of the same child ({event.other_case}): the two counties speak;"
            " nothing is joined by itself",
        )
    ]
