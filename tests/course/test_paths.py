"""The paths through the course: what they name is there, and they fit their time."""

import nbformat
import pytest
from edition import needs, sections
from nbformat import NotebookNode

from rnn_helpers.course.map import NOTEBOOKS
from rnn_helpers.course.paths import PATHS, Path, Stop, course_paths

every_path = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
STOPS = list(dict.fromkeys(stop for path in PATHS for s in path.sessions for stop in s.stops))


def taken(stop: Stop) -> list[sections.Section]:
    return sections.taken(sections.of(stop.notebook), stop.sections)


@pytest.mark.parametrize("stop", STOPS, ids=str)
def test_a_stop_names_core_sections_in_their_order(stop: Stop) -> None:
    found = sections.of(stop.notebook)
    titles = [section.title for section in found if section.core]
    assert [title for title in titles if title in stop.sections] == list(stop.sections)


@every_path
def test_a_session_fits_its_time_and_is_not_half_empty(path: Path) -> None:
    for number, session in enumerate(path.sessions, start=1):
        minutes = sum(section.minutes for stop in session.stops for section in taken(stop))
        assert minutes <= session.minutes, f"session {number} of {path.name}: {minutes} minutes"
        assert minutes >= session.minutes / 3, f"session {number}: {minutes} minutes"


@every_path
def test_notebooks_come_in_their_order(path: Path) -> None:
    names = [stop.notebook for session in path.sessions for stop in session.stops]
    assert names == sorted(names)


def test_a_term_is_the_whole_course() -> None:
    (term,) = [path for path in PATHS if path.name == "a term"]
    assert [stop for s in term.sessions for stop in s.stops] == [Stop(n.name) for n in NOTEBOOKS]


@pytest.mark.parametrize("stop", STOPS, ids=str)
def test_what_a_stop_takes_needs_nothing_that_it_leaves_out(stop: Stop) -> None:
    notebook = sections.read(stop.notebook)
    kept = {cell.id for cell in sections.taken_cells(notebook.cells, stop.sections)}
    assert needed(notebook.cells, kept) == []


def needed(cells: list[NotebookNode], kept: set[str]) -> list[str]:
    code = [cell for cell in cells if cell.cell_type == "code"]
    places = [place for place, cell in enumerate(code) if cell.id in kept]
    return [str(need) for need in needs.needs([cell.source for cell in code], places)]


def test_a_section_that_a_path_needs_and_leaves_out_is_found() -> None:
    notebook = sections.read("06_gru")
    titles = ("The reset gate",)  # it uses the two pasts of the section before it
    kept = {cell.id for cell in sections.taken_cells(notebook.cells, titles)}
    assert any("uses past" in need for need in needed(notebook.cells, kept))


def test_the_paths_are_shown_briefly_and_one_in_full() -> None:
    lines = repr(course_paths()).splitlines()
    assert [line.split("  ")[0] for line in lines[1:]] == [path.name for path in PATHS]
    assert "The update gate" in repr(course_paths("90 minutes"))
    with pytest.raises(ValueError, match="name must be one of '90 minutes'.*got 'a year'"):
        course_paths("a year")


def test_the_readme_has_the_same_paths() -> None:
    readme = (sections.NOTEBOOKS.parent / "README.md").read_text(encoding="utf-8")
    for row in course_paths().rows:
        assert f"| {' | '.join(row)} |" in readme


def test_a_section_that_is_not_there_is_an_error() -> None:
    cells = [nbformat.v4.new_markdown_cell("## One")]
    sections.mark(cells[0], 3, "core")
    with pytest.raises(ValueError, match="no section called Two"):
        sections.taken(sections.cut(cells), ("Two",))
