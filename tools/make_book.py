"""Build the course as a book: one folder that opens from the disk, with no network.

    python tools/make_book.py                     every notebook, into build/book
    python tools/make_book.py 02_forward_pass     only this one

Each notebook becomes a page for reading and a page of slides. A notebook is run up to its last
panel, so that the panel's settings can be drawn ahead; what is shown besides is what it stores.
What was drawn is kept in build/book-drawn, and drawn anew when the notebook or the code changes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import nbformat
from book import offline, pages
from book.cells import prepared
from book.media import Media
from book.slides import slides
from book.speaking import speaker_notes
from edition import notes
from nbformat import NotebookNode
from normalise_notebooks import NOTEBOOKS, run_environment

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "build" / "book"
DRAWN = ROOT / "build" / "book-drawn"
MARK = ".book"  # an empty file by which a folder that we made is known
DRAWING = [ROOT / "tools" / "book" / name for name in ("ahead.py", "media.py", "run.py")]
ENGINE = [*DRAWING, *sorted((ROOT / "rnn_helpers").rglob("*"))]  # what a picture depends on


class BookError(Exception):
    """The book cannot be built; the message says what to do."""


def last_panel(notebook: NotebookNode) -> str:
    """Return the id of the last cell that may show a panel, or ""."""
    using = [cell.id for cell in notebook.cells if "outputs" in cell and "panel" in cell.source]
    return using[-1] if using else ""


def drawn_ahead(path: Path, last: str, kept: Path) -> dict[str, Any]:
    """Run a notebook and return its panels, drawn ahead; from ``kept`` if nothing has changed."""
    folder = kept / f"{path.stem}-{fingerprint(path)}"
    if not (folder / "panels.json").exists():
        for old in kept.glob(f"{path.stem}-*"):
            shutil.rmtree(old)
        (folder / "media").mkdir(parents=True)
        run_apart(path, last, folder)
    return json.loads((folder / "panels.json").read_text(encoding="utf-8"))


def fingerprint(path: Path) -> str:
    """Return a short name for a notebook's code together with the code that draws."""
    cells = nbformat.read(path, as_version=4).cells
    seen = hashlib.sha256("\n".join(c.source for c in cells if c.cell_type == "code").encode())
    for file in ENGINE:
        if file.is_file() and "__pycache__" not in file.parts:
            seen.update(file.read_bytes())
    return seen.hexdigest()[:12]


def run_apart(path: Path, last: str, folder: Path) -> None:
    """Draw a notebook's panels ahead in a Python of its own."""
    with tempfile.TemporaryDirectory() as home:
        paths = [str(ROOT / "tools"), str(ROOT)]
        variables = os.environ | run_environment(Path(home), path.stem)
        variables |= {"PYTHONPATH": os.pathsep.join(paths)}
        command = [sys.executable, "-m", "book.run", str(path), last]
        command += [str(folder / "panels.json"), str(folder / "media")]
        if subprocess.run(command, env=variables).returncode:
            raise BookError(f"{path.stem} could not be drawn ahead: read the message above")


def begin(out: Path) -> None:
    """Empty the folder ``out``, if it is one of ours or new. Raise BookError for any other."""
    if out.exists() and any(out.iterdir()) and not (out / MARK).exists():
        raise BookError(f"{out} is a folder of something else: name an empty one, or a new one")
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    (out / MARK).touch()


def without_kernel(path: Path, media: Media, kept: Path) -> NotebookNode:
    """Return a notebook as the book shows it; its pictures and sounds are in ``media``."""
    start = time.perf_counter()
    notebook = nbformat.read(path, as_version=4)
    last = last_panel(notebook)
    panels = drawn_ahead(path, last, kept) if last else {}
    for folder in kept.glob(f"{path.stem}-*/media"):
        shutil.copytree(folder, media.folder, dirs_exist_ok=True)
    frames = sum(len(panel["frames"]) for panel in panels.values())
    print(f"{path.stem}: {frames} settings drawn ahead, {time.perf_counter() - start:.0f} s")
    return prepared(notebook, path.stem, panels, media)


def build(paths: list[Path], out: Path, kept: Path) -> None:
    """Build the book of these notebooks in ``out``; what is drawn is kept in ``kept``."""
    begin(out)
    media = Media(out / "media")
    shown = {path.stem: without_kernel(path, media, kept) for path in paths}
    with tempfile.TemporaryDirectory() as scratch:
        sources, static = Path(scratch) / "sources", Path(scratch) / "static"
        pages.write_sources(sources, shown)
        offline.copy_all(static)
        whole = len(paths) == len(list(NOTEBOOKS.glob("*.ipynb")))
        pages.build(sources, out, Path(scratch) / "trees", static, whole)
    said = {of.notebook.name: speaker_notes(of) for of in notes.lessons()}
    for name, notebook in shown.items():
        page = slides(notebook, name, said[name])
        (out / f"{name}.slides.html").write_text(page, encoding="utf-8")


def chosen(names: list[str]) -> list[Path]:
    """Return the notebooks of these names, all if there are none. Raise BookError for others."""
    paths = sorted(NOTEBOOKS.glob("*.ipynb"))
    known = [path.stem for path in paths]
    if unknown := set(names) - set(known):
        raise BookError(f"names has {sorted(unknown)}, expected some of {known}")
    return [path for path in paths if not names or path.stem in names]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="of notebooks; all if none is given")
    parser.add_argument("--out", type=Path, default=OUT, help="the folder to build in")
    options = parser.parse_args()
    try:
        build(chosen(options.names), options.out, DRAWN)
    except BookError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Open {options.out / 'index.html'} in a browser.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
