"""Walk through notebooks in JupyterLab by keys, and say how their slides fit the screen.

    python tools/walkthrough_sizes.py [NOTEBOOK ...] [--run] [--theme dark] [--store]

Without `--run` what is stored is shown: panels as their pictures, and predictions as if answered.
With it each notebook is run first, which takes a minute or two for each. `--store` runs them too,
and keeps what each slide measured in `tools/edition/fits.json`, for the teacher's edition.

For each notebook and each of the two screens a line: its slides, how many are higher than the
window, the most windows that one takes, how many pictures are higher than the window or slides
wider, how many ends no key reached, and errors. Ends with 1 if there is any of the last four.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "browser"))

from edition import fits
from lab import ROOT, Notebook, open_browser, open_notebook, open_server
from walk import Sizes, Walk, with_call

RUN_FIRST = """() => {
  const { content } = window.jupyterapp.shell.currentWidget;
  content.activeCellIndex = 0;
  window.jupyterapp.commands.execute('notebook:run-cell');
}"""
HEAD = (
    "| notebook | screen | slides | cells | higher | windows | pictures | wider | lost | errors |"
)


def walked(notebook: Notebook, screen: tuple[int, int]) -> list[Sizes]:
    """Return the sizes of all slides on this `screen`."""
    notebook.page.set_viewport_size(dict(zip(("width", "height"), screen, strict=True)))
    walk = Walk(notebook)
    walk.begin()
    slides = walk.sizes()
    walk.press("Escape")
    return slides


def make_ready(notebook: Notebook, run: bool) -> None:
    """Run all cells, or only the first one, which shows the button."""
    if run:
        return notebook.run_all()
    notebook.page.evaluate(RUN_FIRST)
    notebook.page.wait_for_selector(".rnn-start button", state="attached", timeout=120_000)
    return None


def line(name: str, screen: tuple[int, int], slides: list[Sizes], errors: int) -> str:
    """Return one line of the table."""
    counts = [
        len(slides),
        max(slide.cells for slide in slides),
        sum(slide.windows > 1 for slide in slides),
        max(slide.windows for slide in slides),
        sum(slide.pictures for slide in slides),
        sum(slide.overflow > 0 for slide in slides),
        sum(not slide.reached for slide in slides),
        errors,
    ]
    return f"| {name} | {screen[0]}×{screen[1]} | {' | '.join(map(str, counts))} |"


def bad(slides: list[Sizes]) -> list[str]:
    """Return a sentence for each slide that is not seen as it should be."""
    return [str(slide) for slide in slides if slide.pictures or slide.overflow or not slide.reached]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="*", type=Path)
    parser.add_argument("--run", action="store_true", help="run the notebooks first")
    parser.add_argument("--theme", choices=["light", "dark"], default="light")
    parser.add_argument("--store", action="store_true", help="run them, and keep what they measure")
    options = parser.parse_args()
    chosen = options.notebooks or sorted((ROOT / "notebooks").glob("*.ipynb"))
    wrong: list[str] = []
    print(HEAD, "|---" * 10 + "|", sep="\n", flush=True)
    with (
        tempfile.TemporaryDirectory() as home,
        open_server(
            Path(home), ROOT / "notebooks", options.theme, windowing="contentVisibility"
        ) as server,
        open_browser() as browser,
    ):
        for path in chosen:
            notebook = open_notebook(browser, server, with_call(server, path.name))
            make_ready(notebook, options.run or options.store)
            measured = {screen: walked(notebook, screen) for screen in fits.SCREENS}
            errors = notebook.errors() + notebook.complaints
            notebook.close()
            amiss = errors + [what for slides in measured.values() for what in bad(slides)]
            wrong += [f"{path.stem}: {what}" for what in amiss]
            for screen, slides in measured.items():
                print(line(path.stem, screen, slides, len(errors)), flush=True)
            if options.store and not amiss:
                windows = [[slide.windows for slide in slides] for slides in measured.values()]
                fits.store(path.stem, windows)
    print(*wrong, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
