"""The panels of ``10_bidirectional_and_deep``: what one way, two ways and a stack have seen."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

import ipywidgets
import numpy as np
from matplotlib.colors import to_rgb

from rnn_helpers import checks, data
from rnn_helpers.activations import softmax
from rnn_helpers.cells import RNNCell
from rnn_helpers.course.figures import (
    COLOURS,
    HATCHES,
    INK,
    Picture,
    drawable,
    line_style,
    new_figure,
)
from rnn_helpers.course.panel import LABEL, LiveRun, Panel, choice, slider
from rnn_helpers.data import names_in_text
from rnn_helpers.models import SequenceModel
from rnn_helpers.stacks import Stacked, TwoWay
from rnn_helpers.training import History, pad

PALE, WAITING = "#8a8a8a", "#e4e4e4"  # what has not been read: words, places
TEDDY = ("he said , teddy roosevelt was a great president", "he said , teddy bears are on sale")

# -- a sentence, read a part at a time ----------------------------------------------------------

EXAMPLES = (
    *TEDDY,
    "he said , teddy and other singers love the sea",
    "he said , teddy and other teddy bears are on sale",
    "my sister says mister frank sings in a choir",
    "people say the rose bushes cost too much",
)
MOST, WIDEST = 12, 10  # words that are read, letters of each that are shown


def name_probabilities(model: SequenceModel, tokens: np.ndarray) -> np.ndarray:
    """Return, for each of the tokens (T,), how likely it is part of a name, (T,).

    A two-way network is shown these tokens and no others.
    """
    z, _ = model.forward(tokens[:, None])
    return softmax(z)[:, 1, 0].astype(float)


def reading(readers: Mapping[str, SequenceModel]) -> Panel:
    """Choose or type a sentence, and let two networks read a part of it.

    ``readers`` holds taggers by name, for example "one-way" and "two-way".
    """
    names = list(readers)

    def compute(example, read, own):
        typed = names_in_text.words_of(own)
        words = typed if own.strip() else example.split()
        tokens = names_in_text.to_tokens(words[:MOST])
        now = min(read, len(tokens))
        found = {
            name: name_probabilities(model, tokens[:now]) if now else np.zeros(0)
            for name, model in readers.items()
        }
        return {
            "words": [_shortened(word) for word in words[:MOST]],
            "known": tokens > 0,
            "read": now,
            "cut": len(words) > MOST,
            "p": found,
        }

    def draw(axes):
        return _draw_reading(axes, names)

    def say(shown):
        words, read = shown["words"], shown["read"]
        if not words:
            return "There is no word to read."
        limit = f" (more than {MOST} are not read)" if shown["cut"] else ""
        scores = (
            f"{_spoken(words[t])} " + " and ".join(f"{p[t]:.2f}" for p in shown["p"].values())
            for t in range(read)
        )
        strange = [word for word, known in zip(words, shown["known"]) if not known]
        unknown = f" Not in their vocabulary: {', '.join(strange)}." if strange else ""
        return (
            f"Read: {read} of the {_count(len(words), 'word')} “{' '.join(words)}”{limit}. How "
            f"likely each is part of a name, {' and '.join(names)}: {', '.join(scores)}.{unknown}"
        )

    own = ipywidgets.Text(description="or your own", placeholder="type a sentence", style=LABEL)
    own.layout.width = "460px"
    controls = {
        "example": choice("sentence", EXAMPLES),
        "read": slider("words read", 1, MOST, 4),
        "own": own,
    }
    margins = {"left": 92, "right": 16, "top": 44, "bottom": 130}
    return Panel(controls, compute, draw, say, width=780, height=400, margins=margins)


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"


def _spoken(word: str) -> str:
    return "the comma" if word == "," else word


def _shortened(word: str) -> str:
    return drawable(word if len(word) <= WIDEST else word[: WIDEST - 1] + "…")


def _draw_reading(axes, names: Sequence[str]):
    width = 0.7 / len(names)
    bars = {
        name: axes.bar(
            np.arange(MOST) + (i - (len(names) - 1) / 2) * width,
            np.zeros(MOST),
            width,
            label=name,
            color=COLOURS[i],
            hatch=HATCHES[i],
            ec="white",
        )
        for i, name in enumerate(names)
    }
    rate = 1 - names_in_text.BASE_RATE
    axes.axhline(rate, color=INK, linewidth=1, linestyle=":", label=f"base rate {rate:.1f}")
    axes.set(xlim=(-0.8, MOST - 0.4), ylim=(0, 1.03), xticks=[], ylabel="probability: a name")
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=len(names) + 1, frameon=False)
    place = {"transform": axes.get_xaxis_transform(), "parse_math": False}
    below = {"rotation": 40, "ha": "right", "va": "top", "rotation_mode": "anchor"}
    texts = [axes.text(t + 0.15, -0.04, "", **place, **below) for t in range(MOST)]

    def update(shown):
        for name, group in bars.items():
            for t, bar in enumerate(group):
                bar.set_visible(t < shown["read"])
                # A probability of 0 is a sliver, so that it can be told from an unread word.
                bar.set_height(max(shown["p"][name][t], 0.012) if t < shown["read"] else 0)
        for t, text in enumerate(texts):
            there = t < len(shown["words"])
            text.set_text(_marked(shown, t) if there else "")
            text.set_color(INK if t < shown["read"] else PALE)

    return update


def _marked(shown, t: int) -> str:
    """Return a word, with a question mark if it is not in the vocabulary."""
    return shown["words"][t] + ("" if shown["known"][t] else " ?")


# -- a batch, read from the right ---------------------------------------------------------------

BATCH, UNITS, ROOM = ("maiasaura", "troodon", "kol", "yi"), 8, 16
ORDERS = ("each name", "the whole column")


def read_at(order: str, lengths: np.ndarray, room: int) -> np.ndarray:
    """Return at which of its steps, from 1 on, a cell from the right reads each place, (T, m).

    "each name" is turned round within its own length, so what is behind its end comes last; "the
    whole column" is turned round with all its padding.
    """
    places = np.arange(room)[:, None]
    if checks.choice("order", order, ORDERS) == "the whole column":
        return np.repeat(room - places, len(lengths), axis=1)
    return np.where(places < lengths, lengths - places, places + 1)


@lru_cache(maxsize=64)
def states_from_right(order: str, room: int) -> tuple[np.ndarray, ...]:
    """Return of each name of ``BATCH`` the states a←⟨t⟩ of an untrained cell, (length, n_a)."""
    x, mask = pad([data.to_tokens(name) for name in BATCH] + [np.zeros(room, int)])
    x, mask = x[:, :-1], mask[:, :-1]  # the last one was there to make room
    cell = TwoWay(RNNCell(27, UNITS, rng=1), RNNCell(27, UNITS, rng=2))
    a, _ = cell.forward(x, mask=mask if order == "each name" else None)
    return tuple(a[: len(name), UNITS:, i] for i, name in enumerate(BATCH))


def alone(name: str) -> np.ndarray:
    """Return the states a←⟨t⟩ of the same cell when it reads this name and nothing else."""
    cell = RNNCell(27, UNITS, rng=2)
    return cell.forward(data.to_tokens(name)[::-1, None])[0][::-1, :, 0]


def padded() -> Panel:
    """Four names in one array, read from the right: in which order, and with what result."""
    lengths = np.array([len(name) for name in BATCH])

    def compute(order, room, step):
        found = states_from_right(order, room)
        apart = [np.linalg.norm(a - alone(n), axis=1).max() for n, a in zip(BATCH, found)]
        # An array's rounding depends on its size: what is below 1e-12 is no difference.
        apart = np.where(np.array(apart) < 1e-12, 0, apart)
        when = read_at(order, lengths, room)
        return {"order": order, "room": room, "step": step, "when": when, "apart": apart}

    def draw(axes):
        parts = [_draw_batch(axes[0]), _draw_apart(axes[1])]
        return lambda shown: [part(shown) for part in parts]

    def say(shown):
        done = shown["when"] <= shown["step"]
        parts = (
            f"of {name} {_count(int(done[:n, i].sum()), 'letter')} and {int(done[n:, i].sum())} "
            f"of padding, in the end {shown['apart'][i]:.2f} off"
            for i, (name, n) in enumerate(zip(BATCH, lengths))
        )
        return (
            f"Room for {shown['room']} letters, {shown['order']} turned round: after step "
            f"{shown['step']} the cell has read {'; '.join(parts)}."
        )

    controls = {
        "order": choice("turned round", ORDERS, "the whole column"),
        "room": slider("room for", int(lengths.max()), ROOM, 12),
        "step": slider("step", 0, ROOM, 3),
    }
    margins = {"left": 24, "right": 24, "top": 36, "bottom": 54, "gap": 112}
    shape = {"width": 780, "height": 300, "columns": 2, "width_ratios": [2.2, 1]}
    return Panel(controls, compute, draw, say, **shape, margins=margins)


def _draw_batch(axes):
    box = (0.5, ROOM + 0.5, len(BATCH) - 0.5, -0.5)
    image = axes.imshow(np.ones((len(BATCH), ROOM, 3)), extent=box, aspect="auto")
    centred = {"ha": "center", "va": "center"}
    texts = [[axes.text(t + 1, i, "", **centred) for t in range(ROOM)] for i in range(len(BATCH))]
    axes.set(yticks=[], xlabel="place", title="read (blue), being read (bold), not yet (grey)")
    axes.set_xticks(range(1, ROOM + 1, 3))

    def update(shown):
        colours = np.ones((len(BATCH), ROOM, 3))
        for i, name in enumerate(BATCH):
            for t, text in enumerate(texts[i]):
                late = shown["when"][t, i] - shown["step"] if t < shown["room"] else None
                text.set_text("" if late is None else name[t] if t < len(name) else "·")
                if late is not None:
                    colours[i, t] = _shade(late)
                    text.set(fontweight="bold" if late == 0 else "normal")
                    text.set_color("white" if late < 0 else INK)
        image.set_data(colours)

    return update


def _shade(late: int) -> tuple[float, ...]:
    """Return the colour of a place that is read ``late`` steps from now."""
    return to_rgb(COLOURS[1] if late == 0 else COLOURS[0] if late < 0 else WAITING)


def _draw_apart(axes):
    bars = axes.barh(range(len(BATCH)), np.zeros(len(BATCH)), 0.6, color=COLOURS[2], ec=INK)
    texts = [axes.text(0, i, "", ha="left", va="center") for i in range(len(BATCH))]
    axes.set_yticks(range(len(BATCH)), BATCH)
    axes.set(ylim=(len(BATCH) - 0.5, -0.5), xlim=(0, 1.6), xlabel="largest ‖difference‖")
    axes.set(title="a←⟨t⟩, off from alone", xticks=[0, 0.5, 1, 1.5])

    def update(shown):
        for bar, text, apart in zip(bars, texts, shown["apart"], strict=True):
            bar.set_width(apart)
            text.set_text(f"{apart:.2f}")
            text.set_x(apart + 0.04)

    return update


# -- who has seen what --------------------------------------------------------------------------

WAYS = ("left to right", "right to left", "both ways")
MOST_LAYERS, MOST_LATE = 3, 4
WORDS = TEDDY[0].split()
PLACE = WORDS.index("teddy")


def stack(ways: str, layers: int) -> Stacked:
    """Return an untrained stack; each layer has 8 units, for both ways 4 and 4."""
    rng, sizes = np.random.default_rng(4), [len(names_in_text.WORDS)] + [UNITS] * (layers - 1)
    half = UNITS // 2
    if checks.choice("ways", ways, WAYS) == "both ways":
        return Stacked(
            [TwoWay(RNNCell(n, half, rng=rng), RNNCell(n, half, rng=rng)) for n in sizes]
        )
    return Stacked([RNNCell(n, UNITS, rng=rng) for n in sizes])


@lru_cache(maxsize=64)
def influence(ways: str, layers: int, late: int) -> np.ndarray:
    """Return how far the state read for the answer about word t moves, word s hidden, (T, T).

    That is the top state ``late`` steps after word t; where it stays, so does every answer that is
    read from it. Measured, not derived: column s of a batch has word s replaced by an unknown one.
    What moves less than 1e-12 is 0.
    """
    tokens, T = names_in_text.to_tokens(WORDS), len(WORDS)
    x = np.repeat(tokens[:, None], T + 1, axis=1)  # the last column stays as it is
    x[np.arange(T), np.arange(T)] = 0
    x = np.concatenate([x, np.zeros((late, T + 1), int)])  # (T + late, m)
    turn = -1 if ways == "right to left" else 1
    a = stack(ways, layers).forward(x[::turn])[0][::turn][late:]  # (T, n_a, m)
    moved = np.linalg.norm(a[:, :, :-1] - a[:, :, -1:], axis=1)  # (T, T)
    return np.where(moved < 1e-12, 0, moved)


def seen() -> Panel:
    """Which words move the state that answers for each word: direction, depth and look-ahead."""

    def compute(ways, layers, late):
        return {
            "ways": ways,
            "layers": layers,
            "late": late,
            "moved": influence(ways, layers, late),
        }

    def draw(axes):
        parts = [_draw_influence(axes[0]), _draw_about_teddy(axes[1])]
        return lambda shown: [part(shown) for part in parts]

    def say(shown):
        moved = shown["moved"]
        heard = [_spoken(WORDS[s]) for s in np.flatnonzero(moved[PLACE])]
        return (
            f"{shown['ways'].capitalize()}, {_count(shown['layers'], 'layer')}, answers "
            f"{_count(shown['late'], 'word')} late: {len(heard)} of {len(WORDS)} words act on the "
            f"state from which the answer about teddy is read, {', '.join(heard)}; roosevelt moves "
            f"it by {moved[PLACE, PLACE + 1]:.3f}. Of all {moved.size} pairs "
            f"{np.count_nonzero(moved)} act, on average by {moved.mean():.4f}."
        )

    controls = {
        "ways": choice("reads", WAYS),
        "layers": slider("layers", 1, MOST_LAYERS, 1),
        "late": slider("words late, d", 0, MOST_LATE, 0),
    }
    margins = {"left": 104, "right": 20, "top": 36, "bottom": 96, "gap": 100}
    shape = {"width": 780, "height": 400, "columns": 2, "width_ratios": [1.5, 1]}
    return Panel(controls, compute, draw, say, **shape, margins=margins)


DARKEST = 2.0  # a difference of this size is black


def _draw_influence(axes):
    T = len(WORDS)
    image = axes.imshow(np.zeros((T, T)), cmap="Greys", vmin=0, vmax=1, aspect="auto")
    axes.set_yticks(range(T), WORDS)
    axes.set_xticks(range(T), WORDS, rotation=40, ha="right", rotation_mode="anchor")
    axes.set(ylabel="state read for", title="moves when the word below is hidden")
    frame = np.array([[-0.5, -0.5], [T - 0.5, -0.5], [T - 0.5, 0.5], [-0.5, 0.5], [-0.5, -0.5]])
    axes.plot(frame[:, 0], frame[:, 1] + PLACE, color=COLOURS[1], linewidth=2.5)
    axes.set(xlim=(-0.55, T - 0.45), ylim=(T - 0.45, -0.55))

    def update(shown):
        size = shown["moved"] / DARKEST
        image.set_data(np.where(size > 0, 0.2 + 0.8 * size, 0))  # white is for 0 alone

    return update


def _draw_about_teddy(axes):
    places = np.arange(len(WORDS))
    bars = axes.barh(places, np.zeros(len(WORDS)), 0.6, color=COLOURS[1], hatch="//", ec="white")
    none = [axes.text(0.03, s, "0", ha="left", va="center") for s in places]
    axes.set_yticks(places, WORDS)
    axes.set(ylim=(len(WORDS) - 0.45, -0.55), xlim=(0, DARKEST), xlabel="‖difference‖")
    axes.set(title="the state read for teddy")

    def update(shown):
        for bar, zero, moved in zip(bars, none, shown["moved"][PLACE], strict=True):
            bar.set_width(moved)
            zero.set_visible(moved == 0)

    return update


def against_delay(
    waits: Sequence[int],
    measured: Sequence[float],
    counted: Sequence[float],
    after_the_end: float,
    sentence: str,
) -> Picture:
    """Show the share of right answers against d: measured, the most there can be, and two-way.

    ``sentence`` says what is seen, in words that hold on every machine.
    """
    with new_figure(700, 330) as (figure, axes):
        hollow = {"markersize": 13, "markerfacecolor": "none", "linestyle": "none"}
        axes.axhline(after_the_end, label="two-way, after the end", **line_style(2))
        axes.plot(waits, measured, label="one-way, d words late", **line_style(0, marker=True))
        best = line_style(1, marker=True) | hollow | {"markeredgewidth": 2}
        axes.plot(waits, counted, label="counted: the best possible", **best)
        axes.set(xlabel="words late, d", ylabel="right at that word", ylim=(0, 1.08))
        axes.set_xticks(waits)
        axes.grid(True)
        axes.legend(loc="lower right")
    return Picture(figure, sentence)


# -- runs of several depths, from several starts -----------------------------------------------

WINDOW = 25  # losses are averaged over so many steps


class DepthRace(LiveRun):
    """Networks trained after each other, each from several starts, on the same axes.

    ``watch(name, start)`` follows one run; starts count from 0. Runs of one network share a style.
    """

    def __init__(
        self, names: Sequence[str], starts: int, steps: int, y: tuple[float, float], y_label: str
    ) -> None:
        self.names, self.starts, self.run_steps = list(names), starts, steps
        self.runs: dict[tuple[str, int], History] = {}
        margins = {"left": 78, "right": 170}
        super().__init__(
            steps * starts * len(self.names),
            lambda axes: self._draw_runs(axes, y, y_label),
            self._say_runs,
            self.runs,
            rate=4,
            width=760,
            height=360,
            margins=margins,
        )

    def watch(self, name: str, start: int) -> Callable[[int, History], None]:
        """Return what ``train`` takes as ``watch`` for this run."""
        key = (name, start)
        if name not in self.names or not 0 <= start < self.starts:
            raise ValueError(f"the race has {self.names} with {self.starts} starts, got {key}")

        def update(step: int, history: History) -> None:
            self.runs[key] = history
            self.update(sum(len(run.loss) for run in self.runs.values()), self.runs)

        return update

    def _draw_runs(self, axes, y, y_label):
        lines = {}
        for i, name in enumerate(self.names):
            for start in range(self.starts):
                label = name if start == 0 else None
                style = line_style(i) | {"linewidth": 1.5}
                (lines[name, start],) = axes.plot([], [], label=label, **style)
        axes.set(xlim=(0, self.run_steps), ylim=y, xlabel="step", ylabel=y_label)
        axes.grid(True)
        axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))

        def update(runs):
            for key, line in lines.items():
                line.set_data(*_averaged(runs[key].loss if key in runs else ()))

        return update

    def _say_runs(self, step, runs):
        if not runs:
            return "No step has been taken yet."
        ends = (f"{name} at {self._end(name):.2f}" for name in self.names if (name, 0) in runs)
        return f"Training loss at the end, a mean over the starts: {'; '.join(ends)}."

    def _end(self, name: str) -> float:
        runs = (history for (other, _), history in self.runs.items() if other == name)
        return float(np.mean([np.mean(history.loss[-WINDOW:]) for history in runs]))


def _averaged(losses: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    """Return steps and the mean of the last ``WINDOW`` losses up to each."""
    if len(losses) < WINDOW:
        return np.zeros(0), np.zeros(0)
    means = np.convolve(losses, np.full(WINDOW, 1 / WINDOW), "valid")
    return np.arange(WINDOW, len(losses) + 1), means
