"""Measures of a text that a network wrote."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn_helpers.experiments.text import Copies, loop_length, text_quality


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


def slowly_covered(text: str, reading: str, n: int) -> list[bool]:
    found = [i for i in range(len(text) - n + 1) if text[i : i + n] in reading]
    return [any(i <= place < i + n for i in found) for place in range(len(text))]


@given(st.text("abc", max_size=30), st.text("abcé𝄞", max_size=30), st.integers(1, 7))
def test_copies_are_those_that_a_search_finds(text: str, reading: str, n: int) -> None:
    copies = Copies(reading)
    assert copies.covered(text, n).tolist() == slowly_covered(text, reading, n)
    stretches = [text[i:j] for i in range(len(text) + 1) for j in range(i, len(text) + 1)]
    assert copies.longest(text) == max((s for s in stretches if s in reading), key=len)


def test_windows_of_many_characters_are_told_apart() -> None:
    rng = np.random.default_rng(0)
    reading, other = ("".join(map(chr, rng.integers(97, 123, 50_000))) for _ in range(2))
    copies = Copies(reading)
    for n in (10, 40, 1000):
        assert copies.covered(reading[100:2000], n).all()
        assert not copies.covered(other, n).any()  # by chance one in a million at n = 10
        assert not copies.covered(reading[1000:2000][::-1], n).any()
    assert copies.found(other, 1).shape == (50_000,)
    with pytest.raises(ValueError, match="n must be 1 or more"):
        copies.covered(other, 0)
