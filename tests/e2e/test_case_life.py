"""A filing through the whole system: decided, told, climbed, answered, signed, closed, and shown to who filed it."""

import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from ops.embedded.broker import EmbeddedBroker
from tests.support.whole_system import Receipt, WholeSystem, until, whole_system

CLOCK_RATE = 90.0
"""Fifteen minutes of the space's clock are ten seconds here."""
SCHOOL = "520327-school-017"


def beaten_at_home(number: int) -> dict[str, Any]:
    """A school files: hurt seriously by the guardian, afraid, the other one works far away."""
    child = {
        "name": f"PLANTED-NAME-{number}",
        "id_number": f"9900002017030{number:05d}",
        "address": "PLANTED-ADDRESS-1",
        "sex": "F",
        "age_years": 9,
        "area_code": "520327102203",
        "concerns": ["PHYSICAL_ABUSE"],
        "injury": "SERIOUS",
    }
    return {
        "institution": {"id": SCHOOL, "type": "PRIMARY_SCHOOL", "area_code": "520327102000"},
        "reporter": {"name": "PLANTED-NAME-0", "role": "head teacher", "phone": "000-0000-0001"},
        "children": [child],
        "guardians": [
            {"relation": "FATHER", "status": ["ABUSIVE"]},
            {"relation": "MOTHER", "status": ["ABSENT_MIGRANT_WORK"]},
        ],
        "alleged_person": {"relation": "FATHER"},
        "custody_now": {"holder": "SCHOOL"},
        "narrative": f"PLANTED-WORDS-{number}",
    }


@pytest.fixture(scope="module")
def system(broker: EmbeddedBroker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeSystem]:
    name = f"e2e-{uuid.uuid4().hex[:8]}"
    with whole_system(broker, tmp_path_factory.mktemp("life"), name, clock_rate=CLOCK_RATE) as system:
        system.api_keys = system.feed_sample_registry()
        yield system


def file(system: WholeSystem, body: dict[str, Any], **headers: str) -> Receipt:
    return system.file(body, **{"X-API-Key": system.api_keys[SCHOOL]}, **headers)


def test_a_filing_is_decided_told_climbed_answered_signed_closed_and_shown(system: WholeSystem) -> None:
    filed = file(system, beaten_at_home(1))
    assert filed.durability == "broker"
    case = system.case_of(filed.report_id)
    decided_as_the_law_says(system, case)
    departments_are_alerted(system, case)
    page = system.wait_for_status(filed.receipt, "RECEIVED")
    instructions = [each["code"] for each in page["instructions"]]
    assert "KEEP-CHILD" in instructions
    assert instructions[0] == "DANGER_CALL_110_120"
    assert "DANGER-FIRST" not in instructions, "danger is said once"

    nobody_answers_and_the_next_is_told(system, case)
    [message] = until(lambda: system.messages_for(case, "ca-duty-2"), what="the second officer's message")
    assert system.press(message["link"], "ACKNOWLEDGE").status_code == 202
    taken = system.wait_for("DepartmentAcknowledged", case=case, department="CIVIL_AFFAIRS")
    assert taken["by"] in {"contact:ca-duty-2", f"link:{message['alert_id']}"}
    assert not system.find("DepartmentAcknowledged", case=case, department="POLICE")
    system.wait_for_status(filed.receipt, "ACCEPTED")

    the_guardian_is_signed_and_the_case_closed(system, case)
    page = system.wait_for_status(filed.receipt, "CLOSED", **{"X-API-Key": system.api_keys[SCHOOL]})
    assert [step["status"] for step in page["history"]] == ["RECEIVED", "ACCEPTED", "PROTECTED", "CLOSED"]
    assert system.press_again_is_gone(message["link"])
    public = system.receipt_page(filed.receipt)
    assert "PROTECTED" not in {step["status"] for step in public["history"]}
    system.verify()


def decided_as_the_law_says(system: WholeSystem, case: str) -> None:
    assessment = system.wait_for("CaseAssessed", case=case)["assessment"]
    assert assessment["level"] == "S1"
    situations = {each["code"]: each for each in assessment["situations"]}
    assert {"TG-6", "MR-4"} <= set(situations), situations.keys()
    assert all(each["source"]["citation"] for each in situations.values())
    assert system.wait_for("LevelSet", case=case)["level"] == "S1"
    assert system.wait_for("CustodySet", case=case)["holder"] == "SCHOOL"
    held = system.wait_for("PlaceHeld", case=case)
    proposed = system.wait_for("MeasureProposed", case=case)
    assert (proposed["measure"], proposed["status"]) == ("TEMP_GUARDIANSHIP", "PROPOSED")
    assert proposed["place_id"] == held["place_id"]
    assert proposed["organ"] == "CIVIL_AFFAIRS"
    assert proposed["_seq"] == held["_seq"], "the bed is held inside the same decision"


