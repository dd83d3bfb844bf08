"""Run what the paths through the course take, without the rest, and name the cells that then fail.

    python tools/run_paths.py                   all paths: every stop once, some minutes in all
    python tools/run_paths.py 03 05             the stops in these notebooks

A stop is a notebook with its core sections, or with those that a path names. It is run in a fresh
kernel, in a folder of its own. A cell that fails is named, and so is one that prints something else
than in the whole notebook: what was left out has changed something that it uses.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

import normalise_notebooks
from edition import sections
from nbformat import NotebookNode

from rnn_helpers.course.paths import PATHS, Stop


def stops() -> list[Stop]:
    """Return every stop of every path once, in the order of the notebooks."""
    found = {stop for path in PATHS for session in path.sessions for stop in session.stops}
    return sorted(found, key=lambda stop: (stop.notebook, len(stop.sections)))


def run_stop(stop: Stop) -> list[str]:
    """Run what a stop takes; return what is amiss, one sentence each."""
    whole = sections.read(stop.notebook)
    part = whole.copy()
    part.cells = sections.taken_cells(whole.cells, stop.sections)
    return run_part(part, whole, stop.notebook)


def run_part(part: NotebookNode, whole: NotebookNode, name: str) -> list[str]:
    """Run a part of a notebook; return what fails, and what says something else than before."""
    with tempfile.TemporaryDirectory() as folder:
        for path in sections.NOTEBOOKS.glob("*.ipynb"):
            shutil.copy(path, folder)
        try:
            run = normalise_notebooks.execute(part, Path(folder) / f"{name}.ipynb")
        except normalise_notebooks.NotebookError as error:
            return [f"without the rest, {error}"]
    stored = {cell.id: cell for cell in whole.cells}
    return [
        f"the cell {cell.source.splitlines()[-1]!r} says something else without the rest"
        for cell in run.cells
        if cell.cell_type == "code" and words(cell) != words(stored[cell.id])
    ]


def words(cell: NotebookNode) -> list[str]:
    """Return what a cell says in text, unless that differs from run to run."""
    if normalise_notebooks.IGNORED in cell.metadata.get("tags", []):
        return []
    said = []
    for output in cell.outputs:
        if output.output_type == "stream":
            said.append(output.text)
        elif "data" in output:
            said.append(output.data.get("text/plain", ""))
    return ["".join(said)]


def main(arguments: list[str] | None = None) -> int:
    """Run the stops that are asked for; return 0 if all is well."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("numbers", nargs="*", metavar="NOTEBOOK", help="such as 03 (default: all)")
    numbers = parser.parse_args(arguments).numbers
    chosen = [s for s in stops() if not numbers or s.notebook.startswith(tuple(numbers))]
    if not chosen:
        sys.exit(f"No path stops in {', '.join(numbers)}.")
    good = [_report(stop) for stop in chosen]
    return 0 if all(good) else 1


def _report(stop: Stop) -> bool:
    start = time.perf_counter()
    amiss = run_stop(stop)
    what = f"{len(stop.sections)} sections" if stop.sections else "core"
    verdict = "to mend" if amiss else "good"
    print(f"{stop.notebook}, {what}: {verdict} ({time.perf_counter() - start:.0f} s)", flush=True)
    for sentence in amiss:
        print(f"  {sentence}", flush=True)
    return not amiss


if __name__ == "__main__":
    sys.exit(main())
