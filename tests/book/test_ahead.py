"""Panels drawn ahead: their controls, which settings are drawn, and in which order."""

from __future__ import annotations

import io
from pathlib import Path

import ipywidgets
import numpy as np
import pytest
from book import ahead
from book.media import Media, small
from PIL import Image

from rnn_helpers.course import parts
from rnn_helpers.course.panel import Panel, choice, slider, toggle


def small_panel(stops: int = 3) -> Panel:
    """Return a panel of a slider, buttons and a box to tick."""

    def draw(axes):
        line = parts.lines(axes, ["y"], xlim=(0, 1), ylim=(-9, 9), xlabel="x", ylabel="y")
        return lambda shown: line(([0, 1], [0, shown["slope"] * (1 if shown["up"] else -1)]))

    def say(shown):
        return f"Slope {shown['slope']}, {shown['colour']}, up: {shown['up']}."

    controls = {
        "slope": slider("slope", 0, stops - 1, 1),
        "colour": choice("colour", ["red", "blue"]),
        "up": toggle("up", True),
    }
    return Panel(controls, lambda **values: values, draw, say, width=320, height=240)


@pytest.mark.parametrize(
    ("widget", "kind", "texts", "start"),
    [
        (slider("n", 2, 5, 3), "range", ["2", "3", "4", "5"], 1),
        (slider("w", 0.0, 0.4, 0.2, step=0.2), "range", ["0", "0.2", "0.4"], 1),
        (slider("h", 0.01, 100.0, 1.0, step=2, log=True), "range", ["0.01", "1", "100"], 1),
        (choice("cell", ["RNN", "GRU"], "GRU"), "radio", ["RNN", "GRU"], 1),
        (choice("letter", "abcdef", "c"), "select", list("abcdef"), 2),
        (toggle("log", True), "check", ["off", "on"], 1),
        (ipywidgets.Text("a word", description="yours"), "fixed", ["a word"], 0),
    ],
)
def test_a_control_is_of_the_same_kind_in_a_page(widget, kind, texts, start) -> None:
    control = ahead.described("name", widget)
    assert (control.kind, control.texts, control.start) == (kind, texts, start)
    assert control.values[start] == widget.value
    assert control.label == widget.description


def test_all_settings_are_drawn_where_they_are_few(tmp_path: Path) -> None:
    panel = small_panel()
    before = panel.sentence
    drawn = ahead.drawn(panel, Media(tmp_path))
    assert drawn["together"] and not drawn["thinned"]
    said = [sentence for _, sentence, _ in drawn["frames"]]
    assert len(set(said)) == 3 * 2 * 2
    assert (
        said[(2 * 2 + 1) * 2 + 0] == "Slope 2, blue, up: False."
    )  # the last control moves fastest
    assert panel.sentence == before == drawn["first"][1]
    assert all((tmp_path / Path(link).name).exists() for link, _, _ in drawn["frames"])


def test_otherwise_one_control_moves_at_a_time(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(ahead, "MOST", 11)
    drawn = ahead.drawn(small_panel(), Media(tmp_path))
    assert not drawn["together"]
    assert [sentence for _, sentence, _ in drawn["frames"]] == [
        "Slope 0, red, up: True.",
        "Slope 1, red, up: True.",
        "Slope 2, red, up: True.",
        "Slope 1, red, up: True.",
        "Slope 1, blue, up: True.",
        "Slope 1, red, up: False.",
        "Slope 1, red, up: True.",
    ]


def test_sliders_stop_less_often_where_pictures_are_large() -> None:
    controls = [ahead.described(name, widget) for name, widget in small_panel(9).controls.items()]
    slope, *others = ahead.thinned(controls, ahead.BYTES / 9)
    assert slope.values == [1, 3, 5, 7] and slope.values[slope.start] == 1
    assert others == controls[1:]
    assert not ahead.together(controls, ahead.BYTES / 9)


def test_a_picture_keeps_its_size_and_nearly_its_colours() -> None:
    png = small_panel().png
    before, after = (Image.open(io.BytesIO(data)).convert("RGB") for data in (png, small(png)))
    difference = np.abs(np.asarray(before, int) - np.asarray(after, int))
    assert before.size == after.size
    assert difference.max() < 40 and difference.mean() < 0.5
