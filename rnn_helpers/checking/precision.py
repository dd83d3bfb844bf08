"""How exact an answer can be that calculates with ``float32``, which holds about seven digits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from rnn_helpers.checking.trial import Call

_ROUNDING = float(np.finfo(np.float32).eps)
_STEPS = 8  # roundings that may add up
_SEEN = 1e-6  # a relative difference that is worth a remark


def tolerance(call: Call) -> float:
    """Return the error that rounding can make in a ``float32`` result, or 0 for any other.

    It is relative to the largest number of the result. What is rounded is as large as the largest
    number handed in: the exponential of a rounded 100 is off by 100 roundings.
    """
    if not _is_single(call.got.value):
        return 0.0
    largest = max(map(_largest, call.inputs.values()), default=0.0)
    return _ROUNDING * max(_STEPS, largest)


def remark(call: Call) -> str:
    """Return a word on the digits that ``float32`` has lost, if they can be seen."""
    if not _is_single(call.got.value) or not _seen(call.expected.value, call.got.value):
        return ""
    return "(`float32` holds seven digits: the last of them differ, by rounding alone.)"


def _parts(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        value = tuple(value.values())
    if isinstance(value, tuple):
        for part in value:
            yield from _parts(part)
    else:
        yield value


def _is_single(value: Any) -> bool:
    return any(map(_is_float32, _parts(value)))


def _is_float32(value: Any) -> bool:
    return isinstance(value, (np.ndarray, np.generic)) and value.dtype == np.float32


def _largest(value: Any) -> float:
    numbers = isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.size
    return float(np.abs(value).max()) if numbers else 0.0


def _seen(expected: Any, got: Any) -> bool:
    pairs = zip(_parts(expected), _parts(got), strict=False)
    return any(
        np.shape(one) == np.shape(other)
        and np.size(one) > 0
        and np.abs(np.subtract(one, other, dtype=float)).max() > _SEEN * np.abs(one).max()
        for one, other in pairs
        if _is_float32(other)
    )
