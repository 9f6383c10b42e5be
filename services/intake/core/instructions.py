"""What every filer is told at once; danger comes first. Triage's own instructions follow on the receipt's page."""

from shared.contracts.alerts import Instruction
from shared.contracts.reports import ReportFacts
from shared.contracts.vocabulary import Concern, Injury, InstitutionType

DANGER = Instruction(
    to="REPORTER",
    code="DANGER_CALL_110_120",
    zh="如果孩子此刻有危险，请立即拨打110（报警）或120（急救），并记下接警编号。",
    en="If a child is in danger now: call 110 (police) or 120 (ambulance) at once, and note the alarm number.",
)
DANGER_CODES = frozenset({DANGER.code, "DANGER-FIRST"})
"""The policy has a line of its own that says what stands first here anyway."""
MISSING = Instruction(
    to="REPORTER",
    code="MISSING_CALL_110",
    zh="孩子下落不明：请马上报警（110），说明最后在何处、何时见到孩子，穿什么衣服。",
    en="The child is missing: tell the police (110) at once where and when the child was last seen, and the clothes.",
)
STAY_WITH_CHILD = Instruction(
    to="REPORTER",
    code="STAY_WITH_CHILD",
    zh="孩子若在您身边，在有人接手之前请陪着孩子，不要让孩子独处。",
    en="If the child is with you, stay with the child until somebody takes over.",
)
GO_TO_ADULT = Instruction(
    to="REPORTER",
    code="GO_TO_ADULT",
    zh="请待在你信任的大人（如老师、邻居）身边，告诉他发生了什么。",
    en="Stay with a grown-up whom you trust, such as a teacher or a neighbour, and say what happened.",
)
DO_NOT_QUESTION = Instruction(
    to="REPORTER",
    code="DO_NOT_QUESTION",
    zh="不要反复追问孩子；记下孩子自己说的话即可。",
    en="Do not question the child again and again; note what the child says, word for word.",
)
DO_NOT_TELL_FAMILY = Instruction(
    to="REPORTER",
    code="DO_NOT_TELL_FAMILY",
    zh="不要把报告一事告诉家属或涉事人员。",
    en="Do not tell the family, or whoever is involved, that a report was made.",
)
KEEP_TRACES = Instruction(
    to="REPORTER",
    code="KEEP_TRACES",
    zh="保留衣物、照片、病历和记录，不要清洗。",
    en="Keep clothes, photographs, medical notes and records; do not wash anything.",
)
KEEP_RECEIPT = Instruction(
    to="REPORTER",
    code="KEEP_RECEIPT",
    zh="请保存回执号：凭它可以补充情况、查询办理进展。",
    en="Keep the receipt: with it you can add facts and see what has been done.",
)
ON_ADDITION = (DANGER,)


def on_filing(facts: ReportFacts) -> tuple[Instruction, ...]:
    """What fits these facts: nobody can stay with a child who is missing, and a parent is the family."""
    filer = facts.institution.type
    missing = facts.safety.missing_now is True or _every_child(facts, missing=True)
    gone = missing or _every_child(facts, missing=False)
    told = [DANGER]
    if filer is InstitutionType.CHILD:
        told.append(GO_TO_ADULT)
    elif missing:
        told.append(MISSING)
    elif not gone:
        told.append(STAY_WITH_CHILD)
    if filer is not InstitutionType.CHILD and not gone:
        told.append(DO_NOT_QUESTION)
    if filer not in {InstitutionType.CHILD, InstitutionType.PARENT}:
        told.append(DO_NOT_TELL_FAMILY)
        told.append(KEEP_TRACES)
    return (*told, KEEP_RECEIPT)


def _every_child(facts: ReportFacts, *, missing: bool) -> bool:
    """Whether each child that is named is missing (else: has died); of several, one who is there needs somebody."""
    return bool(facts.children) and all(
        Concern.MISSING in child.concerns if missing else child.injury is Injury.DEATH for child in facts.children
    )
