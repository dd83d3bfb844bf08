"""The linear recurrence by loop and by scans, and its cell, against the equation written out."""

from itertools import product

import numpy as np
import pytest
from helpers import rejects
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_helpers import scan
from rnn_helpers.cells import GRUCell, Tape
from rnn_helpers.gradients import check_gradients, reach
from rnn_helpers.models import SequenceModel
from rnn_helpers.scan import (
    SCANS,
    LinearCell,
    by_chunks,
    by_doubling,
    by_loop,
    compose,
    total_derivative,
)

every_scan = pytest.mark.parametrize("run", SCANS.values(), ids=SCANS.keys())
every_method = pytest.mark.parametrize("method", SCANS)
LENGTHS = (1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 31, 100)
EXACT = {"rtol": 0, "atol": 1e-12}


def literal(lam, u, start):
    """a⟨t⟩ = λ⟨t⟩ * a⟨t-1⟩ + u⟨t⟩, entry by entry."""
    a = np.empty_like(u)
    for t, i, j in np.ndindex(u.shape):
        a[t, i, j] = lam[t, i, j] * (start[i, j] if t == 0 else a[t - 1, i, j]) + u[t, i, j]
    return a


def drawn(T, n=3, m=2, seed=0, dtype=float):
    rng = np.random.default_rng([seed, T])
    lam, u, start = (
        rng.uniform(-1, 1, (T, n, m)),
        rng.normal(size=(T, n, m)),
        rng.normal(size=(n, m)),
    )
    return lam.astype(dtype), u.astype(dtype), start.astype(dtype)


# -- two steps as one --------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
def test_two_steps_joined_take_a_state_where_the_two_take_it(dtype):
    lam, u, start = drawn(2, dtype=dtype)
    kept, added = compose(lam[0], u[0], lam[1], u[1])
    assert kept.dtype == added.dtype == dtype
    expected = literal(lam, u, start)[-1]
    np.testing.assert_allclose(kept * start + added, expected, rtol=1e-6, atol=1e-6)


def test_joining_is_associative_and_does_not_commute():
    lam, u, _ = drawn(3)
    one, two, three = zip(lam, u)
    left = compose(*compose(*one, *two), *three)
    np.testing.assert_allclose(left, compose(*one, *compose(*two, *three)), **EXACT)
    assert np.abs(compose(*one, *two)[1] - compose(*two, *one)[1]).max() > 0.1


def test_joining_refuses_what_does_not_fit_in_a_sentence():
    lam, u, _ = drawn(2)
    with rejects(ValueError, "u_2", "n = 3", "(2, 3)"):
        compose(lam[0], u[0], lam[1], u[1].T)
    with rejects(ValueError, "lam_1 must be (n, m)", "(2, 3, 2)"):
        compose(lam, u[0], lam[1], u[1])
    with rejects(TypeError, "u_1 must hold numbers"):
        compose(lam[0], np.full(u[0].shape, "a"), lam[1], u[1])
    ones = np.ones((2, 3), int)
    assert all(part.dtype == float for part in compose(ones, ones, ones, ones))


# -- the scans ---------------------------------------------------------------------------------


@every_scan
@pytest.mark.parametrize("T", LENGTHS)
def test_every_method_gives_the_numbers_of_the_equation(run, T):
    lam, u, start = drawn(T)
    np.testing.assert_allclose(run(lam, u, start), literal(lam, u, start), **EXACT)
    np.testing.assert_allclose(run(lam, u), literal(lam, u, np.zeros_like(start)), **EXACT)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(T=st.integers(1, 70), size=st.integers(1, 80), n=st.integers(1, 3), m=st.integers(1, 3))
def test_chunks_of_any_size_give_the_same(T, size, n, m):
    lam, u, start = drawn(T, n, m)
    np.testing.assert_allclose(by_chunks(lam, u, start, size), literal(lam, u, start), **EXACT)


@every_scan
def test_factors_of_0_and_1_are_no_special_case(run):
    lam, u, start = drawn(20)
    lam = np.where(lam > 0.3, 1.0, np.where(lam < -0.3, 0.0, lam))
    assert (lam == 0).any() and (lam == 1).any()
    np.testing.assert_allclose(run(lam, u, start), literal(lam, u, start), **EXACT)


@every_scan
def test_a_long_sequence_neither_overflows_nor_underflows(run):
    T = 5000
    lam, u = np.full((T, 1, 1), 0.5), np.ones((T, 1, 1))
    a = run(lam, u)
    assert np.isfinite(a).all()
    assert a[-1, 0, 0] == pytest.approx(2.0, abs=1e-12)  # the sum 1 + 1/2 + 1/4 + …


