"""What ``06_gru`` and ``07_lstm`` share: the task of the first letter, gates watched and forced."""

import copy
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from rnn_helpers import checks, data
from rnn_helpers.activations import softmax
from rnn_helpers.cells import Cell, LSTMCell
from rnn_helpers.course.figures import COLOURS, HATCHES, line_style, set_limits
from rnn_helpers.course.panel import Panel, choice, slider
from rnn_helpers.course.race import Race
from rnn_helpers.models import SequenceModel
from rnn_helpers.optimizers import Params, clip_by_norm
from rnn_helpers.training import Batch, pad

NAMES = ("maiasaura", "triceratops", "kol", "velociraptor")
GRU_ROWS = {"update": "Γu", "reset": "Γr", "candidate": "ã"}  # in the order of the rows of Waa
LSTM_ROWS = {"candidate": "c̃", "update": "Γu", "forget": "Γf", "output": "Γo"}
SURELY = 80.0  # σ(80) is 1 and σ(-80) is 0, to the last digit
Run = dict[str, np.ndarray]


# -- the task: read a name, then say its first letter -------------------------------------------


def first_letter(names: Sequence[np.ndarray]) -> Batch:
    """Return a batch that asks for the first letter of each name, in tokens, after its end.

    x is (T, m): a name and its end. y is the first letter, and only the end counts.
    """
    x, mask = pad([np.r_[name, 0] for name in names])
    return Batch(x, y=np.tile(x[0], (len(x), 1)), mask=mask & (x == 0))


def first_letter_batches(
    names: Sequence[np.ndarray], rng: int | np.random.Generator, m: int = 32
) -> Iterator[Batch]:
    """Yield batches of ``m`` names drawn by chance, without end; see ``first_letter``."""
    rng = checks.generator(rng)
    while True:
        yield first_letter([names[i] for i in rng.integers(len(names), size=m)])


def right(model: SequenceModel, names: Sequence[np.ndarray]) -> float:
    """Return the share of names whose first letter the model gives."""
    batch = first_letter(names)
    z, _ = model.forward(batch.x)
    return float((z.argmax(axis=1) == batch.y)[batch.mask].mean())


class AnswerRace(Race):
    """The live losses of ``race``, for a task in which each name has one answer."""

    def _draw_losses(self, axes):
        update = super()._draw_losses(axes)
        axes.set_ylabel("nats an answer")
        return update


# -- a gate taken out of the network's hands ---------------------------------------------------


def rows_of(cell: Cell) -> dict[str, str]:
    """Return the row blocks of a gated cell in order: name and symbol of each."""
    return LSTM_ROWS if isinstance(cell, LSTMCell) else GRU_ROWS


def gates_of(cell: Cell) -> list[str]:
    """Return the names of the gates: the row blocks that pass through σ."""
    return [name for name in rows_of(cell) if name != "candidate"]


def force(cell: Cell, gate: str, value: float) -> Cell:
    """Return a copy of ``cell`` with one gate at ``value``, from 0 to 1, whatever it reads.

    The gate's rows of Waa and Wax become 0 and its bias b is such that σ(b) is the value. Raise
    ValueError for a gate that the cell does not have.
    """
    rows, forced = _rows(cell, gate), copy.copy(cell)
    if not 0 <= value <= 1:
        raise ValueError(f"value must be from 0 to 1, got {value}")
    forced.params = {name: array.copy() for name, array in cell.params.items()}
    forced.params["Waa"][rows], forced.params["Wax"][rows] = 0, 0
    forced.params["ba"][rows] = np.log(value / (1 - value)) if 0 < value < 1 else SURELY
    if value == 0:
        forced.params["ba"][rows] *= -1
    return forced


def forced_model(model: SequenceModel, gate: str, value: float) -> SequenceModel:
    """Return a copy of ``model`` with one gate of its cell forced; see ``force``."""
    twin = copy.copy(model)
    twin.cell = force(model.cell, gate, value)
    output = {name: model.params[name] for name in ("Wya", "by")}
    twin.params = twin.cell.params | output
    return twin


