"""Every command that the desk can give about a case: one table from a route to a command and the fields of its form.

`departments`: clerks of which departments are offered it (none named: all). What a role may give stands in the guard's
matrix; triage decides all the same.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.desk.acting import choices
from services.desk.acting.fields import NOTE_LENGTH_MAX, Field, Kind
from services.desk.core.guard import Route
from shared.contracts import commands as asked
from shared.contracts import crossings
from shared.contracts.base import Message
from shared.contracts.separation import SeparateReport
from shared.contracts.vocabulary import Department
from shared.explaining.said import Said
from shared.narration import answer_words


class Group(StrEnum):
    """How an officer looks for an action."""

    HAND = "HAND"
    CHILD = "CHILD"
    DEPARTMENTS = "DEPARTMENTS"
    GUARDIAN = "GUARDIAN"
    COURT = "COURT"
    CASE = "CASE"
    COUNTY = "COUNTY"


GROUPS: Final = {
    Group.HAND: Said("受理、派人、通话", "Take over, send, call"),
    Group.CHILD: Said("孩子的情况", "The child"),
    Group.DEPARTMENTS: Said("告知与建议", "Tell and suggest"),
    Group.GUARDIAN: Said("监护与照料", "Guardian and care"),
    Group.COURT: Said("法院", "Court"),
    Group.CASE: Said("等级与结案", "Level and closing"),
    Group.COUNTY: Said("外县", "Another county"),
}


SEALED_ID: Final = "sealed_id"


@dataclass(frozen=True, slots=True)
class Action:
    """One command as a form. `of_department`: the form carries the actor's own department."""

    route: Route
    command: type[Message]
    group: Group
    title: Said
    fields: tuple[Field, ...] = ()
    hint: Said | None = None
    of_department: bool = False
    on_closed: bool = False
    departments: frozenset[Department] = frozenset()

    @property
    def asked(self) -> tuple[Field, ...]:
        """All fields of its form: where the command names a sealed text, there is a note."""
        return (*self.fields, NOTE) if SEALED_ID in self.command.model_fields else self.fields


def _reason(words: dict[str, tuple[str, str]], label: Said | None = None) -> Field:
    return Field("reason", label or Said("原因", "Reason"), choices=choices.of(words))


WHEN_HINT: Final = Said("不填就是现在", "empty: now")
PLACE: Final = Field("place_id", Said("登记的场所", "Registered place"), source="places", needed=False)
REFERENCE: Final = Field(
    "reference",
    Said("编号（本部门的受理或文件编号）", "Number of your own paper"),
    Kind.CODE,
    needed=False,
    hint=Said("不要写姓名、身份证号、电话", "no names, ID numbers or telephones"),
)
DOCUMENT: Final = Field("document_number", Said("文号", "Document number"), Kind.CODE, needed=False)
HOLDER: Final = Field("holder", Said("现在由谁照看", "Who has the child now"), choices=choices.HOLDERS)
GUARDIAN: Final = Field(
    "guardian_type", Said("由谁担任监护人", "Who becomes guardian"), choices=choices.NEW_GUARDIANS, needed=False
)
LIMB: Final = Field(
    "limb_94",
    Said("未成年人保护法第九十四条哪一项", "Item of MPL 94"),
    choices=choices.numbered(choices.LIMBS_94),
    needed=False,
)
OF_AGE: Final = Field("of_age", Said("孩子已满十八周岁", "The child is eighteen"), Kind.YES_NO, needed=False)

NOTE: Final = Field(
    "note",
    Said("备注", "Note"),
    Kind.NOTE,
    needed=False,
    hint=Said("加密封存：只有获准查看的人能读到", "sealed: only who is granted it reads it"),
    most=NOTE_LENGTH_MAX,
)
KIN_NAME: Final = Field("name", Said("姓名", "Name"), Kind.NOTE, needed=False, most=100)
KIN_CONTACT: Final = Field("contact", Said("联系方式", "Contact"), Kind.NOTE, needed=False, most=200)

