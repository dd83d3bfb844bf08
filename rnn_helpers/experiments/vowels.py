"""A network that is asked, at each letter of a name, whether the next letter is a vowel.

Its parameters are a dict of Waa, Wax, ba, Wya (1, n_a) and by; the answer is
ŷ⟨t⟩ = σ(Wya a⟨t⟩ + by), and the loss the sum over all steps of -y log ŷ - (1 - y) log(1 - ŷ).
"""

from typing import NamedTuple

import numpy as np

from rnn_helpers import checks, data
from rnn_helpers.activations import sigmoid, tanh_slope
from rnn_helpers.cells import RNNCell
from rnn_helpers.optimizers import Params

VOWELS = "aeiou"


def next_is_vowel(name: str) -> np.ndarray:
    """Return y (T, 1, 1): 1 where the next letter of the name is a vowel."""
    name = _letters(name)
    return np.array([letter in VOWELS for letter in name[1:] + "."], float)[:, None, None]


class WayBack(NamedTuple):
    """What the error is on its way back through a name of T letters.

    immediate  the derivative for a⟨t⟩ by the answer of that step alone, (T, n_a)
    total      the derivative da⟨t⟩ by all answers from that step on, (T, n_a)
    shares     what each step adds to dWaa, (T, n_a, n_a)
    """

    immediate: np.ndarray
    total: np.ndarray
    shares: np.ndarray


def way_back(params: Params, name: str) -> WayBack:
    """Return the derivatives of the loss at every step of a name, by backpropagation::

    dz⟨t⟩ = (immediate⟨t⟩ + Waaᵀ dz⟨t+1⟩) (1 - a⟨t⟩²),    share⟨t⟩ = dz⟨t⟩ a⟨t-1⟩ᵀ
    """
    a, y_hat = _answers(_checked(params), name)
    immediate = params["Wya"].T @ (y_hat - next_is_vowel(name))  # (T, n_a, 1)
    a_prev = np.concatenate([np.zeros_like(a[:1]), a[:-1]])
    total, shares, dz = np.empty_like(a), [], np.zeros_like(a[0])
    for t in reversed(range(len(a))):
        total[t] = immediate[t] + params["Waa"].T @ dz
        dz = total[t] * tanh_slope(a[t])
        shares.append(dz @ a_prev[t].T)
    return WayBack(immediate[:, :, 0], total[:, :, 0], np.array(shares[::-1]))


def nudged_loss(params: Params, name: str, nudge: complex = 0.0) -> complex:
    """Return the loss of a name with ``nudge`` added to Waa[0, 1]; complex if the nudge is.

    Whatever the nudge, all is computed with complex numbers, so that the losses of different
    nudges differ by nothing but them.
    """
    if isinstance(nudge, bool) or not isinstance(nudge, (int, float, complex, np.number)):
        raise TypeError(f"nudge must be a number, real or complex, got {checks.shown(nudge)}")
    checks.number("nudge", nudge.real)
    checks.number("nudge", nudge.imag)
    Waa = _checked(params)["Waa"].astype(complex)
    Waa[0, 1] += nudge
    _, y_hat = _answers(params | {"Waa": Waa}, name)
    y = next_is_vowel(name)
    loss = -(y * np.log(y_hat) + (1 - y) * np.log(1 - y_hat)).sum()
    return loss if np.iscomplexobj(nudge) else loss.real


def _letters(name: str) -> str:
    if not checks.text("name", name):
        raise ValueError("name must hold one letter or more, got ''")
    return name


def _checked(params: Params) -> Params:
    """Return the parameters as arrays, or raise if one is missing or has the wrong shape."""
    arrays = checks.arrays("params", params)
    missing = [name for name in ("Waa", "Wax", "ba", "Wya", "by") if name not in arrays]
    if missing:
        raise ValueError(f"params must have Waa, Wax, ba, Wya and by, got no {', '.join(missing)}")
    n_a, n_x = len(arrays["Waa"]), len(data.ALPHABET)
    shapes = {"Waa": (n_a, n_a), "Wax": (n_a, n_x), "ba": (n_a, 1), "Wya": (1, n_a), "by": (1, 1)}
    checks.same_keys(
        "params",
        {name: arrays[name] for name in shapes},
        {name: np.empty(shape) for name, shape in shapes.items()},
    )
    return arrays


def _answers(params: Params, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the states a (T, n_a, 1) and the answers ŷ (T, 1, 1) for a name."""
    n_a, n_x = params["Wax"].shape
    cell = RNNCell(n_x, n_a, dtype=params["Waa"].dtype, rng=0)
    cell.set(**{key: params[key].astype(params["Waa"].dtype) for key in cell.params})
    with checks.known_as("text", "name"):
        tokens = data.to_tokens(_letters(name))
    a, _ = cell.forward(tokens[:, None])
    return a, sigmoid(params["Wya"] @ a + params["by"])
