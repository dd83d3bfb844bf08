"""The panels of ``02_forward_pass``."""

from functools import cache

import numpy as np

from rnn_helpers import data
from rnn_helpers.activations import softmax
from rnn_helpers.cells import RNNCell
from rnn_helpers.course.figures import COLOURS, line_style
from rnn_helpers.course.panel import Panel, choice, slider
from rnn_helpers.models import SequenceModel
from rnn_helpers.optimizers import Adam
from rnn_helpers.training import Batch, pad, train

NAMES = (
    "maiasaura",
    "iguanodon",
    "oviraptor",
)  # of one length, so that the slider ends where they do
LETTERS = list(data.ALPHABET)
N_A = 8


def walk_through() -> Panel:
    """A name walks through one cell, letter by letter: the unrolled picture and every number."""

    def compute(name, step, weights):
        model = _model(weights)
        tokens = data.to_tokens(name)[:, None]  # (T, 1)
        z, tape = model.forward(tokens)
        states = np.concatenate([np.zeros((1, N_A, 1)), tape.a])[:, :, 0]  # a⟨0⟩ … a⟨T⟩
        return {
            "name": name,
            "step": step,
            "weights": weights,
            "x": data.one_hot(tokens, 27)[step - 1, :, 0],
            "before": states[step - 1],
            "now": states[step],
            "y_hat": softmax(z)[:, :, 0],  # (T, n_y)
            "sum": sum(float(np.abs(w).sum()) for w in model.params.values()),
        }

    def draw(axes):
        unrolled, *below = axes
        parts = [_draw_unrolled(unrolled), _draw_prediction(below[0])]
        parts += [_draw_states(below[1]), _draw_input(below[2])]
        return lambda shown: [part(shown) for part in parts]

    def say(shown):
        step, name, p = shown["step"], shown["name"], shown["y_hat"][shown["step"] - 1]
        best, unit = int(p.argmax()), int(np.abs(shown["now"]).argmax())
        return (
            f"Step {step} of {len(name)} in {name}, {shown['weights']} weights: the cell reads "
            f"{name[step - 1]}; the largest number of its new state is {shown['now'][unit]:.2f} in "
            f"unit {unit + 1}; its best guess for the next character is {_shown(best)} "
            f"with probability {p[best]:.2f}. The sizes of all weights add up to "
            f"{shown['sum']:.1f}, as at every step."
        )

    controls = {
        "name": choice("name", NAMES),
        "step": slider("step", 1, max(map(len, NAMES)), 1),
        "weights": choice("weights", ["random", "trained"]),
    }
    shape = {"width": 760, "height": 640, "rows": 4, "height_ratios": [1.5, 1.3, 0.7, 0.32]}
    margins = {"left": 70, "right": 20, "top": 10, "bottom": 50, "row_gap": 58}
    return Panel(controls, compute, draw, say, **shape, margins=margins)


def one_unit() -> Panel:
    """A single unit with one weight w on its own past: how long does a 1 at the first step last?"""
    T = 30
    x = np.zeros((T, 1, 1))
    x[0] = 1

    def compute(w, activation):
        cell = RNNCell(1, 1, activation="relu" if activation == "ReLU" else "tanh")
        cell.params["Waa"][:], cell.params["Wax"][:] = w, 1
        a, _ = cell.forward(x)
        return {"w": w, "activation": activation, "a": a[:, 0, 0]}

    def draw(axes):
        steps = np.arange(1, T + 1)
        (line,) = axes.plot(steps, np.zeros(T), **line_style(0, marker=True))
        axes.axhline(0, color="#888888", linewidth=1, linestyle=":")
        axes.set(xlim=(0, T + 1), ylim=(-1.2, 2.2), xlabel="step t", ylabel="a⟨t⟩")
        note = axes.text(T / 2, 2, "", ha="center", va="top")

        def update(shown):
            line.set_ydata(np.clip(shown["a"], -9, 9))
            out = np.flatnonzero(np.abs(shown["a"]) > 2.2)
            note.set_text(f"outside the picture from step {out[0] + 1} on" if out.size else "")

        return update

    def say(shown):
        first, tenth, last = shown["a"][[0, 9, -1]]
        return (
            f"With w = {shown['w']:.2f} and {shown['activation']}, the state is {first:.3g} after "
            f"step 1, {tenth:.3g} after step 10 and {last:.3g} after step {T}."
        )

    controls = {
        "w": slider("w", -1.5, 1.5, 0.5, step=0.05),
        "activation": choice("g1", ["tanh", "ReLU"]),
    }
    return Panel(controls, compute, draw, say, width=700, height=330)


