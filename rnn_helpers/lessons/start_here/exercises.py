"""The exercise of ``00_start_here``."""

import numpy as np

from rnn_helpers.checking.exercise import Exercise


def _column(token, n_x):
    x_t = np.zeros((n_x, 1))
    x_t[token] = 1
    return x_t


def _column_cases(rng):
    """A token between, the first one and the last one."""
    small, middle, large = sorted(rng.choice(np.arange(4, 12), 3, replace=False).tolist())
    yield int(rng.integers(1, middle - 2)), middle
    yield 0, small
    yield large - 1, large


column = Exercise(
    title="A letter as a column",
    reference=_column,
    cases=_column_cases,
    deals={
        "the first token": lambda token, n_x: token == 0,
        "the last token": lambda token, n_x: token == n_x - 1,
        "a token between": lambda token, n_x: 0 < token < n_x - 2,
    },
    takes={"token": "()", "n_x": "()"},
    returns={"x_t": "(n_x, 1)"},
    hints=(
        "`np.zeros` wants the shape: how many rows, how many columns?",
        "The shape is `(n_x, 1)`, a pair in brackets of its own.",
        "The row that gets the 1 is the token itself, since both are counted from 0.",
    ),
    mistakes={
        "(n_x, 1) → n_x": "this is a flat list of numbers, `(n_x,)`. A column has two axes. || `(n_x, 1)`.",
        "return x_t → return x_t.T": "this is a row, `(1, n_x)`. Columns are examples here: `(n_x, 1)`.",
        "x_t[token] → x_t[token - 1]": "the 1 stands one place too early, at `token - 1`. Both Python and the tokens count from 0: the place is `token` itself.",
        "x_t[token] → x_t[token + 1]": "the 1 stands one place too late, at `token + 1`. Both Python and the tokens count from 0: the place is `token` itself.",
        "np.zeros((n_x, 1)) → np.zeros(n_x, 1)": "`np.zeros` wants the shape as one argument, a pair in brackets of its own. || `np.zeros((n_x, 1))`.",
        "x_t[token] → x_t[:]": "every number is 1. Only the place of the letter gets the 1. || `x_t[token]`.",
        "(n_x, 1) → (n_x, n_x)": "this is a square of numbers. One letter is a single column. || `(n_x, 1)`.",
        "x_t[token] → x_t[: token + 1]": "all places up to the token hold a 1. Only the token's own place does. || A slice takes many places; an index takes one.",
    },
)
