"""One place that validates. Every check raises before any work is done.

A message is one sentence: the argument, what was expected, what came.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from math import inf, isfinite
from typing import Any, TypeVar

import numpy as np

MOST = 10**8  # a size beyond it is a slip of the pen, and would fill any memory
DTYPES = (np.float32, np.float64, np.complex128)
Seed = np.random.Generator | int  # what ``generator`` takes
Kind = TypeVar("Kind")


def shown(value: object) -> str:
    """Return what came in a few words: its repr if that is short, else its kind."""
    if isinstance(value, np.ndarray) and value.size > 4:
        return f"an array of shape {value.shape}"
    try:
        text = repr(value)
    except Exception:  # whoever wrote its class
        text = "\n"
    if "\n" in text or " at 0x" in text:
        return type(value).__name__
    return text if len(text) <= 200 else text[:200] + " …"


def dtype_of(dtype: object) -> np.dtype:
    """Return ``dtype`` as a NumPy dtype: float32, float64, or complex128 (for complex steps)."""
    named = isinstance(dtype, (str, type, np.dtype))  # NumPy would read None as float64
    try:
        known = np.dtype(dtype) if named else None
    except (TypeError, ValueError):
        known = None
    if known not in DTYPES:
        raise ValueError(f"dtype must be float32, float64 or complex128, got {shown(dtype)}")
    return known


def size(name: str, value: int) -> int:
    """Return a size such as n_a: a whole number, 1 or more."""
    if whole(name, value) < 1:
        raise ValueError(f"{name} must be 1 or more, got {value}")
    if value > MOST:
        raise ValueError(f"{name} must be at most {MOST:,}, got {shown(value)}")
    return int(value)


def whole(name: str, value: int) -> int:
    """Return a whole number of either sign."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"{name} must be a whole number, got {shown(value)}")
    return int(value)


def at_least_zero(name: str, value: int) -> int:
    """Return a whole number that may be 0."""
    if not 0 <= whole(name, value) <= MOST:
        raise ValueError(f"{name} must be from 0 to {MOST:,}, got {shown(value)}")
    return int(value)


def number(name: str, value: float, finite: bool = True) -> float:
    """Return a finite real number; with ``finite=False`` also NaN and infinity."""
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise TypeError(f"{name} must be a number, got {shown(value)}")
    try:
        real = float(value)
    except OverflowError:  # a whole number of more than 300 digits
        real = inf
    if finite and not isfinite(real):
        raise ValueError(f"{name} must be a finite number, got {shown(value)}")
    return real


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
    if not isinstance(value, str) or value not in options:
        raise ValueError(f"{name} must be one of {', '.join(options)}, got {shown(value)}")
    return value


def text(name: str, value: str) -> str:
    """Return ``value`` if it is a string."""
    return instance(name, value, str, "a string")


def flag(name: str, value: bool) -> bool:
    """Return ``value`` if it is True or False."""
    return bool(instance(name, value, (bool, np.bool_), "True or False"))


def function(name: str, value: Callable) -> Callable:
    """Return ``value`` if it can be called."""
    if not callable(value):
        raise TypeError(f"{name} must be a function, got {shown(value)}")
    return value


def instance(name: str, value: Kind, kind: type[Kind] | tuple[type, ...], said: str) -> Kind:
    """Return ``value`` if it is of a class; ``said`` is how the sentence calls it."""
    if not isinstance(value, kind):
        raise TypeError(f"{name} must be {said}, got {shown(value)}")
    return value


def iterable(name: str, value: Iterable) -> Iterable:
    """Return ``value`` if it is a list, a tuple, an array or a generator. Text is none of these."""
    single = isinstance(value, np.ndarray) and value.ndim == 0
    unordered = isinstance(value, (str, bytes, Mapping, set, frozenset))
    if unordered or single or isinstance(value, type) or not isinstance(value, Iterable):
        raise TypeError(f"{name} must be a list, got {shown(value)}")
    return value


def several(name: str, value: Iterable, at_least: int = 0) -> list[Any]:
    """Return the entries of what ``iterable`` takes, in a list."""
    entries = list(iterable(name, value))
    if len(entries) < at_least:
        few, came = ("one", "an empty one") if at_least == 1 else (at_least, len(entries))
        raise ValueError(f"{name} must be a list of {few} or more, got {came}")
    return entries


@contextmanager
def known_as(inner: str, outer: str) -> Iterator[None]:
    """Let what is called speak of the argument ``outer``, the caller's, in place of ``inner``."""
    try:
        yield
    except (ValueError, TypeError) as error:
        said, came = str(error), type(error)
        if came not in (ValueError, TypeError) or not re.match(rf"{inner}\b", said):
            raise
        raise came(outer + said.removeprefix(inner)) from None


