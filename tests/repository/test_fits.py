"""What is stored of how slides fit a projector is about the slides that there are now."""

import json
from pathlib import Path

import pytest
from edition import fits, pages

from rnn_helpers.course.map import NOTEBOOKS
from rnn_helpers.course.slides import Slide

NAME = "02_forward_pass"
EIGHT_WINDOWS = 8  # whoever presses a key more often to see one slide has lost the class


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
