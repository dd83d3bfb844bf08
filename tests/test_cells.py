import copy
from itertools import product

import numpy as np
import pytest
from helpers import KINDS, random_cell, random_state, random_x, rejects, state_parts
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_helpers.cells import Cell, GRUCell, LSTMCell, RNNCell, Tape, orthogonal, scaled_uniform
from rnn_helpers.data import one_hot
from rnn_helpers.gradients import check_gradients

N_X, N_A = 2, 3
EXACT = {"rtol": 0, "atol": 1e-12}
property_test = settings(derandomize=True, deadline=None, max_examples=30)
kinds = st.sampled_from(sorted(KINDS))
seeds = st.integers(0, 10_000)
short = st.integers(1, 6)

CASES = list(product(KINDS, (False, True), (False, True), (1, 7, 40), (1, 5)))


def name_of(case) -> str:
    kind, tokens, started, T, m = case
    source = "tokens" if tokens else "floats"
    return f"{kind}-{source}-{'started' if started else 'zero'}-T{T}-m{m}"


every_case = pytest.mark.parametrize("case", CASES, ids=name_of)
every_kind = pytest.mark.parametrize("kind", KINDS)


# -- the equations, read from the docstrings word by word --------------------------------------


def logistic(z):
    return 1 / (1 + np.exp(-z))


def literal_rnn(g1, p, x, a):
    states = []
    for x_t in x:
        a = g1(p["Waa"] @ a + p["Wax"] @ x_t + p["ba"])
        states.append(a)
    return np.array(states), a


def literal_gru(reset_form, p, x, a):
    n = len(a)
    Wu, Wr, Wc = p["Waa"][0:n], p["Waa"][n : 2 * n], p["Waa"][2 * n : 3 * n]
    Uu, Ur, Uc = p["Wax"][0:n], p["Wax"][n : 2 * n], p["Wax"][2 * n : 3 * n]
    bu, br, bc = p["ba"][0:n], p["ba"][n : 2 * n], p["ba"][2 * n : 3 * n]
    states = []
    for x_t in x:
        update = logistic(Wu @ a + Uu @ x_t + bu)
        reset = logistic(Wr @ a + Ur @ x_t + br)
        remembered = Wc @ (reset * a) if reset_form == "before" else reset * (Wc @ a)
        candidate = np.tanh(remembered + Uc @ x_t + bc)
        a = update * candidate + (1 - update) * a
        states.append(a)
    return np.array(states), a


def literal_lstm(p, x, state):
    a, c = state
    n = len(a)
    Wc, Wu, Wf, Wo = (p["Waa"][g * n : (g + 1) * n] for g in range(4))
    Uc, Uu, Uf, Uo = (p["Wax"][g * n : (g + 1) * n] for g in range(4))
    bc, bu, bf, bo = (p["ba"][g * n : (g + 1) * n] for g in range(4))
    states = []
    for x_t in x:
        candidate = np.tanh(Wc @ a + Uc @ x_t + bc)
        update = logistic(Wu @ a + Uu @ x_t + bu)
        forget = logistic(Wf @ a + Uf @ x_t + bf)
        output = logistic(Wo @ a + Uo @ x_t + bo)
        c = update * candidate + forget * c
        a = output * np.tanh(c)
        states.append(a)
    return np.array(states), (a, c)


LITERAL = {
    "rnn_tanh": lambda p, x, s: literal_rnn(np.tanh, p, x, s),
    "rnn_relu": lambda p, x, s: literal_rnn(lambda z: np.where(z > 0, z, 0), p, x, s),
    "gru_before": lambda p, x, s: literal_gru("before", p, x, s),
    "gru_after": lambda p, x, s: literal_gru("after", p, x, s),
    "lstm": literal_lstm,
}


def columns(cell, x):
    """x as floats, whatever it was: a token's column is found by comparing, not by looking up."""
    if x.ndim == 3:
        return x
    return (np.arange(cell.n_x)[:, None] == x[:, None, :]).astype(float)


def drawn(case):
    """A cell, x and a start state (or None), for a case. ReLU cells stay clear of the kink at 0."""
    kind, tokens, started, T, m = case
    for seed in range(100):
        rng = np.random.default_rng([seed, T, m])
        cell = random_cell(kind, N_X, N_A, rng)
        x = random_x(tokens, T, N_X, m, rng)
        state = random_state(cell, m, rng) if started else None
        if kind != "rnn_relu" or clear_of_the_kink(cell, x, state):
            return cell, x, state, rng
    raise AssertionError("no seed keeps every ReLU away from its kink")


