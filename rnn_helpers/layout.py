"""Arrays with an axis of time, laid out anew for all steps at once.

What cells, models and scans share around their recurrences. v is (T, n, m) throughout: T steps, n
rows, m columns. Nothing is checked here, and nothing given is changed.
"""

import numpy as np


def at_ends(v: np.ndarray, ends: np.ndarray | None) -> np.ndarray:
    """Return v at the step where each column ends, (n, m): the last one if ``ends`` is None.

    ``ends`` (m,) holds the place of each column's last step. The result is a copy.
    """
    return v[-1].copy() if ends is None else v[ends, :, np.arange(len(ends))].T.copy()


def placed_at_ends(last: np.ndarray, ends: np.ndarray, T: int) -> np.ndarray:
    """Return zeros (T, n, m) with ``last`` (n, m) where each column ends: ``at_ends`` reversed.

    It takes a gradient back: ``at_ends`` passes on one entry of each column, and all other entries
    have no influence.
    """
    placed = np.zeros((T, *last.shape), last.dtype)
    placed[ends, :, np.arange(len(ends))] = last.T
    return placed


def shifted(start: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Return v⟨t-1⟩ for every t, (T, n, m): ``start`` (n, m), then all but the last of v."""
    return np.concatenate([start[None], v[:-1]])


def side_by_side(v: np.ndarray) -> np.ndarray:
    """Lay the steps of v side by side: (n, T*m), with step t in the columns from t*m on.

    Then a sum over time and examples is one product: Σ_t dz⟨t⟩ @ a⟨t⟩.T is
    ``side_by_side(dz) @ side_by_side(a).T``.
    """
    return v.transpose(1, 0, 2).reshape(v.shape[1], -1)


def one_hot_side_by_side(tokens: np.ndarray, n_x: int, dtype: np.dtype) -> np.ndarray:
    """Return tokens (T, m) as one-hot columns, laid out as by ``side_by_side``: (n_x, T*m)."""
    columns = np.zeros((n_x, tokens.size), dtype)
    columns[tokens.ravel(), np.arange(tokens.size)] = 1
    return columns
