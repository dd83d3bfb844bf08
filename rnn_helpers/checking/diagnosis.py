"""Put into one sentence how an answer differs from the reference."""

from __future__ import annotations

import itertools
import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnn_helpers.checking.compare import differing, is_numeric, same
from rnn_helpers.checking.feedback import State
from rnn_helpers.checking.guard import Failure, Outcome

Axes = tuple[str, ...]  # the names of the axes of an array
Names = deque[tuple[str, Axes]]  # the returned parts not yet paired

_INDEX_WORDS = {
    "T": "t =",
    "L": "layer",
    "m": "example",
    "n_a": "unit",
    "n_x": "feature",
    "n_y": "output",
}


@dataclass(frozen=True)
class Task:
    """What a diagnosis needs to know of the exercise and of one call."""

    name: str
    returns: Mapping[str, Axes]
    tolerance: float
    seconds: float
    inputs: Mapping[str, Any]
    sizes: Mapping[str, int]  # of each named axis


@dataclass(frozen=True)
class Problem:
    """What is wrong with an answer, as a state and a sentence."""

    state: State
    says: str


@dataclass(frozen=True)
class Part:
    """One part of an answer beside the part expected."""

    name: str
    axes: Axes
    expected: Any
    got: Any

    def numbers(self) -> tuple[np.ndarray, np.ndarray]:
        """Return both as arrays: (expected, got)."""
        return np.asarray(self.expected), np.asarray(self.got)


class _WrongTypeError(Exception):
    """Carries the sentence."""


def find_problem(task: Task, expected: Outcome, got: Outcome) -> Problem | None:
    """Return the first problem of an answer, in the order in which it is best mended, or None."""
    if got.failure:
        return _failure_problem(task, got.failure)
    try:
        names = deque(task.returns.items())
        parts = list(_pair(expected.value, got.value, names, f"`{task.name}` returned"))
    except _WrongTypeError as problem:
        return Problem(State.WRONG_TYPE, str(problem))
    numeric = [part for part in parts if is_numeric(part.expected)]
    for part in numeric:
        if np.shape(part.expected) != np.shape(part.got):
            return Problem(State.WRONG_SHAPE, _shape_sentence(part))
    for part in numeric:
        if says := _not_finite_sentence(part):
            return Problem(State.NOT_FINITE, says)
    if expected.changed.keys() != got.changed.keys():
        return Problem(State.CHANGED_INPUT, _changed_sentence(task, expected, got))
    for name in expected.changed:
        parts.extend(_leaves(name, expected.changed[name], got.changed[name]))
    return _difference(task, parts)


# --- it did not return ---------------------------------------------------------------------------


def _failure_problem(task: Task, failure: Failure) -> Problem:
    at = f" at {failure.where}" if failure.where else ""
    if failure.kind == "interrupted":
        says = f"you stopped the check of `{task.name}`{at}. Run the cell again to repeat it."
        return Problem(State.INTERRUPTED, says)
    if failure.kind == "time":
        says = f"`{task.name}` was stopped after {task.seconds:g} s{at}."
        return Problem(State.STOPPED, f"{says} Is there a loop that never ends?")
    if failure.kind == "memory":
        detail = f": {failure.message}" if failure.message else ""
        says = f"`{task.name}` asked for more memory than it may have{at}{detail}."
        return Problem(State.STOPPED, f"{says} Is an array larger than you mean it to be?")
    advice = _product_advice(task, failure) + _shapes_of_inputs(task, failure)
    return Problem(State.RAISED, error_sentence(task.name, failure) + advice)


def error_sentence(name: str, failure: Failure) -> str:
    """Name the error an answer stopped with, and the learner's own line."""
    at = f" at {failure.where}," if failure.where else ""
    if failure.type == "RecursionError":
        return f"`{name}` calls itself without end{at.rstrip(',')} (RecursionError)."
    message = f": {failure.message}" if failure.message else ""
    return f"`{name}` stopped{at} with {failure.type}{message.rstrip('.')}."


def _product_advice(task: Task, failure: Failure) -> str:
    """Name the two sizes that do not meet in a matrix product."""
    sizes = re.match(r"matmul:.*size (\d+) is different from (\d+)", failure.message)
    if sizes is None:
        return ""
    names = {size: f"{name} = {size}" for name, size in task.sizes.items()}
    rows, columns = (names.get(int(size), size) for size in sizes.groups())
    return f" In `@` the left factor has {columns} columns, but the right one has {rows} rows."


