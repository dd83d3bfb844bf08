"""The dense network, against its equations written out and the complex step."""

from itertools import cycle

import numpy as np
import pytest
from helpers import rejects

from rnn_helpers import data
from rnn_helpers.cells import RNNCell
from rnn_helpers.data import tasks
from rnn_helpers.dense import DenseModel
from rnn_helpers.gradients import check_gradients
from rnn_helpers.losses import cross_entropy
from rnn_helpers.models import SequenceModel
from rnn_helpers.optimizers import Adam
from rnn_helpers.training import Batch, batch_loss, train

T, N_X, N_A, N_Y, M = 4, 3, 5, 2, 6


def drawn(seed: int = 0, **more) -> tuple[DenseModel, np.ndarray, np.ndarray]:
    """A model whose biases are not 0, numbers x (T, n_x, m), and answers y (1, m)."""
    rng = np.random.default_rng(seed)
    model = DenseModel(T, N_X, N_A, N_Y, rng=rng, **more)
    for value in model.params.values():
        value[...] = rng.normal(0, 0.6, value.shape)
    return model, rng.normal(size=(T, N_X, M)), rng.integers(N_Y, size=(1, M))


def scores(p: dict, x: np.ndarray) -> np.ndarray:
    """z, one example and one unit after the other, with Σ over steps and inputs written out."""
    z = np.empty((1, N_Y, x.shape[2]), np.result_type(x, *p.values()))
    for i in range(x.shape[2]):
        hidden = [
            np.tanh(
                sum(p["W1"][unit, t * N_X + k] * x[t, k, i] for t in range(T) for k in range(N_X))
                + p["b1"][unit, 0]
            )
            for unit in range(N_A)
        ]
        for j in range(N_Y):
            z[0, j, i] = p["b2"][j, 0] + sum(w * h for w, h in zip(p["W2"][j], hidden, strict=True))
    return z


def test_forward_follows_the_equations():
    model, x, _ = drawn()
    z, _ = model.forward(x)
    np.testing.assert_allclose(z, scores(model.params, x), rtol=0, atol=1e-14)
    np.testing.assert_array_equal(model.scores(x), z)


def test_tokens_are_one_hot_columns():
    model, _, _ = drawn()
    tokens = np.random.default_rng(1).integers(N_X, size=(T, M))
    z, _ = model.forward(tokens)
    np.testing.assert_allclose(z, model.forward(data.one_hot(tokens, N_X))[0], rtol=0, atol=1e-14)


@pytest.mark.parametrize("of_tokens", [False, True])
def test_every_gradient_equals_the_complex_step(of_tokens):
    model, x, y = drawn()
    if of_tokens:
        x = np.random.default_rng(1).integers(N_X, size=(T, M))
    loss, grads, state = model.loss_and_grads(x, y)
    floats = data.one_hot(x, N_X) if of_tokens else x

    def of(p):
        return cross_entropy(scores(p, floats), y)[0]

    assert loss == pytest.approx(of(model.params))
    assert state is None
    check = check_gradients(of, model.params, grads, "complex", 1e-12)
    assert check.ok, check


def test_a_letter_that_never_stood_at_a_place_has_no_gradient_there():
    model, _, y = drawn()
    tokens = np.random.default_rng(1).integers(N_X, size=(T, M))
    tokens[2] = 0  # at step 3 nothing but token 0
    _, grads, _ = model.loss_and_grads(tokens, y)
    at_step_3 = np.abs(grads["W1"][:, 2 * N_X : 3 * N_X]).max(axis=0)
    assert at_step_3[0] > 0
    np.testing.assert_array_equal(at_step_3[1:], 0)


def test_a_mask_leaves_out_examples():
    model, x, y = drawn()
    mask = np.array([[True, True, False, True, False, False]])
    kept = model.loss_and_grads(x, y, mask)
    alone = model.loss_and_grads(x[:, :, mask[0]], y[:, mask[0]])
    assert kept[0] == pytest.approx(alone[0])
    for name, grad in kept[1].items():
        np.testing.assert_allclose(grad, alone[1][name], rtol=0, atol=1e-14)


