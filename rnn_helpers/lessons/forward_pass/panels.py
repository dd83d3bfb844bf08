"""The panels of ``02_forward_pass``."""

from functools import cache

import numpy as np

from rnn_helpers import data
from rnn_helpers.activations import softmax
from rnn_helpers.cells import RNNCell
from rnn_helpers.course import parts
from rnn_helpers.course.palette import readable_on
from rnn_helpers.course.panel import Panel, choice, slider
from rnn_helpers.course.style import COLOURS, INK, height_for, set_limits
from rnn_helpers.course.wording import power_of_ten
from rnn_helpers.data.stored import name_reader
from rnn_helpers.models import SequenceModel

NAMES = ("maiasaura", "iguanodon", "oviraptor")  # of one length, as long as the slider
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
        """Put the unrolled cells above the letters (prediction and input) and the state."""
        axes.set_position((0.095, 0.54, 0.88, 0.45))
        places = (0.095, 0.19, 0.56, 0.27), (0.095, 0.06, 0.56, 0.055), (0.765, 0.07, 0.21, 0.4)
        prediction, column, states = (axes.figure.add_axes(place) for place in places)
        return parts.together(
            _draw_unrolled(axes),
            _draw_prediction(prediction),
            _draw_input(column),
            _draw_states(states),
        )

    def say(shown):
        step, name, p = shown["step"], shown["name"], shown["y_hat"][shown["step"] - 1]
        best, unit = int(p.argmax()), int(np.abs(shown["now"]).argmax())
        return (
            f"Step {step} of {len(name)} in {name}, {shown['weights']} weights: the cell reads "
            f"{name[step - 1]}; the largest number in size of its new state is "
            f"{shown['now'][unit]:.2f} in unit {unit + 1}; its best guess for the next character "
            f"is {_named(best)} "
            f"with probability {p[best]:.2f}. The sizes of all weights add up to "
            f"{shown['sum']:.1f}, as at every step."
        )

    controls = {
        "name": choice("name", NAMES),
        "step": slider("step", 1, max(map(len, NAMES)), 6),
        "weights": choice("weights", ["random", "trained"]),
    }
    name = "a name walks through the cell, step by step"
    look = {"room": 260, "width": 760, "height": 380, "name": name}
    click = {0: lambda t, _, shown: {"step": round(t)}}
    return Panel(controls, compute, draw, say, click=click, links=_same, play="step", **look)


DRAWN, PREDICTED, READ, STATES = range(4)  # the axes of the walk
CELL_AT, GUESS_AT, LETTER_AT = 0.5, 1.85, -0.85  # heights in the drawing


def _same(axes, x, y, shown):
    """Return where the walk shows once more what is at a place of it: a state, or a letter."""
    step, t, letter = shown["step"], round(x), round(x)
    if axes == STATES:
        t = step - 1 + round(x)  # a⟨t-1⟩ in the first column, a⟨t⟩ in the second
        return [(DRAWN, t, CELL_AT)] if t else []
    if axes == DRAWN:
        if not 1 <= t <= step:
            return []
        column = [(STATES, t - step + 1, unit) for unit in range(N_A) if step - t <= 1]
        here = [(READ, LETTERS.index(shown["name"][step - 1]), 0)] if t == step else []
        return column + here
    if not 0 <= letter < len(LETTERS):
        return []
    name, y_hat = shown["name"][:step], shown["y_hat"][:step]
    read = [(DRAWN, t, LETTER_AT) for t, x_t in enumerate(name, 1) if x_t == LETTERS[letter]]
    best = enumerate(y_hat.argmax(axis=1), 1)
    written = [(DRAWN, t, GUESS_AT) for t, guess in best if guess == letter]
    other = (READ, letter, 0) if axes == PREDICTED else (PREDICTED, letter, y_hat[-1][letter] / 2)
    return [*read, *written, other]


