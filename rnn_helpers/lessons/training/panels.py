"""The panels of ``04_training``: live loss curves, the cliff, and a gallery of failed runs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from textwrap import fill

import numpy as np
from ipywidgets import ToggleButtons

from rnn_helpers.cells import RNNCell
from rnn_helpers.course.figures import COLOURS, INK, line_style
from rnn_helpers.course.panel import Panel, slider
from rnn_helpers.course.race import WINDOW, smooth
from rnn_helpers.losses import perplexity
from rnn_helpers.models import SequenceModel
from rnn_helpers.optimizers import Adam, clip_by_norm, clip_by_value, global_norm
from rnn_helpers.sampling import sample
from rnn_helpers.training import Batch, History, batch_loss, name_batch, name_batches, train

# -- the cliff --------------------------------------------------------------------------------

START, TARGET = -0.25, -0.5  # a⟨0⟩, and where a⟨T⟩ should be
RATE, LIMIT = 0.3, 1.0  # of the step, and the longest gradient that is not clipped
WAYS = {
    "unclipped": lambda grads: grads,
    "clipped by norm": lambda grads: clip_by_norm(grads, LIMIT),
    "clipped by value": lambda grads: clip_by_value(grads, LIMIT),
}


def edge(w: float) -> float:
    """Return the b at which a⟨t⟩ = tanh(w a⟨t-1⟩ + b) stays where it starts, for ever."""
    return float(np.arctanh(START) - w * START)


def unit_loss(w: np.ndarray, b: np.ndarray, T: int) -> np.ndarray:
    """Return (a⟨T⟩ - target)² / 2 of one unit that runs for T steps without input."""
    a = np.full(np.broadcast_shapes(np.shape(w), np.shape(b)), START)
    for _ in range(T):
        a = np.tanh(w * a + b)
    return (a - TARGET) ** 2 / 2


def unit_gradient(w: float, b: float, T: int) -> dict[str, np.ndarray]:
    """Return the gradient of ``unit_loss`` for Waa = w and ba = b, from the course's own cell."""
    cell = RNNCell(1, 1)
    cell.params["Waa"][...], cell.params["ba"][...] = w, b
    a, tape = cell.forward(np.zeros((T, 1, 1)), np.full((1, 1), START))
    da = np.zeros_like(a)
    da[-1] = a[-1] - TARGET
    grads = cell.backward(da, tape)[2]
    return {"Waa": grads["Waa"], "ba": grads["ba"]}


def cliff() -> Panel:
    """One unit, two parameters, and three ways to take a step downhill near the cliff."""
    w_map, b_map = np.linspace(0.8, 3.2, 97), np.linspace(-0.7, 0.9, 129)
    around = np.linspace(-0.25, 0.25, 251)

    def compute(T, w, offset):
        w, offset = round(w, 2), round(offset, 2) + 0.0
        b = edge(w) + offset
        grads = unit_gradient(w, b, T)
        return {
            "T": T,
            "w": w,
            "offset": offset,
            "b": b,
            "map": unit_loss(w_map[None], b_map[:, None], T),
            "slice": unit_loss(w, edge(w) + around, T),
            "loss": float(unit_loss(w, b, T)),
            "norm": global_norm(grads),
            "ways": {name: _step(grads, clip, w, b, T) for name, clip in WAYS.items()},
        }

    def draw(axes):
        parts = [_draw_map(axes[0], w_map, b_map), _draw_slice(axes[1], around)]
        return lambda shown: [part(shown) for part in parts]

    def say(shown):
        ways = "; ".join(
            f"{name}, the step is {way['length']:.2g} long, turned by {way['angle']:.0f}°, and "
            f"ends at a loss of {way['loss']:.2f} with a gradient of {way['after']:.1g}"
            for name, way in shown["ways"].items()
        )
        return (
            f"With T = {shown['T']}, w = {shown['w']:.2f} and b {shown['offset']:+.2f} from the "
            f"edge, the loss is {shown['loss']:.3f} and its gradient {shown['norm']:.3g} long; "
            f"{ways}."
        )

    controls = {
        "T": slider("T", 1, 30, 12),
        "w": slider("w", 1.0, 3.0, 1.5, step=0.05),
        "offset": slider("b, from the edge", -0.2, 0.2, 0.01, step=0.01),
    }
    margins = {"left": 75, "top": 34, "bottom": 56, "gap": 75}
    shape = {"width": 760, "height": 400, "columns": 2, "width_ratios": [1.5, 1]}
    return Panel(controls, compute, draw, say, **shape, margins=margins)


def angle(first: Mapping[str, np.ndarray], second: Mapping[str, np.ndarray]) -> float:
    """Return the angle in degrees between two gradients; 0 if one of them is zero."""
    one, other = (np.concatenate([g.ravel() for g in d.values()]) for d in (first, second))
    lengths = np.linalg.norm(one), np.linalg.norm(other)
    if 0 in lengths:
        return 0.0
    one, other = one / lengths[0], other / lengths[1]
    # The half-angle form keeps its digits near 0, where an arccos of almost 1 loses them.
    half = np.arctan2(np.linalg.norm(one - other), np.linalg.norm(one + other))
    return float(np.degrees(2 * half))


