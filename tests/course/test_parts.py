"""The parts of pictures: what each draws, and what its update moves."""

from collections.abc import Iterator

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb

from rnn_helpers.course import parts
from rnn_helpers.course.palette import THEMES, contrast
from rnn_helpers.course.style import (
    COLOURS,
    HATCHES,
    INK,
    line_style,
    make_figure,
    new_figure,
    style,
)


@pytest.fixture
def axes() -> Iterator[Axes]:
    with new_figure(500, 300) as (_, axes):
        yield axes


def curves(axes: Axes) -> list[list[list[float]]]:
    """Return x and y of each line."""
    return [[list(map(float, side)) for side in line.get_data()] for line in axes.lines]


def test_lines_move_by_name_and_vanish_without_values(axes: Axes) -> None:
    update = parts.lines(axes, ["up", "down"], xlim=(0, 4), legend="best", grid="x")
    update({"up": [5, 6, 7], "down": ([0, 9], [3, 2])})
    assert curves(axes) == [[[1, 2, 3], [5, 6, 7]], [[0, 9], [3, 2]]]
    update({"down": np.array([1.0])})
    assert curves(axes) == [[[], []], [[1], [1]]]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["up", "down"]
    assert axes.get_xlim() == (0, 4)


def test_a_single_line_needs_no_name_and_a_shorter_y_the_first_x(axes: Axes) -> None:
    update = parts.lines(axes, ["loss"], x=np.array([10, 20, 30]))
    update([1, 2])
    assert curves(axes) == [[[10, 20], [1, 2]]]
    update(([4], [5]))
    assert curves(axes) == [[[4], [5]]]


def test_lines_look_as_they_are_told_to(axes: Axes) -> None:
    labels = {"b": "second"}
    look = {"labels": labels, "styles": [3, 1, 0], "marker": ["b"], "points": ["c"]}
    parts.lines(axes, "abc", **look, look={"linewidth": 7})
    a, b, c = axes.lines
    assert [a.get_color(), b.get_color(), c.get_color()] == [COLOURS[i] for i in (3, 1, 0)]
    assert [a.get_marker(), b.get_marker()] == ["None", line_style(1, marker=True)["marker"]]
    assert [line.get_label() for line in (a, b, c)] == ["a", "second", "c"]
    assert [line.get_linestyle() for line in (a, c)] == [":", "None"]
    assert a.get_linewidth() == 7


def test_points_and_lines_across_move(axes: Axes) -> None:
    axes.set(xlim=(2, 8), ylim=(1, 2))
    here, upright, level = parts.point(axes), parts.upright(axes), parts.level(axes, 1.5)
    here(3, 4)
    upright(5)
    level(1.2)
    assert curves(axes) == [[[3], [4]], [[5, 5], [0, 1]], [[0, 1], [1.2, 1.2]]]
    here([1, 2], [3, 4])
    assert curves(axes)[0] == [[1, 2], [3, 4]]
    assert axes.get_xlim() == (2, 8) and axes.get_ylim() == (1, 2)


def test_bars_of_one_place_stand_side_by_side(axes: Axes) -> None:
    update = parts.bars(axes, ["free", "forced"], [5, 7], room=0.6)
    update({"free": [1, 2], "forced": [3]})
    free, forced = axes.containers
    assert [bar.get_height() for bar in free] == [1, 2]
    assert [bar.get_height() for bar in forced] == [3, 0]
    edges = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in (free[0], forced[0])]
    np.testing.assert_allclose(edges, [(4.7, 5), (5, 5.3)])
    assert [group[0].get_hatch() or "" for group in axes.containers] == list(HATCHES[:2])


def test_bars_can_lie_have_gaps_and_be_picked(axes: Axes) -> None:
    update = parts.bars(axes, ["p"], range(3), horizontal=True, width=0.5)
    update([1, 2, 3], picked=1)
    bars = axes.containers[0]
    assert [bar.get_width() for bar in bars] == [1, 2, 3]
    assert [bar.get_height() for bar in bars] == [0.5] * 3
    looks = [(to_hex(bar.get_facecolor()), bar.get_hatch() or "") for bar in bars]
    usual, picked = (to_hex(COLOURS[0]), ""), (to_hex(COLOURS[1]), HATCHES[1])
    assert looks == [usual, picked, usual]
    update([1, 2, 3], picked=0)
    assert to_hex(bars[1].get_facecolor()) == to_hex(COLOURS[0])


