"""The proposed care or guardianship, the places in their order, and revocation: as lines."""

from collections.abc import Iterator

from shared.contracts.vocabulary import Measure, MeasureStatus
from shared.explaining import words
from shared.explaining.said import Said, capital, together, until
from shared.explaining.telling import Cites, Telling

WITH_PLACE = frozenset({Measure.TEMP_CARE, Measure.TEMP_GUARDIANSHIP})
FIRST_STATUS = {
    Measure.TEMP_GUARDIANSHIP: MeasureStatus.PROPOSED,
    Measure.RETURN_TO_ABLE_GUARDIAN: MeasureStatus.PROPOSED,
    Measure.TEMP_CARE: MeasureStatus.IN_EFFECT,
    Measure.NONE: MeasureStatus.NONE,
}
"""The status of a measure in the moment of the decision (temporary care takes effect at once: CC 34(4))."""
MEANINGS: dict[Measure, Said] = {
    Measure.TEMP_GUARDIANSHIP: Said(
        "临时监护是由接手的机关暂时代行监护职责，签批人签批后才生效；临时生活照料只是先把孩子照看好，监护人不变，马上生效。",
        "Temporary guardianship means that the organ acts as guardian for a time, once a signatory has signed; "
        "temporary care only looks after the child, changes no guardian and takes effect at once.",
    ),
    Measure.TEMP_CARE: Said(
        "临时生活照料只是先把孩子照看好，监护人不变，马上生效；临时监护才是由机关暂时代行监护职责，要签批人签批。",
        "Temporary care only looks after the child, changes no guardian and takes effect at once; "
        "temporary guardianship would make an organ act as guardian for a time and needs a signatory.",
    ),
    Measure.RETURN_TO_ABLE_GUARDIAN: Said(
        "先由工作人员与这位监护人谈话、核实，签批人同意后才交还；在此之前先保证孩子安全。",
        "An officer speaks with this guardian and checks first; the child goes back only when a signatory agrees, "
        "and must be safe until then.",
    ),
    Measure.NONE: Said(
        "孩子现在的照料不作变动；工作人员见到孩子后再看。",
        "Nothing changes in the child's care; an officer sees the child and looks again.",
    ),
}


def care_lines(telling: Telling, cites: Cites) -> Iterator[Said]:
    """The measure with organ, ground and law, what it means, and the places."""
    measure = telling.assessment.measure
    status = telling.status or FIRST_STATUS[measure.measure]
    name, stands = Said(*words.MEASURES[measure.measure.value]), Said(*words.STATUSES[status.value])
    organ = Said(*words.ORGANS[measure.organ.value]) if measure.organ else None
    by = Said(f"，由{organ.zh}负责", f" by {organ.en}") if organ else Said("", "")
    law = cites.source(measure.source)
    ground = _ground(telling)
    if measure.measure is Measure.NONE:
        zh, _, en = measure.why.partition(" / ")
        yield Said(f"{zh}。{law.zh}", f"{capital(en)}.{law.en}")
        return
    if telling.supposed and status is MeasureStatus.IN_EFFECT:
        stands = Said("报送后马上生效", "takes effect at once when it is filed")
    yield Said(
        f"{name.zh}{by.zh}：{stands.zh}。{ground.zh}{law.zh}",
        f"{capital(name.en)}{by.en}: {stands.en}.{ground.en}{law.en}",
    )
    yield MEANINGS[measure.measure]
    if measure.measure in WITH_PLACE:
        yield from _places(telling)


def _ground(telling: Telling) -> Said:
    """The ground by the number of its situation."""
    ground = telling.assessment.measure.ground
    for number, item in enumerate(telling.situations, start=1):
        if item.code == ground:
            return Said(f"理由是情形 {number}。", f" The ground is situation {number}.")
    return Said("", "")


