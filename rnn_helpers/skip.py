"""A tanh cell with a skip connection: a second wire that reaches d steps back at once."""

import numpy as np
from numpy.typing import DTypeLike

from rnn_helpers import checks
from rnn_helpers.activations import tanh_slope
from rnn_helpers.cells import RECURRENT_STARTS, Cell, Gradients, State, Tape
from rnn_helpers.layout import at_ends, placed_at_ends, side_by_side


class SkipCell(Cell):
    """A unit that sees the state before and the state d steps before::

        a⟨t⟩ = tanh(Waa a⟨t-1⟩ + Wd a⟨t-d⟩ + Wax x⟨t⟩ + ba)

    Waa and Wd (n_a, n_a) start as ``recurrent_start`` divided by √2, so that together they are as
    strong as the one matrix of an ``RNNCell``. With d = 1 both act on the same state: a cell of as
    many weights without a skip. The state is a tuple, (a⟨t⟩, a⟨t-1⟩, …, a⟨t-d+1⟩), each (n_a, m).
    Sources: Bengio (1991); Lin, Horne, Tiňo and Giles (1996); El Hihi and Bengio (1996).
    """

    def __init__(
        self,
        n_x: int,
        n_a: int,
        *,
        d: int,
        rng: checks.Seed,
        dtype: DTypeLike = np.float64,
        recurrent_start: str = "orthogonal",
    ):
        self.d, rng = checks.size("d", d), checks.generator(rng)
        self.state_said = f"a tuple of d = {d} arrays (n_a, m)"
        super().__init__(n_x, n_a, rng=rng, dtype=dtype, recurrent_start=recurrent_start)
        start = RECURRENT_STARTS[recurrent_start]
        self.params["Wd"] = start(n_a, rng).astype(self.dtype)
        for name in ("Waa", "Wd"):
            self.params[name] /= self.dtype.type(np.sqrt(2))

    def zero_state(self, m: int) -> tuple[np.ndarray, ...]:
        """Return a⟨0⟩ = a⟨-1⟩ = … = 0 for m examples, d arrays (n_a, m)."""
        return tuple(super(SkipCell, self).zero_state(m) for _ in range(self.d))

    def a_of(self, state: State) -> np.ndarray:
        return state[0]

    def gradient_of_state(self, da: np.ndarray) -> State:
        return da, *self.zero_state(da.shape[1])[1:]

    def forward(
        self, x: np.ndarray, state: State | None = None, mask: np.ndarray | None = None
    ) -> tuple[np.ndarray, Tape]:
        x, start, ends = self._read(x, state, mask)
        Waa, Wd, d = self.params["Waa"], self.params["Wd"], self.d
        a, past = self._input_part(x), list(start[::-1])  # past: a⟨1-d⟩ … a⟨0⟩, then every a⟨t⟩
        for a_t in a:
            a_t += Waa @ past[-1]
            a_t += Wd @ past[-d]
            past.append(np.tanh(a_t, out=a_t))
        ends = np.full(a.shape[-1], len(a) - 1) if ends is None else ends
        past = np.stack(past)  # (d + T, n_a, m): a⟨t⟩ stands at d + t - 1
        state = tuple(at_ends(past, d + ends - i) for i in range(d))
        return a, Tape(self, x, start, a, state, ends)

    def backward(self, da: np.ndarray, tape: Tape, dstate: State | None = None) -> Gradients:
        da, dstate = self._read_gradient(da, tape, dstate)
        T, d, dz = len(da), self.d, tanh_slope(tape.a)
        Waa, Wd = self.params["Waa"], self.params["Wd"]
        total = np.concatenate([np.zeros_like(tape.start), da])  # of a⟨1-d⟩ … a⟨T⟩
        for i, part in enumerate(dstate):
            total += placed_at_ends(part, d + tape.ends - i, d + T)
        for t in reversed(range(T)):
            dz[t] *= total[t + d]
            total[t + d - 1] += Waa.T @ dz[t]  # to the step before
            total[t] += Wd.T @ dz[t]  # and d steps back
        past = np.concatenate([np.stack(tape.start[::-1]), tape.a])
        wide = side_by_side(dz)  # the sums over time, as in RNNCell
        grads = {
            "Waa": wide @ side_by_side(past[d - 1 : d - 1 + T]).T,
            "Wax": wide @ self._x_side_by_side(tape.x).T,
            "ba": wide @ np.ones((wide.shape[1], 1), self.dtype),
            "Wd": wide @ side_by_side(past[:T]).T,
        }
        return Gradients(self._input_gradient(dz, tape.x), tuple(total[:d][::-1]), grads)
