"""The panels of ``11_bidirectional_and_deep``: what one way, two ways and a stack have seen."""

from collections.abc import Mapping, Sequence

import numpy as np

from rnn_helpers import data
from rnn_helpers.cells import RNNCell
from rnn_helpers.course import parts
from rnn_helpers.course.figures import Picture
from rnn_helpers.course.panel import Panel, choice, field, slider
from rnn_helpers.course.style import GREY, INK, MARK, drawable, line_style, new_figure
from rnn_helpers.course.wording import count
from rnn_helpers.data import names_in_text
from rnn_helpers.experiments import directions
from rnn_helpers.models import SequenceModel

TEDDY = ("he said , teddy roosevelt was a great president", "he said , teddy bears are on sale")

# -- a sentence, read a part at a time ----------------------------------------------------------

EXAMPLES = (
    *TEDDY,
    "he said , teddy and other singers love the sea",
    "he said , teddy and other teddy bears are on sale",
    "my sister says mister frank sings in a choir",
    "people say the rose bushes cost too much",
)
MOST, WIDEST = 12, 10  # words that are read, letters of each word that are shown


def reading(readers: Mapping[str, SequenceModel]) -> Panel:
    """Choose or type a sentence, and let two networks read a part of it.

    ``readers`` holds taggers by name, for example "one-way" and "two-way".
    """
    names = list(readers)

    def compute(example, read, own):
        typed = names_in_text.words_of(own)
        words = typed if own.strip() else example.split()
        tokens = names_in_text.to_tokens(words[:MOST])
        read = min(read, len(tokens))
        probabilities = {
            name: directions.name_probabilities(model, tokens[:read]) if read else np.zeros(0)
            for name, model in readers.items()
        }
        return {
            "words": [_shortened(word) for word in words[:MOST]],
            "known": tokens > 0,
            "read": read,
            "cut": len(words) > MOST,
            "p": probabilities,
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
            f"Read: {read} of the {count(len(words), 'word')} “{' '.join(words)}”{limit}. How "
            f"likely each is part of a name, {' and '.join(names)}: {', '.join(scores)}.{unknown}"
        )

    own = field("or your own", "", 420, "type a sentence")
    controls = {
        "example": choice("sentence", EXAMPLES),
        "read": slider("words read", 1, MOST, 4),
        "own": own,
    }
    shape = {"width": 780, "height": 355}
    shape["margins"] = {"left": 92, "right": 16, "top": 38, "bottom": 126}

    def bounds(shown):
        return {"read": (1, len(shown["words"]) or 1)}

    return Panel(controls, compute, draw, say, room=370, bounds=bounds, **shape)


def _spoken(word: str) -> str:
    return "the comma" if word == "," else word


def _shortened(word: str) -> str:
    return drawable(word if len(word) <= WIDEST else word[: WIDEST - 1] + "…")


def _draw_reading(axes, names: Sequence[str]):
    rate = 1 - names_in_text.BASE_RATE
    parts.level(axes, rate, color=INK, label=f"base rate {rate:.1f}")
    limits = {"xlim": (-0.8, MOST - 0.4), "ylim": (0, 1.03), "xticks": []}
    legend = {"loc": "lower right", "bbox_to_anchor": (1, 1), "ncols": len(names) + 1}
    words = {"ylabel": "probability: a name", "legend": legend | {"frameon": False}}
    bars = parts.bars(axes, names, range(MOST), room=0.7, **limits, **words)
    below = parts.words_below(axes, np.arange(MOST) + 0.15, rotation=40)

    def update(shown):
        # A probability of 0 is a sliver, so that it can be told from an unread word.
        bars({name: np.maximum(p, 0.012) for name, p in shown["p"].items()}, said=shown["p"])
        words = zip(shown["words"], shown["known"], strict=True)
        colours = [INK if t < shown["read"] else GREY for t in range(MOST)]
        below([word if known else f"{word} ?" for word, known in words], color=colours)

    return update


# -- a batch, read from the right ---------------------------------------------------------------

BATCH, UNITS, ROOM = ("maiasaura", "troodon", "kol", "yi"), 8, 16
ORDERS = ("each name", "the whole column")


def padded() -> Panel:
    """Four names in one array, read from the right: in which order, and with what result."""
    cell, names = RNNCell(27, UNITS, rng=2), [data.to_tokens(name) for name in BATCH]
    lengths = np.array([len(name) for name in BATCH])

    def compute(order, room, step):
        whole = {"whole_column": order == "the whole column"}
        when = directions.reading_order(lengths, room, **whole)
        apart = directions.changed_by_padding(cell, names, room, **whole)
        return {"order": order, "room": room, "step": step, "when": when, "apart": apart}

    def draw(axes):
        return parts.together(_draw_batch(axes[0]), _draw_apart(axes[1]))

    def say(shown):
        done = shown["when"] <= shown["step"]
        results = (
            f"of {name} {count(int(done[:n, i].sum()), 'letter')} and {int(done[n:, i].sum())} "
            f"of padding, in the end {shown['apart'][i]:.2f} off"
            for i, (name, n) in enumerate(zip(BATCH, lengths))
        )
        return (
            f"Room for {shown['room']} letters, {shown['order']} reversed: after step "
            f"{shown['step']} the cell has read {'; '.join(results)}."
        )

    controls = {
        "order": choice("reversed", ORDERS, "the whole column"),
        "room": slider("room for", int(lengths.max()), ROOM, 12),
        "step": slider("step", 0, ROOM, 3),
    }
    margins = {"left": 24, "right": 24, "top": 36, "bottom": 54, "gap": 112}
    shape = {"width": 780, "height": 300, "columns": 2, "width_ratios": [2.2, 1]}

    def bounds(shown):
        return {"step": (0, shown["room"])}

    return Panel(controls, compute, draw, say, room=335, bounds=bounds, **shape, margins=margins)


