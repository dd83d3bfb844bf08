"""The panels of ``09_sequence_types``: wirings, verdicts word by word, tunes, and dates."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from textwrap import dedent

import ipywidgets
import numpy as np
from matplotlib.collections import PolyCollection

from rnn_helpers.activations import sigmoid, softmax
from rnn_helpers.audio import render, wav_bytes
from rnn_helpers.course.figures import COLOURS, INK, Picture, drawable, line_style, new_figure
from rnn_helpers.course.map import Table
from rnn_helpers.course.panel import LABEL, Panel, choice, slider
from rnn_helpers.data import dates, melodies, names_in_text, phrases, to_text, to_tokens
from rnn_helpers.data.melodies import NOTE_TOKENS, Melody, Note
from rnn_helpers.models import EncoderDecoder, SequenceModel
from rnn_helpers.sampling import sample, translate
from rnn_helpers.training import pad

# -- the wirings --------------------------------------------------------------------------------

# The five loops. ``step(x_t, a)`` returns the next state and ``read(a)`` an output. They run with
# arrays as well as with the nodes of ``traced``, which note what was wired to what.


def one_to_one(x, step, read, a):
    a = step(x[0], a)
    return [read(a)]


def many_to_one(x, step, read, a):
    for x_t in x:
        a = step(x_t, a)
    return [read(a)]


def many_to_many(x, step, read, a):
    y = []
    for x_t in x:
        a = step(x_t, a)
        y.append(read(a))
    return y


def one_to_many(x, step, read, a, T_y):
    y, last = [], x[0]
    for _ in range(T_y):
        a = step(last, a)
        last = read(a)
        y.append(last)
    return y


def encoder_decoder(x, step, read, a, T_y, encode, start):
    for x_t in x:
        a = encode(x_t, a)
    return one_to_many([start], step, read, a, T_y)


LOOPS = {
    "one to one": one_to_one,
    "one to many": one_to_many,
    "many to one": many_to_one,
    "many to many, equal lengths": many_to_many,
    "many to many, different lengths": encoder_decoder,
}
LONGEST = 5


@dataclass(frozen=True, eq=False)
class Node:
    """Something a loop has read or made: its kind ("x", "start", "0", "cell", "encoder", "decoder"
    or "ŷ"), its number among its kind, and what it was made from.
    """

    kind: str
    number: int
    parents: tuple["Node", ...] = ()

    def past(self) -> set["Node"]:
        """Return this node and all that it depends on."""
        return {self}.union(*(parent.past() for parent in self.parents))


def traced(name: str, T_x: int, T_y: int) -> list[Node]:
    """Run a loop of ``LOOPS`` with nodes in the place of numbers; return all nodes, in order.

    Where a type fixes T_x or T_y, the argument is not looked at.
    """
    nodes: list[Node] = []

    def node(kind: str, *parents: Node) -> Node:
        nodes.append(Node(kind, 1 + sum(one.kind == kind for one in nodes), parents))
        return nodes[-1]

    def step(kind: str) -> Callable:
        return lambda x_t, a: node(kind, x_t, a)

    loop, two = LOOPS[name], LOOPS[name] is encoder_decoder
    x = [node("x") for _ in range(1 if name.startswith("one") else T_x)]
    more = {"T_y": T_y} if two or loop is one_to_many else {}
    if two:
        more |= {"encode": step("encoder"), "start": node("start")}
    loop(x, step("decoder" if two else "cell"), lambda a: node("ŷ", a), node("0"), **more)
    return nodes


def wiring() -> Panel:
    """Choose a type: what its loop reads and gives, and what one output has seen."""

    def compute(kind, T_x, T_y, t):
        nodes = traced(kind, T_x, T_y)
        outputs = [node for node in nodes if node.kind == "ŷ"]
        chosen = outputs[min(t, len(outputs)) - 1]
        return {"kind": kind, "nodes": nodes, "chosen": chosen, "past": chosen.past()}

    def draw(axes):
        parts = [_draw_wires(axes[0]), _draw_code(axes[1])]
        return lambda shown: [part(shown) for part in parts]

    def say(shown):
        count = {kind: _of(shown["nodes"], kind) for kind in ("x", "ŷ")}
        steps = [node for node in shown["nodes"] if _is_step(node)]
        seen = [_name(node) for node in shown["nodes"] if node in shown["past"]]
        seen = [name for name in seen if _is_read(name) and name != _name(shown["chosen"])]
        who = "Two cells take" if shown["kind"].endswith("different lengths") else "One cell takes"
        return (
            f"{shown['kind'].capitalize()}: {_count(len(count['x']), 'input')}, "
            f"{_count(len(count['ŷ']), 'output')}. {who} {_count(len(steps), 'step')}. "
            f"{_name(shown['chosen'])} depends on {', '.join(seen)}, and on nothing else that is "
            "read or written."
        )

    controls = {
        "kind": choice("type", list(LOOPS), "many to many, different lengths"),
        "T_x": slider("inputs, T_x", 1, LONGEST, 4),
        "T_y": slider("outputs, T_y", 1, LONGEST, 3),
        "t": slider("look back from ŷ⟨t⟩, t", 1, LONGEST, 2),
    }
    shape = {"width": 780, "height": 470, "rows": 2, "height_ratios": [1.75, 1]}
    margins = {"left": 20, "right": 20, "top": 10, "bottom": 10, "row_gap": 14}
    return Panel(controls, compute, draw, say, **shape, margins=margins)


def _of(nodes: Sequence[Node], kind: str) -> list[Node]:
    return [node for node in nodes if node.kind == kind]


def _is_step(node: Node) -> bool:
    return node.kind in ("cell", "encoder", "decoder")


def _is_read(name: str) -> bool:
    """Say whether a node stands in the picture's row of inputs or of outputs."""
    return name[0] in "xŷ" or name == "start"


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"


