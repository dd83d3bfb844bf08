"""The command behind the stored looks back: what it tries, what it stores, and that it goes on."""

import json

import attention_experiment as experiment
import pytest
from resumable import Runs

from rnn_helpers.data import stored
from rnn_helpers.experiments import looking_back

TASK, NAME = "few digits", "attention, 16"


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """Return no runs yet, to be kept in a file of their own, of a contest that is soon over."""
    contest = (looking_back.digits((1, 2)), (2, 3), (NAME,))
    monkeypatch.setattr(experiment, "CONTESTS", {TASK: contest})
    return Runs(tmp_path / "runs.jsonl", experiment.one_run)


def test_a_run_is_measured_after_each_number_of_steps(runs):
    measured = runs.made(TASK, NAME, 0.01, 0)
    assert len(measured) == 2 and all(len(shares) == 2 for shares in measured)
    assert all(0 <= share <= 1 for shares in measured for share in shares)


def test_a_second_call_goes_on_where_the_first_one_ended(runs):
    made = runs.made(TASK, NAME, 0.01, 0)
    again = Runs(runs.file, None)  # would raise if it were called
    again.make_all([(TASK, NAME, 0.01, 0)])
    assert again == {(TASK, NAME, 0.01, 0): made}
    [line] = runs.file.read_text("ascii").splitlines()
    assert json.loads(line) == [[TASK, NAME, 0.01, 0], made]


def test_every_rate_and_start_is_tried(runs):
    tried = experiment.keys()
    assert len(tried) == len(set(tried)) == len(experiment.RATES) * len(experiment.SEEDS)


def test_what_is_stored_is_what_the_tool_would_store():
    stored_now = stored.attention_results()
    recipe = experiment.stored({})["recipe"]
    assert json.loads(json.dumps(recipe)) == stored_now["recipe"]
    for task, (_, _, names) in experiment.CONTESTS.items():
        assert tuple(stored_now[task]) == names
