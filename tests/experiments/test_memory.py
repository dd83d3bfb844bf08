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


def test_until_ends_learning_early_and_draws_nothing():
    given, same = rng(4), rng(4)
    model, by_hand = (memory.build_model("tanh", RECALL, 5, rng(1)) for _ in range(2))
    asked = iter([False, False, False, True])
    losses = memory.learn(model, RECALL, 6, 50, given, until=lambda: next(asked))
    assert losses == memory.learn(by_hand, RECALL, 6, 3, same)
    assert given.random() == same.random()


def test_a_task_is_solved_after_some_good_scores_in_a_row(monkeypatch):
    model, scores = memory.build_model("tanh", RECALL, 5, rng(1)), []
    monkeypatch.setattr(memory, "score", lambda *_: scores.pop(0))
    until = memory.is_solved(model, RECALL, 6, rng(), every=2, in_a_row=2)
    scores += [0.95, 0.9, 1.0, 0.91]  # after 2, 4, 6 and 8 steps; 0.9 itself is not enough
    assert [until() for _ in range(9)] == [False] * 8 + [True]
    assert scores == []


def test_looking_whether_it_is_solved_changes_no_batch():
    model, by_hand = (memory.build_model("GRU", RECALL, 12, rng(1)) for _ in range(2))
    until = memory.is_solved(model, RECALL, 3, rng(9))
    losses = memory.learn(model, RECALL, 3, 400, rng(4), 0.01, until=until)
    assert 75 <= len(losses) < 400 and len(losses) % 25 == 0
    assert losses == memory.learn(by_hand, RECALL, 3, len(losses), rng(4), 0.01)
    assert memory.score(model, RECALL, 3, rng()) > memory.SOLVED


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


def test_furthest_is_the_longest_lag_that_was_solved():
    solved = {"0.01": [True, True, False, None], "0.1": [False, None, None, None]}
    results = {"recipe": {"recall": {"lags": [20, 40, 80, 160]}}}
    results["recall"] = {"solved": {"tanh": solved, "GRU": {"0.01": [True] * 4}}}
    expected = {"tanh": {"0.01": 40, "0.1": 0}, "GRU": {"0.01": 160}}
    assert memory.furthest(results, "recall") == expected
    with rejects(ValueError, "task must be one of recall", "'Recall'"):
        memory.furthest(results, "Recall")


# -- the stored result --------------------------------------------------------------------------


def test_the_stored_result_was_made_with_the_recipe_of_the_command():
    results = stored.recall_results()
    assert results["recipe"] == recall_experiment.recipe()
    assert results["command"].split()[-1] == "tools/recall_experiment.py"
    for name, task in memory.TASKS.items():
        found, recipe = results[name], results["recipe"][name]
        assert found["n_a"] == {c: memory.largest_within(2500, c, task) for c in CELLS}
        for cell in CELLS:
            assert list(found["solved"][cell]) == [str(rate) for rate in recipe["rates"]]
    found, recipe = results["recall"], results["recipe"]["recall"]
    shape = (len(recipe["lags"]), len(recipe["fresh seeds"]))
    for what in ("scores", "steps", "before", "after"):
        assert list(found[what]) == CELLS
        assert all(np.shape(found[what][cell]) == shape for cell in CELLS)
    assert max(np.max(found["scores"][cell]) for cell in CELLS) <= 1
    assert all(set(found["rates"][cell]) <= set(recipe["rates"]) for cell in CELLS)


def test_at_each_rate_the_lags_were_tried_until_one_failed():
    for task in memory.TASKS:
        for by_rate in stored.recall_results()[task]["solved"].values():
            for solved in by_rate.values():
                tried = [s for s in solved if s is not None]
                assert solved == tried + [None] * (len(solved) - len(tried))
                assert all(tried[:-1]) and (len(tried) == len(solved) or tried[-1] is False)


def test_a_run_made_again_gives_what_is_stored():
    found = stored.recall_results()["recall"]
    rate, before = found["rates"]["tanh"][0], found["scores"]["tanh"][0][0]
    seed = stored.recall_results()["recipe"]["recall"]["fresh seeds"][0]
    again = recall_experiment.one_run("recall", "tanh", rate, 20, seed)
    assert again["score"] == pytest.approx(before, abs=0.05)
    assert again["before"] == pytest.approx(found["before"]["tanh"][0][0], rel=0.1)


def test_the_notebook_says_what_was_found():
    """`05_vanishing_gradients` draws these conclusions in words."""
    results = stored.recall_results()
    far = memory.furthest(results, "recall")
    relu, gru = (list(far[cell].values()) for cell in ("ReLU, identity", "GRU"))
    assert relu == sorted(relu, reverse=True) and relu[0] == 160 and relu[-1] == 0
    assert gru == [20, 20, 20, 40, 160]
    assert far["tanh"]["0.003"] == far["GRU"]["0.003"] == 20
    assert min(far["GRU, gates open"].values()) == 160
    adding = {cell: max(far.values()) for cell, far in memory.furthest(results, "adding").items()}
    assert set(memory.furthest(results, "adding")["GRU"].values()) == {80}  # at every rate
    assert adding.pop("tanh") == 20 and adding.pop("skip, d = 7") == 40
    assert set(adding.values()) == {80}
    solved = {
        cell: (np.array(scores) > 0.9).sum(axis=1).tolist()
        for cell, scores in results["recall"]["scores"].items()
    }
    assert solved["ReLU, identity"] == solved["GRU"] == solved["GRU, gates open"] == [3] * 4
    assert solved["tanh"] == [3, 3, 0, 1] and solved["LSTM"][0] == 3 > solved["LSTM"][1]
    assert sum(solved["skip, d = 7"]) == 11 and sum(solved["LSTM, gates open"]) == 10
    silent = {cell: np.array(norms) < 1e-5 for cell, norms in results["recall"]["after"].items()}
    by_latch = [
        c for c in CELLS if np.any(silent[c] & (np.array(results["recall"]["scores"][c]) > 0.9))
    ]
    assert by_latch == ["tanh"]
