"""From sequences to batches, and the loop that learns from them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

import numpy as np

from rnn_helpers import checks
from rnn_helpers.cells import Cell
from rnn_helpers.losses import cross_entropy
from rnn_helpers.models import Batch, Loss, Model
from rnn_helpers.optimizers import SGD, Adam, Params, clip_by_norm, global_norm

Item = TypeVar("Item")


@dataclass
class History:
    """What training measured, a number for each step; ``held_out`` holds pairs (step, loss).

    ``stopped`` says why training ended before its last step, and is empty if it did not. ``kept``
    is the step whose parameters the model was given back at the end, None without ``keep_best``.
    """

    loss: list[float] = field(default_factory=list)
    gradient_norm: list[float] = field(default_factory=list)
    held_out: list[tuple[int, float]] = field(default_factory=list)
    stopped: str = ""
    kept: int | None = None

    def __repr__(self) -> str:
        return f"{len(self.loss)} steps" + (
            f", stopped early: {self.stopped}" if self.stopped else ""
        )


def pad(sequences: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Put token sequences of unequal lengths into one array, a column each.

    Return tokens (T, m), with 0 after the end, and mask (T, m), False after the end. Raise
    ValueError if there is none or one is empty, TypeError if one does not hold whole numbers.
    """
    sequences = _rows("sequences", sequences)
    if len(sequences) == 0 or any(len(s) == 0 for s in sequences):
        raise ValueError(
            "sequences must be a list of one or more, each of at least one token, got an empty one"
        )
    lengths = np.array([len(s) for s in sequences])
    mask = np.arange(lengths.max())[:, None] < lengths
    tokens = np.zeros(mask.shape, int)
    tokens.T[mask.T] = np.concatenate(sequences)
    return tokens, mask


def _rows(name: str, sequences: Sequence[np.ndarray], at_least: int = 0) -> list[np.ndarray]:
    """Return token sequences as arrays (T,), or raise, saying which is none."""
    rows = checks.several(name, sequences, at_least)
    return [checks.token_row(f"{name}[{i}]", row) for i, row in enumerate(rows)]


def name_batch(names: Sequence[np.ndarray], end: int = 0) -> Batch:
    """Return names, each an array of tokens, as one batch for predicting the next character.

    Each x is the token ``end`` and then the name; each y is the name and then ``end``: one step
    ahead. Raise ValueError or TypeError if a name or ``end`` is not valid.
    """
    names, end = _rows("names", names, at_least=1), checks.token("end", end, checks.MOST)
    x, mask = pad([np.r_[end, name] for name in names])
    y, _ = pad([np.r_[name, end] for name in names])
    return Batch(x, y, mask, x_mask=mask)


def name_batches(
    names: Sequence[np.ndarray], m: int, rng: np.random.Generator, end: int = 0
) -> Iterator[Batch]:
    """Yield batches of m names without end, in a new random order each time round.

    Names left over when m does not divide their number sit out that round. With fewer than m names,
    each batch holds them all. Raise ValueError or TypeError at once if a name, m or rng is not
    valid.
    """
    names, end = _rows("names", names, at_least=1), checks.token("end", end, checks.MOST)
    m, rng = min(checks.size("m", m), len(names)), checks.generator(rng)

    def rounds() -> Iterator[Batch]:
        while True:
            order = rng.permutation(len(names))
            for i in range(0, len(names) - m + 1, m):
                yield name_batch([names[k] for k in order[i : i + m]], end)

    return rounds()


def random_batches(
    items: Sequence[Item], make: Callable[[list[Item]], Batch], m: int, rng: checks.Seed
) -> Iterator[Batch]:
    """Yield ``make`` of m items drawn by chance, without end. An item may come twice in a batch.

    ``make`` turns a list of items into a batch, ``rng`` is a generator or a seed. Raise ValueError
    or TypeError at once if there is no item, or m or rng is not valid.
    """
    items = checks.several("items", items, at_least=1)
    checks.function("make", make)
    m, rng = checks.size("m", m), checks.generator(rng)

    def rounds() -> Iterator[Batch]:
        while True:
            yield make([items[i] for i in rng.integers(len(items), size=m)])

    return rounds()


def text_batches(tokens: np.ndarray, T: int, m: int) -> Iterator[Batch]:
    """Cut one long text into m columns, and yield stretches of T steps, one after the other.

    There is no end: after the last stretch comes the first, which continues nothing.
    For truncated backpropagation through time: the state is carried on from stretch to stretch
    (``continues``), the gradient stops at the cut. Each batch is a copy, free to be changed. Raise
    ValueError or TypeError at once if the text is too short, or an argument is not valid. Source:
    Williams and Peng (1990).
    """
    tokens = checks.token_row("tokens", tokens)
    T, m = checks.size("T", T), checks.size("m", m)
    length = (len(tokens) - 1) // m
    if length < T:
        raise ValueError(f"tokens must be at least T*m + 1 = {T * m + 1} long, got {len(tokens)}")
    x, y = (
        tokens[: length * m].reshape(m, length).T,
        tokens[1 : length * m + 1].reshape(m, length).T,
    )

    def rounds() -> Iterator[Batch]:
        while True:
            for t in range(0, length - T + 1, T):
                stretch = x[t : t + T].copy(), y[t : t + T].copy()
                yield Batch(*stretch, np.ones((T, m), bool), continues=t > 0)

    return rounds()