@every_scan
def test_no_input_is_changed_and_the_result_is_new(run):
    given_arrays = drawn(9)
    copies = [each.copy() for each in given_arrays]
    a = run(*given_arrays)
    a[...] = 7
    for each, copy in zip(given_arrays, copies, strict=True):
        np.testing.assert_array_equal(each, copy)


@every_scan
def test_views_that_run_backwards_are_read_as_they_are(run):
    lam, u, start = drawn(13)
    expected = literal(lam[::-1].copy(), u[::-1].copy(), start)
    np.testing.assert_allclose(run(lam[::-1], u[::-1], start), expected, **EXACT)


@every_scan
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
def test_the_dtype_is_kept(run, dtype):
    assert run(*drawn(11, dtype=dtype)).dtype == dtype


@every_scan
def test_whole_numbers_are_read_as_floats(run):
    ones = np.ones((3, 1, 1), int)
    for lam in (np.full((3, 1, 1), 2.0), np.full((3, 1, 1), 2)):
        a = run(lam, ones)
        assert a.ravel().tolist() == [1, 3, 7] and a.dtype == float
    assert total_derivative(2 * ones, ones).ravel().tolist() == [7, 3, 1]
    assert total_derivative([[[2]]] * 3, [[[1]]] * 3, [[4]]).ravel().tolist() == [23, 11, 5]


@every_scan
def test_numbers_that_are_not_finite_pass_to_where_they_act(run):
    """Something that has exploded is to be measured, not refused."""
    lam, u, _ = drawn(6)
    u[2, 0, 0] = np.inf
    with np.errstate(invalid="ignore"):
        a = run(np.abs(lam), u)
    assert np.isfinite(a[:2]).all() and np.isposinf(a[2:, 0, 0]).all()
    assert np.isfinite(a[:, 1:]).all()
    joined = compose(lam[0], u[2], lam[1], u[1])[1]
    assert np.isinf(joined[0, 0]) and np.isfinite(joined[1:]).all()
    u[2, 0, 0], lam[3, 1, 1] = 1, np.inf
    with np.errstate(invalid="ignore"):
        a, g = run(lam, u), total_derivative(lam, u)
    assert np.argwhere(~np.isfinite(a[3])).tolist() == [[1, 1]]
    assert np.isinf(g[2, 1, 1])


def test_doubling_overflows_where_the_loop_does_not_as_its_docstring_says():
    lam, u = np.full((1100, 1, 1), 2.0), np.zeros((1100, 1, 1))
    assert not by_loop(lam, u).any()
    with np.errstate(over="ignore", invalid="ignore"):
        assert np.isnan(by_doubling(lam, u)).any()


@every_scan
def test_bad_input_is_refused_in_a_sentence(run):
    lam, u, start = drawn(4)
    with rejects(ValueError, "lam", "T = 4", "(3, 3, 2)"):
        run(lam[:3], u)
    with rejects(ValueError, "u must be (T, n, m)", "(3, 2)"):
        run(lam, u[0])
    with rejects(ValueError, "start", "n = 3", "(2, 3)"):
        run(lam, u, start.T)
    with rejects(TypeError, "u must hold numbers"):
        run(lam, np.full(u.shape, "a"))
    with rejects(ValueError, "u must hold at least one entry"):
        run(lam[:0], u[:0])


def test_a_chunk_has_a_size():
    lam, u, _ = drawn(4)
    with rejects(ValueError, "size must be 1 or more, got 0"):
        by_chunks(lam, u, size=0)


def count_operations(monkeypatch, run, T):
    """Run a scan on arrays that count the operations done on them and the numbers made."""
    counted = []

    class Counting(np.ndarray):
        def __array_ufunc__(self, ufunc, method, *inputs, out=None, **more):
            plain = [np.asarray(each) for each in inputs]
            target = tuple(np.asarray(each) for each in out) if out else None
            result = getattr(ufunc, method)(*plain, **({"out": target} if out else {}), **more)
            counted.append(result.size)
            return out[0] if out else result.view(Counting)

    lam, u, start = drawn(T, 1, 1)
    arrays = tuple(each.view(Counting) for each in (lam, u, start))
    monkeypatch.setattr(scan, "_read", lambda *given: arrays)
    run(*arrays)
    return len(counted), sum(counted)


def test_scans_take_fewer_and_longer_operations_and_doubling_more_work(monkeypatch):
    T = 1024
    loop = count_operations(monkeypatch, by_loop, T)
    doubling = count_operations(monkeypatch, by_doubling, T)
    assert loop == (2 * T, 2 * T)
    assert 2 * 10 <= doubling[0] <= 4 * 10  # 10 rounds of about three operations
    assert 2.5 < doubling[1] / T / 10 < 3.1  # about three numbers a step and round


