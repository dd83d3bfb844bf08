"""Recurrent cells: one step, a whole sequence, and its gradient.

Columns are examples and time is the first axis: x is (T, n_x, m), a is (T, n_a, m), so that
``for x_t in x`` reads as the equation does. In place of x you may give tokens, whole numbers
(T, m): token k stands for the one-hot column with a 1 in row k.

Each cell keeps its parameters in the dict ``params``. Its gates are blocks of rows, in the order of
``rows``, and ``block`` says where one stands::

    Waa (G*n_a, n_a)    Wax (G*n_a, n_x)    ba (G*n_a, 1)        G = len(rows)

``forward`` returns a and a tape; ``backward`` walks the tape back. Neither changes what it is
given. What does not wait for the step before is done for all steps at once, outside the loop. In
the loops of GRU and LSTM np.dot stands for @: for two matrices it is the same, and a little faster.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from rnn_helpers import checks
from rnn_helpers.activations import ACTIVATIONS, sigmoid
from rnn_helpers.allocation import keep_freed_memory
from rnn_helpers.layout import (
    at_ends,
    one_hot_side_by_side,
    placed_at_ends,
    shifted,
    side_by_side,
)
from rnn_helpers.parameters import Parameters, WithParameters

keep_freed_memory()

# Cells that read what another cell made, in the thread that asks for it.
_read_unchecked: ContextVar[frozenset["Cell"]] = ContextVar("_read_unchecked", default=frozenset())

State = np.ndarray | tuple["State", ...]  # a stack's state is a tuple of its layers' states


class Gradients(NamedTuple):
    """What ``backward`` returns: the gradients of the loss.

    ``dx`` (T, n_x, m) is that of the input, None for tokens; ``dstate`` that of the start state,
    shaped like it; ``grads`` has the keys and shapes of ``params``.
    """

    dx: np.ndarray | None
    dstate: State | None
    grads: dict[str, np.ndarray]


def map_state(f: Callable, state: State, *others: State, name: str = "state") -> State:
    """Return f(name, part, *other parts) for every array of a state, nested as the state is.

    The name says which part it is: "state[0][1]". Raise TypeError if one of ``others`` is nested in
    another way.
    """
    if isinstance(state, np.ndarray):
        return f(name, state, *others)
    for other in others:
        if not isinstance(other, (tuple, list)) or len(other) != len(state):
            raise TypeError(f"{name} must be a tuple of {len(state)}, got {_describe(other)}")
    return tuple(
        map_state(f, *parts, name=f"{name}[{i}]")
        for i, parts in enumerate(zip(state, *others, strict=True))
    )


def scaled_uniform(n_out: int, n_in: int, rng: np.random.Generator) -> np.ndarray:
    """Return (n_out, n_in) drawn evenly from ±√(6 / (n_in + n_out)).

    The scale keeps the size of signals about the same forward and backward.
    Source: Glorot and Bengio (2010).
    """
    n_out, n_in = checks.size("n_out", n_out), checks.size("n_in", n_in)
    rng = checks.generator(rng)
    limit = np.sqrt(6 / (n_in + n_out))
    return rng.uniform(-limit, limit, (n_out, n_in))


def orthogonal(n: int, rng: np.random.Generator) -> np.ndarray:
    """Return a random (n, n) orthogonal matrix: every singular value is 1, no length is changed.

    Source: Saxe, McClelland and Ganguli (2014).
    """
    n, rng = checks.size("n", n), checks.generator(rng)
    q, r = np.linalg.qr(rng.standard_normal((n, n)))
    return q * np.sign(np.diag(r))


def identity(n: int, rng: np.random.Generator) -> np.ndarray:
    """Return the (n, n) identity: the state starts out copied.

    Source: Le, Jaitly and Hinton (2015).
    """
    checks.generator(rng)  # not used: every start is called in the same way
    return np.eye(checks.size("n", n))


RECURRENT_STARTS = {
    "orthogonal": orthogonal,
    "identity": identity,
    "uniform": lambda n, rng: scaled_uniform(n, n, rng),
}


@dataclass
class Tape:
    """What ``forward`` kept for ``backward``, which leaves it as it is.

    ``a`` is (T, n_a, m), ``start`` the state before the first step and ``state`` the one after the
    last; ``ends`` (m,) holds the place of each column's last step, if a mask told it. ``gates``
    (T, G*n_a, m), ``c`` and ``tanh_c`` (T, n_a, m) are there for the cells that have them,
    ``product``, Wc a⟨t-1⟩ (T, n_a, m), for a GRU that resets after it, and ``parts``, the tapes of
    the inner cells, for cells made of cells.
    """

    cell: "Cell"
    x: np.ndarray
    start: State
    a: np.ndarray
    state: State
    ends: np.ndarray | None = None
    gates: np.ndarray | None = None
    c: np.ndarray | None = None
    tanh_c: np.ndarray | None = None
    product: np.ndarray | None = None
    parts: list["Tape"] | None = None


@contextmanager
def any_number(cell: "Cell") -> Iterator[None]:
    """Let a cell, and those in it, read NaN and infinity inside the block.

    What another cell made is no mistake of the caller's. It holds for this thread alone: others
    that read with the same cell meanwhile have their x checked.
    """
    before = _read_unchecked.set(_read_unchecked.get() | {*cell.inner()})
    try:
        yield
    finally:
        _read_unchecked.reset(before)


class Cell(WithParameters):
    """What all cells share: parameters, checks, and all work outside the recurrence.

    ``rng`` is a generator or a seed. Two cells made with the same seed are equal: give each its own
    where they must differ.
    """

    rows: tuple[str, ...] = ("state",)  # the blocks of Waa, Wax and ba, from the top down
    state_said = "an array (n_a, m)"
    made_of: tuple["Cell", ...] = ()  # the cells inside, for cells made of cells

    def __init__(
        self,
        n_x: int,
        n_a: int,
        *,
        rng: checks.Seed,
        dtype: DTypeLike = np.float64,
        recurrent_start: str = "orthogonal",
    ):
        self.n_x, self.n_a = checks.size("n_x", n_x), checks.size("n_a", n_a)
        self.dtype = checks.dtype_of(dtype)
        rng = checks.generator(rng)
        start = RECURRENT_STARTS[
            checks.choice("recurrent_start", recurrent_start, tuple(RECURRENT_STARTS))
        ]
        Waa = np.vstack([start(n_a, rng) for _ in self.rows])
        Wax = np.vstack([scaled_uniform(n_a, n_x, rng) for _ in self.rows])
        ba = np.zeros((len(Waa), 1))
        self.params = Parameters(
            {k: v.astype(self.dtype) for k, v in {"Waa": Waa, "Wax": Wax, "ba": ba}.items()}
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}(n_x={self.n_x}, n_a={self.n_a}, dtype={self.dtype})"

    def inner(self) -> Iterator["Cell"]:
        """Yield this cell and every cell inside it."""
        yield self
        for cell in self.made_of:
            yield from cell.inner()

    def block(self, name: str) -> slice:
        """Return which rows of Waa, Wax, ba and of a tape's ``gates`` belong to a gate.

        Raise ValueError if the cell has no gate of that name: ``rows`` lists them.
        """
        i = self.rows.index(checks.choice("name", name, self.rows))
        return slice(i * self.n_a, (i + 1) * self.n_a)

    def zero_state(self, m: int) -> State:
        """Return a⟨0⟩ = 0 for m examples, (n_a, m)."""
        return np.zeros((self.n_a, checks.size("m", m)), self.dtype)

    def a_of(self, state: State) -> np.ndarray:
        """Return a⟨t⟩ (n_a, m), the part of a state that leaves the cell."""
        return state

    def gradient_of_state(self, da: np.ndarray) -> State:
        """Return the gradient of a state whose a⟨t⟩ alone was used, with gradient da (n_a, m)."""
        return da

    def step(self, x_t: np.ndarray, state: State | None = None) -> tuple[np.ndarray, State]:
        """Take one step from x_t, (n_x, m) or tokens (m,), and a state, zeros if not given.

        Return a⟨t⟩ (n_a, m) and the new state.
        Raise ValueError or TypeError if x_t or state has the wrong shape, type or content.
        """
        a, tape = self.forward(self.read_x("x_t", x_t, "n_x m")[None], state)
        return a[0], tape.state

    def forward(
        self, x: np.ndarray, state: State | None = None, mask: np.ndarray | None = None
    ) -> tuple[np.ndarray, Tape]:
        """Read a sequence from left to right.

        x is (T, n_x, m) floats or (T, m) tokens; ``state`` is a⟨0⟩, zeros if not given (for an LSTM
        the pair a⟨0⟩, c⟨0⟩). Return a (T, n_a, m) and the tape; ``tape.state`` is the last state.
        With ``mask`` (T, m), False where a column has ended, it is the state after each column's
        own last step. The tape holds x, state and a themselves, not copies: leave them as they are
        until ``backward``. Raise ValueError or TypeError if x, state or mask has the wrong shape,
        type or content.
        """
        raise NotImplementedError

    def backward(self, da: np.ndarray, tape: Tape, dstate: State | None = None) -> Gradients:
        """Carry the error back through time.

        da (T, n_a, m) is the gradient of the loss for every a⟨t⟩ where it leaves the cell;
        ``dstate`` adds a gradient for ``tape.state``. Return dx (T, n_x, m) (None for tokens), the
        gradient for the start state (shaped like it), and grads with the keys and shapes of
        ``params``. Raise ValueError if da or dstate has the wrong shape or the tape is from another
        cell; TypeError if it is no tape.
        """
        raise NotImplementedError

    def quick_step(self) -> Callable[[np.ndarray, State], State]:
        """Return a step for writing: from tokens (m,) and a state to the new state, unchecked.

        Both must be known to be valid. Wax + ba is made into a table now, so take a new quick step
        when the parameters have changed. The cells with gates write their equations down a second
        time for it: with the checks and the tape of ``forward`` a single step takes several times
        as long.
        """
        return lambda tokens, state: self.step(tokens, state)[1]

    # -- what happens once for all steps, outside the recurrence ------------------------------

    def _read(
        self, x: np.ndarray, state: State | None, mask: np.ndarray | None
    ) -> tuple[np.ndarray, State, np.ndarray | None]:
        """Return x, the start state, and the place of each column's last step (or None)."""
        x = self.read_x("x", x, "T n_x m")
        state = self.read_state("state", state, x.shape[-1])
        return x, state, checks.ends(mask, (len(x), x.shape[-1]))

    def read_x(self, name: str, x: np.ndarray, floats: str) -> np.ndarray:
        """Return x as floats, with the axes ``floats``, or as tokens, which have no axis n_x.

        Raise ValueError or TypeError, calling it ``name``, if it is neither.
        """
        x, tokens = checks.numeric(name, x), floats.replace("n_x ", "")
        if x.ndim == len(floats.split()):
            return checks.array(
                name,
                x,
                floats,
                {"n_x": self.n_x},
                self.dtype,
                finite=self not in _read_unchecked.get(),
            )
        if x.ndim == len(tokens.split()) and (x.dtype.kind in "iu" or x.size == 0):
            return checks.tokens(name, x, self.n_x, tokens)
        raise ValueError(
            f"{name} must be ({floats.replace(' ', ', ')}) with n_x = {self.n_x}, or whole-number "
            f"tokens ({tokens.replace(' ', ', ')}), got {x.shape} of {x.dtype}"
        )

    def read_state(self, name: str, state: State | None, m: int, finite: bool = True) -> State:
        """Return a state for m examples, or a gradient of one; zeros if it is None.

        Raise ValueError or TypeError, calling it ``name``, if it is none of this cell's states.
        """
        zeros = self.zero_state(m)
        if state is None:
            return zeros
        if isinstance(zeros, tuple) and not (
            isinstance(state, (tuple, list)) and len(state) == len(zeros)
        ):
            raise TypeError(f"{name} must be {self.state_said}, got {_describe(state)}")

        def read(name: str, zeros: np.ndarray, part: np.ndarray) -> np.ndarray:
            sizes = {"n_a": len(zeros), "m": m}
            return checks.array(name, part, "n_a m", sizes, self.dtype, finite)

        return map_state(read, zeros, state, name=name)

    def _read_gradient(
        self, da: np.ndarray, tape: Tape, dstate: State | None
    ) -> tuple[np.ndarray, State]:
        checks.instance("tape", tape, Tape, "a tape from forward")
        if tape.cell is not self:
            raise ValueError(f"tape must come from this cell's forward, got one from {tape.cell}")
        T, n_a, m = tape.a.shape
        da = checks.array(
            "da", da, "T n_a m", {"T": T, "n_a": n_a, "m": m}, self.dtype, finite=False
        )
        return da, self.read_state("dstate", dstate, m, finite=False)

    def _to_ends(
        self, da: np.ndarray | None, dstate: np.ndarray, tape: Tape
    ) -> tuple[np.ndarray | None, np.ndarray]:
        """Move the gradient of ``tape.state`` to each column's own end, if that is not step T."""
        if tape.ends is None or not dstate.any():
            return da, dstate
        placed = placed_at_ends(dstate, tape.ends, len(tape.a))
        return placed if da is None else da + placed, np.zeros_like(dstate)

    def _input_part(self, x: np.ndarray) -> np.ndarray:
        """Return Wax x⟨t⟩ + ba for every t: (T, G*n_a, m)."""
        Wax, ba = self.params["Wax"], self.params["ba"]
        if x.ndim == 3:
            part = np.matmul(Wax, x)
            part += ba
            return part
        # A token picks one column of Wax, so the columns of Wax + ba are a table to look up in.
        table, part = Wax + ba, np.empty((len(x), len(ba), x.shape[1]), self.dtype)
        for x_t, part_t in zip(x, part, strict=True):
            np.take(table, x_t, axis=1, out=part_t, mode="clip")
        return part

    def _input_gradient(self, dz: np.ndarray, x: np.ndarray) -> np.ndarray | None:
        """Return dx⟨t⟩ = Wax.T dz⟨t⟩ for every t, (T, n_x, m); None for tokens."""
        return np.matmul(self.params["Wax"].T, dz) if x.ndim == 3 else None

    def _x_side_by_side(self, x: np.ndarray) -> np.ndarray:
        """Return the columns x⟨t⟩ of all steps side by side, (n_x, T*m)."""
        return side_by_side(x) if x.ndim == 3 else one_hot_side_by_side(x, self.n_x, self.dtype)


