"""What is known of the texts that rows cite: since when each is law, and which lengths of time it gives.

A row that claims a text (basis STATUTE or LOCAL) may not be older than the text, and may give no length of time
that the text does not give: whatever else is counted is design, and says so.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from shared.contracts.vocabulary import Basis

from services.triage.core.clocks import Unit
from services.triage.core.policy.conditions import FactTest
from services.triage.core.policy.model import Amount, Row

IN_FORCE: Final[dict[str, date]] = {
    "未成年人保护法": date(2021, 6, 1),
    "民法典": date(2021, 1, 1),
    "反家庭暴力法": date(2016, 3, 1),
    "强制报告制度的意见（试行）": date(2020, 5, 7),
    "强制报告意见（试行）": date(2020, 5, 7),
    "国发〔2016〕13号": date(2016, 2, 14),
    "国发〔2016〕36号": date(2016, 6, 17),
    "民发〔2021〕5号": date(2021, 1, 25),
    "上海市未成年人保护条例": date(2024, 12, 31),
    "北京市未成年人保护条例": date(2023, 5, 26),
}
"""Since when a text is cited here. Of the documents: no earlier than a publication that could be confirmed; of
the two ordinances: the date of the text that was read. A text that is not named here is no law for this policy."""
GIVES: Final[dict[str, frozenset[tuple[int, Unit]]]] = {
    "未成年人保护法第二十三条": frozenset({(7, Unit.DAY)}),
    "未成年人保护法第一百一十四条": frozenset({(1, Unit.MONTH)}),
    "反家庭暴力法第二十八条": frozenset({(72, Unit.HOUR), (24, Unit.HOUR)}),
    "反家庭暴力法第三十条": frozenset({(6, Unit.MONTH)}),
    "上海市未成年人保护条例第七十七条": frozenset({(6, Unit.MONTH), (12, Unit.MONTH)}),
}
"""The lengths of time that articles give; "at least once a week" is seven days, "one year" twelve months."""
NOT_VERIFIED: Final = (
    "第84号", "法发〔2014〕24号", "监护侵害意见", "监护人侵害未成年人权益行为", "民发〔2019〕34号", "MZ/T", "DB31/T",
    "DB32/T",
    "未核实", "未成年人学校保护规定", "第50号", "儿童福利机构管理办法", "救助保护机构管理暂行办法", "等级保护",
)  # fmt: skip
"""Texts that nobody has read article by article yet: a row that cites one may be design, never law."""
_UNREAD_ARTICLES: Final = re.compile(
    r"强制报告(?:制度的)?意见（试行）第(?:五|十|十一|十二|十三|十四|十五|二十|二十一|二十二|二十三)条"
)
"""Articles of the opinion of 2020 whose wording is not verified."""
ARTICLES: Final[dict[str, int]] = {
    "未成年人保护法": 132, "民法典": 1260, "反家庭暴力法": 38,
    "强制报告制度的意见（试行）": 23, "强制报告意见（试行）": 23,
}  # fmt: skip
"""How many articles a text has: a row that cites a later one cites nothing."""
ARTICLES_READ: Final[dict[str, frozenset[int]]] = {
    "上海市未成年人保护条例": frozenset(range(75, 80)),
    "北京市未成年人保护条例": frozenset({47, 53}),
}
"""Of the ordinances only these articles were read (0079)."""
_OPINION_READ: Final = frozenset({2, 3, 4, 6, 7, 8, 9, 16, 17, 18, 19})
_LAWS_READ: Final[dict[str, frozenset[int]]] = {
    "未成年人保护法": frozenset(
        {11, 20, 21, 22, 23, 28, 29, 39, 40, 43, 57, 72, 81, 92, 93, 94, 96, 97, 103, 106, 108, 114, 117, 118}
    ),
    "民法典": frozenset({27, 31, 32, 34, 36, 37, 38, 39, *range(200, 205)}),
    "反家庭暴力法": frozenset({14, 15, 21, 23, 28, 30, 35}),
    "关于建立侵害未成年人案件强制报告制度的意见（试行）": _OPINION_READ,
    "强制报告意见（试行）": _OPINION_READ,
    **ARTICLES_READ,
}
"""The articles that were read: each part of a citation as law is one of these, or a document below."""
_DOCUMENTS: Final = frozenset({"国发〔2016〕13号强制报告情形", "国发〔2016〕36号", "民发〔2021〕5号"})
"""Documents that are cited as a whole."""
_AREAS: Final = {"上海市未成年人保护条例": "31", "北京市未成年人保护条例": "11"}
"""Where an ordinance holds."""
_BRACKETS: Final = re.compile(r"（(?!试行）)[^（）]*）")
_LAW_PART: Final = re.compile(
    "(" + "|".join(sorted(_LAWS_READ, key=len, reverse=True)) + ")?"
    "(?:第([一二三四五六七八九十百零]+)条)?(?:第[一二三四五六七八九十]+款)?(?:第[一二三四五六七八九十]+项)?"
)
_TEXT_OR_ARTICLE: Final = re.compile(
    "(" + "|".join(sorted((*ARTICLES, *ARTICLES_READ), key=len, reverse=True)) + ")|([^；、，（]*法(?=第))"
    "|第([一二三四五六七八九十百千零〇两0-9]+)条"
)
_DIGITS: Final = {digit: number for number, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS: Final = {"十": 10, "百": 100, "千": 1000}
_SAYS_DESIGN: Final = re.compile(r"设计值|design", re.IGNORECASE)
_LONG_IN_WORDS: Final = re.compile(r"[一二三四五六七八九十百两0-9]+(?:小时|个?工作日|日内|天|个月)")


def source_faults(row: Row) -> Iterator[str]:
    """What is wrong with where a row says that it comes from."""
    basis, citation = row.source.basis, row.source.citation
    if not re.search(r"[\u3400-\u9fff]", row.title_zh) or not re.search(r"[A-Za-z]", row.title_en):
        yield "has no title in both languages"
    if row.valid_to is not None and row.valid_to < row.valid_from:
        yield "ends before it begins"
    yield from _article_faults(citation, law=basis is not Basis.DESIGN)
    if basis is Basis.DESIGN:
        if not _SAYS_DESIGN.search(citation):
            yield "is design and does not say so"
        return
    if any(text in citation for text in NOT_VERIFIED) or _UNREAD_ARTICLES.search(citation):
        yield "cites as law what is not verified"
    yield from _unknown_parts(citation)
    begins = [since for text, since in IN_FORCE.items() if text in citation]
    if not begins:
        yield "cites no text that is known here"
    elif row.valid_from < max(begins):
        yield f"is older than the text that it cites ({max(begins)})"
    yield from (f"is law of area {area} only" for text, area in _AREAS.items() if _outside(row, text, area))
    if basis is Basis.LOCAL and not row.area:
        yield "is local law without an area"


def _outside(row: Row, text: str, area: str) -> bool:
    return text in row.source.citation and not row.area.startswith(area)


def _unknown_parts(citation: str) -> Iterator[str]:
    """The parts of a citation as law that are no article that was read, nor a document that is known here.

    A part without a text goes on with the one before it; what stands in brackets is a remark.
    """
    text, article = "", 0
    for part in re.split("[；、，]", _BRACKETS.sub("", citation)):
        said = part.removeprefix("其他儿童：")
        if said in _DOCUMENTS:
            text, article = "", 0
            continue
        found = _LAW_PART.fullmatch(said)
        if found is None or not said:
            yield f"cites as law what is not known here: {part}"
            continue
        text, article = found[1] or text, _number(found[2]) if found[2] else 0 if found[1] else article
        if article not in _LAWS_READ.get(text, frozenset()):
            yield f"cites as law an article that was not read: {part}"


def _article_faults(citation: str, *, law: bool) -> Iterator[str]:
    """Articles that the texts do not have, or that nobody has read; and laws cited without any article."""
    cited: dict[str, int] = {}
    text = ""
    for found in _TEXT_OR_ARTICLE.finditer(citation):
        if found[3] is None:
            text = found[1] or ""
            cited.setdefault(text, 0)
            continue
        cited[text] = cited.get(text, 0) + 1
        article = _number(found[3])
        if not 0 < article <= ARTICLES.get(text, article):
            yield f"{text} has no article {article}"
        if text in ARTICLES_READ and article not in ARTICLES_READ[text]:
            yield f"article {article} of {text} was not read"
    if law:
        yield from (f"cites {text} and names no article" for text, count in cited.items() if text and not count)


def _number(written: str) -> int:
    """A number in Chinese or Arabic digits, below ten thousand."""
    if written.isdecimal() and written.isascii():
        return int(written)
    total, digit = 0, 0
    for sign in written:
        if sign in _TENS:
            total, digit = total + (digit or 1) * _TENS[sign], 0
        else:
            digit = _DIGITS.get(sign, 0)
    return total + digit


def amount_faults(row: Row, amounts: Iterator[Amount], tests: Iterator[FactTest]) -> Iterator[str]:
    """Lengths of time that a row gives as law and that no article which it cites gives."""
    if row.source.basis is Basis.DESIGN:
        return
    given = {amount for article, found in GIVES.items() if article in row.source.citation for amount in found}
    for amount in amounts:
        if amount.amount and (amount.amount, amount.unit) not in given:
            yield f"{amount.amount} {amount.unit.value} is not in the text that it cites"
    if not given and _LONG_IN_WORDS.search(row.title_zh):
        yield "its title gives a length of time that is not in the text that it cites"
    for test in tests:
        if test.fact.endswith("_days") and re.search(r"\d", test.expression):
            yield f"a number of days that is not in the text that it cites: {test.expression}"