def _places(telling: Telling) -> Iterator[Said]:
    placing = telling.placing
    order = together(
        (Said(*words.PLACEMENTS[kind.value]) for kind in telling.assessment.measure.placement_order), "、", ", "
    )
    if order.zh:
        yield Said(f"按这个顺序找地方：{order.zh}。", f"A place is sought in this order: {order.en}.")
    if placing is None:
        if telling.contacts is None:
            yield Said("具体场所要看场所登记。", "Which place it is follows from the register of places.")
        return
    reason = Said(*words.PLACE_REASONS.get(placing.place_reason or "BEST_INTEREST", ("", "")))
    if placing.place_id is None:
        in_law = telling.assessment.measure.measure is Measure.TEMP_CARE
        stands = Said("安排在法律上已生效，但", "In effect in law; ") if in_law else Said("", "")
        yield Said(
            f"{stands.zh}还没有找到场所：{reason.zh}。须由工作人员马上寻找。",
            f"{stands.en}{'no' if in_law else 'No'} place found yet: {reason.en}. An officer must find one now.",
        )
    else:
        bed = (
            Said("报送时会为孩子留一个床位", "a bed would be held for the child")
            if telling.supposed
            else Said("已为孩子留一个床位", "a bed is held for the child")
        )
        yield Said(
            f"场所：{placing.place_id}，{reason.zh}；{bed.zh}。",
            f"Place: {placing.place_id}, {reason.en}; {bed.en}.",
        )
    for rank, each in enumerate(placing.ranking, start=1):
        kind = Said(*words.PLACEMENTS[each.type.value])
        why = Said(*words.PLACE_REASONS.get(each.why, (each.why, each.why)))
        zh, en = ("可以", "can take the child") if each.fit else ("不行", "cannot")
        because = Said("", "") if each.fit and each.why == "FIT" else Said(f"：{why.zh}", f": {why.en}")
        yield Said(
            f"  {rank}. {each.place_id}（{kind.zh}）{zh}{because.zh}",
            f"  {rank}. {each.place_id} ({kind.en}) {en}{because.en}",
        )


def _revocation_ground(telling: Telling, cites: Cites) -> tuple[Said, Said]:
    """The ground and its law: those of the situation from which it follows, where that is told."""
    revocation = telling.assessment.revocation
    law = cites.source(revocation.source) if revocation.source else Said("", "")
    rule = revocation.source.rule if revocation.source else None
    for number, item in enumerate(telling.situations, start=1):
        if item.source.rule == rule:
            ground = Said(item.title_zh.partition("：")[2], item.title_en.partition(": ")[2])
            shown = f" · {rule}" if cites.rules else ""
            named = ground if ground.zh and ground.en else Said(item.title_zh, item.title_en)
            return named, Said(f"〔同情形 {number}{shown}〕", f" [as situation {number}{shown}]")
    ground = Said(*words.GROUNDS[revocation.ground.value]) if revocation.ground else Said("", "")
    return ground, law


def revocation_lines(telling: Telling, cites: Cites) -> Iterator[Said]:
    """Whether revocation is examined, on which limb, and when somebody is reminded."""
    revocation = telling.assessment.revocation
    if not revocation.examine or revocation.ground is None:
        yield Said(
            "现在不用审查：报告里没有说到这样的事。", "Not to be examined now: nothing in the report points to it."
        )
        return
    ground, law = _revocation_ground(telling, cites)
    yield Said(
        f"要审查是否申请撤销，理由可能是：{ground.zh}。{law.zh}审查不等于申请，只有法院能撤销。",
        f"To be examined; the possible ground: {ground.en}.{law.en} "
        "To examine is not to apply, and only a court revokes.",
    )
    if revocation.remind_at_ms is not None:
        by = until(revocation.remind_at_ms, telling.assessment.at_ms)
        yield Said(
            f"系统在 {by.zh.removesuffix(' 前')} 提醒；申请期限法律没有规定。",
            f"The system reminds {by.en}; the law sets no limit for applying.",
        )
