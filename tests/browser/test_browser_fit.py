"""All panels of the course in JupyterLab: they fit the window, and never move what is below."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from lab import ROOT, Notebook, Server, open_notebook, open_server, write_notebook
from panels_of_the_course import FACTORIES
from playwright.sync_api import Browser, Locator

NAMES = sorted(FACTORIES)
FOLDER = str(ROOT / "tests")
START = f"import sys\n\nsys.path.insert(0, {FOLDER!r})\n\nfrom panels_of_the_course import make"
START += "\n\nshown = []"
PANEL = "shown.append(make({name!r}))\nshown[-1]"
PROJECTOR = """from rnn_helpers.course.figures import projector

projector({on})
for panel in shown:
    panel.redraw()
"""
# 768 pixels, less what the browser and the desktop take; JupyterLab then leaves 530 for a cell.
LAPTOP, FITS = {"width": 1366, "height": 650}, 530
BEAMER, FITS_BEAMER = {"width": 1920, "height": 840}, 720
ZOOMED = {"width": 683, "height": 384}  # 1366 by 768 at 200 %


@pytest.fixture(scope="module")
def server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    source = tmp_path_factory.mktemp("source")
    makes = (PANEL.format(name=name) for name in NAMES)
    write_notebook(source / "panels.ipynb", START, PROJECTOR.format(on=False), *makes)
    with open_server(tmp_path_factory.mktemp("lab"), source) as running:
        yield running


@pytest.fixture(scope="module")
def notebook(browser: Browser, server: Server) -> Iterator[Notebook]:
    opened = open_notebook(browser, server, "panels.ipynb")
    opened.page.set_viewport_size(LAPTOP)
    opened.run_all()
    yield opened
    assert opened.errors() + opened.complaints == []
    opened.close()


# The heights of a panel with no sentence, with its own, and with one as long as its room. (No
# sentence is longer, says the test of all panels in tests/lessons.)
HEIGHTS = """panel => {
  const sentence = panel.querySelector('.rnn-sentence');
  const own = sentence.textContent;
  const { length } = panel.querySelector('.rnn-said').dataset.room;
  const longest = `${own} `.repeat(1 + length / own.length).slice(0, length);
  const heights = ['', own, longest].map(text => {
    sentence.textContent = text;
    return panel.getBoundingClientRect().height;
  });
  sentence.textContent = own;
  return heights;
}"""

# How far the contents of a panel reach beyond its right side.
BEYOND = """panel => {
  const right = panel.getBoundingClientRect().right;
  const parts = [...panel.querySelectorAll('img, p, .rnn-controls > *')];
  return Math.max(...parts.map(part => part.getBoundingClientRect().right)) - right;
}"""

# Labels of which a part is cut off.
CUT = """panel => [...panel.querySelectorAll('.widget-label')]
  .filter(label => label.scrollWidth > label.clientWidth + 1).map(label => label.textContent)"""

# Scrolled to its end, a panel still has its controls on top.
CONTROLS_STAY = """panel => {
  panel.scrollTop = panel.scrollHeight;
  const controls = panel.querySelector('.rnn-controls').getBoundingClientRect();
  const away = Math.abs(controls.top - panel.getBoundingClientRect().top);
  panel.scrollTop = 0;
  return away < 2;
}"""


def panels_of(notebook: Notebook) -> list[tuple[str, Locator]]:
    return list(zip(NAMES, notebook.panels(), strict=True))


def test_panels_fit_a_laptop_and_never_move_the_page(notebook: Notebook) -> None:
    heights = {name: panel.evaluate(HEIGHTS) for name, panel in panels_of(notebook)}
    assert {name: high for name, high in heights.items() if max(high) > FITS} == {}
    assert {name: high for name, high in heights.items() if max(high) - min(high) >= 1} == {}


@pytest.mark.parametrize("window", [{"width": 700, "height": 900}, ZOOMED], ids=["700", "zoomed"])
def test_panels_keep_within_a_narrow_window(notebook: Notebook, window: dict[str, int]) -> None:
    notebook.page.set_viewport_size(window)
    try:
        for name, panel in panels_of(notebook):
            assert panel.evaluate(BEYOND) <= 1, name
            assert panel.evaluate(CONTROLS_STAY), name
            assert panel.evaluate(CUT) == [], name
    finally:
        notebook.page.set_viewport_size(LAPTOP)


def test_whoever_comes_by_keyboard_sees_the_whole_panel(notebook: Notebook) -> None:
    for name, panel in panels_of(notebook)[:4]:
        notebook.page.evaluate("() => document.querySelector('.jp-Cell').scrollIntoView()")
        first = panel.locator("button, input, select, .noUi-handle").first
        first.evaluate("control => control.focus({ focusVisible: true })")
        box, room = panel.bounding_box(), notebook.page.locator(".jp-Notebook").bounding_box()
        above, below = room["y"] - box["y"], box["y"] + box["height"] - room["y"] - room["height"]
        inside = max(above, below) < 1  # px: it scrolls to whole ones
        assert inside or first.get_attribute("type") == "text", (name, box, room)


def test_panels_fit_a_projector_and_their_controls_grow(notebook: Notebook) -> None:
    small = {name: label_size(panel) for name, panel in panels_of(notebook)}
    notebook.page.set_viewport_size(BEAMER)
    source = "(text) => window.jupyterapp.shell.currentWidget.content.widgets[1].model.sharedModel"
    notebook.page.evaluate(f"{source}.setSource(text)", PROJECTOR.format(on=True))
    notebook.run_cell(1)
    for name, panel in panels_of(notebook):
        assert panel.bounding_box()["height"] <= FITS_BEAMER, name
        assert label_size(panel) == pytest.approx(small[name] * 16 / 11, rel=0.02), name


def label_size(panel: Locator) -> float:
    """Return the size of the text of the first label, in pixels."""
    label = panel.locator(".widget-label").first
    return label.evaluate("label => parseFloat(getComputedStyle(label).fontSize)")
