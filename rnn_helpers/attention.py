"""Attention: a decoder that looks back at every state of the encoder, and chooses.

Without it, the encoder's last state is all that the decoder knows of the input. With it, the
decoder weighs at each of its steps which of the encoder's states it needs, and reads their mean.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rnn_helpers import checks
from rnn_helpers.activations import softmax
from rnn_helpers.cells import Cell, Gradients, State, Tape, scaled_uniform
from rnn_helpers.layout import side_by_side
from rnn_helpers.models import EncoderDecoder, EncoderDecoderTape, SequenceModel
from rnn_helpers.stacks import joined


def attend(
    a: np.ndarray,
    memory: np.ndarray,
    mask: np.ndarray | None = None,
    *,
    values: np.ndarray | None = None,
    causal: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean of a memory's states h⟨s⟩ that each a⟨t⟩ reads, and with which weights::

        e⟨t,s⟩ = a⟨t⟩ · h⟨s⟩        α⟨t,·⟩ = softmax(e⟨t,·⟩)        context⟨t⟩ = Σ_s α⟨t,s⟩ h⟨s⟩

    a is (T_y, n_a, m), memory (T_x, n_a, m), mask (T_x, m) False where a column of memory has
    ended. ``values`` (T_x, n_a, m) are read in place of the memory, which then is only compared
    with: a holds the queries, memory the keys. ``causal`` hides every s > t. Return context
    (T_y, n_a, m) and α (T_y, T_x, m); over s, every α sums to 1. Raise ValueError or TypeError if a
    shape or type is wrong or a column of mask keeps nothing.
    Sources: Bahdanau, Cho and Bengio (2015); Luong, Pham and Manning (2015) for the dot product.
    """
    a = _real("a", a)
    sizes = {"n_a": a.shape[1], "m": a.shape[2]}
    memory = checks.array("memory", memory, "T_x n_a m", sizes, a.dtype, finite=False)
    checks.ends(mask, (len(memory), a.shape[2]))
    if values is not None:
        sizes |= {"T_x": len(memory)}
        values = checks.array("values", values, "T_x n_a m", sizes, a.dtype, finite=False)
    if checks.flag("causal", causal):
        earlier = np.tri(len(a), len(memory), dtype=bool)[:, :, None]  # s ≤ t
        mask = earlier if mask is None else earlier & mask
    return _attend(a, memory, memory if values is None else values, mask)


def attend_backward(
    dcontext: np.ndarray,
    a: np.ndarray,
    memory: np.ndarray,
    weights: np.ndarray,
    *,
    values: np.ndarray | None = None,
) -> tuple[np.ndarray, ...]:
    """From dcontext (T_y, n_a, m), return da (T_y, n_a, m) and dmemory (T_x, n_a, m).

    ``weights`` are those that ``attend`` returned for a and memory::

        dα⟨t,s⟩ = dcontext⟨t⟩ · h⟨s⟩        de⟨t,s⟩ = α⟨t,s⟩ (dα⟨t,s⟩ - Σ_r α⟨t,r⟩ dα⟨t,r⟩)
        da⟨t⟩ = Σ_s de⟨t,s⟩ h⟨s⟩            dh⟨s⟩ = Σ_t (de⟨t,s⟩ a⟨t⟩ + α⟨t,s⟩ dcontext⟨t⟩)

    With ``values`` of their own, the two parts of dh belong to two arrays, and da, dmemory and
    dvalues are returned. Raise ValueError or TypeError if a shape or type is wrong.
    """
    a = _real("a", a)
    sizes = dict(zip(("T_y", "n_a", "m"), a.shape))
    memory = checks.array("memory", memory, "T_x n_a m", sizes, a.dtype, finite=False)
    dcontext = checks.array("dcontext", dcontext, "T_y n_a m", sizes, a.dtype, finite=False)
    sizes |= {"T_x": len(memory)}
    weights = checks.array("weights", weights, "T_y T_x m", sizes, a.dtype, finite=False)
    if values is not None:
        values = checks.array("values", values, "T_x n_a m", sizes, a.dtype, finite=False)
    dcontext, a, h, alpha = (_examples_first(v) for v in (dcontext, a, memory, weights))
    dalpha = dcontext @ (h if values is None else _examples_first(values)).mT
    de = alpha * (dalpha - (alpha * dalpha).sum(axis=2, keepdims=True))
    compared, read = de.mT @ a, alpha.mT @ dcontext
    if values is None:
        return _examples_last(de @ h), _examples_last(compared + read)
    return _examples_last(de @ h), _examples_last(compared), _examples_last(read)


