"""Every exercise: the reference passes, the starter is a starter, each mistake is known."""

import ast
import importlib
import inspect
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from IPython.core.inputtransformer2 import TransformerManager

from rnn_helpers.checking.exercise import Exercise
from rnn_helpers.checking.feedback import State
from rnn_helpers.lessons import catalogue

ROOT = Path(__file__).resolve().parents[2]
EXERCISES = [(notebook, one) for notebook, found in catalogue().items() for one in found]

every_exercise = pytest.mark.parametrize(
    ("notebook", "exercise"), EXERCISES, ids=[one.id for _, one in EXERCISES]
)


def started(exercise: Exercise) -> Callable:
    """Return the function that the untouched starter defines."""
    scope: dict[str, Any] = {"np": np}
    exec(exercise.starter, scope)
    return scope[exercise.name]


def at_hand(notebook: str, exercise: Exercise) -> dict[str, Any]:
    """Return the names that the notebook itself has defined above an exercise.

    The set-up cell is run, and of the others the imports, functions and classes: what they compute
    may take long, and a solution should not need it.
    """
    cells = nbformat.read(ROOT / "notebooks" / f"{notebook}.ipynb", as_version=4).cells
    sources = [cell.source for cell in cells if cell.cell_type == "code"]
    place = next(i for i, source in enumerate(sources) if exercise.starter in source)
    set_up, *others = (TransformerManager().transform_cell(each) for each in sources[:place])
    kinds = ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef
    lines = [line for each in others for line in ast.parse(each).body if isinstance(line, kinds)]
    scope: dict[str, Any] = {}
    exec(set_up, scope)
    for line in lines:
        with suppress(NameError):  # a default or a decorator that is computed
            exec(compile(ast.Module([line], type_ignores=[]), f"<{notebook}>", "exec"), scope)
    return scope


def wrapped(exercise: Exercise, change: Callable) -> Callable:
    """Return the reference with ``change(answer, arguments)`` done to what it returns."""

    def answer(*args, **kwargs):
        bound = exercise.signature.bind(*args, **kwargs)
        return change(exercise.reference(*bound.args, **bound.kwargs), bound.arguments)

    answer.__signature__ = exercise.signature
    return answer


@every_exercise
def test_reference_is_right(notebook: str, exercise: Exercise) -> None:
    result = exercise.check(exercise.reference)
    assert result.state == State.RIGHT, result


@every_exercise
def test_starter_is_not_attempted_and_takes_what_the_reference_takes(
    notebook: str, exercise: Exercise
) -> None:
    function = started(exercise)
    assert exercise.check(function).state == State.NOT_ATTEMPTED
    names = [p.name for p in exercise.signature.parameters.values()]
    assert [p.name for p in inspect.signature(function).parameters.values()] == names


@every_exercise
def test_each_mistake_gets_its_own_sentence_and_no_other(notebook: str, exercise: Exercise) -> None:
    sentences = [mistake.says for mistake in exercise.mistakes]
    assert len(set(sentences)) == len(sentences) >= 3
    for mistake in exercise.mistakes:
        result = exercise.check(mistake.applied_to(exercise.reference))
        assert result.state == State.KNOWN_MISTAKE, f"{mistake.says}\n{result}"
        assert result.says.startswith(mistake.says)


@every_exercise
def test_mistakes_and_the_reference_all_do_something_else(
    notebook: str, exercise: Exercise
) -> None:
    inputs = exercise.inputs()
    functions = [exercise.reference] + [m.applied_to(exercise.reference) for m in exercise.mistakes]
    outcomes = [exercise.outcomes(function, inputs) for function in functions]
    for i, some in enumerate(outcomes):
        for others in outcomes[i + 1 :]:
            assert not exercise.alike(some, others)