def _shapes_of_inputs(task: Task, failure: Failure) -> str:
    shapes = {name: v.shape for name, v in task.inputs.items() if isinstance(v, np.ndarray)}
    if failure.type not in ("ValueError", "IndexError") or not shapes:
        return ""
    listed = ", ".join(f"`{name}` {shape}" for name, shape in shapes.items())
    return f" The inputs had these shapes: {listed}."


# --- it returned something of the wrong type -----------------------------------------------------


def _pair(expected: Any, got: Any, names: Names, subject: str) -> Iterator[Part]:
    """Walk both values side by side and yield the parts; a wrong type raises."""
    if got is None and expected is not None and subject.endswith("returned"):
        raise _WrongTypeError(f"{subject} nothing: is there a `return`?")
    if got is Ellipsis:
        raise _WrongTypeError(f"{subject} `...`, a placeholder: write your answer in its place.")
    if isinstance(expected, tuple):
        yield from _pair_tuple(expected, got, names, subject)
    elif isinstance(expected, Mapping):
        yield from _pair_dict(expected, got, names, subject)
    elif expected is not None:  # None: the exercise is about the inputs it changes
        name, axes = names.popleft()
        part = Part(name, axes, expected, got)
        _check_type(part, subject if subject.endswith("returned") else f"`{name}` is")
        yield part


def _pair_tuple(expected: tuple, got: Any, names: Names, subject: str) -> Iterator[Part]:
    if not isinstance(got, (tuple, list)) or len(got) != len(expected):
        wanted = f"{len(expected)} values, {_outline(expected, names.copy())}"
        raise _WrongTypeError(f"{subject} {_kind(got)}, expected {wanted}.")
    for expected_value, got_value in zip(expected, got, strict=True):
        yield from _pair(expected_value, got_value, names, "one of the returned values is")


def _pair_dict(expected: Mapping, got: Any, names: Names, subject: str) -> Iterator[Part]:
    keys = ", ".join(f"`{key}`" for key in expected)
    if not isinstance(got, Mapping):
        raise _WrongTypeError(f"{subject} {_kind(got)}, expected a dict with the keys {keys}.")
    if expected.keys() != got.keys():
        got_keys = ", ".join(f"`{key}`" for key in got) or "none at all"
        raise _WrongTypeError(f"{subject} a dict with the keys {got_keys}, expected {keys}.")
    for key in expected:
        yield from _pair(expected[key], got[key], names, f"`{key}` is")


def _outline(expected: Any, names: Names) -> str:
    """Write the parts of a value as they stand after ``return``."""
    if isinstance(expected, tuple):
        return f"({', '.join(_outline(value, names) for value in expected)})"
    if isinstance(expected, Mapping):
        for value in expected.values():
            _outline(value, names)
        return "a dict"
    return f"`{names.popleft()[0]}`"


def _check_type(part: Part, subject: str) -> None:
    if is_numeric(part.expected):
        fits = is_numeric(part.got)
    elif isinstance(part.expected, list):
        fits = isinstance(part.got, (list, tuple, np.ndarray))
    else:
        fits = isinstance(part.got, type(part.expected))
    if not fits:
        wanted = _wanted(part) + "." + _type_advice(part)
        raise _WrongTypeError(f"{subject} {_kind(part.got)}, expected {wanted}")


def _kind(value: Any) -> str:
    if isinstance(value, (tuple, list)):
        count = f"{len(value)} value{'' if len(value) == 1 else 's'}"
        return f"a {type(value).__name__} of {count}"
    if is_numeric(value):
        return f"an array of shape {value.shape}" if np.ndim(value) else "a number"
    if isinstance(value, np.ndarray):
        return "an array that does not hold numbers"
    if value is None or isinstance(value, (str, Mapping)):
        return {"NoneType": "None", "str": "a string"}.get(type(value).__name__, "a dict")
    return "a function" if callable(value) else f"a value of type {type(value).__name__}"


def _wanted(part: Part) -> str:
    if is_numeric(part.expected):
        return f"an array of shape {_named_shape(part)}" if part.axes else "a single number"
    return _kind(part.expected)


