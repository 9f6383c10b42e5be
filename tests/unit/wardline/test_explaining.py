"""`wardline explain` on published cases: the words as they are read aloud, and what they never carry.

`golden/` holds the whole text of two cases, so that a change of a word or a row is seen. To accept a change:
`WARDLINE_GOLDEN=write pytest tests/unit/wardline/test_explaining.py`, and read the difference aloud.
"""

import json
import os
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from services.triage.policy_files import DEFAULT_POLICY_DIRECTORY
from shared.runtime.clock import SpaceClock
from wardline import samples
from wardline.cli import main
from wardline.explaining import Explained, Explainer
from wardline.filings import FiledText, read_filings
from wardline.policy_source import parsed_policy
from wardline.registry_file import read_registry

GOLDEN = Path(__file__).parent / "golden"
AT_MS = 1_795_370_400_000  # 2026-11-23T02:00+08:00, a Monday night
FILINGS = sorted(samples.FILINGS.glob("*.json"))
CHINESE = re.compile(r"[\u3400-\u9fff]")
CODE = re.compile(r"\b[A-Z]{2,}[A-Z0-9]*([_-][A-Z0-9]+)*\b")
POLICY_ID = re.compile(r"[\w.-]+@[0-9a-f]{12}")
MOMENT = re.compile(r"\d{1,2}:\d{2}")


@pytest.fixture(scope="module")
def explainer() -> Explainer:
    policy, texts = parsed_policy(DEFAULT_POLICY_DIRECTORY)
    registry = read_registry(samples.REGISTRY, SpaceClock(wall=lambda: AT_MS))
    return Explainer.with_registry(policy, texts, AT_MS, registry)


def explained(explainer: Explainer, path: Path) -> tuple[Explained, ...]:
    [filed] = read_filings((path,))
    return explainer.explain(filed).children


def text_of(children: tuple[Explained, ...]) -> str:
    """Chinese, then English, with the policy's digest left out."""
    parts = ["\n".join(line[side] for line in child.lines) for child in children for side in (0, 1)]
    return POLICY_ID.sub("<policy>", "\n\n".join(parts)) + "\n"


@pytest.mark.parametrize("name", ["02-hunan-guoguo", "05-daoxian-xiaohe-2017"])
def test_the_words_of_a_case_are_those_that_were_read_aloud(explainer: Explainer, name: str) -> None:
    text = text_of(explained(explainer, samples.FILINGS / f"{name}.json"))
    golden = GOLDEN / f"{name}.txt"
    if os.environ.get("WARDLINE_GOLDEN") == "write":
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8"), "read the difference aloud, then WARDLINE_GOLDEN=write"


@pytest.mark.parametrize("path", FILINGS, ids=lambda path: path.stem)
def test_the_words_are_of_one_language_and_without_codes(explainer: Explainer, path: Path) -> None:
    contacts = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+|\bS[0-4]\b")
    for child in explained(explainer, path):
        for line in child.lines:
            assert not CHINESE.search(line.en), line.en
            for said in line:
                assert not CODE.search(contacts.sub("", POLICY_ID.sub("", said))), said


@pytest.mark.parametrize("path", FILINGS, ids=lambda path: path.stem)
def test_the_zone_is_said_once_before_any_time_and_every_time_has_its_day(explainer: Explainer, path: Path) -> None:
    for child in explained(explainer, path):
        assert "北京时间" in child.lines[0].zh
        assert "Beijing time" in child.lines[0].en
        for line in child.lines[1:]:
            assert "北京时间" not in line.zh
            for found in MOMENT.finditer(line.zh):
                counted = "08:00–20:00" in line.zh  # how a clock counts, no moment
                assert counted or line.zh[: found.start()].endswith("）"), line.zh


@pytest.mark.parametrize("path", FILINGS, ids=lambda path: path.stem)
def test_neither_words_nor_json_carry_what_identifies_somebody(explainer: Explainer, path: Path) -> None:
    filing = json.loads(path.read_text(encoding="utf-8"))
    secret = set(_texts(filing, {"name", "id_number", "address", "phone", "narrative", "birth_date", "village"}))
    assert secret
    for child in explained(explainer, path):
        shown = json.dumps(child.facts, ensure_ascii=False) + "\n".join(f"{zh}\n{en}" for zh, en in child.lines)
        assert not [text for text in secret if text in shown]


def _texts(value: object, names: set[str], *, inside: bool = False) -> list[str]:
    if isinstance(value, dict):
        return [text for name, part in value.items() for text in _texts(part, names, inside=inside or name in names)]
    if isinstance(value, list):
        return [text for part in value for text in _texts(part, names, inside=inside)]
    return [value] if inside and isinstance(value, str) and value else []


def test_every_child_of_a_filing_of_many_is_decided(explainer: Explainer) -> None:
    children = [{"age_years": age, "concerns": ["LIVING_ALONE"], "area_code": "520327100101"} for age in range(5, 13)]
    found = explainer.explain(FiledText("many", json.dumps({"children": children}).encode())).children
    assert [child.facts["child"] for child in found] == list(range(8))
    assert {child.facts["level"] for child in found} <= {"S1", "S2"}


def test_a_question_stands_there_only_when_its_answer_changes_the_decision(explainer: Explainer) -> None:
    body = {"children": [{"concerns": ["DROPOUT"], "injury": "NONE", "sex": "M", "area_code": "520327100101"}]}
    [child] = explainer.explain(FiledText("one", json.dumps(body).encode())).children
    titles = [line.en for line in child.lines]
    asked = titles[titles.index("Still to be asked (the answer changes the decision)") + 1]
    assert "Not said. If " in asked


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, list(arguments))
    assert "Traceback" not in result.output
    return result.exit_code, result.stdout, result.stderr


