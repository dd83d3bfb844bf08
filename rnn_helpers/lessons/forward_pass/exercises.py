"""The exercises of ``02_forward_pass``."""

import numpy as np

from rnn_helpers.checking.exercise import Exercise, Mistake

CELL = {"Waa": "(n_a, n_a)", "Wax": "(n_a, n_x)", "ba": "(n_a, 1)"}
STEP = {"x_t": "(n_x, m)", "a_prev": "(n_a, m)"} | CELL


def _one_step(x_t, a_prev, Waa, Wax, ba):
    return np.tanh(Waa @ a_prev + Wax @ x_t + ba)


one_step = Exercise(
    title="One step",
    prompt=r"""
### Exercise 1: one step

Write the step as a function. It must work for any sizes, and for `m` examples side by side.

$$a^{\langle t\rangle} = \tanh\!\left(W_{aa}\,a^{\langle t-1\rangle} + W_{ax}\,x^{\langle t\rangle} + b_a\right)$$

`x_t` is `(n_x, m)` and `a_prev` is `(n_a, m)`. Replace the `____` and run the cell. If you get stuck, run `exercises.one_step.hint()` in a new cell.
""",
    starter='''
def one_step(x_t, a_prev, Waa, Wax, ba):
    """Return a⟨t⟩, (n_a, m)."""
    return ____
''',
    reference=_one_step,
    takes=STEP,
    returns={"a": "(n_a, m)"},
    hints=(
        "Three terms are added, and tanh is taken of their sum.",
        "`Waa` is `(n_a, n_a)`, so it can only meet `a_prev`; `Wax` meets `x_t`.",
        "Begin with `np.tanh(Waa @ a_prev + ...)`.",
    ),
    mistakes=(
        Mistake(
            "Waa @",
            "Waa.T @",
            "`Waa` is transposed here. Row i of `Waa` holds what flows into unit i: "
            "write `Waa @ a_prev`.",
        ),
        Mistake(" + ba", "", "the bias is missing. Add `ba`: it is broadcast over the m columns."),
        Mistake(
            "np.tanh(Waa @ a_prev + Wax @ x_t + ba)",
            "Waa @ a_prev + Wax @ x_t + ba",
            "this is the sum before the activation. Take `np.tanh` of it.",
        ),
        Mistake(
            "np.tanh(Waa @ a_prev + Wax @ x_t + ba)",
            "Waa @ a_prev + np.tanh(Wax @ x_t + ba)",
            "tanh is taken of the input's part only. Both products and the bias go inside.",
        ),
        Mistake(
            "Waa @ a_prev + ",
            "",
            "the state before is not used, so this cell remembers nothing. Add `Waa @ a_prev`.",
        ),
    ),
)


def _forward(x, a_0, Waa, Wax, ba):
    states, a_t = [], a_0
    for x_t in x:
        a_t = np.tanh(Waa @ a_t + Wax @ x_t + ba)
        states.append(a_t)
    return np.stack(states)


def _keeps_the_last(x, a_0, Waa, Wax, ba):
    return _forward(x, a_0, Waa, Wax, ba)[-1]


def _with_the_start(x, a_0, Waa, Wax, ba):
    return np.concatenate([a_0[None], _forward(x, a_0, Waa, Wax, ba)])


forward = Exercise(
    title="The whole sequence",
    prompt=r"""
### Exercise 2: the whole sequence

Put the loop into a function. `x` is `(T, n_x, m)` and `a_0` is `(n_a, m)`. Return the states $a^{\langle 1\rangle}$ to $a^{\langle T\rangle}$, stacked along time: `(T, n_a, m)`.
""",
    starter='''
def forward(x, a_0, Waa, Wax, ba):
    """Return a⟨1⟩ … a⟨T⟩, (T, n_a, m)."""
    states, a_t = [], a_0
    for x_t in x:
        a_t = ____
        states.append(a_t)
    return ____
''',
    reference=_forward,
    takes={"x": "(T, n_x, m)", "a_0": "(n_a, m)"} | CELL,
    returns={"a": "(T, n_a, m)"},
    hints=(
        "Inside the loop stands the step that you wrote in exercise 1.",
        "At each step the old state is `a_t` itself, which the line then replaces.",
        "`np.stack` makes one array of a list of arrays, with a new first axis.",
    ),
    mistakes=(
        Mistake(
            "Waa @ a_t",
            "Waa @ a_0",
            "this is a⟨t⟩ computed with a⟨0⟩ at every step. Carry the state along: use `a_t`.",
        ),
        Mistake(
            "for x_t in x:",
            "for x_t in x[::-1]:",
            "this reads the sequence from right to left. Take the steps in the order of `x`.",
        ),
        Mistake(
            function=_keeps_the_last,
            says="this is the last state only. Return all of them, stacked along time.",
        ),
        Mistake(
            function=_with_the_start,
            says="a⟨0⟩ stands in front. It is where you begin, not one of the T states to return.",
        ),
        Mistake(
            "np.stack(states)",
            "np.concatenate(states)",
            "the steps are glued below each other, `(T*n_a, m)`. Use `np.stack`, which makes a "
            "new axis for time.",
        ),
    ),
)


