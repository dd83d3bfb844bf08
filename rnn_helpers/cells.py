"""Recurrent cells: one step, a whole sequence, and its gradient.

Columns are examples and time is the first axis: x is (T, n_x, m), a is (T, n_a, m), so that
``for x_t in x`` reads as the equation does. In place of x you may give tokens, whole numbers
(T, m): token k stands for the one-hot column with a 1 in row k.

Each cell keeps its parameters in the plain dict ``params``; its G gates are blocks of rows::

    Waa (G*n_a, n_a)    Wax (G*n_a, n_x)    ba (G*n_a, 1)

    RNN   G = 1
    GRU   G = 3, in the order update, reset, candidate
    LSTM  G = 4, in the order candidate, update, forget, output

``forward`` returns a and a tape; ``backward`` walks the tape back. Inputs are never changed.
Where a line is written for speed, a comment gives its plain equation.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike

from rnn_helpers import checks
from rnn_helpers.activations import ACTIVATIONS, sigmoid
from rnn_helpers.layout import (
    at_ends,
    one_hot_side_by_side,
    placed_at_ends,
    shifted,
    side_by_side,
)

State = np.ndarray | tuple["State", ...]  # a stack's state is a tuple of its layers' states

# A training step takes a few large arrays and gives them back. Linux's memory manager would return
# them to the system each time and fetch them anew page by page, which can cost as much as the
# mathematics. Once a block of 32 MB has been taken and freed (it is never touched, so it costs
# nothing), it keeps what is freed for the next step.
np.empty(2**25 - 2**16, np.uint8)


def scaled_uniform(n_out: int, n_in: int, rng: np.random.Generator) -> np.ndarray:
    """Return (n_out, n_in) drawn evenly from ±√(6 / (n_in + n_out)).

    The scale keeps the size of signals about the same forward and backward.
    Source: Glorot and Bengio (2010).
    """
    limit = np.sqrt(6 / (n_in + n_out))
    return rng.uniform(-limit, limit, (n_out, n_in))


def orthogonal(n: int, rng: np.random.Generator) -> np.ndarray:
    """Return a random (n, n) orthogonal matrix: every singular value is 1, no length is changed.

    Source: Saxe, McClelland and Ganguli (2014).
    """
    q, r = np.linalg.qr(rng.standard_normal((n, n)))
    return q * np.sign(np.diag(r))


def identity(n: int, rng: np.random.Generator) -> np.ndarray:
    """Return the (n, n) identity: the state starts out copied.

    Source: Le, Jaitly and Hinton (2015).
    """
    return np.eye(n)


RECURRENT_STARTS = {
    "orthogonal": orthogonal,
    "identity": identity,
    "uniform": lambda n, rng: scaled_uniform(n, n, rng),
}


@dataclass
class Tape:
    """What ``forward`` kept for ``backward``. It is good for one call of ``backward``.

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
    spent: bool = False


