"""What a recurrence keeps and self-attention sees: the same tasks at about equal weights."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import pairwise

import numpy as np

from rnn_helpers import checks
from rnn_helpers.cells import GRUCell
from rnn_helpers.data import tasks
from rnn_helpers.experiments.memory import TASKS, Task
from rnn_helpers.models import Model, SequenceModel
from rnn_helpers.scan import LinearCell
from rnn_helpers.self_attention import SelfAttention
from rnn_helpers.stacks import Stacked

WEIGHTS = 2500
LAG = 40
KEEPING = -3.0  # where the update gates begin: nearly shut, so that the state is kept


def alike_batch(rng: np.random.Generator, lag: int, m: int) -> tuple[np.ndarray, ...]:
    """Return x, y and mask as ``recall_batch`` does, but with noise out of the same symbols.

    So only its place tells which of them to name.
    """
    x, y, mask = tasks.recall_batch(rng, lag, m)
    x[1:] -= tasks.SYMBOLS
    return x, y, mask


CONTESTS: dict[str, tuple[Task, int, tuple[int, ...], int]] = {  # task, taught at, read at, steps
    "first, of its own kind": (TASKS["recall"], LAG, (LAG, 2 * LAG), 400),
    "first, of many alike": (replace(TASKS["recall"], batch=alike_batch), LAG, (LAG, 2 * LAG), 400),
    "parity": (
        replace(TASKS["recall"], n_x=2, n_y=2, batch=tasks.parity_batch),
        20,
        (20, 60),
        800,
    ),
}


def _gru(n_x: int, n_y: int, n_a: int, rng: np.random.Generator) -> Model:
    cell = GRUCell(n_x, n_a, update_bias=KEEPING, rng=rng, dtype=np.float32)
    return SequenceModel(cell, n_y, rng=rng)


def _linear(n_x: int, n_y: int, n_a: int, rng: np.random.Generator, layers: int) -> Model:
    how = {"update_bias": KEEPING, "rng": rng, "dtype": np.float32, "scan": "chunks"}
    cells = [LinearCell(*sizes, **how) for sizes in pairwise([n_x] + [n_a] * layers)]
    return SequenceModel(cells[0] if layers == 1 else Stacked(cells), n_y, rng=rng)


def _attention(n_x: int, n_y: int, n_a: int, rng: np.random.Generator, order: bool) -> Model:
    return SelfAttention(n_x, n_a, n_y, order=order, rng=rng, dtype=np.float32)


KINDS: dict[str, Callable[..., Model]] = {
    "GRU": _gru,
    "linear": partial(_linear, layers=1),
    "linear, two layers": partial(_linear, layers=2),
    "self-attention, no order": partial(_attention, order=False),
    "self-attention": partial(_attention, order=True),
}


def build(name: str, n_x: int, n_y: int, rng: checks.Seed, weights: int = WEIGHTS) -> Model:
    """Return the largest fresh model of a kind with at most so many weights, in float32.

    Raise ValueError for a name that is not in ``KINDS``, or a million weights and more.
    """
    if checks.size("weights", weights) >= 1_000_000:
        raise ValueError(f"weights must be below a million, got {weights}")
    kind, n_a = KINDS[checks.choice("name", name, tuple(KINDS))], 1
    while kind(n_x, n_y, n_a + 1, np.random.default_rng(0)).n_weights <= weights:
        n_a += 1
    return kind(n_x, n_y, n_a, checks.generator(rng))
