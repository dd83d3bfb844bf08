"""Running a notebook up to its last panel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from book import run
from IPython.core.interactiveshell import InteractiveShell


@pytest.fixture(autouse=True)
def no_shell_left() -> Iterator[None]:
    yield
    InteractiveShell.clear_instance()


def notebook(folder: Path, *sources: str) -> Path:
    cells = [nbformat.v4.new_code_cell(source, id=f"c{i}") for i, source in enumerate(sources)]
    path = folder / "02_small.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def test_it_runs_no_further_than_the_last_panel(tmp_path: Path) -> None:
    path = notebook(tmp_path, "a = 2", "a + 1", "raise ValueError")
    assert [(cell.id, shown) for cell, shown in run.shown(path, "c1")] == [("c0", None), ("c1", 3)]


def test_a_cell_that_fails_is_named(tmp_path: Path) -> None:
    path = notebook(tmp_path, "a = 1", "a / 0")
    with pytest.raises(run.RunError, match="02_small.ipynb, cell c1(.|\\n)*ZeroDivisionError"):
        list(run.shown(path, "c1"))


def test_a_panel_that_says_something_else_than_is_stored_is_told() -> None:
    output = nbformat.v4.new_output("execute_result", data={"text/plain": "It shows 3."})
    cell = nbformat.v4.new_code_cell("panel()", outputs=[output], id="here")
    run.check(Path("02_small.ipynb"), cell, "It shows 3.")
    with pytest.raises(run.RunError, match="cell here: the panel says 'It shows 4.'"):
        run.check(Path("02_small.ipynb"), cell, "It shows 4.")
    cell.metadata.tags = ["nbval-ignore-output"]
    run.check(Path("02_small.ipynb"), cell, "It shows 4.")