def _draw_batch(axes):
    letters = np.array([list(name.ljust(ROOM, "·")) for name in BATCH])
    look = {"extent": (0.5, ROOM + 0.5, len(BATCH) - 0.5, -0.5)}
    words = {"xlabel": "place", "title": "read (blue), being read (bold), not yet (grey)"}
    ticks = {"xticks": range(1, ROOM + 1, 3), "yticks": []}
    places = parts.stages(axes, len(BATCH), ROOM, look=look, **ticks, **words)

    def update(shown):
        late = np.full((len(BATCH), ROOM), np.nan)
        late[:, : shown["room"]] = shown["when"].T - shown["step"]
        places(letters, late)

    return update


def _draw_apart(axes):
    names = range(len(BATCH))
    limits = {"ylim": (len(BATCH) - 0.5, -0.5), "xlim": (0, 1.6), "xticks": [0, 0.5, 1, 1.5]}
    words = {"xlabel": "largest ‖difference‖", "title": "a←⟨t⟩, off from alone"}
    look = {"edgecolor": INK, "hatch": "", "tick_label": BATCH}
    shape = {"width": 0.6, "styles": [2], "horizontal": True, "look": look}
    bars = parts.bars(axes, ["apart"], names, **shape, **limits, **words)
    numbers = parts.words(axes, np.zeros(len(BATCH)), names, ha="left")

    def update(shown):
        apart = shown["apart"]
        bars(apart)
        numbers([f"{distance:.2f}" for distance in apart], x=apart + 0.04)

    return update


# -- who has seen what --------------------------------------------------------------------------

WAYS = ("left to right", "right to left", "both ways")
MOST_LAYERS, MOST_LATE = 3, 4
WORDS = TEDDY[0].split()
PLACE = WORDS.index("teddy")


def seen() -> Panel:
    """Which words move the state that answers for each word: direction, depth and look-ahead."""
    tokens, n_x = names_in_text.to_tokens(WORDS), len(names_in_text.WORDS)

    def compute(ways, layers, late):
        stack = directions.build_stack(n_x, UNITS, layers, both_ways=ways == "both ways", rng=4)
        from_right = ways == "right to left"
        moved = directions.influence(stack, tokens, late=late, from_right=from_right)
        return {"ways": ways, "layers": layers, "late": late, "moved": moved}

    def draw(axes):
        return parts.together(_draw_influence(axes[0]), _draw_about_teddy(axes[1]))

    def say(shown):
        moved = shown["moved"]
        heard = [_spoken(WORDS[s]) for s in np.flatnonzero(moved[PLACE])]
        return (
            f"{shown['ways'].capitalize()}, {count(shown['layers'], 'layer')}, answers "
            f"{count(shown['late'], 'word')} late: {len(heard)} of {len(WORDS)} words act on the "
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
    shape = {"width": 780, "height": 375, "columns": 2, "width_ratios": [1.5, 1]}
    return Panel(controls, compute, draw, say, room=275, **shape, margins=margins)


DARKEST = 2.0  # a difference of this size is black


def _draw_influence(axes):
    T = len(WORDS)
    words = {"ylabel": "state read for", "title": "moves when the word below is hidden"}
    squares = parts.heat(axes, WORDS, T, **words)
    axes.set_xticks(range(T), WORDS, rotation=40, ha="right", rotation_mode="anchor")
    left, right, top, bottom = -0.5, T - 0.5, PLACE - 0.5, PLACE + 0.5
    frame = [left, right, right, left, left], [top, top, bottom, bottom, top]
    axes.plot(*frame, **parts.grown(color=MARK, linewidth=2.5, gid=parts.NO_VALUES))
    axes.set(xlim=(-0.55, T - 0.45), ylim=(T - 0.45, -0.55))

    def update(shown):
        size = shown["moved"] / DARKEST
        white_is_0 = np.where(size > 0, 0.2 + 0.8 * size, 0)
        squares(white_is_0, said=shown["moved"])

    return update


def _draw_about_teddy(axes):
    places = range(len(WORDS))
    limits = {"ylim": (len(WORDS) - 0.45, -0.55), "xlim": (0, DARKEST)}
    words = {"xlabel": "‖difference‖", "title": "the state read for teddy"}
    shape = {"width": 0.6, "styles": [1], "horizontal": True, "look": {"tick_label": WORDS}}
    bars = parts.bars(axes, ["moved"], places, **shape, **limits, **words)
    zeros = parts.words(axes, np.full(len(WORDS), 0.03), places, ha="left")

    def update(shown):
        moved = shown["moved"][PLACE]
        bars(moved)
        zeros(np.where(moved == 0, "0", ""))

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
        hollow = {"markersize": 13, "markerfacecolor": "none", "markeredgewidth": 2}
        best = line_style(1, marker=True) | hollow | {"linestyle": "none"}
        axes.axhline(after_the_end, label="two-way, after the end", **line_style(2))
        axes.plot(waits, measured, label="one-way, d words late", **line_style(0, marker=True))
        axes.plot(waits, counted, label="counted: the best possible", **best)
        words = {"xlabel": "words late, d", "ylabel": "right at that word"}
        limits = {"xticks": waits, "ylim": (0, 1.08), "grid": True}
        parts.set_axes(axes, **words, **limits, legend="lower right")
    return Picture(figure, sentence)
