"""An identity is opened by a recorded grant, by whom it names, while it lasts, and by nobody and nothing else.

The whole system runs; triage and the broker are stopped for real. What was planted is found in the answers of the
custodian alone: not in a topic, a file, a log or a metric.
"""

import json
import signal
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient

from ops.embedded.broker import EmbeddedBroker
from services.desk.custodian.epochs import EpochKeys, epochs_in
from services.desk.custody import Custodian, NotOpened, Opened
from shared.contracts.commands import Actor, Command
from shared.contracts.identity import BreakGlass
from shared.contracts.topics import COMMANDS, VAULT, VAULT_IN, Topic
from shared.contracts.vocabulary import Role
from shared.contracts.wire import encode
from shared.runtime.commanding import Order, Signer
from tests.support.desk_world import form, hidden, log_in
from tests.support.whole_system import WholeSystem, until, whole_system
from wardline.sending import Publisher

COUNTY, OTHER = "520327", "520328"
CLOCK_RATE = 60.0
"""A grant of 30 minutes ends after 30 seconds."""
NAME, ADDRESS, PHONE = "PLANTED-NAME-7", "PLANTED-ADDRESS-7", "000-0000-7777"
REPORTER, STORY = "PLANTED-REPORTER-7", "PLANTED-STORY-7"
NOTE = "PLANTED-NOTE-7"
PLANTED = (NAME, ADDRESS, PHONE, REPORTER, STORY, NOTE)
WAITS = {"WAIT_FOR_TRIAGE", "BROKER_ANSWERS"}
ACCOUNTS = {"officer-a": "OFFICER", "officer-b": "OFFICER", "supervisor-a": "SUPERVISOR"}


def filing() -> dict[str, Any]:
    child = {"name": NAME, "address": ADDRESS, "age_years": 6, "area_code": f"{COUNTY}102", "concerns": ["ABANDONED"]}
    return {
        "reporter": {"name": REPORTER, "phone": PHONE},
        "children": [child],
        "narrative": f"{STORY}, said {REPORTER} {uuid.uuid4().hex}",
    }


@pytest.fixture(scope="module")
def system(broker: EmbeddedBroker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeSystem]:
    name = f"id-{uuid.uuid4().hex[:8]}"
    with whole_system(broker, tmp_path_factory.mktemp("identity"), name, clock_rate=CLOCK_RATE) as system:
        system.feed_registry([COUNTY, OTHER, "000000"])
        for account, role in ACCOUNTS.items():
            enter(system, account, role, COUNTY)
        enter(system, "officer-far", "OFFICER", OTHER)
        yield system


def enter(system: WholeSystem, account: str, role: str, county: str) -> None:
    content = {"account": account, "county": county, "role": role, "area_prefix": county}
    assert system.command("set-account", "--account", json.dumps(content))["accepted"]


def act(system: WholeSystem, who: str, name: str, case: str, *options: str) -> dict[str, Any]:
    return system.command(name, "--case", case, "--as", who, "--key", "desk", *options)


def opening_of(system: WholeSystem, who: str, case: str, *parts: str) -> dict[str, Any]:
    wanted = ("--parts", json.dumps(parts), "--reason", "HOME_VISIT", "--purpose", "GO_TO_CHILD")
    return act(system, who, "open-identity", case, *wanted)


def custodian_of(system: WholeSystem) -> Custodian:
    return Custodian(system.home / f"custodian-{system.space.name}.sock")


def refusal(ask: Any) -> str:  # noqa: ANN401 - any call
    with pytest.raises(NotOpened) as refused:
        ask()
    return refused.value.code


def text_of(opened: Opened) -> str:
    return json.dumps(opened.filings, ensure_ascii=False)


def case_filed(system: WholeSystem) -> str:
    return system.case_of(system.file(filing()).report_id)


def taken_over(system: WholeSystem, case: str) -> None:
    """The custodian keeps what is sealed of the case: an opening for it answers more than that it is not there yet."""
    opening = opening_of(system, "officer-b", case, "NAME")["command_id"]
    until(lambda: NAME in text_of(custodian_of(system).open("officer-b", case, opening)), what="taken over")


