"""The choices of the forms, in words: from the vocabulary, said as the rest of the system says them."""

from collections.abc import Iterable, Mapping

from services.desk.acting.fields import Choice
from shared.contracts.vocabulary import (
    CallOutcome,
    CallParty,
    CloseReason,
    Department,
    DisputeAbout,
    Disqualifier,
    EndReason,
    GuardianType,
    Holder,
    KinCheck,
    Level,
    Organ,
    Relation,
    RevocationGround,
    RevocationItem,
    Wishes,
)
from shared.explaining import words as core
from shared.explaining.said import Said
from shared.explaining.words import Words
from shared.narration import answer_words, guardian_words, words

SUBJECTS: Words = {
    "GUARDIAN": ("监护人", "the guardian"),
    "KIN": ("亲属", "kin"),
    "CHILD": ("孩子", "the child"),
    "HOUSEHOLD": ("家庭环境", "the household"),
}
STAGES: Words = {
    "APPLIED": ("已申请", "applied for"),
    "GRANTED": ("法院已作出", "granted"),
    "REFUSED": ("法院已驳回", "refused"),
}
SUGGESTION_STAGES: Words = {"ISSUED": ("已发出", "sent"), "ANSWERED": ("已书面回复", "answered in writing")}
GUARDIAN_TYPES: Words = {
    "PARENT": ("父母", "a parent"),
    "GRANDPARENT": ("祖父母、外祖父母", "a grandparent"),
    "SIBLING": ("兄、姐", "an elder sibling"),
    "OTHER_PERSON": ("其他愿意担任的个人", "another person"),
    "ORG": ("有关组织", "an organisation"),
    "CIVIL_AFFAIRS_LONG": ("民政部门长期监护", "civil affairs, long-term"),
}
REVOCATION_ITEMS: Words = {
    "UNSUPERVISED_UNCORRECTED": ("长期无人看护，经教育不改", "left unsupervised, uncorrected"),
    "REFUSAL_SIX_MONTHS": ("拒不履行监护职责六个月以上", "duty refused for six months"),
    "ADDICTION_OR_PRISON_UNDELEGATED": (
        "吸毒、酗酒或服刑，不能履职又不委托",
        "addiction or prison, nobody entrusted",
    ),
    "BEGGING_AFTER_WARNINGS": ("胁迫乞讨，经教育不改", "made to beg, after warnings"),
    "CRIME_INSTIGATED": ("教唆、利用实施犯罪", "instigated or used for crime"),
}
LIMBS_94: Words = {
    "1": ("查找不到父母或其他监护人", "no parent or other guardian can be found"),
    "2": ("监护人死亡或被宣告死亡，无其他人可担任", "the guardian is dead and nobody else can be"),
    "3": ("监护人丧失监护能力，无其他人可担任", "the guardian has lost capacity and nobody else can be"),
    "4": ("法院撤销资格并指定民政部门", "the court revoked and named civil affairs"),
    "5": ("法律规定的其他情形", "another case that the law names"),
}
NOT_KNOWN: Words = {"UNKNOWN": ("不清楚", "not known")}


def of(said: Words, codes: Iterable[str] | None = None) -> tuple[Choice, ...]:
    """These codes, or all, in words."""
    return tuple(Choice(code, Said(*said[code])) for code in (said if codes is None else codes))


def numbered(said: Words) -> tuple[Choice, ...]:
    """Codes that are numbers of an article's items, said with the number."""
    return tuple(Choice(code, Said(f"{code}. {zh}", f"{code}. {en}")) for code, (zh, en) in said.items())


def only(choices: Iterable[Choice], without: Iterable[str]) -> tuple[Choice, ...]:
    """Without these codes."""
    left_out = set(without)
    return tuple(choice for choice in choices if choice.code not in left_out)


HOLDERS = of(core.HOLDERS, [code for code in Holder if code != Holder.UNKNOWN]) + of(NOT_KNOWN)
HOLDERS_FROM = of(NOT_KNOWN) + of(core.HOLDERS)
WISHES = of(words.WISHES, Wishes)
DEPARTMENTS = of(core.DEPARTMENTS, Department)
RELATIONS = of(guardian_words.RELATIONS, Relation)
DISQUALIFIERS = of(guardian_words.DISQUALIFIERS, Disqualifier)
KIN_CHECKS = of(guardian_words.KIN_CHECKS, KinCheck)
DISPUTES = of(guardian_words.DISPUTES, DisputeAbout)
ORGANS = of(core.ORGANS, Organ)
END_REASONS = of(words.REASONS, EndReason)
CLOSE_REASONS = of(words.REASONS, [code for code in CloseReason if code is not CloseReason.TRANSFERRED])
GROUNDS = of(core.GROUNDS, RevocationGround)
ITEMS = of(REVOCATION_ITEMS, RevocationItem)
NEW_GUARDIANS = of(GUARDIAN_TYPES, [code for code in GuardianType if code in GUARDIAN_TYPES])
LEVELS = tuple(Choice(code, Said(f"{code} {zh}", f"{code} {en}")) for code, (zh, en) in core.LEVELS.items())
DUTIES = of(words.DUTIES)
PARTIES = of(answer_words.PARTIES, CallParty)
CALL_OUTCOMES = of(answer_words.CALL_OUTCOMES, CallOutcome)
ISSUERS = of(core.DEPARTMENTS, ("PROCURATORATE", "POLICE", "COURT", "JUSTICE"))
LEVEL_CODES: Mapping[str, int] = {level.value: level.urgency for level in Level}