def _name(node: Node) -> str:
    return f"{node.kind}⟨{node.number}⟩" if node.kind in ("x", "ŷ") else node.kind


COLUMNS = 2 * LONGEST
ROWS = {"in": 0.0, "cell": 1.0, "out": 2.0}
KEPT, PALE = 1.0, 0.22  # what the chosen output has seen, and all the rest


def _draw_wires(axes):
    axes.set(xlim=(-0.3, COLUMNS + 0.6), ylim=(-0.75, 2.35), xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    for y, word in ((ROWS["in"], "in"), (ROWS["out"], "out")):
        axes.text(-0.25, y, word, ha="left", va="center", style="italic")
    columns = [_column(axes, k) for k in range(1, COLUMNS + 1)]
    axes.text(0.02, ROWS["cell"], "a⟨0⟩", ha="center", va="center")

    def update(shown):
        steps = [node for node in shown["nodes"] if _is_step(node)]
        out = {node.parents[0]: node for node in shown["nodes"] if node.kind == "ŷ"}
        for k, parts in enumerate(columns):
            _set_column(parts, steps[k] if k < len(steps) else None, out, shown["past"])

    return update


def _column(axes, k: int) -> dict[str, object]:
    """Make all that may stand at step k: box, words, and the wires that lead to it."""
    box = axes.bar(k, 0.62, 0.56, bottom=0.69, edgecolor=INK)[0]
    words = {
        name: axes.text(k, y, "", ha="center", va="center", parse_math=False)
        for name, y in (*ROWS.items(), ("who", -0.55))
    }
    wires = {
        "from a": _wire(axes, [k - 0.7, k - 0.34], [1, 1], ">"),
        "from x": _wire(axes, [k, k], [0.2, 0.62], "^"),
        "to y": _wire(axes, [k, k], [1.33, 1.75], "^"),
        "back": _wire(
            axes, [k - 0.78, k - 0.5, k - 0.5, k, k], [2, 2, 0.3, 0.3, 0.62], "^", line_style(1)
        ),
    }
    return {"box": box, **words, **wires}


def _wire(axes, x, y, head, look=None):
    look = look or {"color": INK, "linestyle": "-"}
    (line,) = axes.plot(x, y, **look, marker=head, markevery=[-1], markersize=7)
    return line


def _set_column(parts, step: Node | None, out: Mapping[Node, Node], past: set[Node]) -> None:
    for part in parts.values():
        part.set_visible(False)
    if step is None:
        return
    (read, _), given = step.parents, out.get(step)
    parts["box"].set_facecolor(COLOURS[{"cell": 0, "encoder": 2, "decoder": 0}[step.kind]])
    parts["box"].set_hatch("//" if step.kind == "encoder" else "")
    parts["cell"].set_text(f"{step.number}")
    parts["cell"].set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 2})
    parts["who"].set_text(step.kind)
    shown = {"box": step, "cell": step, "who": step, "from a": step}
    if read.kind == "ŷ":
        shown["back"] = step
    else:
        parts["in"].set_text(_name(read))
        shown |= {"in": read, "from x": step}
    if given:
        parts["out"].set_text(_name(given))
        shown |= {"out": given, "to y": given}
    for name, node in shown.items():
        parts[name].set_visible(True)
        parts[name].set_alpha(KEPT if node in past else PALE)


