"""Nothing that a person wrote or that identifies anybody stands in clear anywhere, wherever it was put.

Every planted string is looked for as it is, escaped, in base64 and hexadecimal, and as its plain hash, in every topic's
keys, headers and values, in every file under WARDLINE_HOME, in metrics, messages and HTTP answers.
"""

import base64
import hashlib
import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, quote_plus

import httpx
import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from ops.embedded.broker import EmbeddedBroker
from services.desk.custodian.epochs import EpochKeys, epochs_in
from services.desk.custodian.vaulting import HEARTBEAT_KEY
from shared.contracts.identity import VaultKept
from shared.contracts.topics import REPORTS, VAULT
from shared.contracts.wire import partition_of
from shared.runtime.sealing import associated_data, open_with
from tests.support.whole_system import WholeSystem, until, whole_system

COUNTY = "520327"
TOWNSHIP = f"{COUNTY}102"
VILLAGE = f"{TOWNSHIP}203"
SEALED = {
    "name": "测试儿童甲-PLANTED-CHILD-NAME",
    "id_number": "990000201703040011",
    "birth_date": "2017-03-04",
    "address": "PLANTED-ADDRESS 测试村十九号",
    "village": VILLAGE,
    "reporter": "PLANTED-REPORTER-NAME",
    "role": "PLANTED-REPORTER-ROLE",
    "phone": "000-0000-0001",
    "work_address": "PLANTED-WORK-ADDRESS",
    "guardian": "PLANTED-GUARDIAN-NAME",
    "guardian_phone": "000-0000-0002",
    "whereabouts": "PLANTED-WHEREABOUTS",
    "carer": "PLANTED-CARER-NAME",
    "alleged": "PLANTED-ALLEGED-NAME",
    "alarm": "PLANTED-ALARM-NUMBER",
    "narrative": "PLANTED-NARRATIVE 孩子说了一句话",
}
FIELDS = (
    "concern",
    "status",
    "injury",
    "sex",
    "age",
    "moment",
    "area",
    "institution_id",
    "institution_type",
    "unit",
    "holder",
    "relation",
    "wishes",
    "flag",
    "unknown_field",
    "channel",
)
MISPLACED = {name: f"PLANTED-{name.upper()}-甲" for name in FIELDS}
AROUND = {
    "api_key": "PLANTED-API_KEY",
    "bearer": "PLANTED-BEARER",
    "agent": "PLANTED-AGENT",
    "forwarded": "PLANTED-FORWARDED",
    "cookie": "PLANTED-COOKIE",
    "query": "PLANTED-QUERY",
    "idempotency": "PLANTED-IDEMPOTENCY",
    "path": "PLANTED-PATH",
    "token": "PLANTED-TOKEN",
    "lang": "PLANTED-LANG",
    "form": "PLANTED-FORM",
    "answer": "PLANTED-ANSWER",
    "reason": "PLANTED-REASON",
    "link": "PLANTED-LINK",
}
LATER = {
    "supplement": "PLANTED-SUPPLEMENT 测试",
    "addition": "PLANTED-ADDITION 测试",
    "spooled": "PLANTED-SPOOLED 测试",
    "form_words": "PLANTED-FORM_WORDS 测试",
    "form_name": "PLANTED-FORM_NAME 测试",
    "refused": "PLANTED-REFUSED 测试",
}
PLANTED = {**SEALED, **MISPLACED, **AROUND, **LATER}