def _type_advice(part: Part) -> str:
    got = part.got
    if isinstance(got, tuple) and len(got) == 1:
        return " Is there a comma too many at the end of a line?"
    if isinstance(got, list) and got and np.ndim(part.expected):
        joins = "stack" if any(isinstance(entry, np.ndarray) for entry in got) else "array"
        return f" `np.{joins}` turns a list into one array."
    return ""


# --- it has the wrong shape ----------------------------------------------------------------------


def _named_shape(part: Part) -> str:
    shape = np.shape(part.expected)
    if len(part.axes) != len(shape):
        return str(shape)
    comma = "," if len(shape) == 1 else ""
    return f"({', '.join(part.axes)}{comma}) = {shape}"


def _shape_sentence(part: Part) -> str:
    wanted = _named_shape(part) if np.ndim(part.expected) else "a single number"
    advice = _shape_advice(part)
    got = np.shape(part.got)
    return f"`{part.name}` has the wrong shape: got {got}, expected {wanted}.{advice}"


def _shape_advice(part: Part) -> str:
    got, expected = np.shape(part.got), np.shape(part.expected)
    if got == expected[::-1]:
        return " It looks transposed."
    if sorted(got) == sorted(expected):
        return " The axes are all there, in another order."
    if len(got) == len(expected) + 1 and tuple(n for n in got if n != 1) == expected:
        return " There is an axis of length 1 too many."
    for axis, name in enumerate(part.axes[: len(expected)]):
        before, size, after = expected[:axis], expected[axis], expected[axis + 1 :]
        if got == before + after and size == 1:
            return " The axis of length 1 is missing: `keepdims=True` keeps it."
        if got == before + after:
            return f" The axis {name} is missing."
        if got == (*before, 1, *after):
            return f" The axis {name} has shrunk to length 1."
        if name == "T" and got in ((*before, size - 1, *after), (*before, size + 1, *after)):
            return f" That is one step too {'few' if got[axis] < size else 'many'}."
    return ""


# --- it holds the wrong numbers ------------------------------------------------------------------


def _not_finite_sentence(part: Part) -> str:
    expected, got = part.numbers()
    bad = ~np.isfinite(got) & np.isfinite(expected)
    if not bad.any():
        return ""
    advice = "Is there a division by zero, a log of zero or an overflow?"
    if bad.ndim == 0:
        return f"`{part.name}` is {got}, not a finite number. {advice}"
    first = _at(part, np.argwhere(bad)[0])
    count = f"{bad.sum()} of its {bad.size} numbers {'is' if bad.sum() == 1 else 'are'} nan or inf"
    return f"`{part.name}` is not finite: {count}, the first{first}. {advice}"


def _changed_sentence(task: Task, expected: Outcome, got: Outcome) -> str:
    unwanted = [f"`{name}`" for name in got.changed if name not in expected.changed]
    if unwanted:
        return (
            f"your function changed {' and '.join(unwanted)}, which the caller still needs. Make "
            "a new array: `a = a + b` does, while `a += b` and `a[0] = b` write into the old one."
        )
    missing = " and ".join(f"`{name}`" for name in expected.changed if name not in got.changed)
    return f"`{task.name}` should change {missing} in place, and left it as it was."


def _leaves(name: str, expected: Any, got: Any) -> Iterator[Part]:
    if isinstance(expected, Mapping) and isinstance(got, Mapping) and expected.keys() == got.keys():
        for key in expected:
            yield from _leaves(f"{name}[{key!r}]", expected[key], got[key])
    else:
        yield Part(name, (), expected, got)


def _difference(task: Task, parts: list[Part]) -> Problem | None:
    agree = [_agree(part, task.tolerance) for part in parts]
    if all(agree):
        return None
    right = [f"`{part.name}`" for part, fine in zip(parts, agree, strict=True) if fine]
    lead = f"{' and '.join(right)} {'is' if len(right) == 1 else 'are'} right. " if right else ""
    return Problem(State.DIFFERENT, lead + _difference_sentence(task, parts[agree.index(False)]))


def _agree(part: Part, tolerance: float) -> bool:
    got = list(part.got) if isinstance(part.expected, list) else part.got
    return same(part.expected, got, tolerance)


