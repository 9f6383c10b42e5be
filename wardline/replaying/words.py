"""What replay found, in words: a block for each case that differs, then the totals. Chinese and English."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shared.explaining.citations import cited
from shared.explaining.words import BASES, MEASURES, PLACEMENTS, Words
from shared.narration.words import Line, clock, department, word

KINDS: Words = {
    "UNDECIDABLE": ("无法自动判断", "undecidable"),
    "LEVEL": ("等级", "level"),
    "DEPARTMENTS": ("告知部门", "department told"),
    "NOT_TOLD": ("不予告知", "not told"),
    "DISCLOSURE": ("公开范围", "disclosure"),
    "LADDER": ("逐级提醒", "ladder"),
    "CLOCKS": ("时限", "clock"),
    "MEASURE": ("照护安排", "measure"),
    "PLACE": ("安置场所", "place"),
    "REVOCATION": ("撤销监护人资格", "revocation"),
    "SITUATIONS": ("情形", "situation"),
    "INSTRUCTIONS": ("办理提示", "instruction"),
    "WORDING": ("仅依据或表述", "wording or source only"),
}
COUNTED = ("LADDER", "SITUATIONS", "INSTRUCTIONS", "WORDING")
"""Kinds of which a case's block says only how many there are; `--json` has them all."""
UNLIKE: Words = {
    "OLDER_ENGINE": ("由旧版本判断", "decided by an older engine"),
    "FAILED_THEN": ("当时无法自动判断", "could not be decided then"),
    "REBUILT": ("原报告已不在，按记录还原", "the report is gone and was put together from its record"),
    "POLICY_UNREADABLE": ("当时的政策无法读取，未比较", "its policy cannot be read: not compared"),
    "INPUT_GONE": ("原报告已不在，未重新判断", "the report is gone: not decided again"),
}
LOAD_PRINTED_MAX = 30
KINDS_OF_PLACES: Words = {**PLACEMENTS, "ANY": ("任一类", "any kind"), "ALL": ("各类合计", "all kinds")}


def case_lines(facts: Mapping[str, Any]) -> Iterator[Line]:
    """One case that differs."""
    at = facts["arrived_at"][:16].replace("T", " ")
    place = f"{facts['book']}/{facts['seq']}"
    yield Line(f"案件 {facts['case']}  {at}  账册/记录 {place}", f"case {facts['case']}  {at}  book/record {place}")
    counted = Counter(each["kind"] for each in facts["differences"] if each["kind"] in COUNTED)
    for each in facts["differences"]:
        if each["kind"] not in COUNTED:
            yield _difference(each)
    if counted:
        kinds = [(word(KINDS, kind), count) for kind, count in counted.items()]
        yield Line(
            "  另有：" + "、".join(f"{kind.zh} {count} 处" for kind, count in kinds),
            "  also: " + ", ".join(f"{kind.en} {count}" for kind, count in kinds),
        )


def _difference(each: Mapping[str, Any]) -> Line:
    kind, subject = word(KINDS, each["kind"]), _subject(each["kind"], each["subject"])
    before, after = (_value(each["kind"], each["subject"], each[side]) for side in ("before", "after"))
    source = _source(each)
    return Line(
        f"  {kind.zh}{'·' if subject.zh else ''}{subject.zh}：{before.zh} → {after.zh}{source.zh}",
        f"  {kind.en}{' ' if subject.en else ''}{subject.en}: {before.en} → {after.en}{source.en}",
    )


def _source(each: Mapping[str, Any]) -> Line:
    """The rule that makes the difference, its basis and citation."""
    if not each["rule"]:
        return Line("", "")
    basis, citation = word(BASES, each["basis"]), cited(each["citation"])
    zh, en = (
        said if said.startswith(kind) else f"{kind}, {said}"
        for kind, said in ((basis.zh, citation.zh), (basis.en, citation.en))
    )
    return Line(f"  〔{each['rule']}, {zh}〕", f"  [{each['rule']}, {en}]")


def _subject(kind: str, subject: str | None) -> Line:
    if not subject:
        return Line("", "")
    if kind in {"DEPARTMENTS", "DISCLOSURE", "NOT_TOLD"}:
        return department(subject)
    return clock(subject) if kind == "CLOCKS" else word({}, subject)


def _value(kind: str, subject: str | None, value: str | None) -> Line:
    if value is None or value == "":
        return Line("—", "—")
    if kind == "MEASURE" and subject is None:
        measure, _, rest = value.partition(" ")
        said, places = word(MEASURES, measure), _codes(KINDS_OF_PLACES, rest)
        return Line(f"{said.zh} {places.zh}".strip(), f"{said.en} {places.en}".strip())
    at = value[:16].replace("T", " ") if value[10:11] == "T" else value
    return Line(at, at)


