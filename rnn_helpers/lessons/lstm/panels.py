"""The panels of ``07_lstm``."""

from functools import lru_cache

import numpy as np

from rnn_helpers import data
from rnn_helpers.activations import sigmoid
from rnn_helpers.cells import LSTMCell, RNNCell
from rnn_helpers.course.figures import INK, Picture, line_style, new_figure
from rnn_helpers.course.gates import (
    AnswerRace,
    clip_and_hold,
    first_letter_batches,
    force,
    force_gate,
    forced_model,
    gates_over_name,
    read_name,
    right,
)
from rnn_helpers.course.panel import Panel, choice, slider
from rnn_helpers.course.race import RecallRace
from rnn_helpers.gradients import jacobians

__all__ = ["AnswerRace", "CellRace", "clip_and_hold", "counter", "first_letter_batches", "force"]
__all__ += ["force_gate", "forced_model", "forget_bias", "gates_over_name", "memory_jacobians"]
__all__ += ["read_name", "recall_chart", "right"]

# -- a memory set by hand ---------------------------------------------------------------------

VOWELS = "aeiou"
STAGES = ("wire", "update gate", "forget gate", "output gate")
SURELY = 20.0  # σ(20) is 1 to eight digits
TENTH = float(np.arctanh(0.1))  # the candidate is then 0.1


def counter(stage: str = "output gate") -> LSTMCell:
    """Return an LSTM of one unit, set by hand to count vowels in tenths, its gates up to ``stage``.

    "wire": the candidate is always 0.1 and all gates are open. "update gate": it opens at vowels.
    "forget gate": it shuts at the full stop. "output gate": it opens at the full stop only, and now
    the forget gate shuts after the state has shown something. Raise ValueError for another stage.
    """
    if stage not in STAGES:
        raise ValueError(f"stage must be one of {', '.join(STAGES)}, got {stage!r}")
    built, cell = STAGES.index(stage), LSTMCell(len(data.ALPHABET), 1)
    for value in cell.params.values():
        value[...] = 0
    Waa, Wax, ba = (cell.params[name] for name in ("Waa", "Wax", "ba"))
    ba[:, 0] = TENTH, SURELY, SURELY, SURELY  # candidate, update, forget, output
    if built >= 1:
        ba[1], Wax[1, data.to_tokens(VOWELS)] = -SURELY, 2 * SURELY
    if built == 2:
        Wax[2, data.to_tokens(data.END)] = -2 * SURELY
    if built == 3:
        Waa[2] = -20 * SURELY
        ba[3], Wax[3, data.to_tokens(data.END)] = -SURELY, 2 * SURELY
    return cell


# -- along c, and along a ---------------------------------------------------------------------


def memory_jacobians(cell: LSTMCell, x: np.ndarray) -> list[np.ndarray]:
    """Return ∂c⟨T⟩/∂c⟨k⟩ for k = T, T - 1, …, 0, each (n_a, n_a), in every way that c⟨k⟩ counts.

    x is one sequence, (T, n_x, 1) or tokens (T, 1). The way back is taken in all n_a directions at
    once, a column for each unit of c⟨T⟩.
    """
    tapes, state = [], None
    for x_t in np.repeat(np.asarray(x), cell.n_a, axis=-1):
        _, tape = cell.forward(x_t[None], state)
        tapes.append(tape)
        state = tape.state
    nothing, back = np.zeros((1, cell.n_a, cell.n_a)), np.eye(cell.n_a)
    found, dstate = [back], (nothing[0], back)
    for tape in reversed(tapes):
        _, dstate, _ = cell.backward(nothing, tape, dstate)
        found.append(dstate[1].T)
    return found


