"""Embeddings: a token is looked up as a short column of learned numbers, then read by a cell."""

from collections.abc import Callable

import numpy as np

from rnn_helpers import checks
from rnn_helpers.cells import Cell, Gradients, State, Tape
from rnn_helpers.layout import one_hot_side_by_side, side_by_side
from rnn_helpers.parameters import Parameters


class Embedded(Cell):
    """A cell for tokens that reads of each token its embedding, a column of E::

        a⟨t⟩ = cell(E x⟨t⟩, a⟨t-1⟩)        E (n_e, n_x),  x⟨t⟩ one-hot

    A cell that reads tokens itself has an embedding already: token k picks column k of Wax, which
    has G*n_a rows. E in front of it makes the columns shorter: n_e n_x + G n_a n_e weights in place
    of G n_a n_x. ``cell`` has n_x = n_e, and ``params`` are its own and E, drawn from ``rng``, a
    generator or a seed. Raise TypeError if ``cell`` is none.
    Source: Bengio, Ducharme, Vincent and Jauvin (2003).
    """

    def __init__(self, cell: Cell, n_x: int, *, rng: checks.Seed):
        self.cell, self.made_of = checks.instance("cell", cell, Cell, "a cell"), (cell,)
        self.rows = cell.rows
        self.n_x, self.n_e = checks.size("n_x", n_x), cell.n_x
        self.n_a, self.dtype, self.state_said = cell.n_a, cell.dtype, cell.state_said
        E = checks.generator(rng).standard_normal((self.n_e, self.n_x))
        self.params = Parameters(cell.params | {"E": E.astype(self.dtype)})

    def __repr__(self) -> str:
        return f"Embedded({self.cell}, n_x={self.n_x})"

    def zero_state(self, m: int) -> State:
        """Return zeros for the cell, for m examples."""
        return self.cell.zero_state(m)

    def a_of(self, state: State) -> np.ndarray:
        return self.cell.a_of(state)

    def gradient_of_state(self, da: np.ndarray) -> State:
        return self.cell.gradient_of_state(da)

    def read_x(self, name: str, x: np.ndarray, floats: str) -> np.ndarray:
        """Return x if it holds tokens; raise ValueError or TypeError, calling it ``name``, if not.

        There is no embedding of a column that is not one-hot.
        """
        return checks.tokens(name, x, self.n_x, floats.replace("n_x ", ""))

    def looked_up(self, tokens: np.ndarray) -> np.ndarray:
        """Return the embeddings of tokens (T, m), (T, n_e, m)."""
        return self.params["E"].T[tokens].transpose(0, 2, 1)

    def forward(
        self, x: np.ndarray, state: State | None = None, mask: np.ndarray | None = None
    ) -> tuple[np.ndarray, Tape]:
        x, start, ends = self._read(x, state, mask)
        a, inner = self.cell.forward(self.looked_up(x), start, mask)
        return a, Tape(self, x, start, a, inner.state, ends, parts=[inner])

    def backward(self, da: np.ndarray, tape: Tape, dstate: State | None = None) -> Gradients:
        da, dstate = self._read_gradient(da, tape, dstate)
        de, dstart, grads = self.cell.backward(da, tape.parts[0], dstate)
        # A token's column of E gets what every step that read it sends: Σ_t de⟨t⟩ @ x⟨t⟩.T
        dE = side_by_side(de) @ one_hot_side_by_side(tape.x, self.n_x, self.dtype).T
        return Gradients(None, dstart, grads | {"E": dE})

    def quick_step(self) -> Callable[[np.ndarray, State], State]:
        columns = self.params["E"]
        return lambda tokens, state: self.cell.step(columns[:, tokens], state)[1]
