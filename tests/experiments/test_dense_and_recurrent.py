"""What is padded and cut, who answers right, and how many parameters it takes."""

import numpy as np
import pytest

from rnn_helpers import data
from rnn_helpers.cells import RNNCell
from rnn_helpers.data import tasks
from rnn_helpers.dense import DenseModel
from rnn_helpers.experiments.dense_and_recurrent import alike, fitted, parameters_of, share_right
from rnn_helpers.models import SequenceModel


@pytest.mark.parametrize("room", [2, 6, 10, 23, 40])
def test_padding_and_cuts_are_counted_place_by_place(room):
    names = data.dinosaurs()
    shown = fitted(np.array([len(name) for name in names]), room)
    padded = sum("." in name.ljust(room, ".")[:room][k] for name in names for k in range(room))
    assert shown["padding"] == pytest.approx(padded / (room * len(names)))
    assert shown["cut"] == pytest.approx(sum(name[:room] != name for name in names) / len(names))
    lost = sum(len(name[room:]) for name in names) / len("".join(names))
    assert shown["lost"] == pytest.approx(lost)


def test_names_that_begin_alike_are_counted_all():
    assert alike(["abc", "abd", "abe", "xyz"], 2) == 3
    assert alike(["abc", "abd", "abe", "xyz"], 3) == 0


def test_the_share_of_right_answers_is_that_of_the_larger_score():
    T, model = 16, DenseModel(16, 8, 6, 2, rng=5)
    x, y, _ = tasks.pair_batch(np.random.default_rng(1), T, [3], 300)
    z, _ = model.forward(x)
    right = [int(z[0, 1, i] > z[0, 0, i]) == y[0, i] for i in range(300)]
    assert share_right(model, T, 3) == pytest.approx(np.mean(right))


@pytest.mark.parametrize(("length", "n_x", "n_a"), [(1, 2, 1), (7, 5, 3), (16, 8, 23), (30, 27, 4)])
def test_parameters_are_those_of_the_real_networks(length, n_x, n_a):
    dense, recurrent = parameters_of(length, n_x, n_a)
    assert dense == DenseModel(length, n_x, n_a, 2, rng=0).n_weights
    assert recurrent == SequenceModel(RNNCell(n_x, n_a, rng=0), 2, read="last", rng=0).n_weights
