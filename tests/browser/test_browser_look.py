"""A panel in JupyterLab as it looks, sounds and answers: pixels, themes, targets, values, quiet."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from lab import Notebook, Server, look, move_by_keyboard, open_notebook, open_server, write_notebook
from playwright.sync_api import Browser, Locator

CELL = """\
import ipywidgets

from rnn_helpers.course import parts, predict
from rnn_helpers.course.panel import Panel, choice, slider, toggle

def draw(axes):
    axis = {"xlim": (0, 10), "ylim": (0, 10), "xlabel": "step", "ylabel": "height"}
    line = parts.lines(axes, ["a"], marker=True, **axis)
    return lambda shown: line(([shown["step"]], [5]))

controls = {
    "step": slider("step", 1, 9, 3),
    "rate": slider("rate", 0.001, 10, 0.1, log=True),
    "cell": choice("cell", ["RNN", "GRU"]),
    "letter": choice("letter", "abcde"),
    "on": toggle("on"),
    "steps": ipywidgets.IntRangeSlider(min=0, max=9, value=(2, 5), description="in steps"),
}
Panel(controls, lambda **values: values, draw, lambda shown: f"It shows {shown}.", play="step",
      pace=100, click={0: lambda x, y, shown: {"step": round(x)}})
"""
# Kernels with subshells move panels while a cell runs: the cell's pictures must not suffer.
DRAWS = """\
import time

import matplotlib

from rnn_helpers.course.style import new_figure

before, end = dict(matplotlib.rcParams), time.monotonic() + 2
while time.monotonic() < end:
    with new_figure(300, 200) as (figure, axes):
        figure.canvas.draw()
        assert figure.canvas.buffer_rgba()[0, 0, 0] == 255, "drawn for another page"
assert dict(matplotlib.rcParams) == before
"""
# Waits, as a cell that trains does, until the page was heard; the next one is told.
BUSY = """\
import time

from rnn_helpers.course import page

end = time.monotonic() + 120
while not page.heard and time.monotonic() < end:
    time.sleep(0.05)
"""
LATER = (
    'later = Panel({"step": slider("step", 1, 2, 1)}, dict, draw, str)\nprint(later.picture.page)'
)
STILL = """\
import numpy as np

from rnn_helpers.course.figures import bars

