"""A walkthrough in a real browser: begin it, go through its slides by keys, and measure them.

Used by the test of it and by `tools/walkthrough_sizes.py`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from lab import Notebook, Server
from playwright.sync_api import Locator

CALL = "from rnn_helpers.course import present\n\npresent(begin=False)"
MOST_STEPS = 20  # presses of a key on one slide, before it is given up


@dataclass(frozen=True)
class Sizes:
    """One slide as it was shown: what the bar said, and what was larger than the window.

    ``windows`` is by how many presses of a key it is seen to its end. ``pictures`` is how many of
    its pictures are higher than the window, ``overflow`` by how many pixels it is too wide, and
    ``reached`` whether the keys came to its end.
    """

    section: str
    cells: int
    height: int
    windows: int
    pictures: int
    overflow: int
    reached: bool


def with_call(server: Server, name: str) -> str:
    """Write a copy of notebook `name` that begins with a call of `present`; return its name."""
    notebook = json.loads((server.folder / name).read_text(encoding="utf-8"))
    cell = {"cell_type": "code", "id": "present", "metadata": {"slideshow": {"slide_type": "skip"}}}
    notebook["cells"].insert(0, cell | {"execution_count": None, "outputs": [], "source": CALL})
    copy = f"{Path(name).stem}_walked.ipynb"
    (server.folder / copy).write_text(json.dumps(notebook), encoding="utf-8")
    return copy


_TO_THE_TOP = """async () => {
  const { content } = window.jupyterapp.shell.currentWidget;
  content.activeCellIndex = 0;
  await content.scrollToItem(0);
}"""


class Walk:
    """The walkthrough of a notebook that has been run."""

    def __init__(self, notebook: Notebook) -> None:
        self.notebook, self.page = notebook, notebook.page

    def begin(self) -> None:
        """Press the button in the notebook, and wait for the bar."""
        self.page.evaluate(_TO_THE_TOP)  # cells out of sight may not be there
        self.page.locator(".jp-OutputArea .rnn-start button").first.click()
        self.page.wait_for_selector(".rnn-bar")

    def press(self, key: str) -> None:
        """Press `key` wherever the focus is, and wait until the page is drawn anew."""
        self.page.keyboard.press(key)
        self.page.evaluate(_TWO_FRAMES)

    @property
    def place(self) -> str:
        """Where the bar says that we are."""
        return self.page.locator(".rnn-place").inner_text()

    @property
    def says(self) -> str:
        """What the bar says besides."""
        return self.page.locator(".rnn-say").inner_text()

    def shown(self, inside: str = "") -> Locator:
        """Return what is on the slide: its cells, or what is `inside` of them."""
        return self.page.locator(f".rnn-walk .rnn-on {inside}".strip())

    def go_to(self, section: str) -> None:
        """Go on until the slide of this heading is shown."""
        self.press("Home")
        for _ in range(300):
            if section in self.place:
                return
            self.press("PageDown")
        raise AssertionError(f"no slide is called {section!r}")

    def sizes(self) -> list[Sizes]:
        """Answer every question, go through all slides by PageDown, and measure each.

        Where the notebook was not run, questions count as answered.
        """
        self.page.wait_for_function(_ALL_ARE_THERE)
        self.page.evaluate(_ANSWER_ALL)
        self.page.evaluate(_TWO_FRAMES)
        return [Sizes(**slide) for slide in self.page.evaluate(_MEASURE, MOST_STEPS)]


_SCROLLER = "document.querySelector('.rnn-walk .jp-WindowedPanel-outer')"
_TWO_FRAMES = """() => new Promise(done =>
  requestAnimationFrame(() => requestAnimationFrame(done)))"""
_ALL_ARE_THERE = """() => document.querySelectorAll('.rnn-walk .jp-Cell').length
  === window.jupyterapp.shell.currentWidget.content.widgets.length"""
_ANSWER_ALL = """() => {
  for (const box of document.querySelectorAll('.rnn-predict:not(:has([aria-pressed=true]))')) {
    const option = box.querySelector('button');
    if (option) option.click();
    else box.insertAdjacentHTML('beforeend', '<button hidden aria-pressed=true>');
  }
}"""
# A slide is arranged, and scrolled, before the key's event has ended, so one call can measure all.
_MEASURE = f"""most => {{
  const scroller = {_SCROLLER};
  const press = key => document.body.dispatchEvent(
    new KeyboardEvent('keydown', {{ key, bubbles: true }}));
  const place = () => document.querySelector('.rnn-place').textContent;
  const below = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
  const slides = [];
  for (press('Home'); slides.at(-1)?.section !== place(); press('PageDown')) {{
    const cells = [...document.querySelectorAll('.rnn-walk .rnn-on')];
    const images = cells.flatMap(cell => [...cell.querySelectorAll('.jp-OutputArea-output img')]);
    const slide = {{
      section: place(),
      cells: cells.length,
      height: scroller.scrollHeight,
      windows: 1,
      pictures: images.filter(image =>
        image.getBoundingClientRect().height > scroller.clientHeight).length,
      overflow: Math.max(0, scroller.scrollWidth - scroller.clientWidth),
    }};
    for (; below() > 4 && slide.windows <= most; slide.windows += 1) press('PageDown');
    slides.push({{ ...slide, reached: below() <= 4 }});
  }}
  return slides;
}}"""
