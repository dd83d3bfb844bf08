"""The walkthrough in JupyterLab as it comes: live, by keys, and gone without a trace."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from lab import ROOT, Notebook, Server, look, open_notebook, open_server
from playwright.sync_api import Browser
from walk import Walk, with_call

NAME = "02_forward_pass.ipynb"
CODE = ".rnn-walk .jp-CodeCell.rnn-on"
IS_UNSAVED = "() => window.jupyterapp.shell.currentWidget.context.model.dirty"
SEEN = """() => ({
  cells: [...document.querySelectorAll('.jp-Cell')].filter(cell => cell.offsetHeight > 0).length,
  marks: [...document.querySelectorAll('[class*=rnn-w], .rnn-on, .rnn-beside')].length,
  styles: document.querySelectorAll('[style*=rnn-zoom], [style*=rnn-highest]').length,
  active: window.jupyterapp.shell.currentWidget.content.activeCellIndex,
  scrolled: document.querySelector('.jp-WindowedPanel-outer').scrollTop,
  full: document.fullscreenElement !== null,
})"""


@pytest.fixture(scope="module")
def server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("lab")
    with open_server(folder, ROOT / "notebooks", windowing="contentVisibility") as running:
        yield running


@pytest.fixture(scope="module")
def notebook(browser: Browser, server: Server) -> Iterator[Notebook]:
    opened = open_notebook(browser, server, with_call(server, NAME))
    opened.page.set_viewport_size({"width": 1280, "height": 720})
    opened.run_all()
    opened.page.evaluate("() => window.jupyterapp.shell.currentWidget.context.save()")
    assert opened.errors() == []
    yield opened
    assert opened.complaints == []
    opened.close()


@pytest.fixture
def unvoted(notebook: Notebook) -> None:
    """Let nobody have voted yet, whatever ran before: only another run takes a vote back."""
    if notebook.page.locator(".rnn-predict [aria-pressed=true]").count():
        notebook.run_all()


@pytest.fixture
def walk(notebook: Notebook) -> Iterator[Walk]:
    begun = Walk(notebook)
    begun.begin()
    begun.press("Home")
    yield begun
    if notebook.page.locator(".rnn-bar").count():
        begun.press("Escape")


def test_keys_go_on_and_back_one_slide_at_a_time(walk: Walk) -> None:
    assert walk.place.startswith("Slide 1 of ")
    first = walk.shown().all_inner_texts()
    walk.press("End")
    assert "Recap" in walk.place
    walk.press("PageDown")
    assert walk.says == "This was the last slide. Escape ends the walkthrough."
    walk.press("Home")
    assert walk.shown().all_inner_texts() == first
    for forward, back in (("PageDown", "PageUp"), ("ArrowRight", "ArrowLeft"), ("Space", "p")):
        walk.press(forward)
        assert walk.place.startswith("Slide 2 of ")
        walk.press(back)
        assert walk.place.startswith("Slide 1 of ")


def test_panel_on_a_slide_is_live_and_keeps_its_keys(walk: Walk) -> None:
    walk.go_to("How long does a note last?")
    place, panel = walk.place, walk.shown(".rnn-panel").first
    before, frame = look(panel), panel.locator(".rnn-picture").get_attribute("data-frame")
    panel.locator(".noUi-handle").first.focus()
    walk.press("ArrowRight")
    walk.page.wait_for_function(
        """frame => [...document.querySelectorAll('.rnn-walk .rnn-on .rnn-picture')]
          .some(picture => picture.dataset.frame !== frame)""",
        arg=frame,
    )
    assert look(panel)[0] != before[0]
    assert walk.place == place


def test_a_remote_goes_on_from_a_slider_and_a_number_goes_to_its_slide(walk: Walk) -> None:
    walk.go_to("How long does a note last?")
    place, handle = walk.place, walk.shown(".rnn-panel .noUi-handle").first
    handle.focus()
    value = handle.get_attribute("aria-valuenow")
    while walk.place == place:  # up to the top of this slide first
        assert handle.get_attribute("aria-valuenow") == value
        walk.press("PageUp")
    for keys, slide in (("12", 12), ("0", 1), ("999", int(place.split()[3]))):
        for key in (*keys, "Enter"):
            walk.press(key)
        assert walk.place.startswith(f"Slide {slide} of ")


def test_code_that_is_edited_keeps_its_keys_and_no_key_changes_a_cell(walk: Walk) -> None:
    walk.go_to("Exercise 1")
    source, count = walk.notebook.cells(), walk.place
    for key in ("x", "d", "d", "a", "b", "m", "z"):
        walk.press(key)
    assert walk.notebook.cells() == source
    walk.page.locator(f"{CODE} .cm-content").first.click()
    for key in ("End", "Space", "ArrowLeft", "ArrowRight"):
        walk.press(key)
    assert walk.place == count
    walk.press("Backspace")
    assert [cell["source"] for cell in walk.notebook.cells()] == [cell["source"] for cell in source]


@pytest.mark.usefixtures("unvoted")
def test_what_follows_a_prediction_is_hidden_until_it_is_voted_on(walk: Walk) -> None:
    walk.go_to("Why reuse the same weights?")
    hidden = walk.page.locator(".rnn-waits")
    number, waiting = walk.shown().count(), hidden.count()
    assert waiting > 0
    assert hidden.locator("visible=true").count() == 0
    place = walk.place
    walk.press("PageDown")
    assert walk.place == place
    assert walk.says.startswith("Vote first")
    walk.shown(".rnn-predict button").first.click()
    walk.page.wait_for_function("() => !document.querySelector('.rnn-waits')")
    assert walk.shown().count() == number + waiting
    assert walk.says == ""


@pytest.mark.usefixtures("unvoted")
def test_who_does_not_vote_goes_on_with_a_second_press(walk: Walk) -> None:
    walk.go_to("The second step uses the same weights")
    while not walk.shown(".rnn-predict").count():
        walk.press("PageDown")
    place = walk.place
    number, waiting = walk.shown().count(), walk.page.locator(".rnn-waits").count()
    walk.press("PageDown")
    assert (walk.place, walk.shown().count()) == (place, number)
    walk.press("PageDown")
    assert (walk.place, walk.shown().count()) == (place, number + waiting)
    walk.press("PageDown")
    assert waiting == 0 or walk.place != place


def test_code_is_folded_by_a_key(walk: Walk) -> None:
    walk.press("c")
    assert walk.page.locator(f"{CODE} .cm-content").locator("visible=true").count() == 0
    assert walk.page.get_by_role("button", name="Show code").count() == 1
    walk.press("c")
    assert walk.page.locator(f"{CODE} .cm-content").locator("visible=true").count() > 0


def test_every_slide_is_seen_to_its_end_by_keys(walk: Walk) -> None:
    slides = walk.sizes()
    assert len(slides) > 20
    assert all(slide.reached for slide in slides)
    assert [slide for slide in slides if slide.pictures or slide.overflow] == []
    assert all(slide.windows <= 4 for slide in slides)
    assert sum(slide.windows == 1 for slide in slides) > len(slides) / 2


def test_a_cell_of_a_slide_is_run_by_control_and_enter_and_the_slide_stays(walk: Walk) -> None:
    walk.go_to("Exercise 1")
    place, shown = walk.place, walk.shown().count()
    walk.page.locator(f"{CODE} .cm-content").first.click()

    def last_run() -> int:
        return max(cell.get("execution_count") or 0 for cell in walk.notebook.cells())

    before = last_run()
    walk.press("Control+Enter")
    for _ in range(100):
        if last_run() > before:
            break
        walk.page.wait_for_timeout(100)
    assert last_run() == before + 1
    assert walk.place == place and walk.shown().count() == shown


def test_escape_brings_the_notebook_back_as_it_was(notebook: Notebook) -> None:
    page, walk = notebook.page, Walk(notebook)
    page.evaluate("() => window.jupyterapp.shell.currentWidget.context.save()")
    page.locator(".jp-OutputArea .rnn-start button").first.scroll_into_view_if_needed()
    page.locator(".jp-OutputArea .rnn-start button").first.focus()
    before, stored = page.evaluate(SEEN), notebook.cells()
    assert before["marks"] == before["styles"] == 0
    walk.press("Enter")
    page.wait_for_selector(".rnn-bar")
    for _ in range(8):
        walk.press("PageDown")
    during = page.evaluate(SEEN)
    assert during["cells"] < 6
    walk.press("Escape")
    page.wait_for_function("() => !document.querySelector('.rnn-bar')")
    page.wait_for_timeout(300)
    assert page.evaluate(SEEN) == before
    assert notebook.cells() == stored
    assert not page.evaluate(IS_UNSAVED)
