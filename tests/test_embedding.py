"""The embedding against the one-hot product written out, and every gradient by the complex step."""

import numpy as np
import pytest
from helpers import KINDS, random_state, rejects, state_parts

from rnn_helpers.cells import GRUCell, RNNCell
from rnn_helpers.embedding import Embedded
from rnn_helpers.gradients import check_gradients
from rnn_helpers.losses import cross_entropy
from rnn_helpers.models import SequenceModel
from rnn_helpers.stacks import Stacked, TwoWay

T, N_X, N_E, N_A, N_Y, M = 6, 5, 3, 4, 5, 3
every_kind = pytest.mark.parametrize("kind", KINDS)


def embedded(kind, dtype=np.float64, seed=0):
    rng = np.random.default_rng(seed)
    cell = Embedded(KINDS[kind](N_E, N_A, rng=rng, dtype=dtype), N_X, rng=rng)
    for value in cell.params.values():
        value += rng.normal(0, 0.4, value.shape).astype(dtype)
    return cell


def tokens(seed=1):
    return np.random.default_rng(seed).integers(N_X, size=(T, M))


@every_kind
def test_the_cell_reads_e_times_the_one_hot_column(kind):
    cell, x = embedded(kind), tokens()
    start = random_state(cell, M, np.random.default_rng(2))
    one_hot = np.eye(N_X)[x].transpose(0, 2, 1)  # (T, n_x, m)
    expected, inner = cell.cell.forward(
        np.stack([cell.params["E"] @ x_t for x_t in one_hot]), start
    )
    a, tape = cell.forward(x, start)
    np.testing.assert_allclose(a, expected, rtol=0, atol=1e-14)
    for one, other in zip(state_parts(tape.state), state_parts(inner.state), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-14)


@every_kind
def test_it_equals_a_cell_whose_columns_are_wax_times_e(kind):
    cell, x = embedded(kind), tokens()
    plain = KINDS[kind](N_X, N_A, rng=0)
    inner = cell.cell.params
    plain.set(Waa=inner["Waa"], ba=inner["ba"], Wax=inner["Wax"] @ cell.params["E"])
    np.testing.assert_allclose(cell.forward(x)[0], plain.forward(x)[0], rtol=0, atol=1e-13)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "relu" not in kind])
def test_every_gradient_equals_the_complex_step(kind):
    mask = np.arange(T)[:, None] < np.array([6, 2, 4])
    x, y = tokens(), tokens(2)
    model, twin = (SequenceModel(embedded(kind, d), N_Y, rng=3) for d in (float, complex))
    grads = model.loss_and_grads(x, y, mask, x_mask=mask).grads

    def loss(p):
        for name, value in p.items():
            twin.params[name][...] = value
        return cross_entropy(twin.forward(x, mask=mask)[0], y, mask)[0]

    found = check_gradients(loss, model.params, grads, "complex", 1e-11)
    assert found.ok and "E" in found, found


@every_kind
def test_a_quick_step_is_a_step(kind):
    cell, quick_state = embedded(kind), None
    step, state = cell.quick_step(), cell.zero_state(M)
    quick_state = state
    for x_t in tokens():
        _, state = cell.step(x_t, state)
        quick_state = step(x_t, quick_state)
    for one, other in zip(state_parts(state), state_parts(quick_state), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-13)


def test_it_stands_at_the_bottom_of_a_stack_and_on_both_ways():
    rng = np.random.default_rng(0)
    bottom = Embedded(TwoWay(RNNCell(N_E, N_A, rng=rng), RNNCell(N_E, N_A, rng=rng)), N_X, rng=rng)
    stack = Stacked([bottom, GRUCell(2 * N_A, N_A, rng=rng)])
    a, tape = stack.forward(tokens())
    grads = stack.backward(np.ones_like(a), tape).grads
    assert {k: v.shape for k, v in grads.items()} == {k: v.shape for k, v in stack.params.items()}


def test_float32_stays_float32():
    cell = embedded("lstm", np.float32)
    a, tape = cell.forward(tokens())
    grads = cell.backward(a, tape).grads
    assert a.dtype == np.float32 and {g.dtype for g in grads.values()} == {np.dtype(np.float32)}


def test_it_has_fewer_weights_where_the_alphabet_is_large():
    small = Embedded(GRUCell(8, 32, rng=0), 200, rng=0)
    assert small.n_weights == 8 * 200 + 3 * 32 * (8 + 32 + 1)
    assert small.n_weights < GRUCell(200, 32, rng=0).n_weights / 3


def test_bad_input_is_refused():
    cell = embedded("gru_before")
    with rejects(ValueError, "x must hold tokens from 0 to 4, got 5"):
        cell.forward(np.full((2, 1), 5))
    with rejects(TypeError, "x must hold whole numbers (tokens), got float64"):
        cell.forward(np.zeros((2, N_X, 1)))
    with rejects(TypeError, "cell must be a cell, got 3"):
        Embedded(3, 5, rng=0)
