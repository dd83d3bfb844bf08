"""Every exercise: its solution is right, each mistake is known, other mistakes are named.

That its starter stands in its notebook is tested with the notebooks.
"""

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import starters

from rnn_helpers.checking.exercise import Exercise
from rnn_helpers.checking.feedback import State
from rnn_helpers.lessons import catalogue

EXERCISES = [exercise for exercises in catalogue().values() for exercise in exercises]

every_exercise = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)


def wrapped(exercise: Exercise, change: Callable) -> Callable:
    """Return the reference with ``change(answer, arguments)`` done to what it returns."""

    def answer(*args, **kwargs):
        bound = exercise.signature.bind(*args, **kwargs)
        return change(exercise.reference(*bound.args, **bound.kwargs), bound.arguments)

    answer.__signature__ = exercise.signature
    return answer


@every_exercise
def test_name_is_the_name_in_its_file(exercise: Exercise) -> None:
    module = importlib.import_module(exercise.reference.__module__)
    assert getattr(module, exercise.name) is exercise


@every_exercise
def test_solution_is_right_where_the_learner_is(exercise: Exercise) -> None:
    scope = starters.names_above(exercise)
    exec(exercise.solution_source(), scope)
    result = exercise.check(scope[exercise.name])
    assert result.state == State.RIGHT, result


@every_exercise
def test_each_mistake_gets_its_own_sentence_and_no_other(exercise: Exercise) -> None:
    """So no two mistakes do the same, and none does what the reference does."""
    sentences = list(exercise.mistakes.values())
    assert len(set(sentences)) == len(sentences) >= 3
    for wrong, says in exercise.wrong_answers():
        result = exercise.check(wrong)
        assert result.state == State.KNOWN_MISTAKE, f"{says}\n{result}"
        assert result.says.startswith(says)


@every_exercise
def test_hints_come_in_order_and_end(exercise: Exercise) -> None:
    assert len(exercise.hints) >= 2
    said = [exercise.hint().says for _ in range(len(exercise.hints) + 1)]
    assert said[:-1] == list(exercise.hints)
    assert "solution()" in said[-1]


@every_exercise
def test_axes_have_sizes_that_differ(exercise: Exercise) -> None:
    for case in exercise.inputs():
        (outcome,) = exercise.outcomes(exercise.reference, [case])
        sizes = exercise.sizes(case, outcome)
        assert len(set(sizes.values())) == len(sizes), sizes


@every_exercise
def test_no_number_and_no_size_is_alike_in_all_checks(exercise: Exercise) -> None:
    """Else an answer that has it written in, where it should use the argument, would pass."""
    cases = exercise.inputs()
    outcomes = exercise.outcomes(exercise.reference, cases)
    numbers = [{name: value for name, value in case.items() if _is_number(value)} for case in cases]
    sizes = [exercise.sizes(*call) for call in zip(cases, outcomes, strict=True)]
    for values in (numbers, sizes):
        alike = {name for name in values[0] if len({float(case[name]) for case in values}) == 1}
        assert not alike, f"{alike} alike in all checks: {values}"


def _is_number(value: Any) -> bool:
    is_array = isinstance(value, np.ndarray | np.generic)
    return isinstance(value, int | float) or (is_array and value.ndim == 0)


@every_exercise
def test_generic_mistakes_are_named(exercise: Exercise) -> None:
    nothing = exercise.check(wrapped(exercise, lambda result, _: None))
    in_place = exercise.returns == {}
    assert in_place or nothing.state in (State.WRONG_TYPE, State.KNOWN_MISTAKE), nothing
    raising = exercise.check(wrapped(exercise, lambda *_: [][1]))
    assert raising.state == State.RAISED
    assert "IndexError" in raising.says and "Traceback" not in raising.says
    if _is_array(exercise):
        missing = exercise.check(wrapped(exercise, lambda result, _: result * np.nan))
        assert missing.state in (State.NOT_FINITE, State.KNOWN_MISTAKE), missing
        other = exercise.check(wrapped(exercise, lambda result, _: 1.5 * result + 0.123))
        assert other.state == State.DIFFERENT, other
        wider = exercise.check(wrapped(exercise, lambda result, _: np.stack([result, result])))
        assert wider.state == State.WRONG_SHAPE, wider


def _is_array(exercise: Exercise) -> bool:
    (outcome,) = exercise.outcomes(exercise.reference, exercise.inputs()[:1])
    return isinstance(outcome.value, np.ndarray) and outcome.value.dtype.kind == "f"


@every_exercise
def test_changing_an_input_is_noticed(exercise: Exercise) -> None:
    arrays = [
        name
        for name, value in exercise.inputs()[0].items()
        if isinstance(value, np.ndarray) and value.dtype.kind == "f"
    ]
    if not arrays:
        pytest.skip("no array among the arguments")

    def spoil(result, arguments):
        arguments[arrays[0]][...] += 1
        return result

    assert exercise.check(wrapped(exercise, spoil)).state == State.CHANGED_INPUT
