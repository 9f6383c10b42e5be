"""Commands as a tale gives them: `at("23:10").order("signatory-1", "girl", sign_guardianship())`."""

from shared.contracts import commands as asked
from shared.contracts.registry import Contact, Place
from shared.contracts.vocabulary import CloseReason, Department, Holder, Measure, Wishes
from tests.acceptance.timelines.county_in_memory import sample_registry
from tests.acceptance.timelines.tale import Body, Tale


def acknowledge(department: Department = Department.CIVIL_AFFAIRS) -> Body:
    """The department takes the case over."""
    return lambda case: asked.Acknowledge(case=case, department=department)


def dispatch(department: Department = Department.CIVIL_AFFAIRS) -> Body:
    """Somebody is on the way."""
    return lambda case: asked.Dispatch(case=case, department=department)


def sign_guardianship(measure: Measure = Measure.TEMP_GUARDIANSHIP, *, heard: bool = True) -> Body:
    """The proposed measure becomes effective, with a document number."""
    return lambda case: asked.SignGuardian(
        case=case,
        measure=measure,
        wishes=Wishes.HEARD if heard else Wishes.NOT_ABLE,
        wishes_reason=None if heard else "TOO_YOUNG",
        document_number="DOC-1",
    )


def seen(tale: Tale, moment: str) -> Body:
    """A named official saw the child in person."""
    return lambda case: asked.RecordChildSeen(case=case, seen_at_ms=tale.moment_ms(moment))


def brought_to(tale: Tale, moment: str, holder: Holder, place: str | None = None) -> Body:
    """The child is now with somebody else."""
    return lambda case: asked.RecordCustody(case=case, holder=holder, since_ms=tale.moment_ms(moment), place_id=place)


def assess(*, able: bool, safe: bool) -> Body:
    """A named officer has spoken to the guardian and says so."""
    return lambda case: asked.RecordAssessment(case=case, guardian_able=able, safe_to_return=safe)


def close(reason: CloseReason) -> Body:
    """The case is closed."""
    return lambda case: asked.CloseCase(case=case, reason=reason)


# -- what the registry says besides the sample


def nobody_at(tale: Tale, *contacts: str) -> None:
    """These numbers are not staffed any more."""
    for name in contacts:
        contact = registered(tale, asked.SetContact, "contact", name)
        assert isinstance(contact, Contact)
        tale.beforehand.append(asked.SetContact(contact=contact.model_copy(update={"active": False})))


def only_place(tale: Tale, name: str | None, capacity: int = 1) -> None:
    """Of the county's places this one alone is open, with so many beds; None: no place at all."""
    for entry in sample_registry(tale.begin_ms).entries:
        if isinstance(entry.body, asked.SetPlace):
            place: Place = entry.body.place
            change = {"capacity": capacity} if place.place_id == name else {"active": False}
            tale.beforehand.append(asked.SetPlace(place=place.model_copy(update=change)))


def registered(tale: Tale, kind: type, part: str, name: str) -> object:
    """An entry of the sample registry as it is loaded on the tale's first day."""
    return next(
        getattr(entry.body, part)
        for entry in sample_registry(tale.begin_ms).entries
        if isinstance(entry.body, kind) and entry.name == name
    )