def _softmax(z):
    shifted = z - z.max(axis=0, keepdims=True)
    return np.exp(shifted) / np.exp(shifted).sum(axis=0, keepdims=True)


def _over_examples(z):
    shifted = z - z.max(axis=1, keepdims=True)
    return np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)


def _softmax_cases(rng):
    """Columns far apart from each other, and one (the last) that is spread wide in itself."""
    n_y, m = rng.permutation([4, 5, 6, 7])[:2]
    z = rng.normal(size=(n_y, m)) + np.resize([0, 1000, -1000], m)
    z[rng.integers(n_y), -1] += 2000
    return {"z": z}


softmax = Exercise(
    title="Softmax for a batch",
    prompt=r"""
### Exercise 3: softmax for a batch

Two things go wrong with softmax in practice. With several examples, each *column* needs a sum of its own. And `np.exp(1000)` overflows. So subtract the largest number of each column first: it cancels in the fraction, and the result is the same.

`z` is `(n_y, m)`. Return $\hat y$ of the same shape, each column with a sum of 1.
""",
    starter='''
def softmax(z):
    """Return exp(z_k) / Σ_j exp(z_j) for each column, (n_y, m)."""
    shifted = z - ____
    return ____
''',
    reference=_softmax,
    takes={"z": "(n_y, m)"},
    returns={"y_hat": "(n_y, m)"},
    cases=_softmax_cases,
    hints=(
        "The classes are the rows, so a maximum or a sum over the classes runs along `axis=0`.",
        "`z.max(axis=0)` has one number for each column.",
        "The second blank is `np.exp(shifted)` divided by its sum along `axis=0`.",
    ),
    mistakes=(
        Mistake(
            function=_over_examples,
            says="the softmax runs over the examples, so the rows add up to 1. Maximum and sum "
            "belong along the classes, `axis=0`.",
        ),
        Mistake(
            ".sum(axis=0, keepdims=True)",
            ".sum()",
            "the whole batch shares one sum. Each column needs its own: `sum(axis=0)`.",
        ),
        Mistake(
            "np.exp(shifted) / np.exp(shifted).sum(axis=0, keepdims=True)",
            "np.exp(shifted)",
            "these are the exponentials, not yet shared out. Divide each column by its sum.",
        ),
        Mistake(
            "z - z.max(axis=0, keepdims=True)",
            "z - z.max()",
            "the largest number of the whole batch is subtracted. A column that lies far below it "
            "becomes 0 / 0. Each column needs its own maximum: `z.max(axis=0)`.",
        ),
        Mistake(
            "z - z.max(axis=0, keepdims=True)",
            "z - z.mean(axis=0, keepdims=True)",
            "the mean is subtracted. A number far above the mean still overflows: subtract the "
            "largest one, `z.max(axis=0)`.",
        ),
        Mistake(
            "z - z.max(axis=0, keepdims=True)",
            "z",
            "`np.exp` overflows here, since nothing is subtracted first. Subtract `z.max(axis=0)`.",
        ),
        Mistake(
            "np.exp(shifted) / np.exp(shifted).sum(axis=0, keepdims=True)",
            "1 / (1 + np.exp(-shifted))",
            "this is the sigmoid: each number becomes a probability of its own, and a column does "
            "not add up to 1.",
        ),
    ),
)


