"""Find by experiment which tasks a recurrence and self-attention learn, and store it.

    python tools/at_once_experiment.py           everything: some fifteen minutes on a core
    python tools/at_once_experiment.py store     store what there is so far

trains each of ``rnn_helpers.experiments.at_once.KINDS`` on each of its contests, at about equal
numbers of weights and with equal budgets (steps, batches, clipping), from each start of ``SEEDS``
at each of ``RATES``, and writes rnn_helpers/data/at_once.json: the share of right answers on
fresh examples, at the length taught and at a longer one.

Every run is written down at once, in a file for temporary data, and a second call goes on there
until the code changes.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from resumable import Runs, by_start, runs_file

from rnn_helpers.experiments import at_once, memory

STORED = Path(__file__).resolve().parents[1] / "rnn_helpers" / "data" / "at_once.json"

RATES = (0.003, 0.01, 0.03)
SEEDS = (0, 1, 2)

Key = tuple[str, str, float, int]  # contest, kind, learning rate, seed


def one_run(contest: str, name: str, rate: float, seed: int) -> list[float]:
    """Train one model once; return its score at each of the lengths.

    The start and the batches depend on the seed alone: they are the same at every rate.
    """
    task, taught, lengths, steps = at_once.CONTESTS[contest]
    model = at_once.build(name, task.n_x, task.n_y, np.random.default_rng([seed, 1]))
    memory.learn(model, task, taught, steps, np.random.default_rng([seed, 2]), rate)
    rng = np.random.default_rng([seed, 3])
    return [round(memory.score(model, task, length, rng), 3) for length in lengths]


def keys() -> list[Key]:
    """Return every run there is to make."""
    return [
        (contest, name, rate, seed)
        for contest in at_once.CONTESTS
        for name in at_once.KINDS
        for seed in SEEDS
        for rate in RATES
    ]


def stored(runs: dict[Key, list[float]]) -> dict:
    """Return the results as they are stored: contest, kind, rate, then a list over the starts."""
    recipe = {
        "rates": list(RATES),
        "seeds": list(SEEDS),
        "weights": at_once.WEIGHTS,
        "contests": {
            contest: {"taught": taught, "lengths": list(lengths), "steps": steps}
            for contest, (_, taught, lengths, steps) in at_once.CONTESTS.items()
        },
    }
    command = {"command": "python tools/at_once_experiment.py", "recipe": recipe}
    return command | by_start(runs, keys())


def main() -> int:
    runs = Runs(runs_file(__file__), one_run)
    if sys.argv[1:] != ["store"]:
        runs.make_all(keys())
    STORED.write_text(json.dumps(stored(runs)) + "\n", encoding="ascii")
    return 0


if __name__ == "__main__":
    sys.exit(main())
