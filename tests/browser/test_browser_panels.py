"""Panels and predictions in JupyterLab: what keys do, and what a learner is told."""

from __future__ import annotations

from collections.abc import Iterator

import anywidget
import nbformat
import pytest
from lab import (
    Notebook,
    Server,
    move_by_keyboard,
    open_notebook,
    open_server,
    write_notebook,
)
from packaging.version import Version
from playwright.sync_api import Browser, Locator

PANEL = """\
import ipywidgets

from rnn_helpers.course import predict
from rnn_helpers.course.panel import Panel, choice, slider, toggle

def draw(axes):
    (line,) = axes.plot([0, 1], [0, 1])
    axes.set(ylim=(0, 10))
    return lambda shown: line.set_ydata([0, shown["height"]])

controls = {
    "height": slider("height", 0, 9, 3),
    "rate": slider("rate", 0.001, 10, 0.1, log=True),
    "cell": choice("cell", ["RNN", "GRU"]),
    "letter": choice("letter", "abcde"),
    "on": toggle("on"),
    "steps": ipywidgets.IntRangeSlider(min=0, max=9, value=(2, 5), description="in steps"),
    "sentence": ipywidgets.Text(value="hello", description="sentence"),
}
Panel(controls, lambda **values: values, draw, lambda shown: f"It shows {shown}.")
"""
CELLS = (PANEL, 'guess = predict("Is it?", ["yes", "no"])\nguess', 'guess.reveal("no", "It is 3.")')

# The two seconds that anywidget gives the code of a widget are over at once.
BUSY_PAGE = """
const patient = AbortSignal.timeout.bind(AbortSignal);
AbortSignal.timeout = (ms) => patient(ms === 2000 ? 0 : ms);
"""


@pytest.fixture(scope="module")
def server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    source = tmp_path_factory.mktemp("source")
    above, below = map(nbformat.v4.new_markdown_cell, ("above", "below"))
    write_notebook(source / "panel.ipynb", above, *CELLS, below)
    with open_server(tmp_path_factory.mktemp("lab"), source) as running:
        yield running


@pytest.fixture
def notebook(browser: Browser, server: Server) -> Iterator[Notebook]:
    opened = open_notebook(browser, server, "panel.ipynb")
    opened.run_all()
    opened.panels()
    yield opened
    assert opened.errors() + opened.complaints == []
    opened.close()


def controls(notebook: Notebook) -> dict[str, Locator]:
    """Return one element of each kind that takes the focus."""
    page = notebook.page
    return {
        "slider": page.locator(".noUi-handle").first,
        "number of a slider": page.locator(".rnn-panel .widget-readout").first,
        "button": page.locator(".rnn-panel .widget-toggle-button").first,
        "list": page.locator(".rnn-panel select").first,
        "box": page.locator(".rnn-panel input[type=checkbox]").first,
        "end of a range": page.locator(".noUi-handle-upper").first,
        "text": page.locator(".rnn-panel input[type=text]").first,
        "option": page.locator(".rnn-predict button").first,
        "answer": page.locator(".rnn-reveal summary").first,
    }


def cell_types(notebook: Notebook) -> list[str]:
    return [cell["cell_type"] for cell in notebook.cells()]


def test_keys_do_nothing_to_the_notebook(notebook: Notebook) -> None:
    """x deletes a cell, m makes it text, b inserts one, arrows leave it: not from a control."""
    before = cell_types(notebook)
    for kind, control in controls(notebook).items():
        control.focus()
        for key in ("x", "m", "b", "d", "d", "ArrowDown", "ArrowUp", "ArrowRight", "ArrowLeft"):
            control.press(key)
            assert control.evaluate("it => it === document.activeElement"), f"{key} leaves {kind}"
        assert cell_types(notebook) == before, f"a key pressed on {kind} changes the notebook"


def test_arrows_move_a_slider(notebook: Notebook) -> None:
    handle = controls(notebook)["slider"]
    handle.focus()
    for key, value in (("ArrowRight", 4), ("ArrowUp", 5), ("ArrowLeft", 4), ("ArrowDown", 3)):
        handle.press(key)
        assert float(handle.get_attribute("aria-valuenow")) == value


def test_escape_gives_the_focus_back_to_the_cell(notebook: Notebook) -> None:
    active = "() => document.activeElement.classList.contains('jp-Cell')"
    for kind, control in controls(notebook).items():
        control.focus()
        control.press("Escape")
        assert notebook.page.evaluate(active), f"Escape stays in {kind}"
    number = len(cell_types(notebook))
    notebook.page.keyboard.press("b")
    assert len(cell_types(notebook)) == number + 1, "the notebook does not hear keys again"


def test_panel_and_question_say_that_a_restarted_kernel_needs_run_all(notebook: Notebook) -> None:
    page = notebook.page
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.restartKernel()")
    page.locator(".rnn-panel .rnn-notice").get_by_text("choose Run All Cells").wait_for()
    page.locator(".rnn-predict").get_by_text("choose Run All Cells").wait_for()
    notebook.run_all()
    notebook.panels()
    assert page.get_by_text("choose Run All Cells").count() == 0


def test_panel_says_that_a_stopped_kernel_does_not_answer(notebook: Notebook) -> None:
    page = notebook.page
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    handle = controls(notebook)["slider"]
    handle.focus()
    handle.press("ArrowRight")
    page.locator(".rnn-panel .rnn-notice").get_by_text("does not answer yet").wait_for()
    notebook.complaints.clear()  # JupyterLab says in the console that it cannot send


@pytest.mark.skipif(
    Version(anywidget.__version__) < Version("0.9.17"), reason="this anywidget has no limit of time"
)
def test_panel_and_question_whose_code_came_late_are_alive(
    browser: Browser, server: Server
) -> None:
    """On a busy page anywidget drops what the kernel says to a widget: it is asked for again."""
    notebook = open_notebook(browser, server, "panel.ipynb", first=BUSY_PAGE)
    notebook.run_all()
    (panel,) = notebook.panels()
    move_by_keyboard(panel)
    assert "'height': 4" in panel.locator(".rnn-sentence").inner_text()
    notebook.page.locator(".rnn-predict button").first.click()
    notebook.page.locator(".rnn-reveal").get_by_text("You predicted “yes”.").wait_for()
    dropped = "console: [anywidget] Failed to initialize model."
    assert set(notebook.complaints) == {dropped}, "nothing was dropped: the test tests nothing"
    assert notebook.errors() == []
    notebook.close()
