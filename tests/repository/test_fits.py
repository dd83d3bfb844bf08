"""What is stored of how slides fit a projector is about the slides that there are now."""

import json
import re
from pathlib import Path

import nbformat
import pytest
from edition import fits, minutes, pages, sections
from nbformat import NotebookNode

from rnn_helpers.course.map import NOTEBOOKS
from rnn_helpers.course.slides import Slide, read_cells

NAME = "02_forward_pass"
EIGHT_WINDOWS = 8  # whoever presses a key more often to see one slide has lost the class
# A class reads about 110 words before it stops listening.
MOST_WORDS = 110
# Where a slide is text and code, it is hardly higher than one window; a picture, a question or an
# exercise may make it higher, for it cannot be cut, but not by more than about half a window.
HIGHEST, HIGHEST_WITH_A_WHOLE = 1.3, 1.65
NO_PROSE = r"\*\*(New terms|Sources|Next)[.:]|\[←|#|\||\*\d+ minutes?,"  # looked up, not read


@pytest.mark.parametrize("name", [notebook.name for notebook in NOTEBOOKS])
def test_every_slide_of_the_course_has_been_measured(name: str) -> None:
    assert fits.problems(name) == []
    for fit in fits.of(name):
        assert len(fit.windows) == len(fits.SCREENS)
        assert all(1 <= seen <= EIGHT_WINDOWS for seen in fit.windows), fit


def test_no_notebook_is_stored_that_there_is_not() -> None:
    assert list(fits.read()) == [notebook.name for notebook in NOTEBOOKS]


def test_a_slide_that_was_cut_otherwise_since_is_named() -> None:
    now = fits.read()[NAME]
    assert fits.problems(NAME, {NAME: now}) == []
    section, cells, *windows = now[3]
    (said,) = fits.problems(NAME, {NAME: [*now[:3], [section, cells + 9, *windows], *now[4:]]})
    assert f"then {section!r} of {cells + 9} cells; run {fits.MEASURE} {NAME}" in said
    assert "cut otherwise" in fits.problems(NAME, {NAME: now[:-1]})[0]
    assert "cut otherwise" in fits.problems(NAME, {})[0]


def test_what_is_stored_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fits, "STORED", tmp_path / "fits.json")
    slides = fits.slides_of(NAME)
    fits.store(NAME, [[1] * len(slides), [2] * len(slides)])
    fits.store("00_start_here", [[1] * len(fits.slides_of("00_start_here"))] * 2)
    assert list(json.loads(fits.STORED.read_text(encoding="utf-8"))) == ["00_start_here", NAME]
    assert fits.problems(NAME) == []
    assert {fit.windows for fit in fits.of(NAME)} == {(1, 2)}
    with pytest.raises(ValueError):
        fits.store(NAME, [[1], [2]])


def test_a_row_is_a_slide_with_its_windows_on_each_screen() -> None:
    slides = [Slide((0, 1), "One"), Slide((2,), "One")]
    assert fits.rows(slides, [[1, 1], [3, 1]]) == [["One", 2, 1, 3], ["One", 1, 1, 1]]


def test_the_edition_lists_the_slides_that_go_on_below_the_screen() -> None:
    measured = [fits.Fit("One", 2, (1, 3)), fits.Fit("Two", 4, (1, 1))]
    said, listed = pages.projector(measured)
    assert "on 2 slides of at most 4 cells" in said
    assert "of 1920×1080, 2 of them stand on the screen whole, on one of 1280×720 1." in said
    assert listed.splitlines()[2:] == ["| 1 | One | 2 | 1 | 3 |"]
    assert len(pages.projector(measured[1:])) == 1


# ---- no slide is a wall


def words(text: str) -> int:
    """Return how many words of prose a text has: no formula, no table, no list of sources."""
    text = re.sub(r"\$\$.+?\$\$", "", text, flags=re.DOTALL)
    text = re.sub(r"\$[^$]*\$", " x ", text)
    lines = [line for line in text.splitlines() if not re.match(NO_PROSE, line)]
    return len(re.findall(minutes.WORD, "\n".join(lines)))


def shows_a_whole(cell: NotebookNode) -> bool:
    """Say whether a cell shows what cannot be cut: a picture, a question, its answer, an exercise.

    What has not been run shows only what stands in it.
    """
    shown = [output.get("data", {}) for output in cell.get("outputs", [])]
    return (
        any("text/html" in data or "image/png" in data for data in shown) or "____" in cell.source
    )


def highest(cells: list[NotebookNode]) -> float:
    """Return how high a slide of these cells may be: one cell of code cannot be cut at all."""
    if [cell.cell_type for cell in cells] == ["code"]:
        return float("inf")
    return HIGHEST_WITH_A_WHOLE if any(map(shows_a_whole, cells)) else HIGHEST


@pytest.mark.parametrize("name", [notebook.name for notebook in NOTEBOOKS])
def test_no_slide_is_a_wall(name: str) -> None:
    cells, measures = sections.read(name).cells, read_cells(sections.NOTEBOOKS / f"{name}.ipynb")
    for number, slide in enumerate(fits.slides_of(name), start=1):
        here = [cells[place] for place in slide.cells]
        read = sum(words(cell.source) for cell in here if cell.cell_type == "markdown")
        assert read <= MOST_WORDS, f"slide {number}, {slide.section}, has {read} words: cut it"
        high = sum(measures[place].height for place in slide.cells)
        assert high <= highest(here), f"slide {number}, {slide.section}, is {high:.2f} windows high"


def test_what_is_looked_up_is_not_counted_as_prose() -> None:
    text = "## One\n\n*8 minutes, core.*\n\nTwo $x + y$ `three`.\n\n$$a b c$$\n\n| no | no |"
    assert words(text) == 3
    assert words(f"{text}\n\n**New terms:** one.\n\n**Sources.** A. Body, *Title*, 1990.") == 3


def test_a_picture_and_a_question_are_not_cut() -> None:
    picture = nbformat.v4.new_output("display_data", {"image/png": "", "text/html": "<img>"})
    said = nbformat.v4.new_output("stream", name="stdout", text="1")
    code = nbformat.v4.new_code_cell
    assert shows_a_whole(code("f()", outputs=[said, picture]))
    assert shows_a_whole(code("return ____"))
    assert not shows_a_whole(code("print(1)", outputs=[said]))
    assert not shows_a_whole(nbformat.v4.new_markdown_cell("Text."))


def test_only_a_cell_of_code_alone_may_be_as_high_as_it_is() -> None:
    code, text = nbformat.v4.new_code_cell("print(1)"), nbformat.v4.new_markdown_cell("Text.")
    assert highest([code]) > 100
    assert highest([text]) == highest([code, text]) == highest([code, code]) == HIGHEST
    assert highest([text, nbformat.v4.new_code_cell("return ____")]) == HIGHEST_WITH_A_WHOLE