@cache
def _model(weights: str) -> SequenceModel:
    """Return a small language model: untrained, or trained on names for about a second."""
    model = SequenceModel(RNNCell(27, N_A, rng=2), 27, rng=2)
    if weights == "trained":
        train(model, _next_letters(np.random.default_rng(2)), Adam(model.params, 1e-2), steps=700)
    return model


def _next_letters(rng):
    """Yield batches that ask for the next letter after each letter of a name, the end last."""
    names = [data.to_tokens(name) for name in data.dinosaurs()]
    while True:
        chosen = [names[i] for i in rng.integers(len(names), size=32)]
        x, mask = pad(chosen)
        yield Batch(x, pad([np.r_[name[1:], 0] for name in chosen])[0], mask)


def _draw_unrolled(axes):
    """The cells up to this step side by side, with what enters below and what leaves above."""
    longest = max(map(len, NAMES))
    axes.set(xlim=(0.3, longest + 0.8), ylim=(-1.1, 2.15))
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    for y, matrix in ((1.25, "Wya ↑"), (0.5, "Waa →"), (-0.35, "Wax ↑")):  # one row, one matrix
        axes.text(0.2, y, matrix, ha="right", va="center")
    boxes, texts = [], []
    for t in range(1, longest + 1):
        box = axes.bar(t, 1, 0.56, color=COLOURS[0], edgecolor="#262626")[0]
        texts.append([axes.text(t, y, "", ha="center", va="center") for y in (1.85, 0.5, -0.85)])
        arrows = [(t - 0.72, 0.5, 0.42, 0), (t, 1.05, 0, 0.45), (t, -0.55, 0, 0.47)]
        boxes.append([box] + [_arrow(axes, *arrow) for arrow in arrows])

    def update(shown):
        for t, (parts, words) in enumerate(zip(boxes, texts, strict=True), 1):
            there = t <= shown["step"]
            for part in parts:
                part.set_visible(there)
            parts[0].set_alpha(1.0 if t == shown["step"] else 0.25)
            best = int(shown["y_hat"][t - 1].argmax()) if there else 0
            labels = (_shown(best), f"{t}", shown["name"][t - 1] if there else "")
            for word, label in zip(words, labels, strict=True):
                word.set_text(label if there else "")

    return update


def _arrow(axes, x, y, dx, dy):
    head = (
        {"head_width": 0.09, "head_length": 0.09}
        if dx
        else {"head_width": 0.13, "head_length": 0.13}
    )
    return axes.arrow(x, y, dx * 0.75, dy * 0.7, width=0.01, color="#262626", **head)


def _draw_prediction(axes):
    bars = axes.bar(range(27), np.zeros(27), color=COLOURS[1], edgecolor="#262626", linewidth=0.5)
    axes.set_xticks(range(27), LETTERS)
    axes.set(xlim=(-0.6, 26.6), ylim=(0, 1), ylabel="ŷ⟨t⟩")

    def update(shown):
        for bar, height in zip(bars, shown["y_hat"][shown["step"] - 1], strict=True):
            bar.set_height(height)

    return update


def _draw_states(axes):
    image = axes.imshow(np.zeros((2, N_A)), aspect="auto", vmin=-1, vmax=1)
    axes.set_yticks([0, 1], ["a⟨t⟩", "a⟨t-1⟩"])
    axes.set_xticks(range(N_A), [f"unit {i + 1}" for i in range(N_A)])
    texts = [[axes.text(i, r, "", ha="center", va="center") for i in range(N_A)] for r in (0, 1)]

    def update(shown):
        both = np.stack([shown["now"], shown["before"]])
        image.set_data(both)
        for row, values in zip(texts, both, strict=True):
            for text, value in zip(row, values, strict=True):
                text.set_text(f"{value:.2f}")
                text.set_color("white" if abs(value) > 0.6 else "#262626")

    return update


def _draw_input(axes):
    image = axes.imshow(np.zeros((1, 27)), aspect="auto", cmap="Greys", vmin=0, vmax=1)
    axes.set_yticks([0], ["x⟨t⟩"])
    axes.set_xticks(range(27), LETTERS)
    return lambda shown: image.set_data(shown["x"][None])


def _shown(token: int) -> str:
    return "end" if token == 0 else LETTERS[token]