def generator(rng: object) -> np.random.Generator:
    """Return ``rng``; a whole number seeds a new generator."""
    if isinstance(rng, np.random.Generator):
        return rng
    if isinstance(rng, (int, np.integer)) and not isinstance(rng, bool) and rng >= 0:
        return np.random.default_rng(rng)
    raise TypeError(f"rng must be a numpy.random.Generator or a seed, got {shown(rng)}")


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


def floats(name: str, value: object) -> np.ndarray:
    """Return finite real numbers of any shape, one number included, as an array of floats."""
    given = numeric(name, value)
    if given.dtype.kind == "c" or not np.isfinite(given).all():
        raise ValueError(f"{name} must hold finite real numbers, got {shown(value)}")
    return given.astype(float, copy=False)


def broadcast(**arrays_: np.ndarray) -> None:
    """Raise unless two or more arrays have shapes that go together."""
    try:
        np.broadcast_shapes(*(value.shape for value in arrays_.values()))
    except ValueError:
        came = " and ".join(str(value.shape) for value in arrays_.values())
        raise ValueError(f"{' and '.join(arrays_)} must have like shapes, got {came}") from None


def token(name: str, value: int, n_x: int) -> int:
    """Return one token, a whole number from 0 to n_x - 1."""
    if not 0 <= whole(name, value) < n_x:
        raise ValueError(f"{name} must be a token from 0 to {n_x - 1}, got {shown(value)}")
    return int(value)


def token_row(name: str, value: object) -> np.ndarray:
    """Return ``value`` as an integer array (T,) of tokens from any alphabet. It may be empty."""
    given = numeric(name, value)
    if given.ndim != 1:
        raise ValueError(f"{name} must be (T,), got {given.shape}")
    if given.size > 0 and given.dtype.kind not in "iu":
        raise TypeError(f"{name} must hold whole numbers (tokens), got {given.dtype}")
    return given.astype(int, copy=False)


def mask(value: object, shape: tuple[int, int], name: str = "mask") -> np.ndarray | None:
    """Return ``value`` as a boolean array (T, m) with at least one True, or None."""
    if value is None:
        return None
    given = numeric(name, value)
    if given.shape != shape:
        raise ValueError(f"{name} must be (T, m) = {shape}, got {given.shape}")
    if given.dtype != bool and not np.isin(given, (0, 1)).all():
        other = given[~np.isin(given, (0, 1))][0]
        raise ValueError(f"{name} must hold only True and False (or 1 and 0), got {other}")
    if not given.any():
        raise ValueError(f"{name} must keep at least one entry, got none")
    return given.astype(bool)


def padding_known(mask: object, x_mask: object) -> None:
    """Raise if ``mask`` has columns that end early while ``x_mask`` does not say where x ends."""
    if mask is None or x_mask is not None:
        return
    counted = numeric("mask", mask).astype(bool)
    if counted.ndim == 2 and (counted[:-1] & ~counted[1:]).any():
        raise ValueError(
            "x_mask must say where the columns of x end, since the model reads the last state or "
            "both ways and mask has columns that end early, got None (all True if x has no padding)"
        )


def columns_agree(name: str, value: np.ndarray, m: int) -> None:
    """Raise unless an array has m columns, as many as those it belongs to."""
    if value.shape[-1] != m:
        raise ValueError(f"{name} must have m = {m} columns, as many as x, got {value.shape}")


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
    given = arrays(name, value)
    if set(value) != set(expected):
        known, came = (sorted(map(str, keys)) for keys in (expected, value))
        raise ValueError(f"{name} must have the keys {known}, got {came}")
    for key, array_ in expected.items():
        if given[key].shape != array_.shape:
            raise ValueError(f"{name}[{key!r}] must be {array_.shape}, got {given[key].shape}")


def arrays(name: str, value: Mapping) -> dict[str, np.ndarray]:
    """Return a dict of arrays of numbers, such as parameters or gradients, as plain arrays."""
    if not isinstance(value, Mapping):
        raise TypeError(f"{name} must be a dict of arrays, got {shown(value)}")
    return {key: numeric(f"{name}[{key!r}]", value[key]) for key in value}


def numeric(name: str, value: object) -> np.ndarray:
    """Return ``value`` as an array of numbers or of True and False, of any shape."""
    try:
        given = np.asarray(value)
    except ValueError:
        raise TypeError(f"{name} must be an array, got rows of unequal length") from None
    except Exception:  # whatever the object does when it is read as an array
        raise TypeError(f"{name} must be an array, got {shown(value)}") from None
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