@pytest.mark.parametrize(("length", "n_x", "n_a"), [(4, 3, 5), (9, 2, 3), (1, 7, 2)])
def test_weights_grow_with_the_length(length, n_x, n_a):
    dense = DenseModel(length, n_x, n_a, 2, rng=0).n_weights
    assert dense == n_a * length * n_x + n_a + 2 * n_a + 2
    recurrent = SequenceModel(RNNCell(n_x, n_a, rng=0), 2, read="last", rng=0).n_weights
    assert recurrent == n_a * n_x + n_a * n_a + n_a + 2 * n_a + 2


@pytest.mark.parametrize("dtype", [np.uint8, np.uint64, np.int32])
def test_tokens_may_have_any_integer_type(dtype):
    model, _, _ = drawn()
    tokens = np.random.default_rng(0).integers(N_X, size=(T, M))
    np.testing.assert_array_equal(model.scores(tokens.astype(dtype)), model.scores(tokens))


def test_training_takes_it_as_any_model():
    rng = np.random.default_rng(0)
    model = DenseModel(6, tasks.PAIR_LETTERS, 4, 2, rng=rng, dtype=np.float32)
    batch = Batch(*tasks.pair_batch(rng, 6, [3], 64))
    before = batch_loss(model, batch)
    history = train(model, cycle([batch]), Adam(model.params, 0.02), 200, held_out=batch)
    assert len(history.loss) == 200 and not history.stopped
    assert history.held_out[-1][1] < 0.05 < 0.5 < before


def test_float32_stays_float32():
    model, x, y = drawn(dtype=np.float32)
    _, grads, _ = model.loss_and_grads(x, y)
    assert {g.dtype for g in grads.values()} == {np.dtype(np.float32)}
    assert {name: g.shape for name, g in grads.items()} == {
        name: value.shape for name, value in model.params.items()
    }


def test_inputs_are_not_changed():
    model, x, y = drawn()
    kept = x.copy(), y.copy(), {name: value.copy() for name, value in model.params.items()}
    model.loss_and_grads(x, y)
    np.testing.assert_array_equal(x, kept[0])
    np.testing.assert_array_equal(y, kept[1])
    for name, value in model.params.items():
        np.testing.assert_array_equal(value, kept[2][name])


def test_start_comes_from_the_seed_and_is_scaled():
    one, same, other = (DenseModel(10, 8, 20, 2, rng=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.params["W1"], same.params["W1"])
    assert (one.params["W1"] != other.params["W1"]).all()
    limit = np.sqrt(6 / (80 + 20))
    assert 0.95 * limit < np.abs(one.params["W1"]).max() <= limit
    assert not one.params["b1"].any() and not one.params["b2"].any()


def test_it_is_kept_in_a_file(tmp_path):
    model, x, _ = drawn()
    model.save(tmp_path / "dense")
    other, _, _ = drawn(seed=1)
    other.load(tmp_path / "dense")
    np.testing.assert_array_equal(other.scores(x), model.scores(x))


def test_bad_input_is_refused():
    model, x, y = drawn()
    with rejects(ValueError, "T must be 1 or more", "0"):
        DenseModel(0, N_X, N_A, N_Y, rng=0)
    with rejects(TypeError, "n_a must be a whole number", "2.5"):
        DenseModel(T, N_X, 2.5, N_Y, rng=0)
    with rejects(ValueError, "x must be (T, m) with T = 4", "(7, 1)"):
        model.forward(np.zeros((7, 1), int))
    with rejects(ValueError, "x must be (T, n_x, m) with T = 4, n_x = 3", "(5, 3, 6)"):
        model.forward(np.zeros((T + 1, N_X, M)))
    with rejects(ValueError, "x must hold tokens from 0 to 2", "3"):
        model.forward(np.full((T, 1), 3))
    with rejects(ValueError, "x must hold finite numbers"):
        model.forward(np.full_like(x, np.nan))
    with rejects(ValueError, "state must be None"):
        model.loss_and_grads(x, y, state=np.zeros((N_A, M)))
    with rejects(ValueError, "dz must be", "(2, 6)"):
        model.backward(np.zeros((N_Y, M)), model.forward(x)[1])
