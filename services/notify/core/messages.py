"""The words of an alert that leaves the house, in Chinese and English.

Only case number, level, act-by time, callback number and link: never an identity, an article, a place or an
institution type, for those identify. The only inputs are coded fields, so nothing else can slip in.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from shared.contracts.alerts import AlertRequested, ChannelKind
from shared.contracts.vocabulary import Level

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")
SPACE_LIVE = "live"
SPACE_DEMO = "demo"
SPOKEN_CASE_CHARACTERS = 6

LEVEL_WORDS: dict[Level, tuple[str, str]] = {
    Level.S1: ("立即处置", "act now"),
    Level.S2: ("24小时内处置", "act within 24 hours"),
    Level.S3: ("72小时内处置", "act within 72 hours"),
    Level.S4: ("10个工作日内处置", "act within 10 working days"),
    Level.S0: ("转其他服务", "for another service"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """What one alert says, the same for each of its recipients. `mark` is empty in `live` only."""

    mark: str
    subject: str
    zh: str
    en: str
    spoken_zh: str
    callback: str
    link: str

    @property
    def text(self) -> str:
        """Both languages and the link, for a text message or a mail."""
        return f"{self.zh}\n{self.en}\n答复 Answer: {self.link}"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to one address over one channel. `message_id` is equal for every try of it, so receivers can tell."""

    message_id: str
    space: str
    alert_id: str
    case: str
    level: Level
    act_by_ms: int
    contact_id: str
    kind: ChannelKind
    address: str
    words: Words


def space_mark(space: str) -> str:
    """What every message of a space other than `live` begins with."""
    if space == SPACE_LIVE:
        return ""
    return (
        "【演示·非真实 DEMO, NOT REAL】" if space.partition("-")[0] == SPACE_DEMO else "【演练·非真实 DRILL, NOT REAL】"
    )


def beijing_time(at_ms: int) -> str:
    """Unix milliseconds as people in China read it, e.g. `2026-11-21 08:40`."""
    return datetime.fromtimestamp(at_ms / 1000, BEIJING).strftime("%Y-%m-%d %H:%M")


def words_of(alert: AlertRequested, *, space: str, callback: str, link: str) -> Words:
    """The words of an alert. `callback` is an office's number, `link` the whole address of the answer page."""
    mark = space_mark(space)
    level_zh, level_en = LEVEL_WORDS[alert.level]
    act_by = beijing_time(alert.act_by_ms)
    reminder_zh = f"第{alert.repeat}次催办。" if alert.repeat else ""
    reminder_en = f"Reminder {alert.repeat}. " if alert.repeat else ""
    tail = alert.case[-SPOKEN_CASE_CHARACTERS:]
    return Words(
        mark=mark,
        subject=f"{mark}[Wardline] {alert.level} {alert.case}",
        zh=(
            f"{mark}【值守】{reminder_zh}{alert.level} {level_zh}。案号 {alert.case}。"
            f"请于 {act_by} 前处理。回电 {callback}。"
        ),
        en=(
            f"[Wardline] {reminder_en}{alert.level}: {level_en}. Case {alert.case}. "
            f"Act by {act_by} (Beijing time). Call back {callback}."
        ),
        spoken_zh=(
            f"{mark}值守通知。{reminder_zh}{alert.level}级，{level_zh}。案号尾号 {' '.join(tail)}。"
            f"请于 {act_by} 前处理。请查看短信，或回电 {' '.join(callback)}。"
        ),
        callback=callback,
        link=link,
    )


def message_id_of(alert_id: str, contact_id: str, kind: ChannelKind, address: str) -> str:
    """Derived, so that a repetition after a crash carries the same id; the address itself cannot be read from it."""
    parts = f"{alert_id}\x00{contact_id}\x00{kind}\x00{address}"
    return "m-" + hashlib.sha256(parts.encode()).hexdigest()[:32]
