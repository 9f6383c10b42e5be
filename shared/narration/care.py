"""Custody, assessments, measures and places, as lines."""

from shared.contracts import events
from shared.contracts.vocabulary import Holder, Measure, Wishes
from shared.explaining.citations import cited
from shared.explaining.law_words import SITUATIONS
from shared.explaining.words import GROUNDS, MEASURES, STATUSES
from shared.narration import words
from shared.narration.words import Line, department, moment, word


def custody(event: events.CustodySet) -> list[Line]:
    """Who has the child."""
    by = words.by_words(event.by)
    if event.holder is Holder.UNKNOWN:
        return [Line(f"尚不清楚儿童由谁照看（{by.zh}）", f"it is not known yet who has the child ({by.en})")]
    holder, since = word(words.HOLDERS, event.holder), moment(event.since_ms)
    when = Line(f"，自{since.zh}", f" since {since.en}") if event.since_ms else Line("", "")
    if event.holder is Holder.NOBODY:
        return [Line(f"儿童无人照看{when.zh}（{by.zh}）", f"nobody has the child{when.en} ({by.en})")]
    return [Line(f"儿童现由{holder.zh}照看{when.zh}（{by.zh}）", f"the child is with {holder.en}{when.en} ({by.en})")]


def seen(event: events.ChildSeen) -> list[Line]:
    """The child was seen."""
    found = {
        True: Line("；发现时孩子无人照看", "; child found alone"),
        False: Line("；当时有人照看", "; somebody was looking after it"),
        None: Line("", ""),
    }
    wishes = Line("", "")
    if event.wishes is not Wishes.UNKNOWN:
        said = word(words.WISHES, event.wishes)
        wishes = Line(f"；儿童意愿：{said.zh}", f"; the child's wishes: {said.en}")
    alone = found[event.alone]
    if event.dead is True:
        return [Line(f"已记录儿童死亡（{event.by}）", f"it was recorded that the child died ({event.by})")]
    return [
        Line(
            f"已见到儿童本人（{event.by}）{alone.zh}{wishes.zh}",
            f"the child was seen in person ({event.by}){alone.en}{wishes.en}",
        )
    ]


def kin(event: events.KinCandidateAdded) -> list[Line]:
    """A relative who could take the child."""
    return [Line(f"亲属候选人 {event.candidate_id}", f"kin candidate {event.candidate_id}")]


def assessment(event: events.AssessmentRecorded) -> list[Line]:
    """An officer's assessment."""
    subject = word(words.HOLDERS, event.subject)
    able, back = _yes(event.guardian_able), _yes(event.safe_to_return)
    return [
        Line(
            f"评估（{subject.zh}，{event.by}）：能够监护：{able.zh}；可以送回：{back.zh}",
            f"assessed ({subject.en}, {event.by}): able to care: {able.en}; safe to return: {back.en}",
        )
    ]


def _yes(answer: bool | None) -> Line:  # noqa: FBT001 - an answer
    return Line("不清楚", "not known") if answer is None else Line("是", "yes") if answer else Line("否", "no")


def proposed(event: events.MeasureProposed) -> list[Line]:
    """A measure with organ, ground and places."""
    measure, status = word(MEASURES, event.measure), word(STATUSES, event.status)
    organ = word(words.ORGANS, event.organ)
    by = Line(f"，由{organ.zh}", f" by {organ.en}") if event.organ else Line("", "")
    at = moment(event.decide_by_ms)
    decide = Line(f"；{at.zh} 前决定", f"; to be decided by {at.en}") if event.decide_by_ms else Line("", "")
    if event.decide_by_ms and event.measure is Measure.TEMP_CARE:
        decide = Line(f"；以后怎样照料，{at.zh} 前决定", f"; how care goes on is decided by {at.en}")
    situation = word(SITUATIONS, event.ground)
    ground = Line(f"“{situation.zh}”，", f"“{situation.en}”, ") if event.ground else Line("", "")
    law = cited(event.source.citation)
    lines = [
        Line(
            f"{measure.zh}（{status.zh}）{by.zh}；依据：{ground.zh}{law.zh}{decide.zh}",
            f"{measure.en} ({status.en}){by.en}; ground: {ground.en}{law.en}{decide.en}",
        )
    ]
    if event.measure in {Measure.TEMP_CARE, Measure.TEMP_GUARDIANSHIP}:
        lines += places(event)
    return lines


def places(event: events.MeasureProposed | events.PlacesRanked) -> list[Line]:
    """The place and the others that were weighed."""
    reason = word(words.PLACE_REASONS, event.place_reason or "BEST_INTEREST")
    lines = [Line(f"场所：{event.place_id or '无'}（{reason.zh}）", f"place: {event.place_id or 'none'} ({reason.en})")]
    for each in event.ranking:
        kind, why = word(words.PLACEMENTS, each.type), word(words.PLACE_REASONS, each.why)
        lines.append(Line(f"  · {each.place_id} {kind.zh}：{why.zh}", f"  · {each.place_id}, {kind.en}: {why.en}"))
    return lines


def held(event: events.PlaceHeld) -> list[Line]:
    """A bed is held."""
    return [Line(f"为儿童预留 {event.place_id} 一个床位", f"a bed of {event.place_id} is held for the child")]


def released(event: events.PlaceReleased) -> list[Line]:
    """A bed is free."""
    reason = words.reason_words(event.reason)
    return [Line(f"{event.place_id} 床位释放（{reason.zh}）", f"the bed of {event.place_id} is free ({reason.en})")]


def superseded(event: events.MeasureSuperseded) -> list[Line]:
    """A measure makes room for another."""
    before, after = word(MEASURES, event.measure), word(MEASURES, event.by_measure)
    return [Line(f"{before.zh}改为{after.zh}", f"{before.en} makes room for {after.en}")]


def signed(event: events.MeasureSigned) -> list[Line]:
    """A signatory made a measure effective."""
    measure, wishes = word(MEASURES, event.measure), word(words.WISHES, event.wishes)
    document = event.document_number or "—"
    return [
        Line(
            f"{measure.zh}已签批生效（{event.by}，文号 {document}，儿童意愿：{wishes.zh}）",
            f"{measure.en} signed and in effect ({event.by}, document {document}, the child's wishes: {wishes.en})",
        )
    ]


def refused(event: events.MeasureRefused) -> list[Line]:
    """A signatory refused."""
    reason = words.reason_words(event.reason)
    return [Line(f"签批人否决（{event.by}，{reason.zh}）", f"refused by the signatory ({event.by}, {reason.en})")]


def document(event: events.DocumentFiled) -> list[Line]:
    """A document number came later."""
    return [Line(f"补交文号 {event.document_number}", f"document number {event.document_number} filed")]


def ended(event: events.MeasureEnded) -> list[Line]:
    """A measure ended."""
    measure, reason = word(MEASURES, event.measure), words.reason_words(event.reason)
    if event.assessed_by is None:
        return [Line(f"{measure.zh}结束（{reason.zh}）", f"{measure.en} ended ({reason.en})")]
    zh = f"{measure.zh}结束（{reason.zh}；{event.assessed_by} 评估，{event.by} 决定）"
    return [Line(zh, f"{measure.en} ended ({reason.en}; assessed by {event.assessed_by}, decided by {event.by})")]


def revocation(event: events.RevocationFiled) -> list[Line]:
    """The court was applied to."""
    name, ground = department(event.applicant), word(GROUNDS, event.ground)
    return [
        Line(
            f"{name.zh}已向法院申请撤销监护人资格（{ground.zh}）",
            f"{name.en} applied to the court for revocation ({ground.en})",
        )
    ]
