"""The panels of ``11_one_token_at_a_time``: what can run at once, and what steps join into."""

from collections.abc import Iterator
from functools import lru_cache
from math import isqrt

import numpy as np
from matplotlib.colors import to_rgb

from rnn_helpers.cells import orthogonal
from rnn_helpers.course import race
from rnn_helpers.course.figures import COLOURS, INK, line_style
from rnn_helpers.course.panel import Panel, choice, slider
from rnn_helpers.course.wording import power_of_ten

__all__ = ["RecallRace", "composed", "joined", "wavefront"]


class RecallRace(race.RecallRace):
    """The race of ``05_vanishing_gradients``, whose text counts the steps of one run."""

    def __repr__(self) -> str:
        return f"A picture of {len(self.names)} runs of training, {self.run_steps} steps each."


# -- the wavefront over layers ----------------------------------------------------------------

MOST_LAYERS, MOST_STEPS = 6, 16
WAITING, NOW, DONE = "#e4e4e4", COLOURS[1], COLOURS[0]


@lru_cache(maxsize=128)
def waves(L: int, T: int) -> np.ndarray:
    """Return in which wave each cell of a stack runs, (L, T), from 1 on.

    Found by running it: in every wave go all cells whose two inputs are there, one from the step
    before and one from the layer below.
    """
    found, wave = np.zeros((L, T), int), 0
    while not found.all():
        wave += 1
        ready = [
            (layer, t)
            for layer, t in np.argwhere(found == 0)
            if (t == 0 or found[layer, t - 1]) and (layer == 0 or found[layer - 1, t])
        ]
        for at in ready:
            found[at] = wave
    return found


def wavefront() -> Panel:
    """Which cells (layer, step) of a stacked network can run at the same time."""

    def compute(L, T, wave):
        grid = waves(L, T)
        sizes = np.bincount(grid.ravel())[1:]  # cells in wave 1, 2, …
        return {"L": L, "T": T, "wave": wave, "grid": grid, "sizes": sizes}

    def draw(axes):
        parts = [_draw_grid(axes[0]), _draw_sizes(axes[1])]
        return lambda shown: [part(shown) for part in parts]

    def say(shown):
        L, T, wave, sizes = (shown[name] for name in ("L", "T", "wave", "sizes"))
        running = sizes[wave - 1] if wave <= len(sizes) else 0
        return (
            f"{_count(L, 'layer')}, {_count(T, 'step')}: wave {wave} runs "
            f"{_count(running, 'cell')}, and {sizes[: wave - 1].sum()} of {L * T} ran before. "
            f"All are done after {_count(len(sizes), 'wave')}, or {L * T / len(sizes):.1f} cells a "
            f"wave; at most {sizes.max()} can run at once."
        )

    controls = {
        "L": slider("layers L", 1, MOST_LAYERS, 4),
        "T": slider("steps T", 1, MOST_STEPS, 12),
        "wave": slider("wave", 1, MOST_LAYERS + MOST_STEPS - 1, 5),
    }
    margins = {"left": 62, "right": 16, "gap": 70}
    shape = {"width": 780, "height": 310, "columns": 2, "width_ratios": [2.2, 1]}
    return Panel(controls, compute, draw, say, **shape, margins=margins)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _draw_grid(axes):
    places = [(layer, t) for layer in range(MOST_LAYERS) for t in range(MOST_STEPS)]
    box = {"ha": "center", "va": "center"}
    image = axes.imshow(np.ones((MOST_LAYERS, MOST_STEPS, 3)), origin="lower", aspect="auto")
    texts = {at: axes.text(at[1], at[0], "", **box) for at in places}
    axes.set_xticks(range(0, MOST_STEPS, 3), range(1, MOST_STEPS + 1, 3))
    axes.set_yticks(range(MOST_LAYERS), range(1, MOST_LAYERS + 1))
    axes.set(xlabel="step t", ylabel="layer", title="done (blue), running (bold), waiting (grey)")

    def update(shown):
        colours = np.ones((MOST_LAYERS, MOST_STEPS, 3))
        for (layer, t), text in texts.items():
            here = layer < shown["L"] and t < shown["T"]
            text.set_text(str(shown["grid"][layer, t]) if here else "")
            if here:
                colours[layer, t] = _look(text, shown["grid"][layer, t] - shown["wave"])
        image.set_data(colours)

    return update


def _look(text, late: int) -> tuple[float, float, float]:
    """Set how a cell's number looks, bold while it runs, and return the colour of the cell."""
    fill = NOW if late == 0 else DONE if late < 0 else WAITING
    text.set(color="white" if late < 0 else INK, fontweight="bold" if late == 0 else "normal")
    return to_rgb(fill)