def _draw_code(axes):
    axes.set(xticks=[], yticks=[], xlim=(0, 1), ylim=(0, 1))
    axes.spines[:].set_visible(True)
    code = axes.text(0.015, 0.93, "", va="top", family="DejaVu Sans Mono", parse_math=False)
    return lambda shown: code.set_text(dedent(inspect.getsource(LOOPS[shown["kind"]])).rstrip())


# -- a sentence, read word by word --------------------------------------------------------------

READ, SHOWN, WIDEST = 200, 14, 13  # words that are read, words that are shown, letters of each


@dataclass(frozen=True)
class BagOfWords:
    """A logistic regression on the counts of the words: ŷ = σ(w · counts + b). w is (1, n_x)."""

    w: np.ndarray
    b: float

    def after_each(self, tokens: np.ndarray) -> np.ndarray:
        """Return ŷ after each of the tokens (T,), (T,)."""
        return sigmoid(np.cumsum(self.w[0, tokens]) + self.b)


def scores_after(model: SequenceModel, tokens: np.ndarray) -> np.ndarray:
    """Return the probability of class 1 after each of the tokens (T,), (T,): as if it ended there.

    Works for a model that reads every step, and for one that reads the last state.
    """
    a, _ = model.cell.forward(tokens[:, None])
    return softmax(model.params["Wya"] @ a + model.params["by"])[:, 1, 0].astype(float)


def verdict(sentiment: SequenceModel, bag: BagOfWords) -> Panel:
    """Type a review: how likely it is a good one, after each word, beside a bag of words."""

    def compute(sentence):
        words = phrases.words_of(sentence)[:READ]
        tokens = phrases.to_tokens(words)
        if not words:
            return {"words": [], "curves": [np.zeros(0)] * 2, "known": np.zeros(0, bool)}
        curves = [scores_after(sentiment, tokens), bag.after_each(tokens)]
        return {"words": _shortened(words), "curves": curves, "known": tokens > 0}

    def say(shown):
        if not shown["words"]:
            return "No word has been typed yet, so there is nothing to judge."
        network, counted = (curve[-1] for curve in shown["curves"])
        return (
            f"{_read_out(shown)} After the last word the network gives {network:.2f} for a good "
            f"review, the bag of words {counted:.2f}."
        )

    labels = ("network", "bag of words")
    return _typed(compute, labels, "probability: good", "the bread was not good", say)


def tags(tagger: SequenceModel) -> Panel:
    """Type a sentence: for each word, how likely it is part of a person's name."""

    def compute(sentence):
        words = names_in_text.words_of(sentence)[:READ]
        tokens = names_in_text.to_tokens(words)
        curves = [scores_after(tagger, tokens) if words else np.zeros(0)]
        return {"words": _shortened(words), "curves": curves, "known": tokens > 0}

    def say(shown):
        if not shown["words"]:
            return "No word has been typed yet, so there is nothing to tag."
        named = [w for w, p in zip(shown["words"], shown["curves"][0]) if p > 0.5]
        return f"{_read_out(shown)} Tagged as a name: {', '.join(named[-SHOWN:]) or 'none'}."

    start = "people say mister frank lives next door"
    return _typed(compute, ("network",), "probability: a name", start, say)


