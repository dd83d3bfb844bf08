"""The panels of ``06_gru``."""

import numpy as np

from rnn_helpers import data
from rnn_helpers.cells import GRUCell, RNNCell
from rnn_helpers.course.figures import line_style
from rnn_helpers.course.gates import (
    AnswerRace,
    clip_and_hold,
    force,
    force_gate,
    forced_model,
    gates_over_name,
    read_name,
)
from rnn_helpers.course.panel import Panel, choice, slider
from rnn_helpers.gradients import reach

__all__ = ["AnswerRace", "clip_and_hold", "force", "force_gate", "forced_model"]
__all__ += ["gates_over_name", "keeping", "read_name"]

WORDS = ("micropachycephalosaurus", "compsosuchus", "maiasaura")
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
            "open": tape.gates[:, :N_A, 0].mean(axis=1),
        }

    def draw(axes):
        parts = [_draw_reach(axes[0]), _draw_open(axes[1])]
        return lambda shown: [part(shown) for part in parts]

    def say(shown):
        kind = "with a reset gate" if shown["resets"] == "half open" else "without a reset gate"
        (tanh, gated), (tanh_new, gated_new) = shown["reach"].values(), shown["new"].values()
        return (
            f"Update-gate bias {shown['bias']:+.1f}, {kind}, reading {shown['word']}: Γu is "
            f"{shown['open'].mean():.3f} on average. At lag {len(gated) - 1} the norm is "
            f"{gated[-1]:.2g}, for the tanh cell {tanh[-1]:.2g}. Another last letter moves the "
            f"state by {gated_new:.3f}, in the tanh cell by {tanh_new:.2f}."
        )

    controls = {
        "bias": slider("update-gate bias", -8.0, 4.0, 0.0, step=0.5),
        "resets": choice("reset gate", [("none", "none"), ("as it starts", "half open")]),
        "word": choice("name", WORDS),
    }
    shape = {"width": 780, "height": 380, "columns": 2, "width_ratios": [1.3, 1]}
    return Panel(controls, compute, draw, say, **shape, margins={"left": 80, "gap": 75})


def _gated(bias: float, resets: str) -> GRUCell:
    """Return an untrained GRU; without a reset gate is with one that stands open."""
    cell = GRUCell(27, N_A, rng=6)
    cell.params["ba"][:N_A] = bias
    return cell if resets == "half open" else force(cell, "reset", 1.0)


def _taken_in(cell, x: np.ndarray) -> float:
    """Return how far the last state moves when the last letter is another one."""
    other = x.copy()
    other[-1] = data.to_tokens("z")
    return float(np.linalg.norm(cell.forward(x)[0][-1] - cell.forward(other)[0][-1]))


def _draw_reach(axes):
    longest = max(map(len, WORDS))
    lines = [
        axes.plot([], [], label=label, **line_style(i, marker=True))[0]
        for i, label in enumerate(("tanh", "gated"))
    ]
    axes.set(xlim=(0, longest), ylim=(LOWEST, 3), yscale="log", xlabel="lag T - k")
    axes.set(ylabel="‖∂a⟨T⟩/∂a⟨k⟩‖", title="kept of the past")
    axes.grid(True)
    axes.legend(loc="lower left")

    def update(shown):
        for line, norms in zip(lines, shown["reach"].values(), strict=True):
            line.set_data(np.arange(len(norms)), np.maximum(norms, LOWEST))

    return update


def _draw_open(axes):
    (line,) = axes.plot([], [], **line_style(1, marker=True))
    axes.set(xlim=(0, max(map(len, WORDS)) + 1), ylim=(-0.02, 1.02), xlabel="step t")
    axes.set(ylabel="mean Γu", title="how far the gate is open")
    axes.grid(True)
    return lambda shown: line.set_data(np.arange(1, len(shown["open"]) + 1), shown["open"])
