"""The panels of ``05_vanishing_gradients``: how far a gradient reaches, what eigenvalues hide."""

from functools import lru_cache
from textwrap import fill

import numpy as np
from matplotlib.axes import Axes

from rnn_helpers.activations import sigmoid
from rnn_helpers.course import parts
from rnn_helpers.course.panel import Panel, choice, slider
from rnn_helpers.course.style import COLOURS, GREY, HATCHES, INK
from rnn_helpers.course.wording import power_of_ten
from rnn_helpers.experiments import vanishing
from rnn_helpers.experiments.vanishing import CELLS, TEXTS, T

# -- how far the gradient reaches -------------------------------------------------------------

LOWEST, HIGHEST = 1e-12, 1e8
LAGS = np.arange(T + 1)


def reach_by_lag() -> Panel:
    """‖∂a⟨T⟩/∂a⟨k⟩‖ of five untrained cells, and what σ_max and the radius promise for two."""

    def compute(scale, lag, d, gate_bias, text, numbers_of):
        scale, gate_bias = round(scale, 2), round(gate_bias, 1)
        numbers = vanishing.recurrent_numbers(numbers_of, scale, text)
        return {
            "settings": (scale, lag, d, gate_bias, text, numbers_of),
            "curves": vanishing.reach_of_all(scale, d, gate_bias, text),
            "numbers": numbers,
            "bound": numbers["σ_max"] ** LAGS,
        }

    def draw(axes):
        return parts.together(_draw_reach(axes[0]), _draw_numbers(axes[1]))

    controls = {
        "scale": slider("scale of Waa", 0.1, 3.0, 1.0, step=0.05),
        "lag": slider("lag", 0, T, 20),
        "d": slider("skip length d", 1, 20, 7),
        "gate_bias": slider("gate bias", 0.0, 6.0, 1.0, step=0.2),
        "text": choice("input", TEXTS),
        "numbers_of": choice("numbers of", CELLS[:2]),
    }
    margins = {"left": 80, "right": 150, "top": 32, "bottom": 52, "gap": 52}
    shape = {"width": 800, "height": 327, "columns": 2, "width_ratios": [2.1, 1]}
    return Panel(controls, compute, draw, say_reach, room=365, **shape, margins=margins)


def say_reach(shown: dict) -> str:
    """Return what stands at the chosen lag, and which promise holds for the chosen cell."""
    scale, lag, d, gate_bias, text, numbers_of = shown["settings"]
    keeps = 100 * sigmoid(np.array(gate_bias))
    curves, numbers = shown["curves"].items(), shown["numbers"]
    at_lag = ", ".join(f"{name} {power_of_ten(norms[lag])}" for name, norms in curves)
    listed = ", ".join(f"{name} {value:.2f}" for name, value in numbers.items())
    return (
        f"Scale {scale:.2f}, skip length d = {d}, gate bias {gate_bias:.1f} (which keeps "
        f"{keeps:.0f} % a step), {text}. Norm at lag {lag}: {at_lag}. "
        f"For {numbers_of}: {listed}. {promise(numbers)}"
    )


def promise(numbers: dict[str, float]) -> str:
    """Return which promise the largest singular value makes where g1' is at most 1."""
    if np.isclose(numbers["σ_max"], 1, rtol=0, atol=1e-9):  # the unit matrix, but for rounding
        return "σ_max · max g1′ is 1: it cannot explode and need not vanish."
    if numbers["σ_max"] < 1:
        return "σ_max · max g1′ is below 1: it must vanish, at every lag at or below the thin line."
    radius = "below" if numbers["radius"] < 1 else "not below"
    return (
        "σ_max is above 1: it may explode and need not. The radius is "
        f"{radius} 1, which promises nothing."
    )


def _draw_reach(axes: Axes) -> parts.Update:
    bound = parts.lines(axes, ["σ_max^lag"], x=LAGS, look={"color": GREY, "linewidth": 1})
    upright = parts.upright(axes)
    curves, points = {}, {}
    for i, name in enumerate(CELLS):
        curves[name] = parts.lines(axes, [name], x=LAGS, styles=[i])
        points[name] = parts.point(axes, color=COLOURS[i], marker="osD^v"[i], markersize=None)
    axis = {"xlim": (-1, T + 1), "ylim": (LOWEST, HIGHEST), "yscale": "log", "xlabel": "lag T - k"}
    parts.set_axes(axes, **axis, ylabel="‖∂a⟨T⟩/∂a⟨k⟩‖")
    handles, names = axes.get_legend_handles_labels()
    right = {"loc": "center right", "frameon": False, "handlelength": 2.4}
    axes.figure.legend(handles, [fill(name, 10) for name in names], **right)

    def update(shown):
        lag = shown["settings"][1]
        upright(lag)
        bound(_on_axis(shown["bound"]))
        for name, norms in shown["curves"].items():
            norms = _on_axis(norms)
            curves[name](norms)
            points[name](lag, norms[lag])

    return update


