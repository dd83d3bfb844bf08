"""Find by experiment at which lag each cell stops learning, and store the result for the notebooks.

    python tools/recall_experiment.py

trains every contestant of ``rnn_helpers.tasks`` on both tasks, at equal numbers of weights and with
equal budgets (the same number of steps, batches, learning rate and clipping), and writes
rnn_helpers/data/recall.json. It takes a quarter to half an hour on one core.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np

from rnn_helpers.tasks import CONTESTANTS, TASKS, contestant, largest_within, learn, score

STORED = Path(__file__).resolve().parents[1] / "rnn_helpers" / "data" / "recall.json"
RECIPE = {
    "weights": 2500,
    "seeds": [0, 1, 2],
    "recall": {"lags": [10, 20, 40, 80, 160], "steps": 1000},
    "adding": {"lags": [10, 20, 40, 80], "steps": 2000},
}


def one_run(task: str, name: str, lag: int, seed: int) -> float:
    """Train one contestant once; return its score on fresh examples, to three digits."""
    rng = np.random.default_rng([seed, lag])
    n_a = largest_within(RECIPE["weights"], name, TASKS[task])
    model = contestant(name, TASKS[task], n_a, rng)
    learn(model, TASKS[task], lag, RECIPE[task]["steps"], rng)
    return round(score(model, TASKS[task], lag, rng), 3)


def all_runs(task: str) -> dict:
    """Return what one task gave: n_a and scores (lag by seed) of each contestant."""
    found = {"n_a": {}, "scores": {}}
    for name in CONTESTANTS:
        found["n_a"][name] = largest_within(RECIPE["weights"], name, TASKS[task])
        found["scores"][name] = []
        for lag in RECIPE[task]["lags"]:
            start = time.perf_counter()
            scores = [one_run(task, name, lag, seed) for seed in RECIPE["seeds"]]
            found["scores"][name].append(scores)
            print(
                f"{task} {name} lag {lag} {scores} {time.perf_counter() - start:.0f} s", flush=True
            )
    return found


def main() -> int:
    found = {"command": "python tools/recall_experiment.py", "recipe": RECIPE}
    found |= {task: all_runs(task) for task in TASKS}
    STORED.write_text(json.dumps(found, indent=1) + "\n", encoding="ascii")
    return 0


if __name__ == "__main__":
    sys.exit(main())
