"""Taking a step downhill, and keeping the step from being too long.

Parameters and gradients are plain dicts of arrays; every function here is a loop over them.
"""

import numpy as np

from rnn_helpers import checks

Params = dict[str, np.ndarray]


class SGD:
    """Gradient descent: θ ← θ - α dθ, in place. α is ``learning_rate``."""

    def __init__(self, params: Params, learning_rate: float = 0.1):
        self.params = _changeable(params)
        self.learning_rate = checks.positive("learning_rate", learning_rate)

    def step(self, grads: Params) -> None:
        """Change every parameter in place. Raise ValueError if keys or shapes differ."""
        checks.same_keys("grads", grads, self.params)
        for name, value in self.params.items():
            value -= self.learning_rate * np.asarray(grads[name])


class Adam:
    """Adam: a step for each weight, scaled by how large its gradients have been::

        v ← β1 v + (1 - β1) dθ        s ← β2 s + (1 - β2) dθ²
        θ ← θ - α v̂ / (√ŝ + ε)        v̂ = v / (1 - β1ⁿ),  ŝ = s / (1 - β2ⁿ) at step n

    Source: Kingma and Ba (2015).
    """

    def __init__(
        self,
        params: Params,
        learning_rate: float = 1e-3,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
    ):
        self.params = _changeable(params)
        self.learning_rate = checks.positive("learning_rate", learning_rate)
        self.beta1, self.beta2 = checks.fraction("beta1", beta1), checks.fraction("beta2", beta2)
        self.epsilon = checks.positive("epsilon", epsilon)
        self.v = {name: np.zeros_like(value) for name, value in params.items()}
        self.s = {name: np.zeros_like(value) for name, value in params.items()}
        self.n = 0

    def step(self, grads: Params) -> None:
        """Change every parameter in place. Raise ValueError if keys or shapes differ."""
        checks.same_keys("grads", grads, self.params)
        self.n += 1
        # α √(1 - β2ⁿ) / (1 - β1ⁿ) holds both corrections; ε is scaled alike.
        root = np.sqrt(1 - self.beta2**self.n)
        rate = float(self.learning_rate * root / (1 - self.beta1**self.n))
        for name, value in self.params.items():
            g, v, s = np.asarray(grads[name]), self.v[name], self.s[name]
            v *= self.beta1
            v += (1 - self.beta1) * g
            s *= self.beta2
            s += (1 - self.beta2) * g * g
            value -= rate * v / (np.sqrt(s) + float(self.epsilon * root))


def _changeable(params: Params) -> Params:
    """Return parameters that can be changed in place; raise TypeError if they are not."""
    checks.arrays("params", params)
    for name, value in params.items():
        if not isinstance(value, np.ndarray) or value.dtype.kind not in "fc":
            came = value.dtype if isinstance(value, np.ndarray) else checks.shown(value)
            raise TypeError(f"params[{name!r}] must be an array of floats, got {came}")
    return params


def global_norm(grads: Params) -> float:
    """Return √(Σ g²) over every entry of every gradient: the length of the whole gradient.

    Infinite or NaN if an entry is.
    """
    grads = checks.arrays("grads", grads)
    largest = float(np.max([np.abs(g).max() for g in grads.values()], initial=0))
    if largest == 0 or not np.isfinite(largest):
        return largest
    # Scaled first: in float32 the squares of 1e20 and of 1e-30 are infinity and 0.
    return largest * float(
        np.sqrt(sum((np.abs(np.divide(g, largest)) ** 2).sum() for g in grads.values()))
    )


def clip_by_norm(grads: Params, max_norm: float) -> Params:
    """Return the gradients, shortened to length ``max_norm`` if they are longer.

    All entries are scaled by one number, so the direction stays. Raise ValueError if an entry is
    infinite or NaN: such a gradient has no direction to keep. Source: Pascanu et al. (2013).
    """
    max_norm, norm = checks.positive("max_norm", max_norm), global_norm(grads)
    if not np.isfinite(norm):
        raise ValueError(f"grads must be finite to be clipped by norm, got a norm of {norm}")
    if norm <= max_norm:
        return grads
    shorter = {}
    for name, g in grads.items():
        g = np.asarray(g)
        g = g if g.dtype.kind in "fc" else g.astype(float)
        shorter[name] = g * g.dtype.type(max_norm / norm)
    return shorter


def clip_by_value(grads: Params, limit: float) -> Params:
    """Return the gradients with every entry cut to ±``limit``. This turns the direction.

    An infinite entry becomes ±``limit``, NaN stays NaN.
    """
    limit = checks.positive("limit", limit)
    arrays = checks.arrays("grads", grads)
    return {name: np.clip(g, -limit, limit) for name, g in arrays.items()}