def without_the_wire(cell: LSTMCell, x: np.ndarray) -> list[np.ndarray]:
    """Return ∂a⟨T⟩/∂a⟨k⟩ for k = T, T - 1, …, 0 with the wire cut: each c⟨t-1⟩ held constant.

    What is left is the way through the state alone, a product of (n_a, n_a) Jacobians::

        diag(Γo (1 - tanh² c)) (diag(…) Wc + diag(…) Wu + diag(…) Wf) + diag(tanh c Γo (1 - Γo)) Wo
    """
    _, tape = cell.forward(x)
    Wc, Wu, Wf, Wo = np.split(cell.params["Waa"], 4)
    c_prev, back = np.concatenate([tape.start[1][None], tape.c[:-1]]), np.eye(cell.n_a)
    found = [back]
    for t in reversed(range(len(x))):
        candidate, update, forget, output = np.split(tape.gates[t], 4)  # each (n_a, 1)
        tanh_c = tape.tanh_c[t]
        dc = update * (1 - candidate**2) * Wc + candidate * update * (1 - update) * Wu
        dc += c_prev[t] * forget * (1 - forget) * Wf
        one_step = output * (1 - tanh_c**2) * dc + tanh_c * output * (1 - output) * Wo
        back = back @ one_step
        found.append(back)
    return found


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
        lags = max(map(len, TEXTS.values()))
        lines = [axes.plot([], [], label=n, **line_style(i))[0] for n, i in CURVES.items()]
        (level,) = axes.plot([0, lags], [1, 1], "-", color=INK, linewidth=1, label="the share")
        axes.set(xlim=(0, lags), ylim=(LOWEST, HIGHEST), yscale="log", xlabel="lag T - k")
        axes.set(ylabel="norm", title="what is left of the gradient")
        axes.grid(True)
        axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)

        def update(shown):
            level.set_ydata([shown["share"]] * 2)
            for line, values in zip(lines, shown["curves"].values(), strict=True):
                line.set_data(np.arange(len(values)), np.maximum(values, LOWEST / 10))

        return update

    def say(shown):
        T = len(shown["curves"]["all ways"]) - 1
        ends = "; ".join(
            f"{name} {curve[-1]:.1e} at lag {T}, {_lag_said(shown['reached'][name], T)}"
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
    margins = {"left": 85, "right": 195}
    return Panel(controls, compute, draw, say, width=800, height=400, margins=margins)


@lru_cache(maxsize=64)
def _curves(bias: float, text: str) -> dict[str, np.ndarray]:
    """Return the norm against lag for each of ``CURVES``."""
    x = data.to_tokens(TEXTS[text])[:, None]
    cell, tanh = LSTMCell(27, N_A, bias, rng=6), RNNCell(27, N_A, rng=6)
    _, tape = cell.forward(x)
    forget = tape.gates[::-1, 2 * N_A : 3 * N_A, 0]
    wire = np.vstack([np.ones(N_A), np.cumprod(forget, axis=0)]).max(axis=1)
    found = (without_the_wire(cell, x), memory_jacobians(cell, x), jacobians(tanh, x))
    norms = [np.array([np.linalg.norm(J, 2) for J in each]) for each in found]
    return dict(zip(CURVES, [wire, *norms], strict=True))


def _reached(curve: np.ndarray, share: float) -> int:
    """Return the largest lag up to which the curve has not fallen below the share."""
    below = np.flatnonzero(curve < share)
    return int(below[0]) - 1 if below.size else len(curve) - 1


def _lag_said(lag: int, T: int) -> str:
    return "above the share to the end" if lag == T else f"above the share to lag {lag}"


# -- the recall task, all cells on one axis ---------------------------------------------------


class CellRace(RecallRace):
    """Cells that learn recall after each other; the sentence tells how high a loss has been."""

    TOP = 2.6  # of the axis

    def _draw_losses(self, axes):
        update = super()._draw_losses(axes)
        guessing, *_ = axes.lines
        guessing.set(linestyle="-", color=INK)  # dots would hide a cell that does no better
        axes.set_ylim(0, self.TOP)
        axes.legend(loc="upper right", ncols=2)
        return update

    def _say_losses(self, step, runs):
        highest = {name: max(run) for name, run in runs.items() if run and max(run) > self.TOP}
        above = "".join(f" {n} was at {h:,.0f} on its way." for n, h in highest.items())
        return super()._say_losses(step, runs) + above


def recall_chart(stored: dict) -> Picture:
    """Show the share of right answers against lag for every cell of the stored experiment.

    The marks of one lag stand side by side, since many of them have the same height.
    """
    lags, runs = stored["recipe"]["recall"]["lags"], stored["recall"]["scores"]
    means = {name: np.mean(scores, axis=1) for name, scores in runs.items()}
    with new_figure(800, 380, margins={"right": 245}) as (figure, axes):
        for i, (name, mean) in enumerate(means.items()):
            beside = np.multiply(lags, 1.07 ** (i - (len(means) - 1) / 2))
            axes.plot(beside, mean, label=name, **line_style(i, marker=True))
        axes.axhline(0.25, color=INK, linewidth=1, linestyle=":", label="guessing")
        axes.set(xscale="log", ylim=(0, 1.05), ylabel="share right")
        axes.set_xlabel("lag (the marks of one lag stand side by side)")
        axes.set_xticks(lags, lags)
        axes.minorticks_off()
        axes.grid(True)
        axes.legend(loc="center left", bbox_to_anchor=(1.02, 0.5), handlelength=3)
    ends = "; ".join(
        f"{name} {mean[0]:.2f} at lag {lags[0]} and {mean[-1]:.2f} at lag {lags[-1]}"
        for name, mean in means.items()
    )
    return Picture(figure, f"Recall, share right, mean over the starts: {ends}.")