class Cell:
    """What all cells share: parameters, checks, and all work outside the recurrence.

    ``rng`` is a generator or a seed. None means the seed 0, so two cells made without it are equal:
    give each its own where they must differ.
    """

    gates = 1
    made_of: tuple["Cell", ...] = ()  # the cells inside, for cells made of cells
    accepts_infinite = False  # x is checked for NaN and infinity, unless another cell made it

    def __init__(
        self,
        n_x: int,
        n_a: int,
        rng: checks.Seed = None,
        dtype: DTypeLike = np.float64,
        recurrent_start: str = "orthogonal",
    ):
        self.n_x, self.n_a = checks.size("n_x", n_x), checks.size("n_a", n_a)
        self.dtype = checks.dtype_of(dtype)
        rng = checks.generator(rng)
        start = RECURRENT_STARTS[
            checks.choice("recurrent_start", recurrent_start, tuple(RECURRENT_STARTS))
        ]
        blocks = range(self.gates)
        self.params = {
            "Waa": np.vstack([start(n_a, rng) for _ in blocks]).astype(self.dtype),
            "Wax": np.vstack([scaled_uniform(n_a, n_x, rng) for _ in blocks]).astype(self.dtype),
            "ba": np.zeros((self.gates * n_a, 1), self.dtype),
        }

    def __repr__(self) -> str:
        return f"{type(self).__name__}(n_x={self.n_x}, n_a={self.n_a}, dtype={self.dtype})"

    def inner(self) -> Iterator["Cell"]:
        """Yield this cell and every cell inside it."""
        yield self
        for cell in self.made_of:
            yield from cell.inner()

    def zero_state(self, m: int) -> State:
        """Return a⟨0⟩ = 0 for m examples, (n_a, m)."""
        return np.zeros((self.n_a, m), self.dtype)

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

    def backward(self, da: np.ndarray, tape: Tape, dstate: State | None = None) -> tuple:
        """Carry the error back through time.

        da (T, n_a, m) is the gradient of the loss for every a⟨t⟩ where it leaves the cell;
        ``dstate`` adds a gradient for ``tape.state``. Return dx (T, n_x, m) (None for tokens), the
        gradient for the start state (shaped like it), and grads with the keys and shapes of
        ``params``. The tape is spent afterwards: a second call raises ValueError, since its arrays
        have been used as working space. Raise ValueError too if da or dstate has the wrong shape or
        the tape is from another cell; TypeError if it is no tape.
        """
        raise NotImplementedError

    def advance(self, part: np.ndarray, state: State, *places: np.ndarray) -> State:
        """Take one step without any check and return the new state: what ``forward`` repeats.

        part, (G*n_a, m), is Wax x⟨t⟩ + ba and is overwritten. ``places`` are arrays for what
        ``backward`` needs, new ones if not given. np.dot does what @ does for two matrices and is
        quicker to begin, which tells when one text is written.
        """
        raise NotImplementedError

    def quick_step(self) -> Callable[[np.ndarray, State], State]:
        """Return a step for writing: from tokens (m,) and a state to the new state, unchecked.

        Both must be known to be valid. Wax + ba is made into a table now, so take a new quick step
        when the parameters have changed.
        """
        if type(self).advance is Cell.advance:  # a cell made of cells: slower, but the same
            return lambda tokens, state: self.step(tokens, state)[1]
        table = self.params["Wax"] + self.params["ba"]
        return lambda tokens, state: self.advance(table.take(tokens, axis=1), state)

    # -- what happens once for all steps, outside the recurrence ------------------------------

    def _read(self, x: np.ndarray, state: State | None, mask: np.ndarray | None) -> tuple:
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
                name, x, floats, {"n_x": self.n_x}, self.dtype, finite=not self.accepts_infinite
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
        if state is None:
            return self.zero_state(m)
        sizes = {"n_a": self.n_a, "m": m}
        return checks.array(name, state, "n_a m", sizes, self.dtype, finite)

    def _read_gradient(
        self, da: np.ndarray, tape: Tape, dstate: State | None
    ) -> tuple[np.ndarray, State]:
        if not isinstance(tape, Tape):
            raise TypeError(f"tape must be a tape from forward, got {_describe(tape)}")
        if tape.cell is not self:
            raise ValueError(f"tape must come from this cell's forward, got one from {tape.cell}")
        if tape.spent:
            raise ValueError(
                "tape must be fresh, got one that backward has used: call forward again"
            )
        T, n_a, m = tape.a.shape
        da = checks.array(
            "da", da, "T n_a m", {"T": T, "n_a": n_a, "m": m}, self.dtype, finite=False
        )
        dstate = self.read_state("dstate", dstate, m, finite=False)
        tape.spent = True
        return da, dstate

    def _to_ends(self, da: np.ndarray | None, dstate: np.ndarray, tape: Tape) -> tuple:
        """Move the gradient of ``tape.state`` to each column's own end, if that is not step T."""
        if tape.ends is None or not dstate.any():
            return da, dstate
        placed = placed_at_ends(dstate, tape.ends, len(tape.a))
        return placed if da is None else da + placed, np.zeros_like(dstate)

    def _input_part(self, x: np.ndarray) -> np.ndarray:
        """Return Wax @ x⟨t⟩ + ba for every t: (T, G*n_a, m)."""
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

    def _gradients(
        self, dz: np.ndarray, a_prev: np.ndarray, x: np.ndarray, rows: int | None = None
    ) -> tuple:
        """Return dx and grads from dz (T, G*n_a, m), the gradient before the activations.

        dWaa = Σ_t dz⟨t⟩ @ a⟨t-1⟩.T, dWax = Σ_t dz⟨t⟩ @ x⟨t⟩.T, dba = Σ_t dz⟨t⟩ @ 1: with a⟨t-1⟩,
        x⟨t⟩ and 1 on top of each other and the steps side by side, all three are one product.
        ``rows`` leaves dWaa undone from that row on, for the cell to fill in.
        """
        n, (T, _, m), wide = self.n_a, dz.shape, side_by_side(dz)
        x_wide = side_by_side(x) if x.ndim == 3 else one_hot_side_by_side(x, self.n_x, self.dtype)
        met = np.ones((n + self.n_x + 1, T, m), self.dtype)  # its last row stays 1
        met[:n], met[n:-1] = a_prev.transpose(1, 0, 2), x_wide.reshape(-1, T, m)
        met = met.reshape(-1, T * m)
        dW = np.empty((len(wide), len(met)), self.dtype)
        np.matmul(wide[:rows], met.T, out=dW[:rows])
        if rows is not None:
            np.matmul(wide[rows:], met[n:].T, out=dW[rows:, n:])
        dx = np.matmul(self.params["Wax"].T, dz) if x.ndim == 3 else None
        return dx, {"Waa": dW[:, :n].copy(), "Wax": dW[:, n:-1].copy(), "ba": dW[:, -1:].copy()}


