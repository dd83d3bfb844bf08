"""How far a gradient reaches: exact Jacobians of every cell, and what can be promised about them.

The truth comes from the equations of each cell, written out here once more, and the complex step.
"""

import numpy as np
import pytest
from helpers import KINDS, random_cell, random_state, random_x, rejects, state_parts

from rnn_helpers.cells import RNNCell
from rnn_helpers.gradients import jacobians, reach, without_the_wire
from rnn_helpers.optimizers import clip_by_norm, clip_by_value, global_norm

RADIUS_0 = 1.5 * np.array([[1.0, -1.0], [1.0, -1.0]])
SHEAR = np.array([[0.9, 5.0], [0.0, 0.9]])
N_X, N_A, T = 3, 4, 6

every_kind = pytest.mark.parametrize("kind", KINDS)


# -- the equations, written out -----------------------------------------------------------------


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def next_state(kind: str, p: dict, x_t: np.ndarray, state: tuple) -> tuple:
    """One step of each cell, straight from its equations; all arrays may be complex."""
    a, wx = state[0], p["Wax"] @ x_t + p["ba"]
    W = [p["Waa"][i : i + N_A] for i in range(0, len(p["Waa"]), N_A)]
    z = [wx[i : i + N_A] for i in range(0, len(wx), N_A)]
    if kind == "rnn_tanh":
        return (np.tanh(W[0] @ a + z[0]),)
    if kind == "rnn_relu":
        total = W[0] @ a + z[0]
        return (np.where(total.real > 0, total, 0),)
    if kind.startswith("gru"):
        update, reset = sigmoid(W[0] @ a + z[0]), sigmoid(W[1] @ a + z[1])
        inner = W[2] @ (reset * a) if kind == "gru_before" else reset * (W[2] @ a)
        return (update * np.tanh(inner + z[2]) + (1 - update) * a,)
    candidate = np.tanh(W[0] @ a + z[0])
    update, forget, output = (sigmoid(W[i] @ a + z[i]) for i in (1, 2, 3))
    c = update * candidate + forget * state[1]
    return output * np.tanh(c), c


def true_jacobian(kind: str, p: dict, x: np.ndarray, state: tuple) -> np.ndarray:
    """∂a⟨T⟩/∂(state) by the complex step, a column for each number of the state."""
    h, columns = 1e-30, []
    for part in range(len(state)):
        for unit in range(N_A):
            nudged = [s.astype(complex) for s in state]
            nudged[part][unit] += 1j * h
            for x_t in x:
                nudged = next_state(kind, p, x_t, nudged)
            columns.append(nudged[0].imag / h)
    return np.hstack(columns)


def states_on_the_way(kind: str, p: dict, x: np.ndarray, state: tuple) -> list[tuple]:
    found = [state]
    for x_t in x:
        found.append(next_state(kind, p, x_t, found[-1]))
    return found


def product(a: np.ndarray, Waa: np.ndarray) -> np.ndarray:
    """The product of diag(1 - a²) Waa over all steps, the first step furthest to the right."""
    J = np.eye(len(Waa))
    for a_t in a:
        J = np.diagflat(1 - a_t**2) @ Waa @ J
    return J


def drawn(kind: str, seed: int = 0):
    rng = np.random.default_rng(seed)
    cell = random_cell(kind, N_X, N_A, rng)
    cell.params["Waa"][...] = rng.normal(0, 0.6, cell.params["Waa"].shape)
    return cell, random_x(False, T, N_X, 1, rng), random_state(cell, 1, rng)


# -- exact for every cell -----------------------------------------------------------------------


@every_kind
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_jacobians_equal_the_complex_step_on_the_equations(kind, seed):
    cell, x, state = drawn(kind, seed)
    found = jacobians(cell, x, state)
    passed = states_on_the_way(kind, cell.params, x, state_parts(state))
    assert len(found) == T + 1
    for lag, J in enumerate(found):
        truth = true_jacobian(kind, cell.params, x[T - lag :], passed[T - lag])
        np.testing.assert_allclose(J, truth, rtol=0, atol=1e-12)


