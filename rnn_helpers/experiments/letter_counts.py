"""Guessing the next character by counting: what a network has to beat."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from rnn_helpers import checks

STRENGTHS = (1, 2, 4, 8, 16, 32)
ODD = 0x9E3779B97F4A7C15


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
    counts = _counts_by_length(seen, asked, n_y)
    return float(-np.log(_smoothed(counts, strength, n_y)).mean())


class TextCounts:
    """How often what stands in one long text, ``asked``, stands in another, ``reading``.

    Counted once, it tells the loss of every n-gram up to ``most`` letters before, smoothed as in
    ``counting_loss`` with any strength. Both texts are tokens (T,). A text is taken to begin after
    characters of token 0. Raise ValueError or TypeError if a text or a number is not valid.
    """

    def __init__(self, reading: np.ndarray, asked: np.ndarray, n_y: int, most: int = 5):
        self.n_y, self.most = checks.size("n_y", n_y), checks.size("most", most)
        rows = []
        for name, tokens in (("reading", reading), ("asked", asked)):
            tokens = checks.tokens(name, tokens, n_y, "T")
            rows.append(sliding_window_view(np.r_[[0] * most, tokens], most + 1))
        self._counts = _counts_by_length(rows[0], rows[1][1:], n_y)  # nothing before the first

    def losses(self, letters: int, strength: float = 16) -> np.ndarray:
        """Return -log p of every character of ``asked`` but the first, (T - 1,), in nats.

        ``letters`` is how many before it are looked at. Raise ValueError beyond ``most``.
        """
        if checks.size("letters", letters) > self.most:
            raise ValueError(f"letters must be at most {self.most}, got {letters}")
        strength = checks.positive("strength", strength)
        return -np.log(_smoothed(self._counts[: letters + 1], strength, self.n_y))

    def best(self, letters: int, strengths: Iterable[float] = STRENGTHS) -> tuple[float, float]:
        """Return the lowest mean loss of ``strengths``, and the strength that gives it."""
        strengths = checks.several("strengths", strengths, at_least=1)
        for strength in strengths:
            checks.positive("strengths", strength)
        return min((float(self.losses(letters, s).mean()), s) for s in strengths)


def _counts_by_length(
    seen: np.ndarray, asked: np.ndarray, n_y: int
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return N(h_j, y) and N(h_j) of each row (…, h, y) of ``asked``, for j = 0, 1, …."""
    last = seen.shape[1] - 1
    return [
        tuple(_counts(seen[:, first:end], asked[:, first:end], n_y) for end in (last + 1, last))
        for first in range(last, -1, -1)
    ]


def _smoothed(
    counts: Sequence[tuple[np.ndarray, np.ndarray]], strength: float, n_y: int
) -> np.ndarray:
    p = np.full(len(counts[0][0]), 1 / n_y)
    for with_y, alone in counts:
        p = (with_y + strength * p) / (alone + strength)
    return p


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
    different, inverse = np.unique(_as_numbers(asked, n_y), return_inverse=True)
    numbers = _as_numbers(seen, n_y)
    places = np.searchsorted(different, numbers).clip(max=len(different) - 1)
    places = places[different[places] == numbers]
    return np.bincount(places, minlength=len(different))[inverse]


def _as_numbers(rows: np.ndarray, n_y: int) -> np.ndarray:
    """Return a whole number for each row of tokens: its digits to the base n_y.

    Where that could be too large for 64 bits, an odd base is taken, modulo 2⁶⁴: then two rows may
    have one number, but among the windows of a text that is next to impossible.
    """
    width = rows.shape[1]
    base = n_y if n_y**width < 2**64 else ODD
    digits = np.array([pow(base, k, 2**64) for k in range(width)], np.uint64)
    numbers = np.zeros(len(rows), np.uint64)
    for column, digit in zip(rows.T, digits):  # without a copy of all rows
        numbers += column.astype(np.uint64) * digit
    return numbers
