"""The panels of ``09_sequence_types``: wirings, verdicts word by word, tunes, and dates."""

import inspect
from collections.abc import Mapping, Sequence
from textwrap import dedent

import ipywidgets
import numpy as np
from matplotlib.collections import PolyCollection

from rnn_helpers.audio import render, wav_bytes
from rnn_helpers.course import parts
from rnn_helpers.course.figures import Picture
from rnn_helpers.course.map import Table
from rnn_helpers.course.palette import readable_on
from rnn_helpers.course.panel import Panel, choice, field, slider
from rnn_helpers.course.style import COLOURS, INK, PAPER, drawable, line_style, new_figure
from rnn_helpers.course.wording import count
from rnn_helpers.data import dates, melodies, names_in_text, phrases
from rnn_helpers.data.melodies import METRES, NOTE_TOKENS, Melody, Note
from rnn_helpers.experiments.sentences import BagOfWords, after_each_word
from rnn_helpers.experiments.translation import LONGEST_WRITTEN, Translation, translate_text
from rnn_helpers.experiments.wirings import LOOPS, Node, traced
from rnn_helpers.models import EncoderDecoder, SequenceModel
from rnn_helpers.sampling import sample

# -- the wirings --------------------------------------------------------------------------------

LONGEST = 5


def wiring() -> Panel:
    """Choose a type: what its loop reads and gives, and what one output has seen."""

    def compute(kind, T_x, T_y, t):
        nodes = traced(kind, T_x, T_y)
        outputs = [node for node in nodes if node.kind == "ŷ"]
        chosen = outputs[min(t, len(outputs)) - 1]
        lengths = {"T_x": T_x, "T_y": T_y}
        shown = {"kind": kind, "nodes": nodes, "lengths": lengths, "outputs": len(outputs)}
        return shown | {"chosen": chosen, "past": chosen.past()}

    def draw(axes):
        return parts.together(_draw_wires(axes[0]), _draw_code(axes[1]))

    def say(shown):
        nodes, chosen = shown["nodes"], shown["chosen"]
        inputs, outputs = (sum(node.kind == kind for node in nodes) for kind in ("x", "ŷ"))
        steps = sum(_is_step(node) for node in nodes)
        seen = [_name(node) for node in nodes if node in shown["past"] and node is not chosen]
        seen = [name for name in seen if _is_read(name)]
        two = shown["kind"].endswith("different lengths")
        return (
            f"{shown['kind'].capitalize()}: {count(inputs, 'input')}, {count(outputs, 'output')}. "
            f"{'Two cells take' if two else 'One cell takes'} {count(steps, 'step')}. "
            f"{_name(chosen)} depends on {', '.join(seen)}, and on nothing else that is read or "
            "written."
        )

    controls = {
        "kind": choice("type", list(LOOPS), "many to many, different lengths"),
        "T_x": slider("inputs, T_x", 1, LONGEST, 4),
        "T_y": slider("outputs, T_y", 1, LONGEST, 3),
        "t": slider("look back from ŷ⟨t⟩", 1, LONGEST, 2),
    }
    shape = {"width": 780, "height": 365, "rows": 2, "height_ratios": [1.5, 1]}
    shape["name"] = "a network unrolled over its steps, above its loop in code"
    margins = {"left": 20, "right": 20, "top": 4, "bottom": 6, "row_gap": 8}

    def bounds(shown):
        return _lengths(**shown["lengths"], kind=shown["kind"]) | {"t": (1, shown["outputs"])}

    def clicked(x, y, shown):
        node = _node_at(x, y, shown["nodes"])
        return {"t": node.number} if node and node.kind == "ŷ" else {}

    def same(axes, x, y, shown):
        """Return all that an output, a step or an input has seen."""
        node = None if axes else _node_at(x, y, shown["nodes"])
        seen = node.past() if node else ()
        return [(0, k, y) for other, k, y in _placed(shown["nodes"]) if other in seen]

    moves = {"bounds": bounds, "click": {0: clicked}, "links": same}
    return Panel(controls, compute, draw, say, room=205, **moves, **shape, margins=margins)