@every_kind
def test_the_equations_written_here_are_those_of_the_cell(kind):
    cell, x, state = drawn(kind)
    a, _ = cell.forward(x, state)
    passed = states_on_the_way(kind, cell.params, x, state_parts(state))
    np.testing.assert_allclose(a, [each[0] for each in passed[1:]], rtol=0, atol=1e-13)


@every_kind
def test_reach_is_the_largest_singular_value_of_each_jacobian(kind):
    cell, x, state = drawn(kind)
    truth = [np.linalg.svd(J)[1][0] for J in jacobians(cell, x, state)]
    np.testing.assert_allclose(reach(cell, x, state), truth, rtol=1e-12)
    assert reach(cell, x, state)[0] == pytest.approx(1)


@every_kind
def test_no_nudge_of_length_one_becomes_longer_than_reach_says(kind):
    cell, x, state = drawn(kind)
    rng, h = np.random.default_rng(5), 1e-6
    largest = reach(cell, x, state)[-1]
    for _ in range(20):
        nudge = [rng.normal(size=part.shape) for part in state_parts(state)]
        length = np.sqrt(sum((part**2).sum() for part in nudge))
        ends = []
        for sign in (1, -1):
            moved = tuple(
                s + sign * h * n / length for s, n in zip(state_parts(state), nudge, strict=True)
            )
            ends.append(cell.forward(x, moved if len(moved) == 2 else moved[0])[0][-1])
        assert np.linalg.norm(ends[0] - ends[1]) / (2 * h) <= largest * (1 + 1e-6)


@every_kind
def test_tokens_give_what_their_one_hot_columns_give(kind):
    cell, _, state = drawn(kind)
    tokens = np.array([2, 0, 1, 1, 2])[:, None]
    one_hot = np.eye(N_X)[tokens[:, 0]][:, :, None]
    np.testing.assert_allclose(
        reach(cell, tokens, state), reach(cell, one_hot, state), rtol=0, atol=1e-13
    )


@every_kind
def test_measuring_changes_neither_the_cell_nor_its_input(kind):
    cell, x, state = drawn(kind)
    kept = {name: value.copy() for name, value in cell.params.items()}
    before = (x.copy(), [part.copy() for part in state_parts(state)])
    reach(cell, x, state)
    for name, value in kept.items():
        np.testing.assert_array_equal(cell.params[name], value)
    np.testing.assert_array_equal(x, before[0])
    for part, old in zip(state_parts(state), before[1], strict=True):
        np.testing.assert_array_equal(part, old)


def test_more_than_one_sequence_is_refused():
    cell, _, _ = drawn("rnn_tanh")
    with rejects(ValueError, "x must be one sequence, m = 1", "(6, 3, 2)"):
        reach(cell, np.zeros((6, 3, 2)))


# -- what a Jacobian of several steps is --------------------------------------------------------


def test_the_jacobian_of_many_steps_is_a_matrix_product():
    cell, x, state = drawn("rnn_tanh")
    a, _ = cell.forward(x, state)
    found = jacobians(cell, x, state)[-1]
    np.testing.assert_allclose(found, product(a, cell.params["Waa"]), rtol=0, atol=1e-13)


def test_it_is_no_product_entry_by_entry_and_its_order_matters():
    cell, x, state = drawn("rnn_tanh")
    a, _ = cell.forward(x, state)
    Waa, found = cell.params["Waa"], jacobians(cell, x, state)[-1]
    steps = np.stack([np.diagflat(1 - a_t**2) @ Waa for a_t in a])
    wrong = {
        "entry by entry": np.prod(steps, axis=0),
        "reversed": product(a[::-1], Waa),
        "transposed": product(a, Waa).T,
        "without the slope": np.linalg.matrix_power(Waa, T),
    }
    for name, matrix in wrong.items():
        assert np.abs(matrix - found).max() > 1e-3 * np.abs(found).max(), name


# -- what can be promised -----------------------------------------------------------------------


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize("seed", range(5))
def test_a_largest_singular_value_below_one_is_enough_for_vanishing(activation, seed):
    rng = np.random.default_rng(seed)
    cell = RNNCell(3, 8, activation=activation, rng=rng)
    cell.params["Waa"][...] = rng.normal(size=(8, 8))
    cell.params["Waa"] *= 0.9 / np.linalg.norm(cell.params["Waa"], 2)
    norms = reach(cell, 3 * rng.normal(size=(40, 3, 1)))
    assert np.all(norms <= 0.9 ** np.arange(41) * (1 + 1e-12))


