"""The panels of ``03_backpropagation_through_time``.

Both look at a network that is asked, at each letter of a name, whether the next letter is a vowel.
"""

from collections.abc import Callable
from functools import cache

import numpy as np

from rnn_helpers import data
from rnn_helpers.activations import sigmoid, tanh_slope
from rnn_helpers.cells import RNNCell
from rnn_helpers.course.figures import COLOURS, HATCHES, line_style, set_limits
from rnn_helpers.course.panel import Panel, choice, slider

NAMES = (
    "maiasaura",
    "iguanodon",
    "oviraptor",
)  # of one length, so that the slider ends where they do
VOWELS = "aeiou"
NOTHING_LEFT = 1e-15


def way_back(params: dict[str, np.ndarray]) -> Panel:
    """The error's way back, a step at a time, and how each step's share adds up to dWaa."""
    n_a, longest = len(params["Waa"]), max(map(len, NAMES))
    derivatives = [part for name in NAMES for part in _walk_back(params, name)[:2]]
    top = max(np.linalg.norm(part, axis=1).max() for part in derivatives)

    def compute(name, back):
        immediate, total, shares = _walk_back(params, name)
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
        lengths, *maps = axes
        parts = [_draw_lengths(lengths, longest, top), _draw_maps(maps, n_a)]
        return lambda shown: [part(shown) for part in parts]

    def say(shown):
        t, name = shown["t"], shown["name"]
        size, missing = (
            np.linalg.norm(part) for part in (shown["sum"], shown["whole"] - shown["sum"])
        )
        return (
            f"{_count(shown['back'], 'step')} back from the end of {name}, at t = {t}: the total "
            f"derivative da⟨{t}⟩ has length {shown['total'][t - 1]:.3f}, the immediate one "
            f"{shown['immediate'][t - 1]:.3f}. The shares of dWaa added so far have length "
            f"{size:.3f} and differ from the whole by {missing:.3f}."
        )

    controls = {
        "name": choice("name", NAMES),
        "back": slider("steps back", 1, longest, 1),
    }

    def arrange(axes):
        """Put one wide picture above three square ones."""
        figure = axes.figure
        axes.set_position((0.1, 0.6, 0.87, 0.33))
        return axes, *(figure.add_axes((0.08 + 0.315 * i, 0.08, 0.25, 0.36)) for i in range(3))

    return Panel(controls, compute, lambda axes: draw(arrange(axes)), say, width=760, height=560)


def step_size(params: dict[str, np.ndarray]) -> Panel:
    """How exact a numerical slope is, against the size h of the nudge, taken in three ways."""
    exact, loss = _one_slope(params, "maiasaura")
    ways: dict[str, Callable] = {
        "one-sided": lambda h: (loss(h) - loss(0.0)) / h,
        "central": lambda h: (loss(h) - loss(-h)) / (2 * h),
        "complex step": lambda h: np.imag(loss(1j * h)) / h,
    }

    def error(way, h):
        return max(abs(ways[way](h) / exact - 1), NOTHING_LEFT)

    @cache
    def curves():
        h = np.logspace(-15, -1, 85)
        return h, {way: np.array([error(way, each) for each in h]) for way in ways}

    def compute(h):
        return {"h": h, "errors": {way: error(way, h) for way in ways}}

    def draw(axes):
        h, drawn = curves()
        axes.set(xscale="log", yscale="log", xlabel="h", ylabel="relative error of the slope")
        set_limits(axes, x=(1e-15, 1e-1), y=(3e-16, 30))
        for i, way in enumerate(ways):
            axes.plot(h, drawn[way], label=way, **line_style(i))
        axes.legend(loc="upper center")
        upright = axes.axvline(1e-3, color="#555555", linewidth=1)
        points = [axes.plot([1e-3], [1], **line_style(i, marker=True))[0] for i in range(len(ways))]

        def update(shown):
            upright.set_xdata([shown["h"]] * 2)
            for point, value in zip(points, shown["errors"].values(), strict=True):
                point.set_data([shown["h"]], [value])

        return update

    def say(shown):
        found = ", ".join(f"{_small(value)} {way}" for way, value in shown["errors"].items())
        return f"With h = {shown['h']:.2e} the relative error is {found}."

    controls = {"h": slider("h", 1e-15, 1e-1, 1e-3, log=True)}
    return Panel(controls, compute, draw, say, width=700, height=400, margins={"left": 90})


