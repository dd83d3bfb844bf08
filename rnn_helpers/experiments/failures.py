"""Training gone wrong in six ways, each by one change, and the one measurement that tells."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rnn_helpers import checks
from rnn_helpers.cells import RNNCell
from rnn_helpers.losses import perplexity
from rnn_helpers.models import SequenceModel
from rnn_helpers.optimizers import Adam, Params, global_norm
from rnn_helpers.sampling import sample
from rnn_helpers.training import Batch, History, batch_loss, name_batch, name_batches, train


def _all_counted(batch: Batch) -> Batch:
    return replace(batch, mask=np.ones_like(batch.mask))


def _not_shifted(batch: Batch) -> Batch:
    return replace(batch, y=batch.x)


@dataclass(frozen=True)
class Recipe:
    """What a run changes in the healthy one, in words, and the measurement that reveals it."""

    changed: str
    reveals: str = ""
    learning_rate: float = 0.01
    zero_start: bool = False
    names: int | None = None  # how many to train on; None: all
    spoil: Callable[[Batch], Batch] = lambda batch: batch


SATURATED = "hidden values beyond ±0.99, percent"
MOVED = "how far the weights moved, percent"
DIFFERENT = "hidden units that differ"
LETTERS = "letters in a name it writes"
HONEST = "perplexity without padding / as reported"
TRUE = "perplexity without padding"  # no recipe is revealed by it, but what HONEST is a ratio of
GAP = "held-out / training perplexity"

RECIPES = {
    "healthy": Recipe("nothing"),
    "learning rate too large": Recipe("α = 0.3", SATURATED, learning_rate=0.3),
    "learning rate too small": Recipe("α = 0.00001", MOVED, learning_rate=1e-5),
    "started at zero": Recipe("all weights begin at 0", DIFFERENT, zero_start=True),
    "targets not shifted": Recipe("y = x", LETTERS, spoil=_not_shifted),
    "padding not masked": Recipe("every step counts", HONEST, spoil=_all_counted),
    "too little data": Recipe("60 names to train on", GAP, names=60),
}


@dataclass(frozen=True)
class Run:
    """A run that has ended: its losses, and each measurement by its name."""

    history: History
    measured: dict[str, float]


def run_recipe(
    name: str,
    names: Sequence[np.ndarray],
    held_out: Sequence[np.ndarray],
    steps: int = 300,
    watch: Callable[[int, History], None] | None = None,
) -> Run:
    """Train a small model as ``RECIPES[name]`` says, on tokens of names, and measure it.

    Raise ValueError or TypeError if an argument is not valid.
    """
    recipe, rng = RECIPES[checks.choice("name", name, tuple(RECIPES))], np.random.default_rng(1)
    names = checks.several("names", names, at_least=1)[: recipe.names]
    steps = checks.size("steps", steps)
    with checks.known_as("names", "held_out"):
        name_batch(held_out)
    model = SequenceModel(RNNCell(27, 32, rng=rng, dtype=np.float32), 27, rng=rng)
    if recipe.zero_start:
        for value in model.params.values():
            value[...] = 0
    start = {key: value.copy() for key, value in model.params.items()}
    history = train(
        model,
        map(recipe.spoil, name_batches(names, 32, rng)),
        Adam(model.params, recipe.learning_rate),
        steps,
        held_out=recipe.spoil(name_batch(held_out)),
        every=max(1, steps // 20),
        watch=watch,
    )
    return Run(history, _measure(model, start, names, held_out, recipe.spoil))


def _measure(
    model: SequenceModel,
    start: Params,
    names: Sequence[np.ndarray],
    held_out: Sequence[np.ndarray],
    spoil: Callable[[Batch], Batch],
) -> dict[str, float]:
    """Return every measurement of a trained model, whose parameters were ``start`` before."""
    sound = name_batch(held_out)
    a, _ = model.cell.forward(sound.x)
    units = a.transpose(1, 0, 2).reshape(model.cell.n_a, -1)
    moved = {key: value - start[key] for key, value in model.params.items()}
    written = sample(model, np.random.default_rng(1), m=200)
    reported, honest = (perplexity(batch_loss(model, b)) for b in (spoil(sound), sound))
    return {
        SATURATED: 100 * float((np.abs(units) > 0.99).mean()),
        MOVED: 100 * global_norm(moved) / (global_norm(start) or 1),
        DIFFERENT: float(len(np.unique(units, axis=0))),
        LETTERS: float(np.mean([len(name) for name in written])),
        HONEST: honest / reported,
        TRUE: honest,
        GAP: honest / perplexity(batch_loss(model, name_batch(names))),
    }
