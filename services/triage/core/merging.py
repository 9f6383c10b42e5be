"""Facts of a supplement merged into those of a case: nothing turns a known fact back into unknown.

A newer known fact replaces an older one; of two injuries the graver stays, of two beginnings the earlier; concerns,
people, whoever is alleged and implicated units add up. Who filed first stays the case's institution.

What nobody has proved may raise and never weakens: of two ages the younger stays (the first, where a key proved who
filed it), of two sexes the first, and a death that is only said later is a life in danger. A unit that its key proves
corrects age and sex, and its word that a child said to be dead is living leaves a life in danger.
"""

from typing import Any, Final, TypeVar

from shared.contracts.base import Message
from shared.contracts.reports import (
    AllegedFacts,
    CarerFacts,
    ChildFacts,
    CustodyFacts,
    GuardianFacts,
    ImplicatedUnit,
    InstitutionFacts,
    ReportFacts,
    SafetyFacts,
)
from shared.contracts.vocabulary import GuardianStatus, Injury, InstitutionType, Relation

from services.triage.core.policy.facts import age_of
from services.triage.core.policy.people import CARING_RELATIONS, UNABLE, alleged_of

Facts = TypeVar("Facts", bound=Message)
PEOPLE_MAX: Final = 20
ALLEGED_MAX: Final = 8
OFFICES: Final = frozenset(
    {
        InstitutionType.VILLAGE_COMMITTEE,
        InstitutionType.RESIDENT_COMMITTEE,
        InstitutionType.STATE_ORGAN,
        InstitutionType.WELFARE_INST,
        InstitutionType.RESCUE_STATION,
        InstitutionType.PROTECTION_CENTRE,
    }
)
"""Kinds of units that answer for children: the first implicated one of each is never left out."""
UNKNOWN: Final = "UNKNOWN"
GRAVITY: Final = {
    injury: rank
    for rank, injury in enumerate(
        (Injury.UNKNOWN, Injury.NONE, Injury.MINOR, Injury.SERIOUS, Injury.LIFE_THREATENING, Injury.DEATH)
    )
}


def merged(old: ReportFacts, new: ReportFacts, child: ChildFacts | None) -> ReportFacts:
    """The facts of one case (one child) after a supplement; `child` is what the supplement says of this child."""
    ours = old.children[0] if old.children else ChildFacts()
    alleged = _alleged(old, new)
    return ReportFacts(
        discovered_at_ms=old.discovered_at_ms if old.discovered_at_ms is not None else new.discovered_at_ms,
        institution=old.institution,
        children=(ours if child is None else merged_child(ours, child, old.institution, new.institution),),
        siblings_not_listed=new.siblings_not_listed if new.siblings_not_listed is not None else old.siblings_not_listed,
        guardians=_people(old.guardians, new.guardians),
        carer=_either(old.carer, new.carer, _person),
        custody_now=_custody(old.custody_now, new.custody_now),
        safety=_safety(old.safety, new.safety),
        history=overlaid(old.history, new.history),
        alleged_person=alleged[0] if alleged else None,
        others_alleged=alleged[1:] or None,
        implicated=_implicated(old.implicated, new.implicated),
        actions_taken=overlaid(old.actions_taken, new.actions_taken),
    )


def merged_child(old: ChildFacts, new: ChildFacts, first: InstitutionFacts, newer: InstitutionFacts) -> ChildFacts:
    """One child's facts after a supplement; `first` filed the case, `newer` the supplement."""
    aged = old if _keeps_age(old, new, first, newer) else new
    return overlaid(old, new).model_copy(
        update={
            "concerns": tuple(dict.fromkeys((*old.concerns, *new.concerns))),
            "injury": _injury(old.injury, new.injury, proved=newer.authenticated),
            "age_years": aged.age_years,
            "age_months": aged.age_months,
            "sex": old.sex if old.sex is not None and not newer.authenticated else new.sex or old.sex,
        }
    )


def _keeps_age(old: ChildFacts, new: ChildFacts, first: InstitutionFacts, newer: InstitutionFacts) -> bool:
    """Whether the age that is known stays."""
    ages = age_of(old), age_of(new)
    if ages[1] is None or ages[0] is None:
        return ages[1] is None
    if newer.authenticated:
        return False
    return first.authenticated or ages[0] <= ages[1]


def _injury(old: Injury, new: Injury, *, proved: bool) -> Injury:
    """The graver of two injuries, but for a death of which only one of them speaks: see the module."""
    if Injury.DEATH not in (old, new) or old is new:
        return max(old, new, key=GRAVITY.__getitem__)
    if new is Injury.DEATH:
        return Injury.DEATH if proved else Injury.LIFE_THREATENING
    return Injury.LIFE_THREATENING if proved and new is not Injury.UNKNOWN else Injury.DEATH


