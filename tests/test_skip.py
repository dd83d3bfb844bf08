"""The cell with a skip connection, against its equation written out and the complex step."""

import numpy as np
import pytest
from helpers import rejects

from rnn_helpers.cells import RNNCell
from rnn_helpers.gradients import check_gradients, jacobians, reach
from rnn_helpers.models import SequenceModel
from rnn_helpers.skip import SkipCell

every_d = pytest.mark.parametrize("d", [1, 2, 3, 5, 9])
T, N_X, N_A = 6, 3, 4


def drawn(d: int, m: int = 1, seed: int = 0):
    rng = np.random.default_rng(seed)
    cell = SkipCell(N_X, N_A, d=d, rng=rng)
    for name, value in cell.params.items():
        cell.params[name][...] = rng.normal(0, 0.6, value.shape)
    state = tuple(rng.normal(0, 0.6, (N_A, m)) for _ in range(d))
    return cell, rng.normal(size=(T, N_X, m)), state


def states(p: dict, d: int, x: np.ndarray, past: list) -> list:
    """a⟨t⟩ = tanh(Waa a⟨t-1⟩ + Wd a⟨t-d⟩ + Wax x⟨t⟩ + ba), appended to past, oldest first."""
    past = list(past)
    for x_t in x:
        z = p["Waa"] @ past[-1] + p["Wd"] @ past[len(past) - d] + p["Wax"] @ x_t + p["ba"]
        past.append(np.tanh(z))
    return past


@every_d
def test_forward_follows_the_equation(d):
    cell, x, state = drawn(d, m=2)
    a, tape = cell.forward(x, state)
    past = states(cell.params, d, x, state[::-1])
    np.testing.assert_allclose(a, past[d:], rtol=0, atol=1e-14)
    assert len(tape.state) == d
    np.testing.assert_allclose(np.stack(tape.state), np.stack(past[: -d - 1 : -1]), atol=1e-14)


@every_d
def test_two_halves_in_a_row_equal_the_whole(d):
    cell, x, state = drawn(d, m=2)
    whole, _ = cell.forward(x, state)
    first, tape = cell.forward(x[:2], state)
    second, _ = cell.forward(x[2:], tape.state)
    np.testing.assert_allclose(np.concatenate([first, second]), whole, rtol=0, atol=1e-14)


@every_d
def test_every_gradient_equals_the_complex_step(d):
    cell, x, state = drawn(d, m=2)
    rng = np.random.default_rng(1)
    da = rng.normal(size=(T, N_A, 2))
    dstate = tuple(rng.normal(size=(N_A, 2)) for _ in range(d))
    _, tape = cell.forward(x, state)
    dx, dstart, grads = cell.backward(da, tape, dstate)

    def loss(p):
        past = states(p, d, p["x"], [p[f"start {i}"] for i in reversed(range(d))])
        ends = sum((w * a).sum() for w, a in zip(dstate, past[::-1], strict=False))
        return (da * np.stack(past[d:])).sum() + ends

    starts = {f"start {i}": part for i, part in enumerate(state)}
    given = {f"start {i}": part for i, part in enumerate(dstart)}
    check = check_gradients(
        loss, cell.params | starts | {"x": x}, grads | given | {"x": dx}, "complex", 1e-12
    )
    assert check.ok, check


@every_d
def test_jacobians_equal_the_complex_step_on_the_equation(d):
    cell, x, _ = drawn(d)
    past, h = states(cell.params, d, x, [np.zeros((N_A, 1))] * d), 1e-30
    for lag, J in enumerate(jacobians(cell, x)):
        k, columns = T - lag, []
        for unit in range(N_A):
            nudged = [each.astype(complex) for each in past[: d + k]]
            nudged[-1][unit] += 1j * h
            columns.append(states(cell.params, d, x[k:], nudged)[-1].imag / h)
        np.testing.assert_allclose(J, np.hstack(columns), rtol=0, atol=1e-12)
    norms = [np.linalg.svd(J)[1][0] for J in jacobians(cell, x)]
    np.testing.assert_allclose(reach(cell, x), norms, rtol=1e-12)


def test_with_d_one_it_is_a_tanh_cell_with_the_sum_of_both_matrices():
    cell, x, state = drawn(1, m=2)
    same = RNNCell(N_X, N_A, rng=0)
    p = cell.params
    same.set(Waa=p["Waa"] + p["Wd"], Wax=p["Wax"], ba=p["ba"])
    np.testing.assert_allclose(
        cell.forward(x, state)[0], same.forward(x, state[0])[0], rtol=0, atol=1e-14
    )


def test_together_the_two_matrices_start_as_strong_as_one():
    cell = SkipCell(3, 5, d=2, rng=0)
    for name in ("Waa", "Wd"):
        np.testing.assert_allclose(np.linalg.svd(cell.params[name])[1], np.sqrt(0.5))
    assert np.abs(cell.params["Waa"] - cell.params["Wd"]).max() > 0.1


def test_a_skip_delays_vanishing_and_does_not_end_it():
    """With Σ σ_max < 1 each step or skip shrinks: at most (σ_max(Waa) + σ_max(Wd))^(lag / d)."""
    x = np.random.default_rng(0).normal(size=(60, 3, 1))
    at_sixty = {}
    for d in (1, 3, 6):
        cell = SkipCell(3, 8, d=d, rng=0)
        cell.params["Waa"] *= 0.6
        cell.params["Wd"] *= 0.6
        norms = reach(cell, x)
        bound = (1.2 * np.sqrt(0.5)) ** (np.arange(61) / d)
        assert np.all(norms <= bound * (1 + 1e-12))
        at_sixty[d] = norms[60]
    assert at_sixty[1] < 1e-3 * at_sixty[3] < 1e-3 * at_sixty[6]


def test_float32_stays_float32():
    cell = SkipCell(3, 4, d=2, rng=0, dtype=np.float32)
    model = SequenceModel(cell, 2, rng=0)
    tokens = np.array([[0, 1], [2, 0], [1, 1]])
    _, grads, state = model.loss_and_grads(tokens, tokens % 2)
    assert {g.dtype for g in grads.values()} == {np.dtype(np.float32)}
    assert grads.keys() == model.params.keys()
    assert {part.dtype for part in state} == {np.dtype(np.float32)}


def test_bad_input_is_refused():
    cell, x, state = drawn(3)
    with rejects(ValueError, "d must be 1 or more", "0"):
        SkipCell(3, 4, d=0, rng=0)
    with rejects(TypeError, "state must be a tuple of d = 3 arrays"):
        cell.forward(x, state[:2])
    with rejects(TypeError, "state must be a tuple of d = 3 arrays"):
        cell.forward(x, state[0])
    with rejects(ValueError, "state[1] must be"):
        cell.forward(x, (state[0], state[1][:2], state[2]))


@every_d
def test_jacobians_follow_the_recursion(d):
    """J⟨k⟩ = J⟨k+1⟩ diag(1 - a⟨k+1⟩²) Waa + J⟨k+d⟩ diag(1 - a⟨k+d⟩²) Wd."""
    cell, x, _ = drawn(d)
    slope = 1 - cell.forward(x)[0][:, :, 0] ** 2  # slope[t - 1] is that of step t
    expected = [np.eye(N_A)]
    for lag in range(1, T + 1):
        J = (expected[lag - 1] * slope[T - lag]) @ cell.params["Waa"]
        if lag >= d:
            J += (expected[lag - d] * slope[T - lag + d - 1]) @ cell.params["Wd"]
        expected.append(J)
    np.testing.assert_allclose(jacobians(cell, x), expected, rtol=0, atol=1e-12)