def filing() -> dict[str, Any]:
    """Everything that is sealed, filled in, and planted strings wherever a code, a number or a time is expected."""
    child = {
        "name": SEALED["name"],
        "id_number": SEALED["id_number"],
        "birth_date": SEALED["birth_date"],
        "address": SEALED["address"],
        "area_code": VILLAGE,
        "domicile_area_code": MISPLACED["area"],
        "sex": MISPLACED["sex"],
        "age_years": MISPLACED["age"],
        "concerns": ["PHYSICAL_ABUSE", MISPLACED["concern"]],
        "injury": MISPLACED["injury"],
        "wishes": MISPLACED["wishes"],
        "disability": MISPLACED["flag"],
        MISPLACED["unknown_field"]: {MISPLACED["unknown_field"]: [MISPLACED["unknown_field"]]},
    }
    return {
        "discovered_at": MISPLACED["moment"],
        "channel": MISPLACED["channel"],
        "institution": {
            "id": MISPLACED["institution_id"],
            "type": MISPLACED["institution_type"],
            "area_code": MISPLACED["area"],
        },
        "reporter": {
            "name": SEALED["reporter"],
            "role": SEALED["role"],
            "phone": SEALED["phone"],
            "work_address": SEALED["work_address"],
        },
        "children": [child],
        "siblings_not_listed": MISPLACED["age"],
        "guardians": [
            {
                "relation": MISPLACED["relation"],
                "status": ["ABUSIVE", MISPLACED["status"]],
                "since": MISPLACED["moment"],
                "name": SEALED["guardian"],
                "phone": SEALED["guardian_phone"],
                "whereabouts": SEALED["whereabouts"],
            }
        ],
        "carer": {"relation": MISPLACED["relation"], "status": [MISPLACED["status"]], "name": SEALED["carer"]},
        "custody_now": {"holder": MISPLACED["holder"], "since": MISPLACED["moment"]},
        "safety": {"alone_now": MISPLACED["flag"], "since": MISPLACED["moment"]},
        "alleged_person": {"relation": "FATHER", "office": MISPLACED["flag"], "name": SEALED["alleged"]},
        "implicated": [
            {"unit_type": MISPLACED["unit"], "unit_id": MISPLACED["unit"], "area_code": MISPLACED["area"]},
        ],
        "actions_taken": {"police_called": MISPLACED["flag"], "police_reference": SEALED["alarm"]},
        "narrative": SEALED["narrative"],
        MISPLACED["unknown_field"]: MISPLACED["unknown_field"],
    }


HEADERS = {
    "X-API-Key": AROUND["api_key"],
    "User-Agent": AROUND["agent"],
    "X-Forwarded-For": AROUND["forwarded"],
    "Cookie": f"session={AROUND['cookie']}",
    "Idempotency-Key": AROUND["idempotency"],
}


def spellings(text: str) -> set[bytes]:
    """How a text may stand somewhere: plain, escaped for JSON or an address, in base64, in hexadecimal, as its hash."""
    raw = text.encode()
    found = {raw, json.dumps(text)[1:-1].encode(), quote(text).encode(), quote_plus(text).encode()}
    found |= {raw.hex().encode(), hashlib.sha256(raw).hexdigest().encode()}
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + raw)
        found.add(encoded[4 if shift else 0 : -4].rstrip(b"="))
    return found


SPELLINGS = {name: spellings(text) for name, text in PLANTED.items()}
EVERY_SPELLING = re.compile(b"|".join(re.escape(each) for each in set().union(*SPELLINGS.values())))


def planted_in(content: bytes) -> list[str]:
    """The names of the planted strings that stand in some bytes."""
    if not EVERY_SPELLING.search(content):
        return []
    return [name for name, forms in SPELLINGS.items() if any(form in content for form in forms)]


@dataclass
class Seen:
    """What was seen where, and which planted strings stood there; `open`: where the township stood, as it may."""

    leaks: list[tuple[str, list[str]]] = field(default_factory=list)
    open: set[str] = field(default_factory=set)
    places: int = 0

    def look(self, where: str, content: bytes) -> None:
        """Look at some bytes."""
        self.places += 1
        if TOWNSHIP.encode() in content:
            self.open.add(where)
        if found := planted_in(content):
            self.leaks.append((where, found))