class RNNCell(Cell):
    """The basic unit: a⟨t⟩ = g1(Waa a⟨t-1⟩ + Wax x⟨t⟩ + ba), with g1 tanh or ReLU.

    ``recurrent_start`` is how Waa begins: "orthogonal", "identity" (with ReLU: the IRNN of Le,
    Jaitly and Hinton, 2015) or "uniform". Source: Elman (1990).
    """

    def __init__(
        self,
        n_x: int,
        n_a: int,
        activation: str = "tanh",
        rng: checks.Seed = None,
        dtype: DTypeLike = np.float64,
        recurrent_start: str = "orthogonal",
    ):
        self.activation = checks.choice("activation", activation, tuple(ACTIVATIONS))
        super().__init__(n_x, n_a, rng, dtype, recurrent_start)

    def forward(
        self, x: np.ndarray, state: State | None = None, mask: np.ndarray | None = None
    ) -> tuple[np.ndarray, Tape]:
        x, start, ends = self._read(x, state, mask)
        a, state = self._input_part(x), start  # a starts as Wax @ x + ba and is finished in place
        for a_t in a:
            state = self.advance(a_t, state)
        return a, Tape(self, x, start, a, at_ends(a, ends), ends)

    def advance(self, part: np.ndarray, state: np.ndarray) -> np.ndarray:
        g1, _ = ACTIVATIONS[self.activation]
        part += np.dot(self.params["Waa"], state)
        return g1(part, out=part)  # a⟨t⟩ = g1(Waa a⟨t-1⟩ + Wax x⟨t⟩ + ba)

    def backward(self, da: np.ndarray, tape: Tape, dstate: State | None = None) -> tuple:
        da, da_next = self._to_ends(*self._read_gradient(da, tape, dstate), tape)
        _, slope = ACTIVATIONS[self.activation]
        Waa, dz = self.params["Waa"], slope(tape.a)  # dz starts as g1' and is finished in place
        for da_t, dz_t in zip(da[::-1], dz[::-1], strict=True):
            dz_t *= da_t + da_next  # dz⟨t⟩ = (da⟨t⟩ + what comes from t+1) * g1'
            da_next = Waa.T @ dz_t
        dx, grads = self._gradients(dz, shifted(tape.start, tape.a), tape.x)
        return dx, da_next, grads