def test_heat_has_labels_limits_and_numbers(axes: Axes) -> None:
    update = parts.heat(axes, ["one", "two"], "abc", signed=True, high=2, numbers=".1f")
    values = np.array([[0, 1, 2], [-2, -1, 0.3]])
    update(values)
    (image,) = axes.images
    np.testing.assert_array_equal(image.get_array(), values)
    assert image.get_clim() == (-2, 2)
    assert [label.get_text() for label in axes.get_yticklabels()] == ["one", "two"]
    assert [label.get_text() for label in axes.get_xticklabels()] == list("abc")
    assert [text.get_text() for text in axes.texts] == ["0.0", "1.0", "2.0", "-2.0", "-1.0", "0.3"]
    assert [text.get_position() for text in axes.texts][:4] == [(0, 0), (1, 0), (2, 0), (0, 1)]
    white = [text.get_color() == "white" for text in axes.texts]
    assert white == [False, False, True, True, False, False]
    for text, square in zip(axes.texts, image.to_rgba(values.ravel()), strict=True):
        assert contrast(text.get_color(), square[:3]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_what_is_drawn_on_a_map_is_as_on_a_light_page(theme: str) -> None:
    with style(theme):
        _, axes = make_figure(400, 300)
        parts.heat(axes, 2, 2)
        parts.point(axes)(0, 0)
        parts.words(axes, [0], 0)(["a"])
        parts.lines(axes, ["b"], legend="best")
        (text,), (label,) = axes.texts, axes.get_legend().get_texts()
        drawn = [axes.lines[0].get_color(), text.get_color(), label.get_color()]
        assert all(contrast(colour, "white") >= 4.5 for colour in drawn)
        assert contrast(axes.lines[1].get_color(), "white") >= 3
        assert contrast(label.get_color(), axes.get_legend().get_frame().get_facecolor()) >= 4.5


def test_heat_of_counts_has_no_labels_and_fills_its_axes(axes: Axes) -> None:
    update = parts.heat(axes, 2, 3, high=5, look={"extent": (0, 30, 2, 0)}, title="held")
    parts.upright(axes)
    parts.point(axes)(-100, 100)
    update(np.ones((2, 3)))
    assert axes.images[0].get_clim() == (0, 5)
    assert axes.get_xlim() == (0, 30) and axes.get_ylim() == (2, 0)
    assert axes.get_title() == "held" and not axes.texts


@pytest.mark.parametrize(
    ("look", "first", "last"),
    [
        ({}, (0, 0), (2, 1)),
        ({"origin": "lower"}, (0, 0), (2, 1)),
        ({"extent": (0.5, 3.5, 1.5, -0.5)}, (1, 0), (3, 1)),
    ],
)
def test_stages_show_whose_turn_has_come(axes: Axes, look: dict, first, last) -> None:
    update = parts.stages(axes, 2, 3, look=look)
    update(np.array([list("abc"), list("def")]), np.array([[-1, 0, 1], [2, np.nan, -3]]))
    colours = axes.images[0].get_array()
    for (row, column), colour in {
        (0, 0): parts.DONE,
        (0, 1): parts.NOW,
        (0, 2): parts.WAITING,
        (1, 1): "white",
    }.items():
        np.testing.assert_allclose(colours[row, column], to_rgb(colour))
    assert [text.get_text() for text in axes.texts] == ["a", "b", "c", "d", "", "f"]
    assert [text.get_position() for text in axes.texts][:: len(axes.texts) - 1] == [first, last]
    assert [text.get_fontweight() for text in axes.texts][:3] == ["normal", "bold", "normal"]
    squares = colours.reshape(-1, 3)
    shown = [(text, square) for text, square in zip(axes.texts, squares) if text.get_text()]
    assert all(contrast(text.get_color(), square) >= 4.5 for text, square in shown)


def test_words_change_move_and_leave_places_empty(axes: Axes) -> None:
    update = parts.words(axes, [1, 2, 3], 5)
    update(["$a$", "b"], y=[6, 7], color=["red"])
    assert [text.get_text() for text in axes.texts] == ["$a$", "b", ""]
    assert [text.get_position() for text in axes.texts] == [(1, 6), (2, 7), (3, 5)]
    assert axes.texts[0].get_color() == "red" and axes.texts[1].get_color() == INK
    assert not axes.texts[0].get_parse_math()
    update([])
    assert not any(text.get_text() for text in axes.texts)


def test_notes_and_words_below(axes: Axes) -> None:
    parts.note(axes, 0.2, 0.3)("here", x=0.5)
    parts.words_below(axes, [1], rotation=40)(["word"])
    parts.heading(axes)("title")
    note, below, heading = axes.texts
    assert (note.get_text(), note.get_position()) == ("here", (0.5, 0.3))
    assert below.get_rotation() == 40 and below.get_ha() == "right" and below.get_va() == "top"
    assert heading.get_text() == "title" and axes.get_title() == ""


def test_together_hands_the_same_to_each() -> None:
    seen = []
    parts.together(seen.append, lambda data: seen.append(-data))(3)
    assert seen == [3, -3]


def test_blank_axes_have_no_ticks(axes: Axes) -> None:
    parts.blank(axes, xlim=(0, 3))
    assert not len(axes.get_xticks()) and axes.get_xlim() == (0, 3)
    assert not any(spine.get_visible() for spine in axes.spines.values())
    parts.blank(axes, spines=True)
    assert all(spine.get_visible() for spine in axes.spines.values())
