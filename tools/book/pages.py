"""The pages for reading, made by Sphinx."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from sphinx.application import Sphinx

from book.assets import conf

ASSETS = Path(__file__).parent / "assets"
INDEX = """# Recurrent neural networks, one question a notebook

You can read the whole course here without installing anything. Panels move through settings that
were drawn ahead, and predictions can be answered. To change code, to check an exercise or to train
a network, open the notebooks in JupyterLab with `make lab`.

| notebook | question | minutes | |
|---|---|---|---|
{rows}

```{{toctree}}
:hidden:
:maxdepth: 2

{names}
```
"""


def question_of(notebook: NotebookNode) -> str:
    """Return the title of a notebook."""
    return notebook.cells[0].source.splitlines()[0].removeprefix("# ")


def minutes_of(notebook: NotebookNode) -> str:
    """Return how many minutes a notebook says it takes, or ""."""
    found = re.search(r"\*(\d+) minutes", notebook.cells[0].source)
    return found[1] if found else ""


def write_sources(folder: Path, notebooks: Mapping[str, NotebookNode]) -> None:
    """Write into ``folder`` what Sphinx reads: the first page, and each notebook by its name."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [
        f"| [`{name}`]({name}.ipynb) | {question_of(notebook)} | {minutes_of(notebook)} "
        f'| <a href="{name}.slides.html">slides</a> |'
        for name, notebook in notebooks.items()
    ]
    index = INDEX.format(rows="\n".join(rows), names="\n".join(notebooks))
    (folder / "index.md").write_text(index, encoding="utf-8")
    for name, notebook in notebooks.items():
        nbformat.write(with_link_to_slides(notebook, name), folder / f"{name}.ipynb")


def with_link_to_slides(notebook: NotebookNode, name: str) -> NotebookNode:
    """Return ``notebook`` with a link to its slides below the first cell, without notes."""
    shown = nbformat.from_dict(notebook)
    kinds = (cell.metadata.get("slideshow", {}).get("slide_type") for cell in shown.cells)
    shown.cells = [cell for cell, kind in zip(shown.cells, kinds) if kind != "notes"]
    link = f'<p class="book-links"><a href="{html.escape(name)}.slides.html">Show as slides</a></p>'
    shown.cells.insert(1, nbformat.v4.new_markdown_cell(link, id="slides"))
    return shown


def build(sources: Path, out: Path, scratch: Path, static: Path, whole: bool) -> None:
    """Let Sphinx make the pages in ``out``; raise RuntimeError if it finds anything amiss.

    ``whole`` says whether every notebook is there, so that each link must lead somewhere.
    """
    settings: dict[str, object] = {"html_static_path": [str(static)]}
    if not whole:
        settings["suppress_warnings"] = [*conf.suppress_warnings, "myst.xref_missing"]
    app = Sphinx(
        sources, ASSETS, out, scratch, "html", confoverrides=settings, status=None,
        warningiserror=False, keep_going=True, freshenv=True,
    )  # fmt: skip
    app.build()
    if app.statuscode or app._warncount:
        raise RuntimeError(f"Sphinx has found {app._warncount} things amiss, named above")
