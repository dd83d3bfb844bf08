"""Results that took long to compute, stored: what the notebooks show beside the learner's own."""

import json
from importlib import resources

import numpy as np

from rnn_helpers import checks


def recall_results() -> dict:
    """Return the results that ``python tools/recall_experiment.py`` has stored."""
    return _read("recall.json")


def pytorch_numbers(kind: str) -> dict[str, np.ndarray]:
    """Return what PyTorch's "GRU" or "LSTM" was given, in our rows, and the states it computed.

    Waa, Wax, ba, x (T, n_x, m), a0 and c0 were given, "a" (T, n_a, m) is what came out. PyTorch's
    second bias was 0. Raise ValueError for another kind.
    """
    checks.choice("kind", kind, ("GRU", "LSTM"))
    return {name: np.array(v) for name, v in _read("pytorch_numbers.json")[kind].items()}


def _read(file: str) -> dict:
    return json.loads(resources.files(__package__).joinpath(file).read_text("ascii"))
