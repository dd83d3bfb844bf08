"""A cell with an output layer, ŷ⟨t⟩ = g2(Wya a⟨t⟩ + by), and two of them as encoder and decoder."""

import os
import uuid
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from rnn_helpers import checks
from rnn_helpers.cells import Cell, Gradients, State, Tape, map_state, scaled_uniform
from rnn_helpers.layout import side_by_side
from rnn_helpers.losses import cross_entropy
from rnn_helpers.parameters import Parameters, WithParameters
from rnn_helpers.stacks import TwoWay, joined

Loss = Callable[..., tuple[float, np.ndarray]]
READINGS = ("every", "last")


@dataclass(frozen=True)
class Batch:
    """m sequences side by side: tokens x and y (T, m), and mask (T, m), False where one has ended.

    ``mask`` belongs to y: it keeps padding out of the loss. ``x_mask`` belongs to x and tells where
    its columns end; without it none is padded. There x and y may have different T. ``continues``
    says that each column goes on where the batch before left off.
    """

    x: np.ndarray
    y: np.ndarray
    mask: np.ndarray | None = None
    continues: bool = False
    x_mask: np.ndarray | None = None


class LossAndGrads(NamedTuple):
    """The loss of a batch, its gradient for ``params``, and the state after it (None: no state)."""

    loss: float
    grads: dict[str, np.ndarray]
    state: State | None


class Model(WithParameters):
    """What all models share: parameters, kept in a file and read back, and the way through a batch.

    Every model has ``read_batch``, the forward pass, and ``backward``, from the gradient of z.
    """

    def read_batch(self, batch: Batch, state: State | None = None) -> tuple[np.ndarray, object]:
        """Return z, the scores for ``batch.y``, and the tape that ``backward`` takes.

        ``state`` is where the model begins, zeros if not given; ``tape.state`` is where it ends,
        None for a model without one. Raise ValueError or TypeError if batch or state does not fit.
        """
        raise NotImplementedError

    def backward(self, dz: np.ndarray, tape: object) -> Gradients:
        """From dz, shaped like z, return dx, the start state's gradient, and grads."""
        raise NotImplementedError

    def scores(
        self, x: np.ndarray, y: np.ndarray | None = None, x_mask: np.ndarray | None = None
    ) -> np.ndarray:
        """Return z for x. Only an ``EncoderDecoder`` looks at y: it is shown the right answers."""
        return self.read_batch(Batch(x, y, x_mask=x_mask))[0]

    def loss_and_grads(
        self,
        x: np.ndarray,
        y: np.ndarray,
        mask: np.ndarray | None = None,
        state: State | None = None,
        loss: Loss = cross_entropy,
        x_mask: np.ndarray | None = None,
    ) -> LossAndGrads:
        """Forward, loss and backward in one: return the loss, grads, and the last state.

        ``mask`` (shaped like the tokens y) says which outputs count, ``x_mask`` (T, m) where the
        columns of x end. Raise as ``read_batch`` and the loss do.
        """
        checks.function("loss", loss)
        z, tape = self.read_batch(Batch(x, y, mask, x_mask=x_mask), state)
        value, dz = loss(z, y, mask)
        return LossAndGrads(value, self.backward(dz, tape).grads, tape.state)

    def save(self, path: str | Path) -> None:
        """Write ``params`` to ``path`` (.npz). An old file stays whole until the new one is.

        Raise OSError if it cannot be written there.
        """
        path = _npz(path)
        scratch = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
        try:
            with scratch.open("xb") as file:
                np.savez(file, **self.params)
            os.replace(scratch, path)
        except OSError as error:
            if error.errno is None:
                raise
            raise OSError(error.errno, error.strerror, str(path)) from error
        finally:
            scratch.unlink(missing_ok=True)

    def load(self, path: str | Path) -> None:
        """Read ``params`` from ``path`` in place.

        Raise ValueError or TypeError, changing nothing, if they do not fit or the file is another
        kind.
        """
        stored = _read_npz(_npz(path))
        checks.same_keys("the stored parameters", stored, self.params)
        self._write(stored, "stored ")


