import numpy as np
import pytest

from rnn_helpers.activations import ACTIVATIONS, relu, relu_slope, sigmoid, softmax, tanh_slope

Z = np.linspace(-8, 8, 41)


def test_sigmoid_is_one_over_one_plus_exp():
    np.testing.assert_allclose(sigmoid(Z), 1 / (1 + np.exp(-Z)), rtol=1e-13)


@pytest.mark.parametrize("z", [0.0, 0, np.float32(0), np.array(0.0), np.zeros((2, 1, 3))])
def test_sigmoid_takes_any_shape(z):
    assert np.shape(sigmoid(z)) == np.shape(z)
    assert np.all(sigmoid(z) == 0.5)


def test_sigmoid_never_warns_however_large_z_is():
    # Warnings are errors in this suite.
    for dtype in (np.float32, np.float64, np.complex128):
        z = np.array([-1e4, -1e300 if dtype != np.float32 else -1e38, 1e4], dtype)
        np.testing.assert_array_equal(sigmoid(z), np.array([0, 0, 1], dtype))


def test_sigmoid_writes_into_out_and_only_there():
    z, kept = Z.copy(), Z.copy()
    out = np.empty_like(z)
    assert sigmoid(z, out=out) is out
    np.testing.assert_array_equal(z, kept)
    assert sigmoid(z, out=z) is z
    np.testing.assert_array_equal(z, out)


def test_softmax_columns_are_distributions_over_the_second_axis_from_the_end():
    z = np.random.default_rng(0).normal(size=(4, 3, 2))
    p = softmax(z)
    np.testing.assert_allclose(p.sum(axis=1), np.ones((4, 2)), rtol=1e-14)
    for t in range(4):
        for k in range(2):
            e = np.exp(z[t, :, k])
            np.testing.assert_allclose(p[t, :, k], e / e.sum(), rtol=1e-13)
    np.testing.assert_allclose(softmax(z[0]), p[0], rtol=1e-14)


def test_softmax_ignores_what_is_added_to_a_column_and_never_overflows():
    z = np.array([[1e4, -1e4], [1e4 - 1, 0.0], [-1e4, 1e4]])
    p = softmax(z)
    np.testing.assert_allclose(p[:, 0], [1 / (1 + np.exp(-1)), 1 / (1 + np.e), 0], rtol=1e-13)
    np.testing.assert_array_equal(p[:, 1], [0, 0, 1])
    np.testing.assert_allclose(softmax(z + 1e3), p, rtol=1e-12)


def test_nothing_changes_its_input():
    for function in (sigmoid, softmax, relu, tanh_slope, relu_slope):
        z = Z.reshape(-1, 1).copy()
        function(z)
        np.testing.assert_array_equal(z, Z.reshape(-1, 1))


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_slopes_agree_with_central_differences(name):
    g1, slope = ACTIVATIONS[name]
    z = Z[np.abs(Z) > 1e-3]
    numerical = (g1(z + 1e-6) - g1(z - 1e-6)) / 2e-6
    np.testing.assert_allclose(slope(g1(z)), numerical, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_slopes_agree_with_the_complex_step(name):
    g1, slope = ACTIVATIONS[name]
    z = Z[np.abs(Z) > 1e-3]
    exact = g1(z + 1e-30j).imag / 1e-30
    np.testing.assert_allclose(slope(g1(z)), exact, rtol=1e-8, atol=1e-14)


def test_relu_cuts_at_zero():
    np.testing.assert_array_equal(relu(np.array([-2.0, 0.0, 3.0])), [0, 0, 3])
    np.testing.assert_array_equal(relu_slope(np.array([0.0, 3.0])), [0, 1])


@pytest.mark.parametrize("function", [sigmoid, softmax, relu, tanh_slope, relu_slope])
def test_float32_stays_float32(function):
    assert function(np.ones((3, 2), np.float32)).dtype == np.float32
