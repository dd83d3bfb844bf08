"""Parameters are changed in place, or the change is refused loudly."""

import copy
import pickle

import numpy as np
import pytest
from helpers import KINDS, rejects

from rnn_helpers.cells import GRUCell, RNNCell
from rnn_helpers.dense import DenseModel
from rnn_helpers.models import EncoderDecoder, SequenceModel
from rnn_helpers.parameters import Parameters
from rnn_helpers.scan import LinearCell
from rnn_helpers.skip import SkipCell
from rnn_helpers.stacks import Stacked, TwoWay

every_kind = pytest.mark.parametrize("kind", KINDS)
MODELS = {
    "sequence": lambda: SequenceModel(GRUCell(3, 4, rng=1), 3, rng=2),
    "stacked": lambda: SequenceModel(
        Stacked([RNNCell(3, 4, rng=1), GRUCell(4, 2, rng=2)]), 3, rng=2
    ),
    "two-way": lambda: SequenceModel(TwoWay(RNNCell(3, 4, rng=1), RNNCell(3, 2, rng=2)), 3, rng=2),
    "skip": lambda: SequenceModel(SkipCell(3, 4, d=2, rng=1), 3, rng=2),
    "linear": lambda: SequenceModel(LinearCell(3, 4, rng=1), 3, rng=2),
    "dense": lambda: DenseModel(5, 3, 4, 2, rng=1),
    "pair": lambda: EncoderDecoder(
        GRUCell(3, 4, rng=1), SequenceModel(GRUCell(3, 4, rng=2), 3, rng=3)
    ),
}
every_model = pytest.mark.parametrize("name", MODELS)


def scores(model):
    x = np.random.default_rng(0).integers(3, size=(5, 2))
    return model.scores(x, x)


@every_kind
def test_what_a_cell_is_given_its_model_sees(kind):
    cell = KINDS[kind](3, 4, rng=1)
    model, twin = SequenceModel(cell, 3, rng=2), KINDS[kind](3, 4, rng=5)
    before = scores(model)
    cell.set(**twin.params)
    for name, value in twin.params.items():
        np.testing.assert_array_equal(model.params[name], value)
        assert model.params[name] is cell.params[name] is not value
    assert np.abs(scores(model) - before).max() > 1e-3


@every_model
def test_what_a_model_is_given_decides_its_scores(name):
    model, rng = MODELS[name](), np.random.default_rng(1)
    new = {key: rng.normal(size=value.shape) for key, value in model.params.items()}
    before = scores(model)
    model.set(**new)
    assert np.abs(scores(model) - before).max() > 1e-3
    for key, value in new.items():
        np.testing.assert_array_equal(model.params[key], value)
    copied = copy.deepcopy(model)
    np.testing.assert_array_equal(scores(copied), scores(model))
    first = next(iter(model.params))
    model.params[first] *= 2
    assert np.abs(scores(copied) - scores(model)).max() > 1e-3
    copied.params[first] *= 2
    np.testing.assert_array_equal(scores(copied), scores(model))
    np.testing.assert_array_equal(scores(pickle.loads(pickle.dumps(model))), scores(model))


@every_model
def test_another_array_in_place_of_one_is_refused(name):
    model = MODELS[name]()
    for owner in (model, getattr(model, "cell", model)):
        key = next(iter(owner.params))
        other = np.zeros_like(owner.params[key])
        for replacing in (
            lambda p, k, v: p.__setitem__(k, v),
            lambda p, k, v: p.update({k: v}),
            lambda p, k, v: p.update([(k, v)]),
            lambda p, k, v: p.__ior__({k: v}),
        ):
            with rejects(TypeError, f"params['{key}'] must stay the same array", "set("):
                replacing(owner.params, key, other)
        assert owner.params[key].any()
        assert type(owner.params | {key: other}) is dict


def test_new_entries_and_the_same_array_are_welcome():
    params = Parameters(W=np.ones((2, 2)))
    params |= {"b": np.zeros((2, 1))}
    params.update(W=params["W"], c=np.ones((1, 1)))
    assert list(params) == ["W", "b", "c"]


@pytest.mark.parametrize(
    ("change", "error", "parts"),
    [
        ({"Wab": np.ones((4, 4))}, ValueError, ["one of Waa, Wax, ba", "got 'Wab'"]),
        ({"Waa": np.ones((4, 3))}, ValueError, ["Waa must be (4, 4)", "got (4, 3)"]),
        ({"ba": np.ones(4)}, ValueError, ["ba must be (4, 1)", "got (4,)"]),
        ({"Wax": np.full((4, 3), np.nan)}, ValueError, ["Wax must hold finite numbers", "got nan"]),
        ({"Wax": np.ones((4, 3), complex)}, TypeError, ["Wax must hold real numbers"]),
        ({"Wax": [["a"] * 3] * 4}, TypeError, ["Wax must hold numbers"]),
    ],
)
def test_numbers_that_do_not_fit_change_nothing(change, error, parts):
    cell = RNNCell(3, 4, rng=0)
    before = {name: value.copy() for name, value in cell.params.items()}
    with rejects(error, *parts):
        cell.set(**{"Waa": np.zeros((4, 4)), "ba": np.ones((4, 1))} | change)
    for name, value in before.items():
        np.testing.assert_array_equal(cell.params[name], value)


def test_lists_and_whole_numbers_are_taken_in_the_dtype_of_the_cell():
    cell = RNNCell(1, 2, rng=0, dtype=np.float32)
    cell.set(Waa=[[1, 2], [3, 4]])
    assert cell.params["Waa"].dtype == np.float32 and cell.params["Waa"][1, 1] == 4
    assert cell.n_weights == 8