def clear_of_the_kink(cell, x, state):
    """True if no number that ReLU sees is near 0, some are below, and some of the first above."""
    p, a, seen = cell.params, cell.zero_state(x.shape[-1]) if state is None else state, []
    for x_t in columns(cell, x):
        seen.append(p["Waa"] @ a + p["Wax"] @ x_t + p["ba"])
        a = np.where(seen[-1] > 0, seen[-1], 0)
    seen = np.array(seen)
    return np.abs(seen).min() > 1e-3 and seen.min() < 0 < seen[0].max()


# -- forward -----------------------------------------------------------------------------------


@every_case
def test_forward_equals_the_equations(case):
    cell, x, state, _ = drawn(case)
    start = cell.zero_state(x.shape[-1]) if state is None else state
    a, tape = cell.forward(x, state)
    expected, last = LITERAL[case[0]](cell.params, columns(cell, x), start)
    np.testing.assert_allclose(a, expected, **EXACT)
    for got, want in zip(state_parts(tape.state), state_parts(last), strict=True):
        np.testing.assert_allclose(got, want, **EXACT)


@every_kind
def test_step_by_step_is_the_same_as_the_whole_sequence(kind):
    for tokens in (False, True):
        cell, x, state, _ = drawn((kind, tokens, True, 7, 5))
        a, tape = cell.forward(x, state)
        for x_t, a_t in zip(x, a, strict=True):
            got, state = cell.step(x_t, state)
            np.testing.assert_allclose(got, a_t, **EXACT)
        for got, want in zip(state_parts(state), state_parts(tape.state), strict=True):
            np.testing.assert_allclose(got, want, **EXACT)


@every_kind
def test_a_step_without_a_state_starts_from_zeros(kind):
    cell, x, _, _ = drawn((kind, False, False, 1, 5))
    np.testing.assert_array_equal(cell.step(x[0])[0], cell.step(x[0], cell.zero_state(5))[0])


@every_kind
def test_the_last_state_is_a_copy(kind):
    cell, x, _, _ = drawn((kind, True, False, 7, 1))
    a, tape = cell.forward(x)
    for part in state_parts(tape.state):
        part[...] = 9
    np.testing.assert_array_equal(a, cell.forward(x)[0])
    np.testing.assert_array_equal(tape.a, a)


def copies(values):
    return [np.array(value) for value in values]


@pytest.mark.parametrize("tokens", [False, True], ids=["floats", "tokens"])
@every_kind
def test_inputs_are_never_changed(kind, tokens):
    cell, x, state, rng = drawn((kind, tokens, True, 7, 5))
    da = rng.normal(size=(7, N_A, 5))
    dstate = random_state(cell, 5, rng)
    held = [x, da, *state_parts(state), *state_parts(dstate), *cell.params.values()]
    before = copies(held)
    a, tape = cell.forward(x, state)
    a_before = a.copy()
    cell.backward(da, tape, dstate)
    for now, then in zip(held, before, strict=True):
        np.testing.assert_array_equal(now, then)
    np.testing.assert_array_equal(a, a_before)


@every_kind
def test_read_only_and_oddly_laid_out_inputs_work(kind):
    cell, x, state, rng = drawn((kind, False, True, 7, 5))
    da = rng.normal(size=(7, N_A, 5))
    a, tape = cell.forward(x, state)
    dx, _, grads = cell.backward(da, tape)
    odd = [np.asfortranarray(v) for v in (x, da, *state_parts(state))]
    for v in odd:
        v.flags.writeable = False
    odd_state = tuple(odd[2:]) if isinstance(state, tuple) else odd[2]
    odd_a, odd_tape = cell.forward(odd[0], odd_state)
    odd_dx, _, odd_grads = cell.backward(odd[1], odd_tape)
    np.testing.assert_allclose(odd_a, a, **EXACT)
    np.testing.assert_allclose(odd_dx, dx, **EXACT)
    for name in grads:
        np.testing.assert_allclose(odd_grads[name], grads[name], **EXACT)


def test_reset_before_and_after_the_product_are_different_functions():
    before = random_cell("gru_before", N_X, N_A, np.random.default_rng(0))
    after = GRUCell(N_X, N_A, reset="after", rng=0)
    after.set(**before.params)
    x = random_x(False, 7, N_X, 5, np.random.default_rng(1))
    start = random_state(before, 5, np.random.default_rng(2))
    assert np.abs(before.forward(x, start)[0] - after.forward(x, start)[0]).max() > 1e-3


