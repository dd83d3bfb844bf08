"""Runs of an experiment, each written down at once, so that a second call goes on from there."""

from __future__ import annotations

import ast
import hashlib
import json
import platform
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import numpy as np

PACKAGE = Path(__file__).resolve().parents[1] / "rnn_helpers"
SHOWS_AND_JUDGES = {"course", "teaching", "checking", "lessons"}  # no experiment depends on these


class Runs(dict):
    """The runs made so far, key → result, kept in a file of one run a line.

    ``one_run(*key)`` makes a run; its result is whatever JSON can hold. A last line that was only
    half written, by a call that was ended, is made again.
    """

    def __init__(self, file: Path, one_run: Callable) -> None:
        super().__init__()
        self.file, self.one_run = file, one_run
        *whole, rest = file.read_text("ascii").split("\n") if file.exists() else [""]
        for line in whole:
            key, result = json.loads(line)
            self[tuple(key)] = result
        if rest:
            file.write_text("".join(f"{line}\n" for line in whole), encoding="ascii")

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


def code_of(file: Path) -> str:
    """Return a file's code without comments and docstrings: no result depends on what they say."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            node.value.value = None
    return ast.unparse(tree)


def runs_file(experiment: str) -> Path:
    """Return where the runs of an experiment are kept, by its ``__file__``.

    The name changes with the code of the experiment and of what it can use of the package, and with
    the versions of Python and NumPy: what other code has found is never taken for its result.
    """
    digest = hashlib.sha256(f"{platform.python_version()} {np.__version__}".encode())
    used = [file for file in PACKAGE.rglob("*.py") if _counts(file)]
    for file in (Path(experiment), *sorted(used)):
        digest.update(code_of(file).encode())
    name = f"{Path(experiment).stem}_runs-{digest.hexdigest()[:16]}.jsonl"
    return Path(tempfile.gettempdir()) / name


def _counts(file: Path) -> bool:
    return not SHOWS_AND_JUDGES & set(file.relative_to(PACKAGE).parts)


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
