"""Find by experiment at which lag each cell stops learning, and store the result for the notebooks.

    python tools/recall_experiment.py           everything: about an hour on one core
    python tools/recall_experiment.py store     store what there is so far

trains every cell of ``rnn_helpers.experiments.memory`` on both tasks, at about equal numbers of
weights and with equal budgets (steps, batches, clipping), and writes rnn_helpers/data/recall.json.

Each cell gets each of ``RATES``. At each rate the lags are tried from the shortest on, each with
starts of ``SEEDS`` until most of the three have solved it or failed; once most have failed, longer
lags are not tried at that rate. In recall the rate that solved a lag (of several, the one that
took the fewest steps) is then tried with other starts, ``FRESH``: those are the scores that are
compared, so that the luck of having been chosen does not count. A run ends once its task is solved.

Every run is written down at once, in a file for temporary data, and a second call goes on there.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import resumable

from rnn_helpers.experiments.memory import (
    CELLS,
    SOLVED,
    TASKS,
    build_model,
    is_solved,
    largest_within,
    learn,
    score,
)
from rnn_helpers.gradients import reach

STORED = Path(__file__).resolve().parents[1] / "rnn_helpers" / "data" / "recall.json"

RATES = {"recall": (0.001, 0.003, 0.01, 0.03, 0.1), "adding": (0.001, 0.003, 0.01, 0.03)}
SEEDS = (0, 1, 2)
FRESH = {"recall": (3, 4, 5), "adding": ()}
WEIGHTS = 2500
LAGS = {"recall": (20, 40, 80, 160), "adding": (20, 40, 80)}
STEPS = {"recall": 1000, "adding": 1500}

Key = tuple[str, str, float, int, int]  # task, cell, learning rate, lag, seed


def loudness(model, task: str, lag: int) -> float:
    """Return the largest ‖∂a⟨T⟩/∂a⟨0⟩‖ of four examples, the same ones for all."""
    rng = np.random.default_rng(0)
    norms = [reach(model.cell, TASKS[task].batch(rng, lag, 1)[0])[-1] for _ in range(4)]
    return float(f"{max(norms):.2g}")


def one_run(task: str, cell: str, rate: float, lag: int, seed: int) -> dict:
    """Train one model once: the steps taken, the score on fresh examples, the norms at both ends.

    The start and the batches depend on seed and lag alone: they are the same at every rate.
    """
    rng, other = np.random.default_rng([seed, lag]), np.random.default_rng([seed, lag, 1])
    n_a = largest_within(WEIGHTS, cell, TASKS[task])
    model = build_model(cell, TASKS[task], n_a, rng)
    before, until = loudness(model, task, lag), is_solved(model, TASKS[task], lag, other)
    losses = learn(model, TASKS[task], lag, STEPS[task], rng, rate, until=until)
    return {
        "score": round(score(model, TASKS[task], lag, other), 3),
        "steps": len(losses),
        "before": before,
        "after": loudness(model, task, lag),
    }


class Runs(resumable.Runs):
    """The runs made so far, kept in a file until the code changes."""

    def __init__(self) -> None:
        super().__init__(resumable.runs_file(__file__), lambda *key: one_run(*key))

    def of(self, task: str, cell: str, rate: float, lag: int, seeds: tuple[int, ...]) -> list[dict]:
        """Return the results of those of some starts that have been made."""
        keys = [(task, cell, rate, lag, seed) for seed in seeds]
        return [self[key] for key in keys if key in self]


def is_success(run: dict, task: str) -> bool:
    """Return whether a run solved its task.

    One that ended early had been above ``SOLVED`` three times in a row. It was stopped there, so
    its last score, on yet other examples, may lie a little below.
    """
    return run["score"] > (SOLVED if run["steps"] == STEPS[task] else SOLVED - 0.05)


def most_solved(runs: list[dict], task: str) -> bool | None:
    """Return whether most of the three starts have solved the task; None if it is still open."""
    solved = sum(is_success(run, task) for run in runs)
    most = len(SEEDS) // 2 + 1
    return True if solved >= most else False if len(runs) - solved >= most else None


def try_rate(runs: Runs, task: str, cell: str, rate: float) -> None:
    """Try the lags from the shortest on, until most starts fail at one."""
    for lag in LAGS[task]:
        made = []
        for seed in SEEDS:
            if most_solved(made, task) is None:
                made.append(runs.made(task, cell, rate, lag, seed))
        if not most_solved(made, task):
            return


def best_rate(runs: Runs, task: str, cell: str, lag: int) -> float:
    """Return the rate that solved a lag in the fewest steps, or, if none did, the lag before it."""
    made = {rate: runs.of(task, cell, rate, lag, SEEDS) for rate in RATES[task]}
    steps = {
        rate: np.mean([run["steps"] for run in of_rate if is_success(run, task)])
        for rate, of_rate in made.items()
        if most_solved(of_rate, task)
    }
    if steps:
        return min(steps, key=steps.get)
    shorter = [other for other in LAGS[task] if other < lag]
    return best_rate(runs, task, cell, shorter[-1]) if shorter else RATES[task][0]


def of_task(runs: Runs, task: str) -> dict:
    """Return what one task gave, for each cell; a list stands for the lags, from the shortest on.

    ``solved``: at each rate, whether most of the starts ``SEEDS`` did (None: not tried, since they
    failed at a shorter lag). ``rates``: the best rate. ``scores``, ``steps``, ``before`` and
    ``after``: of the starts ``FRESH`` at that rate, the score, the steps taken, and the norm of
    ∂a⟨T⟩/∂a⟨0⟩ before and after.
    """
    results = {"n_a": {cell: largest_within(WEIGHTS, cell, TASKS[task]) for cell in CELLS}}
    chosen = ("rates", "scores", "steps", "before", "after") if FRESH[task] else ()
    results |= {what: {} for what in ("solved", *chosen)}
    for cell in CELLS:
        results["solved"][cell] = {
            str(rate): [
                most_solved(runs.of(task, cell, rate, lag, SEEDS), task) for lag in LAGS[task]
            ]
            for rate in RATES[task]
        }
        if not FRESH[task]:
            continue
        best = [best_rate(runs, task, cell, lag) for lag in LAGS[task]]
        results["rates"][cell] = best
        fresh = [
            runs.of(task, cell, rate, lag, FRESH[task])
            for rate, lag in zip(best, LAGS[task], strict=True)
        ]
        for result in ("score", "steps", "before", "after"):
            name = "scores" if result == "score" else result
            results[name][cell] = [[run[result] for run in at_lag] for at_lag in fresh]
    return results


def recipe() -> dict:
    """Return what was done, as it is stored beside the results."""
    tasks = {
        task: {
            "lags": list(LAGS[task]),
            "steps": STEPS[task],
            "rates": list(RATES[task]),
            "fresh seeds": list(FRESH[task]),
        }
        for task in TASKS
    }
    return {"weights": WEIGHTS, "solved": SOLVED, "seeds": list(SEEDS), **tasks}


def try_task(runs: Runs, task: str) -> None:
    """Make every run of one task: all rates, then fresh starts at the best ones."""
    for rate in RATES[task]:
        for cell in CELLS:
            try_rate(runs, task, cell, rate)
    for cell in CELLS if FRESH[task] else ():
        for lag in LAGS[task]:
            rate = best_rate(runs, task, cell, lag)
            for seed in FRESH[task]:
                runs.made(task, cell, rate, lag, seed)


def main() -> int:
    runs = Runs()
    if sys.argv[1:] != ["store"]:
        for task in TASKS:
            try_task(runs, task)
    results = {"command": "python tools/recall_experiment.py", "recipe": recipe()}
    results |= {task: of_task(runs, task) for task in TASKS}
    STORED.write_text(json.dumps(results, indent=1) + "\n", encoding="ascii")
    return 0


if __name__ == "__main__":
    sys.exit(main())