def _draw_sizes(axes):
    longest = MOST_LAYERS + MOST_STEPS - 1
    (line,) = axes.plot([], [], **line_style(0, marker=True))
    (here,) = axes.plot([], [], color=NOW, marker="s", markersize=11, linestyle="none")
    axes.set(xlim=(0, longest + 1), ylim=(-0.4, MOST_LAYERS + 0.5), xlabel="wave")
    axes.set(title="cells at once", yticks=range(MOST_LAYERS + 1))
    axes.grid(True)

    def update(shown):
        sizes, wave = shown["sizes"], shown["wave"]
        line.set_data(np.arange(1, len(sizes) + 1), sizes)
        here.set_data([wave], [sizes[wave - 1] if wave <= len(sizes) else 0])

    return update


# -- how a scan joins steps -------------------------------------------------------------------

STEPS, KEPT = 36, 0.95  # of the recurrence that is drawn, and its λ
ROADS = ("loop", "doubling", "chunks")


def _loop(a: np.ndarray) -> Iterator[np.ndarray]:
    for t in range(1, len(a)):
        a[t] += KEPT * a[t - 1]
        yield a


def _doubling(a: np.ndarray) -> Iterator[np.ndarray]:
    d = 1
    while d < len(a):
        a[d:] += KEPT**d * a[:-d]
        yield a
        d *= 2


def _chunks(a: np.ndarray) -> Iterator[np.ndarray]:
    size = isqrt(len(a))
    cut = a.reshape(-1, size, *a.shape[1:])  # a view: chunks, steps of a chunk, …
    for i in range(1, size):
        cut[:, i] += KEPT * cut[:, i - 1]
        yield a
    for k in range(1, len(cut)):
        cut[k, -1] += KEPT**size * cut[k - 1, -1]
        yield a
    for i in range(size - 1):
        cut[1:, i] += KEPT ** (i + 1) * cut[:-1, -1]
    yield a


@lru_cache(maxsize=8)
def progress(road: str) -> np.ndarray:
    """Return what each row t holds of each input s before and after every operation.

    (operations + 1, T, T): the recurrence is run on T columns at once, where column s has a 1 as
    its input at step s and nothing else, so that row t holds how much of each input is in it.
    """
    run = {"loop": _loop, "doubling": _doubling, "chunks": _chunks}[road]
    start = np.eye(STEPS)
    return np.stack([start.copy(), *(a.copy() for a in run(start))])


@lru_cache(maxsize=8)
def finished(road: str) -> np.ndarray:
    """Return how many rows are final before and after every operation."""
    held = progress(road)
    return np.isclose(held, held[-1], rtol=0, atol=1e-12).all(axis=2).sum(axis=1)


def joined() -> Panel:
    """What each state holds of the inputs after some operations of a loop or a scan."""

    def compute(road, operation):
        held, counts = progress(road), finished(road)
        operation = min(operation, len(held) - 1)
        return {"road": road, "operation": operation, "held": held[operation], "counts": counts}

    def draw(axes):
        parts = [_draw_held(axes[0]), _draw_finished(axes[1])]
        return lambda shown: [part(shown) for part in parts]

    def say(shown):
        counts, operation, held = shown["counts"], shown["operation"], shown["held"]
        most = np.count_nonzero(held, axis=1).max()
        return (
            f"{shown['road'].capitalize()}, after {operation} of {len(counts) - 1} operations in a "
            f"row: {counts[operation]} of {STEPS} states are final, and the fullest holds "
            f"{_count(most, 'input')}. {np.count_nonzero(held)} of "
            f"{STEPS * (STEPS + 1) // 2} pairs of state and input are joined."
        )

    controls = {
        "road": choice("road", ROADS, "doubling"),
        "operation": slider("operations", 0, STEPS - 1, 3),
    }
    margins = {"left": 66, "right": 16, "gap": 80}
    shape = {"width": 780, "height": 380, "columns": 2, "width_ratios": [1, 1.1]}
    return Panel(controls, compute, draw, say, **shape, margins=margins)


def _draw_held(axes):
    look = {"cmap": "Greys", "vmin": 0, "vmax": 1, "extent": (0.5, STEPS + 0.5, STEPS + 0.5, 0.5)}
    image = axes.imshow(np.zeros((STEPS, STEPS)), aspect="auto", **look)
    axes.set(xlabel="input u⟨s⟩", ylabel="state a⟨t⟩", title="what each state holds")
    axes.set(xticks=[1, 12, 24, 36], yticks=[1, 12, 24, 36])
    return lambda shown: image.set_data(shown["held"])


