"""The four nonlinear functions of the course, and the slope of each, written with its output.

g1 is tanh or ReLU (inside the cell), g2 is sigmoid or softmax (at the output).
"""

import numpy as np

from rnn_helpers import checks


def sigmoid(z: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Return 1 / (1 + exp(-z)), elementwise, any shape.

    Computed as (1 + tanh(z/2)) / 2: the same function, and it never overflows.
    Source: Goodfellow, Bengio and Courville (2016), section 3.10.
    """
    try:
        out = np.tanh(np.multiply(z, 0.5, out=out), out=out)
    except (TypeError, ValueError, OverflowError):
        raise _said(z, out) from None
    out += 1
    out *= 0.5
    return out


def softmax(z: np.ndarray) -> np.ndarray:
    """Return exp(z_k) / Σ_j exp(z_j) along the classes, the second axis from the end.

    ``z`` is (..., n_y, m): each column becomes a distribution over n_y classes. The largest entry
    of a column is subtracted first, which changes nothing and keeps exp from overflowing.
    """
    z = checks.numeric("z", z)
    if z.ndim < 2 or z.size == 0:
        raise ValueError(f"z must be (..., n_y, m), with one entry or more, got {z.shape}")
    p = np.exp(z - z.real.max(axis=-2, keepdims=True))
    p /= p.sum(axis=-2, keepdims=True)
    return p


def relu(z: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Return max(z, 0), elementwise, any shape. Source: Le, Jaitly and Hinton (2015) for RNNs."""
    try:
        return np.maximum(z, 0, out=out)
    except (TypeError, ValueError, OverflowError):
        raise _said(z, out) from None


def tanh_slope(a: np.ndarray) -> np.ndarray:
    """Return g1'(z) = 1 - a² where a = tanh(z)."""
    a = checks.numeric("a", a)
    return 1 - a * a


def relu_slope(a: np.ndarray) -> np.ndarray:
    """Return g1'(z) = 1 where a = relu(z) > 0, else 0."""
    a = checks.numeric("a", a)
    return (a.real > 0).astype(a.dtype)


def _said(z: object, out: object) -> Exception:
    """Return the error of a call that NumPy refused. So the loops of the cells pay for no check."""
    try:
        z = checks.numeric("z", z)
    except TypeError as error:
        return error
    came = f"{out.shape} of {out.dtype}" if isinstance(out, np.ndarray) else checks.shown(out)
    return TypeError(f"out must be None or an array of floats that z fits into, got {came}")


ACTIVATIONS = {"tanh": (np.tanh, tanh_slope), "relu": (relu, relu_slope)}
