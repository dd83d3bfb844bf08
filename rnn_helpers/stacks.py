"""Cells made of cells: one on top of the other, or two that read in opposite directions.

Both are cells themselves, with ``forward``, ``backward`` and one dict ``params``, so a
``SequenceModel`` reads them like any other, and one may hold the other. The inner parameters keep
their names behind the place of their cell, "1.Waa" or "ahead.Waa", and are the same arrays.
"""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from rnn_helpers import checks
from rnn_helpers.cells import Cell, Gradients, State, Tape, any_number
from rnn_helpers.parameters import Parameters


class Stacked(Cell):
    """A deep recurrent network: each layer reads the states of the layer below, step by step::

        a¹⟨t⟩ = cell¹(x⟨t⟩, a¹⟨t-1⟩)        aˡ⟨t⟩ = cellˡ(aˡ⁻¹⟨t⟩, aˡ⟨t-1⟩)

    ``layers`` come from the bottom up; a is that of the top layer, and the state is the tuple of
    all layers' states. Raise ValueError if a layer's n_x is not the n_a of the one below, or if two
    layers begin with the same numbers: give each its own rng.
    Sources: Schmidhuber (1992); Graves, Mohamed and Hinton (2013).
    """

    rows = ()  # the gates are those of its layers

    def __init__(self, layers: Sequence[Cell]):
        layers = checks.several("layers", layers, at_least=1)
        self.layers = _cells({f"layers[{i}]": layer for i, layer in enumerate(layers)})
        for i, (below, layer) in enumerate(zip(self.layers, self.layers[1:]), start=1):
            if layer.n_x != below.n_a:
                raise ValueError(
                    f"layers[{i}] must have n_x = {below.n_a}, the n_a below it, got {layer.n_x}"
                )
        self.made_of = tuple(self.layers)
        self.state_said = f"a tuple of {len(self.layers)} states"
        self.n_x, self.n_a = self.layers[0].n_x, self.layers[-1].n_a
        self.dtype = self.layers[0].dtype
        named = {i: layer.params for i, layer in enumerate(self.layers, start=1)}
        self.params = Parameters(joined(named))

    def __repr__(self) -> str:
        return f"Stacked({self.layers})"

    def zero_state(self, m: int) -> State:
        """Return zeros for every layer."""
        return tuple(layer.zero_state(m) for layer in self.layers)

    def a_of(self, state: State) -> np.ndarray:
        return self.layers[-1].a_of(state[-1])

    def gradient_of_state(self, da: np.ndarray) -> State:
        *below, top = self.layers
        return (*(layer.zero_state(da.shape[1]) for layer in below), top.gradient_of_state(da))

    def forward(
        self, x: np.ndarray, state: State | None = None, mask: np.ndarray | None = None
    ) -> tuple[np.ndarray, Tape]:
        x, start, ends = self._read(x, state, mask)
        a, tape = self.layers[0].forward(x, start[0], mask)
        tapes = [tape]
        for layer, before in zip(self.layers[1:], start[1:], strict=True):
            with any_number(layer):
                a, tape = layer.forward(a, before, mask)
            tapes.append(tape)
        return a, Tape(self, x, start, a, tuple(tape.state for tape in tapes), ends, parts=tapes)

    def backward(self, da: np.ndarray, tape: Tape, dstate: State | None = None) -> Gradients:
        da, dstate = self._read_gradient(da, tape, dstate)
        dstart, grads = [], []
        for layer, part, dlast in zip(self.layers[::-1], tape.parts[::-1], dstate[::-1]):
            da, dfirst, of_layer = layer.backward(
                da, part, dlast
            )  # da is now that of the layer below
            dstart.append(dfirst)
            grads.append(of_layer)
        return Gradients(da, tuple(dstart[::-1]), joined(dict(enumerate(grads[::-1], start=1))))


