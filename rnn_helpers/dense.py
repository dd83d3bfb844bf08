"""A standard network, for comparison: it takes the whole sequence at once, in one fixed size."""

from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from rnn_helpers import checks
from rnn_helpers.cells import Gradients, State, scaled_uniform
from rnn_helpers.models import Batch, Model
from rnn_helpers.parameters import Parameters


class DenseTape(NamedTuple):
    """What ``forward`` kept: v (T*n_x, m) and the hidden layer (n_a, m). There is no state."""

    v: np.ndarray
    hidden: np.ndarray
    state: None = None


class DenseModel(Model):
    """A dense network with one hidden layer over all T steps, laid end to end::

        v = [x⟨1⟩; x⟨2⟩; …; x⟨T⟩]        hidden = tanh(W1 v + b1)        z = W2 hidden + b2

    v is (T*n_x, m), W1 (n_a, T*n_x), b1 (n_a, 1), W2 (n_y, n_a), b2 (n_y, 1): each step has n_x
    columns of W1 for itself. It is called and trained as a ``SequenceModel`` that reads the last
    state: z is (1, n_y, m). Source: Rumelhart, Hinton and Williams (1986).
    """

    def __init__(
        self,
        T: int,
        n_x: int,
        n_a: int,
        n_y: int,
        *,
        rng: checks.Seed,
        dtype: DTypeLike = np.float64,
    ):
        self.T, self.n_x = checks.size("T", T), checks.size("n_x", n_x)
        self.n_a, self.n_y = checks.size("n_a", n_a), checks.size("n_y", n_y)
        self.dtype, rng = checks.dtype_of(dtype), checks.generator(rng)
        self.params = Parameters(
            W1=scaled_uniform(n_a, T * n_x, rng).astype(self.dtype),
            b1=np.zeros((n_a, 1), self.dtype),
            W2=scaled_uniform(n_y, n_a, rng).astype(self.dtype),
            b2=np.zeros((n_y, 1), self.dtype),
        )

    def __repr__(self) -> str:
        return f"DenseModel(T={self.T}, n_x={self.n_x}, n_a={self.n_a}, n_y={self.n_y})"

    def forward(self, x: np.ndarray) -> tuple[np.ndarray, DenseTape]:
        """Return z (1, n_y, m) and the tape. x is (T, n_x, m) floats or (T, m) tokens.

        Raise ValueError for a sequence of any other length, or another wrong shape or content;
        TypeError if x does not hold numbers.
        """
        p, v = self.params, self._end_to_end(x)
        hidden = np.tanh(p["W1"] @ v + p["b1"])
        return (p["W2"] @ hidden + p["b2"])[None], DenseTape(v, hidden)

    def read_batch(self, batch: Batch, state: State | None = None) -> tuple[np.ndarray, DenseTape]:
        """Return z and the tape, as ``forward`` does. ``x_mask`` is not looked at."""
        checks.instance("batch", batch, Batch, "a Batch")
        if state is not None:
            came = checks.shown(state)
            raise ValueError(f"state must be None: a dense network has no memory, got {came}")
        return self.forward(batch.x)

    def backward(self, dz: np.ndarray, tape: DenseTape) -> Gradients:
        """From dz (1, n_y, m), return grads for ``params``; dx is not worked out: None."""
        v, hidden, _ = checks.instance("tape", tape, DenseTape, "a tape from forward")
        sizes = {"n_y": self.n_y, "m": v.shape[1]}
        (dz,) = checks.array("dz", dz, "1 n_y m", {"1": 1} | sizes, self.dtype, finite=False)
        d_hidden = (self.params["W2"].T @ dz) * (1 - hidden * hidden)  # before tanh
        grads = {"W1": d_hidden @ v.T, "b1": d_hidden.sum(axis=1, keepdims=True)}
        grads |= {"W2": dz @ hidden.T, "b2": dz.sum(axis=1, keepdims=True)}
        return Gradients(None, None, grads)

    def _end_to_end(self, x: np.ndarray) -> np.ndarray:
        x, sizes = checks.numeric("x", x), {"T": self.T, "n_x": self.n_x}
        if x.ndim == 3:
            return checks.array("x", x, "T n_x m", sizes, self.dtype).reshape(-1, x.shape[2])
        x = checks.tokens("x", x, self.n_x, "T m", sizes)
        v = np.zeros((self.T * self.n_x, x.shape[1]), self.dtype)
        rows = np.arange(self.T)[:, None] * self.n_x + x  # step t owns rows t*n_x to (t+1)*n_x - 1
        v[rows, np.arange(x.shape[1])] = 1
        return v
