"""Run a notebook in JupyterLab and take pictures of what a reader sees.

    python tools/screenshots.py NOTEBOOK OUT_DIR [--theme dark] [--width 700]

Writes page.png, a picture of every output (cell-03.png is the output of the third cell, counted
from 1 with the text cells) and of every panel (panel-1.png, and moved-1.png after a key press).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "browser"))

from lab import Notebook, move_by_keyboard, open_browser, open_notebook, open_server


def show_everything(notebook: Notebook, width: int) -> None:
    """Make the window as tall as the notebook, so that nothing has to be scrolled to."""
    height = notebook.page.evaluate(
        """() => {
          const cells = [...document.querySelectorAll('.jp-Notebook .jp-Cell')];
          const [first, last] = [cells.at(0), cells.at(-1)].map(c => c.getBoundingClientRect());
          return last.bottom - first.top;
        }"""
    )
    notebook.page.set_viewport_size({"width": width, "height": min(int(height) + 200, 30_000)})
    notebook.page.evaluate(
        "() => document.querySelectorAll('.jp-NotebookPanel *').forEach(e => { e.scrollTop = 0; })"
    )
    notebook.page.wait_for_timeout(1000)


def take(notebook: Notebook, folder: Path) -> None:
    """Take pictures of the page, its outputs and its panels."""
    notebook.page.screenshot(path=folder / "page.png")
    for number, cell in enumerate(notebook.page.locator(".jp-Notebook .jp-Cell").all(), start=1):
        output = cell.locator(".jp-Cell-outputWrapper")
        if output.count() and output.bounding_box() and output.bounding_box()["height"] > 5:
            output.screenshot(path=folder / f"cell-{number:02d}.png")
    for number, panel in enumerate(notebook.panels(), start=1):
        panel.screenshot(path=folder / f"panel-{number}.png")
        move_by_keyboard(panel)
        panel.screenshot(path=folder / f"moved-{number}.png")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebook", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--theme", choices=["light", "dark"], default="light")
    parser.add_argument("--width", type=int, default=1200, help="of the window, in pixels")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as home,
        open_server(Path(home), options.notebook.resolve().parent, options.theme) as server,
        open_browser() as browser,
    ):
        notebook = open_notebook(browser, server, options.notebook.name, options.width)
        notebook.run_all()
        show_everything(notebook, options.width)
        take(notebook, options.folder)
        problems = notebook.errors() + notebook.complaints
    print(*problems, sep="\n")
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
