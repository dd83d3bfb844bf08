"""A still picture in the colours of a dark page is what would be drawn for one from the start."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.patches import Patch

from rnn_helpers.course import figures, palette, stills
from rnn_helpers.course.figures import Picture, rendered
from rnn_helpers.course.palette import COLOURS, FAINT, INK, PAPER
from rnn_helpers.course.stills import END, KEPT, TARGET, in_the_dark, keep
from rnn_helpers.course.style import STORED_RATIO, new_figure

X = np.linspace(0, 1, 8)
CURVES = {"up": X, "bent": X**2}
GROUPS = {"one": np.array([1.0, 2, 3]), "two": np.array([3.0, 1, 2]), "three": np.ones(3)}


def other_parts() -> Picture:
    """Words in a box, an arrow, points, an area and a box drawn by hand."""
    with new_figure(700, 350) as (figure, axes):
        axes.text(0.5, 0.5, "words", color=PAPER, bbox={"facecolor": INK, "edgecolor": FAINT})
        look = {"edgecolor": COLOURS[1], "facecolor": COLOURS[2]}
        axes.annotate("there", (0.8, 0.8), (0.2, 0.2), arrowprops=look)
        axes.scatter(X, X, color=COLOURS[3], edgecolor=INK)
        axes.fill_between(X, X, X**2, color=COLOURS[4])
        axes.bar(0.3, 0.2, 0.1, color=COLOURS[0], edgecolor=INK, hatch="//")
    return Picture(figure, "Parts.")


DRAWN = {
    "heat": lambda: figures.heat(np.outer(X, X - 0.5), X, X, "name", symmetric=True),
    "yes and no": lambda: figures.heat(np.outer(X, X) > 0.5, X, X, "name", bar=False),
    "lines": lambda: figures.lines(X, CURVES, "x", "y"),
    "bars": lambda: figures.bars(list("abc"), GROUPS, "height"),
    "grid": lambda: figures.grid(np.outer(X, X), X, X, "name", "x"),
    "measured": lambda: figures.measured_lines(X, CURVES, "x", "y", "Two.", points=("up",)),
    "other parts": other_parts,
}


@contextmanager
def drawn_dark_from_the_start() -> Iterator[None]:
    """Let what is called the light theme have the dark one's colours."""
    light = palette.THEMES["light"]
    try:
        palette.THEMES["light"] = palette.THEMES["dark"]
        palette._in_force = ""
        palette._put_in_force("light")
        yield
    finally:
        palette.THEMES["light"] = light
        palette._in_force = ""
        palette._put_in_force("light")


@pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN)
def test_every_pixel_is_as_if_drawn_for_a_dark_page(draw: Callable[[], Picture]) -> None:
    picture = draw()
    with in_the_dark(picture.figure):
        dark = rendered(picture.figure, STORED_RATIO, "dark")
    with drawn_dark_from_the_start():
        expected = draw().pixels
    differ = (dark != expected).mean()
    # Before matplotlib 3.11 hatching stays white.
    assert differ == 0 if hasattr(Patch, "set_hatchcolor") else differ < 0.05
    assert not np.array_equal(dark, picture.pixels)


@pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN)
def test_the_picture_itself_stays_as_it_was(draw: Callable[[], Picture]) -> None:
    picture = draw()
    before = picture._repr_mimebundle_()
    picture.dark_png()
    with pytest.raises(ZeroDivisionError), in_the_dark(picture.figure):
        raise ZeroDivisionError
    assert np.array_equal(rendered(picture.figure, STORED_RATIO), picture.pixels)
    assert picture._repr_mimebundle_() == before


class Line:
    """A line to a page: what it hears and what it was sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[dict, list[bytes]]] = []

    def on_msg(self, hear: Callable[[dict], object]) -> None:
        self.hear = hear

    def send(self, data: dict, buffers: list[bytes]) -> None:
        self.sent.append((data, buffers))

    def ask(self, **question: object) -> None:
        self.hear({"content": {"data": question}})


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Line:
    """The line of a page to a kernel that has shown nothing yet."""
    line, targets = Line(), {}
    manager = SimpleNamespace(register_target=targets.setdefault)
    shell = SimpleNamespace(kernel=SimpleNamespace(comm_manager=manager))
    monkeypatch.setattr(stills, "get_ipython", lambda: shell)
    monkeypatch.setattr(stills, "_drawn", {})
    keep("first", lambda: b"first")
    targets[TARGET](line, {})
    return line


def key_of(html: str) -> str:
    """Return what the browser asks for a picture in an output."""
    encoded = html.partition(";base64,")[2].partition('"')[0]
    return f"{len(encoded)}:{encoded[-END:]}"


def test_a_page_gets_the_dark_one_of_each_picture_that_was_shown(line: Line) -> None:
    shown = [figures.lines(X, CURVES, "x", name) for name in ("y", "z")]
    keys = [key_of(picture._repr_mimebundle_()[0]["text/html"]) for picture in shown]
    assert len(set(keys)) == 2
    for key in keys:
        line.ask(key=key)
    expected = [
        ({"key": key}, [picture.dark_png()]) for key, picture in zip(keys, shown, strict=True)
    ]
    assert line.sent == expected


@pytest.mark.parametrize("question", [{}, {"key": "9:unknown"}, {"key": None}, {"key": [1]}])
def test_what_is_not_known_is_not_answered(line: Line, question: dict) -> None:
    line.ask(**question)
    assert line.sent == []


def test_the_pictures_that_were_shown_last_are_kept(line: Line) -> None:
    for number in range(KEPT + 5):
        keep(f"{number:03d}", lambda: b"")
    assert len(stills._drawn) == KEPT and "3:000" not in stills._drawn
    keep("005", lambda: b"again")
    keep("new", lambda: b"")
    assert "3:005" in stills._drawn, "it was shown again"


@pytest.mark.parametrize("shell", [None, SimpleNamespace()])
def test_without_a_kernel_nothing_is_kept(monkeypatch: pytest.MonkeyPatch, shell: object) -> None:
    monkeypatch.setattr(stills, "get_ipython", lambda: shell)
    monkeypatch.setattr(stills, "_drawn", {})
    keep("encoded", lambda: b"")
    assert stills._drawn == {}


def test_the_browser_has_the_same_names() -> None:
    from rnn_helpers.course.front_end import beside

    code = beside("stills.js")
    assert f'STILLS = "{TARGET}"' in code and f"END = {END}" in code
