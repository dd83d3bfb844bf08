"""The panels of ``08_sampling``: from scores to letters, writing, and what single units track."""

from collections.abc import Mapping, Sequence
from itertools import islice

import numpy as np

from rnn_helpers import data, sampling
from rnn_helpers.activations import softmax
from rnn_helpers.course import parts
from rnn_helpers.course.figures import Picture
from rnn_helpers.course.palette import PALE, on_map
from rnn_helpers.course.panel import Panel, choice, slider
from rnn_helpers.course.style import COLOURS, INK, height_for, new_figure, set_limits
from rnn_helpers.course.wording import are
from rnn_helpers.experiments.units import correlations, slowest_first, text_features
from rnn_helpers.models import SequenceModel

READ = [("(nothing yet)", ""), *((word, word) for word in ("ma", "mega", "q", "dinosau"))]
LETTERS = ["end", *data.ALPHABET[1:]]
MONO = {"fontfamily": "DejaVu Sans Mono", "parse_math": False}
LETTER_AXIS = {"xlim": (-0.7, 26.7), "xticks": range(27), "xticklabels": list(data.ALPHABET)}
LETTER_NAMES = "letter (the full stop is the end)"
SHOWN = {"\n": "↵", " ": "␣"}  # white space, where a single character stands for itself


def _scores(model: SequenceModel, read: str) -> np.ndarray:
    """Return z (n_y, 1) after the start token and the letters read so far."""
    z, _ = model.forward(data.to_tokens(data.END + read)[:, None])
    return z[-1].astype(float)


# -- one uniform number -----------------------------------------------------------------------


def running_total(model: SequenceModel) -> Panel:
    """A number between 0 and 1 meets the running total of the probabilities, and picks a letter."""

    def compute(read, u):
        u, p = round(u, 2), softmax(_scores(model, read))[:, 0]
        total = np.cumsum(p)
        picked = int((u * total[-1] >= total).sum())
        return {"read": read, "u": u, "p": p, "total": total, "picked": picked}

    def draw(axes):
        return parts.together(_draw_probabilities(axes[0]), _draw_stairs(axes[1]))

    def say(shown):
        picked, total = shown["picked"], shown["total"]
        below = total[picked - 1] if picked else 0
        return (
            f"After {shown['read'] or 'the start token alone'}, u = {shown['u']:.2f} lies between "
            f"the totals {below:.3f} and {total[picked]:.3f}: the letter drawn is "
            f"{LETTERS[picked]}, index {picked}, whose probability is {shown['p'][picked]:.3f}."
        )

    controls = {
        "read": choice("read so far", READ),
        "u": slider("u", 0.0, 0.99, 0.5, step=0.01),
    }
    shape = {"width": 760, "height": 400, "rows": 2, "height_ratios": [1, 1.4]}
    shape["name"] = "the probabilities p and their running total, which u meets"
    margins = {"left": 85, "top": 12, "bottom": 48, "row_gap": 36}

    def same(axes, x, y, shown):
        """Return the height to which a letter's probability brings the total, or the letter."""
        letter = min(max(round(x), 0), len(LETTERS) - 1)
        total, p = shown["total"][letter], shown["p"][letter]
        return [(0, letter, p / 2)] if axes else [(1, letter, total)]

    return Panel(controls, compute, draw, say, links=same, **shape, margins=margins)


def _draw_probabilities(axes):
    bars = parts.bars(axes, ["p"], range(27), ylim=(0, 1.02), ylabel="p", **LETTER_AXIS)

    def update(shown):
        set_limits(axes, y=(0, height_for(shown["p"])))
        bars(shown["p"], picked=shown["picked"])

    return update


