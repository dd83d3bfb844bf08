"""The panels of ``08_sampling``: from scores to letters, writing, and what single units track."""

import re
from collections.abc import Mapping, Sequence

import ipywidgets
import numpy as np
from matplotlib.colors import LinearSegmentedColormap

from rnn_helpers import checks, data, sampling
from rnn_helpers.activations import softmax
from rnn_helpers.course.figures import (
    COLOURS,
    HATCHES,
    INK,
    Picture,
    line_style,
    new_figure,
    set_limits,
)
from rnn_helpers.course.panel import Panel, choice, slider
from rnn_helpers.models import SequenceModel

READ = [("(nothing yet)", ""), *((word, word) for word in ("ma", "mega", "q", "dinosau"))]
LETTERS = ["end", *data.ALPHABET[1:]]
MONO = {"fontfamily": "DejaVu Sans Mono", "parse_math": False}
WORD = r"[A-Za-z]{4,}"
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
        parts = [_draw_probabilities(axes[0]), _draw_stairs(axes[1])]
        return lambda shown: [part(shown) for part in parts]

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
    shape = {"width": 760, "height": 460, "rows": 2, "height_ratios": [1, 1.4]}
    margins = {"left": 85, "top": 12, "bottom": 48, "row_gap": 36}
    return Panel(controls, compute, draw, say, **shape, margins=margins)


def _letter_axis(axes) -> None:
    axes.set_xticks(range(27), list(data.ALPHABET))
    axes.set(xlim=(-0.7, 26.7))


def _top(p: np.ndarray) -> float:
    """Return one of a few heights that holds all of p: ticks are drawn anew only if it changes."""
    return next(top for top in (0.16, 0.32, 0.64, 1.02) if p.max() <= top)


def _draw_probabilities(axes):
    bars = axes.bar(range(27), np.zeros(27), color=COLOURS[0], ec="white")
    _letter_axis(axes)
    axes.set(ylim=(0, 1.02), ylabel="p")

    def update(shown):
        set_limits(axes, y=(0, _top(shown["p"])))
        for k, (bar, height) in enumerate(zip(bars, shown["p"], strict=True)):
            bar.set_height(height)
            bar.set_facecolor(COLOURS[1 if k == shown["picked"] else 0])
            bar.set_hatch("//" if k == shown["picked"] else "")

    return update


def _draw_stairs(axes):
    (stairs,) = axes.step([], [], where="post", **line_style(0))
    (level,) = axes.plot([], [], **line_style(1))
    name = axes.text(-0.6, 0, "u", va="bottom")
    (here,) = axes.plot([], [], "s", color=COLOURS[1], markersize=9)
    _letter_axis(axes)
    axes.set(ylim=(-0.03, 1.16), ylabel="running total", xlabel="letter (the full stop is the end)")
    axes.grid(True, axis="y")

    def update(shown):
        stairs.set_data(np.arange(-1, 28), np.r_[0, shown["total"], 1])  # letter k steps up at k
        picked, u = shown["picked"], shown["u"]
        level.set_data([-0.7, picked, picked], [u, u, -0.03])
        here.set_data([picked], [u])
        name.set_y(u + 0.02)

    return update


# -- temperature, top-k and top-p -------------------------------------------------------------


