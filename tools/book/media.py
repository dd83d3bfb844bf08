"""The pictures and sounds of the book: files beside the pages, each stored once."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from pathlib import Path

from PIL import Image

COLOURS = 64  # of a picture: drawings have few, and what is lost can hardly be seen
DATA = re.compile(r'src="data:(?P<kind>image/png|audio/wav|audio/x-wav);base64,(?P<data>[^"]+)"')


class Media:
    """A folder of pictures and sounds; ``link`` is how the pages call it."""

    def __init__(self, folder: Path, link: str = "media") -> None:
        self.folder, self.link = folder, link
        folder.mkdir(parents=True, exist_ok=True)

    def add(self, content: bytes, ending: str) -> str:
        """Store ``content`` unless it is there, and return the link to it."""
        name = f"{hashlib.sha256(content).hexdigest()[:16]}.{ending}"
        path = self.folder / name
        if not path.exists():
            path.write_bytes(content)
        return f"{self.link}/{name}"

    def picture(self, png: bytes) -> str:
        """Store a PNG file of few colours as a small picture, and return the link to it."""
        return self.add(small(png), "png")

    def taken_out(self, markup: str) -> str:
        """Return ``markup`` with the pictures and sounds that are written into it as files."""
        return DATA.sub(self._link, markup)

    def _link(self, found: re.Match) -> str:
        content = base64.b64decode(found["data"])
        link = self.picture(content) if found["kind"] == "image/png" else self.add(content, "wav")
        return f'src="{link}"'


def small(png: bytes) -> bytes:
    """Return a PNG file as one of the same size with a palette of ``COLOURS`` colours."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    few = picture.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    file = io.BytesIO()
    few.save(file, "PNG", optimize=True)
    return file.getvalue()
