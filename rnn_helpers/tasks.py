"""Tasks that ask for a memory, with the lag it must bridge under our control.

Recall: name the symbol that was shown first, ``lag`` steps ago. Adding: add two numbers out of a
long row; a mark says which. Pair: say which of two neighbours comes first, wherever they stand.
Repeat: write a row of digits again. All are drawn by chance, so there is no end of fresh examples,
and guessing has a known score. Sources:
Hochreiter and Schmidhuber (1997) for the first two kinds; Le, Jaitly and Hinton (2015).
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from importlib import resources
from itertools import count

import numpy as np

from rnn_helpers import checks
from rnn_helpers.cells import Cell, GRUCell, LSTMCell, RNNCell
from rnn_helpers.losses import cross_entropy, squared_error
from rnn_helpers.models import Loss, SequenceModel
from rnn_helpers.optimizers import Adam, clip_by_norm
from rnn_helpers.skip import SkipCell
from rnn_helpers.training import Batch, pad, train

SYMBOLS, NOISE = 4, 4  # to remember one of, and to be distracted by
PAIR_LETTERS = 8  # in a word with a pair: the two of the pair, and six of noise
MAX_NORM, LEARNING_RATE = 1.0, 0.003
SKIP = 7  # the length of the skip connection: no divisor of the lags tried


def recall_batch(rng: np.random.Generator, lag: int, m: int) -> tuple[np.ndarray, ...]:
    """Return tokens x (T, m), the answers y (T, m) and a mask (T, m), with T = lag + 1.

    The first token is one of ``SYMBOLS``, all others are noise. Only the last step counts: there y
    is the first token.
    """
    T, m, rng = checks.size("lag", lag) + 1, checks.size("m", m), checks.generator(rng)
    x = rng.integers(SYMBOLS, SYMBOLS + NOISE, size=(T, m))
    x[0] = rng.integers(SYMBOLS, size=m)
    y, mask = np.zeros((T, m), int), np.zeros((T, m), bool)
    y[-1], mask[-1] = x[0], True
    return x, y, mask


def adding_batch(rng: np.random.Generator, lag: int, m: int) -> tuple[np.ndarray, ...]:
    """Return x (T, 2, m), y (T, 1, m) and a mask (T, m), with T = lag + 1.

    Row 1 of x holds numbers between 0 and 1. Row 2 is a mark, 1 at two places: the very first step,
    and one in the second half. At the last step y is the sum of the two marked numbers.
    """
    T, m, rng = checks.size("lag", lag) + 1, checks.size("m", m), checks.generator(rng)
    x = np.stack([rng.random((T, m)), np.zeros((T, m))], axis=1)
    second, columns = rng.integers(T // 2, T, size=m), np.arange(m)
    x[0, 1], x[second, 1, columns] = 1, 1
    y, mask = np.zeros((T, 1, m)), np.zeros((T, m), bool)
    y[-1, 0], mask[-1] = x[0, 0] + x[second, 0, columns], True
    return x, y, mask


def pair_batch(
    rng: np.random.Generator, T: int, starts: Iterable[int], m: int
) -> tuple[np.ndarray, ...]:
    """Return words as tokens x (T, m), answers y (1, m) and a mask (1, m): which letter is first?

    Each word holds the pair 0, 1 (then y is 0) or 1, 0 (y is 1) and else noise, the tokens from 2
    to 7. The pair begins at a place drawn from ``starts``, counted from 1 to T - 1. Both answers
    come with the same two letters, so only their order decides. Raise ValueError if a place in
    ``starts`` leaves no room for the pair, or there is none.
    """
    T, m, rng = checks.size("T", T), checks.size("m", m), checks.generator(rng)
    starts = checks.token_row("starts", list(starts))
    if len(starts) == 0 or starts.min() < 1 or starts.max() > T - 1:
        raise ValueError(f"starts must hold places from 1 to T - 1 = {T - 1}, got {starts}")
    x = rng.integers(2, PAIR_LETTERS, size=(T, m))
    first = rng.integers(2, size=m)
    start, columns = rng.choice(starts, size=m) - 1, np.arange(m)
    x[start, columns], x[start + 1, columns] = first, 1 - first
    return x, first[None], np.ones((1, m), bool)


def repeat_batch(rng: np.random.Generator, shortest: int, longest: int, m: int) -> Batch:
    """Return m rows of digits from ``shortest`` to ``longest`` long, each to be written again.

    A digit is a token from 1 to 10, so there are 11 tokens: y is the row and then 0, the end.
    Raise ValueError if ``longest`` is below ``shortest``.
    """
    low, high, m = (
        checks.size(name, n) for name, n in (("shortest", shortest), ("longest", longest), ("m", m))
    )
    if high < low:
        raise ValueError(f"longest must be {low} or more, as shortest is, got {high}")
    rng = checks.generator(rng)
    rows = [rng.integers(1, 11, size=length) for length in rng.integers(low, high + 1, size=m)]
    (x, x_mask), (y, mask) = pad(rows), pad([np.r_[row, 0] for row in rows])
    return Batch(x, y, mask, x_mask=x_mask)


@dataclass(frozen=True)
class Task:
    """What to draw, which loss to lower, and how the answers are scored.

    ``score`` of z and y is better when larger: the share of right answers for recall, for adding
    the share of the variance that is explained (0 is what guessing the mean gets).
    """

    n_x: int
    n_y: int
    batch: Callable[[np.random.Generator, int, int], tuple[np.ndarray, ...]]
    loss: Loss
    score: Callable[[np.ndarray, np.ndarray], float]


def _right(z: np.ndarray, y: np.ndarray) -> float:
    return float((z[-1].argmax(axis=0) == y[-1]).mean())


def _explained(z: np.ndarray, y: np.ndarray) -> float:
    return float(1 - ((z[-1] - y[-1]) ** 2).mean() / y[-1].var())


TASKS = {
    "recall": Task(SYMBOLS + NOISE, SYMBOLS, recall_batch, cross_entropy, _right),
    "adding": Task(2, 1, adding_batch, squared_error, _explained),
}


def learn(
    model: SequenceModel,
    task: Task,
    lag: int,
    steps: int,
    rng: np.random.Generator,
    learning_rate: float = LEARNING_RATE,
    m: int = 32,
    watch: Callable[[int, list[float]], None] | None = None,
) -> list[float]:
    """Learn a task from fresh batches with Adam, clipped by norm; return the loss of each step.

    ``watch(step, losses)`` is called after each step. As in ``training.train``, an interrupt or a
    loss that is no longer finite ends it early: then there are fewer losses than steps.
    """
    rng = checks.generator(rng)
    return train(
        model,
        (Batch(*task.batch(rng, lag, m)) for _ in count()),
        Adam(model.params, learning_rate),
        steps,
        clip=partial(clip_by_norm, max_norm=MAX_NORM),
        watch=watch and (lambda step, history: watch(step, history.loss)),
        loss=task.loss,
    ).loss


def score(
    model: SequenceModel, task: Task, lag: int, rng: np.random.Generator, m: int = 500
) -> float:
    """Return the score of a model on m fresh examples."""
    x, y, _ = task.batch(checks.generator(rng), lag, m)
    z, _ = model.forward(x)
    return task.score(z, y)


def gru(n_x: int, n_a: int, gate_bias: float = 0.0, **more: object) -> GRUCell:
    """Return a GRU whose update gate starts with the bias -gate_bias: above 0 it keeps."""
    cell = GRUCell(n_x, n_a, **more)
    cell.params["ba"][:n_a] = -gate_bias
    return cell


CONTESTANTS: dict[str, Callable[..., Cell]] = {
    "tanh": RNNCell,
    "ReLU, identity": partial(RNNCell, activation="relu", recurrent_start="identity"),
    f"skip, d = {SKIP}": partial(SkipCell, d=SKIP),
    "GRU": gru,
    "GRU, gates open": partial(gru, gate_bias=3.0),
    "LSTM": LSTMCell,
    "LSTM, gates open": partial(LSTMCell, forget_bias=3.0),
}


def contestant(name: str, task: Task, n_a: int, rng: np.random.Generator) -> SequenceModel:
    """Return a fresh model for a task, in float32, with one of ``CONTESTANTS`` as its cell."""
    rng = checks.generator(rng)
    cell = CONTESTANTS[checks.choice("name", name, tuple(CONTESTANTS))]
    return SequenceModel(cell(task.n_x, n_a, rng=rng, dtype=np.float32), task.n_y, rng=rng)


def count_weights(model: SequenceModel) -> int:
    """Return the number of entries in all parameters."""
    return sum(value.size for value in model.params.values())


def largest_within(weights: int, name: str, task: Task) -> int:
    """Return the largest n_a for which a contestant, output layer included, has at most so many.

    Raise ValueError if one unit has more already.
    """
    rng, n_a = np.random.default_rng(0), 0
    while (found := count_weights(contestant(name, task, n_a + 1, rng))) <= weights:
        n_a += 1
    if n_a == 0:
        raise ValueError(f"weights must be {found} or more, those of one unit, got {weights}")
    return n_a


def stored_recall() -> dict:
    """Return the results that ``python tools/recall_experiment.py`` has stored."""
    return json.loads(
        resources.files("rnn_helpers.data").joinpath("recall.json").read_text("ascii")
    )
