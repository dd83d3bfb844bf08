"""The two memory tasks, and the stored result of the whole experiment."""

import numpy as np
import pytest
import recall_experiment
from helpers import rejects

from rnn_helpers import tasks
from rnn_helpers.gradients import check_gradients

CONTESTANTS = list(tasks.CONTESTANTS)


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


def test_the_squared_error_has_the_gradient_it_says():
    y, mask = rng(1).normal(size=(4, 2, 3)), rng(2).random((4, 3)) < 0.5
    z = rng(3).normal(size=y.shape)
    value, dz = tasks.squared_error(z, y, mask)
    picked = np.broadcast_to(mask[:, None], y.shape)
    assert value == pytest.approx(((z - y)[picked] ** 2).mean())
    check = check_gradients(lambda p: tasks.squared_error(p["z"], y, mask)[0], {"z": z}, {"z": dz})
    assert check.ok


def test_guessing_gets_the_score_of_chance():
    x, y, _ = tasks.TASKS["recall"].batch(rng(), 3, 4000)
    z = rng(1).normal(size=(4, tasks.SYMBOLS, 4000))
    assert tasks.TASKS["recall"].score(z, y) == pytest.approx(0.25, abs=0.03)
    x, y, _ = tasks.TASKS["adding"].batch(rng(), 3, 4000)
    assert tasks.TASKS["adding"].score(np.full(y.shape, 1.0), y) == pytest.approx(0, abs=0.01)
    assert tasks.TASKS["adding"].score(y, y) == 1


@pytest.mark.parametrize("name", CONTESTANTS)
@pytest.mark.parametrize("task", list(tasks.TASKS))
def test_contestants_have_as_many_weights_as_allowed_and_no_more(name, task):
    n_a = tasks.largest_within(2500, name, tasks.TASKS[task])
    sizes = [
        tasks.count_weights(tasks.contestant(name, tasks.TASKS[task], n, rng()))
        for n in (n_a, n_a + 1)
    ]
    assert 2250 < sizes[0] <= 2500 < sizes[1]


@pytest.mark.parametrize("name", CONTESTANTS)
def test_every_contestant_learns_a_short_lag(name):
    generator, task = rng(0), tasks.TASKS["recall"]
    model = tasks.contestant(name, task, 16, generator)
    seen = []
    losses = tasks.learn(model, task, 3, 300, generator, watch=lambda step, _: seen.append(step))
    assert seen == list(range(1, 301)) and len(losses) == 300
    assert losses[0] > 0.9 and losses[-1] < 0.1
    assert tasks.score(model, task, 3, generator) > 0.95


def test_gates_start_as_open_as_they_say():
    task = tasks.TASKS["recall"]
    gru = tasks.contestant("GRU, gates open", task, 5, rng()).cell.params["ba"]
    np.testing.assert_array_equal(gru.ravel(), [-3] * 5 + [0] * 10)
    lstm = tasks.contestant("LSTM, gates open", task, 5, rng()).cell.params["ba"]
    np.testing.assert_array_equal(lstm.ravel(), [0] * 10 + [3] * 5 + [0] * 5)


def test_bad_input_is_refused():
    with rejects(ValueError, "lag must be 1 or more", "0"):
        tasks.recall_batch(rng(), 0, 3)
    with rejects(ValueError, "name must be one of tanh", "'Tanh'"):
        tasks.contestant("Tanh", tasks.TASKS["recall"], 4, rng())
    with rejects(ValueError, "steps must be 1 or more"):
        task = tasks.TASKS["recall"]
        tasks.learn(tasks.contestant("tanh", task, 4, rng()), task, 3, 0, rng())


# -- the stored result --------------------------------------------------------------------------


def test_the_stored_result_was_made_with_the_recipe_of_the_command():
    stored = tasks.stored_recall()
    assert stored["recipe"] == recall_experiment.RECIPE
    assert stored["command"].split()[-1] == "tools/recall_experiment.py"
    for name, task in tasks.TASKS.items():
        expected = {n: tasks.largest_within(2500, n, task) for n in CONTESTANTS}
        assert stored[name]["n_a"] == expected
        shape = (len(CONTESTANTS), len(stored["recipe"][name]["lags"]), 3)
        scores = np.array([stored[name]["scores"][each] for each in CONTESTANTS])
        assert scores.shape == shape
        assert np.isfinite(scores).all() and scores.max() <= 1


def test_a_run_made_again_gives_what_is_stored():
    stored = tasks.stored_recall()["recall"]["scores"]["tanh"][0][0]
    assert recall_experiment.one_run("recall", "tanh", 10, 0) == pytest.approx(stored, abs=0.02)


def test_in_the_stored_result_the_lag_at_which_learning_fails_depends_on_the_cell():
    scores = tasks.stored_recall()["recall"]["scores"]
    tanh, copied, gated = (
        np.mean(scores[name], axis=1) for name in ("tanh", "ReLU, identity", "GRU, gates open")
    )
    assert tanh[0] > 0.9 and gated[0] > 0.9
    assert tanh[3] < 0.5  # lag 80
    assert copied[3] > 0.9 and gated[3] > 0.9