def train(
    model: Model,
    batches: Iterable[Batch],
    optimizer: SGD | Adam,
    steps: int,
    clip: float | Callable[[Params], Params] | None = None,
    held_out: Batch | None = None,
    every: int = 50,
    watch: Callable[[int, History], None] | None = None,
    loss: Loss = cross_entropy,
    keep_best: bool = False,
    patience: int | None = None,
) -> History:
    """Learn for ``steps`` batches: forward, loss, backward, clip, step. Return what was measured.

    ``clip`` is the length that a gradient may have (``clip_by_norm``), or a function of the
    gradients. ``held_out`` is a batch whose loss is taken before the first step, after every
    ``every`` steps and at the end. ``watch(step, history)`` is called after each step: a progress
    bar, a live picture. A batch of columns of unequal length needs its ``x_mask`` where the model
    reads the last state or both ways: ValueError if it is missing and the batch's mask shows it.

    ``keep_best`` is early stopping, after the fact: at the end the model is given back the
    parameters whose held-out loss was the lowest of all that were taken, and ``history.kept`` says
    their step. ``patience`` spares the time as well: training ends once the held-out loss was taken
    so many times in a row without a new lowest. ValueError for either without ``held_out``. Source:
    Prechelt (1998), "Early Stopping - But When?".

    Training ends early, and keeps what was learned so far, on Kernel → Interrupt, when the batches
    or the patience run out, and when the loss, its gradient or the update is no longer finite:
    ``history.stopped`` says which. A step that would spoil the parameters is taken back. ``Adam``'s
    averages are not: begin with a new optimizer after a run that was no longer finite.
    """
    steps, every = checks.size("steps", steps), checks.size("every", every)
    history, state, lowest, best = History(), None, np.inf, {}
    _check_training(model, batches, optimizer, held_out, watch, loss)
    patience = None if patience is None else checks.size("patience", patience)
    if (checks.flag("keep_best", keep_best) or patience) and held_out is None:
        option = "keep_best" if keep_best else "patience"
        raise ValueError(f"held_out must be given with {option}, got None")
    if clip is not None and not callable(clip):
        clip = partial(clip_by_norm, max_norm=checks.positive("clip", clip))

    def look() -> None:
        nonlocal lowest, best
        if held_out is not None:
            with np.errstate(over="ignore", invalid="ignore"):
                value = batch_loss(model, held_out, loss)
            history.held_out.append((len(history.loss), value))
            if keep_best and value < lowest:
                lowest, history.kept = value, len(history.loss)
                best = {name: array.copy() for name, array in model.params.items()}

    try:
        look()
        for step, batch in zip(range(1, steps + 1), batches, strict=False):
            if not isinstance(batch, Batch):
                came = checks.shown(batch)
                raise TypeError(f"batches must hold a Batch for each step, got {came} at {step}")
            state = state if batch.continues else None
            with np.errstate(over="ignore", invalid="ignore"):
                z, tape = model.read_batch(batch, state)  # forward
                value, dz = loss(z, batch.y, batch.mask)  # loss
                grads = model.backward(dz, tape).grads  # backward
                norm = global_norm(grads)
            state = tape.state
            if not np.isfinite(value + norm):
                history.stopped = f"the loss or its gradient is no longer finite at step {step}"
            else:
                try:
                    with _undone_on_error(optimizer.params):
                        optimizer.step(clip(grads) if clip else grads)  # clip, step
                except FloatingPointError:
                    history.stopped = f"the update is no longer finite at step {step}"
            history.loss.append(value)  # only now: an interrupt before the update counts no step
            history.gradient_norm.append(norm)
            if history.stopped:
                break
            if step % every == 0 or step == steps:
                look()
            if watch:
                watch(step, history)
            if patience and step < steps and _in_vain(history) >= patience:
                history.stopped = f"no lower held-out loss the last {patience} times it was taken"
                break
        if len(history.loss) < steps and not history.stopped:
            history.stopped = f"the batches ran out after step {len(history.loss)}"
    except KeyboardInterrupt:
        history.stopped = "interrupted"
    if history.held_out and history.held_out[-1][0] < len(history.loss):
        look()
    if best:
        model.set(**best)
    return history


def batch_loss(model: Model, batch: Batch, loss: Loss = cross_entropy) -> float:
    """Return the loss of a batch, by default in nats for each character. Nothing is learned.

    Raise ValueError, as ``train`` does, if its x_mask is missing.
    """
    checks.instance("model", model, Model, "a model")
    checks.instance("batch", batch, Batch, "a Batch")
    checks.function("loss", loss)
    return loss(model.read_batch(batch)[0], batch.y, batch.mask)[0]


def _in_vain(history: History) -> int:
    """Return how many times the held-out loss was taken since its lowest."""
    losses = [loss for _, loss in history.held_out]
    return len(losses) - 1 - losses.index(min(losses))


def _check_training(
    model: Model,
    batches: Iterable[Batch],
    optimizer: SGD | Adam,
    held_out: Batch | None,
    watch: Callable | None,
    loss: Loss,
) -> None:
    """Raise TypeError unless all that ``train`` is given is of the right kind."""
    checks.instance("model", model, Model, "a model")
    checks.iterable("batches", batches)
    steps = not isinstance(optimizer, type | Model | Cell) and hasattr(optimizer, "params")
    if not steps or not callable(getattr(optimizer, "step", None)):
        raise TypeError(f"optimizer must be an SGD or an Adam, got {checks.shown(optimizer)}")
    if held_out is not None:
        checks.instance("held_out", held_out, Batch, "a Batch")
    if watch is not None:
        checks.function("watch", watch)
    checks.function("loss", loss)


@contextmanager
def _undone_on_error(params: Params) -> Iterator[None]:
    """Give the parameters their numbers back if the step overflows or is interrupted, and raise."""
    before = {name: value.copy() for name, value in params.items()}
    try:
        with np.errstate(over="raise", invalid="raise"):
            yield
    except (FloatingPointError, KeyboardInterrupt):
        for name, value in params.items():  # some tensors may have moved already
            value[...] = before[name]
        raise