def _attend(
    a: np.ndarray, keys: np.ndarray, values: np.ndarray, mask: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    e = _examples_last(_examples_first(a) @ _examples_first(keys).mT)  # (T_y, T_x, m)
    weights = softmax(e if mask is None else np.where(mask, e, -np.inf))  # over s, the second axis
    return _examples_last(_examples_first(weights) @ _examples_first(values)), weights


def _real(name: str, value: object) -> np.ndarray:
    """Return floats (T_y, n_a, m), in the precision in which they came."""
    given = checks.numeric(name, value)
    dtype = given.dtype if given.dtype in checks.DTYPES else np.dtype(float)
    return checks.array(name, given, "T_y n_a m", {}, dtype, finite=False)


def _examples_first(v: np.ndarray) -> np.ndarray:
    return v.transpose(2, 0, 1)  # (T, n, m) -> (m, T, n), so that @ acts on each example


def _examples_last(v: np.ndarray) -> np.ndarray:
    return v.transpose(1, 2, 0)


class AttentiveTape(NamedTuple):
    """The cell's tape, and what attention read: memory, its mask, what the output saw, and α."""

    cell: Tape
    memory: np.ndarray
    mask: np.ndarray
    seen: np.ndarray
    weights: np.ndarray

    @property
    def state(self) -> State:
        """Where a next step would begin, as ``AttentiveDecoder.step`` takes it."""
        return self.cell.state, self.memory, self.mask


class AttentiveDecoder(SequenceModel):
    """A sequence model whose output layer sees the state and what attention read with it::

        z⟨t⟩ = Wya [a⟨t⟩, context⟨t⟩] + by        Wya (n_y, 2 n_a)

    Its state is a tuple of three: the cell's state, the memory (T_x, n_a, m) and its mask (T_x, m).
    Source: Luong, Pham and Manning (2015), without the tanh layer in between.
    """

    def __init__(self, cell: Cell, n_y: int, *, rng: checks.Seed):
        rng = checks.generator(rng)
        super().__init__(cell, n_y, rng=rng)
        Wya = scaled_uniform(n_y, 2 * cell.n_a, rng).astype(cell.dtype)
        self.params = type(self.params)(self.params | {"Wya": Wya})

    def __repr__(self) -> str:
        return f"AttentiveDecoder({self.cell}, n_y={self.n_y})"

    def forward(self, x: np.ndarray, state: State) -> tuple[np.ndarray, AttentiveTape]:
        """Return z (T_y, n_y, m) and the tape; the state holds the memory."""
        start, memory, mask = self._parts(state)
        a, tape = self.cell.forward(x, start)
        context, weights = attend(a, memory, mask)
        seen = np.concatenate([a, context], axis=1)  # (T_y, 2 n_a, m)
        z = self.params["Wya"] @ seen + self.params["by"]
        return z, AttentiveTape(tape, memory, mask, seen, weights)

    def backward(self, dz: np.ndarray, tape: AttentiveTape) -> tuple[np.ndarray, Gradients]:
        """From dz (T_y, n_y, m), return the gradient of the memory, and all others.

        ``dstate`` among them is that of the cell's start state.
        """
        checks.instance("tape", tape, AttentiveTape, "a tape from forward")
        sizes = dict(zip(("T", "n_y", "m"), (len(tape.seen), self.n_y, tape.seen.shape[2])))
        dz = checks.array("dz", dz, "T n_y m", sizes, self.cell.dtype, finite=False)
        wide, a = side_by_side(dz), tape.cell.a
        output = {"Wya": wide @ side_by_side(tape.seen).T, "by": wide.sum(axis=1, keepdims=True)}
        da, dcontext = np.split(self.params["Wya"].T @ dz, 2, axis=1)
        da_read, dmemory = attend_backward(dcontext, a, tape.memory, tape.weights)
        dx, dstart, grads = self.cell.backward(da + da_read, tape.cell)
        return dmemory, Gradients(dx, dstart, grads | output)

    def step(self, x_t: np.ndarray, state: State) -> tuple[np.ndarray, State]:
        """Take one step: return z⟨t⟩ (n_y, m) and the new state, with the same memory."""
        start, memory, mask = self._parts(state)
        a_t, start = self.cell.step(x_t, start)
        return self._read_out(a_t, memory, mask), (start, memory, mask)

    def quick_step(self) -> Callable[[np.ndarray, State], tuple[np.ndarray, State]]:
        """Return ``step`` for tokens (m,) and a state that are known to be valid, unchecked."""
        advance = self.cell.quick_step()

        def step(tokens: np.ndarray, state: State) -> tuple[np.ndarray, State]:
            start, memory, mask = state
            start = advance(tokens, start)
            return self._read_out(self.cell.a_of(start), memory, mask), (start, memory, mask)

        return step

    def _read_out(self, a_t: np.ndarray, memory: np.ndarray, mask: np.ndarray) -> np.ndarray:
        context, _ = _attend(a_t[None], memory, memory, mask)
        return self.params["Wya"] @ np.concatenate([a_t, context[0]]) + self.params["by"]

    def _parts(self, state: State) -> State:
        if not isinstance(state, tuple) or len(state) != 3:
            raise TypeError(
                "state must be a tuple of the cell's state, the memory and its mask, "
                f"got {checks.shown(state)}"
            )
        return state


class AttentiveTranslator(EncoderDecoder):
    """An encoder, and a decoder that pays attention to all of the encoder's states.

    The decoder still begins where the encoder ends; from there on it looks back at each step.
    """

    def __init__(self, encoder: Cell, decoder: AttentiveDecoder, start: int = 0):
        checks.instance("decoder", decoder, AttentiveDecoder, "an AttentiveDecoder")
        super().__init__(encoder, decoder, start)

    def encoded(self, x: np.ndarray, x_mask: np.ndarray | None = None) -> State:
        return self._start(self._read_by_encoder(x, x_mask), x_mask)

    def forward(
        self, x: np.ndarray, y: np.ndarray, x_mask: np.ndarray | None = None
    ) -> tuple[np.ndarray, EncoderDecoderTape]:
        late = self.one_step_late(y)
        read = self._read_by_encoder(x, x_mask)
        with checks.known_as("x", "y"):
            z, written = self.decoder.forward(late, self._start(read, x_mask))
        return z, EncoderDecoderTape(read, written)

    def backward(self, dz: np.ndarray, tape: EncoderDecoderTape) -> Gradients:
        checks.instance("tape", tape, EncoderDecoderTape, "a tape from forward")
        dmemory, (_, dstate, decoder) = self.decoder.backward(dz, tape.written)
        dx, dstart, encoder = self.encoder.backward(dmemory, tape.read, dstate)
        return Gradients(dx, dstart, joined({"encoder": encoder, "decoder": decoder}))

    def _start(self, read: Tape, x_mask: np.ndarray | None) -> State:
        T_x, _, m = read.a.shape
        mask = np.ones((T_x, m), bool) if x_mask is None else np.asarray(x_mask, bool)
        return read.state, read.a, mask
