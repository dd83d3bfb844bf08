"""The exercises of ``01_why_sequences``: no wrong answer that is near at hand is called right."""

from itertools import product

import numpy as np
import pytest

from rnn_helpers.exercises import why_sequences as exercises

NOTHING_YET = ("memory == -1", "memory < 0", "memory", "not memory", "memory != -1", "True")
MATTERS = ("letter < 2", "letter <= 2", "letter < 1", "letter == 1", "letter > 1", "letter", "True")
NOTED = ("letter", "0", "1", "1 - letter", "memory", "word[0]", "word[-1]")
ANY = 400  # words on which an answer is compared with the rule


def scan_with(condition: str, noted: str):
    """Return ``scan`` with both blanks filled in."""
    blanks = iter((condition, noted))
    source = "".join(part + next(blanks, "") for part in exercises.scan.starter.split("____"))
    scope = {"np": np}
    exec(source, scope)
    return scope["scan"]


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
        answer = scan_with(f"{before} {joint} {now}", noted)
        is_right = all(np.array_equal(answer(word), rule(word)) for word in words)
        found = exercises.scan.alike(expected, exercises.scan.outcomes(answer, inputs))
        assert found == is_right, f"{before} {joint} {now}: memory = {noted}"
        called_right |= {(before, now, noted)} if found else set()
    right = {("memory == -1", "letter < 2", "letter"), ("memory < 0", "letter < 2", "letter")}
    assert called_right == (right if joint == "and" else set())


def test_the_words_of_a_check_hold_what_tells_wrong_rules_apart():
    words = [case["word"] for case in exercises.scan.inputs()]
    b_first, a_first, noise = words
    assert next(k for k in b_first if k < 2) == 1 and {0, 1} <= set(b_first[7:])
    assert a_first[0] == 0 and {0, 1} <= set(a_first[1:])
    assert min(noise) == 2