def _codes(words: Words, codes: str) -> Line:
    """Every code of a text that has words, in them: `ALL/FOSTER/KIN`."""
    said = {code: words[code] for code in re.findall(r"[A-Z_]+", codes) if code in words}

    def in_language(side: int) -> str:
        return re.sub(r"[A-Z_]+", lambda found: said[found[0]][side] if found[0] in said else found[0], codes)

    return Line(in_language(0), in_language(1))


def total_lines(facts: Mapping[str, Any]) -> Iterator[Line]:
    """The totals."""
    done = facts["redecided"]
    yield Line(
        f"政策 {facts['policy']}：重新判断报告 {done['reports']} 份（另有单独评估 {done['deferred']} 次），"
        f"案件 {done['cases']} 件，儿童 {done['children']} 人次；有差异的案件 {facts['cases_differ']} 件",
        f"policy {facts['policy']}: {done['reports']} reports decided again (and {done['deferred']} assessments"
        f" of their own), {done['cases']} cases, {done['children']} children; {facts['cases_differ']} cases differ",
    )
    for kind, count in sorted(facts["differences"].items(), key=lambda entry: -entry[1]):
        said = word(KINDS, kind)
        yield Line(f"  {said.zh}：{count} 件", f"  {said.en}: {count} cases")
    if facts["undecidable_after"]:
        yield Line(
            f"在新政策下无法自动判断：{facts['undecidable_after']} 份",
            f"undecidable under this policy: {facts['undecidable_after']}",
        )
    for reason, count in facts["not_like_with_like"].items():
        said = word(UNLIKE, reason)
        yield Line(
            f"不能与记录直接比较：{count}（{said.zh}）", f"not compared with the record itself: {count} ({said.en})"
        )
    yield from _levels(facts["levels"])
    yield from _places(facts["places_needed_at_most"])
    yield from load_lines(facts["load"])
    yield from _speed(facts)


def _levels(levels: Mapping[str, Any]) -> Iterator[Line]:
    said = [
        f"{level} {each['share_before']:.1%} → {each['share_after']:.1%} ({each['before']} → {each['after']})"
        for level, each in levels.items()
        if each["before"] or each["after"]
    ]
    yield Line("等级分布：" + "；".join(said), "levels: " + "; ".join(said))


def _places(places: Mapping[str, Any]) -> Iterator[Line]:
    kinds = dict.fromkeys((*places["before"], *places["after"]))
    counts = {kind: f"{places['before'].get(kind, 0)} → {places['after'].get(kind, 0)}" for kind in kinds}
    said = [(_codes(KINDS_OF_PLACES, kind), count) for kind, count in counts.items()]
    if said:
        yield Line(
            "同一时间最多需要床位：" + "；".join(f"{kind.zh} {count}" for kind, count in said),
            "places needed at most at one time: " + "; ".join(f"{kind.en} {count}" for kind, count in said),
        )


def load_lines(load: Sequence[Mapping[str, Any]]) -> Iterator[Line]:
    """Whose load changes most, first."""
    if not load:
        return
    yield Line(
        "值守负担（报告到达时要求受理的次数；每日/每夜，夜间为 20:00–08:00）：",
        "load (acknowledgements asked for when reports come; a day / a night, night is 20:00-08:00):",
    )
    differ = [each for each in load if each["before"] != each["after"]]
    changed = sorted(differ, key=lambda each: (-abs(each["after"]["asked"] - each["before"]["asked"]), each["contact"]))
    for each in changed[:LOAD_PRINTED_MAX]:
        sides = [f"{each[side]['a_day']:g}/{each[side]['a_night']:g}" for side in ("before", "after")]
        counts = f"{each['before']['asked']} → {each['after']['asked']}"
        line = f"  {each['contact']} {each['step']} {each['level']}: {sides[0]} → {sides[1]} ({counts})"
        yield Line(line, line)
    if len(differ) > LOAD_PRINTED_MAX:
        more = len(differ) - LOAD_PRINTED_MAX
        yield Line(f"  另有 {more} 行，见 --json", f"  {more} more rows: --json")
    if unchanged := len(load) - len(differ):
        yield Line(f"  未变：{unchanged} 行", f"  unchanged: {unchanged} rows")


def _speed(facts: Mapping[str, Any]) -> Iterator[Line]:
    ledger, speed = facts["ledger"], facts["speed"]
    steps = ", ".join(f"{step} {seconds:.1f} s" for step, seconds in speed["seconds_by_step"].items())
    yield Line(
        f"读取记录 {ledger['records']} 条（无效 {ledger['void']} 条），{speed['seconds']:.1f} 秒，"
        f"每核每秒 {speed['records_per_second_a_core']} 条（{steps}）",
        f"{ledger['records']} records read ({ledger['void']} void) in {speed['seconds']:.1f} s by {speed['processes']} "
        f"processes, {speed['records_per_second_a_core']} a second a core ({steps})",
    )
