"""One folder a notebook, named like it without the number: its panels and its exercises.

A notebook imports its own, ``from rnn_helpers.lessons.gru import exercises, panels``, and no lesson
imports another.
"""

import importlib

from rnn_helpers.checking.exercise import Exercise, exercises_in
from rnn_helpers.course.map import NOTEBOOKS


def catalogue() -> dict[str, list[Exercise]]:
    """Return the exercises of every notebook, ``{"02_forward_pass": [...]}``, in course order."""
    return {
        notebook.name: exercises_in(
            importlib.import_module(f"{__name__}.{notebook.lesson}.exercises")
        )
        for notebook in NOTEBOOKS
    }
