"""Walk a returned value beside the expected one; say in a sentence if type or shape differ."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from rnn_helpers.checking.compare import array_of, as_expected, is_numeric, is_stack_of
from rnn_helpers.checking.trial import Axes, Call, Part, Trial

Names = deque[tuple[str, Axes]]  # the returned parts not yet paired


class WrongTypeError(Exception):
    """Carries the sentence."""


def parts_of(trial: Trial, call: Call) -> list[Part]:
    """Return the parts of one returned value; a wrong type raises :class:`WrongTypeError`."""
    try:
        return _parts_of(trial, call)
    except WrongTypeError:
        raise
    except Exception as error:  # a class of the learner's own may fail wherever it is looked at
        says = f"something in what `{trial.name}` returned or changed cannot be compared"
        raise WrongTypeError(f"{says} ({type(error).__name__}).") from error


def _parts_of(trial: Trial, call: Call) -> list[Part]:
    names = deque(trial.returns.items())
    walk = _pair(call.expected.value, call.got.value, names, f"`{trial.name}` returned")
    parts = list(walk)
    for name in call.expected.changed:
        if name in call.got.changed:
            parts.extend(_changed(name, call.expected.changed[name], call.got.changed[name]))
    return parts


def _changed(name: str, expected: Any, got: Any) -> Iterator[Part]:
    if isinstance(expected, Mapping) and isinstance(got, Mapping) and expected.keys() == got.keys():
        for key in expected:
            yield from _changed(f"{name}[{key!r}]", expected[key], got[key])
    else:
        if is_numeric(expected):
            np.shape(got)  # what has none raises here, and not later where nobody awaits it
        yield Part(name, (), expected, got)


# --- the parts -----------------------------------------------------------------------------------


def _pair(expected: Any, got: Any, names: Names, subject: str) -> Iterator[Part]:
    if got is None and expected is not None and subject.endswith("returned"):
        raise WrongTypeError(f"{subject} nothing: is there a `return`?")
    if got is Ellipsis:
        raise WrongTypeError(f"{subject} `...`, a placeholder: write your answer in its place.")
    if isinstance(expected, tuple):
        yield from _pair_tuple(expected, got, names, subject)
    elif isinstance(expected, Mapping):
        yield from _pair_dict(expected, got, names, subject)
    elif expected is not None:  # None: the exercise is about the inputs it changes
        name, axes = names.popleft()
        part = _as_array(Part(name, axes, expected, got))
        _check_type(part, subject if subject.endswith("returned") else f"`{name}` is")
        yield part


def _pair_tuple(expected: tuple, got: Any, names: Names, subject: str) -> Iterator[Part]:
    remark = ""
    if is_stack_of(expected, got):
        remark = f"Several values are returned with commas between them: `return {_after(names)}`."
        got = list(got)
    if not isinstance(got, (tuple, list)) or len(got) != len(expected):
        wanted = f"{len(expected)} values, {_outline(expected, names.copy())}"
        raise WrongTypeError(f"{subject} {_kind(got)}, expected {wanted}.")
    for expected_value, got_value in zip(expected, got, strict=True):
        pairs = _pair(expected_value, got_value, names, "one of the returned values is")
        yield from (replace(part, remark=remark or part.remark) for part in pairs)


def _after(names: Names) -> str:
    return ", ".join(name for name, _ in names)


def _pair_dict(expected: Mapping, got: Any, names: Names, subject: str) -> Iterator[Part]:
    keys = ", ".join(f"`{key}`" for key in expected)
    if not isinstance(got, Mapping):
        raise WrongTypeError(f"{subject} {_kind(got)}, expected a dict with the keys {keys}.")
    if expected.keys() != got.keys():
        got_keys = ", ".join(f"`{key}`" for key in got) or "none at all"
        raise WrongTypeError(f"{subject} a dict with the keys {got_keys}, expected {keys}.")
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


def _as_array(part: Part) -> Part:
    """Take a list of numbers for the array that it nearly is, and a tuple of words for the list."""
    array = array_of(part.expected, part.got)
    if array is None:
        return replace(part, got=as_expected(part.expected, part.got))
    joins = "stack" if isinstance(part.got[0] if part.got else 0, np.ndarray) else "array"
    remark = (
        f"`{part.name}` is a list, which counts as right here: `np.{joins}` makes an array of it, "
        "for whatever comes next."
    )
    return replace(part, got=array, remark=remark)


# --- a wrong type --------------------------------------------------------------------------------


def _check_type(part: Part, subject: str) -> None:
    if is_numeric(part.expected):
        fits = is_numeric(part.got)
    elif isinstance(part.expected, list):
        fits = isinstance(part.got, (list, tuple, np.ndarray))
    else:
        fits = isinstance(part.got, type(part.expected))
    if not fits:
        wanted = _wanted(part) + "." + _type_advice(part)
        raise WrongTypeError(f"{subject} {_kind(part.got)}, expected {wanted}")


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
    if isinstance(got, (tuple, list)) and got and np.ndim(part.expected):
        return _list_advice(got)
    if isinstance(got, (tuple, list)) and got:
        return " Add up or pick, so that one number is left."
    if callable(got):
        return " Are the round brackets missing behind the name of a function?"
    if isinstance(got, str):
        return " Return the number itself, without quotes or `print`."
    return ""


def _list_advice(got: tuple | list) -> str:
    shapes = {np.shape(entry) for entry in got if isinstance(entry, np.ndarray)}
    if len(shapes) > 1:
        return " Its entries have unequal lengths, so they cannot become one array."
    return f" `np.{'stack' if shapes else 'array'}` turns a list into one array."


# --- a wrong shape -------------------------------------------------------------------------------


def _named_shape(part: Part) -> str:
    shape = np.shape(part.expected)
    if len(part.axes) != len(shape):
        return str(shape)
    comma = "," if len(shape) == 1 else ""
    return f"({', '.join(part.axes)}{comma}) = {shape}"


def shape_sentence(part: Part) -> str:
    """Say which shape came, and which one is expected."""
    wanted = _named_shape(part) if np.ndim(part.expected) else "a single number"
    return f"`{part.name}` has the wrong shape: got {np.shape(part.got)}, expected {wanted}."


def shape_advice(part: Part) -> str:
    """Say what may have happened to the shape; "" if it is not plain."""
    got, expected = np.shape(part.got), np.shape(part.expected)
    if not expected and len(got) == 1:
        return "There is a number for each of several, and one for all of them is asked for."
    if got == expected[::-1]:
        return "It looks transposed."
    if sorted(got) == sorted(expected):
        return "The axes are all there, in another order."
    if len(got) == len(expected) + 1 and tuple(n for n in got if n != 1) == expected:
        return "There is an axis of length 1 too many."
    for axis, name in enumerate(part.axes[: len(expected)]):
        if advice := _axis_advice(name, expected[:axis], expected[axis], expected[axis + 1 :], got):
            return advice
    lost = [name for name, size in zip(part.axes, expected, strict=False) if size not in got]
    rest = tuple(size for size in expected if size in got)
    if len(part.axes) == len(expected) and got == rest and len(lost) > 1 and got:
        names = " and ".join(lost)
        return f"The axes {names} are missing: something is added up or averaged over them."
    if got == ():
        return "One number came, and a number for each place is asked for."
    return ""


def _axis_advice(name: str, before: Axes, size: int, after: Axes, got: tuple[int, ...]) -> str:
    if got == before + after and size == 1:
        return "The axis of length 1 is missing: `keepdims=True` keeps it."
    if got == before + after:
        return f"The axis {name} is missing."
    if got == (*before, 1, *after):
        return f"The axis {name} has shrunk to length 1."
    if got == (*before, size - 1, *after):
        return f"That is one {_of_axis(name)} too few."
    if got == (*before, size + 1, *after):
        return f"That is one {_of_axis(name)} too many."
    return ""


def _of_axis(name: str) -> str:
    words = {"T": "step", "T_y": "step", "T + 1": "step", "T + d": "step", "m": "example"}
    return words.get(name, f"place along {name}")
