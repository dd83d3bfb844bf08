"""What single units track in a text, and whether the network uses it.

Source: Karpathy, Johnson and Fei-Fei (2015), "Visualizing and understanding recurrent networks".
"""

import numpy as np

from rnn_helpers import checks
from rnn_helpers.activations import softmax
from rnn_helpers.models import SequenceModel

# -- what a unit might track --------------------------------------------------------------------


def count_since(mark: np.ndarray, counted: np.ndarray) -> np.ndarray:
    """Return the sum of ``counted`` (T,) since ``mark`` (T,) was last True, (T,).

    The step of the mark itself is left out, so the sum is 0 there. Before the first mark it is the
    sum from step 1 on. Raise ValueError or TypeError unless both are rows of numbers, as many each.
    """
    mark, counted = checks.numeric("mark", mark), checks.numeric("counted", counted)
    if mark.ndim != 1:
        raise ValueError(f"mark must be (T,), got {mark.shape}")
    if counted.shape != mark.shape:
        raise ValueError(f"counted must be {mark.shape}, as mark is, got {counted.shape}")
    mark = mark.astype(bool)
    steps, total = np.arange(len(mark)), np.cumsum(counted)
    last = np.maximum.accumulate(np.where(mark, steps, -1))
    return total - np.where(last < 0, 0, total[last])


def text_features(text: str) -> dict[str, np.ndarray]:
    """Return what a unit might track at each character of ``text``, each (T,).

    place      characters since the last newline
    word       letters since the word began
    quotation  1 inside a pair of double quotes, 0 outside
    bracket    1 inside round brackets
    indented   1 in a line that begins with a space

    A blank line ends every quotation and bracket. All look back only: what a feature is at a
    character depends on the text up to that character.
    """
    chars = np.array(list(checks.text("text", text)), dtype="U1")
    newline, letter = chars == "\n", np.char.isalnum(chars) | (chars == "_")
    blank_line = newline & np.r_[False, newline][:-1]
    ones = np.ones(len(chars), int)
    place, brackets = count_since(newline, ones), (chars == "(").astype(int) - (chars == ")")
    features = {
        "place": place,
        "word": count_since(~letter, ones),
        "quotation": count_since(blank_line, chars == '"') % 2,
        "bracket": count_since(blank_line, brackets) > 0,
        "indented": count_since(newline, (place == 1) & (chars == " ")),
    }
    return {name: feature.astype(float) for name, feature in features.items()}


# -- which unit tracks it -----------------------------------------------------------------------


def correlations(a: np.ndarray, f: np.ndarray) -> np.ndarray:
    """Return the correlation of each unit with a feature over time, (n_a,)::

        r_i = mean((a_i - mean a_i) (f - mean f)) / (std a_i std f)

    a is (T, n_a) and f (T,). Where the unit or the feature never changes, r is 0. For a feature
    that is 1 or 0 it is the point-biserial correlation. Source: Pearson (1895).
    """
    a = checks.array("a", a, "T n_a", {}, np.dtype(float))
    f = checks.array("f", f, "T", {"T": len(a)}, np.dtype(float))
    covariance = (a - a.mean(axis=0)).T @ (f - f.mean()) / len(f)
    spread = a.std(axis=0) * f.std()
    return np.where(spread > 1e-12, covariance / np.maximum(spread, 1e-12), 0.0)


def slowest_first(a: np.ndarray) -> np.ndarray:
    """Return the units in order of their mean change from step to step, against their spread.

    a is (T, n_a). A unit that holds its value for long comes early. Raise ValueError or TypeError
    for another shape, or one step alone.
    """
    a = checks.array("a", a, "T n_a", {}, np.dtype(float))
    if len(a) < 2:
        raise ValueError(f"a must hold two steps or more, got {a.shape}")
    change = np.abs(np.diff(a, axis=0)).mean(axis=0)
    return np.argsort(change / np.maximum(a.std(axis=0), 1e-9), kind="stable")


# -- whether the network uses it ----------------------------------------------------------------


def read_holding(
    model: SequenceModel, x: np.ndarray, unit: int | None = None, values: np.ndarray | None = None
) -> np.ndarray:
    """Read tokens x (T, m) and return ŷ (T, n_y, m), with one unit of the state held.

    After every step a⟨t⟩ of ``unit`` is set to its entry of ``values`` (n_a,), before the output
    layer and the next step see it. Without ``unit`` nothing is held. Raise ValueError or TypeError
    if an argument is not valid.
    """
    checks.instance("model", model, SequenceModel, "a SequenceModel")
    x = checks.tokens("x", x, model.cell.n_x)
    if unit is not None:
        unit, sizes = checks.token("unit", unit, model.cell.n_a), {"n_a": model.cell.n_a}
        values = checks.array("values", values, "n_a", sizes, np.dtype(float))
    state, y_hat = None, []
    for x_t in x:
        _, state = model.cell.step(x_t, state)
        a_t = model.cell.a_of(state)  # (n_a, m), a part of the state and not a copy
        if unit is not None:
            a_t[unit] = values[unit]
        y_hat.append(softmax(model.params["Wya"] @ a_t + model.params["by"]))
    return np.array(y_hat)
