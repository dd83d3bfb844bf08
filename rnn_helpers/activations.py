"""The four nonlinear functions of the course, and the slope of each, written with its output.

g1 is tanh or ReLU (inside the cell), g2 is sigmoid or softmax (at the output).
"""

import numpy as np


def sigmoid(z: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Return 1 / (1 + exp(-z)), elementwise, any shape.

    Computed as (1 + tanh(z/2)) / 2: the same function, and it never overflows.
    Source: Goodfellow, Bengio and Courville (2016), section 3.10.
    """
    out = np.tanh(np.multiply(z, 0.5, out=out), out=out)
    out += 1
    out *= 0.5
    return out


def softmax(z: np.ndarray) -> np.ndarray:
    """Return exp(z_k) / Σ_j exp(z_j) along the classes, the second axis from the end.

    ``z`` is (..., n_y, m): each column becomes a distribution over n_y classes. The largest entry
    of a column is subtracted first, which changes nothing and keeps exp from overflowing.
    """
    p = np.exp(z - z.real.max(axis=-2, keepdims=True))
    p /= p.sum(axis=-2, keepdims=True)
    return p


def relu(z: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Return max(z, 0), elementwise, any shape. Source: Le, Jaitly and Hinton (2015) for RNNs."""
    return np.maximum(z, 0, out=out)


def tanh_slope(a: np.ndarray) -> np.ndarray:
    """Return g1'(z) = 1 - a² where a = tanh(z)."""
    return 1 - a * a


def relu_slope(a: np.ndarray) -> np.ndarray:
    """Return g1'(z) = 1 where a = relu(z) > 0, else 0."""
    return (a.real > 0).astype(a.dtype)


ACTIVATIONS = {"tanh": (np.tanh, tanh_slope), "relu": (relu, relu_slope)}