class GRUCell(Cell):
    """The gated recurrent unit, with Γu the update gate, Γr the reset gate and ã the candidate::

        Γu = σ(Wu a⟨t-1⟩ + Ux x⟨t⟩ + bu)           Γr = σ(Wr a⟨t-1⟩ + ...)
        ã  = tanh(Wc (Γr * a⟨t-1⟩) + ...)           a⟨t⟩ = Γu * ã + (1 - Γu) * a⟨t-1⟩

    ``reset="after"`` gives the form of PyTorch and cuDNN, ã = tanh(Γr * (Wc a⟨t-1⟩) + ...): another
    function, which saves a product. Source: Cho et al. (2014).
    """

    gates = 3

    def __init__(
        self,
        n_x: int,
        n_a: int,
        reset: str = "before",
        rng: checks.Seed = None,
        dtype: DTypeLike = np.float64,
        recurrent_start: str = "orthogonal",
    ):
        self.reset = checks.choice("reset", reset, ("before", "after"))
        super().__init__(n_x, n_a, rng, dtype, recurrent_start)

    def forward(
        self, x: np.ndarray, state: State | None = None, mask: np.ndarray | None = None
    ) -> tuple[np.ndarray, Tape]:
        x, start, ends = self._read(x, state, mask)
        gates, state = self._input_part(x), start
        a = np.empty((len(gates), self.n_a, gates.shape[2]), self.dtype)
        product = np.empty_like(a) if self.reset == "after" else None  # Wc a⟨t-1⟩
        for t, gates_t in enumerate(gates):
            state = self.advance(gates_t, state, a[t], None if product is None else product[t])
        return a, Tape(self, x, start, a, at_ends(a, ends), ends, gates, product=product)

    def advance(
        self,
        part: np.ndarray,
        state: np.ndarray,
        a: np.ndarray | None = None,
        product: np.ndarray | None = None,
    ) -> np.ndarray:
        n, a_prev, Waa = self.n_a, state, self.params["Waa"]
        gates, candidate = part[: 2 * n], part[2 * n :]
        gates += np.dot(Waa[: 2 * n], a_prev)
        sigmoid(gates, out=gates)
        update, reset = gates[:n], gates[n:]
        if self.reset == "before":
            candidate += np.dot(Waa[2 * n :], reset * a_prev)
        else:
            candidate += reset * np.matmul(Waa[2 * n :], a_prev, out=product)
        np.tanh(candidate, out=candidate)
        a = np.subtract(candidate, a_prev, out=a)
        a *= update
        a += a_prev  # a⟨t⟩ = Γu * ã + (1 - Γu) * a⟨t-1⟩
        return a

    def backward(self, da: np.ndarray, tape: Tape, dstate: State | None = None) -> tuple:
        da, da_next = self._to_ends(*self._read_gradient(da, tape, dstate), tape)
        n, a_prev, dz = self.n_a, shifted(tape.start, tape.a), tape.gates
        W_gates, Wc = self.params["Waa"][: 2 * n], self.params["Waa"][2 * n :]
        before = self.reset == "before"
        update, reset, candidate = dz[:, :n], dz[:, n : 2 * n], dz[:, 2 * n :]
        # First all that need not wait for the error, for every step at once: each gate becomes
        # the factor between the error that reaches it and its dz (σ' = Γ (1 - Γ)).
        stay, opened = 1 - update, reset.copy()
        aside = reset * (a_prev if before else tape.product)
        reset[:] = aside * (1 - reset)
        candidate[:] = update * (1 - candidate * candidate)
        update[:] = (tape.a - a_prev) * stay  # (ã - a⟨t-1⟩) Γu (1 - Γu)
        for t in reversed(range(len(da))):
            da_t = da[t] + da_next
            update[t] *= da_t
            candidate[t] *= da_t
            da_next = da_t * stay[t]
            if before:
                d_kept = Wc.T @ candidate[t]  # the gradient of Γr * a⟨t-1⟩
                reset[t] *= d_kept
                d_kept *= opened[t]
                da_next += d_kept
            else:
                reset[t] *= candidate[t]
                opened[t] *= candidate[t]  # the gradient of Wc a⟨t-1⟩
                da_next += Wc.T @ opened[t]
            da_next += W_gates.T @ dz[t, : 2 * n]
        dx, grads = self._gradients(dz, a_prev, tape.x, rows=2 * n)
        met, kept = (candidate, aside) if before else (opened, a_prev)
        np.matmul(side_by_side(met), side_by_side(kept).T, out=grads["Waa"][2 * n :])
        return dx, da_next, grads


