"""What the book loads lies beside it."""

from __future__ import annotations

import re
from pathlib import Path

from book import offline


def test_the_scripts_are_no_modules() -> None:
    text = offline.script()
    assert not re.search(r"^\s*(export|import)\b", text, flags=re.MULTILINE)
    assert text.count("return { render };") == 2


def test_everything_is_copied(tmp_path: Path) -> None:
    offline.copy_all(tmp_path)
    for name in ("book.js", "book.css", "slides.css", "slides.js", "mathjax/tex-chtml.js",
                 "reveal/dist/reveal.js", "reveal/plugin/notes/notes.js"):  # fmt: skip
        assert (tmp_path / name).stat().st_size > 500, name
    assert list(tmp_path.glob("mathjax/output/chtml/fonts/woff-v2/*.woff"))
