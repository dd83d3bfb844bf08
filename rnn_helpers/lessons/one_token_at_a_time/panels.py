"""The panels of ``12_one_token_at_a_time``: what can run at once, and what steps join into."""

import numpy as np

from rnn_helpers.course import parts
from rnn_helpers.course.panel import Panel, choice, slider
from rnn_helpers.course.style import COLOURS
from rnn_helpers.course.wording import are, count, power_of_ten
from rnn_helpers.experiments import parallel

# -- the wavefront over layers ----------------------------------------------------------------

MOST_LAYERS, MOST_STEPS = 6, 16


def wavefront() -> Panel:
    """Which cells (layer, step) of a stacked network can run at the same time."""

    def compute(L, T, wave):
        waves = parallel.waves(L, T)
        sizes = np.bincount(waves.ravel())[1:]  # cells in wave 1, 2, …
        return {"L": L, "T": T, "wave": wave, "waves": waves, "sizes": sizes}

    def draw(axes):
        return parts.together(_draw_cells(axes[0]), _draw_sizes(axes[1]))

    def say(shown):
        L, T, wave, sizes = (shown[name] for name in ("L", "T", "wave", "sizes"))
        running = sizes[wave - 1] if wave <= len(sizes) else 0
        return (
            f"{count(L, 'layer')}, {count(T, 'step')}: wave {wave} runs "
            f"{count(running, 'cell')}, and {sizes[: wave - 1].sum()} of {L * T} ran before. "
            f"All are done after {count(len(sizes), 'wave')}, or {L * T / len(sizes):.1f} cells a "
            f"wave; at most {sizes.max()} can run at once."
        )

    controls = {
        "L": slider("layers L", 1, MOST_LAYERS, 4),
        "T": slider("steps T", 1, MOST_STEPS, 12),
        "wave": slider("wave", 1, MOST_LAYERS + MOST_STEPS - 1, 5),
    }
    margins = {"left": 62, "right": 16, "gap": 70}
    shape = {"width": 780, "height": 310, "columns": 2, "width_ratios": [2.2, 1]}

    def bounds(shown):
        return {"wave": (1, len(shown["sizes"]))}

    def same(axes, x, y, shown):
        """Return the cells of a wave, or the wave of a cell with all that run in it."""
        waves, wave = shown["waves"], round(x)
        if axes == 0:
            layer, step = round(y), round(x)
            inside = 0 <= layer < shown["L"] and 0 <= step < shown["T"]
            wave = int(waves[layer, step]) if inside else 0
        cells = [(0, step, layer) for layer, step in np.argwhere(waves == wave)]
        found = [(1, wave, shown["sizes"][wave - 1])] if cells and axes == 0 else []
        return [*cells, *found]

    return Panel(controls, compute, draw, say, bounds=bounds, links=same, **shape, margins=margins)


def _draw_cells(axes):
    layers, steps = range(MOST_LAYERS), range(0, MOST_STEPS, 3)
    ticks = {"xticks": steps, "xticklabels": [t + 1 for t in steps]}
    ticks |= {"yticks": layers, "yticklabels": [layer + 1 for layer in layers]}
    title = {"title": "done (blue), running (bold), waiting (grey)"}
    words = {"xlabel": "step t", "ylabel": "layer"} | title
    size = (MOST_LAYERS, MOST_STEPS)
    cells = parts.stages(axes, *size, look={"origin": "lower"}, **ticks, **words)

    def update(shown):
        waves = np.full(size, np.nan)
        waves[: shown["L"], : shown["T"]] = shown["waves"]
        cells([[f"{wave:.0f}" for wave in row] for row in waves], waves - shown["wave"])

    return update


def _draw_sizes(axes):
    limits = {"xlim": (-0.5, MOST_LAYERS + MOST_STEPS), "ylim": (-0.4, MOST_LAYERS + 0.5)}
    words = {"xlabel": "wave", "title": "cells at once", "yticks": range(MOST_LAYERS + 1)}
    words["ylabel"] = "cells"
    line = parts.lines(axes, ["cells"], marker=True, grid=True, **limits, **words)
    here = parts.point(axes, color=parts.NOW, marker="s", markersize=11)

    def update(shown):
        sizes, wave = shown["sizes"], shown["wave"]
        line(sizes)
        here(wave, sizes[wave - 1] if wave <= len(sizes) else 0)

    return update


# -- how a scan joins steps -------------------------------------------------------------------

STEPS, LAMBDA = 36, 0.95  # of the recurrence that is drawn


