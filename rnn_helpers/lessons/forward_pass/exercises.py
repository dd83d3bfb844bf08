"""The exercises of ``02_forward_pass``."""

import numpy as np

from rnn_helpers.checking import source
from rnn_helpers.checking.exercise import Exercise
from rnn_helpers.checking.inputs import deal_sizes

CELL = {"Waa": "(n_a, n_a)", "Wax": "(n_a, n_x)", "ba": "(n_a, 1)"}
STEP = {"x_t": "(n_x, m)", "a_prev": "(n_a, m)"} | CELL


def _one_step(x_t, a_prev, Waa, Wax, ba):
    return np.tanh(Waa @ a_prev + Wax @ x_t + ba)


one_step = Exercise(
    title="One step",
    reference=_one_step,
    takes=STEP,
    returns={"a": "(n_a, m)"},
    hints=(
        "Three terms are added, and tanh is taken of their sum.",
        "`Waa` is `(n_a, n_a)`, so it can only meet `a_prev`; `Wax` meets `x_t`.",
        "Begin with `np.tanh(Waa @ a_prev + ...)`.",
    ),
    mistakes={
        "Waa @ → Waa.T @": "`Waa` is transposed here. Row i of `Waa` holds what flows into unit i. || Write `Waa @ a_prev`.",
        " + ba → ": "the bias is missing. Add `ba`: it is broadcast over the m columns.",
        "np.tanh(Waa @ a_prev + Wax @ x_t + ba) → Waa @ a_prev + Wax @ x_t + ba": "this is the sum before the activation. Take `np.tanh` of it.",
        "np.tanh(Waa @ a_prev + Wax @ x_t + ba) → Waa @ a_prev + np.tanh(Wax @ x_t + ba)": "tanh is taken of the input's part only. Both products and the bias go inside.",
        "Waa @ a_prev + Wax → Wax": "the state before is not used, so this cell remembers nothing. || Add `Waa @ a_prev`.",
        "Wax @ x_t → Wax.T @ x_t": "`Wax` is transposed here, and its columns no longer fit the input.",
        "+ ba → + ba.T": "the bias has been turned into a row, so it is added along the wrong axis. It is a column, one number for each unit.",
        "+ ba) → ) + ba": "the bias stands outside the tanh. It belongs into the sum that tanh is taken of.",
        "Waa @ a_prev + Wax @ x_t → Waa * a_prev + Wax @ x_t": "the star multiplies entry by entry. Between a matrix and columns it is a matrix product.",
        "Waa @ a_prev + Wax @ x_t → Wax @ a_prev + Waa @ x_t": "the two matrices are exchanged: `Waa` meets the state before, `Wax` the input.",
    },
)


def _forward(x, a_0, Waa, Wax, ba):
    states, a_t = [], a_0
    for x_t in x:
        a_t = np.tanh(Waa @ a_t + Wax @ x_t + ba)
        states.append(a_t)
    return np.stack(states)


forward = Exercise(
    title="The whole sequence",
    reference=_forward,
    takes={"x": "(T, n_x, m)", "a_0": "(n_a, m)"} | CELL,
    returns={"a": "(T, n_a, m)"},
    hints=(
        "Inside the loop stands the step that you wrote in exercise 1.",
        "At each step the old state is `a_t` itself, which the line then replaces.",
        "`np.stack` makes one array of a list of arrays, with a new first axis.",
    ),
    mistakes={
        "Waa @ a_t → Waa @ a_0": "this is a⟨t⟩ computed with a⟨0⟩ at every step. Carry the state along: use `a_t`.",
        "for x_t in x: → for x_t in x[::-1]:": "this reads the sequence from right to left. Take the steps in the order of `x`.",
        "np.stack(states) → a_t": "this is the last state only. Return all of them, stacked along time.",
        "np.stack(states) → np.stack([a_0, *states])": "a⟨0⟩ stands in front. It is where you begin, not one of the T states to return.",
        "np.stack(states) → np.concatenate(states)": "the steps are glued below each other, `(T*n_a, m)`. Use `np.stack`, which makes a new axis for time.",
        "np.tanh(Waa @ a_t + Wax @ x_t + ba) → Waa @ a_t + Wax @ x_t + ba": "the activation is missing: take tanh of the sum.",
        "Waa @ a_t + Wax → Wax": "the state before is not used, so nothing is remembered.",
        "        a_t = np.tanh(Waa @ a_t + Wax @ x_t + ba)\n        states.append(a_t) →         states.append(a_t)\n        a_t = np.tanh(Waa @ a_t + Wax @ x_t + ba)": "each state is stored before the step is taken: the start stands first, and the last state is lost.",
        "Waa @ a_t → Waa.T @ a_t": "`Waa` is transposed here. Row i of `Waa` holds what flows into unit i.",
        "a_t = np.tanh(Waa @ a_t + Wax @ x_t + ba) → a_t = np.tanh(Waa @ a_t + Wax @ x_t) + ba": "the bias stands outside the tanh. It belongs into the sum that tanh is taken of.",
        " + ba) → )": "the bias is missing.",
        "np.stack(states) → np.stack(states, axis=1)": "the steps are stacked along the second axis. Time is the first.",
    },
)