def _difference_sentence(task: Task, part: Part) -> str:
    if not is_numeric(part.expected) or np.shape(part.expected) != np.shape(part.got):
        return f"`{part.name}` is {_short(part.got)}, expected {_short(part.expected)}."
    expected, got = part.numbers()
    wrong = differing(expected, got, task.tolerance)
    advice = _steps_advice(part, wrong) + _ratio_advice(task, expected, got)
    if expected.ndim == 0:
        yours, right = _numbers(got, expected)
        return f"`{part.name}` is {yours}, expected {right}{_inputs_in_full(task)}.{advice}"
    distance = np.where(wrong, np.abs(np.subtract(got, expected, dtype=complex)), 0.0)
    place = np.unravel_index(np.argmax(distance), distance.shape)
    yours, right = _numbers(got[place], expected[place])
    return (
        f"`{part.name}` has the right shape but other numbers: largest difference "
        f"{distance[place]:.2g}{_at(part, place)} "
        f"(yours {yours}, expected {right}).{advice}"
    )


def _inputs_in_full(task: Task) -> str:
    """Name the inputs if they are whole numbers and lists of them, so that one can try again."""
    numbers = []
    for value in task.inputs.values():
        numbers += value if isinstance(value, list) else [value]
    if not all(type(number) is int for number in numbers) or not 0 < len(numbers) <= 8:
        return ""
    return " for " + ", ".join(f"{name} = {value}" for name, value in task.inputs.items())


def _short(value: Any) -> str:
    text = repr(value).replace("`", "'")
    return f"`{text if len(text) <= 60 else text[:57] + '...'}`"


def _numbers(got: Any, expected: Any) -> tuple[str, str]:
    """Word two numbers with as many digits as it takes to tell them apart, at least three."""
    if {np.asarray(value).dtype.kind for value in (got, expected)} & set("fc"):
        for digits in range(3, 17):
            words = f"{got:.{digits}g}", f"{expected:.{digits}g}"
            if words[0] != words[1]:
                return words
    return str(got), str(expected)


def _at(part: Part, place: Any) -> str:
    """Word an index along the named axes, leaving out axes of length 1.

    Steps, units and examples are counted from 1, as the course does.
    """
    place = [int(index) for index in place]
    if len(part.axes) != len(place):
        return f" at {place}"
    if not all(axis == "1" or axis.isidentifier() for axis in part.axes):
        return f" at index {place[0] if len(place) == 1 else tuple(place)}"
    axes = zip(part.axes, place, strict=True)
    words = [
        f"{_INDEX_WORDS[axis]} {index + 1}" if axis in _INDEX_WORDS else f"{axis} {index}"
        for axis, index in axes
        if axis != "1"
    ]
    return f" at {', '.join(words)}" if words else ""


def _steps_advice(part: Part, wrong: np.ndarray) -> str:
    """Name the time steps that agree: they tell where in the scan an error enters."""
    if "T" not in part.axes or len(part.axes) != wrong.ndim:
        return ""
    others = tuple(axis for axis, name in enumerate(part.axes) if name != "T")
    right = [str(t + 1) for t in np.flatnonzero(~wrong.any(axis=others))]
    return f" It is right at t = {', '.join(right)}." if right else ""


def _ratio_advice(task: Task, expected: np.ndarray, got: np.ndarray) -> str:
    """Notice an answer that is the right one times a constant: a sign, a mean for a sum."""
    at_largest = np.unravel_index(np.argmax(np.abs(expected)), expected.shape)
    if expected[at_largest] == 0 or not np.isfinite(got[at_largest] / expected[at_largest]):
        return ""
    ratio = float(np.real(got[at_largest] / expected[at_largest]))
    if ratio == 0 or not same(expected * ratio, got, task.tolerance):
        return ""
    if np.isclose(ratio, -1, rtol=1e-6, atol=0):
        return " Only the sign is wrong."
    minus = "minus " if ratio < 0 else ""
    for text, number in _products(task.sizes):
        if np.isclose(abs(ratio), number, rtol=1e-6, atol=0):
            return f" It is {minus}{text} times what it should be: is a sum in place of a mean?"
        if np.isclose(abs(ratio) * number, 1, rtol=1e-6, atol=0):
            return f" It should be {minus}{text} times as large: is a mean in place of a sum?"
    return f" It is {ratio:.3g} times what it should be, everywhere." if expected.size > 1 else ""


def _products(sizes: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    named = [(name, size) for name, size in sizes.items() if size > 1]
    yield from ((f"{name} = {size}", size) for name, size in named)
    for (a, size_a), (b, size_b) in itertools.combinations(named, 2):
        yield f"{a}·{b} = {size_a * size_b}", size_a * size_b