@pytest.mark.parametrize("seed", range(5))
def test_the_bound_holds_with_any_matrix(seed):
    rng = np.random.default_rng(seed)
    cell = RNNCell(3, 8, rng=rng, recurrent_start="uniform")
    cell.params["Waa"] *= rng.uniform(0.3, 3)
    sigma_max = np.linalg.norm(cell.params["Waa"], 2)
    norms = reach(cell, rng.normal(size=(30, 3, 1)))
    assert np.all(norms <= sigma_max ** np.arange(31) * (1 + 1e-12))


def test_a_norm_above_one_is_not_enough_for_exploding():
    rng = np.random.default_rng(0)
    cell = RNNCell(3, 8, rng=rng)
    cell.params["Waa"] *= 2  # every singular value is 2, so is the size of every eigenvalue
    norms = reach(cell, 20 * rng.normal(size=(40, 3, 1)))
    assert norms[-1] < 1e-6


def test_a_norm_above_one_is_needed_for_exploding():
    rng = np.random.default_rng(1)
    cell = RNNCell(3, 8, rng=rng)
    assert reach(cell, rng.normal(size=(40, 3, 1))).max() <= 1 + 1e-12
    cell.params["Waa"] *= 1.2
    assert reach(cell, np.zeros((40, 3, 1)))[-1] == pytest.approx(1.2**40)


def resting_cell(Waa: np.ndarray, rest: np.ndarray) -> RNNCell:
    """A tanh cell whose bias holds the state at rest."""
    cell = RNNCell(1, 2, rng=0)
    cell.params["Waa"][...], cell.params["ba"][...] = Waa, np.arctanh(rest) - Waa @ rest
    return cell


def test_a_spectral_radius_of_zero_does_not_make_gradients_vanish():
    np.testing.assert_array_equal(RADIUS_0 @ RADIUS_0, 0)  # so every eigenvalue is 0
    rest = np.array([[0.0], [0.949]])
    norms = reach(resting_cell(RADIUS_0, rest), np.zeros((40, 1, 1)), rest)
    assert norms[40] == pytest.approx(2.6e5, rel=0.05)


def test_the_same_matrix_forgets_in_two_steps_where_both_slopes_are_equal():
    norms = reach(resting_cell(RADIUS_0, np.zeros((2, 1))), np.zeros((2, 1, 1)))
    assert norms[1] == pytest.approx(3)
    assert norms[2] < 1e-12


def test_a_radius_of_nine_tenths_grows_to_nineteen_before_it_decays():
    np.testing.assert_allclose(np.linalg.eigvals(SHEAR), 0.9, atol=1e-6)
    norms = reach(resting_cell(SHEAR, np.zeros((2, 1))), np.zeros((80, 1, 1)))
    assert norms.max() == pytest.approx(19.4, abs=0.05)
    assert norms.argmax() == 9
    assert norms[80] < 0.1


def test_a_radius_above_one_does_not_make_gradients_explode():
    rest = np.full((2, 1), 0.95)
    cell = resting_cell(3 * np.eye(2), rest)
    norms = reach(cell, np.zeros((40, 1, 1)), rest)
    assert norms[-1] == pytest.approx((3 * (1 - 0.95**2)) ** 40)
    assert norms[-1] < 1e-20


# -- the remedies -------------------------------------------------------------------------------


def test_identity_with_relu_keeps_the_norm_at_one_as_long_as_one_unit_is_open():
    cell = RNNCell(3, 8, activation="relu", rng=0, recurrent_start="identity")
    x = np.abs(np.random.default_rng(0).normal(size=(50, 3, 1)))
    np.testing.assert_allclose(reach(cell, x), 1, rtol=1e-12)
    cell.params["ba"][...] = -100  # every unit is shut
    np.testing.assert_array_equal(reach(cell, x)[1:], 0)


@pytest.mark.parametrize("scale", [0.9, 1.1])
def test_a_tenth_away_from_the_identity_is_far_after_fifty_steps(scale):
    cell = RNNCell(3, 8, activation="relu", recurrent_start="identity", rng=0)
    cell.params["Waa"] *= scale
    cell.params["Wax"][...] = np.abs(cell.params["Wax"])
    assert reach(cell, np.ones((50, 3, 1)))[-1] == pytest.approx(scale**50)


