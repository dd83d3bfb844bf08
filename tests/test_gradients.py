import numpy as np
import pytest
from helpers import KINDS, random_cell, random_state, random_x, rejects, state_parts

from rnn_helpers.gradients import (
    GradientCheck,
    check_gradients,
    jacobians,
    numerical_gradients,
    reach,
)
from rnn_helpers.stacks import Stacked, TwoWay

METHODS = {"central": 1e-9, "complex": 1e-15}
every_method = pytest.mark.parametrize("method", METHODS)


def params():
    rng = np.random.default_rng(0)
    return {"w": rng.normal(size=(2, 3)), "b": rng.normal(size=(2, 1)), "s": np.array(0.7)}


def loss(p):
    """Known by hand: Σ sin(w) + Σ exp(b) s."""
    return np.sin(p["w"]).sum() + np.exp(p["b"]).sum() * p["s"]


def gradients(p):
    return {"w": np.cos(p["w"]), "b": np.exp(p["b"]) * p["s"], "s": np.exp(p["b"]).sum()}


@every_method
def test_numerical_gradients_equal_the_known_ones(method):
    found = numerical_gradients(loss, params(), method)
    for name, expected in gradients(params()).items():
        np.testing.assert_allclose(found[name], expected, rtol=0, atol=10 * METHODS[method])
        assert found[name].dtype == float
        assert found[name].shape == np.shape(params()[name])


@every_method
def test_params_are_left_as_they_were(method):
    given, kept = params(), params()
    for value in given.values():
        value.flags.writeable = False
    numerical_gradients(loss, given, method)
    for name, value in kept.items():
        np.testing.assert_array_equal(given[name], value)


@every_method
def test_every_entry_is_put_back_before_the_next_one_moves(method):
    seen = []

    def spy(p):
        seen.append(np.concatenate([np.ravel(v) for v in p.values()]).copy())
        return loss(p)

    numerical_gradients(spy, params(), method)
    start = np.concatenate([np.ravel(v) for v in params().values()])
    assert len(seen) == {"central": 2, "complex": 1}[method] * len(start)
    assert all(np.count_nonzero(values != start) == 1 for values in seen)


def test_float32_parameters_are_checked_in_float64():
    small = {name: value.astype(np.float32) for name, value in params().items()}
    found = numerical_gradients(loss, small)
    for name, expected in gradients({k: v.astype(float) for k, v in small.items()}).items():
        np.testing.assert_allclose(found[name], expected, rtol=1e-8)


def test_the_step_can_be_chosen():
    coarse, fine = (numerical_gradients(loss, params(), h=h)["w"] for h in (0.1, 1e-4))
    exact = gradients(params())["w"]
    assert 1e-4 < np.abs(coarse - exact).max() < 1e-2
    assert np.abs(fine - exact).max() < 1e-7


@every_method
def test_a_right_gradient_agrees(method):
    found = check_gradients(loss, params(), gradients(params()), method, METHODS[method])
    assert found.ok
    assert list(found) == ["w", "b", "s"]
    assert all(row.error <= METHODS[method] for row in found.values())
    assert repr(found).splitlines()[0].split() == ["tensor", "verdict"]
    for name, line in zip("wbs", repr(found).splitlines()[1:], strict=True):
        assert line == f"{name}       agrees to {METHODS[method]:.0e}"


@every_method
def test_a_wrong_entry_is_found_and_shown(method):
    wrong = gradients(params())
    wrong["w"][1, 2] += 2e-6
    found = check_gradients(loss, params(), wrong, method)
    assert not found.ok
    assert found["b"].error <= 1e-7 < found["w"].error
    assert found["w"].worst == (1, 2)
    assert found["w"].given == wrong["w"][1, 2]
    assert found["w"].numerical == pytest.approx(wrong["w"][1, 2] - 2e-6, rel=1e-9)
    line = repr(found).splitlines()[1]
    assert line.startswith("w       DIFFERS  relative error ")
    assert "worst at (1, 2): given " in line
    assert "agrees" in repr(found).splitlines()[2]


MISTAKES = {
    "a factor": lambda g: 2 * g,
    "a sign": lambda g: -g,
    "nothing": lambda g: 0 * g,
    "NaN": lambda g: g * np.nan,
    "infinity": lambda g: g * np.inf,
    "one part in a million": lambda g: g * (1 + 1e-6),
}


@pytest.mark.parametrize("mistake", MISTAKES)
@every_method
def test_wrong_gradients_differ(method, mistake):
    wrong = gradients(params())
    wrong["b"] = MISTAKES[mistake](wrong["b"])
    found = check_gradients(loss, params(), wrong, method)
    assert [name for name, row in found.items() if not row.error <= found.tolerance] == ["b"]
    assert not found.ok


