"""Pictures of pages for the documents, taken where a test stands anyway. Without WARDLINE_SCREENSHOTS none is taken."""

import os
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Final

from playwright.sync_api import FloatRect, Page

from tests.support.browser import DESK, PHONE

DIRECTORY: Final = os.environ.get("WARDLINE_SCREENSHOTS")
SCREENS: Final = {"desk": DESK, "phone": PHONE}
HEIGHT_MAX: Final = {"desk": 1100, "phone": 1500}
"""In CSS pixels; a longer page is cut."""
BYTES_MAX: Final = 180_000


FEW_COLOURS: Final = """async (content) => {
  const image = new Image();
  image.src = `data:image/png;base64,${content}`;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height);
  const drawing = canvas.getContext("2d");
  drawing.drawImage(image, 0, 0);
  const pixels = drawing.getImageData(0, 0, image.width, image.height);
  const steps = [0, 64, 128, 192, 238, 255];
  const nearest = Uint8Array.from({ length: 256 }, (_, value) =>
    steps.reduce((best, step) => (Math.abs(step - value) < Math.abs(best - value) ? step : best)));
  for (let at = 0; at < pixels.data.length; at += 1) pixels.data[at] = nearest[pixels.data[at]];
  drawing.putImageData(pixels, 0, 0);
  const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}"""
"""Six steps of each colour are enough for text and pale grounds, and half the bytes."""


def picture(page: Page, name: str, *kinds: str) -> None:
    """The page from its top as a screen of each kind (`desk`, `phone`) shows it, when pictures are wanted."""
    if DIRECTORY is None:
        return
    before = page.viewport_size
    for kind in kinds:
        width, height = SCREENS[kind]
        page.set_viewport_size({"width": width, "height": height})
        whole = int(page.evaluate("document.documentElement.scrollHeight"))
        cut: FloatRect = {"x": 0, "y": 0, "width": width, "height": min(whole, HEIGHT_MAX[kind])}
        content = small(page, page.screenshot(full_page=True, clip=cut, caret="hide", animations="disabled"))
        assert len(content) < BYTES_MAX, f"{name}-{kind}.png has {len(content)} bytes"
        Path(DIRECTORY).mkdir(parents=True, exist_ok=True)
        (Path(DIRECTORY) / f"{name}-{kind}.png").write_bytes(content)
    if before is not None:
        page.set_viewport_size(before)


def small(page: Page, content: bytes) -> bytes:
    """The picture with few colours, made by an empty page of the same browser."""
    empty = page.context.new_page()
    try:
        return b64decode(empty.evaluate(FEW_COLOURS, b64encode(content).decode()))
    finally:
        empty.close()
