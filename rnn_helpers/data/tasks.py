"""Tasks that ask for a memory, with the lag it must bridge under our control.

Recall: name the symbol that was shown first, ``lag`` steps ago. Adding: add two numbers out of a
long row; a mark says which. Pair: say which of two neighbours comes first, wherever they stand.
Repeat: write a row of digits again. Parity: say after each bit whether the ones so far are odd in
number. All are drawn by chance, so there is no end of fresh examples, and guessing has a known
score. Sources: Hochreiter and Schmidhuber (1997) for the first two; Le, Jaitly and Hinton (2015).
"""

from collections.abc import Iterable

import numpy as np

from rnn_helpers import checks
from rnn_helpers.training import Batch, pad

SYMBOLS, NOISE = 4, 4  # to remember one of, and to be distracted by
PAIR_LETTERS = 8  # in a word with a pair: the two of the pair, and six of noise


def recall_batch(rng: np.random.Generator, lag: int, m: int) -> tuple[np.ndarray, ...]:
    """Return tokens x (T, m), the answers y (T, m) and a mask (T, m), with T = lag + 1.

    The first token is one of ``SYMBOLS``, all others are noise. Only the last step counts: there y
    is the first token.
    """
    T, m, rng = checks.size("lag", lag) + 1, checks.size("m", m), checks.generator(rng)
    x = rng.integers(SYMBOLS, SYMBOLS + NOISE, size=(T, m))
    x[0] = rng.integers(SYMBOLS, size=m)
    y, mask = np.zeros((T, m), int), np.zeros((T, m), bool)
    y[-1], mask[-1] = x[0], True
    return x, y, mask


def adding_batch(rng: np.random.Generator, lag: int, m: int) -> tuple[np.ndarray, ...]:
    """Return x (T, 2, m), y (T, 1, m) and a mask (T, m), with T = lag + 1.

    Row 1 of x holds numbers between 0 and 1. Row 2 is a mark, 1 at two places: the very first step,
    and one in the second half. At the last step y is the sum of the two marked numbers.
    """
    T, m, rng = checks.size("lag", lag) + 1, checks.size("m", m), checks.generator(rng)
    x = np.stack([rng.random((T, m)), np.zeros((T, m))], axis=1)
    second, columns = rng.integers(T // 2, T, size=m), np.arange(m)
    x[0, 1], x[second, 1, columns] = 1, 1
    y, mask = np.zeros((T, 1, m)), np.zeros((T, m), bool)
    y[-1, 0], mask[-1] = x[0, 0] + x[second, 0, columns], True
    return x, y, mask


def pair_batch(
    rng: np.random.Generator, T: int, starts: Iterable[int], m: int
) -> tuple[np.ndarray, ...]:
    """Return words as tokens x (T, m), answers y (1, m) and a mask (1, m): which letter is first?

    Each word holds the pair 0, 1 (then y is 0) or 1, 0 (y is 1) and else noise, the tokens from 2
    to 7. The pair begins at a place drawn from ``starts``, counted from 1 to T - 1. Both answers
    come with the same two letters, so only their order decides. Raise ValueError if a place in
    ``starts`` leaves no room for the pair, or there is none.
    """
    T, m, rng = checks.size("T", T), checks.size("m", m), checks.generator(rng)
    starts = checks.token_row("starts", checks.several("starts", starts, at_least=1))
    if starts.min() < 1 or starts.max() > T - 1:
        raise ValueError(f"starts must hold places from 1 to T - 1 = {T - 1}, got {starts}")
    x = rng.integers(2, PAIR_LETTERS, size=(T, m))
    first = rng.integers(2, size=m)
    start, columns = rng.choice(starts, size=m) - 1, np.arange(m)
    x[start, columns], x[start + 1, columns] = first, 1 - first
    return x, first[None], np.ones((1, m), bool)


def parity_batch(rng: np.random.Generator, T: int, m: int) -> tuple[np.ndarray, ...]:
    """Return bits x (T, m), their running parity y (T, m) and a mask (T, m), True everywhere::

        y⟨t⟩ = (x⟨1⟩ + … + x⟨t⟩) mod 2

    Every 1 turns the answer round, so no step may be missed, and guessing is right half of the
    time. Source: Sarrof, Veitsman and Hahn (2024), who show which linear recurrences fail at it.
    """
    T, m, rng = checks.size("T", T), checks.size("m", m), checks.generator(rng)
    x = rng.integers(2, size=(T, m))
    return x, x.cumsum(axis=0) % 2, np.ones((T, m), bool)


def repeat_batch(rng: np.random.Generator, shortest: int, longest: int, m: int) -> Batch:
    """Return m rows of digits from ``shortest`` to ``longest`` long, each to be written again.

    A digit is a token from 1 to 10, so there are 11 tokens: y is the row and then 0, the end.
    Raise ValueError if ``longest`` is below ``shortest``.
    """
    low, high, m = (
        checks.size(name, n) for name, n in (("shortest", shortest), ("longest", longest), ("m", m))
    )
    if high < low:
        raise ValueError(f"longest must be {low} or more, as shortest is, got {high}")
    rng = checks.generator(rng)
    rows = [rng.integers(1, 11, size=length) for length in rng.integers(low, high + 1, size=m)]
    (x, x_mask), (y, mask) = pad(rows), pad([np.r_[row, 0] for row in rows])
    return Batch(x, y, mask, x_mask=x_mask)
