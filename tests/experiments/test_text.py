"""Measures of a text that a network wrote."""

import pytest

from rnn_helpers.experiments.text import loop_length, text_quality


def test_text_quality() -> None:
    text = "these words stand\nno_such xyzzy 12345 ab\n" + 80 * "x" + "\n" + 79 * "y"
    words, lines = text_quality(text, "words THAT these and such. stand")
    assert words == pytest.approx(4 / 7)  # these, words, stand, such; not xyzzy and the two rows
    assert lines == pytest.approx(1 / 4)
    assert text_quality("12 ab", "what") == (0.0, 0.0)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("so it begins " + "of the " * 20, 7),
        ("so it begins " + "of the " * 20 + "of t", 7),
        ("x" * 60, 1),
        ("begins" + " " * 59, 0),  # too short a run to call it a loop
        ("a stretch of thirty characters" * 2, 0),  # twice only
        ("a stretch of thirty characters" * 3, 30),
        ("all different: abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ", 0),
    ],
)
def test_loop_length(text: str, length: int) -> None:
    assert loop_length(text) == length
