"""The form works without a script, in both languages, danger first; nothing typed is lost, nothing is outside."""

import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest

from services.intake.core.wording import CONCERNS, HOLDERS, INJURIES, PARENT_STATUS
from shared.contracts.vocabulary import Concern, GuardianStatus, Holder, Injury
from tests.support.intake import without_broker
from tests.unit.intake.test_http import client_of, read_spool, spool_bytes

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept-Language": "zh-CN,zh;q=0.9"}


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async for client in client_of(without_broker(tmp_path)):
        yield client


class Elements(HTMLParser):
    """Every element of a page with its attributes, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.found if name == tag]


def token_of(page: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh-CN,zh;q=0.9", "报告一个需要保护的孩子"), ("en-GB,en;q=0.9", "Report a child who needs protection")],
)
async def test_the_form_speaks_the_browsers_language_and_begins_with_danger(
    client: httpx.AsyncClient, language: str, words: str
) -> None:
    page = (await client.get("/", headers={"Accept-Language": language})).text
    assert words in page
    body = page[page.index("<body>") :]
    assert body.index("110") < body.index("<h1>") < body.index("<form")


async def test_a_chosen_language_wins(client: httpx.AsyncClient) -> None:
    page = await client.get("/?lang=en", headers={"Accept-Language": "zh-CN"})
    assert page.headers["content-language"] == "en"


async def test_every_field_has_a_label_and_no_page_has_a_script_or_anything_from_outside(
    client: httpx.AsyncClient,
) -> None:
    receipt = "520327-AAAAA-AAAAA-AAAAA"
    for path in ("/", "/docs", f"/v1/receipts/{receipt}"):
        answer = await client.get(path, headers={"Accept": "text/html"})
        elements = Elements(answer.text)
        assert "script" not in {tag for tag, _ in elements.found}
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        for attributes in elements.all("a") + elements.all("link"):
            assert not re.match(r"[a-z]+:|//", attributes["href"])
        labelled = {attributes["for"] for attributes in elements.all("label") if "for" in attributes}
        shown = [each for tag in ("input", "select", "textarea") for each in elements.all(tag)]
        for attributes in shown:
            if attributes.get("type") not in {"hidden", "radio", "checkbox"}:
                assert attributes["id"] in labelled
        assert elements.all("html")[0]["lang"]


async def test_a_filled_form_is_a_report_and_is_confirmed_with_its_receipt(
    tmp_path: Path, client: httpx.AsyncClient
) -> None:
    token = token_of((await client.get("/", headers=FORM)).text)
    filed = [
        ("token", token),
        ("lang", "zh"),
        ("concern", "UNCARED"),
        ("concern", "LEFT_ALONE"),
        ("narrative", "PLANTED-WORDS-1 测试"),
        ("injury", "NONE"),
        ("child_name", "PLANTED-NAME-1"),
        ("age_years", "9"),
        ("sex", "F"),
        ("area_code", "520327102203"),
        ("address", "PLANTED-ADDRESS-1"),
        ("holder", "NOBODY"),
        ("alone_now", "true"),
        ("missing_now", ""),
        ("parent_status", "MISSING"),
        ("filer_type", "PUBLIC"),
        ("reporter_phone", "000-0000-0001"),
    ]
    answers = [await client.post("/report", content=urlencode(filed), headers=FORM) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    receipts = {re.search(r"520327(-[0-9A-Z]{5}){3}", answer.text)[0] for answer in answers}  # type: ignore[index]
    assert len(receipts) == 1
    ((_, report),) = read_spool(tmp_path)
    assert report.channel == "FORM"
    assert report.receipt == receipts.pop()
    child = report.facts.children[0]
    assert (child.concerns, child.age_years) == ((Concern.UNCARED, Concern.LEFT_ALONE), 9)
    assert report.facts.guardians[0].status == (GuardianStatus.MISSING,)
    assert (report.facts.custody_now.holder, report.facts.safety.alone_now) == (Holder.NOBODY, True)
    assert report.facts.safety.missing_now is None
    assert b"PLANTED" not in spool_bytes(tmp_path)


async def test_an_empty_form_is_shown_again_with_what_was_typed(client: httpx.AsyncClient) -> None:
    filed = urlencode(
        {"token": "t" * 32, "lang": "en", "child_name": 'PLANTED "NAME" <1>', "sex": "F", "injury": "MINOR"}
    )
    answer = await client.post("/report", content=filed, headers=FORM)
    assert answer.status_code == 422
    assert "The report is empty" in answer.text
    assert 'value="PLANTED &#34;NAME&#34; &lt;1&gt;"' in answer.text
    elements = Elements(answer.text)
    assert [each["value"] for each in elements.all("input") if each.get("name") == "sex" and "checked" in each] == ["F"]
    assert [each["value"] for each in elements.all("option") if "selected" in each] == ["MINOR"]
    assert token_of(answer.text) == "t" * 32


@pytest.mark.parametrize(
    ("body", "status"), [(b"narrative=%ff", 400), (b"a=" + b"x" * 262_144, 413), (b"a=1&" * 400, 400), (b"", 422)]
)
async def test_a_broken_form_is_told_so(client: httpx.AsyncClient, body: bytes, status: int) -> None:
    answer = await client.post("/report", content=body, headers=FORM)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert "110" in answer.text


async def test_a_receipt_is_found_from_the_start_page_and_added_to(tmp_path: Path, client: httpx.AsyncClient) -> None:
    filed = urlencode({"concern": "UNCARED", "area_code": "520327"})
    page = (await client.post("/report", content=filed, headers=FORM)).text
    receipt = re.search(r"520327(-[0-9A-Z]{5}){3}", page)[0]  # type: ignore[index]
    found = await client.get("/receipt", params={"receipt": receipt.lower()})
    assert (found.status_code, found.headers["location"]) == (303, f"/v1/receipts/{receipt}?lang=zh")
    added = await client.post(
        "/addition", content=urlencode({"receipt": receipt, "narrative": "PLANTED-WORDS-2"}), headers=FORM
    )
    assert added.status_code == 202
    assert [report.receipt for _, report in read_spool(tmp_path)] == [receipt, receipt]
    wrong = await client.get("/receipt", params={"receipt": "nonsense"})
    assert wrong.status_code == 404
    assert wrong.headers["content-type"].startswith("text/html")


async def test_the_form_offers_the_counties_that_the_operator_names(tmp_path: Path) -> None:
    areas = tmp_path / "areas.json"
    areas.write_text('[{"code": "520327", "zh": "测试县", "en": "Test County"}]', encoding="utf-8")
    async for client in client_of(without_broker(tmp_path, areas=areas)):
        assert '<option value="520327">测试县</option>' in (await client.get("/?lang=zh")).text
        answer = await client.post(
            "/report", content=urlencode({"concern": "UNCARED", "county": "520327"}), headers=FORM
        )
        assert re.search(r"520327(-[0-9A-Z]{5}){3}", answer.text)


def test_every_code_that_a_person_can_choose_has_words_in_both_languages() -> None:
    assert set(CONCERNS) == set(Concern)
    assert set(INJURIES) == set(Injury) - {Injury.UNKNOWN}
    assert set(HOLDERS) < set(Holder)
    assert set(PARENT_STATUS) == set(GuardianStatus) - {GuardianStatus.UNKNOWN}
    for words in (*CONCERNS.values(), *INJURIES.values(), *HOLDERS.values(), *PARENT_STATUS.values()):
        assert all(words)
