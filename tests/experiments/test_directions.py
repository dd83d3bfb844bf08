"""What one way, two ways and a stack know, against loops that follow the equations."""

import numpy as np
import pytest

from rnn_helpers import data
from rnn_helpers.cells import RNNCell
from rnn_helpers.data import names_in_text
from rnn_helpers.experiments import directions
from rnn_helpers.models import SequenceModel
from rnn_helpers.stacks import TwoWay
from rnn_helpers.training import pad

N_X = len(names_in_text.WORDS)
SENTENCE = names_in_text.to_tokens(
    names_in_text.words_of("he said, teddy roosevelt was a great president")
)
NAMES = [data.to_tokens(name) for name in ("maiasaura", "troodon", "kol", "yi")]
LENGTHS = [len(name) for name in NAMES]
EXACT = {"rtol": 0, "atol": 1e-12}


def states(tokens, p):
    """The equation, token by token: a⟨1⟩ … a⟨T⟩, (T, n_a)."""
    a = [np.zeros(len(p["ba"]))]
    for k in tokens:
        a.append(np.tanh(p["Waa"] @ a[-1] + p["Wax"][:, k] + p["ba"][:, 0]))
    return np.array(a[1:])


def test_probabilities_are_those_of_two_loops():
    two_way = TwoWay(RNNCell(N_X, 3, rng=5), RNNCell(N_X, 3, rng=6))
    model = SequenceModel(two_way, 2, rng=5)
    ahead = states(SENTENCE, two_way.ahead.params)
    back = states(SENTENCE[::-1], two_way.back.params)[::-1]
    z = np.hstack([ahead, back]) @ model.params["Wya"].T + model.params["by"][:, 0]
    want = np.exp(z[:, 1]) / np.exp(z).sum(axis=1)
    np.testing.assert_allclose(directions.name_probabilities(model, SENTENCE), want, **EXACT)


# -- padding, read from the right ----------------------------------------------------------------


@pytest.mark.parametrize("T", [9, 12, 16])
def test_the_order_of_reading(T):
    whole = directions.reading_order(LENGTHS, T, whole_column=True)
    within = directions.reading_order(LENGTHS, T)
    places = list(range(T))
    for i, n in enumerate(LENGTHS):
        assert np.argsort(whole[:, i]).tolist() == places[::-1]
        assert np.argsort(within[:, i]).tolist() == [*places[:n][::-1], *places[n:]]
        assert sorted(whole[:, i]) == sorted(within[:, i]) == [t + 1 for t in places]


@pytest.mark.parametrize("T", [9, 12, 16])
def test_states_from_the_right_are_those_of_a_loop_in_that_order(T):
    cell = RNNCell(27, 8, rng=2)
    within = directions.states_from_right(cell, NAMES, T)
    whole = directions.states_from_right(cell, NAMES, T, whole_column=True)
    for i, name in enumerate(NAMES):
        padded = np.r_[name, np.zeros(T - len(name), int)]
        alone, spoiled = (states(x[::-1], cell.params)[::-1] for x in (name, padded))
        np.testing.assert_allclose(within[: len(name), :, i], alone, **EXACT)
        np.testing.assert_allclose(whole[:, :, i], spoiled, **EXACT)


def test_states_from_the_right_are_the_lower_half_of_a_two_way_cell():
    two_way = TwoWay(RNNCell(27, 8, rng=1), RNNCell(27, 8, rng=2))
    x, mask = pad(NAMES)
    for whole_column in (False, True):
        a, _ = two_way.forward(x, mask=None if whole_column else mask)
        back = directions.states_from_right(two_way.back, NAMES, 9, whole_column=whole_column)
        np.testing.assert_allclose(back, a[:, 8:], **EXACT)


def test_padding_changes_what_is_read_after_it_and_nothing_else():
    cell = RNNCell(27, 8, rng=2)
    assert not directions.changed_by_padding(cell, NAMES, 16).any()
    changed = directions.changed_by_padding(cell, NAMES, 9, whole_column=True)
    assert changed[0] == 0 and (changed[1:] > 0.3).all()
    kol, padded = NAMES[2], np.r_[NAMES[2], np.zeros(6, int)]
    alone, spoiled = (states(x[::-1], cell.params)[::-1] for x in (kol, padded))
    want = np.linalg.norm(spoiled[:3] - alone, axis=1).max()
    assert changed[2] == pytest.approx(want, abs=1e-12)


# -- who has seen what ---------------------------------------------------------------------------


@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("late", [0, 1, 4])
def test_what_is_zero_follows_from_direction_and_look_ahead_not_from_depth(layers, late):
    t, s = np.indices((len(SENTENCE),) * 2)
    one_way = directions.build_stack(N_X, 8, layers, rng=4)
    moved = directions.influence(one_way, SENTENCE, late=late)
    np.testing.assert_array_equal(moved > 0, s <= t + late)
    moved = directions.influence(one_way, SENTENCE, late=late, from_right=True)
    np.testing.assert_array_equal(moved > 0, s >= t + late)
    two_way = directions.build_stack(N_X, 8, layers, both_ways=True, rng=4)
    assert directions.influence(two_way, SENTENCE, late=late).all()


@pytest.mark.parametrize("late", [0, 2])
def test_influence_is_the_difference_of_two_readings(late):
    cell = RNNCell(N_X, 8, rng=4)
    tokens = np.r_[SENTENCE, np.zeros(late, int)]
    whole, moved = states(tokens, cell.params), directions.influence(cell, SENTENCE, late=late)
    for s in range(len(SENTENCE)):
        hidden = tokens.copy()
        hidden[s] = 0
        want = np.linalg.norm(states(hidden, cell.params) - whole, axis=1)[late:]
        np.testing.assert_allclose(moved[:, s], want, rtol=0, atol=2e-12)


def test_a_two_way_layer_has_as_many_units_as_a_one_way_layer():
    for layers in (1, 2, 3):
        stacks = [
            directions.build_stack(N_X, 8, layers, both_ways=both_ways, rng=4)
            for both_ways in (False, True)
        ]
        assert [stack.n_a for stack in stacks] == [8, 8]
        assert [len(stack.layers) for stack in stacks] == [layers, layers]