def _draw_stairs(axes):
    stairs = parts.lines(axes, ["total"], look={"drawstyle": "steps-post"})
    level = parts.lines(axes, ["u"], styles=[1])
    name = parts.note(axes, -0.6, 0, ha="left", va="bottom")
    here = parts.point(axes, marker="s", color=COLOURS[1])
    labels = {"ylabel": "running total", "xlabel": LETTER_NAMES}
    parts.set_axes(axes, ylim=(-0.03, 1.16), grid="y", **labels, **LETTER_AXIS)

    def update(shown):
        picked, u = shown["picked"], shown["u"]
        stairs((np.arange(-1, 28), np.r_[0, shown["total"], 1]))  # letter k steps up at k
        level(([-0.7, picked, picked], [u, u, -0.03]))
        here(picked, u)
        name("u", y=u + 0.02)

    return update


# -- temperature, top-k and top-p -------------------------------------------------------------


def reshaping(model: SequenceModel) -> Panel:
    """The distribution as the network gives it, and after temperature, top-k and top-p."""
    plain = {"temperature": 1.0, "top_k": len(LETTERS), "top_p": 1.0}

    def compute(read, temperature, top_k, top_p):
        chosen = {"temperature": round(temperature, 2), "top_k": top_k, "top_p": round(top_p, 2)}
        z = _scores(model, read)
        before, after = (sampling.distribution(z, **options) for options in (plain, chosen))
        return {
            "read": read,
            "options": chosen,
            "p": [before[:, 0], after[:, 0]],
            "entropy": [float(sampling.entropy(p)[0]) for p in (before, after)],
            "left": int((after > 0).sum()),
        }

    def draw(axes):
        groups, legend = ["before", "after"], {"loc": "lower right", "bbox_to_anchor": (1, 1)}
        legend |= {"ncols": 2, "borderaxespad": 0.3, "frameon": False}
        look = {"ylabel": "probability", "xlabel": LETTER_NAMES, "legend": legend}
        bars = parts.bars(axes, groups, range(27), room=0.84, **look, **LETTER_AXIS)
        heading = parts.heading(axes)

        def update(shown):
            set_limits(axes, y=(0, height_for(shown["p"])))
            bars(dict(zip(groups, shown["p"])))
            before, after = shown["entropy"]
            heading(
                f"entropy {before:.2f} → {after:.2f} nats, as hard as {np.exp(before):.1f} → "
                f"{np.exp(after):.1f} equal ones"
            )

        return update

    def say(shown):
        before, after = shown["entropy"]
        chosen, best = shown["options"], int(shown["p"][1].argmax())
        return (
            f"After {shown['read'] or 'the start token alone'}, with temperature "
            f"{chosen['temperature']:.2f}, top-k {chosen['top_k']} and top-p "
            f"{chosen['top_p']:.2f}: the entropy goes from {before:.2f} to {after:.2f} nats, "
            f"{shown['left']} of 27 tokens {are(shown['left'])} left, and the likeliest, "
            f"{LETTERS[best]}, goes from {shown['p'][0][best]:.3f} to {shown['p'][1][best]:.3f}."
        )

    controls = {
        "read": choice("read so far", READ),
        "temperature": slider("temperature", 0.0, 3.0, 0.6, step=0.05),
        "top_k": slider("top-k", 1, len(LETTERS), len(LETTERS)),
        "top_p": slider("top-p", 0.05, 1.0, 1.0, step=0.05),
    }
    margins = {"left": 70, "top": 34, "bottom": 52}
    shape = {"width": 780, "height": 380, "margins": margins, "name": "tokens before and after"}
    return Panel(controls, compute, draw, say, room=205, **shape)


# -- writing, character by character ----------------------------------------------------------

LONGEST, WINDOW, WIDE, GUESSES, ROWS = 160, 44, 76, 8, 32
PROMPTS = ("\nThe ", "\nIf ", "\n\n   >>> ")


