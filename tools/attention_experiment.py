"""Find by experiment what looking back is worth to a decoder, and store it for the notebooks.

    python tools/attention_experiment.py           everything: some fifteen minutes on a core
    python tools/attention_experiment.py store     store what there is so far

trains each of ``rnn_helpers.experiments.looking_back.MODELS`` on both of its tasks, with equal
budgets (steps, batches, clipping), from each start of ``SEEDS`` at each of ``RATES``, and writes
rnn_helpers/data/attention.json: the share of fresh rows of digits that come out exactly, for each
length, and the share of held-out dates, after each of ``STEPS``.

Every run is written down at once, in a file for temporary data, and a second call goes on there
until the code changes.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from resumable import Runs, by_start, runs_file

from rnn_helpers.experiments import looking_back
from rnn_helpers.optimizers import Adam
from rnn_helpers.training import train

STORED = Path(__file__).resolve().parents[1] / "rnn_helpers" / "data" / "attention.json"

RATES = (0.003, 0.01, 0.03)
SEEDS = (0, 1, 2, 3, 4)
LENGTHS = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16)
DIGIT_STEPS, DATE_STEPS = 800, (100, 200)

Key = tuple[str, str, float, int]  # task, model, learning rate, seed
CONTESTS = {
    "digits": (looking_back.digits(LENGTHS), (DIGIT_STEPS,), tuple(looking_back.MODELS)),
    "dates": (looking_back.standard_dates(), DATE_STEPS, ("last state, 64", "attention, 64")),
}


def one_run(task: str, name: str, rate: float, seed: int) -> list[list[float]]:
    """Train one model once; return what was measured after each number of steps.

    The start and the batches depend on the seed alone: they are the same at every rate.
    """
    contest, steps, _ = CONTESTS[task]
    attentive, n_a = looking_back.MODELS[name]
    rng = np.random.default_rng([seed, 1])
    model = looking_back.build_translator(contest.n_x, contest.n_y, n_a, attentive, rng)
    batches, adam = contest.batches(np.random.default_rng([seed, 2])), Adam(model.params, rate)
    measured = []
    for more in np.diff([0, *steps]):
        train(model, batches, adam, int(more), clip=5)
        measured.append([round(share, 3) for share in contest.measured(model)])
    return measured


def keys() -> list[Key]:
    """Return every run there is to make."""
    return [
        (task, name, rate, seed)
        for task, (_, _, names) in CONTESTS.items()
        for seed in SEEDS
        for rate in RATES
        for name in names
    ]


def stored(runs: dict[Key, list[list[float]]]) -> dict:
    """Return the results as they are stored: task, model, rate, then a list over the starts."""
    recipe = {
        "rates": list(RATES),
        "seeds": list(SEEDS),
        "digits": {"steps": DIGIT_STEPS, "lengths": list(LENGTHS)},
        "dates": {"steps": list(DATE_STEPS), "held out": looking_back.HELD_OUT},
    }
    measured = {
        key: run[-1] if key[0] == "digits" else [share for (share,) in run]
        for key, run in runs.items()
    }
    command = {"command": "python tools/attention_experiment.py", "recipe": recipe}
    return command | by_start(measured, keys())


def main() -> int:
    runs = Runs(runs_file(__file__), one_run)
    if sys.argv[1:] != ["store"]:
        runs.make_all(keys())
    STORED.write_text(json.dumps(stored(runs)) + "\n", encoding="ascii")
    return 0


if __name__ == "__main__":
    sys.exit(main())