runs = 1 + globals().get("runs", 0)
bars(["a", "b"], {"height": np.array([1, runs])}, "height")
"""
QUESTION = 'predict("Is it?", ["yes", "no"])'
CONTROLS = "button, input, select, .widget-readout, .noUi-touch-area"
PIXELS = """async image => {
  await image.decode();
  const canvas = new OffscreenCanvas(1, 1).getContext('2d');
  canvas.drawImage(image, 0, 0);
  return [image.naturalWidth / image.width, canvas.getImageData(0, 0, 1, 1).data[0]];
}"""
# The luminance of a colour as the browser writes it, and the contrast of two of them.
CONTRAST = """(one, other) => {
  const light = colour => {
    const linear = colour.match(/[0-9.]+/g).slice(0, 3).map(Number).map(c => c / 255)
      .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.05 + 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  return Math.max(light(one), light(other)) / Math.min(light(one), light(other));
}"""


@pytest.fixture(scope="module", params=["light", "dark"])
def lab(request, browser: Browser, tmp_path_factory) -> Iterator[tuple[str, Server]]:
    source = tmp_path_factory.mktemp("source")
    write_notebook(source / "panel.ipynb", CELL, BUSY, LATER, QUESTION, DRAWS, STILL)
    with open_server(tmp_path_factory.mktemp("lab"), source, theme=request.param) as running:
        yield request.param, running


@pytest.fixture(scope="module")
def opened(browser: Browser, lab: tuple[str, Server]) -> Iterator[tuple[str, Notebook, Locator]]:
    theme, server = lab
    notebook = open_notebook(browser, server, "panel.ipynb", pixels=2)
    notebook.run_all()
    (panel,) = notebook.panels()
    yield theme, notebook, panel
    assert notebook.errors() + notebook.complaints == []
    notebook.close()


def test_picture_is_drawn_for_the_screen_and_the_theme(opened) -> None:
    theme, notebook, panel = opened
    notebook.page.wait_for_function(
        "() => document.querySelector('.rnn-panel img').naturalWidth === 1400"
    )
    ratio, shade = panel.locator(".rnn-view img").evaluate(PIXELS)
    assert (ratio, shade) == (2, 255 if theme == "light" else 17)
    stored = [out for cell in notebook.cells() for out in cell["outputs"] if "data" in out]
    assert 'width="700"' in "".join(stored[0]["data"]["text/html"])


def test_what_is_drawn_later_in_run_all_is_drawn_for_the_page_at_once(opened) -> None:
    theme, notebook, _ = opened
    kernel = "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel"
    if not notebook.page.evaluate(f"() => {kernel}.supportsSubshells"):
        pytest.skip("this JupyterLab or kernel hears nothing from a page while cells run")
    (output,) = notebook.cells()[2]["outputs"]
    assert output["text"].strip() == str({"theme": theme, "ratio": 2.0})


def test_a_still_picture_has_the_colours_of_the_page_and_is_stored_light(opened) -> None:
    theme, notebook, _ = opened
    other = {"light": "dark", "dark": "light"}[theme]
    still = notebook.page.locator(".rnn-still img")
    for shown in (theme, other, theme):
        notebook.set_theme(shown)
        notebook.wait_for_stills(shown)
    before = still.get_attribute("src")
    notebook.run_cell(5)  # another picture comes in its place
    notebook.page.wait_for_function(
        "before => document.querySelector('.rnn-still img')?.src !== before", arg=before
    )
    notebook.wait_for_stills(theme)
    (output,) = notebook.cells()[5]["outputs"]
    assert "blob:" not in "".join(output["data"]["text/html"])
    fresh = notebook.page.evaluate(
        "async html => { const box = document.createElement('div'); box.innerHTML = html; "
        f"return ({PIXELS})(box.querySelector('img')); }}",
        "".join(output["data"]["text/html"]),
    )
    assert fresh[1] == 255


def contrast(notebook: Notebook, one: str, other: str) -> float:
    return notebook.page.evaluate(f"([one, other]) => ({CONTRAST})(one, other)", [one, other])


def test_every_control_can_be_hit_and_its_focus_be_seen(opened) -> None:
    _, notebook, panel = opened
    sizes = panel.locator(CONTROLS).evaluate_all(
        "all => all.filter(each => each.checkVisibility())"  # "repeat" is not shown
        ".map(each => [each.className, each.offsetWidth, each.offsetHeight])"
    )
    assert [size for size in sizes if min(size[1:]) < 24] == []
    paper = notebook.page.evaluate(
        "() => getComputedStyle(document.querySelector('.jp-Notebook')).backgroundColor"
    )
    seen = 0
    for control in panel.locator("button, input, select, .noUi-handle, .rnn-reader").all():
        if not control.evaluate("it => it.checkVisibility()"):
            continue
        control.focus()
        notebook.page.keyboard.press("Shift")  # as if it were reached by keys
        ring, width = control.evaluate(
            "it => [getComputedStyle(it).outlineColor, getComputedStyle(it).outlineWidth]"
        )
        assert float(width.removesuffix("px")) >= 2, control.evaluate("it => it.outerHTML")
        assert contrast(notebook, ring, paper) >= 3
        seen += 1
    assert seen >= 10
    tracks = panel.locator(".noUi-connects").evaluate_all(
        "all => all.map(each => getComputedStyle(each).backgroundColor)"
    )
    for track in tracks:
        assert contrast(notebook, track, paper) >= 3


# From the label's last letter, or the nearer side of the number, to the ring around the handle.
CLEARANCES = """handle => {
  const ring = 5;
  const side = name => {
    const text = document.createRange();
    text.selectNodeContents(handle.closest('.widget-slider').querySelector(name));
    return text.getBoundingClientRect();
  };
  const { left, right } = handle.getBoundingClientRect();
  return [left - ring - side('.widget-label').right, side('.widget-readout').left - right - ring];
}"""


def test_handles_at_the_ends_of_their_sliders_leave_label_and_number_clear(opened) -> None:
    _, _, panel = opened
    for name, key in (("rate", "Home"), ("rate", "End"), ("in steps, from", "Home")):
        handle = panel.get_by_role("slider", name=name)
        handle.focus()
        handle.press(key)
        assert min(handle.evaluate(CLEARANCES)) >= 4, name


def test_a_log_slider_says_its_value(opened) -> None:
    _, notebook, panel = opened
    rate = panel.get_by_role("slider", name="rate")
    rate.focus()
    rate.press("Home")
    for _ in range(2):
        rate.press("ArrowRight")
    notebook.page.wait_for_timeout(300)
    assert rate.get_attribute("aria-valuetext") == "0.00120"


def test_pointer_keys_and_click_find_the_same_value(opened) -> None:
    _, notebook, panel = opened
    step = panel.get_by_role("slider", name="step", exact=True)
    left, right, bottom, top = 78, 680, 290, 40  # of the axes, in CSS pixels
    image, tip = panel.locator(".rnn-view img"), panel.locator(".rnn-tip")
    at = float(step.get_attribute("aria-valuenow"))
    image.hover(position={"x": left + (right - left) * at / 10, "y": (bottom + top) / 2})
    tip.get_by_text(f"step {at:g}, height 5").wait_for()
    image.click(position={"x": left + (right - left) * 0.7, "y": 100})
    panel.get_by_text("It shows {'step': 7").wait_for()
    assert float(step.get_attribute("aria-valuenow")) == 7
    notebook.page.mouse.move(0, 0)
    panel.get_by_role("application").focus()
    notebook.page.keyboard.press("ArrowRight")
    tip.get_by_text("step 7, height 5").wait_for()
    cells = len(notebook.cells())
    notebook.page.keyboard.press("x")
    assert len(notebook.cells()) == cells, "a key deletes the cell"


def test_playing_says_little_and_rests_when_the_focus_goes(opened) -> None:
    _, notebook, panel = opened
    voice, picture = panel.locator(".rnn-voice"), panel.locator(".rnn-picture")
    voice.evaluate(
        """voice => { window.heard = []; new MutationObserver(() => voice.textContent
          && window.heard.push(voice.textContent)).observe(voice, { childList: true }); }"""
    )
    step = panel.get_by_role("slider", name="step", exact=True)
    step.focus()
    step.press("Home")
    notebook.page.wait_for_timeout(1500)
    notebook.page.evaluate("() => { window.heard = []; }")
    before = int(picture.get_attribute("data-frame"))
    panel.get_by_role("button", name="play step", exact=True).click()
    notebook.page.wait_for_timeout(400)
    step.focus()
    panel.get_by_role("button", name="play step", exact=True).wait_for()
    at = step.get_attribute("aria-valuenow")
    notebook.page.wait_for_timeout(1500)
    assert step.get_attribute("aria-valuenow") == at
    frames = int(picture.get_attribute("data-frame")) - before
    assert frames >= 1 and len(notebook.page.evaluate("() => window.heard")) <= 1


def test_a_panel_that_moves_while_a_cell_draws_spoils_nothing(opened) -> None:
    _, notebook, panel = opened
    step = panel.get_by_role("slider", name="step", exact=True)
    step.focus()
    step.press("Home")
    notebook.page.evaluate(
        "() => { const { content } = window.jupyterapp.shell.currentWidget;"
        " content.activeCellIndex = 4; window.jupyterapp.commands.execute('notebook:run-cell'); }"
    )
    for key in ["ArrowRight"] * 8 + ["ArrowLeft"] * 8:
        step.press(key, delay=50)
    notebook.page.wait_for_timeout(1500)
    assert notebook.errors() == []


def test_a_page_that_is_loaded_anew_has_its_panel_alive(opened) -> None:
    _, notebook, panel = opened
    notebook.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    notebook.page.wait_for_function(
        "() => !window.jupyterapp.shell.currentWidget.context.model.dirty"
    )
    notebook.page.reload()
    panel.wait_for()
    before = look(panel)
    move_by_keyboard(panel)
    assert look(panel) != before
