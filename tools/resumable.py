"""Runs of an experiment, each written down at once, so that a second call goes on from there."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path


class Runs(dict):
    """The runs made so far, key → result, kept in a file of one run a line.

    ``one_run(*key)`` makes a run; its result is whatever JSON can hold.
    """

    def __init__(self, file: Path, one_run: Callable) -> None:
        super().__init__()
        self.file, self.one_run = file, one_run
        for line in file.read_text("ascii").splitlines() if file.exists() else []:
            key, result = json.loads(line)
            self[tuple(key)] = result

    def made(self, *key):
        """Return the result of a run: from the file, or make it now and write it down."""
        if key not in self:
            start = time.perf_counter()
            self[key] = self.one_run(*key)
            with self.file.open("a", encoding="ascii") as file:
                file.write(json.dumps([key, self[key]]) + "\n")
            print(*key, self[key], f"{time.perf_counter() - start:.0f} s", flush=True)
        return self[key]

    def make_all(self, keys: Iterable[tuple]) -> None:
        """Make every run that is not there yet."""
        for key in keys:
            self.made(*key)


def by_start(runs: Mapping[tuple, object], keys: Iterable[tuple[str, str, float, int]]) -> dict:
    """Return runs as they are stored: contest, model, learning rate, then a list over the starts.

    ``keys`` says in which order; those that have not been made are left out.
    """
    results: dict = {}
    for contest, name, rate, seed in keys:
        if (contest, name, rate, seed) in runs:
            of_rates = results.setdefault(contest, {}).setdefault(name, {})
            of_rates.setdefault(str(rate), []).append(runs[contest, name, rate, seed])
    return results
