"""What the templates are given: rows of the read model as words in one language, times as people read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from services.desk import telling
from services.desk.core.freshness import Freshness, Lag, seconds_behind
from services.desk.reading import Board, CaseFile, Filters, Row
from shared.contracts.assessment import Assessment
from shared.explaining import words as codes
from shared.explaining.citations import cited
from shared.explaining.said import Said, dated, local, until
from shared.narration import words
from shared.narration.words import Line, word

MINUTE_MS: Final = 60_000
HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS
SPOKEN_CASE_CHARACTERS: Final = 6
CLOCK_STATES: Final = {
    "RUNNING": ("计时中", "running"),
    "MET": ("已完成", "done"),
    "BREACHED": ("超时", "BREACHED"),
    "CANCELLED": ("不再需要", "not needed any more"),
}
LADDER_STATES: Final = {
    "CLIMBING": ("尚未受理", "not accepted yet"),
    "ACKNOWLEDGED": ("已受理", "accepted"),
    "DISPATCHED": ("已派人", "somebody is sent"),
    "DECLINED": ("退回", "declined"),
    "LAPSED": ("受理已失效", "the acceptance lapsed"),
}
ROLES: Final = {
    "OFFICER": ("值班人员", "officer"),
    "SIGNATORY": ("签批人", "signatory"),
    "SUPERVISOR": ("负责人", "supervisor"),
    "CLERK": ("部门经办人", "clerk"),
    "TOWNSHIP_SUPERVISOR": ("儿童督导员", "township supervisor"),
    "VILLAGE_WORKER": ("儿童主任", "village worker"),
    "AUDITOR": ("审计人员", "auditor"),
    "ADMINISTRATOR": ("管理员", "administrator"),
    "OPERATOR": ("运维人员", "operator"),
}
FIRST_TO: Final = ("CIVIL_AFFAIRS", "POLICE", "REPORTER")
"""Whose instructions an officer reads first."""


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language, and what time it is there."""

    language: str
    now_ms: int
    areas: Mapping[str, tuple[str, str]]

    def pick(self, said: Said | Line | tuple[str, str]) -> str:
        """What is said, in this language."""
        return said[0] if self.language == "zh" else said[1]

    def at(self, at_ms: int | None) -> str:
        """A moment, without a year when it is this one."""
        if at_ms is None:
            return "—"
        if local(at_ms).year != local(self.now_ms).year:
            return self.pick(dated(at_ms))
        return f"{local(at_ms):%m-%d %H:%M}"

    def end(self, at_ms: int | None) -> str:
        """By when: a day that ends is the end of that day, not the first minute of the next."""
        ends_with_day = at_ms is not None and (local(at_ms).hour, local(at_ms).minute) == (0, 0)
        if at_ms is None or not ends_with_day:
            return self.at(at_ms)
        last_ms = at_ms - MINUTE_MS
        if local(last_ms).year != local(self.now_ms).year:
            return self.pick(until(at_ms, self.now_ms))
        return f"{local(last_ms):%m-%d} 24:00"

    def span(self, span_ms: int) -> str:
        """How long, in the largest fitting unit."""
        for unit_ms, zh, en in ((DAY_MS, "天", "d"), (HOUR_MS, "小时", "h"), (MINUTE_MS, "分钟", "min")):
            if span_ms >= unit_ms:
                return f"{span_ms // unit_ms} {zh if self.language == 'zh' else en}"
        return self.pick(("不到 1 分钟", "less than a minute"))

    def late(self, row: Row) -> str:
        """That the case is past its own due time, whoever has or has not decided so; empty when it is not."""
        due_ms = row["next_due_at_ms"]
        if due_ms is not None and due_ms < self.now_ms:
            span = self.span(self.now_ms - due_ms)
            return self.pick((f"逾期 {span}", f"OVERDUE by {span}"))
        if row["breached"]:
            count = row["breached"]
            return self.pick((f"{count} 项时限已超", f"{count} clock(s) BREACHED"))
        return ""

    def left(self, row: Row) -> str:
        """How long until the next due time; empty when it is past, or there is none."""
        due_ms = row["next_due_at_ms"]
        if due_ms is None or due_ms < self.now_ms:
            return ""
        span = self.span(due_ms - self.now_ms)
        return self.pick((f"还有 {span}", f"{span} left"))

    def due(self, row: Row) -> str:
        """What happens next."""
        return self.pick(words.due(row["next_deadline"])) if row["next_deadline"] else ""

    def state(self, code: str | None) -> str:
        """A state of a case."""
        return self.pick(word(words.STATES, code))

    def area(self, code: str) -> str:
        """An area: the county's name when it is known, and the code."""
        titles = self.areas.get(code[:6])
        return f"{self.pick(titles)} {code}".strip() if titles else code


