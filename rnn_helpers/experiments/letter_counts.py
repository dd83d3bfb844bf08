"""Guessing the next character by counting: what a network has to beat."""

from collections.abc import Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from rnn_helpers import checks


def counting_loss(
    names: Sequence[np.ndarray],
    held_out: Sequence[np.ndarray],
    letters: int,
    strength: float = 16,
    n_y: int = 27,
    end: int = 0,
) -> float:
    """Return the mean loss, in nats a character, of guessing from the ``letters`` before.

    The guess is read off the counts N of ``names``. Where a row of letters is rare, the guess from
    one letter fewer counts for more. With s for ``strength``, and h_j for the last j letters::

        p_j(y) = (N(h_j, y) + s p_(j-1)(y)) / (N(h_j) + s)        p_(-1)(y) = 1 / n_y

    Names are tokens (T,), with ``end`` before their first letter and after their last. Raise
    ValueError or TypeError if a name or a number is not valid. Source: MacKay and Peto (1995), "A
    hierarchical Dirichlet language model".
    """
    letters, strength = checks.size("letters", letters), checks.positive("strength", strength)
    end = checks.token("end", end, checks.size("n_y", n_y))
    if n_y ** (letters + 1) > 2**62:
        raise ValueError(f"letters must be so few that n_y^(letters + 1) < 2^62, got {letters}")
    seen, asked = (
        _windows(what, some, letters, n_y, end)
        for what, some in (("names", names), ("held_out", held_out))
    )
    p = np.full(len(asked), 1 / n_y)
    for j in range(letters + 1):
        with_y, alone = (
            _counts(seen[:, letters - j : last], asked[:, letters - j : last], n_y)
            for last in (letters + 1, letters)
        )
        p = (with_y + strength * p) / (alone + strength)
    return float(-np.log(p).mean())


def _windows(
    what: str, names: Sequence[np.ndarray], letters: int, n_y: int, end: int
) -> np.ndarray:
    """Return, for each character of the names, the letters before it and itself in one row."""
    names = checks.several(what, names, at_least=1)
    names = [checks.tokens(f"{what}[{i}]", name, n_y, "T") for i, name in enumerate(names)]
    rows = [np.r_[[end] * letters, name, end] for name in names]
    return np.concatenate([sliding_window_view(row, letters + 1) for row in rows])


def _counts(seen: np.ndarray, asked: np.ndarray, n_y: int) -> np.ndarray:
    """Return how often each row of ``asked`` (N, width) stands among the rows of ``seen``."""
    digits = n_y ** np.arange(seen.shape[1])
    rows, counts = np.unique(seen @ digits, return_counts=True)
    places = np.searchsorted(rows, asked @ digits).clip(max=len(rows) - 1)
    return np.where(rows[places] == asked @ digits, counts[places], 0)