ACKNOWLEDGE: Final = Action(
    Route.ACKNOWLEDGE,
    asked.Acknowledge,
    Group.HAND,
    Said("受理本案", "Take the case over"),
    hint=Said("受理后须在时限内派人，否则失效", "somebody must be sent in time, or it lapses"),
    of_department=True,
)
TAKE_OVER: Final = Action(
    Route.TAKE_OVER,
    asked.TakeOver,
    Group.HAND,
    Said("接手（换班）", "Take over from another officer"),
    hint=Said("已受理、已派人的仍然有效", "what was accepted or sent stands"),
    of_department=True,
)
DISPATCH: Final = Action(
    Route.DISPATCH, asked.Dispatch, Group.HAND, Said("已派人前往", "Somebody is on the way"), of_department=True
)
CALL: Final = Action(
    Route.CALL,
    asked.RecordCall,
    Group.HAND,
    Said("记录一次通话", "Record a call"),
    (
        Field("party", Said("打给谁", "Who was called"), choices=choices.PARTIES),
        Field("unit", Said("如果是部门", "If a department"), choices=choices.DEPARTMENTS, needed=False),
        Field("relation", Said("如果是亲属", "If a relative"), choices=choices.RELATIONS, needed=False),
        Field("outcome", Said("结果", "What came of it"), choices=choices.CALL_OUTCOMES),
        Field("called_at_ms", Said("时间", "When"), Kind.NOW, hint=WHEN_HINT),
    ),
    hint=Said("通话本身不算受理，也不算见到孩子", "a call accepts nothing, and is no sighting of the child"),
)
HAND_BACK: Final = Action(
    Route.HAND_BACK,
    asked.Decline,
    Group.HAND,
    Said("退回", "Hand back"),
    (_reason(answer_words.DECLINES),),
    hint=Said("立即提醒上一级", "the next rung is told at once"),
    of_department=True,
)
OUTCOME: Final = Action(
    Route.OUTCOME,
    asked.ReportOutcome,
    Group.HAND,
    Said("反馈办理结果", "Report what came of it"),
    (Field("outcome", Said("结果", "Outcome"), choices=choices.of(answer_words.OUTCOMES)), REFERENCE),
    of_department=True,
)
CHILD_SEEN: Final = Action(
    Route.CHILD_SEEN,
    asked.RecordChildSeen,
    Group.CHILD,
    Said("见到孩子本人", "The child was seen in person"),
    (
        Field("seen_at_ms", Said("什么时候见到", "When"), Kind.NOW, hint=WHEN_HINT),
        Field("alone", Said("见到时孩子无人照看", "The child was found with nobody looking after it"), Kind.YES_NO),
        Field("wishes", Said("是否听取了孩子的意愿", "Was the child heard"), choices=choices.WISHES),
        Field("dead", Said("孩子已死亡，由我记录", "The child has died; I record it"), Kind.FLAG, needed=False),
    ),
)
CUSTODY: Final = Action(
    Route.CUSTODY,
    asked.RecordCustody,
    Group.CHILD,
    Said("孩子现在由谁照看", "Who has the child now"),
    (
        HOLDER,
        PLACE,
        Field("handed_over_by", Said("由谁移交", "Handed over by"), choices=choices.HOLDERS_FROM, preset="UNKNOWN"),
        Field("since_ms", Said("从什么时候起", "Since when"), Kind.NOW, hint=WHEN_HINT),
    ),
)
ASSESSMENT: Final = Action(
    Route.ASSESSMENT,
    asked.RecordAssessment,
    Group.CHILD,
    Said("评估结论", "Assessment"),
    (
        Field("subject", Said("评估对象", "Of whom"), choices=choices.of(choices.SUBJECTS), preset="GUARDIAN"),
        Field("guardian_able", Said("能够履行监护职责", "Able to be guardian"), Kind.YES_NO),
        Field("safe_to_return", Said("可以安全送回", "Safe to return"), Kind.YES_NO),
    ),
    hint=Said("送回监护人之前必须先评估", "needed before any return to a guardian"),
)
TELL: Final = Action(
    Route.TELL,
    asked.TellDepartment,
    Group.DEPARTMENTS,
    Said("告知一个部门", "Tell a department"),
    (Field("department", Said("部门", "Department"), source="untold"), _reason(answer_words.TELL_REASONS)),
)
SUGGESTION: Final = Action(
    Route.SUGGESTION,
    asked.RecordSuggestion,
    Group.DEPARTMENTS,
    Said("书面建议", "Written suggestion"),
    (
        Field("unit", Said("给哪个部门", "To"), choices=choices.DEPARTMENTS),
        Field("issued_by", Said("由谁发出", "From"), choices=choices.ISSUERS),
        Field("stage", Said("阶段", "Stage"), choices=choices.of(choices.SUGGESTION_STAGES), preset="ISSUED"),
    ),
)
DOMICILE: Final = Action(
    Route.DOMICILE,
    asked.RecordDomicileTold,
    Group.DEPARTMENTS,
    Said("已告知户籍地民政部门", "The county of registration was told"),
    (Field("domicile_county", Said("户籍地县级代码（六位）", "Its code (six digits)"), Kind.CODE), REFERENCE),
)
SIGN: Final = Action(
    Route.SIGN,
    asked.SignGuardian,
    Group.GUARDIAN,
    Said("签批监护安排", "Sign the measure"),
    (
        Field("measure", Said("安排", "Measure"), source="measure"),
        Field("wishes", Said("是否听取了孩子的意愿", "Was the child heard"), choices=choices.WISHES),
        Field(
            "wishes_reason",
            Said("没有听取的原因", "If not, why"),
            choices=choices.of(answer_words.NOT_HEARD),
            needed=False,
        ),
        DOCUMENT,
        Field(
            "document_pending", Said("电话签批，文号随后补", "By phone: the number follows"), Kind.FLAG, needed=False
        ),
    ),
)
REFUSE: Final = Action(
    Route.REFUSE,
    asked.RefuseGuardian,
    Group.GUARDIAN,
    Said("否决监护安排", "Refuse the measure"),
    (_reason(answer_words.MEASURE_REFUSALS),),
)
EXTEND: Final = Action(
    Route.EXTEND,
    asked.ExtendGuardianship,
    Group.GUARDIAN,
    Said("延长临时监护", "Extend the guardianship"),
    (
        _reason(answer_words.EXTENSIONS),
        Field("days", Said("延长多少天（最多 180）", "Days (at most 180)"), Kind.NUMBER),
    ),
)
END: Final = Action(
    Route.END,
    asked.EndMeasure,
    Group.GUARDIAN,
    Said("结束监护或照料", "End the measure"),
    (Field("reason", Said("原因", "Reason"), choices=choices.END_REASONS), HOLDER, GUARDIAN, LIMB, OF_AGE, DOCUMENT),
)
KIN: Final = Action(
    Route.KIN,
    asked.AddKinCandidate,
    Group.GUARDIAN,
    Said("亲属人选", "A relative who could take the child"),
    (
        Field("candidate_id", Said("人选", "Who"), source="candidates"),
        Field("relation", Said("与孩子的关系", "Relation"), choices=choices.RELATIONS),
        KIN_NAME,
        KIN_CONTACT,
        Field("willing", Said("本人愿意", "Willing"), Kind.YES_NO),
        Field("checked", Said("已经核实", "Checked"), Kind.YES_NO),
        Field("disqualified", Said("有不得受托的情形", "Disqualified"), Kind.YES_NO),
        Field("household_of_alleged", Said("与被反映的人同住", "Lives with the alleged person"), Kind.YES_NO),
        Field("adult", Said("已成年", "Of age"), Kind.YES_NO),
        Field("disqualifiers", Said("哪种情形", "Which"), Kind.MANY, choices.DISQUALIFIERS, needed=False),
        Field("checks", Said("核实了什么", "What was checked"), Kind.MANY, choices.KIN_CHECKS, needed=False),
        Field("consent_by", Said("由谁同意", "Consent by"), choices=choices.ORGANS, needed=False),
    ),
    hint=Said("姓名和联系方式加密封存", "name and contact are sealed"),
)
DOCUMENT_FILED: Final = Action(
    Route.DOCUMENT,
    asked.FileDocument,
    Group.GUARDIAN,
    Said("补交文号", "File the document number"),
    (Field("document_number", Said("文号", "Document number"), Kind.CODE),),
)
DISPUTE: Final = Action(
    Route.DISPUTE,
    asked.RecordDispute,
    Group.GUARDIAN,
    Said("亲属之间有争议", "Relatives dispute"),
    (
        Field("about", Said("争议什么", "About"), choices=choices.DISPUTES),
        Field("relations", Said("哪些亲属", "Which relatives"), Kind.MANY, choices.RELATIONS, needed=False),
        Field("resolved", Said("争议已解决", "The dispute is settled"), Kind.FLAG, needed=False),
    ),
)
ORDER: Final = Action(
    Route.ORDER,
    asked.RecordProtectionOrder,
    Group.COURT,
    Said("人身安全保护令", "Protection order"),
    (
        Field("stage", Said("阶段", "Stage"), choices=choices.of(choices.STAGES)),
        Field("urgent", Said("情况紧急", "Urgent"), Kind.FLAG, needed=False),
        Field("ends_at_ms", Said("有效期到", "Ends at"), Kind.MOMENT, needed=False),
    ),
)
REVOCATION: Final = Action(
    Route.REVOCATION,
    asked.FileForRevocation,
    Group.COURT,
    Said("已申请撤销监护人资格", "Revocation was applied for"),
    (
        Field("ground", Said("事由（民法典第三十六条）", "Ground (Civil Code art. 36)"), choices=choices.GROUNDS),
        Field("applicant", Said("申请人", "Applicant"), choices=choices.DEPARTMENTS, preset="CIVIL_AFFAIRS"),
        Field("item", Said("2014 年意见所列情形", "Item of the 2014 opinion"), choices=choices.ITEMS, needed=False),
    ),
)
NO_REVOCATION: Final = Action(
    Route.NO_REVOCATION,
    asked.RecordNoRevocation,
    Group.COURT,
    Said("审查后暂不申请撤销", "Revocation was examined and rests"),
    (
        _reason(answer_words.NO_REVOCATION),
        Field("rest_days", Said("多少天后再提醒（最多 180）", "Remind after days (at most 180)"), Kind.NUMBER),
    ),
)
LEVEL: Final = Action(
    Route.LEVEL,
    asked.OverrideLevel,
    Group.CASE,
    Said("改定等级", "Set another level"),
    (Field("level", Said("等级", "Level"), source="levels"), _reason(answer_words.OVERRIDE_REASONS)),
)
CLOSE: Final = Action(
    Route.CLOSE,
    asked.CloseCase,
    Group.CASE,
    Said("结案", "Close the case"),
    (
        Field("reason", Said("原因", "Reason"), choices=choices.CLOSE_REASONS),
        GUARDIAN,
        LIMB,
        OF_AGE,
        Field("duplicate_of", Said("重复案件：并入哪一案", "Duplicate of"), source="linked", needed=False),
    ),
)
REOPEN: Final = Action(
    Route.REOPEN,
    asked.ReopenCase,
    Group.CASE,
    Said("重新启动本案", "Open the case again"),
    (_reason(answer_words.REOPENINGS),),
    on_closed=True,
)
REDECIDE: Final = Action(Route.REDECIDE, asked.Redecide, Group.CASE, Said("重新判断", "Decide again"))
SEPARATE: Final = Action(
    Route.SEPARATE,
    SeparateReport,
    Group.CASE,
    Said("把另一名儿童的报告分开", "A report is of another child"),
    (
        Field("report_id", Said("哪份报告", "Which report"), source="joined"),
        _reason(answer_words.SEPARATIONS),
    ),
    hint=Said(
        "为那名儿童另立一案，时限按该报告到达时计算；本案等级和已定事项不变",
        "that child gets a case of its own, by the report's own times; this case keeps its level and all decisions",
    ),
)
DUTY: Final = Action(
    Route.DUTY,
    asked.RecordDuty,
    Group.CASE,
    Said("结案后的职责", "A duty after closing"),
    (
        Field("clock", Said("哪项职责", "Which duty"), source="duties"),
        Field("how", Said("怎样了", "How it stands"), choices=choices.DUTIES),
        Field("reason", Said("原因", "Reason"), choices=choices.of(answer_words.DUTY_ENDS), needed=False),
        Field("to", Said("移交给哪个部门", "Handed over to"), choices=choices.DEPARTMENTS, needed=False),
    ),
    on_closed=True,
)