def tail_of(case_id: str) -> str:
    """The end of a case number, by which a spoken alert names it too."""
    return case_id[-SPOKEN_CASE_CHARACTERS:]


def board_view(board: Board, tongue: Tongue) -> list[dict[str, Any]]:
    """The rows of the board."""
    return [
        {
            "row": row,
            "late": tongue.late(row),
            "due": tongue.due(row),
            "due_at": tongue.end(row["next_due_at_ms"]),
            "left": tongue.left(row),
            "child": tongue.pick(telling.child_words(row["facts"])),
            "holder": tongue.pick(telling.holder_words(row["holder"])),
            "area": tongue.area(row["area"]),
        }
        for row in board.rows
    ]


def board_address(filters: Filters, page: int, *, renews: bool = False) -> str:
    """The board with these filters; `renews`: asked for by the page itself, which is no sign of anybody's presence."""
    parts = {"level": filters.level, "state": filters.state, "area": filters.area}
    given = [f"{name}={value}" for name, value in parts.items() if value]
    given += ["mine=1"] * filters.mine + [f"page={page}"] * (page > 0) + ["auto=1"] * renews
    return "/board" + ("?" + "&".join(given) if given else "")


def case_view(file: CaseFile, tongue: Tongue) -> dict[str, Any]:
    """Everything that the case page shows, in one language."""
    row, pick = file.case, tongue.pick
    return {
        "file": file,
        "late": tongue.late(row),
        "due": tongue.due(row),
        "due_at": tongue.end(row["next_due_at_ms"]),
        "left": tongue.left(row),
        "closed_at": tongue.at(row["closed_at_ms"]),
        "child": pick(telling.child_words(row["facts"])),
        "area": tongue.area(row["area"]),
        "holder": pick(telling.holder_words(row["holder"])),
        "custody_since": tongue.at(row["custody_since_ms"]) if row["custody_since_ms"] else "",
        "hand": _hand(row, tongue),
        "seen_at": tongue.at(row["seen_at_ms"]) if row["seen_at_ms"] else "",
        "filed_at": tongue.at(row["filed_at_ms"]),
        "linked": [{"row": each, "child": pick(telling.child_words(each["facts"]))} for each in file.linked],
        "instructions": _instructions(file, tongue),
        "clocks": [_clock(each, tongue) for each in file.clocks],
        "measure": _measure(file.measure, tongue),
        "ranking": _ranking(file.measure, tongue),
        "ladders": [_ladder(each, file, tongue) for each in file.ladders],
        "sections": [
            {"title": pick(section.title), "lines": [pick(line) for line in section.lines]}
            for section in telling.explanation(file)
        ],
        "chapters": [
            {
                "at": pick(dated(chapter.at_ms)),
                "book": chapter.book,
                "seq": chapter.seq,
                "lines": [pick(line) for line in chapter.lines],
            }
            for chapter in telling.chapters(file.timeline)
        ],
    }


def _hand(row: Row, tongue: Tongue) -> str:
    state = tongue.pick(word(LADDER_STATES, row["in_hand"]))
    if row["in_hand_until_ms"] is None:
        return state
    until = tongue.at(row["in_hand_until_ms"])
    return tongue.pick((f"{state}，{until} 前须派人", f"{state}; somebody must be sent by {until}"))


def _instructions(file: CaseFile, tongue: Tongue) -> list[str]:
    if file.assessment is None:
        return []
    given = Assessment.model_validate_json(file.assessment).instructions
    order = {name: place for place, name in enumerate(FIRST_TO)}
    return [
        f"{tongue.pick(words.department(each.to))}: {tongue.pick((each.zh, each.en))}"
        for each in sorted(given, key=lambda each: (order.get(each.to, len(order)), each.to))
    ]


def _clock(row: Row, tongue: Tongue) -> dict[str, Any]:
    late = row["state"] == "BREACHED" or (row["state"] == "RUNNING" and row["due_at_ms"] < tongue.now_ms)
    standing = tongue.pick(word(CLOCK_STATES, row["state"]))
    left_ms = row["due_at_ms"] - tongue.now_ms
    if row["state"] == "RUNNING":
        span = tongue.span(abs(left_ms))
        standing = tongue.pick(
            (f"还有 {span}", f"{span} left") if left_ms >= 0 else (f"逾期 {span}", f"overdue {span}")
        )
    elif row["at_ms"] is not None:
        standing = f"{standing} {tongue.at(row['at_ms'])}"
    law = _law(row, tongue)
    return {
        "name": tongue.pick(words.clock(row["clock"])),
        "due": tongue.end(row["due_at_ms"]),
        "standing": standing,
        "law": law,
        "late": late,
    }


def _law(row: Row, tongue: Tongue) -> str:
    """The citation with its basis, unless it begins with that already."""
    citation, basis = tongue.pick(cited(row["citation"])), tongue.pick(word(codes.BASES, row["basis"]))
    return citation if citation.startswith(basis) else f"{citation} ({basis})"


