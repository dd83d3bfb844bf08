"""Ten questions on what the course takes for granted: shapes, broadcasting, the chain rule.

No answer is written down: each is what NumPy makes of the question, or what a nudge says of a
derivative. Every option has a sentence for whoever has chosen it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from rnn_helpers.course.prediction import Prediction, Reveal, predict

ERROR = "an error"


@dataclass(frozen=True)
class Question:
    """What is asked, a sentence for each option, and the function that finds the right option."""

    asks: str
    says: Mapping[str, str]
    right: Callable[[], str]


def self_test() -> list[tuple[Prediction, Reveal]]:
    """Return each question with its answer in a box that is shut; show both, in this order."""
    pairs = []
    for number, question in enumerate(QUESTIONS, start=1):
        asked = predict(f"{number}. {question.asks}", list(question.says))
        right = question.right()
        others = {option: says for option, says in question.says.items() if option != right}
        pairs.append((asked, asked.reveal(right, question.says[right], says=others)))
    return pairs


# ---- how an answer is found


def shape_of(call: Callable[[], np.ndarray]) -> str:
    """Return the shape of what ``call`` returns, as NumPy writes it, or "an error"."""
    try:
        return str(call().shape)
    except ValueError:
        return ERROR


def _agreeing(slopes: np.ndarray, candidates: Mapping[str, np.ndarray]) -> str:
    """Return the name of the one candidate that agrees with slopes that a nudge has found."""
    (right,) = [
        name
        for name, value in candidates.items()
        if np.broadcast_shapes(np.shape(value), np.shape(slopes)) == np.shape(slopes)
        and np.allclose(value, slopes, rtol=1e-6)
    ]
    return right


def _nudged(loss: Callable[[np.ndarray], float], at: np.ndarray) -> np.ndarray:
    """Return the slope of ``loss`` for each entry of ``at``, by central differences."""
    slopes, h = np.zeros_like(at), 1e-6
    for place in np.ndindex(at.shape):
        nudge = np.zeros_like(at)
        nudge[place] = h
        slopes[place] = (loss(at + nudge) - loss(at - nudge)) / (2 * h)
    return slopes


_RNG = np.random.default_rng(0)
_W, _X, _G = _RNG.normal(size=(3, 3)), _RNG.normal(size=(3, 3)), _RNG.normal(size=(3, 3))


def _normalised() -> str:
    z = np.exp(_RNG.normal(size=(5, 2)))
    p = z / z.sum(axis=0)
    return "its columns add up to 1" if np.allclose(p.sum(axis=0), 1) else "its rows add up to 1"


def _steps() -> str:
    pieces = list(np.zeros((7, 3, 5)))
    return f"{pieces[0].shape}, {len(pieces)} times"


def _of_tanh() -> str:
    w = np.array([0.5])
    a = np.tanh(w)
    candidates = {"2 tanh(w)": 2 * a, "1 - tanh²(w)": 1 - a**2}
    candidates["2 tanh(w) (1 - tanh²(w))"] = 2 * a * (1 - a**2)
    return _agreeing(_nudged(lambda v: (np.tanh(v) ** 2).sum(), w), candidates)


def _into_x() -> str:
    slopes = _nudged(lambda x: (_G * (_W @ x)).sum(), _X)
    return _agreeing(slopes, {"W @ g": _W @ _G, "W.T @ g": _W.T @ _G, "g @ W": _G @ _W})


def _into_w() -> str:
    slopes = _nudged(lambda w: (_G * (w @ _X)).sum(), _W)
    return _agreeing(slopes, {"g @ x.T": _G @ _X.T, "x @ g.T": _X @ _G.T, "x.T @ g": _X.T @ _G})


def _into_b() -> str:
    slopes = _nudged(lambda b: (_G * (_W @ _X + b)).sum(), np.zeros((3, 1)))
    mean, total = (step(axis=1, keepdims=True) for step in (_G.mean, _G.sum))
    return _agreeing(
        slopes, {"g itself": _G, "the mean of g's columns": mean, "the sum of g's columns": total}
    )


def _of_a_vector() -> str:
    W, at = np.arange(12.0).reshape(4, 3), np.full(3, 0.1)
    return str(np.stack([_nudged(lambda v, i=i: np.tanh(W @ v)[i], at) for i in range(4)]).size)


QUESTIONS = (
    Question(
        "W is (4, 3) and x is (3, 5). What is the shape of W @ x?",
        {
            "(4, 5)": "The inner sizes, 3 and 3, meet and vanish; the outer ones, 4 and 5, stay.",
            "(3, 3)": "These sizes meet and are summed over. The outer ones stay.",
            "(4, 3, 5)": "Nothing is left of the 3: the product sums over it.",
            ERROR: "The inner sizes are both 3, so they fit. It is x @ W that fails.",
        },
        lambda: shape_of(lambda: np.ones((4, 3)) @ np.ones((3, 5))),
    ),
    Question(
        "z is (4, 5) and b is (4, 1). What is the shape of z + b?",
        {
            "(4, 5)": "The axis of length 1 is stretched: b is added to each of the 5 columns.",
            "(4, 6)": "That would be b beside z, np.hstack. A sum makes nothing wider.",
            "(4, 1)": "The larger shape wins: b is stretched to z, not z cut to b.",
            ERROR: "An axis of length 1 fits every length. That is broadcasting.",
        },
        lambda: shape_of(lambda: np.ones((4, 5)) + np.ones((4, 1))),
    ),
    Question(
        "The same z, (4, 5), but b is flat: (4,). What is the shape of z + b?",
        {
            "(4, 5)": "Shapes are compared from the right, so the 4 of b meets the 5 of z.",
            "(4, 4, 5)": "A flat array gets new axes in front, (1, 4), so 4 meets 5.",
            "(5, 4)": "NumPy never turns an array round by itself.",
            ERROR: "From the right, 4 meets 5. So biases are columns here, (n, 1).",
        },
        lambda: shape_of(lambda: np.ones((4, 5)) + np.ones(4)),
    ),
    Question(
        "e is (5, 2), all numbers positive. Of e / e.sum(axis=0) one can say that ...",
        {
            "its columns add up to 1": "axis=0 runs down the rows, so each column has its own sum.",
            "its rows add up to 1": "axis=0 is summed away: the sum runs down a column.",
            "it is an error": "The sums are (2,), and from the right 2 meets 2.",
        },
        _normalised,
    ),
    Question(
        "x is (7, 3, 5). What does `for x_t in x` hand out?",
        {
            "(3, 5), 7 times": "A loop walks along the first axis. In this course that is time.",
            "(7, 3), 5 times": "A loop takes the first axis, not the last.",
            "numbers, 105 times": "Only a flat array hands out numbers.",
        },
        _steps,
    ),
    Question(
        "How many numbers has the derivative of a vector of 4 for a vector of 3?",
        {
            "3": "That is the gradient of one number. Here each of the 4 has its own 3.",
            "7": "They are multiplied, not added: each of the 4 reacts to each of the 3.",
            "12": "Each of the 4 reacts to each of the 3: a matrix (4, 3), the Jacobian.",
        },
        _of_a_vector,
    ),
    Question(
        "L = tanh(w)². What is dL/dw?",
        {
            "2 tanh(w)": "That is the outer derivative. It is multiplied with the slope of tanh.",
            "1 - tanh²(w)": "That is the slope of tanh. The square has one too, 2 tanh(w).",
            "2 tanh(w) (1 - tanh²(w))": "The chain rule: outer derivative times inner derivative.",
        },
        _of_tanh,
    ),
    Question(
        "y = W @ x, and g is dL/dy, a column. What is dL/dx?",
        {
            "W @ g": "W leads from x to y. Back it is turned: x_j collects from column j.",
            "W.T @ g": "x_j went into every y_i, times W[i, j], so it collects W[i, j] g_i.",
            "g @ W": "g is a column. Its transpose would do: (g.T @ W).T is W.T @ g.",
        },
        _into_x,
    ),
    Question(
        "The same y = W @ x and g. What is dL/dW?",
        {
            "g @ x.T": "W[i, j] took x_j into y_i, so its share is g_i x_j: column times row.",
            "x @ g.T": "That is the transpose. A gradient has the shape of what it belongs to.",
            "x.T @ g": "One number, if it fits at all: W needs one for each entry.",
        },
        _into_w,
    ),
    Question(
        "y = W @ x + b for 3 examples side by side; g, (3, 3), is dL/dy. What is dL/db?",
        {
            "g itself": "b is one column that was used for all examples: it collects from each.",
            "the mean of g's columns": "If L is a mean, g has the 1/m already: sum.",
            "the sum of g's columns": "b was added to every example, so what comes back is summed.",
        },
        _into_b,
    ),
)
