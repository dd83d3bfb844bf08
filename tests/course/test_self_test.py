"""The self-test: answers that NumPy gives, a sentence for each option, nothing given away."""

import numpy as np
import pytest

from rnn_helpers.course.prediction import stored_answer
from rnn_helpers.course.self_test import ERROR, QUESTIONS, _agreeing, self_test, shape_of


def test_there_are_ten_questions_and_each_right_answer_is_an_option() -> None:
    assert len(QUESTIONS) == 10
    for question in QUESTIONS:
        assert question.right() in question.says
        assert len(question.says) >= 3
        assert len(set(question.says.values())) == len(question.says)


def test_right_answers_do_not_always_stand_at_one_place() -> None:
    places = [list(question.says).index(question.right()) for question in QUESTIONS]
    assert len(set(places)) >= 3


@pytest.mark.parametrize("number", range(10))
def test_every_option_answers_with_its_own_sentence(number: int) -> None:
    question, right = QUESTIONS[number], QUESTIONS[number].right()
    asked, answer = self_test()[number]
    assert answer.finding == f"Measured: {right.rstrip('.')}. {question.says[right]}"
    for option, says in question.says.items():
        asked.choose(option)
        assert answer.remark == ("You predicted just that." if option == right else says)


def test_nothing_is_given_away_before_a_choice() -> None:
    for _, answer in self_test():
        data, _ = answer._repr_mimebundle_()
        assert stored_answer(data["text/html"]) == answer.finding
        assert "Measured" not in data["text/plain"]


def test_a_shape_is_what_numpy_says() -> None:
    assert shape_of(lambda: np.ones((2, 3)) @ np.ones((3, 4))) == "(2, 4)"
    assert shape_of(lambda: np.ones((2, 3)) + np.ones(2)) == ERROR


def test_a_candidate_must_agree_in_numbers_and_in_shape() -> None:
    slopes = np.array([[1.0], [2.0]])
    assert _agreeing(slopes, {"turned": slopes.T, "right": slopes, "other": 2 * slopes}) == "right"
    with pytest.raises(ValueError):
        _agreeing(slopes, {"other": 2 * slopes})