def test_the_search_finds_what_it_looks_for_in_every_spelling() -> None:
    for text in (SEALED["name"], SEALED["id_number"], MISPLACED["concern"]):
        name = next(key for key, value in PLANTED.items() if value == text)
        for content in (
            text.encode(),
            json.dumps({"x": text}).encode(),
            json.dumps({"x": text}, ensure_ascii=False).encode(),
            quote(text).encode(),
            base64.b64encode(f'{{"filing":"{text}"}} and more'.encode()),
            base64.b64encode(f"x{text} and more".encode()),
            base64.b64encode(f"xx{text} and more".encode()),
            text.encode().hex().encode(),
            hashlib.sha256(text.encode()).hexdigest().encode(),
        ):
            assert name in planted_in(b"before " + content + b" after"), content
    assert planted_in(b"nothing at all") == []


@pytest.fixture(scope="module")
def system(broker: EmbeddedBroker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeSystem]:
    name = f"e2e-{uuid.uuid4().hex[:8]}"
    home = tmp_path_factory.mktemp("privacy")
    loud = {"WARDLINE_INTAKE_LOG_LEVEL": "DEBUG", "WARDLINE_LOG_LEVEL": "DEBUG"}
    with whole_system(broker, home, name, environment=loud) as system:
        system.feed_registry([COUNTY, "000000"])
        yield system


def test_nothing_planted_stands_in_clear_anywhere(system: WholeSystem, broker: EmbeddedBroker) -> None:
    seen = Seen()
    receipts = file_everything(system, seen, broker)
    cases = [system.case_of(receipt) for receipt in receipts]
    until(lambda: set(cases) <= {message["case"] for message in system.outbox()}, what="all alerts")
    answer_with_planted_words(system, seen, cases[0])
    put_unreadable_inputs(system)
    until(lambda: system.find("InputUndecidable") or system.find("CaseUndecidable"), what="unreadable inputs decided")
    system.verify()

    names = look_at_topics(system, seen)
    assert {"reports", "vault", "case-log", "outcomes", "feedback", "commands", "dead-letter-triage"} <= names
    look_at_pages_and_files(system, seen)
    assert seen.places > 300
    assert seen.leaks == []
    space = f"wardline.{system.space.name}"
    assert {f"{space}.reports value", f"{space}.case-log value"} <= seen.open, "the search sees what is in clear"
    the_sealed_part_holds_everything(system, receipts[0])


