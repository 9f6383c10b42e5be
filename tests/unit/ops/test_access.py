"""The access list says what the matrix says."""

from pathlib import Path

import pytest

from ops.security.access import Operation, Resource, Rule, rules
from ops.security.scram import SaslSettings
from shared.contracts.topics import TOPICS


def test_one_principal_alone_writes_each_topic_but_four() -> None:
    writers: dict[str, set[str]] = {}
    for rule in rules(TOPICS, "demo"):
        if rule.operation is Operation.WRITE:
            writers.setdefault(rule.name.rsplit(".", 1)[1], set()).add(rule.principal)
    assert {name: found for name, found in writers.items() if len(found) > 1} == {
        "case-log": {"triage", "operator"},  # the operator signs epoch records
        "vault-in": {"intake", "desk", "custodian"},
        "commands": {"desk", "operator"},
        "institutions": {"desk", "operator"},
    }


def test_no_service_but_triage_writes_the_ledger_and_none_but_notify_reports_outcomes() -> None:
    written = {(rule.principal, rule.name) for rule in rules(TOPICS, "demo") if rule.operation is Operation.WRITE}
    assert {who for who, name in written if name.endswith("case-log")} == {"triage", "operator"}
    assert {who for who, name in written if name.endswith("outcomes")} == {"notify"}


def test_the_custodian_alone_may_delete_records_and_only_those_it_has_taken_over() -> None:
    deleting = {(rule.principal, rule.name) for rule in rules(TOPICS, "demo") if rule.operation is Operation.DELETE}
    assert deleting == {("custodian", "wardline.demo.vault-in")}


def test_groups_are_a_principal_s_own() -> None:
    for rule in rules(TOPICS, "demo"):
        if rule.resource is Resource.GROUP_PREFIX:
            assert rule == Rule(rule.principal, rule.resource, f"wardline-demo-{rule.principal}", rule.operation)


def test_a_space_s_name_is_checked() -> None:
    with pytest.raises(ValueError, match="space"):
        rules(TOPICS, "*")


def test_passwords_are_random_long_and_not_shown(tmp_path: Path) -> None:
    sasl = SaslSettings.generate(["intake", "notify"])
    assert len(set(sasl.passwords.values())) == 3
    assert not any(password in repr(sasl) for password in sasl.passwords.values())
    sasl.write(tmp_path / "logins")
    assert (tmp_path / "logins" / "intake").read_text().strip() == sasl.passwords["intake"]
    assert (tmp_path / "logins" / "intake").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("password", ["short", 'quote"' + "x" * 30, "line\n" + "x" * 30, "x" * 129])
def test_a_password_that_could_break_a_file_is_refused_without_being_shown(password: str) -> None:
    with pytest.raises(ValueError, match="intake") as refused:
        SaslSettings("a" * 32, {"intake": password})
    assert password not in str(refused.value)