def writing(reader: SequenceModel, alphabet: str, prompts: Sequence[str] = PROMPTS) -> Panel:
    """A text grows, character by character, with the state that each was drawn from.

    The first character of a prompt is the start token. At every move the network writes the whole
    text again, from the prompt on. The button ▶ moves the slider by itself. Of a large network
    about ``ROWS`` units are drawn, evenly from the slowest to the quickest.
    """

    def write(prompt, seed, temperature, step):
        first, *rest = data.to_tokens(prompt, alphabet)
        rng = np.random.default_rng(seed)
        written = sampling.steps(reader, rng, 1, int(first), rest, temperature=temperature)
        history = [
            (s.token[0], s.p[:, 0], reader.cell.a_of(s.state)[:, 0]) for s in islice(written, step)
        ]
        return tuple(np.array(values) for values in zip(*history))

    def compute(prompt, seed, temperature, step):
        temperature = round(temperature, 2)
        tokens, p, a = write(prompt, seed, temperature, step)
        return {
            "prompt": prompt,
            "seed": seed,
            "temperature": temperature,
            "step": step,
            "text": data.to_text(tokens, alphabet),
            "p": p[-1].astype(float),
            "picked": int(tokens[-1]),
            "a": a.T,
        }

    tokens, p, a = write(prompts[0], 0, 0.7, LONGEST)
    sure = np.flatnonzero(p[np.arange(LONGEST), tokens][50:] > 0.6)  # a likely letter was drawn
    begin = 51 + int(sure[0]) if len(sure) else 60
    units = slowest_first(a)[:: max(1, reader.cell.n_a // ROWS)]

    def draw(axes):
        text, strip, guesses = axes
        updates = _draw_text(text), _draw_strip(strip, units), _draw_guesses(guesses, alphabet)
        strip.set_position((0.09, 0.1, 0.65, 0.49))
        guesses.set_position((0.83, 0.1, 0.15, 0.49))
        text.set_position((0.02, 0.68, 0.96, 0.31))
        return parts.together(*updates)

    def say(shown):
        p, picked = shown["p"], shown["picked"]
        spread = float(sampling.entropy(p[:, None])[0])
        return (
            f"Seed {shown['seed']}, temperature {shown['temperature']:.2f}, prompt "
            f"{shown['prompt']!r}, step {shown['step']}: drawn was {alphabet[picked]!r} with "
            f"probability {p[picked]:.3f}, at an entropy of {spread:.2f} nats; the state's largest "
            f"number is {np.abs(shown['a'][:, -1]).max():.3f}. Written so far: "
            f"{shown['text'][-60:]!r}."
        )

    spelled = [("".join(SHOWN.get(c, c) for c in prompt), prompt) for prompt in prompts]
    controls = {
        "prompt": choice("prompt", spelled),
        "seed": slider("seed", 0, 20, 0),
        "temperature": slider("temperature", 0.0, 2.0, 0.7, step=0.05),
        "step": slider("step", 1, LONGEST, begin),
    }
    name = "the text written so far, the states, and the likeliest next characters"
    shape = {"width": 780, "height": 345, "rows": 3, "name": name}
    return Panel(controls, compute, draw, say, play="step", pace=150, room=320, **shape)


def wrapped(text: str, width: int) -> list[str]:
    """Return text as lines of at most ``width`` characters: broken at newlines, then by force."""
    lines = []
    for line in text.split("\n"):
        lines += [line[i : i + width] for i in range(0, max(len(line), 1), width)]
    return lines


def _draw_text(axes, rows: int = 5):
    parts.blank(axes, spines=True, xlim=(0, 1), ylim=(0, 1))
    written = parts.note(axes, 0.01, 0.96, ha="left", va="top", linespacing=1.25, **MONO)

    def update(shown):
        lines = wrapped(shown["prompt"].lstrip("\n") + shown["text"] + "▌", WIDE)
        written("\n".join(lines[-rows:]))

    return update


def _draw_strip(axes, units: np.ndarray):
    n_a = len(units)
    labels = {"ylabel": "units, slowest on top", "xticks": [], "yticks": []}
    labels["title"] = "the states, and what was drawn from each"
    look = {"extent": (0, WINDOW, n_a - 0.5, -0.5)}
    states = parts.heat(axes, n_a, WINDOW, signed=True, look=look, **labels)
    drawn = parts.words_below(axes, np.arange(WINDOW) + 0.5, -0.02, **MONO)

    def update(shown):
        a, text = shown["a"][units, -WINDOW:], shown["text"][-WINDOW:]
        padded = np.zeros((n_a, WINDOW))
        padded[:, : a.shape[1]] = a
        states(padded)
        drawn([SHOWN.get(character, character) for character in text])

    return update


def _draw_guesses(axes, alphabet: str):
    """The likeliest next characters; the one drawn is hatched, and stands below if it is rare."""
    limits = {"xlim": (0, 1), "ylim": (GUESSES - 0.4, -0.6), "yticks": [], "xticks": [0, 1]}
    bars = parts.bars(axes, ["p"], range(GUESSES), horizontal=True, title="next", **limits)
    left = {"ha": "right", "transform": axes.get_yaxis_transform()}
    names = parts.words(axes, [-0.06] * GUESSES, range(GUESSES), **left, **MONO)

    def update(shown):
        p, picked = shown["p"], shown["picked"]
        best = [int(k) for k in np.argsort(-p, kind="stable")[:GUESSES]]
        best = best if picked in best else [*best[:-1], picked]
        bars(p[best], picked=best.index(picked))
        names([SHOWN.get(alphabet[k], alphabet[k]) for k in best])

    return update


# -- what was written -------------------------------------------------------------------------


def share_curves(
    temperatures: Sequence[float], shares: Mapping[str, Sequence[float]], real: float
) -> Picture:
    """Show shares of written names against temperature, and the plausible share of real names."""
    room = 0.05 * (temperatures[-1] - temperatures[0])
    look = {"xlim": (0, temperatures[-1] + room), "ylim": (0, 1.05), "grid": True}
    look |= {"xlabel": "temperature", "ylabel": "share of names"}
    with new_figure(760, 360, margins={"right": 215}) as (figure, axes):
        parts.lines(axes, shares, x=temperatures, marker=True)(shares)
        real_names = {"label": "plausible: real\nheld-out names", "color": INK, "linewidth": 2}
        parts.level(axes, real, **real_names)
        parts.set_axes(axes, legend=parts.beside(1.02, frameon=False), **look)
    ends = "; ".join(
        f"{name} goes from {share[0]:.2f} to {share[-1]:.2f} and is highest at "
        f"{temperatures[int(np.argmax(share))]:g}"
        for name, share in shares.items()
    )
    return Picture(
        figure,
        f"Shares of names, from temperature {temperatures[0]:g} to {temperatures[-1]:g}: {ends}. "
        f"Of the real held-out names {real:.2f} are plausible.",
    )


# -- what a unit tracks -----------------------------------------------------------------------


LINES, COLUMNS, LEAD = 7, 80, 400


def unit_over_text(
    reader: SequenceModel, passage: str, alphabet: str, feature: str = "quotation", unit: int = 0
) -> Panel:
    """Every character of a passage in the colour of one unit's state, and a feature beside it.

    ``feature`` and ``unit`` are where the controls start. The network reads anew at each move, from
    ``LEAD`` characters before the lines that are shown. Lines are cut after ``COLUMNS`` characters.
    Raise ValueError for a passage of fewer than ``LINES`` lines.
    """
    features, tokens = text_features(passage), data.to_tokens(passage, alphabet)
    starts = np.flatnonzero(np.r_[True, [c == "\n" for c in passage]])  # where a line begins
    if len(starts) <= LINES:
        raise ValueError(f"passage must have at least {LINES} lines, got {len(starts) - 1}")
    last = len(starts) - LINES

    def compute(feature, unit, line):
        begin, end = starts[line - 1], starts[line - 1 + LINES]
        lead = max(begin - LEAD, 0)
        a, _ = reader.cell.forward(tokens[lead:end, None])
        values, value = a[begin - lead :, unit, 0].astype(float), features[feature][begin:end]
        return {
            "feature": feature,
            "unit": unit,
            "line": line,
            "lines": passage[begin:end].split("\n")[:LINES],
            "a": values,
            "value": value / max(features[feature].max(), 1),
            "r": float(correlations(values[:, None], value)[0]),
        }

    def draw(axes):
        return parts.together(_draw_coloured(axes[0]), _draw_unit(axes[1]))

    def say(shown):
        a = shown["a"]
        return (
            f"Unit {shown['unit']} over the {len(a)} characters of lines {shown['line']} to "
            f"{shown['line'] + LINES - 1}, beside {shown['feature']}: the state goes from "
            f"{a.min():.3f} to {a.max():.3f}, with a mean of {a.mean():.3f}, and its correlation "
            f"with the feature is {shown['r']:+.2f} in these lines."
        )

    controls = {
        "feature": choice("feature", list(features), feature),
        "unit": slider("unit", 0, reader.cell.n_a - 1, int(unit)),
        "line": slider("from line", 1, last, max(1, 3 * last // 4)),
    }
    margins = {"left": 62, "right": 20, "top": 12, "bottom": 50, "row_gap": 26}
    shape = {"width": 805, "height": 400, "rows": 2, "height_ratios": [1.4, 1]}
    shape["name"] = "a text in the colours of one unit, and its state along the text"

    def same(axes, x, y, shown):
        """Return a character's place on the curve, or of a point of the curve in the text."""
        sizes = [len(line) + 1 for line in shown["lines"]]
        starts = np.cumsum([0, *sizes])
        if axes == 0:
            row, column = min(int(y), LINES - 1), int(x)
            at = starts[row] + column if column < sizes[row] else len(shown["a"])
            return [(1, at, shown["a"][at])] if at < len(shown["a"]) else []
        at = min(max(round(x), 0), len(shown["a"]) - 1)
        row = min(int(np.searchsorted(starts, at, side="right")) - 1, LINES - 1)
        return [(0, at - starts[row] + 0.5, row + 0.5)]

    return Panel(controls, compute, draw, say, links=same, **shape, margins=margins)


def _draw_coloured(axes):
    """Lines of text on the colours of the state; a bar below each character with the feature."""
    probe = axes.text(0, 0, "x" * COLUMNS, **MONO)
    figure, box = axes.figure, axes.get_position()
    wide = probe.get_window_extent(figure.canvas.get_renderer()).width / figure.bbox.width
    probe.remove()
    axes.set_position((box.x0, box.y0, wide, box.height))  # a column is as wide as a character
    look = {"cmap": PALE, "vmin": -1, "vmax": 1, "aspect": "auto"}
    image = axes.imshow(np.zeros((LINES, COLUMNS)), extent=(0, COLUMNS, LINES, 0), **look)
    look = parts.grown(color=on_map(INK), linewidth=2, solid_capstyle="butt")
    (bars,) = axes.plot([], [], **look)
    look = {"va": "center_baseline", "color": on_map(INK), **MONO}
    words = [axes.text(0, row + 0.46, "", **look) for row in range(LINES)]
    parts.blank(axes, xlim=(0, COLUMNS), ylim=(LINES, 0))

    def update(shown):
        colours, marked, done = np.full((LINES, COLUMNS), np.nan), [], 0
        for row, (word, line) in enumerate(zip(words, shown["lines"], strict=True)):
            here = slice(done, done + min(len(line) + 1, COLUMNS))  # its newline included
            colours[row, : here.stop - done] = shown["a"][here]
            marked += [(row, column) for column in np.flatnonzero(shown["value"][here] > 0.5)]
            word.set_text(line[:COLUMNS])
            done += len(line) + 1
        image.set_data(colours)
        x = [[c, c + 1, np.nan] for _, c in marked]  # NaN ends a bar
        y = [[row + 0.93] * 3 for row, _ in marked]
        bars.set_data(np.ravel(x), np.ravel(y))

    return update


def _draw_unit(axes):
    labels = {"a": "state of the unit", "value": "feature, as a share of its largest"}
    look = {"xlim": (0, LINES * COLUMNS), "ylim": (-1.1, 1.75), "yticks": [-1, 0, 1], "grid": "y"}
    look |= {"xlabel": "character", "legend": {"loc": "upper left", "ncols": 2}}
    lines = parts.lines(axes, labels, labels=labels, **look)
    return lambda shown: lines({k: (np.arange(len(shown[k])), shown[k]) for k in labels})
