"""float32 is exact enough, whatever the size of the numbers that it rounds."""

import numpy as np
import pytest
from sample_exercise import learner, make_number

from rnn_helpers.checking.feedback import State


def exercise():
    return make_number(
        lambda z: np.exp(z - z.max(axis=0)) / np.exp(z - z.max(axis=0)).sum(axis=0),
        {"y": "(T, m)"},
        cases=lambda rng: [{"z": 300 + rng.normal(size=(4, 5))} for _ in range(3)],
        takes={"z": "(T, m)"},
    )


def test_a_result_that_float32_has_rounded_is_right_and_told_so():
    body = "z = z.astype(np.float32) + np.float32(0.3)\np = np.exp(z - z.max(axis=0))\n"
    result = exercise().check(learner(body + "return p / p.sum(axis=0)", "number", "z"))
    assert result.state == State.RIGHT
    assert "by rounding alone" in result.says


@pytest.mark.parametrize("kind", ["np.float32", "np.float64"])
def test_what_is_off_by_more_than_rounding_is_wrong(kind):
    body = f"p = np.exp(z - z.max(axis=0))\nreturn (p / (p.sum(axis=0) + 1e-3)).astype({kind})"
    assert exercise().check(learner(body, "number", "z")).state != State.RIGHT


def test_the_same_error_without_float32_is_wrong():
    body = "p = np.exp(z - z.max(axis=0))\nreturn p / (p.sum(axis=0) + 1e-5)"
    assert exercise().check(learner(body, "number", "z")).state != State.RIGHT
