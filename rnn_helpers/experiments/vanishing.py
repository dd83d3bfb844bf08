"""How far a gradient reaches in untrained cells, and what eigenvalues hide of two units at rest."""

from functools import lru_cache

import numpy as np

from rnn_helpers import data
from rnn_helpers.cells import Cell, GRUCell, LSTMCell, RNNCell
from rnn_helpers.gradients import reach
from rnn_helpers.skip import SkipCell

# -- long texts ---------------------------------------------------------------------------------

T, N_A = 50, 16
TEXTS = ("names", "random letters")


def row_of_names(steps: int = T) -> np.ndarray:
    """Return the longest names in a row, as tokens (steps, 1): a long text of real letters."""
    names = sorted(data.dinosaurs(), key=len)[: -1 - steps // 10 : -1]
    return data.to_tokens(data.END.join(names))[:steps, None]


def random_letters(steps: int = T, seed: int = 5) -> np.ndarray:
    """Return letters drawn by chance, as tokens (steps, 1)."""
    return np.random.default_rng(seed).integers(len(data.ALPHABET), size=(steps, 1))


def _letters(text: str) -> np.ndarray:
    return row_of_names() if text == "names" else random_letters()


# -- how far the gradient reaches ---------------------------------------------------------------

CELLS = ("tanh", "ReLU from identity", "skip", "GRU", "LSTM")


def build_cell(name: str, scale: float, d: int = 1, gate_bias: float = 0.0) -> Cell:
    """Return one of ``CELLS``, untrained, its recurrent weights times ``scale``.

    ``d`` is how far the skip connection reaches back. A ``gate_bias`` of 0 leaves the gates of GRU
    and LSTM half open; a higher one lets them keep more of the state.
    """
    drawn = {"rng": 3, "recurrent_start": "uniform"}
    identity = {"rng": 3, "recurrent_start": "identity"}
    cell = {
        "tanh": lambda: RNNCell(27, N_A, **drawn),
        "ReLU from identity": lambda: RNNCell(27, N_A, activation="relu", **identity),
        "skip": lambda: SkipCell(27, N_A, d=d, **drawn),
        "GRU": lambda: GRUCell(27, N_A, update_bias=-gate_bias, **drawn),  # low: the state is kept
        "LSTM": lambda: LSTMCell(27, N_A, forget_bias=gate_bias, **drawn),
    }[name]()
    for recurrent in {"Waa", "Wd"} & set(cell.params):
        cell.params[recurrent] *= scale
    return cell


def reach_of_all(scale: float, d: int, gate_bias: float, text: str) -> dict[str, np.ndarray]:
    """Return ‖∂a⟨T⟩/∂a⟨k⟩‖ at the lags 0 … T, (T + 1,), for each of ``CELLS``.

    ``text`` is one of ``TEXTS``, the rest as for ``build_cell``.
    """
    settings = {"skip": (d, 0.0), "GRU": (1, gate_bias), "LSTM": (1, gate_bias)}
    return {name: _reach(name, scale, *settings.get(name, (1, 0.0)), text) for name in CELLS}


@lru_cache(maxsize=256)
def _reach(name: str, scale: float, d: int, gate_bias: float, text: str) -> np.ndarray:
    return reach(build_cell(name, scale, d, gate_bias), _letters(text))


@lru_cache(maxsize=64)
def recurrent_numbers(name: str, scale: float, text: str) -> dict[str, float]:
    """Return σ_max and the spectral radius of Waa, and the mean slope g1' of units and steps.

    ``name`` is "tanh" or "ReLU from identity", the rest as for ``reach_of_all``.
    """
    cell = build_cell(name, scale)
    a, _ = cell.forward(_letters(text))
    slope = 1 - a**2 if name == "tanh" else a > 0
    Waa = cell.params["Waa"]
    return {"σ_max": norm(Waa), "radius": spectral_radius(Waa), "mean g1′": float(slope.mean())}


def norm(W: np.ndarray) -> float:
    """Return the largest singular value of a matrix: the most that it stretches a direction."""
    return float(np.linalg.norm(W, 2))


def spectral_radius(W: np.ndarray) -> float:
    """Return the size of the largest eigenvalue of a square matrix."""
    return float(np.abs(np.linalg.eigvals(W)).max())


# -- two units at a fixed point ------------------------------------------------------------------


def resting_bias(Waa: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """Return the ba for which a⟨t⟩ = tanh(Waa a⟨t-1⟩ + ba) stays at ``rest`` for ever, (n_a, 1)."""
    return np.arctanh(rest) - Waa @ rest


def jacobian_at_rest(Waa: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """Return ∂a⟨t⟩/∂a⟨t-1⟩ = diag(1 - a²) Waa at the fixed point a = ``rest``, (n_a, n_a)."""
    return (1 - rest**2) * Waa  # row i times 1 - a_i²


def powers(J: np.ndarray, steps: int) -> np.ndarray:
    """Return J to the power of 0 … ``steps``, (steps + 1, n_a, n_a)."""
    products = [np.eye(len(J))]
    for _ in range(steps):
        products.append(J @ products[-1])
    return np.stack(products)


def paths(Waa: np.ndarray, rest: np.ndarray, start: np.ndarray, steps: int) -> np.ndarray:
    """Return where the columns of ``start`` (n_a, m) go in so many steps, (steps + 1, n_a, m)."""
    ba, a = resting_bias(Waa, rest), [start]
    for _ in range(steps):
        a.append(np.tanh(Waa @ a[-1] + ba))
    return np.stack(a)
