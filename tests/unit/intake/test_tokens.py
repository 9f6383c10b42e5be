"""Two reports about one child have a token in common; a token tells nothing to whoever lacks the key."""

from services.intake.core.reading import ChildIdentity
from services.intake.core.tokens import match_tokens, normal_id_number, normal_name

KEYS = (("match-2026", b"k" * 32), ("match-2025", b"l" * 32))
CHILD = ChildIdentity("990000201703040000", "测试儿童甲", "2017-03-04", ("520327102203",))


def test_the_same_child_written_in_another_way_has_the_same_tokens() -> None:
    other = ChildIdentity(" 990000 20170304 ００００", "测试 儿童·甲", "2017-03-04", ("520327102203",))
    assert match_tokens([CHILD], KEYS) == match_tokens([other], KEYS)


def test_every_current_key_gives_its_token() -> None:
    tokens = match_tokens([CHILD], KEYS).children[0]
    assert [token.split(":")[0] for token in tokens.by_id_number] == ["match-2026", "match-2025"]
    assert len(set(tokens.by_id_number) | set(tokens.by_name)) == 4


def test_a_name_without_birth_date_or_village_gives_no_token() -> None:
    assert match_tokens([ChildIdentity(name="测试儿童甲", birth_date="2017-03-04")], KEYS).children[0].by_name == ()
    assert match_tokens([ChildIdentity(name="测试儿童甲", villages=("520327102203",))], KEYS).children[0].by_name == ()


def test_tokens_stand_in_the_order_of_the_children() -> None:
    tokens = match_tokens([ChildIdentity(), CHILD], KEYS).children
    assert tokens[0].by_id_number == ()
    assert tokens[1].by_id_number != ()


def test_a_token_is_not_the_number_and_depends_on_the_key() -> None:
    text = match_tokens([CHILD], KEYS[:1]).model_dump_json()
    assert "990000" not in text
    assert text != match_tokens([CHILD], (("match-2026", b"m" * 32),)).model_dump_json()


def test_short_texts_are_no_id_number() -> None:
    assert normal_id_number("无") is None
    assert normal_id_number("1234567") is None
    assert normal_id_number("000000000000000000") is None
    assert normal_id_number("12121212") is None
    assert normal_id_number("99000020170304000x") == "99000020170304000X"


def test_names_lose_spaces_and_dots_alone() -> None:
    assert normal_name("Test ·CHILD") == "testchild"
