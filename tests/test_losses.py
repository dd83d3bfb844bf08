import numpy as np
import pytest
from helpers import rejects
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_helpers.gradients import check_gradients
from rnn_helpers.losses import cross_entropy, logistic_loss, perplexity, squared_error

T, N_Y, M = 5, 4, 3
LOSSES = {"cross_entropy": cross_entropy, "logistic_loss": logistic_loss}
every_loss = pytest.mark.parametrize("loss", LOSSES)
every_sum = pytest.mark.parametrize("over_time", ["sum", "mean"])
every_mask = pytest.mark.parametrize("masked", [False, True], ids=["whole", "masked"])


def case(loss, seed=0, shape=(T, N_Y, M)):
    """z, y and a mask that keeps 8 of 15 steps."""
    rng = np.random.default_rng(seed)
    z = rng.normal(0.2, 2, shape)
    classes = rng.integers(shape[1], size=(shape[0], shape[2]))
    y = classes if loss == "cross_entropy" else rng.random(shape)
    return z, y, np.arange(shape[0])[:, None] < np.array([5, 2, 1])[: shape[2]]


def literal(loss, z, y, mask, over_time):
    """The loss, one term after the other."""
    total, count = 0.0, 0
    for t in range(z.shape[0]):
        for k in range(z.shape[2]):
            if not mask[t, k]:
                continue
            count += 1
            if loss == "cross_entropy":
                p = np.exp(z[t, :, k]) / np.exp(z[t, :, k]).sum()
                for j in range(z.shape[1]):
                    total -= float(y[t, k] == j) * np.log(p[j])
            else:
                for j in range(z.shape[1]):
                    p = 1 / (1 + np.exp(-z[t, j, k]))
                    total -= y[t, j, k] * np.log(p) + (1 - y[t, j, k]) * np.log(1 - p)
    return total / (z.shape[2] if over_time == "sum" else count)


@every_mask
@every_sum
@every_loss
def test_losses_equal_their_definitions(loss, over_time, masked):
    z, y, mask = case(loss)
    value, dz = LOSSES[loss](z, y, mask if masked else None, over_time)
    kept = mask if masked else np.ones((T, M), bool)
    assert value == pytest.approx(literal(loss, z, y, kept, over_time), rel=1e-13)
    assert type(value) is float
    assert dz.shape == z.shape


@every_loss
def test_each_loss_has_the_sum_or_mean_of_the_course(loss):
    z, y, mask = case(loss)
    usual = {"cross_entropy": "mean", "logistic_loss": "sum"}[loss]
    assert LOSSES[loss](z, y, mask)[0] == LOSSES[loss](z, y, mask, usual)[0]


@pytest.mark.parametrize("method", ["central", "complex"])
@every_mask
@every_sum
@every_loss
def test_gradients_agree_with_numerical_ones(loss, over_time, masked, method):
    z, y, mask = case(loss)
    mask = mask if masked else None
    _, dz = LOSSES[loss](z, y, mask, over_time)

    def of(params):
        return LOSSES[loss](params["z"], y, mask, over_time)[0]

    tolerance = {"central": 1e-8, "complex": 1e-14}[method]
    found = check_gradients(of, {"z": z}, {"z": dz}, method, tolerance)
    assert found.ok, f"\n{found}"


def test_the_complex_step_works_at_z_of_zero_too():
    z, y = np.zeros((1, 1, 1)), np.array([[[0.25]]])
    _, dz = logistic_loss(z, y)
    assert dz[0, 0, 0] == 0.25
    for h in (1e-30j, -1e-30j):
        assert (logistic_loss(z + h, y)[0] / h).real * 0 == 0
        assert logistic_loss(z + h, y)[0].imag / h.imag == pytest.approx(0.25, rel=1e-13)


@every_loss
def test_sum_against_mean_differs_by_the_number_of_steps(loss):
    z, y, _ = case(loss)
    total, dz_total = LOSSES[loss](z, y, over_time="sum")
    mean, dz_mean = LOSSES[loss](z, y, over_time="mean")
    assert total == pytest.approx(T * mean, rel=1e-14)
    np.testing.assert_allclose(dz_total, T * dz_mean, rtol=1e-14)


@every_sum
@every_loss
def test_a_masked_step_counts_neither_above_nor_below_the_line(loss, over_time):
    z, y, mask = case(loss)
    value, dz = LOSSES[loss](z, y, mask, over_time)
    at = np.broadcast_to(~mask[:, None], z.shape)
    assert not dz[at].any()
    assert dz[~at].all()
    other = np.where(at, -7.0, z)
    y_other = np.where(~mask, 0, y) if loss == "cross_entropy" else np.where(at, 1.0, y)
    assert LOSSES[loss](other, y_other, mask, over_time)[0] == value
    kept = sum(
        LOSSES[loss](z[:n, :, k : k + 1], y[:n, ..., k : k + 1], None, "sum")[0]
        for k, n in enumerate(mask.sum(axis=0))
    )
    share = M if over_time == "sum" else mask.sum()
    assert value == pytest.approx(kept / share, rel=1e-13)


