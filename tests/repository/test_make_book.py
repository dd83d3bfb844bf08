"""The program that builds the book. What it builds is tried in tests/book and tests/browser."""

from __future__ import annotations

from pathlib import Path

import make_book
import nbformat
import pytest
from normalise_notebooks import NOTEBOOKS


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(make_book.BookError, match="folder of something else"):
        make_book.begin(tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_its_own_folder_is_emptied(tmp_path: Path) -> None:
    out = tmp_path / "book"
    make_book.begin(out)
    (out / "old.html").touch()
    make_book.begin(out)
    assert [path.name for path in out.iterdir()] == [make_book.MARK]


def test_a_name_that_is_no_notebook_is_told() -> None:
    with pytest.raises(make_book.BookError, match=r"names has \['02'\], expected some of"):
        make_book.chosen(["02"])
    assert [path.stem for path in make_book.chosen(["02_forward_pass"])] == ["02_forward_pass"]
    assert len(make_book.chosen([])) == len(list(NOTEBOOKS.glob("*.ipynb")))


def test_every_cell_that_shows_a_panel_is_run() -> None:
    for path in NOTEBOOKS.glob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        ids = [cell.id for cell in notebook.cells]
        using = [cell.id for cell in notebook.cells if "panels." in cell.source.split("\n\n")[-1]]
        code = [id_ for id_ in using if notebook.cells[ids.index(id_)].cell_type == "code"]
        last = make_book.last_panel(notebook)
        assert code and ids.index(last) >= ids.index(code[-1]), path.stem


def test_what_is_drawn_is_drawn_anew_when_the_code_changes(tmp_path: Path) -> None:
    cell = nbformat.v4.new_code_cell("a = 1")
    path = tmp_path / "02_small.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    before = make_book.fingerprint(path)
    assert make_book.fingerprint(path) == before
    cell.source = "a = 2"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    assert make_book.fingerprint(path) != before