# -- backward ----------------------------------------------------------------------------------


def gradient_check(case, method, tolerance):
    """Compare every entry of every gradient with one that needs no calculus.

    The loss weighs every a⟨t⟩, and with a start state also the last state, with random numbers.
    """
    kind, tokens, started, T, m = case
    cell, x, state, rng = drawn(case)
    weights = rng.normal(size=(T, N_A, m))
    dstate = random_state(cell, m, rng) if started else None
    start = cell.zero_state(m) if state is None else state
    _, tape = cell.forward(x, state)
    dx, dstart, grads = cell.backward(weights, tape, dstate)

    params = cell.params | {f"state{i}": s for i, s in enumerate(state_parts(start))}
    grads = grads | {f"state{i}": s for i, s in enumerate(state_parts(dstart))}
    if tokens:
        assert dx is None
    else:
        params, grads = params | {"x": x}, grads | {"x": dx}
    twin = KINDS[kind](N_X, N_A, dtype=complex if method == "complex" else float, rng=0)

    def loss(p):
        twin.set(**{name: p[name] for name in twin.params})
        s = (p["state0"], p["state1"]) if "state1" in p else p["state0"]
        a, tape = twin.forward(x if tokens else p["x"], s)
        value = (weights * a).sum()
        if dstate is not None:
            ends = zip(state_parts(dstate), state_parts(tape.state), strict=True)
            value += sum((d * end).sum() for d, end in ends)
        return value

    found = check_gradients(loss, params, grads, method=method, tolerance=tolerance)
    assert found.ok, f"\n{found}"
    # Nothing passes by being 0, except Waa when all it was multiplied with is a⟨0⟩ = 0.
    zero = {name for name, g in grads.items() if np.linalg.norm(g) < 1e-6}
    assert zero == ({"Waa"} if T == 1 and not started else set())


@every_case
def test_gradients_agree_with_central_differences(case):
    gradient_check(case, "central", 1e-7)


analytic_cases = [case for case in CASES if case[0] != "rnn_relu" and case[3] < 40]


@pytest.mark.parametrize("case", analytic_cases, ids=name_of)
def test_gradients_agree_with_the_complex_step(case):
    gradient_check(case, "complex", 1e-13)


@every_kind
def test_the_order_of_backwards_does_not_matter_and_no_tape_touches_another(kind):
    cell, x, state, rng = drawn((kind, False, True, 7, 5))
    da = rng.normal(size=(7, N_A, 5))
    tapes = [cell.forward(x, state)[1] for _ in range(2)]
    first, second = (cell.backward(da, tape) for tape in reversed(tapes))
    np.testing.assert_array_equal(first[0], second[0])
    for name in first[2]:
        np.testing.assert_array_equal(first[2][name], second[2][name])


@every_kind
def test_backward_is_linear_in_da(kind):
    cell, x, state, rng = drawn((kind, False, True, 7, 5))
    one, two = rng.normal(size=(2, 7, N_A, 5))

    def backward(da):
        return cell.backward(da, cell.forward(x, state)[1])[2]

    sums, parts = backward(one + 2 * two), (backward(one), backward(two))
    for name in sums:
        np.testing.assert_allclose(sums[name], parts[0][name] + 2 * parts[1][name], atol=1e-11)


def test_an_exploded_gradient_passes_through_backward():
    cell = RNNCell(2, 3, rng=0)
    _, tape = cell.forward([[0], [1]])
    with np.errstate(invalid="ignore"):
        _, dstate, grads = cell.backward(np.full((2, 3, 1), np.inf), tape, np.full((3, 1), np.inf))
    assert not np.isfinite(grads["Waa"]).all()
    assert not np.isfinite(dstate).all()


# -- properties --------------------------------------------------------------------------------


