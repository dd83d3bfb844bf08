"""What several test files share: the kinds of cell, cells with random parameters, and bad input."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from rnn_helpers.cells import Cell, GRUCell, LSTMCell, RNNCell

KINDS = {
    "rnn_tanh": lambda n_x, n_a, **more: RNNCell(n_x, n_a, activation="tanh", **more),
    "rnn_relu": lambda n_x, n_a, **more: RNNCell(n_x, n_a, activation="relu", **more),
    "gru_before": lambda n_x, n_a, **more: GRUCell(n_x, n_a, reset="before", **more),
    "gru_after": lambda n_x, n_a, **more: GRUCell(n_x, n_a, reset="after", **more),
    "lstm": lambda n_x, n_a, **more: LSTMCell(n_x, n_a, **more),
}


def random_cell(kind: str, n_x: int, n_a: int, rng: np.random.Generator, **more) -> Cell:
    """A cell whose gates all differ, with biases that are not 0, so that no mistake cancels out."""
    cell = KINDS[kind](n_x, n_a, rng=rng, **more)
    # An orthogonal Waa stays: it keeps a long ReLU run from overflowing.
    cell.params["Wax"][...] = rng.normal(0.1, 0.7, cell.params["Wax"].shape)
    cell.params["ba"][...] = rng.normal(0.1, 0.5, cell.params["ba"].shape)
    return cell


def random_x(tokens: bool, T: int, n_x: int, m: int, rng: np.random.Generator) -> np.ndarray:
    return rng.integers(n_x, size=(T, m)) if tokens else rng.normal(0.2, 1, (T, n_x, m))


def random_state(cell: Cell, m: int, rng: np.random.Generator):
    """A start state of the right kind: one array, or the pair (a, c)."""
    parts = tuple(rng.normal(0.1, 0.6, (cell.n_a, m)) for _ in state_parts(cell.zero_state(m)))
    return parts if len(parts) == 2 else parts[0]


def state_parts(state) -> tuple[np.ndarray, ...]:
    """The arrays of a state, one or two of them."""
    return state if isinstance(state, tuple) else (state,)


@contextmanager
def rejects(error: type[Exception], *parts: str) -> Iterator[None]:
    """Assert that the block raises ``error`` with one sentence that holds all of ``parts``."""
    with pytest.raises(error) as caught:
        yield
    message = str(caught.value)
    missing = [part for part in parts if part not in message]
    assert not missing, f"{message!r} does not say {missing}"
    assert "\n" not in message
    assert caught.type is error, f"{caught.type.__name__} is a narrower kind of error"
