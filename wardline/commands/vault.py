"""``wardline vault prove``: the custodian's key and the recovery key open what intake sealed."""

import click
from kafka import KafkaConsumer

from shared.contracts.ids import normal_receipt
from shared.contracts.reports import ReportFiled, VaultEntry
from shared.contracts.topics import REPORTS, VAULT_IN
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
        entries = _entries(consumer, workplace, named)
    if not entries:
        stop(f"nothing sealed for '{named}' in this space")
    proofs = [prove_opening(entry, keys) for entry in entries]
    for proof in proofs:
        _print(proof, as_json=as_json)
    if not all(proof.holds for proof in proofs):
        raise SystemExit(1)


def _entries(consumer: KafkaConsumer, workplace: Workplace, named: str) -> list[VaultEntry]:
    """The vault entries of a report, or of all reports of a receipt."""
    receipt = normal_receipt(named)
    ids = {named}
    if receipt is not None:
        for value in _values(consumer, workplace, REPORTS.full_name(workplace.space.name)):
            report = ReportFiled.model_validate_json(value)
            if report.receipt == receipt:
                ids.add(report.report_id)
    entries = (
        VaultEntry.model_validate_json(value)
        for value in _values(consumer, workplace, VAULT_IN.full_name(workplace.space.name))
    )
    return [entry for entry in entries if entry.report_id in ids]


def _values(consumer: KafkaConsumer, workplace: Workplace, topic: str) -> list[bytes]:
    books = tuple(range(workplace.space.books))
    return [
        entry.value
        for book, bounds in bounds_of(consumer, topic, books).items()
        for entry in read_partition(consumer, topic, book, bounds.start, bounds.end)
        if entry.value is not None
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
