"""Self-attention against its formula written as loops, and every gradient by the complex step."""

import numpy as np
import pytest
from helpers import rejects

from rnn_helpers.attention import attend, attend_backward
from rnn_helpers.gradients import check_gradients
from rnn_helpers.losses import cross_entropy
from rnn_helpers.self_attention import SelfAttention, places

T, N_X, N_A, N_Y, M = 5, 4, 3, 2, 3
both = pytest.mark.parametrize("order", [True, False])


def block(order=True, seed=0, dtype=np.float64):
    model, rng = SelfAttention(N_X, N_A, N_Y, order=order, rng=seed, dtype=dtype), None
    rng = np.random.default_rng(seed)
    for value in model.params.values():
        value += rng.normal(0, 0.4, value.shape)
    return model


def tokens(seed=1):
    rng = np.random.default_rng(seed)
    return rng.integers(N_X, size=(T, M)), rng.integers(N_Y, size=(T, M))


def literal(p, x, order):
    """The formulas of the class, one example and one step at a time."""
    z = np.zeros((len(x), N_Y, x.shape[1]), p["E"].dtype)
    for i, row in enumerate(x.T):
        h = [
            p["E"][:, token] + (places(len(x), N_A)[t] if order else 0)
            for t, token in enumerate(row)
        ]
        for t in range(len(x)):
            e = [(p["Wq"] @ h[t]) @ (p["Wk"] @ h[s]) / np.sqrt(N_A) for s in range(t + 1)]
            alpha = np.exp(e) / np.sum(np.exp(e))
            b = h[t] + sum(alpha[s] * (p["Wv"] @ h[s]) for s in range(t + 1))
            sums = p["W1"] @ b + p["b1"][:, 0]
            a = b + p["W2"] @ np.where(sums.real > 0, sums, 0) + p["b2"][:, 0]
            z[t, :, i] = p["Wya"] @ a + p["by"][:, 0]
    return z


@both
def test_the_block_follows_its_formula(order):
    model, (x, _) = block(order), tokens()
    np.testing.assert_allclose(model.forward(x)[0], literal(model.params, x, order), atol=1e-13)


@both
def test_every_gradient_equals_the_complex_step(order):
    model, (x, y) = block(order), tokens()
    mask = np.ones((T, M), bool)
    mask[-2:, 1] = False
    grads = model.loss_and_grads(x, y, mask).grads
    assert set(grads) == set(model.params)

    def loss(p):
        return cross_entropy(literal(p, x, order), y, mask)[0]

    found = check_gradients(loss, model.params, grads, "complex", 1e-11)
    assert found.ok, found


def test_no_step_sees_a_later_one():
    model, (x, _) = block(), tokens()
    z, tape = model.forward(x)
    other = x.copy()
    other[3:] = (other[3:] + 1) % N_X
    np.testing.assert_array_equal(model.forward(other)[0][:3], z[:3])
    assert not tape.weights[np.triu_indices(T, 1)].any()


def test_without_places_the_order_of_earlier_steps_does_not_count():
    (x, _), shuffled = tokens(), [2, 0, 3, 1, 4]
    for order in (True, False):
        last = [block(order).forward(given)[0][-1] for given in (x, x[shuffled])]
        assert np.allclose(*last, rtol=0, atol=1e-12) != order


def test_places_are_sines_and_cosines_of_longer_and_longer_periods():
    P = places(50, 6)
    for t in (0, 7, 49):
        for i in range(3):
            angle = t / 10000 ** (2 * i / 6)
            np.testing.assert_allclose(P[t, 2 * i : 2 * i + 2], [np.sin(angle), np.cos(angle)])
    assert places(3, 5).shape == (3, 5)


def test_keys_and_values_of_their_own():
    rng = np.random.default_rng(0)
    a, keys, values, dcontext = rng.normal(size=(4, T, N_A, M))
    _, weights = attend(a, keys, values=values, causal=True)
    grads = attend_backward(dcontext, a, keys, weights, values=values)

    def loss(p):
        return (dcontext * attend(p["a"], p["keys"], values=p["values"], causal=True)[0]).sum()

    named = {"a": a, "keys": keys, "values": values}
    found = check_gradients(loss, named, dict(zip(named, grads, strict=True)))
    assert found.ok, found


def test_float32_stays_float32():
    model, (x, y) = block(dtype=np.float32), tokens()
    z, _ = model.forward(x)
    grads = model.loss_and_grads(x, y).grads
    assert z.dtype == np.float32 and {g.dtype for g in grads.values()} == {np.dtype(np.float32)}


def test_bad_input_is_refused():
    model, (x, _) = block(), tokens()
    with rejects(ValueError, "x must hold tokens from 0 to 3, got 4"):
        model.forward(x + 1)
    with rejects(ValueError, "state must be None: nothing is carried on"):
        model.forward(x, np.zeros((N_A, M)))
    with rejects(ValueError, "n_a must be"):
        SelfAttention(N_X, 0, N_Y, rng=0)
    with rejects(ValueError, "values must be (T_x, n_a, m)"):
        attend(np.zeros((2, 3, 1)), np.zeros((4, 3, 1)), values=np.zeros((5, 3, 1)))
    with rejects(ValueError, "dz must be (T, n_y, m)"):
        model.backward(np.zeros((T, N_Y + 1, M)), model.forward(x)[1])