def clip_and_hold(cell: Cell, gate: str | None, max_norm: float = 1.0) -> Callable:
    """Return a function that clips gradients by norm and leaves the rows of one gate unlearned.

    Without a gate it only clips. The gradients it is given are changed.
    """
    held = _rows(cell, gate) if gate else slice(0, 0)

    def clip(grads: Params) -> Params:
        for name in cell.params:
            grads[name][held] = 0
        return clip_by_norm(grads, max_norm)

    return clip


def _rows(cell: Cell, gate: str) -> slice:
    """Return where the rows of one gate stand in Waa, Wax and ba."""
    if gate not in gates_of(cell):
        raise ValueError(f"gate must be one of {', '.join(gates_of(cell))}, got {gate!r}")
    first = list(rows_of(cell)).index(gate) * cell.n_a
    return slice(first, first + cell.n_a)


def read_name(
    model: SequenceModel, name: str, gate: str = "", value: float = 0.0, steps: Sequence[int] = ()
) -> Run:
    """Read a name and its end; force one gate at the steps first … last if ``steps`` is that pair.

    Return gates, candidate, a (and c) by name, each (T, n_a), and the probabilities "ŷ" (T, n_y).
    """
    x, cell = data.to_tokens(name + data.END)[:, None], model.cell
    first, last = (min(t, len(x)) for t in steps) if steps else (1, 0)
    stretches = [
        (cell, x[: first - 1]),
        (force(cell, gate, value) if steps else cell, x[first - 1 : last]),
    ]
    state, parts = None, []
    for reader, stretch in [*stretches, (cell, x[last:])]:
        if len(stretch):
            _, tape = reader.forward(stretch, state)
            state = tape.state
            parts.append(_parts(tape))
    run = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    z = run["a"] @ model.params["Wya"].T + model.params["by"].T
    return run | {"ŷ": softmax(z[:, :, None])[:, :, 0]}


def _parts(tape) -> Run:
    """Return every row block and the states of a tape, each (T, n_a)."""
    names = rows_of(tape.cell)
    blocks = np.split(tape.gates[:, :, 0], len(names), axis=1)
    found = dict(zip(names, blocks, strict=True)) | {"a": tape.a[:, :, 0]}
    return found if tape.c is None else found | {"c": tape.c[:, :, 0]}


# -- gates over a name ------------------------------------------------------------------------


def gates_over_name(model: SequenceModel, part: str = "update") -> Panel:
    """Every unit of one gate over a real name as a map, and one unit (or the mean) as lines.

    ``part`` is what the map shows at first: a gate, "candidate", "a" or "c".
    """
    cell = model.cell
    symbols = rows_of(cell) | {"a": "a", "c": "c"}
    states = ["c", "a"] if isinstance(cell, LSTMCell) else ["a"]
    curves = [*gates_of(cell), *states]
    runs = {name: read_name(model, name) for name in NAMES}
    highest = max(float(np.abs(run[state]).max()) for run in runs.values() for state in states)
    mean = max(float(np.abs(run[s]).mean(axis=1).max()) for run in runs.values() for s in states)

    def compute(name, part, unit):
        run = runs[name]
        sizes = {curve: np.abs(run[curve]) if curve in states else run[curve] for curve in curves}
        chosen = {
            curve: run[curve][:, unit - 1] if unit else sizes[curve].mean(axis=1)
            for curve in curves
        }
        return {"name": name, "part": part, "unit": unit, "map": run[part].T, "curves": chosen}

    def draw(axes):
        figure = axes.figure
        axes.set_position((0.07, 0.2, 0.4, 0.7))
        above, below = (figure.add_axes((0.55, y, 0.34, 0.31)) for y in (0.59, 0.2))
        parts = [_draw_map(axes, cell.n_a, "all units", limit=highest)]
        parts += [_draw_lines(above, gates_of(cell), symbols, (0, 1), (0, 1), first=0)]
        parts += [_draw_lines(below, states, symbols, (-highest, highest), (0, mean), first=5)]
        above.set_title("one unit, or the mean", pad=10)
        letters = _letters_below(below, numbers=False)
        return lambda shown: [*(part(shown) for part in parts), letters(shown["name"])]

    def say(shown):
        values, letters = shown["map"], shown["name"] + data.END
        unit, t = (int(i) for i in np.unravel_index(values.argmax(), values.shape))
        kind = f"unit {shown['unit']}" if shown["unit"] else "the mean of all units"
        ends = "; ".join(
            f"{_size(symbols[curve], shown['unit'])} goes from {line[0]:.2f} to {line[-1]:.2f}"
            for curve, line in shown["curves"].items()
        )
        return (
            f"The map is {symbols[shown['part']]} over {shown['name']}: on average "
            f"{values.mean():.2f}, from {values.min():.2f} to {values.max():.2f}, which is unit "
            f"{unit + 1} at step {t + 1} ({letters[t]}). In {kind}: {ends}."
        )

    parts = [*rows_of(cell), *states]
    labels = [(f"{symbols[part]} {'state' if part == 'a' else part}", part) for part in parts]
    labels = [(label.replace("c c", "c memory"), part) for label, part in labels]
    controls = {
        "name": choice("name", NAMES),
        "part": choice("map", labels, part),
        "unit": slider("unit (0: all)", 0, cell.n_a, 0),
    }
    return Panel(controls, compute, draw, say, width=780, height=430)


