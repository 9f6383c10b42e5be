"""The form works without a script, in both languages, danger first; nothing typed is lost, nothing is outside."""

import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from fastapi import Request

from services.intake import openapi
from services.intake.core import refused
from services.intake.core.form_reading import filing_of_form
from services.intake.core.parsing import Parsed
from services.intake.core.reading import read_filing
from services.intake.core.receipt_view import view_of
from services.intake.core.wording import (
    CONCERN_GROUPS,
    CONCERNS,
    HOLDERS,
    INJURIES,
    PARENT_STATUS,
    SAFETY_QUESTIONS,
    field_words,
)
from services.intake.pages import Pages
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


AREAS = (
    '[{"code": "520327", "zh": "测试县", "en": "Test County"},'
    ' {"code": "520327102", "zh": "测试县测试镇", "en": "Test County, Test Town"}]'
)


@pytest.fixture
async def county_client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    areas = tmp_path / "areas.json"
    areas.write_text(AREAS, encoding="utf-8")
    async for client in client_of(without_broker(tmp_path, areas=areas)):
        yield client


def chosen(page: str) -> list[str]:
    return [each["value"] for each in Elements(page).all("option") if "selected" in each]


async def test_the_form_offers_the_places_that_the_operator_names_and_the_only_county_is_chosen(
    tmp_path: Path, county_client: httpx.AsyncClient
) -> None:
    page = (await county_client.get("/?lang=zh")).text
    assert '<option value="520327102">测试县测试镇</option>' in page
    assert chosen(page) == ["520327"]
    filed = {"concern": "UNCARED", "county": "520327102"}
    answer = await county_client.post("/report", content=urlencode(filed), headers=FORM)
    assert re.search(r"520327(-[0-9A-Z]{5}){3}", answer.text)
    ((_, report),) = read_spool(tmp_path)
    assert report.facts.children[0].area_code == "520327102"


async def test_who_chose_no_county_gets_none_when_the_form_is_shown_again(county_client: httpx.AsyncClient) -> None:
    again = await county_client.post("/report", content=urlencode({"child_name": "测试儿童甲"}), headers=FORM)
    assert (again.status_code, chosen(again.text)) == (422, [])


async def test_an_addition_says_where_the_child_is_in_clear_and_stays_with_its_receipt(
    tmp_path: Path, county_client: httpx.AsyncClient
) -> None:
    page = (await county_client.post("/report", content=urlencode({"narrative": "PLANTED"}), headers=FORM)).text
    receipt = re.search(r"000000(-[0-9A-Z]{5}){3}", page)[0]  # type: ignore[index]
    shown = (await county_client.get(f"/v1/receipts/{receipt}", headers={"Accept": "text/html"})).text
    assert '<option value="520327102">' in shown
    assert chosen(shown) == []
    added = urlencode({"receipt": receipt, "county": "520327102"})
    assert (await county_client.post("/addition", content=added, headers=FORM)).status_code == 202
    _, (_, addition) = read_spool(tmp_path)
    assert (addition.receipt, addition.county) == (receipt, "000000")
    assert addition.facts.children[0].area_code == "520327102"


async def test_a_county_that_is_not_served_is_told_so_by_name_of_the_field_and_with_numbers_to_call(
    county_client: httpx.AsyncClient,
) -> None:
    filed = urlencode({"concern": "UNCARED", "area_code": "110101", "lang": "en"})
    page = (await county_client.post("/report", content=filed, headers=FORM)).text
    assert "Where the child is: we cannot say if this county uses the system" in page
    assert "12345" in page


@pytest.mark.parametrize(
    ("space", "marks"),
    [("live", ()), ("demo", ("演示·非真实", "DEMO, not real")), ("drill-1", ("演练·非真实", "DRILL"))],
)
def test_every_page_of_another_space_than_live_says_that_it_is_not_real(space: str, marks: tuple[str, ...]) -> None:
    pages = Pages.load(None, space)
    for language, found in zip(("zh", "en"), marks or ("", ""), strict=True):
        for shown in all_pages(pages, language):
            assert (found in shown) if marks else ("非真实" not in shown and "not real" not in shown)