def overlaid(old: Facts, new: Facts) -> Facts:
    """Field by field: the newer value where it is known, else the older."""
    changes = {
        name: value
        for name in type(new).model_fields
        if known(value := getattr(new, name)) and value != getattr(old, name)
    }
    return old.model_copy(update=changes) if changes else old


def known(value: Any) -> bool:  # noqa: ANN401 - one of many types
    """Whether a fact says anything: not None, not UNKNOWN, not empty."""
    return value not in (None, UNKNOWN, ())


def _safety(old: SafetyFacts, new: SafetyFacts) -> SafetyFacts:
    """The newer answers; since when the child is uncared for: the earliest that anybody knows of."""
    known_ms = [since_ms for since_ms in (old.since_ms, new.since_ms) if since_ms is not None]
    return overlaid(old, new).model_copy(update={"since_ms": min(known_ms, default=None)})


def _alleged(old: ReportFacts, new: ReportFacts) -> tuple[AllegedFacts, ...]:
    """Everybody who was ever alleged, by relation, the newest first: whom one filing names the other does not clear."""
    people: dict[Relation, AllegedFacts] = {}
    for person in (*alleged_of(old), *alleged_of(new)):
        before = people.pop(person.relation, None)
        office = True if before is not None and before.office else person.office
        people[person.relation] = person.model_copy(update={"office": office}) if office != person.office else person
    nameless = people.pop(Relation.UNKNOWN, None)
    newest_first = list(reversed(people.values()))
    found = tuple(sorted(newest_first, key=_outside) if len(newest_first) > ALLEGED_MAX else newest_first)
    if nameless is None:
        return found[: ALLEGED_MAX + 1]
    if not found:
        return (nameless,)
    first = found[0].model_copy(update={"office": True}) if nameless.office else found[0]
    return (first, *found[1 : ALLEGED_MAX + 1])


def _outside(person: AllegedFacts) -> bool:
    """Sorts who may live with the child before the others, where not all can be kept."""
    return person.relation not in CARING_RELATIONS


def _either(old: Any, new: Any, merge: Any) -> Any:  # noqa: ANN401 - one of many types
    return new if old is None else old if new is None else merge(old, new)


def _person(old: CarerFacts, new: CarerFacts) -> CarerFacts:
    return overlaid(old, new.model_copy(update={"status": _statuses(old.status, new.status)}))


def _statuses(old: tuple[GuardianStatus, ...], new: tuple[GuardianStatus, ...]) -> tuple[GuardianStatus, ...]:
    """The newer statuses where any is known; that somebody was abusive is never forgotten."""
    said = tuple(status for status in new if status is not GuardianStatus.UNKNOWN)
    if not said:
        return old
    kept = (GuardianStatus.ABUSIVE,) if GuardianStatus.ABUSIVE in old and GuardianStatus.ABUSIVE not in said else ()
    return (*kept, *said)


def _people(old: tuple[GuardianFacts, ...], new: tuple[GuardianFacts, ...]) -> tuple[GuardianFacts, ...]:
    """Guardians by relation, in order of appearance: the first grandparent of the one is the first of the other."""
    people = list(old)
    taken: set[int] = set()
    for person in new:
        at = next(
            (
                number
                for number, other in enumerate(people)
                if number not in taken and other.relation is person.relation and number < len(old)
            ),
            None,
        )
        if at is None:
            people.append(person)
            continue
        taken.add(at)
        updated = overlaid(people[at], person)
        people[at] = updated.model_copy(update={"status": _statuses(people[at].status, person.status)})
    return _gravest(people)


def _gravest(people: list[GuardianFacts]) -> tuple[GuardianFacts, ...]:
    """At most PEOPLE_MAX, in their order: who is abusive goes before who is unable, and that one before the others."""

    def rank(number: int) -> tuple[int, int]:
        status = set(people[number].status)
        return (0 if GuardianStatus.ABUSIVE in status else 1 if status & UNABLE else 2, number)

    kept = sorted(sorted(range(len(people)), key=rank)[:PEOPLE_MAX])
    return tuple(people[number] for number in kept)


def _implicated(old: tuple[ImplicatedUnit, ...], new: tuple[ImplicatedUnit, ...]) -> tuple[ImplicatedUnit, ...]:
    """At most PEOPLE_MAX units: one of each kind before a second of a kind, for the kind says whom not to tell."""
    units = tuple(dict.fromkeys((*old, *new)))
    if len(units) <= PEOPLE_MAX:
        return units
    kinds: set[InstitutionType | None] = set()
    first = []
    for number, unit in enumerate(units):
        office = unit.unit_type in OFFICES
        first.append((not office or unit.unit_type in kinds, unit.unit_type in kinds, number))
        kinds.add(unit.unit_type)
    return tuple(units[number] for *_, number in sorted(sorted(first)[:PEOPLE_MAX], key=lambda each: each[-1]))


def _custody(old: CustodyFacts, new: CustodyFacts) -> CustodyFacts:
    return new if known(new.holder) else old
