"""What stands at a place of a picture, by the pointer and by keys."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnn_helpers.course import parts
from rnn_helpers.course.pointing import Values
from rnn_helpers.course.style import new_figure


@pytest.fixture
def picture() -> Iterator[tuple[Figure, Axes, Axes]]:
    with new_figure(700, 350, columns=2) as (figure, (left, right)):
        yield figure, left, right


def pixels(axes: Axes, x: float, y: float) -> tuple[float, float]:
    """Return a place of axes in pixels from the upper left corner of the figure."""
    across, up = axes.transData.transform((x, y))
    return float(across), float(axes.figure.bbox.height - up)


def test_nearest_point_of_a_curve(picture) -> None:
    figure, left, _ = picture
    axis = {"xlim": (0, 10), "ylim": (0, 1), "xlabel": "lag", "ylabel": "norm"}
    update = parts.lines(left, ["tanh", "GRU"], x=np.arange(11), **axis)
    update({"tanh": np.full(11, 0.25), "GRU": np.linspace(0, 1, 11)})
    values = Values(figure)
    x, y = pixels(left, 7, 0.25)
    spot = values.at(x + 3, y - 4)
    assert spot.text == "tanh: lag 7, norm 0.25"
    assert (spot.x, spot.y) == pytest.approx((x, y)) and spot.at == (7, 0.25)
    assert values.at(*pixels(left, 8, 0.8)).text == "GRU: lag 8, norm 0.8"
    assert values.at(*pixels(left, 3, 0.9)) is None, "nothing is near"
    assert values.at(2, 2) is None, "outside all axes"


def test_a_curve_alone_needs_no_name_and_what_is_cut_off_is_not_found(picture) -> None:
    figure, left, _ = picture
    update = parts.lines(left, ["a"], xlim=(0, 3), ylim=(0, 1), yscale="linear", xlabel="step")
    update(([1, 2, 2.5, 4], [0.5, np.nan, 7, 0.5]))
    parts.level(left, 0.9)
    values = Values(figure)
    assert values.at(*pixels(left, 1, 0.5)).text == "step 1, 0.5"
    assert [len(part.places) for part in values.parts] == [1]


def test_bars_are_met_anywhere_above_their_place(picture) -> None:
    figure, left, right = picture
    axis = {"xticks": range(3), "xticklabels": "abc", "ylabel": "p", "ylim": (0, 1)}
    parts.bars(left, ["free", "forced"], range(3), **axis)({"free": [0, 0.5, 1], "forced": [1] * 3})
    lying = {"horizontal": True, "yticks": range(2), "yticklabels": ["kol", "yi"], "xlim": (0, 9)}
    parts.bars(right, ["n"], range(2), **lying)([3, 4])
    values = Values(figure)
    assert values.at(*pixels(left, 0.8, 0.9)).text == "free: b, p 0.5"
    assert values.at(*pixels(left, 2.2, 0.2)).text == "forced: c, p 1"
    assert values.at(*pixels(right, 8, 1.1)).text == "yi, 4"


@pytest.mark.parametrize("look", [{}, {"extent": (0.5, 3.5, 1.5, -0.5)}, {"origin": "lower"}])
def test_squares_of_a_map(picture, look) -> None:
    figure, left, _ = picture
    names = {"xlabel": "step", "yticks": [0, 1], "yticklabels": ["Γu", "Γr"]}
    parts.heat(left, 2, 3, look=look, **names)(np.arange(6).reshape(2, 3) / 10)
    values, first = Values(figure), 1 if "extent" in look else 0
    assert values.at(*pixels(left, first + 2.3, 0.9)).text == f"Γr, step {first + 2}: 0.5"
    assert values.at(*pixels(left, first - 0.4, -0.4)).text == f"Γu, step {first}: 0"


def test_a_curve_on_a_map_comes_first(picture) -> None:
    figure, left, _ = picture
    parts.heat(left, 2, 3)(np.zeros((2, 3)))
    parts.point(left)(1, 1)
    values = Values(figure)
    assert values.at(*pixels(left, 1.02, 1.02)).text == "1, 1"
    assert values.at(*pixels(left, 0, 0)).text == "0, 0: 0"


def test_values_that_are_drawn_as_others_are_said_as_they_are(picture) -> None:
    figure, left, right = picture
    parts.heat(left, 1, 2)(np.array([[0.2, 1.0]]), said=np.array([[0.01, 40.0]]))
    bars = parts.bars(right, ["p"], range(2), ylabel="p", ylim=(0, 1))
    bars([0.1, 1.0], said={"p": [0.001, 1.0]})
    values = Values(figure)
    assert values.at(*pixels(left, 0, 0)).text.endswith(": 0.01")
    assert values.at(*pixels(right, 0, 0.5)).text == "0, p 0.001"
    parts.silent(left)
    assert Values(figure).at(*pixels(left, 0, 0)) is None


def test_boxes_of_a_drawing_are_no_values(picture) -> None:
    figure, left, _ = picture
    left.bar(1, 1, 0.5)
    assert Values(figure).at(*pixels(left, 1, 0.5)) is None


def test_keys_lead_from_value_to_value(picture) -> None:
    figure, left, right = picture
    parts.lines(left, "ab", xlim=(0, 4), ylim=(0, 9))({"a": [1, 2, 3], "b": [4, 5]})
    parts.bars(right, ["c"], range(2), xticks=range(2), xticklabels="xy", ylim=(0, 9))([7, 8])
    values, spot, said = Values(figure), None, []
    keys = "ArrowRight ArrowRight ArrowRight ArrowDown ArrowDown Home ArrowLeft End ArrowUp ArrowUp"
    for key in keys.split():
        spot = values.step(spot, key)
        said.append(spot.text)
    assert said[:4] == ["a: 1, 1", "a: 2, 2", "a: 3, 3", "b: 2, 5"]
    assert said[4:] == ["y, 8", "x, 7", "x, 7", "y, 8", "b: 2, 5", "a: 2, 2"]


@pytest.mark.parametrize("origin", ["upper", "lower"])
def test_up_and_down_lead_to_the_rows_of_a_map_and_then_beyond_it(picture, origin: str) -> None:
    figure, left, right = picture
    left.imshow(np.arange(6).reshape(3, 2), origin=origin, extent=(0, 2, 0, 3))
    left.set(xlabel="column", ylabel="row")
    parts.bars(right, ["c"], range(2), xticks=range(2), xticklabels="xy", ylim=(0, 9))([7, 8])
    values = Values(figure)
    spot = values.at(*pixels(left, 1.5, 2.5))  # the upper right corner
    said = [spot.text.split(": ")[-1]]
    for key in ["ArrowDown", "ArrowDown", "ArrowLeft", "ArrowUp", "ArrowUp", "ArrowUp", "End"]:
        spot = values.step(spot, key)
        said.append(spot.text.split(": ")[-1])
    rows = [1, 3, 5, 4, 2, 0, 0, 5] if origin == "upper" else [5, 3, 1, 0, 2, 4, 4, 5]
    assert said == [str(number) for number in rows]
    for key in ["Home", "ArrowDown", "ArrowDown", "ArrowDown"]:
        spot = values.step(spot, key)
    assert (spot.axes, spot.text) == (1, "y, 8" if origin == "upper" else "x, 7")


def test_an_empty_picture_has_no_values(picture) -> None:
    values = Values(picture[0])
    assert values.step(None, "ArrowRight") is None and values.at(100, 100) is None


def test_the_place_that_was_clicked_on(picture) -> None:
    figure, left, right = picture
    right.set(xlim=(0, 9), yscale="log", ylim=(1, 100))
    axes, x, y = Values(figure).place(*pixels(right, 3, 10))
    assert axes == 1 and (x, y) == pytest.approx((3, 10))
    assert Values(figure).place(1, 1) is None


def test_things_of_a_drawing_that_are_named(picture) -> None:
    figure, left, _ = picture
    left.set(xlim=(0, 4), ylim=(0, 4))
    parts.named(left)([1, 3], [2, 2], ["step 1", "step 3"])
    values = Values(figure)
    x, y = pixels(left, 3, 2)
    assert values.at(x + 15, y - 15).text == "step 3"
    assert values.step(None, "ArrowRight").text == "step 1"
    assert values.pixels(0, 3, 2) == pytest.approx((x, y))
    assert values.pixels(0, 5, 2) is None and values.pixels(0, np.nan, 2) is None


def test_words_below_the_axes_are_said_of_what_stands_above_them(picture) -> None:
    figure, left, right = picture
    curve = parts.lines(left, ["p"], x=[0, 1, 2], xlim=(-1, 5), ylim=(0, 1), xticks=[], ylabel="p")
    curve([0.1, 0.2, 0.3])
    parts.words_below(left, np.arange(5) + 0.2)(["not", "bad"])
    values = Values(figure)
    said = [values.at(*pixels(left, k, 0.1 + k / 10)).text for k in range(3)]
    assert said == ["not, p 0.1", "bad, p 0.2", "p 0.3"]
    parts.words_below(right, [0, 0])("ab", x=[0.25, 0.75])
    right.plot([0.25, 0.75], [0, 1])
    assert Values(figure).at(*pixels(right, 0.75, 1)).text == "0.75 b, 1"
    parts.words_below(left, np.arange(3))([",", ".", " "])
    values = Values(figure)
    said = [values.at(*pixels(left, k, 0.1 + k / 10)).text for k in range(3)]
    assert said == ["comma, p 0.1", "full stop, p 0.2", "blank, p 0.3"]


def test_a_frame_around_squares_is_no_value(picture) -> None:
    figure, left, _ = picture
    parts.heat(left, range(1, 3), range(1, 3))(np.eye(2))
    (frame,) = left.plot([-0.5, 1.5, 1.5], [0.5, 0.5, 1.5])
    assert Values(figure).at(*pixels(left, 1.5, 0.55)).text == "1.5, 0.5"
    frame.set_gid(parts.NO_VALUES)
    assert Values(figure).at(*pixels(left, 1.45, 0.55)).text == "2, 2: 1"


def test_a_square_has_the_numbers_that_stand_beside_it(picture) -> None:
    figure, left, _ = picture
    parts.heat(left, range(1, 3), range(1, 3), title="whole")(np.eye(2))
    values = Values(figure)
    spot = values.at(*pixels(left, 1, 0))
    assert spot.text == "1, 2: 0" and values.titled(spot) == "whole, 1, 2: 0"


def test_fine_pixels_change_nothing() -> None:
    with new_figure(400, 300, ratio=2) as (figure, axes):
        parts.lines(axes, ["a"], xlim=(0, 4), ylim=(0, 9))([1, 2, 3])
        x, y = pixels(axes, 2, 2)
    assert Values(figure).at(x + 20, y).text == "2, 2"
    assert Values(figure).at(x + 30, y) is None
