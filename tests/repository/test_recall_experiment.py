"""The command behind the stored experiment: how it decides, what it tries, and that it goes on."""

import json

import pytest
import recall_experiment as experiment
import resumable

TASK, CELL = "recall", "GRU"


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """Return no runs yet, to be kept in a file of their own."""
    monkeypatch.setattr(resumable, "runs_file", lambda experiment: tmp_path / "runs.jsonl")
    return experiment.Runs()


def results_of(scores: list[float], steps: int = 1000) -> list[dict]:
    return [{"score": score, "steps": steps} for score in scores]


@pytest.mark.parametrize(
    ("scores", "verdict"),
    [
        ([], None),
        ([1.0], None),
        ([0.2], None),
        ([1.0, 0.95], True),
        ([0.2, 0.9], False),  # 0.9 itself is not solved
        ([1.0, 0.2], None),
        ([1.0, 0.2, 1.0], True),
        ([0.2, 1.0, 0.2], False),
    ],
)
def test_most_of_three_starts_decide(scores, verdict):
    assert experiment.most_solved(results_of(scores), TASK) is verdict


def test_a_run_that_was_stopped_for_being_good_may_score_a_little_less():
    assert experiment.most_solved(results_of([0.88, 0.86], steps=100), TASK) is True
    assert experiment.most_solved(results_of([0.88, 0.86]), TASK) is False
    assert experiment.most_solved(results_of([0.25, 0.3], steps=100), TASK) is False  # not finite


def test_lags_are_tried_until_most_starts_fail(runs, monkeypatch):
    asked = []

    def one_run(task, cell, rate, lag, seed):
        asked.append((lag, seed))
        solved = lag == 20 or (lag == 40 and seed != 1)
        return {"score": 1.0 if solved else 0.2, "steps": 100}

    monkeypatch.setattr(experiment, "one_run", one_run)
    experiment.try_rate(runs, TASK, CELL, 0.01)
    assert asked == [(20, 0), (20, 1), (40, 0), (40, 1), (40, 2), (80, 0), (80, 1)]


def test_the_best_rate_solves_the_lag_in_the_fewest_steps_or_else_the_lag_before(runs):
    for rate, steps in ((0.01, 300), (0.03, 200)):
        for seed in (0, 1):
            runs[TASK, CELL, rate, 20, seed] = {"score": 1.0, "steps": steps}
            runs[TASK, CELL, rate, 40, seed] = {"score": 0.2, "steps": 1000}
    assert experiment.best_rate(runs, TASK, CELL, 20) == 0.03
    assert experiment.best_rate(runs, TASK, CELL, 40) == 0.03  # none solved it
    assert experiment.best_rate(runs, TASK, "LSTM", 20) == experiment.RATES[TASK][0]


def test_a_second_call_goes_on_where_the_first_one_ended(runs, monkeypatch):
    made = runs.made(TASK, "tanh", 0.01, 3, 0)
    monkeypatch.setattr(experiment, "one_run", None)  # would raise if it were called
    again = experiment.Runs()
    assert again.made(TASK, "tanh", 0.01, 3, 0) == made
    assert again.of(TASK, "tanh", 0.01, 3, (0, 1)) == [made]
    [line] = runs.file.read_text("ascii").splitlines()
    assert json.loads(line) == [[TASK, "tanh", 0.01, 3, 0], made]
    assert made["score"] == 1 and made["steps"] < experiment.STEPS[TASK]
    assert set(made) == {"score", "steps", "before", "after"}


def test_the_start_and_the_batches_are_the_same_at_every_rate():
    low, high = (experiment.one_run(TASK, "tanh", rate, 4, 0) for rate in (0.01, 0.02))
    assert low["before"] == high["before"]