class LSTMCell(Cell):
    """Long short-term memory, with a memory c beside a, and the gates update, forget and output::

        c̃ = tanh(Wc a⟨t-1⟩ + ...)    Γu, Γf, Γo = σ(W a⟨t-1⟩ + ...)
        c⟨t⟩ = Γu * c̃ + Γf * c⟨t-1⟩    a⟨t⟩ = Γo * tanh(c⟨t⟩)

    The state is the pair (a, c). ``forget_bias`` is where the forget gate's bias begins: at 1 the
    memory starts out kept. Sources: Hochreiter and Schmidhuber (1997); Gers, Schmidhuber and
    Cummins (2000) for the forget gate; Jozefowicz, Zaremba and Sutskever (2015) for its bias.
    """

    gates = 4

    def __init__(
        self,
        n_x: int,
        n_a: int,
        forget_bias: float = 1.0,
        rng: checks.Seed = None,
        dtype: DTypeLike = np.float64,
        recurrent_start: str = "orthogonal",
    ):
        super().__init__(n_x, n_a, rng, dtype, recurrent_start)
        self.params["ba"][2 * n_a : 3 * n_a] = checks.number("forget_bias", forget_bias)

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
        gates, state = self._input_part(x), start
        c = np.empty((len(gates), self.n_a, gates.shape[2]), self.dtype)
        tanh_c, a = np.empty_like(c), np.empty_like(c)
        for gates_t, *places in zip(gates, a, c, tanh_c, strict=True):
            state = self.advance(gates_t, state, *places)
        state = (at_ends(a, ends), at_ends(c, ends))
        return a, Tape(self, x, start, a, state, ends, gates, c, tanh_c)

    def advance(
        self,
        part: np.ndarray,
        state: State,
        a: np.ndarray | None = None,
        c: np.ndarray | None = None,
        tanh_c: np.ndarray | None = None,
    ) -> State:
        n, (a_prev, c_prev) = self.n_a, state
        part += np.dot(self.params["Waa"], a_prev)
        candidate, gates = part[:n], part[n:]
        np.tanh(candidate, out=candidate)
        sigmoid(gates, out=gates)
        update, forget, output = gates[:n], gates[n : 2 * n], gates[2 * n :]
        c = np.multiply(forget, c_prev, out=c)
        c += update * candidate  # c⟨t⟩ = Γu * c̃ + Γf * c⟨t-1⟩
        a = np.multiply(output, np.tanh(c, out=tanh_c), out=a)  # a⟨t⟩ = Γo * tanh(c⟨t⟩)
        return a, c

    def backward(self, da: np.ndarray, tape: Tape, dstate: State | None = None) -> tuple:
        da, (da_next, dc_next) = self._read_gradient(da, tape, dstate)
        Waa, (T, n, m) = self.params["Waa"], tape.a.shape
        da, da_next = self._to_ends(da, da_next, tape)
        dc_ends, dc_next = self._to_ends(None, dc_next, tape)
        blocks = tape.gates.reshape(T, 4, n, m)
        candidate, update, forget, output = (blocks[:, i] for i in range(4))
        # First all that need not wait for the error, for every step at once: each gate becomes
        # the factor between the error that reaches it and its dz (σ' = Γ (1 - Γ)).
        keep, opened = forget.copy(), output - tape.a * tape.tanh_c  # Γo (1 - tanh(c)²)
        written = update * candidate
        np.subtract(update, written * candidate, out=candidate)  # Γu (1 - c̃²)
        np.subtract(1, blocks[:, 1:], out=blocks[:, 1:])
        update *= written  # c̃ Γu (1 - Γu)
        forget *= keep
        forget *= shifted(tape.start[1], tape.c)  # c⟨t-1⟩ Γf (1 - Γf)
        output *= tape.a  # tanh(c) Γo (1 - Γo)
        for t in reversed(range(T)):
            da_t = da[t] + da_next
            # Two paths lead into c⟨t⟩: straight along c, and through the output gate from a⟨t⟩.
            dc = da_t * opened[t]
            dc += dc_next
            if dc_ends is not None:
                dc += dc_ends[t]
            blocks[t, :3] *= dc  # candidate, update and forget take their dz from dc,
            output[t] *= da_t  # the output gate from da
            dc_next = dc * keep[t]
            da_next = Waa.T @ tape.gates[t]
        dz = tape.gates
        dx, grads = self._gradients(dz, shifted(tape.start[0], tape.a), tape.x)
        return dx, (da_next, dc_next), grads

    def read_state(self, name: str, state: State | None, m: int, finite: bool = True) -> State:
        if state is None:
            return self.zero_state(m)
        if not isinstance(state, (tuple, list)) or len(state) != 2:
            raise TypeError(f"{name} must be the pair (a, c) for an LSTM, got {_describe(state)}")
        return tuple(
            super(LSTMCell, self).read_state(f"{name}[{i}]", part, m, finite)
            for i, part in enumerate(state)
        )


def _describe(value: object) -> str:
    return (
        f"an array of shape {value.shape}"
        if isinstance(value, np.ndarray)
        else type(value).__name__
    )