def file_everything(system: WholeSystem, seen: Seen, broker: EmbeddedBroker) -> list[str]:
    """File in every way; report ids of what opened cases."""
    base, client = system.url("intake"), system.client

    def keep(where: str, answer: httpx.Response, status: int) -> httpx.Response:
        assert answer.status_code == status, (where, answer.text)
        seen.look(f"answer: {where}", answer.content + repr(answer.headers.raw).encode())
        return answer

    url = f"{base}/v1/reports"
    first = keep("filing", client.post(url, json=filing(), headers=HEADERS), 202).json()
    assert {"UNKNOWN_CODE", "NOT_UNDERSTOOD", "WRONG_AREA", "UNKNOWN_FIELDS", "KEY_UNKNOWN"} <= {
        warning["code"] for warning in first["warnings"]
    }
    more = filing() | {"narrative": LATER["supplement"]}
    keep("supplement", client.post(f"{url}?q={AROUND['query']}", json=more, headers=HEADERS), 202)
    bearer = {"Authorization": f"Bearer {AROUND['bearer']}"}
    additions = f"{base}/v1/receipts/{first['receipt']}/additions"
    keep("addition", client.post(additions, json={"narrative": LATER["addition"]}, headers=bearer), 202)
    for where, content, status in (
        ("broken", f'{{"narrative": "{LATER["refused"]}"'.encode(), 400),
        ("broken text", LATER["refused"].encode() + b"\xff", 400),
        ("not an object", json.dumps([LATER["refused"]]).encode(), 422),
        ("empty", json.dumps({"reporter": {"name": SEALED["reporter"]}}).encode(), 422),
        ("too large", json.dumps({"narrative": LATER["refused"] * 20_000}).encode(), 413),
    ):
        keep(where, client.post(url, content=content, headers=HEADERS), status)
    for key in (AROUND["idempotency"].encode() * 30, f"{AROUND['idempotency']} 甲".encode()):
        answer = client.post(url, json=filing(), headers={b"Idempotency-Key": key})
        keep("odd key", answer, answer.status_code)
        assert answer.status_code < 500
    keep("receipt", client.get(f"{base}/v1/receipts/{AROUND['path']}"), 404)
    keep("no such page", client.get(f"{base}/{AROUND['path']}?q={AROUND['query']}"), 404)
    wrong = client.get(f"{base}/receipt?receipt={AROUND['query']}", follow_redirects=True)
    assert (wrong.status_code, wrong.headers["cache-control"]) == (404, "no-store")
    # Who mistyped a receipt gets it back in the field to correct it: there alone, once, and kept by nobody.
    seen.look("answer: look-up", wrong.content.replace(f'value="{AROUND["query"]}"'.encode(), b"", 1))
    fields = {
        "token": AROUND["token"],
        "lang": AROUND["lang"],
        "child_name": LATER["form_name"],
        "concern": ["PHYSICAL_ABUSE", AROUND["form"]],
        "area_code": VILLAGE,
        "narrative": LATER["form_words"],
        AROUND["form"]: AROUND["form"],
    }
    page = keep("form", client.post(f"{base}/report", data=fields), 202)
    receipt = re.search(r"\d{6}(?:-[0-9A-Z]{5}){3}", page.text)
    assert receipt, page.text
    addition = {"receipt": receipt[0], "narrative": LATER["addition"], "lang": AROUND["lang"]}
    keep("form's addition", client.post(f"{base}/addition", data=addition), 202)

    broker.pause()
    try:
        spooled = filing() | {"narrative": LATER["spooled"]}
        answer = keep("while the broker is away", client.post(url, json=spooled, headers={"X-Key": "x"}), 202).json()
        assert answer["durability"] == "spool"
        [spool] = (system.home / "spaces" / system.space.name / "intake").glob("spool-*.log")
        assert answer["report_id"].encode() in spool.read_bytes()
        seen.look("spool", spool.read_bytes())
    finally:
        broker.resume()
    for each in (first["receipt"], receipt[0]):
        system.wait_for_status(each, "RECEIVED")
        keep("receipt", client.get(f"{base}/v1/receipts/{each}"), 200)
        page = client.get(
            f"{base}/v1/receipts/{each}", headers={"Accept": "text/html"}, params={"lang": AROUND["lang"]}
        )
        keep("receipt's page", page, 200)
    # The same child is filed again: the later filing joins the first one's case.
    system.wait_for("ReportJoined", report_id=answer["report_id"])
    return [system.wait_for("CaseOpened", receipt=each)["report_id"] for each in (first["receipt"], receipt[0])]


def answer_with_planted_words(system: WholeSystem, seen: Seen, case: str) -> None:
    link = system.messages_for(case)[0]["link"]
    client, base = system.client, system.url("answer")
    fields = {"answer": AROUND["answer"], "reason": AROUND["reason"], AROUND["form"]: AROUND["form"]}
    for where, answer in (
        ("odd answer", client.post(link, data=fields, headers=HEADERS)),
        ("odd reason", client.post(link, data={"answer": "DECLINE", "reason": AROUND["reason"]})),
        ("too large", client.post(link, data={"answer": AROUND["answer"] * 1000})),
        ("odd link", client.get(f"{base}/a/{AROUND['link']}?q={AROUND['query']}")),
        ("odd link pressed", client.post(f"{base}/a/{AROUND['link']}", data=fields)),
        ("odd page", client.get(f"{base}/{AROUND['path']}")),
        ("answer", client.post(link, data={"answer": "DISPATCH", "note": AROUND["answer"]})),
    ):
        assert answer.status_code in {202, 400, 404, 413}, (where, answer.status_code)
        seen.look(f"answer page: {where}", answer.content + repr(answer.headers.raw).encode())
    system.wait_for("AnswerRecorded", case=case, answer="DISPATCH")


