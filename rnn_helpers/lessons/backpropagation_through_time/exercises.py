"""The exercises of ``03_backpropagation_through_time``."""

import numpy as np

from rnn_helpers.activations import softmax
from rnn_helpers.checking.exercise import Exercise
from rnn_helpers.checking.inputs import deal, deal_sizes


def _score_gradient(z, y):
    T, K, m = z.shape
    y_hat = softmax(z)
    return (y_hat - y) / (T * m)


def _score_cases(rng):
    for sizes in deal_sizes(rng, ("T", "K", "m"), least=3):
        T, K, m = sizes.values()
        classes = rng.integers(K, size=(T, m))
        y = np.moveaxis(np.eye(K)[classes], -1, 1)
        yield {"z": rng.normal(size=(T, K, m)), "y": y}


score_gradient = Exercise(
    title="The gradient of the cross-entropy",
    reference=_score_gradient,
    cases=_score_cases,
    takes={"z": "(T, K, m)", "y": "(T, K, m)"},
    returns={"dz": "(T, K, m)"},
    hints=(
        "For each step and each example it is prediction minus truth.",
        "For the sum, the gradient is `y_hat - y`. For the mean, divide it by how many terms "
        "the mean has.",
    ),
    mistakes={
        "y_hat - y → y - y_hat": "the sign is reversed, so a step downhill would go uphill. || It is `y_hat - y`.",
        " / (T * m) → ": "this is the gradient of the sum. For the mean, divide by the `T * m` terms.",
        "(T * m) → T": "this is averaged over time but summed over the examples. Divide by `T * m`.",
        "(T * m) → (T * K * m)": "the classes are counted as terms of the mean. Only one class of each step is right: there are `T * m` terms.",
        "y_hat - y → -y / y_hat": "this is the gradient for ŷ. Go on through the softmax. || The two together give `y_hat - y`.",
        "y_hat - y → z - y": "the scores stand where the probabilities should: go through the softmax first.",
        "y_hat - y → y_hat - 1": "1 is subtracted from every class. Only the right class has a 1 in `y`.",
        "(T * m) → m": "this is averaged over the examples but summed over time. The mean is over both.",
    },
)


def _step_backward(da_t, a_t, a_prev, x_t, Waa):
    dz = da_t * (1 - a_t**2)
    da_prev = Waa.T @ dz
    dWaa = dz @ a_prev.T
    dWax = dz @ x_t.T
    dba = dz.sum(axis=1, keepdims=True)
    return da_prev, dWaa, dWax, dba


STEP_TAKES = {
    "da_t": "(n_a, m)",
    "a_t": "(n_a, m)",
    "a_prev": "(n_a, m)",
    "x_t": "(n_x, m)",
    "Waa": "(n_a, n_a)",
}


def _step_cases(rng):
    for case in deal(rng, STEP_TAKES):
        yield case | {"a_t": np.tanh(2 * case["a_t"]), "a_prev": np.tanh(2 * case["a_prev"])}


step_backward = Exercise(
    title="One step back",
    reference=_step_backward,
    cases=_step_cases,
    takes=STEP_TAKES,
    returns={
        "da_prev": "(n_a, m)",
        "dWaa": "(n_a, n_a)",
        "dWax": "(n_a, n_x)",
        "dba": "(n_a, 1)",
    },
    hints=(
        "The slope of tanh, written with its output: `1 - a_t**2`.",
        "Let the shapes guide you: `(n_a, m) @ (m, n_x)` is the only way to a `(n_a, n_x)`.",
        "The bias reached every column, so its gradient is the sum over the columns: "
        "`dz.sum(axis=1, keepdims=True)`.",
    ),
    mistakes={
        "Waa.T @ dz → Waa @ dz": "`Waa` is not transposed in `da_prev`. Going forward, column j of `Waa` carries unit j on; going back, that column collects the error. || `Waa.T @ dz`.",
        " * (1 - a_t**2) → ": "the slope of tanh is missing. The error must pass the activation. || Multiply by `1 - a_t**2`.",
        "1 - a_t**2 → 1 - a_t": "a square is missing in the slope of tanh. || It is `1 - a_t**2`.",
        "1 - a_t**2 → 1 - np.tanh(a_t) ** 2": "tanh is taken twice: `a_t` is already tanh of z. || Write `1 - a_t**2`.",
        "1 - a_t**2 → a_t * (1 - a_t)": "this is the slope of the sigmoid. || For tanh it is `1 - a_t**2`.",
        "dz @ a_prev.T → dz @ a_t.T": "`dWaa` uses a⟨t⟩. What `Waa` was multiplied with is the state before, `a_prev`.",
        "dz.sum(axis=1, keepdims=True) → dz.mean(axis=1, keepdims=True)": "`dba` is the mean over the examples. The bias reached each of them, so take the sum.",
        "dba = dz.sum(axis=1, keepdims=True) → dba = dz": "`dba` still has a column for each example. The bias reached all of them. || Add the columns up, `dz.sum(axis=1, keepdims=True)`.",
        "dz.sum(axis=1, keepdims=True) → dz.sum(axis=1)": "`dba` has lost its second axis and is `(n_a,)`. || Add `keepdims=True`.",
        "dz = da_t * (1 - a_t**2) → dz = da_t * (1 - a_prev**2)": "the slope is that of the state before. tanh made a⟨t⟩, so its slope is there. || It is `1 - a_t**2`.",
        "dz @ a_prev.T → a_prev @ dz.T": "`dWaa` is transposed: its rows belong to the units that receive, so the error stands on the left.",
        "dz @ x_t.T → x_t @ dz.T": "`dWax` is transposed: its rows belong to the units, so the error stands on the left.",
    },
)


