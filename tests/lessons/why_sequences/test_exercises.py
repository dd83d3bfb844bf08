"""The exercises of ``01_why_sequences``: no wrong answer that is near at hand is called right."""

from itertools import product

import numpy as np
import pytest
import starters

from rnn_helpers.checking.feedback import State
from rnn_helpers.lessons.why_sequences import exercises

KNOWN = ("memory == -1", "memory < 0")
NOTHING_YET = (*KNOWN, "memory", "not memory", "memory != -1", "memory != 0", "True")
MATTERS = ("letter < 2", "letter <= 2", "letter < 1", "letter == 1", "letter > 1", "letter", "True")
NOTED = ("letter", "0", "1", "1 - letter", "memory", "word[0]", "word[-1]")
ANY = 400  # words on which an answer is compared with the rule


def rule(word: np.ndarray) -> list[int]:
    """The first token below 2 among the first t, or -1: written out for each t anew."""
    return [next((k for k in word[:t] if k < 2), -1) for t in range(1, len(word) + 1)]


@pytest.mark.parametrize("joint", ["and", "or", "&"])
def test_a_scan_is_called_right_exactly_if_it_follows_the_rule_on_any_word(joint):
    rng = np.random.default_rng(0)
    words = [rng.choice([0, 1, 2, 3, 7], size=rng.integers(1, 9)) for _ in range(ANY)]
    inputs = exercises.scan.inputs()
    expected = exercises.scan.outcomes(exercises.scan.reference, inputs)
    called_right = set()
    for before, now, noted in product(NOTHING_YET, MATTERS, NOTED):
        answer = starters.filled(exercises.scan, f"{before} {joint} {now}", noted)
        is_right = all(np.array_equal(answer(word), rule(word)) for word in words)
        passes = exercises.scan.alike(expected, exercises.scan.outcomes(answer, inputs))
        assert passes == is_right, f"{before} {joint} {now}: memory = {noted}"
        called_right |= {(before, now, noted)} if passes else set()
    right = {(before, "letter < 2", "letter") for before in KNOWN}
    assert called_right == (right if joint == "and" else set())


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        ("letter < 2 and memory != 0", "a noted `b` is overwritten by a later `a`."),
        ("letter < 2 and memory", "a noted `b` is overwritten by a later `a`."),
        ("letter < 2 and seen[-1:] == [-1]", "an `a` or `b` that is the first letter of all"),
        ("letter == 1 and memory == -1", "only `b` is noted."),
        ("letter == 0 and memory == -1", "only `a` is noted."),
    ],
)
def test_a_wrong_condition_gets_the_sentence_that_is_true_of_it(condition, says):
    result = exercises.scan.check(starters.filled(exercises.scan, condition, "letter"))
    assert result.state == State.KNOWN_MISTAKE
    assert result.says.startswith(says)