def _on_axis(values: np.ndarray) -> np.ndarray:
    """Return values that a logarithmic axis can show: a little beyond its ends at most."""
    return np.clip(values, LOWEST / 1e3, HIGHEST * 1e3)


def _draw_numbers(axes: Axes) -> parts.Update:
    look = {"color": COLOURS[:3], "hatch": HATCHES[:3]}
    labels = {"xticks": range(3), "xticklabels": ["σ_max", "radius", "mean\ng1′"]}
    axis = {"ylim": (0, 6.5), "title": "numbers"}
    bars = parts.bars(axes, ["numbers"], range(3), width=0.6, look=look, **labels, **axis)
    parts.level(axes, 1, color=INK, linestyle="--")
    write = parts.words(axes, range(3), 1, va="bottom")

    def update(shown):
        heights = np.array(list(shown["numbers"].values()))
        bars(heights)
        above = np.maximum(heights, 1) + 0.1  # clear of the line at 1
        write([f"{height:.2f}" for height in heights], y=above)

    return update


# -- what eigenvalues hide --------------------------------------------------------------------

STEPS = 80
REST = np.array([[0.0], [0.949]])  # where the first network shall rest
RADIUS_0 = 1.5 * np.array([[1.0, -1.0], [1.0, -1.0]])
SHEAR = np.array([[0.9, 5.0], [0.0, 0.9]])
TURN = 0.9 * np.array([[np.cos(0.5), -np.sin(0.5)], [np.sin(0.5), np.cos(0.5)]])
SYSTEMS = {  # Waa and the fixed point; the bias is what holds a⟨t⟩ there
    "turn, 0.9": (TURN, np.zeros((2, 1))),
    "radius 0": (RADIUS_0, REST),
    "shear, 0.9": (SHEAR, np.zeros((2, 1))),
}
RINGS = {  # of the middle picture: times from ring to ring, and how many rings lie inside 1
    "turn, 0.9": (10, 4),
    "radius 0": (1000, 1),
    "shear, 0.9": (10, 3),
}
RINGS_SHOWN, STARTS = 5, 24
ANGLES = np.linspace(0, 2 * np.pi, 361)
CIRCLE = np.stack([np.cos(ANGLES), np.sin(ANGLES)])


def two_units() -> Panel:
    """Two units at a fixed point: where states go, and what the Jacobian does to a circle."""

    def compute(matrix, step):
        Waa, rest = SYSTEMS[matrix]
        products = _powers(matrix)
        return {
            "matrix": matrix,
            "step": step,
            "rest": rest,
            "paths": _paths(matrix)[: step + 1],
            "ellipse": products[step] @ CIRCLE,
            "norms": np.linalg.norm(products, 2, axis=(1, 2)),
            "radius": vanishing.spectral_radius(Waa),
            "σ_max": vanishing.norm(Waa),
            "radius at rest": vanishing.spectral_radius(vanishing.jacobian_at_rest(Waa, rest)),
        }

    def draw(axes):
        return parts.together(
            _draw_portrait(axes[0]), _draw_ellipse(axes[1]), _draw_growth(axes[2])
        )

    def say(shown):
        norms, step = shown["norms"], shown["step"]
        spread = np.ptp(shown["paths"][-1], axis=1).max()
        return (
            f"Matrix “{shown['matrix']}”: spectral radius {shown['radius']:.2f}, σ_max "
            f"{shown['σ_max']:.2f}; at the fixed point diag(1 - a²) Waa has radius "
            f"{shown['radius at rest']:.2f}. After {step} of {STEPS} steps the states lie "
            f"{spread:.2f} apart at most and the circle is stretched to "
            f"{power_of_ten(norms[step])} at most; the largest stretch on the way is "
            f"{power_of_ten(norms.max())}, at step {norms.argmax()}."
        )

    controls = {
        "matrix": choice("matrix", list(SYSTEMS), "radius 0"),
        "step": slider("step", 0, STEPS, 10),
    }
    margins = {"left": 56, "right": 16, "top": 36, "bottom": 56, "gap": 74}
    shape = {"width": 760, "height": 290, "columns": 3}
    walk = {"play": "step", "pace": 250, "links": _same_step}
    return Panel(controls, compute, draw, say, **walk, room=280, **shape, margins=margins)