@every_exercise
def test_solution_is_right_when_typed_in(notebook: str, exercise: Exercise) -> None:
    scope = dict(exercise.reference.__globals__)
    exec(exercise.solution_source(), scope)
    assert exercise.check(scope[exercise.name]).state == State.RIGHT


@every_exercise
def test_solution_runs_where_the_learner_is(notebook: str, exercise: Exercise) -> None:
    scope = at_hand(notebook, exercise)
    exec(exercise.solution_source(), scope)
    result = exercise.check(scope[exercise.name])
    assert result.state == State.RIGHT, f"in {notebook}, above the exercise: {result}"


@every_exercise
def test_hints_come_in_order_and_end(notebook: str, exercise: Exercise) -> None:
    assert len(exercise.hints) >= 2
    said = [exercise.hint().says for _ in range(len(exercise.hints) + 1)]
    assert said[:-1] == list(exercise.hints)
    assert "solution()" in said[-1]


@every_exercise
def test_axes_have_sizes_that_differ(notebook: str, exercise: Exercise) -> None:
    for case in exercise.inputs():
        (outcome,) = exercise.outcomes(exercise.reference, [case])
        sizes = exercise.sizes(case, outcome)
        assert len(set(sizes.values())) == len(sizes), sizes


# What an exercise may leave alike in all its checks, and why.
MAY_STAY: dict[str, dict[str, str]] = {}


@every_exercise
def test_no_number_and_no_size_is_alike_in_all_checks(notebook: str, exercise: Exercise) -> None:
    """Else an answer that has it written in, where it should use the argument, would pass."""
    cases = exercise.inputs()
    outcomes = exercise.outcomes(exercise.reference, cases)
    numbers = [{name: value for name, value in case.items() if _is_number(value)} for case in cases]
    sizes = [exercise.sizes(*each) for each in zip(cases, outcomes, strict=True)]
    whys = MAY_STAY.get(exercise.id, {})
    for found in (numbers, sizes):
        alike = {name for name in found[0] if len({float(each[name]) for each in found}) == 1}
        assert alike <= set(whys), f"{alike - set(whys)} alike in all checks: {found}"


def _is_number(value: Any) -> bool:
    is_array = isinstance(value, np.ndarray | np.generic)
    return isinstance(value, int | float) or (is_array and value.ndim == 0)


@every_exercise
def test_generic_mistakes_are_named(notebook: str, exercise: Exercise) -> None:
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


@every_exercise
def test_changing_an_input_is_noticed(notebook: str, exercise: Exercise) -> None:
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


def _is_array(exercise: Exercise) -> bool:
    (outcome,) = exercise.outcomes(exercise.reference, exercise.inputs()[:1])
    return isinstance(outcome.value, np.ndarray) and outcome.value.dtype.kind == "f"


@every_exercise
def test_prompt_and_starter_stand_in_the_notebook(notebook: str, exercise: Exercise) -> None:
    cells = nbformat.read(ROOT / "notebooks" / f"{notebook}.ipynb", as_version=4).cells
    assert exercise.prompt in [cell.source for cell in cells if cell.cell_type == "markdown"]
    last = f"exercises.{exercise.name}.check({exercise.name})"
    assert f"{exercise.starter}\n\n\n{last}" in [
        cell.source for cell in cells if cell.cell_type == "code"
    ]


@every_exercise
def test_name_is_the_name_in_its_file(notebook: str, exercise: Exercise) -> None:
    module = importlib.import_module(exercise.reference.__module__)
    assert getattr(module, exercise.name) is exercise
    assert notebook == module.NOTEBOOK


def test_an_endless_loop_in_any_exercise_is_stopped() -> None:
    _, exercise = EXERCISES[0]

    def answer(token, n_x):
        while True:
            pass

    begin, seconds = time.monotonic(), exercise.seconds
    exercise.seconds = 0.3
    try:
        result = exercise.check(answer)
    finally:
        exercise.seconds = seconds
    assert result.state == State.STOPPED
    assert time.monotonic() - begin < 5
