"""What every filer is told at once; danger comes first. Triage's own instructions follow on the receipt's page."""

from shared.contracts.alerts import Instruction

DANGER = Instruction(
    to="REPORTER",
    code="DANGER_CALL_110_120",
    zh="如果孩子此刻有危险，请立即拨打110（报警）或120（急救），并记下接警编号。",
    en="If a child is in danger now: call 110 (police) or 120 (ambulance) at once, and note the alarm number.",
)
ON_FILING = (
    DANGER,
    Instruction(
        to="REPORTER",
        code="STAY_WITH_CHILD",
        zh="在有人接手之前，请尽可能陪着孩子，不要让孩子独处。",
        en="Stay with the child, as far as you can, until somebody takes over.",
    ),
    Instruction(
        to="REPORTER",
        code="DO_NOT_QUESTION",
        zh="不要反复追问孩子；记下孩子自己说的话即可。",
        en="Do not question the child again and again; note what the child says in its own words.",
    ),
    Instruction(
        to="REPORTER",
        code="DO_NOT_TELL_FAMILY",
        zh="不要把报告一事告诉家属或涉事人员。",
        en="Do not tell the family, or whoever is involved, that a report was made.",
    ),
    Instruction(
        to="REPORTER",
        code="KEEP_RECEIPT",
        zh="请保存回执号：凭它可以补充情况、查询办理进展。",
        en="Keep the receipt: with it you can add facts and see what has been done.",
    ),
)
ON_ADDITION = (DANGER,)
