"""The panels of ``01_why_sequences``: room for names, a pair that moves, parameters by length."""

from collections.abc import Iterable, Mapping

import numpy as np

from rnn_helpers import data
from rnn_helpers.activations import softmax
from rnn_helpers.course import parts
from rnn_helpers.course.panel import Panel, choice, slider
from rnn_helpers.course.style import COLOURS, FAINT, GREY, INK, MARK, line_style
from rnn_helpers.course.wording import count
from rnn_helpers.experiments.dense_and_recurrent import alike, fitted, parameters_of, share_right
from rnn_helpers.models import Model

# -- room for names ---------------------------------------------------------------------------

SOME_NAMES = ("yi", "kol", "minmi", "troodon", "maiasaura", "velociraptor", "pachyrhinosaurus")
SOME_NAMES += ("micropachycephalosaurus",)
PADDED, LETTER, CUT = 0.12, 0.0, 0.45  # how dark a square is


def room() -> Panel:
    """One size for all names: what is padded, what is cut, and which names become the same."""
    names = data.dinosaurs()
    lengths = np.array([len(name) for name in names])
    sizes = np.arange(2, lengths.max() + 8)
    shares = [fitted(lengths, T) for T in sizes]

    def compute(T):
        return {"T": T, "alike": alike(names, T), "names": len(names)} | fitted(lengths, T)

    def draw(axes):
        return parts.together(
            _draw_names(axes[0], int(sizes[-1])), _draw_shares(axes[1], sizes, shares)
        )

    def say(shown):
        return (
            f"With room for {shown['T']} letters, {shown['padding']:.1%} of all places hold "
            f"padding. {shown['cut']:.1%} of the {shown['names']:,} names are cut and "
            f"{shown['lost']:.1%} of all letters are lost; {shown['alike']:,} names can then no "
            "longer be told from one another."
        )

    controls = {"T": slider("T", 2, int(sizes[-1]), 10)}
    shape = {"width": 760, "height": 400, "rows": 2, "height_ratios": [1.3, 1]}
    margins = {"left": 70, "right": 20, "top": 6, "bottom": 48, "row_gap": 50}
    return Panel(controls, compute, draw, say, **shape, margins=margins)


def _draw_names(axes, widest: int):
    parts.silent(axes)
    places = np.arange(1, widest + 1)
    length = np.array([[len(name)] for name in SOME_NAMES])
    box = (0.5, widest + 0.5, len(SOME_NAMES) - 0.5, -0.5)
    labels = {"yticks": [], "ylabel": "some names", "xlabel": "letter"}
    squares = parts.heat(axes, len(length), widest, look={"extent": box}, **labels)
    for row, name in enumerate(SOME_NAMES):
        parts.words(axes, places[: len(name)], row)(name)
    dots = parts.point(axes, marker=".", markersize=4)
    edge = parts.upright(axes, color=MARK, linewidth=3, linestyle="-")

    def update(shown):
        inside = places <= shown["T"]
        letter = places <= length
        padding = ~letter & inside
        squares(np.where(letter & ~inside, CUT, np.where(padding, PADDED, LETTER)))
        edge(shown["T"] + 0.5)
        rows, columns = np.nonzero(padding)
        dots(places[columns], rows)

    return update


def _draw_shares(axes, sizes, shares):
    labels = {"padding": "places that hold padding", "cut": "names that are cut"}
    limits = {"xlim": (0.5, sizes[-1] + 0.5), "ylim": (0, 104)}
    words = {"xlabel": "room for T letters", "ylabel": "percent"}
    words["legend"] = {"loc": "upper center", "bbox_to_anchor": (0.63, 1.04)}  # between the curves
    curves = parts.lines(axes, labels, x=sizes, labels=labels, grid=True, **limits, **words)
    curves({name: [100 * share[name] for share in shares] for name in labels})
    here = parts.upright(axes, color=INK, linewidth=1.5)
    return lambda shown: here(shown["T"])


# -- a pair that moves ------------------------------------------------------------------------

