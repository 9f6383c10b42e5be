"""Who is told, when, why and what each may see; and who is deliberately not told: as lines."""

from collections.abc import Iterator

from shared.contracts.assessment import DepartmentDue, Rung
from shared.contracts.vocabulary import Basis, LadderStep
from shared.explaining import words
from shared.explaining.said import Said, capital, time_of, together
from shared.explaining.telling import Cites, Telling

FIRST_STEPS = frozenset({LadderStep.E0, LadderStep.E1, LadderStep.D1})


def told_lines(telling: Telling, cites: Cites) -> Iterator[Said]:
    """Each department with its time, reason, task and what it may see; then who follows when nobody accepts."""
    assessment = telling.assessment
    for due in assessment.departments:
        yield from _told(telling, due, cites)
    if assessment.departments:
        yield Said(
            "各部门只看得到办理自己的任务所需要的内容；短信、电话里不说孩子是谁。〔未成年人保护法第一百零三条；看到哪些为设计值〕",
            "Each sees only what its task needs; messages and calls never say who the child is. "
            "[Law on the Protection of Minors art. 103; what is shown is a design value]",
        )
    yield from _climbing(telling)


def _told(telling: Telling, due: DepartmentDue, cites: Cites) -> Iterator[Said]:
    assessment = telling.assessment
    name, when = Said(*words.DEPARTMENTS[due.code.value]), _when(telling, due)
    reason = _reason(telling, due)
    shown = together(Said(*words.DISCLOSURES[each.value]) for each in due.disclosure)
    rule = f"〔{due.source.rule}〕" if cites.rules else ""
    who = _first_contacts(telling, due)
    tasks = [item for item in assessment.instructions if item.to == due.code.value]
    yield Said(
        f"{name.zh}{who.zh}：{when.zh}。{''.join(item.zh for item in tasks)}",
        f"{capital(name.en)}{who.en}: {when.en}. {' '.join(item.en for item in tasks)}".rstrip(),
    )
    yield Said(f"  {reason.zh}{rule}。看得到：{shown.zh}。", f"  {reason.en}{rule}. Sees: {shown.en}.")


def _when(telling: Telling, due: DepartmentDue) -> Said:
    """When it is told; where the record is known, what really happened."""
    at_ms, now_ms = due.at_ms, telling.assessment.at_ms
    if at_ms == now_ms:
        happened = telling.happened or {}
        return happened.get(due.code, Said("立即告知", "told at once"))
    at = time_of(at_ms, now_ms)
    return Said(f"{at.zh} 告知（上班时间）", f"told on {at.en} (office hours)")


def _reason(telling: Telling, due: DepartmentDue) -> Said:
    """The situation by its number, and whether the text itself names the department."""
    for number, item in enumerate(telling.situations, start=1):
        if item.source.rule == due.source.rule:
            named = due.source.basis is not Basis.DESIGN
            return Said(
                f"因为情形 {number}（{'条文点名' if named else '设计增加'}）",
                f"Because of situation {number} ({'named by the text' if named else 'added by design'})",
            )
    return Said("每个案件都告知（设计值）", "Told in every case (design value)")


def _first_contacts(telling: Telling, due: DepartmentDue) -> Said:
    rungs = [r for r in telling.assessment.rungs if r.department is due.code and r.step in FIRST_STEPS]
    if not rungs:
        return Said("", "")
    rung = rungs[0]
    role = Said(*words.ROLES.get(rung.role, (rung.role, rung.role)))
    said = _role_with_contacts(telling, rung, role)
    return Said(f"（{said.zh}）", f" ({said.en})")


def _role_with_contacts(telling: Telling, rung: Rung, role: Said) -> Said:
    if telling.contacts is None:
        return role
    contacts = ", ".join(telling.contacts(rung))
    if not contacts:
        return Said(f"{role.zh}：无人值守，立即找上一级", f"{role.en}: nobody on duty, the next is told at once")
    return Said(f"{role.zh}：{contacts}", f"{role.en}: {contacts}")


def _climbing(telling: Telling) -> Iterator[Said]:
    """The later rungs by their time: department and role, and who staffs them."""
    later: dict[int, list[Said]] = {}
    for rung in telling.assessment.rungs:
        if rung.step in FIRST_STEPS:
            continue
        department = Said(*words.DEPARTMENTS[rung.department.value])
        role = Said(*words.ROLES.get(rung.role, (rung.role, rung.role)))
        whole = Said(f"{department.zh}{role.zh}", f"{department.en} {role.en}")
        later.setdefault(rung.at_ms, []).append(_with_contacts(telling, rung, whole))
    if later:
        yield Said(
            "到时还没有受理的部门，逐级再告知（这些时间都是设计值）：",
            "Where a department has not accepted by then, the next are told (all these times are design values):",
        )
    for at_ms, names in sorted(later.items()):
        at, listed = time_of(at_ms, telling.assessment.at_ms), together(names)
        yield Said(
            f"  {at.zh}：{listed.zh}",
            f"  {at.en}: {listed.en}",
        )


def _with_contacts(telling: Telling, rung: Rung, name: Said) -> Said:
    if telling.contacts is None:
        return name
    contacts = ", ".join(telling.contacts(rung))
    if not contacts:
        return Said(f"{name.zh}（无人值守，跳过）", f"{name.en} (nobody on duty, skipped)")
    return Said(f"{name.zh}（{contacts}）", f"{name.en} ({contacts})")


def not_told_lines(telling: Telling, cites: Cites) -> Iterator[Said]:
    """Who is left out, with the reason."""
    for left in telling.assessment.not_told:
        name, law = who_words(left.who), cites.source(left.source)
        zh, _, en = left.why.partition(" / ")
        yield Said(f"{name.zh}：{zh}。{law.zh}", f"{capital(name.en)}: {en}.{law.en}")
    if not telling.assessment.not_told:
        yield Said("没有需要回避的人或单位。", "Nobody has to be left out.")


def who_words(who: str) -> Said:
    """A person by relation, a department, a kind of unit, or a unit by its registered number."""
    for table in (words.PEOPLE, words.DEPARTMENTS, words.INSTITUTIONS):
        if who in table:
            return Said(*table[who])
    return Said(f"登记编号为 {who} 的单位", f"the unit registered as {who}")
