"""A cell with an output layer: ŷ⟨t⟩ = g2(Wya a⟨t⟩ + by) at every step."""

import os
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from rnn_helpers import checks
from rnn_helpers.cells import Cell, State, Tape, _side_by_side, scaled_uniform
from rnn_helpers.losses import cross_entropy

Loss = Callable[..., tuple[float, np.ndarray]]


class SequenceModel:
    """A recurrent cell and the layer that reads it: z⟨t⟩ = Wya a⟨t⟩ + by, for every step.

    ``params`` is one plain dict: the cell's arrays (the same objects) with Wya (n_y, n_a) and
    by (n_y, 1). g2 is left to the loss: softmax in ``cross_entropy``, sigmoid in ``logistic_loss``.
    Change a parameter in place (``params["Waa"][...] = W``), so that the cell sees it too.
    """

    def __init__(self, cell: Cell, n_y: int, rng=None):
        self.cell, self.n_y = cell, checks.size("n_y", n_y)
        Wya = scaled_uniform(n_y, cell.n_a, checks.generator(rng))
        output = {"Wya": Wya.astype(cell.dtype), "by": np.zeros((n_y, 1), cell.dtype)}
        self.params = cell.params | output

    def __repr__(self) -> str:
        return f"SequenceModel({self.cell}, n_y={self.n_y})"

    def forward(self, x: np.ndarray, state: State | None = None) -> tuple[np.ndarray, Tape]:
        """Return z (T, n_y, m) and the tape; x and state are as for the cell."""
        a, tape = self.cell.forward(x, state)
        z = self.params["Wya"] @ a
        z += self.params["by"]
        return z, tape

    def backward(self, dz: np.ndarray, tape: Tape) -> tuple:
        """From dz (T, n_y, m), return dx, the start state's gradient, and grads for ``params``.

        Raise as the cell's ``backward`` does; it too may be called once for each tape.
        """
        if not isinstance(tape, Tape):
            raise TypeError(f"tape must be a tape from forward, got {type(tape).__name__}")
        T, _, m = tape.a.shape
        dz = checks.array(
            "dz", dz, "T n_y m", {"T": T, "n_y": self.n_y, "m": m}, self.cell.dtype, finite=False
        )
        wide = _side_by_side(dz)
        output = {"Wya": wide @ _side_by_side(tape.a).T, "by": wide.sum(axis=1, keepdims=True)}
        dx, dstate, grads = self.cell.backward(self.params["Wya"].T @ dz, tape)
        return dx, dstate, grads | output

    def step(self, x_t: np.ndarray, state: State | None = None) -> tuple[np.ndarray, State]:
        """Take one step: return z⟨t⟩ (n_y, m) and the new state."""
        a_t, state = self.cell.step(x_t, state)
        return self.params["Wya"] @ a_t + self.params["by"], state

    def loss_and_grads(self, x, y, mask=None, state=None, loss: Loss = cross_entropy) -> tuple:
        """Forward, loss and backward in one: return the loss, grads, and the last state."""
        z, tape = self.forward(x, state)
        value, dz = loss(z, y, mask)
        _, _, grads = self.backward(dz, tape)
        return value, grads, tape.state

    def save(self, path: str | Path) -> None:
        """Write ``params`` to ``path`` (.npz). An old file stays whole until the new one is."""
        path = _npz(path)
        handle, scratch = tempfile.mkstemp(dir=path.parent, suffix=".npz")
        try:
            with os.fdopen(handle, "wb") as file:
                np.savez(file, **self.params)
            os.replace(scratch, path)
        except BaseException:
            os.unlink(scratch)
            raise

    def load(self, path: str | Path) -> None:
        """Read ``params`` from ``path`` in place.

        Raise ValueError or TypeError, changing nothing, if they do not fit or the file is another
        kind.
        """
        stored = _read_npz(_npz(path))
        checks.same_keys("the stored parameters", stored, self.params)
        fitting = {
            name: checks.array(f"stored {name}", stored[name], "rows columns", {}, value.dtype)
            for name, value in self.params.items()
        }
        for name, value in self.params.items():
            value[...] = fitting[name]


def _read_npz(path: Path) -> dict[str, np.ndarray]:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as found:
            return dict(found)
    except (ValueError, AttributeError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(f"path must be a file that save wrote, got {path}") from error


def _npz(path: str | Path) -> Path:
    path = Path(path)
    return path if path.suffix == ".npz" else path.with_name(path.name + ".npz")