def joined() -> Panel:
    """What each state holds of the inputs after some operations of a loop or a scan."""
    progress = {
        method: parallel.scan_progress(method, STEPS, LAMBDA) for method in parallel.METHODS
    }
    final = {method: parallel.final_states(held) for method, held in progress.items()}

    def compute(method, operation):
        operation = min(operation, len(progress[method]) - 1)
        held = progress[method][operation]
        return {"method": method, "operation": operation, "held": held, "final": final[method]}

    def draw(axes):
        return parts.together(_draw_held(axes[0]), _draw_final(axes[1], final))

    def say(shown):
        final, operation, held = shown["final"], shown["operation"], shown["held"]
        most, done = np.count_nonzero(held, axis=1).max(), final[operation]
        return (
            f"{shown['method'].capitalize()}, after {operation} of {len(final) - 1} operations in "
            f"a row: {done} of {STEPS} states {are(done)} final, and the fullest holds "
            f"{count(most, 'input')}. {np.count_nonzero(held)} of "
            f"{STEPS * (STEPS + 1) // 2} pairs of state and input are joined."
        )

    controls = {
        "method": choice("method", tuple(parallel.METHODS), "doubling"),
        "operation": slider("operations", 0, STEPS - 1, 3),
    }
    margins = {"left": 66, "right": 16, "gap": 80}
    shape = {"width": 780, "height": 380, "columns": 2, "width_ratios": [1, 1.1]}

    def bounds(shown):
        return {"operation": (0, len(shown["final"]) - 1)}

    shape |= {"play": "operation", "margins": margins}
    return Panel(controls, compute, draw, say, bounds=bounds, **shape)


def _draw_held(axes):
    look = {"extent": (0.5, STEPS + 0.5, STEPS + 0.5, 0.5)}
    words = {"xlabel": "input u⟨s⟩", "ylabel": "state a⟨t⟩", "title": "what each state holds"}
    ticks = {"xticks": [1, 12, 24, 36], "yticks": [1, 12, 24, 36]}
    held = parts.heat(axes, STEPS, STEPS, look=look, **words, **ticks)
    return lambda shown: held(shown["held"])


def _draw_final(axes, final):
    limits = {"xlim": (-1, STEPS), "ylim": (-1, STEPS + 2), "yticks": [0, 12, 24, 36]}
    words = {"xlabel": "operations in a row", "title": "final states", "legend": "lower right"}
    words["ylabel"] = "states"
    parts.lines(axes, final, x=range(STEPS), grid=True, **limits, **words)(final)
    here = parts.point(axes)
    return lambda shown: here(shown["operation"], shown["final"][shown["operation"]])


# -- what many steps compose to ---------------------------------------------------------------

MOST = 20  # steps that the panel takes
KINDS = {"identity": "a = Waa a + ba", "tanh": "a = tanh(Waa a + ba)"}


def composed() -> Panel:
    """Unit 1 after some steps against where it started: steps without tanh, and with it."""

    def compute(steps, scale):
        scale = round(scale, 1)
        curves = {kind: parallel.after_steps(kind, steps, scale) for kind in KINDS}
        straight = [parallel.straightness(parallel.STARTS, y) for y in curves.values()]
        return {"steps": steps, "scale": scale, "curves": curves, "straightness": straight}

    def draw(axes):
        return parts.together(*(_draw_curve(axes[i], kind, i) for i, kind in enumerate(KINDS)))

    def say(shown):
        (bent, _), (miss, turns) = shown["straightness"]
        straight = "a straight line to the last digits" if bent < 1e-9 else "NOT a straight line"
        without, within = (power_of_ten(np.ptp(y)) for y in shown["curves"].values())
        first = (
            f"Scale of Waa {shown['scale']:.1f}, {count(shown['steps'], 'step')}. Without tanh: "
            f"{straight}, over a range of {without}."
        )
        if not shown["steps"]:
            return f"{first} With tanh: the same line, for no step has been taken."
        turned = f"turns {count(turns, 'time')}" if turns else "never turns"
        return (
            f"{first} With tanh: a curve over a range of {within}, which {turned} and which the "
            f"best straight line misses by {100 * miss:.1f} % of that."
        )

    controls = {
        "steps": slider("steps", 0, MOST, 6),
        "scale": slider("scale of Waa", 0.5, 2.5, 1.8, step=0.1),
    }
    margins = {"left": 72, "right": 16, "gap": 100}
    shape = {"width": 780, "height": 330, "columns": 2}
    return Panel(controls, compute, draw, say, room=240, **shape, margins=margins)


def _draw_curve(axes, kind: str, index: int):
    limits = {"xlim": (-1, 1), "ylim": (-0.23, 1.05), "xticks": [-1, 0, 1]}
    ticks = {"yticks": [0, 1], "yticklabels": ["lowest", "highest"], "grid": True}
    words = {"xlabel": "start, along a line", "title": KINDS[kind]}
    look = {"color": COLOURS[index]}
    parts.silent(axes)
    curve = parts.lines(axes, [kind], x=parallel.STARTS, look=look, **limits, **ticks, **words)
    span = parts.note(axes, 0, -0.14)

    def update(shown):
        y = shown["curves"][kind]
        curve((y - y.min()) / np.ptp(y))
        span(f"lowest to highest: {power_of_ten(np.ptp(y))}")

    return update