def test_the_relative_error_is_the_distance_over_the_sum_of_lengths():
    found = check_gradients(lambda p: p["w"].sum(), {"w": np.ones(4)}, {"w": np.full(4, 3.0)})
    assert found["w"].error == pytest.approx((4 / 2) / (2 + 6) * 2, rel=1e-9)


def test_two_gradients_of_zero_agree():
    found = check_gradients(lambda p: 1.0, {"w": np.ones(4)}, {"w": np.zeros(4)})
    assert found.ok
    assert found["w"].error == 0


def test_small_numbers_can_be_read_in_the_table():
    found = check_gradients(
        lambda p: 1e-6 * p["w"].sum(), {"w": np.ones(1)}, {"w": np.full(1, 3e-6)}
    )
    assert "given 3e-06, numerical 1e-06" in repr(found)


# -- how far a gradient reaches ----------------------------------------------------------------


def reach_case(kind, tokens=False, T=5):
    rng = np.random.default_rng(3)
    cell = random_cell(kind, 2, 3, rng)
    return cell, random_x(tokens, T, 2, 1, rng), random_state(cell, 1, rng)


def numerical_jacobian(cell, x, state):
    """∂a⟨T⟩ over all that ``state`` holds, column by column, by central differences."""
    parts = np.concatenate(state_parts(state))
    found = np.empty((cell.n_a, len(parts)))
    for i in range(len(parts)):
        ends = []
        for h in (1e-6, -1e-6):
            moved = parts.copy()
            moved[i] += h
            pair = tuple(np.split(moved, len(state_parts(state))))
            ends.append(cell.forward(x, pair if len(pair) == 2 else pair[0])[0][-1, :, 0])
        found[:, i] = (ends[0] - ends[1]) / 2e-6
    return found


@pytest.mark.parametrize("tokens", [False, True], ids=["floats", "tokens"])
@pytest.mark.parametrize("kind", KINDS)
def test_jacobians_agree_with_central_differences(kind, tokens):
    cell, x, state = reach_case(kind, tokens)
    found = jacobians(cell, x, state)
    assert len(found) == 6
    for lag in range(1, 6):
        k = len(x) - lag
        at_k = cell.forward(x[:k], state)[1].state if k else state
        np.testing.assert_allclose(found[lag], numerical_jacobian(cell, x[k:], at_k), atol=1e-8)


@pytest.mark.parametrize("kind", KINDS)
def test_reach_is_the_largest_singular_value_of_each_jacobian(kind):
    cell, x, state = reach_case(kind)
    found = reach(cell, x, state)
    assert found.shape == (len(x) + 1,)
    assert found[0] == pytest.approx(1, rel=1e-14)
    for got, J in zip(found, jacobians(cell, x, state), strict=True):
        assert got == pytest.approx(np.linalg.svd(J)[1].max(), rel=1e-12)
    at_zero = cell.zero_state(1)
    np.testing.assert_array_equal(reach(cell, x), reach(cell, x, at_zero))


def test_reach_of_a_tanh_cell_is_the_norm_of_a_matrix_product():
    cell, x, state = reach_case("rnn_tanh", T=20)
    a, _ = cell.forward(x, state)
    product, norms = np.eye(3), [1.0]
    for a_t in a[::-1]:
        product = product @ np.diag(1 - a_t[:, 0] ** 2) @ cell.params["Waa"]
        norms.append(np.linalg.norm(product, 2))
    np.testing.assert_allclose(reach(cell, x, state), norms, rtol=1e-12)


def test_reach_of_an_identity_cell_without_input_stays_one():
    cell = KINDS["rnn_relu"](2, 3, recurrent_start="identity", rng=0)
    np.testing.assert_allclose(reach(cell, np.zeros((30, 2, 1)), np.ones((3, 1))), np.ones(31))


def test_reach_wants_one_sequence():
    cell, x, _ = reach_case("lstm")
    with rejects(ValueError, "x must be one sequence, m = 1", "got (5, 2, 3)"):
        reach(cell, np.repeat(x, 3, axis=2))
    with rejects(ValueError, "x must be (T, n_x, m) with n_x = 2", "got ()"):
        reach(cell, 3)
    with rejects(TypeError, "x must be an array", "rows of unequal length"):
        reach(cell, [[1], [1, 2]])
    with rejects(ValueError, "x must be (T, n_x, m) with n_x = 2", "got (5, 4, 1)"):
        reach(cell, np.ones((5, 4, 1)))