# -- the way back ------------------------------------------------------------------------------


@every_method
@pytest.mark.parametrize("T", [1, 2, 6, 17])
def test_the_total_derivative_follows_its_equation(method, T):
    lam, da, dstate = drawn(T)
    g, after = np.empty_like(da), dstate
    for t in reversed(range(T)):
        g[t] = da[t] + after
        after = lam[t] * g[t]
    np.testing.assert_allclose(total_derivative(lam, da, dstate, method), g, **EXACT)


@every_method
def test_the_total_derivative_is_the_derivative(method):
    lam, u, start = drawn(6)
    da, dstate, _ = drawn(6, seed=1)
    dstate = dstate[0]
    g = total_derivative(lam, da, dstate, method)
    before = np.concatenate([start[None], by_loop(lam, u, start)[:-1]])
    given_grads = {"u": g, "lam": g * before, "start": lam[0] * g[0]}

    def loss(p):
        a = literal(p["lam"], p["u"], p["start"])
        return (da * a).sum() + (dstate * a[-1]).sum()

    params = {"u": u, "lam": lam, "start": start}
    check = check_gradients(loss, params, given_grads, "complex", 1e-12)
    assert check.ok, check


# -- the cell ----------------------------------------------------------------------------------

T, N_X, N_A, M = 7, 3, 4, 2
CASES = list(product(SCANS, (False, True), (False, True)))
every_case = pytest.mark.parametrize(
    ("method", "tokens", "masked"),
    CASES,
    ids=[f"{r}-{'tokens' if k else 'floats'}-{'masked' if q else 'whole'}" for r, k, q in CASES],
)
MASK = np.arange(T)[:, None] < np.array([5, T])


def linear(method="loop", seed=0, **more):
    rng = np.random.default_rng(seed)
    cell = LinearCell(N_X, N_A, scan=method, rng=rng, **more)
    for value in cell.params.values():
        value[...] = rng.normal(0.1, 0.8, value.shape)
    return cell, rng


def logistic(z):
    return 1 / (1 + np.exp(-z))


def literal_cell(p, x, a):
    """The docstring's equations; x is (T, n_x, m)."""
    n, states = N_A, []
    for x_t in x:
        update = logistic(p["Wax"][:n] @ x_t + p["ba"][:n])
        candidate = np.tanh(p["Wax"][n:] @ x_t + p["ba"][n:])
        a = update * candidate + (1 - update) * a
        states.append(a)
    return np.array(states)


def some_x(tokens, rng):
    x = rng.integers(N_X, size=(T, M)) if tokens else rng.normal(size=(T, N_X, M))
    columns = (np.arange(N_X)[:, None] == x[:, None, :]).astype(float) if tokens else x
    return x, columns


@every_case
def test_forward_follows_the_equations(method, tokens, masked):
    cell, rng = linear(method)
    (x, columns), start = some_x(tokens, rng), rng.normal(size=(N_A, M))
    a, tape = cell.forward(x, start, MASK if masked else None)
    expected = literal_cell(cell.params, columns, start)
    np.testing.assert_allclose(a, expected, **EXACT)
    ends = MASK.sum(axis=0) - 1 if masked else [T - 1, T - 1]
    last = np.stack([expected[end, :, j] for j, end in enumerate(ends)], axis=1)
    np.testing.assert_allclose(tape.state, last, **EXACT)


@every_case
def test_every_gradient_equals_the_complex_step(method, tokens, masked):
    cell, rng = linear(method)
    (x, columns), start = some_x(tokens, rng), rng.normal(size=(N_A, M))
    da, dstate = rng.normal(size=(T, N_A, M)), rng.normal(size=(N_A, M))
    _, tape = cell.forward(x, start, MASK if masked else None)
    dx, dstart, grads = cell.backward(da.copy(), tape, dstate.copy())
    ends = MASK.sum(axis=0) - 1 if masked else [T - 1, T - 1]

    def loss(p):
        a = literal_cell(p, p["x"], p["start"])
        at_ends = sum((dstate[:, j] * a[end, :, j]).sum() for j, end in enumerate(ends))
        return (da * a).sum() + at_ends

    assert (dx is None) == tokens
    params = cell.params | {"start": start, "x": columns}
    found = grads | {"start": dstart}
    if tokens:  # a token has no gradient: x is held fixed
        whole = loss
        params.pop("x")

        def loss(p):
            return whole(p | {"x": columns})
    else:
        found["x"] = dx
    check = check_gradients(loss, params, found, "complex", 1e-12)
    assert check.ok, check