def reshaping(model: SequenceModel) -> Panel:
    """The distribution as the network gives it, and after temperature, top-k and top-p."""
    how = {"temperature": 1.0, "top_k": len(LETTERS), "top_p": 1.0}

    def compute(read, temperature, top_k, top_p):
        chosen = {"temperature": round(temperature, 2), "top_k": top_k, "top_p": round(top_p, 2)}
        z = _scores(model, read)
        both = [sampling.distribution(z, **each) for each in (how, chosen)]
        return {"read": read, "how": chosen, "p": [p[:, 0] for p in both]} | {
            "entropy": [float(sampling.entropy(p)[0]) for p in both],
            "left": int((both[1] > 0).sum()),
        }

    def draw(axes):
        groups = [
            axes.bar(
                np.arange(27) + shift, np.zeros(27), 0.42, label=label, color=COLOURS[i], ec="white"
            )
            for i, (label, shift) in enumerate({"before": -0.21, "after": 0.21}.items())
        ]
        for bar in groups[1]:
            bar.set_hatch(HATCHES[1])
        _letter_axis(axes)
        axes.set(ylim=(0, 1.02), ylabel="probability", xlabel="letter (the full stop is the end)")
        axes.legend(loc="upper right", ncols=2)
        note = axes.text(0.985, 0.84, "", ha="right", va="top", transform=axes.transAxes)

        def update(shown):
            set_limits(axes, y=(0, _top(np.stack(shown["p"]))))
            for group, p in zip(groups, shown["p"], strict=True):
                for bar, height in zip(group, p, strict=True):
                    bar.set_height(height)
            before, after = shown["entropy"]
            note.set_text(
                f"entropy {before:.2f} → {after:.2f} nats\n"
                f"as hard as {np.exp(before):.1f} → {np.exp(after):.1f} equal ones\n"
                f"letters left: {shown['left']} of 27"
            )

        return update

    def say(shown):
        before, after = shown["entropy"]
        chosen, best = shown["how"], int(shown["p"][1].argmax())
        return (
            f"After {shown['read'] or 'the start token alone'}, with temperature "
            f"{chosen['temperature']:.2f}, top-k {chosen['top_k']} and top-p "
            f"{chosen['top_p']:.2f}: the entropy goes from {before:.2f} to {after:.2f} nats, "
            f"{shown['left']} of 27 tokens are left, and the likeliest, {LETTERS[best]}, goes from "
            f"{shown['p'][0][best]:.3f} to {shown['p'][1][best]:.3f}."
        )

    controls = {
        "read": choice("read so far", READ),
        "temperature": slider("temperature", 0.0, 3.0, 1.0, step=0.05),
        "top_k": slider("top-k", 1, len(LETTERS), len(LETTERS)),
        "top_p": slider("top-p", 0.05, 1.0, 1.0, step=0.05),
    }
    margins = {"left": 78, "top": 14, "bottom": 52}
    return Panel(controls, compute, draw, say, width=760, height=380, margins=margins)


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
        walk = sampling.steps(reader, rng, 1, int(first), rest, temperature=temperature)
        taken = [
            (s.token[0], s.p[:, 0], reader.cell.a_of(s.state)[:, 0]) for s in _first(walk, step)
        ]
        return tuple(np.array(part) for part in zip(*taken))

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
    shown_units = slowest_first(a)[:: max(1, reader.cell.n_a // ROWS)]

    def draw(axes):
        text, strip, guesses = axes
        parts = [_draw_text(text), _draw_strip(strip, shown_units)]
        parts += [_draw_guesses(guesses, alphabet)]
        strip.set_position((0.09, 0.095, 0.65, 0.5))
        guesses.set_position((0.83, 0.095, 0.15, 0.5))
        text.set_position((0.02, 0.66, 0.96, 0.32))
        return lambda shown: [part(shown) for part in parts]

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

    shown_prompts = [("".join(SHOWN.get(c, c) for c in prompt), prompt) for prompt in prompts]
    controls = {
        "prompt": choice("prompt", shown_prompts),
        "seed": slider("seed", 0, 20, 0),
        "temperature": slider("temperature", 0.0, 2.0, 0.7, step=0.05),
        "step": slider("step", 1, LONGEST, begin),
    }
    panel = Panel(controls, compute, draw, say, width=780, height=520, rows=3)
    play = ipywidgets.Play(min=1, max=LONGEST, value=begin, interval=150, tooltip="write by itself")
    ipywidgets.jslink((play, "value"), (controls["step"], "value"))
    row = panel.children[0]
    row.children = (*row.children, play)
    return panel


def _first(walk, count: int):
    return [step for _, step in zip(range(count), walk)]


def slowest_first(a: np.ndarray) -> np.ndarray:
    """Return the units in order of their mean change from step to step, against their spread.

    a is (T, n_a). A unit that holds its value for long comes early.
    """
    change = np.abs(np.diff(a, axis=0)).mean(axis=0)
    return np.argsort(change / np.maximum(a.std(axis=0), 1e-9), kind="stable")


def wrapped(text: str, width: int) -> list[str]:
    """Return text as lines of at most ``width`` characters: broken at newlines, then by force."""
    lines = []
    for line in text.split("\n"):
        lines += [line[i : i + width] for i in range(0, max(len(line), 1), width)]
    return lines


def _draw_text(axes, rows: int = 7):
    axes.set(xticks=[], yticks=[], xlim=(0, 1), ylim=(0, 1))
    axes.spines[:].set_visible(True)
    words = axes.text(0.01, 0.96, "", ha="left", va="top", linespacing=1.25, **MONO)

    def update(shown):
        lines = wrapped(shown["prompt"].lstrip("\n") + shown["text"] + "▌", WIDE)
        words.set_text("\n".join(lines[-rows:]))

    return update


def _draw_strip(axes, units: np.ndarray):
    n_a = len(units)
    look = {"aspect": "auto", "vmin": -1, "vmax": 1, "extent": (0, WINDOW, n_a - 0.5, -0.5)}
    image = axes.imshow(np.zeros((n_a, WINDOW)), **look)
    axes.set(xticks=[], yticks=[], ylim=(n_a - 0.5, -0.5))
    axes.set_ylabel("units, the slowest on top")
    axes.set_title("the states, and what was drawn from each")
    place = axes.get_xaxis_transform()
    below = [
        axes.text(t + 0.5, -0.02, "", ha="center", va="top", transform=place, **MONO)
        for t in range(WINDOW)
    ]

    def update(shown):
        a, text = shown["a"][units, -WINDOW:], shown["text"][-WINDOW:]
        padded = np.zeros((n_a, WINDOW))
        padded[:, : a.shape[1]] = a
        image.set_data(padded)
        for t, word in enumerate(below):
            word.set_text(SHOWN.get(text[t], text[t]) if t < len(text) else "")

    return update


def _draw_guesses(axes, alphabet: str):
    """The likeliest next characters; the one drawn is hatched, and stands below if it is rare."""
    places = np.arange(GUESSES)
    bars = axes.barh(places, np.zeros(GUESSES), color=COLOURS[0], ec="white")
    names = [
        axes.text(
            -0.06, y, "", ha="right", va="center", **MONO, transform=axes.get_yaxis_transform()
        )
        for y in places
    ]
    axes.set(xlim=(0, 1), ylim=(GUESSES - 0.4, -0.6), yticks=[], xticks=[0, 1])
    axes.set_title("next")

    def update(shown):
        p, picked = shown["p"], shown["picked"]
        best = [int(k) for k in np.argsort(-p, kind="stable")[:GUESSES]]
        best = best if picked in best else [*best[:-1], picked]
        for bar, name, k in zip(bars, names, best, strict=True):
            bar.set_width(p[k])
            bar.set_facecolor(COLOURS[1 if k == picked else 0])
            bar.set_hatch("//" if k == picked else "")
            name.set_text(SHOWN.get(alphabet[k], alphabet[k]))

    return update


# -- what was written -------------------------------------------------------------------------


def words_and_lines(text: str, reading: str) -> tuple[float, float]:
    """Return which share of the words of ``text`` stands in ``reading``, and of its lines is long.

    Words are runs of four letters or more; long are lines of more than 79 characters. A text
    without words has a share of 0.
    """
    known = set(re.findall(WORD, reading))
    words = [word in known for word in re.findall(WORD, text)]
    return float(np.mean(words or [0])), float(
        np.mean([len(line) > 79 for line in text.split("\n")])
    )


def share_curves(
    temperatures: Sequence[float], shares: Mapping[str, Sequence[float]], real: float
) -> Picture:
    """Show shares of written names against temperature, and the plausible share of real names."""
    with new_figure(760, 360, margins={"right": 215}) as (figure, axes):
        for i, (name, share) in enumerate(shares.items()):
            axes.plot(temperatures, share, label=name, **line_style(i, marker=True))
        axes.axhline(real, color=INK, linestyle=":", label="plausible: real\nheld-out names")
        axes.set(ylim=(0, 1.05), xlabel="temperature", ylabel="share of names")
        axes.set_xlim(left=0)
        axes.grid(True)
        axes.legend(loc="center left", bbox_to_anchor=(1.02, 0.5), frameon=False)
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


def loop_length(text: str) -> int:
    """Return the length of the stretch that ``text`` repeats at its end, 0 if there is none.

    It must be shorter than 100 characters, come three times or more, and fill 60 characters.
    """
    repeats = (n for n in range(1, 100) if text.endswith(text[-n:] * max(3, -(-60 // n))))
    return next(repeats, 0)


# -- what a unit tracks -----------------------------------------------------------------------


def count_since(mark: np.ndarray, counted: np.ndarray) -> np.ndarray:
    """Return the sum of ``counted`` (T,) since ``mark`` (T,) was last True, (T,).

    The step of the mark itself is left out, so the sum is 0 there. Before the first mark it is the
    sum from step 1 on.
    """
    steps, total = np.arange(len(mark)), np.cumsum(counted)
    last = np.maximum.accumulate(np.where(mark, steps, -1))
    return total - np.where(last < 0, 0, total[last])


def text_features(text: str) -> dict[str, np.ndarray]:
    """Return what a unit might track at each character of ``text``, each (T,).

    place      characters since the last newline
    word       letters since the word began
    quotation  1 inside a pair of double quotes, 0 outside
    bracket    1 inside round brackets
    indented   1 in a line that begins with a space

    A blank line ends every quotation and bracket. All look back only: what a feature is at a
    character depends on the text up to that character.
    """
    chars = np.array(list(text))
    newline, letter = chars == "\n", np.char.isalnum(chars) | (chars == "_")
    blank = newline & np.r_[False, newline[:-1]]
    one = np.ones(len(chars), int)
    place, brackets = count_since(newline, one), (chars == "(").astype(int) - (chars == ")")
    found = {
        "place": place,
        "word": count_since(~letter, one),
        "quotation": count_since(blank, chars == '"') % 2,
        "bracket": count_since(blank, brackets) > 0,
        "indented": count_since(newline, (place == 1) & (chars == " ")),
    }
    return {name: feature.astype(float) for name, feature in found.items()}


def correlations(a: np.ndarray, f: np.ndarray) -> np.ndarray:
    """Return the correlation of each unit with a feature over time, (n_a,)::

        r_i = mean((a_i - mean a_i) (f - mean f)) / (std a_i std f)

    a is (T, n_a) and f (T,). Where the unit or the feature never changes, r is 0. For a feature
    that is 1 or 0 it is the point-biserial correlation. Source: Pearson (1895).
    """
    a = checks.array("a", a, "T n_a", {}, np.dtype(float))
    f = checks.array("f", f, "T", {"T": len(a)}, np.dtype(float))
    covariance = (a - a.mean(axis=0)).T @ (f - f.mean()) / len(f)
    spread = a.std(axis=0) * f.std()
    return np.where(spread > 1e-12, covariance / np.maximum(spread, 1e-12), 0.0)


def read_held(
    model: SequenceModel, x: np.ndarray, unit: int | None = None, values: np.ndarray | None = None
) -> np.ndarray:
    """Read tokens x (T, m) and return ŷ (T, n_y, m), with one unit of the state held.

    After every step a⟨t⟩ of ``unit`` is set to its entry of ``values`` (n_a,), before the output
    layer and the next step see it. Without ``unit`` nothing is held.
    """
    state, found = None, []
    for x_t in x:
        _, state = model.cell.step(x_t, state)
        a_t = model.cell.a_of(state)  # (n_a, m), a part of the state and not a copy
        if unit is not None:
            a_t[unit] = values[unit]
        found.append(softmax(model.params["Wya"] @ a_t + model.params["by"]))
    return np.array(found)


LINES, COLUMNS, LEAD = 7, 80, 400
PALE = LinearSegmentedColormap.from_list("pale", ["#7aa6e8", "#ffffff", "#f0a35e"])


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
        parts = [_draw_coloured(axes[0]), _draw_unit(axes[1])]
        return lambda shown: [part(shown) for part in parts]

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
    margins = {"left": 62, "right": 20, "top": 12, "bottom": 50, "row_gap": 34}
    shape = {"width": 805, "height": 440, "rows": 2, "height_ratios": [1.3, 1]}
    return Panel(controls, compute, draw, say, **shape, margins=margins)


def _draw_coloured(axes):
    """Lines of text on the colours of the state; a bar below each character with the feature."""
    probe = axes.text(0, 0, "x" * COLUMNS, **MONO)
    figure, box = axes.figure, axes.get_position()
    wide = probe.get_window_extent(figure.canvas.get_renderer()).width / figure.bbox.width
    probe.remove()
    axes.set_position((box.x0, box.y0, wide, box.height))  # a column is as wide as a character
    look = {"cmap": PALE, "vmin": -1, "vmax": 1, "aspect": "auto"}
    image = axes.imshow(np.zeros((LINES, COLUMNS)), extent=(0, COLUMNS, LINES, 0), **look)
    (bars,) = axes.plot([], [], color=INK, linewidth=2, solid_capstyle="butt")
    words = [axes.text(0, row + 0.46, "", va="center_baseline", **MONO) for row in range(LINES)]
    axes.set(xlim=(0, COLUMNS), ylim=(LINES, 0), xticks=[], yticks=[])

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
    longest = LINES * COLUMNS
    (unit,) = axes.plot([], [], label="state of the unit", **line_style(0))
    (feature,) = axes.plot([], [], label="feature, as a share of its largest", **line_style(1))
    axes.set(xlim=(0, longest), ylim=(-1.1, 1.75), xlabel="character", yticks=[-1, 0, 1])
    axes.grid(True, axis="y")
    axes.legend(loc="upper left", ncols=2)

    def update(shown):
        for line, values in ((unit, shown["a"]), (feature, shown["value"])):
            line.set_data(np.arange(len(values)), values)

    return update