def _through_time(immediate, a, a_0, Waa):
    dWaa, from_later = np.zeros_like(Waa), np.zeros_like(a_0)
    for t in reversed(range(len(a))):
        a_prev = a[t - 1] if t > 0 else a_0
        dz = (immediate[t] + from_later) * (1 - a[t] ** 2)
        dWaa += dz @ a_prev.T
        from_later = Waa.T @ dz
    return dWaa, from_later


TIME_TAKES = {
    "immediate": "(T, n_a, m)",
    "a": "(T, n_a, m)",
    "a_0": "(n_a, m)",
    "Waa": "(n_a, n_a)",
}


def _time_cases(rng):
    for case in deal(rng, TIME_TAKES):
        yield case | {"a": np.tanh(2 * case["a"])}


through_time = Exercise(
    title="Back through time",
    reference=_through_time,
    cases=_time_cases,
    takes=TIME_TAKES,
    returns={"dWaa": "(n_a, n_a)", "da_0": "(n_a, m)"},
    hints=(
        "`from_later` is what step t + 1 handed back. At the last step nothing came: it starts at 0.",
        "The total derivative of a⟨t⟩ is `immediate[t] + from_later`.",
        "The rest is exercise 2: the slope of tanh, then `dz @ a_prev.T`, then `Waa.T @ dz`.",
    ),
    mistakes={
        "dWaa += dz → dWaa = dz": "each step overwrites `dWaa`, so only the first step's share is left. Sum over the steps: `dWaa += ...`.",
        "(immediate[t] + from_later) → immediate[t]": "the error of later steps is left out: nothing travels back through time. || Use `immediate[t] + from_later`.",
        "(immediate[t] + from_later) → from_later": "the immediate derivative of each step is left out, so nothing ever enters. || Use `immediate[t] + from_later`.",
        "Waa.T @ dz → Waa @ dz": "`Waa` must be transposed on the way back. || `Waa.T @ dz`.",
        "from_later = Waa.T @ dz → from_later = immediate[t] + Waa.T @ dz": "the immediate derivative of this step is handed back too. It belongs to this step only: hand back `Waa.T @ dz`.",
        "(immediate[t] + from_later) → (immediate[t] + Waa.T @ from_later)": "`Waa.T` is applied twice: `from_later` has passed it already.",
        " * (1 - a[t] ** 2) → ": "the slope of tanh is missing. || It is `1 - a[t] ** 2`.",
        "reversed(range(len(a))) → range(len(a))": "the loop runs forward in time. The error of step t needs that of step t + 1 first: use `reversed`.",
        "a[t - 1] if t > 0 else a_0 → a[t - 1]": "at the first step `a[t - 1]` is `a[-1]`, the *last* state. There the state before is `a_0`.",
        "dz @ a_prev.T → dz @ a[t].T": "`dWaa` uses a⟨t⟩. `Waa` was multiplied with the state before: `a_prev`.",
        "(immediate[t] + from_later) * (1 - a[t] ** 2) → immediate[t] + from_later * (1 - a[t] ** 2)": "the slope of tanh reaches only what comes from later: it is multiplied before the sum is taken. Mind the brackets.",
        "(immediate[t] + from_later) * (1 - a[t] ** 2) → immediate[t] * (1 - a[t] ** 2) + from_later": "the slope of tanh reaches only the immediate part. Both have to pass the activation.",
        "dWaa += dz @ a_prev.T → dWaa += a_prev @ dz.T": "`dWaa` is transposed: its rows belong to the units that receive, so the error stands on the left.",
        "from_later = Waa.T @ dz → from_later = dz": "`Waa` is missing on the way back: the state before reached this step through it.",
        "1 - a[t] ** 2 → 1 - a_prev**2": "the slope is that of the state before. tanh made a⟨t⟩, so its slope is there.",
        "1 - a[t] ** 2 → 1 - a[t]": "the square is missing in the slope of tanh.",
        "1 - a[t] ** 2 → 1 - np.tanh(a[t]) ** 2": "tanh is taken twice: the states are tanh of the sums already.",
        "1 - a[t] ** 2 → (1 - a[t]) ** 2": "the bracket stands too far out in the slope of tanh: first the square, then the difference.",
    },
)


