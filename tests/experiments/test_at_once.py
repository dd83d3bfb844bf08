"""The contests of recurrence and self-attention: equal weights, and the tasks they say."""

import numpy as np
import pytest
from helpers import rejects

from rnn_helpers.data import stored
from rnn_helpers.experiments import at_once


@pytest.mark.parametrize("name", at_once.KINDS)
@pytest.mark.parametrize("sizes", [(8, 4), (2, 2)])
def test_every_kind_uses_the_weights_it_may_have(name, sizes):
    model = at_once.build(name, *sizes, rng=0)
    assert 0.9 * at_once.WEIGHTS < model.n_weights <= at_once.WEIGHTS
    assert {value.dtype for value in model.params.values()} == {np.dtype(np.float32)}


def test_an_unknown_kind_is_named():
    with rejects(ValueError, "name must be one of", "got 'LSTM'"):
        at_once.build("LSTM", 2, 2, rng=0)


def test_alike_noise_is_made_of_the_symbols_themselves():
    x, y, mask = at_once.alike_batch(np.random.default_rng(0), 30, 200)
    assert x.shape == (31, 200) and set(np.unique(x)) == {0, 1, 2, 3}
    np.testing.assert_array_equal(y[-1], x[0])
    assert mask.sum() == 200 and mask[-1].all()


def test_the_stored_results_hold_every_run():
    results = stored.at_once_results()
    recipe = results["recipe"]
    for contest in at_once.CONTESTS:
        for name in at_once.KINDS:
            by_rate = results[contest][name]
            assert list(by_rate) == [str(rate) for rate in recipe["rates"]]
            for starts in by_rate.values():
                assert np.array(starts).shape == (len(recipe["seeds"]), 2)