@every_loss
def test_a_mask_of_ones_is_no_mask(loss):
    z, y, _ = case(loss)
    value, dz = LOSSES[loss](z, y, np.ones((T, M), int))
    expected, dz_expected = LOSSES[loss](z, y)
    assert value == expected
    np.testing.assert_array_equal(dz, dz_expected)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_huge_scores_give_the_right_logistic_loss_without_a_warning(dtype):
    z = np.array([1e4, -1e4, 1e4, -1e4], dtype).reshape(4, 1, 1)
    y = np.array([1.0, 0, 0, 1]).reshape(4, 1, 1)
    assert logistic_loss(z, y)[0] == pytest.approx(2e4, rel=1e-6)
    np.testing.assert_array_equal(logistic_loss(z, y)[1].ravel(), [0, 0, 1, -1])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_huge_scores_give_the_right_cross_entropy_without_a_warning(dtype):
    z = np.array([[1e4, -1e4, 0], [0, 1e4, -1e4]], dtype)[..., None]
    loss, dz = cross_entropy(z, [[0], [2]])
    assert loss == pytest.approx((0 + 2e4) / 2, rel=1e-6)
    np.testing.assert_array_equal(dz[..., 0], [[0, 0, 0], [0, 0.5, -0.5]])


@settings(derandomize=True, deadline=None, max_examples=50)
@given(st.integers(0, 10_000), st.floats(-1e3, 1e3), st.sampled_from([0.01, 1, 100]))
def test_cross_entropy_is_blind_to_a_constant_and_its_gradient_sums_to_zero(seed, shift, scale):
    z, y, mask = case("cross_entropy", seed)
    value, dz = cross_entropy(z * scale, y, mask)
    assert value >= 0
    assert cross_entropy(z * scale + shift, y, mask)[0] == pytest.approx(value, rel=1e-9, abs=1e-11)
    np.testing.assert_allclose(dz.sum(axis=1), np.zeros((T, M)), atol=1e-15)


@every_loss
def test_float32_stays_float32(loss):
    z, y, mask = case(loss)
    for over_time in ("sum", "mean"):
        value, dz = LOSSES[loss](z.astype(np.float32), y, mask, over_time)
        assert dz.dtype == np.float32
        assert value == pytest.approx(LOSSES[loss](z, y, mask, over_time)[0], rel=1e-5)


@every_loss
def test_nothing_given_is_changed(loss):
    held = case(loss)
    before = [v.copy() for v in held]
    LOSSES[loss](*held)
    for now, then in zip(held, before, strict=True):
        np.testing.assert_array_equal(now, then)


@every_loss
def test_lists_and_whole_numbers_are_welcome(loss):
    y = [[1]] if loss == "cross_entropy" else [[[0], [1]]]
    z = [[[0], [1]]]
    assert LOSSES[loss](z, y)[0] == LOSSES[loss](np.array(z, float), np.array(y))[0]


@every_loss
def test_a_score_that_has_exploded_gives_a_loss_that_is_not_finite(loss):
    z, y, _ = case(loss)
    z[0, 0, 0] = np.nan
    assert np.isnan(LOSSES[loss](z, y)[0])


def test_the_logistic_loss_of_a_sure_and_right_answer_is_small_but_not_zero():
    """log(1 + exp(-40)) is about exp(-40): 1 + exp(-40) would be rounded to 1."""
    for z, y in ((40.0, 1.0), (-40.0, 0.0)):
        value, _ = logistic_loss(np.full((1, 1, 1), z), np.full((1, 1, 1), y))
        assert value == pytest.approx(np.exp(-40.0), rel=1e-12, abs=0)


# -- the squared error -------------------------------------------------------------------------


def squared_case():
    """z, y and a mask with holes: for numbers the outputs that count stand anywhere."""
    rng = np.random.default_rng(3)
    return rng.normal(size=(T, N_Y, M)), rng.normal(size=(T, N_Y, M)), rng.random((T, M)) < 0.5


@every_mask
def test_the_squared_error_is_the_mean_over_what_counts(masked):
    z, y, mask = squared_case()
    mask = mask if masked else None
    value, dz = squared_error(z, y, mask)
    kept = np.ones((T, M), bool) if mask is None else mask
    terms = [(z[t, j, k] - y[t, j, k]) ** 2 for t, j, k in np.ndindex(z.shape) if kept[t, k]]
    assert value == pytest.approx(sum(terms) / len(terms), rel=1e-13)
    assert type(value) is float
    for method, tolerance in (("central", 1e-8), ("complex", 1e-14)):
        found = check_gradients(
            lambda p: squared_error(p["z"], y, mask)[0], {"z": z}, {"z": dz}, method, tolerance
        )
        assert found.ok, f"\n{found}"


