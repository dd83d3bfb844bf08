"""The exercises of ``05_vanishing_gradients``."""

import numpy as np

from rnn_helpers.checking.exercise import Exercise
from rnn_helpers.checking.inputs import deal, deal_sizes, draw


def _step_jacobian(a_t, Waa):
    return (1 - a_t**2) * Waa


STEP_TAKES = {"a_t": "(n_a, 1)", "Waa": "(n_a, n_a)"}


def _step_cases(rng):
    for case in deal(rng, STEP_TAKES, ones=("n_a",)):
        yield case | {"a_t": np.tanh(2 * case["a_t"])}


DIAG_OF_A_COLUMN = (
    "`np.diag` of a column takes its diagonal, a single number. `np.diagflat` puts the column on the "
    "diagonal."
)

step_jacobian = Exercise(
    title="The Jacobian of one step",
    reference=_step_jacobian,
    cases=_step_cases,
    takes=STEP_TAKES,
    returns={"J": "(n_a, n_a)"},
    hints=(
        "The slope of tanh, written with its output, is `1 - a_t**2`: one number for each unit.",
        "A diagonal matrix on the left multiplies the *rows*: row i by its i-th number.",
        "`np.diagflat(column) @ Waa` does it. So does `column * Waa`, by broadcasting.",
    ),
    mistakes={
        "(1 - a_t**2) * Waa → Waa * (1 - a_t**2).T": "the slopes multiply the columns of `Waa`, as if the diagonal stood on the right. tanh comes after `Waa`, so each slope belongs to a row.",
        "(1 - a_t**2) * Waa → Waa.copy()": "the slope of tanh is missing: this is the Jacobian of the sum before tanh. || The slope is `1 - a_t**2`.",
        "(1 - a_t**2) * Waa → (1 - a_t**2) * Waa.T": "`Waa` is transposed here. That belongs to the way back of an error, not to the Jacobian.",
        "a_t**2 → a_t": "the slope of tanh is one minus the *square* of its output. || `1 - a_t**2`.",
        "a_t**2 → np.tanh(a_t) ** 2": "tanh is taken twice: `a_t` is already tanh of the sum. || Write `1 - a_t**2`.",
        "(1 - a_t**2) * Waa → np.diagflat(1 - a_t**2) * Waa": "the star multiplies entry by entry, which keeps only the diagonal of `Waa`. Between two matrices write `@`.",
        "(1 - a_t**2) * Waa → np.diag(1 - a_t**2) @ Waa": DIAG_OF_A_COLUMN,
        "(1 - a_t**2) * Waa → np.diag(1 - a_t**2) * Waa": f"{DIAG_OF_A_COLUMN} Between the two matrices write `@`.",
        "return (1 - a_t**2) * Waa → return ((1 - a_t**2) * Waa).T": "this is the transpose of the Jacobian, which carries an error back. Row i of the Jacobian says how unit i of a⟨t⟩ reacts.",
        "1 - a_t**2 → (1 - a_t) ** 2": "the bracket stands too far out. || First square `a_t`, then take it from 1, `1 - a_t**2`.",
        "(1 - a_t**2) * Waa → (1 - a_t.T @ a_t) * Waa": "the squares of all units are added up into one number. Each row has a slope of its own.",
    },
)


def _jacobian_product(a, Waa, k):
    J = np.eye(len(Waa))
    for t in range(k + 1, len(a)):
        J = ((1 - a[t] ** 2) * Waa) @ J
    return J


def _entry_by_entry(a, Waa, k):
    J = np.ones_like(Waa)
    for t in range(k + 1, len(a)):
        J = J * ((1 - a[t] ** 2) * Waa)
    return J


PRODUCT_TAKES = {"a": "(steps, n_a, 1)", "Waa": "(n_a, n_a)"}


