"""What sets a dense network apart from a recurrent one: one length, and what it learns where."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from rnn_helpers import checks
from rnn_helpers.data import tasks
from rnn_helpers.models import Model


def fitted(lengths: np.ndarray, T: int) -> dict[str, float]:
    """Return what becomes of names of these lengths, (m,), in an input of T letters.

    "padding": the share of the T*m places that hold none of their letters. "cut": the share of the
    names that are longer than T. "lost": the share of all letters that are cut off.
    """
    T, lengths = checks.size("T", T), _lengths(lengths)
    return {
        "padding": float(np.maximum(T - lengths, 0).sum() / (T * len(lengths))),
        "cut": float((lengths > T).mean()),
        "lost": float(np.maximum(lengths - T, 0).sum() / lengths.sum()),
    }


def alike(names: Sequence[str], T: int) -> int:
    """Return how many names have the same first T letters as another."""
    names, T = checks.several("names", names), checks.size("T", T)
    sharing = Counter(checks.text(f"names[{i}]", name)[:T] for i, name in enumerate(names))
    return sum(count for count in sharing.values() if count > 1)


def share_right(model: Model, T: int, start: int, m: int = 300) -> float:
    """Return which share of m fresh words of T letters is answered right, the pair at ``start``."""
    checks.instance("model", model, Model, "a model")
    with checks.known_as("starts", "start"):
        x, y, _ = tasks.pair_batch(np.random.default_rng(1), T, [start], m)
    return float((model.scores(x, y).argmax(axis=1) == y).mean())


def _lengths(value: np.ndarray, name: str = "lengths") -> np.ndarray:
    lengths = checks.token_row(name, value)
    if lengths.size == 0 or lengths.min() < 1:
        raise ValueError(f"{name} must be one or more lengths, each 1 or more, got {lengths}")
    return lengths


class ParameterCounts(NamedTuple):
    """How many parameters a dense and a plain recurrent network have."""

    dense: int | np.ndarray
    recurrent: int


def parameters_of(T: int | np.ndarray, n_x: int, n_a: int, n_y: int = 2) -> ParameterCounts:
    """Return the number of parameters of a dense and of a plain recurrent network of n_a units::

        dense      n_a (T n_x) + n_a        + n_y n_a + n_y
        recurrent  n_a (n_x + n_a) + n_a    + n_y n_a + n_y

    T may be an array: then so is the first number. Raise ValueError or TypeError for what is no
    size.
    """
    T = _lengths(T, "T") if isinstance(T, np.ndarray) else checks.size("T", T)
    n_x, n_a, n_y = (checks.size(*named) for named in (("n_x", n_x), ("n_a", n_a), ("n_y", n_y)))
    output = n_y * n_a + n_y
    return ParameterCounts(n_a * T * n_x + n_a + output, n_a * (n_x + n_a) + n_a + output)
