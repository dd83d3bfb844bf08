"""The panels of ``10_attention``: at which states of its encoder a decoder looks, step by step."""

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes

from rnn_helpers.attention import AttentiveTranslator
from rnn_helpers.course import parts
from rnn_helpers.course.panel import Panel, field, slider
from rnn_helpers.course.style import INK, MARK, scale
from rnn_helpers.data import dates, to_text, to_tokens
from rnn_helpers.experiments.looking_back import Look, look
from rnn_helpers.experiments.translation import readable

LONGEST_ROW, LONGEST_DATE, WRITTEN = 12, 30, 13
END = "end"


def rows_looked_at(repeater: AttentiveTranslator) -> Panel:
    """Where a model that writes rows of digits again looks: any row of 1 to 12 digits."""

    def compute(length, seed, step):
        x = np.random.default_rng([length, seed]).integers(1, 11, size=length)
        shown = look(repeater, x)
        return {"look": shown, "x": _digits(x), "y": _digits(shown.tokens), "step": step}

    controls = {
        "length": slider("digits", 1, LONGEST_ROW, 10),
        "seed": slider("row number", 0, 30, 1),
        "step": slider("step t", 1, WRITTEN, 3),
    }
    return _panel(controls, compute, LONGEST_ROW)


def date_looked_at(attentive: AttentiveTranslator) -> Panel:
    """Where a model that writes dates looks: type a date in any spelling."""

    def compute(text, step):
        read = readable(text)[:LONGEST_DATE]
        shown = look(attentive, to_tokens(read, dates.WRITTEN_ALPHABET)) if read else Look.nothing()
        y = [*to_text(shown.tokens[shown.tokens != 0], dates.ISO_ALPHABET)]
        return {"look": shown, "x": [*read], "y": y + [END] * (0 in shown.tokens), "step": step}

    text = field("date", "Thursday 3 May 1984", 400)
    return _panel({"text": text, "step": slider("step t", 1, WRITTEN, 6)}, compute, LONGEST_DATE)


def _digits(tokens: np.ndarray) -> list[str]:
    return [str(token - 1) if token else END for token in tokens]


def _panel(controls: dict, compute: Callable, longest: int) -> Panel:
    shape = {"width": 780, "height": 400}
    margins = {"left": 60, "right": 64, "top": 40, "bottom": 62}
    return Panel(
        controls,
        compute,
        lambda axes: _draw(axes, longest),
        _say,
        bounds=lambda shown: {"step": (1, len(shown["y"]) or 1)},
        room=215,  # a long row of digits begins a line of its own
        **shape,
        margins=margins,
    )


def _draw(axes: Axes, longest: int) -> Callable:
    weights = parts.heat(
        axes,
        range(1, WRITTEN + 1),
        longest,
        look={"cmap": "Blues", "extent": (0.5, longest + 0.5, WRITTEN - 0.5, -0.5)},
        xticks=range(1, longest + 1),
        xticklabels=[""] * longest,
        ylabel="step t of the decoder",
        xlabel="what the encoder read, step by step",
    )
    axes.xaxis.labelpad = 22 * scale()  # below the words
    read = parts.words_below(axes, range(1, longest + 1))
    written = parts.words(
        axes, [longest + 0.75] * WRITTEN, range(WRITTEN), weight="bold", ha="left", color=INK
    )
    frame = parts.grown(color=MARK, linewidth=2.5, clip_on=False, gid=parts.NO_VALUES)
    (row,) = axes.plot([], [], **frame)
    title = parts.heading(axes)

    def update(shown):
        alpha, t = np.zeros((WRITTEN, longest)), _step(shown)
        T_y, T_x = shown["look"].weights.shape
        alpha[:T_y, :T_x] = shown["look"].weights
        weights(alpha)
        read(shown["x"])
        written(shown["y"])
        edges = np.array([0.5, T_x + 0.5, T_x + 0.5, 0.5, 0.5])
        row.set_data(
            edges if T_y else [], t - 1 + np.array([-0.5, -0.5, 0.5, 0.5, -0.5]) if T_y else []
        )
        title("weights α, and on the right what is written" if T_y else "nothing read yet")

    return update


def _step(shown: dict) -> int:
    return min(shown["step"], len(shown["y"]) or 1)


def _say(shown: dict) -> str:
    x, y, alpha = shown["x"], shown["y"], shown["look"].weights
    if not x:
        return "No sign that the network knows has been typed yet."
    t = _step(shown)
    s = int(alpha[t - 1].argmax())
    text = "".join(sign for sign in y if sign != END)
    return (
        f"Read: {''.join(x)}. Written: {text or 'nothing'}. "
        f"At step {t} of {len(y)} it writes "
        f"“{y[t - 1]}” and looks most, with weight {alpha[t - 1, s]:.2f}, at place {s + 1}, where "
        f"{'a blank' if x[s] == ' ' else f'“{x[s]}”'} was read."
    )
