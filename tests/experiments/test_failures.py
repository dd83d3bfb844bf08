"""Runs that fail, each revealed by its measurement."""

import numpy as np
import pytest

from rnn_helpers import data
from rnn_helpers.experiments import failures


@pytest.fixture(scope="module")
def runs() -> dict[str, failures.Run]:
    names = [data.to_tokens(name) for name in data.dinosaurs()]
    train_on, held_out = data.split(names, 100, np.random.default_rng(0))
    return {
        name: failures.run_recipe(name, train_on, held_out, steps=120) for name in failures.RECIPES
    }


def test_each_failure_is_revealed_by_its_measurement(runs: dict[str, failures.Run]) -> None:
    healthy = runs["healthy"].measured

    def ratio(name: str) -> float:
        what = failures.RECIPES[name].reveals
        return runs[name].measured[what] / healthy[what]

    assert ratio("learning rate too large") > 3
    assert ratio("learning rate too small") < 0.1
    assert runs["started at zero"].measured[failures.DIFFERENT] == 1
    assert healthy[failures.DIFFERENT] == 32
    assert ratio("targets not shifted") < 0.3
    assert healthy[failures.HONEST] == 1
    assert ratio("padding not masked") > 1.3
    unmasked = runs["padding not masked"]
    reported = np.exp(unmasked.history.held_out[-1][1])
    assert unmasked.measured[failures.TRUE] == pytest.approx(
        reported * unmasked.measured[failures.HONEST]
    )
    assert unmasked.measured[failures.TRUE] < 1.1 * healthy[failures.TRUE]
    assert ratio("too little data") > 3


def test_the_run_with_the_lowest_loss_learned_nothing(runs: dict[str, failures.Run]) -> None:
    last = {name: np.mean(run.history.loss[-25:]) for name, run in runs.items()}
    assert min(last, key=last.get) == "targets not shifted"
    assert last["targets not shifted"] < 0.1
    lower = {name for name, loss in last.items() if loss < last["healthy"]}
    assert lower == {"targets not shifted", "padding not masked", "too little data"}
