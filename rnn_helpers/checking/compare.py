"""Say whether two values agree, whatever they are: numbers, arrays, tuples, dicts, text.

``same`` is strict about the kind of value; ``as_expected`` makes of an answer's lists what they
count as.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np


def same(expected: Any, got: Any, tolerance: float = 0.0) -> bool:
    """Compare two values: the same structure, the same shapes, numbers within ``tolerance``.

    The tolerance is relative to the largest finite number of ``expected``. NaN agrees with NaN.
    """
    if is_numeric(expected) and is_numeric(got):
        expected, got = np.asarray(expected), np.asarray(got)
        if expected.shape != got.shape:
            return False
        return bool((expected == got).all()) or not differing(expected, got, tolerance).any()
    if expected is got:
        return True
    if type(expected) is not type(got):
        return False
    if isinstance(expected, Mapping):
        alike = expected.keys() == got.keys()
        return alike and all(same(expected[key], got[key], tolerance) for key in expected)
    if isinstance(expected, (list, tuple)):
        alike = len(expected) == len(got)
        return alike and all(map(same, expected, got, [tolerance] * len(expected)))
    return _same_object(expected, got, tolerance)


def is_numeric(value: Any) -> bool:
    """Say whether ``value`` is a number or an array of numbers."""
    if not isinstance(value, (np.ndarray, np.generic, bool, int, float, complex)):
        return False
    return np.asarray(value).dtype.kind in "biufc"


def differing(expected: np.ndarray, got: np.ndarray, tolerance: float) -> np.ndarray:
    """Mark where ``got`` leaves ``expected`` by more than ``tolerance`` times its largest value."""
    with np.errstate(all="ignore"):
        size = np.abs(np.where(np.isfinite(expected), expected, 0))
        scale = float(size.max(initial=0)) or 1.0
        near = np.abs(np.subtract(got, expected, dtype=_at_least_float(got, expected)))
        both_nan = np.isnan(expected) & np.isnan(got)
        return ~((near <= tolerance * scale) | (got == expected) | both_nan)


def as_expected(expected: Any, got: Any) -> Any:
    """Return ``got`` with arrays, tuples and lists in the places where ``expected`` has them.

    A list or a tuple of numbers counts as the array that it nearly is, and several values in a list
    as the tuple of them. A mapping becomes a dict. What cannot be taken so stays as it is; nothing
    is raised.
    """
    try:
        return _as_expected(expected, got)
    except Exception:  # a class of the learner's own may fail wherever it is looked at
        return got


def _as_expected(expected: Any, got: Any) -> Any:
    if isinstance(expected, tuple):
        got = list(got) if is_stack_of(expected, got) else got
        if not isinstance(got, (tuple, list)) or len(got) != len(expected):
            return got
        return tuple(map(_as_expected, expected, got))
    if isinstance(expected, Mapping):
        if not isinstance(got, Mapping) or expected.keys() != got.keys():
            return got
        return {key: _as_expected(expected[key], got[key]) for key in expected}
    if isinstance(expected, list):
        return list(got) if isinstance(got, (tuple, np.ndarray)) else got
    array = array_of(expected, got)
    return got if array is None else array


def is_stack_of(expected: tuple, got: Any) -> bool:
    """Say whether ``got`` is one array of all the values expected."""
    if not isinstance(got, np.ndarray):
        return False
    shapes = {np.shape(value) for value in expected if is_numeric(value)}
    return got.ndim > 0 and len(got) == len(expected) and shapes == {got.shape[1:]}


def array_of(expected: Any, got: Any) -> np.ndarray | None:
    """Return the array that a list or a tuple of numbers nearly is; None where it is not one."""
    listed = isinstance(got, (list, tuple)) and not isinstance(expected, (list, tuple))
    if not listed or not np.ndim(expected):
        return None
    try:
        array = np.array(got) if len(got) else np.array([], expected.dtype)
    except Exception:  # of unequal lengths, or an entry that no array can hold
        return None
    return array if is_numeric(array) and array.ndim == np.ndim(expected) else None


def _at_least_float(*arrays: np.ndarray) -> np.dtype:
    return np.result_type(np.float64, *(array.dtype for array in arrays))


def _same_object(expected: Any, got: Any, tolerance: float) -> bool:
    if isinstance(expected, np.random.Generator):  # drawing from it is what it is for
        return True
    attributes = _public_attributes(expected)
    if attributes is not None:
        return same(attributes, _public_attributes(got), tolerance)
    try:
        return bool(np.all(expected == got))
    except Exception:  # any type may come here, and some refuse to be compared
        return False


def _public_attributes(value: Any) -> dict[str, Any] | None:
    if dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value)]
    elif hasattr(value, "__dict__"):
        names = list(vars(value))
    else:
        return None
    return {name: getattr(value, name) for name in names if not name.startswith("_")}