def _central_difference(f, theta, h):
    slope = np.zeros_like(theta)
    for index in np.ndindex(theta.shape):
        nudge = np.zeros_like(theta)
        nudge[index] = h
        slope[index] = (f(theta + nudge) - f(theta - nudge)) / (2 * h)
    return slope


def _difference_cases(rng):
    """Arrays with two axes, with one and with three, and one that holds a single number."""
    sizes = rng.permutation([2, 3, 4, 5]).tolist()
    for shape in (sizes[:2], sizes[2:3], sizes[1:], (1, 1)):
        weights, theta = rng.normal(size=(2, *shape))
        yield {
            "f": _summed_exponential(weights),
            "theta": theta,
            "h": float(rng.uniform(0.05, 0.2)),
        }


def _summed_exponential(weights):
    return lambda at: float(np.exp(at * weights).sum())


central_difference = Exercise(
    title="A slope without calculus",
    reference=_central_difference,
    cases=_difference_cases,
    deals={
        "one axis": lambda f, theta, h: theta.ndim == 1,
        "two axes": lambda f, theta, h: theta.ndim == 2 and len(set(theta.shape)) == 2,
        "three axes": lambda f, theta, h: theta.ndim == 3,
        "a single number": lambda f, theta, h: theta.size == 1,
    },
    takes={"theta": "(rows, columns)"},
    returns={"slope": "(rows, columns)"},
    hints=(
        "`nudge` is zero everywhere but at `index`.",
        "Up is `f(theta + nudge)`, down is `f(theta - nudge)`.",
        "The two points are `2 * h` apart.",
    ),
    mistakes={
        "(f(theta + nudge) - f(theta - nudge)) / (2 * h) → (f(theta + nudge) - f(theta)) / h": "this is the one-sided difference: right in the limit, but its error shrinks only like h. Use both sides.",
        "/ (2 * h) → / h": "the two points are `2 * h` apart, so divide by `2 * h`.",
        "/ (2 * h) → / 2 * h": "`/ 2 * h` divides by 2 and then multiplies by h. Put brackets. || `/ (2 * h)`.",
        "(f(theta + nudge) - f(theta - nudge)) → (f(theta - nudge) - f(theta + nudge))": "up and down are exchanged, so every slope has the wrong sign.",
        "nudge = np.zeros_like(theta) → nudge, h = np.zeros_like(theta), 1e-5": "`h` is not used: another nudge is built in. Nudge by `h` and divide by `2 * h`.",
        "nudge[index] = h → nudge[:] = h": "all entries are nudged at once. Change one entry at a time. || `nudge[index] = h`.",
        "(f(theta + nudge) - f(theta - nudge)) / (2 * h) → (f(theta) - f(theta - nudge)) / h": "this is the one-sided difference, downwards. Use both sides.",
        "nudge[index] = h → nudge[index] = 1": "the entry is nudged by 1, and then divided as if it were nudged by `h`.",
        "(f(theta + nudge) - f(theta - nudge)) / (2 * h) → (f(theta + nudge) + f(theta - nudge)) / (2 * h)": "the two values are added. A slope is a difference.",
    },
)
