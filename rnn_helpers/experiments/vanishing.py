"""How far a gradient reaches in untrained cells, and what eigenvalues hide of two units at rest."""

from functools import lru_cache

import numpy as np

from rnn_helpers import checks, data
from rnn_helpers.cells import Cell, GRUCell, LSTMCell, RNNCell
from rnn_helpers.gradients import reach
from rnn_helpers.skip import SkipCell

# -- long texts ---------------------------------------------------------------------------------

T, N_A = 50, 16
TEXTS = ("names", "random letters")


def row_of_names(steps: int = T) -> np.ndarray:
    """Return the longest names in a row, as tokens (steps, 1): a long text of real letters."""
    names = sorted(data.dinosaurs(), key=len)[: -2 - checks.size("steps", steps) // 10 : -1]
    tokens = data.to_tokens(data.END.join(names))
    if steps > len(tokens):
        raise ValueError(f"steps must be at most {len(tokens):,}, all the names, got {steps}")
    return tokens[:steps, None]


def random_letters(steps: int = T, seed: int = 5) -> np.ndarray:
    """Return letters drawn by chance, as tokens (steps, 1)."""
    with checks.known_as("rng", "seed"):
        rng = checks.generator(seed)
    return rng.integers(len(data.ALPHABET), size=(checks.size("steps", steps), 1))


def _letters(text: str) -> np.ndarray:
    text = checks.choice("text", text, TEXTS)
    return row_of_names() if text == "names" else random_letters()


# -- how far the gradient reaches ---------------------------------------------------------------

CELLS = ("tanh", "ReLU from identity", "skip", "GRU", "LSTM")


def build_cell(name: str, scale: float, d: int = 1, gate_bias: float = 0.0) -> Cell:
    """Return one of ``CELLS``, untrained, its recurrent weights times ``scale``.

    ``d`` is how far the skip connection reaches back. A ``gate_bias`` of 0 leaves the gates of GRU
    and LSTM half open; a higher one lets them keep more of the state. Raise ValueError or TypeError
    if an argument is not valid.
    """
    checks.choice("name", name, CELLS)
    scale, d = checks.number("scale", scale), checks.size("d", d)
    gate_bias = checks.number("gate_bias", gate_bias)
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

    ``text`` is one of ``TEXTS``, the rest as for ``build_cell``, which says what is raised.
    """
    checks.choice("text", text, TEXTS)
    scale, d = checks.number("scale", scale), checks.size("d", d)
    gate_bias = checks.number("gate_bias", gate_bias)
    settings = {"skip": (d, 0.0), "GRU": (1, gate_bias), "LSTM": (1, gate_bias)}
    return {name: _reach(name, scale, *settings.get(name, (1, 0.0)), text) for name in CELLS}


@lru_cache(maxsize=256)
def _reach(name: str, scale: float, d: int, gate_bias: float, text: str) -> np.ndarray:
    return reach(build_cell(name, scale, d, gate_bias), _letters(text))


def recurrent_numbers(name: str, scale: float, text: str) -> dict[str, float]:
    """Return σ_max and the spectral radius of Waa, and the mean slope g1' of units and steps.

    ``name`` is "tanh" or "ReLU from identity", the rest as for ``reach_of_all``.
    """
    checks.choice("name", name, CELLS[:2])
    scale, text = checks.number("scale", scale), checks.choice("text", text, TEXTS)
    return dict(_recurrent_numbers(name, scale, text))


@lru_cache(maxsize=64)
def _recurrent_numbers(name: str, scale: float, text: str) -> dict[str, float]:
    cell = build_cell(name, scale)
    a, _ = cell.forward(_letters(text))
    slope = 1 - a**2 if name == "tanh" else a > 0
    Waa = cell.params["Waa"]
    return {"σ_max": norm(Waa), "radius": spectral_radius(Waa), "mean g1′": float(slope.mean())}


def norm(W: np.ndarray) -> float:
    """Return the largest singular value of a matrix: the most that it stretches a direction."""
    return float(np.linalg.norm(checks.array("W", W, "n m", {}, np.dtype(float)), 2))


def spectral_radius(W: np.ndarray) -> float:
    """Return the size of the largest eigenvalue of a square matrix."""
    return float(np.abs(np.linalg.eigvals(_square("W", W))).max())


# -- two units at a fixed point ------------------------------------------------------------------


def resting_bias(Waa: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """Return the ba for which a⟨t⟩ = tanh(Waa a⟨t-1⟩ + ba) stays at ``rest`` for ever, (n_a, 1).

    Raise ValueError or TypeError for a wrong shape or type, or a rest not between -1 and 1.
    """
    Waa, rest = _at_rest(Waa, rest)
    return np.arctanh(rest) - Waa @ rest


def jacobian_at_rest(Waa: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """Return ∂a⟨t⟩/∂a⟨t-1⟩ = diag(1 - a²) Waa at the fixed point a = ``rest``, (n_a, n_a)."""
    Waa, rest = _at_rest(Waa, rest)
    return (1 - rest**2) * Waa  # row i times 1 - a_i²


def powers(J: np.ndarray, steps: int) -> np.ndarray:
    """Return J to the power of 0 … ``steps``, (steps + 1, n_a, n_a)."""
    J = _square("J", J)
    products = [np.eye(len(J))]
    for _ in range(checks.at_least_zero("steps", steps)):
        products.append(J @ products[-1])
    return np.stack(products)


def paths(Waa: np.ndarray, rest: np.ndarray, start: np.ndarray, steps: int) -> np.ndarray:
    """Return where the columns of ``start`` (n_a, m) go in so many steps, (steps + 1, n_a, m)."""
    ba, sizes = resting_bias(Waa, rest), {"n_a": len(Waa)}
    a = [checks.array("start", start, "n_a m", sizes, np.dtype(float))]
    for _ in range(checks.at_least_zero("steps", steps)):
        a.append(np.tanh(Waa @ a[-1] + ba))
    return np.stack(a)


def _square(name: str, value: np.ndarray) -> np.ndarray:
    n = len(checks.array(name, value, "n m", {}, np.dtype(float)))
    return checks.array(name, value, "n n", {"n": n}, np.dtype(float))


def _at_rest(Waa: np.ndarray, rest: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    Waa = _square("Waa", Waa)
    rest = checks.array("rest", rest, "n_a 1", {"n_a": len(Waa), "1": 1}, np.dtype(float))
    if np.abs(rest).max() >= 1:
        raise ValueError(f"rest must lie between -1 and 1, as tanh does, got {checks.shown(rest)}")
    return Waa, rest