def one_unit() -> Panel:
    """A single unit with one weight w on its own past: how long does a 1 at the first step last?"""
    T = 30
    x = np.zeros((T, 1, 1))
    x[0] = 1

    def compute(w, activation):
        cell = RNNCell(1, 1, activation="relu" if activation == "ReLU" else "tanh", rng=0)
        cell.set(Waa=[[w]], Wax=[[1]])
        a, _ = cell.forward(x)
        return {"w": w, "activation": activation, "a": a[:, 0, 0]}

    def draw(axes):
        axis = {"xlim": (0, T + 1), "ylim": (-1.2, 2.2), "xlabel": "step t", "ylabel": "a⟨t⟩"}
        line = parts.lines(axes, ["a"], marker=True, **axis)
        parts.level(axes, 0)
        note = parts.note(axes, T / 2, 2, va="top")

        def update(shown):
            line(np.clip(shown["a"], -9, 9))
            out = np.flatnonzero(np.abs(shown["a"]) > 2.2)
            note(f"outside the picture from step {out[0] + 1} on" if out.size else "")

        return update

    def say(shown):
        first, tenth, last = map(power_of_ten, shown["a"][[0, 9, -1]])
        return (
            f"With w = {shown['w']:.2f} and {shown['activation']}, the state is {first} after "
            f"step 1, {tenth} after step 10 and {last} after step {T}."
        )

    controls = {
        "w": slider("w", -1.5, 1.5, 0.5, step=0.05),
        "activation": choice("g1", ["tanh", "ReLU"]),
    }
    return Panel(controls, compute, draw, say, width=700, height=330)


@cache
def _model(weights: str) -> SequenceModel:
    """Return a small language model: untrained, or as it was once trained on names."""
    model = SequenceModel(RNNCell(27, N_A, rng=2), 27, rng=2)
    if weights == "trained":
        model.set(**name_reader())  # not trained here: on a hub a whole class asks for it at once
    return model


def _draw_unrolled(axes):
    """The cells up to this step side by side, with what enters below and what leaves above."""
    longest = max(map(len, NAMES))
    parts.blank(axes, xlim=(0.3, longest + 0.8), ylim=(-1.1, 2.15))
    matrices = ("Wya ↑", "Waa →", "Wax ↑")  # one row, one matrix
    parts.words(axes, [0.2] * 3, [1.25, 0.5, -0.35], ha="right")(matrices)
    places = range(1, longest + 1)
    cells = []
    for t in places:
        box = axes.bar(t, 1, 0.56, color=COLOURS[0], edgecolor=INK)[0]
        arrows = [(t - 0.72, 0.5, 0.42, 0), (t, 1.05, 0, 0.45), (t, -0.55, 0, 0.47)]
        cells.append([box] + [_arrow(axes, *arrow) for arrow in arrows])
    heights = (GUESS_AT, CELL_AT, LETTER_AT)
    guesses, numbers, letters = (parts.words(axes, places, y) for y in heights)
    boxes = parts.named(axes)

    def update(shown):
        step = shown["step"]
        for t, cell in enumerate(cells, 1):
            for part in cell:
                part.set_visible(t <= step)
            cell[0].set_alpha(1.0 if t == step else 0.25)
        guessed = [_named(int(p.argmax())) for p in shown["y_hat"][:step]]
        guesses(guessed)
        steps, read = range(1, step + 1), shown["name"][:step]
        called = [f"step {t}: reads {x}, guesses {y}" for t, x, y in zip(steps, read, guessed)]
        boxes(steps, [CELL_AT] * step, called)
        now = readable_on(COLOURS[0])
        colours = [now if t == step else INK for t in range(1, step + 1)]
        numbers([str(t) for t in range(1, step + 1)], color=colours)
        letters(read)

    return update


def _arrow(axes, x, y, dx, dy):
    size = 0.09 if dx else 0.13
    head = {"head_width": size, "head_length": size}
    return axes.arrow(x, y, dx * 0.75, dy * 0.7, width=0.01, color=INK, **head)


def _draw_prediction(axes):
    axis = {"xlim": (-0.5, 26.5), "ylabel": "ŷ⟨t⟩"}
    ticks = {"xticks": range(27), "xticklabels": LETTERS}
    look = {"color": COLOURS[1], "edgecolor": INK, "linewidth": 0.5}
    bars = parts.bars(axes, ["ŷ"], range(27), look=look, **axis, **ticks)

    def update(shown):
        y_hat = shown["y_hat"][shown["step"] - 1]
        set_limits(axes, y=(0, height_for(y_hat)))
        bars(y_hat)

    return update


def _draw_states(axes):
    units = [f"unit {i + 1}" for i in range(N_A)]
    states = parts.heat(axes, units, ["a⟨t-1⟩", "a⟨t⟩"], signed=True, numbers=".2f")
    return lambda shown: states(np.stack([shown["before"], shown["now"]], axis=1))


def _draw_input(axes):
    """The input column, laid down below the letters of the prediction."""
    column = parts.heat(axes, ["x⟨t⟩"], len(LETTERS))
    axes.set(xticks=[])
    axes.xaxis.called = list(enumerate(LETTERS))
    axes.spines[:].set_visible(True)
    return lambda shown: column(shown["x"][None])


def _named(token: int) -> str:
    return "end" if token == 0 else LETTERS[token]