def _product_cases(rng):
    """From a state in the middle, from the start, from the last state and from the one before."""
    for k, sizes in enumerate(deal_sizes(rng, ("steps", "n_a"), least=4, ones=("steps", "n_a"))):
        steps, n_a = max(sizes["steps"], 3), sizes["n_a"]
        begins = (steps // 2, 0, 1, steps - 1, steps - 2)[k]
        case = draw(rng, PRODUCT_TAKES, n_a=n_a, steps=steps)
        yield {"a": np.tanh(2 * case["a"]), "Waa": 2 * case["Waa"], "k": begins}


jacobian_product = Exercise(
    title="The Jacobian of many steps",
    reference=_jacobian_product,
    cases=_product_cases,
    deals={
        "from the start": lambda a, Waa, k: k == 0,
        "from the last state": lambda a, Waa, k: k == len(a) - 1,
        "one step": lambda a, Waa, k: k == len(a) - 2,
        "from the middle": lambda a, Waa, k: 0 < k < len(a) - 2,
        "one unit": lambda a, Waa, k: len(Waa) == 1,
    },
    takes=PRODUCT_TAKES,
    returns={"J": "(n_a, n_a)"},
    by_hand=("jacobians",),
    hints=(
        "With no step between them, a state acts on itself with the unit matrix: that is the start.",
        "The first step after a⟨k⟩ makes a⟨k+1⟩, so its slope is that of `a[k + 1]`.",
        "A later step acts on what came before: its Jacobian comes in from the left, with `@`.",
    ),
    mistakes={
        _entry_by_entry: "the Jacobians are multiplied entry by entry. A chain of steps is a *matrix* product: `@`.",
        "((1 - a[t] ** 2) * Waa) @ J → ((1 - a[t] ** 2) * Waa) * J": "the star multiplies entry by entry, and the unit matrix you begin with leaves only the diagonal. A chain of steps is a *matrix* product: `@`.",
        " @ J → ": "each step overwrites the one before, so this is the Jacobian of the last step alone. Multiply it with the `J` you have: `... @ J`.",
        "((1 - a[t] ** 2) * Waa) @ J → J @ ((1 - a[t] ** 2) * Waa)": "the order is reversed: later steps stand further to the left. Write `... @ J`.",
        "((1 - a[t] ** 2) * Waa) @ J → Waa @ J": "the slope of tanh is missing in every step. Without it this is a power of `Waa`.",
        "return J → return J.T": "this is the transpose, which carries an error back. The Jacobian has a row for each unit of the *last* state.",
        "range(k + 1, len(a)) → range(k, len(a))": "there is one step too many: `a[k]` is where you begin, so the first slope is that of `a[k + 1]`.",
        "a[t] ** 2 → a[t - 1] ** 2": "the slopes are one step early. || The step that makes a⟨t⟩ has the slope `1 - a[t] ** 2`.",
        "a[t] ** 2 → a[t]": "the square is missing in the slope of tanh.",
        "1 - a[t] ** 2 → (1 - a[t]) ** 2": "the bracket stands too far out in the slope of tanh: first the square, then the difference.",
        "range(k + 1, len(a)) → range(1, len(a))": "the product begins at the start, whatever `k` is.",
        "range(k + 1, len(a)) → range(0, len(a))": "the product begins at the start, whatever `k` is, and takes a step too many.",
        "(1 - a[t] ** 2) * Waa → ((1 - a[t] ** 2) * Waa).T": "each step is transposed. That carries an error back; the Jacobian carries a change on.",
    },
)


def _bound(Waa, max_slope, lag):
    return (np.linalg.norm(Waa, 2) * max_slope) ** lag


def _bound_cases(rng):
    """Matrices of several sizes; lags from none on."""
    n_a, lags = rng.permutation([3, 4, 5]).tolist(), (*rng.permutation([3, 4, 5, 6])[:2], 1)
    slopes = rng.permutation([0.4, 0.55, 0.7, 0.85]) + rng.uniform(0, 0.1)
    for n, lag, slope in zip([2, *n_a[:2]], lags, slopes, strict=False):
        Waa = rng.normal(scale=0.5, size=(n, n)).round(2)
        Waa *= -np.sign(Waa.flat[np.abs(Waa).argmax()])
        yield Waa, float(slope.round(2)), int(lag)
    yield rng.normal(scale=0.4, size=(n_a[2], n_a[2])), 1.0, 0


bound = Exercise(
    title="What can be promised",
    reference=_bound,
    cases=_bound_cases,
    deals={
        "no step": lambda Waa, max_slope, lag: lag == 0,
        "one step": lambda Waa, max_slope, lag: lag == 1,
        "several steps": lambda Waa, max_slope, lag: lag > 2,
        "a slope of 1": lambda Waa, max_slope, lag: max_slope == 1,
        "a largest entry below 0": lambda Waa, max_slope, lag: -Waa.min() > Waa.max() and lag > 1,
        "unlike its transpose": lambda Waa, max_slope, lag: not np.allclose(Waa, Waa.T),
    },
    takes={"Waa": "(n_a, n_a)"},
    returns={"bound": "()"},
    hints=(
        "σ_max is the largest singular value, the longest that `Waa` makes any column of length 1.",
        "`np.linalg.norm(Waa, 2)` is that number.",
        "A step stretches by `σ_max * max_slope` at most, and there are `lag` steps.",
    ),
    mistakes={
        "np.linalg.norm(Waa, 2) → np.abs(np.linalg.eigvals(Waa)).max()": "this is the spectral radius. It promises nothing for the tanh network. || Take the largest *singular* value, `np.linalg.norm(Waa, 2)`.",
        "np.linalg.norm(Waa, 2) → np.linalg.norm(Waa)": "without the 2 this is the root of the sum of all squares (the Frobenius norm): a bound too, but a loose one. Give `np.linalg.norm` the order 2.",
        "np.linalg.norm(Waa, 2) → np.linalg.norm(Waa, -2)": "this is the *smallest* singular value. The bound needs the largest.",
        " * max_slope → ": "the slope of the activation is missing: each step also multiplies by g1′, at most `max_slope`.",
        "(np.linalg.norm(Waa, 2) * max_slope) ** lag → np.linalg.norm(Waa, 2) * max_slope**lag": "only the slope is raised to the power `lag`. `Waa` takes part in each of the steps as well.",
        "** lag → * lag": "stretches of several steps are multiplied, not added: raise to the power `lag`.",
        "np.linalg.norm(Waa, 2) → np.abs(Waa).max()": "the largest entry says how one unit feeds one other. A whole column can be stretched more: take the largest singular value.",
        "np.linalg.norm(Waa, 2) → Waa.max()": "this is the largest entry, with its sign: it says how one unit feeds one other. A whole column can be stretched more: take the largest singular value.",
        "** lag → ** (lag - 1)": "there are `lag` steps, and one of them is not counted.",
        "np.linalg.norm(Waa, 2) → np.linalg.norm(Waa, 2) ** 2": "the square of the singular value is taken. `Waa.T @ Waa` has squares: the root is missing.",
        "(np.linalg.norm(Waa, 2) * max_slope) ** lag → np.linalg.norm(Waa**lag, 2) * max_slope**lag": "each entry of `Waa` is raised to the power. It is the stretch of a whole step that is.",
        "np.linalg.norm(Waa, 2) → np.linalg.norm(Waa, 1)": "this is the norm of order 1, the largest sum of a column. The bound asks for the largest singular value.",
    },
)


def _identity_cell(x, Wax):
    states, a_t = [], np.zeros((len(Wax), x.shape[2]))
    for x_t in x:
        a_t = np.maximum(a_t + Wax @ x_t, 0)
        states.append(a_t)
    return np.stack(states)


IDENTITY_TAKES = {"x": "(T, n_x, m)", "Wax": "(n_a, n_x)"}


def _identity_cases(rng):
    for case in deal(rng, IDENTITY_TAKES):
        yield {name: 2 * value for name, value in case.items()}
    case = draw(rng, IDENTITY_TAKES)
    yield case | {"x": 0 * case["x"]}


MAX_OF_ONE_ARRAY = "`np.max` looks for the largest entry of one array. To compare every entry with 0, use `np.maximum`."

identity_cell = Exercise(
    title="A state that is copied",
    reference=_identity_cell,
    cases=_identity_cases,
    deals={
        "an input of 0": lambda x, Wax: not x.any(),
        "a sum below 0": lambda x, Wax: (Wax @ x[0]).min() < -0.5,
    },
    takes=IDENTITY_TAKES,
    returns={"a": "(T, n_a, m)"},
    hints=(
        "The unit matrix times the state is the state itself.",
        "ReLU keeps what is above 0: `np.maximum(..., 0)`.",
        "Both parts, the old state and what `Wax` makes of the input, go inside.",
    ),
    mistakes={
        "np.maximum(a_t + Wax @ x_t, 0) → a_t + np.maximum(Wax @ x_t, 0)": "ReLU is taken of the input's part only, so the state can never shrink. Take it of the sum.",
        "np.maximum(a_t + Wax @ x_t, 0) → np.tanh(a_t + Wax @ x_t)": "this is tanh. Its slope is below 1, and the copy fades: use ReLU, `np.maximum(..., 0)`.",
        "a_t + Wax @ x_t → Wax @ x_t": "the state before is not used, so nothing is remembered. Add `a_t`.",
        "a_t + Wax @ x_t → np.ones((len(Wax), len(Wax))) @ a_t + Wax @ x_t": "this `Waa` is full of ones, so every unit gets the sum of all. The unit matrix has ones on its diagonal alone: the state is simply added.",
        "np.maximum(a_t + Wax @ x_t, 0) → a_t + Wax @ x_t": "the activation is missing. Without ReLU the cell is linear.",
        "np.maximum(a_t + Wax @ x_t, 0) → np.minimum(a_t + Wax @ x_t, 0)": "`np.minimum` keeps what is below 0. ReLU keeps what is above: `np.maximum`.",
        "np.maximum(a_t + Wax @ x_t, 0) → np.max(0, a_t + Wax @ x_t)": MAX_OF_ONE_ARRAY,
        "np.maximum(a_t + Wax @ x_t, 0) → np.max(a_t + Wax @ x_t, 0)": f"{MAX_OF_ONE_ARRAY} (The 0 is taken for an axis here.)",
        "np.maximum(a_t + Wax @ x_t, 0) → max(a_t + Wax @ x_t, 0)": "Python's `max` compares whole things, not entry by entry. For arrays write `np.maximum(..., 0)`.",
        "np.maximum(a_t + Wax @ x_t, 0) → np.maximum(a_t, 0) + Wax @ x_t": "ReLU is taken of the state before, and the input added afterwards. It is taken of the sum.",
        "np.maximum(a_t + Wax @ x_t, 0) → np.maximum(a_t + Wax @ x_t, 0.01 * (a_t + Wax @ x_t))": "this is the leaky ReLU, which lets a little of what is below 0 through. ReLU makes it 0.",
    },
)


def _clipped_shares(shares, max_norm):
    norm = np.linalg.norm(shares.sum(axis=0))
    return shares * min(1, max_norm / norm)


MAX_NORMS = (0.15, 1.7, 0.7, 0.6)  # of the length of the sum: the second is left alone


def _shares_cases(rng):
    sizes = deal_sizes(rng, ("T", "n_a"), least=3)
    for share, size in zip(MAX_NORMS, sizes, strict=True):
        T, n_a = size["T"], size["n_a"]
        fading = 0.6 ** np.arange(T)[::-1, None, None]
        shares = fading * rng.normal(size=(T, n_a, n_a))
        length = np.linalg.norm(shares.sum(axis=0))
        yield shares, float(length * share)


def _sum_over(shares, max_norm):
    return np.linalg.norm(shares.sum(axis=0)) / max_norm


clipped_shares = Exercise(
    title="What clipping does to each lag",
    reference=_clipped_shares,
    cases=_shares_cases,
    deals={
        "an entry above the limit": lambda shares, max_norm: np.abs(shares).max() > max_norm,
        "longer than the limit": lambda shares, max_norm: _sum_over(shares, max_norm) > 1.2,
        "shorter than the limit": lambda shares, max_norm: _sum_over(shares, max_norm) < 0.8,
        "one step": lambda shares, max_norm: len(shares) == 1,
    },
    takes={"shares": "(T, n_a, n_a)"},
    returns={"shares": "(T, n_a, n_a)"},
    hints=(
        "The gradient is `shares.sum(axis=0)`, and `np.linalg.norm` gives its length.",
        "To be multiplied as a whole, each of its parts is multiplied by the same number.",
        "That number is `max_norm / norm`, but never more than 1.",
    ),
    mistakes={
        "return shares * min(1, max_norm / norm) → return shares * np.minimum(1, max_norm / np.linalg.norm(shares, axis=(1, 2), keepdims=True))": "each share is clipped by itself, so large ones shrink and small ones do not. The sum is clipped: one number for all.",
        "shares * min(1, max_norm / norm) → np.clip(shares, -max_norm, max_norm)": "this clips by value: it cuts single entries and turns the direction. By norm, all are multiplied by one number.",
        "min(1, max_norm / norm) → (max_norm / norm)": "a gradient that is short enough is made longer here. Never multiply by more than 1.",
        "min(1, max_norm / norm) → min(1, 1 / norm)": "the sum gets the length 1 instead of `max_norm`. || Multiply by `max_norm / norm`.",
        "np.linalg.norm(shares.sum(axis=0)) → np.linalg.norm(shares)": "this is the root of the sum of squares of all shares together. The gradient is their sum. || `shares.sum(axis=0)` first.",
        "np.linalg.norm(shares.sum(axis=0)) → (shares.sum(axis=0) ** 2).sum()": "this is the squared length: the root is missing.",
        "np.linalg.norm(shares.sum(axis=0)) → np.linalg.norm(shares.sum(axis=0), 2)": "this is the largest singular value. Clipping takes the length of all entries together: leave out the 2.",
        "np.linalg.norm(shares.sum(axis=0)) → np.linalg.norm(shares.mean(axis=0))": "the mean of the shares is measured. The gradient is their sum.",
        "np.linalg.norm(shares.sum(axis=0)) → np.abs(shares.sum())": "everything is added up to a single number. The gradient is a matrix: add the steps up, and measure its length.",
        "np.linalg.norm(shares.sum(axis=0)) → np.linalg.norm(shares.sum(axis=1))": "the sum runs over the wrong axis. Time is the first.",
    },
)


def _skip_step(x_t, past, Waa, Wd, Wax, ba, d):
    return np.tanh(Waa @ past[-1] + Wd @ past[-d] + Wax @ x_t + ba)


SKIP_TAKES = {
    "x_t": "(n_x, m)",
    "past": "(steps, n_a, m)",
    "Waa": "(n_a, n_a)",
    "Wd": "(n_a, n_a)",
    "Wax": "(n_a, n_x)",
    "ba": "(n_a, 1)",
}


def _skip_cases(rng):
    """d stays below half of the past, so that counting from the wrong end is noticed.

    Then d is 1, the smallest, and as long as the past, the largest.
    """
    for k, sizes in enumerate(deal_sizes(rng, ("n_x", "steps", "n_a", "m"))):
        steps, d = 9 + sizes.pop("steps"), (2, 3, 4, 1)[k]
        yield draw(rng, SKIP_TAKES, **sizes, steps=steps) | {"d": d}
    yield draw(rng, SKIP_TAKES, steps=8) | {"d": 8}


skip_step = Exercise(
    title="A step with a skip connection",
    reference=_skip_step,
    cases=_skip_cases,
    deals={
        "d = 1": lambda past, d, **_: d == 1,
        "d as long as the past": lambda past, d, **_: d == len(past),
        "d between": lambda past, d, **_: 1 < d < len(past) / 2,
        "one example": lambda past, **_: past.shape[2] == 1,
    },
    takes=SKIP_TAKES,
    returns={"a": "(n_a, m)"},
    hints=(
        "Python counts from the end with negative numbers: `past[-1]` is the newest state.",
        "`past[-1]` is one step back, so what is two steps back, and d?",
    ),
    mistakes={
        "past[-d] → past[d]": "`past[d]` counts from the oldest state. Count from the newest. || `past[-d]`.",
        "past[-d] → past[-d - 1]": "this is d + 1 steps back: `past[-1]` is already one step back.",
        "past[-d] → past[-1]": "both matrices read the state before, so nothing is skipped. `Wd` reads a⟨t-d⟩.",
        "Waa @ past[-1] + Wd @ past[-d] → Waa @ past[-d] + Wd @ past[-1]": "the two states are exchanged: `Waa` reads the state before, `Wd` the one d steps back.",
        "Waa @ past[-1] + Wd @ past[-d] → Waa @ past[0] + Wd @ past[d - 1]": "this reads `past` as if the newest state came first. It is oldest first. || Count from the end, `past[-1]` and `past[-d]`.",
        " + Wd @ past[-d] → ": "the skip connection is missing. || Add `Wd @ past[-d]`.",
        "np.tanh(Waa @ past[-1] + Wd @ past[-d] + Wax @ x_t + ba) → np.tanh(Waa @ past[-1] + Wax @ x_t + ba) + Wd @ past[-d]": "the skip connection is added after tanh, so the state has no limit. It goes inside.",
    },
)