def shares_by_lag(cell: RNNCell, x: np.ndarray) -> np.ndarray:
    """The share of each lag in dWaa, for a loss that is the sum of the last state."""
    a, _ = cell.forward(x)
    a_prev = np.concatenate([np.zeros_like(a[:1]), a[:-1]])
    da, shares = np.ones_like(a[0]), []
    for a_t, before in zip(a[::-1], a_prev[::-1], strict=True):
        dz = da * (1 - a_t**2)
        shares.append(dz @ before.T)
        da = cell.params["Waa"].T @ dz
    return np.array(shares)


def test_clipping_by_norm_leaves_the_vanishing_curve_where_it_was():
    rng = np.random.default_rng(0)
    cell = RNNCell(3, 6, rng=rng)
    shares = shares_by_lag(cell, rng.normal(size=(30, 3, 1)))
    grads = {"Waa": shares.sum(axis=0)}
    short = 0.01 * global_norm(grads)
    factor = clip_by_norm(grads, short)["Waa"] / grads["Waa"]
    np.testing.assert_allclose(factor, 0.01)  # one number for every entry, so for every lag
    assert clip_by_norm(grads, 2 * global_norm(grads)) is grads
    before, after = (np.linalg.norm(s, axis=(1, 2)) for s in (shares, factor * shares))
    np.testing.assert_allclose(after / after[0], before / before[0], rtol=1e-12)


def test_clipping_by_value_does_not_make_a_vanished_gradient_longer_either():
    tiny = {"Waa": np.full((3, 3), 1e-9)}
    np.testing.assert_array_equal(clip_by_value(tiny, 1.0)["Waa"], tiny["Waa"])


# -- the memory of an LSTM -----------------------------------------------------------------------


def lstm_by_nudges(cell, x, k, nudged, held_c=None):
    """Return ∂(a⟨T⟩, c⟨T⟩) for a⟨k⟩ or c⟨k⟩ by the complex step, each (n_a, n_a)."""
    state = np.zeros((2, N_A, 1))
    for x_t in x[:k]:
        state = next_state("lstm", cell.params, x_t, state)
    nudge = 1e-30j * np.eye(N_A)
    a_t, c_t = (state[0] + nudge, state[1] + 0 * nudge)
    if nudged == "c":
        a_t, c_t = a_t - nudge, c_t + nudge
    for t in range(k, len(x)):
        held = c_t if held_c is None else held_c[t]
        a_t, c_t = next_state("lstm", cell.params, x[t], (a_t, held))
    return a_t.imag / 1e-30, c_t.imag / 1e-30


@pytest.mark.parametrize("k", [0, 2, 5, 6])
def test_jacobians_of_c_equal_the_complex_step_on_the_equations(k):
    cell, x, _ = drawn("lstm", 8)
    _, expected = lstm_by_nudges(cell, x, k, "c")
    found = jacobians(cell, x, of="c")
    np.testing.assert_allclose(found[T - k], expected, rtol=0, atol=1e-12)
    assert reach(cell, x, of="c")[T - k] == pytest.approx(np.linalg.norm(expected, 2))


@pytest.mark.parametrize("k", [0, 2, 5, 6])
def test_without_the_wire_is_the_way_that_is_left_when_c_is_held(k):
    cell, x, _ = drawn("lstm", 8)
    held = np.concatenate([np.zeros((1, N_A, 1)), cell.forward(x)[1].c[:-1]])
    expected, _ = lstm_by_nudges(cell, x, k, "a", held)
    np.testing.assert_allclose(without_the_wire(cell, x)[T - k], expected, rtol=0, atol=1e-12)


def test_with_the_states_cut_off_the_wire_is_a_product_of_forget_gates():
    cell, x, _ = drawn("lstm", 8)
    cell.params["Waa"][...] = 0
    forget = cell.forward(x)[1].gates[2:, cell.block("forget"), 0]
    found = jacobians(cell, x, of="c")[4]
    np.testing.assert_allclose(found, np.diag(np.prod(forget, axis=0)), rtol=0, atol=1e-14)