def _count_weights(n_x, n_a, n_y):
    cell = n_a * n_a + n_a * n_x + n_a
    output = n_y * n_a + n_y
    return cell + output


def _count_cases(rng):
    n_x, n_a, n_y = rng.choice(np.arange(4, 40), size=3, replace=False)
    return {"n_x": int(n_x), "n_a": int(n_a), "n_y": int(n_y)}


count_weights = Exercise(
    title="How many weights?",
    prompt=r"""
### Exercise 4: how many weights?

Write down the shape of each of the five arrays, then count. How many numbers does a recurrent network learn, for given sizes of the input, the state and the prediction? Check yourself with the count above: 393 for 27, 6 and 27.
""",
    starter='''
def count_weights(n_x, n_a, n_y):
    """Return how many numbers stand in Waa, Wax, ba, Wya and by."""
    cell = ____
    output = ____
    return cell + output
''',
    reference=_count_weights,
    cases=_count_cases,
    takes={"n_x": "()", "n_a": "()", "n_y": "()"},
    returns={"count": "()"},
    hints=(
        "The cell has three arrays: `(n_a, n_a)`, `(n_a, n_x)` and `(n_a, 1)`.",
        "An array of shape `(p, q)` holds `p * q` numbers.",
        "The output has `(n_y, n_a)` and `(n_y, 1)`.",
    ),
    mistakes=(
        Mistake(
            function=lambda n_x, n_a, n_y: n_a * n_a + n_a * n_x + n_y * n_a,
            says="the biases are missing. `ba` adds `n_a` numbers and `by` adds `n_y`.",
        ),
        Mistake(
            "n_a * n_a + ",
            "",
            "`Waa` is missing: the state before reaches the new state through `n_a * n_a` weights.",
        ),
        Mistake(
            "n_y * n_a + n_y",
            "n_y * n_x + n_y",
            "the prediction is read off the state, not off the input: `Wya` is `(n_y, n_a)`.",
        ),
        Mistake(
            "n_a * n_x",
            "n_x * n_x",
            "`Wax` makes a state out of an input, so it is `(n_a, n_x)`.",
        ),
        Mistake(
            "return cell + output",
            "return cell",
            "these are the weights of the cell. Add those of the output layer, `Wya` and `by`.",
        ),
    ),
)


def _stacked_step(x_t, a_prev, Waa, Wax, ba):
    Wa = np.hstack([Waa, Wax])
    tall = np.vstack([a_prev, x_t])
    return np.tanh(Wa @ tall + ba)


stacked_step = Exercise(
    title="The stacked step",
    prompt=r"""
### Exercise 5: the stacked step

Write one step in the stacked form. The order matters: the blocks of $W_a$ and the parts of the tall column must match.
""",
    starter='''
def stacked_step(x_t, a_prev, Waa, Wax, ba):
    """Return a⟨t⟩ = tanh(Wa [a⟨t-1⟩, x⟨t⟩] + ba), (n_a, m)."""
    Wa = ____
    tall = ____
    return np.tanh(Wa @ tall + ba)
''',
    reference=_stacked_step,
    takes=STEP,
    returns={"a": "(n_a, m)"},
    hints=(
        "`Wa` is `(n_a, n_a + n_x)`: the two matrices stand side by side.",
        "`tall` is `(n_a + n_x, m)`: the two columns stand on top of each other.",
        "`np.hstack` puts arrays side by side, `np.vstack` on top of each other.",
    ),
    mistakes=(
        Mistake(
            "[a_prev, x_t]",
            "[x_t, a_prev]",
            "`Wa` begins with `Waa`, so the tall column must begin with `a_prev`.",
        ),
        Mistake(
            "[Waa, Wax]",
            "[Wax, Waa]",
            "the tall column begins with `a_prev`, so `Wa` must begin with `Waa`.",
        ),
        Mistake(
            "np.hstack([Waa, Wax])",
            "np.vstack([Waa, Wax])",
            "the matrices are put on top of each other. They belong side by side: `np.hstack`.",
        ),
        Mistake(
            "np.vstack([a_prev, x_t])",
            "np.hstack([a_prev, x_t])",
            "the columns are put side by side. They belong on top of each other: `np.vstack`.",
        ),
    ),
)