@property_test
@given(kinds, st.booleans(), short, st.integers(2, 4), seeds)
def test_examples_do_not_influence_each_other(kind, tokens, T, m, seed):
    rng = np.random.default_rng(seed)
    cell = random_cell(kind, N_X, N_A, rng)
    x, state = random_x(tokens, T, N_X, m, rng), random_state(cell, m, rng)
    da = rng.normal(size=(T, N_A, m))
    a, tape = cell.forward(x, state)
    dx, dstate, grads = cell.backward(da, tape)
    total = dict.fromkeys(grads, 0)
    for k in range(m):
        one = tuple(s[:, k : k + 1] for s in state_parts(state))
        alone, tape = cell.forward(x[..., k : k + 1], one if len(one) == 2 else one[0])
        np.testing.assert_allclose(alone[..., 0], a[..., k], **EXACT)
        dx_alone, dstate_alone, grads_alone = cell.backward(da[..., k : k + 1], tape)
        if not tokens:
            np.testing.assert_allclose(dx_alone[..., 0], dx[..., k], **EXACT)
        for got, want in zip(state_parts(dstate_alone), state_parts(dstate), strict=True):
            np.testing.assert_allclose(got[:, 0], want[:, k], **EXACT)
        total = {name: total[name] + grads_alone[name] for name in grads}
    for name in grads:
        np.testing.assert_allclose(total[name], grads[name], rtol=0, atol=1e-11)


@property_test
@given(kinds, st.booleans(), st.integers(2, 7), st.data(), seeds)
def test_a_sequence_may_be_read_in_two_parts(kind, tokens, T, data, seed):
    """Forward by carrying the state, and backward by carrying its gradient."""
    rng = np.random.default_rng(seed)
    cell = random_cell(kind, N_X, N_A, rng)
    x, state = random_x(tokens, T, N_X, 3, rng), random_state(cell, 3, rng)
    da = rng.normal(size=(T, N_A, 3))
    cut = data.draw(st.integers(1, T - 1))
    a, tape = cell.forward(x, state)
    first, tape_1 = cell.forward(x[:cut], state)
    second, tape_2 = cell.forward(x[cut:], tape_1.state)
    np.testing.assert_allclose(np.concatenate([first, second]), a, **EXACT)

    _, dstate, grads = cell.backward(da, tape)
    _, carried, grads_2 = cell.backward(da[cut:], tape_2)
    _, dstate_1, grads_1 = cell.backward(da[:cut], tape_1, carried)
    for got, want in zip(state_parts(dstate_1), state_parts(dstate), strict=True):
        np.testing.assert_allclose(got, want, rtol=0, atol=1e-11)
    for name in grads:
        np.testing.assert_allclose(grads_1[name] + grads_2[name], grads[name], rtol=0, atol=1e-11)


@property_test
@given(kinds, st.booleans(), short, st.permutations(range(N_A)), seeds)
def test_the_order_of_hidden_units_is_only_naming(kind, tokens, T, order, seed):
    rng = np.random.default_rng(seed)
    cell = random_cell(kind, N_X, N_A, rng)
    x, state = random_x(tokens, T, N_X, 3, rng), random_state(cell, 3, rng)
    renamed = KINDS[kind](N_X, N_A, rng=0)
    rows = np.concatenate([np.array(order) + g * N_A for g in range(len(cell.rows))])
    renamed.params["Waa"][...] = cell.params["Waa"][rows][:, order]
    renamed.params["Wax"][...] = cell.params["Wax"][rows]
    renamed.params["ba"][...] = cell.params["ba"][rows]
    moved = tuple(s[order] for s in state_parts(state))
    a, _ = cell.forward(x, state)
    a_renamed, _ = renamed.forward(x, moved if len(moved) == 2 else moved[0])
    np.testing.assert_allclose(a_renamed, a[:, order], **EXACT)


@property_test
@given(kinds, short, st.integers(1, 4), seeds)
def test_tokens_are_one_hot_columns(kind, T, m, seed):
    rng = np.random.default_rng(seed)
    cell = random_cell(kind, 4, N_A, rng)
    x, state = rng.integers(4, size=(T, m)), random_state(cell, m, rng)
    da = rng.normal(size=(T, N_A, m))
    a, tape = cell.forward(x, state)
    a_hot, tape_hot = cell.forward(one_hot(x, 4), state)
    np.testing.assert_allclose(a, a_hot, **EXACT)
    _, dstate, grads = cell.backward(da, tape)
    _, dstate_hot, grads_hot = cell.backward(da, tape_hot)
    for got, want in zip(state_parts(dstate), state_parts(dstate_hot), strict=True):
        np.testing.assert_allclose(got, want, **EXACT)
    for name in grads:
        np.testing.assert_allclose(grads[name], grads_hot[name], **EXACT)


# -- float32 -----------------------------------------------------------------------------------


