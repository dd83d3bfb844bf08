"""The two memory tasks, and the stored result of the whole experiment."""

import numpy as np
import pytest
import recall_experiment
from helpers import rejects

from rnn_helpers.data import stored, tasks
from rnn_helpers.experiments import memory
from rnn_helpers.optimizers import Adam, clip_by_norm

CONTESTANTS = list(memory.CELLS)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("lag", [1, 2, 7])
def test_recall_asks_at_the_end_for_the_first_symbol(lag):
    x, y, mask = tasks.recall_batch(rng(), lag, 200)
    assert x.shape == y.shape == mask.shape == (lag + 1, 200)
    np.testing.assert_array_equal(y[-1], x[0])
    assert set(x[0]) == set(range(tasks.SYMBOLS))
    assert set(x[1:].ravel()) == set(range(tasks.SYMBOLS, tasks.SYMBOLS + tasks.NOISE))
    assert mask[-1].all() and not mask[:-1].any()


def test_repeat_asks_for_the_row_and_then_the_end():
    batch = tasks.repeat_batch(rng(), 2, 5, 300)
    lengths = batch.x_mask.sum(axis=0)
    assert set(lengths) == {2, 3, 4, 5}
    assert set(batch.x[batch.x_mask]) == set(range(1, 11))
    np.testing.assert_array_equal(batch.mask.sum(axis=0), lengths + 1)
    for i in (0, 7, 299):
        n = lengths[i]
        assert batch.x_mask[:n, i].all() and batch.mask[: n + 1, i].all()
        np.testing.assert_array_equal(batch.y[: n + 1, i], [*batch.x[:n, i], 0])
    with rejects(ValueError, "longest must be 5 or more", "4"):
        tasks.repeat_batch(rng(), 5, 4, 2)


