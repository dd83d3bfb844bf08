"""The panel of ``06_gru``; those that it shares with ``07_lstm`` are in ``course.gates``."""

import numpy as np
from matplotlib.axes import Axes

from rnn_helpers import data
from rnn_helpers.cells import Cell, GRUCell, RNNCell
from rnn_helpers.course import parts
from rnn_helpers.course.panel import Panel, choice, slider
from rnn_helpers.course.wording import power_of_ten
from rnn_helpers.experiments.gates import with_gate_forced
from rnn_helpers.gradients import reach

WORDS = ("micropachycephalosaurus", "compsosuchus", "maiasaura")
LONGEST = max(map(len, WORDS))
N_A = 16
LOWEST = 1e-8


def keeping() -> Panel:
    """The bias of the update gate: how much is kept of the past, and how much is taken in now."""

    def compute(bias, resets, word):
        bias = round(bias, 1)
        x = data.to_tokens(word)[:, None]
        cells = {"tanh": RNNCell(27, N_A, rng=6), "gated": _gated(bias, resets)}
        _, tape = cells["gated"].forward(x)
        return {
            "bias": bias,
            "resets": resets,
            "word": word,
            "reach": {name: reach(cell, x) for name, cell in cells.items()},
            "new": {name: _taken_in(cell, x) for name, cell in cells.items()},
            "open": tape.gates[:, cells["gated"].block("update"), 0].mean(axis=1),
        }

    def draw(axes):
        return parts.together(_draw_reach(axes[0]), _draw_open(axes[1]))

    def say(shown):
        kind = "with a reset gate" if shown["resets"] == "half open" else "without a reset gate"
        (tanh, gated), (tanh_new, gated_new) = shown["reach"].values(), shown["new"].values()
        return (
            f"Update-gate bias {shown['bias']:+.1f}, {kind}, reading {shown['word']}: Γu is "
            f"{shown['open'].mean():.3f} on average. At lag {len(gated) - 1} the norm is "
            f"{power_of_ten(gated[-1])}, for the tanh cell {power_of_ten(tanh[-1])}. Another last "
            f"letter moves the state by {gated_new:.3f}, in the tanh cell by {tanh_new:.2f}."
        )

    controls = {
        "bias": slider("update-gate bias", -8.0, 4.0, 0.0, step=0.5),
        "resets": choice("reset gate", [("none", "none"), ("as it starts", "half open")]),
        "word": choice("name", WORDS),
    }
    shape = {"width": 780, "height": 380, "columns": 2, "width_ratios": [1.3, 1]}
    return Panel(controls, compute, draw, say, room=240, **shape, margins={"left": 80, "gap": 75})


def _gated(bias: float, resets: str) -> GRUCell:
    """Return an untrained GRU; without a reset gate is with one that stands open."""
    cell = GRUCell(27, N_A, update_bias=bias, rng=6)
    return cell if resets == "half open" else with_gate_forced(cell, "reset", 1.0)


def _taken_in(cell: Cell, x: np.ndarray) -> float:
    """Return how far the last state moves when the last letter is another one."""
    other = x.copy()
    other[-1] = data.to_tokens("z")
    return float(np.linalg.norm(cell.forward(x)[0][-1] - cell.forward(other)[0][-1]))


def _draw_reach(axes: Axes) -> parts.Update:
    axis = {
        "xlim": (-0.7, LONGEST + 0.7),
        "ylim": (LOWEST / 2, 3),
        "yscale": "log",
        "xlabel": "lag T - k",
    }
    title = {"ylabel": "‖∂a⟨T⟩/∂a⟨k⟩‖", "title": "kept of the past"}
    look = {"marker": True, "grid": True, "legend": "lower left"}
    lags = np.arange(LONGEST + 1)
    lines = parts.lines(axes, ["tanh", "gated"], x=lags, **axis, **title, **look)
    return lambda shown: lines({k: np.maximum(v, LOWEST) for k, v in shown["reach"].items()})


def _draw_open(axes: Axes) -> parts.Update:
    axis = {"xlim": (0, LONGEST + 1), "ylim": (-0.02, 1.02), "xlabel": "step t", "grid": True}
    title = {"ylabel": "mean Γu", "title": "how far the gate is open"}
    line = parts.lines(axes, ["Γu"], styles=[1], marker=True, **axis, **title)
    return lambda shown: line(shown["open"])
