"""The panels that ``06_gru`` and ``07_lstm`` share: the gates over a name, and a gate forced."""

from itertools import count

import numpy as np
from matplotlib.axes import Axes

from rnn_helpers import data
from rnn_helpers.cells import Cell
from rnn_helpers.course import parts
from rnn_helpers.course.panel import Panel, choice, slider
from rnn_helpers.course.style import MARK, set_limits
from rnn_helpers.experiments.gates import gate_names, read_name
from rnn_helpers.models import SequenceModel

NAMES = ("maiasaura", "triceratops", "kol", "velociraptor")
LONGEST = max(map(len, NAMES)) + 1  # letters, with the end
SYMBOLS = {"update": "Γu", "reset": "Γr", "forget": "Γf", "output": "Γo", "a": "a", "c": "c"}


def memory_of(cell: Cell) -> str:
    """Return which state a gated cell remembers in: "c" for an LSTM, else "a"."""
    return "c" if "forget" in cell.rows else "a"


# -- gates over a name ------------------------------------------------------------------------


def gates_over_name(model: SequenceModel, part: str = "update") -> Panel:
    """Every unit of one gate over a real name as a map, and one unit (or the mean) as lines.

    ``part`` is what the map shows at first: a gate, "candidate", "a" or "c".
    """
    cell, gates = model.cell, gate_names(model.cell)
    states = ["c", "a"] if memory_of(cell) == "c" else ["a"]
    symbols = SYMBOLS | {"candidate": "c̃" if "c" in states else "ã"}
    runs = {name: read_name(model, name) for name in NAMES}
    sizes = [np.abs(run[state]) for run in runs.values() for state in states]
    highest = max(float(size.max()) for size in sizes)
    highest_mean = max(float(size.mean(axis=1).max()) for size in sizes)

    def compute(name, part, unit):
        run, curves = runs[name], {}
        for curve in [*gates, *states]:
            size = np.abs(run[curve]) if curve in states else run[curve]
            curves[curve] = run[curve][:, unit - 1] if unit else size.mean(axis=1)
        return {"name": name, "part": part, "unit": unit, "map": run[part].T, "curves": curves}

    def draw(axes):
        axes.set_position((0.07, 0.2, 0.4, 0.7))
        above, below = (axes.figure.add_axes((0.55, y, 0.34, 0.31)) for y in (0.59, 0.2))
        above.set_title("one unit, or the mean", pad=10)
        letters = _letters_below(below, numbers=False)
        return parts.together(
            _draw_map(axes, cell.n_a, "all units", limit=highest),
            _draw_curves(above, gates, symbols, (0, 1), (0, 1), first_style=0),
            _draw_curves(
                below, states, symbols, (-highest, highest), (0, highest_mean), first_style=5
            ),
            lambda shown: letters(shown["name"]),
            lambda shown: setattr(above.xaxis, "called", below.xaxis.called),  # of the same letters
        )

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

    labels = {row: f"{symbols[row]} {row}" for row in cell.rows}
    labels |= {state: {"a": "a state", "c": "c memory"}[state] for state in states}
    controls = {
        "name": choice("name", NAMES),
        "part": choice("map", [(label, part) for part, label in labels.items()], part),
        "unit": slider("unit (0: all)", 0, cell.n_a, 0),
    }

    def same(axes, x, y, shown):
        """Return the letter's values on the curves, or its square of the unit that they show."""
        middles, unit = _middles(len(shown["name"]) + 1), shown["unit"]
        t = int(np.abs(middles - x).argmin())
        if axes:
            rows = [unit] if unit else range(1, cell.n_a + 1)
            return [(0, middles[t], row) for row in rows]
        if unit not in (0, round(y)):
            return []  # the curves are of another unit
        tall = {1: gates, 2: states}
        return [(k, middles[t], shown["curves"][c][t]) for k in tall for c in tall[k]]

    shape = {"width": 780, "height": 380, "name": "gates over a name", "links": same}
    return Panel(controls, compute, draw, say, room=300, **shape)


def _size(symbol: str, unit: int) -> str:
    return symbol if unit or symbol not in "ac" else f"the size of {symbol}"


