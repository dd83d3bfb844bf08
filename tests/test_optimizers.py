from pathlib import Path

import numpy as np
import pytest
from helpers import rejects
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_helpers.optimizers import SGD, Adam, clip_by_norm, clip_by_value, global_norm


def random_arrays(seed, dtype=float, scale=1.0):
    rng = np.random.default_rng(seed)
    shapes = {"Waa": (3, 3), "Wax": (3, 2), "ba": (3, 1)}
    return {name: rng.normal(0, scale, shape).astype(dtype) for name, shape in shapes.items()}


def flat(arrays):
    return np.concatenate([v.ravel() for v in arrays.values()])


def test_gradient_descent_takes_one_step_downhill_in_place():
    params, grads = random_arrays(0), random_arrays(1)
    before, held = flat(params), params["Waa"]
    SGD(params, learning_rate=0.25).step(grads)
    np.testing.assert_allclose(flat(params), before - 0.25 * flat(grads), rtol=1e-15)
    assert params["Waa"] is held


def literal_adam(theta, gradients, rate, beta1, beta2, epsilon):
    """Adam as Kingma and Ba write it, one weight at a time."""
    theta = theta.copy()
    for index in np.ndindex(theta.shape):
        v = s = 0.0
        for n, g in enumerate((g[index] for g in gradients), start=1):
            v = beta1 * v + (1 - beta1) * g
            s = beta2 * s + (1 - beta2) * g**2
            v_hat = v / (1 - beta1**n)
            s_hat = s / (1 - beta2**n)
            theta[index] -= rate * v_hat / (np.sqrt(s_hat) + epsilon)
    return theta


@pytest.mark.parametrize(
    "constants", [(1e-3, 0.9, 0.999, 1e-8), (0.3, 0.5, 0.7, 0.1), (0.01, 0.0, 0.0, 1e-3)]
)
def test_adam_equals_its_equations_for_20_steps(constants):
    params = random_arrays(0)
    gradients = [random_arrays(n, scale=10.0 ** (n % 7 - 4)) for n in range(1, 21)]
    expected = {
        name: literal_adam(value, [g[name] for g in gradients], *constants)
        for name, value in params.items()
    }
    held, optimizer = params["Waa"], Adam(params, *constants)
    for grads in gradients:
        optimizer.step(grads)
    for name, value in params.items():
        np.testing.assert_allclose(value, expected[name], rtol=0, atol=1e-12)
    assert params["Waa"] is held


def test_adam_equals_pytorch_at_each_of_20_steps():
    with np.load(Path(__file__).parent / "reference" / "torch_numbers.npz") as numbers:
        before, gradients, after = (numbers[f"adam/{k}"] for k in ("before", "grads", "after"))
    params = {"theta": before.copy()}
    optimizer = Adam(params, learning_rate=0.02, beta1=0.8, beta2=0.95, epsilon=1e-6)
    assert len(gradients) == 20
    for g, expected in zip(gradients, after, strict=True):
        optimizer.step({"theta": g})
        np.testing.assert_allclose(params["theta"], expected, rtol=0, atol=1e-12)


def test_the_first_step_of_adam_has_the_length_of_the_learning_rate_for_every_weight():
    params, grads = random_arrays(0), random_arrays(1)
    before = flat(params)
    Adam(params, learning_rate=0.01).step(grads)
    np.testing.assert_allclose(flat(params) - before, -0.01 * np.sign(flat(grads)), rtol=1e-5)


@pytest.mark.parametrize("make", [SGD, Adam])
def test_gradients_are_never_changed(make):
    params, grads = random_arrays(0), random_arrays(1)
    before = flat(grads)
    optimizer = make(params)
    for _ in range(3):
        optimizer.step(grads)
    np.testing.assert_array_equal(flat(grads), before)


@pytest.mark.parametrize("make", [SGD, Adam])
def test_an_optimizer_goes_downhill_on_a_bowl(make):
    params = random_arrays(0)
    optimizer = make(params, learning_rate=0.1)
    start = global_norm(params)
    for _ in range(300):
        optimizer.step({name: 2 * value for name, value in params.items()})
    assert global_norm(params) < 0.01 * start


