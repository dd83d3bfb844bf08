"""Moving a cell's parameters to PyTorch, Keras and ONNX, and back. None of them is needed for it.

The mathematics is the same everywhere; what differs is how the arrays lie. Four things must be
known of a format: in which order the gates' rows are stacked, whether its z *writes*, as our update
gate does, or *keeps* (then z = 1 - Γu, and since 1 - σ(v) = σ(-v) its rows are ours with the sign
turned), whether rows are rows or columns, and what becomes of a second bias. Every convention here
was confirmed by running the format itself: ``tools/exchange_reference.py``.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import DTypeLike

from rnn_helpers import checks
from rnn_helpers.activations import ACTIVATIONS
from rnn_helpers.cells import Cell, GRUCell, LSTMCell, RNNCell

KEEPS = "-update"  # a gate that keeps where ours writes: the same rows, with the sign turned
ROWS = {
    "PyTorch": {
        "GRU": ("reset", KEEPS, "candidate"),
        "LSTM": ("update", "forget", "candidate", "output"),
    },
    "Keras": {
        "GRU": (KEEPS, "reset", "candidate"),
        "LSTM": ("update", "forget", "candidate", "output"),
    },
    "ONNX": {
        "GRU": (KEEPS, "reset", "candidate"),
        "LSTM": ("update", "output", "forget", "candidate"),
    },
}
KINDS = {RNNCell: "RNN", GRUCell: "GRU", LSTMCell: "LSTM"}
GATES = {1: "RNN", 3: "GRU", 4: "LSTM"}


def to_pytorch(cell: Cell, layer: int = 0) -> dict[str, np.ndarray]:
    """Return the arrays of ``torch.nn.RNN``, ``GRU`` or ``LSTM``, by the names of its state dict.

    ``weight_ih_l0`` (G*n_a, n_x), ``weight_hh_l0`` (G*n_a, n_a) and two biases (G*n_a,), of which
    ``bias_hh_l0`` is 0, since our cell has one. ``layer`` is the number in the names. Raise
    TypeError if it is another cell, ValueError for a GRU that resets before the product: PyTorch
    has none.
    """
    layer = _layer(layer)
    if isinstance(cell, GRUCell) and cell.reset == "before":
        raise ValueError('cell must have reset="after" for PyTorch, got reset="before"')
    Wax, Waa, ba = _to(cell, "PyTorch")
    arrays = {"weight_ih": Wax, "weight_hh": Waa, "bias_ih": ba[:, 0], "bias_hh": 0 * ba[:, 0]}
    return {f"{name}_l{layer}": value for name, value in arrays.items()}


def from_pytorch(
    arrays: Mapping[str, np.ndarray],
    *,
    layer: int = 0,
    activation: str = "tanh",
    dtype: DTypeLike = np.float64,
) -> Cell:
    """Return the cell whose arrays a PyTorch state dict holds, as NumPy arrays.

    The number of rows says which cell it is. The two biases are added. ``activation`` is that of an
    ``nn.RNN``. Raise ValueError or TypeError if an array is missing or has another shape, or if a
    GRU has a ``bias_hh`` for its candidate: it stands inside the reset, where ours has none.
    """
    layer = _layer(layer)
    names = [f"{name}_l{layer}" for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
    Wax, Waa, first, second = _named(arrays, names)
    return _from("PyTorch", Wax, Waa, first, second, names, "after", activation, dtype)


def to_keras(cell: Cell) -> list[np.ndarray]:
    """Return what ``set_weights`` of a Keras ``SimpleRNN``, ``GRU`` or ``LSTM`` takes.

    The kernel (n_x, G*n_a), the recurrent kernel (n_a, G*n_a) and the bias (G*n_a,); for a GRU that
    resets after the product (``reset_after=True``, as Keras does unless told otherwise) the bias is
    (2, 3*n_a), and its second row is 0. Raise TypeError if it is another cell.
    """
    Wax, Waa, ba = _to(cell, "Keras")
    bias = ba[:, 0]
    if isinstance(cell, GRUCell) and cell.reset == "after":
        bias = np.stack([bias, 0 * bias])
    return [Wax.T, Waa.T, bias]


def from_keras(
    weights: Sequence[np.ndarray], *, activation: str = "tanh", dtype: DTypeLike = np.float64
) -> Cell:
    """Return the cell of what ``get_weights`` of a Keras layer gives: kernel, recurrent, bias.

    The shapes say which cell it is, and the bias of a GRU whether it resets after the product.
    Raise ValueError or TypeError as ``from_pytorch`` does.
    """
    weights = checks.several("weights", weights)
    if len(weights) != 3:
        came = f"{len(weights)} arrays"
        raise ValueError(f"weights must be kernel, recurrent kernel and bias, got {came}")
    names = ("weights[0]", "weights[1]", "weights[2]", "weights[2]")
    kernel, recurrent, bias = map(checks.numeric, names, weights)
    after = bias.ndim == 2
    first, second = bias if after and len(bias) == 2 else (bias, np.zeros_like(bias))
    reset = "after" if after else "before"
    return _from("Keras", kernel.T, recurrent.T, first, second, names, reset, activation, dtype)


def to_onnx(cell: Cell) -> dict[str, np.ndarray]:
    """Return the inputs W (1, G*n_a, n_x), R (1, G*n_a, n_a) and B (1, 2*G*n_a) of an ONNX node.

    The second half of B is 0. A GRU node needs ``linear_before_reset=1`` for a cell that resets
    after the product, 0 for one that resets before it. Raise TypeError if it is another cell.
    """
    Wax, Waa, ba = _to(cell, "ONNX")
    return {"W": Wax[None], "R": Waa[None], "B": np.concatenate([ba, 0 * ba]).T}


def from_onnx(
    arrays: Mapping[str, np.ndarray],
    *,
    linear_before_reset: int = 0,
    activation: str = "tanh",
    dtype: DTypeLike = np.float64,
) -> Cell:
    """Return the cell of an ONNX node of one direction, from its inputs W, R and B.

    Raise ValueError or TypeError as ``from_pytorch`` does.
    """
    if checks.whole("linear_before_reset", linear_before_reset) not in (0, 1):
        raise ValueError(f"linear_before_reset must be 0 or 1, got {linear_before_reset!r}")
    W, R, B = _named(arrays, "WRB")
    for name, value, axes in (("W", W, 3), ("R", R, 3), ("B", B, 2)):
        if value.ndim != axes or len(value) != 1:
            raise ValueError(
                f"{name} must have {axes} axes, the first of size 1 (one direction), "
                f"got {value.shape}"
            )
    first, second = np.array_split(B[0], 2)
    reset = "after" if linear_before_reset else "before"
    return _from("ONNX", W[0], R[0], first, second, ("W", "R", "B", "B"), reset, activation, dtype)


def _layer(layer: int) -> int:
    if checks.whole("layer", layer) < 0:
        raise ValueError(f"layer must be 0 or more, got {layer}")
    return layer


def _named(arrays: Mapping[str, np.ndarray], names: Sequence[str]) -> list[np.ndarray]:
    """Return the arrays of these names, or raise ValueError if some are missing."""
    checks.instance("arrays", arrays, Mapping, "a dict of arrays")
    missing = [name for name in names if name not in arrays]
    if missing:
        raise ValueError(f"arrays must have {', '.join(names)}, got no {', '.join(missing)}")
    return [checks.numeric(name, arrays[name]) for name in names]


def _to(cell: Cell, format_: str) -> list[np.ndarray]:
    """Return Wax, Waa and ba with their rows as the format has them."""
    if type(cell) not in KINDS:
        came = checks.shown(cell)
        raise TypeError(f"cell must be an RNNCell, GRUCell or LSTMCell, got {came}")
    order = ROWS[format_].get(KINDS[type(cell)], cell.rows)

    def block(value: np.ndarray, name: str) -> np.ndarray:
        rows = value[cell.block(name.removeprefix("-"))]
        return -rows if name == KEEPS else rows

    return [
        np.concatenate([block(cell.params[key], name) for name in order])
        for key in ("Wax", "Waa", "ba")
    ]


def _from(
    format_: str,
    Wax: np.ndarray,
    Waa: np.ndarray,
    first: np.ndarray,
    second: np.ndarray,
    names: Sequence[str],
    reset: str,
    activation: str,
    dtype: DTypeLike,
) -> Cell:
    """Return the cell with these arrays, whose rows lie as the format has them."""
    cell = _cell_of(Wax, Waa, names, reset, activation, dtype)
    rows, n = len(Waa), cell.n_a
    for name, bias in zip(names[2:], (first, second), strict=True):
        checks.array(name, bias, "rows", {"rows": rows}, cell.dtype)
    order = ROWS[format_].get(KINDS[type(cell)], cell.rows)
    blocks = {name: slice(i * n, (i + 1) * n) for i, name in enumerate(order)}
    if reset == "after" and isinstance(cell, GRUCell) and second[blocks["candidate"]].any():
        raise ValueError(
            f"{names[3]} must be 0 for the candidate: it stands inside the reset, Γr * (Wc a + b), "
            "where GRUCell has no bias; notebook 06 shows how one unit more makes room for it"
        )
    arrays = {"Wax": Wax, "Waa": Waa, "ba": (first + second)[:, None]}
    for name, rows_of in blocks.items():
        ours, sign = cell.block(name.removeprefix("-")), -1 if name == KEEPS else 1
        for key, value in arrays.items():
            cell.params[key][ours] = sign * value[rows_of]
    return cell


def _cell_of(
    Wax: np.ndarray,
    Waa: np.ndarray,
    names: Sequence[str],
    reset: str,
    activation: str,
    dtype: DTypeLike,
) -> Cell:
    """Return a new cell of the kind and the sizes that the two matrices have."""
    checks.choice("activation", activation, tuple(ACTIVATIONS))
    gates, rest = divmod(len(Waa), Waa.shape[1]) if Waa.ndim == 2 and Waa.size else (0, 0)
    if gates not in GATES or rest:
        raise ValueError(
            f"{names[1]} must be square, or three (GRU) or four (LSTM) squares, got {Waa.shape}"
        )
    sizes = {"rows": len(Waa)}
    Wax = checks.array(names[0], Wax, "rows n_x", sizes, checks.dtype_of(dtype))
    n_x, n_a, how = Wax.shape[1], Waa.shape[1], {"rng": 0, "dtype": dtype}
    if gates == 1:
        return RNNCell(n_x, n_a, activation=activation, **how)
    return GRUCell(n_x, n_a, reset=reset, **how) if gates == 3 else LSTMCell(n_x, n_a, **how)