class RNNCell(Cell):
    """The basic unit: a⟨t⟩ = g1(Waa a⟨t-1⟩ + Wax x⟨t⟩ + ba), with g1 tanh or ReLU.

    ``recurrent_start`` is how Waa begins: "orthogonal", "identity" (with ReLU: the IRNN of Le,
    Jaitly and Hinton, 2015) or "uniform". Source: Elman (1990).
    """

    def __init__(
        self,
        n_x: int,
        n_a: int,
        *,
        activation: str = "tanh",
        rng: checks.Seed,
        dtype: DTypeLike = np.float64,
        recurrent_start: str = "orthogonal",
    ):
        self.activation = checks.choice("activation", activation, tuple(ACTIVATIONS))
        super().__init__(n_x, n_a, rng=rng, dtype=dtype, recurrent_start=recurrent_start)

    def forward(
        self, x: np.ndarray, state: State | None = None, mask: np.ndarray | None = None
    ) -> tuple[np.ndarray, Tape]:
        x, start, ends = self._read(x, state, mask)
        (g1, _), Waa = ACTIVATIONS[self.activation], self.params["Waa"]
        a, a_prev = self._input_part(x), start  # a⟨t⟩ starts as Wax x⟨t⟩ + ba
        for a_t in a:
            a_t += Waa @ a_prev
            a_prev = g1(a_t, out=a_t)  # a⟨t⟩ = g1(Waa a⟨t-1⟩ + Wax x⟨t⟩ + ba)
        return a, Tape(self, x, start, a, at_ends(a, ends), ends)

    def backward(self, da: np.ndarray, tape: Tape, dstate: State | None = None) -> Gradients:
        da, da_next = self._to_ends(*self._read_gradient(da, tape, dstate), tape)
        (_, slope), Waa = ACTIVATIONS[self.activation], self.params["Waa"]
        dz, g1_slope = np.empty_like(tape.a), slope(tape.a)
        for t in reversed(range(len(da))):
            da_t = da[t] + da_next  # the immediate derivative, and what comes from t + 1
            dz_t = np.multiply(da_t, g1_slope[t], out=dz[t])
            da_next = Waa.T @ dz_t  # to the step before
        # The sums over time: with the steps side by side, each is one product.
        wide, a_prev = side_by_side(dz), shifted(tape.start, tape.a)
        grads = {
            "Waa": wide @ side_by_side(a_prev).T,  # Σ_t dz⟨t⟩ @ a⟨t-1⟩.T
            "Wax": wide @ self._x_side_by_side(tape.x).T,  # Σ_t dz⟨t⟩ @ x⟨t⟩.T
            "ba": wide @ np.ones((wide.shape[1], 1), self.dtype),  # Σ_t dz⟨t⟩, over all examples
        }
        return Gradients(self._input_gradient(dz, tape.x), da_next, grads)

    def quick_step(self) -> Callable[[np.ndarray, State], State]:
        (g1, _), Waa = ACTIVATIONS[self.activation], self.params["Waa"]
        table = self.params["Wax"] + self.params["ba"]
        return lambda tokens, a_prev: g1(np.dot(Waa, a_prev) + table.take(tokens, axis=1))