STACKS = {
    "two_tanh": lambda rng: Stacked(
        [random_cell("rnn_tanh", n_x, n_a, rng) for n_x, n_a in ((2, 4), (4, 3))]
    ),
    "lstm_under_gru": lambda rng: Stacked(
        [random_cell("lstm", 2, 3, rng), random_cell("gru_after", 3, 2, rng)]
    ),
    "a_stack_under_an_lstm": lambda rng: Stacked(
        [
            Stacked([random_cell("gru_before", 2, 3, rng), random_cell("rnn_relu", 3, 2, rng)]),
            random_cell("lstm", 2, 3, rng),
        ]
    ),
}


def flat_parts(state):
    return [state] if isinstance(state, np.ndarray) else [p for s in state for p in flat_parts(s)]


@pytest.mark.parametrize("tokens", [False, True], ids=["floats", "tokens"])
@pytest.mark.parametrize("made", STACKS)
def test_jacobians_of_a_stack_are_those_for_the_states_of_all_layers(made, tokens):
    rng = np.random.default_rng(3)
    cell, x = STACKS[made](rng), random_x(tokens, 5, 2, 1, rng)
    found, h = jacobians(cell, x), 1e-6
    for lag in range(6):
        k = len(x) - lag
        state = cell.forward(x[:k])[1].state if k else cell.zero_state(1)
        columns = []
        for part in flat_parts(state):
            for unit in range(len(part)):
                ends = []
                for nudge in (h, -2 * h):  # above, then below
                    part[unit] += nudge
                    ends.append(
                        cell.forward(x[k:], state)[0][-1] if lag else cell.a_of(state).copy()
                    )
                part[unit] += h
                columns.append((ends[0] - ends[1]) / (2 * h))
        np.testing.assert_allclose(found[lag], np.hstack(columns), rtol=0, atol=1e-8)
    norms = [np.linalg.svd(J)[1].max() for J in found]
    np.testing.assert_allclose(reach(cell, x), norms, rtol=1e-12)
    assert reach(cell, x)[0] == pytest.approx(1)
    np.testing.assert_array_equal(reach(cell, x, cell.zero_state(1)), reach(cell, x))


def test_cells_without_a_jacobian_from_step_to_step_are_refused():
    rng, x = np.random.default_rng(0), np.zeros((5, 2, 1))
    two_way = TwoWay(random_cell("lstm", 2, 3, rng), random_cell("rnn_tanh", 2, 3, rng))
    for cell in (two_way, Stacked([two_way])):
        with rejects(TypeError, "cell must take single steps", "needs the whole sequence"):
            reach(cell, x)
    for cell in (random_cell("gru_before", 2, 3, rng), Stacked([random_cell("lstm", 2, 3, rng)])):
        with rejects(TypeError, 'cell must be an LSTMCell for of="c"', repr(cell)):
            jacobians(cell, x, of="c")
    with rejects(ValueError, "of must be one of a, c", "got 'z'"):
        jacobians(cell, x, of="z")


# -- bad input ---------------------------------------------------------------------------------


def test_no_parameters_make_an_empty_table():
    found = check_gradients(lambda p: 0.0, {}, {})
    assert found.ok and isinstance(found, GradientCheck)
    assert repr(found) == "tensor  verdict"


def test_a_complex_gradient_is_refused_not_cut_to_its_real_part():
    """Warnings are errors here: NumPy's ComplexWarning would be one."""
    with rejects(TypeError, "grads['w'] must hold real numbers", "complex128"):
        check_gradients(lambda p: p["w"].sum(), {"w": np.ones(2)}, {"w": np.ones(2) + 1j})


def test_bad_input_is_explained():
    p, g = params(), gradients(params())
    with rejects(ValueError, "grads must have the keys ['b', 's', 'w']", "got ['b', 'w']"):
        check_gradients(loss, p, {"w": g["w"], "b": g["b"]})
    with rejects(ValueError, "grads['w'] must be (2, 3)", "got (3, 2)"):
        check_gradients(loss, p, g | {"w": g["w"].T})
    with rejects(ValueError, "method must be one of central, complex", "got 'forward'"):
        check_gradients(loss, p, g, "forward")
    with rejects(ValueError, "tolerance must be a finite number above 0", "got 0"):
        check_gradients(loss, p, g, tolerance=0)
    with rejects(ValueError, "h must be a finite number above 0", "got 0"):
        numerical_gradients(loss, p, h=0)


def test_a_loss_that_raises_is_heard():
    def broken(p):
        raise ZeroDivisionError("the loss itself is at fault")

    with pytest.raises(ZeroDivisionError, match="the loss itself"):
        numerical_gradients(broken, params())