def _placed(nodes: Sequence[Node]) -> list[tuple[Node, int, float]]:
    """Return each node with the column and the height at which it is drawn."""
    out = {node.parents[0]: node for node in nodes if node.kind == "ŷ"}
    places = []
    for k, step in enumerate(filter(_is_step, nodes), 1):
        read = step.parents[0]
        places += [(step, k, ROWS["cell"])]
        places += [(read, k, ROWS["in"])] if read.kind != "ŷ" else []
        places += [(out[step], k, ROWS["out"])] if step in out else []
    return sorted(places, key=lambda place: -place[2])


def _node_at(x: float, y: float, nodes: Sequence[Node]) -> Node | None:
    near = (node for node, k, row in _placed(nodes) if max(abs(k - x), abs(row - y)) < 0.5)
    return next(near, None)


def _described(node: Node, nodes: Sequence[Node]) -> str:
    if _is_step(node):
        return f"{node.kind}, step {node.number}"
    if node.kind != "ŷ":
        return _name(node)
    seen = [_name(other) for other in nodes if other in node.past() and other is not node]
    return f"{_name(node)}, which has seen {', '.join(filter(_is_read, seen))}"


def _lengths(kind: str, T_x: int, T_y: int) -> dict[str, tuple[int, int]]:
    """Return the bounds of both lengths: one that the type decides stays as it is."""
    takes = inspect.signature(LOOPS[kind]).parameters
    free = {"T_x": kind.startswith("many"), "T_y": "T_y" in takes}
    lengths = {"T_x": T_x, "T_y": T_y}
    return {name: (1, LONGEST) if free[name] else (T, T) for name, T in lengths.items()}


def _is_step(node: Node) -> bool:
    return node.kind in ("cell", "encoder", "decoder")


def _is_read(name: str) -> bool:
    """Say whether a node stands in the picture's row of inputs or of outputs."""
    return name[0] in "xŷ" or name == "start"


def _name(node: Node) -> str:
    return f"{node.kind}⟨{node.number}⟩" if node.kind in ("x", "ŷ") else node.kind


COLUMNS = 2 * LONGEST
ROWS = {"in": 0.0, "cell": 1.0, "out": 2.0}
DARK, PALE = 1.0, 0.22  # what the chosen output has seen, and all the rest


def _draw_wires(axes):
    parts.blank(axes, xlim=(-0.3, COLUMNS + 0.6), ylim=(-0.75, 2.35))
    for row in ("in", "out"):
        parts.note(axes, -0.25, ROWS[row], ha="left", style="italic")(row)
    columns = [_column(axes, k) for k in range(1, COLUMNS + 1)]
    parts.note(axes, 0.02, ROWS["cell"])("a⟨0⟩")
    named = parts.named(axes)

    def update(shown):
        placed, columns_at, rows_at = zip(*_placed(shown["nodes"]))
        named(columns_at, rows_at, [_described(node, shown["nodes"]) for node in placed])
        steps = [node for node in shown["nodes"] if _is_step(node)]
        out = {node.parents[0]: node for node in shown["nodes"] if node.kind == "ŷ"}
        for k, column in enumerate(columns):
            _set_column(column, steps[k] if k < len(steps) else None, out, shown["past"])

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
    arrow = parts.grown(marker=head, markevery=[-1], markersize=7)
    (line,) = axes.plot(x, y, **look, **arrow)
    return line


def _set_column(column, step: Node | None, out: Mapping[Node, Node], past: set[Node]) -> None:
    for artist in column.values():
        artist.set_visible(False)
    if step is None:
        return
    (read, _), given = step.parents, out.get(step)
    column["box"].set_facecolor(COLOURS[{"cell": 0, "encoder": 2, "decoder": 0}[step.kind]])
    column["box"].set_hatch("//" if step.kind == "encoder" else "")
    column["cell"].set_text(f"{step.number}")
    column["cell"].set_bbox({"facecolor": PAPER, "edgecolor": "none", "pad": 2})
    column["who"].set_text(step.kind)
    visible = {"box": step, "cell": step, "who": step, "from a": step}
    if read.kind == "ŷ":
        visible["back"] = step
    else:
        column["in"].set_text(_name(read))
        visible |= {"in": read, "from x": step}
    if given:
        column["out"].set_text(_name(given))
        visible |= {"out": given, "to y": given}
    for name, node in visible.items():
        column[name].set_visible(True)
        column[name].set_alpha(DARK if node in past else PALE)


