"""The panels of ``01_why_sequences``: room for names, a pair that moves, parameters by length."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from rnn_helpers import checks, data
from rnn_helpers.activations import softmax
from rnn_helpers.course.figures import COLOURS, INK, line_style
from rnn_helpers.course.panel import Panel, choice, slider
from rnn_helpers.data import tasks
from rnn_helpers.models import Model

# -- room for names ---------------------------------------------------------------------------

SHOWN = ("yi", "kol", "minmi", "troodon", "maiasaura", "velociraptor", "pachyrhinosaurus")
SHOWN += ("micropachycephalosaurus",)
PADDED, KEPT, CUT = 0.12, 0.0, 0.45  # how dark a square is


def fitted(lengths: np.ndarray, T: int) -> dict[str, float]:
    """Return what becomes of names of these lengths, (m,), in an input of T letters.

    "padding": the share of the T*m places that hold none of their letters. "cut": the share of the
    names that are longer than T. "lost": the share of all letters that are cut off.
    """
    T = checks.size("T", T)
    return {
        "padding": float(np.maximum(T - lengths, 0).sum() / (T * len(lengths))),
        "cut": float((lengths > T).mean()),
        "lost": float(np.maximum(lengths - T, 0).sum() / lengths.sum()),
    }


def alike(names: Sequence[str], T: int) -> int:
    """Return how many names have the same first T letters as another."""
    sharing = Counter(name[:T] for name in names)
    return sum(count for count in sharing.values() if count > 1)


def room() -> Panel:
    """One size for all names: what is padded, what is cut, and which names become the same."""
    names = data.dinosaurs()
    lengths = np.array([len(name) for name in names])
    longest = int(lengths.max())
    sizes = np.arange(2, longest + 8)
    curves = [fitted(lengths, T) for T in sizes]

    def compute(T):
        return {"T": T, "alike": alike(names, T), "names": len(names)} | fitted(lengths, T)

    def draw(axes):
        parts = [_draw_names(axes[0], int(sizes[-1])), _draw_shares(axes[1], sizes, curves)]
        return lambda shown: [part(shown) for part in parts]

    def say(shown):
        return (
            f"With room for {shown['T']} letters, {shown['padding']:.1%} of all places hold "
            f"padding. {shown['cut']:.1%} of the {shown['names']:,} names are cut and "
            f"{shown['lost']:.1%} of all letters are lost; {shown['alike']:,} names can then no "
            "longer be told from one another."
        )

    controls = {"T": slider("T", 2, int(sizes[-1]), 10)}
    shape = {"width": 760, "height": 560, "rows": 2, "height_ratios": [1.1, 1]}
    margins = {"left": 70, "right": 20, "top": 16, "bottom": 56, "row_gap": 60}
    return Panel(controls, compute, draw, say, **shape, margins=margins)


def _draw_names(axes, widest: int):
    places = np.arange(1, widest + 1)
    length = np.array([[len(name)] for name in SHOWN])
    box = (0.5, widest + 0.5, len(SHOWN) - 0.5, -0.5)
    look = {"cmap": "Greys", "vmin": 0, "vmax": 1, "aspect": "auto"}
    image = axes.imshow(np.zeros((len(SHOWN), widest)), extent=box, **look)
    axes.set(xlim=box[:2], ylim=box[2:], yticks=[], ylabel="some names", xlabel="letter")
    for row, name in enumerate(SHOWN):
        for place, letter in enumerate(name, 1):
            axes.text(place, row, letter, ha="center", va="center")
    (dots,) = axes.plot([], [], color=INK, linestyle="none", marker=".", markersize=4)
    edge = axes.axvline(0, color=COLOURS[1], linewidth=3)

    def update(shown):
        inside = places <= shown["T"]
        there = places <= length
        image.set_data(np.where(there & ~inside, CUT, np.where(~there & inside, PADDED, KEPT)))
        edge.set_xdata([shown["T"] + 0.5] * 2)
        rows, columns = np.nonzero(~there & inside)
        dots.set_data(places[columns], rows)

    return update


def _draw_shares(axes, sizes, curves):
    for i, (name, label) in enumerate(
        {"padding": "places that hold padding", "cut": "names that are cut"}.items()
    ):
        axes.plot(sizes, [100 * c[name] for c in curves], label=label, **line_style(i))
    here = axes.axvline(0, color=INK, linewidth=1.5, linestyle=":")
    axes.set(
        xlim=(0.5, sizes[-1] + 0.5), ylim=(0, 104), xlabel="room for T letters", ylabel="percent"
    )
    axes.grid(True)
    axes.legend(loc="upper right")
    return lambda shown: here.set_xdata([shown["T"]] * 2)


# -- a pair that moves ------------------------------------------------------------------------

PAIR = "abcdefgh"  # the letters of the tokens of tasks.pair_batch
TRIED = 300  # words for each place


def share_right(model: Model, T: int, start: int, m: int = TRIED) -> float:
    """Return which share of m fresh words of T letters is answered right, the pair at ``start``."""
    x, y, _ = tasks.pair_batch(np.random.default_rng(1), T, [start], m)
    return float((model.scores(x, y).argmax(axis=1) == y).mean())


def moved_pair(networks: Mapping[str, Model], trained: Iterable[int] = range(9, 16)) -> Panel:
    """Move a pair of letters along a word: what a dense and a recurrent network make of it.

    ``networks`` holds both under "dense" and "recurrent". The dense one's T is the length of the
    words. ``trained`` holds the places of the pair in training, from 1 to T - 1; ValueError if one
    lies elsewhere.
    """
    dense, recurrent = networks["dense"], networks["recurrent"]
    T, trained = dense.T, sorted(trained)
    if not set(trained) <= set(range(1, T)):
        raise ValueError(f"trained must hold places from 1 to T - 1 = {T - 1}, got {trained}")
    starts = range(1, T)
    shares = {
        name: np.array([share_right(model, T, start) for start in starts])
        for name, model in networks.items()
    }

    def compute(start, pair, noise):
        x = np.random.default_rng(noise).integers(2, len(PAIR), size=(T, 1))
        x[start - 1 : start + 1, 0] = [PAIR.index(letter) for letter in pair]
        right = PAIR.index(pair[0])
        a, _ = recurrent.cell.forward(x)
        z = recurrent.params["Wya"] @ a + recurrent.params["by"]  # read after each letter
        return {
            "start": start,
            "pair": pair,
            "word": "".join(PAIR[k] for k in x[:, 0]),
            "recurrent": softmax(z)[:, right, 0],  # (T,)
            "dense": float(softmax(dense.scores(x))[0, right, 0]),
            "shares": {name: share[start - 1] for name, share in shares.items()},
            "seen": _seen(start, trained),
        }

    def draw(axes):
        parts = [_draw_word(axes[0], T), _draw_places(axes[1], starts, shares, trained)]
        return lambda shown: [part(shown) for part in parts]

    def say(shown):
        share = shown["shares"]
        return (
            f"In {shown['word']} the pair {shown['pair']} begins at place {shown['start']}, "
            f"{shown['seen']}. The dense network gives the right answer a probability of "
            f"{shown['dense']:.2f}, the recurrent one {shown['recurrent'][-1]:.2f}. Over {TRIED} "
            f"words with the pair there, {share['dense']:.0%} of the dense network's answers are "
            f"right and {share['recurrent']:.0%} of the recurrent one's. Chance is 50%."
        )

    controls = {
        "start": slider("place of the pair", 1, T - 1, 4),
        "pair": choice("pair", ["ab", "ba"]),
        "noise": slider("noise", 1, 20, 1),
    }
    shape = {"width": 780, "height": 600, "rows": 2}
    margins = {"left": 75, "right": 190, "top": 14, "bottom": 58, "row_gap": 70}
    return Panel(controls, compute, draw, say, **shape, margins=margins)


def _seen(start: int, trained: list[int]) -> str:
    if start in trained:
        return "where it was trained"
    if {start - 1, start + 1} & set(trained):
        return "half on a trained place"
    return "where it never was in training"


def _draw_word(axes, T: int):
    places = np.arange(1, T + 1)
    axes.axhline(0.5, color=INK, linewidth=1, linestyle=":")
    box = axes.bar(1, 0.2, 1.9, 1.06, color=COLOURS[0], alpha=0.35, edgecolor=INK)[0]
    letters = [axes.text(t, 1.16, "", ha="center", va="center") for t in places]
    style = line_style(1, marker=True)
    (line,) = axes.plot(places, np.zeros(T), label="recurrent,\nafter each letter", **style)
    style = line_style(0, marker=True) | {"linestyle": "none", "markersize": 11}
    (dot,) = axes.plot([T + 0.7], [0], label="dense,\nall at once", **style)
    axes.set(xlim=(0.3, T + 1.3), ylim=(-0.05, 1.3), xticks=places, xlabel="letter")
    axes.set(ylabel="p(right answer)", yticks=[0, 0.5, 1])
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))

    def update(shown):
        line.set_ydata(shown["recurrent"])
        dot.set_ydata([shown["dense"]])
        box.set_x(shown["start"] - 0.45)
        for text, letter in zip(letters, shown["word"], strict=True):
            text.set_text(letter)

    return update


def _draw_places(axes, starts, shares, trained):
    for start in trained:
        label = "trained here" if start == trained[0] else None
        axes.bar(start, 1.1, 1, color="#dddddd", hatch="//", edgecolor="white", label=label)
    axes.axhline(0.5, color=INK, linewidth=1, linestyle=":", label="chance")
    for i, name in enumerate(("dense", "recurrent")):
        axes.plot(starts, shares[name], label=name, **line_style(i, marker=True))
    here = axes.axvline(0, color=INK, linewidth=2)
    axes.set(xlim=(0.3, len(starts) + 2.3), ylim=(-0.05, 1.1), xlabel="place of the pair")
    axes.set(ylabel="share right", yticks=[0, 0.5, 1], xticks=starts)
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
    return lambda shown: here.set_xdata([shown["start"]] * 2)


# -- parameters by length ---------------------------------------------------------------------

N_Y = 2
LONGEST = 100


def parameters_of(T: int | np.ndarray, n_x: int, n_a: int, n_y: int = N_Y) -> tuple:
    """Return the number of parameters of a dense and of a plain recurrent network of n_a units.

    A dense unit reads T*n_x numbers, a recurrent one n_x + n_a. T may be an array: then so is the
    first number.
    """
    output = n_y * n_a + n_y
    return n_a * T * n_x + n_a + output, n_a * (n_x + n_a) + n_a + output


def parameters() -> Panel:
    """Both networks' parameters against the length of the sequence, at equal numbers of units."""
    lengths = np.arange(1, LONGEST + 1)

    def compute(T, n_x, n_a):
        dense, recurrent = parameters_of(T, n_x, n_a)
        return {
            "T": T,
            "n_x": n_x,
            "n_a": n_a,
            "dense": dense,
            "recurrent": recurrent,
            "curve": parameters_of(lengths, n_x, n_a)[0],
            "from": 1 + n_a // n_x + 1,  # the first T at which the dense network has more
        }

    def draw(axes):
        lines = [
            axes.plot(lengths, lengths, label=name, **line_style(i))[0]
            for i, name in enumerate(("dense", "recurrent"))
        ]
        style = line_style(0) | {"linestyle": "none", "marker": "o", "markersize": 9}
        points = [axes.plot([], [], **style | line_style(i, marker=True))[0] for i in (0, 1)]
        axes.set(xlim=(0, LONGEST + 1), ylim=(4, 3e6), yscale="log", xlabel="length T")
        axes.set(ylabel="parameters")
        axes.grid(True)
        axes.legend(loc="upper left", ncols=2)

        def update(shown):
            lines[0].set_ydata(shown["curve"])
            lines[1].set_ydata(np.full(LONGEST, shown["recurrent"]))
            for point, name in zip(points, ("dense", "recurrent"), strict=True):
                point.set_data([shown["T"]], [shown[name]])

        return update

    def say(shown):
        ratio = shown["dense"] / shown["recurrent"]
        return (
            f"With {shown['n_a']} units, {shown['n_x']} numbers for each letter and T = "
            f"{shown['T']}, the dense network has {shown['dense']:,} parameters and the recurrent "
            f"one {shown['recurrent']:,}. The dense one has {ratio:.3g} times as many; it is the "
            f"larger one from T = {shown['from']} on."
        )

    controls = {
        "T": slider("T", 1, LONGEST, 16),
        "n_x": slider("n_x", 2, 100, 27),
        "n_a": slider("n_a", 1, 100, 32),
    }
    return Panel(controls, compute, draw, say, width=740, height=370, margins={"top": 20})
