"""Writing: draw the next character, feed it back in, repeat."""

import numpy as np

from rnn_helpers import checks
from rnn_helpers.activations import softmax
from rnn_helpers.models import SequenceModel


def sample(
    model: SequenceModel,
    rng: np.random.Generator,
    m: int = 1,
    start: int = 0,
    end: int = 0,
    longest: int = 40,
) -> list[np.ndarray]:
    """Draw m sequences of tokens at once, each until ``end`` is drawn or it is ``longest`` long.

    The first input is the token ``start``, as in training; afterwards each character drawn is the
    next input. The end token is not part of what is returned. Raise ValueError if ``start`` is no
    token of the model, or if its outputs cannot be its inputs (n_y and n_x differ).
    """
    m, longest = checks.size("m", m), checks.size("longest", longest)
    if model.n_y != model.cell.n_x:
        raise ValueError(
            "model must have n_y = n_x to be fed its own output, "
            f"got {model.n_y} and {model.cell.n_x}"
        )
    rng = checks.generator(rng)
    drawn, state, ended = np.full((longest + 1, m), end), None, np.zeros(m, bool)
    token = checks.tokens("start", np.full(m, start), model.cell.n_x, shape="m")
    for t in range(longest):
        z, state = model.step(token, state)
        token = drawn[t] = _draw(softmax(z), rng)
        ended |= token == end
        if ended.all():
            break
    return [column[: np.argmax(column == end)] for column in drawn.T]


def draw(p: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw one class from each column of p (n_y, m), whose columns sum to 1. Return (m,).

    A uniform number falls somewhere on the running total of the probabilities: its place is the
    class. Raise ValueError if p is no distribution in every column.
    """
    p = checks.array("p", p, "n_y m", {}, np.dtype(float))
    sums = p.sum(axis=0)
    if p.min() < 0 or np.abs(sums - 1).max() > 1e-3:
        raise ValueError(
            "p must hold probabilities that sum to 1 down each column, "
            f"got entries from {p.min():.3g} and sums from {sums.min():.3g} to {sums.max():.3g}"
        )
    return _draw(p, checks.generator(rng))


def _draw(p: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw as ``draw`` does, from a p that is known to be a distribution."""
    total = np.cumsum(p, axis=0)
    return (rng.random(p.shape[1]) * total[-1] >= total).sum(axis=0)
