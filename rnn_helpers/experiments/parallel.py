"""Which steps of a recurrent network can run in parallel, and what many of them compose to."""

from collections.abc import Iterator
from math import isqrt

import numpy as np

from rnn_helpers import checks
from rnn_helpers.cells import orthogonal


def waves(L: int, T: int) -> np.ndarray:
    """Return in which wave each cell of a stack runs, (L, T), from 1 on.

    Worked out by running it: in every wave go all cells whose two inputs are there, one from the
    step before and one from the layer below. Source: Appleyard, Kočiský and Blunsom (2016).
    """
    wave = np.zeros((checks.size("L", L), checks.size("T", T)), int)
    while not wave.all():
        ran = wave > 0
        before = np.pad(ran[:, :-1], ((0, 0), (1, 0)), constant_values=True)  # or there is no step
        below = np.pad(ran[:-1], ((1, 0), (0, 0)), constant_values=True)  # or there is no layer
        wave[~ran & before & below] = wave.max() + 1
    return wave


# -- a scan, one operation after the other -----------------------------------------------------


def _loop(a: np.ndarray, lam: float) -> Iterator[np.ndarray]:
    for t in range(1, len(a)):
        a[t] += lam * a[t - 1]
        yield a


def _doubling(a: np.ndarray, lam: float) -> Iterator[np.ndarray]:
    d = 1
    while d < len(a):
        a[d:] += lam**d * a[:-d]
        yield a
        d *= 2


def _chunks(a: np.ndarray, lam: float) -> Iterator[np.ndarray]:
    size = isqrt(len(a))
    chunks = a.reshape(-1, size, *a.shape[1:])  # a view: chunks, steps of a chunk, …
    for i in range(1, size):
        chunks[:, i] += lam * chunks[:, i - 1]
        yield a
    for k in range(1, len(chunks)):
        chunks[k, -1] += lam**size * chunks[k - 1, -1]
        yield a
    for i in range(size - 1):
        chunks[1:, i] += lam ** (i + 1) * chunks[:-1, -1]
    yield a


METHODS = {"loop": _loop, "doubling": _doubling, "chunks": _chunks}  # as in ``scan.SCANS``


def scan_progress(method: str, T: int, lam: float) -> np.ndarray:
    """Return how much of input s is in state t, before and after every operation of a scan.

    The recurrence a⟨t⟩ = λ a⟨t-1⟩ + u⟨t⟩ is run by one of ``METHODS`` on T columns at once, where
    column s has a 1 as its input at step s and nothing else. The result is (operations + 1, T, T).
    Raise ValueError for another method, or if T is not a square number for "chunks", of which
    there are √T, each of √T steps.
    """
    run = METHODS[checks.choice("method", method, tuple(METHODS))]
    T, lam = checks.size("T", T), checks.number("lam", lam)
    if method == "chunks" and isqrt(T) ** 2 != T:
        raise ValueError(f"T must be a square number for chunks, got {T}")
    a = np.eye(T)
    return np.stack([a.copy(), *(a.copy() for a in run(a, lam))])


def final_states(progress: np.ndarray) -> np.ndarray:
    """Return how many states are final before and after every operation of ``scan_progress``."""
    progress = checks.array("progress", progress, "operations T T", {}, np.dtype(float))
    final = np.isclose(progress, progress[-1], rtol=0, atol=1e-12)
    return final.all(axis=2).sum(axis=1)


# -- what many steps compose to ----------------------------------------------------------------

STARTS = np.linspace(-1, 1, 401)  # where along a line through state space a⟨0⟩ lies


def after_steps(activation: str, steps: int, scale: float, n_a: int = 8) -> np.ndarray:
    """Return unit 1 of a cell after some steps without input, for every start on a line, (401,).

    A step is a = Waa a + ba for "identity" and tanh of that for "tanh"; Waa is a random orthogonal
    matrix times ``scale``. The starts are ``STARTS`` times a random a⟨0⟩. Raise ValueError for
    another activation.
    """
    checks.choice("activation", activation, ("identity", "tanh"))
    steps, scale = checks.at_least_zero("steps", steps), checks.number("scale", scale)
    n_a = checks.size("n_a", n_a)
    rng = np.random.default_rng(3)
    Waa, ba = scale * orthogonal(n_a, rng), rng.normal(0, 0.3, (n_a, 1))
    a = rng.normal(0, 1, (n_a, 1)) * STARTS  # (n_a, m): a column for each start
    for _ in range(steps):
        a = Waa @ a + ba
        if activation == "tanh":
            a = np.tanh(a)
    return a[0]


def straightness(x: np.ndarray, y: np.ndarray) -> tuple[float, int]:
    """Return how far the best straight line misses y(x), and how often the curve turns.

    The miss is the largest one, as a share of the range of y. Turns are changes between rising and
    falling, of what is more than rounding. Raise ValueError or TypeError unless x and y are rows of
    two numbers or more, as many each.
    """
    x = checks.array("x", x, "points", {}, np.dtype(float))
    if len(np.unique(x)) < 2:
        raise ValueError(f"x must hold two different numbers or more, got {checks.shown(x)}")
    y = checks.array("y", y, "points", {"points": len(x)}, np.dtype(float))
    line = np.polyval(np.polyfit(x, y, 1), x)
    slope = np.diff(y)
    up = np.sign(slope[np.abs(slope) > 1e-12 * np.abs(y).max()])
    return float(np.abs(y - line).max() / (np.ptp(y) or 1)), int(np.count_nonzero(np.diff(up)))
