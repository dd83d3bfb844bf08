"""Panels drawn ahead: their controls, which settings are drawn, and in which order."""

from __future__ import annotations

from pathlib import Path

import ipywidgets
import pytest
from book import ahead
from book.media import Media

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
    slope, *others = ahead.thinned(controls, 100, 900)
    assert slope.values == [1, 3, 5, 7] and slope.values[slope.start] == 1
    assert others == controls[1:]
    assert not ahead.together(controls, 100, 900)
    assert ahead.together(controls, 100, 3600)


def panel_of_words() -> Panel:
    """Return a panel whose slider, and whose stretch of letters, end with a word."""

    def draw(axes):
        line = parts.lines(axes, ["y"], xlim=(0, 9), ylim=(0, 9), xlabel="x", ylabel="y")
        return lambda shown: line(([0, shown["letter"]], [0, len(shown["word"])]))

    stretch = ipywidgets.IntRangeSlider(value=(2, 4), min=1, max=9, description="stretch")
    controls = {
        "word": choice("word", ["long", "no", "longer"]),
        "letter": slider("letter", 1, 9, 3),
        "stretch": stretch,
    }

    def bounds(shown):
        return dict.fromkeys(("letter", "stretch"), (1, len(shown["word"])))

    return Panel(
        controls,
        lambda **values: values,
        draw,
        lambda shown: f"{shown['word']}, {shown['letter']}, {shown['stretch']}.",
        bounds=bounds,
        width=320,
        height=240,
    )


def test_a_slider_stops_at_an_end_that_has_come_nearer(tmp_path: Path) -> None:
    """As in JupyterLab, and the page is told, so that the slider stands where the picture says."""
    drawn = ahead.drawn(panel_of_words(), Media(tmp_path))
    assert drawn["together"] and len(drawn["frames"]) == 3 * 9
    words, letters, stretch = drawn["controls"]
    assert letters["texts"] == [str(n) for n in range(1, 10)] and letters["start"] == 2
    assert stretch["texts"] == ["2 to 4"]
    frames = {(n // 9, n % 9 + 1): frame[1:] for n, frame in enumerate(drawn["frames"])}
    assert frames[0, 3] == ["long, 3, (2, 4).", ""]
    assert frames[0, 9] == ["long, 4, (2, 4).", "", [[1, 3, "4"]]]
    assert frames[1, 2] == ["no, 2, (2, 2).", "", [[2, 0, "2 to 2"]]]
    assert frames[2, 9] == ["longer, 6, (2, 4).", "", [[1, 5, "6"]]]


def test_one_at_a_time_a_slider_has_the_stops_of_the_first_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "MOST", 9)
    panel = panel_of_words()
    drawn = ahead.drawn(panel, Media(tmp_path))
    assert not drawn["together"]
    assert drawn["controls"][1]["texts"] == ["1", "2", "3", "4"]
    assert drawn["frames"][1][1:] == ["no, 2, (2, 2).", "", [[1, 1, "2"], [2, 0, "2 to 2"]]]
    assert panel.sentence == "long, 3, (2, 4)."


def test_a_value_that_no_slider_can_take_is_not_passed_over() -> None:
    panel = panel_of_words()
    with pytest.raises(ValueError, match="word cannot be 'other'"):
        ahead.put(panel, panel.values | {"word": "other"})
