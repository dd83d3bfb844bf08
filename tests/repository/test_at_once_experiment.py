"""The command behind the stored contests: what it tries and what it stores."""

import json

import at_once_experiment as experiment

from rnn_helpers.data import stored
from rnn_helpers.experiments import at_once


def test_a_run_has_a_score_for_each_length(monkeypatch):
    task, *_ = at_once.CONTESTS["parity"]
    monkeypatch.setitem(at_once.CONTESTS, "parity", (task, 3, (3, 5), 4))
    scores = experiment.one_run("parity", "self-attention", 0.01, 0)
    assert len(scores) == 2 and all(0 <= score <= 1 for score in scores)
    assert scores == experiment.one_run("parity", "self-attention", 0.01, 0)


def test_what_is_stored_is_what_the_tool_would_store():
    kept = stored.at_once_results()
    assert json.loads(json.dumps(experiment.stored({})["recipe"])) == kept["recipe"]
    assert set(kept) - {"command", "recipe"} == set(at_once.CONTESTS)


def test_every_contest_kind_rate_and_start_is_tried_once():
    tried = experiment.keys()
    each = len(at_once.CONTESTS) * len(at_once.KINDS)
    assert len(set(tried)) == len(tried) == each * len(experiment.RATES) * len(experiment.SEEDS)
