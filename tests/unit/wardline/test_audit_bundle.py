"""One signed file for a window: computed anew from the ledger it comes out the same, and what was altered is found."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from nacl.signing import SigningKey

from shared.auditing.observations import Window
from shared.auditing.sheets import Sheet, csv_text
from shared.runtime.ledger_reader import Read
from tests.support.desk_world import reads_of
from tests.support.ledger_writing import new_space
from tests.support.lived_book import LivedBook, lived_book
from tests.support.triage_core import HOUR
from wardline.auditing import bundle as bundles
from wardline.auditing.bundle import Drawing, NotABundle
from wardline.auditing.reading import Head, LedgerDiffers, fold_ledger

SECRET = bytes(range(32))
DRAWING = Drawing("dice 4 1 6", 5)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> LivedBook:
    made = lived_book(new_space(tmp_path_factory.mktemp("audited"))).live(12)
    made.passes(30 * HOUR)
    return made


@pytest.fixture(scope="module")
def reads(book: LivedBook) -> list[Read]:
    return reads_of(book.writer.space, book.writer.entries)


@pytest.fixture(scope="module")
def window(book: LivedBook) -> Window:
    return Window(book.writer.space.genesis.created_at_ms, book.now_ms - HOUR)


@pytest.fixture(scope="module")
def made(reads: list[Read], window: Window) -> bytes:
    audit, heads = fold_ledger(reads, window)
    return bundles.make("drill", audit, heads, DRAWING, SECRET)


def changed(raw: bytes, change: Callable[[dict[str, bytes]], object]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    change(content)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return written.getvalue()


def test_a_bundle_says_what_it_holds_and_the_same_facts_give_the_same_bytes(
    made: bytes, reads: list[Read], window: Window
) -> None:
    found = bundles.read(made)
    assert (found.space, found.window, found.drawing) == ("drill", window, DRAWING)
    assert found.public_key == bytes(SigningKey(SECRET).verify_key).hex()
    last = [read for read in reads if read.valid.fields["decided_at_ms"] < window.to_ms][-1]
    assert found.heads == (Head(0, last.valid.fields["seq"], last.valid.sha256),)
    assert last is not reads[-1]
    audit, heads = fold_ledger(reads, window)
    assert bundles.make("drill", audit, heads, DRAWING, SECRET) == made
    assert {"figures/clocks.csv", "restricted/breaches.csv", "restricted/samples.csv"} <= set(found.files)
    assert found.files["restricted/samples.csv"].count(b"OPENED") == 5


def test_computed_anew_up_to_its_heads_every_file_comes_out_the_same(
    made: bytes, reads: list[Read], window: Window
) -> None:
    found = bundles.read(made)
    audit, heads = fold_ledger(reads, window, {each.book: each for each in found.heads})
    assert heads == found.heads
    assert bundles.files_of(audit, found.drawing) == found.files


def test_a_ledger_that_does_not_pass_through_the_heads_is_refused(
    made: bytes, reads: list[Read], window: Window
) -> None:
    [head] = bundles.read(made).heads
    for other in (replace(head, sha256="0" * 64), replace(head, seq=head.seq + 10_000)):
        with pytest.raises(LedgerDiffers):
            fold_ledger(reads, window, {0: other})
    with pytest.raises(LedgerDiffers):
        fold_ledger(reads[: head.seq - 1], window, {0: head})


def altered(content: dict[str, bytes]) -> None:
    content["figures/clocks.csv"] = content["figures/clocks.csv"].replace(b"SEEN", b"MET!")


def forged(content: dict[str, bytes]) -> None:
    manifest = json.loads(content["manifest.json"])
    content["manifest.json"] = json.dumps(manifest | {"space": "live"}).encode()


CHANGES: Mapping[str, Callable[[dict[str, bytes]], object]] = {
    "altered": altered,
    "forged": forged,
    "taken out": lambda content: content.pop("restricted/breaches.csv"),
    "put in": lambda content: content.update({"figures/more.csv": b"x"}),
    "without a manifest": lambda content: content.pop("manifest.json"),
    "without a signature": lambda content: content.pop("manifest.sig"),
    "a signature that is none": lambda content: content.update({"manifest.sig": b"[]"}),
    "too many files": lambda content: content.update({f"x{n}": b"" for n in range(200)}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_bundle_that_was_changed_is_none(made: bytes, change: str) -> None:
    with pytest.raises(NotABundle):
        bundles.read(changed(made, CHANGES[change]))


def test_what_is_no_bundle_is_refused(made: bytes) -> None:
    for raw in (b"", b"PK", made[:200], made[:-30]):
        with pytest.raises(NotABundle):
            bundles.read(raw)


def test_a_bundle_holds_no_more_of_a_case_than_its_name(made: bytes) -> None:
    found = bundles.read(made)
    assert all(b"r1." not in content for name, content in found.files.items() if name.startswith("figures/"))
    assert any(b".0" in content for name, content in found.files.items() if name.startswith("restricted/"))


def test_a_text_cannot_become_a_formula_or_another_cell() -> None:
    sheet = Sheet("s", ("a", "b"), (("=1+1", 'x,"y"'), ("@x", None), (-5, 0.5)))
    assert csv_text(sheet) == 'a,b\r\n\'=1+1,"x,""y"""\r\n\'@x,\r\n-5,0.5\r\n'
