"""``wardline vault prove``: the custodian's key and the recovery key open what intake sealed."""

import click
from kafka import KafkaConsumer

from services.desk.custodian.epochs import EpochKeys, epochs_in
from services.desk.custodian.vaulting import HEARTBEAT_KEY
from shared.contracts.identity import VaultKept
from shared.contracts.ids import normal_receipt
from shared.contracts.reports import ReportFiled, VaultEntry
from shared.contracts.topics import REPORTS, VAULT, VAULT_IN
from shared.runtime.sealing import OpeningProof, prove_opening
from shared.runtime.space import KeyMissing
from wardline.verification.reading import bounds_of, read_partition
from wardline.workplace import Workplace, emit, json_option, pass_workplace, stop


@click.group()
def vault() -> None:
    """What is sealed."""


@vault.command()
@click.option("--sealed", "named", required=True, metavar="RECEIPT|REPORT_ID", help="Whose sealed part to prove.")
@json_option
@pass_workplace
def prove(workplace: Workplace, named: str, as_json: bool) -> None:  # noqa: FBT001 - click gives flags by name
    """Open a sealed report with both keys and compare; nothing of what it says is printed. Exit 1 when one fails."""
    space = workplace.space
    try:
        keys = {"custodian": space.secret("custodian"), "recovery": space.secret("recovery")}
    except KeyMissing as error:
        stop(str(error))
    with workplace.consumer() as consumer:
        ids = _report_ids(consumer, workplace, named)
        waiting = [(entry, keys["custodian"]) for entry in _entries(consumer, workplace, ids)]
        kept = _kept(consumer, workplace, ids, keys["custodian"])
    found = {entry.sealed_id: (entry, key) for entry, key in (*waiting, *kept)}
    if not found:
        stop(f"nothing sealed for '{named}' in this space")
    proofs = [prove_opening(entry, keys | {"custodian": key}) for entry, key in found.values()]
    for proof in proofs:
        _print(proof, as_json=as_json)
    if not all(proof.holds for proof in proofs):
        raise SystemExit(1)


def _report_ids(consumer: KafkaConsumer, workplace: Workplace, named: str) -> set[str]:
    """A report's id, or those of all reports of a receipt."""
    receipt = normal_receipt(named)
    ids = {named}
    if receipt is not None:
        for value in _values(consumer, workplace, REPORTS.full_name(workplace.space.name)):
            report = ReportFiled.model_validate_json(value)
            if report.receipt == receipt:
                ids.add(report.report_id)
    return ids


def _entries(consumer: KafkaConsumer, workplace: Workplace, ids: set[str]) -> list[VaultEntry]:
    """What the custodian has not taken over yet."""
    entries = (
        VaultEntry.model_validate_json(value)
        for value in _values(consumer, workplace, VAULT_IN.full_name(workplace.space.name))
    )
    return [entry for entry in entries if entry.report_id in ids]


def _kept(
    consumer: KafkaConsumer, workplace: Workplace, ids: set[str], door_key: bytes
) -> list[tuple[VaultEntry, bytes]]:
    """What the custodian keeps, as the door would have sealed it, with the key to which it is wrapped now."""
    space, topic = workplace.space, VAULT.full_name(workplace.space.name)
    keys = {key.key_id: key.secret for key in epochs_in(space.directory / EpochKeys.DIRECTORY).values()}
    current: dict[bytes | None, bytes | None] = {}
    for book, bounds in bounds_of(consumer, topic, tuple(range(space.books))).items():
        entries = read_partition(consumer, topic, book, bounds.start, bounds.end)
        current.update((entry.key, entry.value) for entry in entries if entry.key not in {None, HEARTBEAT_KEY})
    found = []
    for value in current.values():
        kept = None if value is None else VaultKept.model_validate_json(value)
        if kept is not None and kept.report_id in ids:
            entry = VaultEntry(
                sealed_id=kept.sealed_id,
                report_id=kept.report_id,
                space=kept.space,
                county=kept.county,
                custodian_key_id=kept.key_id,
                recovery_key_id=kept.recovery_key_id,
                wrapped_for_custodian=kept.wrapped,
                wrapped_for_recovery=kept.wrapped_for_recovery,
                ciphertext=kept.ciphertext,
                sealed_at_ms=kept.sealed_at_ms,
            )
            key = keys.get(kept.key_id, door_key)
            found.append((entry, key))
    return found


def _values(consumer: KafkaConsumer, workplace: Workplace, topic: str) -> list[bytes]:
    books = tuple(range(workplace.space.books))
    return [
        entry.value
        for book, bounds in bounds_of(consumer, topic, books).items()
        for entry in read_partition(consumer, topic, book, bounds.start, bounds.end)
        if entry.value is not None and entry.key != HEARTBEAT_KEY
    ]


def _print(proof: OpeningProof, *, as_json: bool) -> None:
    if as_json:
        emit(
            {
                "sealed_id": proof.sealed_id,
                "report_id": proof.report_id,
                "holds": proof.holds,
                "custodian_opens": proof.custodian_opens,
                "recovery_opens": proof.recovery_opens,
                "plaintext_bytes": proof.plaintext_bytes,
                "failures": list(proof.failures),
            }
        )
        return
    said = "both keys open it 两把密钥均可开启" if proof.holds else "; ".join(proof.failures)
    click.echo(f"{proof.sealed_id[:16]}… of report {proof.report_id}: {said} ({proof.plaintext_bytes} bytes)")
