"""One signed file for a window: figures, lists, heads of the ledger, a hash of each. The same facts, the same bytes.

A ZIP without times: `manifest.json` names the window, the heads and each file's SHA-256; `manifest.sig` signs its exact
bytes (Ed25519). `figures/` may be published; `restricted/` names cases.
"""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from shared.auditing.audit import Audit
from shared.auditing.figures import published
from shared.auditing.observations import Window
from shared.auditing.samples import AMONG, sample
from shared.auditing.sheets import Sheet, csv_text, facts, lists, sheet_of
from shared.contracts.commands import key_id
from shared.contracts.wire import canonical, sha256_hex
from wardline.auditing.reading import Head

MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"
FORM: Final = "wardline-audit/1"
FILES_MAX: Final = 100
FILE_BYTES_MAX: Final = 256 * 1024 * 1024
SIGNED_AS: Final = b"wardline audit bundle\n"
"""Stands before what is signed, so that no other signature of the same key can be taken for one of a bundle."""
EPOCH: Final = (1980, 1, 1, 0, 0, 0)


class NotABundle(ValueError):
    """The file is no bundle of this form, or it was altered."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """Samples that a bundle holds: so many cases of each kind, by a seed; none without a seed."""

    seed: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle that was read: its files are those whose hashes it names, and its signature holds for `public_key`."""

    space: str
    window: Window
    drawing: Drawing
    heads: tuple[Head, ...]
    files: Mapping[str, bytes]
    public_key: str

    @property
    def kid(self) -> str:
        """The id of the key that signed it."""
        return key_id(bytes.fromhex(self.public_key))


def files_of(audit: Audit, drawing: Drawing) -> dict[str, bytes]:
    """Every file of a bundle but the manifest, from the fold."""
    tables = published(audit)
    figures = {"window": window_facts(audit.window), "unreadable": audit.unreadable, "tables": facts(tables)}
    found = {"figures/figures.json": json.dumps(figures, ensure_ascii=False, indent=1).encode() + b"\n"}
    found |= {f"figures/{table.code}.csv": csv_text(sheet_of(table)).encode() for table in tables}
    found |= {f"restricted/{sheet.code}.csv": csv_text(sheet).encode() for sheet in lists(audit)}
    if drawing.seed:
        found["restricted/samples.csv"] = csv_text(samples_sheet(audit, drawing)).encode()
    return found


def samples_sheet(audit: Audit, drawing: Drawing) -> Sheet:
    """Samples of every kind, in the order in which they were drawn."""
    rows = [
        (among, number + 1, case)
        for among in AMONG
        for number, case in enumerate(sample(audit, drawing.seed, drawing.count, among))
    ]
    return Sheet("samples", ("among", "number", "case"), tuple(rows))


def window_facts(window: Window) -> dict[str, Any]:
    """A window as JSON."""
    return {"from_ms": window.from_ms, "to_ms": window.to_ms, "area": window.area}


def make(space: str, audit: Audit, heads: tuple[Head, ...], drawing: Drawing, secret: bytes) -> bytes:
    """The bundle's bytes."""
    files = files_of(audit, drawing)
    manifest = canonical(
        {
            "form": FORM,
            "space": space,
            "window": window_facts(audit.window),
            "seed": drawing.seed,
            "sample": drawing.count,
            "heads": [{"book": each.book, "seq": each.seq, "sha256": each.sha256} for each in heads],
            "files": {name: sha256_hex(content) for name, content in sorted(files.items())},
        }
    )
    signing = SigningKey(secret)
    public = bytes(signing.verify_key)
    signature = canonical(
        {
            "kid": key_id(public),
            "public_key": public.hex(),
            "sig": signing.sign(SIGNED_AS + manifest).signature.hex(),
        }
    )
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {MANIFEST: manifest, SIGNATURE: signature, **dict(sorted(files.items()))}.items():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, content)
    return written.getvalue()


def read(raw: bytes) -> Bundle:
    """Read a bundle and check its signature and every hash. Raises NotABundle; whose key it is, the caller decides."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            entries = archive.infolist()
            if len(entries) > FILES_MAX or sum(entry.file_size for entry in entries) > FILE_BYTES_MAX:
                raise NotABundle("too large for a bundle")
            content = {entry.filename: archive.read(entry) for entry in entries}
            if len(content) != len(entries):
                raise NotABundle("a file stands in it twice")
        manifest_raw, signed = content.pop(MANIFEST), json.loads(content.pop(SIGNATURE))
        VerifyKey(bytes.fromhex(signed["public_key"])).verify(SIGNED_AS + manifest_raw, bytes.fromhex(signed["sig"]))
        bundle = _bundle(json.loads(manifest_raw), content, signed["public_key"])
    except BadSignatureError:
        raise NotABundle("its signature does not hold: the manifest was altered") from None
    except (zipfile.BadZipFile, zipfile.LargeZipFile, KeyError, ValueError, TypeError, OSError, RuntimeError) as error:
        if isinstance(error, NotABundle):
            raise
        raise NotABundle(f"not a bundle: {type(error).__name__}") from None
    return bundle


def _bundle(manifest: Mapping[str, Any], content: Mapping[str, bytes], public_key: str) -> Bundle:
    if manifest["form"] != FORM:
        raise NotABundle(f"a bundle of another form: {str(manifest['form'])[:40]}")
    named = manifest["files"]
    for name in sorted({*named, *content}):
        if name not in content:
            raise NotABundle(f"{name} is missing")
        if named.get(name) != sha256_hex(content[name]):
            raise NotABundle(f"{name} was altered or added")
    window = manifest["window"]
    return Bundle(
        str(manifest["space"]),
        Window(int(window["from_ms"]), int(window["to_ms"]), str(window["area"])),
        Drawing(str(manifest["seed"]), int(manifest["sample"])),
        tuple(Head(int(each["book"]), int(each["seq"]), str(each["sha256"])) for each in manifest["heads"]),
        content,
        public_key,
    )