def departments_are_alerted(system: WholeSystem, case: str) -> None:
    [officer] = until(lambda: system.messages_for(case, "ca-duty-1"), what="the duty officer's message")
    police = until(lambda: system.messages_for(case, "police-"), what="the police's message")
    for message in (officer, *police):
        assert message["level"] == "S1"
        assert message["zh"].startswith("【演练·非真实")
        assert "/a/" in message["link"]
        for word in ("PLANTED", "520327102", "学校", "第"):
            assert word not in message["zh"] + message["en"]


def nobody_answers_and_the_next_is_told(system: WholeSystem, case: str) -> None:
    system.wait_for("RungReached", case=case, department="CIVIL_AFFAIRS", step="E1")
    climbed = system.wait_for("RungReached", case=case, department="CIVIL_AFFAIRS", step="E2")
    assert climbed["staffed"]
    assert "ca-duty-2" in climbed["contacts"]
    assert not system.find("DepartmentAcknowledged", case=case)


def the_guardian_is_signed_and_the_case_closed(system: WholeSystem, case: str) -> None:
    refused = system.command("close-case", "--case", case, "--reason", "LONG_TERM_94", "--as", "officer-1")
    assert (refused["accepted"], refused["reason"]) == (False, "NO_SAFE_CUSTODY")
    signed = system.command(
        *("sign-guardian", "--case", case, "--measure", "TEMP_GUARDIANSHIP", "--wishes", "HEARD"),
        *("--document-number", "DOC-1", "--as", "signatory-1"),
    )
    assert signed["accepted"], signed
    assert system.wait_for("MeasureSigned", case=case)["status"] == "ASSIGNED"
    seen = system.command("record-child-seen", "--case", case, "--seen-at", "now", "--as", "officer-1")
    assert seen["accepted"], seen
    assert system.wait_for("ChildSeen", case=case)["by"] == "officer-1"
    refused = system.command("close-case", "--case", case, "--reason", "LONG_TERM_94", "--as", "officer-1")
    assert (refused["accepted"], refused["reason"]) == (False, "NO_SAFE_CUSTODY")
    place = system.find("PlaceHeld", case=case)[-1]["place_id"]
    brought = system.command(
        *("record-custody", "--case", case, "--holder", "FOSTER", "--place-id", place, "--since", "now"),
        *("--handed-over-by", "SCHOOL", "--as", "officer-1"),
    )
    assert brought["accepted"], brought
    refused = system.command("close-case", "--case", case, "--reason", "LONG_TERM_94", "--as", "officer-1")
    assert (refused["accepted"], refused["reason"]) == (False, "LIMB_MISSING")
    ended = system.command(
        *("end-measure", "--case", case, "--reason", "LONG_TERM_94", "--holder", "FOSTER", "--limb-94", "1"),
        *("--as", "signatory-1"),
    )
    assert ended["accepted"], ended
    closed = system.command(
        *("close-case", "--case", case, "--reason", "LONG_TERM_94", "--limb-94", "1", "--as", "officer-1")
    )
    assert closed["accepted"], closed
    assert system.wait_for("CaseClosed", case=case)["by"] == "officer-1"


def test_a_supplement_and_an_addition_reach_the_same_case_and_a_resend_changes_nothing(system: WholeSystem) -> None:
    key = {"Idempotency-Key": f"school-017-{uuid.uuid4().hex}"}
    body = beaten_at_home(2)
    body["children"][0] |= {"concerns": ["CONTACT_LAPSED"], "injury": "NONE"}
    body["guardians"], body["alleged_person"] = [{"relation": "MOTHER", "status": ["UNKNOWN"]}], None
    first = file(system, body, **key)
    again = file(system, body, **key)
    assert (again.receipt, again.report_id) == (first.receipt, first.report_id)
    case = system.case_of(first.report_id)
    before = system.wait_for("CaseAssessed", case=case)["assessment"]["level"]
    assert before != "S1"

    body["children"][0] |= {"concerns": ["PHYSICAL_ABUSE"], "injury": "SERIOUS"}
    supplement = file(system, body, **key)
    assert supplement.receipt == first.receipt
    assert supplement.report_id != first.report_id
    joined = system.wait_for("ReportJoined", report_id=supplement.report_id)
    assert joined["case"] == case
    until(lambda: "S1" in {each["level"] for each in system.find("LevelSet", case=case)}, what="raised to S1")

    addition = system.add(first.receipt, {"guardians": [{"relation": "FATHER", "status": ["ABUSIVE"]}]})
    repeated = system.add(first.receipt, {"guardians": [{"relation": "FATHER", "status": ["ABUSIVE"]}]})
    assert (addition.receipt, addition.report_id) == (repeated.receipt, repeated.report_id)
    joined = system.wait_for("ReportJoined", report_id=addition.report_id)
    assert joined["case"] == case
    facts = joined["facts"]["guardians"]
    assert ["ABUSIVE"] in [each["status"] for each in facts]

    ours = {first.report_id, supplement.report_id, addition.report_id}
    opened = [each for each in system.find("CaseOpened") if each["report_id"] in ours]
    assert [each["case"] for each in opened] == [case]
    assert len(system.find("ReportJoined", case=case)) == 2
    system.verify()


