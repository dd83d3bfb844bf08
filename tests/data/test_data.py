import re

import numpy as np
import pytest
from helpers import rejects
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_helpers import data

property_test = settings(derandomize=True, deadline=None, max_examples=50)


def test_dinosaurs_are_a_thousand_names_or_more_in_order_without_doubles():
    names = data.dinosaurs()
    assert len(names) >= 1000
    assert list(names) == sorted(set(names))


def test_dinosaurs_use_the_letters_a_to_z_only():
    strangers = [name for name in data.dinosaurs() if not re.fullmatch("[a-z]{2,}", name)]
    assert not strangers
    assert set("".join(data.dinosaurs())) <= set(data.ALPHABET[1:])


KNOWN = """tyrannosaurus triceratops stegosaurus velociraptor diplodocus iguanodon brachiosaurus
ankylosaurus allosaurus parasaurolophus spinosaurus yi mei"""
STRANGERS = "pterodactylus dimetrodon plesiosaurus ichthyosaurus mosasaurus godzilla"


def test_well_known_dinosaurs_are_there():
    assert set(KNOWN.split()) <= set(data.dinosaurs())


def test_what_is_no_dinosaur_is_not():
    assert not set(STRANGERS.split()) & set(data.dinosaurs())


def test_names_have_the_lengths_of_names():
    lengths = [len(name) for name in data.dinosaurs()]
    assert min(lengths) >= 2
    assert max(lengths) <= 26
    assert 9 < np.mean(lengths) < 15


def test_the_language_reference_is_long_running_text():
    text = data.language_reference()
    assert len(text) >= 100_000
    assert set(text) <= {chr(c) for c in range(32, 127)} | {"\n"}
    words = re.findall(r"[a-z]+", text.lower())
    assert {"the", "is", "expression", "statement"} <= set(words)
    assert len(words) > 10_000
    alphabet = "".join(sorted(set(text)))
    assert data.to_text(data.to_tokens(text, alphabet), alphabet) == text


def test_loaders_read_once():
    assert data.dinosaurs() is data.dinosaurs()
    assert data.language_reference() is data.language_reference()


def test_the_end_token_is_zero_and_then_come_the_letters():
    assert data.to_tokens(data.END).tolist() == [0]
    assert data.to_tokens("abz").tolist() == [1, 2, 26]
    assert data.to_text([1, 2, 26, 0]) == "abz."


@property_test
@given(st.text(data.ALPHABET, max_size=30))
def test_text_becomes_tokens_and_text_again(text):
    tokens = data.to_tokens(text)
    assert tokens.dtype == int
    assert tokens.shape == (len(text),)
    assert data.to_text(tokens) == text


def test_another_alphabet_may_be_given():
    assert data.to_tokens("cab", "cba").tolist() == [0, 2, 1]
    assert data.to_text(np.array([0, 2, 1], np.uint8), "cba") == "cab"


@property_test
@given(st.integers(1, 6), st.integers(1, 5), st.integers(1, 4), st.integers(0, 999))
def test_one_hot_columns_have_a_one_in_the_row_of_the_token(n_x, T, m, seed):
    tokens = np.random.default_rng(seed).integers(n_x, size=(T, m))
    hot = data.one_hot(tokens, n_x)
    assert hot.shape == (T, n_x, m)
    np.testing.assert_array_equal(hot.argmax(axis=1), tokens)
    np.testing.assert_array_equal(np.sort(hot, axis=1)[:, :-1], np.zeros((T, n_x - 1, m)))
    np.testing.assert_array_equal(hot.sum(axis=1), np.ones((T, m)))


@pytest.mark.parametrize("held_out", [1, 4, 9])
def test_a_split_keeps_every_item_once(held_out):
    items = [f"name {i}" for i in range(10)]
    train_on, unseen = data.split(items, held_out, np.random.default_rng(0))
    assert len(unseen) == held_out
    assert sorted(train_on + unseen) == items
    assert items == [f"name {i}" for i in range(10)]


def test_a_split_is_shuffled_and_repeats_with_the_seed():
    items = tuple(range(100))
    drawn, again, other = (data.split(items, 10, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert drawn == again
    assert drawn != other
    assert drawn[0] != sorted(drawn[0])


# -- bad input ---------------------------------------------------------------------------------


def test_bad_input_is_explained():
    with rejects(ValueError, "text must use the characters '.abc", "got 'AÉ'"):
        data.to_tokens("AbÉ")
    for bad in (-1, 27):
        with rejects(ValueError, "tokens must hold tokens from 0 to 26", f"got {bad}"):
            data.to_text([1, bad])
        with rejects(ValueError, "tokens must hold tokens from 0 to 26", f"got {bad}"):
            data.one_hot([[1, bad]], 27)
    with rejects(TypeError, "tokens must hold whole numbers", "got float64"):
        data.to_text([1.0])
    with rejects(ValueError, "tokens must be (T, m)", "got (2,)"):
        data.one_hot([0, 1], 2)
    with rejects(ValueError, "n_x must be 1 or more", "got 0"):
        data.one_hot([[0]], 0)


def test_bad_splits_are_explained():
    with rejects(ValueError, "held_out must be from 1 to 2", "got 3"):
        data.split(list("abc"), 3, np.random.default_rng(0))
    with rejects(ValueError, "held_out must be 1 or more", "got 0"):
        data.split(list("abc"), 0, np.random.default_rng(0))
    with rejects(TypeError, "held_out must be a whole number", "got 0.5"):
        data.split(list("abc"), 0.5, np.random.default_rng(0))
    with rejects(TypeError, "rng must be a numpy.random.Generator or a seed", "got 'a'"):
        data.split(list("abc"), 1, "a")