def test_a_grant_opens_what_it_names_to_whom_it_names_and_ends(system: WholeSystem) -> None:
    custodian, case = custodian_of(system), case_filed(system)
    taken_over(system, case)
    assert refusal(lambda: custodian.open("officer-a", case, "never-asked")) == "NO_GRANT"
    opening = opening_of(system, "officer-a", case, "CHILD", "PLACE")["command_id"]
    shown = text_of(custodian.open("officer-a", case, opening))
    assert NAME in shown
    assert ADDRESS in shown
    assert not any(word in shown for word in (PHONE, REPORTER, STORY))
    assert refusal(lambda: custodian.open("officer-b", case, opening)) == "NOT_YOURS"

    far = opening_of(system, "officer-far", case, "CHILD")
    assert (far["accepted"], far["reason"]) == (False, "UNKNOWN_ACCOUNT")
    assert refusal(lambda: custodian.open("officer-far", case, far["command_id"])) == "NO_GRANT"

    def has_ended() -> bool:
        try:
            custodian.open("officer-a", case, opening)
        except NotOpened as error:
            return error.code == "EXPIRED"
        return False

    until(has_ended, 60, "the grant has ended")


def test_who_reported_takes_two_and_the_narrative_does_not_tell_it(system: WholeSystem) -> None:
    custodian, case = custodian_of(system), case_filed(system)
    taken_over(system, case)
    story = opening_of(system, "officer-a", case, "NARRATIVE")["command_id"]
    shown = text_of(custodian.open("officer-a", case, story))
    assert STORY in shown
    assert REPORTER not in shown
    asked = opening_of(system, "officer-a", case, "REPORTER")["command_id"]
    assert refusal(lambda: custodian.open("officer-a", case, asked)) == "NO_GRANT"
    assert act(system, "officer-b", "second-identity-opening", case, "--opening", asked)["accepted"]
    assert REPORTER in text_of(custodian.open("officer-a", case, asked))
    assert refusal(lambda: custodian.open("officer-b", case, asked)) == "NOT_YOURS"


def break_glass(system: WholeSystem, case: str, account: str = "officer-a", area: str = COUNTY) -> Command:
    order = Order(f"alone-{uuid.uuid4().hex[:8]}", COUNTY, BreakGlass(case=case, reason="CHILD_IN_DANGER"))
    actor = Actor(account=account, role=Role.OFFICER, area_prefix=area)
    return Signer(system.space, "desk").command(order, actor)


def send(system: WholeSystem, command: Command) -> tuple[int, int]:
    """Where the broker put it."""
    book = Signer(system.space, "desk").book_of(Order(command.command_id, command.county, command.body))
    message = (book, command.county, "Command", command.command_id, encode(command))
    with Publisher(system.workplace().connection, system.space) as publisher:
        (offset,) = publisher.publish(COMMANDS, [message])
    return book, offset


def opens_alone(system: WholeSystem, command: Command, at: tuple[int, int] | None) -> str:
    """The text once the custodian opens; it waits until triage, or the broker, has been silent for long enough."""
    codes: list[str] = []

    def opened() -> str | None:
        try:
            return text_of(custodian_of(system).open_alone(command, at))
        except NotOpened as error:
            codes.append(error.code)
            return None

    shown = until(lambda: opened() or (codes and codes[-1] not in WAITS and codes[-1]), 40, "one officer alone opens")
    assert set(codes) <= WAITS
    return str(shown)


