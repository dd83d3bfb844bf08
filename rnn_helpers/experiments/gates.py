"""What the gates of a GRU or an LSTM do: read them on a name, force them, hold them in training.

The task that needs them is to read a name to its end and then to say its first letter.
"""

import copy
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from rnn_helpers import checks, data
from rnn_helpers.activations import softmax
from rnn_helpers.cells import Cell, Tape
from rnn_helpers.models import SequenceModel
from rnn_helpers.optimizers import Params, clip_by_norm
from rnn_helpers.training import Batch, pad

SURELY = 80.0  # σ(80) is 1 and σ(-80) is 0, to the last digit
Run = dict[str, np.ndarray]
Network = TypeVar("Network", Cell, SequenceModel)


# -- the task: read a name, then say its first letter -------------------------------------------


def first_letter_batch(names: Sequence[np.ndarray]) -> Batch:
    """Return a batch that asks for the first letter of each name, in tokens, after its end.

    x is (T, m): a name and its end. y is the first letter, and only the end counts. Raise
    ValueError or TypeError if there is no name, or one is empty or no row of tokens.
    """
    names = checks.several("names", names, at_least=1)
    names = [checks.token_row(f"names[{i}]", name) for i, name in enumerate(names)]
    for i, name in enumerate(names):
        if len(name) == 0:
            raise ValueError(f"names[{i}] must hold one letter or more, got none")
    x, x_mask = pad([np.r_[name, 0] for name in names])
    return Batch(x, y=np.tile(x[0], (len(x), 1)), mask=x_mask & (x == 0), x_mask=x_mask)


def share_right(model: SequenceModel, names: Sequence[np.ndarray]) -> float:
    """Return the share of names, in tokens, whose first letter the model gives after their end."""
    checks.instance("model", model, SequenceModel, "a SequenceModel")
    batch = first_letter_batch(names)
    z, _ = model.forward(batch.x)
    return float((z.argmax(axis=1) == batch.y)[batch.mask].mean())


# -- a gate taken out of the network's hands ---------------------------------------------------


def gate_names(cell: Cell) -> list[str]:
    """Return the gates of a cell: the blocks of rows that pass through σ."""
    checks.instance("cell", cell, Cell, "a cell")
    return [row for row in cell.rows if row not in ("candidate", "state")]


def _gate_rows(cell: Cell, gate: str) -> slice:
    """Return which rows of Waa, Wax and ba belong to a gate; raise ValueError without it."""
    return cell.block(checks.choice("gate", gate, tuple(gate_names(cell))))


def with_gate_forced(network: Network, gate: str, value: float) -> Network:
    """Return a copy of a cell, or of a model, with one gate at ``value`` whatever it reads.

    The gate's rows of Waa and Wax become 0, and its bias b is such that σ(b) is the value, from 0
    to 1. Raise ValueError for another value, or for a gate that the cell does not have.
    """
    checks.instance("network", network, (Cell, SequenceModel), "a cell or a SequenceModel")
    network = copy.deepcopy(network)
    cell = network.cell if isinstance(network, SequenceModel) else network
    rows = _gate_rows(cell, gate)
    if not 0 <= checks.number("value", value) <= 1:
        raise ValueError(f"value must be from 0 to 1, got {value}")
    cell.params["Waa"][rows], cell.params["Wax"][rows] = 0, 0
    if value in (0, 1):
        cell.params["ba"][rows] = SURELY if value else -SURELY
    else:
        cell.params["ba"][rows] = np.log(value / (1 - value))
    return network


def clip_and_hold(cell: Cell, gate: str, max_norm: float = 1.0) -> Callable[[Params], Params]:
    """Return a function that clips gradients by norm and leaves one gate as it is.

    The gradients of its rows of Waa, Wax and ba become 0, in the arrays that are given. Raise
    ValueError for a gate that the cell does not have.
    """
    checks.instance("cell", cell, Cell, "a cell")
    rows, max_norm = _gate_rows(cell, gate), checks.positive("max_norm", max_norm)

    def clip(grads: Params) -> Params:
        for name in cell.params:
            grads[name][rows] = 0
        return clip_by_norm(grads, max_norm)

    return clip


# -- a name, read ------------------------------------------------------------------------------


def read_name(
    model: SequenceModel, name: str, gate: str = "", value: float = 0.0, steps: Sequence[int] = ()
) -> Run:
    """Read a name and its end; with ``steps``, a pair first, last, one gate is forced in these.

    Return by name the gates and the candidate, a and, of an LSTM, c, each (T, n_a), and the
    probabilities "ŷ" (T, n_y). Raise ValueError as ``with_gate_forced`` does.
    """
    checks.instance("model", model, SequenceModel, "a SequenceModel")
    with checks.known_as("text", "name"):
        x, cell = data.to_tokens(checks.text("name", name) + data.END)[:, None], model.cell
    first, last = _stretch(steps, len(x))
    checks.number("value", value)
    steps = last >= first
    forced = with_gate_forced(cell, gate, value) if steps else cell
    state, stretches = None, []
    readers = zip((cell, forced, cell), np.split(x, [first - 1, last]), strict=True)
    for reader, stretch in readers:
        if len(stretch):
            _, tape = reader.forward(stretch, state)
            state = tape.state
            stretches.append(_gates_and_states(tape))
    run = {part: np.concatenate([read[part] for read in stretches]) for part in stretches[0]}
    z = run["a"] @ model.params["Wya"].T + model.params["by"].T
    return run | {"ŷ": softmax(z[:, :, None])[:, :, 0]}


def _stretch(steps: Sequence[int], T: int) -> tuple[int, int]:
    """Return the first and the last of the steps in which a gate is forced; 1 and 0 for none."""
    steps = [checks.size(f"steps[{i}]", t) for i, t in enumerate(checks.several("steps", steps))]
    if steps and (len(steps) != 2 or steps[0] > steps[1]):
        raise ValueError(f"steps must be a pair, first and last, or empty, got {steps}")
    return (min(steps[0], T), min(steps[1], T)) if steps else (1, 0)


def _gates_and_states(tape: Tape) -> Run:
    """Return every block of rows and the states of a tape of one sequence, each (T, n_a)."""
    run = {row: tape.gates[:, tape.cell.block(row), 0] for row in tape.cell.rows}
    states = {"a": tape.a} if tape.c is None else {"a": tape.a, "c": tape.c}
    return run | {name: state[:, :, 0] for name, state in states.items()}
