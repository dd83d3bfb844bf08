"""What a network makes of a sentence after each of its words, and its rival, a bag of words."""

from dataclasses import dataclass

import numpy as np

from rnn_helpers import checks
from rnn_helpers.activations import sigmoid, softmax
from rnn_helpers.models import SequenceModel


@dataclass(frozen=True)
class BagOfWords:
    """A logistic regression on the counts of the words: ŷ = σ(w · counts + b). w is (1, n_x)."""

    w: np.ndarray
    b: float

    def after_each_word(self, tokens: np.ndarray) -> np.ndarray:
        """Return ŷ after each of the tokens (T,), (T,): as if the sentence ended there."""
        tokens = checks.tokens("tokens", tokens, self.w.shape[1], "T")
        return sigmoid(np.cumsum(self.w[0, tokens]) + self.b)


def after_each_word(model: SequenceModel, tokens: np.ndarray) -> np.ndarray:
    """Return the probability of class 1 after each of the tokens (T,), (T,): as if it ended there.

    Works for a model that reads every step, and for one that reads the last state.
    """
    checks.instance("model", model, SequenceModel, "a SequenceModel")
    tokens = checks.tokens("tokens", tokens, model.cell.n_x, "T")
    a, _ = model.cell.forward(tokens[:, None])
    return softmax(model.params["Wya"] @ a + model.params["by"])[:, 1, 0].astype(float)