def test_another_filing_about_the_same_child_joins_its_case_and_both_are_answered(
    system: WholeSystem,
) -> None:
    first = file(system, beaten_at_home(7))
    case = system.case_of(first.report_id)
    neighbour = {
        "institution": {"type": "PUBLIC", "area_code": "520327102000"},
        "children": [
            {"name": "PLANTED-NAME-8", "age_years": 2, "area_code": "520327102203", "concerns": ["UNCARED"]},
            beaten_at_home(7)["children"][0] | {"concerns": ["LEFT_ALONE"], "injury": None},
        ],
        "alleged_person": {"relation": "NEIGHBOUR"},
    }
    second = system.file(neighbour)
    assert second.receipt != first.receipt
    joined = system.wait_for("ReportJoined", report_id=second.report_id)
    assert (joined["case"], joined["child"], joined["matched_by"]) == (case, 1, "ID_NUMBER")
    assert joined["facts"]["institution"]["type"] == "PRIMARY_SCHOOL"
    assert {"PHYSICAL_ABUSE", "LEFT_ALONE"} <= set(joined["facts"]["children"][0]["concerns"])
    [other] = system.find("CaseOpened", report_id=second.report_id)
    assert other["linked"] == [case]

    addition = system.add(second.receipt, {"children": [{"age_years": 2}, {"concerns": ["MALNUTRITION"]}]})
    system.wait_for("ReportJoined", report_id=addition.report_id)
    added = system.find("ReportJoined", report_id=addition.report_id)
    facts = {each["case"]: each["facts"]["children"][0]["concerns"] for each in added}
    assert "MALNUTRITION" in facts[case]
    assert "MALNUTRITION" not in facts[other["case"]]

    for name in (case, other["case"]):
        accepted = system.command("acknowledge", "--case", name, "--as", "officer-1")
        assert accepted["accepted"], accepted
    system.wait_for_status(first.receipt, "ACCEPTED")
    system.wait_for_status(second.receipt, "ACCEPTED")
    system.verify()


def test_siblings_of_one_filing_are_cases_of_their_own_linked_and_kept_together(system: WholeSystem) -> None:
    body = beaten_at_home(3)
    body["children"].append(body["children"][0] | {"name": "PLANTED-NAME-33", "id_number": "", "age_years": 11})
    filed = file(system, body)
    first, second = (system.case_of(filed.report_id, child) for child in (0, 1))
    assert first != second
    opened = {each["case"]: each for each in system.find("CaseOpened", report_id=filed.report_id)}
    assert first in opened[second]["linked"] or second in opened[first]["linked"]
    places = {system.wait_for("PlaceHeld", case=case)["place_id"] for case in (first, second)}
    assert len(places) == 1
    until(lambda: system.messages_for(first, "ca-duty") and system.messages_for(second, "ca-duty"), what="both told")


def test_whatever_is_filed_badly_is_answered_clearly_and_decides_nothing(system: WholeSystem) -> None:
    url = f"{system.url('intake')}/v1/reports"
    before = len(system.find("CaseOpened"))
    for content, status in (
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[]", 422),
        (b"{}", 422),
        (b'{"children": []}', 422),
        (b"x" * 300_000, 413),
    ):
        answer = httpx.post(url, content=content, timeout=30)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), content
    odd = system.file({"children": [{"concerns": ["NO_SUCH_CODE"], "age_years": "very old", "area_code": "1"}]})
    assert {each["code"] for each in odd.content["warnings"]} >= {"UNKNOWN_CODE", "WRONG_AREA"}
    system.case_of(odd.report_id)
    assert len(system.find("CaseOpened")) == before + 1