class SequenceModel(Model):
    """A recurrent cell and the layer that reads it: z⟨t⟩ = Wya a⟨t⟩ + by.

    ``read`` says where: "every" step (many-to-many), or only the "last" state (many-to-one), when
    all outputs have T = 1. ``params`` is one dict: the cell's arrays (the same objects) with Wya
    (n_y, n_a) and by (n_y, 1); ``set`` changes them for both. g2 is left to the loss: softmax in
    ``cross_entropy``, sigmoid in ``logistic_loss``. ``rng`` is a generator or a seed.
    """

    def __init__(self, cell: Cell, n_y: int, *, rng: checks.Seed, read: str = "every"):
        self.cell = checks.instance("cell", cell, Cell, "a cell")
        self.n_y = checks.size("n_y", n_y)
        self.read = checks.choice("read", read, READINGS)
        both_ways = any(isinstance(part, TwoWay) for part in cell.inner())
        self.reads_ends = read == "last" or both_ways
        Wya = scaled_uniform(n_y, cell.n_a, checks.generator(rng))
        output = {"Wya": Wya.astype(cell.dtype), "by": np.zeros((n_y, 1), cell.dtype)}
        self.params = Parameters(cell.params | output)

    def __repr__(self) -> str:
        last = ', read="last"' if self.read == "last" else ""
        return f"SequenceModel({self.cell}, n_y={self.n_y}{last})"

    def forward(
        self, x: np.ndarray, state: State | None = None, mask: np.ndarray | None = None
    ) -> tuple[np.ndarray, Tape]:
        """Return z (T, n_y, m) and the tape; x, state and mask are as for the cell.

        A model that reads the last state returns z (1, n_y, m), from each column's own end.
        """
        a, tape = self.cell.forward(x, state, mask)
        z = self.params["Wya"] @ (self.cell.a_of(tape.state)[None] if self.read == "last" else a)
        z += self.params["by"]
        return z, tape

    def read_batch(self, batch: Batch, state: State | None = None) -> tuple[np.ndarray, Tape]:
        """Return z and the tape, as ``forward`` does.

        Raise ValueError too if the model depends on where the columns of x end, ``mask`` has
        columns that end early and there is no ``x_mask``.
        """
        checks.instance("batch", batch, Batch, "a Batch")
        if self.reads_ends:
            checks.padding_known(batch.mask, batch.x_mask)
        with checks.known_as("mask", "x_mask"):
            return self.forward(batch.x, state, batch.x_mask)

    def backward(self, dz: np.ndarray, tape: Tape, dstate: State | None = None) -> Gradients:
        """From dz, shaped like z, return dx, the start state's gradient, and grads for ``params``.

        ``dstate`` adds a gradient for ``tape.state``. Raise as the cell's ``backward`` does.
        """
        checks.instance("tape", tape, Tape, "a tape from forward")
        last = self.read == "last"
        read = self.cell.a_of(tape.state)[None] if last else tape.a
        sizes = {"T": len(read), "n_y": self.n_y, "m": read.shape[2]}
        dz = checks.array("dz", dz, "T n_y m", sizes, self.cell.dtype, finite=False)
        wide = side_by_side(dz)
        output = {"Wya": wide @ side_by_side(read).T, "by": wide.sum(axis=1, keepdims=True)}
        da = self.params["Wya"].T @ dz
        if last:
            if dstate is not None:
                dstate = self.cell.read_state("dstate", dstate, da.shape[2], finite=False)
            of_z = self.cell.gradient_of_state(da[0])
            dstate = of_z if dstate is None else map_state(_sum, of_z, dstate)
            da = np.zeros_like(tape.a)
        dx, dstart, grads = self.cell.backward(da, tape, dstate)
        return Gradients(dx, dstart, grads | output)

    def step(self, x_t: np.ndarray, state: State | None = None) -> tuple[np.ndarray, State]:
        """Take one step: return z⟨t⟩ (n_y, m) and the new state.

        Raise as the cell's ``step`` does.
        """
        a_t, state = self.cell.step(x_t, state)
        return self.params["Wya"] @ a_t + self.params["by"], state

    def quick_step(self) -> Callable[[np.ndarray, State], tuple[np.ndarray, State]]:
        """Return ``step`` for tokens (m,) and a state that are known to be valid, unchecked.

        Take a new one when the parameters have changed.
        """
        advance, Wya, by = self.cell.quick_step(), self.params["Wya"], self.params["by"]

        def step(tokens: np.ndarray, state: State) -> tuple[np.ndarray, State]:
            state = advance(tokens, state)
            return np.dot(Wya, self.cell.a_of(state)) + by, state

        return step


class EncoderDecoderTape(NamedTuple):
    """The tapes of an encoder and of the decoder that went on from it."""

    read: Tape
    written: Tape
    state: None = None  # the next batch begins anew