def test_one_officer_alone_opens_while_triage_is_dead(system: WholeSystem) -> None:
    custodian, case = custodian_of(system), case_filed(system)
    taken_over(system, case)
    system.services["triage"].end(signal.SIGKILL)
    try:
        command = break_glass(system, case)
        at = send(system, command)
        assert refusal(lambda: custodian.open_alone(command, at)) == "WAIT_FOR_TRIAGE"
        shown = opens_alone(system, command, at)
        assert all(word in shown for word in (NAME, ADDRESS, PHONE))
        assert not any(word in shown for word in (REPORTER, STORY))
        for account, area, code in (("officer-far", OTHER, "UNKNOWN_ACCOUNT"), ("supervisor-a", COUNTY, "ROLE")):
            other = break_glass(system, case, account, area)
            assert refusal(lambda other=other: custodian.open_alone(other, send(system, other))) == code
        forged = command.model_copy(update={"sig": "0" * 128})
        assert refusal(lambda: custodian.open_alone(forged, at)) == "UNSIGNED"
        unsent = break_glass(system, case)
        assert refusal(lambda: custodian.open_alone(unsent, at)) == "NOT_ACKNOWLEDGED"
    finally:
        system.services["triage"].start()
    granted = system.wait_for("IdentityOpened", opening=command.command_id)
    assert (granted["by"], granted["basis"]) == ("officer-a", "BREAK_GLASS")
    assert system.wait_for("ClockStarted", case=case, clock=granted["clock"])


def test_one_officer_alone_opens_while_the_broker_is_away(system: WholeSystem, broker: EmbeddedBroker) -> None:
    custodian, case = custodian_of(system), case_filed(system)
    taken_over(system, case)
    assert refusal(lambda: custodian.open_alone(break_glass(system, case), None)) == "BROKER_ANSWERS"
    broker.pause()
    try:
        command = break_glass(system, case)
        shown = opens_alone(system, command, None)
        assert all(word in shown for word in (NAME, ADDRESS, PHONE))
    finally:
        broker.resume()
    journal = system.space.directory / "custodian" / "openings.jsonl"
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    received = next(
        n for n, line in enumerate(lines) if line.get("command", {}).get("command_id") == command.command_id
    )
    shown_at = next(n for n, line in enumerate(lines) if line.get("opening") == command.command_id)
    assert received < shown_at
    send(system, command)
    assert system.wait_for("IdentityOpened", opening=command.command_id)["by"] == "officer-a"


@contextmanager
def at_the_desk(system: WholeSystem, account: str) -> Iterator[httpx.Client]:
    """A browser in which the account has logged in."""
    added = system.wardline("user", "add", account, "--role", ACCOUNTS[account], "--area", COUNTY, "--json")
    facts = next(json.loads(line) for line in added.stdout.splitlines() if line.startswith("{"))
    headers = {"accept-language": "en"}
    with httpx.Client(base_url=system.url("desk"), trust_env=False, timeout=60, headers=headers) as client:
        assert log_in(client, account, facts["password"]).status_code == 303
        yield client


def pressed(client: httpx.Client, case: str, action: str, **fields: str) -> httpx.Response:
    """Press a button of the case's identity page, as soon as the page is there."""

    def shown() -> str:
        page = client.get(f"/cases/{case}/identity")
        return page.text if page.status_code == 200 else ""

    page = until(shown, what="the page of the case")
    form = {"csrf": hidden(page, "csrf"), "form": hidden(page, "form")}
    return client.post(f"/cases/{case}/{action}", data=form | fields)


def test_what_an_officer_writes_is_sealed_at_the_desk_and_opened_as_a_note_alone(system: WholeSystem) -> None:
    case = case_filed(system)
    taken_over(system, case)
    with at_the_desk(system, "officer-a") as officer:
        page = until(lambda: (got := officer.get(f"/cases/{case}")).status_code == 200 and got.text, what="the case")
        typed = {"party": "FAMILY", "outcome": "NO_ANSWER", "note": f"{NOTE}, said {REPORTER}"}
        answer = officer.post(f"/cases/{case}/call", data=form(str(page), f"/cases/{case}/call") | typed)
        assert answer.status_code == 303, answer.text
    assert system.wait_for("CommandAccepted", case=case, command="RecordCall")["sealed_id"]
    notes = opening_of(system, "officer-b", case, "NOTES")["command_id"]
    until(lambda: NOTE in text_of(custodian_of(system).open("officer-b", case, notes)), what="the note is taken over")
    assert REPORTER not in text_of(custodian_of(system).open("officer-b", case, notes))
    others = opening_of(system, "officer-b", case, "CHILD", "PLACE", "NARRATIVE")["command_id"]
    assert NOTE not in text_of(custodian_of(system).open("officer-b", case, others))