def test_float32_stays_float32():
    params, grads = random_arrays(0, np.float32), random_arrays(1, np.float32)
    adam, sgd = Adam(params, np.float64(0.01), np.float64(0.9)), SGD(params, np.float64(0.01))
    for _ in range(3):
        adam.step(grads)
        sgd.step(grads)
    clipped = [clip_by_norm(grads, 0.1), clip_by_norm(grads, 1e3), clip_by_value(grads, 0.1)]
    for arrays in (params, adam.v, adam.s, *clipped):
        assert {v.dtype for v in arrays.values()} == {np.dtype(np.float32)}


# -- clipping ----------------------------------------------------------------------------------


def test_the_global_norm_is_the_length_of_all_gradients_together():
    grads = random_arrays(0)
    assert global_norm(grads) == pytest.approx(np.linalg.norm(flat(grads)), rel=1e-14)
    assert global_norm({"a": np.array([3.0]), "b": np.array([[4.0]])}) == 5
    assert global_norm({"a": np.zeros(3)}) == 0
    assert global_norm({}) == 0
    assert type(global_norm(random_arrays(0, np.float32))) is float


@pytest.mark.parametrize("size", [1e-44, 1e-30, 1e-20, 1.0, 1e20, 1e38])
def test_the_global_norm_of_float32_neither_overflows_nor_vanishes(size):
    g = np.full(4, size, np.float32)
    assert global_norm({"g": g}) == pytest.approx(2 * float(g[0]), rel=1e-6)


@pytest.mark.parametrize("size", [1e-300, 1e300])
def test_the_global_norm_of_float64_neither_overflows_nor_vanishes(size):
    assert global_norm({"g": np.full(4, size)}) == pytest.approx(2 * size, rel=1e-14)


@pytest.mark.parametrize("order", [["a", "b"], ["b", "a"]])
def test_the_global_norm_says_when_an_entry_is_not_finite(order):
    grads = {"a": np.array([1.0, np.nan]), "b": np.array([[2.0]])}
    assert np.isnan(global_norm({name: grads[name] for name in order}))
    grads["a"][1] = -np.inf
    assert global_norm({name: grads[name] for name in order}) == np.inf


def cosine(one, two):
    one, two = flat(one), flat(two)
    return one @ two / np.linalg.norm(one) / np.linalg.norm(two)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.integers(0, 10_000), st.floats(1e-3, 0.99), st.sampled_from([1e-3, 1.0, 1e3]))
def test_clipping_by_norm_shortens_and_keeps_the_direction(seed, part, scale):
    grads = random_arrays(seed, scale=scale)
    before = flat(grads)
    limit = part * global_norm(grads)
    clipped = clip_by_norm(grads, limit)
    assert global_norm(clipped) == pytest.approx(limit, rel=1e-12)
    assert cosine(clipped, grads) == pytest.approx(1, abs=1e-12)
    np.testing.assert_array_equal(flat(grads), before)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.integers(0, 10_000), st.sampled_from([1.0, 1.5, 1e6]))
def test_clipping_by_norm_leaves_short_gradients_as_they_are(seed, part):
    grads = random_arrays(seed)
    clipped = clip_by_norm(grads, part * global_norm(grads))
    np.testing.assert_array_equal(flat(clipped), flat(grads))


def test_clipping_does_nothing_against_vanishing():
    grads = random_arrays(0, scale=1e-12)
    for clip in (clip_by_norm, clip_by_value):
        np.testing.assert_array_equal(flat(clip(grads, 1.0)), flat(grads))


def test_clipping_by_value_cuts_each_entry_and_turns_the_direction():
    grads = {"a": np.array([0.1, -0.2]), "b": np.array([[10.0], [-3.0]])}
    clipped = clip_by_value(grads, 1)
    np.testing.assert_array_equal(clipped["a"], [0.1, -0.2])
    np.testing.assert_array_equal(clipped["b"], [[1.0], [-1.0]])
    assert cosine(clipped, grads) < 0.95
    assert cosine(clip_by_norm(grads, 1), grads) == pytest.approx(1, abs=1e-14)
    assert grads["b"][0, 0] == 10


