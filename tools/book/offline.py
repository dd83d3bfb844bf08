"""What a browser needs to show the book: taken from packages, copied into its folder."""

from __future__ import annotations

import importlib.metadata
import shutil
from pathlib import Path

import sphinx_revealjs

from rnn_helpers.course.front_end import front_end

ASSETS = Path(__file__).parent / "assets"
COURSE = Path(__file__).resolve().parents[2] / "rnn_helpers" / "course"
MATHJAX = ("tex-chtml.js", "output/chtml/fonts/woff-v2", "input/tex/extensions")
REVEAL = ("dist/reveal.js", "dist/reveal.css", "dist/reset.css", "dist/theme", "plugin/notes")


def copy_all(static: Path) -> None:
    """Copy the scripts, styles and fonts of the book into the folder ``static``."""
    copy_parts(mathjax(), static / "mathjax", MATHJAX)
    copy_parts(reveal(), static / "reveal", REVEAL)
    (static / "book.js").write_text(script(), encoding="utf-8")
    styles = [COURSE / "live_picture.css", COURSE / "prediction.css", ASSETS / "book.css"]
    text = "\n".join(style.read_text(encoding="utf-8") for style in styles)
    (static / "book.css").write_text(text, encoding="utf-8")
    shutil.copy(ASSETS / "slides.css", static)
    shutil.copy(ASSETS / "slides.js", static)


def mathjax() -> Path:
    """Return where the package ``sphinx-mathjax-offline`` keeps MathJax."""
    package = importlib.metadata.distribution("sphinx-mathjax-offline")
    return Path(str(package.locate_file("sphinx-mathjax-offline"))) / "static" / "mathjax"


def reveal() -> Path:
    """Return where the package ``sphinx-revealjs`` keeps reveal.js."""
    return Path(sphinx_revealjs.__file__).parent / "_static" / "revealjs"


def copy_parts(source: Path, target: Path, parts: tuple[str, ...]) -> None:
    """Copy files and folders of ``source``, by their relative names, into ``target``."""
    for part in parts:
        (target / part).parent.mkdir(parents=True, exist_ok=True)
        if (source / part).is_dir():
            shutil.copytree(source / part, target / part, dirs_exist_ok=True)
        else:
            shutil.copy(source / part, target / part)


def script() -> str:
    """Return ``book.js`` below the course's own front ends, which it brings to life.

    Browsers refuse to load modules from the disk, so each becomes a function that returns what the
    module exports.
    """
    names = {"prediction": "prediction.js", "reveal": "reveal.js"}
    wrapped = [f"  {key}: (() => {{\n{as_function(file)}\n}})()," for key, file in names.items()]
    ours = (ASSETS / "book.js").read_text(encoding="utf-8")
    return "\n".join(["const frontEnds = {", *wrapped, "};", ours])


def as_function(file: str) -> str:
    """Return the body of a function that returns what a front end's module exports."""
    return front_end(file).replace("export default { initialize, render };", "return { render };")
