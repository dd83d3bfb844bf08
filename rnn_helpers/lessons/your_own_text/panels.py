"""The panels of ``13_your_own_text``: rare characters, a budget, and what was copied."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from rnn_helpers.course import parts
from rnn_helpers.course.figures import Picture, bars
from rnn_helpers.course.palette import INK, SHADE, on_map
from rnn_helpers.course.panel import Panel, choice, slider
from rnn_helpers.course.style import drawable
from rnn_helpers.course.wording import are, count
from rnn_helpers.data.own_text import CODE_POINTS
from rnn_helpers.experiments.text import Copies

MONO = {"fontfamily": "DejaVu Sans Mono", "parse_math": False}
NAMES = {"\n": "line end", " ": "blank", "\t": "tab"}
LISTED = 10  # characters named in a sentence


def name_of(character: str) -> str:
    """Return a character as it is named in a sentence or below a bar."""
    return NAMES.get(character) or (character if character.isprintable() else repr(character)[1:-1])


# -- the alphabet -----------------------------------------------------------------------------


def most_common(content: str, n: int = 30) -> Picture:
    """Show how often the n most common characters of a text come, in percent."""
    counts = Counter(content).most_common(n)
    labels = [{"\n": "↵", " ": "␣"}.get(c, drawable(name_of(c))) for c, _ in counts]
    shares = np.array([100 * k / len(content) for _, k in counts])
    return bars(labels, {"share": shares}, "percent of the text", "the most common characters")


def rare_characters(content: str) -> Panel:
    """How often a character must come to be known: what is left out, and what that costs."""
    counts = Counter(content)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    times = np.array([n for _, n in ordered])
    ranks = np.arange(1, len(times) + 1)

    def compute(at_least):
        known = int((times >= at_least).sum())
        return {
            "at_least": at_least,
            "known": known,
            "unknown": times[known:].sum() / len(content),
            "rare": [c for c, _ in ordered[known:]],
        }

    def draw(axes):
        look = {"ylim": (0.7, 2 * times[0]), "yscale": "log", "xlim": (0, len(times) + 1)}
        look |= {"xlabel": "characters, the most common first", "ylabel": "times in the text"}
        curves = {"known": "known", "rare": "unknown"}
        lines = parts.lines(axes, curves, labels=curves, points=["rare"], grid=True, **look)
        level, cut = parts.level(axes, 1), parts.upright(axes)
        axes.legend(loc="upper right")

        def update(shown):
            k = shown["known"]
            lines({"known": (ranks[:k], times[:k]), "rare": (ranks[k:], times[k:])})
            level(shown["at_least"] - 0.15)
            cut(k + 0.5)

        return update

    def say(shown):
        rare, names = shown["rare"], [name_of(c) for c in shown["rare"][-LISTED:]]
        bits = shown["unknown"] * np.log2(CODE_POINTS)
        first = (
            f"A character is known if it comes {count(shown['at_least'], 'time')} or more: "
            f"{shown['known']} of {len(times)} {are(shown['known'])}."
        )
        if not rare:
            return f"{first} None is left out."
        more = f", and {len(rare) - LISTED} more" if len(rare) > LISTED else ""
        return (
            f"{first} {shown['unknown']:.2%} of the text is unknown ({' '.join(names)}{more}), and "
            f"to name it costs {bits:.3f} bits for each character of the text."
        )

    highest = int(min(50, times[0]))
    controls = {"at_least": slider("at least", 1, max(2, highest), min(3, highest))}
    return Panel(controls, compute, draw, say, room=205)


# -- the budget -------------------------------------------------------------------------------


def budget(pass_seconds: Mapping[str, float]) -> Panel:
    """How often cells read the training part in so many minutes, from seconds for one pass."""
    names = list(pass_seconds)

    def compute(minutes):
        passes = np.array([60 * minutes / pass_seconds[name] for name in names])
        return {"minutes": minutes, "passes": passes}

    def draw(axes):
        top = 60 * 60 / min(pass_seconds.values())
        look = {"xlim": (0.1, 2 * max(top, 1)), "xscale": "log", "yticks": range(len(names))}
        look |= {"yticklabels": names, "ylim": (len(names) - 0.5, -0.5), "grid": "x"}
        look |= {"xlabel": "passes through the training part"}
        lengths = parts.bars(axes, ["passes"], range(len(names)), horizontal=True, **look)
        return lambda shown: lengths(
            np.maximum(shown["passes"], 0.1), said={"passes": shown["passes"]}
        )

    def say(shown):
        each = (
            f"{name}: {passes:,.{int(passes < 10) + int(passes < 1)}f}"
            for name, passes in zip(names, shown["passes"])
        )
        return (
            f"In {count(shown['minutes'], 'minute')} the training part is read so many times: "
            f"{', '.join(each)}."
        )

    controls = {"minutes": slider("minutes", 1, 60, 10)}
    return Panel(controls, compute, draw, say, margins={"left": 110})


# -- copies -----------------------------------------------------------------------------------

LINES, COLUMNS = 7, 70
LENGTHS = np.array([2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40])


def copied(samples: Sequence[str], copies: Copies, real: str) -> Panel:
    """A sample with its copied stretches shaded, and the copied share beside that of real text.

    ``real`` is text that was held out: what a good imitation would copy as well.
    """
    of_real = [copies.covered(real, n).mean() for n in LENGTHS]
    of_samples = [
        np.mean([copies.covered(text, n).mean() for text in samples]) for n in LENGTHS
    ]  # a mean over samples, each of the same length

    def compute(sample, n):
        marks = copies.covered(samples[sample - 1], n)
        return {"sample": sample, "n": n, "marks": marks, "share": marks.mean()}

    def draw(axes):
        return parts.together(_draw_marked(axes[0], samples), _draw_shares(axes[1]))

    def _draw_shares(axes):
        curves = {"real": "held-out text", "samples": "samples"}
        look = {"xlim": (0, 41), "ylim": (0, 1.05), "grid": True, "ylabel": "share copied"}
        look |= {"xlabel": "length of a stretch, n", "legend": "upper right"}
        lines = parts.lines(axes, curves, labels=curves, marker=True, **look)
        lines({"real": (LENGTHS, of_real), "samples": (LENGTHS, of_samples)})
        here = parts.upright(axes)
        return lambda shown: here(shown["n"])

    def say(shown):
        level = np.interp(shown["n"], LENGTHS, of_real)
        return (
            f"Sample {shown['sample']}, in stretches of {shown['n']} characters or more: "
            f"{shown['share']:.1%} of it stands in the training part. Of the held-out text it is "
            f"about {level:.1%}."
        )

    controls = {
        "n": slider("n", 2, 40, 12),
        "sample": choice("sample", range(1, len(samples) + 1), 1),
    }
    shape = {"width": 760, "height": 400, "rows": 2, "height_ratios": [1, 1.3]}
    margins = {"left": 70, "top": 12, "row_gap": 30}
    return Panel(controls, compute, draw, say, **shape, margins=margins)


def _rows(text: str) -> list[tuple[int, int]]:
    """Return where each row of a text begins and ends when it is wrapped to ``COLUMNS``."""
    rows, start = [], 0
    for line in text.split("\n"):
        for k in range(0, max(len(line), 1), COLUMNS):
            rows.append((start + k, start + min(k + COLUMNS, len(line))))
        start += len(line) + 1
    return rows[:LINES]


def _draw_marked(axes, samples: Sequence[str]):
    """The first lines of a sample, each character on a shade if it is copied."""
    probe = axes.text(0, 0, "x" * COLUMNS, **MONO)
    figure, box = axes.figure, axes.get_position()
    wide = probe.get_window_extent(figure.canvas.get_renderer()).width / figure.bbox.width
    probe.remove()
    axes.set_position((box.x0, box.y0, wide, box.height))  # a column is as wide as a character
    look = {"cmap": SHADE, "vmin": 0, "vmax": 1, "aspect": "auto", "zorder": 0}
    image = axes.imshow(np.zeros((LINES, COLUMNS)), extent=(0, COLUMNS, LINES, 0), **look)
    look = {"va": "center_baseline", "color": on_map(INK), **MONO}
    words = [axes.text(0, row + 0.5, "", **look) for row in range(LINES)]
    parts.blank(axes, xlim=(0, COLUMNS), ylim=(LINES, 0))
    parts.silent(axes)  # a shade is 0 or 1: the text below it says more

    def update(shown):
        text = samples[shown["sample"] - 1]
        shades, rows = np.zeros((LINES, COLUMNS)), _rows(text)
        for row, (begin, end) in enumerate(rows):
            shades[row, : end - begin] = shown["marks"][begin:end]
            words[row].set_text(drawable(text[begin:end].expandtabs(1)))
        for word in words[len(rows) :]:
            word.set_text("")
        image.set_data(shades)

    return update