class TwoWay(Cell):
    """A bidirectional network (BRNN): one cell reads from left to right, one from right to left.

    a⟨t⟩ = [a→⟨t⟩, a←⟨t⟩], one on top of the other, so at every step it knows the whole sequence::

        a→⟨t⟩ = ahead(x⟨t⟩, a→⟨t-1⟩)        a←⟨t⟩ = back(x⟨t⟩, a←⟨t+1⟩)

    With a mask each column is reversed within its own length. The state is the pair of both cells'
    states, each after the last step that it has read. Raise ValueError if the cells' n_x differ, or
    if both begin with the same numbers: give each its own rng.
    Source: Schuster and Paliwal (1997).
    """

    rows = ()  # the gates are those of its cells
    state_said = "a tuple of 2 states"

    def __init__(self, ahead: Cell, back: Cell):
        self.ahead, self.back = _cells({"ahead": ahead, "back": back})
        if ahead.n_x != back.n_x:
            raise ValueError(f"back must have n_x = {ahead.n_x}, that of ahead, got {back.n_x}")
        self.made_of = (ahead, back)
        self.n_x, self.n_a, self.dtype = ahead.n_x, ahead.n_a + back.n_a, ahead.dtype
        self.params = Parameters(joined({"ahead": ahead.params, "back": back.params}))

    def __repr__(self) -> str:
        return f"TwoWay({self.ahead}, {self.back})"

    def zero_state(self, m: int) -> State:
        """Return zeros for both cells."""
        return self.ahead.zero_state(m), self.back.zero_state(m)

    def a_of(self, state: State) -> np.ndarray:
        return np.concatenate([self.ahead.a_of(state[0]), self.back.a_of(state[1])])

    def gradient_of_state(self, da: np.ndarray) -> State:
        ahead, back = da[: self.ahead.n_a], da[self.ahead.n_a :]
        return self.ahead.gradient_of_state(ahead), self.back.gradient_of_state(back)

    def step(self, x_t: np.ndarray, state: State | None = None) -> tuple[np.ndarray, State]:
        """Raise TypeError: what comes later is not known yet, so there are no single steps."""
        raise TypeError("TwoWay needs the whole sequence, so it cannot take one step: use forward")

    def forward(
        self, x: np.ndarray, state: State | None = None, mask: np.ndarray | None = None
    ) -> tuple[np.ndarray, Tape]:
        x, start, ends = self._read(x, state, mask)
        order = _mirror(ends, len(x), x.shape[-1])
        a_ahead, ahead = self.ahead.forward(x, start[0], mask)
        a_back, back = self.back.forward(_taken(x, order), start[1], mask)
        a = np.concatenate([a_ahead, _taken(a_back, order)], axis=1)  # (T, n_a, m)
        return a, Tape(self, x, start, a, (ahead.state, back.state), ends, parts=[ahead, back])

    def backward(self, da: np.ndarray, tape: Tape, dstate: State | None = None) -> Gradients:
        da, dstate = self._read_gradient(da, tape, dstate)
        order, n = _mirror(tape.ends, len(da), da.shape[-1]), self.ahead.n_a
        ahead, back = tape.parts
        dx, dfirst, grads = self.ahead.backward(da[:, :n], ahead, dstate[0])
        dx_back, dlast, grads_back = self.back.backward(_taken(da[:, n:], order), back, dstate[1])
        dx = None if dx is None else dx + _taken(dx_back, order)
        return Gradients(dx, (dfirst, dlast), joined({"ahead": grads, "back": grads_back}))


def _cells(named: dict[str, Cell]) -> list[Cell]:
    """Return the cells, or raise: no two may be alike, and all must be of one dtype."""
    cells, names = list(named.values()), " and ".join(named)
    for name, cell in named.items():
        checks.instance(name, cell, Cell, "a cell")
    if len({id(cell) for cell in cells}) < len(cells):
        raise ValueError(f"{names} must each be another cell, got {cells}")
    if len({cell.dtype for cell in cells}) > 1:
        came = [str(cell.dtype) for cell in cells]
        raise ValueError(f"{names} must share a dtype, got {came}")
    for (name, cell), (other, twin) in combinations(named.items(), 2):
        if type(cell) is type(twin) and _equal(cell.params, twin.params):
            raise ValueError(
                f"{name} and {other} must begin with different numbers: give each its own rng, "
                "got two alike"
            )
    return cells


def _equal(params: dict[str, np.ndarray], others: dict[str, np.ndarray]) -> bool:
    return params.keys() == others.keys() and all(
        np.array_equal(value, others[name]) for name, value in params.items()
    )


def joined(named: dict[int | str, dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """Return one dict of all arrays, named by cell: {"1.Waa": ..., "2.Waa": ...}."""
    return {f"{cell}.{name}": v for cell, arrays in named.items() for name, v in arrays.items()}


def _mirror(ends: np.ndarray | None, T: int, m: int) -> np.ndarray:
    """Return (T, m): which step stands at t when each column is reversed within its own length.

    What lies behind the end stays where it is. Done twice, everything is back in its place.
    """
    t = np.arange(T)[:, None]
    ends = np.full(m, T - 1) if ends is None else ends
    return np.where(t <= ends, ends - t, t)


def _taken(v: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Put the steps of v, (T, m) or (T, n, m), into another order for each column."""
    return np.take_along_axis(v, order if v.ndim == 2 else order[:, None], axis=0)
