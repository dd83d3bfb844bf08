"""Losses of a sequence, each with its gradient for z, the numbers before g2.

All take z = Wya a⟨t⟩ + by. For probabilities that is better than ŷ: sigmoid and logarithm, or
softmax and logarithm, are then joined, so that nothing overflows and the gradient is simply ŷ - y.
"""

import numpy as np

from rnn_helpers import checks
from rnn_helpers.activations import sigmoid


def logistic_loss(
    z: np.ndarray, y: np.ndarray, mask: np.ndarray | None = None, over_time: str = "sum"
) -> tuple[float, np.ndarray]:
    """The logistic loss of every output, summed over time: L = Σ_t L⟨t⟩, with

        L⟨t⟩ = -y⟨t⟩ log ŷ⟨t⟩ - (1 - y⟨t⟩) log(1 - ŷ⟨t⟩),   ŷ⟨t⟩ = σ(z⟨t⟩)

    z and y are (T, n_y, m), y between 0 and 1; mask (T, m) is False where an example has ended.
    ``over_time="sum"`` averages over the m examples; "mean" averages over all steps that count.
    Return the loss and dz (T, n_y, m). Raise ValueError for a wrong shape, a y outside 0..1 or a
    mask that keeps nothing.
    """
    z = _scores(z)
    sizes = dict(zip(("T", "n_y", "m"), z.shape, strict=True))
    y = checks.array("y", y, "T n_y m", sizes, z.real.dtype)
    if y.min() < 0 or y.max() > 1:
        raise ValueError(f"y must lie between 0 and 1, got {y.min()} to {y.max()}")
    weight = _weight(mask, z, over_time)
    # log(1 + exp(z)) - y z is the same loss, written so that a large z cannot overflow, and a small
    # loss is not lost beside it.
    above = z.real > 0
    loss = np.where(above, (1 - y) * z, -y * z) + np.log1p(np.exp(np.where(above, -z, z)))
    return _number((loss * weight).sum()), (sigmoid(z) - y) * weight


def cross_entropy(
    z: np.ndarray, y: np.ndarray, mask: np.ndarray | None = None, over_time: str = "mean"
) -> tuple[float, np.ndarray]:
    """The cross-entropy over K = n_y classes, averaged over time:

        J = -1/T Σ_t Σ_j y_j⟨t⟩ log ŷ_j⟨t⟩,   ŷ⟨t⟩ = softmax(z⟨t⟩)

    z is (T, n_y, m) and y holds the right class of each step, (T, m); the inner sum has one term,
    since y⟨t⟩ is one-hot. mask (T, m) is False where an example has ended: such steps count neither
    in the sum nor in the T divided by. ``over_time="sum"`` leaves out the division by T and
    averages over the m examples. Return J in nats and dz (T, n_y, m). Raise TypeError if y does not
    hold whole numbers; ValueError for a wrong shape, a class outside 0..n_y-1 (masked steps
    included) or a mask that keeps nothing.
    """
    z = _scores(z)
    T, n_y, m = z.shape
    y = checks.tokens("y", y, n_y, sizes={"T": T, "m": m})
    weight = _weight(mask, z, over_time)
    at_y = (np.arange(T)[:, None], y, np.arange(m))
    shifted = z - z.real.max(axis=1, keepdims=True)
    at_right = shifted[at_y]  # (T, m)
    dz = np.exp(shifted, out=shifted)
    total = dz.sum(axis=1, keepdims=True)
    loss = np.log(total[:, 0]) - at_right  # -log ŷ of the right class
    dz *= weight / total
    dz[at_y] -= weight[:, 0]  # (ŷ - y) * weight, with ŷ = exp(shifted) / total
    return _number((loss * weight[:, 0]).sum()), dz


def squared_error(
    z: np.ndarray, y: np.ndarray, mask: np.ndarray | None = None
) -> tuple[float, np.ndarray]:
    """The mean of (z - y)² over all outputs that count, for a y that is a number, not a class.

    z and y are (T, n_y, m); mask (T, m) is False where a step does not count. Return the loss and
    dz (T, n_y, m). Raise ValueError or TypeError for a wrong shape or type, a y that is not finite
    or a mask that keeps nothing.
    """
    z = _scores(z)
    T, n_y, m = z.shape
    y = checks.array("y", y, "T n_y m", {"T": T, "n_y": n_y, "m": m}, np.dtype(float))
    counted = np.ones((T, m), bool) if mask is None else checks.mask(mask, (T, m))
    difference, count = (z - y) * counted[:, None], counted.sum() * n_y
    return _number((difference**2).sum() / count), (2 * difference / count).astype(z.dtype)


def perplexity(mean_loss: float) -> float:
    """Return exp(J): the number of equally likely choices that would be as hard to guess.

    J is the mean cross-entropy in nats over all characters; average first, then take the
    exponential. Raise TypeError if it is no real number.
    """
    mean_loss = checks.number("mean_loss", mean_loss, finite=False)
    with np.errstate(over="ignore"):  # beyond the largest float, infinity is the answer
        return float(np.exp(mean_loss))


def _scores(z: object) -> np.ndarray:
    z = checks.numeric("z", z)
    return checks.array(
        "z", z, "T n_y m", {}, z.dtype if z.dtype.kind in "fc" else np.dtype(float), finite=False
    )


def _weight(mask: object, z: np.ndarray, over_time: str) -> np.ndarray:
    """Return what each step counts, (T, 1, m): 0 where masked."""
    T, n_y, m = z.shape
    checks.choice("over_time", over_time, ("sum", "mean"))
    counted = np.ones((T, m), bool) if mask is None else checks.mask(mask, (T, m))
    share = 1 / m if over_time == "sum" else 1 / counted.sum()
    return (counted * share).astype(z.real.dtype)[:, None]


def _number(value: np.number) -> float | complex:
    return complex(value) if np.iscomplexobj(value) else float(value)