def test_at_the_desk_an_officer_opens_and_a_second_person_agrees(system: WholeSystem) -> None:
    case = case_filed(system)
    taken_over(system, case)
    why = {"reason": "HOME_VISIT", "purpose": "GO_TO_CHILD"}
    with at_the_desk(system, "officer-a") as officer, at_the_desk(system, "officer-b") as second:
        answer = pressed(officer, case, "identity", PLACE="1", **why)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store"), answer.text
        assert ADDRESS in answer.text
        assert not any(word in answer.text for word in (NAME, PHONE, REPORTER, STORY))
        waits = pressed(officer, case, "identity", REPORTER="1", **why)
        assert (waits.status_code, REPORTER in waits.text) == (303, False)
        opening = until(lambda: system.find("IdentityOpeningRequested", case=case))[0]["opening"]
        until(lambda: "Agree as the second person" in second.get(f"/cases/{case}/identity").text, what="a button")
        assert "Agree as the second person" not in officer.get(f"/cases/{case}/identity").text
        assert pressed(second, case, "identity/second", opening=opening).status_code == 303
        assert REPORTER in pressed(officer, case, "identity", opening=opening).text
        refused = pressed(second, case, "identity", opening=opening)
        assert (refused.status_code, REPORTER in refused.text) == (409, False)
        assert "officer-b agreed" in officer.get(f"/cases/{case}").text


def test_at_the_desk_one_officer_alone_opens_with_triage_or_broker_dead(
    system: WholeSystem, broker: EmbeddedBroker
) -> None:
    case = case_filed(system)
    taken_over(system, case)
    with at_the_desk(system, "officer-a") as officer:
        alone = pressed(officer, case, "break-glass", reason="CHILD_IN_DANGER")
        assert (alone.status_code, NAME in alone.text, PHONE in alone.text) == (200, True, True), alone.text
        system.services["triage"].end(signal.SIGKILL)
        try:
            alone = pressed(officer, case, "break-glass", reason="CHILD_IN_DANGER")
            assert (alone.status_code, NAME in alone.text) == (200, True), alone.text
            broker.pause()
            try:
                alone = pressed(officer, case, "break-glass", reason="CHILD_IN_DANGER")
                assert (alone.status_code, NAME in alone.text) == (200, True), alone.text
            finally:
                broker.resume()
        finally:
            system.services["triage"].start()
        until(lambda: len(system.find("IdentityOpened", case=case, basis="BREAK_GLASS")) == 3, 90, "all are recorded")
        assert {each["by"] for each in system.find("IdentityOpened", basis="BREAK_GLASS", case=case)} == {"officer-a"}


def closed(system: WholeSystem, case: str) -> None:
    for name, *options in (
        ("record-child-seen", "--seen-at", "now", "--wishes", "HEARD"),
        ("record-custody", "--holder", "RESCUE_INST", "--since", "now"),
        ("close-case", "--reason", "SUPPORT_COMPLETED"),
    ):
        done = act(system, "officer-a", name, case, *options)
        assert done["accepted"], done


def destroyed_by_two(system: WholeSystem, case: str) -> None:
    wanted = ("--ground", "COURT_ORDER", "--reference", "ORDER-1")
    assert act(system, "officer-a", "set-legal-hold", case, "--reason", "PROCEEDINGS")["accepted"]
    assert act(system, "supervisor-a", "destroy-identity", case, *wanted)["reason"] == "LEGAL_HOLD"
    assert act(system, "supervisor-a", "lift-legal-hold", case, "--reason", "PROCEEDINGS_ENDED")["accepted"]
    asked = act(system, "supervisor-a", "destroy-identity", case, *wanted)
    second = ("--destruction", asked["command_id"])
    assert act(system, "supervisor-a", "second-identity-destruction", case, *second)["reason"] in {
        "ROLE",
        "SECOND_PERSON",
    }
    assert act(system, "officer-b", "second-identity-destruction", case, *second)["accepted"]


