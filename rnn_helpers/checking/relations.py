"""Simple relations between the numbers that came and those that should have come."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from rnn_helpers.checking.compare import is_numeric, same
from rnn_helpers.checking.trial import Call, Part


def relations(call: Call, part: Part, tolerance: float) -> Iterator[tuple[str, bool]]:
    """Walk the sentences that are true of one part of one call, the most telling first.

    Each comes with whether the numbers bear it out: a single step is late and early alike, and
    nothing but zeros is rounded down, or anything else, as nan is.
    """
    expected, got = part.numbers()
    if not expected.size or expected.dtype.kind == "b":
        return
    got = got.astype(float) if got.dtype.kind == "b" else got
    for walk in (_along_axes, _turned, _formulas, _of_inputs, _factors, _addends):
        for says, guess, value in walk(call, part, expected, got):
            if same(guess, value, tolerance):
                yield says, bool(np.any(guess) and np.isfinite(guess).all())


Walk = Iterator[tuple[str, np.ndarray, np.ndarray]]  # a sentence, and two arrays it says are equal


# --- places --------------------------------------------------------------------------------------

_ORDER = {"T": "time", "T_y": "time", "T + d": "time", "T + 1": "time", "m": "the examples"}


def _name_of(axis: str) -> str:
    return _ORDER.get(axis, f"the axis {axis}")


def _along_axes(_call: Call, part: Part, expected: np.ndarray, got: np.ndarray) -> Walk:
    if len(part.axes) != expected.ndim:
        return
    for axis, name in enumerate(part.axes):
        if name == "1":
            continue
        e, along = np.moveaxis(expected, axis, 0), _name_of(name)
        if got.ndim == expected.ndim - 1:
            yield f"this is the last entry along {along} alone, and all are asked for.", e[-1], got
            yield f"this is the first entry along {along} alone, and all are asked for.", e[0], got
        if got.ndim == expected.ndim:
            g = np.moveaxis(got, axis, 0)
            one = "one step" if along == "time" else "one place"
            lengths = {0: _moved, 1: _one_more, -1: _one_fewer}
            yield from lengths.get(len(g) - len(e), _none)(along, one, e, g)


def _none(*_: object) -> Walk:
    yield from ()


def _moved(along: str, one: str, e: np.ndarray, g: np.ndarray) -> Walk:
    last, first = np.broadcast_to(e[-1], e.shape), np.broadcast_to(e[0], e.shape)
    yield f"the order along {along} is reversed.", e[::-1], g
    yield f"every entry along {along} is the last one. {_OVERWRITTEN}", last, g
    yield f"every entry along {along} is the first one.", first, g
    yield f"it is {one} late along {along}.", e[:-1], g[1:]
    yield f"it is {one} early along {along}.", e[1:], g[:-1]
    yield f"the running total along {along} is missing.", e, np.cumsum(g, axis=0)
    yield f"this is a running total along {along}, not single values.", np.cumsum(e, axis=0), g
    yield f"the running product along {along} is missing.", e, np.cumprod(g, axis=0)


_OVERWRITTEN = "Was one array overwritten in the loop, and the same array stored each time?"


def _one_more(_along: str, one: str, e: np.ndarray, g: np.ndarray) -> Walk:
    yield f"{one} too many stands at the beginning; the rest is right.", e, g[1:]
    yield f"{one} too many stands at the end; the rest is right.", e, g[:-1]


def _one_fewer(_along: str, one: str, e: np.ndarray, g: np.ndarray) -> Walk:
    yield f"{one} is missing at the beginning; the rest is right.", e[1:], g
    yield f"{one} is missing at the end; the rest is right.", e[:-1], g


def _turned(_call: Call, _part: Part, expected: np.ndarray, got: np.ndarray) -> Walk:
    if expected.ndim == 2:
        yield "it is the transpose of what it should be.", expected.T, got
    if expected.ndim == 3:
        for order in itertools.permutations(range(3)):
            if order != (0, 1, 2):
                yield "the axes are in another order.", expected.transpose(order), got
    if got.ndim == expected.ndim + 1:
        yield from _not_summed(expected, got)
    if got.ndim == expected.ndim:
        for axis in range(got.ndim):
            summed = got.sum(axis=axis, keepdims=True)
            yield "it is not added up: one entry for each example is still there.", expected, summed
            lost = expected.sum(axis=axis, keepdims=True)
            yield "it is added up along an axis that should be kept.", lost, got
    if got.size == expected.size:
        flat = expected.ravel(), got.ravel()
        yield "the numbers are right, but they stand in another shape.", *flat
        yield from _sorted(expected, got)


def _not_summed(expected: np.ndarray, got: np.ndarray) -> Walk:
    for axis in range(got.ndim):
        yield (
            "the numbers are not added up yet: there is one axis too many.",
            expected,
            got.sum(axis),
        )
        yield "the mean is not taken yet: there is one axis too many.", expected, got.mean(axis)


def _sorted(expected: np.ndarray, got: np.ndarray) -> Walk:
    if expected.dtype.kind == "c" or got.dtype.kind == "c":
        return
    yield (
        "it holds the right numbers, but not in their places.",
        np.sort(expected, axis=None),
        np.sort(got, axis=None),
    )


# --- formulas ------------------------------------------------------------------------------------


def _sigmoid(z: np.ndarray) -> np.ndarray:
    return 0.5 * (1 + np.tanh(0.5 * z))


def _formulas(_call: Call, _part: Part, e: np.ndarray, g: np.ndarray) -> Walk:
    if g.shape != e.shape or e.dtype.kind == "c" or g.dtype.kind == "c":
        return
    if g.dtype.kind in "iu" and e.dtype.kind == "f":
        cut = "it holds whole numbers: what stands behind the point is cut off. "
        yield f"{cut}Is an array made of `int`?", np.trunc(e), g
    yield "only the sign is wrong.", -e, g
    yield "it is 1 minus what it should be.", 1 - e, g
    yield "it is upside down: 1 divided by what it should be.", 1 / e, g
    yield "it is one too many, everywhere.", e + 1, g
    yield "it is one too few, everywhere.", e - 1, g
    yield "it is 100 times what it should be. Is it in percent?", 100 * e, g
    yield "it is the square of what it should be.", e**2, g
    yield "it is the root of what it should be.", np.sqrt(e), g
    yield "it is the logarithm of what it should be.", np.log(e), g
    yield "it is the exponential of what it should be.", np.exp(e), g
    yield "it is rounded. Return all digits.", np.round(e), g
    yield "it is rounded up. Return all digits.", np.ceil(e), g
    yield "it is rounded down. Return all digits.", np.floor(e), g
    yield "the sign of every number is gone.", np.abs(e), g
    yield "the last step is missing: tanh is not taken.", e, np.tanh(g)
    yield "tanh is taken once more than it should be.", np.tanh(e), g
    yield "the last step is missing: the sigmoid is not taken.", e, _sigmoid(g)
    yield "the sigmoid is taken once more than it should be.", _sigmoid(e), g
    for name, f in (
        ("the sigmoid", _sigmoid),
        ("ReLU", lambda z: np.maximum(z, 0)),
        ("tan", np.tan),
    ):
        yield f"{name} stands where tanh should.", f(np.arctanh(e)), g
    yield "tanh stands where the sigmoid should.", np.tanh(np.log(e / (1 - e))), g
    if e.size > 1:
        yield "what is below 0 has been cut off.", np.maximum(e, 0), g


# --- factors and terms ---------------------------------------------------------------------------


def _of_inputs(call: Call, _part: Part, expected: np.ndarray, got: np.ndarray) -> Walk:
    for name, value in call.inputs.items():
        if is_numeric(value) and np.shape(value) == got.shape and got.size:
            yield f"this is `{name}`, as it came in.", np.asarray(value), got


def _factors(call: Call, _part: Part, expected: np.ndarray, got: np.ndarray) -> Walk:
    if expected.shape != got.shape:
        return
    for name, size in _sizes(call):
        yield (
            f"it is {name} times what it should be: is a sum in place of a mean?",
            expected * size,
            got,
        )
        yield (
            f"it should be {name} times as large: is a mean in place of a sum?",
            expected,
            got * size,
        )
    for name, value in _numbers_in(call, expected.shape):
        yield f"the factor `{name}` is missing.", expected, got * value
        yield f"there is a factor `{name}` too many.", expected * value, got
    for number in (2, 3, 4, 10):
        yield f"it is {number} times what it should be.", expected * number, got
        yield f"it is 1/{number} of what it should be.", expected, got * number


def _sizes(call: Call) -> Iterator[tuple[str, int]]:
    """Walk the sizes, their squares, and the products and quotients of two."""
    named = list(call.sizes.items())
    yield from named
    yield from ((f"{name}·{name}", size**2) for name, size in named)
    for (a, size_a), (b, size_b) in itertools.combinations(named, 2):
        yield f"{a}·{b}", size_a * size_b
        yield f"{a}/{b}", size_a / size_b
        yield f"{b}/{a}", size_b / size_a


def _numbers_in(call: Call, shape: tuple[int, ...]) -> Iterator[tuple[str, np.ndarray]]:
    """Walk the inputs that can be a factor, and the slopes and remainders made of them."""
    for name, value in call.inputs.items():
        if not is_numeric(value) or not _fits(np.shape(value), shape):
            continue
        x = np.asarray(value, float)
        yield name, x
        if isinstance(value, (int, np.integer)):
            continue
        yield f"1 - {name}", 1 - x
        yield f"1 - {name}**2", 1 - x**2
        yield f"{name} * (1 - {name})", x * (1 - x)
        yield f"np.tanh({name})", np.tanh(x)
        yield f"1 - np.tanh({name})**2", 1 - np.tanh(x) ** 2
        yield f"{name}**2", x**2


def _fits(small: tuple[int, ...], large: tuple[int, ...]) -> bool:
    try:
        return np.broadcast_shapes(small, large) == large
    except ValueError:
        return False


def _addends(call: Call, _part: Part, expected: np.ndarray, got: np.ndarray) -> Walk:
    if expected.shape != got.shape:
        return
    for name, value in call.inputs.items():
        if not is_numeric(value) or not _fits(np.shape(value), expected.shape):
            continue
        x = np.asarray(value, float)
        yield f"the term `{name}` is missing.", expected, got + x
        yield f"there is a term `{name}` too many.", expected + x, got
        yield f"the term `{name}` has the wrong sign.", expected, got + 2 * x
        if np.abs(expected).max() < 1:  # perhaps a tanh
            yield (
                f"the term `{name}` is missing inside the tanh.",
                expected,
                np.tanh(np.arctanh(got) + x),
            )
            yield (
                f"the term `{name}` stands outside the tanh.",
                expected,
                np.tanh(np.arctanh(got - x) + x),
            )
