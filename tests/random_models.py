"""Models with random parameters that the tests of an experiment and of its panels share."""

import numpy as np
from helpers import random_cell

from rnn_helpers.cells import GRUCell
from rnn_helpers.models import SequenceModel


def sentence_model(n_x: int, read: str, seed: int = 3) -> SequenceModel:
    """A model with random parameters of a size that makes every score different."""
    rng = np.random.default_rng(seed)
    model = SequenceModel(GRUCell(n_x, 5, rng=rng), 2, rng=rng, read=read)
    for value in model.params.values():
        value[...] = rng.normal(size=value.shape)
    return model


def names_model(kind: str = "gru_before") -> SequenceModel:
    """A model of names that is far from uniform, so that probabilities differ clearly."""
    rng = np.random.default_rng(3)
    model = SequenceModel(random_cell(kind, 27, 6, rng), 27, rng=rng)
    model.params["Wya"] *= 4
    return model


def gated_model(kind: str, seed: int = 5) -> SequenceModel:
    """A model of names whose gates spread over the whole range from shut to open."""
    rng = np.random.default_rng(seed)
    cell = random_cell(kind, 27, 6, rng)
    for value in cell.params.values():
        value *= 2
    return SequenceModel(cell, 27, rng=rng)
