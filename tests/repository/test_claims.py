"""The instrument that asks for other starts tells a claim that holds from one that does not."""

from pathlib import Path

import claims
import nbformat
import pytest

from rnn_helpers.course import predict

SURE = "print('a mean lies below the largest:', x.mean() < x.max())"
CHANCE = "print('the sixth is the largest:', x[5] == x.max())"


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    """A notebook of which one claim holds on every start, and one on nine in ten."""
    draw = "import numpy as np\n\nx = np.random.default_rng(3).random(10)"
    cells = [nbformat.v4.new_code_cell(source) for source in (draw, SURE, CHANCE, "print(x[0])")]
    path = tmp_path / "chance.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    executed = claims.normalise(claims.execute(nbformat.read(path, as_version=4), path))
    nbformat.write(executed, path)
    return path


def test_start_0_gives_what_is_stored_and_others_do_not(notebook: Path) -> None:
    folder = notebook.parent / "kept"
    (sure, chance, number) = claims.measure([notebook], 4, first=0, at_once=1, folder=folder)
    assert (sure.starts, sure.to_the_letter, sure.in_words) == (4, 4, 4)
    assert number.to_the_letter == 1 and number.in_words == 4  # another number, the same words
    assert chance.in_words == 3 and not chance.holds  # start 1 alone says otherwise
    assert sure.holds and number.holds
    assert (sure.notebook, sure.cell) == ("chance", 1)
    assert len(list(folder.glob("chance-*.json"))) == 4


def test_a_run_is_kept_until_the_code_changes(notebook: Path, tmp_path: Path) -> None:
    kept = tmp_path / claims.kept_as(notebook, 2)
    kept.write_text('[["recalled"]]', encoding="utf-8")
    assert claims.run_or_recall(notebook, 2, tmp_path) == [["recalled"]]
    changed = nbformat.read(notebook, as_version=4)
    changed.cells[0].source += "\ny = 1"
    nbformat.write(changed, notebook)
    assert claims.kept_as(notebook, 2) != kept.name


@pytest.mark.parametrize("name", ["cells.py", "data/names.txt", "models/stored.npz"])
def test_a_run_is_kept_until_a_file_of_the_package_changes(
    notebook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(claims, "PACKAGE", tmp_path / "package")
    file = tmp_path / "package" / name
    file.parent.mkdir(parents=True)
    file.write_text("x = 1")
    before = claims.kept_as(notebook, 2)
    (file.parent / "__pycache__").mkdir()
    (file.parent / "__pycache__" / "cells.pyc").write_text("compiled")
    (file.parent / "exercises.py").write_text("2")
    assert claims.kept_as(notebook, 2) == before
    file.write_text("x = 2")
    assert claims.kept_as(notebook, 2) != before


def test_a_run_is_kept_until_a_version_changes(notebook: Path, monkeypatch) -> None:
    before = claims.kept_as(notebook, 2)
    assert "numpy" in claims._versions() and "matplotlib" in claims._versions()
    monkeypatch.setattr(claims.metadata, "version", lambda name: "99")
    assert claims.kept_as(notebook, 2) != before


def test_a_line_that_comes_out_otherwise_is_counted_and_shown() -> None:
    claim = claims.Claim("nb", 0, "", "the largest of 3: True")
    for verdict in (True, False, False):
        claims.count([claim], [[f"the largest of 4: {verdict}"]])
    assert (claim.in_words, claim.to_the_letter, claim.holds) == (1, 0, False)
    text = claims.report([claim])
    assert "| nb | 0 | the largest of 3: True | 1 of 3 | 0 of 3 | the largest of #: False |" in text


def test_a_cell_that_says_less_than_it_did_is_no_error() -> None:
    claim = claims.Claim("nb", 0, "", "two")
    claims.count([claim], [[]])
    assert claim.instead == {"(nothing)": 1}


def test_an_answer_is_read_from_its_shut_box() -> None:
    guess = predict("Is it so?", ["yes", "no"])
    bundles = [shown._repr_mimebundle_()[0] for shown in (guess, guess.reveal("no", "It is 3."))]
    outputs = [nbformat.v4.new_output("execute_result", data) for data in bundles]
    cell = nbformat.v4.new_code_cell("", outputs=outputs)
    assert claims.lines_of(cell) == ["Measured: no. It is 3."]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("1,024 weights, 0.35 right", "# weights, # right"),
        ("norm 4.1·10⁻⁷ at lag -3", "norm # at lag #"),
        ("lag 5: 11, then 0.5", "lag #: #, then #"),
        ("[[0.64   1.5  ]]", "[[# # ]]"),
        ("a⟨t⟩ at t = 2: True", "a⟨t⟩ at t = #: True"),
    ],
)
def test_words_leave_out_the_numbers(line: str, words: str) -> None:
    assert claims.words(line) == words


def test_a_known_false_alarm_has_its_cell_and_its_reason() -> None:
    sources = {
        path.stem: [cell.source for cell in nbformat.read(path, as_version=4).cells]
        for path in claims.NOTEBOOKS.glob("*.ipynb")
    }
    for name, words_of_cell, reason in claims.allowed():
        assert reason.strip().endswith(".")
        assert any(words_of_cell in source for source in sources[name]), (name, words_of_cell)
    assert len(claims.allowed()) <= 30
