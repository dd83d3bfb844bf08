"""One place that validates. Every check raises before any work is done.

A message is one sentence: the argument, what was expected, what came.
"""

from collections.abc import Mapping

import numpy as np

DTYPES = (np.float32, np.float64, np.complex128)
Seed = np.random.Generator | int  # what ``generator`` takes


def dtype_of(dtype: object) -> np.dtype:
    """Return ``dtype`` as a NumPy dtype: float32, float64, or complex128 (for complex steps)."""
    try:
        known = None if dtype is None else np.dtype(dtype)  # NumPy would read None as float64
    except TypeError:
        known = None
    if known not in DTYPES:
        raise ValueError(f"dtype must be float32, float64 or complex128, got {dtype!r}")
    return known


def size(name: str, value: int) -> int:
    """Return a size such as n_a: a whole number, 1 or more."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"{name} must be a whole number, got {value!r}")
    if value < 1:
        raise ValueError(f"{name} must be 1 or more, got {value}")
    return int(value)


def number(name: str, value: float) -> float:
    """Return a finite real number."""
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise TypeError(f"{name} must be a number, got {value!r}")
    if not np.isfinite(value):
        raise ValueError(f"{name} must be a finite number, got {value}")
    return float(value)


def positive(name: str, value: float) -> float:
    """Return a finite real number above zero."""
    if number(name, value) <= 0:
        raise ValueError(f"{name} must be a finite number above 0, got {value}")
    return float(value)


def fraction(name: str, value: float) -> float:
    """Return a number from 0 up to, but not including, 1."""
    if not 0 <= number(name, value) < 1:
        raise ValueError(f"{name} must be from 0 up to, but not including, 1, got {value}")
    return float(value)


def choice(name: str, value: str, options: tuple[str, ...]) -> str:
    """Return ``value`` if it is one of ``options``."""
    if value not in options:
        raise ValueError(f"{name} must be one of {', '.join(options)}, got {value!r}")
    return value


def generator(rng: object) -> np.random.Generator:
    """Return ``rng``; a whole number seeds a new generator."""
    if isinstance(rng, np.random.Generator):
        return rng
    if isinstance(rng, (int, np.integer)) and not isinstance(rng, bool) and rng >= 0:
        return np.random.default_rng(rng)
    raise TypeError(f"rng must be a numpy.random.Generator or a seed, got {rng!r}")


def array(
    name: str,
    value: object,
    shape: str,
    sizes: Mapping[str, int],
    dtype: np.dtype,
    finite: bool = True,
) -> np.ndarray:
    """Return ``value`` as an array of ``dtype`` whose shape matches.

    ``shape`` names the axes, ``"T n_x m"``. An axis named in ``sizes`` must have that size, and any
    other axis must hold at least one entry. ``finite=False`` lets NaN and infinity pass: a gradient
    that has exploded is something to measure, not a mistake in the call.
    """
    axes = shape.split()
    given = numeric(name, value)
    _check_shape(name, given, axes, sizes)
    if 0 in given.shape:
        raise ValueError(f"{name} must hold at least one entry along every axis, got {given.shape}")
    if given.dtype.kind == "c" and dtype.kind != "c":
        raise TypeError(f"{name} must hold real numbers ({dtype}), got {given.dtype}")
    cast = given if given.dtype == dtype else _cast(given, dtype)
    if finite and not np.isfinite(cast).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(cast))[0])
        raise ValueError(
            f"{name} must hold finite numbers ({cast.dtype}), got {given[where]} at index {where}"
        )
    return cast


def tokens(
    name: str, value: object, n_x: int, shape: str = "T m", sizes: Mapping[str, int] | None = None
) -> np.ndarray:
    """Return ``value`` as an integer array of tokens, each from 0 to n_x - 1."""
    axes, sizes = shape.split(), sizes or {}
    given = numeric(name, value)
    if given.size == 0:
        raise ValueError(f"{name} must hold at least one token, got {given.shape}")
    if given.dtype.kind not in "iu":
        raise TypeError(f"{name} must hold whole numbers (tokens), got {given.dtype}")
    _check_shape(name, given, axes, sizes)
    low, high = given.min(), given.max()
    if low < 0 or high >= n_x:
        raise ValueError(
            f"{name} must hold tokens from 0 to {n_x - 1}, got {low if low < 0 else high}"
        )
    return given.astype(np.intp, copy=False)  # what NumPy indexes with


def token_row(name: str, value: object) -> np.ndarray:
    """Return ``value`` as an integer array (T,) of tokens from any alphabet. It may be empty."""
    given = numeric(name, value)
    if given.ndim != 1:
        raise ValueError(f"{name} must be (T,), got {given.shape}")
    if given.size > 0 and given.dtype.kind not in "iu":
        raise TypeError(f"{name} must hold whole numbers (tokens), got {given.dtype}")
    return given.astype(int, copy=False)


def mask(value: object, shape: tuple[int, int]) -> np.ndarray | None:
    """Return ``value`` as a boolean array (T, m) with at least one True, or None."""
    if value is None:
        return None
    given = numeric("mask", value)
    if given.shape != shape:
        raise ValueError(f"mask must be (T, m) = {shape}, got {given.shape}")
    if given.dtype != bool and not np.isin(given, (0, 1)).all():
        other = given[~np.isin(given, (0, 1))][0]
        raise ValueError(f"mask must hold only True and False (or 1 and 0), got {other}")
    if not given.any():
        raise ValueError("mask must keep at least one entry, got none")
    return given.astype(bool)


def padding_known(mask: object, x_mask: object) -> None:
    """Raise if ``mask`` has columns that end early while ``x_mask`` does not say where x ends."""
    if mask is None or x_mask is not None:
        return
    counted = np.asarray(mask, bool)
    if (counted[:-1] & ~counted[1:]).any():
        raise ValueError(
            "x_mask must say where the columns of x end, since the model reads the last state or "
            "both ways and mask has columns that end early, got None (all True if x has no padding)"
        )


def ends(value: object, shape: tuple[int, int]) -> np.ndarray | None:
    """Return where each column of a mask (T, m) ends: the place of its last True, (m,), or None.

    Every column must begin with one True or more, and have nothing but False after its end.
    """
    given = mask(value, shape)
    if given is None:
        return None
    lengths = given.sum(axis=0)
    gaps = (given != (np.arange(shape[0])[:, None] < lengths)).any(axis=0) | (lengths == 0)
    if gaps.any():
        column = int(np.argmax(gaps))
        raise ValueError(
            "mask must be True up to the end of each column and False after it, "
            f"got {given[:, column].astype(int)} in column {column}"
        )
    return lengths - 1


def same_keys(name: str, value: Mapping, expected: Mapping) -> None:
    """Raise unless ``value`` has the keys of ``expected`` and arrays of the same shapes."""
    if not isinstance(value, Mapping):
        raise TypeError(f"{name} must be a dict of arrays, got {type(value).__name__}")
    if set(value) != set(expected):
        raise ValueError(f"{name} must have the keys {sorted(expected)}, got {sorted(value)}")
    for key, array_ in expected.items():
        if np.shape(value[key]) != array_.shape:
            raise ValueError(f"{name}[{key!r}] must be {array_.shape}, got {np.shape(value[key])}")


def numeric(name: str, value: object) -> np.ndarray:
    """Return ``value`` as an array of numbers or of True and False, of any shape."""
    try:
        given = np.asarray(value)
    except ValueError:
        raise TypeError(f"{name} must be an array, got rows of unequal length") from None
    if given.dtype.kind not in "biufc":
        raise TypeError(f"{name} must hold numbers, got {given.dtype}")
    return given


def _check_shape(name: str, given: np.ndarray, axes: list[str], sizes: Mapping[str, int]) -> None:
    if given.ndim != len(axes) or any(
        n != sizes.get(axis, n) for n, axis in zip(given.shape, axes, strict=False)
    ):
        raise ValueError(f"{name} must be {_expected(axes, sizes)}, got {given.shape}")


def _cast(given: np.ndarray, dtype: np.dtype) -> np.ndarray:
    with np.errstate(over="ignore"):  # a number too large for float32 is infinite there
        return given.astype(dtype)


def _expected(axes: list[str], sizes: Mapping[str, int]) -> str:
    text = f"({', '.join(axes)})"
    known = [
        f"{axis} = {sizes[axis]}" for axis in axes if axis in sizes and axis != str(sizes[axis])
    ]
    return text + (f" with {', '.join(known)}" if known else "")
