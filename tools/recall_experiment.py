"""Find by experiment at which lag each cell stops learning, and store the result for the notebooks.

    python tools/recall_experiment.py            everything: a quarter to half an hour on one core
    python tools/recall_experiment.py places     the last part anew: about four minutes

trains every cell of ``rnn_helpers.experiments.memory`` on both tasks, at equal numbers of weights
and with equal budgets (the same number of steps, batches, learning rate and clipping), and writes
rnn_helpers/data/recall.json. The last part asks what one cell needs in the adding problem: it moves
the second number, or leaves it out.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from rnn_helpers.data.tasks import adding_batch
from rnn_helpers.experiments.memory import (
    CELLS,
    TASKS,
    Task,
    build_model,
    largest_within,
    learn,
    score,
)
from rnn_helpers.gradients import reach

STORED = Path(__file__).resolve().parents[1] / "rnn_helpers" / "data" / "recall.json"
RECIPE = {
    "weights": 2500,
    "seeds": [0, 1, 2],
    "recall": {"lags": [10, 20, 40, 80, 160], "steps": 1000},
    "adding": {"lags": [10, 20, 40, 80], "steps": 2000},
    "places": {"cell": "GRU", "lags": [40, 80], "steps": 2000, "seeds": [0, 1, 2, 3, 4]},
}
PLACES = ("in the second half", "in the middle", "beside the first", "nowhere")


def one_run(task: str, name: str, lag: int, seed: int) -> float:
    """Train one model once; return its score on fresh examples, to three digits."""
    rng = np.random.default_rng([seed, lag])
    n_a = largest_within(RECIPE["weights"], name, TASKS[task])
    model = build_model(name, TASKS[task], n_a, rng)
    learn(model, TASKS[task], lag, RECIPE[task]["steps"], rng)
    return round(score(model, TASKS[task], lag, rng), 3)


def all_runs(task: str) -> dict:
    """Return what one task gave: n_a and scores (lag by seed) of each cell."""
    results = {"n_a": {}, "scores": {}}
    for name in CELLS:
        results["n_a"][name] = largest_within(RECIPE["weights"], name, TASKS[task])
        results["scores"][name] = []
        for lag in RECIPE[task]["lags"]:
            start = time.perf_counter()
            scores = [one_run(task, name, lag, seed) for seed in RECIPE["seeds"]]
            results["scores"][name].append(scores)
            print(
                f"{task} {name} lag {lag} {scores} {time.perf_counter() - start:.0f} s", flush=True
            )
    return results


def adding_at(place: str, rng: np.random.Generator, lag: int, m: int) -> tuple[np.ndarray, ...]:
    """Draw as ``adding_batch`` does, with the second mark at one of ``PLACES``.

    "nowhere" leaves it out: then the answer is the first number alone.
    """
    x, y, mask = adding_batch(rng, lag, m)
    if place == "in the second half":
        return x, y, mask
    x[1:, 1] = 0
    y[-1, 0] = x[0, 0]
    if place != "nowhere":
        second = {"in the middle": len(x) // 2, "beside the first": 1}[place]
        x[second, 1] = 1
        y[-1, 0] += x[second, 0]
    return x, y, mask


def adding_with(place: str) -> Task:
    """Return the adding problem with its second number at one of ``PLACES``."""
    return replace(TASKS["adding"], batch=partial(adding_at, place))


def one_place(place: str, lag: int, seed: int) -> dict[str, float]:
    """Train once; return the score, and ‖∂a⟨T⟩/∂a⟨0⟩‖ before and after, on one fresh example."""
    recipe, task, rng = RECIPE["places"], adding_with(place), np.random.default_rng([seed, lag])
    n_a = largest_within(RECIPE["weights"], recipe["cell"], task)
    model = build_model(recipe["cell"], task, n_a, rng)
    x, _, _ = task.batch(np.random.default_rng(0), lag, 1)
    before = reach(model.cell, x)[-1]
    learn(model, task, lag, recipe["steps"], rng)
    result = {"scores": round(score(model, task, lag, rng), 3)}
    norms = {"before": before, "after": reach(model.cell, x)[-1]}
    return result | {when: float(f"{norm:.2g}") for when, norm in norms.items()}


def all_places() -> dict:
    """Return scores and norms before and after training (lag by seed) for each of ``PLACES``."""
    recipe, results = RECIPE["places"], {"scores": {}, "before": {}, "after": {}}
    for place in PLACES:
        runs = [[one_place(place, lag, seed) for seed in recipe["seeds"]] for lag in recipe["lags"]]
        for what, of_place in results.items():
            of_place[place] = [[run[what] for run in at_lag] for at_lag in runs]
            print(f"second number {place}, {what}: {of_place[place]}", flush=True)
    return results


def main() -> int:
    if sys.argv[1:] == ["places"]:
        results = json.loads(STORED.read_text(encoding="ascii")) | {"recipe": RECIPE}
    else:
        results = {"command": "python tools/recall_experiment.py", "recipe": RECIPE}
        results |= {task: all_runs(task) for task in TASKS}
    results["places"] = all_places()
    STORED.write_text(json.dumps(results, indent=1) + "\n", encoding="ascii")
    return 0


if __name__ == "__main__":
    sys.exit(main())