def _step(grads, clip, w, b, T):
    clipped = clip(grads)
    dw, db = (RATE * float(clipped[name][0, 0]) for name in ("Waa", "ba"))
    return {
        "to": (w - dw, b - db),
        "length": float(np.hypot(dw, db)),
        "angle": angle(grads, clipped),
        "loss": float(unit_loss(w - dw, b - db, T)),
        "after": global_norm(unit_gradient(w - dw, b - db, T)),
    }


def _draw_map(axes, w_map, b_map):
    box = (w_map[0], w_map[-1], b_map[0], b_map[-1])
    nothing = np.zeros((len(b_map), len(w_map)))
    look = {"cmap": "Greys", "vmin": 0, "vmax": 2.2, "origin": "lower", "aspect": "auto"}
    image = axes.imshow(nothing, extent=box, interpolation="bilinear", **look)
    paths = [
        axes.plot([], [], label=name, **line_style(i, marker=True))[0]
        for i, name in enumerate(WAYS)
    ]
    (here,) = axes.plot([], [], "o", color=INK, markersize=9)
    axes.set(xlim=box[:2], ylim=box[2:], xlabel="w", ylabel="b", title="loss (dark is high)")
    axes.legend(loc="upper left")

    def update(shown):
        image.set_data(shown["map"])
        here.set_data([shown["w"]], [shown["b"]])
        for path, way in zip(paths, shown["ways"].values(), strict=True):
            path.set_data(*zip((shown["w"], shown["b"]), way["to"]))

    return update


def _draw_slice(axes, around):
    (line,) = axes.plot(around, np.zeros_like(around), color=COLOURS[4])
    (here,) = axes.plot([], [], "o", color=INK, markersize=9)
    axes.set(xlim=(around[0], around[-1]), ylim=(-0.05, 1.3), xlabel="b, from the edge")
    axes.set(ylabel="loss", title="across the cliff")

    def update(shown):
        line.set_ydata(shown["slice"])
        here.set_data([shown["offset"]], [shown["loss"]])

    return update


# -- a gallery of failures --------------------------------------------------------------------


def _all_counted(batch: Batch) -> Batch:
    return replace(batch, mask=np.ones_like(batch.mask))


def _not_shifted(batch: Batch) -> Batch:
    return replace(batch, y=batch.x)


@dataclass(frozen=True)
class Recipe:
    """What one run changes in the healthy one, and the measurement that reveals it."""

    changed: str
    reveals: str = ""
    learning_rate: float = 0.01
    zero_start: bool = False
    names: int | None = None  # how many to train on; None: all
    spoil: Callable[[Batch], Batch] = lambda batch: batch


SATURATED = "hidden values beyond ±0.99, percent"
MOVED = "how far the weights moved, percent"
DIFFERENT = "hidden units that differ"
LETTERS = "letters in a name it writes"
HONEST = "perplexity without padding / as reported"
GAP = "held-out / training perplexity"

RECIPES = {
    "healthy": Recipe("nothing"),
    "learning rate too large": Recipe("α = 0.3", SATURATED, learning_rate=0.3),
    "learning rate too small": Recipe("α = 0.00001", MOVED, learning_rate=1e-5),
    "started at zero": Recipe("all weights begin at 0", DIFFERENT, zero_start=True),
    "targets not shifted": Recipe("y = x", LETTERS, spoil=_not_shifted),
    "padding not masked": Recipe("every step counts", HONEST, spoil=_all_counted),
    "too little data": Recipe("60 names to train on", GAP, names=60),
}


@dataclass(frozen=True)
class Run:
    """A trained run of the gallery: its losses, and each measurement by its name."""

    history: History
    measured: dict[str, float]


