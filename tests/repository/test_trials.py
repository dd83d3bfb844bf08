"""The command behind the stored trials: the store is what it would make, and it goes on."""

import ast
import json

import numpy as np
import pytest
import trials

from rnn_helpers.data import stored

STORED = json.loads(trials.STORED.read_text("utf-8"))


def test_all_trials_are_stored_and_no_others():
    assert list(STORED) == list(trials.TRIALS)


@pytest.mark.parametrize("name", trials.TRIALS)
def test_the_stored_trial_was_made_by_this_code_over_this_grid(name):
    trial, kept = trials.TRIALS[name], STORED[name]
    again = f"run `python tools/trials.py {name}`: its code, or its notebook's, has changed"
    assert kept["code"] == trial.code, again
    assert kept["grid"] == {axis: list(values) for axis, values in trial.grid.items()}, again
    runs = np.prod([len(values) for values in trial.grid.values()])
    assert {len(values) for values in kept["results"].values()} == {runs}


@pytest.mark.parametrize(
    ("name", "place", "field", "tolerance"),
    [
        ("scaled", (1, 1, 0), "perplexity", 0.3),  # float32 takes another way on another machine
        ("counting", (1, 2, 0), "right", 0.06),
        ("recall_by_start", (1, 0), "right", 0.02),
    ],
)
def test_one_run_made_again_gives_what_is_stored(name, place, field, tolerance):
    trial = trials.TRIALS[name]
    values = [axis[k] for axis, k in zip(trial.grid.values(), place, strict=True)]
    fresh = trial.run(trials.taken_from(trial.notebook, trial.uses), *values)
    assert fresh[field] == pytest.approx(stored.trial(name).results[field][place], abs=tolerance)


def test_the_definitions_of_a_notebook_are_those_it_has_and_come_in_order():
    found = trials.definitions("11_bidirectional_and_deep", ("models", "stacked"))
    assert [type(node).__name__ for node in found] == ["FunctionDef", "Assign", "AugAssign"]
    nb = trials.taken_from("11_bidirectional_and_deep", ("models", "stacked"))
    assert nb.stacked(*nb.models["2 layers"], start=0).n_weights == 7982


def test_a_second_call_goes_on_where_the_first_one_ended(tmp_path, monkeypatch):
    calls = []

    def run(nb, rate, start):
        calls.append((rate, start))
        return {"right": rate + start, "curve": [0.00123456, 1.23456]}

    trial = trials.Trial(run, "04_training", (), {"rate": (0.1, 0.25), "start": (0, 1)})
    monkeypatch.setattr(trials, "RUNS", tmp_path / "runs.jsonl")
    monkeypatch.setattr(trials, "STORED", tmp_path / "trials.json")
    monkeypatch.setattr(trials, "TRIALS", {"toy": trial})
    monkeypatch.setattr(trials.Trial, "code", "abc")
    for _ in range(2):
        trials.main(["toy"])
    assert calls == [(0.1, 0), (0.1, 1), (0.25, 0), (0.25, 1)]
    kept = json.loads((tmp_path / "trials.json").read_text("utf-8"))["toy"]
    assert kept["results"] == {"right": [0.1, 1.1, 0.25, 1.25], "curve": [[0.0012, 1.235]] * 4}


def test_the_code_of_a_trial_changes_with_what_it_does_and_not_with_its_comments():
    source = 'def f(x):\n    "What it does."\n    return x  # a comment\n'
    plain, other = "def f(x):\n    'Other words.'\n    return x\n", "def f(x):\n    return x + 1\n"
    same, changed = (trials.plain_code(*ast.parse(text).body) for text in (plain, other))
    assert trials.plain_code(*ast.parse(source).body) == same != changed