def _typed(compute, labels: Sequence[str], y_label: str, start: str, say) -> Panel:
    text = ipywidgets.Text(value=start, description="sentence", style=LABEL)
    text.layout.width = "640px"

    def draw(axes):
        return _draw_words(axes, labels, y_label)

    margins = {"left": 75, "top": 44, "bottom": 118}
    return Panel({"sentence": text}, compute, draw, say, width=780, height=370, margins=margins)


def _read_out(shown) -> str:
    """Say the words that are shown, each with its scores."""
    words, known = shown["words"], shown["known"]
    first = max(len(words) - SHOWN, 0)
    parts = []
    for k in range(first, len(words)):
        scores = " and ".join(f"{curve[k]:.2f}" for curve in shown["curves"])
        parts.append(f"{words[k]}{'' if known[k] else ' (unknown)'} {scores}")
    before = f" (the last {SHOWN} of them)" if first else ""
    return f"{_count(len(words), 'word')}{before}: {', '.join(parts)}."


def _draw_words(axes, labels: Sequence[str], y_label: str):
    bars = axes.bar(range(SHOWN), np.zeros(SHOWN), 0.7, bottom=0.5, color=COLOURS[0], ec=INK)
    bars[0].set_label(labels[0])
    look = line_style(1, marker=True)
    lines = [axes.plot([], [], label=label, **look)[0] for label in labels[1:]]
    axes.axhline(0.5, color="#888888", linewidth=1, linestyle=":")
    axes.set(xlim=(-0.6, SHOWN - 0.4), ylim=(-0.02, 1.02), xticks=[], ylabel=y_label)
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, borderaxespad=0.3)
    below = {"rotation": 45, "ha": "right", "va": "top", "rotation_mode": "anchor"}
    place = axes.get_xaxis_transform()
    words = [
        axes.text(k + 0.2, -0.04, "", transform=place, parse_math=False, **below)
        for k in range(SHOWN)
    ]

    def update(shown):
        first = max(len(shown["words"]) - SHOWN, 0)
        here = shown["words"][first:]
        for k, (bar, word) in enumerate(zip(bars, words, strict=True)):
            score = shown["curves"][0][first + k] if k < len(here) else 0.5
            bar.set_visible(k < len(here))
            bar.set_height(score - 0.5)
            bar.set_hatch("//" if score < 0.5 else "")
            word.set_text(_label(here[k], shown["known"][first + k]) if k < len(here) else "")
        for line, curve in zip(lines, shown["curves"][1:], strict=True):
            line.set_data(np.arange(len(here)), curve[first:])

    return update


def _shortened(words: Sequence[str]) -> list[str]:
    return [word if len(word) <= WIDEST else word[: WIDEST - 1] + "…" for word in words]


def _label(word: str, known: bool) -> str:
    """Return a word as it stands below the picture; a question mark says that it is unknown."""
    return drawable(word) if known else drawable(word) + " ?"


# -- tunes --------------------------------------------------------------------------------------

METRES = ((3, 4), (4, 4), (6, 8))  # token len(NOTE_TOKENS) + k asks for METRES[k]
TEMPO, RATE = 132, 11025  # beats a minute, samples a second
MOST_NOTES, SAME = 48, 6  # SAME notes in a row, found in a training tune, count as copied
PITCHES = [note.pitch for note in NOTE_TOKENS if note.pitch]
PITCH_TICKS = [pitch for pitch in range(min(PITCHES), max(PITCHES) + 1) if pitch % 12 in (0, 7)]


def on_bar_lines(notes: Sequence[Note], beats: float) -> float:
    """Return the share of bar lines at which a note begins, for bars of so many beats.

    The first bar line is put where that share is largest, for nobody has told where it is. Raise
    ValueError if there are no two bars.
    """
    starts = np.cumsum([0.0, *(note.beats for note in notes)])
    if starts[-1] < 2 * beats:
        raise ValueError(f"notes must fill two bars of {beats} beats, got {starts[-1]:g} beats")
    firsts = np.arange(0, beats, 0.5)
    return max(float(np.isin(np.arange(f, starts[-1], beats), starts).mean()) for f in firsts)