def _draw_code(axes):
    parts.blank(axes, spines=True, xlim=(0, 1), ylim=(0, 1))
    look = {"ha": "left", "va": "top", "linespacing": 1.15, "family": "DejaVu Sans Mono"}
    code = parts.note(axes, 0.015, 0.95, **look)
    return lambda shown: code(dedent(inspect.getsource(LOOPS[shown["kind"]])).rstrip())


# -- a sentence, read word by word --------------------------------------------------------------

READ, SHOWN, WIDEST = 200, 14, 13  # words that are read, words that are shown, letters of each


def verdict(sentiment: SequenceModel, bag: BagOfWords) -> Panel:
    """Type a review: how likely it is a good one, after each word, beside a bag of words."""

    def compute(sentence):
        words = phrases.words_of(sentence)[:READ]
        tokens = phrases.to_tokens(words)
        if not words:
            return {"words": [], "curves": [np.zeros(0)] * 2, "known": np.zeros(0, bool)}
        curves = [after_each_word(sentiment, tokens), bag.after_each_word(tokens)]
        return {"words": _shortened(words), "curves": curves, "known": tokens > 0}

    def say(shown):
        if not shown["words"]:
            return "No word has been typed yet, so there is nothing to judge."
        network, counted = (curve[-1] for curve in shown["curves"])
        what = "good, by the network and by the bag of words"
        return (
            f"{_read_out(shown, what)} After the last word the network gives {network:.2f} for a "
            f"good review, the bag of words {counted:.2f}."
        )

    labels = ("network", "bag of words")
    return _typed(compute, labels, "probability: good", "the bread was not good", say)


def tags(tagger: SequenceModel) -> Panel:
    """Type a sentence: for each word, how likely it is part of a person's name."""

    def compute(sentence):
        words = names_in_text.words_of(sentence)[:READ]
        tokens = names_in_text.to_tokens(words)
        curves = [after_each_word(tagger, tokens) if words else np.zeros(0)]
        return {"words": _shortened(words), "curves": curves, "known": tokens > 0}

    def say(shown):
        if not shown["words"]:
            return "No word has been typed yet, so there is nothing to tag."
        named = [w for w, p in zip(shown["words"], shown["curves"][0]) if p > 0.5]
        return (
            f"{_read_out(shown, 'a name')} Tagged as a name: {', '.join(named[-SHOWN:]) or 'none'}."
        )

    start = "people say mister frank lives next door"
    return _typed(compute, ("network",), "probability: a name", start, say)


def _typed(compute, labels: Sequence[str], y_label: str, start: str, say) -> Panel:
    text = field("sentence", start, 640)

    def draw(axes):
        return _draw_words(axes, labels, y_label)

    margins = {"left": 75, "top": 44, "bottom": 118}
    shape = {"width": 780, "height": 370, "margins": margins}
    return Panel({"sentence": text}, compute, draw, say, room=275, **shape)


def _read_out(shown, what: str) -> str:
    """Say the words that are shown, each with its scores, and of ``what`` these are."""
    words, known = shown["words"], shown["known"]
    first = max(len(words) - SHOWN, 0)
    said = []
    for k in range(first, len(words)):
        scores = " and ".join(f"{curve[k]:.2f}" for curve in shown["curves"])
        said.append(f"{words[k]}{'' if known[k] else ' (unknown)'} {scores}")
    before = f" (the last {SHOWN} of them)" if first else ""
    return f"{count(len(words), 'word')}{before}. Probability of {what}: {', '.join(said)}."


