"""The panels of ``04_training``: the cliff, and a gallery of failed runs."""

from collections.abc import Mapping
from textwrap import fill

import numpy as np
from ipywidgets import ToggleButtons

from rnn_helpers.course import parts
from rnn_helpers.course.panel import Panel, slider
from rnn_helpers.course.race import WINDOW, smooth
from rnn_helpers.course.style import COLOURS
from rnn_helpers.course.wording import power_of_ten
from rnn_helpers.experiments.cliff import angle, edge, unit_gradient, unit_loss
from rnn_helpers.experiments.failures import RECIPES, Run
from rnn_helpers.losses import perplexity
from rnn_helpers.optimizers import clip_by_norm, clip_by_value, global_norm
from rnn_helpers.training import History

# -- the cliff --------------------------------------------------------------------------------

RATE, LIMIT = 0.3, 1.0  # of the step, and the longest gradient that is not clipped
WAYS = {
    "unclipped": lambda grads: grads,
    "clipped by norm": lambda grads: clip_by_norm(grads, LIMIT),
    "clipped by value": lambda grads: clip_by_value(grads, LIMIT),
}


def cliff() -> Panel:
    """One unit, two parameters, and three ways to take a step downhill near the cliff."""
    w_map, b_map = np.linspace(0.8, 3.2, 97), np.linspace(-0.7, 0.9, 129)
    around = np.linspace(-0.25, 0.25, 251)

    def compute(T, w, offset):
        w, offset = round(w, 2), round(offset, 2) + 0.0
        b = edge(w) + offset
        grads = unit_gradient(w, b, T)
        return {
            "T": T,
            "w": w,
            "offset": offset,
            "b": b,
            "map": unit_loss(w_map[None], b_map[:, None], T),
            "slice": unit_loss(w, edge(w) + around, T),
            "loss": float(unit_loss(w, b, T)),
            "norm": global_norm(grads),
            "ways": {name: _step(grads, clip, w, b, T) for name, clip in WAYS.items()},
        }

    def draw(axes):
        return parts.together(_draw_map(axes[0], w_map, b_map), _draw_slice(axes[1], around))

    def say(shown):
        ways = "; ".join(
            f"{name} {power_of_ten(way['length'])} long, turned by {way['angle']:.0f}°, to a loss "
            f"of {way['loss']:.2f} with a gradient of {power_of_ten(way['after'])}"
            for name, way in shown["ways"].items()
        )
        return (
            f"With T = {shown['T']}, w = {shown['w']:.2f} and b {shown['offset']:+.2f} from the "
            f"edge, the loss is {shown['loss']:.3f} and its gradient {power_of_ten(shown['norm'])} "
            f"long. Steps: {ways}."
        )

    controls = {
        "T": slider("T", 1, 30, 12),
        "w": slider("w", 1.0, 3.0, 1.5, step=0.05),
        "offset": slider("b, from the edge", -0.2, 0.2, 0.01, step=0.01),
    }
    margins = {"left": 75, "top": 34, "bottom": 56, "gap": 75}
    shape = {"width": 760, "height": 355, "columns": 2, "width_ratios": [1.5, 1]}
    return Panel(controls, compute, draw, say, room=385, **shape, margins=margins)


def _step(grads, clip, w, b, T):
    clipped = clip(grads)
    dw, db = (RATE * float(clipped[name][0, 0]) for name in ("Waa", "ba"))
    return {
        "to": (w - dw, b - db),
        "length": float(np.hypot(dw, db)),
        "angle": angle(grads, clipped),
        "loss": float(unit_loss(w - dw, b - db, T)),
        "after": global_norm(unit_gradient(w - dw, b - db, T)),
    }


def _draw_map(axes, w_map, b_map):
    box = (w_map[0], w_map[-1], b_map[0], b_map[-1])
    look = {"extent": box, "origin": "lower", "interpolation": "bilinear"}
    losses = parts.heat(axes, len(b_map), len(w_map), high=2.2, look=look)
    labels = {"xlabel": "w", "ylabel": "b", "title": "loss (dark is high)"}
    paths = parts.lines(axes, WAYS, marker=True, **labels, legend="upper left")
    here = parts.point(axes)

    def update(shown):
        start = (shown["w"], shown["b"])
        losses(shown["map"])
        here(*start)
        paths({name: tuple(zip(start, way["to"])) for name, way in shown["ways"].items()})

    return update


