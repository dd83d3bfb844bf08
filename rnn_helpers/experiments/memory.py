"""Which cell learns to remember, and how far back: recall and adding, learned and scored."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from rnn_helpers import checks
from rnn_helpers.cells import Cell, GRUCell, LSTMCell, RNNCell
from rnn_helpers.data.tasks import NOISE, SYMBOLS, adding_batch, recall_batch
from rnn_helpers.losses import cross_entropy, squared_error
from rnn_helpers.models import Loss, Model, SequenceModel
from rnn_helpers.optimizers import Adam, clip_by_norm
from rnn_helpers.skip import SkipCell
from rnn_helpers.training import Batch, train

MAX_NORM, LEARNING_RATE = 1.0, 0.003
MOST_WEIGHTS = 1_000_000  # a model beyond it takes minutes to build alone
SOLVED = 0.9  # the score from which on we call a task solved
SKIP = 7  # the length of the skip connection: no divisor of the lags tried


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
    until: Callable[[], bool] | None = None,
) -> list[float]:
    """Learn a task from fresh batches with Adam, clipped by norm; return the loss of each step.

    ``watch(step, losses)`` is called after each step; ``until()`` is asked before each step, and
    True ends it early. So do, as in ``training.train``, an interrupt and a loss that is no longer
    finite: then there are fewer losses than steps.
    """
    rng, m, lag = checks.generator(rng), checks.size("m", m), checks.size("lag", lag)
    checks.instance("task", task, Task, "a Task")
    checks.instance("model", model, Model, "a model")
    if until is not None:
        checks.function("until", until)
    if watch is not None:
        checks.function("watch", watch)

    def batches() -> Iterator[Batch]:
        while not (until and until()):
            yield Batch(*task.batch(rng, lag, m))

    return train(
        model,
        batches(),
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
    checks.instance("model", model, Model, "a model")
    checks.instance("task", task, Task, "a Task")
    x, y, _ = task.batch(checks.generator(rng), lag, m)
    z, _ = model.forward(x)
    return task.score(z, y)


def is_solved(
    model: SequenceModel,
    task: Task,
    lag: int,
    rng: np.random.Generator,
    every: int = 25,
    in_a_row: int = 3,
    m: int = 200,
) -> Callable[[], bool]:
    """Return an ``until`` for ``learn``: was the score above ``SOLVED`` so many times in a row?

    It is taken every so many steps, on m fresh examples from ``rng``, which must not be the one
    that draws the batches: then the batches are the same with and without it.
    """
    rng, asked, good = checks.generator(rng), 0, 0
    checks.instance("model", model, Model, "a model")
    checks.instance("task", task, Task, "a Task")
    for named in (("lag", lag), ("every", every), ("in_a_row", in_a_row), ("m", m)):
        checks.size(*named)

    def until() -> bool:
        nonlocal asked, good
        if asked and asked % every == 0:
            good = good + 1 if score(model, task, lag, rng, m) > SOLVED else 0
        asked += 1
        return good >= in_a_row

    return until


# "gates open" names what the gates let through: the old state. For the GRU that is a low update
# gate, for the LSTM a high forget gate.
CELLS: dict[str, Callable[..., Cell]] = {
    "tanh": RNNCell,
    "ReLU, identity": partial(RNNCell, activation="relu", recurrent_start="identity"),
    f"skip, d = {SKIP}": partial(SkipCell, d=SKIP),
    "GRU": GRUCell,
    "GRU, gates open": partial(GRUCell, update_bias=-3.0),
    "LSTM": LSTMCell,
    "LSTM, gates open": partial(LSTMCell, forget_bias=3.0),
}


def build_model(name: str, task: Task, n_a: int, rng: np.random.Generator) -> SequenceModel:
    """Return a fresh model for a task, in float32, with one of ``CELLS`` as its cell."""
    rng, n_a = checks.generator(rng), checks.size("n_a", n_a)
    checks.instance("task", task, Task, "a Task")
    cell = CELLS[checks.choice("name", name, tuple(CELLS))]
    return SequenceModel(cell(task.n_x, n_a, rng=rng, dtype=np.float32), task.n_y, rng=rng)


def largest_within(weights: int, name: str, task: Task) -> int:
    """Return the largest n_a for which the model, output layer included, has at most so many.

    Raise ValueError if one unit has more already, or if ``weights`` is above ``MOST_WEIGHTS``.
    """
    weights = checks.whole("weights", weights)

    def fits(n_a: int) -> bool:
        return build_model(name, task, n_a, 0).n_weights <= weights

    if not fits(1):
        needed = build_model(name, task, 1, 0).n_weights
        raise ValueError(f"weights must be {needed} or more, those of one unit, got {weights}")
    if weights > MOST_WEIGHTS:
        raise ValueError(f"weights must be at most {MOST_WEIGHTS:,}, got {checks.shown(weights)}")
    low, high = 1, 2
    while fits(high):
        low, high = high, 2 * high
    while high - low > 1:  # low fits and high does not
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


def furthest(results: dict, task: str) -> dict[str, dict[str, int]]:
    """Return the longest lag that each cell solved at each learning rate, 0 where it solved none.

    ``results`` is what ``data.stored.recall_results()`` returns, ``task`` one of ``TASKS``. The
    rates are strings, as JSON writes them.
    """
    checks.choice("task", task, tuple(TASKS))
    if not isinstance(results, Mapping) or not {"recipe", task} <= set(results):
        came = checks.shown(results)
        raise TypeError(f"results must be what recall_results returns, got {came}")
    lags = results["recipe"][task]["lags"]
    return {
        cell: {
            rate: max(lag * bool(yes) for lag, yes in zip(lags, solved, strict=True))
            for rate, solved in by_rate.items()
        }
        for cell, by_rate in results[task]["solved"].items()
    }
