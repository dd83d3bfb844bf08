"""Every exercise: its solution is right, each mistake is known, other mistakes are named.

That its starter stands in its notebook is tested with the notebooks.
"""

import importlib
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import starters

from rnn_helpers.checking.compare import same
from rnn_helpers.checking.exercise import Exercise
from rnn_helpers.checking.feedback import State
from rnn_helpers.checking.guard import Outcome
from rnn_helpers.checking.known import Mistake, source_of
from rnn_helpers.lessons import catalogue

EXERCISES = [exercise for exercises in catalogue().values() for exercise in exercises]

SEEDS = range(20)

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


def with_arrays_as(kind: Callable, value: Any) -> Any:
    """Return a value with ``kind`` made of every array in it, through tuples and dicts."""
    if isinstance(value, tuple):
        return tuple(with_arrays_as(kind, part) for part in value)
    if isinstance(value, dict):
        return {key: with_arrays_as(kind, part) for key, part in value.items()}
    return kind(value) if isinstance(value, np.ndarray) and value.ndim else value


@pytest.mark.parametrize("kind", [np.asarray, list, tuple, np.ndarray.tolist])
@every_exercise
def test_an_answer_that_is_a_list_is_as_right_as_an_array(
    exercise: Exercise, kind: Callable
) -> None:
    answer = wrapped(exercise, lambda result, _: with_arrays_as(kind, result))
    result = exercise.check(answer)
    assert result.state == State.RIGHT, result


@every_exercise
def test_a_list_of_unequal_rows_gets_a_sentence(exercise: Exercise) -> None:
    result = exercise.check(wrapped(exercise, lambda *_: [[1.0], [1.0, 2.0]]))
    assert result.state not in (State.RIGHT, State.NOT_COMPLETED), result


@every_exercise
def test_each_mistake_gets_its_own_sentence_and_no_other(exercise: Exercise) -> None:
    """So no two mistakes do the same, and none does what the reference does."""
    sentences = list(exercise.mistakes.values())
    assert len(set(sentences)) == len(sentences) >= 3
    for mistake in exercise.known:
        result = exercise.check(mistake.function)
        assert result.state == State.KNOWN_MISTAKE, f"{mistake.says}\n{result}"
        assert result.says.startswith(mistake.says)


def _quotes(mistake: Mistake, text: str, reference: str) -> list[str]:
    """Return what a text quotes of the reference that does not stand in the mistake itself."""
    wrong = "".join(source_of(mistake.function).split())
    spans = [span for span in re.findall(r"`([^`]+)`", text) if re.search(r"[-+*/@\[(=<>&]", span)]
    bare = {span: "".join(span.split()) for span in spans}
    return [s for s, b in bare.items() if len(b) > 3 and b in reference and b not in wrong]


@every_exercise
def test_no_sentence_gives_the_line_away_the_first_time(exercise: Exercise) -> None:
    reference = "".join(source_of(exercise.reference).split())
    for mistake in exercise.known:
        assert not _quotes(mistake, mistake.says, reference), mistake.says


@pytest.fixture
def no_hint_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    for exercise in EXERCISES:  # they are the same for all tests of a process
        monkeypatch.setattr(exercise, "_hints_shown", 0)


@pytest.mark.usefixtures("no_hint_shown")
@every_exercise
def test_hints_come_in_order_and_end(exercise: Exercise) -> None:
    assert len(exercise.hints) >= 2
    said = [exercise.hint().says for _ in range(len(exercise.hints) + 1)]
    assert said[:-1] == list(exercise.hints)
    assert "solution()" in said[-1]


@every_exercise
def test_every_check_deals_what_a_mistake_could_hide_behind(exercise: Exercise) -> None:
    for seed in SEEDS:
        cases = exercise.inputs(seed)
        for words, holds in exercise.deals.items():
            assert any(holds(**case) for case in cases), f"{words}, seed {seed}"


@every_exercise
def test_the_same_seed_deals_the_same_and_another_one_something_else(exercise: Exercise) -> None:
    once, again, other = exercise.inputs(5), exercise.inputs(5), exercise.inputs(6)
    for one, two in zip(once, again, strict=True):
        for name, value in one.items():
            assert callable(value) or same(value, two[name]), name
    assert any(not same(one, two) for one, two in zip(once, other, strict=False))


@every_exercise
def test_some_call_has_sizes_that_all_differ(exercise: Exercise) -> None:
    for seed in SEEDS[:5]:
        sizes = [exercise.sizes(case, _right(exercise, case)) for case in exercise.inputs(seed)]
        assert any(len(set(call.values())) == len(call) for call in sizes), sizes


@every_exercise
def test_no_number_and_no_size_is_alike_in_all_calls(exercise: Exercise) -> None:
    """Else an answer that has it written in, where it should use the argument, would pass."""
    for seed in SEEDS[:5]:
        values: dict[str, set[float]] = {}
        for case in exercise.inputs(seed):
            numbers = {name: value for name, value in case.items() if _is_number(value)}
            for name, value in (numbers | exercise.sizes(case, _right(exercise, case))).items():
                values.setdefault(name, set()).add(float(value))
        alike = {name for name, seen in values.items() if len(seen) == 1}
        assert not alike, f"{alike} alike in all calls, seed {seed}"


def _right(exercise: Exercise, case: dict[str, Any]) -> Outcome:
    (outcome,) = exercise.outcomes(exercise.reference, [case])
    assert outcome.failure is None
    return outcome


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
