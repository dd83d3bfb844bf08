"""The panels of ``03_backpropagation_through_time``.

Both look at a network that is asked, at each letter of a name, whether the next letter is a vowel.
"""

from collections.abc import Callable
from functools import cache

import numpy as np

from rnn_helpers.course import parts
from rnn_helpers.course.panel import Panel, choice, slider
from rnn_helpers.course.wording import count, power_of_ten
from rnn_helpers.experiments import vowels
from rnn_helpers.optimizers import Params

NAMES = ("maiasaura", "iguanodon", "oviraptor")  # of one length, as long as the slider
NOTHING_LEFT = 1e-15


def way_back(params: Params) -> Panel:
    """The error's way back, a step at a time, and how each step's share adds up to dWaa."""
    n_a, longest = len(params["Waa"]), max(map(len, NAMES))
    ways = {name: vowels.way_back(params, name) for name in NAMES}
    derivatives = [part for way in ways.values() for part in (way.immediate, way.total)]
    highest = max(np.linalg.norm(part, axis=1).max() for part in derivatives)

    def compute(name, back):
        immediate, total, shares = ways[name]
        T = len(name)
        return {
            "name": name,
            "back": back,
            "t": T - back + 1,
            "immediate": np.linalg.norm(immediate, axis=1),
            "total": np.linalg.norm(total, axis=1),
            "share": shares[T - back],
            "sum": shares[T - back :].sum(axis=0),
            "whole": shares.sum(axis=0),
        }

    def draw(axes):
        """Put one wide picture above three square ones."""
        axes.set_position((0.1, 0.63, 0.87, 0.28))
        maps = [axes.figure.add_axes((0.08 + 0.315 * i, 0.08, 0.25, 0.34)) for i in range(3)]
        return parts.together(_draw_lengths(axes, longest, highest), _draw_maps(maps, n_a))

    def say(shown):
        t, name = shown["t"], shown["name"]
        size, missing = (
            np.linalg.norm(part) for part in (shown["sum"], shown["whole"] - shown["sum"])
        )
        return (
            f"{count(shown['back'], 'step')} back from the end of {name}, at t = {t}: the total "
            f"derivative da⟨{t}⟩ has length {shown['total'][t - 1]:.3f}, the immediate one "
            f"{shown['immediate'][t - 1]:.3f}. The shares of dWaa added so far have length "
            f"{size:.3f} and differ from the whole by {missing:.3f}."
        )

    controls = {
        "name": choice("name", NAMES),
        "back": slider("steps back", 1, longest, 4),
    }

    def clicked(t, _, shown):
        return {"back": len(shown["name"]) + 1 - round(t)}

    def same(axes, x, y, shown):
        """Return the same weight in the other maps."""
        return [(k, round(x), round(y)) for k in (1, 2, 3) if axes and k != axes]

    look = {"room": 215, "width": 760, "height": 380, "links": same}
    return Panel(controls, compute, draw, say, click={0: clicked}, play="back", **look)


def _draw_lengths(axes, longest, highest):
    steps = np.arange(1, longest + 1)
    labels = {"total": "total, da⟨t⟩"}
    limits = {"xlim": (0.4, longest + 0.6), "ylim": (0, 1.05 * highest)}
    legend = {"loc": "lower right", "bbox_to_anchor": (1, 1), "ncols": 2, "borderaxespad": 0}
    axis = {**limits, "ylabel": "length", "xticks": [], "legend": legend}
    names = ("total", "immediate")
    bars = parts.bars(axes, names, steps, room=0.8, width=0.38, labels=labels, **axis)
    letters = parts.words_below(axes, steps, -0.06)

    def update(shown):
        letters([f"{t}\n{letter}" for t, letter in enumerate(shown["name"], 1)])
        reached = steps[: len(shown["name"])] >= shown["t"]
        bars({name: np.where(reached, shown[name], 0) for name in names})
        for group in axes.containers:
            for t, bar in enumerate(group, 1):
                bar.set_alpha(1.0 if t == shown["t"] else 0.35)

    return update


def _draw_maps(maps, n_a):
    titles = {"share": "share of this step", "sum": "sum of shares so far", "whole": "whole dWaa"}
    units, square = range(1, n_a + 1), {"aspect": "equal"}
    heats = {
        name: parts.heat(axes, units, units, signed=True, look=square, title=title)
        for axes, (name, title) in zip(maps, titles.items(), strict=True)
    }

    def update(shown):
        limit = np.abs(shown["whole"]).max()
        for name, heat in heats.items():
            heat(shown[name] / limit, said=shown[name])

    return update


def step_size(params: Params) -> Panel:
    """How exact a numerical slope is, against the size h of the nudge, taken in three ways."""
    name = "maiasaura"
    exact = vowels.way_back(params, name).shares.sum(axis=0)[0, 1]

    def loss(nudge):
        return vowels.nudged_loss(params, name, nudge)

    slopes: dict[str, Callable[[float], float]] = {
        "one-sided": lambda h: (loss(h) - loss(0.0)) / h,
        "central": lambda h: (loss(h) - loss(-h)) / (2 * h),
        "complex step": lambda h: np.imag(loss(1j * h)) / h,
    }

    def error(way, h):
        return max(abs(slopes[way](h) / exact - 1), NOTHING_LEFT)

    @cache
    def curves():
        return {way: [error(way, h) for h in sizes] for way in slopes}

    sizes = np.logspace(-15, -1, 85)

    def compute(h):
        return {"h": h, "errors": {way: error(way, h) for way in slopes}}

    def draw(axes):
        scales = {"xscale": "log", "yscale": "log", "xlim": (6e-16, 1.7e-1), "ylim": (3e-16, 30)}
        labels = {"xlabel": "h", "ylabel": "relative error of the slope", "legend": "upper center"}
        parts.lines(axes, slopes, x=sizes, **scales, **labels)(curves())
        upright = parts.upright(axes, linestyle="-")
        points = parts.lines(axes, slopes, marker=True)

        def update(shown):
            upright(shown["h"])
            points({way: ([shown["h"]], [error]) for way, error in shown["errors"].items()})

        return update

    def say(shown):
        errors = ", ".join(f"{_small(value)} {way}" for way, value in shown["errors"].items())
        return f"With h = {power_of_ten(shown['h'])} the relative error is {errors}."

    controls = {"h": slider("h", 1e-15, 1e-1, 1e-3, log=True)}
    return Panel(controls, compute, draw, say, width=700, height=400, margins={"left": 90})


def _small(value: float) -> str:
    return "at most 10⁻¹⁵" if value <= NOTHING_LEFT else power_of_ten(value)