def _size(symbol: str, unit: int) -> str:
    return symbol if unit or symbol not in "ac" else f"the size of {symbol}"


def _draw_map(axes, n_a: int, title: str, limit: float):
    """A map of units over letters; the name always fills the width."""
    image = axes.imshow(np.zeros((n_a, 2)), aspect="auto", extent=(0, 1, n_a + 0.5, 0.5))
    (mark,) = axes.plot([], [], "-", color=COLOURS[1], linewidth=2)
    letters = _letters_below(axes)
    axes.set(xlim=(0, 1), ylim=(n_a + 0.5, 0.5), xticks=[], ylabel="unit")
    axes.set_title(title, pad=10)
    axes.set_yticks(range(1, n_a + 1, max(1, n_a // 8)))

    def update(shown):
        values, unit = shown["map"], shown.get("unit", 0)
        signed = shown["part"] in ("candidate", "a", "c")
        top = limit if shown["part"] == "c" else 1.0
        image.set_cmap("RdBu_r" if signed else "Greys")
        image.set_clim(-top if signed else 0, top)
        image.set_data(values)
        box = [
            [0.003, 0.997, 0.997, 0.003, 0.003],
            [unit - 0.45] * 2 + [unit + 0.45] * 2 + [unit - 0.45],
        ]
        mark.set_data(*(box if unit else ([], [])))
        letters(shown["name"])

    return update


def _letters_below(axes, numbers: bool = True):
    longest = max(map(len, NAMES)) + 1
    place = axes.get_xaxis_transform()
    texts = [
        axes.text(0, -0.03, "", ha="center", va="top", transform=place) for _ in range(longest)
    ]

    def update(name):
        T = len(name) + 1
        for t, text in enumerate(texts):
            text.set_position(((t + 0.5) / T, -0.03))
            shown = T < 12 or t % 2 == 0  # two digits need more room
            number = (f"{t + 1}" if shown else "") + "\n" if numbers else ""
            text.set_text(number + (name + data.END)[t] if t < T else "")

    return update


def _draw_lines(axes, curves: list[str], symbols: dict[str, str], of_one, of_mean, first: int):
    """Lines over the letters between the limits for one unit or the mean; styles from ``first``."""
    lines = {
        curve: axes.plot([], [], label=symbols[curve], **line_style(i, marker=True))[0]
        for i, curve in enumerate(curves, first)
    }
    axes.axhline(0, color="#888888", linewidth=1, linestyle=":")
    axes.set(xlim=(0, 1), xticks=[])
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), handlelength=1.6, frameon=False)

    def update(shown):
        T = len(shown["name"]) + 1
        low, high = of_one if shown["unit"] else of_mean
        room = 0.08 * (high - low)
        set_limits(axes, y=(low - room, high + room))
        for curve, line in lines.items():
            line.set_data((np.arange(T) + 0.5) / T, shown["curves"][curve])

    return update


# -- a gate forced open or shut ---------------------------------------------------------------


def force_gate(
    model: SequenceModel, gate: str = "update", value: float = 1.0, name: str = NAMES[0]
) -> Panel:
    """Hold one gate at a value for some steps of a name, and see what the network answers.

    ``gate``, ``value`` and ``name`` are where the controls start.
    """
    import ipywidgets

    cell, longest = model.cell, max(map(len, NAMES)) + 1
    memory = "c" if isinstance(cell, LSTMCell) else "a"
    highest = max(float(np.abs(read_name(model, name)[memory]).max()) for name in NAMES)

    def compute(name, gate, value, steps):
        value = round(value, 2)
        free, forced = read_name(model, name), read_name(model, name, gate, value, steps)
        return {
            "name": name,
            "gate": gate,
            "value": value,
            "steps": steps,
            "part": memory,
            "map": forced[memory].T,
            "answers": np.stack([free["ŷ"][-1], forced["ŷ"][-1]]),
            "apart": float(np.linalg.norm(forced[memory][-1] - free[memory][-1])),
        }

    def draw(axes):
        title = f"{memory}⟨t⟩ with the gate forced"
        parts = [
            _draw_map(axes[0], cell.n_a, title, limit=highest),
            _draw_stretch(axes[0]),
            _draw_answers(axes[1]),
        ]
        return lambda shown: [part(shown) for part in parts]

    def say(shown):
        name, (free, forced) = shown["name"], shown["answers"]
        first, last = shown["steps"]
        right, best = data.ALPHABET.index(name[0]), [int(p.argmax()) for p in (free, forced)]
        return (
            f"With the {shown['gate']} gate at {shown['value']:.2f} in steps {first} to {last} of "
            f"{name}, the network answers {data.ALPHABET[best[1]]} with probability "
            f"{forced[best[1]]:.2f} and gives {name[0]}, the right one, {forced[right]:.2f}. Left "
            f"free it answers {data.ALPHABET[best[0]]} with {free[best[0]]:.2f}. At the end the "
            f"{memory} of the two are {shown['apart']:.2f} apart."
        )

    wide = {"style": {"description_width": "initial"}, "layout": {"width": "340px"}}
    controls = {
        "name": choice("name", NAMES, name),
        "gate": choice("gate", gates_of(cell), gate),
        "value": slider("held at", 0.0, 1.0, value, step=0.05),
        "steps": ipywidgets.IntRangeSlider(
            value=(4, 7), min=1, max=longest, description="in steps", tooltip="in steps", **wide
        ),
    }
    shape = {"width": 780, "height": 430, "columns": 2, "width_ratios": [1, 1.25]}
    margins = {"left": 60, "right": 16, "top": 34, "bottom": 78, "gap": 75}
    return Panel(controls, compute, draw, say, **shape, margins=margins)


def _draw_stretch(axes):
    """Mark the steps in which the gate is held."""
    (bar,) = axes.plot([], [], "-", color=COLOURS[1], linewidth=6, solid_capstyle="butt")
    bar.set_clip_on(False)

    def update(shown):
        T = len(shown["name"]) + 1
        first, last = (min(t, T) for t in shown["steps"])
        bar.set_data([(first - 1) / T, last / T], [0.5, 0.5])

    return update


def _draw_answers(axes):
    letters, places = data.ALPHABET[1:], np.arange(26)
    bars = [
        axes.bar(
            places + shift, 0, 0.42, label=label, color=COLOURS[i], hatch=HATCHES[i], ec="white"
        )
        for i, (label, shift) in enumerate({"free": -0.21, "forced": 0.21}.items())
    ]
    axes.set_xticks(places, letters)
    axes.set(xlim=(-0.7, 25.7), ylim=(0, 1.18), ylabel="probability", title="answer after the end")
    axes.legend(loc="upper right", ncols=2)

    def update(shown):
        for group, p in zip(bars, shown["answers"], strict=True):
            for bar, height in zip(group, p[1:], strict=True):
                bar.set_height(height)

    return update
