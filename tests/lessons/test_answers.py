"""Answers written by people who knew the notebooks alone: none is judged wrongly.

``reference/answers.json`` holds them with a label: "right", "wrong", or "cheat", which is right by
chance or by another's work.
"""

import json
import linecache
from pathlib import Path

import pytest
import starters

from rnn_helpers.checking import detectors
from rnn_helpers.checking.exercise import Exercise
from rnn_helpers.checking.feedback import Feedback, State
from rnn_helpers.lessons import catalogue

ANSWERS = json.loads(
    (Path(__file__).parents[1] / "reference" / "answers.json").read_text(encoding="utf-8")
)
EXERCISES = {
    (lesson[:2], exercise.name): exercise
    for lesson, exercises in catalogue().items()
    for exercise in exercises
}
TO_STOP = ("sleep", "while True", "ones((", "d = d\n", "zeros((10")  # these take their time


def checked(exercise: Exercise, code: str) -> Feedback:
    """Check an answer in a cell of its own."""
    scope, file = starters.names_above(exercise), f"<cell {hash(code)}>"
    linecache.cache[file] = (len(code), None, code.splitlines(keepends=True), file)
    exec(compile(code, file, "exec"), scope)
    return exercise.check(scope[exercise.name])


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=lambda exercise: exercise.id)
def test_no_wrong_answer_is_called_right_and_no_right_one_wrong(
    exercise: Exercise, monkeypatch: pytest.MonkeyPatch
) -> None:
    class NeverError(Exception):
        """No detector may trip over an answer."""

    monkeypatch.setattr(detectors, "SKIPPED", NeverError)
    own = [a for a in ANSWERS if EXERCISES[a["notebook"], a["exercise"]] is exercise]
    for answer in own:
        if not any(text in answer["code"] for text in TO_STOP):
            result = checked(exercise, answer["code"])
            is_right = answer["kind"] == "right"
            assert (result.state == State.RIGHT) == is_right, f"{answer['label']}: {result}"
