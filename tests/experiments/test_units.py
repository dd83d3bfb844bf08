"""What units track, and what becomes of a network in which one of them is held."""

import numpy as np
import pytest
from helpers import rejects
from random_models import names_model

from rnn_helpers import data
from rnn_helpers.activations import sigmoid, softmax
from rnn_helpers.experiments.units import (
    correlations,
    read_holding,
    slowest_first,
    text_features,
)

PASSAGE = 'One "two\nthree" (four\n   five) six "\n\nseven _8 nine)\n' + "ten eleven\n" * 9


def features_by_hand(text: str) -> dict[str, list[int]]:
    """The features, character by character, with counters."""
    place = word = marks = depth = indented = 0
    features = {name: [] for name in ("place", "word", "quotation", "bracket", "indented")}
    for before, c in zip(" " + text, text):
        place = 0 if c == "\n" else place + 1
        word = word + 1 if c.isalnum() or c == "_" else 0
        marks += c == '"'
        depth += {"(": 1, ")": -1}.get(c, 0)
        if before == c == "\n":
            marks = depth = 0
        indented = 0 if c == "\n" else int(c == " ") if place == 1 else indented
        values = (place, word, marks % 2, int(depth > 0), indented)
        for name, value in zip(features, values, strict=True):
            features[name].append(value)
    return features


@pytest.mark.parametrize(
    "text",
    [
        PASSAGE,
        data.language_reference()[5000:9000],
        '"',
        '\n\n"a"\n\n\n"b\n\nc" )) (\nd)',
        ")(\n (a)\n\n(",
        " starts with a space",
    ],
)
def test_features_are_those_of_a_reader_with_counters(text: str) -> None:
    features, expected = text_features(text), features_by_hand(text)
    assert list(features) == list(expected)
    for name, values in expected.items():
        np.testing.assert_array_equal(features[name], values, err_msg=name)


def test_a_feature_depends_on_the_past_only() -> None:
    whole = text_features(PASSAGE)
    for t in range(1, len(PASSAGE)):
        for name, values in text_features(PASSAGE[:t]).items():
            np.testing.assert_array_equal(values, whole[name][:t], err_msg=f"{name}, {t}")


def test_correlations_agree_with_numpy_and_are_0_where_nothing_changes() -> None:
    rng = np.random.default_rng(0)
    a, f = rng.normal(3, 2, (50, 4)), rng.random(50)
    a[:, 1] = -2 * f + 5
    r = correlations(a, f)
    expected = [np.corrcoef(a[:, i], f)[0, 1] for i in range(4)]
    np.testing.assert_allclose(r, expected, atol=1e-12)
    assert r[1] == pytest.approx(-1)
    a[:, 2] = 7
    assert correlations(a, f)[2] == 0
    assert not correlations(a, np.ones(50)).any()
    with rejects(ValueError, "f must be (T) with T = 50", "(49,)"):
        correlations(a, f[1:])


def test_the_best_of_many_random_units_looks_good_until_it_is_measured_on_other_text() -> None:
    """Why the notebook chooses on one half and measures on the other."""
    rng = np.random.default_rng(1)
    chosen, measured = [], []
    for _ in range(20):
        a, f = rng.normal(size=(400, 128)), (rng.random(400) < 0.3).astype(float)
        first, second = (correlations(a[i : i + 200], f[i : i + 200]) for i in (0, 200))
        unit = np.abs(first).argmax()
        chosen.append(abs(first[unit]))
        measured.append(abs(second[unit]))
    assert np.mean(chosen) > 0.15 > 2 * np.mean(measured)


def test_units_are_ordered_from_the_slowest() -> None:
    """A unit that switches once comes before one that drifts, and the quickest comes last."""
    steps = np.arange(40)
    a = np.stack([(-1.0) ** steps, steps >= 20, np.sin(steps / 2)], axis=1)
    assert slowest_first(a).tolist() == [1, 2, 0]


def test_reading_with_nothing_held_is_reading() -> None:
    for kind in ("rnn_tanh", "gru_before", "lstm"):
        model = names_model(kind)
        x = np.random.default_rng(0).integers(27, size=(7, 3))
        z, _ = model.forward(x)
        np.testing.assert_allclose(read_holding(model, x), softmax(z), atol=1e-12)


def test_a_held_unit_stands_still_for_the_output_and_for_the_next_step() -> None:
    model, unit, values = names_model(), 2, np.linspace(-0.5, 0.5, 6)
    x = np.random.default_rng(0).integers(27, size=(7, 3))
    p, n = model.params, 6
    a_t, expected = np.zeros((n, 3)), []
    for tokens in x:  # the equations of the GRU, with one unit overwritten after each step
        xu, xr, xc = np.split(p["Wax"][:, tokens] + p["ba"], 3)
        Wu, Wr, Wc = np.split(p["Waa"], 3)
        update, reset = sigmoid(Wu @ a_t + xu), sigmoid(Wr @ a_t + xr)
        a_t = update * np.tanh(Wc @ (reset * a_t) + xc) + (1 - update) * a_t
        a_t[unit] = values[unit]
        expected.append(softmax(p["Wya"] @ a_t + p["by"]))
    held = read_holding(model, x, unit, values)
    np.testing.assert_allclose(held, expected, atol=1e-12)
    assert np.abs(held - read_holding(model, x)).max() > 1e-3


def test_a_unit_that_nobody_reads_can_be_held_without_effect() -> None:
    model, unit = names_model(), 4
    model.params["Waa"][:, unit] = 0
    model.params["Wya"][:, unit] = 0
    x = np.random.default_rng(0).integers(27, size=(6, 2))
    held = read_holding(model, x, unit, np.full(6, 0.9))
    np.testing.assert_allclose(held, read_holding(model, x), atol=1e-12)