def put_unreadable_inputs(system: WholeSystem) -> None:
    """Reports that no intake wrote: junk without anything of a person, so that the dead letter's way is walked."""
    producer = KafkaProducer(bootstrap_servers=system.broker.bootstrap, acks="all")
    partition = partition_of(COUNTY, system.space.books)
    producer.send(REPORTS.full_name(system.space.name), b"junk", key=COUNTY.encode(), partition=partition).get(20)
    producer.close()


def look_at_topics(system: WholeSystem, seen: Seen) -> set[str]:
    """Every record of every topic whose name holds the space's; the short names of those that hold something."""
    consumer = KafkaConsumer(bootstrap_servers=system.broker.bootstrap, enable_auto_commit=False)
    names: set[str] = set()
    try:
        for topic in sorted(topic for topic in consumer.topics() if system.space.name in topic):
            partitions = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()]
            consumer.assign(partitions)
            consumer.seek_to_beginning(*partitions)
            ends = consumer.end_offsets(partitions)
            while any(consumer.position(partition) < end for partition, end in ends.items()):
                for records in consumer.poll(timeout_ms=500).values():
                    for record in records:
                        names.add(topic.rpartition(".")[2])
                        seen.look(f"{topic} key", record.key or b"")
                        seen.look(f"{topic} headers", repr(record.headers).encode())
                        seen.look(f"{topic} value", record.value or b"")
    finally:
        consumer.close()
    return names


def look_at_pages_and_files(system: WholeSystem, seen: Seen) -> None:
    for name in ("intake_metrics", "triage_metrics", "notify_metrics", "desk_metrics", "custodian_metrics"):
        page = system.client.get(f"{system.url(name)}/metrics")
        assert page.status_code == 200
        assert b"wardline_" in page.content
        seen.look(name, page.content)
    files = [path for path in system.home.rglob("*") if path.is_file()]
    for path in files:
        seen.look(f"file {path.name}", path.read_bytes() + str(path).encode())
    assert {"intake.log", "triage.log", "notify.log", "journal.jsonl", "desk.db", "desk.custodian.log"} <= {
        path.name for path in files
    }
    assert len(system.outbox()) > 3


def the_sealed_part_holds_everything(system: WholeSystem, report_id: str) -> None:
    """What is nowhere in clear was not lost: the custodian's key opens it."""
    consumer = KafkaConsumer(bootstrap_servers=system.broker.bootstrap, enable_auto_commit=False)
    try:
        partition = TopicPartition(VAULT.full_name(system.space.name), partition_of(COUNTY, system.space.books))
        consumer.assign([partition])
        consumer.seek_to_beginning(partition)
        end = consumer.end_offsets([partition])[partition]
        entries: list[VaultKept] = []
        while consumer.position(partition) < end:
            for records in consumer.poll(timeout_ms=500).values():
                kept = [record.value for record in records if record.key != HEARTBEAT_KEY]
                entries += [VaultKept.model_validate_json(value) for value in kept]
    finally:
        consumer.close()
    [entry] = [entry for entry in entries if entry.report_id == report_id]
    aad = associated_data(report_id=entry.report_id, space=entry.space, county=entry.county)
    key = epochs_in(system.space.directory / EpochKeys.DIRECTORY)[entry.key_id]
    opened = open_with(key.secret, entry.wrapped, entry.ciphertext, aad).decode()
    for text in (*SEALED.values(), *MISPLACED.values()):
        assert text in opened, text
