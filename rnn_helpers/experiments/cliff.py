"""One unit with two parameters whose loss has a cliff, where the gradient is far too long.

The unit runs for T steps without input, a⟨t⟩ = tanh(w a⟨t-1⟩ + b), from a⟨0⟩ = ``START``. Source:
Pascanu, Mikolov and Bengio (2013), "On the difficulty of training recurrent neural networks".
"""

from collections.abc import Mapping

import numpy as np

from rnn_helpers import checks
from rnn_helpers.cells import RNNCell

START, TARGET = -0.25, -0.5  # a⟨0⟩, and where a⟨T⟩ should be


def edge(w: float) -> float:
    """Return the b at which a⟨t⟩ = tanh(w a⟨t-1⟩ + b) stays where it starts, for ever."""
    return float(np.arctanh(START) - checks.number("w", w) * START)


def unit_loss(w: float | np.ndarray, b: float | np.ndarray, T: int) -> np.ndarray:
    """Return (a⟨T⟩ - target)² / 2 after T steps; w and b may be arrays that broadcast.

    Raise ValueError or TypeError if w, b or T is not valid, here and in all that follows.
    """
    w, b, T = checks.floats("w", w), checks.floats("b", b), checks.size("T", T)
    checks.broadcast(w=w, b=b)
    a = np.full(np.broadcast_shapes(np.shape(w), np.shape(b)), START)
    for _ in range(T):
        a = np.tanh(w * a + b)
    return (a - TARGET) ** 2 / 2


def unit_gradient(w: float, b: float, T: int) -> dict[str, np.ndarray]:
    """Return the gradient of ``unit_loss`` for Waa = w and ba = b, each (1, 1), by the cell."""
    w, b = checks.number("w", w), checks.number("b", b)
    T, cell = checks.size("T", T), RNNCell(1, 1, rng=0)
    cell.set(Waa=[[w]], ba=[[b]])
    a, tape = cell.forward(np.zeros((T, 1, 1)), np.full((1, 1), START))
    da = np.zeros_like(a)
    da[-1] = a[-1] - TARGET
    grads = cell.backward(da, tape).grads
    return {"Waa": grads["Waa"], "ba": grads["ba"]}


def steepest(w: float, T: int) -> float:
    """Return the length of the longest gradient of ``unit_loss`` that any b near the edge has.

    The b's are searched by a grid of 1,001 around the edge, and six finer ones, each around the
    best of the grid before. Both derivatives run along with the state::

        da/dw ← (1 - a²) (a_prev + w da/dw)        da/db ← (1 - a²) (1 + w da/db)

    Above a few hundred steps at w = 1.1 the wall is thinner than a grid can find.
    """
    best, width, T = edge(w), 0.3, checks.size("T", T)
    for _ in range(7):
        b = np.linspace(best - width, best + width, 1001)
        a, da_dw, da_db = np.full_like(b, START), np.zeros_like(b), np.zeros_like(b)
        for _ in range(T):
            a_prev, a = a, np.tanh(w * a + b)
            da_dw, da_db = (1 - a**2) * (a_prev + w * da_dw), (1 - a**2) * (1 + w * da_db)
        lengths = np.abs(a - TARGET) * np.hypot(da_dw, da_db)
        best, width = b[lengths.argmax()], width / 20
    return float(lengths.max())


def angle(first: Mapping[str, np.ndarray], second: Mapping[str, np.ndarray]) -> float:
    """Return the angle in degrees between two gradients; 0 if one of them is zero.

    By the half-angle form, which keeps its digits near 0, where an arccos of almost 1 loses them::

        angle = 2 arctan(‖u - v‖ / ‖u + v‖)    for u and v of length 1

    Source: Kahan (2006), "How Futile are Mindless Assessments of Roundoff".
    """
    first = checks.arrays("first", first)
    checks.same_keys("second", second, first)
    u, v = (
        np.concatenate([np.zeros(0), *(np.ravel(grads[name]) for name in first)])
        for grads in (first, second)
    )
    lengths = np.linalg.norm(u), np.linalg.norm(v)
    if 0 in lengths:
        return 0.0
    u, v = u / lengths[0], v / lengths[1]
    half = np.arctan2(np.linalg.norm(u - v), np.linalg.norm(u + v))
    return float(np.degrees(2 * half))
