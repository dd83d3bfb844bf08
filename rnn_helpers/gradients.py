"""Checking a gradient against one that needs no calculus.

Central differences work for every function: (f(θ + h) - f(θ - h)) / 2h. The complex step works
where f is analytic, Im f(θ + ih) / h, and subtracts nothing, so h can be tiny and the result is
exact to rounding. Source: Squire and Trapp (1998) for the complex step.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rnn_helpers import checks
from rnn_helpers.cells import Cell, State
from rnn_helpers.skip import SkipCell
from rnn_helpers.stacks import TwoWay

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
    checks.choice("method", method, ("central", "complex"))
    slope = _central if method == "central" else _complex_step
    h = checks.positive("h", h if h is not None else (1e-5 if method == "central" else 1e-30))
    kind = float if method == "central" else complex
    moving = {name: np.array(value, kind) for name, value in params.items()}
    found = {}
    for name, value in moving.items():
        found[name] = np.empty(value.shape)
        for index in np.ndindex(value.shape):
            found[name][index] = slope(loss, moving, value, index, h)
    return found


def check_gradients(
    loss: LossOfParams, params: dict, grads: dict, method: str = "central", tolerance: float = 1e-7
) -> GradientCheck:
    """Compare ``grads`` with numerical gradients of ``loss(params)``, tensor by tensor.

    Raise ValueError if keys or shapes of grads differ from those of params, TypeError if one of
    grads is complex.
    """
    checks.same_keys("grads", grads, params)
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
    kept = value[index]
    value[index] = kept + h
    above = loss(params)
    value[index] = kept - h
    below = loss(params)
    value[index] = kept
    return (above - below) / (2 * h)


def _complex_step(loss, params, value, index, h):
    kept = value[index]
    value[index] = kept + 1j * h
    slope = np.imag(loss(params)) / h
    value[index] = kept
    return slope


def _compare(name: str, given: np.ndarray, numerical: np.ndarray) -> TensorCheck:
    length = np.linalg.norm(given) + np.linalg.norm(numerical)
    with np.errstate(invalid="ignore"):  # a gradient that is not finite has error NaN: it differs
        error = np.linalg.norm(given - numerical) / length if length != 0 else 0.0
    worst = np.unravel_index(np.argmax(np.abs(given - numerical)), given.shape)
    worst = tuple(int(i) for i in worst)
    return TensorCheck(name, float(error), worst, float(given[worst]), float(numerical[worst]))


def reach(cell: Cell, x: np.ndarray, state: State | None = None) -> np.ndarray:
    """Return ‖∂a⟨T⟩/∂a⟨k⟩‖ for the lags T - k = 0, 1, …, T: how an early state acts on the last.

    x is one sequence, (T, n_x, 1) or tokens (T, 1). The norm is the largest singular value of the
    exact Jacobian, and entry 0 is 1. For an LSTM, whose state is the pair (a, c), it is the
    Jacobian of a⟨T⟩ for the whole pair; for ``Stacked``, for the states of all layers. The way back
    is taken in all n_a directions at once, as n_a columns: a step costs as much as one training
    step with m = n_a. Raise as ``jacobians`` does. Source: Pascanu, Mikolov and Bengio (2013).
    """
    return np.array([np.linalg.norm(J, 2) for J in jacobians(cell, x, state)])


def jacobians(cell: Cell, x: np.ndarray, state: State | None = None) -> list[np.ndarray]:
    """Return ∂a⟨T⟩/∂a⟨k⟩ for k = T, T - 1, …, 0, each (n_a, n_a).

    For an LSTM each is (n_a, 2 n_a): ∂a⟨T⟩/∂a⟨k⟩ beside ∂a⟨T⟩/∂c⟨k⟩. For ``Stacked`` the
    Jacobians for the layers stand side by side, the lowest first. Raise ValueError if x holds more
    than one sequence; TypeError for a ``TwoWay``, which takes no single steps, and for a
    ``SkipCell``, whose early states act by two roads: use ``skip.skip_jacobians``.
    """
    _check_steps(cell)
    x = cell.read_x("x", x, "T n_x m")
    if x.shape[-1] != 1:
        raise ValueError(f"x must be one sequence, m = 1, got {x.shape}")
    tapes = []
    for x_t in np.repeat(x, cell.n_a, axis=-1):  # a column for each direction
        _, tape = cell.forward(x_t[None], state if tapes else _spread(state, cell.n_a))
        tapes.append(tape)
        state = tape.state
    back = np.eye(cell.n_a, dtype=cell.dtype)  # column i: the gradient of unit i of a⟨T⟩
    nothing = np.zeros((1, cell.n_a, cell.n_a), cell.dtype)
    dstate = cell.gradient_of_state(back)
    found = [_as_jacobian(dstate)]
    for tape in reversed(tapes):
        _, dstate, _ = cell.backward(nothing, tape, dstate)
        found.append(_as_jacobian(dstate))
    return found


def _check_steps(cell: Cell) -> None:
    """Raise unless the state after a step decides, with x, all that comes later."""
    for each in cell.inner():
        if isinstance(each, TwoWay):
            raise TypeError(
                f"cell must take single steps, got {each}, which needs the whole sequence"
            )
        if isinstance(each, SkipCell):
            raise TypeError(
                f"cell must have a⟨t⟩ alone in its state, got {each}: see skip.skip_jacobians"
            )


def _spread(state: State | None, n: int) -> State | None:
    """Return n copies of a state (n_a, 1) side by side."""
    if state is None:
        return None
    if isinstance(state, (tuple, list)):
        return tuple(_spread(part, n) for part in state)
    return np.repeat(state, n, axis=1)


def _as_jacobian(dstate: State) -> np.ndarray:
    """Turn gradients, a column for each unit of a⟨T⟩, into rows: one Jacobian."""
    if isinstance(dstate, tuple):
        return np.hstack([_as_jacobian(part) for part in dstate])
    return dstate.T