def _draw_words(axes, labels: Sequence[str], y_label: str):
    """The first curve as bars from one half, up or hatched down; the others as lines."""
    look = {"bottom": 0.5, "color": COLOURS[0], "ec": INK, "label": labels[0]}
    bars = axes.bar(range(SHOWN), np.zeros(SHOWN), 0.7, **look)
    lines = parts.lines(axes, labels[1:], x=range(SHOWN), styles=[1], marker=True)
    parts.level(axes, 0.5)
    legend = {"loc": "lower right", "bbox_to_anchor": (1, 1), "ncols": 2, "borderaxespad": 0.3}
    limits = {"xlim": (-0.6, SHOWN - 0.4), "ylim": (-0.02, 1.02), "xticks": []}
    parts.set_axes(axes, ylabel=y_label, legend=legend, **limits)
    words = parts.words_below(axes, np.arange(SHOWN) + 0.2, rotation=45)

    def update(shown):
        first = max(len(shown["words"]) - SHOWN, 0)
        scores, *others = (curve[first:] for curve in shown["curves"])
        words([_label(*word) for word in zip(shown["words"][first:], shown["known"][first:])])
        lines(dict(zip(labels[1:], others)))
        for k, bar in enumerate(bars):
            bar.set_visible(k < len(scores))
        for bar, score in zip(bars, scores):
            bar.set_height(score - 0.5)
            bar.set_hatch("//" if score < 0.5 else "")

    return update


def _shortened(words: Sequence[str]) -> list[str]:
    return [word if len(word) <= WIDEST else word[: WIDEST - 1] + "…" for word in words]


def _label(word: str, known: bool) -> str:
    """Return a word as it stands below the picture; a question mark says that it is unknown."""
    return drawable(word) if known else drawable(word) + " ?"


# -- tunes --------------------------------------------------------------------------------------

TEMPO, RATE = 132, 11025  # beats a minute, samples a second
MOST_NOTES, SAME = 48, 6  # SAME notes in a row, found in a training tune, count as copied
PITCHES = [note.pitch for note in NOTE_TOKENS if note.pitch]
PITCH_TICKS = [pitch for pitch in range(min(PITCHES), max(PITCHES) + 1) if pitch % 12 in (0, 7)]


