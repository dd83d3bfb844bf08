"""A linear recurrence over time, computed in three ways that give the same numbers.

    a⟨t⟩ = λ⟨t⟩ * a⟨t-1⟩ + u⟨t⟩        entry by entry; λ, u and a are (T, n, m), a⟨0⟩ is (n, m)

Two steps in a row are again one such step, with λ = λ₂ λ₁ and u = λ₂ u₁ + u₂. So steps may be
joined in any grouping, and many of them at once: that is a scan. Sources: Kogge and Stone (1973);
Hillis and Steele (1986); Blelloch (1990); Martin and Cundy (2018) for recurrent networks.
"""

from collections.abc import Callable
from math import isqrt

import numpy as np
from numpy.typing import DTypeLike

from rnn_helpers import checks
from rnn_helpers.activations import sigmoid
from rnn_helpers.cells import Cell, Gradients, State, Tape
from rnn_helpers.layout import at_ends, shifted, side_by_side


def compose(
    lam_1: np.ndarray, u_1: np.ndarray, lam_2: np.ndarray, u_2: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return λ and u, each (n, m), of the step that is two steps, first 1 and then 2::

        λ = λ₂ * λ₁    u = λ₂ * u₁ + u₂

    Three steps may be joined in either grouping, which is what every scan rests on. Raise
    ValueError or TypeError if an argument is no array (n, m) or they differ in shape. Source:
    Kogge and Stone (1973).
    """
    given = {"lam_1": lam_1, "u_1": u_1, "lam_2": lam_2, "u_2": u_2}
    dtype = _common_dtype(given)
    sizes = dict(zip("nm", checks.numeric("lam_1", lam_1).shape, strict=False))
    lam_1, u_1, lam_2, u_2 = (
        checks.array(name, value, "n m", sizes, dtype, finite=False)
        for name, value in given.items()
    )
    return lam_2 * lam_1, lam_2 * u_1 + u_2


def by_loop(lam: np.ndarray, u: np.ndarray, start: np.ndarray | None = None) -> np.ndarray:
    """Return a⟨t⟩ = λ⟨t⟩ * a⟨t-1⟩ + u⟨t⟩ for t = 1 … T, (T, n, m), one step after the other.

    ``start`` is a⟨0⟩, zeros if not given. Raise ValueError or TypeError, here and in the other two,
    if lam, u or start has the wrong shape or type.
    """
    lam, u, a_prev = _read(lam, u, start)
    a = np.empty_like(u)
    for lam_t, u_t, a_t in zip(lam, u, a, strict=True):
        np.multiply(lam_t, a_prev, out=a_t)
        a_t += u_t  # a⟨t⟩ = λ⟨t⟩ * a⟨t-1⟩ + u⟨t⟩
        a_prev = a_t
    return a


def by_doubling(lam: np.ndarray, u: np.ndarray, start: np.ndarray | None = None) -> np.ndarray:
    """Return a⟨t⟩ = λ⟨t⟩ * a⟨t-1⟩ + u⟨t⟩ for t = 1 … T, in ⌈log₂ T⌉ rounds over all steps at once.

    Before a round each entry t stands for the last d steps up to t, joined into one; it is then
    joined with entry t - d, so that it stands for 2d. That is about T log₂ T joins in place of T.
    The λ are multiplied with each other first, so where |λ| stays above 1 their product may be
    infinite, and a NaN, though every a⟨t⟩ is finite (λ = 2 over 1,100 steps of u = 0).
    Sources: Kogge and Stone (1973), who call it recursive doubling; Hillis and Steele (1986).
    """
    lam, u, start = _read(lam, u, start)
    lam, a, d = lam.copy(), u.copy(), 1
    a[0] += lam[0] * start
    while d < len(a):
        a[d:] += lam[d:] * a[:-d]  # the product is complete before anything is overwritten
        lam[2 * d :] *= lam[d:-d]  # before 2d an entry has reached the start: λ is not used again
        d *= 2
    return a


def by_chunks(
    lam: np.ndarray, u: np.ndarray, start: np.ndarray | None = None, size: int | None = None
) -> np.ndarray:
    """Return the same as ``by_loop``, from chunks of ``size`` steps (about √T if not given).

    Every chunk first runs from 0, all of them side by side: ``size`` operations in a row. The
    state at the end of each chunk is again a linear recurrence, T / size steps long. With it,
    the state before a chunk is added to each of its steps, times the λ in between. That is about
    three times the work of the loop, in about 2√T operations in a row where the loop has T.
    Source: Blelloch (1990), who gives each processor a chunk.
    """
    lam, u, start = _read(lam, u, start)
    T = len(u)
    size = isqrt(T - 1) + 1 if size is None else checks.size("size", size)
    product, a = _cut(lam, size), _cut(u, size)  # (size, chunks, n, m)
    for i in range(1, size):
        a[i] += product[i] * a[i - 1]  # product[i] is still λ here,
        product[i] *= product[i - 1]  # and now the product of all λ since the chunk began
    ends = by_loop(product[-1], a[-1], start)  # the state after each chunk, (chunks, n, m)
    a += product * shifted(start, ends)
    return a.swapaxes(0, 1).reshape(-1, *u.shape[1:])[:T]


SCANS: dict[str, Callable[..., np.ndarray]] = {
    "loop": by_loop,
    "doubling": by_doubling,
    "chunks": by_chunks,
}


def total_derivative(
    lam: np.ndarray, da: np.ndarray, dstate: np.ndarray | None = None, scan: str = "loop"
) -> np.ndarray:
    """Return g⟨t⟩, how a⟨t⟩ acts on the loss in all ways, (T, n, m)::

        g⟨t⟩ = da⟨t⟩ + λ⟨t+1⟩ * g⟨t+1⟩

    da⟨t⟩ is how it acts directly, and ``dstate`` adds a gradient for a⟨T⟩. This is the same
    recurrence from right to left, so the same scans compute it. Then du = g,
    dλ⟨t⟩ = g⟨t⟩ * a⟨t-1⟩ and da⟨0⟩ = λ⟨1⟩ * g⟨1⟩. Raise as ``by_loop`` does. Source: Martin and
    Cundy (2018).
    """
    run = SCANS[checks.choice("scan", scan, tuple(SCANS))]
    lam, da, dstate = _read(lam, da, dstate, ("lam", "da", "dstate"))
    lam_next = np.concatenate([lam[1:], np.ones_like(lam[:1])])  # the last multiplies dstate
    return run(lam_next[::-1], da[::-1], dstate)[::-1]


class LinearCell(Cell):
    """A gated unit whose gate does not see the state, so that the recurrence is linear::

        Γu = σ(Wu x⟨t⟩ + bu)    ã = tanh(Wc x⟨t⟩ + bc)    a⟨t⟩ = Γu * ã + (1 - Γu) * a⟨t-1⟩

    It is a GRU without Waa and reset gate. λ = 1 - Γu and u = Γu * ã are known for all steps before
    the recurrence begins, and ``scan`` ("loop", "doubling" or "chunks") says how it is run: the
    numbers are the same. ``update_bias`` is where bu begins: below 0 the update gate starts nearly
    closed, so that the state is kept. Source: Martin and Cundy (2018).
    """

    rows = ("update", "candidate")

    def __init__(
        self,
        n_x: int,
        n_a: int,
        *,
        scan: str = "loop",
        update_bias: float = 0.0,
        rng: checks.Seed,
        dtype: DTypeLike = np.float64,
    ):
        self.scan = checks.choice("scan", scan, tuple(SCANS))
        super().__init__(n_x, n_a, rng=rng, dtype=dtype)
        del self.params["Waa"]
        self.params["ba"][self.block("update")] = checks.number("update_bias", update_bias)

    def forward(
        self, x: np.ndarray, state: State | None = None, mask: np.ndarray | None = None
    ) -> tuple[np.ndarray, Tape]:
        x, start, ends = self._read(x, state, mask)
        gates = self._input_part(x)  # for all steps at once: nothing here waits for a⟨t-1⟩
        update, candidate = self._halves(gates)
        sigmoid(update, out=update)
        np.tanh(candidate, out=candidate)
        a = SCANS[self.scan](1 - update, update * candidate, start)
        return a, Tape(self, x, start, a, at_ends(a, ends), ends, gates)

    def backward(self, da: np.ndarray, tape: Tape, dstate: State | None = None) -> Gradients:
        da, dstate = self._to_ends(*self._read_gradient(da, tape, dstate), tape)
        update, candidate = self._halves(tape.gates)
        keep = 1 - update
        g = total_derivative(keep, da, dstate, self.scan)
        dz = np.empty_like(tape.gates)
        dzu, dzc = self._halves(dz)
        dzu[...] = g * (candidate - shifted(tape.start, tape.a)) * update * keep
        dzc[...] = g * update * (1 - candidate * candidate)
        wide = side_by_side(dz)
        grads = {
            "Wax": wide @ self._x_side_by_side(tape.x).T,
            "ba": wide @ np.ones((wide.shape[1], 1), self.dtype),
        }
        return Gradients(self._input_gradient(dz, tape.x), keep[0] * g[0], grads)

    def _halves(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Cut (T, 2*n_a, m) into update and candidate, as views."""
        return rows[:, : self.n_a], rows[:, self.n_a :]


def _read(
    lam: np.ndarray,
    u: np.ndarray,
    start: np.ndarray | None,
    names: tuple[str, str, str] = ("lam", "u", "start"),
) -> tuple[np.ndarray, ...]:
    dtype = _common_dtype(dict(zip(names, (lam, u))))
    u = checks.array(names[1], u, "T n m", {}, dtype, finite=False)
    T, n, m = u.shape
    lam = checks.array(names[0], lam, "T n m", {"T": T, "n": n, "m": m}, dtype, finite=False)
    if start is None:
        return lam, u, np.zeros((n, m), dtype)
    return lam, u, checks.array(names[2], start, "n m", {"n": n, "m": m}, dtype, finite=False)


def _common_dtype(named: dict[str, np.ndarray]) -> np.dtype:
    """Return the dtype that holds all arrays: a float or complex one, also for whole numbers."""
    arrays = [checks.numeric(name, value) for name, value in named.items()]
    return checks.dtype_of(np.result_type(np.float32, *arrays))


def _cut(v: np.ndarray, size: int) -> np.ndarray:
    """Cut (T, n, m) into chunks of ``size`` steps, (size, chunks, n, m); the last ends in zeros."""
    chunks = -(-len(v) // size)
    whole = np.zeros((chunks * size, *v.shape[1:]), v.dtype)
    whole[: len(v)] = v
    return whole.reshape(chunks, size, *v.shape[1:]).swapaxes(0, 1).copy()