def next_is_vowel(name: str) -> np.ndarray:
    """Return y (T, 1, 1): 1 where the next letter of the name is a vowel."""
    return np.array([letter in VOWELS for letter in name[1:] + "."], float)[:, None, None]


def _walk_back(params, name):
    """Return the immediate and total derivatives (T, n_a) and the shares of dWaa (T, n_a, n_a)."""
    cell = _cell(params)
    a, _ = cell.forward(data.to_tokens(name)[:, None])
    y_hat = sigmoid(params["Wya"] @ a + params["by"])
    immediate = params["Wya"].T @ (y_hat - next_is_vowel(name))
    total, shares, dz = np.empty_like(a), [], np.zeros_like(a[0])
    a_prev = np.concatenate([np.zeros_like(a[:1]), a[:-1]])
    for t in reversed(range(len(a))):
        total[t] = immediate[t] + params["Waa"].T @ dz
        dz = total[t] * tanh_slope(a[t])
        shares.append(dz @ a_prev[t].T)
    return immediate[:, :, 0], total[:, :, 0], np.array(shares[::-1])


def _one_slope(params, name):
    """Return the exact slope of the loss for Waa[0, 1], and the loss for a nudge to it."""
    x, y = data.to_tokens(name)[:, None], next_is_vowel(name)

    def loss(nudge):
        cell = _cell(params, np.complex128)
        cell.params["Waa"][0, 1] += nudge
        a, _ = cell.forward(x)
        y_hat = sigmoid(params["Wya"] @ a + params["by"])
        value = -(y * np.log(y_hat) + (1 - y) * np.log(1 - y_hat)).sum()
        return value if np.iscomplexobj(nudge) else value.real

    return _walk_back(params, name)[2].sum(axis=0)[0, 1], loss


def _cell(params, dtype=np.float64):
    n_a, n_x = params["Wax"].shape
    cell = RNNCell(n_x, n_a, dtype=dtype)
    cell.params = {name: params[name].astype(dtype) for name in cell.params}
    return cell


def _draw_lengths(axes, longest, top):
    t = np.arange(1, longest + 1)
    groups = {"total, da⟨t⟩": -0.2, "immediate": 0.2}
    bars = [
        axes.bar(t + shift, 0, 0.38, label=label, color=COLOURS[i], hatch=HATCHES[i], ec="white")
        for i, (label, shift) in enumerate(groups.items())
    ]
    letters = [
        axes.text(each, -0.06, "", ha="center", va="top", transform=axes.get_xaxis_transform())
        for each in t
    ]
    axes.set(xlim=(0.4, longest + 0.6), ylim=(0, 1.05 * top), ylabel="length", xticks=[])
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, borderaxespad=0)

    def update(shown):
        T = len(shown["name"])
        for i in range(longest):
            letters[i].set_text(f"{i + 1}\n{shown['name'][i]}" if i < T else "")
            for group, values in zip(bars, (shown["total"], shown["immediate"]), strict=True):
                reached = shown["t"] - 1 <= i < T
                group[i].set_height(values[i] if reached else 0)
                group[i].set_alpha(1.0 if i == shown["t"] - 1 else 0.35)

    return update


def _draw_maps(maps, n_a):
    titles = ("share of this step", "sum of shares so far", "whole dWaa")
    images = []
    for axes, title in zip(maps, titles, strict=True):
        images.append(axes.imshow(np.zeros((n_a, n_a)), vmin=-1, vmax=1))
        axes.set(title=title, xticks=range(n_a), yticks=range(n_a))
        axes.set_xticklabels(range(1, n_a + 1))
        axes.set_yticklabels(range(1, n_a + 1))

    def update(shown):
        limit = np.abs(shown["whole"]).max()
        for image, name in zip(images, ("share", "sum", "whole"), strict=True):
            image.set_data(shown[name] / limit)

    return update


def _small(value: float) -> str:
    return "at most 1e-15" if value <= NOTHING_LEFT else f"{value:.1e}"


def _count(n: int, what: str) -> str:
    return f"{n} {what}" + ("s" if n != 1 else "")