def test_the_roads_train_to_the_same_weights():
    models = [SequenceModel(linear(method, seed=2)[0], 5, rng=2) for method in SCANS]
    x, y = (np.random.default_rng(1).integers(k, size=(40, M)) for k in (N_X, 5))
    found = [model.loss_and_grads(x, y) for model in models]
    for loss, grads, _ in found[1:]:
        assert loss == pytest.approx(found[0][0], abs=1e-13)
        for name, value in grads.items():
            np.testing.assert_allclose(value, found[0][1][name], **EXACT)


def test_it_is_a_gru_whose_gate_does_not_see_the_state():
    cell, rng = linear()
    gru = GRUCell(N_X, N_A, rng=0)
    gru.params["Waa"][...] = 0
    for name in ("Wax", "ba"):
        update, candidate = np.split(cell.params[name], 2)
        gru.params[name][...] = np.vstack([update, np.zeros_like(update), candidate])
    x = rng.normal(size=(T, N_X, M))
    np.testing.assert_allclose(cell.forward(x)[0], gru.forward(x)[0], **EXACT)


def test_two_halves_in_a_row_equal_the_whole():
    cell, rng = linear("chunks")
    x, start = rng.normal(size=(T, N_X, M)), rng.normal(size=(N_A, M))
    whole, _ = cell.forward(x, start)
    first, tape = cell.forward(x[:3], start)
    second, _ = cell.forward(x[3:], tape.state)
    np.testing.assert_allclose(np.concatenate([first, second]), whole, **EXACT)
    np.testing.assert_allclose(cell.step(x[0], start)[0], whole[0], **EXACT)


def test_reach_is_the_product_of_what_is_kept():
    cell, rng = linear("doubling")
    x = rng.normal(size=(T, N_X, 1))
    n = N_A
    keep = 1 - logistic(cell.params["Wax"][:n] @ x + cell.params["ba"][:n])  # (T, n_a, 1)
    expected = [1.0] + [keep[T - lag :].prod(axis=0).max() for lag in range(1, T + 1)]
    np.testing.assert_allclose(reach(cell, x), expected, **EXACT)


def test_float32_stays_float32_everywhere():
    cell = LinearCell(N_X, N_A, scan="doubling", rng=1, dtype=np.float32)
    x = np.random.default_rng(0).normal(size=(T, N_X, M)).astype(np.float32)
    a, tape = cell.forward(x)
    dx, dstart, grads = cell.backward(np.ones_like(a), tape)
    arrays = [a, tape.state, dx, dstart, *grads.values(), *cell.params.values()]
    assert {each.dtype for each in arrays} == {np.dtype(np.float32)}


def test_parameters_and_update_bias():
    cell = LinearCell(N_X, N_A, update_bias=-3.0, rng=0)
    shapes = {name: value.shape for name, value in cell.params.items()}
    assert shapes == {"Wax": (2 * N_A, N_X), "ba": (2 * N_A, 1)}
    assert (cell.params["ba"].ravel() == [-3.0] * N_A + [0.0] * N_A).all()


def test_forward_and_backward_change_nothing():
    cell, rng = linear()
    x, start = rng.normal(size=(T, N_X, M)), rng.normal(size=(N_A, M))
    copies = x.copy(), start.copy()
    a, tape = cell.forward(x, start)
    da = np.ones_like(a)
    first, second = cell.backward(da, tape), cell.backward(da, tape)
    np.testing.assert_array_equal(first.dx, second.dx)
    np.testing.assert_array_equal(x, copies[0])
    np.testing.assert_array_equal(start, copies[1])
    assert (da == 1).all() and isinstance(tape, Tape)


def test_bad_settings_are_refused():
    with rejects(ValueError, "scan must be one of loop, doubling, chunks", "'tree'"):
        LinearCell(N_X, N_A, scan="tree", rng=0)
    with rejects(ValueError, "update_bias must be a finite number"):
        LinearCell(N_X, N_A, update_bias=-np.inf, rng=0)
    with rejects(ValueError, "scan must be one of", "'tree'"):
        total_derivative(*drawn(3)[:2], scan="tree")
    lam, da, dstate = drawn(3)
    with rejects(ValueError, "da must be (T, n, m)", "(3, 2)"):
        total_derivative(lam, da[0])
    with rejects(ValueError, "lam must be", "T = 3", "(2, 3, 2)"):
        total_derivative(lam[:2], da)
    with rejects(ValueError, "dstate must be", "n = 3", "(2, 3)"):
        total_derivative(lam, da, dstate.T)
    with rejects(TypeError, "lam must hold numbers"):
        total_derivative("lam", da)