def piano_roll(tunes: Mapping[str, Sequence[Note]]) -> Picture:
    """Show tunes below each other: pitch upwards, time to the right, a bar for each note."""
    shape = {"rows": len(tunes), "margins": {"left": 60, "row_gap": 80}}
    with new_figure(780, 60 + 200 * len(tunes), **shape) as (figure, axes):
        for one, (title, notes) in zip(np.ravel(axes), tunes.items(), strict=True):
            _draw_roll(one)({"notes": notes, "copied": np.zeros(len(notes), bool)})
            one.set_title(title)
    said = (
        f"{title}: {len(notes)} notes, {sum(note.beats for note in notes):g} beats, starting "
        f"{melodies.write_notes(notes[:6])}"
        for title, notes in tunes.items()
    )
    return Picture(figure, "; ".join(said) + ".")


def _draw_roll(axes, longest: float = 48):
    looks = ({"facecolor": COLOURS[0]}, {"facecolor": COLOURS[1], "hatch": "////"})
    bars = [PolyCollection([], edgecolor=INK, linewidth=0.8, **look) for look in looks]
    for bar, label in zip(bars, ("new", f"copied: {SAME} notes or more"), strict=True):
        axes.add_collection(bar, autolim=False)
        bar.set_label(label)
    axes.set(xlim=(0, longest), ylim=(min(PITCHES) - 1, max(PITCHES) + 1), xlabel="beat")
    names = [melodies.write_notes([Note(pitch, 1)]) for pitch in PITCH_TICKS]
    axes.set_yticks(PITCH_TICKS, names)
    axes.set_xticks(np.arange(0, longest + 1, 4))
    axes.grid(True)

    def update(shown):
        starts = np.cumsum([0.0, *(note.beats for note in shown["notes"])])
        boxes = [
            (bool(copied), _box(start, note))
            for start, note, copied in zip(starts, shown["notes"], shown["copied"])
            if note.pitch is not None
        ]
        for kind, bar in enumerate(bars):
            bar.set_verts([box for copied, box in boxes if copied == bool(kind)])

    return update


def _box(start: float, note: Note) -> list[tuple[float, float]]:
    left, right, low, high = start, start + note.beats, note.pitch - 0.5, note.pitch + 0.5
    return [(left, low), (right, low), (right, high), (left, high)]


def copied_notes(tokens: np.ndarray, tunes: Sequence[np.ndarray], n: int = SAME) -> np.ndarray:
    """Return which notes of a tune lie in a window of n that occurs in ``tunes``, (T,)."""
    if len(tokens) < n:
        return np.zeros(len(tokens), bool)
    return np.convolve(melodies.copied_windows(tokens, tunes, n), np.ones(n)) > 0.5