def test_a_folder_is_its_files_and_an_empty_one_is_refused(tmp_path: Path) -> None:
    code, out, _ = run("explain", str(samples.FILINGS), "--json")
    assert code == 0
    assert len({json.loads(line)["file"] for line in out.splitlines()}) == len(FILINGS)
    code, _, err = run("explain", str(tmp_path))
    assert code == 1
    assert "no .json or .jsonl file" in err


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("list.json", "[]", "there is no filing in it"),
        ("lines.jsonl", "\n", "there is no filing in it"),
        ("cut.json", '{"children": [', "NOT_JSON (line 1, column 15"),
        ("nothing.json", '{"children": []}', "EMPTY_FILING (children[].concerns, narrative)"),
    ],
)
def test_a_file_that_is_no_filing_is_one_clear_line_and_exit_1(
    tmp_path: Path, name: str, content: str, expected: str
) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    code, out, err = run("explain", str(path))
    assert (code, out) == (1, "")
    assert expected in err
    assert len(err.splitlines()) == 1


def test_filing_an_empty_list_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    path.write_text("[]", encoding="utf-8")
    code, _, err = run("file", str(path))
    assert code == 1
    assert "list.json: there is no filing in it" in err


def test_a_field_that_is_not_understood_is_named_and_what_it_says_is_not(tmp_path: Path) -> None:
    path = tmp_path / "odd.json"
    path.write_text('{"children": [{"age_years": "PLANTED-AGE", "concerns": ["LEFT_ALONE"]}]}', encoding="utf-8")
    code, out, err = run("explain", str(path), "--language", "en")
    assert code == 0
    assert "odd.json: children[0].age_years: not understood" in err
    assert "PLANTED-AGE" not in out + err


def test_fields_that_nobody_knows_are_named_only_where_the_name_says_nothing_of_a_person(tmp_path: Path) -> None:
    path = tmp_path / "odd.json"
    child = {"concerns": ["LEFT_ALONE"], "aloneness": 1, "PLANTED-NAME-1": 2}
    path.write_text(json.dumps({"children": [child], "saftey": {}}), encoding="utf-8")
    code, out, err = run("explain", str(path), "--language", "en")
    assert code == 0
    assert "(aloneness, a field)" in err
    assert "(saftey)" in err
    assert "PLANTED-NAME-1" not in out + err


def said_of(explainer: Explainer, body: dict[str, object]) -> list[str]:
    return [line.en for line in explainer.explain(FiledText("one", json.dumps(body).encode())).children[0].lines]


def test_what_decides_is_told_and_what_follows_is_not_asked(explainer: Explainer) -> None:
    child = {"age_years": 9, "sex": "F", "concerns": ["PHYSICAL_ABUSE"], "injury": "MINOR", "area_code": "520327100101"}
    guardians = [{"relation": "FATHER", "status": ["ABUSIVE"]}, {"relation": "MOTHER", "status": ["ABLE"]}]
    lines = said_of(explainer, {"children": [child], "guardians": guardians, "safety": {"afraid_to_go_home": True}})
    [said] = [line for line in lines if line.startswith("  The report says")]
    assert "afraid to go home" in said
    assert "a guardian is able to care" in said
    assert "whether the person concerned belongs to the household" not in "".join(lines)


def test_nothing_is_held_for_a_child_of_whom_nothing_is_filed(explainer: Explainer) -> None:
    child = {"age_years": 5, "sex": "F", "concerns": ["ABANDONED"], "area_code": "520327100101"}
    guardians = [{"relation": "MOTHER", "status": ["REFUSES_DUTY"]}]
    text = "\n".join(said_of(explainer, {"children": [child], "guardians": guardians}))
    assert "a bed would be held for the child" in text
    assert "is held" not in text


def test_temporary_care_is_said_to_begin_at_once_and_is_no_proposal(explainer: Explainer) -> None:
    child = {"concerns": ["PHYSICAL_ABUSE"]}
    text = "\n".join(said_of(explainer, {"children": [child]}))
    assert "temporary care takes effect at once. How care goes on is decided by" in text
    assert "Proposed: temporary care" not in text
    assert "In effect in law; no place found yet" in text


def test_revocation_names_the_situation_that_it_follows_from(explainer: Explainer) -> None:
    child = {"age_years": 6, "concerns": ["UNCARED", "PHYSICAL_ABUSE"], "injury": "SERIOUS"}
    guardians = [{"relation": "MOTHER", "status": ["DETAINED"]}, {"relation": "FATHER", "status": ["ABUSIVE"]}]
    history = {"earlier_admonition": True}
    lines = said_of(explainer, {"children": [child], "guardians": guardians, "history": history})
    [examined] = [line for line in lines if "To be examined; the possible ground" in line]
    number = re.search(r"as situation (\d+)", examined)
    assert number
    begins = f"  Situation {number[1]}: a ground for revocation may be met: "
    [situation] = [line for line in lines if line.startswith(begins)]
    ground = examined.partition("ground: ")[2].partition(".")[0]
    assert ground in situation


def test_rule_ids_are_shown_when_asked_for() -> None:
    path = str(samples.FILINGS / "02-hunan-guoguo.json")
    assert "C-SEEN" in run("explain", path, "--rules")[1]
    assert "C-SEEN" not in run("explain", path)[1]


def test_heads_into_a_directory_that_is_not_there_is_one_line_and_exit_2(tmp_path: Path) -> None:
    code, _, err = run("heads", "--out", str(tmp_path / "nowhere" / "heads.txt"))
    assert code == 2
    assert len(err.splitlines()) == 1
