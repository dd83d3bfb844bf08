"""The panels of ``05_vanishing_gradients``: how far a gradient reaches, what eigenvalues hide."""

from functools import lru_cache

import numpy as np

from rnn_helpers import data
from rnn_helpers.activations import sigmoid
from rnn_helpers.cells import Cell, GRUCell, LSTMCell, RNNCell
from rnn_helpers.course.figures import COLOURS, HATCHES, INK, line_style
from rnn_helpers.course.panel import Panel, choice, slider
from rnn_helpers.course.wording import power_of_ten
from rnn_helpers.gradients import reach
from rnn_helpers.skip import SkipCell, skip_reach

# -- how far the gradient reaches -------------------------------------------------------------

T, N_A = 50, 16
CELLS = ("tanh", "ReLU from identity", "skip", "GRU", "LSTM")
INPUTS = ("names", "random letters")
LOWEST, HIGHEST = 1e-12, 1e8


def row_of_names(steps: int = T) -> np.ndarray:
    """Return the longest names in a row, as tokens (steps, 1): a long text of real letters."""
    names = sorted(data.dinosaurs(), key=len)[: -1 - steps // 10 : -1]
    return data.to_tokens(data.END.join(names))[:steps, None]


def random_letters(steps: int = T, seed: int = 5) -> np.ndarray:
    """Return letters drawn by chance, as tokens (steps, 1)."""
    return np.random.default_rng(seed).integers(len(data.ALPHABET), size=(steps, 1))


def reach_by_lag() -> Panel:
    """‖∂a⟨T⟩/∂a⟨k⟩‖ of five untrained cells, and what σ_max and the radius promise for two."""

    def compute(scale, lag, d, gate_bias, letters, numbers):
        curves = reach_of_all(round(scale, 2), d, round(gate_bias, 1), letters)
        found = waa_numbers(numbers, round(scale, 2), letters)
        return {
            "settings": (round(scale, 2), lag, d, round(gate_bias, 1), letters, numbers),
            "curves": curves,
            "numbers": found,
            "bound": found["σ_max"] ** np.arange(T + 1),
        }

    def draw(axes):
        parts = [_draw_reach(axes[0]), _draw_numbers(axes[1])]
        return lambda shown: [part(shown) for part in parts]

    controls = {
        "scale": slider("scale of Waa", 0.1, 3.0, 1.0, step=0.05),
        "lag": slider("lag", 0, T, 20),
        "d": slider("skip length d", 1, 20, 7),
        "gate_bias": slider("gate bias", 0.0, 6.0, 1.0, step=0.2),
        "letters": choice("input", INPUTS),
        "numbers": choice("numbers of", CELLS[:2]),
    }
    margins = {"left": 80, "right": 16, "top": 34, "bottom": 125, "gap": 62}
    shape = {"width": 760, "height": 450, "columns": 2, "width_ratios": [2.6, 1]}
    return Panel(controls, compute, draw, say_reach, **shape, margins=margins)


def reach_of_all(scale: float, d: int, gate_bias: float, letters: str) -> dict[str, np.ndarray]:
    """Return the norm at lags 0 … T for each of ``CELLS``, recurrent weights times ``scale``."""
    settings = {"skip": (d, 0.0), "GRU": (1, gate_bias), "LSTM": (1, gate_bias)}
    return {name: _reach(name, scale, *settings.get(name, (1, 0.0)), letters) for name in CELLS}


@lru_cache(maxsize=256)
def _reach(name: str, scale: float, d: int, gate_bias: float, letters: str) -> np.ndarray:
    x = row_of_names() if letters == "names" else random_letters()
    return (skip_reach if name == "skip" else reach)(_cell(name, scale, d, gate_bias), x)


def _cell(name: str, scale: float, d: int = 1, gate_bias: float = 0.0) -> Cell:
    """Return an untrained cell; a gate bias of 0 leaves the gates half open, more opens them."""
    drawn = {"rng": 3, "recurrent_start": "uniform"}
    cell = {
        "tanh": lambda: RNNCell(27, N_A, **drawn),
        "ReLU from identity": lambda: RNNCell(27, N_A, "relu", rng=3, recurrent_start="identity"),
        "skip": lambda: SkipCell(27, N_A, d, **drawn),
        "GRU": lambda: GRUCell(27, N_A, **drawn),
        "LSTM": lambda: LSTMCell(27, N_A, gate_bias, **drawn),
    }[name]()
    if name == "GRU":
        cell.params["ba"][:N_A] = -gate_bias  # an update gate near 0 keeps the old state
    for recurrent in {"Waa", "Wd"} & set(cell.params):
        cell.params[recurrent] *= scale
    return cell


@lru_cache(maxsize=64)
def waa_numbers(name: str, scale: float, letters: str) -> dict[str, float]:
    """Return σ_max and the spectral radius of Waa, and the mean slope g1' of units and steps."""
    cell = _cell(name, scale)
    a, _ = cell.forward(row_of_names() if letters == "names" else random_letters())
    slope = 1 - a**2 if name == "tanh" else a > 0
    Waa = cell.params["Waa"]
    return {
        "σ_max": float(np.linalg.norm(Waa, 2)),
        "radius": float(np.abs(np.linalg.eigvals(Waa)).max()),
        "mean g1′": float(slope.mean()),
    }


def say_reach(shown: dict) -> str:
    """Return what stands at the chosen lag, and which promise holds for the chosen cell."""
    scale, lag, d, gate_bias, letters, numbers = shown["settings"]
    kept = 100 * sigmoid(np.array(gate_bias))
    curves = shown["curves"].items()
    at_lag = ", ".join(f"{name} {power_of_ten(curve[lag])}" for name, curve in curves)
    found = ", ".join(f"{name} {value:.2f}" for name, value in shown["numbers"].items())
    return (
        f"Scale {scale:.2f}, skip length d = {d}, gate bias {gate_bias:.1f} (which keeps "
        f"{kept:.0f} % a step), {letters}. Norm at lag {lag}: {at_lag}. "
        f"For {numbers}: {found}. {promise(shown['numbers'])}"
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


def _draw_reach(axes):
    lags = np.arange(T + 1)
    (bound,) = axes.plot(lags, np.ones(T + 1), color="#888888", linewidth=1, label="σ_max^lag")
    upright = axes.axvline(0, color="#888888", linewidth=1, linestyle=":")
    curves, points = [], []
    for i, name in enumerate(CELLS):
        curves += axes.plot(lags, np.ones(T + 1), label=name, **line_style(i))
        points += axes.plot([0], [1], color=COLOURS[i], marker="osD^v"[i], linestyle="none")
    axes.set(xlim=(0, T), ylim=(LOWEST, HIGHEST), yscale="log", xlabel="lag T - k")
    axes.set_ylabel("‖∂a⟨T⟩/∂a⟨k⟩‖")
    axes.legend(loc="upper left", bbox_to_anchor=(-0.1, -0.17), ncols=3, frameon=False)

    def update(shown):
        lag = shown["settings"][1]
        upright.set_xdata([lag, lag])
        bound.set_ydata(_on_axis(shown["bound"]))
        for line, point, values in zip(curves, points, shown["curves"].values(), strict=True):
            line.set_ydata(_on_axis(values))
            point.set_data([lag], [_on_axis(values)[lag]])

    return update


def _draw_numbers(axes):
    names = ("σ_max", "radius", "mean g1′")
    bars = axes.bar(range(3), [1, 1, 1], 0.6, color=COLOURS[:3], edgecolor="white")
    for bar, hatch in zip(bars, HATCHES):
        bar.set_hatch(hatch)
    axes.axhline(1, color=INK, linewidth=1, linestyle="--")
    texts = [axes.text(i, 1, "", ha="center", va="bottom") for i in range(3)]
    axes.set_xticks(range(3), ["σ_max", "radius", "mean\ng1′"])
    axes.set(ylim=(0, 6.5), title="numbers")

    def update(shown):
        for bar, text, name in zip(bars, texts, names, strict=True):
            height = shown["numbers"][name]
            bar.set_height(height)
            text.set_text(f"{height:.2f}")
            text.set_y(max(height, 1) + 0.1)  # clear of the line at 1

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
RINGS_SHOWN = 5
ANGLES = np.linspace(0, 2 * np.pi, 361)
CIRCLE = np.stack([np.cos(ANGLES), np.sin(ANGLES)])


def resting_bias(Waa: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """Return the ba for which a⟨t⟩ = tanh(Waa a⟨t-1⟩ + ba) stays at ``rest`` for ever, (n_a, 1)."""
    return np.arctanh(rest) - Waa @ rest


def two_units() -> Panel:
    """Two units at a fixed point: where states go, and what the Jacobian does to a circle."""

    def compute(matrix, step):
        Waa, rest = SYSTEMS[matrix]
        one = (1 - rest**2) * Waa  # the same as diag(1 - a²) Waa: row i times 1 - a_i²
        products = _powers(matrix)
        norms = np.linalg.norm(products, 2, axis=(1, 2))
        return {
            "matrix": matrix,
            "step": step,
            "rest": rest,
            "paths": _paths(matrix)[: step + 1],
            "ellipse": products[step] @ CIRCLE,
            "norms": norms,
            "radius": float(np.abs(np.linalg.eigvals(Waa)).max()),
            "σ_max": float(np.linalg.norm(Waa, 2)),
            "one": float(np.abs(np.linalg.eigvals(one)).max()),
        }

    def draw(axes):
        parts = [_draw_portrait(axes[0]), _draw_ellipse(axes[1]), _draw_growth(axes[2])]
        return lambda shown: [part(shown) for part in parts]

    def say(shown):
        norms, step = shown["norms"], shown["step"]
        spread = np.ptp(shown["paths"][-1], axis=1).max()
        return (
            f"Matrix “{shown['matrix']}”: spectral radius {shown['radius']:.2f}, σ_max "
            f"{shown['σ_max']:.2f}; at the fixed point diag(1 - a²) Waa has radius "
            f"{shown['one']:.2f}. After {step} of {STEPS} steps the states lie {spread:.2f} apart "
            f"at most and the circle is stretched to {power_of_ten(norms[step])} at most; "
            f"the largest stretch on the way is {power_of_ten(norms.max())}, "
            f"at step {norms.argmax()}."
        )

    controls = {
        "matrix": choice("matrix", list(SYSTEMS), "radius 0"),
        "step": slider("step", 0, STEPS, 10),
    }
    margins = {"left": 56, "right": 16, "top": 36, "bottom": 56, "gap": 74}
    shape = {"width": 760, "height": 290, "columns": 3}
    return Panel(controls, compute, draw, say, **shape, margins=margins)


@lru_cache(maxsize=8)
def _powers(matrix: str) -> np.ndarray:
    """Return ∂a⟨k⟩/∂a⟨0⟩ for k = 0 … STEPS at the fixed point, (STEPS + 1, 2, 2)."""
    Waa, rest = SYSTEMS[matrix]
    found = [np.eye(2)]
    for _ in range(STEPS):
        found.append((1 - rest**2) * Waa @ found[-1])
    return np.stack(found)


@lru_cache(maxsize=8)
def _paths(matrix: str) -> np.ndarray:
    """Return where 24 starts go, (STEPS + 1, 2, 24)."""
    Waa, rest = SYSTEMS[matrix]
    ring = CIRCLE[:, :-1:30]
    a = np.hstack([0.95 * np.sign(ring) * np.abs(ring) ** 0.5, 0.3 * ring + 0.6 * rest])
    ba, found = resting_bias(Waa, rest), [a]
    for _ in range(STEPS):
        found.append(np.tanh(Waa @ found[-1] + ba))
    return np.stack(found)


def _draw_portrait(axes):
    lines = [axes.plot([], [], color=COLOURS[0], linestyle="-", linewidth=1)[0] for _ in range(24)]
    ends = axes.plot([], [], color=COLOURS[1], marker="s", markersize=6, linestyle="none")[0]
    (rest,) = axes.plot([], [], color=INK, marker="X", markersize=10, linestyle="none")
    axes.set(xlim=(-1.1, 1.1), ylim=(-1.1, 1.1), xlabel="unit 1", ylabel="unit 2")
    axes.set(title="states", xticks=[-1, 0, 1], yticks=[-1, 0, 1])

    def update(shown):
        for i, line in enumerate(lines):
            line.set_data(*shown["paths"][:, :, i].T)
        ends.set_data(*shown["paths"][-1])
        rest.set_data(*shown["rest"])

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


def _draw_ellipse(axes):
    for ring in range(1, RINGS_SHOWN + 1):
        axes.plot(*(ring * CIRCLE), color="#bbbbbb", linewidth=0.8, linestyle=":")
    (before,) = axes.plot([], [], color="#888888", linewidth=1.5)
    (now,) = axes.plot([], [], **line_style(1))
    longest = axes.text(0, -6.0, "", ha="center", va="center")
    edge = RINGS_SHOWN + 0.5
    axes.set(xlim=(-edge, edge), ylim=(-edge - 1.2, edge), title="a circle of nudges", xticks=[])
    drawn = None

    def update(shown):
        nonlocal drawn
        times, inside = RINGS[shown["matrix"]]
        if drawn != shown["matrix"]:
            drawn = shown["matrix"]
            rings = range(inside % 2, RINGS_SHOWN + 1, 2)  # every second one, that of 1 among them
            powers = [round(np.log10(times)) * (ring - inside) for ring in rings]
            axes.set_yticks(rings, [f"$10^{{{power}}}$" if power else "1" for power in powers])
            axes.set_xlabel(f"each ring: {times} times")
        before.set_data(*by_rings(CIRCLE, times, inside))
        now.set_data(*by_rings(shown["ellipse"], times, inside))
        longest.set_text(f"longest: {power_of_ten(shown['norms'][shown['step']])}")

    return update


def _draw_growth(axes):
    steps = np.arange(STEPS + 1)
    (line,) = axes.plot(steps, np.ones(STEPS + 1), **line_style(1))
    (here,) = axes.plot([0], [1], color=INK, marker="o", linestyle="none")
    axes.axhline(1, color="#888888", linewidth=1, linestyle=":")
    axes.set(xlim=(0, STEPS), ylim=(1e-4, 1e12), yscale="log", xlabel="step")
    axes.set(title="largest stretch")

    def update(shown):
        line.set_ydata(shown["norms"])
        here.set_data([shown["step"]], [shown["norms"][shown["step"]]])

    return update


# -- small helpers ----------------------------------------------------------------------------


def _on_axis(values: np.ndarray) -> np.ndarray:
    """Return values that a logarithmic axis can show: a little beyond its ends at most."""
    return np.clip(values, LOWEST / 1e3, HIGHEST * 1e3)
