"""Citations in both languages. Rows cite in Chinese, as a lawyer does; English says the texts' names and numbers.

Only names, articles and the notes below are translated: what is not known here stays in Chinese between quotation
marks, and a test names every citation of the shipped policy of which that is true.
"""

import re
from typing import Final

from shared.explaining.said import Said

TEXTS: Final[dict[str, str]] = {
    "关于建立侵害未成年人案件强制报告制度的意见（试行）": "Opinion on Mandatory Reporting (2020, for trial)",
    "强制报告意见（试行）": "Opinion on Mandatory Reporting (2020, for trial)",
    "上海市未成年人保护条例": "Shanghai Ordinance on the Protection of Minors",
    "北京市未成年人保护条例": "Beijing Ordinance on the Protection of Minors",
    "未成年人保护法": "Law on the Protection of Minors",
    "反家庭暴力法": "Anti-Domestic Violence Law",
    "民法典": "Civil Code",
    "儿童福利机构管理办法": "Measures on Child Welfare Institutions",
    "未成年人救助保护机构管理暂行办法": "Interim Measures on Rescue and Protection Institutions for Minors",
    "预防未成年人犯罪法": "Law on the Prevention of Juvenile Delinquency",
    "义务教育法": "Compulsory Education Law",
    "个人信息保护法": "Personal Information Protection Law",
    "监护侵害意见": "Opinion on Infringement by Guardians (2014)",
    "依法处理监护人侵害未成年人权益行为若干问题的意见": "Opinion on Infringement by Guardians (2014)",
}
NOTES: Final[dict[str, str]] = {
    "条文称政府有关部门": "the article says “the government department concerned”",
    "由乡镇和民政接收为设计值": "that township and civil affairs take it is a design value",
    "不询问是否怀孕": "pregnancy is not asked",
    "不询问受伤部位": "which part of the body is hurt is not asked",
    "疑似受性侵害即从严按本项处理": "suspected sexual abuse is taken as the graver",
    "为设计值": "by design",
    "留守儿童": "left-behind children",
    "其他儿童参照": "other children by comparison",
    "其他儿童：": "other children: ",
    "不超过六个月": "at most six months",
    "以保护令所载期限为准": "the order itself says how long",
    "害怕回家": "fear to go home",
    "疑似受侵害": "suspected harm",
    "治疗等待签字的": "treatment that waits for a signature",
    "参照适用": "by comparison only",
    "强制报告情形": ", situations of mandatory report",
    "应急处置": ", emergency response",
    "拒不履行监护责任六个月以上": "duty refused for six months or more",
    "“长期”的小时数为设计值": "the hours of “long” are a design value",
    "最小必要": "no more than necessary",
    "公开范围为设计值": "what is shown is a design value",
    "及时书面报告": "“promptly”, in writing",
    "及时": "“promptly”",
    "立即": "“at once”",
    "一个工作日为设计值": "one working day is a design value",
    "三个工作日为设计值": "three working days are a design value",
    "七日为设计值": "seven days are a design value",
    "三十日为设计值": "thirty days are a design value",
    "随访义务": "the duty to visit",
    "法律用语：立即、及时": "the law says “at once”, “promptly”",
    "法律未规定申请期限": "the law sets no limit for applying",
    "国家法律未规定一年期限": "national law sets no limit of one year",
    "日的计算：": "days are counted by: ",
    "利益冲突": "conflict of interest",
    "熟人社会中的保密": "secrecy where everybody knows everybody",
    "最有利于未成年人": "the child's best interest",
    "户籍登记": "household registration",
    "机构名称可配置": "the body's name is set for each area",
    "年修正": " amendment",
    "年修订": " revision",
    "未逐条核实": "articles not verified",
    "未核实": " (not verified)",
    "时间为设计值": "the time is a design value",
    "设计值九十天": "ninety days are a design value",
    "增加告知对象": "told in addition",
    "及时告知": "told “promptly”",
    "失效前可申请延长": "an extension may be applied for before its end",
    "五个月为设计值": "five months are a design value",
    "月的计算：": "months are counted by: ",
    "设计值": "design value",
    "参照": "compare ",
    "据二手来源": "from a secondary source",
    "项次未核实": "the item not verified",
    "条号未核实": "the article not verified",
    "一个月审理期限": "the court's month",
    "法律未规定期限": "the law sets no limit",
    "未规定期限": " set no limit",
    "国家法律未规定临时监护期限": "national law sets no limit of temporary guardianship",
    "审查后暂不申请": "examined and not applied for now",
    "期满再次提醒": "reminded again when the time is over",
    "签批人说明理由后延长": "extended by a signatory with a reason",
    "期满须再行决定": "to be decided again when the time is over",
}
_DIGITS: Final = "零一二三四五六七八九"
_ARTICLE: Final = re.compile(r"第([零一二三四五六七八九十百]+)(条|款|项)(?:之([一二三四五六七八九十]+))?")
_DOCUMENT: Final = re.compile(r"(国发|民发|国办发|法发|高检发)〔(\d{4})〕(\d+)号")
_ISSUERS: Final = {
    "国发": "State Council document",
    "民发": "Civil Affairs document",
    "国办发": "State Council Office document",
    "法发": "Supreme Court document",
    "高检发": "Supreme Procuratorate document",
}
_UNTRANSLATED: Final = re.compile(r"[\u3400-\u9fff]+")
_MARKS: Final = str.maketrans(
    {"（": " (", "）": ")", "；": "; ", "、": ", ", "，": ", ", "《": "", "》": "", "。": ". "}
)
_LONGEST_FIRST: Final = sorted({**TEXTS, **NOTES}.items(), key=lambda entry: -len(entry[0]))