PAIR = "abcdefgh"  # the letters of the tokens of tasks.pair_batch
WORDS = 300  # new ones, tried at each place


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
        name: np.array([share_right(model, T, start, WORDS) for start in starts])
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
        return parts.together(
            _draw_word(axes[0], T), _draw_places(axes[1], starts, shares, trained)
        )

    def say(shown):
        share = shown["shares"]
        return (
            f"In {shown['word']} the pair {shown['pair']} begins at place {shown['start']}, "
            f"{shown['seen']}. The dense network gives the right answer a probability of "
            f"{shown['dense']:.2f}, the recurrent one {shown['recurrent'][-1]:.2f}. Over {WORDS} "
            f"words with the pair there, {share['dense']:.0%} of the dense network's answers are "
            f"right and {share['recurrent']:.0%} of the recurrent one's. Chance is 50%."
        )

    controls = {
        "start": slider("place of the pair", 1, T - 1, 4),
        "pair": choice("pair", ["ab", "ba"]),
        "noise": slider("noise", 1, 20, 1),
    }
    shape = {"width": 780, "height": 357, "rows": 2}
    margins = {"left": 75, "right": 190, "top": 6, "bottom": 50, "row_gap": 56}
    return Panel(controls, compute, draw, say, room=310, **shape, margins=margins)


def _seen(start: int, trained: list[int]) -> str:
    if start in trained:
        return "where it was trained"
    if {start - 1, start + 1} & set(trained):
        return "half on a trained place"
    return "where it never was in training"


def _draw_word(axes, T: int):
    places = np.arange(1, T + 1)
    parts.level(axes, 0.5, color=INK)
    box = axes.bar(1, 0.2, 1.9, 1.06, color=COLOURS[0], alpha=0.35, edgecolor=INK)[0]
    letters = parts.words(axes, places, 1.16)
    labels = {"xlabel": "letter", "ylabel": "p(right answer)"}
    axis = {"xlim": (0.3, T + 1.3), "ylim": (-0.05, 1.3), "xticks": places, "yticks": [0, 0.5, 1]}
    after_each = "recurrent,\nafter each letter"
    line = parts.lines(axes, [after_each], styles=[1], marker=True, **axis, **labels)
    dot = parts.point(axes, **_dot(0), markersize=11, label="dense,\nall at once")
    axes.legend(**parts.beside())

    def update(shown):
        line(shown["recurrent"])
        dot(T + 0.7, shown["dense"])
        box.set_x(shown["start"] - 0.45)
        letters(shown["word"])

    return update


def _dot(index: int) -> dict[str, object]:
    """Return the look of a point that belongs to the curve of this style."""
    return line_style(index, marker=True) | {"linestyle": "none"}


def _draw_places(axes, starts, shares, trained):
    heights = [1.1] * len(trained)
    look = {"color": FAINT, "edgecolor": GREY, "hatch": "//"}
    parts.bars(axes, ["trained here"], trained, room=1, look=look)(heights)
    parts.level(axes, 0.5, color=INK, label="chance")
    names = ("dense", "recurrent")
    axis = {"xlim": (0.3, len(starts) + 2.3), "ylim": (-0.05, 1.1), "yticks": [0, 0.5, 1]}
    labels = {"xticks": starts, "xlabel": "place of the pair", "ylabel": "share right"}
    curves = parts.lines(axes, names, marker=True, **axis, **labels, legend=parts.beside())
    curves(shares)
    here = parts.upright(axes, color=INK, linewidth=2, linestyle="-")
    return lambda shown: here(shown["start"])


# -- parameters by length ---------------------------------------------------------------------

LONGEST = 100


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
            "curve": parameters_of(lengths, n_x, n_a).dense,
            "from": 1 + n_a // n_x + 1,  # the first T at which the dense network has more
        }

    def draw(axes):
        labels = {"yscale": "log", "xlabel": "length T", "ylabel": "parameters"}
        axis = {"xlim": (-1, LONGEST + 2), "ylim": (4, 3e6), "grid": True, **labels}
        curves = parts.lines(axes, ["dense", "recurrent"], **axis)
        dense, recurrent = (parts.point(axes, **_dot(i)) for i in (0, 1))
        axes.legend(loc="upper left", ncols=2)

        def update(shown):
            curves({"dense": shown["curve"], "recurrent": np.full(LONGEST, shown["recurrent"])})
            dense(shown["T"], shown["dense"])
            recurrent(shown["T"], shown["recurrent"])

        return update

    def say(shown):
        ratio = shown["dense"] / shown["recurrent"]
        return (
            f"With {count(shown['n_a'], 'unit')}, {shown['n_x']} numbers for each letter and T = "
            f"{shown['T']}, the dense network has {shown['dense']:,} parameters and the recurrent "
            f"one {shown['recurrent']:,}. The dense one has {ratio:.3g} times as many; it is the "
            f"larger one from T = {shown['from']} on."
        )

    controls = {
        "T": slider("T", 1, LONGEST, 16),
        "n_x": slider("n_x", 2, 100, 27),
        "n_a": slider("n_a", 1, 100, 32),
    }
    shape = {"width": 740, "height": 370, "margins": {"top": 20}}
    return Panel(controls, compute, draw, say, room=205, **shape)
