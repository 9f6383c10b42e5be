"""Filing by telephone: the page's form is one that intake reads whole, and its names never pass through the desk."""

import re

import httpx
import pytest

from services.desk import phoning
from services.intake.core.form_reading import filing_of_form
from services.intake.core.parsing import Parsed
from services.intake.core.reading import read_filing
from shared.contracts.vocabulary import Role
from tests.support.desk_world import DeskWorld

NAMED = re.compile(r'name="([a-z_]+)"')
TYPED = {"narrative": "PLANTED-WORDS-1", "child_name": "PLANTED-NAME-1", "age_years": "7", "siblings": "2"} | {
    "address": "PLANTED-ADDRESS-1", "area_code": "520327102", "police_reference": "PLANTED-NUMBER-1",
    "reporter_name": "PLANTED-NAME-2", "reporter_phone": "000-0000-0001",
}  # fmt: skip


@pytest.fixture
def page(world: DeskWorld) -> str:
    with world.logged_in(world.account("officer-1", Role.OFFICER)) as client:
        answer: httpx.Response = client.get("/phone")
    assert answer.status_code == 200
    assert f"form-action 'self' {world.desk.intake_url};" in answer.headers["content-security-policy"]
    return answer.text


def pressed(page: str) -> dict[str, list[str]]:
    """The form with something in every field: each text typed, each box ticked, the last choice of each list."""
    form = page[page.index('class="phone"') : page.index("</form>", page.index('class="phone"'))]
    filed: dict[str, list[str]] = {name: [text] for name, text in TYPED.items() if f'name="{name}"' in form}
    for name, value in re.findall(r'type="(?:checkbox|radio)" name="([a-z_]+)" value="([^"]+)"', form):
        filed.setdefault(name, []).append(value)
    for name, options in re.findall(r'<select id="[a-z_]+" name="([a-z_]+)">(.*?)</select>', form, re.DOTALL):
        filed[name] = [re.findall(r'value="([^"]+)"', options)[-1]]
    for name, value in re.findall(r'type="hidden" name="([a-z_]+)" value="([^"]+)"', form):
        filed[name] = [value]
    assert set(filed) == set(NAMED.findall(form)), "a field that this test did not fill in"
    return filed


def test_intake_reads_every_field_of_the_page_and_every_code(page: str) -> None:
    filed = pressed(page)
    read = read_filing(Parsed(filing_of_form(filed), repeated=False), now_ms=1_790_000_000_000)
    assert not read.notices, read.notices
    assert not read.undefined
    assert read.by_phone
    assert read.county == "520327"
    [child] = read.facts.children
    assert len(child.concerns) == len(filed["concern"])
    assert len(read.facts.guardians[0].status) == len(filed["parent_status"])
    without = {name: filing_of_form({**filed, name: []}) for name in filed if name not in {"token", "lang"}}
    whole = filing_of_form(filed)
    assert [name for name, tree in without.items() if tree == whole] == [], "fields that intake does not read"


def test_what_callers_say_most_comes_first_and_every_other_concern_follows(page: str) -> None:
    concerns = re.findall(r'name="concern" value="([A-Z_]+)"', page)
    assert concerns[: len(phoning.FIRST_CONCERNS)] == list(phoning.FIRST_CONCERNS)
    assert len(set(concerns)) == len(concerns)


def test_the_form_leads_to_intake_and_to_nobody_else(page: str, world: DeskWorld) -> None:
    assert f'action="{world.desk.intake_url}/report"' in page
    assert "110" in page[: page.index('<form method="post" action="http')]
    for role in (Role.AUDITOR, Role.ADMINISTRATOR, Role.SIGNATORY):
        with world.logged_in(world.account(f"a-{role.value.lower()}", role)) as client:
            assert client.get("/phone").status_code == 403
