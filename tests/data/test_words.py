"""Sentences as words: anything may be typed."""

import numpy as np
import pytest
from helpers import rejects
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rnn_helpers.data import words

property_test = settings(derandomize=True, deadline=None, max_examples=200)
anything = st.one_of(
    st.text(max_size=200),
    st.text("aBz,. '’·<>&\"n't_-1é猫فİΣ", max_size=60),
)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("", []),
        (" \n\t ", []),
        ("The film was GOOD.", "the film was good"),
        ("The start was dull,but the end fun!", "the start was dull , but the end fun"),
        ("It wasn't good; I didn’t like it...", "it was not good i did not like it"),
        ("it's 'great', \"really\"", "its great , really"),
        ("a well-made film_2", "a well made film 2"),
        ("· was good", "· was good"),
        ("<b>good</b>", "b good b"),
        ("<script>alert('x')</script>", "script alert x script"),
        ("фильм был Хорош, 映画は très bon", "фильм был хорош , 映画は très bon"),
        ("👍🏽 good 👍", "good"),
        ("not\u00a0bad\u2028at\x00all", "not bad at all"),
    ],
)  # fmt: skip
def test_a_sentence_becomes_words(sentence, expected):
    assert words.words_of(sentence) == (expected.split() if isinstance(expected, str) else expected)


@property_test
@given(anything)
@example("can't'n't")
def test_words_hold_letters_and_digits_only_and_no_capitals(sentence):
    for word in words.words_of(sentence):
        assert word.isalnum() or word in {",", words.UNKNOWN}
        assert word == word.lower()


@property_test
@given(anything)
def test_splitting_what_is_split_changes_nothing(sentence):
    once = words.words_of(sentence)
    assert words.words_of(" ".join(once)) == once


@property_test
@given(st.lists(st.text("abcdefgh0123456789é猫", min_size=1), max_size=30), st.data())
def test_no_word_is_lost_whatever_parts_them(expected, data):
    gaps = data.draw(st.lists(st.sampled_from(' .!?;:<>()\n-_"'), min_size=30, max_size=30))
    text = "".join(word + gap for word, gap in zip(expected, gaps))
    assert words.words_of(text) == expected


def test_ten_thousand_characters_are_read():
    assert words.words_of("not bad, " * 1111 + "x" * 10_000)[-1] == "x" * 10_000
    assert len(words.words_of("not bad, " * 1111)) == 3333
    assert words.words_of("<" * 10_000) == []
    assert len(words.words_of("n't" * 5000)) < 5001


@property_test
@given(st.lists(st.sampled_from(["a", "b", "c", "strange", "·", ""]), max_size=20))
def test_tokens_are_places_and_0_for_strangers(sentence):
    tokens = words.tokens_of(sentence, ("·", "a", "b", "c"))
    assert tokens.shape == (len(sentence),) and tokens.dtype == int
    np.testing.assert_array_equal(tokens, [{"a": 1, "b": 2, "c": 3}.get(w, 0) for w in sentence])


def test_a_vocabulary_has_each_word_once_and_the_unknown_one_first():
    assert words.vocabulary_of("b a ·", "{slot} c {0} b") == ("·", "a", "b", "c")


def test_what_is_no_sentence_is_refused():
    for bad in (None, 3, b"good", ["good"]):
        with rejects(TypeError, "sentence must be a string", repr(bad)):
            words.words_of(bad)
    with rejects(TypeError, "words must be a list", "'the film'"):
        words.tokens_of("the film", ("·", "the", "film"))
