"""Dropout: in training a part of a cell's inputs and outputs is set to 0, drawn anew each time.

A ``Dropout`` is a cell around a cell, so a ``SequenceModel`` reads it and a stack holds it like any
other. It reads everything whole until it is told to drop, and then it drops once::

    train(model, dropping(model, batches), optimizer, steps, held_out=held_out)

Each batch that ``dropping`` hands out is read with dropout. The held-out loss, writing, and all
that is read afterwards are whole: nobody has to switch dropout off.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from threading import get_ident

import numpy as np

from rnn_helpers import checks
from rnn_helpers.cells import Cell, Gradients, State, Tape
from rnn_helpers.layout import at_ends, one_hot_side_by_side, placed_at_ends
from rnn_helpers.models import Batch, EncoderDecoder, Model
from rnn_helpers.stacks import TwoWay


@dataclass
class DropoutTape(Tape):
    """A tape with the masks of its pass: 0 where dropped, else 1 / (1 - rate); None: all kept.

    ``mask_x`` is (T, n_x, m) and ``mask_a`` (T, n_a, m), with 1 in place of T if all steps share a
    mask.
    """

    mask_x: np.ndarray | None = None
    mask_a: np.ndarray | None = None


class Dropout(Cell):
    """A cell that is trained with a part of its inputs and outputs set to 0::

        a⟨t⟩ = mask_a⟨t⟩ * h⟨t⟩        h⟨t⟩ = cell(mask_x⟨t⟩ * x⟨t⟩, h⟨t-1⟩)

    Each entry of mask_x (n_x, m) is 0 with probability ``inputs``, of mask_a (n_a, m) with
    probability ``outputs``, and otherwise 1 / (1 - that rate): the mean of what goes on is what it
    was (*inverted* dropout), so that reading whole needs no rescaling; it stands in, nearly, for a
    mean over masks. The state that ``cell`` carries on is never touched. Every step has a fresh
    mask, or all steps of a pass the same one (``same_mask``). For tokens mask_x acts on the one-hot
    columns: a whole token is read as nothing, with ``same_mask`` at every place where it stands in
    its column.

    ``params`` are those of ``cell``, under the same names. The state is the pair (state of
    ``cell``, a⟨t⟩ as it left). ``rng`` is a generator or a seed, for the masks alone: give two
    Dropouts one generator, or different seeds. Raise TypeError if ``cell`` is none, ValueError for
    a rate that is not from 0 up to 1.

    Sources: Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov (2014); not on the state,
    fresh masks: Zaremba, Sutskever and Vinyals (2014); the same mask at each step: Gal and
    Ghahramani (2016), who drop the state too.
    """

    state_said = "a tuple of 2: the inner cell's state, and a⟨t⟩ as it left"

    def __init__(
        self,
        cell: Cell,
        *,
        outputs: float = 0.0,
        inputs: float = 0.0,
        same_mask: bool = False,
        rng: checks.Seed,
    ):
        self.cell, self.made_of = checks.instance("cell", cell, Cell, "a cell"), (cell,)
        self.outputs = checks.fraction("outputs", outputs)
        self.inputs = checks.fraction("inputs", inputs)
        self.same_mask, self.rng = checks.flag("same_mask", same_mask), checks.generator(rng)
        self.n_x, self.n_a, self.dtype, self.rows = cell.n_x, cell.n_a, cell.dtype, cell.rows
        self.params = cell.params
        self.drops_next: set[int] = set()  # threads whose next forward drops, and takes it back

    def __repr__(self) -> str:
        same = ", same_mask=True" if self.same_mask else ""
        return f"Dropout({self.cell}, outputs={self.outputs}, inputs={self.inputs}{same})"

    def zero_state(self, m: int) -> State:
        """Return zeros for the inner cell, and for what left it."""
        return self.cell.zero_state(m), np.zeros((self.n_a, m), self.dtype)

    def a_of(self, state: State) -> np.ndarray:
        return state[1]

    def gradient_of_state(self, da: np.ndarray) -> State:
        return self.cell.zero_state(da.shape[1]), da

    def step(self, x_t: np.ndarray, state: State | None = None) -> tuple[np.ndarray, State]:
        """Take one step as ``Cell.step`` does. Raise TypeError if a cell inside reads both ways."""
        for part in self.inner():
            if isinstance(part, TwoWay):
                part.step(x_t)  # it says why it cannot
        return super().step(x_t, state)

    def forward(
        self, x: np.ndarray, state: State | None = None, mask: np.ndarray | None = None
    ) -> tuple[np.ndarray, DropoutTape]:
        if drops := get_ident() in self.drops_next:  # a picture may read in another thread
            self.drops_next.discard(get_ident())
        x, start, ends = self._read(x, state, mask)
        mask_x = mask_a = None
        if drops:
            mask_x, mask_a = (
                self._drawn(rate, len(x), n, x.shape[-1])
                for rate, n in ((self.inputs, self.n_x), (self.outputs, self.n_a))
            )
        read = x if mask_x is None else mask_x * (x if x.ndim == 3 else self._one_hot(x))
        a, inner = self.cell.forward(read, start[0], mask)
        if mask_a is not None:
            a = mask_a * a  # a new array: the inner tape keeps its own, whole
        state = inner.state, at_ends(a, ends)
        return a, DropoutTape(
            self, x, start, a, state, ends, parts=[inner], mask_x=mask_x, mask_a=mask_a
        )

    def backward(self, da: np.ndarray, tape: Tape, dstate: State | None = None) -> Gradients:
        da, (dinner, dlast) = self._read_gradient(da, tape, dstate)
        T, m = len(da), da.shape[-1]
        if dlast.any():
            ends = np.full(m, T - 1) if tape.ends is None else tape.ends
            da = da + placed_at_ends(dlast, ends, T)
        if tape.mask_a is not None:
            da = tape.mask_a * da  # what was dropped had no influence
        dx, dinner, grads = self.cell.backward(da, tape.parts[0], dinner)
        if tape.x.ndim == 2:
            dx = None
        elif tape.mask_x is not None:
            dx = tape.mask_x * dx
        return Gradients(dx, (dinner, np.zeros_like(dlast)), grads)

    def quick_step(self) -> Callable[[np.ndarray, State], State]:
        """Return the inner cell's quick step. Writing never drops."""
        advance = self.cell.quick_step()

        def step(tokens: np.ndarray, state: State) -> State:
            inner = advance(tokens, state[0])
            return inner, self.cell.a_of(inner)

        return step

    def _drawn(self, rate: float, T: int, n: int, m: int) -> np.ndarray | None:
        if rate == 0:
            return None
        kept = self.rng.random((1 if self.same_mask else T, n, m)) >= rate
        return kept.astype(self.dtype) / self.dtype.type(1 - rate)

    def _one_hot(self, tokens: np.ndarray) -> np.ndarray:
        columns = one_hot_side_by_side(tokens, self.n_x, self.dtype)  # (n_x, T*m)
        return columns.reshape(self.n_x, *tokens.shape).swapaxes(0, 1)  # (T, n_x, m)


def drop_next(model: Model | Cell) -> None:
    """Let every ``Dropout`` in a model or a cell drop in its next forward pass, and in no other.

    Raise ValueError if there is none.
    """
    checks.instance("model", model, (Model, Cell), "a model or a cell")
    if isinstance(model, EncoderDecoder):
        cells = [model.encoder, model.decoder.cell]
    else:
        cells = [getattr(model, "cell", None) if isinstance(model, Model) else model]
    inner = [part for cell in cells if isinstance(cell, Cell) for part in cell.inner()]
    dropouts = [part for part in inner if isinstance(part, Dropout)]
    if not dropouts:
        raise ValueError(f"model must have a Dropout cell inside, got {model}")
    for part in dropouts:
        part.drops_next.add(get_ident())


def dropping(model: Model, batches: Iterable[Batch]) -> Iterator[Batch]:
    """Yield ``batches``; the model drops when it reads one of them, and never otherwise.

    For ``training.train``, which reads each batch right after it was handed out, in the thread that
    asked for it. Raise ValueError
    when the first is asked for if the model has no ``Dropout`` inside.
    """
    for batch in checks.iterable("batches", batches):
        drop_next(model)
        yield checks.instance("batches", batch, Batch, "of Batch alone")