class EncoderDecoder(Model):
    """Two networks for an input and an output of different lengths (many-to-many).

    ``encoder``, a cell, reads all of x; the state after its last step is where ``decoder``, a
    sequence model, starts. The decoder reads its own output one step late: first the token
    ``start``, then y⟨1⟩, y⟨2⟩, … In training it is shown the right y (*teacher forcing*: Williams
    and Zipser, 1989); ``sampling.translate`` feeds back what it has written itself. Raise
    ValueError if the decoder cannot start where the encoder ends, or cannot read its own output.
    Sources: Cho et al. (2014); Sutskever, Vinyals and Le (2014).
    """

    def __init__(self, encoder: Cell, decoder: SequenceModel, start: int = 0):
        self.encoder = checks.instance("encoder", encoder, Cell, "a cell")
        self.decoder = checks.instance("decoder", decoder, SequenceModel, "a SequenceModel")
        if decoder.read != "every" or decoder.n_y != decoder.cell.n_x:
            raise ValueError(
                'decoder must have read="every" and n_y = n_x to be fed its own output, '
                f"got {decoder!r}"
            )
        ends, begins = (map_state(_shape, cell.zero_state(1)) for cell in (encoder, decoder.cell))
        if ends != begins or encoder.dtype != decoder.cell.dtype:
            raise ValueError(
                "decoder must start in a state like the encoder's last one, "
                f"got {begins} for {ends} ({decoder.cell.dtype} for {encoder.dtype})"
            )
        self.start = checks.token("start", start, decoder.cell.n_x)
        inner = {"encoder": encoder.params, "decoder": decoder.params}
        self.params = Parameters(joined(inner))

    def __repr__(self) -> str:
        return f"EncoderDecoder({self.encoder}, {self.decoder})"

    def forward(
        self, x: np.ndarray, y: np.ndarray, x_mask: np.ndarray | None = None
    ) -> tuple[np.ndarray, EncoderDecoderTape]:
        """Return z (T_y, n_y, m) under teacher forcing, and both tapes.

        x is (T_x, n_x, m) floats or (T_x, m) tokens, x_mask (T_x, m) False where x has ended; y
        (T_y, m) holds the right tokens, of which the decoder sees each one step late.
        """
        late = self.one_step_late(y)
        read = self._read_by_encoder(x, x_mask)
        checks.columns_agree("y", late, read.a.shape[2])
        z, written = self.decoder.forward(late, read.state)
        return z, EncoderDecoderTape(read, written)

    def one_step_late(self, y: np.ndarray) -> np.ndarray:
        """Return what the decoder is shown in training, y⟨t-1⟩, from the token ``start`` on.

        Raise ValueError or TypeError if y does not hold tokens (T_y, m) of the decoder's.
        """
        y = checks.tokens("y", y, self.decoder.n_y)
        return np.concatenate([np.full_like(y[:1], self.start), y[:-1]])

    def encoded(self, x: np.ndarray, x_mask: np.ndarray | None = None) -> State:
        """Return the state in which the decoder begins to write, once the encoder has read x."""
        return self._read_by_encoder(x, x_mask).state

    def _read_by_encoder(self, x: np.ndarray, x_mask: np.ndarray | None) -> Tape:
        with checks.known_as("mask", "x_mask"):
            return self.encoder.forward(x, mask=x_mask)[1]

    def read_batch(
        self, batch: Batch, state: State | None = None
    ) -> tuple[np.ndarray, EncoderDecoderTape]:
        """Return z and the tapes, as ``forward`` does; ``mask`` says nothing about x."""
        checks.instance("batch", batch, Batch, "a Batch")
        if state is not None:
            came = checks.shown(state)
            raise ValueError(f"state must be None: the encoder begins with zeros, got {came}")
        return self.forward(batch.x, batch.y, batch.x_mask)

    def backward(self, dz: np.ndarray, tape: EncoderDecoderTape) -> Gradients:
        """From dz (T_y, n_y, m), return dx (None for tokens) and grads for ``params``."""
        checks.instance("tape", tape, EncoderDecoderTape, "a tape from forward")
        _, dstate, decoder = self.decoder.backward(dz, tape.written)
        dx, dstart, encoder = self.encoder.backward(np.zeros_like(tape.read.a), tape.read, dstate)
        return Gradients(dx, dstart, joined({"encoder": encoder, "decoder": decoder}))


def _sum(name: str, some: np.ndarray, others: np.ndarray) -> np.ndarray:
    return some + others


def _shape(name: str, part: np.ndarray) -> tuple[int, ...]:
    return part.shape


def _read_npz(path: Path) -> dict[str, np.ndarray]:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            return dict(stored)
    except (ValueError, AttributeError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(f"path must be a file that save wrote, got {path}") from error


def _npz(path: str | Path) -> Path:
    if not isinstance(path, (str, os.PathLike)) or not os.fspath(path):
        raise TypeError(f"path must be a string or a Path, got {checks.shown(path)}")
    path = Path(path)
    return path if path.suffix == ".npz" else path.with_name(path.name + ".npz")