def _draw_slice(axes, around):
    labels = {"xlabel": "b, from the edge", "ylabel": "loss", "title": "across the cliff"}
    look = {"color": COLOURS[4], "linestyle": "-"}
    limits = {"xlim": (around[0], around[-1]), "ylim": (-0.05, 1.3)}
    line = parts.lines(axes, ["loss"], x=around, look=look, **limits, **labels)
    here = parts.point(axes)

    def update(shown):
        line(shown["slice"])
        here(shown["offset"], shown["loss"])

    return update


# -- a gallery of failures --------------------------------------------------------------------


def failures(runs: Mapping[str, Run]) -> Panel:
    """Choose a failed run and see its curve beside the healthy one, and what reveals it."""
    healthy = runs["healthy"]

    def compute(run):
        what = RECIPES[run].reveals
        values = [measured[what] for measured in (healthy.measured, runs[run].measured)]
        return {"name": run, "run": runs[run], "what": what, "values": values}

    def draw(axes):
        return parts.together(_draw_curves(axes[0], runs), _draw_measurement(axes[1]))

    def say(shown):
        before, now = (
            [power_of_ten(value) for value in _last_perplexities(r.history)]
            for r in (healthy, shown["run"])
        )
        sound, failed = map(power_of_ten, shown["values"])
        name = shown["name"]
        return (
            f"{name.capitalize()} ({RECIPES[name].changed}): it reports a training perplexity of "
            f"{now[0]} and a held-out one of {now[1]}, the healthy run {before[0]} and "
            f"{before[1]}; {shown['what']}: {failed}, in the healthy run {sound}."
        )

    # Buttons rather than the list that six options would get: all ways to fail stay in sight.
    names = [name for name in runs if name != "healthy"]
    look = {"button_width": "auto", "description_width": "initial"}
    controls = {"run": ToggleButtons(description="run", options=names, style=look)}
    margins = {"left": 70, "top": 40, "bottom": 56, "gap": 40}
    shape = {"width": 780, "height": 380, "columns": 2, "width_ratios": [1.7, 1]}
    return Panel(controls, compute, draw, say, room=225, **shape, margins=margins)


def _last_perplexities(history: History) -> tuple[float, float]:
    return perplexity(np.mean(history.loss[-WINDOW:])), perplexity(history.held_out[-1][1])


def _draw_curves(axes, runs: Mapping[str, Run]):
    steps = max(len(run.history.loss) for run in runs.values())
    kinds = [
        f"{run}, {kind}" for run in ("healthy", "this run") for kind in ("training", "held out")
    ]
    ticks = [1, 10, 100, 1000]
    limits = {"xlim": (0, 1.02 * steps), "ylim": (0.9, 2e5), "yscale": "log"}
    labels = {"xlabel": "step", "title": "perplexity", "yticks": ticks, "yticklabels": ticks}
    legend = {"loc": "upper left", "ncols": 2, "columnspacing": 1.2}
    lines = parts.lines(axes, kinds, marker=kinds[1::2], **limits, **labels, legend=legend)
    axes.minorticks_off()

    def update(shown):
        curves = []
        for history in (runs["healthy"].history, shown["run"].history):
            curves += [smooth(history.loss), zip(*history.held_out)]
        perplexities = ((x, np.exp(np.minimum(loss, 20))) for x, loss in curves)
        lines(dict(zip(kinds, perplexities, strict=True)))

    return update


def _draw_measurement(axes):
    """Two bars as shares of the higher one: limits and labels then never have to be drawn anew."""
    parts.silent(axes)
    look = {"color": [COLOURS[0], COLOURS[2]], "hatch": ["", "//"]}
    axis = {"xlim": (-0.6, 1.6), "ylim": (0, 1.5), "yticks": [], "title": "what reveals it"}
    ticks = {"xticks": [0, 1], "xticklabels": ["healthy", "this run"]}
    bars = parts.bars(axes, ["measured"], [0, 1], room=0.6, look=look, **axis, **ticks)
    numbers = parts.words(axes, [0, 1], 0, va="bottom")
    what = parts.note(axes, 0.5, 1.5, va="top")
    axes.spines["left"].set_visible(False)

    def update(shown):
        what(fill(shown["what"], 24))
        heights = np.array(shown["values"]) / max(*shown["values"], 1e-9)
        bars(heights)
        numbers([power_of_ten(value) for value in shown["values"]], y=heights + 0.01)

    return update
