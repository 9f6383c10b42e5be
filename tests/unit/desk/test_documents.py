"""docs/desk.md shows pages by pictures that are there, small, and not too tall."""

import re
import struct

from tests.support.pictures import BYTES_MAX
from tests.support.whole_system import PROJECT

DOCUMENT = PROJECT / "docs" / "desk.md"
PIXELS_MAX = 1600


def test_every_picture_that_the_desk_s_document_shows_is_there_and_small_and_no_other_is() -> None:
    shown = set(re.findall(r"pictures/([a-z-]+\.png)", DOCUMENT.read_text(encoding="utf-8")))
    kept = {path.name: path.read_bytes() for path in (DOCUMENT.parent / "pictures").iterdir()}
    assert len(shown) >= 10
    assert set(kept) == shown
    for name, content in kept.items():
        width, height = struct.unpack(">II", content[16:24])
        assert (content[:8], len(content) < BYTES_MAX) == (b"\x89PNG\r\n\x1a\n", True), name
        assert max(width, height) <= PIXELS_MAX, name
