"""Checking a gradient against one that needs no calculus, and how far a gradient reaches.

Central differences work for every function: (f(θ + h) - f(θ - h)) / 2h. The complex step works
where f is analytic, Im f(θ + ih) / h, and subtracts nothing, so h can be tiny and the result is
exact to rounding. Source: Squire and Trapp (1998) for the complex step.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rnn_helpers import checks
from rnn_helpers.cells import Cell, LSTMCell, State, map_state
from rnn_helpers.layout import shifted
from rnn_helpers.skip import SkipCell
from rnn_helpers.stacks import Stacked, TwoWay

LossOfParams = Callable[[dict[str, np.ndarray]], float]


@dataclass(frozen=True)
class TensorCheck:
    """How a tensor's gradient compares: ``error`` is ‖g - n‖ / (‖g‖ + ‖n‖), ``worst`` an index."""

    name: str
    error: float
    worst: tuple[int, ...]
    given: float
    numerical: float


class GradientCheck(dict):
    """The result of ``check_gradients``: tensor name → ``TensorCheck``. Prints as a table."""

    def __init__(self, rows: list[TensorCheck], tolerance: float):
        super().__init__((row.name, row) for row in rows)
        self.tolerance = tolerance

    @property
    def ok(self) -> bool:
        """True if every relative error is at most the tolerance."""
        return all(row.error <= self.tolerance for row in self.values())

    def __repr__(self) -> str:
        width = max(map(len, ["tensor", *self]))
        lines = [f"{'tensor':{width}}  verdict"]
        for row in self.values():
            if row.error <= self.tolerance:
                lines.append(f"{row.name:{width}}  agrees to {self.tolerance:.0e}")
            else:
                lines.append(
                    f"{row.name:{width}}  DIFFERS  relative error {row.error:.1g}; "
                    f"worst at {row.worst}: given {row.given:.6g}, numerical {row.numerical:.6g}"
                )
        return "\n".join(lines)


def numerical_gradients(
    loss: LossOfParams, params: dict, method: str = "central", h: float | None = None
) -> dict:
    """Return the gradient of ``loss(params)`` for every entry of every array, two calls an entry.

    ``method`` is "central" (h = 1e-5) or "complex" (h = 1e-30; loss must accept complex arrays and
    be analytic). ``params`` is left as it was.
    """
    checks.function("loss", loss)
    checks.arrays("params", params)
    checks.choice("method", method, ("central", "complex"))
    slope = _central if method == "central" else _complex_step
    h = checks.positive("h", h if h is not None else (1e-5 if method == "central" else 1e-30))
    kind = float if method == "central" else complex
    moving = {name: np.array(value, kind) for name, value in params.items()}
    slopes = {name: np.empty(value.shape) for name, value in moving.items()}
    for name, value in moving.items():
        for index in np.ndindex(value.shape):
            slopes[name][index] = slope(loss, moving, value, index, h)
    return slopes


def check_gradients(
    loss: LossOfParams, params: dict, grads: dict, method: str = "central", tolerance: float = 1e-7
) -> GradientCheck:
    """Compare ``grads`` with numerical gradients of ``loss(params)``, tensor by tensor.

    Raise ValueError if keys or shapes of grads differ from those of params, TypeError if one of
    grads is complex.
    """
    checks.function("loss", loss)
    checks.choice("method", method, ("central", "complex"))
    checks.same_keys("grads", grads, checks.arrays("params", params))
    for name, given in grads.items():
        if np.iscomplexobj(given):
            raise TypeError(
                f"grads[{name!r}] must hold real numbers, got {np.asarray(given).dtype}"
            )
    tolerance = checks.positive("tolerance", tolerance)
    numerical = numerical_gradients(loss, params, method)
    rows = [_compare(name, np.asarray(grads[name]), numerical[name]) for name in params]
    return GradientCheck(rows, tolerance)


def _central(loss, params, value, index, h):
    entry = value[index]
    value[index] = entry + h
    above = loss(params)
    value[index] = entry - h
    below = loss(params)
    value[index] = entry
    return (above - below) / (2 * h)


def _complex_step(loss, params, value, index, h):
    entry = value[index]
    value[index] = entry + 1j * h
    slope = np.imag(loss(params)) / h
    value[index] = entry
    return slope


def _compare(name: str, given: np.ndarray, numerical: np.ndarray) -> TensorCheck:
    length = np.linalg.norm(given) + np.linalg.norm(numerical)
    with np.errstate(invalid="ignore"):  # a gradient that is not finite has error NaN: it differs
        error = np.linalg.norm(given - numerical) / length if length != 0 else 0.0
    worst = np.unravel_index(np.argmax(np.abs(given - numerical)), given.shape)
    worst = tuple(int(i) for i in worst)
    return TensorCheck(name, float(error), worst, float(given[worst]), float(numerical[worst]))


def reach(cell: Cell, x: np.ndarray, state: State | None = None, of: str = "a") -> np.ndarray:
    """Return ‖∂a⟨T⟩/∂a⟨k⟩‖ for the lags T - k = 0, 1, …, T: how an early state acts on the last.

    The norm of a Jacobian is its largest singular value; entry 0 is 1. The rest is as for
    ``jacobians``. Source: Pascanu, Mikolov and Bengio (2013).
    """
    return np.array([np.linalg.norm(J, 2) for J in jacobians(cell, x, state, of)])