def composing(composer: SequenceModel, tunes: Sequence[Melody]) -> Panel:
    """A tune for a metre, a temperature and a seed, beside the training tune it copies most from.

    A copied note is one in a row of ``SAME`` or more that a training tune has too. Below the
    picture, which ends at beat 48, stands a player with the sound.
    """
    known = [melodies.to_note_tokens(tune) for tune in tunes]

    def compute(metre, temperature, seed):
        temperature, start = round(temperature, 2), len(NOTE_TOKENS) + METRES.index(metre)
        how = {"start": start, "longest": MOST_NOTES, "temperature": temperature}
        (drawn,) = sample(composer, np.random.default_rng(seed), **how)
        tokens = drawn[drawn < len(NOTE_TOKENS)]  # an untrained network may write a metre
        overlap = [copied_notes(tokens, [tune]).sum() for tune in known]
        nearest = int(np.argmax(overlap))
        return {
            "setting": f"{metre[0]}/{metre[1]}, temperature {temperature:.2f}, seed {seed}",
            "new": {"notes": melodies.to_notes(tokens), "copied": copied_notes(tokens, known)},
            "old": {
                "notes": tunes[nearest].notes,
                "copied": copied_notes(known[nearest], [tokens]) if overlap[nearest] else [0] * 99,
            },
            "title": tunes[nearest].title,
            "overlap": int(overlap[nearest]),
            "shares": {n: _share(tokens, known, n) for n in (4, 6, 8)},
        }

    def draw(axes):
        parts = [_draw_roll(axes[0]), _draw_roll(axes[1])]
        axes[0].set_xlabel("")
        axes[0].legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, borderaxespad=0.3)
        titles = [_above(one) for one in axes]

        def update(shown):
            for part, name in zip(parts, ("new", "old"), strict=True):
                part(shown[name])
            titles[0].set_text("composed")
            titles[1].set_text(f"in training: {shown['title']}")

        return update

    def say(shown):
        notes, shares = shown["new"]["notes"], shown["shares"]
        beats = sum(note.beats for note in notes)
        return (
            f"{shown['setting']}: {_count(len(notes), 'note')}, {beats:g} beats. Of its windows, "
            f"{shares[4]:.0%} of 4 notes, {shares[6]:.0%} of 6 and {shares[8]:.0%} of 8 occur in a "
            f"training tune. Most shared notes: {shown['overlap']}, with {shown['title']}."
        )

    controls = {
        "metre": choice("metre", [(f"{above}/{below}", (above, below)) for above, below in METRES]),
        "temperature": slider("temperature", 0.2, 2.0, 1.0, step=0.1),
        "seed": slider("seed", 0, 30, 3),
    }
    margins = {"left": 60, "right": 20, "top": 40, "bottom": 52, "row_gap": 62}
    shape = {"width": 780, "height": 470, "rows": 2}
    panel = Panel(controls, compute, draw, say, **shape, margins=margins)
    return _with_sound(panel)


def _share(tokens: np.ndarray, known: Sequence[np.ndarray], n: int) -> float:
    return melodies.copied_share(tokens, known, n) if len(tokens) >= n else 0.0


def _above(axes):
    place = {"transform": axes.transAxes, "ha": "left", "va": "bottom"}
    return axes.text(0, 1.02, "", parse_math=False, **place)


def _with_sound(panel: Panel) -> Panel:
    """Put a player below the picture that follows it."""
    player = ipywidgets.Audio(format="wav", autoplay=False, loop=False)

    def follow(change: object = None) -> None:
        notes = panel._data["new"]["notes"]
        sounding = notes or [(None, 1)]  # a tune that ended at once is a rest
        player.value = wav_bytes(render(sounding, TEMPO, RATE), RATE)

    panel.children = (*panel.children, player)
    panel.picture.observe(follow, names="frame")
    follow()
    return panel


# -- dates --------------------------------------------------------------------------------------

MOST_SIGNS, PLACES = 40, 12  # signs that are read of a date, and written of its standard form
SIGNS = ["end", *dates.ISO_ALPHABET[1:]]


