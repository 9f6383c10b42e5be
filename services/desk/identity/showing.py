"""What the pages of identities show: who opened what, from the record, and the words of what was opened or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from sqlalchemy import select

from services.desk import reading, telling, views
from services.desk.guarding import Desk
from services.desk.tables import TIMELINE
from shared.narration.refusals import REFUSALS

REASONS: Final = ("HOME_VISIT", "CHILD_IN_DANGER", "MEDICAL_EMERGENCY", "CALL_BACK", "MATCH_RECORDS", "PROCEEDINGS")
ABOUT: Final = ("IdentityOpeningRequested", "IdentityOpened", "BreakGlassReviewed")
ROWS_MAX: Final = 200
LABELS: Final = {
    "name": ("姓名", "name"),
    "id_number": ("证件号码", "ID number"),
    "birth_date": ("出生日期", "birth date"),
    "address": ("地址", "address"),
    "area_code": ("区划代码", "area code"),
    "relation": ("关系", "relation"),
    "phone": ("电话", "telephone"),
    "whereabouts": ("下落", "whereabouts"),
    "role": ("职务", "role"),
    "narrative": ("叙述", "narrative"),
    "police_reference": ("接警编号", "police reference"),
    "text": ("内容", "content"),
    "note": ("备注", "note"),
    "by": ("办理人", "written by"),
    "command": ("事项", "with"),
    "contact": ("联系方式", "contact"),
}
WHY_NOT: Final = {
    **REFUSALS,
    "NO_GRANT": ("没有查看许可", "nothing grants it"),
    "NOT_YOURS": ("许可属于另一人", "it was granted to somebody else"),
    "NOTHING_SEALED": ("没有留下身份信息", "nothing sealed is kept of this case"),
    "NOT_IN_VAULT_YET": ("尚未入库，请稍后再试", "not taken over yet; try again in a moment"),
    "CANNOT_BE_OPENED": ("无法开启，请联系运维人员", "it does not open: tell the operator"),
    "BROKER_AWAY": ("暂时读取不到，请再试", "it cannot be read now; try again"),
    "CUSTODIAN_AWAY": ("保管程序没有应答，请再试", "the custodian does not answer; try again"),
    "NOT_READY": ("保管程序正在启动，请再试", "the custodian is starting; try again"),
}


@dataclass(frozen=True, slots=True)
class Opening:
    """One opening of a case, as its page lists it."""

    opening: str
    by: str
    line: str
    at: str
    is_waiting: bool
    is_mine_now: bool
    needs_review: bool


def openings_of(desk: Desk, account: str, case_id: str, tongue: views.Tongue) -> Sequence[Opening]:
    """Every opening of a case, newest first, from the record: who, what, why, and who agreed or reviewed."""
    with desk.engine.connect() as connection:
        rows = (
            connection.execute(
                select(TIMELINE)
                .where(TIMELINE.c.case_id == case_id, TIMELINE.c.kind.in_(ABOUT))
                .order_by(TIMELINE.c.seq.desc(), TIMELINE.c.position.desc())
                .limit(ROWS_MAX)
            )
            .mappings()
            .all()
        )
    events = [(row, orjson.loads(row["facts"])) for row in rows]
    granted = {facts["opening"] for row, facts in events if row["kind"] == "IdentityOpened"}
    reviewed = {facts["opening"] for row, facts in events if row["kind"] == "BreakGlassReviewed"}
    return [
        _opening(row, facts, account, tongue, is_granted=facts["opening"] in granted, reviewed=reviewed)
        for row, facts in events
    ]


def _opening(
    row: reading.Row, facts: dict[str, Any], account: str, tongue: views.Tongue, *, is_granted: bool, reviewed: set[str]
) -> Opening:
    is_request, is_grant = row["kind"] == "IdentityOpeningRequested", row["kind"] == "IdentityOpened"
    now_ms, by = tongue.now_ms, facts["by"]
    is_alone = is_grant and facts.get("basis") == "BREAK_GLASS"
    return Opening(
        opening=facts["opening"],
        by=by,
        line=" ".join(tongue.pick(line) for line in telling.lines_of(row["kind"], row["facts"])),
        at=tongue.at(row["at_ms"]),
        is_waiting=is_request and not is_granted and by != account and facts["expires_at_ms"] > now_ms,
        is_mine_now=is_grant and by == account and facts["until_ms"] > now_ms,
        needs_review=is_alone and facts["opening"] not in reviewed and by != account,
    )
