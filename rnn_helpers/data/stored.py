"""Results that took long to compute, stored: what the notebooks show beside the learner's own."""

import functools
import json
from dataclasses import dataclass
from importlib import resources

import numpy as np

from rnn_helpers import checks


def recall_results() -> dict:
    """Return the results that ``python tools/recall_experiment.py`` has stored."""
    return _read("recall.json")


def attention_results() -> dict:
    """Return the results that ``python tools/attention_experiment.py`` has stored."""
    return _read("attention.json")


def at_once_results() -> dict:
    """Return the results that ``python tools/at_once_experiment.py`` has stored."""
    return _read("at_once.json")


@functools.cache
def predictions() -> dict[str, dict]:
    """Return what each prediction asks: ``{"forward_pass.by_hand": {"question", "options"}}``.

    ``python tools/predictions.py`` has read them from the notebooks, in course order.
    """
    return _read("predictions.json")


@dataclass(frozen=True)
class Trial:
    """What one function gave for every combination of what stands in its grid.

    ``grid`` holds the values of each axis by its name, in order. ``results`` holds an array for
    each thing that was measured: one axis for each of the grid's, and last one for the steps where
    it was measured along the way.
    """

    grid: dict[str, list]
    results: dict[str, np.ndarray]


def trial(name: str) -> Trial:
    """Return a trial that ``python tools/trials.py`` has stored; ValueError for another name."""
    found = _read("trials.json")
    kept = found[checks.choice("name", name, tuple(found))]
    shape = [len(values) for values in kept["grid"].values()]
    arrays = {what: np.array(values) for what, values in kept["results"].items()}
    return Trial(kept["grid"], {k: v.reshape(*shape, *v.shape[1:]) for k, v in arrays.items()})


def pytorch_numbers(kind: str) -> dict[str, np.ndarray]:
    """Return what PyTorch's "GRU" or "LSTM" was given, in our rows, and the states it computed.

    Waa, Wax, ba, x (T, n_x, m), a0 and c0 were given, "a" (T, n_a, m) is what came out. PyTorch's
    second bias was 0. Raise ValueError for another kind.
    """
    checks.choice("kind", kind, ("GRU", "LSTM"))
    return {name: np.array(v) for name, v in _read("pytorch_numbers.json")[kind].items()}


def name_reader() -> dict[str, np.ndarray]:
    """Return Waa, Wax, ba, Wya and by of a small network of names, once trained and stored.

    It has 8 tanh units and reads 27 characters; ``python tools/name_reader.py`` has trained it.
    """
    return {name: np.array(values) for name, values in _read("name_reader.json").items()}


def _read(file: str) -> dict:
    return json.loads(resources.files(__package__).joinpath(file).read_text("utf-8"))