@dataclass(frozen=True)
class Written:
    """What a translator made of a date: the signs it read, and p (n_y, T_y) of what it wrote."""

    read: str
    p: np.ndarray
    tokens: list[int] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What was written, up to the end."""
        return to_text([k for k in self.tokens if k], dates.ISO_ALPHABET)


def read_date(text: str) -> str:
    """Return of a text what a translator can read: lower case, signs it knows, not too long."""
    spaced = " ".join(text.lower().split())
    return "".join(c for c in spaced if c in dates.WRITTEN_ALPHABET[1:])[:MOST_SIGNS]


def written(translator: EncoderDecoder, text: str) -> Written:
    """Let a translator write the likeliest sign at each step, and feed it back in."""
    read = read_date(text)
    if not read:
        return Written(read, np.zeros((len(SIGNS), 0)))
    _, tape = translator.encoder.forward(to_tokens(read, dates.WRITTEN_ALPHABET)[:, None])
    token, state, p, tokens = translator.start, tape.state, [], []
    while len(tokens) < PLACES and 0 not in tokens:
        z, state = translator.decoder.step(np.array([token]), state)
        token = int(z.argmax())
        p.append(softmax(z)[:, 0])
        tokens.append(token)
    return Written(read, np.array(p).T, tokens)


def translations(model: EncoderDecoder, pairs: Sequence[tuple[str, str]]) -> list[str]:
    """Return what a model writes, greedily, for the first of each pair of ``dates.dates``."""
    x, x_mask = pad([to_tokens(text, dates.WRITTEN_ALPHABET) for text, _ in pairs])
    drawn = translate(model, x, x_mask, longest=PLACES)
    return [to_text(tokens, dates.ISO_ALPHABET) for tokens in drawn]


def is_date(text: str) -> bool:
    """Say whether a text is a day from 1950 to 2049 in its standard spelling."""
    try:
        dates.parse(text)
    except ValueError:
        return False
    return True


def compared(pairs: Sequence[tuple[str, str]], answers: Mapping[str, Sequence[str]]) -> Table:
    """Return a table of dates, the right output, and several answers, each marked ✓ or ✗.

    It has the first ten pairs, and up to three more in which the last answer is wrong.
    """
    *_, last = answers.values()
    wrong = [i for i, (_, y) in enumerate(pairs) if i >= 10 and last[i] != y]
    rows = []
    for i in [*range(min(10, len(pairs))), *wrong[:3]]:
        marked = (
            f"{'✓' if given[i] == pairs[i][1] else '✗'} {given[i]}" for given in answers.values()
        )
        rows.append((*pairs[i], *marked))
    return Table(("as written", "right", *answers), rows)


def own_date(translator: EncoderDecoder) -> Panel:
    """Type a date in any spelling: what the network writes, sign by sign, and how sure it is."""

    def draw(axes):
        return _draw_signs(axes)

    def say(shown):
        if not shown.read:
            return "No sign that the network knows has been typed yet."
        sure = shown.p[shown.tokens, np.arange(len(shown.tokens))]
        least = int(sure.argmin())
        return (
            f"Read: {shown.read}. Written: {shown.text}. {_checked(shown)} It is least sure at "
            f"place {least + 1}, with {sure[least]:.2f}, and on average gives {sure.mean():.3f} to "
            "what it writes."
        )

    text = ipywidgets.Text(value="Thursday 3 May 1984", description="date", style=LABEL)
    text.layout.width = "400px"
    margins = {"left": 78, "right": 20, "top": 40, "bottom": 52}
    shape = {"width": 640, "height": 400, "margins": margins}
    controls = {"text": text}
    return Panel(controls, lambda text: written(translator, text), draw, say, **shape)


def _checked(shown: Written) -> str:
    """Say whether the day that was written, spelled again, is what was read."""
    if not is_date(shown.text):
        return "That is no day from 1950 to 2049."
    day = dates.parse(shown.text)
    spelled = {dates.written(day, name): name for name in dates.SPELLINGS}
    if shown.read in spelled:
        return f"Right: that day, in the spelling “{spelled[shown.read]}”, is what you typed."
    return "In none of the twelve spellings is that day written as you typed it."


def _draw_signs(axes):
    look = {"cmap": "Blues", "vmin": 0, "vmax": 1, "aspect": "auto"}
    image = axes.imshow(np.zeros((len(SIGNS), PLACES)), **look)
    axes.set_yticks(range(len(SIGNS)), SIGNS)
    axes.set_xticks(range(PLACES), range(1, PLACES + 1))
    axes.set(xlabel="place in the output, t", ylabel="sign")
    marks = [axes.text(t, 0, "", ha="center", va="center", weight="bold") for t in range(PLACES)]
    title = _above(axes)

    def update(shown):
        p = np.zeros((len(SIGNS), PLACES))
        p[:, : shown.p.shape[1]] = shown.p
        image.set_data(p)
        title.set_text(f"{shown.read}  →  {shown.text}" if shown.read else "")
        for t, mark in enumerate(marks):
            there = t < len(shown.tokens)
            mark.set_text(SIGNS[shown.tokens[t]] if there else "")
            mark.set_y(shown.tokens[t] if there else 0)
            mark.set_color("white" if there and p[shown.tokens[t], t] > 0.6 else INK)

    return update
