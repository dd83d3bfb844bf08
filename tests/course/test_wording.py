"""Numbers and lists in words."""

import pytest

from rnn_helpers.course.wording import are, count, power_of_ten, side_by_side


def test_count_has_a_plural() -> None:
    assert [count(n, "letter") for n in (0, 1, 2)] == ["0 letters", "1 letter", "2 letters"]


def test_one_of_many_is_and_others_are() -> None:
    assert [are(n) for n in (0, 1, 2)] == ["are", "is", "are"]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "0"),
        (0.354, "0.354"),
        (-0.5, "-0.5"),
        (4.06e-7, "4.1·10⁻⁷"),
        (-4.06e-7, "-4.1·10⁻⁷"),
        (12345, "1.2·10⁴"),
        (float("inf"), "inf"),
        (float("nan"), "nan"),
    ],
)
def test_small_and_large_numbers_are_powers_of_ten(value: float, said: str) -> None:
    assert power_of_ten(value) == said


def test_side_by_side_keeps_columns_apart() -> None:
    table = side_by_side({"before": ["a", "b" * 40], "after": ["kol", "yi"]}, width=10)
    assert table.splitlines() == ["before    after", "a         kol", "bbbbbbbb  yi"]