@pytest.mark.parametrize("tokens", [False, True], ids=["floats", "tokens"])
@pytest.mark.parametrize("started", [False, True], ids=["zero", "started"])
@every_kind
def test_float32_stays_float32(kind, tokens, started):
    rng = np.random.default_rng(5)
    cell = random_cell(kind, N_X, N_A, rng, dtype=np.float32)
    x = random_x(tokens, 7, N_X, 5, rng)  # float64, as is the state: both are cast
    state = random_state(cell, 5, rng) if started else None
    a, tape = cell.forward(x, state)
    kept = [tape.a, tape.gates, tape.c, tape.tanh_c, tape.product]
    arrays = [a, *(v for v in kept if v is not None)]
    arrays += [*state_parts(tape.start), *state_parts(tape.state), *cell.params.values()]
    arrays += [] if tokens else [tape.x]
    dx, dstate, grads = cell.backward(rng.normal(size=a.shape), tape, state)
    arrays += [*state_parts(dstate), *grads.values(), *([] if tokens else [dx])]
    a_t, state_t = cell.step(x[0], state)
    arrays += [a_t, *state_parts(state_t)]
    assert {v.dtype for v in arrays} == {np.dtype(np.float32)}

    exact = KINDS[kind](N_X, N_A, rng=0)
    exact.set(**{name: v.astype(float) for name, v in cell.params.items()})
    np.testing.assert_allclose(a, exact.forward(x, state)[0], rtol=0, atol=1e-5)


# -- how the parameters start ------------------------------------------------------------------


@every_kind
def test_parameters_have_the_shapes_of_the_contract(kind):
    cell = KINDS[kind](5, 4, rng=0)
    n_gates = {"rnn": 1, "gru": 3, "lst": 4}[kind[:3]]
    shapes = {name: value.shape for name, value in cell.params.items()}
    assert isinstance(cell.params, dict)
    assert shapes == {"Waa": (n_gates * 4, 4), "Wax": (n_gates * 4, 5), "ba": (n_gates * 4, 1)}
    assert all(type(v) is np.ndarray and v.dtype == np.float64 for v in cell.params.values())


