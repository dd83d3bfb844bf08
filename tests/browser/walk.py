"""A walkthrough in a real browser: begin it, go through its slides by keys, and measure them.

Used by the test of it and by `tools/walkthrough_sizes.py`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from lab import Notebook, Server
from playwright.sync_api import Locator

CALL = "from rnn_helpers.course import present\n\npresent(begin=False)"
MOST_STEPS = 20  # presses of a key on one slide, before it is given up


@dataclass(frozen=True)
class Sizes:
    """One slide as it was shown: its heading, and what was larger than the window.

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
    """Write a copy of notebook `name` that ends with a call of `present`; return its name."""
    notebook = json.loads((server.folder / name).read_text(encoding="utf-8"))
    cell = {"cell_type": "code", "id": "present", "metadata": {"slideshow": {"slide_type": "skip"}}}
    notebook["cells"].append(cell | {"execution_count": None, "outputs": [], "source": CALL})
    copy = f"{Path(name).stem}_walked.ipynb"
    (server.folder / copy).write_text(json.dumps(notebook), encoding="utf-8")
    return copy


class Walk:
    """The walkthrough of a notebook that has been run."""

    def __init__(self, notebook: Notebook) -> None:
        self.notebook, self.page = notebook, notebook.page

    def begin(self) -> None:
        """Press the button in the notebook, and wait for the bar."""
        self.page.locator(".jp-OutputArea .rnn-start button").last.click()
        self.page.wait_for_selector(".rnn-bar", timeout=60_000)

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
        return self.page.locator(f".rnn-walk .jp-Cell:not(.rnn-off, .rnn-waits) {inside}".strip())

    def go_to(self, section: str) -> None:
        """Go on until the slide of this heading is shown."""
        self.press("Home")
        for _ in range(300):
            if section in self.place:
                return
            self.press("PageDown")
        raise AssertionError(f"no slide is called {section!r}")

    def sizes(self, look: Callable[[int, bool], None] = lambda *_: None) -> Iterator[Sizes]:
        """Go through all slides by PageDown, voting where a vote is asked for, and measure each.

        `look` is called while a slide is shown, with its number and whether it is higher than the
        window. Where the notebook was not run, questions count as answered.
        """
        self.page.evaluate(_ANSWER_STILL_ONES)
        self.press("Home")
        for number in count(1):
            place, steps = self.place, 0
            while self._vote():
                pass
            measured = self.page.evaluate(_MEASURE)
            look(number, self.page.evaluate(_BELOW) > 4)
            while self.page.evaluate(_BELOW) > 4 and steps < MOST_STEPS:
                self.press("PageDown")
                steps += 1
            reached = self.page.evaluate(_BELOW) <= 4
            section = " · ".join(place.split(" · ")[1:])
            yield Sizes(section=section, windows=steps + 1, reached=reached, **measured)
            self.press("PageDown")
            if self.place == place:
                return

    def _vote(self) -> bool:
        """Choose the first option of a question nobody has answered; False if there is none."""
        open_questions = self.shown(".rnn-predict:not(:has([aria-pressed=true])) button")
        if not open_questions.count():
            return False
        open_questions.first.click()
        self.page.wait_for_timeout(300)
        return True


_SCROLLER = "document.querySelector('.rnn-walk .jp-WindowedPanel-outer')"
_TWO_FRAMES = """() => new Promise(done =>
  requestAnimationFrame(() => requestAnimationFrame(done)))"""
_BELOW = f"""() => {{
  const {{ scrollHeight, scrollTop, clientHeight }} = {_SCROLLER};
  return scrollHeight - scrollTop - clientHeight;
}}"""
_ANSWER_STILL_ONES = """() => document.querySelectorAll('.rnn-predict:not(:has(button))')
  .forEach(box => box.insertAdjacentHTML('beforeend', '<button hidden aria-pressed=true>'))"""
_MEASURE = f"""() => {{
  const scroller = {_SCROLLER};
  const cells = [...document.querySelectorAll('.rnn-walk .jp-Cell:not(.rnn-off, .rnn-waits)')];
  const images = cells.flatMap(cell => [...cell.querySelectorAll('.jp-OutputArea-output img')]);
  return {{
    cells: cells.length,
    height: scroller.scrollHeight,
    pictures: images.filter(image =>
      image.getBoundingClientRect().height > scroller.clientHeight).length,
    overflow: Math.max(0, scroller.scrollWidth - scroller.clientWidth),
  }};
}}"""
