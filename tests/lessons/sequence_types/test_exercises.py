"""What only the exercises of 09_sequence_types need: the rest is in test_exercises.py."""

import math

import pytest

from rnn_helpers.checking.feedback import State
from rnn_helpers.lessons.sequence_types import exercises


def test_no_wrong_count_of_words_looks_like_a_sum_for_a_mean() -> None:
    """Of the words, any whole number may be right by mistake: none differs by a size."""
    for case in exercises.share_right.inputs():
        words = int(case["mask"].sum())
        right = round(exercises.share_right.reference(**case) * words)
        T, n_y, m = case["z"].shape
        sizes = {T, n_y, m, T * n_y, T * m, n_y * m}
        wrong = set(range(1, words + 1)) - {right}
        assert not {size * count for size in sizes for count in wrong} & {right}
        assert not {size * right for size in sizes} & wrong


@pytest.mark.parametrize("token", [[3], 3.0])
def test_a_step_that_is_given_no_whole_number_says_so(token) -> None:
    case = exercises.greedy.inputs()[0]
    with pytest.raises(TypeError, match="token must be a whole number, got an"):
        case["step"](token, case["state"])


def test_a_factor_with_all_the_digits_that_are_named_is_right() -> None:
    """The known mistake of a rounded factor names them."""

    def frequency(pitch):
        return 440 * 1.059463094 ** (pitch - 69)

    assert any("1.059463094… ." in says for says in exercises.frequency.mistakes.values())
    assert math.isclose(1.059463094**12, 2, rel_tol=1e-8)
    assert exercises.frequency.check(frequency).state == State.RIGHT
