"""Which cell learns to remember: the harness, and the stored result of the whole experiment."""

import numpy as np
import pytest
import recall_experiment
from helpers import rejects

from rnn_helpers.data import stored
from rnn_helpers.data.tasks import SYMBOLS
from rnn_helpers.experiments import memory
from rnn_helpers.optimizers import Adam, clip_by_norm

CELLS = list(memory.CELLS)
RECALL = memory.TASKS["recall"]


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_guessing_gets_the_score_of_chance():
    x, y, _ = RECALL.batch(rng(), 3, 4000)
    z = rng(1).normal(size=(4, SYMBOLS, 4000))
    assert RECALL.score(z, y) == pytest.approx(0.25, abs=0.03)
    x, y, _ = memory.TASKS["adding"].batch(rng(), 3, 4000)
    assert memory.TASKS["adding"].score(np.full(y.shape, 1.0), y) == pytest.approx(0, abs=0.01)
    assert memory.TASKS["adding"].score(y, y) == 1


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("task", list(memory.TASKS))
def test_models_have_as_many_weights_as_allowed_and_no_more(name, task):
    n_a = memory.largest_within(2500, name, memory.TASKS[task])
    sizes = [
        memory.build_model(name, memory.TASKS[task], n, rng()).n_weights for n in (n_a, n_a + 1)
    ]
    assert 2250 < sizes[0] <= 2500 < sizes[1]


@pytest.mark.parametrize("name", CELLS)
def test_every_cell_learns_a_short_lag(name):
    generator = rng(0)
    model = memory.build_model(name, RECALL, 16, generator)
    seen = []
    losses = memory.learn(model, RECALL, 3, 300, generator, watch=lambda step, _: seen.append(step))
    assert seen == list(range(1, 301)) and len(losses) == 300
    assert losses[0] > 0.9 and losses[-1] < 0.1
    assert memory.score(model, RECALL, 3, generator) > 0.95


@pytest.mark.parametrize("name", list(memory.TASKS))
def test_learning_is_a_fresh_batch_a_clipped_gradient_and_a_step_of_adam(name):
    task, given, same = memory.TASKS[name], rng(4), rng(4)
    trained, by_hand = (memory.build_model("LSTM", task, 5, rng(1)) for _ in range(2))
    losses = memory.learn(trained, task, 6, 5, given, 0.01, 8)
    adam, want = Adam(by_hand.params, 0.01), []
    for _ in range(5):
        x, y, mask = task.batch(same, 6, 8)
        loss, grads, _ = by_hand.loss_and_grads(x, y, mask, loss=task.loss)
        adam.step(clip_by_norm(grads, memory.MAX_NORM))
        want.append(loss)
    assert losses == want and given.random() == same.random()
    for key, value in by_hand.params.items():
        np.testing.assert_array_equal(trained.params[key], value)


def test_an_interrupt_keeps_the_losses_so_far():
    seen = []

    def watch(step, losses):
        seen.append(list(losses))
        if step == 3:
            raise KeyboardInterrupt

    losses = memory.learn(
        memory.build_model("tanh", RECALL, 4, rng()), RECALL, 3, 50, rng(), watch=watch
    )
    assert len(losses) == 3 and losses == seen[-1]


def test_a_run_that_diverges_keeps_the_losses_so_far():
    """Warnings are errors here, so nothing is printed either."""
    model = memory.build_model("ReLU, identity", RECALL, 8, rng())
    losses = memory.learn(model, RECALL, 40, 300, rng(), learning_rate=1e6)
    assert 1 <= len(losses) < 300
    assert np.isfinite(losses[:-1]).all()
    assert all(np.isfinite(value).all() for value in model.params.values())


def test_gates_start_as_open_as_they_say():
    gru = memory.build_model("GRU, gates open", RECALL, 5, rng()).cell.params["ba"]
    np.testing.assert_array_equal(gru.ravel(), [-3] * 5 + [0] * 10)
    lstm = memory.build_model("LSTM, gates open", RECALL, 5, rng()).cell.params["ba"]
    np.testing.assert_array_equal(lstm.ravel(), [0] * 10 + [3] * 5 + [0] * 5)


def test_bad_input_is_refused():
    with rejects(ValueError, "name must be one of tanh", "'Tanh'"):
        memory.build_model("Tanh", RECALL, 4, rng())
    with rejects(ValueError, "weights must be 18 or more, those of one unit, got 17"):
        memory.largest_within(17, "tanh", RECALL)
    with rejects(ValueError, "steps must be 1 or more"):
        memory.learn(memory.build_model("tanh", RECALL, 4, rng()), RECALL, 3, 0, rng())


# -- the stored result --------------------------------------------------------------------------


def test_the_stored_result_was_made_with_the_recipe_of_the_command():
    results = stored.recall_results()
    assert results["recipe"] == recall_experiment.RECIPE
    assert results["command"].split()[-1] == "tools/recall_experiment.py"
    for name, task in memory.TASKS.items():
        expected = {cell: memory.largest_within(2500, cell, task) for cell in CELLS}
        assert results[name]["n_a"] == expected
        shape = (len(CELLS), len(results["recipe"][name]["lags"]), 3)
        scores = np.array([results[name]["scores"][cell] for cell in CELLS])
        assert scores.shape == shape
        assert np.isfinite(scores).all() and scores.max() <= 1


def test_a_run_made_again_gives_what_is_stored():
    before = stored.recall_results()["recall"]["scores"]["tanh"][0][0]
    assert recall_experiment.one_run("recall", "tanh", 10, 0) == pytest.approx(before, abs=0.02)


def test_in_the_stored_result_the_lag_at_which_learning_fails_depends_on_the_cell():
    scores = stored.recall_results()["recall"]["scores"]
    tanh, copied, gated = (
        np.mean(scores[name], axis=1) for name in ("tanh", "ReLU, identity", "GRU, gates open")
    )
    assert tanh[0] > 0.9 and gated[0] > 0.9
    assert tanh[3] < 0.5  # lag 80
    assert copied[3] > 0.9 and gated[3] > 0.9