def _same_step(axes: int, x: float, y: float, shown: dict) -> list[tuple[int, float, float]]:
    """Return where two units show the same step: the states then, and the stretch then."""
    paths, step = shown["paths"], shown["step"]  # paths (step + 1, 2, STARTS)
    if axes == 0:
        apart = np.linalg.norm(paths - np.array([[x], [y]]), axis=1)
        at = int(apart.argmin()) // STARTS
    else:
        at = step if axes == 1 else min(max(round(x), 0), STEPS)
    states = [(0, *paths[at, :, i]) for i in range(STARTS)] if at <= step else []
    return [*(states if axes else []), *([(2, at, shown["norms"][at])] if axes < 2 else [])]


@lru_cache(maxsize=8)
def _powers(matrix: str) -> np.ndarray:
    """Return ∂a⟨k⟩/∂a⟨0⟩ for k = 0 … STEPS at the fixed point, (STEPS + 1, 2, 2)."""
    return vanishing.powers(vanishing.jacobian_at_rest(*SYSTEMS[matrix]), STEPS)


@lru_cache(maxsize=8)
def _paths(matrix: str) -> np.ndarray:
    """Return where ``STARTS`` states go, (STEPS + 1, 2, STARTS): half from afar, half from near."""
    Waa, rest = SYSTEMS[matrix]
    ring = CIRCLE[:, : -1 : 720 // STARTS]
    start = np.hstack([0.95 * np.sign(ring) * np.abs(ring) ** 0.5, 0.3 * ring + 0.6 * rest])
    return vanishing.paths(Waa, rest, start, STEPS)


def _draw_portrait(axes: Axes) -> parts.Update:
    look = {"color": COLOURS[0], "linestyle": "-", "linewidth": 1}
    paths = parts.lines(axes, range(STARTS), look=look)
    ends = parts.point(axes, color=COLOURS[1], marker="s", markersize=6)
    rest = parts.point(axes, marker="X", markersize=10)
    axes.set(xlim=(-1.1, 1.1), ylim=(-1.1, 1.1), xlabel="unit 1", ylabel="unit 2")
    axes.set(title="states", xticks=[-1, 0, 1], yticks=[-1, 0, 1])

    def update(shown):
        paths({i: tuple(shown["paths"][:, :, i].T) for i in range(STARTS)})
        ends(*shown["paths"][-1])
        rest(*shown["rest"])

    return update


def by_rings(points: np.ndarray, times: float, inside: int) -> np.ndarray:
    """Return points (2, n) at a distance from the middle that counts rings, in the same direction.

    A point at distance r goes to log(r) / log(times) + inside, and to 0 if that is negative. So
    what grows by equal factors moves outwards by equal steps, and no change of scale hides it.
    """
    far = np.linalg.norm(points, axis=0)
    far = np.maximum(far, float(times) ** -inside)
    rings = np.log(far) / np.log(times) + inside
    return points / far * rings


def _draw_ellipse(axes: Axes) -> parts.Update:
    parts.silent(axes)
    for ring in range(1, RINGS_SHOWN + 1):
        axes.plot(*(ring * CIRCLE), **parts.grown(color=GREY, linewidth=0.8, linestyle=":"))
    before = parts.lines(axes, ["before"], look={"color": GREY, "linewidth": 1.5})
    now = parts.lines(axes, ["now"], styles=[1])
    longest = parts.note(axes, 0, -6.0)
    edge = RINGS_SHOWN + 0.5
    axes.set(xlim=(-edge, edge), ylim=(-edge - 1.2, edge), title="a circle of nudges", xticks=[])
    drawn = None

    def update(shown):
        nonlocal drawn
        times, inside = RINGS[shown["matrix"]]
        if drawn != shown["matrix"]:
            drawn = shown["matrix"]
            rings = range(inside % 2, RINGS_SHOWN + 1, 2)  # every second one, that of 1 among them
            exponents = [round(np.log10(times)) * (ring - inside) for ring in rings]
            axes.set_yticks(rings, [f"$10^{{{power}}}$" if power else "1" for power in exponents])
            axes.set_xlabel(f"each ring: {times} times")
        before(tuple(by_rings(CIRCLE, times, inside)))
        now(tuple(by_rings(shown["ellipse"], times, inside)))
        longest(f"longest: {power_of_ten(shown['norms'][shown['step']])}")

    return update


def _draw_growth(axes: Axes) -> parts.Update:
    axis = {"xlim": (-2, STEPS + 2), "ylim": (1e-4, 1e12), "yscale": "log", "xlabel": "step"}
    line = parts.lines(axes, ["stretch"], x=np.arange(STEPS + 1), styles=[1], **axis)
    here = parts.point(axes, markersize=None)
    parts.level(axes, 1)
    axes.set_title("largest stretch")

    def update(shown):
        line(shown["norms"])
        here(shown["step"], shown["norms"][shown["step"]])

    return update
