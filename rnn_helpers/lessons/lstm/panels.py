"""The panel and the chart of ``07_lstm``; the panels it shares with ``06_gru`` are elsewhere.

See ``course.gates``.
"""

from functools import lru_cache

import numpy as np

from rnn_helpers import data
from rnn_helpers.activations import sigmoid
from rnn_helpers.cells import LSTMCell, RNNCell
from rnn_helpers.course import parts
from rnn_helpers.course.figures import Picture
from rnn_helpers.course.panel import Panel, choice, slider
from rnn_helpers.course.style import INK, new_figure
from rnn_helpers.course.wording import power_of_ten
from rnn_helpers.gradients import reach, without_the_wire

# -- along c, and along a ---------------------------------------------------------------------

N_A = 16
LOWEST, HIGHEST = 1e-12, 1e3
TEXTS = {"one name": "micropachycephalosaurus", "names in a row": "maiasaura.kol.iguanodon." * 2}
CURVES = {"wire alone": 0, "without the wire": 1, "all ways": 2, "tanh cell": 5}  # line styles


def forget_bias() -> Panel:
    """The forget bias of an untrained LSTM against how far a gradient reaches, along c and a."""

    def compute(bias, text, share):
        bias = round(bias, 1)
        curves = _curves(bias, text)
        return {
            "bias": bias,
            "text": text,
            "share": share,
            "curves": curves,
            "reached": {name: _reached(curve, share) for name, curve in curves.items()},
        }

    def draw(axes):
        longest = max(map(len, TEXTS.values()))
        axis = {"xlim": (0, longest), "xlabel": "lag T - k", "yscale": "log"}
        axis |= {"ylim": (LOWEST, HIGHEST), "ylabel": "norm", "grid": True}
        look = {"styles": CURVES.values(), "title": "what is left of the gradient"}
        lines = parts.lines(axes, CURVES, x=np.arange(longest + 1), **axis, **look)
        level = parts.level(axes, 1, color=INK, linestyle="-", label="the share")
        parts.set_axes(axes, legend=parts.beside(1.0, frameon=False))

        def update(shown):
            level(shown["share"])
            lines({name: np.maximum(norms, LOWEST / 10) for name, norms in shown["curves"].items()})

        return update

    def say(shown):
        T = len(shown["curves"]["all ways"]) - 1
        ends = "; ".join(
            f"{name} {power_of_ten(curve[-1])} at lag {T}, {_lag_said(shown['reached'][name], T)}"
            for name, curve in shown["curves"].items()
        )
        keeps = float(sigmoid(np.array(shown["bias"])))
        return (
            f"Forget bias {shown['bias']:+.1f}, which keeps {keeps:.4f} at each step; "
            f"{shown['text']}; share {shown['share']:g}: {ends}."
        )

    controls = {
        "bias": slider("forget bias", -4.0, 8.0, 1.0, step=0.5),
        "text": choice("reading", list(TEXTS)),
        "share": choice("reach is above", [0.1, 0.01, 0.001], 0.01),
    }
    shape = {"width": 800, "height": 355, "margins": {"left": 85, "right": 195, "bottom": 52}}
    return Panel(controls, compute, draw, say, room=330, **shape)


@lru_cache(maxsize=64)
def _curves(bias: float, text: str) -> dict[str, np.ndarray]:
    """Return the norm against lag for each of ``CURVES``."""
    x = data.to_tokens(TEXTS[text])[:, None]
    cell, tanh = LSTMCell(27, N_A, forget_bias=bias, rng=6), RNNCell(27, N_A, rng=6)
    _, tape = cell.forward(x)
    forget = tape.gates[::-1, cell.block("forget"), 0]
    wire = np.vstack([np.ones(N_A), np.cumprod(forget, axis=0)]).max(axis=1)
    states = np.array([np.linalg.norm(J, 2) for J in without_the_wire(cell, x)])
    norms = [wire, states, reach(cell, x, of="c"), reach(tanh, x)]
    return dict(zip(CURVES, norms, strict=True))


def _reached(curve: np.ndarray, share: float) -> int:
    """Return the largest lag up to which the curve has not fallen below the share."""
    below = np.flatnonzero(curve < share)
    return int(below[0]) - 1 if below.size else len(curve) - 1


def _lag_said(lag: int, T: int) -> str:
    return "above the share to the end" if lag == T else f"above the share to lag {lag}"


# -- the recall task, all cells on one axis ---------------------------------------------------


def recall_chart(stored: dict) -> Picture:
    """Show the share of right answers against lag for every cell of the stored experiment.

    The marks of one lag stand side by side, since many of them have the same height.
    """
    lags, runs = np.array(stored["recipe"]["recall"]["lags"]), stored["recall"]["scores"]
    means = {name: np.mean(scores, axis=1) for name, scores in runs.items()}
    shifts = 1.07 ** (np.arange(len(means)) - (len(means) - 1) / 2)  # for a logarithmic axis
    axis = {"xscale": "log", "xlabel": "lag (the marks of one lag stand side by side)"}
    axis |= {"xticks": lags, "xticklabels": lags, "ylim": (0, 1.05), "ylabel": "share right"}
    with new_figure(800, 380, margins={"right": 245}) as (figure, axes):
        curves = parts.lines(axes, means, marker=True, **axis, grid=True)
        marks = zip(means.items(), shifts, strict=True)
        curves({name: (lags * shift, mean) for (name, mean), shift in marks})
        parts.level(axes, 0.25, color=INK, label="guessing")
        axes.relim()
        axes.autoscale_view(scaley=False)
        axes.minorticks_off()
        parts.set_axes(axes, legend=parts.beside(1.02, handlelength=3))
    ends = "; ".join(
        f"{name} {mean[0]:.2f} at lag {lags[0]} and {mean[-1]:.2f} at lag {lags[-1]}"
        for name, mean in means.items()
    )
    return Picture(figure, f"Recall, share right, mean over the starts: {ends}.")
