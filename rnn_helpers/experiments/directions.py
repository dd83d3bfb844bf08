"""What a network knows that reads from the left, from the right or both ways, in one layer or more.

Nothing here is derived from a formula: tokens are put in another order, padded or replaced, and the
states are compared.
"""

from collections.abc import Sequence

import numpy as np

from rnn_helpers import checks
from rnn_helpers.activations import softmax
from rnn_helpers.cells import Cell, RNNCell
from rnn_helpers.models import SequenceModel
from rnn_helpers.stacks import Stacked, TwoWay

ROUNDING = 1e-12  # a smaller difference is rounding, which depends on the size of an array


def name_probabilities(model: SequenceModel, tokens: np.ndarray) -> np.ndarray:
    """Return, for each of the tokens (T,), how likely it is part of a name, (T,).

    A two-way network is shown these tokens and no others. Raise ValueError or TypeError if model
    or tokens is not valid.
    """
    checks.instance("model", model, SequenceModel, "a SequenceModel")
    z, _ = model.forward(checks.tokens("tokens", tokens, model.cell.n_x, "T")[:, None])
    return softmax(z)[:, 1, 0].astype(float)


# -- padding, read from the right --------------------------------------------------------------


def reading_order(lengths: Sequence[int], T: int, *, whole_column: bool = False) -> np.ndarray:
    """Return at which of its steps, from 1 on, a cell from the right reads each place, (T, m).

    Column i holds ``lengths[i]`` tokens and then padding. It is reversed within its own length, and
    the padding comes last. With ``whole_column`` it is reversed with all its padding, which then
    comes first. Raise ValueError or TypeError if a length is not from 1 to T.
    """
    T, whole_column = checks.size("T", T), checks.flag("whole_column", whole_column)
    lengths = checks.token_row("lengths", checks.several("lengths", lengths, at_least=1))
    if lengths.min() < 1 or lengths.max() > T:
        raise ValueError(f"lengths must be from 1 to T = {T}, got {lengths}")
    places, lengths = np.arange(T)[:, None], np.asarray(lengths)
    if whole_column:
        return np.repeat(T - places, len(lengths), axis=1)
    return np.where(places < lengths, lengths - places, places + 1)


def states_from_right(
    cell: Cell, sequences: Sequence[np.ndarray], T: int, *, whole_column: bool = False
) -> np.ndarray:
    """Return the states a←⟨t⟩ of token sequences side by side, padded with 0 to T, (T, n_a, m).

    They are read as ``reading_order`` says, and each state is put where its token stands. Raise
    ValueError or TypeError if an argument is not valid.
    """
    checks.instance("cell", cell, Cell, "a cell")
    T, sequences = checks.size("T", T), checks.several("sequences", sequences, at_least=1)
    for i, tokens in enumerate(sequences):
        row = checks.tokens(f"sequences[{i}]", tokens, cell.n_x, "T")
        if len(row) > T:
            raise ValueError(f"T must be {len(row)} or more, the length of sequences[{i}], got {T}")
    lengths, columns = [len(tokens) for tokens in sequences], np.arange(len(sequences))
    x = np.zeros((T, len(sequences)), int)
    for i, tokens in enumerate(sequences):
        x[: lengths[i], i] = tokens
    step = reading_order(lengths, T, whole_column=whole_column) - 1  # (T, m)
    x_reversed = np.empty_like(x)
    x_reversed[step, columns] = x
    a, _ = cell.forward(x_reversed)
    return a[step, :, columns].swapaxes(1, 2)


def changed_by_padding(
    cell: Cell, sequences: Sequence[np.ndarray], T: int, *, whole_column: bool = False
) -> np.ndarray:
    """Return the largest ‖difference‖ of a sequence's states from those it has alone, (m,).

    Arguments are as for ``states_from_right``. What is below 1e-12 is 0.
    """
    padded = states_from_right(cell, sequences, T, whole_column=whole_column)
    alone = [states_from_right(cell, [tokens], len(tokens))[:, :, 0] for tokens in sequences]
    largest = [
        np.linalg.norm(padded[: len(a), :, i] - a, axis=1).max() for i, a in enumerate(alone)
    ]
    return np.where(np.array(largest) < ROUNDING, 0, largest)


# -- who has seen what -------------------------------------------------------------------------


def build_stack(
    n_x: int, n_a: int, layers: int, *, both_ways: bool = False, rng: checks.Seed
) -> Stacked:
    """Return a stack of tanh layers with n_a units each; ``both_ways`` gives half to each way."""
    rng, layers = checks.generator(rng), checks.size("layers", layers)
    if checks.flag("both_ways", both_ways) and checks.size("n_a", n_a) % 2:
        raise ValueError(f"n_a must be even for two ways, got {n_a}")

    def layer(n: int) -> Cell:
        if both_ways:
            return TwoWay(RNNCell(n, n_a // 2, rng=rng), RNNCell(n, n_a // 2, rng=rng))
        return RNNCell(n, n_a, rng=rng)

    return Stacked([layer(n) for n in [n_x] + [n_a] * (layers - 1)])


def influence(
    cell: Cell, tokens: np.ndarray, *, late: int = 0, from_right: bool = False
) -> np.ndarray:
    """Return how far the state read for the answer about word t moves, word s hidden, (T, T).

    That is the state ``late`` steps after word t; where it stays, so does every answer that is read
    from it. Column s of a batch has word s replaced by token 0, an unknown word. ``from_right``
    lets the cell read from right to left. What moves less than 1e-12 is 0. Raise ValueError or
    TypeError if an argument is not valid.
    """
    checks.instance("cell", cell, Cell, "a cell")
    tokens, from_right = (
        checks.tokens("tokens", tokens, cell.n_x, "T"),
        checks.flag("from_right", from_right),
    )
    late, T = checks.at_least_zero("late", late), len(tokens)
    x = np.repeat(tokens[:, None], T + 1, axis=1)  # the last column stays as it is
    x[np.arange(T), np.arange(T)] = 0
    x = np.concatenate([x, np.zeros((late, T + 1), int)])  # (T + late, m)
    direction = -1 if from_right else 1
    a = cell.forward(x[::direction])[0][::direction][late:]  # (T, n_a, m)
    moved = np.linalg.norm(a[:, :, :-1] - a[:, :, -1:], axis=1)  # (T, T)
    return np.where(moved < ROUNDING, 0, moved)