def _draw_map(axes: Axes, n_a: int, title: str, limit: float) -> parts.Update:
    """Draw a map of units over letters; the name always fills the width.

    ``limit`` is the end of the colours for the memory c, which may leave the range from -1 to 1.
    """
    look = {"extent": (0, 1, n_a + 0.5, 0.5)}
    colours = parts.heat(axes, n_a, 2, look=look, xticks=[], ylabel="unit")
    image = axes.images[0]
    frame = parts.lines(axes, ["unit"], look={"color": MARK, "gid": parts.NO_VALUES})
    letters = _letters_below(axes)
    axes.set_title(title, pad=10)
    axes.set_yticks(range(1, n_a + 1, max(1, n_a // 8)))
    left, right = 0.003, 0.997

    def update(shown):
        unit, signed = shown.get("unit", 0), shown["part"] in ("candidate", "a", "c")
        top = limit if shown["part"] == "c" else 1.0
        image.set(cmap="RdBu_r" if signed else "Greys", clim=(-top if signed else 0, top))
        colours(shown["map"])
        above, below = unit - 0.45, unit + 0.45
        box = [left, right, right, left, left], [above, above, below, below, above]
        frame(box if unit else [])
        letters(shown["name"])

    return update


def _letters_below(axes: Axes, numbers: bool = True) -> parts.Update:
    """Write a name and its end below axes that go from 0 to 1; return update(name)."""
    write = parts.words_below(axes, np.zeros(LONGEST), -0.03)

    def update(name):
        T = len(name) + 1
        letters = list(name + data.END)
        if numbers:
            spaced = [T < 12 or t % 2 == 0 for t in range(T)]  # two digits need more room
            steps = [f"{t}" if wide else "" for t, wide in enumerate(spaced, 1)]
            letters = [f"{step}\n{letter}" for step, letter in zip(steps, letters, strict=True)]
        write(letters, x=_middles(T))

    return update


def _middles(T: int) -> np.ndarray:
    """Return where T letters stand that share the width from 0 to 1."""
    return (np.arange(T) + 0.5) / T


def _draw_curves(
    axes: Axes,
    curves: list[str],
    symbols: dict[str, str],
    limits_of_unit: tuple[float, float],
    limits_of_mean: tuple[float, float],
    first_style: int,
) -> parts.Update:
    """Draw curves over the letters, between other limits for the mean than for one unit.

    Above curves of both signs, the states, stands whether the mean is that of their sizes.
    """
    legend = parts.beside(1.0, handlelength=1.6, frameon=False)
    look = {"labels": symbols, "styles": count(first_style), "marker": True, "legend": legend}
    lines = parts.lines(axes, curves, **look, xlim=(0, 1), xticks=[])
    parts.level(axes)

    def update(shown):
        low, high = limits_of_unit if shown["unit"] else limits_of_mean
        room = 0.08 * (high - low)
        set_limits(axes, y=(low - room, high + room))
        title = "" if shown["unit"] else "mean size"
        if limits_of_unit[0] < 0 and axes.get_title() != title:
            axes.set_title(title)
        x = _middles(len(shown["name"]) + 1)
        lines({curve: (x, shown["curves"][curve]) for curve in curves})

    return update


# -- a gate forced open or shut ---------------------------------------------------------------


def force_gate(
    model: SequenceModel, gate: str = "update", value: float = 1.0, name: str = NAMES[0]
) -> Panel:
    """Hold one gate at a value for some steps of a name, and see what the network answers.

    ``gate``, ``value`` and ``name`` are where the controls start.
    """
    import ipywidgets

    cell, memory = model.cell, memory_of(model.cell)
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
            "answers": {"free": free["ŷ"][-1], "forced": forced["ŷ"][-1]},
            "apart": float(np.linalg.norm(forced[memory][-1] - free[memory][-1])),
        }

    def draw(axes):
        title = f"{memory}⟨t⟩ with the gate forced"
        return parts.together(
            _draw_map(axes[0], cell.n_a, title, limit=highest),
            _draw_stretch(axes[0]),
            _draw_answers(axes[1]),
        )

    def say(shown):
        name, (first, last) = shown["name"], shown["steps"]
        steps = f"steps {first} to {last}" if last > first else f"step {first}"
        free, forced = shown["answers"].values()
        best_free, best_forced, right = free.argmax(), forced.argmax(), data.to_tokens(name[0])[0]
        return (
            f"With the {shown['gate']} gate at {shown['value']:.2f} in {steps} of {name}, the "
            f"network answers {data.ALPHABET[best_forced]} with probability "
            f"{forced[best_forced]:.2f} and gives {name[0]}, the right one, {forced[right]:.2f}. "
            f"Left free it answers {data.ALPHABET[best_free]} with {free[best_free]:.2f}. At the "
            f"end the {memory} of the two are {shown['apart']:.2f} apart."
        )

    wide = {"style": {"description_width": "initial"}, "layout": {"width": "max-content"}}
    controls = {
        "name": choice("name", NAMES, name),
        "gate": choice("gate", gate_names(cell), gate),
        "value": slider("held at", 0.0, 1.0, value, step=0.05),
        "steps": ipywidgets.IntRangeSlider(
            value=(4, 7), min=1, max=LONGEST, description="in steps", tooltip="in steps", **wide
        ),
    }
    shape = {"width": 780, "height": 347, "columns": 2, "width_ratios": [1, 1.25]}
    margins = {"left": 60, "right": 16, "top": 34, "bottom": 56, "gap": 86}

    def bounds(shown):
        return {"steps": (1, len(shown["name"]) + 1)}

    return Panel(controls, compute, draw, say, room=235, bounds=bounds, **shape, margins=margins)


def _draw_stretch(axes: Axes) -> parts.Update:
    """Mark the steps in which the gate is held by a bar on top of the map."""
    look = {"color": MARK, "linewidth": 6, "solid_capstyle": "butt", "clip_on": False}
    bar = parts.lines(axes, ["held"], look=look | {"gid": parts.NO_VALUES})

    def update(shown):
        T = len(shown["name"]) + 1
        first, last = (min(t, T) for t in shown["steps"])
        bar(([(first - 1) / T, last / T], [0.5, 0.5]))

    return update


def _draw_answers(axes: Axes) -> parts.Update:
    letters = data.ALPHABET[1:]
    axis = {"xlim": (-0.7, 25.7), "xticks": range(26), "xticklabels": letters, "ylim": (0, 1.18)}
    title = {"ylabel": "probability", "title": "answer after the end"}
    legend = {"loc": "upper right", "ncols": 2}
    bars = parts.bars(
        axes, ["free", "forced"], range(26), room=0.84, **axis, **title, legend=legend
    )
    return lambda shown: bars({name: p[1:] for name, p in shown["answers"].items()})
