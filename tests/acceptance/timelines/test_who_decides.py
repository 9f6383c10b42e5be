"""A guardian is confirmed by a signatory on duty and by nobody else; without a decision the clock runs and climbs."""

import pytest

from shared.contracts import commands as asked
from shared.contracts.registry import RotaShift
from tests.acceptance.timelines.county_in_memory import CountyInMemory
from tests.acceptance.timelines.filings import abandoned
from tests.acceptance.timelines.orders import acknowledge, dispatch, seen, sign_guardianship
from tests.acceptance.timelines.rungs import SCHOOL, at_filing, because, e3, e4, e5, others
from tests.acceptance.timelines.tale import Tale, between


def everybody_is_at_work(tale: Tale) -> None:
    """Filed at 22:40, taken over, somebody sent, the child seen: the decision alone is missing."""
    told_first = at_filing("child", SCHOOL, "education", "procuratorate")
    tale.at("22:40").report("child", abandoned())
    tale.want(between("22:40", "22:41"), told_first)
    tale.at("22:43").send_somebody("child", *others(told_first))
    tale.at("22:44").order("officer-1", "child", acknowledge())
    tale.at("22:50").order("officer-1", "child", dispatch())
    tale.at("23:30").order("officer-1", "child", seen(tale, "23:25"))


def nobody_decided(tale: Tale) -> None:
    """24 hours after the filing the breach climbs rung by rung and repeats at the top."""
    tale.want(between("day 2 22:40", "day 2 22:41"), because("BREACH.DECISION", e3("child")))
    tale.want(between("day 2 23:10", "day 2 23:11"), because("BREACH.DECISION", e4("child")))
    tale.want_every("30m", between("day 2 23:40", "day 3 01:50"), because("BREACH.DECISION", e5("child")))


def shift_of_signatory(tale: Tale, since: str, until: str) -> None:
    shift = RotaShift(
        shift_id="signatory",
        county="520327",
        account="signatory-1",
        rung="SIGNATORY",
        contact_id="signatory-duty",
        from_ms=tale.moment_ms(since),
        until_ms=tale.moment_ms(until),
    )
    tale.beforehand.append(asked.SetShift(shift=shift))


@pytest.mark.parametrize("who", ["officer-1", "head-1", "police-clerk-1", "auditor-1"])
def test_who_is_no_signatory_confirms_nothing(county: CountyInMemory, who: str) -> None:
    tale = Tale("2026-11-24")
    everybody_is_at_work(tale)
    tale.at("23:40").order(who, "child", sign_guardianship(), refused="ROLE")
    tale.at("23:41").find("child", measure="TEMP_GUARDIANSHIP PROPOSED", place="foster-1", running={"DECISION"})
    nobody_decided(tale)
    tale.at("day 3 01:50").find("child", breached={"DECISION"}, place="foster-1")
    county.lives(tale)


def test_a_signatory_who_is_not_on_duty_confirms_nothing_until_the_shift_begins(county: CountyInMemory) -> None:
    tale = Tale("2026-11-24")
    shift_of_signatory(tale, "day 2 08:00", "day 2 20:00")
    everybody_is_at_work(tale)
    tale.at("23:40").order("signatory-1", "child", sign_guardianship(), refused="NOT_ON_ROTA")
    tale.at("23:41").find("child", measure="TEMP_GUARDIANSHIP PROPOSED", running={"DECISION"})
    tale.at("day 2 08:01").order("signatory-1", "child", sign_guardianship())
    tale.at("day 2 08:02").find("child", measure="TEMP_GUARDIANSHIP ASSIGNED", met={"DECISION"})
    tale.until("day 3 22:00")
    county.lives(tale)


def test_no_decision_within_the_clock_climbs_holds_the_bed_and_repeats_until_somebody_decides(
    county: CountyInMemory,
) -> None:
    tale = Tale("2026-11-24")
    everybody_is_at_work(tale)
    nobody_decided(tale)
    tale.at("day 3 01:45").find("child", breached={"DECISION"}, place="foster-1", custody="SCHOOL")
    tale.at("day 3 02:00").order("signatory-1", "child", sign_guardianship())
    tale.at("day 3 02:01").find("child", measure="TEMP_GUARDIANSHIP ASSIGNED", place="foster-1", met={"DECISION"})
    tale.until("day 4 22:00")
    county.lives(tale)


def test_decided_by_phone_at_night_the_document_follows_by_noon_of_the_next_working_day(
    county: CountyInMemory,
) -> None:
    tale = Tale("2026-11-27")  # a Friday: the next working day is Monday
    everybody_is_at_work(tale)
    tale.at("23:50").order("signatory-1", "child", by_phone)
    tale.at("23:51").find("child", measure="TEMP_GUARDIANSHIP ASSIGNED", running={"DOCUMENT"}, met={"DECISION"})
    tale.want(between("day 4 12:00", "day 4 12:01"), because("BREACH.DOCUMENT", e3("child")))
    tale.at("day 4 12:30").order("signatory-1", "child", the_document)
    tale.until("day 4 22:00")
    county.lives(tale)


def by_phone(case: str) -> asked.SignGuardian:
    return asked.SignGuardian(case=case, measure="TEMP_GUARDIANSHIP", wishes="HEARD", document_pending=True)


def the_document(case: str) -> asked.FileDocument:
    return asked.FileDocument(case=case, document_number="DOC-2")