@pytest.mark.parametrize("lag", [1, 4, 9])
def test_adding_asks_at_the_end_for_the_sum_of_the_marked_numbers(lag):
    x, y, mask = tasks.adding_batch(rng(), lag, 100)
    assert x.shape == (lag + 1, 2, 100) and y.shape == (lag + 1, 1, 100)
    marks = x[:, 1]
    assert set(marks.ravel()) <= {0, 1}
    np.testing.assert_array_equal(marks[0], 1)
    np.testing.assert_array_equal(marks.sum(axis=0), 2)
    assert not marks[1 : (lag + 1) // 2].any()
    np.testing.assert_allclose(y[-1, 0], (x[:, 0] * marks).sum(axis=0))
    assert mask[-1].all() and not mask[:-1].any()


@pytest.mark.parametrize(("T", "starts"), [(2, [1]), (7, [3]), (16, range(9, 16)), (9, [1, 8])])
def test_a_pair_stands_at_one_of_its_places_and_only_its_order_tells_the_answer(T, starts):
    x, y, mask = tasks.pair_batch(rng(), T, starts, 300)
    assert x.shape == (T, 300) and y.shape == mask.shape == (1, 300) and mask.all()
    places = set()
    for word, answer in zip(x.T, y[0], strict=True):
        (first,), (second,) = np.flatnonzero(word == answer), np.flatnonzero(word == 1 - answer)
        assert second == first + 1
        places.add(int(first) + 1)
    assert places == set(starts)
    assert abs(y.mean() - 0.5) < 0.1
    assert x.max() < tasks.PAIR_LETTERS and ((x < 2).sum(axis=0) == 2).all()


def test_a_pair_must_have_room():
    for starts in ([0], [7], [3, 9], []):
        with rejects(ValueError, "starts must hold places from 1 to T - 1 = 6"):
            tasks.pair_batch(rng(), 7, starts, 2)


def test_batches_are_fresh_and_come_from_the_seed():
    one = rng()
    first, second = tasks.recall_batch(one, 5, 8)[0], tasks.recall_batch(one, 5, 8)[0]
    assert (first != second).any()
    np.testing.assert_array_equal(first, tasks.recall_batch(rng(), 5, 8)[0])


def test_guessing_gets_the_score_of_chance():
    x, y, _ = memory.TASKS["recall"].batch(rng(), 3, 4000)
    z = rng(1).normal(size=(4, tasks.SYMBOLS, 4000))
    assert memory.TASKS["recall"].score(z, y) == pytest.approx(0.25, abs=0.03)
    x, y, _ = memory.TASKS["adding"].batch(rng(), 3, 4000)
    assert memory.TASKS["adding"].score(np.full(y.shape, 1.0), y) == pytest.approx(0, abs=0.01)
    assert memory.TASKS["adding"].score(y, y) == 1


@pytest.mark.parametrize("name", CONTESTANTS)
@pytest.mark.parametrize("task", list(memory.TASKS))
def test_contestants_have_as_many_weights_as_allowed_and_no_more(name, task):
    n_a = memory.largest_within(2500, name, memory.TASKS[task])
    sizes = [
        memory.build_model(name, memory.TASKS[task], n, rng()).n_weights for n in (n_a, n_a + 1)
    ]
    assert 2250 < sizes[0] <= 2500 < sizes[1]


@pytest.mark.parametrize("name", CONTESTANTS)
def test_every_contestant_learns_a_short_lag(name):
    generator, task = rng(0), memory.TASKS["recall"]
    model = memory.build_model(name, task, 16, generator)
    seen = []
    losses = memory.learn(model, task, 3, 300, generator, watch=lambda step, _: seen.append(step))
    assert seen == list(range(1, 301)) and len(losses) == 300
    assert losses[0] > 0.9 and losses[-1] < 0.1
    assert memory.score(model, task, 3, generator) > 0.95


@pytest.mark.parametrize("name", list(memory.TASKS))
def test_learning_is_a_fresh_batch_a_clipped_gradient_and_a_step_of_adam(name):
    task, (one, same) = memory.TASKS[name], (rng(4), rng(4))
    trained, by_hand = (memory.build_model("LSTM", task, 5, rng(1)) for _ in range(2))
    losses, adam, want = memory.learn(trained, task, 6, 5, one, 0.01, 8), None, []
    adam = Adam(by_hand.params, 0.01)
    for _ in range(5):
        x, y, mask = task.batch(same, 6, 8)
        loss, grads, _ = by_hand.loss_and_grads(x, y, mask, loss=task.loss)
        adam.step(clip_by_norm(grads, memory.MAX_NORM))
        want.append(loss)
    assert losses == want and one.random() == same.random()
    for key, value in by_hand.params.items():
        np.testing.assert_array_equal(trained.params[key], value)


def test_an_interrupt_keeps_the_losses_so_far():
    task = memory.TASKS["recall"]
    seen = []

    def watch(step, losses):
        seen.append(list(losses))
        if step == 3:
            raise KeyboardInterrupt

    losses = memory.learn(
        memory.build_model("tanh", task, 4, rng()), task, 3, 50, rng(), watch=watch
    )
    assert len(losses) == 3 and losses == seen[-1]


def test_a_run_that_diverges_keeps_the_losses_so_far():
    """Warnings are errors here, so nothing is printed either."""
    task = memory.TASKS["recall"]
    model = memory.build_model("ReLU, identity", task, 8, rng())
    losses = memory.learn(model, task, 40, 300, rng(), learning_rate=1e6)
    assert 1 <= len(losses) < 300
    assert np.isfinite(losses[:-1]).all()
    assert all(np.isfinite(value).all() for value in model.params.values())


def test_a_seed_will_do_for_a_generator():
    for draw in (
        lambda seed: tasks.recall_batch(seed, 3, 5),
        lambda seed: tasks.adding_batch(seed, 3, 5),
        lambda seed: tasks.pair_batch(seed, 4, [2], 5),
        lambda seed: list(vars(tasks.repeat_batch(seed, 2, 4, 5)).values()),
    ):
        for one, other in zip(draw(3), draw(rng(3)), strict=True):
            np.testing.assert_array_equal(one, other)
        with rejects(TypeError, "rng must be a numpy.random.Generator or a seed", "'a'"):
            draw("a")


def test_gates_start_as_open_as_they_say():
    task = memory.TASKS["recall"]
    gru = memory.build_model("GRU, gates open", task, 5, rng()).cell.params["ba"]
    np.testing.assert_array_equal(gru.ravel(), [-3] * 5 + [0] * 10)
    lstm = memory.build_model("LSTM, gates open", task, 5, rng()).cell.params["ba"]
    np.testing.assert_array_equal(lstm.ravel(), [0] * 10 + [3] * 5 + [0] * 5)


def test_bad_input_is_refused():
    with rejects(ValueError, "lag must be 1 or more", "0"):
        tasks.recall_batch(rng(), 0, 3)
    with rejects(ValueError, "name must be one of tanh", "'Tanh'"):
        memory.build_model("Tanh", memory.TASKS["recall"], 4, rng())
    with rejects(ValueError, "weights must be 18 or more, those of one unit, got 17"):
        memory.largest_within(17, "tanh", memory.TASKS["recall"])
    with rejects(ValueError, "steps must be 1 or more"):
        task = memory.TASKS["recall"]
        memory.learn(memory.build_model("tanh", task, 4, rng()), task, 3, 0, rng())


# -- the stored result --------------------------------------------------------------------------


def test_the_stored_result_was_made_with_the_recipe_of_the_command():
    results = stored.recall_results()
    assert results["recipe"] == recall_experiment.RECIPE
    assert results["command"].split()[-1] == "tools/recall_experiment.py"
    for name, task in memory.TASKS.items():
        expected = {n: memory.largest_within(2500, n, task) for n in CONTESTANTS}
        assert stored[name]["n_a"] == expected
        shape = (len(CONTESTANTS), len(stored["recipe"][name]["lags"]), 3)
        scores = np.array([stored[name]["scores"][each] for each in CONTESTANTS])
        assert scores.shape == shape
        assert np.isfinite(scores).all() and scores.max() <= 1


def test_a_run_made_again_gives_what_is_stored():
    kept = stored.recall_results()["recall"]["scores"]["tanh"][0][0]
    assert recall_experiment.one_run("recall", "tanh", 10, 0) == pytest.approx(kept, abs=0.02)


def test_in_the_stored_result_the_lag_at_which_learning_fails_depends_on_the_cell():
    scores = stored.recall_results()["recall"]["scores"]
    tanh, copied, gated = (
        np.mean(scores[name], axis=1) for name in ("tanh", "ReLU, identity", "GRU, gates open")
    )
    assert tanh[0] > 0.9 and gated[0] > 0.9
    assert tanh[3] < 0.5  # lag 80
    assert copied[3] > 0.9 and gated[3] > 0.9