def _softmax(z):
    shifted = z - z.max(axis=0, keepdims=True)
    return np.exp(shifted) / np.exp(shifted).sum(axis=0, keepdims=True)


def _over_examples(z):
    shifted = z - z.max(axis=1, keepdims=True)
    return np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)


def _softmax_cases(rng):
    """Columns far apart from each other, and one (the last) that is spread wide in itself."""
    for sizes in deal_sizes(rng, ("n_y", "m"), least=4):
        n_y, m = sizes["n_y"], sizes["m"]
        z = rng.normal(size=(n_y, m)) + np.resize([0, 1000, -1000], m)
        if m > 1:
            z[rng.integers(n_y), -1] += 2000
        yield {"z": z}


softmax = Exercise(
    title="Softmax for a batch",
    reference=_softmax,
    takes={"z": "(n_y, m)"},
    returns={"y_hat": "(n_y, m)"},
    cases=_softmax_cases,
    deals={
        "one example": lambda z: z.shape[1] == 1,
        "columns far apart": lambda z: np.ptp(z.min(axis=0)) > 900,
        "a column spread wide": lambda z: np.ptp(z, axis=0).max() > 900,
        "more classes than examples": lambda z: len(z) > z.shape[1],
        "more examples than classes": lambda z: len(z) < z.shape[1],
    },
    hints=(
        "The classes are the rows, so a maximum or a sum over the classes runs along `axis=0`.",
        "`z.max(axis=0)` has one number for each column.",
        "The second blank is `np.exp(shifted)` divided by its sum along `axis=0`.",
    ),
    mistakes={
        _over_examples: "the softmax runs over the examples, so the rows add up to 1. || Maximum and sum belong along the classes, `axis=0`.",
        ".sum(axis=0, keepdims=True) → .sum()": "the whole batch shares one sum. Each column needs its own: `sum(axis=0)`.",
        "np.exp(shifted) / np.exp(shifted).sum(axis=0, keepdims=True) → np.exp(shifted)": "these are the exponentials, not yet shared out. Divide each column by its sum.",
        "z - z.max(axis=0, keepdims=True) → z - z.max()": "the largest number of the whole batch is subtracted. A column that lies far below it becomes 0 / 0. Each column needs its own maximum: `z.max(axis=0)`.",
        "z - z.max(axis=0, keepdims=True) → z - z.mean(axis=0, keepdims=True)": "the mean is subtracted. A number far above the mean still overflows: subtract the largest one, `z.max(axis=0)`.",
        "z - z.max(axis=0, keepdims=True) → z": "`np.exp` overflows here, since nothing is subtracted first. Subtract `z.max(axis=0)`.",
        "np.exp(shifted) / np.exp(shifted).sum(axis=0, keepdims=True) → 1 / (1 + np.exp(-shifted))": "this is the sigmoid: each number becomes a probability of its own, and a column does not add up to 1.",
        "np.exp(shifted).sum(axis=0, keepdims=True) → shifted.sum(axis=0, keepdims=True)": "the shifted scores are added up, without their exponential. Above and below the line the same numbers must stand.",
        "z - z.max(axis=0, keepdims=True) → z - max(z)": "Python's `max` compares whole rows. Each column needs its largest number.",
    },
)


