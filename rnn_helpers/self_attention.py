"""Self-attention: every step of one sequence looks at itself and the steps before, all at once."""

from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from rnn_helpers import checks
from rnn_helpers.activations import relu
from rnn_helpers.attention import attend, attend_backward
from rnn_helpers.cells import Gradients, State, scaled_uniform
from rnn_helpers.layout import one_hot_side_by_side, side_by_side
from rnn_helpers.models import Batch, Model
from rnn_helpers.parameters import Parameters


def places(T: int, n: int) -> np.ndarray:
    """Return a column for each place t in a sequence, (T, n): sines and cosines of many periods::

        P⟨t⟩_2i = sin(t / 10000^(2i/n))        P⟨t⟩_2i+1 = cos(t / 10000^(2i/n))

    Attention does not know the order of the steps; added to each token, these tell it.
    Source: Vaswani et al. (2017).
    """
    T, n = checks.size("T", T), checks.size("n", n)
    i = np.arange(n)
    angle = np.arange(T)[:, None] / 10000 ** ((i - i % 2) / n)
    return np.where(i % 2 == 0, np.sin(angle), np.cos(angle))


class SelfAttentionTape(NamedTuple):
    """What ``backward`` needs: tokens x (T, m), and what each part of the block has computed."""

    x: np.ndarray
    read: np.ndarray  # E x + P, (T, n_a, m)
    query: np.ndarray
    key: np.ndarray
    value: np.ndarray
    weights: np.ndarray  # α (T, T, m): row t looks at column s
    mixed: np.ndarray
    hidden: np.ndarray
    a: np.ndarray
    state: None = None  # nothing is carried from batch to batch


class SelfAttention(Model):
    """One causal block of self-attention that reads tokens, with an output layer::

        h⟨t⟩ = E x⟨t⟩ + P⟨t⟩                q, k, v = Wq h, Wk h, Wv h
        α⟨t,·⟩ = softmax(q⟨t⟩ · k⟨s⟩ / √n_a) over s ≤ t
        b⟨t⟩ = h⟨t⟩ + Σ_s α⟨t,s⟩ v⟨s⟩       a⟨t⟩ = b⟨t⟩ + W2 relu(W1 b⟨t⟩ + b1) + b2
        z⟨t⟩ = Wya a⟨t⟩ + by

    Every a⟨t⟩ is (n_a, m), and so is every sum in between. ``order=False`` leaves out P, so that
    the block does not know the order of the steps. A Transformer stacks such blocks, with several
    looks side by side (*heads*) and a normalisation that this one does without.
    Source: Vaswani et al. (2017).
    """

    def __init__(
        self,
        n_x: int,
        n_a: int,
        n_y: int,
        *,
        order: bool = True,
        rng: checks.Seed,
        dtype: DTypeLike = np.float64,
    ):
        self.n_x, self.n_a, self.n_y = (
            checks.size(name, n) for name, n in (("n_x", n_x), ("n_a", n_a), ("n_y", n_y))
        )
        self.order, self.dtype, rng = (
            checks.flag("order", order),
            checks.dtype_of(dtype),
            checks.generator(rng),
        )
        square = {name: scaled_uniform(n_a, n_a, rng) for name in ("Wq", "Wk", "Wv", "W1", "W2")}
        params = {"E": rng.standard_normal((n_a, n_x)), **square}
        params |= {"Wya": scaled_uniform(n_y, n_a, rng)}
        params |= {name: np.zeros((n, 1)) for name, n in (("b1", n_a), ("b2", n_a), ("by", n_y))}
        self.params = Parameters({name: v.astype(self.dtype) for name, v in params.items()})

    def __repr__(self) -> str:
        order = "" if self.order else ", order=False"
        return f"SelfAttention(n_x={self.n_x}, n_a={self.n_a}, n_y={self.n_y}{order})"

    def forward(
        self, x: np.ndarray, state: State | None = None, mask: np.ndarray | None = None
    ) -> tuple[np.ndarray, SelfAttentionTape]:
        """Return z (T, n_y, m) for tokens x (T, m), and the tape.

        There is no state to begin with, and padding at the end needs no ``mask``: no earlier step
        looks there. Raise ValueError for a state or a mask.
        """
        for name, given in (("state", state), ("mask", mask)):
            if given is not None:
                raise ValueError(
                    f"{name} must be None: nothing is carried on, got {type(given).__name__}"
                )
        x, p = checks.tokens("x", x, self.n_x), self.params
        h = p["E"].T[x].transpose(0, 2, 1)
        if self.order:
            h = h + places(len(x), self.n_a)[:, :, None].astype(self.dtype)
        query, key, value = (p[name] @ h for name in ("Wq", "Wk", "Wv"))
        query /= np.sqrt(self.n_a).astype(query.real.dtype)
        context, weights = attend(query, key, values=value, causal=True)
        b = h + context
        hidden = relu(p["W1"] @ b + p["b1"])
        a = b + p["W2"] @ hidden + p["b2"]
        z = p["Wya"] @ a + p["by"]
        return z, SelfAttentionTape(x, h, query, key, value, weights, b, hidden, a)

    def read_batch(
        self, batch: Batch, state: State | None = None
    ) -> tuple[np.ndarray, SelfAttentionTape]:
        """Return z and the tape, as ``forward`` does."""
        checks.instance("batch", batch, Batch, "a Batch")
        return self.forward(batch.x, state)

    def backward(self, dz: np.ndarray, tape: SelfAttentionTape) -> Gradients:
        """From dz (T, n_y, m), return the gradient for ``params``; there is none for tokens."""
        checks.instance("tape", tape, SelfAttentionTape, "a tape from forward")
        p, grads = self.params, {}
        sizes = {"T": len(tape.x), "n_y": self.n_y, "m": tape.x.shape[1]}
        dz = checks.array("dz", dz, "T n_y m", sizes, self.dtype, finite=False)
        da = _through(p, grads, "Wya", "by", dz, tape.a)
        dhidden = _through(p, grads, "W2", "b2", da, tape.hidden)
        db = da + _through(p, grads, "W1", "b1", dhidden * (tape.hidden > 0), tape.mixed)
        dquery, dkey, dvalue = attend_backward(
            db, tape.query, tape.key, tape.weights, values=tape.value
        )
        dquery = dquery / np.sqrt(self.n_a).astype(dquery.dtype)
        dh = db
        for name, d in (("Wq", dquery), ("Wk", dkey), ("Wv", dvalue)):
            dh = dh + _through(p, grads, name, None, d, tape.read)
        one_hot = one_hot_side_by_side(tape.x, self.n_x, self.dtype)
        grads["E"] = side_by_side(dh) @ one_hot.T
        return Gradients(None, None, grads)


def _through(
    params: Parameters, grads: dict, W: str, b: str | None, dz: np.ndarray, x: np.ndarray
) -> np.ndarray:
    """Take dz back through z = W x + b: note the gradients of W and b, return that of x."""
    wide = side_by_side(dz)
    grads[W] = wide @ side_by_side(x).T
    if b:
        grads[b] = wide.sum(axis=1, keepdims=True)
    return params[W].T @ dz
