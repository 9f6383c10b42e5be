"""The one way in which intake says no: a status, a code, and a sentence in both languages."""


class Refused(Exception):
    """Tell the caller: 4xx, or 503 with `retry_after_seconds`. It never carries what was filed."""

    def __init__(self, status: int, code: str, zh: str, en: str, *, retry_after_seconds: int | None = None) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.zh = zh
        self.en = en
        self.retry_after_seconds = retry_after_seconds


def bad_text() -> Refused:
    """The body is not UTF-8."""
    return Refused(400, "NOT_UTF_8", "内容不是有效的 UTF-8 文本。", "The body is not valid UTF-8.")


def bad_json() -> Refused:
    """The body is not JSON."""
    return Refused(400, "NOT_JSON", "内容不是有效的 JSON。", "The body is not valid JSON.")


def too_deep() -> Refused:
    """The body nests deeper than anything that a filing could mean."""
    return Refused(400, "TOO_DEEP", "JSON 嵌套过深。", "The JSON is nested too deeply.")


def not_an_object() -> Refused:
    """The body is JSON, but a filing is an object."""
    return Refused(422, "NOT_AN_OBJECT", "报告应为一个 JSON 对象。", "A report is one JSON object.")


def empty_filing() -> Refused:
    """Nothing that anybody could act on."""
    return Refused(
        422,
        "EMPTY_FILING",
        "报告是空的：请至少勾选一种情况，或用自己的话写下看到、听到的。",
        "The report is empty: tick at least one thing that is happening to a child, or say in your words what you saw.",
    )


def empty_addition() -> Refused:
    """An addition that adds nothing."""
    return Refused(422, "EMPTY_ADDITION", "补充内容是空的。", "The addition says nothing.")


def too_large(bytes_max: int) -> Refused:
    """The body is over the limit."""
    size = bytes_max // 1024
    return Refused(413, "TOO_LARGE", f"内容超过 {size} KiB。", f"The body is larger than {size} KiB.")


def too_slow() -> Refused:
    """The body did not arrive in time."""
    return Refused(408, "TOO_SLOW", "内容未能及时传完，请重试。", "The body did not arrive in time; send it again.")


def encoded_body() -> Refused:
    """The body is compressed."""
    return Refused(415, "ENCODED_BODY", "请不要压缩请求内容。", "Send the body without Content-Encoding.")


def bad_key() -> Refused:
    """The Idempotency-Key is unusable."""
    return Refused(
        400,
        "BAD_IDEMPOTENCY_KEY",
        "Idempotency-Key 应为 1 至 200 个可见字符。",
        "An Idempotency-Key has 1 to 200 visible ASCII characters.",
    )


def bad_receipt() -> Refused:
    """The receipt is not one that intake could have issued."""
    return Refused(
        404,
        "MALFORMED_RECEIPT",
        "回执号不正确，请核对后再试。",
        "This is not a receipt number; check it and try again.",
    )


def too_many_lookups(retry_after_seconds: int) -> Refused:
    """Look-ups are limited, so that receipts cannot be guessed."""
    return Refused(
        429,
        "TOO_MANY_LOOKUPS",
        "查询过于频繁，请稍后再试。",
        "Too many look-ups; try again later.",
        retry_after_seconds=retry_after_seconds,
    )


def busy(retry_after_seconds: int) -> Refused:
    """Above the in-flight limit, or neither broker nor spool can take the report."""
    return Refused(
        503,
        "BUSY",
        "系统繁忙，报告尚未收下，请稍后用同样内容重试。紧急情况请立即拨打110或120。",
        "Busy: the report is NOT accepted yet; send it again shortly. In danger now: call 110 or 120.",
        retry_after_seconds=retry_after_seconds,
    )