def _count_weights(n_x, n_a, n_y):
    cell = n_a * n_a + n_a * n_x + n_a
    output = n_y * n_a + n_y
    return cell + output


def _count_cases(rng):
    """Sizes that all differ, and a single unit."""
    numbers = rng.permutation(np.arange(4, 40)).tolist()
    for k in range(0, 9, 3):
        yield tuple(numbers[k : k + 3])
    yield numbers[9], 1, numbers[10]


count_weights = Exercise(
    title="How many weights?",
    reference=_count_weights,
    cases=_count_cases,
    deals={"a single unit": lambda n_x, n_a, n_y: n_a == 1},
    takes={"n_x": "()", "n_a": "()", "n_y": "()"},
    returns={"count": "()"},
    hints=(
        "The cell has three arrays: `(n_a, n_a)`, `(n_a, n_x)` and `(n_a, 1)`.",
        "An array of shape `(p, q)` holds `p * q` numbers.",
        "The output has `(n_y, n_a)` and `(n_y, 1)`.",
    ),
    mistakes={
        "return cell + output → return n_a * n_a + n_a * n_x + n_y * n_a": "the biases are missing. `ba` adds `n_a` numbers and `by` adds `n_y`.",
        "n_a * n_a + n_a → n_a": "`Waa` is missing, through which the state before reaches the new one. || It has `n_a * n_a` weights.",
        "n_y * n_a + n_y → n_y * n_x + n_y": "the prediction is read off the state, not off the input: `Wya` is `(n_y, n_a)`.",
        "n_a * n_x → n_x * n_x": "`Wax` makes a state out of an input, so it is `(n_a, n_x)`.",
        "return cell + output → return cell": "these are the weights of the cell. Add those of the output layer, `Wya` and `by`.",
        "return cell + output → return cell + output - n_y": "the bias of the output layer is missing: `by` holds `n_y` numbers.",
        "return cell + output → return cell + output - n_a": "the bias of the cell is missing: `ba` holds `n_a` numbers.",
        "return cell + output → return cell + output - n_y + 1": "the output layer has one bias for all. Each of its `n_y` scores has its own.",
        "return cell + output → return (n_a + n_a) + (n_a + n_x) + (n_a + 1) + (n_y + n_a) + (n_y + 1)": "the sides of each array are added up. An array of shape (p, q) holds p times q numbers.",
    },
)


def _stacked_step(x_t, a_prev, Waa, Wax, ba):
    Wa = np.hstack([Waa, Wax])
    tall = np.vstack([a_prev, x_t])
    return np.tanh(Wa @ tall + ba)


def _asks_for_one_product(tree):
    if source.products(tree) < 2:
        return ""
    return "they come from two products. Now stack the matrices, so that one is enough."


stacked_step = Exercise(
    title="The stacked step",
    reference=_stacked_step,
    takes=STEP,
    returns={"a": "(n_a, m)"},
    hints=(
        "`Wa` is `(n_a, n_a + n_x)`: the two matrices stand side by side.",
        "`tall` is `(n_a + n_x, m)`: the two columns stand on top of each other.",
        "`np.hstack` puts arrays side by side, `np.vstack` on top of each other.",
    ),
    asks=_asks_for_one_product,
    mistakes={
        "[a_prev, x_t] → [x_t, a_prev]": "`Wa` begins with `Waa`, so the tall column must begin with `a_prev`.",
        "[Waa, Wax] → [Wax, Waa]": "the tall column begins with `a_prev`, so `Wa` must begin with `Waa`.",
        "np.hstack([Waa, Wax]) → np.vstack([Waa, Wax])": "the matrices are put on top of each other. They belong side by side: `np.hstack`.",
        "np.vstack([a_prev, x_t]) → np.hstack([a_prev, x_t])": "the columns are put side by side. They belong on top of each other: `np.vstack`.",
    },
)