def piano_roll(tunes: Mapping[str, Sequence[Note]]) -> Picture:
    """Show tunes below each other: pitch upwards, time to the right, a bar for each note."""
    shape = {"rows": len(tunes), "margins": {"left": 60, "row_gap": 80}}
    with new_figure(780, 60 + 200 * len(tunes), **shape) as (figure, axes):
        for roll, (title, notes) in zip(np.ravel(axes), tunes.items(), strict=True):
            _draw_roll(roll)({"notes": notes, "copied": np.zeros(len(notes), bool)})
            roll.set_title(title)
    said = (
        f"{title}: {count(len(notes), 'note')}, {_beats(notes)}, starting "
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
    names = [melodies.write_notes([Note(pitch, 1)]) for pitch in PITCH_TICKS]
    ticks = {"yticks": PITCH_TICKS, "yticklabels": names, "xticks": np.arange(0, longest + 1, 4)}
    limits = {"xlim": (0, longest), "ylim": (min(PITCHES) - 1, max(PITCHES) + 1)}
    parts.set_axes(axes, xlabel="beat", grid=True, **limits, **ticks)
    named = parts.named(axes)

    def update(shown):
        starts = np.cumsum([0.0, *(note.beats for note in shown["notes"])])
        heard = [
            (start + note.beats / 2, note.pitch, _heard(start, note, copied))
            for start, note, copied in zip(starts, shown["notes"], shown["copied"])
            if note.pitch is not None and start < longest
        ]
        named(*zip(*heard) if heard else ((), (), ()))
        boxes = [
            (bool(copied), _box(start, note))
            for start, note, copied in zip(starts, shown["notes"], shown["copied"])
            if note.pitch is not None
        ]
        for kind, bar in enumerate(bars):
            bar.set_verts([box for copied, box in boxes if copied == bool(kind)])

    return update


def _heard(start: float, note: Note, copied: bool) -> str:
    name = melodies.write_notes([Note(note.pitch, 1)])
    return f"{name} at beat {start:g}, {note.beats:g} long{', copied' if copied else ''}"


def _box(start: float, note: Note) -> list[tuple[float, float]]:
    left, right, low, high = start, start + note.beats, note.pitch - 0.5, note.pitch + 0.5
    return [(left, low), (right, low), (right, high), (left, high)]


def composing(composer: SequenceModel, tunes: Sequence[Melody]) -> Panel:
    """A tune for a metre, a temperature and a seed, beside the training tune it copies most from.

    A copied note is one in a row of ``SAME`` or more that a training tune has too. Beside the
    controls stands a player with the sound. The picture ends at beat 48.
    """
    known = [melodies.to_note_tokens(tune) for tune in tunes]

    def compute(metre, temperature, seed):
        temperature, start = round(temperature, 2), len(NOTE_TOKENS) + METRES.index(metre)
        how = {"start": start, "longest": MOST_NOTES, "temperature": temperature}
        (drawn,) = sample(composer, np.random.default_rng(seed), **how)
        tokens = drawn[drawn < len(NOTE_TOKENS)]  # an untrained network may write a metre
        overlap = [melodies.copied_notes(tokens, [tune], SAME).sum() for tune in known]
        nearest = int(np.argmax(overlap))
        copied = melodies.copied_notes(tokens, known, SAME)
        copied_from = melodies.copied_notes(known[nearest], [tokens], SAME)
        return {
            "setting": f"{metre[0]}/{metre[1]}, temperature {temperature:.2f}, seed {seed}",
            "new": {"notes": melodies.to_notes(tokens), "copied": copied},
            "old": {"notes": tunes[nearest].notes, "copied": copied_from},
            "title": tunes[nearest].title,
            "overlap": int(overlap[nearest]),
            "shares": {n: _share(tokens, known, n) for n in (4, 6, 8)},
        }

    def draw(axes):
        new, old = map(_draw_roll, axes)
        axes[0].set_xlabel("")
        axes[0].legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, borderaxespad=0.3)
        parts.heading(axes[0])("composed")
        title = parts.heading(axes[1])

        def update(shown):
            new(shown["new"])
            old(shown["old"])
            title(f"in training: {shown['title']}")

        return update

    def say(shown):
        notes, shares = shown["new"]["notes"], shown["shares"]
        nearest = f"Most shared notes: {shown['overlap']}, with {shown['title']}."
        if not shown["overlap"]:
            nearest = f"It shares no {SAME} in a row; below is {shown['title']}."
        return (
            f"{shown['setting']}: {count(len(notes), 'note')}, {_beats(notes)}. Of its windows, "
            f"{shares[4]:.0%} of 4 notes, {shares[6]:.0%} of 6 and {shares[8]:.0%} of 8 occur in a "
            f"training tune. {nearest}"
        )

    controls = {
        "metre": choice("metre", [(f"{above}/{below}", (above, below)) for above, below in METRES]),
        "temperature": slider("temperature", 0.2, 2.0, 1.4, step=0.1),
        "seed": slider("seed", 0, 30, 3),
    }
    margins = {"left": 60, "right": 20, "top": 34, "bottom": 48, "row_gap": 52}
    shape = {"width": 780, "height": 370, "rows": 2}
    shape["name"] = "a new tune, above the training tune from which it copies most"
    panel = Panel(controls, compute, draw, say, room=200, **shape, margins=margins)
    return _with_sound(panel)


def _beats(notes: Sequence[Note]) -> str:
    beats = sum(note.beats for note in notes)
    return f"{beats:g} beat{'' if beats == 1 else 's'}"


def _share(tokens: np.ndarray, known: Sequence[np.ndarray], n: int) -> float:
    return melodies.copied_share(tokens, known, n) if len(tokens) >= n else 0.0


def _with_sound(panel: Panel) -> Panel:
    """Put a player beside the controls that follows the picture."""
    player = ipywidgets.Audio(format="wav", autoplay=False, loop=False)

    def follow(change: object = None) -> None:
        notes = panel.shown["new"]["notes"]
        sounding = notes or [(None, 1)]  # a tune that ended at once is a rest
        player.value = wav_bytes(render(sounding, TEMPO, RATE), RATE)

    row = panel.children[0]
    row.children = (*row.children, player)
    panel.picture.observe(follow, names="frame")
    follow()
    return panel


# -- embeddings ---------------------------------------------------------------------------------