def test_the_squared_error_keeps_float32_and_what_it_is_given():
    held = squared_case()
    before = [v.copy() for v in held]
    value, dz = squared_error(held[0].astype(np.float32), *held[1:])
    assert dz.dtype == np.float32 and type(value) is float
    squared_error(*held)
    for now, then in zip(held, before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_bad_calls_of_the_squared_error_are_explained():
    z, y, mask = squared_case()
    with rejects(ValueError, "y must be (T, n_y, m) with T = 5, n_y = 4, m = 3", "got (5, 4, 1)"):
        squared_error(z, y[:, :, :1])  # it would fit by broadcasting
    with rejects(ValueError, "mask must be (T, m) = (5, 3)", "got (5, 1)"):
        squared_error(z, y, mask[:, :1])
    with rejects(ValueError, "mask must keep at least one entry"):
        squared_error(z, y, mask & ~mask)
    with rejects(ValueError, "y must hold finite numbers"):
        squared_error(z, y * np.nan)
    with rejects(ValueError, "z must be (T, n_y, m)", "got (4, 3)"):
        squared_error(z[0], y[0])


# -- perplexity --------------------------------------------------------------------------------


def test_perplexity_of_a_uniform_guess_is_the_number_of_classes():
    for k in (2, 27, 94):
        z = np.zeros((T, k, M))
        y = np.arange(T * M).reshape(T, M) % k
        assert perplexity(cross_entropy(z, y)[0]) == pytest.approx(k, rel=1e-12)


def test_perplexity_averages_before_the_exponential():
    z, y, mask = case("cross_entropy")
    mean = cross_entropy(z, y, mask)[0]
    each = np.array(
        [cross_entropy(z[t : t + 1, :, k : k + 1], [[y[t, k]]])[0] for t, k in np.argwhere(mask)]
    )
    assert perplexity(mean) == pytest.approx(np.exp(each.mean()), rel=1e-12)
    assert perplexity(mean) < np.exp(each).mean() - 0.1
    assert perplexity(0.0) == 1


def test_perplexity_of_a_hopeless_model_is_infinite_without_a_warning():
    assert perplexity(1e4) == np.inf


# -- bad input ---------------------------------------------------------------------------------


@every_loss
def test_bad_scores_are_explained(loss):
    with rejects(ValueError, "z must be (T, n_y, m)", "got (2, 3)"):
        LOSSES[loss](np.ones((2, 3)), [[0]])
    with rejects(ValueError, "z must hold at least one entry", "got (0, 3, 1)"):
        LOSSES[loss](np.ones((0, 3, 1)), [[0]])
    with rejects(TypeError, "z must hold numbers", "got <U1"):
        LOSSES[loss]("z", [[0]])
    with rejects(TypeError, "z must be an array", "rows of unequal length"):
        LOSSES[loss]([[[1], [2, 3]]], [[0]])


def test_bad_classes_are_explained():
    z, y, _ = case("cross_entropy")
    sizes = "y must be (T, m) with T = 5, m = 3"
    for bad in (y.T, y[:4], y[:, :2], y[:, None]):
        with rejects(ValueError, sizes, f"got {bad.shape}"):
            cross_entropy(z, bad)
    for bad in (4, -1, -100):
        wrong = y.copy()
        wrong[3, 2] = bad
        with rejects(ValueError, "y must hold tokens from 0 to 3", f"got {bad}"):
            cross_entropy(z, wrong)
    with rejects(TypeError, "y must hold whole numbers", "got float64"):
        cross_entropy(z, y.astype(float))


def test_bad_targets_of_the_logistic_loss_are_explained():
    z, y, _ = case("logistic_loss")
    for bad in (y[:4], y[:, :3], y[:, 0]):
        with rejects(
            ValueError, "y must be (T, n_y, m) with T = 5, n_y = 4, m = 3", f"{bad.shape}"
        ):
            logistic_loss(z, bad)
    for bad in (-0.1, 1.5):
        wrong = y.copy()
        wrong[3, 1, 2] = bad
        with rejects(ValueError, "y must lie between 0 and 1", f"{bad}"):
            logistic_loss(z, wrong)
    with rejects(ValueError, "y must hold finite numbers", "got nan"):
        logistic_loss(z, y * np.nan)


@every_loss
def test_bad_masks_and_options_are_explained(loss):
    z, y, mask = case(loss)
    with rejects(ValueError, "mask must be (T, m) = (5, 3)", "got (3, 5)"):
        LOSSES[loss](z, y, mask.T)
    with rejects(ValueError, "mask must keep at least one entry", "got none"):
        LOSSES[loss](z, y, ~mask & mask)
    with rejects(ValueError, "mask must hold only True and False", "got 0.5"):
        LOSSES[loss](z, y, mask * 0.5)
    with rejects(ValueError, "over_time must be one of sum, mean", "got 'max'"):
        LOSSES[loss](z, y, mask, "max")
