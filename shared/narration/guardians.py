"""Who could be guardian, disputes, the county of registration, limits and revocation, as lines."""

from shared.contracts import events
from shared.explaining.citations import cited
from shared.narration import guardian_words, words
from shared.narration.words import Line, department, moment, word


def ranked(event: events.GuardiansRanked) -> list[Line]:
    """The order of Civil Code art. 27, each with its reason and law."""
    lines = [Line("可担任监护人的顺序（供人工判断）", "who could be guardian, in order (for a person to judge)")]
    for each in event.ranking:
        relation, why = word(guardian_words.RELATIONS, each.relation), word(guardian_words.GUARDIAN_REASONS, each.why)
        law = cited(each.citation)
        items = [word(guardian_words.DISQUALIFIERS, item) for item in each.disqualifiers]
        missing = [word(guardian_words.KIN_CHECKS, check) for check in each.missing] if each.fit else []
        zh = "".join((*(f"；{item.zh}" for item in items), *(f"；待核实：{check.zh}" for check in missing)))
        en = "".join((*(f"; {item.en}" for item in items), *(f"; to be checked: {check.en}" for check in missing)))
        lines.append(
            Line(
                f"  · {each.candidate_id} {relation.zh}：{why.zh}{zh}（{law.zh}）",
                f"  · {each.candidate_id}, {relation.en}: {why.en}{en} ({law.en})",
            )
        )
    return lines


def dispute(event: events.DisputeRecorded) -> list[Line]:
    """Relatives dispute, or do so no more."""
    about = word(guardian_words.DISPUTES, event.about)
    if event.resolved:
        return [
            Line(f"亲属争议已解决：{about.zh}（{event.by}）", f"the dispute about {about.en} is settled ({event.by})")
        ]
    return [
        Line(
            f"亲属就{about.zh}有争议（{event.by}）：有争议的亲属不作为人选，由民政部门担任（民法典第三十一条）",
            f"relatives dispute about {about.en} ({event.by}): not proposed, civil affairs acts (Civil Code art. 31)",
        )
    ]


def domicile_due(event: events.DomicileNoticeDue) -> list[Line]:
    """The county of registration is told, or an officer must tell it."""
    county = event.domicile_county
    if event.contacts:
        return [
            Line(f"已提醒户籍地 {county} 民政部门", f"civil affairs of the county of registration {county} is alerted")
        ]
    return [
        Line(
            f"户籍地 {county} 的民政部门未登记：须由工作人员告知",
            f"no office of the county of registration {county} is known here: an officer tells it",
        )
    ]


def domicile_told(event: events.DomicileTold) -> list[Line]:
    """The county of registration knows."""
    county = event.domicile_county
    return [Line(f"户籍地 {county} 民政部门已知悉（{event.by}）", f"civil affairs of {county} knows ({event.by})")]


def extended(event: events.GuardianshipExtended) -> list[Line]:
    """A guardianship beyond its limit."""
    until, reason = moment(event.until_ms), words.reason_words(event.reason)
    return [
        Line(
            f"临时监护延长至{until.zh}（{event.by}，{reason.zh}）",
            f"temporary guardianship extended until {until.en} ({event.by}, {reason.en})",
        )
    ]


def revocation_rests(event: events.RevocationRested) -> list[Line]:
    """Revocation was examined and rests."""
    until, reason = moment(event.until_ms), words.reason_words(event.reason)
    name = department("CIVIL_AFFAIRS")
    return [
        Line(
            f"已审查，暂不申请撤销监护人资格（{event.by}，{reason.zh}）；{until.zh}再次提醒{name.zh}",
            f"examined, no revocation for now ({event.by}, {reason.en}); {name.en} is reminded again at {until.en}",
        )
    ]


def protection_order(event: events.ProtectionOrderRecorded) -> list[Line]:
    """A protection order was applied for or decided."""
    stages = {
        "APPLIED": Line("已申请人身安全保护令", "a protection order was applied for"),
        "GRANTED": Line("法院作出人身安全保护令", "the court made a protection order"),
        "REFUSED": Line("法院驳回人身安全保护令申请", "the court refused a protection order"),
    }
    stage = stages[event.stage]
    zh, en = ("（紧急）", ", urgent") if event.urgent and event.stage == "APPLIED" else ("", "")
    until = f"；{moment(event.ends_at_ms).zh}失效" if event.ends_at_ms else ""
    until_en = f", until {moment(event.ends_at_ms).en}" if event.ends_at_ms else ""
    return [Line(f"{stage.zh}{zh}（{event.by}）{until}", f"{stage.en}{en} ({event.by}){until_en}")]


def suggestion(event: events.SuggestionRecorded) -> list[Line]:
    """A written suggestion was sent or answered."""
    unit, sender = department(event.unit), department(event.issued_by)
    if event.stage == "ISSUED":
        zh, en = f"{sender.zh}向{unit.zh}发出书面建议", f"{sender.en} sent {unit.en} a written suggestion"
        law_zh, law_en = "一个月内书面回复", "a written reply within one month"
        return [Line(f"{zh}：{law_zh}（{event.by}）", f"{en}: {law_en} ({event.by})")]
    return [
        Line(
            f"{unit.zh}已书面回复{sender.zh}的建议（{event.by}）",
            f"{unit.en} answered the suggestion of {sender.en} in writing ({event.by})",
        )
    ]