@every_kind
def test_a_seed_gives_the_same_cell_and_another_seed_another(kind):
    one, same, other = (KINDS[kind](5, 4, rng=seed).params["Waa"] for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert np.abs(one - other).max() > 0.1
    given_rng = KINDS[kind](5, 4, rng=np.random.default_rng(1)).params["Waa"]
    np.testing.assert_array_equal(one, given_rng)


@every_kind
def test_each_gate_starts_with_its_own_matrix(kind):
    cell = KINDS[kind](5, 4, recurrent_start="orthogonal", rng=0)
    blocks = cell.params["Waa"].reshape(len(cell.rows), 4, 4)
    for i, block in enumerate(blocks):
        np.testing.assert_allclose(block.T @ block, np.eye(4), atol=1e-12)
        assert all(np.abs(block - other).max() > 1e-3 for other in blocks[:i])
    eyes = KINDS[kind](5, 4, recurrent_start="identity", rng=0).params["Waa"]
    np.testing.assert_array_equal(eyes, np.vstack([np.eye(4)] * len(cell.rows)))
    uniform = KINDS[kind](50, 40, recurrent_start="uniform", rng=0).params["Waa"]
    limit = np.sqrt(6 / 80)
    assert 0.95 * limit < np.abs(uniform).max() <= limit


def test_scaled_uniform_fills_its_range():
    w = scaled_uniform(30, 70, np.random.default_rng(0))
    limit = np.sqrt(6 / 100)
    assert w.shape == (30, 70)
    assert -limit <= w.min() < -0.99 * limit
    assert 0.99 * limit < w.max() <= limit
    assert abs(w.mean()) < 0.05 * limit


def test_orthogonal_matrices_have_both_signs_of_determinant():
    rng = np.random.default_rng(0)
    signs = {round(float(np.linalg.det(orthogonal(3, rng)))) for _ in range(20)}
    assert signs == {-1, 1}


def test_only_the_forget_gate_has_a_bias_at_the_start():
    ba = LSTMCell(5, 4, forget_bias=2.5, rng=0).params["ba"][:, 0]
    np.testing.assert_array_equal(ba, np.repeat([0, 0, 2.5, 0], 4))
    np.testing.assert_array_equal(
        LSTMCell(5, 4, rng=0).params["ba"][:, 0], np.repeat([0, 0, 1.0, 0], 4)
    )
    for kind in ("rnn_tanh", "gru_before"):
        assert not KINDS[kind](5, 4, rng=0).params["ba"].any()


def test_the_update_bias_of_a_gru_is_the_bias_itself():
    ba = GRUCell(5, 4, update_bias=-3.0, rng=0).params["ba"][:, 0]
    np.testing.assert_array_equal(ba, np.repeat([-3.0, 0, 0], 4))
    with rejects(ValueError, "update_bias must be a finite number", "got inf"):
        GRUCell(5, 4, update_bias=np.inf, rng=0)


@every_kind
def test_a_block_holds_the_rows_of_one_gate(kind):
    cell, x, _, _ = drawn((kind, False, False, 7, 5))
    blocks = [cell.block(gate) for gate in cell.rows]
    assert [(b.start, b.stop) for b in blocks] == [(i * 3, i * 3 + 3) for i in range(len(blocks))]
    assert len(cell.params["Waa"]) == 3 * len(blocks)
    with rejects(ValueError, "name must be one of", cell.rows[0], "got 'input'"):
        cell.block("input")
    assert GRUCell.rows == ("update", "reset", "candidate")
    assert LSTMCell.rows == ("candidate", "update", "forget", "output")


@every_kind
def test_options_are_given_by_name(kind):
    with pytest.raises(TypeError, match="positional"):
        type(KINDS[kind](2, 3, rng=0))(2, 3, 0)


def test_a_cell_prints_its_kind_and_sizes():
    assert repr(LSTMCell(5, 4, dtype=np.float32, rng=0)) == "LSTMCell(n_x=5, n_a=4, dtype=float32)"


# -- what gets said about eigenvalues ----------------------------------------------------------


def jacobian(cell, x, start):
    """∂a⟨T⟩/∂a⟨0⟩, row by row, from backward."""
    n_a, T = cell.n_a, len(x)
    rows = []
    for i in range(n_a):
        da = np.zeros((T, n_a, 1))
        da[-1, i] = 1
        rows.append(cell.backward(da, cell.forward(x, start)[1])[1][:, 0])
    return np.array(rows)


def test_the_jacobian_through_time_is_a_matrix_product():
    cell, x, state, _ = drawn(("rnn_tanh", False, True, 7, 1))
    a, _ = cell.forward(x, state)
    expected = np.eye(N_A)
    for a_t in a:
        expected = np.diag(1 - a_t[:, 0] ** 2) @ cell.params["Waa"] @ expected
    np.testing.assert_allclose(jacobian(cell, x, state), expected, atol=1e-13)


def test_a_spectral_radius_of_zero_does_not_stop_a_gradient_from_exploding():
    cell = RNNCell(1, 2, rng=0)
    Waa = 1.5 * np.array([[1.0, -1], [1, -1]])
    assert np.abs(np.linalg.eigvals(Waa)).max() < 1e-6
    fixed = np.array([[0.0], [0.94]])
    cell.params["Waa"][...] = Waa
    cell.params["ba"][...] = np.arctanh(fixed) - Waa @ fixed
    assert np.linalg.norm(jacobian(cell, np.zeros((40, 1, 1)), fixed), 2) > 1e4


def test_a_largest_singular_value_below_one_makes_gradients_vanish():
    cell, x, state, _ = drawn(("rnn_tanh", False, True, 40, 1))
    cell.params["Waa"] *= 0.9  # an orthogonal matrix: every singular value is 0.9 now
    assert np.linalg.norm(jacobian(cell, x, state), 2) <= 0.9**40


# -- bad input ---------------------------------------------------------------------------------

BAD_X = {
    "no time": (np.ones((2,)), ValueError, ["x must be (T, n_x, m) with n_x = 2", "(2,)"]),
    "four axes": (np.ones((1, 1, 2, 1)), ValueError, ["x must be (T, n_x, m)", "(1, 1, 2, 1)"]),
    "wrong n_x": (np.ones((4, 3, 1)), ValueError, ["with n_x = 2", "got (4, 3, 1)"]),
    "float tokens": (np.ones((4, 3)), ValueError, ["tokens (T, m)", "got (4, 3) of float64"]),
    "truth values": (np.ones((4, 3), bool), ValueError, ["tokens (T, m)", "(4, 3) of bool"]),
    "token too high": ([[0, 2]], ValueError, ["x must hold tokens from 0 to 1", "got 2"]),
    "token below 0": ([[0, -1]], ValueError, ["x must hold tokens from 0 to 1", "got -1"]),
    "no tokens": (np.zeros((0, 3), int), ValueError, ["at least one token", "got (0, 3)"]),
    "no floats": (np.zeros((0, 2, 3)), ValueError, ["x must hold at least one", "got (0, 2, 3)"]),
    "no examples": (np.zeros((3, 2, 0)), ValueError, ["x must hold at least one", "(3, 2, 0)"]),
    "an empty list": ([], ValueError, ["x must be (T, n_x, m)", "got (0,)"]),
    "NaN": (np.full((1, 2, 1), np.nan), ValueError, ["finite", "got nan at index (0, 0, 0)"]),
    "infinity": (np.full((1, 2, 1), np.inf), ValueError, ["x must hold finite numbers", "got inf"]),
    "complex": (np.ones((1, 2, 1), complex), TypeError, ["x must hold real", "got complex128"]),
    "ragged": ([[0, 1], [0]], TypeError, ["x must be an array", "rows of unequal length"]),
    "a name": ("rex", TypeError, ["x must hold numbers", "got <U3"]),
    "None": (None, TypeError, ["x must hold numbers", "got object"]),
}


@pytest.mark.parametrize("name", BAD_X)
@every_kind
def test_bad_x_is_explained(kind, name):
    x, error, parts = BAD_X[name]
    with rejects(error, *parts):
        KINDS[kind](2, 3, rng=0).forward(x)


BAD_X_T = {
    "floats without m": (np.ones(2), ValueError, ["x_t must be (n_x, m) with n_x = 2", "(2,)"]),
    "one number": (1, ValueError, ["x_t must be (n_x, m) with n_x = 2", "got ()"]),
    "a sequence": (np.ones((4, 2, 1)), ValueError, ["x_t must be (n_x, m)", "got (4, 2, 1)"]),
    "wrong n_x": (np.ones((3, 1)), ValueError, ["(n_x, m) with n_x = 2", "got (3, 1)"]),
    "token too high": ([0, 5], ValueError, ["x_t must hold tokens from 0 to 1", "got 5"]),
    "NaN": (np.full((2, 1), np.nan), ValueError, ["x_t must hold finite numbers", "got nan"]),
}


@pytest.mark.parametrize("name", BAD_X_T)
@every_kind
def test_bad_x_t_of_a_step_is_explained(kind, name):
    x_t, error, parts = BAD_X_T[name]
    with rejects(error, *parts):
        KINDS[kind](2, 3, rng=0).step(x_t)


BAD_STATE = {
    "wrong m": (np.ones((3, 4)), ValueError, ["must be (n_a, m) with n_a = 3, m = 5", "(3, 4)"]),
    "wrong n_a": (np.ones((2, 5)), ValueError, ["must be (n_a, m) with n_a = 3", "got (2, 5)"]),
    "no m": (np.ones(3), ValueError, ["must be (n_a, m) with n_a = 3, m = 5", "got (3,)"]),
    "NaN": (np.full((3, 5), np.nan), ValueError, ["must hold finite numbers", "got nan"]),
    "text": ("a", TypeError, ["must hold numbers", "got <U1"]),
}


@pytest.mark.parametrize("name", BAD_STATE)
@every_kind
def test_bad_state_is_explained(kind, name):
    state, error, parts = BAD_STATE[name]
    good = np.zeros((3, 5))
    x = np.zeros((2, 5), int)
    if kind != "lstm":
        with rejects(error, "state must", *parts):
            KINDS[kind](2, 3, rng=0).forward(x, state)
        return
    for i, pair in enumerate([(state, good), (good, state)]):
        with rejects(error, f"state[{i}] must", *parts):
            LSTMCell(2, 3, rng=0).forward(x, pair)


@pytest.mark.parametrize(
    "state", [np.zeros((3, 5)), (np.zeros((3, 5)),), "ac", 0, np.zeros((2, 3, 5))]
)
def test_the_state_of_an_lstm_is_a_pair(state):
    got = f"shape {state.shape}" if isinstance(state, np.ndarray) else type(state).__name__
    with rejects(TypeError, "state must be the pair (a, c)", got):
        LSTMCell(2, 3, rng=0).forward(np.zeros((2, 5), int), state)


@pytest.mark.parametrize("kind", ["rnn_tanh", "gru_before"])
def test_a_pair_is_no_state_for_other_cells(kind):
    with rejects(ValueError, "state must be (n_a, m) with n_a = 3, m = 5", "got (2, 3, 5)"):
        KINDS[kind](2, 3, rng=0).forward(
            np.zeros((2, 5), int), (np.zeros((3, 5)), np.zeros((3, 5)))
        )


@pytest.mark.parametrize("masked", [False, True], ids=["whole", "masked"])
@every_kind
def test_a_tape_may_be_walked_back_twice(kind, masked):
    cell, x, state, rng = drawn((kind, False, True, 7, 5))
    mask = np.arange(7)[:, None] < [7, 1, 3, 5, 2] if masked else None
    a, tape = cell.forward(x, state, mask)
    da, dstate = rng.normal(size=a.shape), random_state(cell, 5, rng)
    before = copy.deepcopy(vars(tape))
    first = cell.backward(da, tape, dstate)
    for name, held in vars(tape).items():
        if name != "cell":
            for now, then in zip(state_parts(held), state_parts(before[name]), strict=True):
                np.testing.assert_array_equal(now, then)
    second = cell.backward(da, tape, dstate)
    np.testing.assert_array_equal(first.dx, second.dx)
    for now, then in zip(state_parts(first.dstate), state_parts(second.dstate), strict=True):
        np.testing.assert_array_equal(now, then)
    for name, g in first.grads.items():
        np.testing.assert_array_equal(g, second.grads[name])


@every_kind
def test_da_of_the_wrong_shape_is_explained(kind):
    cell = KINDS[kind](2, 3, rng=0)
    a, tape = cell.forward(np.zeros((4, 5), int))
    for bad in (a[:1], a[:, :2], a[..., :1], "a"):
        with pytest.raises((ValueError, TypeError), match="^da must"):
            cell.backward(bad, tape)
    with rejects(ValueError, "da must be (T, n_a, m) with T = 4, n_a = 3, m = 5", "got (3, 5)"):
        cell.backward(np.ones((3, 5)), tape)


@every_kind
def test_dstate_of_the_wrong_shape_is_explained(kind):
    cell = KINDS[kind](2, 3, rng=0)
    a, tape = cell.forward(np.zeros((4, 5), int))
    bad = np.ones((3, 1))
    with rejects(ValueError, "dstate", "must be (n_a, m) with n_a = 3, m = 5", "got (3, 1)"):
        cell.backward(a, tape, (bad, bad) if kind == "lstm" else bad)


@every_kind
def test_the_tape_must_be_this_cells_own(kind):
    cell, other = KINDS[kind](2, 3, rng=0), KINDS[kind](2, 4, rng=0)
    a, tape = other.forward(np.zeros((2, 5), int))
    with rejects(ValueError, "tape must come from this cell's forward", repr(other)):
        cell.backward(a, tape)
    with rejects(TypeError, "tape must be a tape from forward", "got an array of shape (2, 4, 5)"):
        cell.backward(tape, a)
    assert isinstance(tape, Tape)


@every_kind
def test_bad_sizes_and_options_are_explained(kind):
    make = KINDS[kind]
    with rejects(ValueError, "n_a must be 1 or more", "got 0"):
        make(2, 0, rng=0)
    with rejects(TypeError, "n_x must be a whole number", "got 2.5"):
        make(2.5, 3, rng=0)
    with rejects(ValueError, "dtype must be float32, float64 or complex128", "got 'int'"):
        make(2, 3, dtype="int", rng=0)
    with rejects(
        ValueError, "recurrent_start must be one of orthogonal, identity, uniform", "'eye'"
    ):
        make(2, 3, recurrent_start="eye", rng=0)
    for bad in ("zero", None):
        with rejects(TypeError, "rng must be a numpy.random.Generator or a seed", f"got {bad!r}"):
            make(2, 3, rng=bad)
    with pytest.raises(TypeError, match="rng"):
        make(2, 3)


def test_an_unknown_activation_reset_or_forget_bias_is_explained():
    with rejects(ValueError, "activation must be one of tanh, relu", "got 'sigmoid'"):
        RNNCell(2, 3, activation="sigmoid", rng=0)
    with rejects(ValueError, "reset must be one of before, after", "got 'tanh'"):
        GRUCell(2, 3, reset="tanh", rng=0)
    with rejects(TypeError, "forget_bias must be a number", "got Generator"):
        LSTMCell(2, 3, forget_bias=np.random.default_rng(0), rng=0)
    with rejects(ValueError, "forget_bias must be a finite number", "got nan"):
        LSTMCell(2, 3, forget_bias=np.nan, rng=0)


def test_the_shared_part_is_no_cell_by_itself():
    cell = Cell(2, 3, rng=0)
    for call in (lambda: cell.forward([[0]]), lambda: cell.backward(None, None)):
        with pytest.raises(NotImplementedError):
            call()