class GRUCell(Cell):
    """The gated recurrent unit, with Γu the update gate, Γr the reset gate and ã the candidate::

        Γu = σ(Wu a⟨t-1⟩ + Ux x⟨t⟩ + bu)           Γr = σ(Wr a⟨t-1⟩ + ...)
        ã  = tanh(Wc (Γr * a⟨t-1⟩) + ...)           a⟨t⟩ = Γu * ã + (1 - Γu) * a⟨t-1⟩

    ``reset="after"`` gives the form of PyTorch and cuDNN, ã = tanh(Γr * (Wc a⟨t-1⟩) + ...): another
    function, which saves a product. ``update_bias`` is where bu begins: below 0 the update gate
    starts nearly closed, so that the state is kept. Source: Cho et al. (2014).
    """

    rows = ("update", "reset", "candidate")

    def __init__(
        self,
        n_x: int,
        n_a: int,
        *,
        reset: str = "before",
        update_bias: float = 0.0,
        rng: checks.Seed,
        dtype: DTypeLike = np.float64,
        recurrent_start: str = "orthogonal",
    ):
        self.reset = checks.choice("reset", reset, ("before", "after"))
        super().__init__(n_x, n_a, rng=rng, dtype=dtype, recurrent_start=recurrent_start)
        self.params["ba"][self.block("update")] = checks.number("update_bias", update_bias)

    def forward(
        self, x: np.ndarray, state: State | None = None, mask: np.ndarray | None = None
    ) -> tuple[np.ndarray, Tape]:
        x, start, ends = self._read(x, state, mask)
        n, before, Waa = self.n_a, self.reset == "before", self.params["Waa"]
        W_gates, Wc = Waa[: 2 * n], Waa[2 * n :]  # of update and reset, and of the candidate
        gates = self._input_part(x)  # each gate starts as Wax x⟨t⟩ + ba
        a = np.empty((len(x), *start.shape), self.dtype)
        product, a_prev = None if before else np.empty_like(a), start
        for t, (both, candidate) in enumerate(zip(gates[:, : 2 * n], gates[:, 2 * n :])):
            update, reset = both[:n], both[n:]
            both += np.dot(W_gates, a_prev)
            sigmoid(both, out=both)  # Γu, Γr = σ(W a⟨t-1⟩ + Wax x⟨t⟩ + ba)
            if before:
                candidate += np.dot(Wc, reset * a_prev)
            else:
                candidate += reset * np.dot(Wc, a_prev, out=product[t])
            np.tanh(candidate, out=candidate)  # ã = tanh(Wc (Γr * a⟨t-1⟩) + Wax x⟨t⟩ + ba)
            # a⟨t⟩ = Γu * ã + (1 - Γu) * a⟨t-1⟩, with one product less
            a_prev = np.add(update * (candidate - a_prev), a_prev, out=a[t])
        return a, Tape(self, x, start, a, at_ends(a, ends), ends, gates, product=product)

    def backward(self, da: np.ndarray, tape: Tape, dstate: State | None = None) -> Gradients:
        da, da_next = self._to_ends(*self._read_gradient(da, tape, dstate), tape)
        n, before, Waa = self.n_a, self.reset == "before", self.params["Waa"]
        W_gates, Wc = Waa[: 2 * n], Waa[2 * n :]
        a_prev, dz = shifted(tape.start, tape.a), np.empty_like(tape.gates)
        d_product = None if before else np.empty_like(a_prev)  # the gradient of Wc a⟨t-1⟩
        for t in reversed(range(len(da))):
            both, candidate = tape.gates[t, : 2 * n], tape.gates[t, 2 * n :]
            update, reset = both[:n], both[n:]
            slopes = both * (1 - both)  # σ'(z) = Γ (1 - Γ)
            dzu, dzr, dzc = dz[t, :n], dz[t, n : 2 * n], dz[t, 2 * n :]
            da_t = da[t] + da_next
            np.multiply(da_t * (candidate - a_prev[t]), slopes[:n], out=dzu)
            np.multiply(da_t * update, 1 - candidate * candidate, out=dzc)
            da_next = da_t * (1 - update)
            if before:
                d_heeded = np.dot(Wc.T, dzc)  # the gradient of Γr * a⟨t-1⟩
                np.multiply(d_heeded * a_prev[t], slopes[n:], out=dzr)
                da_next += d_heeded * reset
            else:
                np.multiply(dzc * tape.product[t], slopes[n:], out=dzr)
                da_next += np.dot(Wc.T, np.multiply(dzc, reset, out=d_product[t]))
            da_next += np.dot(W_gates.T, dz[t, : 2 * n])
        # The sums over time, as in RNNCell. Wc has met Γr * a⟨t-1⟩, or a⟨t-1⟩ with d_product.
        wide, wide_a = side_by_side(dz), side_by_side(a_prev)
        if before:
            dWc = wide[2 * n :] @ side_by_side(tape.gates[:, n : 2 * n] * a_prev).T
        else:
            dWc = side_by_side(d_product) @ wide_a.T
        grads = {
            "Waa": np.vstack([wide[: 2 * n] @ wide_a.T, dWc]),
            "Wax": wide @ self._x_side_by_side(tape.x).T,
            "ba": wide @ np.ones((wide.shape[1], 1), self.dtype),
        }
        return Gradients(self._input_gradient(dz, tape.x), da_next, grads)

    def quick_step(self) -> Callable[[np.ndarray, State], State]:
        n, Waa = self.n_a, self.params["Waa"]
        table, W_gates, Wc = self.params["Wax"] + self.params["ba"], Waa[: 2 * n], Waa[2 * n :]

        def step(tokens: np.ndarray, a_prev: np.ndarray) -> np.ndarray:
            z = table.take(tokens, axis=1)
            both = sigmoid(np.dot(W_gates, a_prev) + z[: 2 * n])
            update, reset = both[:n], both[n:]
            if self.reset == "before":
                candidate = np.tanh(np.dot(Wc, reset * a_prev) + z[2 * n :])
            else:
                candidate = np.tanh(reset * np.dot(Wc, a_prev) + z[2 * n :])
            return update * (candidate - a_prev) + a_prev

        return step


