"""Change one argument at a time, so that it shows which of them a function reacts to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

_rng_of = np.random.default_rng  # taken at import: a learner may replace it


def changed_inputs(inputs: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Walk the arguments: the name of each, and all inputs with that one changed."""
    for name, value in inputs.items():
        if isinstance(value, Mapping):
            for key, entry in value.items():
                other = _changed(entry)
                if other is not None:
                    yield f"{name}[{key!r}]", dict(inputs) | {name: dict(value) | {key: other}}
        else:
            other = _changed(value)
            if other is not None:
                yield name, dict(inputs) | {name: other}


def _changed(value: Any) -> Any:
    """Return another value of the same kind, size, sign and range, or None if there is none."""
    if isinstance(value, np.random.Generator):
        return _rng_of(12345)
    if isinstance(value, (bool, str)) or callable(value) or value is None:
        return None
    if isinstance(value, (int, np.integer)):
        return value + 1
    if isinstance(value, (list, tuple)):
        return _changed_list(value)
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        return None
    return _changed_array(array)


def _changed_array(array: np.ndarray) -> Any:
    if array.dtype.kind == "f":
        shares = _rng_of(7).uniform(0.6, 0.95, array.shape)
        other = array * shares
        return float(other) if array.ndim == 0 else other
    other = np.roll(array, 1, axis=0) if array.ndim else array
    return None if np.array_equal(other, array) else other


def _changed_list(value: list | tuple) -> Any:
    other = [_changed(entry) for entry in value]
    return None if not other or any(entry is None for entry in other) else type(value)(other)