def run_recipe(
    name: str,
    names: Sequence[np.ndarray],
    held_out: Sequence[np.ndarray],
    steps: int = 300,
    watch: Callable[[int, History], None] | None = None,
) -> Run:
    """Train a small model as ``RECIPES[name]`` says, on tokens of names, and measure it."""
    recipe, rng = RECIPES[name], np.random.default_rng(1)
    names = names[: recipe.names]
    model = SequenceModel(RNNCell(27, 32, rng=rng, dtype=np.float32), 27, rng=rng)
    if recipe.zero_start:
        for value in model.params.values():
            value[...] = 0
    start = {key: value.copy() for key, value in model.params.items()}
    history = train(
        model,
        map(recipe.spoil, name_batches(names, 32, rng)),
        Adam(model.params, recipe.learning_rate),
        steps,
        held_out=recipe.spoil(name_batch(held_out)),
        every=max(1, steps // 20),
        watch=watch,
    )
    return Run(history, _measure(model, start, names, held_out, recipe))


def _measure(model, start, names, held_out, recipe) -> dict[str, float]:
    kept = name_batch(held_out)
    a, _ = model.cell.forward(kept.x)
    units = a.transpose(1, 0, 2).reshape(model.cell.n_a, -1)
    moved = {key: value - start[key] for key, value in model.params.items()}
    drawn = sample(model, np.random.default_rng(1), m=200)
    of_own, honest = (perplexity(batch_loss(model, b)) for b in (recipe.spoil(kept), kept))
    return {
        SATURATED: 100 * float((np.abs(units) > 0.99).mean()),
        MOVED: 100 * global_norm(moved) / (global_norm(start) or 1),
        DIFFERENT: float(len(np.unique(units, axis=0))),
        LETTERS: float(np.mean([len(one) for one in drawn])),
        HONEST: honest / of_own,
        GAP: honest / perplexity(batch_loss(model, name_batch(names))),
    }


def failures(runs: Mapping[str, Run]) -> Panel:
    """Choose a failed run and see its curve beside the healthy one, and what reveals it."""
    healthy = runs["healthy"]

    def compute(run):
        what = RECIPES[run].reveals
        values = [one.measured[what] for one in (healthy, runs[run])]
        return {"name": run, "run": runs[run], "what": what, "values": values}

    def draw(axes):
        parts = [_draw_curves(axes[0], runs, healthy), _draw_measurement(axes[1])]
        return lambda shown: [part(shown) for part in parts]

    def say(shown):
        before, now = (_last_perplexities(one.history) for one in (healthy, shown["run"]))
        sound, failed = shown["values"]
        name = shown["name"]
        return (
            f"{name.capitalize()} ({RECIPES[name].changed}): it reports a training perplexity of "
            f"{now[0]:.3g} and a held-out one of {now[1]:.3g}, the healthy run {before[0]:.3g} and "
            f"{before[1]:.3g}; {shown['what']}: {failed:.3g}, in the healthy run {sound:.3g}."
        )

    # Buttons rather than the list that six options would get: all ways to fail stay in sight.
    names = [name for name in runs if name != "healthy"]
    look = {"button_width": "auto", "description_width": "initial"}
    controls = {"run": ToggleButtons(description="run", options=names, style=look)}
    margins = {"left": 70, "top": 40, "bottom": 56, "gap": 40}
    shape = {"width": 780, "height": 400, "columns": 2, "width_ratios": [1.7, 1]}
    return Panel(controls, compute, draw, say, **shape, margins=margins)


def _last_perplexities(history: History) -> tuple[float, float]:
    return perplexity(np.mean(history.loss[-WINDOW:])), perplexity(history.held_out[-1][1])


def _draw_curves(axes, runs: Mapping[str, Run], healthy: Run):
    steps = max(len(run.history.loss) for run in runs.values())
    labels = ("healthy, training", "healthy, held out", "this run, training", "this run, held out")
    lines = [
        axes.plot([], [], label=label, **line_style(i, marker=bool(i % 2)))[0]
        for i, label in enumerate(labels)
    ]
    ticks = [1, 3, 10, 30, 100]
    axes.set(xlim=(0, steps), ylim=(0.9, 6000), yscale="log", xlabel="step", title="perplexity")
    axes.set_yticks(ticks, ticks)
    axes.minorticks_off()
    axes.legend(loc="upper left", ncols=2, columnspacing=1.2)

    def update(shown):
        histories = (healthy.history, shown["run"].history)
        pairs = (pair for h in histories for pair in (smooth(h.loss), zip(*h.held_out)))
        for line, (x, y) in zip(lines, pairs, strict=True):
            line.set_data(x, np.exp(np.minimum(y, 20)))

    return update


def _draw_measurement(axes):
    """Two bars as shares of the higher one: limits and labels then never have to be drawn anew."""
    bars = axes.bar([0, 1], [0, 0], 0.6, color=[COLOURS[0], COLOURS[2]], edgecolor="white")
    bars[1].set_hatch("//")
    texts = [axes.text(i, 0, "", ha="center", va="bottom") for i in (0, 1)]
    what = axes.text(0.5, 1.5, "", ha="center", va="top")
    axes.set_xticks([0, 1], ["healthy", "this run"])
    axes.set(xlim=(-0.6, 1.6), ylim=(0, 1.5), yticks=[], title="what reveals it")
    axes.spines["left"].set_visible(False)

    def update(shown):
        what.set_text(fill(shown["what"], 24))
        top = max(*shown["values"], 1e-9)
        for bar, text, value in zip(bars, texts, shown["values"], strict=True):
            bar.set_height(value / top)
            text.set_y(value / top + 0.01)
            text.set_text(f"{value:.3g}")

    return update


# -- words ------------------------------------------------------------------------------------


def side_by_side(moments: Mapping[str, Iterable[str]], width: int = 20) -> str:
    """Return names drawn at several moments of training as a table, a column each."""
    rows = [list(moments), *zip(*moments.values())]
    return "\n".join(
        "".join(f"{word[: width - 2]:{width}}" for word in row).rstrip() for row in rows
    )