class LSTMCell(Cell):
    """Long short-term memory, with a memory c beside a, and the gates update, forget and output::

        c̃ = tanh(Wc a⟨t-1⟩ + ...)    Γu, Γf, Γo = σ(W a⟨t-1⟩ + ...)
        c⟨t⟩ = Γu * c̃ + Γf * c⟨t-1⟩    a⟨t⟩ = Γo * tanh(c⟨t⟩)

    The state is the pair (a, c). ``forget_bias`` is where the forget gate's bias begins: at 1 the
    memory starts out kept. Sources: Hochreiter and Schmidhuber (1997); Gers, Schmidhuber and
    Cummins (2000) for the forget gate; Jozefowicz, Zaremba and Sutskever (2015) for its bias.
    """

    rows = ("candidate", "update", "forget", "output")
    state_said = "the pair (a, c) for an LSTM"

    def __init__(
        self,
        n_x: int,
        n_a: int,
        *,
        forget_bias: float = 1.0,
        rng: checks.Seed,
        dtype: DTypeLike = np.float64,
        recurrent_start: str = "orthogonal",
    ):
        super().__init__(n_x, n_a, rng=rng, dtype=dtype, recurrent_start=recurrent_start)
        self.params["ba"][self.block("forget")] = checks.number("forget_bias", forget_bias)

    def zero_state(self, m: int) -> State:
        """Return a⟨0⟩ = 0 and c⟨0⟩ = 0 for m examples, each (n_a, m)."""
        return super().zero_state(m), super().zero_state(m)

    def a_of(self, state: State) -> np.ndarray:
        return state[0]

    def gradient_of_state(self, da: np.ndarray) -> State:
        return da, np.zeros_like(da)

    def forward(
        self, x: np.ndarray, state: State | None = None, mask: np.ndarray | None = None
    ) -> tuple[np.ndarray, Tape]:
        x, start, ends = self._read(x, state, mask)
        n, Waa, (a_prev, c_prev) = self.n_a, self.params["Waa"], start
        gates = self._input_part(x)  # each gate starts as Wax x⟨t⟩ + ba
        c = np.empty((len(x), *c_prev.shape), self.dtype)
        tanh_c, a = np.empty_like(c), np.empty_like(c)
        for t, z in enumerate(gates):
            candidate, update, forget, output = z[:n], z[n : 2 * n], z[2 * n : 3 * n], z[3 * n :]
            z += np.dot(Waa, a_prev)
            np.tanh(candidate, out=candidate)  # c̃ = tanh(Wc a⟨t-1⟩ + Wax x⟨t⟩ + ba)
            sigmoid(z[n:], out=z[n:])  # Γu, Γf, Γo = σ(W a⟨t-1⟩ + Wax x⟨t⟩ + ba)
            c_prev = np.add(update * candidate, forget * c_prev, out=c[t])  # Γu * c̃ + Γf * c⟨t-1⟩
            a_prev = np.multiply(
                output, np.tanh(c_prev, out=tanh_c[t]), out=a[t]
            )  # Γo * tanh(c⟨t⟩)
        state = (at_ends(a, ends), at_ends(c, ends))
        return a, Tape(self, x, start, a, state, ends, gates, c, tanh_c)

    def backward(self, da: np.ndarray, tape: Tape, dstate: State | None = None) -> Gradients:
        da, (da_next, dc_next) = self._read_gradient(da, tape, dstate)
        da, da_next = self._to_ends(da, da_next, tape)
        dc_ends, dc_next = self._to_ends(None, dc_next, tape)
        n, Waa, dz = self.n_a, self.params["Waa"], np.empty_like(tape.gates)
        c_prev = shifted(tape.start[1], tape.c)
        for t in reversed(range(len(da))):
            candidate, gates = tape.gates[t, :n], tape.gates[t, n:]
            update, forget, output = gates[:n], gates[n : 2 * n], gates[2 * n :]
            slopes = gates * (1 - gates)  # σ'(z) = Γ (1 - Γ)
            dzc, dzu, dzf, dzo = dz[t, :n], dz[t, n : 2 * n], dz[t, 2 * n : 3 * n], dz[t, 3 * n :]
            da_t = da[t] + da_next
            # Two paths lead into c⟨t⟩: straight along c, and through the output gate from a⟨t⟩.
            dc_t = da_t * (output - tape.a[t] * tape.tanh_c[t]) + dc_next  # Γo (1 - tanh(c⟨t⟩)²)
            if dc_ends is not None:
                dc_t += dc_ends[t]
            np.multiply(dc_t * update, 1 - candidate * candidate, out=dzc)
            np.multiply(dc_t * candidate, slopes[:n], out=dzu)
            np.multiply(dc_t * c_prev[t], slopes[n : 2 * n], out=dzf)
            np.multiply(da_t * tape.tanh_c[t], slopes[2 * n :], out=dzo)
            dc_next = dc_t * forget
            da_next = np.dot(Waa.T, dz[t])
        # The sums over time, as in RNNCell.
        wide, a_prev = side_by_side(dz), shifted(tape.start[0], tape.a)
        grads = {
            "Waa": wide @ side_by_side(a_prev).T,
            "Wax": wide @ self._x_side_by_side(tape.x).T,
            "ba": wide @ np.ones((wide.shape[1], 1), self.dtype),
        }
        return Gradients(self._input_gradient(dz, tape.x), (da_next, dc_next), grads)

    def quick_step(self) -> Callable[[np.ndarray, State], State]:
        n, Waa, table = self.n_a, self.params["Waa"], self.params["Wax"] + self.params["ba"]

        def step(tokens: np.ndarray, state: State) -> State:
            a_prev, c_prev = state
            z = table.take(tokens, axis=1) + np.dot(Waa, a_prev)
            candidate, gates = np.tanh(z[:n]), sigmoid(z[n:])
            c = gates[:n] * candidate + gates[n : 2 * n] * c_prev
            return gates[2 * n :] * np.tanh(c), c

        return step


def _describe(value: object) -> str:
    return (
        f"an array of shape {value.shape}"
        if isinstance(value, np.ndarray)
        else type(value).__name__
    )