_OWN: Final = {
    "design: an open case always has a next date": Said(
        "设计值：未结的案件总有下一个日期", "design value: an open case always has a next date"
    ),
    "design: decided by phone, the document number by 12:00 of the next working day": Said(
        "设计值：电话决定的，下一个工作日 12:00 前补文号",
        "design value: decided by phone, the document number by 12:00 of the next working day",
    ),
    "design: no ladder of the policy applies": Said(
        "设计值：没有适用的政策规则", "design value: no ladder of the policy applies"
    ),
}
"""Citations of the core's own rules, which no row holds."""
_FIXED: Final = Said("和日期固定的节日", " and the holidays of fixed date")
_NOTHING: Final = Said("", "")
_CALENDAR: Final = re.compile(r" ?\(calendar of (\d{4}) not yet published: weekends( and fixed holidays)? only\)")


def cited(citation: str) -> Said:
    """A citation as it stands, and in English; a clock's note on the calendar in both."""
    if citation in _OWN:
        return _OWN[citation]
    note = _CALENDAR.search(citation)
    if note is None:
        return Said(citation, english(citation))
    text = _CALENDAR.sub("", citation)
    fixed = _FIXED if note[2] else _NOTHING
    return Said(
        f"{text}；{note[1]} 年的放假安排还没有公布，只按周末{fixed.zh}推算",
        f"{english(text)}; the holidays of {note[1]} are not published yet, only weekends{fixed.en} are counted",
    )


def english(citation: str) -> str:
    """A citation's names, articles and notes in English; the rest stays, between quotation marks."""
    text = citation.replace("(", "（").replace("条至第", "条 to 第")
    for chinese, words in _LONGEST_FIRST:
        text = text.replace(chinese, f" {words}" if chinese in TEXTS else words)
    text = _DOCUMENT.sub(lambda found: f" {_ISSUERS[found[1]]} [{found[2]}] No. {found[3]}", text)
    text = _numbered(text).translate(_MARKS)
    text = _UNTRANSLATED.sub(lambda found: f"“{found[0]}”", text)
    text = re.sub(r"\s+", " ", text).replace(" ,", ",").replace("( ", "(").replace(" )", ")").replace(" ;", ";")
    return text.strip()


def _numbered(text: str) -> str:
    """第三十六条第一款第二项 as art. 36(1)(2); an item without a paragraph as art. 4 item 6."""
    out, last, paragraph = "", 0, False
    for found in _ARTICLE.finditer(text):
        out += text[last : found.start()]
        number, kind = number_of(found[1]), found[2]
        follows = found.start() == last and last > 0
        if kind == "条":
            out, paragraph = f"{out} art. {number}", False
        elif kind == "款":
            out, paragraph = f"{out}({number})", True
        else:
            out += f"({number})" if paragraph and follows else f" item {number}"
        if found[3]:
            out += f"-{number_of(found[3])}"
        last = found.end()
    return out + text[last:]


def number_of(chinese: str) -> int:
    """A Chinese number below a thousand."""
    total, digit = 0, 0
    for sign in chinese:
        if sign == "百":
            total, digit = total + (digit or 1) * 100, 0
        elif sign == "十":
            total, digit = total + (digit or 1) * 10, 0
        else:
            digit = _DIGITS.index(sign)
    return total + digit