def _draw_finished(axes):
    for i, road in enumerate(ROADS):
        counts = finished(road)
        axes.plot(np.arange(len(counts)), counts, label=road, **line_style(i))
    (here,) = axes.plot([], [], color=INK, marker="o", markersize=9, linestyle="none")
    axes.set(xlim=(-0.5, STEPS), ylim=(0, STEPS + 1), xlabel="operations in a row")
    axes.set(title="final states", yticks=[0, 12, 24, 36])
    axes.grid(True)
    axes.legend(loc="lower right")

    def update(shown):
        operation = shown["operation"]
        here.set_data([operation], [shown["counts"][operation]])

    return update


# -- what many steps compose to ---------------------------------------------------------------

UNITS, MOST = 8, 20
SWEEP = np.linspace(-1, 1, 401)  # where along a line through state space a⟨0⟩ lies


def after_steps(kind: str, steps: int, scale: float) -> np.ndarray:
    """Return unit 1 after some steps, for every start along a line, (401,).

    A step is a = Waa a + ba, or tanh of that; Waa is a random orthogonal matrix times ``scale``.
    """
    rng = np.random.default_rng(3)
    Waa, ba = scale * orthogonal(UNITS, rng), rng.normal(0, 0.3, (UNITS, 1))
    a = rng.normal(0, 1, (UNITS, 1)) * SWEEP  # (n_a, m): a column for each start
    for _ in range(steps):
        a = Waa @ a + ba
        a = np.tanh(a) if kind == "tanh" else a
    return a[0]


def straightness(y: np.ndarray) -> tuple[float, int]:
    """Return how far the best straight line misses y, as a share of its range, and its turns."""
    line = np.polyval(np.polyfit(SWEEP, y, 1), SWEEP)
    slope = np.diff(y)
    up = np.sign(slope[np.abs(slope) > 1e-12 * np.abs(y).max()])
    return float(np.abs(y - line).max() / np.ptp(y)), int(np.count_nonzero(np.diff(up)))


def composed() -> Panel:
    """Unit 1 after some steps against where it started: steps without tanh, and with it."""

    def compute(steps, scale):
        scale = round(scale, 1)
        curves = {kind: after_steps(kind, steps, scale) for kind in ("affine", "tanh")}
        found = {kind: straightness(y) for kind, y in curves.items()}
        return {"steps": steps, "scale": scale, "curves": curves, "found": found}

    def draw(axes):
        parts = [_draw_curve(axis, kind, i) for i, (axis, kind) in enumerate(zip(axes, KINDS))]
        return lambda shown: [part(shown) for part in parts]

    def say(shown):
        (bent, _), (miss, turns) = shown["found"].values()
        straight = "a straight line to the last digits" if bent < 1e-9 else "NOT a straight line"
        without, within = (power_of_ten(np.ptp(y)) for y in shown["curves"].values())
        return (
            f"Scale of Waa {shown['scale']:.1f}, {_count(shown['steps'], 'step')}. Without tanh: "
            f"{straight}, over a range of {without}. With tanh: a curve over a range of {within}, "
            f"which turns {_count(turns, 'time')} and which the best straight line misses by "
            f"{100 * miss:.1f} % of that."
        )

    controls = {
        "steps": slider("steps", 0, MOST, 6),
        "scale": slider("scale of Waa", 0.5, 2.5, 1.8, step=0.1),
    }
    margins = {"left": 72, "right": 16, "gap": 100}
    shape = {"width": 780, "height": 330, "columns": 2}
    return Panel(controls, compute, draw, say, **shape, margins=margins)


KINDS = {"affine": "a = Waa a + ba", "tanh": "a = tanh(Waa a + ba)"}


def _draw_curve(axes, kind: str, index: int):
    (line,) = axes.plot([], [], color=COLOURS[index])
    words = axes.text(0, -0.14, "", ha="center", va="center")
    axes.set(xlim=(-1, 1), ylim=(-0.23, 1.05), xlabel="start, along a line", title=KINDS[kind])
    axes.set(xticks=[-1, 0, 1], yticks=[0, 1])
    axes.set_yticklabels(["lowest", "highest"])
    axes.grid(True)

    def update(shown):
        y = shown["curves"][kind]
        line.set_data(SWEEP, (y - y.min()) / np.ptp(y))
        words.set_text(f"lowest to highest: {power_of_ten(np.ptp(y))}")

    return update
