"""One argument is changed at a time, and stays what it was otherwise."""

import numpy as np

from rnn_helpers.checking.perturb import changed_inputs

INPUTS = {
    "x": np.array([[0.5, -0.5]]),
    "tokens": np.array([1, 2, 3]),
    "n": 3,
    "h": 0.5,
    "sizes": [2, 3],
    "low": {"W": np.ones(2), "b": np.ones(1)},
    "rng": np.random.default_rng(0),
    "step": abs,
    "word": "a",
}


def test_every_argument_that_can_be_changed_is_changed_alone():
    seen = {}
    for name, inputs in changed_inputs(INPUTS):
        changed = [key for key in INPUTS if inputs[key] is not INPUTS[key]]
        assert changed == [name.split("[")[0]]
        seen[name] = inputs
    assert list(seen) == ["x", "tokens", "n", "h", "sizes", "low['W']", "low['b']", "rng"]


def test_sign_range_and_kind_are_kept():
    changed = dict(changed_inputs(INPUTS))
    x = changed["x"]["x"]
    assert (np.sign(x) == [[1, -1]]).all() and np.abs(x).max() < 0.5
    assert sorted(changed["tokens"]["tokens"]) == [1, 2, 3]
    assert changed["n"]["n"] == 4 and changed["sizes"]["sizes"] == [3, 4]
    assert 0 < changed["h"]["h"] < 0.5


def test_nothing_is_made_of_what_cannot_be_changed():
    assert list(changed_inputs({"f": abs, "a": np.array([2]), "b": True, "s": "x"})) == []
