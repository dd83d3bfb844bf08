"""Looking back: what is measured is what is written, and the stored runs are those of the tool."""

import numpy as np
import pytest
from helpers import rejects

from rnn_helpers.attention import AttentiveTranslator
from rnn_helpers.data import stored, tasks
from rnn_helpers.experiments import looking_back
from rnn_helpers.models import EncoderDecoder
from rnn_helpers.optimizers import Adam
from rnn_helpers.sampling import translate
from rnn_helpers.training import train


@pytest.fixture(scope="module")
def repeater() -> AttentiveTranslator:
    """A small network that has learned rows of one and two digits."""
    model = looking_back.build_translator(11, 11, 16, True, 0)
    rng = np.random.default_rng(0)
    batches = (tasks.repeat_batch(rng, 1, 2, m=32) for _ in range(150))
    train(model, batches, Adam(model.params, 0.03), 150, clip=5)
    return model


def test_a_start_is_the_same_with_attention_and_without_but_for_the_output_layer():
    with_it, without = (looking_back.build_translator(11, 11, 5, yes, 3) for yes in (True, False))
    assert type(without) is EncoderDecoder and type(with_it) is AttentiveTranslator
    for name, value in without.params.items():
        if name != "decoder.Wya":
            np.testing.assert_array_equal(value, with_it.params[name])
    assert with_it.n_weights - without.n_weights == 11 * 5


def test_a_row_counts_as_right_if_it_is_written_exactly(repeater):
    assert looking_back.rows_right(repeater, 2) > 0.9
    assert looking_back.rows_right(repeater, 6) == 0
    batch = tasks.repeat_batch(np.random.default_rng(9), 2, 2, 200)
    written = translate(repeater, batch.x, longest=3)
    same = [list(row) == list(x) for row, x in zip(written, batch.x.T, strict=True)]
    assert looking_back.rows_right(repeater, 2) == np.mean(same)


def test_a_look_holds_what_was_written_and_weights_that_sum_to_one(repeater):
    tokens, weights = looking_back.look(repeater, np.array([4, 7]))
    assert tokens.tolist() == [4, 7, 0] and weights.shape == (3, 2)
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-6)
    cut = looking_back.look(repeater, np.array([4, 7]), longest=1)
    assert cut.tokens.tolist() == [4] and cut.weights.shape == (1, 2)
    with rejects(ValueError, "x must hold tokens from 0 to 10, got 11"):
        looking_back.look(repeater, np.array([11]))


def test_looked_right_counts_the_largest_weights(repeater):
    share = looking_back.looked_right(repeater, 2, m=50)
    batch = tasks.repeat_batch(np.random.default_rng(8), 2, 2, 50)
    places = [looking_back.look(repeater, x).weights[:2].argmax(axis=1) for x in batch.x.T]
    assert share == pytest.approx(np.mean(np.array(places) == [0, 1]), abs=0.03)


def test_held_out_dates_are_not_in_training():
    task = looking_back.standard_dates()
    batch = next(task.batches(np.random.default_rng(0)))
    assert batch.x.shape[1] == 64 and (batch.y[batch.mask] == 0).sum() == 64
    assert task.measured(looking_back.build_translator(task.n_x, task.n_y, 4, True, 0)) == [0]


def test_the_stored_results_hold_every_run():
    results = stored.attention_results()
    recipe = results["recipe"]
    for task, long in (("digits", len(recipe["digits"]["lengths"])), ("dates", 2)):
        for by_rate in results[task].values():
            assert list(by_rate) == [str(rate) for rate in recipe["rates"]]
            for starts in by_rate.values():
                assert np.array(starts).shape == (len(recipe["seeds"]), long)