def all_pages(pages: Pages, language: str) -> list[str]:
    scope = {"type": "http", "query_string": f"lang={language}".encode(), "headers": [], "path_params": {}}
    request = Request(scope)
    answers = (
        pages.form(request, token="t"),
        pages.confirmation(
            request, "520327-AAAAA-AAAAA-AAAAA", language=language, durability="spool", notices=[], instructions=()
        ),
        pages.receipt(request, view_of("520327-AAAAA-AAAAA-AAAAA", None)),
        pages.refusal(request, refused.bad_receipt()),
        pages.docs(request, openapi.document("0")),
    )
    return [bytes(answer.body).decode() for answer in answers]


async def test_a_mistyped_receipt_is_called_wrong_and_can_be_typed_again(client: httpx.AsyncClient) -> None:
    for path in ("/receipt?receipt=520327-wrong&lang=en", "/v1/receipts/520327-wrong?lang=en"):
        answer = await client.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == 404
        assert "<h1>The receipt number is wrong</h1>" in answer.text
        assert "Not sent yet" not in answer.text
        assert 'name="receipt" type="text" value="520327-wrong"' in answer.text


async def test_danger_is_said_once_on_a_page_and_the_link_past_it_leads_to_a_form(client: httpx.AsyncClient) -> None:
    filed = urlencode({"concern": "UNCARED", "area_code": "520327", "lang": "en"})
    confirmed = (await client.post("/report", content=filed, headers=FORM)).text
    receipt = re.search(r"520327(-[0-9A-Z]{5}){3}", confirmed)[0]  # type: ignore[index]
    status = (await client.get(f"/v1/receipts/{receipt}?lang=en", headers={"Accept": "text/html"})).text
    assert [page.count("120") for page in (confirmed, status)] == [1, 1]
    assert 'class="skip"' not in confirmed
    for page in (status, (await client.get("/?lang=en")).text):
        elements = Elements(page)
        [skip] = [each for each in elements.all("a") if each.get("class") == "skip"]
        assert skip["href"][1:] in {each.get("id") for each in elements.all("form")}


async def test_no_page_names_a_field_as_programs_do(client: httpx.AsyncClient) -> None:
    empty = await client.post("/report", content=b"lang=en", headers=FORM)
    odd = urlencode({"concern": "NO_SUCH", "area_code": "99", "age_years": "many", "lang": "en"})
    page = (await client.post("/report", content=odd, headers=FORM)).text
    for words in ("The child&#39;s age: ", "The area code: ", "What was ticked: "):
        assert words in page
    for text in (empty.text[empty.text.index('id="problem"') : empty.text.index("<form")], page):
        assert not re.search(r"concerns|narrative|area_code|age_years|children", text)


def test_every_field_that_the_form_can_fill_has_words_of_its_own() -> None:
    filed = {
        name: ["x"]
        for name in (
            "child_name",
            "age_years",
            "sex",
            "area_code",
            "address",
            "concern",
            "injury",
            "parent_status",
            "filer_type",
            "siblings",
            "holder",
            "police_called",
            "narrative",
        )
    } | {name: ["x"] for name in SAFETY_QUESTIONS}
    reading = read_filing(Parsed(filing_of_form(filed), repeated=False), now_ms=1_790_000_000_000)
    fields = {notice.field for notice in reading.notices}
    assert len(fields) >= len(SAFETY_QUESTIONS) + 8
    assert {field for field in fields if field_words(field) == field_words("report")} == set()


def test_every_concern_stands_in_one_group() -> None:
    grouped = [concern for _, concerns in CONCERN_GROUPS for concern in concerns]
    assert sorted(grouped) == sorted(CONCERNS)


def test_every_code_that_a_person_can_choose_has_words_in_both_languages() -> None:
    assert set(CONCERNS) == set(Concern)
    assert set(INJURIES) == set(Injury) - {Injury.UNKNOWN}
    assert set(HOLDERS) < set(Holder)
    assert set(PARENT_STATUS) == set(GuardianStatus) - {GuardianStatus.UNKNOWN}
    for words in (*CONCERNS.values(), *INJURIES.values(), *HOLDERS.values(), *PARENT_STATUS.values()):
        assert all(words)