WORDS_SHOWN = {  # what is drawn alike, and which words of it are written out
    "bad adjectives": (phrases.ADJECTIVES[0], "awful"),
    "good adjectives": (phrases.ADJECTIVES[1], "lovely"),
    "not, never": ("not never", "not never"),
    "verbs": ("hated disliked regretted loved liked enjoyed", "hated loved"),
    "things": ("soup fish menu plot song cast beach room view", ""),
}


def word_map(E: np.ndarray) -> Picture:
    """Show the embeddings E (2, n_x) of some words of the reviews as points in the plane."""
    if np.shape(E) != (2, len(phrases.WORDS)):
        raise ValueError(f"E must be (2, n_x) with n_x = {len(phrases.WORDS)}, got {np.shape(E)}")
    with new_figure(700, 420, margins={"right": 190}) as (figure, axes):
        axes.grid(True)
        for k, (name, (words, written)) in enumerate(WORDS_SHOWN.items()):
            points = E[:, phrases.to_tokens(words.split())]
            style = line_style(k, marker=True) | {"linestyle": "none", "markersize": 7}
            axes.plot(*points, label=name, **style)
            for word in written.split():
                place = E[:, phrases.to_tokens([word])[0]]
                axes.annotate(word, place, xytext=(6, 4), textcoords="offset points")
        axes.set(xlabel="first number", ylabel="second number")
        axes.legend(**parts.beside())
    return Picture(
        figure,
        "Words as points in the plane, by their two learned numbers: good and bad adjectives "
        "form two groups, and the verbs lie near the adjectives of the other kind.",
    )


# -- dates --------------------------------------------------------------------------------------

SIGNS = ["end", *dates.ISO_ALPHABET[1:]]


def compared(pairs: Sequence[tuple[str, str]], answers: Mapping[str, Sequence[str]]) -> Table:
    """Return a table of dates, the right output, and several answers, each marked ✓ or ✗.

    It has the first ten pairs, and up to three more in which the last answer is wrong.
    """
    *_, last = answers.values()
    late_mistakes = [i for i, (_, y) in enumerate(pairs) if i >= 10 and last[i] != y]
    rows = []
    for i in [*range(min(10, len(pairs))), *late_mistakes[:3]]:
        x, y = pairs[i]
        marked = [f"{'✓' if texts[i] == y else '✗'} {texts[i]}" for texts in answers.values()]
        rows.append((x, y, *marked))
    return Table(("as written", "right", *answers), rows)


def own_date(translator: EncoderDecoder) -> Panel:
    """Type a date in any spelling: what the network writes, sign by sign, and how sure it is."""

    def compute(text):
        return translate_text(translator, text)

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

    text = field("date", "Thursday 3 May 1984", 400)
    margins = {"left": 78, "right": 20, "top": 40, "bottom": 52}
    shape = {"width": 640, "height": 400, "margins": margins}
    return Panel({"text": text}, compute, _draw_signs, say, room=215, **shape)


def _checked(shown: Translation) -> str:
    """Say whether the day that was written, spelled again, is what was read."""
    if not dates.is_date(shown.text):
        return "That is no day from 1950 to 2049."
    day = dates.parse(shown.text)
    spelled = {dates.written(day, name): name for name in dates.SPELLINGS}
    if shown.read in spelled:
        return f"Right: that day, in the spelling “{spelled[shown.read]}”, is what you typed."
    return "In none of the twelve spellings is that day written as you typed it."


def _draw_signs(axes):
    labels = {"xlabel": "place in the output, t", "ylabel": "sign"}
    places = range(1, LONGEST_WRITTEN + 1)
    probabilities = parts.heat(axes, SIGNS, places, look={"cmap": "Blues"}, **labels)
    signs = parts.words(axes, range(LONGEST_WRITTEN), 0, weight="bold")
    title = parts.heading(axes)

    def update(shown):
        p = np.zeros((len(SIGNS), LONGEST_WRITTEN))
        p[:, : shown.p.shape[1]] = shown.p
        probabilities(p)
        title(f"{shown.read}  →  {shown.text}" if shown.read else "")
        squares = axes.images[0].to_rgba(p[shown.tokens, np.arange(len(shown.tokens))])
        colours = [readable_on(square[:3]) for square in squares]
        signs([SIGNS[token] for token in shown.tokens], y=shown.tokens, color=colours)

    return update