def test_a_float32_gradient_with_squares_beyond_its_range_is_clipped_all_the_same():
    grads = {"a": np.array([3e20, -4e20], np.float32)}
    np.testing.assert_allclose(clip_by_norm(grads, 1)["a"], [0.6, -0.8], rtol=1e-6)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_gradient_that_is_not_finite_has_no_direction_to_keep(bad):
    grads = {"a": np.array([1.0, bad]), "b": np.array([2.0])}
    with rejects(
        ValueError, "grads must be finite to be clipped by norm", f"got a norm of {abs(bad)}"
    ):
        clip_by_norm(grads, 1)


def test_clipping_by_value_cuts_infinity_and_keeps_nan():
    clipped = clip_by_value({"a": np.array([np.inf, -np.inf, np.nan])}, 2)["a"]
    np.testing.assert_array_equal(clipped, [2, -2, np.nan])


@pytest.mark.parametrize("make", [SGD, Adam])
def test_gradients_may_be_lists(make):
    arrays, same = random_arrays(0), random_arrays(0)
    grads = random_arrays(1)
    as_lists = {name: g.tolist() for name, g in grads.items()}
    make(arrays).step(grads)
    make(same).step(as_lists)
    np.testing.assert_array_equal(flat(same), flat(arrays))
    assert global_norm(as_lists) == global_norm(grads)
    for clip in (clip_by_norm, clip_by_value):
        np.testing.assert_array_equal(flat(clip(as_lists, 0.1)), flat(clip(grads, 0.1)))


def test_gradients_of_whole_numbers_are_shortened_and_not_lost():
    whole = {"W": np.array([[3, 0], [0, 4]]), "b": np.array([[0], [0]])}
    clipped = clip_by_norm(whole, 1.0)
    np.testing.assert_allclose(clipped["W"], [[0.6, 0], [0, 0.8]], rtol=1e-12)
    assert global_norm(clipped) == pytest.approx(1.0, rel=1e-12)


# -- bad input ---------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [SGD, Adam])
def test_a_learning_rate_is_above_zero(make):
    for bad in (0, -0.1, np.nan, np.inf):
        with rejects(ValueError, "learning_rate must be a finite number", f"got {bad}"):
            make(random_arrays(0), learning_rate=bad)
    with rejects(TypeError, "learning_rate must be a number", "got '0.1'"):
        make(random_arrays(0), learning_rate="0.1")


def test_the_constants_of_adam_have_their_ranges():
    for name in ("beta1", "beta2"):
        for bad in (1, -0.1):
            with rejects(ValueError, f"{name} must be from 0 up to", f"got {bad}"):
                Adam(random_arrays(0), **{name: bad})
    with rejects(ValueError, "epsilon must be a finite number above 0", "got 0"):
        Adam(random_arrays(0), epsilon=0)


@pytest.mark.parametrize(("clip", "name"), [(clip_by_norm, "max_norm"), (clip_by_value, "limit")])
def test_a_limit_is_above_zero(clip, name):
    for bad in (0, -1, np.nan, np.inf):
        with rejects(ValueError, f"{name} must be a finite number", f"got {bad}"):
            clip(random_arrays(0), bad)
    with rejects(TypeError, f"{name} must be a number", "got None"):
        clip(random_arrays(0), None)


@pytest.mark.parametrize("make", [SGD, Adam])
def test_gradients_that_do_not_fit_change_nothing(make):
    params = random_arrays(0)
    before, optimizer = flat(params), make(params)
    grads = random_arrays(1)
    with rejects(ValueError, "grads must have the keys ['Waa', 'Wax', 'ba']", "got ['Waa', 'Wax']"):
        optimizer.step({name: grads[name] for name in ("Waa", "Wax")})
    with rejects(ValueError, "grads must have the keys", "'more'"):
        optimizer.step(grads | {"more": np.ones(1)})
    with rejects(ValueError, "grads['ba'] must be (3, 1)", "got (3,)"):
        optimizer.step(grads | {"ba": np.ones(3)})
    with rejects(TypeError, "grads must be a dict of arrays", "got tuple"):
        optimizer.step((None, None, grads))
    np.testing.assert_array_equal(flat(params), before)
