"""How a notebook is cut into slides, on made-up notebooks and on those of the course."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rnn_helpers.course.map import NOTEBOOKS
from rnn_helpers.course.slides import (
    LEFT_OUT,
    MOST_CELLS,
    Cell,
    cut,
    notebook_file,
    on_screen,
    read_cells,
)

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"


def cells(text: str) -> list[Cell]:
    """Return cells: ``#One`` a heading, m text, c code; + begins a slide, - is skipped."""
    made = []
    for word in text.split():
        mark = {"+": "slide", "-": "skip"}.get(word[0], "fragment")
        word = word.lstrip("+-")
        kind = "code" if word == "c" else "markdown"
        made.append(Cell(kind, word[1:] if word.startswith("#") else "", mark))
    return made


def places(text: str) -> list[tuple[int, ...]]:
    return [slide.cells for slide in cut(cells(text))]


def seen(made: list[Cell]) -> list[dict[str, str]]:
    return [{"kind": cell.kind, "heading": cell.heading} for cell in made]


def stored(kind: str, source: str, **metadata: object) -> dict:
    return {"cell_type": kind, "source": source.splitlines(True), "metadata": metadata}


def test_marks_and_headings_begin_slides() -> None:
    assert places("+#One c m +m c #Two m") == [(0, 1, 2), (3, 4), (5, 6)]


def test_what_is_skipped_is_on_no_slide() -> None:
    assert places("+#One -c m -#Two c") == [(0, 2, 4)]


def test_first_cell_needs_no_mark() -> None:
    assert places("m c +m") == [(0, 1), (2,)]


def test_code_of_an_exercise_ends_its_slide() -> None:
    assert places("+#Section m +#Exercise c m c") == [(0, 1), (2, 3), (4, 5)]
    slides = cut(cells("+#Section m +#Exercise c m c"))
    assert [slide.section for slide in slides] == ["Section", "Exercise", "Section"]


@pytest.mark.parametrize("count", range(1, 40))
def test_every_cell_is_on_one_slide_and_no_slide_is_long(count: int) -> None:
    slides = places("+#One " + "c m " * count)
    assert sum(slides, ()) == tuple(range(2 * count + 1))
    assert max(map(len, slides)) <= MOST_CELLS


def test_long_slide_is_cut_before_a_text_that_follows_code() -> None:
    made = cells("+#One c m c m c m c")
    assert all(made[slide.cells[0]].kind == "markdown" for slide in cut(made))


def test_minutes_are_those_of_the_section() -> None:
    made = [Cell("markdown", "One", "slide", 8), *cells("#Exercise c m"), Cell("markdown", "Two")]
    assert [slide.minutes for slide in cut(made)] == [8, 8, 8, None]


def test_file_is_read_with_its_marks_headings_and_minutes(tmp_path: Path) -> None:
    notebook = [
        stored("markdown", "## The *one* `step`\n\ntext", slideshow={"slide_type": "slide"}),
        stored("markdown", "text\n# not a heading", course={"minutes": 3}),
        stored("code", "# a comment", slideshow={"slide_type": "-"}),
    ]
    (tmp_path / "a.ipynb").write_text(json.dumps({"cells": notebook}), encoding="utf-8")
    assert read_cells(tmp_path / "a.ipynb") == [
        Cell("markdown", "The one step", "slide"),
        Cell("markdown", minutes=3),
        Cell("code", mark="-"),
    ]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"cells": 3}', '{"cells": [{}]}'])
def test_file_that_is_no_notebook_has_no_cells(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.ipynb").write_text(text, encoding="utf-8")
    assert read_cells(tmp_path / "a.ipynb") == read_cells(tmp_path / "none.ipynb") == []


def test_screen_with_the_cells_of_the_file_takes_its_marks() -> None:
    file = cells("+#One c +m c")
    unrendered = [{"kind": cell.kind, "heading": ""} for cell in file]
    assert on_screen(unrendered, file) == file


def test_cell_that_the_file_lacks_goes_on_with_the_slide() -> None:
    file = cells("+#One c +#Two m c")
    screen = [*file[:2], Cell("code"), *file[2:], Cell("code")]
    assert [slide.cells for slide in cut(on_screen(seen(screen), file))] == [
        (0, 1, 2),
        (3, 4, 5, 6),
    ]


def test_cells_that_are_not_on_the_screen_yet_are_those_of_the_file() -> None:
    file = cells("+#One c +#Two m c +#Three c")
    assert on_screen(seen(file[:3]), file) == file
    screen = [Cell("code"), *file[:4]]
    assert on_screen(seen(screen), file) == [Cell("code"), *file]


def test_formula_in_a_heading_does_not_hide_what_it_is() -> None:
    file = [Cell("markdown", r"Why $W_a$ is one", "slide"), *cells("m +m c")]
    screen = [{"kind": "markdown", "heading": "Why 𝑊𝑎 is one"}, *seen(file[1:] + cells("c"))]
    assert on_screen(screen, file)[:4] == file


def test_other_notebook_is_cut_at_its_headings() -> None:
    screen = cells("m #One c m c c c")
    assert [s.cells for s in cut(on_screen(seen(screen), cells("+m m m m m m m m")))][0] == (0,)
    assert [s.cells for s in cut(on_screen(seen(screen), []))][0] == (0,)


def test_file_is_beside_the_notebook_of_the_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JPY_SESSION_NAME", "/course/00_start_here.ipynb")
    assert notebook_file() == Path("/course/00_start_here.ipynb")
    assert notebook_file("02.ipynb") == notebook_file("../../02.ipynb") == Path("/course/02.ipynb")


@pytest.mark.parametrize("name", [notebook.name for notebook in NOTEBOOKS])
def test_slides_of_the_course(name: str) -> None:
    made = read_cells(FOLDER / f"{name}.ipynb")
    slides = cut(made)
    assert len(slides) > 5
    on_slides = [made[place] for slide in slides for place in slide.cells]
    assert on_slides == [cell for cell in made if cell.mark not in LEFT_OUT]
    for slide in slides:
        assert len(slide.cells) <= MOST_CELLS
        assert slide.section
        headings = [place for place in slide.cells if made[place].heading]
        assert headings in ([], [slide.cells[0]]), f"{slide} has a heading in its middle"
        if made[slide.cells[0]].heading.startswith("Exercise"):
            assert [made[place].kind for place in slide.cells[:-1]].count("code") == 0