def jacobians(
    cell: Cell, x: np.ndarray, state: State | None = None, of: str = "a"
) -> list[np.ndarray]:
    """Return ∂a⟨T⟩/∂a⟨k⟩ for k = T, T - 1, …, 0, each (n_a, n_a), every influence counted.

    x is one sequence, (T, n_x, 1) or tokens (T, 1). For an LSTM, whose step makes the pair (a, c),
    each Jacobian is (n_a, 2 n_a): ∂a⟨T⟩/∂a⟨k⟩ beside ∂a⟨T⟩/∂c⟨k⟩. For ``Stacked`` those for the
    layers stand side by side, the lowest first. With ``of="c"`` it is ∂c⟨T⟩/∂c⟨k⟩ of an LSTM.

    The way back is taken in all n_a directions at once, as n_a columns: a step costs as much as one
    training step with m = n_a. Raise ValueError if x holds more than one sequence; TypeError for a
    ``TwoWay``, which takes no single steps, and for ``of="c"`` if the cell is no LSTM.
    """
    checks.instance("cell", cell, Cell, "a cell")
    if any(isinstance(part, TwoWay) for part in cell.inner()):
        raise TypeError(f"cell must take single steps, got {cell}, which needs the whole sequence")
    if checks.choice("of", of, ("a", "c")) == "c" and not isinstance(cell, LSTMCell):
        raise TypeError(f'cell must be an LSTMCell for of="c", got {cell}')
    x = _one_sequence(cell, x)
    n, tapes = cell.n_a, []
    start = cell.read_state("state", state, 1)
    state = map_state(lambda _, part: np.repeat(part, n, axis=1), start)
    for x_t in np.repeat(x, n, axis=-1):  # a column for each direction
        _, tape = cell.forward(x_t[None], state)
        tapes.append(tape)
        state = tape.state
    back = np.eye(n, dtype=cell.dtype)  # column i: the gradient of unit i of a⟨T⟩, or of c⟨T⟩
    nothing = np.zeros((1, n, n), cell.dtype)
    dstate = cell.gradient_of_state(back) if of == "a" else (nothing[0], back)
    gradients = [dstate]
    for tape in reversed(tapes):
        dstate = cell.backward(nothing, tape, dstate).dstate
        gradients.append(dstate)
    return [_jacobian(cell, dstate if of == "a" else dstate[1]) for dstate in gradients]


def without_the_wire(cell: LSTMCell, x: np.ndarray) -> list[np.ndarray]:
    """Return ∂a⟨T⟩/∂a⟨k⟩ of an LSTM for k = T, T - 1, …, 0, with every c⟨t-1⟩ held constant.

    What is left is the way through the state alone, a product of (n_a, n_a) Jacobians::

        diag(Γo (1 - tanh² c)) (diag(…) Wc + diag(…) Wu + diag(…) Wf) + diag(tanh c Γo (1 - Γo)) Wo

    x is one sequence, (T, n_x, 1) or tokens (T, 1). Raise TypeError if ``cell`` is no LSTMCell,
    ValueError or TypeError for another x.
    """
    checks.instance("cell", cell, LSTMCell, "an LSTMCell")
    _, tape = cell.forward(_one_sequence(cell, x))
    Wc, Wu, Wf, Wo = (cell.params["Waa"][cell.block(gate)] for gate in cell.rows)
    c_prev, back = shifted(tape.start[1], tape.c), np.eye(cell.n_a)
    products = [back]
    for t in reversed(range(len(x))):
        candidate, update, forget, output = (tape.gates[t, cell.block(gate)] for gate in cell.rows)
        tanh_c = tape.tanh_c[t]  # (n_a, 1), as the gates
        dc = update * (1 - candidate**2) * Wc + candidate * update * (1 - update) * Wu
        dc += c_prev[t] * forget * (1 - forget) * Wf
        back = back @ (output * (1 - tanh_c**2) * dc + tanh_c * output * (1 - output) * Wo)
        products.append(back)
    return products


def _one_sequence(cell: Cell, x: np.ndarray) -> np.ndarray:
    x = cell.read_x("x", x, "T n_x m")
    if x.shape[-1] != 1:
        raise ValueError(f"x must be one sequence, m = 1, got {x.shape}")
    return x


def _jacobian(cell: Cell, dstate: State) -> np.ndarray:
    """Turn gradients, a column for each unit of a⟨T⟩, into rows: one Jacobian.

    Its columns are for what step k has made. A ``SkipCell`` carries older states along, which are
    no part of that: the first array of its state is a⟨k⟩.
    """
    if isinstance(cell, Stacked):
        return np.hstack([_jacobian(*layer) for layer in zip(cell.layers, dstate, strict=True)])
    if isinstance(cell, SkipCell):
        dstate = dstate[0]
    return np.hstack([part.T for part in (dstate if isinstance(dstate, tuple) else (dstate,))])