def _measure(row: Row | None, tongue: Tongue) -> list[str]:
    if row is None or row["measure"] in {None, "NONE"}:
        return []
    pick = tongue.pick
    measure, status = pick(word(codes.MEASURES, row["measure"])), pick(word(codes.STATUSES, row["status"]))
    organ = f", {pick(word(codes.ORGANS, row['organ']))}" if row["organ"] else ""
    law = f"{row['ground'] or ''} {pick(cited(row['citation'])) if row['citation'] else ''}".strip()
    lines = [f"{measure} ({status}){organ}", law]
    if row["decide_by_ms"] and row["status"] == "PROPOSED":
        by = tongue.at(row["decide_by_ms"])
        lines.append(pick((f"{by} 前决定", f"to be decided by {by}")))
    if row["signed_by"]:
        lines.append(f"{row['signed_by']} {tongue.at(row['signed_at_ms'])} {row['document_number'] or ''}".strip())
    place = row["place_id"] or pick(("无场所", "no place"))
    reason = pick(word(codes.PLACE_REASONS, row["place_reason"])) if row["place_reason"] else ""
    return [line for line in (*lines, f"{place} {reason}".strip()) if line]


def _ranking(row: Row | None, tongue: Tongue) -> list[str]:
    if row is None or not row["ranking"]:
        return []
    return [
        f"{each['place_id']}, {tongue.pick(word(codes.PLACEMENTS, each['type']))}:"
        f" {tongue.pick(word(codes.PLACE_REASONS, each['why']))}"
        for each in orjson.loads(row["ranking"])
    ]


def _ladder(row: Row, file: CaseFile, tongue: Tongue) -> dict[str, Any]:
    pick, department = tongue.pick, row["department"]
    standing = pick(word(LADDER_STATES, row["state"]))
    if row["by"]:
        standing += f" ({row['by']}, {tongue.at(row['at_ms'])})"
    if row["declined_reason"] and row["state"] == "DECLINED":
        standing += f": {pick(words.reason_words(row['declined_reason']))}"
    if row["outcome"]:
        standing += f"; {pick(words.reason_words(row['outcome']))} {row['reference'] or ''}".rstrip()
    if row["next_due_at_ms"]:
        step, at = pick(words.rung(row["next_step"])), tongue.at(row["next_due_at_ms"])
        standing += pick((f"；{at} 升级到{step}", f"; climbs to {step} at {at}"))
    law = _law(row, tongue)
    return {
        "name": pick(words.department(department)),
        "standing": standing,
        "law": law,
        "steps": _steps(department, file, tongue),
        "open": row["state"] in {"CLIMBING", "LAPSED", "DECLINED"} and file.case["is_open"],
    }


def _steps(department: str, file: CaseFile, tongue: Tongue) -> list[str]:
    """Who was told when, what became of it, and what was answered by link, in the order of time."""
    pick = tongue.pick
    found: list[tuple[int, str]] = []
    for step in file.steps:
        if step["department"] == department:
            told = ", ".join(orjson.loads(step["contacts"]))
            nobody = pick(("无人值守", "nobody is on duty"))
            found.append((step["at_ms"], f"{pick(words.rung(step['step']))}: {told or nobody}"))
    for alert in file.alerts:
        if alert["ladder"] == department:
            told = ", ".join(orjson.loads(alert["contacts"]))
            result = pick(word(ALERT_STATES, alert["state"]))
            found.append((alert["requested_at_ms"], f"{pick(words.department(alert['department']))} {told}: {result}"))
    found += [
        (answer["at_ms"], pick(word(words.ANSWERS, answer["answer"])))
        for answer in file.answers
        if answer["department"] == department
    ]
    return [f"{tongue.at(at_ms)} {text}" for at_ms, text in sorted(found)]


ALERT_STATES: Final = {
    **words.RESULTS,
    "REQUESTED": ("正在发送", "being sent"),
    "WITHDRAWN": ("已撤回", "withdrawn"),
}


def state_view(freshness: Freshness, now_wall_ms: int, tongue: Tongue) -> Sequence[dict[str, Any]]:
    """How far each book is behind."""
    rows = []
    for book, fresh in sorted(freshness.books.items()):
        age = seconds_behind(fresh, now_wall_ms)
        rows.append(
            {
                "book": book,
                "seconds": "—" if age is None else f"{age:.1f}",
                "records": "—" if fresh.behind is None else fresh.behind,
                "last": tongue.at(fresh.decided_at_ms or None),
                "halted": fresh.halted,
            }
        )
    return rows


def clock_time(lag: Lag) -> str:
    """The time of day that the data is of."""
    return f"{local(lag.as_of_ms):%H:%M:%S}" if lag.as_of_ms else "—"
