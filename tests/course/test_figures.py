"""The static figures: what they refuse, what they say, and that their text fits."""

import numpy as np
import pytest

from rnn_helpers.course import figures


def test_heat_says_where_the_largest_number_stands() -> None:
    values = np.zeros((3, 4))
    values[1, 2] = -2.5
    said = figures.heat(values, "xyz", "abcd", name="a⟨t⟩", symmetric=True).sentence
    assert "3 rows by 4 columns" in said and "from -2.50 to 0.00" in said
    assert "row y, column 3 (c)" in said


def test_heat_wants_a_label_for_each_row_and_column() -> None:
    with pytest.raises(ValueError, match=r"\(rows, columns\) = \(2, 4\), got \(3, 4\)"):
        figures.heat(np.zeros((3, 4)), "xy", "abcd", name="a")


def test_heat_of_zeros_is_drawn() -> None:
    assert "from 0.00 to 0.00" in figures.heat(np.zeros((2, 2)), "ab", "cd", name="a").sentence


def test_heat_of_yes_and_no_names_its_axes_and_needs_no_scale(monkeypatch) -> None:
    kept = []
    monkeypatch.setattr(figures, "Picture", lambda figure, said: kept.append((figure, said)))
    values = np.eye(2, dtype=int)
    figures.heat(values, "ab", "cd", name="a")
    more = {"x_label": "place", "y_label": "letter", "bar": False, "sentence": "Only a at d."}
    figures.heat(values, "ab", "cd", name="a", **more)
    (usual, _), (other, said) = kept
    assert said == "Only a at d."
    assert len(usual.axes) == 2 and len(other.axes) == 1
    assert [usual.axes[0].get_xlabel(), usual.axes[0].get_ylabel()] == ["step t", "row"]
    assert [other.axes[0].get_xlabel(), other.axes[0].get_ylabel()] == ["place", "letter"]


def test_lines_say_where_each_curve_goes() -> None:
    x = np.arange(3)
    said = figures.lines(x, {"up": x + 1.0, "down": 9.0 - x}, "time", "size", log=True).sentence
    assert said == "size against time: up goes from 1 to 3; down goes from 9 to 7."


def test_bars_say_which_is_largest() -> None:
    said = figures.bars("abc", {"one": np.array([1, 3, 2])}, y_label="share").sentence
    assert said == "share for 3 bars: one is largest at b (3)."


def test_bars_count_to_the_largest_where_a_label_comes_twice() -> None:
    said = repr(figures.bars("kol.o", {"c": np.array([0, 2, 1, 2, 2])}, y_label="memory"))
    assert said == "memory for 5 bars: c reaches its largest value, 2, at bar 2 (o)."


def test_lines_say_small_numbers_as_powers_of_ten() -> None:
    said = repr(figures.lines(np.arange(2), {"norm": np.array([1, 1.3e-14])}, "lag", "size"))
    assert said == "size against lag: norm goes from 1 to 1.3·10⁻¹⁴."


def test_a_grid_goes_on_with_amounts_and_not_with_kinds() -> None:
    values = np.array([[1, 0.5, 0.2]])
    amounts = figures.grid(values, ["GRU"], [0.1, 0.2, 0.3], "share right", "rate")
    assert repr(amounts) == "share right, from rate 0.1 to 0.3: GRU goes from 1.00 to 0.20."
    kinds = figures.grid(values, ["GRU"], ["kind", "alike", "parity"], "share right", "task")
    said = "share right, in the first column (kind) and the last (parity): GRU 1.00 and 0.20."
    assert repr(kinds) == said


@pytest.mark.parametrize("count", [1, 2, 3, 7, 12])
def test_bars_stand_side_by_side_around_their_label(monkeypatch, count: int) -> None:
    kept = []
    monkeypatch.setattr(figures, "Picture", lambda figure, said: kept.append(figure.axes[0]))
    groups = {f"group {i}": np.arange(3) + i + 1.0 for i in range(count)}
    figures.bars("abc", groups, y_label="share")
    (axes,) = kept
    assert axes.get_xticks().tolist() == [0, 1, 2]
    for place in range(3):
        bars = [container[place] for container in axes.containers]
        assert [bar.get_height() for bar in bars] == [place + i + 1 for i in range(count)]
        edges = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in bars]
        np.testing.assert_allclose(edges[0][0], place - 0.4, atol=1e-12)
        np.testing.assert_allclose(edges[-1][1], place + 0.4, atol=1e-12)
        for (_, right), (left, _) in zip(edges, edges[1:]):
            assert left == pytest.approx(right)
    looks = {(c[0].get_facecolor(), c[0].get_hatch()) for c in axes.containers}
    assert len(looks) == count


def test_points_are_not_joined_and_log_x_has_a_tick_at_each_x(monkeypatch) -> None:
    kept = []
    monkeypatch.setattr(figures, "Picture", lambda figure, said: kept.append(figure.axes[0]))
    x, curves = np.array([32, 64, 256]), {"some": np.ones(3), "chance": np.zeros(3)}
    figures.measured_lines(x, curves, "words", "share", "It is flat.", log_x=True, points=["some"])
    (axes,) = kept
    assert [line.get_linestyle() for line in axes.get_lines()] == ["None", "--"]
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "linear")
    assert [label.get_text() for label in axes.get_xticklabels()] == ["32", "64", "256"]


@pytest.mark.parametrize("points", [20, 60])
def test_curves_of_many_points_have_their_markers_in_turn(points, monkeypatch) -> None:
    kept = []
    monkeypatch.setattr(figures, "Picture", lambda figure, said: kept.append(figure.axes[0]))
    curves = {name: np.ones(points) for name in ("under", "between", "over")}
    figures.measured_lines(range(points), curves, "step", "share", "All are level.")
    turns = [line.get_markevery() or (0, 1) for line in kept[0].get_lines()]
    places = [set(range(points)[first::every]) for first, every in turns]
    assert all(len(place) >= 10 for place in places)
    assert len(set.union(*places)) == (points if points == 20 else sum(map(len, places)))


def test_pictures_differ_when_the_numbers_do() -> None:
    first, second = (
        figures.bars("abc", {"one": np.array(heights)}, y_label="share")
        for heights in ([1, 3, 2], [1, 3, 2.5])
    )
    assert first.png != second.png


def test_measured_lines_keep_the_given_sentence() -> None:
    def picture(times: list[float]) -> figures.Picture:
        x = np.array([10, 20])
        return figures.measured_lines(x, {"time": np.array(times)}, "T", "ms", "Time against T.")

    assert repr(picture([1.0, 2.0])) == "Time against T."
    assert picture([1.0, 2.0]).png != picture([1.0, 1.5]).png


@pytest.mark.parametrize("letter", ["i", "m", "0"])
def test_a_caption_stays_on_its_picture_whatever_its_letters(letter: str) -> None:
    sentence = " ".join([letter * 40, *["some words"] * 12, letter * 30])
    caption = figures.captioned(np.full((1, 640, 3), 255, np.uint8), sentence)[1:]
    assert caption.shape[1] == 640 and (caption[:, :600] < 128).any()
    assert (caption[:, -4:] == 255).all(), "a letter reaches the right side"