def roll_quickly(system: WholeSystem) -> None:
    """What takes the broker an hour takes it seconds: segments roll, are compacted, and leave the disk."""
    quick = {"segment.ms": "1000", "file.delete.delay.ms": "1000"}
    compact = {"min.cleanable.dirty.ratio": "0.0", "max.compaction.lag.ms": "1000", "delete.retention.ms": "0"}
    admin = KafkaAdminClient(bootstrap_servers=system.broker.bootstrap)
    try:
        for topic, changes in ((VAULT_IN, quick), (VAULT, quick | compact)):
            admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic.full_name(system.space.name), changes)])
    finally:
        admin.close()


def content(path: Path) -> bytes:
    """A file's bytes; none of one that the broker has deleted meanwhile."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def on_disk(system: WholeSystem, topic: Topic, text: str) -> bool:
    """Whether a text stands in any file of a topic's partitions, below offsets that readers are given too."""
    folders = system.broker.home.rglob(f"{topic.full_name(system.space.name)}-*")
    files = [path for folder in folders if folder.is_dir() for path in folder.iterdir() if path.is_file()]
    return any(text.encode() in content(path) for path in files)


def test_what_two_people_destroy_is_nowhere_opened_again(system: WholeSystem) -> None:
    custodian, case, other = custodian_of(system), case_filed(system), case_filed(system)
    for each in (case, other):
        taken_over(system, each)
    sealed_id = system.wait_for("CaseOpened", case=case)["sealed_id"]
    assert on_disk(system, VAULT, sealed_id), "the search sees what is there"
    opening = opening_of(system, "officer-a", case, "CHILD")["command_id"]
    assert NAME in text_of(custodian.open("officer-a", case, opening))
    closed(system, case)
    before = epochs_in(system.space.directory / EpochKeys.DIRECTORY)
    roll_quickly(system)
    destroyed_by_two(system, case)
    until(lambda: not set(before) & set(epochs_in(system.space.directory / EpochKeys.DIRECTORY)), what="a new epoch")

    assert refusal(lambda: custodian.open("officer-a", case, opening)) == "NO_GRANT"
    kept = opening_of(system, "officer-a", other, "NAME")["command_id"]
    assert NAME in text_of(custodian.open("officer-a", other, kept)), "what stays still opens"
    assert act(system, "officer-a", "reopen-case", case, "--reason", "MORE_FACTS")["accepted"]
    again = opening_of(system, "officer-a", case, "NAME")["command_id"]
    assert refusal(lambda: custodian.open("officer-a", case, again)) == "NOTHING_SEALED"

    def is_gone() -> bool:
        # Every start writes a heartbeat, after which the segment before it may be compacted and deleted.
        system.services["desk.custodian"].restart(signal.SIGTERM)
        time.sleep(5)
        return not on_disk(system, VAULT, sealed_id) and not on_disk(system, VAULT_IN, sealed_id)

    until(is_gone, 150, "compacted away and deleted from the disk")
    left = system.wardline("vault", "prove", "--sealed", str(system.wait_for("CaseOpened", case=case)["report_id"]))
    assert left.returncode == 1
    assert "nothing sealed" in left.stderr
    system.verify()


def test_nothing_that_was_opened_stands_in_clear_anywhere(system: WholeSystem) -> None:
    files = [path for path in (*system.home.rglob("*"), *system.broker.home.rglob("*")) if path.is_file()]
    assert {"openings.jsonl", "desk.custodian.log", "desk.db", "desk.log"} <= {path.name for path in files}
    assert system.space.name.encode() in b"".join(content(path) for path in files), "the search sees what is there"
    held = [(path.name, word) for path in files for word in PLANTED if word.encode() in content(path)]
    assert held == []
    page = system.client.get(f"{system.url('custodian_metrics')}/metrics").text
    assert "wardline_custodian_kept" in page
    assert not any(word in page for word in PLANTED)
