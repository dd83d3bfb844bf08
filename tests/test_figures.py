"""The static figures: what they refuse, what they say, and that their text fits."""

import numpy as np
import pytest

from rnn_helpers import figures


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


def test_lines_say_where_each_curve_goes() -> None:
    x = np.arange(3)
    said = figures.lines(x, {"up": x + 1.0, "down": 9.0 - x}, "time", "size", log=True).sentence
    assert said == "size against time: up goes from 1 to 3; down goes from 9 to 7."


def test_bars_say_which_is_largest() -> None:
    said = figures.bars("abc", {"one": np.array([1, 3, 2])}, y_label="share").sentence
    assert said == "share for 3 bars: one is largest at b (3)."


def test_pictures_differ_when_the_numbers_do() -> None:
    first, second = (
        figures.bars("abc", {"one": np.array(heights)}, y_label="share")
        for heights in ([1, 3, 2], [1, 3, 2.5])
    )
    assert first.png != second.png