OFFER_COUNTY: Final = Action(
    Route.OFFER_COUNTY,
    crossings.OfferTransfer,
    Group.COUNTY,
    Said("移送外县", "Offer the case to another county"),
    (
        Field("to_county", Said("孩子所在县（六位区划代码）", "County where the child is (six digits)"), Kind.CODE),
        _reason(answer_words.TRANSFERS),
    ),
    hint=Said(
        "对方书面接收并在本县记录之前，案件仍由本县负责，时限照常计算",
        "The case stays ours, all clocks running, until the other county's written acceptance is recorded here",
    ),
)
OFFER_BACK: Final = Action(
    Route.OFFER_BACK,
    crossings.WithdrawTransfer,
    Group.COUNTY,
    Said("撤回移送", "Take the offer back"),
    (_reason(answer_words.TRANSFERS_BACK),),
)
ACCEPT_CASE: Final = Action(
    Route.ACCEPT_CASE,
    crossings.AcceptTransfer,
    Group.COUNTY,
    Said("书面接收外县移送", "Accept the offered case in writing"),
    (Field("reference", Said("接收文书的文号", "Number of the document"), Kind.CODE),),
    hint=Said(
        "接收后由本县负责，时限接续计算，不重新起算", "Ours from then on; its clocks run on and do not begin anew"
    ),
)
REFUSE_CASE: Final = Action(
    Route.REFUSE_CASE,
    crossings.RefuseTransfer,
    Group.COUNTY,
    Said("不接收外县移送", "Refuse the offered case"),
    (_reason(answer_words.TRANSFER_REFUSALS),),
)

CASE_ACTIONS: Final[tuple[Action, ...]] = (
    ACKNOWLEDGE, TAKE_OVER, DISPATCH, CALL, HAND_BACK, OUTCOME, CHILD_SEEN, CUSTODY, ASSESSMENT, TELL, SUGGESTION,
    DOMICILE, SIGN, REFUSE, EXTEND, END, KIN, DOCUMENT_FILED, DISPUTE, ORDER, REVOCATION, NO_REVOCATION, LEVEL, CLOSE,
    REOPEN, REDECIDE, SEPARATE, DUTY, OFFER_COUNTY, OFFER_BACK, ACCEPT_CASE, REFUSE_CASE,
)  # fmt: skip
"""In the order of a case's life."""
BY_ROUTE: Final = {action.route: action for action in CASE_ACTIONS}
