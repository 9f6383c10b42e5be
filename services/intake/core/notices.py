"""Warnings of a filing: where something was not understood, never what stood there."""

from dataclasses import dataclass, field
from enum import StrEnum

from shared.contracts.reports import WARNINGS_MAX


class NoticeCode(StrEnum):
    """What happened to a field; the raw text is always in the sealed part."""

    NOT_UNDERSTOOD = "NOT_UNDERSTOOD"
    UNKNOWN_CODE = "UNKNOWN_CODE"
    OUT_OF_RANGE = "OUT_OF_RANGE"
    ABSURD_DATE = "ABSURD_DATE"
    WRONG_AREA = "WRONG_AREA"
    UNKNOWN_FIELDS = "UNKNOWN_FIELDS"
    REPEATED_FIELDS = "REPEATED_FIELDS"
    TOO_MANY = "TOO_MANY"
    AGE_DIFFERS = "AGE_DIFFERS"
    KEPT_SEALED = "KEPT_SEALED"
    KEY_UNKNOWN = "KEY_UNKNOWN"
    CLAIM_OVERRIDDEN = "CLAIM_OVERRIDDEN"
    NO_PLACE = "NO_PLACE"
    NOT_SERVED = "NOT_SERVED"
    SEVERAL_COUNTIES = "SEVERAL_COUNTIES"
    SAME_CONTENT = "SAME_CONTENT"
    MORE_NOTICES = "MORE_NOTICES"


NOTICE_TEXTS: dict[NoticeCode, tuple[str, str]] = {
    NoticeCode.NOT_UNDERSTOOD: (
        "未能识别，按“未知”处理，原文已加密保存。",
        "not understood: taken as unknown; what you sent is kept sealed",
    ),
    NoticeCode.UNKNOWN_CODE: (
        "代码不在词汇表中，按“其他”或“未知”处理，原文已加密保存。",
        "not a code of the vocabulary: taken as other or unknown; what you sent is kept sealed",
    ),
    NoticeCode.OUT_OF_RANGE: (
        "数值超出合理范围，按“未知”处理，原文已加密保存。",
        "out of range: taken as unknown; what you sent is kept sealed",
    ),
    NoticeCode.ABSURD_DATE: (
        "日期不合理，按“未知”处理，原文已加密保存。",
        "an impossible date: taken as unknown; what you sent is kept sealed",
    ),
    NoticeCode.WRONG_AREA: (
        "不正确，按“未知”处理，原文已加密保存。",
        "no valid area code: taken as unknown; what you sent is kept sealed",
    ),
    NoticeCode.UNKNOWN_FIELDS: (
        "含有未定义的字段，已加密保存。",
        "has fields that are not defined; they are kept sealed",
    ),
    NoticeCode.REPEATED_FIELDS: (
        "同一字段出现多次，采用最后一个，其余已加密保存。",
        "a field stands twice: the last is used, the others are kept sealed",
    ),
    NoticeCode.TOO_MANY: ("条目过多，多出部分已加密保存。", "too many entries: the rest is kept sealed"),
    NoticeCode.AGE_DIFFERS: (
        "年龄与出生日期不符，按较小的年龄处理。",
        "age and birth date differ: the younger age is used",
    ),
    NoticeCode.KEPT_SEALED: ("内容已加密保存，不以明文传送。", "kept sealed and not sent in clear"),
    NoticeCode.KEY_UNKNOWN: (
        "机构密钥无法识别，报告已按公众报告收下；请核对密钥。",
        "the institution's key is not known: the report is taken as one of the public; check the key",
    ),
    NoticeCode.CLAIM_OVERRIDDEN: (
        "机构信息以登记为准。",
        "the registered institution replaces what the report says of it",
    ),
    NoticeCode.NO_PLACE: (
        "未能得知孩子在何处，由值守席位转办；请尽快补充所在地。",
        "no place is known: a duty desk will pass it on; add the place as soon as you can",
    ),
    NoticeCode.NOT_SERVED: (
        "不能确定所填县区使用本系统，由值守席位或报送单位所在县区转办；请核对所在地，并拨打 12345，紧急时拨打 110。",
        "we cannot say if this county uses the system; a duty desk passes it on: call 12345 too, or 110 if urgent",
    ),
    NoticeCode.SEVERAL_COUNTIES: (
        "涉及多个县区，由第一个孩子所在县区统一受理。",
        "several counties are named: the first child's county takes it",
    ),
    NoticeCode.SAME_CONTENT: (
        "同样内容今天已收到，视为同一份报告；若是另一个孩子，请带上 Idempotency-Key 重新报送。",
        "the same content was received today: the same report. For another child, send it with an Idempotency-Key",
    ),
    NoticeCode.MORE_NOTICES: ("还有更多提示未列出。", "there are more notices than are shown"),
}


@dataclass(frozen=True, slots=True)
class Notice:
    """One warning: the path of a field that the filing's format defines, and what happened to it."""

    field: str
    code: NoticeCode

    def coded(self) -> str:
        """As it travels on the topic: `<field path>:<code>`."""
        return f"{self.field}:{self.code.value}"


@dataclass(slots=True)
class Notices:
    """Warnings in the order of reading, without repetition, at most WARNINGS_MAX."""

    found: list[Notice] = field(default_factory=list)
    undefined: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Names of fields that nobody knows, by the path of their object. They never leave intake: they could be text."""

    def add(self, path: str, code: NoticeCode) -> None:
        """Note it once; beyond the limit one notice says that there are more."""
        notice = Notice(path or "report", code)
        if notice in self.found or len(self.found) >= WARNINGS_MAX:
            return
        if len(self.found) == WARNINGS_MAX - 1:
            notice = Notice("report", NoticeCode.MORE_NOTICES)
        self.found.append(notice)
